"""What rules found in articles, what exclusions kept from matching, and the facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import (
    Claim,
    EventDate,
    Facts,
    Field,
    Match,
    NearMiss,
    Place,
    Severity,
    Span,
    Suppressed,
    Toll,
    TollKind,
)
from wirewatch.store.codec import dump, load
from wirewatch.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("matches")


@MIGRATIONS()
def m001_match(db: Database) -> None:
    """Create matches, suppressions, near misses and facts."""
    db.conn.execute(
        """
        CREATE TABLE match(
          id INTEGER PRIMARY KEY,
          rule_id TEXT NOT NULL,
          article_id INTEGER NOT NULL REFERENCES article(id),
          rule_hash TEXT NOT NULL,        -- which version of the rule
          config_hash TEXT NOT NULL,      -- which version of the configuration
          severity TEXT NOT NULL,
          score REAL,
          revision INTEGER NOT NULL,      -- of the article: spans point into that text
          matched_at INTEGER NOT NULL,
          spans TEXT NOT NULL, tags TEXT NOT NULL,
          UNIQUE(rule_id, article_id)
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX match_article ON match(article_id)")
    db.conn.execute("CREATE INDEX match_time ON match(matched_at)")
    db.conn.execute(
        """
        CREATE TABLE suppression(
          rule_id TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES article(id),
          by TEXT NOT NULL,               -- the exclusion's words
          span TEXT, seen_at INTEGER NOT NULL,
          PRIMARY KEY(rule_id, article_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX suppression_time ON suppression(seen_at)")
    db.conn.execute(
        """
        CREATE TABLE near_miss(
          rule_id TEXT NOT NULL, article_id INTEGER NOT NULL REFERENCES article(id),
          missing TEXT NOT NULL,          -- the one group that was not there
          seen_at INTEGER NOT NULL,
          PRIMARY KEY(rule_id, article_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX near_miss_time ON near_miss(seen_at)")
    db.conn.execute(
        """
        CREATE TABLE facts(
          article_id INTEGER PRIMARY KEY REFERENCES article(id),
          facts TEXT NOT NULL             -- JSON of wirewatch.model.Facts
        ) STRICT
        """
    )


@MIGRATIONS()
def m002_by_article(db: Database) -> None:
    """Find what was put aside for an article: forgetting one must not read all of it."""
    db.conn.execute("CREATE INDEX suppression_article ON suppression(article_id)")
    db.conn.execute("CREATE INDEX near_miss_article ON near_miss(article_id)")


class Matches:
    """Article × rule, with the evidence."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def put(
        self, article_id: int, matches: Sequence[Match], *, config_hash: str, now: datetime
    ) -> list[tuple[int, Match, bool]]:
        """Store what matched; return (match id, match, is new) for each, in order.

        A rule that matched this article before keeps its id and matched_at and takes over
        the new evidence.
        """
        revision = self._conn.execute(
            "SELECT revision FROM article WHERE id = ?", (article_id,)
        ).fetchone()["revision"]
        known = {
            row["rule_id"]
            for row in self._conn.execute(
                "SELECT rule_id FROM match WHERE article_id = ?", (article_id,)
            ).fetchall()
        }
        stored = []
        for match in matches:
            row = self._conn.execute(
                "INSERT INTO match VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT(rule_id, article_id) DO UPDATE SET rule_hash = excluded.rule_hash, "
                "config_hash = excluded.config_hash, severity = excluded.severity, score = excluded.score, "
                "revision = excluded.revision, spans = excluded.spans, tags = excluded.tags RETURNING id",
                (
                    match.rule_id,
                    article_id,
                    match.rule_hash,
                    config_hash,
                    match.severity,
                    match.score,
                    revision,
                    to_ms(now),
                    dump(match.spans),
                    dump(match.tags),
                ),
            ).fetchone()
            stored.append((int(row["id"]), match, match.rule_id not in known))
        return stored

    def put_aside(
        self,
        article_id: int,
        suppressed: Iterable[Suppressed],
        near_misses: Iterable[NearMiss],
        now: datetime,
    ) -> None:
        """Store what nearly matched: excluded, or lacking one group."""
        self._conn.executemany(
            "INSERT OR REPLACE INTO suppression VALUES (?, ?, ?, ?, ?)",
            [
                (
                    each.rule_id,
                    article_id,
                    each.by,
                    dump(each.span) if each.span else None,
                    to_ms(now),
                )
                for each in suppressed
            ],
        )
        self._conn.executemany(
            "INSERT OR REPLACE INTO near_miss VALUES (?, ?, ?, ?)",
            [(each.rule_id, article_id, each.missing, to_ms(now)) for each in near_misses],
        )

    def put_facts(self, article_id: int, facts: Facts) -> None:
        """Store the facts of an article, unless there are none."""
        if facts == Facts():
            self._conn.execute("DELETE FROM facts WHERE article_id = ?", (article_id,))
        else:
            self._conn.execute(
                "INSERT OR REPLACE INTO facts VALUES (?, ?)", (article_id, dump(facts))
            )

    def facts(self, article_ids: Iterable[int]) -> dict[int, Facts]:
        """Return the facts of these articles; those without any are left out."""
        ids = sorted(set(article_ids))
        found: dict[int, Facts] = {}
        for i in range(0, len(ids), 400):
            chunk = ids[i : i + 400]
            rows = self._conn.execute(
                f"SELECT article_id, facts FROM facts WHERE article_id IN ({','.join('?' * len(chunk))})",
                chunk,
            ).fetchall()
            found |= {row["article_id"]: to_facts(load(row["facts"])) for row in rows}
        return found

    def of_articles(
        self, article_ids: Iterable[int]
    ) -> dict[int, list[tuple[int, Match, datetime]]]:
        """Return (match id, match, matched at) by article, in order of matching."""
        ids = sorted(set(article_ids))
        found: dict[int, list[tuple[int, Match, datetime]]] = {}
        for i in range(0, len(ids), 400):
            chunk = ids[i : i + 400]
            rows = self._conn.execute(
                f"SELECT * FROM match WHERE article_id IN ({','.join('?' * len(chunk))}) ORDER BY id",
                chunk,
            ).fetchall()
            for row in rows:
                found.setdefault(row["article_id"], []).append(
                    (row["id"], to_match(row), from_ms(row["matched_at"]))
                )
        return found

    def count_since(self, since: datetime) -> int:
        """Return how many matches were found since then."""
        (count,) = self._conn.execute(
            "SELECT count(*) FROM match WHERE matched_at > ?", (to_ms(since),)
        ).fetchone()
        return int(count)

    def latest(
        self, *, limit: int, rule: str | None = None, since: datetime | None = None
    ) -> list[tuple[int, int, Match, datetime]]:
        """Return (match id, article id, match, matched at), newest first."""
        rows = self._conn.execute(
            "SELECT * FROM match WHERE (? IS NULL OR rule_id = ?) AND matched_at >= ? "
            "ORDER BY matched_at DESC, id DESC LIMIT ?",
            (rule, rule, to_ms(since) if since else 0, limit),
        ).fetchall()
        return [
            (row["id"], row["article_id"], to_match(row), from_ms(row["matched_at"]))
            for row in rows
        ]

    def excluded_since(self, since: datetime | None) -> list[tuple[str, str, int]]:
        """Return (rule, by what, how often) for exclusions since then, most frequent first."""
        rows = self._conn.execute(
            "SELECT rule_id, by, count(*) AS n FROM suppression WHERE seen_at > ? "
            "GROUP BY rule_id, by ORDER BY n DESC, rule_id, by",
            (to_ms(since) if since else -1,),
        ).fetchall()
        return [(row["rule_id"], row["by"], row["n"]) for row in rows]


def to_match(row: sqlite3.Row) -> Match:
    """Build a match from a row of table `match`."""
    return Match(
        rule_id=row["rule_id"],
        rule_hash=row["rule_hash"],
        severity=Severity(row["severity"]),
        spans=tuple(map(to_span, load(row["spans"]))),
        score=row["score"],
        tags=tuple(load(row["tags"])),
    )


def to_span(data: dict[str, Any]) -> Span:
    """Build a span from its JSON."""
    return Span(**{**data, "field": Field(data["field"])})


def to_facts(data: dict[str, Any]) -> Facts:
    """Build facts from their JSON."""
    return Facts(
        killed=_toll(data["killed"]),
        injured=_toll(data["injured"]),
        tolls=tuple(toll for each in data["tolls"] if (toll := _toll(each))),
        countries=tuple(data["countries"]),
        places=tuple(Place(**{**p, "span": to_span(p["span"])}) for p in data["places"]),
        actors=tuple(data["actors"]),
        event_date=_event_date(data["event_date"]),
        platforms=tuple(data["platforms"]),
        attributions=tuple(data["attributions"]),
        status=Claim(data["status"]) if data["status"] else None,
        tags=tuple(data["tags"]),
        # Not in a row of an older version:
        occasion=data.get("occasion", 1),
        sites=tuple((within, name) for within, name in data.get("sites", ())),
        targets=tuple(data.get("targets", ())),
        is_several=data.get("is_several", False),
    )


def _event_date(data: dict[str, Any] | None) -> EventDate | None:
    return None if data is None else EventDate(**{**data, "day": date.fromisoformat(data["day"])})


def _toll(data: dict[str, Any] | None) -> Toll | None:
    if data is None:
        return None
    return Toll(**{**data, "kind": TollKind(data["kind"]), "span": to_span(data["span"])})
