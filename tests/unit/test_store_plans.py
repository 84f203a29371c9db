"""What the service asks every second never reads a table that grows from end to end.

Measured in the soak: one such question of 7,500 sent messages took half of all its time. The plans
are those of a database of months: its statistics say that every table is large, and that what a
partial index would hold (messages that wait, health that was not told) is nothing.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import Counter
from datetime import timedelta

from tests.soak import Soak
from wirewatch.store import Store

# By nature small: a row a person, a destination, a digest a day, a pair put together by hand.
SMALL = {"absence", "ack", "bond", "destination", "digest_start", "mute", "sqlite_master", "tidied"}
SELDOM = 12  # asked in fewer than a quarter of the ticks: once an hour or a day, then
FULL = {
    "appearance_link",
    "feed_due",
    "outbox_settled",
    "verdict_alert",
}  # partial, and hold nearly all
LITERAL = re.compile(r"x?'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b")


class Listening(Soak):
    """Hears every statement of ticks, polls and mending; the nightly care may read what it must."""

    def __init__(self, folder, **how):
        super().__init__(folder, **how)
        self.heard, self.times = {}, Counter()
        self.listen()

    def listen(self, *, on=True):
        def hear(statement):
            shape = LITERAL.sub("?", statement)
            self.heard[shape] = statement
            self.times[shape] += 1

        self.writer._only.conn.set_trace_callback(hear if on else None)

    async def _night(self):
        self.listen(on=False)
        await super()._night()
        self.listen()


def old(path, rows):
    """A database whose statistics say that it has lived for months; of an empty table they say nothing."""
    Store.open(path).close()
    conn = sqlite3.connect(path)
    conn.execute("ANALYZE")
    conn.execute("DELETE FROM sqlite_stat1")
    partial = set()
    for name, table, sql in conn.execute(
        "SELECT name, tbl_name, coalesce(sql, '') FROM sqlite_master WHERE type = 'index'"
    ).fetchall():
        if " WHERE " in sql and name not in FULL:
            partial.add(name)
        elif table not in SMALL:
            columns = len(conn.execute(f"PRAGMA index_info({name})").fetchall())
            stat = " ".join([str(rows), *["20"] * (columns - 1), "1"])
            conn.execute("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, name, stat))
    conn.commit()
    conn.close()
    return sqlite3.connect(path), partial


def test_no_question_of_every_tick_reads_a_whole_table(tmp_path):
    soak = Listening(tmp_path, polls=400, days=1, seed=1, step=timedelta(minutes=30))
    asyncio.run(soak.run())
    assert sum(times >= SELDOM for times in soak.times.values()) > 40
    read_whole = set()
    for rows in (1_000, 1_000_000):
        conn, partial = old(tmp_path / f"{rows}.db", rows)
        for shape, statement in soak.heard.items():
            is_ours = re.match("SELECT|INSERT|UPDATE|DELETE|WITH", statement)
            if not is_ours or "_fts" in statement or soak.times[shape] < SELDOM:
                continue
            for *_, step in conn.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall():
                found = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?$", step)
                if found and found[1] not in SMALL and found[2] not in partial:
                    read_whole.add((step, shape))
        conn.close()
    assert read_whole == set()
