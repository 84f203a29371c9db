"""The table of headlines: which of the shipped rules takes each for an attack."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from rules import Program
from tests.builders import an_article
from wirewatch.config import load
from wirewatch.model import Appearance, Severity

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("rules_headlines.txt")
HERE = Appearance("Example", "example.org")


@cache
def program() -> Program:
    return load(ROOT / "examples" / "world-conflict.yaml", environ={}).program


def claiming(headline: str) -> set[str]:
    """Return the rules that say there was an attack."""
    matches = program().read(an_article(headline), HERE).matches
    return {match.rule_id for match in matches if match.severity >= Severity.MEDIUM}


def rows() -> list[tuple[str, str]]:
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    cells = [line.partition(" | ") for line in lines if line and not line.startswith("#")]
    return [(wanted, headline) for wanted, _, headline in cells]


@pytest.mark.parametrize(("wanted", "headline"), rows())
def test_a_headline_is_taken_for_what_it_is(wanted: str, headline: str) -> None:
    found = claiming(headline)
    if wanted == "-":
        assert not found
    elif wanted == "attack":
        assert found
    else:
        assert wanted in found
