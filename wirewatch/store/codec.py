"""Between rows and plain data: times as milliseconds, tuples and facts as JSON."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from wirewatch.clock import from_ms, to_ms


def ms(at: datetime | None) -> int | None:
    """Return a time as the database keeps it."""
    return None if at is None else to_ms(at)


def at(ms: int | None) -> datetime | None:
    """Return the aware UTC time of a column that may be NULL."""
    return None if ms is None else from_ms(ms)


def dump(value: object) -> str:
    """Return compact, deterministic JSON of plain data, tuples, enums and frozen dataclasses."""
    return _ENCODER.encode(value)


def load(text: str | None) -> Any:  # noqa: ANN401 - what JSON holds is known to the caller only
    """Return what `dump` was given, with lists for tuples; None for NULL."""
    return None if text is None else json.loads(text)


def _plain(value: object) -> object:
    """Return what the encoder knows for what it doesn't; strings, enums and tuples it knows."""
    match value:
        case datetime():
            return to_ms(value)
        case date():
            return value.isoformat()
        case set() | frozenset():
            return sorted(value)
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {name: getattr(value, name) for name in _names(type(value))}
        case _:
            raise TypeError(f"{type(value).__name__} is no plain data")


@cache
def _names(cls: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(cls))


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
