"""Alerts that wait, what has been told, verdicts on matches, mutes and acknowledgements.

Stories merge: what was told of one that is gone counts for the story it has become, so every
question by story is asked for its whole family (itself and the aliases that lead to it).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import (
    Hold,
    Paused,
    PendingAlert,
    Reason,
    Severity,
    Tell,
    Told,
)
from wirewatch.store.codec import at, dump, load, ms
from wirewatch.store.migrations import Migrations
from wirewatch.store.verdicts import Verdicts

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("alerts")


@MIGRATIONS()
def m001_alert(db: Database) -> None:
    """Create alerts, verdicts, what was told, cooldowns, mutes and acknowledgements."""
    db.conn.execute(
        """
        CREATE TABLE alert(
          id INTEGER PRIMARY KEY,
          story_id INTEGER NOT NULL, rule_id TEXT NOT NULL,
          state TEXT NOT NULL,            -- waiting; composed: goes out; told: in the outbox; held: not told after all
          severity TEXT NOT NULL, reasons TEXT NOT NULL, detail TEXT NOT NULL,
          pause_key TEXT NOT NULL,        -- what the rule's cooldown counts by
          matched_at INTEGER NOT NULL, due_at INTEGER NOT NULL, composed_at INTEGER
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX alert_due ON alert(due_at) WHERE state = 'waiting'")
    db.conn.execute("CREATE INDEX alert_open ON alert(id) WHERE state = 'composed'")
    db.conn.execute("CREATE INDEX alert_story ON alert(story_id, rule_id) WHERE state = 'waiting'")
    db.conn.execute("CREATE INDEX alert_rule ON alert(rule_id, composed_at)")
    db.conn.execute("CREATE INDEX alert_composed ON alert(composed_at)")
    db.conn.execute(
        """
        CREATE TABLE verdict(
          match_id INTEGER NOT NULL REFERENCES match(id),
          occasion TEXT NOT NULL,         -- '' when it matched; 'edit:2' for a later text with news in it
          decided_at INTEGER NOT NULL,
          reason TEXT, held TEXT,         -- one of them
          detail TEXT NOT NULL, until INTEGER,
          alert_id INTEGER REFERENCES alert(id),  -- the alert that tells it
          told_at INTEGER,
          updates TEXT NOT NULL,          -- what it added to its story
          PRIMARY KEY(match_id, occasion)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX verdict_alert ON verdict(alert_id) WHERE alert_id IS NOT NULL")
    db.conn.execute(
        """
        CREATE TABLE told(
          story_id INTEGER NOT NULL, rule_id TEXT NOT NULL,
          first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, count INTEGER NOT NULL,
          severity TEXT NOT NULL, independent_count INTEGER NOT NULL,
          killed_min INTEGER, injured_min INTEGER,
          PRIMARY KEY(story_id, rule_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE pause(
          rule_id TEXT NOT NULL, key TEXT NOT NULL,
          last_at INTEGER NOT NULL, count INTEGER NOT NULL,
          PRIMARY KEY(rule_id, key)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE mute(
          id INTEGER PRIMARY KEY,
          kind TEXT NOT NULL,             -- rule, story or words
          value TEXT NOT NULL,
          starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
          author TEXT NOT NULL, because TEXT NOT NULL
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX mute_end ON mute(ends_at)")
    db.conn.execute(
        """
        CREATE TABLE ack(
          story_id INTEGER PRIMARY KEY,
          at INTEGER NOT NULL, author TEXT NOT NULL, because TEXT NOT NULL
        ) STRICT
        """
    )


@MIGRATIONS()
def m002_channels(db: Database) -> None:
    """Remember which channels an alert went to, and which alerts a storm brake bundles."""
    db.conn.execute(
        "ALTER TABLE alert ADD COLUMN channels TEXT"
    )  # JSON names; NULL until it went out
    db.conn.execute("CREATE INDEX alert_braked ON alert(id) WHERE state = 'braked'")


FAMILY = "(SELECT :story UNION SELECT id FROM story WHERE merged_into = :story)"


class Alerts(Verdicts):
    """What was decided about matches, what goes out next, what has been told."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    # What is known when a match comes in

    def told(self, story_id: int, rule_id: str) -> Told | None:
        """Return what a rule has told of a story (or of stories merged into it), or None."""
        rows = self._conn.execute(
            f"SELECT * FROM told WHERE rule_id = :rule AND story_id IN {FAMILY}",
            {"rule": rule_id, "story": story_id},
        ).fetchall()
        if not rows:
            return None
        return Told(
            story_id=story_id,
            rule_id=rule_id,
            first_at=from_ms(min(row["first_at"] for row in rows)),
            last_at=from_ms(max(row["last_at"] for row in rows)),
            count=sum(row["count"] for row in rows),
            severity=max(Severity(row["severity"]) for row in rows),
            independent_count=max(row["independent_count"] for row in rows),
            killed_min=_most(row["killed_min"] for row in rows),
            injured_min=_most(row["injured_min"] for row in rows),
        )

    def highest_told(self, story_id: int) -> Severity | None:
        """Return the highest severity at which any rule has told of a story, or None."""
        rows = self._conn.execute(
            f"SELECT DISTINCT severity FROM told WHERE story_id IN {FAMILY}", {"story": story_id}
        ).fetchall()
        return max((Severity(row["severity"]) for row in rows), default=None)

    def put_told(self, told: Told) -> None:
        """Insert or replace what a rule has told of a story."""
        self._conn.execute(
            "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                told.story_id,
                told.rule_id,
                to_ms(told.first_at),
                to_ms(told.last_at),
                told.count,
                told.severity,
                told.independent_count,
                told.killed_min,
                told.injured_min,
            ),
        )

    def waiting(self, story_id: int, rule_id: str) -> int | None:
        """Return the alert of a rule and story that is about to go out, or None."""
        row = self._conn.execute(
            f"SELECT id FROM alert WHERE state = 'waiting' AND rule_id = :rule AND story_id IN {FAMILY}",
            {"rule": rule_id, "story": story_id},
        ).fetchone()
        return row["id"] if row else None

    def paused(self, rule_id: str, key: str) -> Paused | None:
        """Return the last alert of a rule under a cooldown's key, or None."""
        row = self._conn.execute(
            "SELECT last_at, count FROM pause WHERE rule_id = ? AND key = ?", (rule_id, key)
        ).fetchone()
        return Paused(from_ms(row["last_at"]), row["count"]) if row else None

    def count_told(self, since: datetime, until: datetime, rule_id: str) -> int:
        """Return how many alerts of a rule went out in (since, until]."""
        (count,) = self._conn.execute(
            "SELECT count(*) FROM alert WHERE composed_at > ? AND composed_at <= ? AND rule_id = ?",
            (to_ms(since), to_ms(until), rule_id),
        ).fetchone()
        return int(count)

    def stories_told(self, since: datetime, until: datetime, *, critical: bool) -> int:
        """Return of how many stories alerts went out in (since, until]: critical ones, or all others.

        Those after `until` went out under a clock that has been set back since.
        """
        (count,) = self._conn.execute(
            "SELECT count(DISTINCT story_id) FROM alert WHERE composed_at > ? AND composed_at <= ? "
            "AND (severity = 'critical') = ?",
            (to_ms(since), to_ms(until), int(critical)),
        ).fetchone()
        return int(count)

    # Alerts on their way

    def wait(
        self,
        *,
        story_id: int,
        rule_id: str,
        severity: Severity,
        tell: Tell,
        pause_key: str,
        now: datetime,
    ) -> int:
        """Let an alert wait for its time; return its id."""
        cursor = self._conn.execute(
            "INSERT INTO alert VALUES (NULL, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, NULL, NULL)",
            (
                story_id,
                rule_id,
                severity,
                dump((tell.reason,)),
                tell.detail,
                pause_key,
                to_ms(now),
                to_ms(tell.due_at),
            ),
        )
        return int(cursor.lastrowid or 0)

    def hasten(self, alert_id: int, severity: Severity, due_at: datetime) -> None:
        """Make a waiting alert at least this severe and due no later than `due_at`."""
        row = self._conn.execute("SELECT severity FROM alert WHERE id = ?", (alert_id,)).fetchone()
        self._conn.execute(
            "UPDATE alert SET severity = ?, due_at = min(due_at, ?) WHERE id = ?",
            (max(severity, Severity(row["severity"])), to_ms(due_at), alert_id),
        )

    def due(self, now: datetime) -> list[PendingAlert]:
        """Return waiting alerts whose time has come: the most severe first, then by time."""
        rows = self._conn.execute(
            "SELECT * FROM alert WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at, id",
            (to_ms(now),),
        ).fetchall()
        return sorted(map(_pending, rows), key=lambda alert: -alert.severity.rank)

    def rewind(self, by: timedelta, now: datetime) -> None:
        """The clock was set back by so much: alerts that wait come as much earlier."""
        self._conn.execute(
            "UPDATE alert SET due_at = max(due_at - ?, ?) WHERE state = 'waiting' AND due_at > ?",
            (round(by.total_seconds() * 1000), to_ms(now), to_ms(now)),
        )

    def next_due_by(self, now: datetime) -> bool:
        """Return whether any waiting alert is due: the question of every tick."""
        row = self._conn.execute(
            "SELECT 1 FROM alert WHERE state = 'waiting' AND due_at <= ? LIMIT 1", (to_ms(now),)
        ).fetchone()
        return row is not None

    def next_due(self) -> datetime | None:
        """Return when the next waiting alert is due, or None."""
        row = self._conn.execute(
            "SELECT min(due_at) AS due FROM alert WHERE state = 'waiting'"
        ).fetchone()
        return at(row["due"])

    def compose(self, alert: PendingAlert, now: datetime) -> None:
        """Settle that an alert goes out now, with all its causes; its cooldown begins."""
        self._conn.execute(
            "UPDATE alert SET state = 'composed', composed_at = ? WHERE id = ?",
            (to_ms(now), alert.id),
        )
        self._conn.execute(
            "UPDATE verdict SET told_at = ? WHERE alert_id = ?", (to_ms(now), alert.id)
        )
        self._conn.execute(
            "INSERT INTO pause VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET "
            "last_at = excluded.last_at, count = count + 1",
            (alert.rule_id, alert.pause_key, to_ms(now)),
        )

    def hold(self, alert_id: int, hold: Hold, now: datetime) -> None:
        """Settle that a waiting alert isn't told after all; its matches are left to the digest."""
        self._conn.execute(
            "UPDATE alert SET state = 'held', composed_at = NULL WHERE id = ?", (alert_id,)
        )
        self._conn.execute(
            "UPDATE verdict SET reason = NULL, held = ?, detail = ?, until = ?, decided_at = ?, "
            "told_at = NULL WHERE alert_id = ?",
            (hold.reason, hold.detail, ms(hold.until), to_ms(now), alert_id),
        )

    def composed(self) -> list[PendingAlert]:
        """Return alerts that go out but are not in the outbox yet, oldest first."""
        rows = self._conn.execute(
            "SELECT * FROM alert WHERE state = 'composed' ORDER BY id"
        ).fetchall()
        return [_pending(row) for row in rows]

    def finish(self, sent: Mapping[int, Sequence[str]]) -> None:
        """Record that alerts are in the outbox, and for which channels."""
        self._conn.executemany(
            "UPDATE alert SET state = 'told', channels = ? WHERE id = ?",
            [(dump(channels), alert_id) for alert_id, channels in sent.items()],
        )

    def align(self, story_id: int, by: datetime) -> None:
        """Let a story's alerts that are due by then go out together, with the first of them."""
        self._conn.execute(
            "UPDATE alert SET due_at = (SELECT min(due_at) FROM alert WHERE state = 'waiting' AND "
            f"story_id IN {FAMILY}) WHERE state = 'waiting' AND story_id IN {FAMILY} AND due_at <= :by",
            {"story": story_id, "by": to_ms(by)},
        )

    def told_bundled(self, alert_ids: Iterable[int], now: datetime) -> None:
        """Record that alerts were told in a storm's mini-digest."""
        self._conn.executemany(
            "UPDATE verdict SET told_at = ?, held = 'storm' WHERE alert_id = ?",
            [(to_ms(now), each) for each in alert_ids],
        )

    def brake(self, alert_ids: Collection[int]) -> None:
        """Keep composed alerts for the mini-digest of a storm."""
        self._conn.executemany(
            "UPDATE alert SET state = 'braked' WHERE id = ?", [(each,) for each in alert_ids]
        )

    def braked(self) -> list[PendingAlert]:
        """Return alerts that a storm's mini-digest will tell, oldest first."""
        rows = self._conn.execute(
            "SELECT * FROM alert WHERE state = 'braked' ORDER BY id"
        ).fetchall()
        return [_pending(row) for row in rows]

    def get(self, alert_id: int) -> PendingAlert | None:
        """Return an alert, wherever it stands, or None."""
        row = self._conn.execute("SELECT * FROM alert WHERE id = ?", (alert_id,)).fetchone()
        return _pending(row) if row else None

    def waiting_under(self, rule_id: str, pause_key: str) -> int | None:
        """Return the alert that waits under a cooldown's key, or None."""
        row = self._conn.execute(
            "SELECT id FROM alert WHERE state = 'waiting' AND rule_id = ? AND pause_key = ?",
            (rule_id, pause_key),
        ).fetchone()
        return row["id"] if row else None


def _pending(row: sqlite3.Row) -> PendingAlert:
    return PendingAlert(
        id=row["id"],
        story_id=row["story_id"],
        rule_id=row["rule_id"],
        severity=Severity(row["severity"]),
        reasons=tuple(Reason(each) for each in load(row["reasons"])),
        detail=row["detail"],
        pause_key=row["pause_key"],
        matched_at=from_ms(row["matched_at"]),
        due_at=from_ms(row["due_at"]),
        composed_at=at(row["composed_at"]),
    )


def _most(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)
