"""How the places messages go to have behaved: what breakers remember between runs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.clock import to_ms
from wirewatch.store.codec import at, ms
from wirewatch.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("destinations")


@MIGRATIONS()
def m001_destination(db: Database) -> None:
    """Create the destinations; one without a row is well."""
    db.conn.execute(
        """
        CREATE TABLE destination(
          channel TEXT NOT NULL,
          recipient TEXT NOT NULL,         -- '': the whole channel is one destination (a mail server)
          failures INTEGER NOT NULL,       -- in a row
          failing_since INTEGER,
          open_until INTEGER,              -- nothing is sent before
          disabled TEXT NOT NULL,          -- why nothing is sent at all (it said 410), or ''
          fingerprint TEXT NOT NULL,       -- of what was configured then: a change enables it again
          PRIMARY KEY(channel, recipient)
        ) STRICT, WITHOUT ROWID
        """
    )


@dataclass(frozen=True, slots=True)
class Destination:
    """A destination that is not well; `recipient` is "" where the whole channel is one."""

    channel: str
    recipient: str
    failures: int
    failing_since: datetime | None
    open_until: datetime | None
    disabled: str
    fingerprint: str


class Destinations:
    """Destinations that are not well."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def all(self) -> list[Destination]:
        """Return those that are not well."""
        rows = self._conn.execute(
            "SELECT * FROM destination ORDER BY channel, recipient"
        ).fetchall()
        return [
            Destination(
                channel=row["channel"],
                recipient=row["recipient"],
                failures=row["failures"],
                failing_since=at(row["failing_since"]),
                open_until=at(row["open_until"]),
                disabled=row["disabled"],
                fingerprint=row["fingerprint"],
            )
            for row in rows
        ]

    def put(self, destination: Destination) -> None:
        """Remember how a destination is."""
        self._conn.execute(
            "INSERT OR REPLACE INTO destination VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                destination.channel,
                destination.recipient,
                destination.failures,
                ms(destination.failing_since),
                ms(destination.open_until),
                destination.disabled,
                destination.fingerprint,
            ),
        )

    def forget(self, channel: str, recipient: str | None = None) -> None:
        """A destination is well again, or is to be given another chance; None: all of the channel."""
        self._conn.execute(
            "DELETE FROM destination WHERE channel = ? AND (? IS NULL OR recipient = ?)",
            (channel, recipient, recipient),
        )

    def rewind(self, by: timedelta, now: datetime) -> None:
        """The clock was set back: rests planned from then are planned from now."""
        self._conn.execute(
            "UPDATE destination SET open_until = open_until - ? WHERE open_until > ?",
            (round(by.total_seconds() * 1000), to_ms(now)),
        )
