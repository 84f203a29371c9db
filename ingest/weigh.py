"""Give an article's terms their weights, and add articles up to what a story is known by.

A story is the sum of its articles' vectors. Every feature of `ingest.stories` is linear in
both sides, so that one comparison with a sum is the mean over all its articles, and one
comparison of two sums the mean over all pairs: average linkage at the price of one pair.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import add as plus

from ingest.profile import Profile

MOST_TERMS = 64
MOST_STORY_TERMS = 128
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
    head_counts, body_counts = profile.head, profile.body
    scale, log, get = math.log(total + 3), math.log, seen.get
    rarity = {term: scale - log(get(term, 0) + 1.5) for term in (*head_counts, *body_counts)}
    head = {t: (1 + log(n)) * rarity[t] for t, n in head_counts.items()}
    whole = {
        t: (1 + log(n + body_counts.get(t, 0))) * rarity[t] for t, n in head_counts.items()
    } | {t: (1 + log(n)) * rarity[t] for t, n in body_counts.items() if t not in head_counts}
    names = {t: whole[t] for t in profile.names}
    numbers = {t: rarity[t] * _telling(t) for t in profile.numbers if t in head}
    head_names = {t: rarity[t] for t in profile.names if t in head}
    per_head, per_whole = 1 / _norm(head), 1 / _norm(whole)
    # One name or number in common is little, however few there are: each side has two more in reserve.
    reserve = _RESERVE * (scale - log(1.5)) ** 2
    per_name, per_number = 1 / _norm(names, reserve), 1 / _norm(numbers, reserve)
    share = 1 / (sum([rarity[t] for t in head]) or 1.0)
    name_share = 1 / (sum(head_names.values()) + _RESERVE * (scale - log(1.5)) or 1.0)
    terms: dict[str, Weights] = {}
    for term in _kept(profile, whole):
        in_head = term in head
        terms[term] = (
            head[term] * per_head if in_head else 0.0,
            whole[term] * per_whole,
            names.get(term, 0.0) * per_name,
            numbers.get(term, 0.0) * per_number,
            1.0,
            rarity[term] * share if in_head else 0.0,
            head_names.get(term, 0.0) * name_share,
        )
    telling = sorted([(-(w[0] + w[1] + w[2]), term) for term, w in terms.items()])
    return Vector(
        terms=terms,
        count=1,
        length=log(5 + profile.length),
        named=1 if profile.names else 0,
        language=profile.language,
        top=tuple([term for _, term in telling]),
    )


def _kept(profile: Profile, whole: Mapping[str, float]) -> list[str]:
    """The head, the years, and as much of the rest as there is room for, heaviest first."""
    kept = list(profile.head)
    if len(whole) > len(kept):
        rest = sorted([(-w, t) for t, w in whole.items() if t not in profile.head])
        kept += [t for _, t in rest[: max(MOST_TERMS - len(kept), 0)]]
        years = profile.numbers.difference(kept)
        kept += sorted([t for t in years if _YEAR.match(t)])
    return kept


def add(story: Vector, more: Vector) -> Vector:
    """Return the sum of two vectors; of its terms only the 128 most present are kept."""
    terms = dict(story.terms)
    for term, weights in more.terms.items():
        old = terms.get(term)
        terms[term] = weights if old is None else tuple(map(plus, old, weights))
    if len(terms) > MOST_STORY_TERMS:
        order = sorted([(-w[PRESENT], -w[WHOLE], t) for t, w in terms.items()])
        terms = {t: terms[t] for _, _, t in order[:MOST_STORY_TERMS]}
    return Vector(
        terms,
        story.count + more.count,
        story.length + more.length,
        story.named + more.named,
        story.language,
    )


def years(vector: Vector) -> set[str]:
    """Return the years that are mentioned (1900 to 2099)."""
    return {term for term in vector.terms if _YEAR.match(term)}


def numbers(vector: Vector) -> set[str]:
    """Return the numbers of headline and lead, years aside."""
    return {t for t, w in vector.terms.items() if w[NUMBER] and not _YEAR.match(t)}


def pack(vector: Vector) -> tuple[str, bytes]:
    """Return a vector as the database keeps it: its terms, and 32-bit floats."""
    rows = [_ROW.pack(*weights) for weights in vector.terms.values()]
    return "\n".join(vector.terms), b"".join(
        [_SUMS.pack(vector.count, vector.length, vector.named), *rows]
    )


@lru_cache(maxsize=256)
def unpack(terms: str, packed: bytes, language: str) -> Vector:
    """Return what `pack` was given; of a story that is no longer compared with, nothing is left.

    The stories of the day are asked for again and again; 256 of them take 16 MB at most.
    """
    if not packed:
        return Vector({}, 0, 0.0, 0, language)
    count, length, named = _SUMS.unpack_from(packed)
    rows = _ROW.iter_unpack(memoryview(packed)[_SUMS.size :])
    return Vector(
        dict(zip(terms.split("\n"), rows, strict=True)) if terms else {},
        int(count),
        length,
        int(named),
        language,
    )


def _telling(number: str) -> float:
    """Small numbers stand in every other text."""
    return _SMALL if number.isdecimal() and int(number[:9]) <= _SMALLEST else 1.0


def _norm(weights: Mapping[str, float], reserve: float = 0.0) -> float:
    return math.sqrt(sum([w * w for w in weights.values()]) + reserve) or 1.0
