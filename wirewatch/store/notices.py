"""News about wirewatch itself, and small facts it keeps about itself."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Severity, SystemNotice
from wirewatch.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("notices")


@MIGRATIONS()
def m001_notice(db: Database) -> None:
    """Create notices and small facts."""
    db.conn.execute(
        """
        CREATE TABLE notice(
          id INTEGER PRIMARY KEY,
          key TEXT NOT NULL,              -- what it is about: "feed:BBC World", "reload"
          title TEXT NOT NULL, text TEXT NOT NULL, severity TEXT NOT NULL,
          at INTEGER NOT NULL,
          told INTEGER NOT NULL           -- 1: sent to the system channels; 0: only for the digest
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX notice_key ON notice(key, at)")
    db.conn.execute("CREATE INDEX notice_time ON notice(at)")
    db.conn.execute(
        "CREATE TABLE kv(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"
    )


class Notices:
    """What the operator was told, and when."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def record(self, notice: SystemNotice, *, repeat_after: timedelta) -> bool:
        """Store a notice; return whether to send it, or only to leave it to the digest.

        The same words about the same thing are sent once in `repeat_after`.
        """
        row = self._conn.execute(
            "SELECT max(at) AS at FROM notice WHERE key = ? AND title = ? AND told = 1",
            (notice.key, notice.title),
        ).fetchone()
        tell = row["at"] is None or to_ms(notice.at) - row["at"] >= repeat_after / timedelta(
            milliseconds=1
        )
        self._conn.execute(
            "INSERT INTO notice VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            (notice.key, notice.title, notice.text, notice.severity, to_ms(notice.at), int(tell)),
        )
        return tell

    def since(self, since: datetime | None, until: datetime) -> list[SystemNotice]:
        """Return notices in (since, until], oldest first."""
        rows = self._conn.execute(
            "SELECT key, title, text, severity, at FROM notice WHERE at > ? AND at <= ? ORDER BY at, id",
            (to_ms(since) if since else -1, to_ms(until)),
        ).fetchall()
        return [
            SystemNotice(
                row["key"], row["title"], row["text"], Severity(row["severity"]), from_ms(row["at"])
            )
            for row in rows
        ]

    def get(self, key: str) -> str | None:
        """Return a small fact, or None."""
        row = self._conn.execute("SELECT value FROM kv WHERE key = ?", (key,)).fetchone()
        return row["value"] if row else None

    def put(self, key: str, value: str) -> None:
        """Keep a small fact."""
        self._conn.execute("INSERT OR REPLACE INTO kv VALUES (?, ?)", (key, value))
