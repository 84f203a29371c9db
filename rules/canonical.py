"""A value written down without what does not matter for matching: what a rule's hash is of."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache

from wirewatch.model import PhraseSpec

_NOT_HASHED = frozenset({"path", "tests", "note", "owner", "title", "enabled", "alert", "when"})


def canonical(value: object) -> str:
    """Write a value down without what does not matter for matching (where it stood, notes)."""
    if isinstance(value, PhraseSpec):
        return repr(value.text)
    if isinstance(value, tuple | list):
        return f"[{','.join(map(canonical, value))}]"
    if isinstance(value, Enum):
        return repr(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        names = _hashed_fields(type(value))
        return f"({','.join([canonical(getattr(value, name)) for name in names])})"
    return repr(value)


@cache
def _hashed_fields(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind) if each.name not in _NOT_HASHED)
