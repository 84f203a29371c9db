"""Exactly one digest per local date label: every zone, 2020 to 2037, every half hour of the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from alerts.slots import due_slot, slots_between
from wirewatch.model import Digest

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HALF_HOURS = [time(n // 2, n % 2 * 30) for n in range(48)]


def changes(zone: str) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """A zone's changes of offset: (instant, before, after). None is undone within nine days."""
    info = ZoneInfo(zone)

    def offset(at: datetime) -> timedelta:
        return at.astimezone(info).utcoffset() or timedelta()

    at = START
    while at < END:
        after = at + 9 * DAY
        if offset(at) != offset(after):
            low, high = at, after
            while high - low > timedelta(minutes=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            yield high.replace(second=0, microsecond=0), offset(low), offset(high)
        at = after


@cache
def kinds() -> dict[tuple[time, timedelta], tuple[str, datetime]]:
    """One example of each kind of change: the local time it comes at, and by how much.

    Between changes local time and instants differ by a constant, and a change sees only the local
    times around it: two of one kind lead to the same slots, whatever the zone and the year.
    """
    found: dict[tuple[time, timedelta], tuple[str, datetime]] = {}
    for zone in sorted(available_timezones()):
        for at, before, after in changes(zone):
            local = (at + before).time()
            found.setdefault((local, after - before), (zone, at))
    return found


def a_digest(at: time, zone: str) -> Digest:
    return Digest("d", ("c",), at=(at,), timezone=zone)


def test_every_label_has_one_slot_through_every_kind_of_change():
    assert len(kinds()) > 10
    for zone, at in kinds().values():
        for half_hour in HALF_HOURS:
            found = list(slots_between(a_digest(half_hour, zone), at - 3 * DAY, at + 3 * DAY))
            days = [date.fromisoformat(slot.label[:10]) for slot in found]
            assert all(b - a == DAY for a, b in pairwise(days)), (zone, half_hour)
            assert all(a.at < b.at for a, b in pairwise(found)), (zone, half_hour)
            assert len(found) in {5, 6, 7}


def test_a_service_that_ticks_through_a_change_closes_each_label_once():
    for zone, at in list(kinds().values())[:12]:
        for half_hour in HALF_HOURS[:6] + HALF_HOURS[-2:]:
            digest = a_digest(half_hour, zone)
            now, closed = at - 2 * DAY, list[date]()
            last = now
            while now < at + 2 * DAY:
                now += timedelta(minutes=20)
                if slot := due_slot(digest, last, now):
                    last = slot.at
                    closed.append(date.fromisoformat(slot.label[:10]))
            assert {b - a for a, b in pairwise(closed)} == {DAY}
