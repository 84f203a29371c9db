"""What the shipped rules find, and what is read as fact, on labelled data; floors, not aims.

Every fourth article of the development file, so that it takes seconds (all reports with tolls: there
are too few for less); `eval_rules.py` and
`eval_facts.py` give the whole figures. A floor is lowered only in a commit of its own.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rules.facts import read_facts
from tests.builders import an_article
from wirewatch.config import load
from wirewatch.model import Appearance, Article, Severity

ROOT = Path(__file__).parents[2]
CORPORA = next(
    (p / "shared" / "corpora" for p in ROOT.parents if (p / "shared" / "corpora").is_dir()), None
)
STEP = 4
HERE = Appearance("Example", "example.org")
PEACEFUL = ("sport", "busines", "econom", "scien", "techn", "art")

pytestmark = [
    pytest.mark.quality,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CORPORA is None, reason="the labelled data is not beside this checkout"),
]


@dataclass
class Score:
    """Hits of a rule (or of several) and how many of them carry the label."""

    hits: int = 0
    right: int = 0
    stated: int = 0
    wrong_sections: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.right / self.hits if self.hits else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.stated

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def records(name: str) -> Iterator[dict[str, Any]]:
    assert CORPORA is not None
    with gzip.open(CORPORA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def an_item(record: dict[str, Any]) -> Article:
    stamp = record.get("published")
    at = datetime.fromisoformat(stamp) if stamp else None
    return an_article(record["title"], body=record.get("body", ""), published_at=at)


@cache
def scores(config: str) -> dict[str, Score]:
    """Scores by rule id, and of all that claim an attack under "attacks"."""
    program = load(ROOT / config, environ={}).program
    found = {rule.id: Score() for rule in program.rules} | {"attacks": Score()}
    for record in list(records("wcep-2011-2015.jsonl.gz"))[::STEP]:
        matches = program.read(an_item(record), HERE).matches
        ids = {match.rule_id for match in matches}
        if any(match.severity >= Severity.MEDIUM for match in matches):
            ids.add("attacks")
        for name, score in found.items():
            score.stated += record["armed_conflict"]
            if name in ids:
                score.hits += 1
                score.right += record["armed_conflict"]
                if not record["armed_conflict"]:
                    score.wrong_sections.append(record["section"].lower())
    return found


def test_the_pack_with_its_region_finds_the_right_news() -> None:
    score = scores("config.yaml")["attacks"]
    assert score.precision >= 0.96
    assert score.hits >= 175
    assert score.hits - score.right <= 7  # of 4,400 articles that are not about conflict
    assert not [s for s in score.wrong_sections if s.startswith(PEACEFUL)]


@pytest.mark.parametrize(
    ("rule", "precision", "hits"),
    [("airstrike", 0.93, 84), ("drone-attack", 0.88, 13), ("militia", 0.95, 140)],
)
def test_themes_without_the_region(rule: str, precision: float, hits: int) -> None:
    score = scores("examples/world-conflict.yaml")[rule]
    assert score.precision >= precision
    assert score.hits >= hits


def test_the_world_rules_give_few_false_alerts() -> None:
    score = scores("examples/world-conflict.yaml")["attacks"]
    assert score.hits - score.right <= 15
    assert score.recall >= 0.38


def test_the_general_profile() -> None:
    found = scores("examples/world-conflict.yaml")
    assert found["armed-conflict"].f1 >= 0.74
    assert found["armed-conflict-strict"].precision >= 0.93
    assert found["armed-conflict-strict"].recall >= 0.38


def test_no_alert_on_business_and_technology_headlines() -> None:
    for config in ("config.yaml", "examples/world-conflict.yaml"):
        program = load(ROOT / config, environ={}).program
        for record in list(records("uci-news-a.jsonl.gz"))[::2]:
            matches = program.read(an_article(record["title"]), HERE).matches
            assert not [m for m in matches if m.severity >= Severity.MEDIUM], record["title"]


def test_countries_and_tolls_of_long_reports_in_capitals() -> None:
    stated = right = filled = consistent = 0
    for record in records("muc-dev.jsonl.gz"):
        article = an_item(record)
        facts = read_facts(article)
        gold = record["gold"]
        if gold.get("countries"):
            stated += 1
            right += bool(facts.countries) and facts.countries[0] in gold["countries"]
        if gold.get("killed") and facts.killed is not None:
            filled += 1
            low = facts.killed.min or 0
            high = float("inf") if facts.killed.max is None else facts.killed.max
            consistent += any(
                low <= (float("inf") if g["max"] is None else g["max"]) and (g["min"] or 0) <= high
                for g in gold["killed"]
            )
    assert right / stated >= 0.85
    assert consistent / filled >= 0.70
