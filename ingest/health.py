"""Say how a feed is, in one word, without crying wolf.

A feed is down after three failures in a row over at least six hours (24 of the base interval,
where that is shorter), at once when it says it is gone or has never been read: what nobody has
read yet is not well. It is back after one good poll. Silence counts as an ailment: a feed without entries for three times its own
usual gap, and a day, is quiet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from ingest.pace import is_late
from wirewatch.model import Feed, FeedState, FetchSettings, Health

DOWN_FAILURES = 3
DOWN_AFTER = timedelta(hours=6)
DOWN_INTERVALS = 24
QUIET_GAPS = 3
QUIET_LEAST = timedelta(days=1)
QUIET_UNKNOWN = timedelta(days=14)
CHURN_HELD = timedelta(days=1)
_GAPS_NEEDED = 5


def judge(state: FeedState, feed: Feed, settings: FetchSettings, *, now: datetime) -> FeedState:
    """Return the state with its health, and since when it has been so.

    Args:
        state: After a poll, or at any time in between (a feed that is not polled turns late).
        feed: As configured.
        settings: The base interval.
        now: Aware, UTC.
    """
    health = _health(state, feed, settings, now)
    if health is state.health:
        return state if state.health_since else replace(state, health_since=now)
    return replace(state, health=health, health_since=now)


def churned(state: FeedState, *, now: datetime) -> FeedState:
    """Return the state of a feed that gave its known entries new ids: told once, kept for a day."""
    return replace(state, churned_at=now)


def is_settled(state: FeedState) -> bool:
    """Is it time to tell of this state? A feed's first tries may fail because the network is late."""
    return state.succeeded_at is not None or not 0 < state.failures < DOWN_FAILURES


def is_down(health: Health) -> bool:
    """Is this a state in which news may be missed?"""
    return health in {Health.FAILING, Health.BLOCKED, Health.GONE}


def _health(state: FeedState, feed: Feed, settings: FetchSettings, now: datetime) -> Health:
    if feed.paused:
        return Health.PAUSED
    if state.disabled:
        return Health.GONE
    if state.failures:
        return _failing(state, settings, now)
    if state.succeeded_at is None:
        return Health.NEW
    if is_late(state, now=now):
        return Health.LATE
    if state.churned_at is not None and now - state.churned_at < CHURN_HELD:
        return Health.CHURNING
    return Health.QUIET if is_quiet(state, now=now) else Health.HEALTHY


def _failing(state: FeedState, settings: FetchSettings, now: datetime) -> Health:
    down = Health.BLOCKED if state.error_kind == "blocked" else Health.FAILING
    if state.succeeded_at is None or is_down(state.health):
        return down  # a feed that is down does not get well by failing in another way
    lasted = now - (state.failing_since or now)
    if state.failures >= DOWN_FAILURES and lasted >= min(
        DOWN_AFTER, DOWN_INTERVALS * settings.interval
    ):
        return down
    return Health.HEALTHY if state.health in {Health.NEW, Health.PAUSED} else state.health


def is_quiet(state: FeedState, *, now: datetime) -> bool:
    """Has this feed brought nothing for three times its own usual gap, and for a day?"""
    last = state.last_new_at or state.baseline_at
    if last is None:
        return False
    usual = usual_gap(state.arrivals)
    limit = max(QUIET_GAPS * usual, QUIET_LEAST) if usual else QUIET_UNKNOWN
    return now - last > limit


def usual_gap(arrivals: Sequence[datetime]) -> timedelta | None:
    """Return the gap between entries that 95 % of gaps stay within; None if too few are known."""
    times = sorted(set(arrivals))
    gaps = sorted(b - a for a, b in pairwise(times))
    if len(gaps) < _GAPS_NEEDED:
        return None
    return gaps[min(int(len(gaps) * 0.95), len(gaps) - 1)]
