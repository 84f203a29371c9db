"""`near`: groups that must stand close together, in words, sentences or paragraphs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from rules.page import Hit, Page
from wirewatch.model import NearSpec


class _Stretch(NamedTuple):
    """Where a hit stands, in the unit asked for."""

    field: int
    start: int
    end: int


def within(spec: NearSpec, groups: Sequence[Sequence[Hit]], page: Page) -> _Stretch | None:
    """Return a stretch of at most so many units that holds a hit of each group, or None.

    The stretch is counted from the beginning of its first hit to the end of its last; `ordered`
    means that no hit begins before the one of the group named before it has ended.
    """
    stretches = [[_stretch(hit, spec.unit, page) for hit in hits] for hits in groups]
    if not all(stretches):
        return None
    if spec.ordered:
        return _ordered(stretches, [list(hits) for hits in groups], spec.within)
    return _unordered(stretches, spec.within)


def _stretch(hit: Hit, unit: str, page: Page) -> _Stretch:
    if unit == "words":
        return _Stretch(hit.field, hit.start, hit.end)
    return _Stretch(hit.field, *page.unit(hit, unit))


def _unordered(groups: Sequence[Sequence[_Stretch]], most: int) -> _Stretch | None:
    """Take each stretch as the first, and of every group the one that ends soonest after it."""
    soonest = [_soonest(group) for group in groups]
    for field, start, end in sorted({stretch for group in groups for stretch in group}):
        last = end
        for starts, ends in soonest:
            at = bisect_left(starts, (field, start))
            if at == len(starts) or ends[at][0] != field:
                break
            last = max(last, ends[at][1])
        else:
            if last - start <= most:
                return _Stretch(field, start, last)
    return None


def _soonest(
    group: Sequence[_Stretch],
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """By start; for each start, the smallest (field, end) from there on."""
    ordered = sorted(group)
    ends = [(stretch.field, stretch.end) for stretch in ordered]
    for at in range(len(ends) - 2, -1, -1):
        ends[at] = min(ends[at], ends[at + 1])
    return [(stretch.field, stretch.start) for stretch in ordered], ends


def _ordered(
    units: Sequence[Sequence[_Stretch]], groups: Sequence[list[Hit]], most: int
) -> _Stretch | None:
    """Follow each hit of the first group by the hit of the next that ends soonest, and so on."""
    chains = []
    for hits, stretches in zip(groups, units, strict=True):
        pairs = sorted(zip(hits, stretches, strict=True), key=lambda p: (p[0].start, p[0].end))
        best = list(pairs)
        for at in range(len(best) - 2, -1, -1):
            if _end(best[at + 1][0]) < _end(best[at][0]):
                best[at] = best[at + 1]
        chains.append(([(hit.field, hit.start) for hit, _ in pairs], best))
    for hit, first in zip(groups[0], units[0], strict=True):
        last, end = hit, first.end
        for starts, best in chains[1:]:
            at = bisect_left(starts, (last.field, last.end))
            if at == len(starts) or best[at][0].field != hit.field:
                break
            last, end = best[at][0], max(end, best[at][1].end)
        else:
            if end - first.start <= most:
                return _Stretch(hit.field, first.start, end)
    return None


def _end(hit: Hit) -> tuple[int, int]:
    return hit.field, hit.end
