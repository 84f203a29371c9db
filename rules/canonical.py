"""A value written down without what does not matter for matching: what a rule's hash is of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from operator import attrgetter

from wirewatch.model import PhraseSpec

_NOT_HASHED = frozenset({"path", "tests", "note", "owner", "title", "enabled", "alert", "when"})


def canonical(value: object) -> str:
    """Write a value down without what does not matter for matching (where it stood, notes)."""
    kind = type(value)
    if kind is PhraseSpec:
        return repr(value.text)  # type: ignore[attr-defined]
    if kind is tuple or kind is list:
        return f"[{','.join(map(canonical, value))}]"  # type: ignore[call-overload]
    if kind in _PLAIN:
        return repr(value)
    if isinstance(value, Enum):
        return repr(value.value)
    if is_dataclass(kind):
        return f"({','.join(map(canonical, _hashed(kind)(value)))})"
    return repr(value)


_PLAIN = frozenset({str, int, float, bool, type(None)})


@cache
def _hashed(kind: type) -> Callable[[object], tuple[object, ...]]:
    """Return what takes the values that count out of a dataclass of this kind."""
    names = [each.name for each in fields(kind) if each.name not in _NOT_HASHED]
    return attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)
