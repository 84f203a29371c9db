"""No setting is accepted, documented, and then read by nobody."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from wirewatch.model import settings

ROOT = Path(__file__).parents[2]
ROOMS = [ROOT / name for name in ("alerts", "ingest", "rules", "wirewatch")]
STATED = {
    ROOT / "wirewatch" / name for name in ("config", "model")
}  # where settings are only written down
CLASSES = [
    each
    for _, each in inspect.getmembers(settings, is_dataclass)
    if each.__module__ == settings.__name__
]


@pytest.fixture(scope="module")
def read() -> set[str]:
    """Every attribute that the program reads anywhere but where settings are stated."""
    paths = [
        path for room in ROOMS for path in room.rglob("*.py") if STATED.isdisjoint(path.parents)
    ]
    return {name for path in paths for name in re.findall(r"\.(\w+)", path.read_text())}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_somebody_reads_each_setting(kind, read):
    stated = {field.name for field in fields(kind) if not field.name.startswith("_")}
    assert stated <= read, f"nothing reads {stated - read}"
