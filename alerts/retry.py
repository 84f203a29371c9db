"""Decide when a message is tried again, when it is given up, and when a destination gets a rest.

Pure: outcomes in, instants out; the caller owns the clock and the random number. The schedule is
that of Standard Webhooks 1.0.0 ("about 75 h") with one early try more; the breaker defers what
waits for a dead destination without using up its tries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from wirewatch.model import Delivery, DeliveryMode, OutboxState

DELAYS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
SPAN = sum(DELAYS, timedelta())
MAX_RETRY_AFTER = timedelta(days=7)
_JITTER = 0.2
_TRIP_AT = 5
_FIRST_REST = timedelta(minutes=1)
_LONGEST_REST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Settled:
    """Where a message stands after a try; `next_at` only while it is PENDING."""

    state: OutboxState
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Breaker:
    """How a destination has behaved lately.

    Attributes:
        failures: In a row, of the destination itself (not of single messages).
        failing_since: The first of them.
        open_until: Nothing is sent before; then one message goes ahead as a probe.
        disabled: Why nothing is sent any more (it said 410), or "".
    """

    failures: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None
    disabled: str = ""

    def is_open(self, now: datetime) -> bool:
        """Whether to leave the destination alone."""
        return bool(self.disabled) or (self.open_until is not None and now < self.open_until)

    @property
    def is_probing(self) -> bool:
        """Whether the next message goes alone, to see if the destination is back."""
        return self.failures >= _TRIP_AT


def settle(delivery: Delivery, *, mode: DeliveryMode, now: datetime, jitter: float) -> Settled:
    """Decide what becomes of a message after a try.

    Args:
        delivery: The try; its `owed.attempt` counts from 1.
        mode: What to do when the answer was lost.
        now: Aware, UTC.
        jitter: In [0, 1); lengthens a wait by up to a fifth, never shortens it, so that the
            schedule as a whole spans 75.5 to 91 h.
    """
    if delivery.ok:
        return Settled(OutboxState.SENT)
    if delivery.in_doubt and mode is DeliveryMode.AT_MOST_ONCE:
        return Settled(OutboxState.UNKNOWN)
    tried = delivery.owed.attempt
    if delivery.permanent or delivery.gone or tried > len(DELAYS):
        return Settled(OutboxState.DEAD)
    wait = DELAYS[tried - 1] * (1 + _JITTER * jitter)
    # RFC 9110, 10.2.3: Retry-After is a floor; no backoff of ours may undercut it.
    asked = min(delivery.retry_after or timedelta(), MAX_RETRY_AFTER)
    return Settled(OutboxState.PENDING, now + max(wait, asked))


def after(breaker: Breaker, delivery: Delivery, *, now: datetime, jitter: float) -> Breaker:
    """Return the destination's breaker after a try.

    Five failures in a row open it for a minute, each failed probe doubles that, up to an hour
    (before jitter of up to a fifth). A Retry-After holds for the whole destination.
    """
    if delivery.ok or (delivery.reached and not delivery.gone and delivery.retry_after is None):
        return Breaker()
    failing_since = breaker.failing_since or now
    if delivery.gone:
        return replace(breaker, disabled=delivery.detail or "gone", failing_since=failing_since)
    failures = breaker.failures + (0 if delivery.reached else 1)
    rest = timedelta()
    if failures >= _TRIP_AT:
        rest = _FIRST_REST * 2.0 ** min(failures - _TRIP_AT, 10)
        rest = min(rest, _LONGEST_REST) * (1 + _JITTER * jitter)
    rest = max(rest, min(delivery.retry_after or timedelta(), MAX_RETRY_AFTER))
    return Breaker(failures, failing_since, now + rest if rest else None)


def is_hopeless(breaker: Breaker, *, created_at: datetime, now: datetime) -> bool:
    """Whether a message has waited out the whole schedule behind an open breaker.

    Deferred rows use up no tries, so time must end them: as long as the schedule is, counted
    from when both the message and the trouble were there.
    """
    if breaker.disabled:
        return True
    if breaker.failing_since is None:
        return False
    return now - max(created_at, breaker.failing_since) > SPAN * (1 + _JITTER)


def retry_after(header: str | None, *, now: datetime) -> timedelta | None:
    """Read a Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3); None when unreadable.

    A date in the past is no wait; anything beyond seven days is cut to that.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:12]), MAX_RETRY_AFTER.total_seconds()))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta()), MAX_RETRY_AFTER)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a destination's rate still allows; `tokens` as of `at` on a clock that never steps back."""

    tokens: float
    at_s: float


def take(bucket: Bucket | None, *, rate: float, now_s: float) -> tuple[Bucket, float]:
    """Take one message from the bucket; return it and the seconds to wait first (0: go).

    Args:
        bucket: None for one never used: full.
        rate: Messages a minute, > 0.
        now_s: Monotonic seconds.

    Bursts hold up to two seconds' worth, at least one message; a refused take changes nothing.
    """
    size = max(rate / 60 * 2, 1.0)
    tokens = size
    if bucket is not None:
        tokens = min(size, bucket.tokens + max(now_s - bucket.at_s, 0.0) * rate / 60)
    if tokens >= 1:
        return Bucket(tokens - 1, now_s), 0.0
    return Bucket(tokens, now_s), (1 - tokens) * 60 / rate
