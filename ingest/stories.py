"""Decide which story an article belongs to: joined silently, possibly the same, or new.

The score is logistic over a few features (headline and lead, names, numbers decide; the
body hardly matters), each the mean over the story's articles. Text length is among the
features, so that one threshold serves bare headlines and full articles. Suppressing an alert
and grouping for display are different decisions: the threshold with the best grouping silently
swallows 6 to 14 % of incidents of the same kind. Coefficients: stories.json, made by
tests/bench/fit_stories.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

from ingest.weigh import Vector

WINDOW = timedelta(hours=72)
LONGEST = timedelta(days=7)

FEATURES = (
    "head", "all", "names", "numbers", "head_in", "names_in", "lead", "long", "unnamed",
    "head_lead", "all_lead", "head_long", "all_long",
)  # fmt: skip

_HEADLINE, _LEAD, _FULL = math.log(15), math.log(65), math.log(305)


@dataclass(frozen=True, slots=True)
class Model:
    """The fitted numbers; see stories.json for when and on what."""

    weights: tuple[float, ...]
    bias: float
    group: float
    silent: float
    merge: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A story an article may belong to: its logit, and the terms they share, best first."""

    story_id: int
    logit: float
    shared: tuple[str, ...]


@cache
def shipped_model() -> Model:
    """Return the coefficients that come with the code."""
    fitted = json.loads(files("ingest").joinpath("stories.json").read_text(encoding="utf-8"))
    return Model(
        weights=tuple(fitted["weights"][name] for name in FEATURES),
        bias=fitted["bias"],
        group=fitted["group"],
        silent=fitted["silent"],
        merge=fitted["merge"],
    )


def features(one: Vector, other: Vector) -> tuple[float, ...]:
    """Return the features of a pair (article or story each), in the order of FEATURES.

    All are means over the pairs of their articles; lengths are means over each side.
    """
    if len(one.terms) > len(other.terms):
        one, other = other, one
    head = whole = names = numbers = head_in = names_in = 0.0
    theirs = other.terms
    for term, a in one.terms.items():
        b = theirs.get(term)
        if b is not None:
            head += a[0] * b[0]
            whole += a[1] * b[1]
            names += a[2] * b[2]
            numbers += a[3] * b[3]
            head_in += a[5] * b[4] + a[4] * b[5]
            names_in += a[6] * b[4] + a[4] * b[6]
    n = one.count * other.count
    shorter = min(one.length / one.count, other.length / other.count)
    lead = (min(shorter, _LEAD) - _HEADLINE) / (_LEAD - _HEADLINE)
    long = max(min(shorter, _FULL) - _LEAD, 0.0) / (_FULL - _LEAD)
    unnamed = 1.0 - one.named * other.named / n
    head, whole = head / n, whole / n
    return (
        head, whole, names / n, numbers / n, head_in / n, names_in / n, lead, long, unnamed,
        head * lead, whole * lead, head * long, whole * long,
    )  # fmt: skip


def logit(model: Model, one: Vector, other: Vector) -> float:
    """Return how surely two tell of the same event, as log odds."""
    return model.bias + sum(map(float.__mul__, model.weights, features(one, other)))


def probability(logit: float) -> float:
    """Return a logit as a probability."""
    return 1 / (1 + math.exp(-logit)) if logit > -700 else 0.0


def best(model: Model, article: Vector, stories: Iterable[tuple[int, Vector]]) -> list[Scored]:
    """Return the stories by how well the article fits, best first; ties go to the older one."""
    scored = [
        Scored(story_id, logit(model, article, story), shared_terms(article, story))
        for story_id, story in stories
    ]
    return sorted(scored, key=lambda s: (-s.logit, s.story_id))


def shared_terms(article: Vector, story: Vector, most: int = 6) -> tuple[str, ...]:
    """Return the most telling terms that both have."""
    return tuple([t for t in article.top if t in story.terms][:most])


def fits(model: Model, scored: Sequence[Scored]) -> Scored | None:
    """Return the story an article is grouped with, or None: then it begins its own."""
    return scored[0] if scored and scored[0].logit >= model.group else None
