"""The prints that texts are recognised by; see ingest/copies.py."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from wirewatch.store.backlog import Backlog
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


@MIGRATIONS()
def m002_print_backlog(db: Database) -> None:
    """Keep the latest prints in the order they came; see store/backlog.py."""
    db.conn.execute(
        "CREATE TABLE print_backlog(id INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT"
    )


_MOST_WAITING = 24_576  # prints that are not in their index yet, 4 MB
_ID = struct.Struct("<I")


class Copies:
    """Which stored texts share prints with a new one."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        # By print, the articles that it is not in the index with.
        self._waiting = Backlog(conn, "print_backlog", _MOST_WAITING)
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
        waiting = self._waiting.held
        for mark in waiting.keys() & marks:
            # An article that was edited can be in both, or behind younger ones.
            found[mark] = sorted({*found.get(mark, ()), *_ids(waiting[mark])})
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
        packed, get = _ID.pack(article_id), self._waiting.held.get
        if self._waiting.put({mark: get(mark, b"") + packed for mark in sorted(marks)}):
            self.sort_in()

    def sort_in(self) -> None:
        """Put into the index what waits for it."""
        self._conn.executemany(
            "INSERT OR IGNORE INTO print VALUES (?, ?)",
            ((mark, each) for mark, packed in self._waiting.take() for each in _ids(packed)),
        )

    def forget_cached(self) -> None:
        """Forget what was read before: it was taken back, or someone else has written."""
        self._waiting.forget_cached()

    def forget(self, before_ms: int) -> int:
        """Drop the prints of texts first seen before then; return how many texts."""
        old = "SELECT article_id FROM printed WHERE first_seen_at < ?"
        if self._conn.execute(f"{old} LIMIT 1", (before_ms,)).fetchone() is None:
            return 0
        self.sort_in()
        # A scan of the whole table: .2 s at 20 million prints, once an hour at most.
        self._conn.execute(f"DELETE FROM print WHERE article_id IN ({old})", (before_ms,))
        return self._conn.execute(
            "DELETE FROM printed WHERE first_seen_at < ?", (before_ms,)
        ).rowcount


def _ids(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // _ID.size}I", packed)
