"""What each digest owes and has told: a digest is what has not been assigned to one yet.

Never a time window: closing one assigns everything that is open, in one transaction, so that every
match is in exactly one digest of each name whatever the clock does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import DigestMatch, Disposition, HeldBack, Reason
from wirewatch.store.codec import at, dump, load, ms
from wirewatch.store.matches import to_match
from wirewatch.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("digests")


@MIGRATIONS()
def m001_digest(db: Database) -> None:
    """Create digests and what they owe."""
    db.conn.execute(
        """
        CREATE TABLE digest(
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL,
          slot TEXT NOT NULL,             -- local date and time it stands for
          slot_at INTEGER NOT NULL, timezone TEXT NOT NULL,
          covers_from INTEGER,            -- when the one before was closed
          closed_at INTEGER NOT NULL,
          state TEXT NOT NULL,            -- closed, rendered (in the outbox), or empty (not sent)
          UNIQUE(name, slot)
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX digest_closed ON digest(state) WHERE state = 'closed'")
    db.conn.execute("CREATE INDEX digest_slot ON digest(name, slot_at)")
    db.conn.execute(
        """
        CREATE TABLE owed(
          digest TEXT NOT NULL,           -- name
          match_id INTEGER NOT NULL REFERENCES match(id),
          occasion TEXT NOT NULL,         -- as in verdict; 'late:41' for an alert that nobody took
          digest_id INTEGER REFERENCES digest(id),  -- NULL until one takes it
          PRIMARY KEY(digest, match_id, occasion)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX owed_open ON owed(digest) WHERE digest_id IS NULL")
    db.conn.execute("CREATE INDEX owed_digest ON owed(digest_id) WHERE digest_id IS NOT NULL")
    db.conn.execute(
        # When a digest was first heard of: it begins then, not in 1970.
        "CREATE TABLE digest_start(name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID"
    )


@MIGRATIONS()
def m002_owed_match(db: Database) -> None:
    """Find what is owed for a match: forgetting one must not read everything that was ever owed."""
    db.conn.execute("CREATE INDEX owed_match ON owed(match_id)")


# Left to itself, SQLite looks for what is open through all that was ever owed.
_OPEN = "owed INDEXED BY owed_open"


@dataclass(frozen=True, slots=True)
class Closed:
    """A digest that was closed.

    Attributes:
        state: "closed", "rendered" (its messages are in the outbox) or "empty" (not sent).
    """

    id: int
    name: str
    slot: str
    slot_at: datetime
    timezone: str
    covers_from: datetime | None
    closed_at: datetime
    state: str


class Digests:
    """Digests by name and slot, and what they owe."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def owe(self, names: Iterable[str], match_id: int, occasion: str) -> None:
        """Owe a match to these digests, once for each occasion."""
        self._conn.executemany(
            "INSERT OR IGNORE INTO owed VALUES (?, ?, ?, NULL)",
            [(name, match_id, occasion) for name in names],
        )

    def begin(self, name: str, now: datetime) -> datetime:
        """Return when a digest was first heard of, which is now if it never was."""
        self._conn.execute("INSERT OR IGNORE INTO digest_start VALUES (?, ?)", (name, to_ms(now)))
        row = self._conn.execute("SELECT at FROM digest_start WHERE name = ?", (name,)).fetchone()
        return from_ms(row["at"])

    def started_at(self, name: str) -> datetime | None:
        """Return when a digest was first heard of, or None."""
        row = self._conn.execute("SELECT at FROM digest_start WHERE name = ?", (name,)).fetchone()
        return at(row["at"]) if row else None

    def last_slot_at(self, name: str, now: datetime) -> datetime | None:
        """Return the instant of the last closed slot that is not after `now`.

        A slot closed while the clock was wrong, in what is the future again, must not keep
        digests back until then.
        """
        row = self._conn.execute(
            "SELECT max(slot_at) AS last FROM digest WHERE name = ? AND slot_at <= ?",
            (name, to_ms(now)),
        ).fetchone()
        return at(row["last"])

    def last_closed(self, name: str) -> Closed | None:
        """Return the digest of this name that was closed last."""
        row = self._conn.execute(
            # Back along the ids, not over all that ever had the name.
            "SELECT * FROM digest NOT INDEXED WHERE name = ? ORDER BY id DESC LIMIT 1",
            (name,),
        ).fetchone()
        return _closed(row) if row else None

    def close(
        self, name: str, *, slot: str, slot_at: datetime, timezone: str, now: datetime
    ) -> Closed | None:
        """Close a slot: everything open is assigned to it. None when that slot was closed before."""
        last = self.last_closed(name)
        cursor = self._conn.execute(
            "INSERT INTO digest VALUES (NULL, ?, ?, ?, ?, ?, ?, 'closed') ON CONFLICT DO NOTHING",
            (
                name,
                slot,
                to_ms(slot_at),
                timezone,
                ms(last.closed_at) if last else None,
                to_ms(now),
            ),
        )
        if not cursor.rowcount:
            return None
        digest_id = int(cursor.lastrowid or 0)
        self._conn.execute(
            f"UPDATE {_OPEN} SET digest_id = ? WHERE digest = ? AND digest_id IS NULL",
            (digest_id, name),
        )
        return self.get(digest_id)

    def get(self, digest_id: int) -> Closed | None:
        """Return a digest, or None."""
        row = self._conn.execute("SELECT * FROM digest WHERE id = ?", (digest_id,)).fetchone()
        return _closed(row) if row else None

    def unrendered(self) -> list[Closed]:
        """Return digests that are closed and have no messages yet, oldest first."""
        rows = self._conn.execute(
            "SELECT * FROM digest WHERE state = 'closed' ORDER BY id"
        ).fetchall()
        return [_closed(row) for row in rows]

    def set_state(self, digest_id: int, state: str) -> None:
        """Record that a digest is in the outbox ("rendered") or has nothing to say ("empty")."""
        self._conn.execute("UPDATE digest SET state = ? WHERE id = ?", (state, digest_id))

    def resend(self, digest_id: int, now: datetime) -> int:
        """Owe a digest's messages again, the very same bytes; return how many."""
        cursor = self._conn.execute(
            "UPDATE outbox SET state = 'pending', attempts = 0, next_at = ?, settled_at = NULL "
            "WHERE digest_id = ? AND state <> 'sending' AND length(payload) > 0",
            (to_ms(now), digest_id),
        )
        return cursor.rowcount

    def latest(self, limit: int, name: str | None = None) -> list[tuple[Closed, int]]:
        """Return digests and how many matches each holds, newest first."""
        rows = self._conn.execute(
            "SELECT digest.*, (SELECT count(*) FROM owed WHERE digest_id = digest.id) AS n FROM digest "
            "WHERE ? IS NULL OR name = ? ORDER BY id DESC LIMIT ?",
            (name, name, limit),
        ).fetchall()
        return [(_closed(row), row["n"]) for row in rows]

    def count_open(self, name: str) -> int:
        """Return how many matches the next digest of this name holds already."""
        (count,) = self._conn.execute(
            f"SELECT count(*) FROM {_OPEN} WHERE digest = ? AND digest_id IS NULL", (name,)
        ).fetchone()
        return int(count)

    def assigned(self, digest_id: int) -> list[tuple[int, int, DigestMatch]]:
        """Return (article id, story id, match) of everything in a digest, in order of matching."""
        return self._rows("owed", "owed.digest_id = ?", (digest_id,))

    def open_rows(self, name: str) -> list[tuple[int, int, DigestMatch]]:
        """Return (article id, story id, match) of what the next digest holds already."""
        return self._rows(_OPEN, "owed.digest = ? AND owed.digest_id IS NULL", (name,))

    def _rows(
        self, owed: str, where: str, values: Sequence[object]
    ) -> list[tuple[int, int, DigestMatch]]:
        rows = self._conn.execute(
            "SELECT m.*, a.story_id, owed.occasion, v.reason, v.held, v.detail, v.told_at, "
            "alert.channels "
            f"FROM {owed} JOIN match m ON m.id = owed.match_id JOIN article a ON a.id = m.article_id "
            "LEFT JOIN verdict v ON v.match_id = m.id AND v.occasion = owed.occasion "
            "LEFT JOIN alert ON alert.id = v.alert_id "
            f"WHERE {where} ORDER BY m.id, owed.occasion",
            values,
        ).fetchall()
        return [(row["article_id"], row["story_id"] or 0, _digest_match(row)) for row in rows]

    def seen_before(self, name: str, story_ids: Collection[int], *, before: int | None) -> set[int]:
        """Return which stories were in an earlier digest of this name.

        Args:
            name: The digest's.
            story_ids: To look at.
            before: Id of the digest that asks; None asks for all that were closed.
        """
        rows = self._conn.execute(
            # Of a story told before, the first article settles it: it need not be read whole.
            # CROSS JOIN keeps this order: left to itself, SQLite reads all that was ever owed.
            "SELECT value AS story_id FROM json_each(?) WHERE EXISTS ("
            "SELECT 1 FROM article a CROSS JOIN match m ON m.article_id = a.id "
            "CROSS JOIN owed ON owed.match_id = m.id AND owed.digest = ? "
            "WHERE a.story_id = value AND owed.digest_id < ?)",
            (dump(sorted(story_ids)), name, before if before is not None else 2**62),
        ).fetchall()
        return {row["story_id"] for row in rows}

    def match_counts(
        self, *, until: datetime, bucket: timedelta, buckets: int
    ) -> dict[str, list[int]]:
        """Return how often each rule matched, in buckets of time back from `until`, newest first."""
        width = int(bucket / timedelta(milliseconds=1))
        end = to_ms(until)
        rows = self._conn.execute(
            "SELECT rule_id, (? - matched_at) / ? AS n, count(*) AS count FROM match "
            "WHERE matched_at > ? AND matched_at <= ? GROUP BY rule_id, n",
            (end, width, end - width * buckets, end),
        ).fetchall()
        counts: dict[str, list[int]] = {}
        for row in rows:
            counts.setdefault(row["rule_id"], [0] * buckets)[row["n"]] = row["count"]
        return counts

    def first_match_at(self) -> datetime | None:
        """Return when anything matched for the first time."""
        row = self._conn.execute("SELECT min(matched_at) AS first FROM match").fetchone()
        return at(row["first"])

    def near_misses(
        self, since: datetime | None, until: datetime, limit: int
    ) -> list[tuple[str, str, str, str]]:
        """Return (rule, missing group, headline, link) of the latest near misses in (since, until]."""
        rows = self._conn.execute(
            "SELECT n.rule_id, n.missing, a.title, a.url "
            "FROM near_miss n CROSS JOIN article a ON a.id = n.article_id "
            "WHERE n.seen_at > ? AND n.seen_at <= ? ORDER BY n.seen_at DESC, n.article_id DESC LIMIT ?",
            (ms(since) or -1, to_ms(until), limit),
        ).fetchall()
        return [(row["rule_id"], row["missing"], row["title"], row["url"]) for row in rows]


def _digest_match(row: sqlite3.Row) -> DigestMatch:
    match = to_match(row)
    told_at = at(row["told_at"])
    held = HeldBack(row["held"]) if row["held"] else None
    if told_at and held is not HeldBack.STORM:
        held = None  # it was told together with another report
    if row["occasion"].startswith("late:"):
        told_at, held = None, HeldBack.UNDELIVERED
    return DigestMatch(
        rule_id=match.rule_id,
        rule_title="",
        severity=match.severity,
        match=match,
        matched_at=from_ms(row["matched_at"]),
        disposition=Disposition(
            told_at=told_at,
            reason=Reason(row["reason"]) if row["reason"] else None,
            held=held,
            detail=row["detail"] or "",
            channels=tuple(load(row["channels"]) or ()),
        ),
    )


def _closed(row: sqlite3.Row) -> Closed:
    return Closed(
        id=row["id"],
        name=row["name"],
        slot=row["slot"],
        slot_at=from_ms(row["slot_at"]),
        timezone=row["timezone"],
        covers_from=at(row["covers_from"]),
        closed_at=from_ms(row["closed_at"]),
        state=row["state"],
    )
