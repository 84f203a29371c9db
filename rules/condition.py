"""What `condition:` says over groups: `attack and (place or actor) and not drill`, `2 of hint`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import assert_never

from rules.query import MAX_DEPTH, QueryError


@dataclass(frozen=True, slots=True)
class Group:
    """A group is present."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """The inner condition does not hold."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """A part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of these groups are present."""

    count: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Distinct:
    """At least `count` different terms of one group are present."""

    count: int
    name: str


Condition = Group | Not | All | Any | AtLeast | Distinct

OPERATORS = frozenset({"and", "or", "not"})
NAMEABLE = re.compile(r"[\w-]+")
_LEX = re.compile(rf"\s*(?:([(),])|({NAMEABLE.pattern})|(\S))")


def parse_condition(text: str, names: Sequence[str]) -> Condition:
    """Return what a condition over these groups means.

    Raises:
        QueryError: It is malformed or names a group that isn't there.
    """
    return _Parser(text, names).whole()


def holds(condition: Condition, present: Collection[str], distinct: Callable[[str], int]) -> bool:
    """Decide a condition; `distinct(name)` counts the different terms found in a group."""
    match condition:
        case Group(name):
            return name in present
        case Not(inner):
            return not holds(inner, present, distinct)
        case All(parts):
            return all(holds(part, present, distinct) for part in parts)
        case Any(parts):
            return any(holds(part, present, distinct) for part in parts)
        case AtLeast(count, names):
            return sum(name in present for name in names) >= count
        case Distinct(count, name):
            return name in present and distinct(name) >= count
        case _:
            assert_never(condition)


def mentioned(condition: Condition, *, positive: bool = True) -> set[str]:
    """Return the groups that a condition asks for; `positive=False`: those it forbids."""
    match condition:
        case Group(name) | Distinct(_, name):
            return {name} if positive else set()
        case AtLeast(_, names):
            return set(names) if positive else set()
        case Not(inner):
            return mentioned(inner, positive=not positive)
        case All(parts) | Any(parts):
            return set().union(*(mentioned(part, positive=positive) for part in parts))
        case _:
            assert_never(condition)


class _Parser:
    def __init__(self, text: str, names: Sequence[str]) -> None:
        self._names = names
        self._tokens: list[tuple[str, int]] = []
        text = text.rstrip()
        at = 0
        while at < len(text):
            match = _LEX.match(text, at)
            assert match is not None
            token = match.group().strip()
            if match[3]:
                raise QueryError(
                    f"unexpected {token!r}",
                    offset=match.start(3),
                    hint="a condition has group names, and, or, not, ( ), N of",
                )
            self._tokens.append((token, match.end() - len(token)))
            at = match.end()
        self._end = len(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> Condition:
        condition = self._any()
        if self._at < len(self._tokens):
            token, offset = self._tokens[self._at]
            raise QueryError(f"unexpected {token!r}", offset=offset, hint="write and / or before")
        return condition

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _offset(self) -> int:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else self._end

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._peek().lower() == "or":
            self._next()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Condition:
        parts = [self._factor()]
        while self._peek().lower() == "and":
            self._next()
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _factor(self) -> Condition:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError("too deeply nested", offset=self._offset(), hint="use fewer groups")
        try:
            return self._inner_factor()
        finally:
            self._depth -= 1

    def _inner_factor(self) -> Condition:
        offset, word = self._offset(), self._peek()
        if word.lower() == "not":
            self._next()
            return Not(self._factor())
        if word == "(":
            self._next()
            inner = self._any()
            if self._next() != ")":
                raise QueryError("this parenthesis is never closed", offset=offset, hint="add )")
            return inner
        if self._is_quantity():
            return self._quantity()
        return Group(self._name())

    def _is_quantity(self) -> bool:
        following = self._tokens[self._at + 1][0] if self._at + 1 < len(self._tokens) else ""
        first = self._peek().lower()
        return following.lower() == "of" and (first.isdecimal() or first in ("all", "any"))

    def _quantity(self) -> Condition:
        offset, first = self._offset(), self._next().lower()
        self._next()
        names = self._of()
        count = {"all": len(names), "any": 1}.get(first) or int(first if first.isdecimal() else 1)
        if first == "0":
            raise QueryError("0 of anything is always true", offset=offset, hint="write 1 or more")
        if len(names) == 1 and first.isdecimal():
            return Distinct(count, names[0])
        if count > len(names):
            raise QueryError(
                f"{count} of {len(names)} groups can never be", offset=offset, hint="lower it"
            )
        return AtLeast(count, tuple(names))

    def _of(self) -> list[str]:
        if self._peek() == "them" and "them" not in self._names:
            self._next()
            return list(self._names)
        names = [self._name()]
        while self._peek() == ",":
            self._next()
            names.append(self._name())
        return names

    def _name(self) -> str:
        offset, name = self._offset(), self._next()
        if name in self._names:
            return name
        if not name:
            raise QueryError("a group is missing at the end", offset=offset, hint="name one")
        close = get_close_matches(name, self._names, n=1)
        hint = f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(self._names)}"
        raise QueryError(f'no group is called "{name}"', offset=offset, hint=hint)
