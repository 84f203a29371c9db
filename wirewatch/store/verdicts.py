"""What was decided about each match, and what it added to its story; part of `store.alerts`."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import HeldBack, Hold, Match, Reason, Tell, Update, UpdateKind, Verdict
from wirewatch.store.codec import at, dump, load, ms
from wirewatch.store.matches import to_match


class Verdicts:
    """Told at once or held back, why, and by which alert; the table is made with the alerts'."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def record(
        self,
        match_id: int,
        verdict: Verdict,
        *,
        occasion: str,
        alert_id: int | None,
        updates: Sequence[Update],
        now: datetime,
    ) -> None:
        """Write down what was decided about a match."""
        told, held = (verdict, None) if isinstance(verdict, Tell) else (None, verdict)
        self._conn.execute(
            "INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            (
                match_id,
                occasion,
                to_ms(now),
                told.reason if told else None,
                held.reason if held else None,
                verdict.detail,
                ms(held.until) if held else None,
                alert_id,
                dump(updates),
            ),
        )

    def verdicts(self, match_id: int) -> list[tuple[datetime, Verdict, datetime | None]]:
        """Return (when, what was decided, told at) for a match, oldest first: what `why` shows."""
        rows = self._conn.execute(
            "SELECT verdict.*, alert.due_at FROM verdict LEFT JOIN alert ON alert.id = alert_id "
            "WHERE match_id = ? ORDER BY decided_at, occasion",
            (match_id,),
        ).fetchall()
        return [(from_ms(row["decided_at"]), _verdict(row), at(row["told_at"])) for row in rows]

    def updates_of(self, article_ids: Collection[int]) -> dict[int, list[Update]]:
        """Return what articles added to their stories, by article."""
        found: dict[int, list[Update]] = {}
        ids = sorted(article_ids)
        for i in range(0, len(ids), 400):
            chunk = ids[i : i + 400]
            rows = self._conn.execute(
                "SELECT DISTINCT m.article_id, v.occasion, v.updates FROM verdict v JOIN match m ON m.id = v.match_id "
                f"WHERE v.updates <> '[]' AND m.article_id IN ({','.join('?' * len(chunk))}) "
                "ORDER BY m.article_id, v.occasion",
                chunk,
            ).fetchall()
            for row in rows:
                found.setdefault(row["article_id"], []).extend(to_updates(row["updates"]))
        return found

    def causes(self, *alert_ids: int) -> list[tuple[int, Match, list[Update]]]:
        """Return (article id, match, updates) of everything these alerts tell, oldest first."""
        rows = self._conn.execute(
            "SELECT m.*, v.updates FROM verdict v JOIN match m ON m.id = v.match_id "
            f"WHERE v.alert_id IN ({','.join('?' * len(alert_ids))}) "
            "ORDER BY v.decided_at, m.id, v.occasion",
            alert_ids,
        ).fetchall()
        return [(row["article_id"], to_match(row), to_updates(row["updates"])) for row in rows]

    def gather(self, alert_id: int, match_ids: Iterable[int]) -> None:
        """Let an alert tell these too, where they were held back only until its threshold."""
        self._conn.executemany(
            "UPDATE verdict SET alert_id = ? WHERE match_id = ? AND held = 'threshold' AND alert_id IS NULL",
            [(alert_id, match_id) for match_id in match_ids],
        )

    def matches_of(self, alert_id: int, channel: str) -> list[int]:
        """Return the ids of the matches that an alert's message tells a channel.

        Those of the story's other alerts that went there in it, too: they may lead messages of
        their own elsewhere.
        """
        rows = self._conn.execute(
            "SELECT DISTINCT v.match_id FROM alert AS led "
            "JOIN alert AS a ON a.composed_at = led.composed_at AND (a.id = led.id OR "
            "a.story_id = led.story_id AND ? IN (SELECT value FROM json_each(a.channels))) "
            "JOIN verdict AS v ON v.alert_id = a.id WHERE led.id = ? ORDER BY v.match_id",
            (channel, alert_id),
        ).fetchall()
        return [row["match_id"] for row in rows]

    def join(self, lead_id: int, others: Iterable[int]) -> None:
        """Record that one alert's message tells what these alerts had to tell.

        Their matches are the leading alert's from now on: what becomes of its message becomes of them.
        """
        self._conn.executemany(
            "UPDATE verdict SET alert_id = ? WHERE alert_id = ?",
            [(lead_id, each) for each in others],
        )


def to_updates(text: str) -> list[Update]:
    """Build updates from their JSON."""
    return [Update(UpdateKind(u["kind"]), u["before"], u["after"]) for u in load(text)]


def _verdict(row: sqlite3.Row) -> Verdict:
    if row["held"]:
        return Hold(HeldBack(row["held"]), row["detail"], at(row["until"]))
    due_at = at(row["due_at"]) or from_ms(row["decided_at"])
    return Tell(Reason(row["reason"]), due_at, row["detail"])
