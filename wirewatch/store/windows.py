"""Counts over sliding windows: how often a rule matched, from how many, whom it named before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Facts
from wirewatch.store.codec import at, load
from wirewatch.store.matches import to_facts
from wirewatch.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("windows")


@MIGRATIONS()
def m001_window(db: Database) -> None:
    """Create what windows are counted by."""
    db.conn.execute("CREATE INDEX match_rule_time ON match(rule_id, matched_at)")
    db.conn.execute(
        """
        CREATE TABLE mention(
          rule_id TEXT NOT NULL, name TEXT NOT NULL,
          last_at INTEGER NOT NULL,
          PRIMARY KEY(rule_id, name)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE absence(
          rule_id TEXT PRIMARY KEY,
          known_since INTEGER NOT NULL,   -- when the rule was first heard of
          told_since INTEGER              -- the silence that was told began then; NULL: none was
        ) STRICT, WITHOUT ROWID
        """
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """One match in a window; `source` is None for a copy of another text."""

    match_id: int
    story_id: int | None
    source: str | None
    facts: Facts


class Windows:
    """What has matched lately, by rule."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def matches(self, rule_id: str, since: datetime) -> list[Counted]:
        """Return a rule's matches after `since`; a feed's backlog doesn't count."""
        rows = self._conn.execute(
            "SELECT m.id, a.story_id, CASE WHEN a.copy_of IS NULL THEN a.source END AS source, f.facts "
            "FROM match m JOIN article a ON a.id = m.article_id "
            "LEFT JOIN facts f ON f.article_id = a.id "
            "LEFT JOIN verdict v ON v.match_id = m.id AND v.occasion = '' "
            "WHERE m.rule_id = ? AND m.matched_at > ? AND coalesce(v.held, '') NOT IN ('baseline', 'backfill')",
            (rule_id, to_ms(since)),
        ).fetchall()
        return [
            Counted(
                row["id"],
                row["story_id"],
                row["source"],
                to_facts(load(row["facts"])) if row["facts"] else Facts(),
            )
            for row in rows
        ]

    def count(self, rule_id: str, since: datetime, until: datetime) -> int:
        """Return how often a rule matched in (since, until]."""
        (count,) = self._conn.execute(
            "SELECT count(*) FROM match WHERE rule_id = ? AND matched_at > ? AND matched_at <= ?",
            (rule_id, to_ms(since), to_ms(until)),
        ).fetchone()
        return int(count)

    def first_seen_at(self) -> datetime | None:
        """Return when the first text was seen: before that there was nothing to match."""
        row = self._conn.execute("SELECT min(first_seen_at) AS first FROM article").fetchone()
        return at(row["first"])

    def last_match_at(self, rule_id: str) -> datetime | None:
        """Return when a rule matched last, or None."""
        row = self._conn.execute(
            "SELECT max(matched_at) AS last FROM match WHERE rule_id = ?", (rule_id,)
        ).fetchone()
        return at(row["last"])

    def mention(
        self, rule_id: str, names: Iterable[str], since: datetime, now: datetime
    ) -> list[str]:
        """Record that a rule's names are mentioned now; return those it had not seen after `since`."""
        unseen = []
        for name in names:
            row = self._conn.execute(
                "SELECT last_at FROM mention WHERE rule_id = ? AND name = ?", (rule_id, name)
            ).fetchone()
            if row is None or row["last_at"] <= to_ms(since):
                unseen.append(name)
            self._conn.execute(
                "INSERT INTO mention VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
                "SET last_at = max(last_at, excluded.last_at)",
                (rule_id, name, to_ms(now)),
            )
        return unseen

    def watch_absence(self, rule_id: str, now: datetime) -> None:
        """Watch a rule's silence from now on, unless it is watched already."""
        self._conn.execute(
            "INSERT OR IGNORE INTO absence VALUES (?, ?, NULL)", (rule_id, to_ms(now))
        )

    def absence(self, rule_id: str) -> tuple[datetime, datetime | None] | None:
        """Return since when a rule's silence is watched, and which was told last (when it began)."""
        row = self._conn.execute(
            "SELECT known_since, told_since FROM absence WHERE rule_id = ?", (rule_id,)
        ).fetchone()
        return (from_ms(row["known_since"]), at(row["told_since"])) if row else None

    def told_absence(self, rule_id: str, since: datetime) -> None:
        """Record that a rule's silence since then was told."""
        self._conn.execute(
            "UPDATE absence SET told_since = ? WHERE rule_id = ?", (to_ms(since), rule_id)
        )
