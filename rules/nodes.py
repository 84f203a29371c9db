"""Compiled phrase lines: what to look for on a page, and how near each other.

`find(node, page, mask)` returns every hit in the fields of the mask, in order. The definitions
(`docs/rules.md` has them for people, `tests/` a second, naive implementation):

* NEAR/n: hits of either side that do not overlap a hit of the other side, in the same field, with at
  most n words between them. What is found is both sides; a chain goes on from either.
* THEN/n: the left one stands first. What is found runs from the left one to the right one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, assert_never

from rules.page import FIELDS, Hit, Page


class Entry(NamedTuple):
    """One form of one term, under the pattern it is found by.

    Attributes:
        term: What people know it as.
        cased: (byte offset in the pattern, bytes that must stand there with this case).
        shouted: Does not count in a text set in capitals.
        prefix: The last word goes on.
    """

    term: str
    cased: tuple[tuple[int, bytes], ...] = ()
    shouted: bool = False
    prefix: bool = False


class Pattern(Protocol):
    """What we use of a compiled RE2 pattern."""

    def finditer(self, text: str) -> Iterable[Found]:
        """Return all that match, in order."""


class Found(Protocol):
    """What we use of a match."""

    def span(self) -> tuple[int, int]:
        """Return (start, end)."""


Listed = str | tuple[Entry, ...]


def listed(found: Listed) -> tuple[Entry, ...]:
    """Return the entries of one pattern of `Terms`."""
    return (Entry(found),) if isinstance(found, str) else found


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Any of these forms, by pattern number; most are plain, and for these the term alone is kept."""

    entries: Mapping[int, Listed]


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """Any of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """NEAR and THEN; `term` names the line it stands in."""

    left: Node
    right: Node
    words: int
    ordered: bool
    term: str


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A regular expression; `literals` are patterns one of which must be on the page, or None."""

    pattern: Pattern
    term: str
    literals: frozenset[int] | None


@dataclass(frozen=True, slots=True, eq=False)
class InField:
    """The inner node, in these fields instead of the rule's."""

    mask: int
    inner: Node


@dataclass(frozen=True, slots=True, eq=False)
class InContext:
    """Hits of the inner node that have a hit of the context within so many words."""

    inner: Node
    context: Node
    words: int


Node = Terms | Either | Beside | Expression | InField | InContext


def numbers_of(node: Node, *, context: bool = True) -> set[int]:
    """Return every pattern that a node looks at, those around ambiguous names too or not."""
    match node:
        case Terms(entries):
            return set(entries)
        case Either(parts):
            return set().union(*(numbers_of(part, context=context) for part in parts))
        case Beside(left, right):
            return numbers_of(left, context=context) | numbers_of(right, context=context)
        case Expression(literals=numbers):
            return set(numbers or ())
        case InField(_, inner):
            return numbers_of(inner, context=context)
        case InContext(inner, around):
            found = numbers_of(inner, context=context)
            return found | numbers_of(around) if context else found
        case _:
            assert_never(node)


def size(node: Node) -> int:
    """Return how many nodes are looked at to find one, at most: what it costs."""
    match node:
        case Either(parts):
            return 1 + sum(map(size, parts))
        case Beside(left, right):
            return 1 + size(left) + size(right)
        case InField(_, inner):
            return size(inner)
        case InContext(inner, around):
            return 1 + size(inner) + size(around)
        case _:
            return 1


def find(node: Node, page: Page, mask: int) -> list[Hit]:
    """Return the hits of a node on a page in these fields, by start."""
    key = (id(node), mask)
    known = page.memo.get(key)
    if known is None:
        # With its node, so that no other node is given the same identity.
        known = page.memo[key] = node, _find(node, page, mask)
    return known[1]


def _find(node: Node, page: Page, mask: int) -> list[Hit]:
    match node:
        case Terms(entries):
            return _find_terms(entries, page, mask)
        case Either(parts):
            return sorted({hit for part in parts for hit in find(part, page, mask)})
        case Beside(left, right, words, ordered, _):
            if isinstance(right, Terms) and page.numbers.isdisjoint(right.entries):
                return []
            ours = find(left, page, mask)
            theirs = find(right, page, mask) if ours else ours
            return then(ours, theirs, words) if ordered else near(ours, theirs, words)
        case Expression():
            return _find_expression(node, page, mask)
        case InField(inner_mask, inner):
            return find(inner, page, inner_mask)
        case InContext(inner, context, words):
            hits = find(inner, page, mask)
            around = find(context, page, mask) if hits else []
            return sorted(_having(hits, around, words))
        case _:
            assert_never(node)


def _find_terms(entries: Mapping[int, Listed], page: Page, mask: int) -> list[Hit]:
    hits = []
    for number in entries.keys() & page.numbers:
        for start, end in page.places(number):
            first = page.word_at(start)
            field = page.field_of(first)
            for entry in listed(entries[number]):
                hit = Hit(first, page.word_end(end + entry.prefix), field, entry.term)
                if (mask >> field & 1 or page.is_open(hit, mask)) and (
                    not entry.cased or _is_written(entry, page, start, field)
                ):
                    hits.append(hit)
    return sorted(set(hits)) if len(hits) > 1 else hits


def _is_written(entry: Entry, page: Page, start: int, field: int) -> bool:
    if entry.shouted and page.is_shouted(field):
        return False
    return all(page.cased.startswith(text, start + offset) for offset, text in entry.cased)


_SURROGATE = re.compile("[\ud800-\udfff]")


def _find_expression(node: Expression, page: Page, mask: int) -> list[Hit]:
    if node.literals is not None and node.literals.isdisjoint(page.numbers):
        return []
    hits = []
    for number, field in enumerate(FIELDS[: 6 if page.has_extra else 3]):
        # Half a surrogate pair is no text that RE2 could be given.
        text = _SURROGATE.sub("\ufffd", page.article.text(field))
        for found in node.pattern.finditer(text):
            chars = found.span()
            if chars[0] < chars[1]:
                hit = Hit(*page.words_at(number, *chars), number, node.term, chars)
                if page.is_open(hit, mask):
                    hits.append(hit)
    return sorted(hits)


def near(left: Sequence[Hit], right: Sequence[Hit], words: int) -> list[Hit]:
    """Return the hits of either side that have one of the other within so many words."""
    if not left or not right:
        return []
    return sorted({*_having(left, right, words), *_having(right, left, words)})


def _having(hits: Sequence[Hit], others: Sequence[Hit], words: int) -> Iterable[Hit]:
    starts = [(hit.field, hit.start) for hit in others]
    ends = sorted((hit.field, hit.end) for hit in others)
    for hit in hits:
        after = bisect_left(starts, (hit.field, hit.end))
        if after < len(starts) and starts[after] <= (hit.field, hit.end + words):
            yield hit
            continue
        before = bisect_right(ends, (hit.field, hit.start)) - 1
        if before >= 0 and ends[before] >= (hit.field, hit.start - words):
            yield hit


def then(left: Sequence[Hit], right: Sequence[Hit], words: int) -> list[Hit]:
    """Return left-to-right stretches: each left one with the next right one, and the other way."""
    if not left or not right:
        return []
    pairs = set()
    starts = [(hit.field, hit.start) for hit in right]
    for hit in left:
        at = bisect_left(starts, (hit.field, hit.end))
        if at < len(right) and starts[at] <= (hit.field, hit.end + words):
            pairs.add((hit, right[at]))
    by_end = sorted(left, key=lambda hit: (hit.field, hit.end, hit.start))
    ends = [(hit.field, hit.end) for hit in by_end]
    for hit in right:
        at = bisect_right(ends, (hit.field, hit.start)) - 1
        if at >= 0 and ends[at] >= (hit.field, hit.start - words):
            pairs.add((by_end[at], hit))
    return sorted(Hit(a.start, b.end, a.field, a.term) for a, b in pairs)
