"""Reading back what was kept: whole stretches of articles, and one by its address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Article
from wirewatch.store.articles import to_article

_BATCH = 400


class Seen(NamedTuple):
    """Where and when an article was listed."""

    feed: str
    source: str
    url: str
    first_seen_at: datetime
    listed_at: datetime


class Archive:
    """Read-only questions over all articles."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def since(self, since: datetime | None) -> Iterator[tuple[Article, int | None]]:
        """Yield (article, story id) first seen since then, oldest first, without holding them all."""
        cursor = self._conn.execute(
            "SELECT * FROM article WHERE first_seen_at >= ? ORDER BY first_seen_at, id",
            (to_ms(since) if since else 0,),
        )
        while rows := cursor.fetchmany(_BATCH):
            for row in rows:
                yield to_article(row), row["story_id"]

    def find(self, key: str) -> Article | None:
        """Return an article by its number, address or guid, as the feed said it; the latest of several."""
        if key.isascii() and key.isdecimal() and len(key) < 19:
            row = self._conn.execute("SELECT * FROM article WHERE id = ?", (int(key),)).fetchone()
        else:
            row = self._conn.execute(
                "SELECT * FROM article WHERE id = (SELECT article_id FROM appearance "
                "WHERE url = ? OR link_key = ? OR guid_key = ? ORDER BY first_seen_at DESC LIMIT 1)",
                (key, key, key),
            ).fetchone()
        return to_article(row) if row else None

    def appearances(self, article_id: int) -> list[Seen]:
        """Return where an article was listed, oldest first."""
        rows = self._conn.execute(
            "SELECT feed, source, url, first_seen_at, listed_at FROM appearance "
            "WHERE article_id = ? ORDER BY first_seen_at, feed",
            (article_id,),
        ).fetchall()
        return [
            Seen(
                r["feed"],
                r["source"],
                r["url"],
                from_ms(r["first_seen_at"]),
                from_ms(r["listed_at"]),
            )
            for r in rows
        ]

    def copy_of(self, article_id: int) -> int | None:
        """Return the article that holds this one's text, or None."""
        row = self._conn.execute(
            "SELECT copy_of FROM article WHERE id = ?", (article_id,)
        ).fetchone()
        return row["copy_of"] if row else None
