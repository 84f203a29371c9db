"""When a message is tried again, and when a destination gets a rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerts import retry
from tests.builders import NOON, a_message
from wirewatch.model import Delivery, DeliveryMode, OutboxState, Owed

JITTER = st.floats(0, 1, exclude_max=True)


def a_try(n: int = 1, *, ok: bool = False, **changes):
    return Delivery(Owed(1, a_message(), n, False), ok, NOON, NOON, **changes)


def settle(delivery, *, mode=DeliveryMode.AT_LEAST_ONCE, jitter=0.0, now=NOON):
    return retry.settle(delivery, mode=mode, now=now, jitter=jitter)


@given(JITTER)
def test_the_schedule_spans_at_least_75_hours(jitter):
    now, tries = NOON, 1
    while (settled := settle(a_try(tries), jitter=jitter, now=now)).next_at is not None:
        assert settled.next_at > now
        now, tries = settled.next_at, tries + 1
    assert settled.state is OutboxState.DEAD
    assert timedelta(hours=75) <= now - NOON <= timedelta(hours=91)
    assert tries == 11


@given(st.integers(1, 10), JITTER, st.integers(0, 10**9))
def test_no_backoff_undercuts_retry_after(n, jitter, seconds):
    asked = timedelta(seconds=seconds)
    settled = settle(a_try(n, retry_after=asked), jitter=jitter)
    assert settled.next_at - NOON >= min(asked, retry.MAX_RETRY_AFTER)


def test_a_429_that_asks_for_two_minutes_waits_two_minutes_to_two_and_a_half():
    settled = settle(a_try(1, code=429, retry_after=timedelta(seconds=120)), jitter=0.99)
    assert timedelta(seconds=120) <= settled.next_at - NOON <= timedelta(seconds=150)


def test_a_permanent_refusal_is_not_tried_again():
    assert settle(a_try(1, permanent=True)).state is OutboxState.DEAD


def test_at_most_once_does_not_repeat_what_may_have_arrived():
    lost = a_try(1, in_doubt=True)
    assert settle(lost).state is OutboxState.PENDING
    assert settle(lost, mode=DeliveryMode.AT_MOST_ONCE).state is OutboxState.UNKNOWN


def test_five_failures_in_a_row_give_a_destination_a_rest_that_doubles_to_an_hour():
    breaker, rests, now = retry.Breaker(), [], NOON
    for _ in range(14):
        breaker = retry.after(breaker, a_try(), now=now, jitter=0)
        rests.append((breaker.open_until - now) / timedelta(minutes=1) if breaker.open_until else 0)
        now = breaker.open_until or now
    assert rests == [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert retry.after(breaker, a_try(ok=True), now=now, jitter=0) == retry.Breaker()


def test_a_refused_recipient_says_nothing_against_the_server():
    breaker = retry.Breaker()
    for _ in range(20):
        breaker = retry.after(breaker, a_try(reached=True), now=NOON, jitter=0)
    assert not breaker.is_open(NOON)


def test_retry_after_holds_for_the_whole_destination():
    asked = timedelta(minutes=2)
    breaker = retry.after(retry.Breaker(), a_try(retry_after=asked), now=NOON, jitter=0)
    assert breaker.is_open(NOON + asked - timedelta(seconds=1))
    assert not breaker.is_open(NOON + asked)


def test_gone_switches_a_destination_off():
    breaker = retry.after(retry.Breaker(), a_try(gone=True, detail="410 Gone"), now=NOON, jitter=0)
    assert breaker.is_open(NOON + timedelta(days=999))


def test_what_waits_behind_a_dead_destination_is_given_up_after_the_whole_schedule():
    breaker = retry.Breaker(failures=9, failing_since=NOON)
    late = NOON + timedelta(hours=92)
    assert retry.is_hopeless(breaker, created_at=NOON, now=late)
    assert not retry.is_hopeless(breaker, created_at=late - timedelta(hours=74), now=late)
    slept = replace(breaker, failing_since=late - timedelta(minutes=1))
    assert not retry.is_hopeless(slept, created_at=NOON, now=late)


@given(st.text())
def test_any_retry_after_header_is_read_or_ignored(text):
    wait = retry.retry_after(text, now=NOON)
    assert wait is None or timedelta() <= wait <= retry.MAX_RETRY_AFTER


def test_retry_after_may_be_a_date():
    assert retry.retry_after("Mon, 09 Mar 2026 12:02:00 GMT", now=NOON) == timedelta(minutes=2)
    assert retry.retry_after("Mon, 09 Mar 2026 11:00:00 GMT", now=NOON) == timedelta()
    assert retry.retry_after("soon", now=NOON) is None


@given(st.floats(0.5, 6000), st.lists(st.floats(0, 30), max_size=60))
def test_a_rate_is_never_exceeded_for_long(rate, gaps):
    bucket, now_s, sent = None, 0.0, 0
    for gap in gaps:
        now_s += gap
        bucket, wait_s = retry.take(bucket, rate=rate, now_s=now_s)
        sent += wait_s == 0
    assert sent <= max(rate / 60 * 2, 1) + now_s * rate / 60 + 1e-6


def test_a_refused_take_says_when_to_come_back():
    bucket, wait_s = retry.take(None, rate=30, now_s=0)
    assert wait_s == 0
    bucket, wait_s = retry.take(bucket, rate=30, now_s=0)
    assert wait_s == 2
    assert retry.take(bucket, rate=30, now_s=2)[1] == 0
