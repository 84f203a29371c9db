"""Reading back what was kept: whole stretches of articles, and one by its address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Article
from wirewatch.store.articles import to_article
from wirewatch.store.codec import at

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
        """Return where an article was listed, oldest first; it may be known there by several keys."""
        rows = self._conn.execute(
            "SELECT feed, source, url, min(first_seen_at) AS first_seen_at, max(listed_at) AS listed_at "
            "FROM appearance WHERE article_id = ? GROUP BY feed, source, url ORDER BY 4, feed",
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

    def suppressed(self, article_id: int) -> list[tuple[str, str, datetime]]:
        """Return (rule, by what, when) for exclusions that kept rules from matching."""
        rows = self._conn.execute(
            "SELECT rule_id, by, seen_at FROM suppression WHERE article_id = ? ORDER BY rule_id",
            (article_id,),
        ).fetchall()
        return [(row["rule_id"], row["by"], from_ms(row["seen_at"])) for row in rows]

    def messages_about(self, match_id: int) -> list[int]:
        """Return the numbers of the outbox's messages that tell a match: alerts, then digests."""
        rows = self._conn.execute(
            "SELECT id FROM outbox WHERE alert_id IN (SELECT alert_id FROM verdict WHERE match_id = ?) "
            "UNION SELECT id FROM outbox WHERE digest_id IN (SELECT digest_id FROM owed WHERE match_id = ?) "
            "ORDER BY id",
            (match_id, match_id),
        ).fetchall()
        return [row["id"] for row in rows]

    def digests_owed(self, match_id: int) -> list[tuple[str, datetime | None]]:
        """Return (digest, when it was closed or None while it is open) that a match is owed to."""
        rows = self._conn.execute(
            "SELECT owed.digest, digest.closed_at FROM owed LEFT JOIN digest ON digest.id = digest_id "
            "WHERE match_id = ? ORDER BY owed.digest",
            (match_id,),
        ).fetchall()
        return [(row["digest"], at(row["closed_at"])) for row in rows]

    def recorded_since(
        self, since: datetime
    ) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        """Return what was told at once and what matched, of articles since then: (rule, article) each."""
        told = self._conn.execute(
            "SELECT DISTINCT m.rule_id, m.article_id FROM verdict v JOIN match m ON m.id = v.match_id "
            "JOIN article a ON a.id = m.article_id WHERE v.reason IS NOT NULL AND a.first_seen_at >= ?",
            (to_ms(since),),
        ).fetchall()
        matched = self._conn.execute(
            "SELECT m.rule_id, m.article_id FROM match m JOIN article a ON a.id = m.article_id "
            "WHERE a.first_seen_at >= ?",
            (to_ms(since),),
        ).fetchall()
        return (
            [(row["rule_id"], row["article_id"]) for row in told],
            [(row["rule_id"], row["article_id"]) for row in matched],
        )
