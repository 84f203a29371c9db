"""Forget what nobody needs any more, and nothing that a feed still lists.

An article goes when it matched nothing, is older than the retention, and is listed by no feed: an
entry that was forgotten while it is still listed would come back as news. What a feed lists is what
it listed when it was last read whole; answers that say "not modified" don't change that.

What was told of matched articles (alerts, messages, tries) goes after them, and not before their
bytes: where matched articles stay for ever, so does the record of what was told of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wirewatch.clock import to_ms
from wirewatch.model import Retention
from wirewatch.store.db import Store

# Feeds drop entries and bring them back: wait this much of the feed's own time before believing it.
GRACE = timedelta(days=7)
PAYLOADS = timedelta(days=30)
_BATCH = 500
_LOOK = 400
_MERGED_PAGES = 256  # a megabyte of the search index at a time
_MARKED = "index:forgotten"


@dataclass(frozen=True, slots=True)
class Plan:
    """What may go, as of one moment.

    Attributes:
        oldest_ms: Articles first seen before then may go.
        matched_ms: Matched ones before then, too; None keeps them for ever.
        listing: By feed, when it was last read whole. Of a little earlier is as good: then a little
            more is kept.
        payloads_ms: Bytes of messages settled before then go.
        records_ms: The record of what was told and sent before then, too; None keeps it for ever.
    """

    oldest_ms: int
    matched_ms: int | None
    listing: Mapping[str, int]
    payloads_ms: int
    records_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was forgotten so far.

    Attributes:
        after: Where to go on: articles up to this id were looked at.
        merging: All is forgotten; the search index is being rewritten.
        more: There is more to do.
    """

    articles: int = 0
    stories: int = 0
    records: int = 0
    payloads: int = 0
    counts: int = 0
    after: int = 0
    merging: bool = False
    more: bool = False


BEGIN = Pruned(more=True)


def plan(store: Store, retention: Retention, *, now: datetime) -> Plan:
    """Return what may go; reads every appearance once, so best over a read-only connection."""
    matched = None if retention.matched is None else max(retention.matched, retention.articles)
    rows = store.conn.execute(
        "SELECT feed, max(listed_at) AS at FROM appearance GROUP BY feed"
    ).fetchall()
    return Plan(
        oldest_ms=to_ms(now - retention.articles),
        matched_ms=None if matched is None else to_ms(now - matched),
        listing={row["feed"]: row["at"] for row in rows},
        payloads_ms=to_ms(now - PAYLOADS),
        records_ms=None if matched is None else to_ms(now - max(matched, PAYLOADS)),
    )


def prune(store: Store, plan: Plan, so_far: Pruned = BEGIN) -> Pruned:
    """Forget one more batch, inside the caller's transaction; call again while there is `more`.

    A batch looks at 400 articles at most, whatever it keeps of them: other writers wait for
    some hundredths of a second.
    """
    conn = store.conn
    looked = conn.execute(
        "SELECT id FROM article WHERE id > ? AND first_seen_at < ? ORDER BY id LIMIT ?",
        (so_far.after, plan.oldest_ms, _LOOK),
    ).fetchall()
    if looked:
        store.copies.sort_in()
        first, last = looked[0]["id"], looked[-1]["id"]
        doomed = _doomed(conn, plan, first, last)
        gone = sum(_forget(conn, doomed[i : i + _BATCH]) for i in range(0, len(doomed), _BATCH))
        return replace(so_far, articles=so_far.articles + gone, after=last)
    if records := _forget_records(conn, plan):
        return replace(so_far, records=so_far.records + records)
    if stories := _forget_stories(conn, plan):
        return replace(so_far, stories=so_far.stories + stories)
    if payloads := _empty_payloads(conn, plan):
        return replace(so_far, payloads=so_far.payloads + payloads)
    if counts := _forget_counts(conn, plan):
        return replace(so_far, counts=so_far.counts + counts)
    more = _merge_index(store, begun=so_far.merging, forgotten=so_far.articles)
    return replace(so_far, merging=True, more=more)


def count_doomed(store: Store, plan: Plan) -> int:
    """Return how many articles would be forgotten; changes nothing."""
    (last,) = store.conn.execute("SELECT coalesce(max(id), 0) FROM article").fetchone()
    return len(_doomed(store.conn, plan, 0, last))


def _doomed(conn: sqlite3.Connection, plan: Plan, first: int, last: int) -> list[int]:
    rows = conn.execute(
        """
        SELECT id FROM article AS a
        WHERE id BETWEEN :first AND :last AND first_seen_at < :oldest
          AND (NOT EXISTS (SELECT 1 FROM match WHERE article_id = a.id)
               OR (:matched IS NOT NULL AND first_seen_at < :matched))
          AND NOT EXISTS (SELECT 1 FROM article WHERE copy_of = a.id)
          AND NOT EXISTS (
            SELECT 1 FROM match JOIN owed ON owed.match_id = match.id
            WHERE match.article_id = a.id AND owed.digest_id IS NULL)
        ORDER BY id
        """,
        {"first": first, "last": last, "oldest": plan.oldest_ms, "matched": plan.matched_ms},
    ).fetchall()
    ids = [row["id"] for row in rows]
    grace = round(GRACE.total_seconds() * 1000)
    listed = set[int]()
    for i in range(0, len(ids), _BATCH):
        chunk = ids[i : i + _BATCH]
        listed |= {
            row["article_id"]
            for row in conn.execute(
                "SELECT article_id, feed, listed_at FROM appearance "
                f"WHERE article_id IN ({','.join('?' * len(chunk))})",
                chunk,
            ).fetchall()
            if row["listed_at"] >= plan.listing.get(row["feed"], 0) - grace
        }
    return [each for each in ids if each not in listed]


_OF_MATCHES = ("verdict", "owed")
_OF_ARTICLES = ("suppression", "near_miss", "facts", "revision", "appearance", "match")


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
        # Prints are found by mark alone, so this reads all of them: but they go after two weeks anyway.
        printed = f"SELECT 1 FROM printed WHERE article_id IN ({marks}) LIMIT 1"
        if conn.execute(printed, doomed).fetchone():
            conn.execute(f"DELETE FROM print WHERE article_id IN ({marks})", doomed)
        conn.execute(f"DELETE FROM article WHERE id IN ({marks})", doomed)
    except sqlite3.Error:
        if conn.in_transaction:
            conn.execute("ROLLBACK TO forget")
            conn.execute("RELEASE forget")
        raise
    conn.execute("RELEASE forget")
    return len(doomed)


def _forget_stories(conn: sqlite3.Connection, plan: Plan) -> int:
    """Delete stories without articles that nothing was told of, a batch of them."""
    rows = conn.execute(
        "SELECT id FROM story AS s WHERE last_at < ? "
        "AND NOT EXISTS (SELECT 1 FROM article WHERE story_id = s.id) "
        "AND NOT EXISTS (SELECT 1 FROM story WHERE merged_into = s.id) "
        "AND NOT EXISTS (SELECT 1 FROM told WHERE story_id = s.id) "
        "AND id NOT IN (SELECT story_id FROM alert) "
        "AND id < (SELECT max(id) FROM story) LIMIT ?",  # ids are not given twice
        (plan.oldest_ms, _BATCH),
    ).fetchall()
    ids = [(row["id"],) for row in rows]
    conn.executemany("DELETE FROM ack WHERE story_id = ?", ids)
    conn.executemany("DELETE FROM story WHERE id = ?", ids)
    return len(ids)


def _forget_records(conn: sqlite3.Connection, plan: Plan) -> int:
    """Delete what was told and sent so long ago, a batch of each; what somebody must look at stays."""
    if plan.records_ms is None:
        return 0
    limits = {"before": plan.records_ms, "most": _BATCH}
    rows = conn.execute(
        "SELECT id FROM outbox WHERE settled_at > 0 AND settled_at < :before "
        "AND state IN ('sent', 'dropped') LIMIT :most",  # > 0: as its index says
        limits,
    ).fetchall()
    sent = [(row["id"],) for row in rows]
    conn.executemany("DELETE FROM attempt WHERE outbox_id = ?", sent)
    conn.executemany("DELETE FROM outbox WHERE id = ?", sent)
    alerts = conn.execute(
        "DELETE FROM alert WHERE id IN (SELECT id FROM alert AS a "
        "WHERE matched_at < :before AND coalesce(composed_at, 0) < :before "
        "AND state IN ('told', 'held') "
        "AND NOT EXISTS (SELECT 1 FROM verdict WHERE alert_id = a.id) "
        "AND id < (SELECT max(id) FROM alert) LIMIT :most)",  # an id stands for one alert, ever
        limits,
    )
    # A story told of and merged since then lives on under another id.
    told = conn.execute(
        "DELETE FROM told WHERE (story_id, rule_id) IN (SELECT story_id, rule_id FROM told AS t "
        "WHERE last_at < :before AND NOT EXISTS (SELECT 1 FROM article WHERE story_id = t.story_id) "
        "AND NOT EXISTS (SELECT 1 FROM article WHERE story_id = "
        "(SELECT merged_into FROM story WHERE id = t.story_id)) LIMIT :most)",
        limits,
    )
    pauses = conn.execute(
        "DELETE FROM pause WHERE (rule_id, key) IN "
        "(SELECT rule_id, key FROM pause WHERE last_at < :before LIMIT :most)",
        limits,
    )
    return len(sent) + alerts.rowcount + told.rowcount + pauses.rowcount


def _empty_payloads(conn: sqlite3.Connection, plan: Plan) -> int:
    return conn.execute(
        "UPDATE outbox SET payload = x'' WHERE id IN (SELECT id FROM outbox "
        "WHERE settled_at > 0 AND settled_at < ? AND state IN ('sent', 'dropped') AND payload <> x'' LIMIT ?)",
        (plan.payloads_ms, _BATCH),
    ).rowcount


def _forget_counts(conn: sqlite3.Connection, plan: Plan) -> int:
    polls = conn.execute("DELETE FROM poll_count WHERE hour < ?", (plan.oldest_ms // 3_600_000,))
    notices = conn.execute("DELETE FROM notice WHERE at < ?", (plan.oldest_ms,))
    return polls.rowcount + notices.rowcount


def _merge_index(store: Store, *, begun: bool, forgotten: int) -> bool:
    """Rewrite a stretch of the search index without what was forgotten; return if there is more.

    FTS5 marks what is deleted, and drops it where a merge reaches its oldest part: by itself ever
    more seldom (3.5 times the size after two months). Done when a tenth was forgotten since the last
    time, so that a large index is not rewritten every night.
    """
    if not begun:
        marked = int(store.notices.get(_MARKED) or 0) + forgotten
        (kept,) = store.conn.execute("SELECT count(*) FROM article").fetchone()
        due = marked * 10 >= kept
        store.notices.put(_MARKED, str(0 if due else marked))
        if not due or not marked:
            return False
    before = store.conn.total_changes
    store.conn.execute(
        # sqlite.org/fts5.html, 6.8: negative begins a merge of everything, positive goes on with it.
        "INSERT INTO article_fts(article_fts, rank) VALUES ('merge', ?)",
        (_MERGED_PAGES if begun else -_MERGED_PAGES,),
    )
    return store.conn.total_changes - before >= 2  # fewer: nothing was left to do
