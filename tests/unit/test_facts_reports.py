"""The tables of short reports: what an alert card says of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rules.facts import read_facts
from tests.builders import an_article
from wirewatch.model import Toll

FOLDER = Path(__file__).parent
TABLES = ("facts_reports.txt", "facts_reports_more.txt")
PUBLISHED = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)  # a Monday


@dataclass(frozen=True)
class Report:
    killed: str
    injured: str
    text: str


def reports() -> list[Report]:
    lines = [
        line for name in TABLES for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()
    ]
    rows = [line.split(" | ", 2) for line in lines if line and not line.startswith("#")]
    return [Report(*(cell.strip() for cell in row)) for row in rows]


def said(toll: Toll | None) -> str:
    """Write a toll as the table does."""
    if toll is None:
        return "-"
    if toll.min is None:
        return f"..{toll.max}"
    if toll.max is None:
        return f"{toll.min}+"
    return str(toll.min) if toll.min == toll.max else f"{toll.min}..{toll.max}"


def read(report: Report) -> tuple[str, str]:
    title, _, lead = report.text.partition(" // ")
    facts = read_facts(an_article(title, summary=lead, published_at=PUBLISHED))
    return said(facts.killed), said(facts.injured)


def judged(slot: str) -> tuple[float, float, float, list[str]]:
    """Share of stated slots found, of filled ones right, of unstated ones empty, and the misses."""
    stated = found = filled = right = unstated = empty = 0
    misses = []
    for report in reports():
        got = dict(zip(("killed", "injured"), read(report), strict=True))[slot]
        wanted = getattr(report, slot)
        stated += wanted != "-"
        found += wanted != "-" and got != "-"
        filled += got != "-"
        right += "-" != got == wanted
        unstated += wanted == "-"
        empty += wanted == got == "-"
        if got != wanted:
            misses.append(f"{slot} {wanted} got {got}: {report.text}")
    return found / stated, right / filled, empty / unstated, misses


def test_the_tables_have_three_hundred_reports() -> None:
    assert len(reports()) >= 300


def test_killed_is_found_and_right() -> None:
    found, right, empty, misses = judged("killed")
    assert found >= 0.98, misses
    assert right >= 0.98, misses
    assert empty >= 0.98, misses


def test_injured_is_found_and_right() -> None:
    found, right, empty, misses = judged("injured")
    assert found >= 0.98, misses
    assert right >= 0.98, misses
    assert empty >= 0.98, misses


def test_more_bodies_are_part_of_the_number_of_dead() -> None:
    text = (
        "The number of dead in Sunday's strikes on depots along the road to the old border crossing has"
        " risen to eleven, the health office said, after rescuers pulled four more bodies out of a ruin."
    )
    facts = read_facts(an_article("Toll rises", summary=text, published_at=PUBLISHED))
    assert [(toll.min, toll.max) for toll in facts.tolls] == [(11, 11)]


def test_more_dead_without_a_total_are_the_least_there_can_be() -> None:
    facts = read_facts(an_article("Four more bodies found in the ruins", published_at=PUBLISHED))
    assert [(toll.min, toll.max) for toll in facts.tolls] == [(4, None)]


def test_a_total_in_the_lead_outranks_the_addition_in_the_headline() -> None:
    facts = read_facts(
        an_article(
            "Four more bodies found in Qaim ruins",
            summary="The death toll of the strike has risen to 11, officials said.",
            published_at=PUBLISHED,
        )
    )
    assert said(facts.killed) == "11"
