"""Give an article's terms their weights, and add articles up to what a story is known by.

A story is the sum of its articles' vectors, a sum a language. Every feature of `ingest.stories` is
linear in both sides, so that one comparison with a sum is the mean over all its articles, and one
comparison of two sums the mean over all pairs: average linkage at the price of one pair.

In vectors a term is its CRC-32: numbers are compared, stored and unpacked in half the time that
words take, and two of 128 terms have the same once in half a million stories.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import chain, compress
from operator import add as plus
from operator import itemgetter
from zlib import crc32

from ingest.function_words import DAYS
from ingest.packed import (
    ROW,
    PackedTerms,
    Weights,
    codes_of,
    column_of,
    floats_of,
    numbered,
    rows_of,
)  # fmt: skip
from ingest.profile import Profile, as_name

MOST_TERMS = 64
MOST_STORY_TERMS = 128
_SLACK = 32  # sorting at every article costs more than it keeps small
_RESERVE = 2.0
_OFTEN_A_NAME = 0.3  # headlines Written Like This are counted too, as if they said otherwise
_SMALLEST, _SMALL = 12, 0.5

# What one term is worth in an article, or summed up over a story. HEAD, WHOLE, NAME, NUMBER are
# parts of unit vectors, so that their products add up to cosines; PRESENT is 1; HEAD_SHARE
# and NAME_SHARE are parts of a whole that is 1.
HEAD, WHOLE, NAME, NUMBER, PRESENT, HEAD_SHARE, NAME_SHARE = range(7)

_SUMS = struct.Struct("<3f")
_TERM_BYTES = ROW.size + 4
_YEAR = re.compile(r"(?:19|20)\d\d$")


@dataclass(slots=True)  # frozen ones take three times as long to make
class Vector:
    """An article, or the sum over a story; never changed.

    Attributes:
        terms: Weights by the code of a term.
        count: How many articles are summed up here.
        length: The sum of log(5 + words).
        named: How many of the articles have names.
        top: Of an article: its terms, most telling first. Of a story: empty.
        others: Of a story: the sums of its articles in other languages than the first one's. In one
            sum they would halve what a further article has in common with those of its language.
    """

    terms: Mapping[int, Weights]
    count: int
    length: float
    named: int
    language: str
    top: tuple[str, ...] = ()
    others: tuple[Vector, ...] = ()
    _heart: float | None = field(default=None, init=False, repr=False, compare=False)
    _dated: tuple[AbstractSet[int], AbstractSet[int]] | None = field(
        default=None, init=False, repr=False, compare=False
    )


NOTHING = Vector({}, 0, 0.0, 0, "")


def code(term: str) -> int:
    """Return what a term is in vectors, an unsigned 32-bit number; the same on every machine."""
    return crc32(term.encode())


def weigh(profile: Profile, seen: Mapping[str, int], total: int) -> Vector:
    """Return an article's vector.

    A term with a capital that says nothing is a name if it often was one where a capital says something.

    Args:
        profile: What the article says.
        seen: In how many earlier articles of its language each term was, in general and `as_name`;
            0 where missing.
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
    names = profile.names.union(
        [
            term
            for term in profile.capitals
            if seen_of(as_name(term), 0) > _OFTEN_A_NAME * seen_of(term, 0)
        ]
    )
    named = {term: row for term, row in rows.items() if term in names}
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
        terms=dict(zip(map(crc32, map(str.encode, terms)), terms.values(), strict=True)),
        count=1,
        length=log(5 + profile.length),
        named=1 if names else 0,
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
    """Return the sum of two vectors, each language by itself; more than 160 terms are cut to the 128 most present."""
    if story.language == more.language and not (story.others or more.others):
        return _sum(story, more)
    if not more.count:
        return story
    if not story.count:
        return unpack(pack(more), languages(more))
    total, others = story, {each.language: each for each in story.others}
    for each in parts(more):
        if each.language == story.language:
            total = _sum(total, each)
        elif each.language in others:
            others[each.language] = _sum(others[each.language], each)
        else:
            others[each.language] = unpack(pack(each), each.language)
    return replace(total, others=tuple(others.values()))


def parts(vector: Vector) -> tuple[Vector, ...]:
    """Return the sum of each language, the first article's first."""
    return (replace(vector, others=()), *vector.others) if vector.others else (vector,)


def all_terms(vector: Vector) -> set[int]:
    """Return the terms in any language."""
    return set().union(*[each.terms for each in parts(vector)])


def part(vector: Vector, language: str) -> Vector:
    """Return the sum in a language; where there is none, of the first."""
    found = (each for each in vector.others if each.language == language)
    return vector if vector.language == language else next(found, vector)


def in_one_language(one: Vector, other: Vector) -> tuple[Vector, Vector] | None:
    """Return the parts of two that are in one language, or None; of several such languages the first."""
    if one.language == other.language:
        return one, other
    if not (one.others or other.others):
        return None
    theirs = {each.language: each for each in parts(other)}
    both = ((each, theirs[each.language]) for each in parts(one) if each.language in theirs)
    return next(both, None)


def in_two_languages(one: Vector, other: Vector) -> list[tuple[Vector, Vector]]:
    """Return each pair of their parts that are in different languages."""
    if one.language == other.language and not (one.others or other.others):
        return []
    return [
        (mine, theirs)
        for mine in parts(one)
        for theirs in parts(other)
        if mine.language != theirs.language
    ]


def _sum(story: Vector, more: Vector) -> Vector:
    before = _packed(story)
    rows, places = bytearray(before.rows), before.places.copy()
    unpack_from, pack_into = ROW.unpack_from, ROW.pack_into
    fresh: list[Weights] = []
    for each, weights in more.terms.items():
        place = places.get(each)
        if place is None:
            places[each] = len(rows) + ROW.size * len(fresh)
            fresh.append(weights)
        else:
            pack_into(rows, place, *map(plus, unpack_from(rows, place), weights))
    rows += floats_of(len(fresh) * 7).pack(*chain.from_iterable(fresh))
    if len(places) > MOST_STORY_TERMS + _SLACK:
        present, whole = (column_of(which, len(places)).unpack(rows) for which in (PRESENT, WHOLE))
        # By what is most present, then by what weighs most, then by age: sorts keep the order of equals.
        order = sorted(range(len(places)), key=whole.__getitem__, reverse=True)
        order.sort(key=present.__getitem__, reverse=True)
        kept = itemgetter(*order[:MOST_STORY_TERMS])
        rows = bytearray().join(kept(rows_of(len(places)).unpack(rows)))
        places = numbered(kept(tuple(places)))
    # As the database will give it back: what is held in memory must not be more exact.
    (length,) = floats_of(1).unpack(floats_of(1).pack(story.length + more.length))
    return Vector(
        PackedTerms(places, bytes(rows)),
        story.count + more.count,
        length,
        story.named + more.named,
        story.language,
    )


def weights(vector: Vector, codes: Sequence[int]) -> list[Weights]:
    """Return what these of its terms weigh, in the same order."""
    terms = vector.terms
    if isinstance(terms, PackedTerms):
        unpack_from, rows, places = ROW.unpack_from, terms.rows, terms.places
        return [unpack_from(rows, places[each]) for each in codes]
    return [terms[each] for each in codes]


def heaviest(vector: Vector, most: int, which: int = WHOLE) -> list[int]:
    """Return the terms that weigh most, the most first: of all the text, or as `which` says."""
    terms = vector.terms
    if isinstance(terms, PackedTerms):
        column: Sequence[float] = column_of(which, len(terms)).unpack(terms.rows)
    else:
        column = [weights[which] for weights in terms.values()]
    least = sorted(column, reverse=True)[most - 1] if len(column) > most else 0.0
    order = sorted([(-w, term) for w, term in zip(column, terms, strict=True) if w >= least and w])
    return [term for _, term in order[:most]]


def by_code(vector: Vector) -> Mapping[int, object]:
    """Return something that knows its terms, at the speed of a dict."""
    terms = vector.terms
    return terms.places if isinstance(terms, PackedTerms) else terms


def heart(vector: Vector) -> float:
    """Return the sum of the squared shares of its head, by which what all heads say counts most."""
    if vector._heart is None:  # noqa: SLF001
        terms = vector.terms
        if isinstance(terms, PackedTerms):
            shares: Iterable[float] = column_of(HEAD_SHARE, len(terms)).unpack(terms.rows)
        else:
            shares = [weights[HEAD_SHARE] for weights in terms.values()]
        vector._heart = sum([share * share for share in shares])  # noqa: SLF001
    return vector._heart  # noqa: SLF001


def days(vector: Vector) -> AbstractSet[int]:
    """Return the days of the week and the months that are named."""
    return _dated(vector)[0]


def years(vector: Vector) -> AbstractSet[int]:
    """Return the years that are named, 1900 to 2099."""
    return _dated(vector)[1]


def _dated(vector: Vector) -> tuple[AbstractSet[int], AbstractSet[int]]:
    # Asked for with every story that an article is compared with.
    if vector._dated is None:  # noqa: SLF001
        there = vector.terms.keys()
        vector._dated = (there & _DAYS or _NONE, there & _YEARS or _NONE)  # noqa: SLF001
    return vector._dated  # noqa: SLF001


def head_names(vector: Vector) -> set[int]:
    """Return the names in the head."""
    return _having(vector, NAME_SHARE)


def numbers(vector: Vector) -> set[int]:
    """Return the numbers of headline and lead, years aside."""
    return _having(vector, NUMBER) - _YEARS


_NONE: frozenset[int] = frozenset()
_DAYS = frozenset(map(code, DAYS))
_YEARS = frozenset([code(str(year)) for year in range(1900, 2100)])


def _having(vector: Vector, which: int) -> set[int]:
    terms = vector.terms
    if isinstance(terms, PackedTerms):
        return set(compress(terms, column_of(which, len(terms)).unpack(terms.rows)))
    return {each for each, weights in terms.items() if weights[which]}


def pack(vector: Vector) -> bytes:
    """Return a vector as the database keeps it: sums, weights, codes of terms; of none, nothing.

    Where there are several languages the sizes of their parts come first.
    """
    if not vector.others:
        return _pack(vector)
    packed = list(map(_pack, parts(vector)))
    return b"".join((codes_of(len(packed)).pack(*map(len, packed)), *packed))


def languages(vector: Vector) -> str:
    """Return the languages of the parts as the database keeps them: "en", "en+ar"."""
    return "+".join([each.language for each in parts(vector)])


def _pack(vector: Vector) -> bytes:
    if not vector.count:
        return b""
    terms = _packed(vector)
    sums = _SUMS.pack(vector.count, vector.length, vector.named)
    return b"".join((sums, terms.rows, codes_of(len(terms)).pack(*terms.places)))


def unpack(packed: bytes, languages: str) -> Vector:
    """Return what `pack` was given; of a story that is no longer compared with, nothing is left."""
    if not packed:
        return NOTHING
    each = languages.split("+")
    if len(each) == 1:
        return _unpack(packed, languages)
    sizes, found = codes_of(len(each)), []
    start = sizes.size
    for language, size in zip(each, sizes.unpack_from(packed), strict=True):
        found.append(_unpack(packed[start : start + size], language))
        start += size
    return replace(found[0], others=tuple(found[1:]))


def _unpack(packed: bytes, language: str) -> Vector:
    size = (len(packed) - _SUMS.size) // _TERM_BYTES
    end = _SUMS.size + size * ROW.size
    articles, length, named = _SUMS.unpack_from(packed)
    codes = codes_of(size).unpack_from(packed, end)
    terms = PackedTerms(numbered(codes), packed[_SUMS.size : end])
    return Vector(terms, int(articles), length, int(named), language)


def _packed(vector: Vector) -> PackedTerms:
    terms = vector.terms
    if isinstance(terms, PackedTerms):
        return terms
    rows = floats_of(len(terms) * 7).pack(*chain.from_iterable(terms.values()))
    return PackedTerms(numbered(terms), rows)


def _telling(number: str) -> float:
    """Small numbers stand in every other text."""
    return _SMALL if number.isdecimal() and int(number[:9]) <= _SMALLEST else 1.0


def _norm(weights: Iterable[float], reserve: float = 0.0) -> float:
    return math.sqrt(sum([w * w for w in weights]) + reserve) or 1.0
