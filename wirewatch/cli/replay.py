"""`wirewatch replay`: a stream of articles through the real pipeline, sending nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wirewatch.cli.common import config_option, load_config, progress, say

if TYPE_CHECKING:
    from wirewatch.model import Facts, Match, Suppressed, Toll
    from wirewatch.pipeline.rehearse import Rehearsed


@click.command()
@click.argument(
    "file", type=click.Path(path_type=Path, allow_dash=True, exists=True, dir_okay=False)
)
@config_option
def replay(config: Path, file: Path) -> int:
    """Run the articles of FILE (JSON Lines) through the real pipeline; send nothing.

    An article has "id" and "title", and may have "summary", "body", "url", "feed", "published"
    (ISO 8601), "language", "guid", "authors" and "categories" (lists). A feed of the configuration
    lends it its tags and tier.

    Prints one line for each input line, in order, once the whole stream is done: what it turned
    out to be, its story, what matched and why, the facts, and what would have been told because
    of it. Bad lines are named on stderr; the rest is done and the exit status is 1.
    """
    from alerts.render import Renderer
    from wirewatch.clock import ManualClock
    from wirewatch.pipeline.desk import Desk
    from wirewatch.pipeline.lines import read_lines
    from wirewatch.pipeline.rehearse import EPOCH, rehearse
    from wirewatch.store import Store

    loaded = load_config(config)
    complaints: list[str] = []

    def complain(text: str) -> None:
        complaints.append(text)
        say(text)

    desk = Desk(loaded.config, loaded.program, Renderer(None), ManualClock(EPOCH))
    lines = [line for line, _ in read_lines(file, complain=complain, remark=say)]
    for result in rehearse(progress(lines, label="replaying"), desk, Store.scratch()):
        click.echo(json.dumps(result_row(result), ensure_ascii=False))
    return int(bool(complaints))


def result_row(result: Rehearsed) -> dict[str, Any]:
    """Return a result as outside tools read it."""
    reading = result.reading
    return {
        "id": result.line.id,
        "article": result.article,
        "relation": result.relation,
        "story": str(result.story),
        "join": result.join,
        "matches": [_match(match) for match in reading.matches],
        "suppressed": [_suppressed(each) for each in reading.suppressed],
        "facts": _facts(reading.facts),
        "alerts": [{"rule": rule, "reason": reason} for rule, reason in result.alerts],
    }


def _match(match: Match) -> dict[str, Any]:
    shown: dict[str, Any] = {"rule": match.rule_id, "severity": match.severity}
    if match.score is not None:
        shown["score"] = match.score
    shown["tags"] = list(match.tags)
    shown["spans"] = [
        {"group": s.group, "field": s.field, "start": s.start, "end": s.end, "text": s.text}
        for s in match.spans
    ]
    return shown


def _suppressed(each: Suppressed) -> dict[str, Any]:
    return {"rule": each.rule_id, "by": each.by}


def _facts(facts: Facts) -> dict[str, Any]:
    return {
        "killed": _toll(facts.killed),
        "injured": _toll(facts.injured),
        "countries": list(facts.countries),
        "places": [place.name for place in facts.places],
        "event_date": facts.event_date.day.isoformat() if facts.event_date else None,
    }


def _toll(toll: Toll | None) -> dict[str, Any] | None:
    return None if toll is None else {"min": toll.min, "max": toll.max, "text": toll.span.text}
