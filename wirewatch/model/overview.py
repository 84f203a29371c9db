"""How everything is, at one moment: what `status`, /readyz and /metrics show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wirewatch.model.feeds import Health

BEAT = timedelta(
    seconds=10
)  # between two commits that only say "alive": each is a write to the disk
_LATE_TICKS = 3
_PATIENCE = timedelta(seconds=10)  # a commit can wait that long for a slow disk


@dataclass(frozen=True, slots=True)
class DigestOutlook:
    """A digest: when it was closed last, when it comes next, and what it holds so far."""

    name: str
    last_at: datetime | None
    next_at: datetime | None
    open_count: int


@dataclass(frozen=True, slots=True)
class Overview:
    """How everything is.

    Attributes:
        at: When it was taken; aware UTC.
        feeds: (health, how many configured feeds).
        late_count: Feeds whose poll is more than a minute overdue.
        lag_max, lag_p95: How long overdue polls have been waiting; zero when none is.
        polls_day: (outcome, how often) over the last 24 hours, whole hours.
        articles_day, matches_day: First seen, and matched, over the last 24 hours.
        owed_count: Messages waiting to be delivered; `owed_since` is when the oldest was made.
        dead_count: Messages that could not be delivered.
        reload: "ok", "refused", or "" when nothing was reloaded yet.
        database_bytes: Database and its write-ahead log.
        free_bytes: Left on its disk.
        overload: Why not all feeds can be polled as often as they should be, or "".
    """

    at: datetime
    feeds: tuple[tuple[Health, int], ...]
    late_count: int
    lag_max: timedelta
    lag_p95: timedelta
    polls_day: tuple[tuple[str, int], ...]
    articles_day: int
    matches_day: int
    owed_count: int
    owed_since: datetime | None
    dead_count: int
    digests: tuple[DigestOutlook, ...]
    reload: str
    database_bytes: int
    free_bytes: int
    overload: str = ""

    def sentence(self) -> str:
        """Say in a line how it is: "41 of 43 feeds healthy, 0 late; 3 messages waiting, 0 undeliverable"."""
        healthy, new = (dict(self.feeds).get(each, 0) for each in (Health.HEALTHY, Health.NEW))
        unread = f", {new} not read yet" if new else ""
        refused = "; the changed configuration was refused" if self.reload == "refused" else ""
        overloaded = "; more feeds than can be polled in time" if self.overload else ""
        return (
            f"{healthy} of {self.feed_count} feeds healthy{unread}, {self.late_count} late; "
            f"{self.owed_count} messages waiting, {self.dead_count} undeliverable{refused}{overloaded}"
        )

    @property
    def feed_count(self) -> int:
        """All configured feeds."""
        return sum(count for _, count in self.feeds)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The service at one moment.

    Attributes:
        overview: Taken from the store.
        last_tick_at: When a tick last committed; None before the first.
        tick: How often one is due.
        trouble: Why the database can't be written, or "".
    """

    overview: Overview
    last_tick_at: datetime | None
    tick: timedelta
    started_at: datetime
    trouble: str = ""

    def why_not_ready(self) -> str:
        """Return why the service is not ready, or ""."""
        if self.trouble:
            return f"the database can't be written: {self.trouble}"
        now = self.overview.at
        patience = BEAT + max(_LATE_TICKS * self.tick, _PATIENCE)
        if self.last_tick_at is None:
            return "" if now - self.started_at < patience else "no tick has committed yet"
        late = now - self.last_tick_at
        return f"the last tick was {late.total_seconds():.0f} s ago" if late > patience else ""
