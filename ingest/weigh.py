"""Give an article's terms their weights, and add articles up to what a story is known by.

A story is the sum of its articles' vectors. Every feature of `ingest.stories` is linear in
both sides, so that one comparison with a sum is the mean over all its articles, and one
comparison of two sums the mean over all pairs: average linkage at the price of one pair.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import add as plus

from ingest.function_words import DAYS
from ingest.profile import Profile

MOST_TERMS = 64
MOST_STORY_TERMS = 128
_SLACK = 32  # sorting at every article costs more than it keeps small
_RESERVE = 2.0
_SMALLEST, _SMALL = 12, 0.5

# What one term is worth in an article, or summed up over a story. HEAD, WHOLE, NAME, NUMBER are
# parts of unit vectors, so that their products add up to cosines; PRESENT is 1; HEAD_SHARE
# and NAME_SHARE are parts of a whole that is 1.
Weights = tuple[float, float, float, float, float, float, float]
HEAD, WHOLE, NAME, NUMBER, PRESENT, HEAD_SHARE, NAME_SHARE = range(7)

_ROW = struct.Struct("<7f")
_SUMS = struct.Struct("<3f")
_YEAR = re.compile(r"(?:19|20)\d\d$")


@dataclass(frozen=True, slots=True)
class Vector:
    """An article, or the sum over a story.

    Attributes:
        terms: Weights by term.
        count: How many articles are summed up here.
        length: The sum of log(5 + words).
        named: How many of the articles have names.
        top: Of an article: its terms, most telling first. Of a story: empty.
    """

    terms: Mapping[str, Weights]
    count: int
    length: float
    named: int
    language: str
    top: tuple[str, ...] = ()


def weigh(profile: Profile, seen: Mapping[str, int], total: int) -> Vector:
    """Return an article's vector.

    Args:
        profile: What the article says.
        seen: In how many earlier articles of its language each term was; 0 where missing.
        total: How many earlier articles there were.
    """
    log, seen_of, repeated = math.log, seen.get, profile.body.get
    scale = log(total + 3)
    rarest = scale - log(1.5)
    # (head, whole, rarity) of each term; most stand there once, whose logarithm is 0.
    rows: dict[str, tuple[float, float, float]] = {}
    for term, n in profile.head.items():
        rarity = scale - log(seen_of(term, 0) + 1.5)
        head = rarity if n == 1 else (1 + log(n)) * rarity
        more = repeated(term)
        rows[term] = (head, (1 + log(n + more)) * rarity if more else head, rarity)
    per_head, share = (
        1 / _norm([h for h, _, _ in rows.values()]),
        sum([r for _, _, r in rows.values()]),
    )
    for term, n in profile.body.items():
        if term not in rows:
            rarity = scale - log(seen_of(term, 0) + 1.5)
            rows[term] = (0.0, rarity if n == 1 else (1 + log(n)) * rarity, rarity)
    per_whole = 1 / _norm([w for _, w, _ in rows.values()])
    # One name or number in common is little, however few there are: each side has two more in reserve.
    reserve = _RESERVE * rarest**2
    named = {term: row for term, row in rows.items() if term in profile.names}
    per_name = 1 / _norm([w for _, w, _ in named.values()], reserve)
    numbers = {t: rows[t][2] * _telling(t) for t in profile.head if t in profile.numbers}
    per_number = 1 / _norm(numbers.values(), reserve)
    share = 1 / (share or 1.0)
    name_share = 1 / (sum([r for h, _, r in named.values() if h]) + _RESERVE * rarest or 1.0)
    terms: dict[str, Weights] = {}
    for term in _kept(profile, rows):
        head, whole, rarity = rows[term]
        if term in named:
            name, in_names = whole * per_name, rarity * name_share if head else 0.0
        else:
            name = in_names = 0.0
        number = numbers[term] * per_number if term in numbers else 0.0
        in_head = rarity * share if head else 0.0
        terms[term] = (head * per_head, whole * per_whole, name, number, 1.0, in_head, in_names)
    telling = sorted([(-(w[0] + w[1] + w[2]), term) for term, w in terms.items()])
    return Vector(
        terms=terms,
        count=1,
        length=log(5 + profile.length),
        named=1 if profile.names else 0,
        language=profile.language,
        top=tuple([term for _, term in telling]),
    )


def _kept(profile: Profile, rows: Mapping[str, tuple[float, float, float]]) -> list[str]:
    """The head, the years, and as much of the rest as there is room for, heaviest first."""
    kept = list(profile.head)
    if len(rows) > len(kept):
        rest = sorted([(-row[1], t) for t, row in rows.items() if t not in profile.head])
        kept += [t for _, t in rest[: max(MOST_TERMS - len(kept), 0)]]
        years = profile.numbers.difference(kept)
        kept += sorted([t for t in years if _YEAR.match(t)])
    return kept


def add(story: Vector, more: Vector) -> Vector:
    """Return the sum of two vectors; where it has over 160 terms the 128 most present are kept."""
    terms = story.terms.unpacked() if isinstance(story.terms, PackedTerms) else dict(story.terms)
    for term, weights in more.terms.items():
        old = terms.get(term)
        terms[term] = weights if old is None else tuple(map(plus, old, weights))
    if len(terms) > MOST_STORY_TERMS + _SLACK:
        order = sorted([(-w[PRESENT], -w[WHOLE], t) for t, w in terms.items()])
        terms = {t: terms[t] for _, _, t in order[:MOST_STORY_TERMS]}
    return Vector(
        terms,
        story.count + more.count,
        story.length + more.length,
        story.named + more.named,
        story.language,
    )


def days(vector: Vector) -> set[str]:
    """Return the days of the week and the months that are named."""
    return {term for term in DAYS if term in vector.terms.keys()}  # noqa: SIM118 - of packed terms the faster way


def head_names(vector: Vector) -> set[str]:
    """Return the names in the head."""
    return {term for term, weights in vector.terms.items() if weights[NAME_SHARE]}


def numbers(vector: Vector) -> set[str]:
    """Return the numbers of headline and lead, years aside."""
    return {t for t, w in vector.terms.items() if w[NUMBER] and not _YEAR.match(t)}


def pack(vector: Vector) -> tuple[str, bytes]:
    """Return a vector as the database keeps it: its terms, and 32-bit floats."""
    sums = (vector.count, vector.length, vector.named)
    numbers = [*sums, *chain.from_iterable(vector.terms.values())]
    return "\n".join(vector.terms), struct.pack(f"<{len(numbers)}f", *numbers)


class PackedTerms(Mapping[str, Weights]):
    """Weights by term as the database keeps them: a third of the memory, unpacked when asked for."""

    __slots__ = ("_packed", "_places")

    def __init__(self, terms: str, packed: bytes) -> None:
        """Take what `pack` gave."""
        self._packed = packed
        self._places = dict(zip(terms.split("\n"), _PLACES, strict=False)) if terms else {}

    def __getitem__(self, term: str) -> Weights:
        """Return the weights of a term that is there."""
        return _ROW.unpack_from(self._packed, self._places[term])

    def __iter__(self) -> Iterator[str]:
        """Return the terms in the order they were packed."""
        return iter(self._places)

    def __len__(self) -> int:
        """Return how many terms there are."""
        return len(self._places)

    def keys(self) -> KeysView[str]:
        """Return the terms, to ask which are there at the speed of a dict."""
        return self._places.keys()

    def items(self) -> ItemsView[str, Weights]:
        """Return terms with their weights, in order."""
        return self.unpacked().items()

    def unpacked(self) -> dict[str, Weights]:
        """Return a dict of the same."""
        rows = _ROW.iter_unpack(memoryview(self._packed)[_SUMS.size :])
        return dict(zip(self._places, rows, strict=True))


# A story has 128 terms, an article 64 and what is in its head.
_PLACES = tuple(range(_SUMS.size, _SUMS.size + _ROW.size * 1024, _ROW.size))


def unpack(terms: str, packed: bytes, language: str) -> Vector:
    """Return what `pack` was given; of a story that is no longer compared with, nothing is left."""
    if not packed:
        return Vector({}, 0, 0.0, 0, language)
    count, length, named = _SUMS.unpack_from(packed)
    return Vector(PackedTerms(terms, packed), int(count), length, int(named), language)


def _telling(number: str) -> float:
    """Small numbers stand in every other text."""
    return _SMALL if number.isdecimal() and int(number[:9]) <= _SMALLEST else 1.0


def _norm(weights: Iterable[float], reserve: float = 0.0) -> float:
    return math.sqrt(sum([w * w for w in weights]) + reserve) or 1.0
