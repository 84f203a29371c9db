"""Mutes and acknowledgements: silences that people ask for, each with its author and reason."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Mute
from wirewatch.store.alerts import FAMILY
from wirewatch.store.codec import ms


class Silences:
    """Rows that the command line adds beside the running service, which takes them up at once."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def mutes(self, now: datetime | None = None) -> list[Mute]:
        """Return mutes: those in force at `now`, or all that are remembered, newest first."""
        rows = self._conn.execute(
            "SELECT * FROM mute WHERE :now IS NULL OR (starts_at <= :now AND ends_at > :now) ORDER BY id DESC",
            {"now": ms(now)},
        ).fetchall()
        return [
            Mute(
                id=row["id"],
                kind=row["kind"],
                value=row["value"],
                starts_at=from_ms(row["starts_at"]),
                ends_at=from_ms(row["ends_at"]),
                author=row["author"],
                because=row["because"],
            )
            for row in rows
        ]

    def mute(self, mute: Mute) -> int:
        """Add a mute; return its id."""
        cursor = self._conn.execute(
            "INSERT INTO mute VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            (
                mute.kind,
                mute.value,
                to_ms(mute.starts_at),
                to_ms(mute.ends_at),
                mute.author,
                mute.because,
            ),
        )
        return int(cursor.lastrowid or 0)

    def unmute(self, mute_id: int, now: datetime) -> bool:
        """End a mute now; return whether there was one in force."""
        cursor = self._conn.execute(
            "UPDATE mute SET ends_at = ? WHERE id = ? AND ends_at > ?",
            (to_ms(now), mute_id, to_ms(now)),
        )
        return cursor.rowcount > 0

    def is_acked(self, story_id: int) -> bool:
        """Return whether someone has taken note of a story (or of one merged into it)."""
        row = self._conn.execute(
            f"SELECT 1 FROM ack WHERE story_id IN {FAMILY}", {"story": story_id}
        ).fetchone()
        return row is not None

    def ack(self, story_id: int, *, author: str, because: str, now: datetime) -> None:
        """Record that someone has taken note of a story."""
        self._conn.execute(
            "INSERT OR REPLACE INTO ack VALUES (?, ?, ?, ?)",
            (story_id, to_ms(now), author, because),
        )

    def unack(self, story_id: int) -> bool:
        """Take an acknowledgement back; return whether there was one."""
        cursor = self._conn.execute(
            f"DELETE FROM ack WHERE story_id IN {FAMILY}", {"story": story_id}
        )
        return cursor.rowcount > 0
