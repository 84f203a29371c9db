"""When a feed is polled next, and how it is said to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import health, pace
from ingest.hints import http_date, http_hints
from ingest.redirects import after_redirect
from tests.builders import NOON, a_feed
from wirewatch.errors import FeedError, FetchStatus
from wirewatch.model import FeedState, FetchSettings, Health, Hints

SETTINGS = FetchSettings()
HOUR = timedelta(hours=1)
jitters = st.floats(0, 1, exclude_max=True)
some_time = st.timedeltas(timedelta(), timedelta(days=30))


def a_state(**values) -> FeedState:
    feed = a_feed()
    return FeedState(
        **(
            {"feed": feed.name, "url": feed.url, "configured_url": feed.url, "baseline_at": NOON}
            | values
        )
    )


def after_success(state=None, *, feed=None, hints=None, new_count=0, now=NOON, jitter=0.5):
    return pace.succeeded(
        state or a_state(),
        feed or a_feed(),
        SETTINGS,
        hints=hints or Hints(),
        new_count=new_count,
        now=now,
        jitter=jitter,
    )


def after_failure(state=None, *, error=None, now=NOON, jitter=0.5):
    error = error or FetchStatus("no", status=500)
    return pace.failed(state or a_state(), a_feed(), SETTINGS, error=error, now=now, jitter=jitter)


def wait_of(state: FeedState, now: datetime = NOON) -> timedelta:
    assert state.next_poll_at is not None
    return state.next_poll_at - now


@given(jitters, st.integers(0, 60), some_time)
def test_a_poll_never_falls_outside_its_bounds(jitter, new_count, age) -> None:
    state = after_success(a_state(baseline_at=NOON - age), new_count=new_count, jitter=jitter)
    assert SETTINGS.min_interval <= state.interval <= SETTINGS.max_interval
    assert 0.9 * SETTINGS.min_interval <= wait_of(state) <= 1.1 * SETTINGS.max_interval


@given(st.builds(Hints, max_age=st.none() | some_time, ttl=st.none() | some_time), jitters)
def test_what_the_server_asks_for_is_a_floor_up_to_its_cap(hints: Hints, jitter: float) -> None:
    asked = max(hints.max_age or timedelta(), hints.ttl or timedelta())
    assert wait_of(after_success(hints=hints, jitter=jitter)) >= min(asked, pace.HINT_CAP)


@given(jitters, some_time)
def test_retry_after_beats_our_own_backoff(jitter: float, asked: timedelta) -> None:
    error = FetchStatus("later", status=429, retry_after_s=asked.total_seconds())
    wait = wait_of(after_failure(error=error, jitter=jitter))
    assert wait >= min(asked, pace.RETRY_AFTER_CAP)
    assert wait <= 1.1 * max(pace.RETRY_AFTER_CAP, pace.BACKOFF_CAP)


@given(
    st.integers(0, 10_000), jitters, st.sampled_from(["status-500", "timeout", "blocked", "empty"])
)
def test_a_failing_feed_is_never_given_up_on(failures: int, jitter: float, kind: str) -> None:
    state = after_failure(
        a_state(failures=failures), error=FeedError("no", kind=kind), jitter=jitter
    )
    assert not state.disabled
    assert wait_of(state) <= 1.1 * pace.BACKOFF_CAP


def test_gone_is_gone() -> None:
    state = after_failure(error=FetchStatus("gone", status=410, kind="gone", permanent=True))
    assert state.disabled
    assert state.next_poll_at is None
    assert health.judge(state, a_feed(), SETTINGS, now=NOON).health is Health.GONE


def test_backoff_doubles_and_a_success_ends_it() -> None:
    state, waits = a_state(), []
    for _ in range(4):
        state = after_failure(state)
        waits.append(wait_of(state))
    assert waits == [timedelta(minutes=30 * 2**n) for n in range(4)]
    assert after_success(state).failures == 0


def test_our_own_net_being_down_costs_an_hour_at_most() -> None:
    state = a_state(failures=50)
    assert wait_of(after_failure(state, error=FeedError("no", kind="dns"))) == HOUR


def test_a_busy_feed_is_asked_more_often_than_a_sleepy_one() -> None:
    busy = sleepy = a_state(baseline_at=NOON - timedelta(days=7))
    for n in range(20):
        busy = after_success(busy, new_count=5, now=NOON + n * HOUR)
        sleepy = after_success(sleepy, now=NOON + n * HOUR)
    assert busy.interval < timedelta(minutes=10)
    assert sleepy.interval == SETTINGS.max_interval


def test_every_beats_adapting_and_ignore_hints_beats_hints() -> None:
    feed = replace(a_feed(), every=timedelta(minutes=3))
    assert after_success(feed=feed).interval == timedelta(minutes=3)
    hints = Hints(ttl=6 * HOUR)
    deaf = replace(a_feed(), ignore_hints=True)
    assert wait_of(after_success(feed=deaf, hints=hints)) < HOUR


def test_skipped_hours_and_days_are_skipped() -> None:
    hints = Hints(skip_hours=frozenset(range(12, 17)))
    at = after_success(hints=hints).next_poll_at
    assert at is not None
    assert at.hour == 17
    days = Hints(skip_days=frozenset({0, 1}))  # NOON is a Monday
    at = after_success(hints=days).next_poll_at
    assert at is not None
    assert at.weekday() == 2


@given(st.frozensets(st.integers(0, 23)), st.frozensets(st.integers(0, 6)), jitters)
def test_skipping_everything_is_not_believed_for_ever(hours, days, jitter) -> None:
    hints = Hints(skip_hours=hours, skip_days=days)
    assert wait_of(after_success(hints=hints, jitter=jitter)) <= pace.SKIP_CAP + timedelta(
        minutes=10
    )


def test_too_much_to_do_is_said_before_it_is_late() -> None:
    feeds = [(f"h{n}.example", timedelta(minutes=15)) for n in range(100)]
    assert pace.overload(feeds, SETTINGS) is None
    assert "concurrency" in (pace.overload(feeds * 1000, SETTINGS) or "")
    one_host = [("h.example", timedelta(seconds=10))] * 20
    assert "h.example" in (pace.overload(one_host, SETTINGS, took_s=0.2) or "")


# Health


def judged(state: FeedState, now: datetime = NOON) -> Health:
    return health.judge(state, a_feed(), SETTINGS, now=now).health


def test_down_takes_three_failures_and_six_hours_and_back_takes_one_success() -> None:
    state = after_success(now=NOON)
    seen = []
    for hours in (1, 2, 3, 6, 7.5):
        now = NOON + hours * HOUR
        state = health.judge(after_failure(state, now=now), a_feed(), SETTINGS, now=now)
        seen.append(state.health)
    assert seen == [Health.HEALTHY] * 4 + [Health.FAILING]
    state = health.judge(
        after_success(state, now=NOON + 8 * HOUR), a_feed(), SETTINGS, now=NOON + 8 * HOUR
    )
    assert (state.health, state.health_since) == (Health.HEALTHY, NOON + 8 * HOUR)


def test_a_refusal_is_called_blocked() -> None:
    state = a_state(
        succeeded_at=NOON, failures=3, failing_since=NOON - 7 * HOUR, error_kind="blocked"
    )
    assert judged(state) is Health.BLOCKED


def test_a_feed_that_never_worked_is_failing_at_once_and_told_after_three_tries() -> None:
    first, third = (a_state(failures=n, failing_since=NOON) for n in (1, 3))
    assert (judged(first), judged(third)) == (Health.FAILING, Health.FAILING)
    assert (health.is_settled(first), health.is_settled(third)) == (False, True)


def steady(days: int, gap: timedelta) -> tuple[datetime, ...]:
    return tuple(NOON - timedelta(days=days) + n * gap for n in range(10))


def test_quiet_is_three_usual_gaps_and_a_day() -> None:
    state = a_state(
        succeeded_at=NOON,
        arrivals=steady(2, HOUR),
        last_new_at=NOON - 23 * HOUR,
    )
    assert judged(state) is Health.HEALTHY
    assert judged(replace(state, last_new_at=NOON - 25 * HOUR)) is Health.QUIET
    weekly = replace(
        state, arrivals=steady(70, timedelta(days=7)), last_new_at=NOON - timedelta(days=20)
    )
    assert judged(weekly) is Health.HEALTHY
    assert judged(replace(weekly, last_new_at=NOON - timedelta(days=22))) is Health.QUIET


def test_a_feed_that_is_not_asked_in_time_is_late() -> None:
    state = a_state(succeeded_at=NOON, next_poll_at=NOON - HOUR)
    assert judged(state) is Health.LATE


def test_churning_lasts_a_day() -> None:
    state = health.churned(a_state(succeeded_at=NOON), now=NOON)
    assert judged(state) is Health.CHURNING
    assert judged(state, NOON + timedelta(days=2)) is Health.HEALTHY


def test_paused_is_paused() -> None:
    paused = replace(a_feed(), paused=True)
    assert health.judge(a_state(), paused, SETTINGS, now=NOON).health is Health.PAUSED


# Redirects


def test_a_permanent_redirect_is_believed_after_three_polls_over_a_day() -> None:
    state, urls = a_state(url="https://old.example/"), []
    for hours in (0, 13, 26):
        state = after_redirect(state, "https://new.example/", now=NOON + hours * HOUR)
        urls.append(state.url)
    assert urls == ["https://old.example/", "https://old.example/", "https://new.example/"]


@pytest.mark.parametrize("odd", [None, "https://portal.example/"])
def test_one_that_disagrees_starts_it_over(odd: str | None) -> None:
    state = a_state(url="https://old.example/")
    for hours, target in ((0, "https://new.example/"), (13, odd), (26, "https://new.example/")):
        state = after_redirect(state, target, now=NOON + hours * HOUR)
    assert (state.url, state.redirect_count) == ("https://old.example/", 1)


def test_many_in_one_hour_prove_nothing() -> None:
    state = a_state(url="https://old.example/")
    for minutes in range(60):
        state = after_redirect(state, "https://new.example/", now=NOON + HOUR * minutes / 60)
    assert state.url == "https://old.example/"


# Headers


@pytest.mark.parametrize(
    ("headers", "max_age"),
    [
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "age": "700"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"expires": "Mon, 09 Mar 2026 13:00:00 GMT"}, 3600),
        ({"expires": "0"}, None),
        (
            {
                "expires": "Mon, 09 Mar 2026 16:00:00 GMT",
                "date": "Mon, 09 Mar 2026 15:00:00 GMT",
            },
            3600,
        ),
        ({"cache-control": "max-age=60", "expires": "Mon, 09 Mar 2026 13:00:00 GMT"}, 60),
    ],
)
def test_freshness(headers: dict[str, str], max_age: int | None) -> None:
    found = http_hints(headers, now=NOON).max_age
    assert found == (None if max_age is None else timedelta(seconds=max_age))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Mon, 09 Mar 2026 14:00:00 GMT", 7200),
        ("-1", None),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: int | None) -> None:
    found = http_hints({"retry-after": value}, now=NOON).retry_after
    assert found == (None if seconds is None else timedelta(seconds=seconds))


@given(st.text(max_size=60))
def test_any_header_may_be_read(text: str) -> None:
    names = ("retry-after", "expires", "cache-control", "age", "date")
    http_hints(dict.fromkeys(names, text), now=NOON)
    found = http_date(text)
    assert found is None or found.tzinfo is UTC
