"""The demo's clock: it starts shortly before seven on the latest morning and runs at its usual speed.

So the morning digest closes at its real slot, by the same rule as in any service, without
anybody having to wait for the morning.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wirewatch.clock import Clock

SLOT = time(7)
ZONE = ZoneInfo("Asia/Baghdad")  # as in the demo's config.yaml; no summer time
LEAD = timedelta(minutes=2)


class MorningClock:
    """A clock that runs beside another one, and can be moved forward."""

    def __init__(self, base: Clock) -> None:
        """Start `LEAD` before the latest seven o'clock that has passed."""
        self._base, self._started_s, self._skipped_s = base, base.monotonic(), 0.0
        self.slot_at = latest_slot(base.now())
        self._start = self.slot_at.astimezone(UTC) - LEAD

    def now(self) -> datetime:
        """Return the demo's time, aware, UTC."""
        return self._start + timedelta(seconds=self.monotonic() - self._started_s)

    def monotonic(self) -> float:
        """Return seconds; a skip counts as time that passed."""
        return self._base.monotonic() + self._skipped_s

    def jitter(self) -> float:
        """Return a random number in [0, 1)."""
        return self._base.jitter()

    def skip_to_slot(self, *, short_of: timedelta = timedelta()) -> None:
        """Make it seven o'clock, or a little before, if it is earlier."""
        self._skipped_s += max((self.slot_at - short_of - self.now()).total_seconds(), 0.0)


def latest_slot(now: datetime) -> datetime:
    """Return the last time at which the clocks in `ZONE` showed seven."""
    local = now.astimezone(ZONE)
    slot = local.replace(hour=SLOT.hour, minute=0, second=0, microsecond=0)
    return slot if slot <= local else slot - timedelta(days=1)
