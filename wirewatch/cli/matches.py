"""`wirewatch matches`: what the rules found, and the words they found it by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wirewatch.cli.common import config_option, json_option, legible, print_rows, reading, say
from wirewatch.clock import SystemClock
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.model import Article, Match


@click.command()
@config_option
@json_option
@click.option("--rule", help="Only this rule.")
@click.option("--since", help="Only those younger than this: 24h, 7d.")
@click.option("--limit", "-n", default=50, show_default=True, type=click.IntRange(1, 1_000_000))
def matches(
    config: Path,
    as_json: bool,  # noqa: FBT001 - click's way
    rule: str | None,
    since: str | None,
    limit: int,
) -> None:
    """List what the rules found, newest first, with the words that matched."""
    loaded = legible(config)
    known = [each.id for each in loaded.config.rules.rules]
    if rule is not None and rule not in known:
        from wirewatch.config.words import did_you_mean

        hint = did_you_mean(rule, known)
        say(f'no rule is called "{rule}" now{"; " + hint if hint else ""}')
    with reading(loaded.config) as store:
        found = store.matches.latest(limit=limit, rule=rule, since=ago(since))
        articles = store.articles.many(article for _, article, _, _ in found)
        stories = {each: store.articles.story_of(each) for each in articles}
    rows = [
        _row(match_id, match, at, articles[article], stories[article])
        for match_id, article, match, at in found
        if article in articles
    ]
    columns = ("matched_at", "severity", "rule", "source", "title", "words")
    if not print_rows(rows, columns=columns, as_json=as_json):
        say("no matches")


def ago(text: str | None) -> datetime | None:
    """Return the time so long ago, or None for None.

    Raises:
        UsageError: It is no duration.
    """
    if text is None:
        return None
    from wirewatch.config.words import Wrong, duration

    try:
        delta: timedelta = duration(text)
    except Wrong as error:
        raise UsageError(f"--since: {error}") from error
    return SystemClock().now() - delta


def _row(
    match_id: int, match: Match, at: datetime, article: Article, story: int | None
) -> Mapping[str, Any]:
    return {
        "id": match_id,
        "matched_at": at,
        "rule": match.rule_id,
        "severity": match.severity,
        "score": match.score,
        "article": article.id,
        "story": story,
        "source": article.source,
        "title": article.title,
        "url": article.url,
        "words": list(dict.fromkeys(span.text for span in match.spans)),
        "spans": match.spans,
        "tags": match.tags,
        "rule_hash": match.rule_hash,
    }
