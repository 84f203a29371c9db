"""What is remembered of each feed, and what each poll did."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import FeedState, Health, Hints, Validators
from wirewatch.store.codec import at, dump, load, ms
from wirewatch.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("feeds")


@MIGRATIONS()
def m001_feed(db: Database) -> None:
    """Create the feeds' state and the daily count of polls."""
    db.conn.execute(
        """
        CREATE TABLE feed(
          name TEXT PRIMARY KEY,
          url TEXT NOT NULL,              -- where to ask; permanent redirects change it
          configured_url TEXT NOT NULL,   -- another one in the configuration starts over
          etag TEXT, last_modified TEXT, body_hash TEXT,
          next_poll_at INTEGER,           -- NULL: never (gone), or not yet planned
          polled_at INTEGER, succeeded_at INTEGER, last_new_at INTEGER,
          interval_s REAL NOT NULL,
          failures INTEGER NOT NULL, failing_since INTEGER, error_kind TEXT, error TEXT,
          redirect_to TEXT, redirect_count INTEGER NOT NULL, redirect_since INTEGER,
          unconditional_at INTEGER,
          hints TEXT NOT NULL,
          baseline_at INTEGER,
          arrivals TEXT NOT NULL,
          health TEXT NOT NULL, health_since INTEGER, health_told TEXT NOT NULL,
          disabled INTEGER NOT NULL
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX feed_due ON feed(next_poll_at) WHERE disabled = 0")
    db.conn.execute(
        """
        CREATE TABLE poll_count(
          hour INTEGER NOT NULL,          -- whole hours since 1970
          outcome TEXT NOT NULL,          -- new, unchanged, not_modified, or the kind of failure
          count INTEGER NOT NULL,
          PRIMARY KEY(hour, outcome)
        ) STRICT, WITHOUT ROWID
        """
    )


@MIGRATIONS()
def m002_churned(db: Database) -> None:
    """Remember when a feed's known entries came back under new ids."""
    db.conn.execute("ALTER TABLE feed ADD COLUMN churned_at INTEGER")


@MIGRATIONS()
def m003_untold(db: Database) -> None:
    """Find feeds whose health the user doesn't know of without reading every feed each second."""
    db.conn.execute("CREATE INDEX feed_untold ON feed(name) WHERE health <> health_told")


_COLUMNS = (
    "name, url, configured_url, etag, last_modified, body_hash, next_poll_at, polled_at, succeeded_at, "
    "last_new_at, interval_s, failures, failing_since, error_kind, error, redirect_to, redirect_count, "
    "redirect_since, unconditional_at, hints, baseline_at, arrivals, health, health_since, health_told, disabled, churned_at"
)


class Feeds:
    """The state of feeds by name; what is configured lives in config.yaml."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def get(self, name: str) -> FeedState | None:
        """Return the state of a feed, or None when it was never polled."""
        row = self._conn.execute(f"SELECT {_COLUMNS} FROM feed WHERE name = ?", (name,)).fetchone()
        return _state(row) if row else None

    def all(self) -> dict[str, FeedState]:
        """Return every remembered state by feed name, configured or not."""
        rows = self._conn.execute(f"SELECT {_COLUMNS} FROM feed ORDER BY name").fetchall()
        return {row["name"]: _state(row) for row in rows}

    def put(self, state: FeedState) -> None:
        """Insert or replace the state of a feed."""
        marks = ", ".join("?" * (_COLUMNS.count(",") + 1))
        self._conn.execute(f"INSERT OR REPLACE INTO feed({_COLUMNS}) VALUES ({marks})", _row(state))

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the names of feeds whose time has come, longest overdue first."""
        rows = self._conn.execute(
            "SELECT name FROM feed WHERE disabled = 0 AND next_poll_at <= ? ORDER BY next_poll_at LIMIT ?",
            (to_ms(now), limit),
        ).fetchall()
        return [row["name"] for row in rows]

    def next_due(self) -> datetime | None:
        """Return when the next feed is asked, None when none is planned."""
        row = self._conn.execute(
            "SELECT min(next_poll_at) AS at FROM feed WHERE disabled = 0"
        ).fetchone()
        return at(row["at"])

    def due_before(self, at: datetime, *, url_part: str) -> list[tuple[str, str]]:
        """Return (name, URL) of feeds that come due before then and have this in their URL, first due first."""
        rows = self._conn.execute(
            "SELECT name, url FROM feed WHERE disabled = 0 AND next_poll_at < ? "
            "AND instr(lower(url), ?) > 0 ORDER BY next_poll_at",
            (to_ms(at), url_part.lower()),
        ).fetchall()
        return [(row["name"], row["url"]) for row in rows]

    def untold(self) -> list[FeedState]:
        """Return the states whose health is not what the user was told last, by name."""
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM feed WHERE health <> health_told ORDER BY name"
        ).fetchall()
        return [_state(row) for row in rows]

    def told(self, names: Sequence[str]) -> None:
        """Record that the user knows how these feeds are."""
        self._conn.executemany(
            "UPDATE feed SET health_told = health WHERE name = ?", [(name,) for name in names]
        )

    def healths(self) -> dict[str, Health]:
        """Return how each remembered feed is, by name."""
        words = {str(health): health for health in Health}
        rows = self._conn.execute("SELECT name, health FROM feed")
        rows.row_factory = None  # plain tuples: half the time among 10,000
        return {name: words[health] for name, health in rows.fetchall()}

    def intervals(self) -> dict[str, timedelta]:
        """Return how often each remembered feed is asked, by name."""
        rows = self._conn.execute("SELECT name, interval_s FROM feed")
        rows.row_factory = None
        return {name: timedelta(seconds=interval_s) for name, interval_s in rows.fetchall()}

    def overdue(self, now: datetime) -> list[timedelta]:
        """Return how long each feed has been waiting that should have been polled, longest first."""
        rows = self._conn.execute(
            "SELECT next_poll_at FROM feed WHERE disabled = 0 AND next_poll_at <= ? "
            "ORDER BY next_poll_at",
            (to_ms(now),),
        ).fetchall()
        return [now - from_ms(row["next_poll_at"]) for row in rows]

    def rewind(self, by: timedelta, now: datetime) -> None:
        """The clock was set back by so much: what was planned for later than now comes as much earlier."""
        self._conn.execute(
            "UPDATE feed SET next_poll_at = max(next_poll_at - ?, ?) WHERE next_poll_at > ?",
            (round(by.total_seconds() * 1000), to_ms(now), to_ms(now)),
        )

    def last_polled_at(self) -> datetime | None:
        """Return when any feed was polled last: a time in the future tells of a clock that was set back."""
        row = self._conn.execute("SELECT max(polled_at) AS at FROM feed").fetchone()
        return at(row["at"])

    def plan(self, names_and_times: Sequence[tuple[str, datetime]]) -> None:
        """Set when feeds are asked next."""
        self._conn.executemany(
            "UPDATE feed SET next_poll_at = ? WHERE name = ?",
            [(to_ms(when), name) for name, when in names_and_times],
        )

    def count_poll(self, outcome: str, now: datetime) -> None:
        """Count one poll by outcome, per hour."""
        self._conn.execute(
            "INSERT INTO poll_count VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
            (to_ms(now) // 3_600_000, outcome),
        )

    def polls_since(self, since: datetime) -> dict[str, int]:
        """Return how many polls ended how, since the hour of `since`."""
        rows = self._conn.execute(
            "SELECT outcome, sum(count) AS n FROM poll_count WHERE hour >= ? GROUP BY outcome",
            (to_ms(since) // 3_600_000,),
        ).fetchall()
        return {row["outcome"]: row["n"] for row in rows}


def _state(row: sqlite3.Row) -> FeedState:
    return FeedState(
        feed=row["name"],
        url=row["url"],
        configured_url=row["configured_url"],
        validators=Validators(row["etag"], row["last_modified"]),
        body_hash=row["body_hash"],
        next_poll_at=at(row["next_poll_at"]),
        polled_at=at(row["polled_at"]),
        succeeded_at=at(row["succeeded_at"]),
        last_new_at=at(row["last_new_at"]),
        interval=timedelta(seconds=row["interval_s"]),
        failures=row["failures"],
        failing_since=at(row["failing_since"]),
        error_kind=row["error_kind"],
        error=row["error"],
        redirect_to=row["redirect_to"],
        redirect_count=row["redirect_count"],
        redirect_since=at(row["redirect_since"]),
        unconditional_at=at(row["unconditional_at"]),
        hints=_hints(row["hints"]),
        baseline_at=at(row["baseline_at"]),
        arrivals=tuple(from_ms(each) for each in load(row["arrivals"])),
        health=Health(row["health"]),
        health_since=at(row["health_since"]),
        health_told=Health(row["health_told"]),
        disabled=bool(row["disabled"]),
        churned_at=at(row["churned_at"]),
    )


def _row(state: FeedState) -> tuple[object, ...]:
    return (
        state.feed,
        state.url,
        state.configured_url,
        state.validators.etag,
        state.validators.last_modified,
        state.body_hash,
        ms(state.next_poll_at),
        ms(state.polled_at),
        ms(state.succeeded_at),
        ms(state.last_new_at),
        state.interval.total_seconds(),
        state.failures,
        ms(state.failing_since),
        state.error_kind,
        state.error,
        state.redirect_to,
        state.redirect_count,
        ms(state.redirect_since),
        ms(state.unconditional_at),
        _hints_text(state.hints),
        ms(state.baseline_at),
        dump(state.arrivals),
        state.health,
        ms(state.health_since),
        state.health_told,
        int(state.disabled),
        ms(state.churned_at),
    )


# Most feeds give the same few hints poll after poll.
@lru_cache(maxsize=1024)
def _hints(text: str) -> Hints:
    hints = load(text)
    return Hints(
        retry_after=_delta(hints["retry_after"]),
        max_age=_delta(hints["max_age"]),
        ttl=_delta(hints["ttl"]),
        skip_hours=frozenset(hints["skip_hours"]),
        skip_days=frozenset(hints["skip_days"]),
    )


@lru_cache(maxsize=1024)
def _hints_text(hints: Hints) -> str:
    return dump(
        {
            "retry_after": _seconds(hints.retry_after),
            "max_age": _seconds(hints.max_age),
            "ttl": _seconds(hints.ttl),
            "skip_hours": hints.skip_hours,
            "skip_days": hints.skip_days,
        }
    )


def _seconds(delta: timedelta | None) -> float | None:
    return None if delta is None else delta.total_seconds()


def _delta(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
