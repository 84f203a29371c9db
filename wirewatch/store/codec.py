"""Between rows and plain data: times as milliseconds, tuples and facts as JSON."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from wirewatch.clock import from_ms, to_ms


def ms(at: datetime | None) -> int | None:
    """Return a time as the database keeps it."""
    return None if at is None else to_ms(at)


def at(ms: int | None) -> datetime | None:
    """Return the aware UTC time of a column that may be NULL."""
    return None if ms is None else from_ms(ms)


def dump(value: object) -> str:
    """Return compact, deterministic JSON of plain data, tuples and frozen dataclasses."""
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))


def load(text: str | None) -> Any:  # noqa: ANN401 - what JSON holds is known to the caller only
    """Return what `dump` was given, with lists for tuples; None for NULL."""
    return None if text is None else json.loads(text)


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime():
            return to_ms(value)
        case date():
            return value.isoformat()
        case tuple() | list() | set() | frozenset():
            return [
                _plain(part)
                for part in (sorted(value) if isinstance(value, (set, frozenset)) else value)
            ]
        case dict():
            return {str(key): _plain(part) for key, part in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
        case _:
            return value
