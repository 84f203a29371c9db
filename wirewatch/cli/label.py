"""`wirewatch label`: say whether a rule was right, so that its precision can be estimated."""

from __future__ import annotations

import click

from wirewatch.cli.common import check_rule, find_article, legible, say, writing
from wirewatch.cli.mute import login
from wirewatch.errors import UsageError


@click.command()
@click.argument("article")
@click.argument("rule")
@click.argument("verdict", type=click.Choice(["good", "bad", "none"]))
@click.option("--by", "author", default="", help="Who (default: the name you are logged in as).")
def label(*, article: str, rule: str, verdict: str, author: str) -> None:
    """Say that RULE should match ARTICLE (its number or address): good, or should not: bad.

    `none` takes it back. `rules backtest` estimates precision from these; a labelled article is kept.
    """
    from wirewatch.clock import SystemClock
    from wirewatch.text import clean_line

    loaded = legible()
    check_rule(loaded, rule)
    with writing(loaded.config) as store, store.transaction():
        found = find_article(store, article)
        if found is None:
            raise UsageError(f"no article is known as {article}")
        if verdict == "none":
            if not store.labels.forget(rule, found.id):
                raise UsageError(f"article {found.id} was not labelled for {rule}")
            say(f"article {found.id} is no longer labelled for {rule}")
            return
        store.labels.put(
            rule,
            found.id,
            good=verdict == "good",
            author=clean_line(author or login(), 60),
            now=SystemClock().now(),
        )
    say(f"article {found.id} is a {verdict} match of {rule}")
