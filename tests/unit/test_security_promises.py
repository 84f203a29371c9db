"""SECURITY.md names the tests that hold its promises; they exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_promise_names_a_test_and_every_test_named_exists():
    there = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8"))
    }
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert sorted(named - there) == []
    promises = re.split(r"\n(?=\d+\. \*\*)", PAGE.partition("## Known limits")[0])[1:]
    assert [int(each.partition(".")[0]) for each in promises] == list(range(1, len(promises) + 1))
    assert [each for each in promises if "`test_" not in each and "`docs/" not in each] == []
