"""What people say of matches: good or bad; what precision is estimated from."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING

from wirewatch.clock import to_ms
from wirewatch.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("labels")


@MIGRATIONS()
def m001_label(db: Database) -> None:
    """Create the labels."""
    db.conn.execute(
        """
        CREATE TABLE label(
          rule_id TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES article(id),
          good INTEGER NOT NULL,          -- 1: the rule should match this article; 0: it should not
          author TEXT NOT NULL, labelled_at INTEGER NOT NULL,
          PRIMARY KEY(rule_id, article_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX label_article ON label(article_id)")


class Labels:
    """Article × rule, as a person judged it."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def put(self, rule_id: str, article_id: int, *, good: bool, author: str, now: datetime) -> None:
        """Store a judgement in place of an earlier one."""
        self._conn.execute(
            "INSERT OR REPLACE INTO label VALUES (?, ?, ?, ?, ?)",
            (rule_id, article_id, int(good), author, to_ms(now)),
        )

    def forget(self, rule_id: str, article_id: int) -> bool:
        """Take a judgement back; False when there was none."""
        cursor = self._conn.execute(
            "DELETE FROM label WHERE rule_id = ? AND article_id = ?", (rule_id, article_id)
        )
        return cursor.rowcount > 0

    def by_rule(self) -> dict[str, dict[int, bool]]:
        """Return all judgements: rule -> article -> good."""
        found: dict[str, dict[int, bool]] = {}
        for row in self._conn.execute("SELECT rule_id, article_id, good FROM label").fetchall():
            found.setdefault(row["rule_id"], {})[row["article_id"]] = bool(row["good"])
        return found

    def of_article(self, article_id: int) -> dict[str, bool]:
        """Return what was said of one article: rule -> good."""
        rows = self._conn.execute(
            "SELECT rule_id, good FROM label WHERE article_id = ?", (article_id,)
        ).fetchall()
        return {row["rule_id"]: bool(row["good"]) for row in rows}
