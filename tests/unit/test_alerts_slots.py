"""Digest slots: one per local date label, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.slots import due_slot, next_slot, quiet_until, slot_at, slots_between
from wirewatch.model import Digest, QuietHours

NEW_YORK = "America/New_York"


def a_digest(at: str = "07:00", timezone: str = "UTC", **changes) -> Digest:
    return Digest(
        **(
            {
                "name": "d",
                "channels": ("c",),
                "at": (time.fromisoformat(at),),
                "timezone": timezone,
            }
            | changes
        )
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_time_that_the_clocks_skip_comes_just_after_the_gap():
    slot = slot_at(date(2026, 3, 8), time(2, 30), NEW_YORK)
    assert slot.at == utc("2026-03-08T07:30")
    assert slot.label == "2026-03-08 02:30"


def test_a_time_that_comes_twice_is_taken_the_first_time():
    assert slot_at(date(2026, 11, 1), time(1, 30), NEW_YORK).at == utc("2026-11-01T05:30")


def test_midnight_is_not_skipped_after_spring_forward():
    """APScheduler's cron trigger loses 2026-03-09 00:00 in New York."""
    days = [
        s.label
        for s in slots_between(
            a_digest("00:00", NEW_YORK), utc("2026-03-07T12:00"), utc("2026-03-10T12:00")
        )
    ]
    assert days == ["2026-03-08 00:00", "2026-03-09 00:00", "2026-03-10 00:00"]


@pytest.mark.parametrize(
    "zone",
    ["Asia/Beirut", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca",
     "Asia/Gaza", "America/Santiago", "Pacific/Apia", "America/Nuuk", "Antarctica/Troll"],
)  # fmt: skip
def test_every_label_of_a_year_has_exactly_one_slot(zone):
    start, end = utc("2026-01-01T12:00"), utc("2026-12-31T12:00")
    # The ends of the window cut one or no label off.
    for at in ("00:00", "00:30", "01:30", "02:00", "02:30", "23:30"):
        slots = list(slots_between(a_digest(at, zone), start, end))
        assert [s.at for s in slots] == sorted({s.at for s in slots})
        assert len({s.label for s in slots}) == len(slots) in {364, 365}


def test_after_three_days_asleep_one_digest_covers_all():
    slot = due_slot(a_digest(), utc("2026-03-06T07:00"), utc("2026-03-09T09:00"))
    assert slot
    assert slot.label == "2026-03-09 07:00"


def test_without_catching_up_a_slot_long_missed_is_let_go():
    digest = a_digest(catch_up="none")
    assert due_slot(digest, utc("2026-03-06T07:00"), utc("2026-03-09T09:00")) is None
    assert due_slot(digest, utc("2026-03-06T07:00"), utc("2026-03-09T07:01"))


def test_weekdays_only_skips_the_weekend():
    digest = a_digest(days=(0, 1, 2, 3, 4))
    friday = utc("2026-03-06T07:00")
    slot = next_slot(digest, friday)
    assert slot
    assert slot.label == "2026-03-09 07:00"


@given(
    st.integers(0, 17 * 365 * 86400).map(lambda s: utc("2020-01-01T00:00") + timedelta(seconds=s)),
    st.times(),
    st.sampled_from([NEW_YORK, "Asia/Tehran"]),
)
def test_a_slot_is_due_at_its_time_and_not_a_second_before(now, at, zone):
    digest = a_digest(at.strftime("%H:%M"), zone)
    slot = next_slot(digest, now)
    assert slot
    assert now < slot.at <= now + timedelta(days=2)
    assert due_slot(digest, now, slot.at - timedelta(microseconds=1)) is None
    assert due_slot(digest, now, slot.at) == slot


def test_quiet_hours_run_over_midnight():
    quiet = QuietHours(time(22), time(6, 30), "Europe/Berlin")
    assert quiet_until(quiet, utc("2026-03-09T22:00")) == utc("2026-03-10T05:30")
    assert quiet_until(quiet, utc("2026-03-10T03:00")) == utc("2026-03-10T05:30")
    assert quiet_until(quiet, utc("2026-03-10T05:30")) is None
    assert quiet_until(quiet, utc("2026-03-10T12:00")) is None
    assert quiet_until(None, utc("2026-03-10T12:00")) is None
