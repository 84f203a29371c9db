"""Give an article's terms their weights, and add articles up to what a story is known by.

A story is the sum of its articles' vectors. Every feature of `ingest.stories` is linear in
both sides, so that one comparison with a sum is the mean over all its articles, and one
comparison of two sums the mean over all pairs: average linkage at the price of one pair.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.profile import Profile

MOST_TERMS = 64
MOST_STORY_TERMS = 192
_NAME_WEIGHT = 1.0


class Weights(NamedTuple):
    """What one term is worth in an article, or summed up over a story.

    `head`, `all`, `names`, `numbers` are shares of unit vectors (their products add up to cosines);
    `head_share` and `name_share` are shares of a whole (they add up to 1), `present` is 1.
    """

    head: float
    all: float
    names: float
    numbers: float
    present: float
    head_share: float
    name_share: float


@dataclass(frozen=True, slots=True)
class Vector:
    """An article or the sum over a story.

    Attributes:
        terms: Weights by term.
        count: How many articles are summed up here.
        length: The sum of log(5 + words).
        named: How many of the articles have names.
    """

    terms: Mapping[str, Weights]
    count: int = 1
    length: float = 0.0
    named: int = 0
    language: str = ""
    top: tuple[str, ...] = field(default=())


def idf(seen: int, total: int) -> float:
    """Return how telling a term is that `seen` of `total` articles have (this one included)."""
    return math.log((total + 2) / (seen + 0.5))


def weigh(profile: Profile, seen: Mapping[str, int], total: int) -> Vector:
    """Return an article's vector.

    Args:
        profile: What the article says.
        seen: In how many earlier articles of its language each term was; 0 where missing.
        total: How many earlier articles there were.
    """
    rarity = {
        term: idf(seen.get(term, 0) + 1, total + 1) for term in (*profile.head, *profile.body)
    }
    head = {t: (1 + math.log(n)) * rarity[t] for t, n in profile.head.items()}
    whole = {
        t: (1 + math.log(profile.head.get(t, 0) + profile.body.get(t, 0))) * r
        for t, r in rarity.items()
    }
    names = {t: whole[t] for t in profile.names}
    numbers = {t: rarity[t] for t in profile.numbers if t in profile.head}
    head_names = {t: rarity[t] for t in profile.names if t in profile.head}
    kept = sorted(whole, key=lambda t: (t not in head, -whole[t], t))[:MOST_TERMS]
    h, a, n, d = _norm(head), _norm(whole), _norm(names), _norm(numbers)
    hs = sum(rarity[t] for t in head) or 1.0
    ns = sum(head_names.values()) or 1.0
    return Vector(
        terms={
            t: Weights(
                head.get(t, 0.0) / h,
                whole[t] / a,
                names.get(t, 0.0) / n,
                numbers.get(t, 0.0) / d,
                1.0,
                rarity[t] / hs if t in head else 0.0,
                head_names.get(t, 0.0) / ns,
            )
            for t in kept
        },
        length=math.log(5 + profile.length),
        named=int(bool(profile.names)),
        language=profile.language,
        top=tuple(
            sorted(
                kept,
                key=lambda t: (-(head.get(t, 0.0) / h + whole[t] / a + names.get(t, 0.0) / n), t),
            )
        ),
    )


def add(story: Vector, more: Vector) -> Vector:
    """Return the sum of two vectors; of its terms only the 192 most present are kept."""
    terms = dict(story.terms)
    for term, weights in more.terms.items():
        old = terms.get(term)
        terms[term] = weights if old is None else Weights(*map(float.__add__, old, weights))
    if len(terms) > MOST_STORY_TERMS:
        kept = sorted(terms, key=lambda t: (-terms[t].present, -terms[t].all, t))[:MOST_STORY_TERMS]
        terms = {t: terms[t] for t in kept}
    return Vector(
        terms,
        story.count + more.count,
        story.length + more.length,
        story.named + more.named,
        story.language,
    )


def pack(vector: Vector) -> tuple[str, bytes]:
    """Return a vector as the database keeps it: its terms, and 32-bit floats."""
    floats = array("f", (vector.count, vector.length, vector.named))
    for weights in vector.terms.values():
        floats.extend(weights)
    return "\n".join(vector.terms), floats.tobytes()


def unpack(terms: str, floats: bytes, language: str) -> Vector:
    """Return what `pack` was given."""
    values = array("f", floats)
    width = len(Weights._fields)
    rows = zip(*[iter(values[3:])] * width, strict=True)
    return Vector(
        dict(zip(terms.split("\n"), map(Weights._make, rows), strict=True)) if terms else {},
        int(values[0]),
        values[1],
        int(values[2]),
        language,
    )


def _norm(weights: Mapping[str, float]) -> float:
    return math.sqrt(sum(w * w for w in weights.values())) or 1.0
