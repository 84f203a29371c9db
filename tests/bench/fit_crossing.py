"""Fit what tells whether texts in two languages are about one event, in one script and in two.

In one script on an article and its translation (MEANTIME), in two on our own invented reports.
"""

from __future__ import annotations

from ingest import nearest, stories, story_model
from tests.bench.labelled import Labelled, Topics, stream, vectors
from tests.bench.logistic import logistic

TWO = {"two-full": "languages", "two-lede": "languages", "scripts": "scripts"}
CROSS_JOIN, CROSS_MERGE = 1.0, 1.0


def crossings(data: Labelled, order: list[int]) -> list[tuple]:
    """Return (features, same event, weight): each article with the nearest before it in another language."""
    found = vectors(data, order)
    rows = []
    for n, i in enumerate(order):
        foreign = [j for j in order[:n] if found[j].language != found[i].language]
        near = sorted(
            ((stories.overlap(found[i], found[j]), j) for j in foreign), key=lambda x: -x[0][1]
        )
        if near:
            common, j = near[0]
            second = near[1][0][1] if len(near) > 1 else 0.0
            x = nearest.cross_features(found[i], found[j], common, second)
            rows.append((x, float(data.event[j] == data.event[i]), 1.0))
    return rows


def fit_crossing(sets: dict[str, Labelled], topics: Topics) -> dict[str, object]:
    """Return the parts of the model that are between languages."""
    rows: dict[str, list[tuple]] = {"languages": [], "scripts": []}
    for data in sets.values():
        if data.name in TWO:
            for seed in range(1, 5):
                rows[TWO[data.name]] += crossings(data, stream(data, seed, topics.fitted(data)))
    found = {name: logistic(each) for name, each in rows.items()}
    return {
        **{name: story_model.Crossing(tuple(w), bias) for name, (w, bias) in found.items()},
        "cross_join": CROSS_JOIN,
        "cross_merge": CROSS_MERGE,
    }
