"""Dates as feeds print them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import read_date, sensible
from tests.builders import NOON

READ = [
    ("Mon, 09 Mar 2026 12:00:00 GMT", "2026-03-09T12:00"),
    ("Mon, 09 Mar 2026 12:00:00 CEST", "2026-03-09T10:00"),
    ("Mon, 09 Mar 2026 12:00:00 EEST", "2026-03-09T09:00"),
    ("Mon, 9 Mar 2026 12:00 EST", "2026-03-09T17:00"),
    ("09 Mar 26 12:00:00 +0330", "2026-03-09T08:30"),
    ("Mon, 09 Mar 2026 12:00:00 +0200 (EET)", "2026-03-09T10:00"),
    ("Mon, 09 Mar 2026 12:00:00 GMT+3", "2026-03-09T09:00"),
    ("2026-03-09T12:00:00Z", "2026-03-09T12:00"),
    ("2026-03-09T12:00:00.123456+03:00", "2026-03-09T09:00"),
    ("2026-03-09 12:00:00", "2026-03-09T12:00"),
    ("2026-03-09", "2026-03-09T00:00"),
    ("20260309T120000Z", "2026-03-09T12:00"),
    ("Friday, February 27, 2026 - 12:38", "2026-02-27T12:38"),
    ("February 27, 2026 at 3:05 PM EST", "2026-02-27T20:05"),
    ("27.02.2026 12:38", "2026-02-27T12:38"),
    ("Fri Feb 27 12:38:00 2026", "2026-02-27T12:38"),
    ("пт, 27 февраля 2026 12:38:00 +0300", "2026-02-27T09:38"),
    ("27 février 2026 12:38", "2026-02-27T12:38"),
    ("1772195880", "2026-02-27T12:38"),
    ("1772195880000", "2026-02-27T12:38"),
    ("Mon, 09 Mar 2026 24:00:00 GMT", "2026-03-10T00:00"),
    ("Mon, 09 Mar 2026 12:00:60 GMT", "2026-03-09T12:00:59"),
]


@pytest.mark.parametrize(("text", "want"), READ)
def test_common_forms_are_read(text: str, want: str) -> None:
    assert read_date(text) == datetime.fromisoformat(want).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Mon, 09 Mar 2026 12:00:00 QQQ",
        "2026-13-40",
        "31 Feb 2026",
        "12:00",
        "1",
        "9" * 40,
    ],
)
def test_what_is_no_date_is_none_and_never_now(text: str) -> None:
    assert read_date(text) is None


@given(st.text(max_size=120))
def test_any_text_may_be_read(text: str) -> None:
    found = read_date(text)
    assert found is None or found.tzinfo is UTC


@given(
    st.integers(631_152_000, 3_800_000_000),
    st.integers(-14 * 60, 14 * 60),
)
def test_what_is_printed_is_read_back(epoch: int, offset_minutes: int) -> None:
    at = datetime.fromtimestamp(epoch, timezone(timedelta(minutes=offset_minutes)))
    assert read_date(format_datetime(at)) == at
    assert read_date(at.isoformat()) == at


def test_absurd_dates_are_none_and_future_ones_are_kept() -> None:
    assert sensible(datetime(1, 1, 1, tzinfo=UTC)) is None
    assert sensible(datetime(1970, 1, 1, tzinfo=UTC)) is None
    tomorrow = NOON + timedelta(days=1)
    assert sensible(tomorrow, now=NOON) == tomorrow
