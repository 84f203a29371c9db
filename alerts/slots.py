"""When digests are due: local dates and times, made instants with `zoneinfo`.

A slot is a label ("2026-03-09 07:00", local) with one instant. Every selected label has exactly
one, also where the clocks change: a time that is skipped comes just after the gap, one that comes
twice is taken the first time. (APScheduler's cron trigger skips a whole day at 00:00-00:59 in
spring and fires twice in autumn.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wirewatch.model import Digest, QuietHours

_DAY = timedelta(days=1)
# A local date starts at most 14 h before and 12 h after the same date in UTC, and a gap may shift it by hours.
_REACH = timedelta(days=2)


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A digest's time: the instant (aware, UTC) and the local label it stands for."""

    at: datetime
    label: str


def slot_at(day: date, at: time, timezone: str) -> Slot:
    """Return the one slot of a local date and time.

    PEP 495: with fold=0 a time in a gap is read with the offset from before it, which puts it
    just after the gap; a time that comes twice is the first of the two.
    """
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=ZoneInfo(timezone))
    return Slot(local.astimezone(UTC), f"{day.isoformat()} {at:%H:%M}")


def slots_between(digest: Digest, start: datetime, end: datetime) -> Iterator[Slot]:
    """Yield a digest's slots in (start, end], day by day; within a day in order of `at`."""
    day = (start - _REACH).date()
    while day <= (end + _REACH).date():
        if day.weekday() in digest.days:
            for at in digest.at:
                slot = slot_at(day, at, digest.timezone)
                if start < slot.at <= end:
                    yield slot
        day += _DAY


def due_slot(digest: Digest, last: datetime, now: datetime) -> Slot | None:
    """Return the slot to close now: the latest that has come since `last`, or None.

    Those missed before it need no digest of their own: this one holds all that is open.

    Args:
        digest: Its times; with `catch_up: none` a slot missed by more than an hour is let go.
        last: Instant of the last slot closed, or when the digest was first heard of.
        now: Aware, UTC.
    """
    # Looking back further than the widest spacing (a week) and the reach of a label finds no later one.
    start = max(last, now - timedelta(days=9))
    latest = max(slots_between(digest, start, now), default=None)
    if latest and digest.catch_up == "none" and now - latest.at > timedelta(hours=1):
        return None
    return latest


def next_slot(digest: Digest, after: datetime) -> Slot | None:
    """Return the first slot after an instant; None only for a digest without days or times."""
    return min(slots_between(digest, after, after + timedelta(days=8)), default=None)


def quiet_until(quiet: QuietHours | None, now: datetime) -> datetime | None:
    """Return when the quiet hours around `now` end (aware, UTC), or None when it isn't quiet.

    From `start` up to, not including, `end`, in local time; over midnight when `end` is not after
    `start`. Both ends are instants as slots are, so that no change of clocks opens or loses a window.
    """
    if quiet is None or quiet.start == quiet.end:
        return None
    today = now.astimezone(ZoneInfo(quiet.timezone)).date()
    for day in (today - _DAY, today):
        begins = slot_at(day, quiet.start, quiet.timezone).at
        last_day = day if quiet.end > quiet.start else day + _DAY
        ends = slot_at(last_day, quiet.end, quiet.timezone).at
        if begins <= now < ends:
            return ends
    return None
