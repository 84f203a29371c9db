"""Decide when a feed is polled next.

Pure: state and what happened in, state out; the caller owns the clock and the random number.
A feed is never given up on: failures stretch its interval and no more. Only 410 (gone) disables it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from wirewatch.errors import FeedError
from wirewatch.model import Feed, FeedState, FetchSettings, Health, Hints

HINT_CAP = timedelta(hours=6)
SKIP_CAP = timedelta(hours=48)
RETRY_AFTER_CAP = timedelta(days=7)
BACKOFF_CAP = timedelta(hours=6)
OFFLINE_CAP = timedelta(hours=1)
RATE_WINDOW = timedelta(days=7)
ARRIVALS_KEPT = 50
_PRIOR = timedelta(hours=12)  # how long the base interval outweighs what was seen
# How long a host's other feeds wait when one is told to: "too many requests" is about the client, a
# 503 may be about one feed.
HOST_HOLD_CAPS = {429: timedelta(hours=24), 503: timedelta(hours=1)}
# These may be our own net's fault: all feeds fail at once, and must come back soon after it.
_OURS_PERHAPS = frozenset({"dns", "network", "timeout", "internal"})
_HOUR = timedelta(hours=1)


def succeeded(
    state: FeedState,
    feed: Feed,
    settings: FetchSettings,
    *,
    hints: Hints,
    new_count: int,
    now: datetime,
    jitter: float,
) -> FeedState:
    """Return the state after a good poll: failures forgotten, interval adapted, next poll planned.

    Args:
        state: As it was before.
        feed: As configured.
        settings: Intervals.
        hints: Of this answer.
        new_count: Entries first seen now; 0 for a baseline, whose backlog says nothing of the rate.
        now: Aware, UTC.
        jitter: In [0, 1).
    """
    arrivals = (*state.arrivals, *[now] * min(new_count, ARRIVALS_KEPT))[-ARRIVALS_KEPT:]
    state = replace(
        state,
        polled_at=now,
        succeeded_at=now,
        last_new_at=now if new_count else state.last_new_at,
        failures=0,
        failing_since=None,
        error_kind=None,
        error=None,
        hints=hints,
        arrivals=arrivals,
    )
    interval = feed.every or adaptive_interval(
        arrivals, settings, since=state.baseline_at or now, now=now
    )
    return replace(
        state,
        interval=interval,
        next_poll_at=next_poll_at(interval, feed, hints, now=now, jitter=jitter),
    )


def failed(
    state: FeedState,
    feed: Feed,
    settings: FetchSettings,
    *,
    error: FeedError,
    now: datetime,
    jitter: float,
) -> FeedState:
    """Return the state after a failed poll: backed off, or disabled when the feed is gone (410).

    Args:
        state: As it was before.
        feed: As configured.
        settings: Intervals.
        error: What went wrong; its `retry_after_s` is obeyed up to 7 days.
        now: Aware, UTC.
        jitter: In [0, 1).
    """
    failures = state.failures + 1
    state = replace(
        state,
        polled_at=now,
        failures=failures,
        failing_since=state.failing_since or now,
        error_kind=error.kind,
        error=error.problem,
    )
    if error.kind == "gone":
        return replace(state, disabled=True, next_poll_at=None)
    wait = backoff(feed.every or max(state.interval, settings.interval), error.kind, failures)
    # Half of it or so may be early, never what the server asked for (RFC 9110, 10.2.3).
    wait *= 0.9 + 0.2 * jitter
    asked = min(timedelta(seconds=getattr(error, "retry_after_s", None) or 0.0), RETRY_AFTER_CAP)
    return replace(state, next_poll_at=now + max(wait, asked * (1 + 0.02 * jitter)))


def host_hold(error: FeedError) -> timedelta:
    """Return how long a host's other feeds are to wait after this error of one; zero for most."""
    cap = HOST_HOLD_CAPS.get(getattr(error, "status", 0))
    asked = getattr(error, "retry_after_s", None)
    return min(timedelta(seconds=asked), cap) if cap and asked and asked > 0 else timedelta()


def backoff(interval: timedelta, kind: str, failures: int) -> timedelta:
    """Return how long to leave a failing feed alone: doubled each time, up to 6 hours.

    What may be our own net's fault begins at the plain interval and stops at one hour.
    """
    ours = kind in _OURS_PERHAPS
    exponent = min(failures - 1 if ours else failures, 12)
    cap = max(OFFLINE_CAP if ours else BACKOFF_CAP, interval)
    return min(interval * 2.0**exponent, cap)


def adaptive_interval(
    arrivals: Sequence[datetime], settings: FetchSettings, *, since: datetime, now: datetime
) -> timedelta:
    """Return half the time in which a feed brings one entry, within the configured ends.

    The rate is that of the last 7 days, counted by when we first saw entries, never by their own
    dates; for the first half day the base interval weighs more.

    Args:
        arrivals: First-seen times, oldest first; the last 50.
        settings: Base and ends of the interval.
        since: When counting began.
        now: Aware, UTC.
    """
    start = max(since, now - RATE_WINDOW)
    if len(arrivals) >= ARRIVALS_KEPT:
        start = max(start, arrivals[0])
    count = sum(at >= start for at in arrivals)
    prior = 0.5 * (_PRIOR / settings.interval)
    rate_per_s = (count + prior) / (now - start + _PRIOR).total_seconds()
    wanted = timedelta(seconds=0.5 / rate_per_s)
    return min(max(wanted, settings.min_interval), settings.max_interval)


def next_poll_at(
    interval: timedelta, feed: Feed, hints: Hints, *, now: datetime, jitter: float
) -> datetime:
    """Return when to ask again after a good poll.

    The interval varies by a tenth either way; what the server asks for is a floor, so chance only
    adds to that. Hints count up to 6 hours, skipped hours and days up to 48.
    """
    wait = interval * (0.9 + 0.2 * jitter)
    if hints.retry_after:
        wait = max(wait, min(hints.retry_after, RETRY_AFTER_CAP))
    if feed.ignore_hints:
        return now + wait
    asked = min(max(hints.max_age or timedelta(), hints.ttl or timedelta()), HINT_CAP)
    # One per cent of a second's grace: asking at the very moment it expires may be a hair early.
    wait = max(wait, asked * (1 + 0.05 * jitter))
    return _out_of_skipped(now + wait, hints, now=now, jitter=jitter)


def _out_of_skipped(at: datetime, hints: Hints, *, now: datetime, jitter: float) -> datetime:
    latest = max(now + SKIP_CAP, at)
    first = at
    while at.hour in hints.skip_hours or at.weekday() in hints.skip_days:
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
        if at >= latest:
            return latest
    # Not everybody at the stroke of the hour.
    return at if at == first else at + timedelta(minutes=10) * jitter


def is_late(state: FeedState, *, now: datetime) -> bool:
    """Has this feed been due for longer than one of its intervals?"""
    return (
        state.next_poll_at is not None
        and not state.disabled
        and state.health is not Health.PAUSED
        and now - state.next_poll_at > max(state.interval, timedelta(minutes=1))
    )


def overload(
    polls: Sequence[tuple[str, timedelta]], settings: FetchSettings, *, took_s: float = 1.0
) -> str | None:
    """Return a warning when feeds can't all be polled as often as they should, else None.

    Args:
        polls: For each feed its host and interval.
        settings: Concurrency and spacing.
        took_s: How long a poll takes on average, in seconds.
    """
    wanted = sum(1 / max(interval.total_seconds(), 1e-3) for _, interval in polls)
    able = settings.concurrency / max(took_s, 1e-3)
    if wanted > able:
        return (
            f"{len(polls)} feeds ask for {wanted:.1f} polls a second, but {settings.concurrency} at a "
            f"time taking {took_s:.1f} s each make {able:.1f}: raise fetch.concurrency or the intervals"
        )
    hosts: dict[str, float] = {}
    for host, interval in polls:
        hosts[host] = hosts.get(host, 0.0) + 1 / max(interval.total_seconds(), 1e-3)
    per_host = min(
        settings.per_host / max(took_s, 1e-3),
        1 / max(settings.host_spacing.total_seconds(), 1e-6),
    )
    crowded = [host for host, rate in hosts.items() if rate > per_host]
    if crowded:
        return (
            f"{', '.join(sorted(crowded)[:3])}: more feeds on one host than {settings.per_host} at a "
            f"time, {settings.host_spacing.total_seconds():g} s apart, can serve: raise their `every`"
        )
    return None
