"""The prints that texts are recognised by; see ingest/copies.py."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from wirewatch.store.batch import batches
from wirewatch.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("copies")


@MIGRATIONS()
def m001_print(db: Database) -> None:
    """Create the index of prints."""
    db.conn.execute(
        """
        CREATE TABLE print(
          mark INTEGER NOT NULL,          -- 32-bit hash of a word 4-gram
          article_id INTEGER NOT NULL,
          PRIMARY KEY(mark, article_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE printed(
          article_id INTEGER PRIMARY KEY REFERENCES article(id) ON DELETE CASCADE,
          source TEXT NOT NULL, first_seen_at INTEGER NOT NULL,
          print_count INTEGER NOT NULL    -- of the whole text, also those that were not indexed
        ) STRICT
        """
    )


class Copies:
    """Which stored texts share prints with a new one."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._cursor = conn.cursor()
        self._cursor.row_factory = None  # plain tuples: half the price of rows with names

    def sharing(self, marks: Collection[int]) -> dict[int, list[int]]:
        """Return for each mark the texts that have it, oldest first; marks without one are left out."""
        found: dict[int, list[int]] = {}
        for places, values in batches(sorted(marks)):
            for mark, article_id in self._plain(
                f"SELECT mark, article_id FROM print WHERE mark IN ({places}) ORDER BY mark, article_id",
                values,
            ):
                found.setdefault(mark, []).append(article_id)
        return found

    def printed(self, ids: Collection[int]) -> list[tuple[int, str, int, int]]:
        """Return (article id, source, first seen in ms, print count) of texts."""
        found = []
        for places, values in batches(sorted(ids)):
            found += self._plain(
                "SELECT article_id, source, first_seen_at, print_count FROM printed "
                f"WHERE article_id IN ({places})",
                values,
            )
        return found

    def _plain(self, query: str, values: Sequence[object]) -> list[Any]:
        return self._cursor.execute(query, values).fetchall()

    def put(
        self, article_id: int, marks: Iterable[int], *, source: str, seen_ms: int, print_count: int
    ) -> None:
        """Index a text; what an earlier revision had is replaced only in `print_count`."""
        self._conn.execute(
            "INSERT INTO printed VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET print_count = excluded.print_count",
            (article_id, source, seen_ms, print_count),
        )
        self._conn.executemany(
            "INSERT OR IGNORE INTO print VALUES (?, ?)",
            [(mark, article_id) for mark in sorted(marks)],
        )

    def forget(self, before_ms: int) -> int:
        """Drop the prints of texts first seen before then; return how many texts."""
        # A scan of the whole table: .2 s at 20 million prints, once an hour at most.
        self._conn.execute(
            "DELETE FROM print WHERE article_id IN (SELECT article_id FROM printed WHERE first_seen_at < ?)",
            (before_ms,),
        )
        return self._conn.execute(
            "DELETE FROM printed WHERE first_seen_at < ?", (before_ms,)
        ).rowcount
