"""The one clock and the one source of chance.

Everyone else takes `now: datetime` and `jitter: float` as arguments.
"""

from __future__ import annotations

import random  # noqa: TID251 - this is the one place
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the service asks for time and chance; tests and rehearsals bring their own."""

    def now(self) -> datetime:
        """Return the present, aware, UTC."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never steps back; only differences mean something."""

    def jitter(self) -> float:
        """Return a random number in [0, 1)."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present, aware, UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the one place

    def monotonic(self) -> float:
        """Return seconds on a clock that never steps back."""
        return time.monotonic()  # noqa: TID251 - this is the one place

    def jitter(self) -> float:
        """Return a random number in [0, 1)."""
        return random.random()


class ManualClock:
    """A clock that stands still until it is moved: rehearsals, backtests and tests run on it."""

    def __init__(self, now: datetime, *, jitter: float = 0.5) -> None:
        """Start at `now` (aware)."""
        self._now, self._jitter, self._monotonic = now.astimezone(UTC), jitter, 0.0

    def now(self) -> datetime:
        """Return the time it was last moved to."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds it was moved forward in all."""
        return self._monotonic

    def jitter(self) -> float:
        """Return the same number each time, so that runs can be repeated."""
        return self._jitter

    def move_to(self, now: datetime) -> None:
        """Move, forward or back; the monotonic clock only ever goes forward."""
        now = now.astimezone(UTC)
        self._monotonic += max((now - self._now).total_seconds(), 0.0)
        self._now = now


def to_ms(at: datetime) -> int:
    """Return an aware time as whole milliseconds since 1970, as the database keeps it."""
    return round(at.timestamp() * 1000)


def from_ms(ms: int) -> datetime:
    """Return the aware UTC time of `to_ms`."""
    return datetime.fromtimestamp(ms / 1000, UTC)
