"""The fitted numbers by which stories are told apart: stories.json, made by tests/bench/fit_stories.py."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

FEATURES = (
    "names_in", "unnamed_head_in", "short", "long", "size",
    "some_head", "some_whole", "some_numbers", "some_head_in", "some_names_in", "some_core",
    "other_days", "other_years",
)  # fmt: skip
CROSS_FEATURES = (
    "names", "numbers", "head_in", "names_in", "shared", "margin", "other_numbers", "other_days",
)  # fmt: skip
EVIDENCE = (
    "odds", "logit", "size", "short", "aloud", "numbers", "new_numbers", "names", "new_names",
    "other_days", "same_toll",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Crossing:
    """Of the logit between two languages, in the order of CROSS_FEATURES."""

    weights: tuple[float, ...]
    bias: float


@dataclass(frozen=True, slots=True)
class Model:
    """The fitted numbers; stories.json says on what.

    Attributes:
        weights, bias: Of the logit, in the order of FEATURES.
        languages, scripts: The same between two languages in Latin letters, and between others.
        cross_join: The least logit at which an article joins a story in another language.
        cross_merge: The least mean logit at which two stories that are nearest to each other merge.
        group: The least logit to be grouped with a story.
        merge: How much surer it takes for two stories to become one, as a wrong merger is for good;
            of bare headlines, which have little in common even if they tell of one event, nothing more.
        silent: The least probability to be told nothing of it.
        sure_weights, sure_bias: Of the log odds that the event is known already, in the order of EVIDENCE.
    """

    weights: tuple[float, ...]
    bias: float
    languages: Crossing
    scripts: Crossing
    cross_join: float
    cross_merge: float
    group: float
    merge: float
    silent: float
    sure_weights: tuple[float, ...]
    sure_bias: float


def read_model(fitted: Mapping[str, object]) -> Model:
    """Return the model that a fit has written down."""
    data = json.loads(json.dumps(fitted))
    return Model(
        weights=tuple(data["weights"][name] for name in FEATURES),
        bias=data["bias"],
        languages=_crossing(data["languages"]),
        scripts=_crossing(data["scripts"]),
        cross_join=data["cross_join"],
        cross_merge=data["cross_merge"],
        group=data["group"],
        merge=data["merge"],
        silent=data["silent"],
        sure_weights=tuple(data["sure_weights"][name] for name in EVIDENCE),
        sure_bias=data["sure_bias"],
    )


def _crossing(data: Mapping[str, Any]) -> Crossing:
    weights = tuple(data["weights"][name] for name in CROSS_FEATURES)
    return Crossing(weights, data["bias"])


@cache
def shipped_model() -> Model:
    """Return the coefficients that come with the code."""
    return read_model(
        json.loads(files("ingest").joinpath("stories.json").read_text(encoding="utf-8"))
    )
