"""`wirewatch stories`: articles grouped by what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wirewatch.cli.common import config_option, json_option, legible, print_rows, reading, say
from wirewatch.cli.matches import ago

if TYPE_CHECKING:
    from wirewatch.model import StoryView


@click.command()
@config_option
@json_option
@click.option("--since", help="Only those with an article younger than this: 24h, 7d.")
@click.option("--min-sources", default=1, show_default=True, help="At least so many sources.")
@click.option("--limit", "-n", default=50, show_default=True, type=click.IntRange(1, 1_000_000))
def stories(
    config: Path,
    as_json: bool,  # noqa: FBT001 - click's way
    since: str | None,
    min_sources: int,
    limit: int,
) -> None:
    """List stories, the one that moved last first."""
    loaded = legible(config).config
    with reading(loaded) as store:
        found = store.stories.latest(limit, since=ago(since))
    rows = [_row(each) for each in found if each.source_count >= min_sources]
    columns = ("id", "last_at", "articles", "sources", "independent", "headline", "facts")
    if not print_rows(rows, columns=columns, as_json=as_json):
        say("no stories")


def _row(story: StoryView) -> Mapping[str, Any]:
    return {
        "id": story.id,
        "founded_at": story.founded_at,
        "last_at": story.last_at,
        "articles": story.article_count,
        "sources": story.source_count,
        "independent": story.independent_count,
        "headline": story.headline,
        "url": story.url,
        "facts": _facts(story),
        "countries": story.facts.countries,
        "places": story.facts.places,
        "killed": story.facts.killed,
        "injured": story.facts.injured,
        "outlets": [
            {"source": each.source, "title": each.title, "url": each.url, "at": each.first_seen_at}
            for each in story.outlets
        ],
    }


def _facts(story: StoryView) -> str:
    """The event card in a few words: `killed 5–7, Erbil`."""
    parts = []
    for what, toll in (("killed", story.facts.killed), ("injured", story.facts.injured)):
        if toll and any(each is not None for each in toll):
            low, high = toll
            if low == high:
                parts.append(f"{what} {low}")
            elif high is None:
                parts.append(f"{what} {low}+")
            else:
                parts.append(f"{what} {low or 0}–{high}")
    return ", ".join([*parts, *story.facts.places[:2]])
