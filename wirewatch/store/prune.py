"""Forget what nobody needs any more, and nothing that a feed still lists.

An article goes when it matched nothing, is older than the retention, and is listed by no feed: an
entry that was forgotten while it is still listed would come back as news. What a feed lists is what
it listed when it was last read whole; answers that say "not modified" don't change that.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from wirewatch.clock import to_ms
from wirewatch.model import Retention
from wirewatch.store.db import Store

# Feeds drop entries and bring them back: wait this much of the feed's own time before believing it.
GRACE = timedelta(days=7)
PAYLOADS = timedelta(days=30)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was forgotten; `more` says that there is more to do."""

    articles: int = 0
    stories: int = 0
    payloads: int = 0
    counts: int = 0
    more: bool = False

    def plus(self, other: Pruned) -> Pruned:
        """Return both taken together; `more` is the later one's."""
        return Pruned(
            self.articles + other.articles,
            self.stories + other.stories,
            self.payloads + other.payloads,
            self.counts + other.counts,
            other.more,
        )


def prune(store: Store, retention: Retention, *, now: datetime) -> Pruned:
    """Forget one batch, inside the caller's transaction; call again while `more`.

    Args:
        store: The writer's.
        retention: Of the configuration in force.
        now: Aware, UTC.
    """
    conn = store.conn
    doomed = _doomed(conn, retention, now)
    gone = _forget(conn, doomed) if doomed else 0
    if doomed and gone:
        return Pruned(articles=gone, more=len(doomed) == _BATCH)
    oldest = to_ms(now - retention.articles)
    return Pruned(
        stories=_forget_stories(conn, oldest),
        payloads=conn.execute(
            "UPDATE outbox SET payload = x'' WHERE state IN ('sent', 'dropped') AND payload <> x'' "
            "AND settled_at < ?",
            (to_ms(now - PAYLOADS),),
        ).rowcount,
        counts=conn.execute(
            "DELETE FROM poll_count WHERE hour < ?", (oldest // 3_600_000,)
        ).rowcount
        + conn.execute("DELETE FROM notice WHERE at < ?", (oldest,)).rowcount,
    )


def count_doomed(store: Store, retention: Retention, *, now: datetime) -> int:
    """Return how many articles `prune` would forget in its first batches; changes nothing."""
    return len(_doomed(store.conn, retention, now, limit=1_000_000))


def _doomed(
    conn: sqlite3.Connection, retention: Retention, now: datetime, limit: int = _BATCH
) -> list[int]:
    matched = retention.matched
    rows = conn.execute(
        """
        WITH listing(feed, at) AS MATERIALIZED (
          SELECT feed, max(listed_at) FROM appearance GROUP BY feed
        )
        SELECT id FROM article AS a
        WHERE first_seen_at < :oldest
          AND (NOT EXISTS (SELECT 1 FROM match WHERE article_id = a.id)
               OR (:matched IS NOT NULL AND first_seen_at < :matched))
          AND NOT EXISTS (SELECT 1 FROM article WHERE copy_of = a.id)
          AND NOT EXISTS (
            SELECT 1 FROM appearance AS p JOIN listing USING (feed)
            WHERE p.article_id = a.id AND p.listed_at >= listing.at - :grace)
          AND NOT EXISTS (
            SELECT 1 FROM match JOIN owed ON owed.match_id = match.id
            WHERE match.article_id = a.id AND owed.digest_id IS NULL)
        ORDER BY first_seen_at LIMIT :limit
        """,
        {
            "oldest": to_ms(now - retention.articles),
            "matched": None if matched is None else to_ms(now - max(matched, retention.articles)),
            "grace": round(GRACE.total_seconds() * 1000),
            "limit": limit,
        },
    ).fetchall()
    return [row["id"] for row in rows]


_OF_MATCHES = ("verdict", "owed")
_OF_ARTICLES = ("suppression", "near_miss", "facts", "revision", "appearance", "match", "print")


def _forget(conn: sqlite3.Connection, doomed: list[int]) -> int:
    """Delete these articles; when something else holds on to one of them, all but those."""
    try:
        return _delete(conn, doomed)
    except sqlite3.IntegrityError:
        if len(doomed) == 1:
            return 0
    half = len(doomed) // 2
    return _forget(conn, doomed[:half]) + _forget(conn, doomed[half:])


def _delete(conn: sqlite3.Connection, doomed: list[int]) -> int:
    marks = ",".join("?" * len(doomed))
    conn.execute("SAVEPOINT forget")
    try:
        for table in _OF_MATCHES:
            conn.execute(
                f"DELETE FROM {table} WHERE match_id IN "
                f"(SELECT id FROM match WHERE article_id IN ({marks}))",
                doomed,
            )
        conn.execute(
            "INSERT INTO article_fts(article_fts, rowid, title, summary) "
            f"SELECT 'delete', id, title, summary FROM article WHERE id IN ({marks})",
            doomed,
        )
        for table in _OF_ARTICLES:
            conn.execute(f"DELETE FROM {table} WHERE article_id IN ({marks})", doomed)
        conn.execute(f"DELETE FROM article WHERE id IN ({marks})", doomed)
    except sqlite3.Error:
        if conn.in_transaction:
            conn.execute("ROLLBACK TO forget")
            conn.execute("RELEASE forget")
        raise
    conn.execute("RELEASE forget")
    return len(doomed)


def _forget_stories(conn: sqlite3.Connection, oldest: int) -> int:
    """Delete stories without articles that nothing was told of, oldest first."""
    empty = (
        "SELECT id FROM story AS s WHERE last_at < ? "
        "AND NOT EXISTS (SELECT 1 FROM article WHERE story_id = s.id) "
        "AND NOT EXISTS (SELECT 1 FROM story WHERE merged_into = s.id) "
        "AND NOT EXISTS (SELECT 1 FROM told WHERE story_id = s.id) "
        "AND NOT EXISTS (SELECT 1 FROM alert WHERE story_id = s.id) LIMIT 5000"
    )
    ids = [row["id"] for row in conn.execute(empty, (oldest,)).fetchall()]
    for i in range(0, len(ids), _BATCH):
        chunk = ids[i : i + _BATCH]
        marks = ",".join("?" * len(chunk))
        conn.execute(f"DELETE FROM posting WHERE story_id IN ({marks})", chunk)
        conn.execute(f"DELETE FROM story WHERE id IN ({marks})", chunk)
    return len(ids)
