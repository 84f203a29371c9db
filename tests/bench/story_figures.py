"""What a grouping of labelled articles is worth: B-cubed, links between languages."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from ingest import stories
from tests.bench.labelled import Labelled, vectors


def b_cubed(predicted: list, gold: list, counted: list[bool]) -> tuple[float, float, int]:
    """Return the sums of precision and recall over the articles that count, and how many do."""
    sizes, events, cells = (
        Counter(predicted),
        Counter(gold),
        Counter(zip(predicted, gold, strict=True)),
    )
    own = [(a, b) for a, b, counts in zip(predicted, gold, counted, strict=True) if counts]
    p = sum(cells[a, b] / sizes[a] for a, b in own)
    r = sum(cells[a, b] / events[b] for a, b in own)
    return p, r, len(own)


def linking(
    data: Labelled, order: list[int], final: list[int], counted: Collection[int]
) -> tuple[float, ...]:
    """Return shares of the articles that count and aren't English: right, false, nearest right.

    Right is beside the English one of its event (of those that have one); false beside others only.
    """
    found = vectors(data, order)
    english = [i for i in order if found[i].language == "en"]
    told = {data.event[i] for i in english}
    beside: dict[int, set[str]] = defaultdict(set)
    for i, story in zip(order, final, strict=True):
        if found[i].language == "en":
            beside[story].add(data.event[i])
    right = wrong = nearest = of = others = 0
    for i, story in zip(order, final, strict=True):
        if found[i].language == "en" or i not in counted:
            continue
        others += 1
        wrong += bool(beside[story]) and data.event[i] not in beside[story]
        if data.event[i] in told:
            of += 1
            right += data.event[i] in beside[story]
            near = max(english, key=lambda j: stories.overlap(found[i], found[j])[1])
            nearest += data.event[near] == data.event[i]
    return right / of, wrong / others, nearest / of


def summed_up(
    name: str,
    shares: Mapping[float, Sequence[tuple[float, float, int]]],
    told: Mapping[float, Sequence[tuple[float, float]]],
    links: Sequence[tuple[float, ...]],
) -> str:
    """Return a line of means over folds and orders.

    Args:
        name: Of the data.
        shares: For each shift of the threshold what `b_cubed` gave.
        told: For each silent threshold alerts per event and the share of events lost.
        links: What `linking` gave.
    """
    line = f"{name:9s} B3"
    for shift, sums in shares.items():
        p, r, n = map(sum, zip(*sums, strict=True))
        line += f" {shift:+.1f}: {2 * p * r / (p + r) / n:.3f}"
    line += "  alerts/lost"
    for silent, v in told.items():
        alerts, lost = map(statistics.mean, zip(*v, strict=True))
        line += f" {silent}: {alerts:.2f}/{lost:.2%}"
    if links:
        right, wrong, nearest = map(statistics.mean, zip(*links, strict=True))
        line += (
            f"  beside its English one {right:.3f}, others only {wrong:.3f}, nearest {nearest:.3f}"
        )
    return line
