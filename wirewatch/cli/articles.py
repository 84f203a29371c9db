"""`wirewatch articles`: what was read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wirewatch.cli.common import config_option, json_option, legible, print_rows, reading, say

if TYPE_CHECKING:
    from wirewatch.model import Article, Match


@click.command()
@click.argument("search", nargs=-1)
@config_option
@json_option
@click.option("--feed", help="Only those first seen in this feed.")
@click.option("--limit", "-n", default=50, show_default=True, type=click.IntRange(1, 1_000_000))
def articles(
    search: tuple[str, ...],
    config: Path,
    as_json: bool,  # noqa: FBT001 - click's way
    feed: str | None,
    limit: int,
) -> None:
    """List articles, newest first; SEARCH words must all be in title or summary.

    A word may end in * for any ending.
    """
    loaded = legible(config).config
    with reading(loaded) as store:
        found = store.articles.latest(limit=limit, feed=feed, search=query(search))
        matched = store.matches.of_articles(article.id for article in found)
        rows = [_row(each, [match for _, match, _ in matched.get(each.id, ())]) for each in found]
    if not print_rows(
        rows, columns=("id", "first_seen_at", "feed", "title", "rules"), as_json=as_json
    ):
        say("no articles" if not search else f"nothing is found for {' '.join(search)}")


def query(words: tuple[str, ...]) -> str | None:
    """Return an FTS5 query for words as people type them: all of them, `*` for any ending.

    Each word is quoted, so that AND, NEAR or a stray quotation mark are no syntax.
    """
    # A NUL ends SQLite's text; undecodable bytes of an argument come as lone surrogates.
    whole = " ".join(words).replace("\0", " ").encode(errors="ignore").decode()
    quoted = []
    for part in whole.split():
        stem = part.rstrip("*").replace('"', '""')
        if stem:
            quoted.append(f'"{stem}"' + ("*" if part.endswith("*") else ""))
    return " ".join(quoted) or None


def _row(article: Article, matches: list[Match]) -> Mapping[str, Any]:
    return {
        "id": article.id,
        "first_seen_at": article.first_seen_at,
        "published_at": article.published_at,
        "feed": article.feed,
        "source": article.source,
        "title": article.title,
        "summary": article.summary,
        "url": article.url,
        "language": article.language,
        "rules": [match.rule_id for match in matches],
    }
