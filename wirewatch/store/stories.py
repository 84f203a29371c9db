"""Stories, their members and what they are known by."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Article
from wirewatch.store.articles import to_article
from wirewatch.store.codec import dump
from wirewatch.store.story_views import StoryViews

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("stories")


@MIGRATIONS()
def m001_story(db: Database) -> None:
    """Create stories, the index of their terms, how common terms are, and how articles joined."""
    db.conn.execute(
        """
        CREATE TABLE story(
          id INTEGER PRIMARY KEY,
          language TEXT NOT NULL,
          founded_at INTEGER NOT NULL, last_at INTEGER NOT NULL,  -- first_seen of its articles
          merged_into INTEGER REFERENCES story(id),  -- then this row is only an alias
          terms TEXT NOT NULL, weights BLOB NOT NULL, -- the sum of its articles' vectors
          known TEXT NOT NULL,                       -- JSON: what has been said so far
          changed INTEGER NOT NULL DEFAULT 1         -- since the last repair
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX story_last ON story(last_at)")
    db.conn.execute("CREATE INDEX story_alias ON story(merged_into) WHERE merged_into IS NOT NULL")
    db.conn.execute("CREATE INDEX story_changed ON story(id) WHERE changed")
    db.conn.execute(
        """
        CREATE TABLE posting(
          term TEXT NOT NULL, story_id INTEGER NOT NULL,
          PRIMARY KEY(term, story_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE term(
          language TEXT NOT NULL, term TEXT NOT NULL,
          seen INTEGER NOT NULL,                     -- articles that have it; '' counts them all
          PRIMARY KEY(language, term)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute(
        """
        CREATE TABLE placing(
          article_id INTEGER PRIMARY KEY REFERENCES article(id) ON DELETE CASCADE,
          story_id INTEGER NOT NULL,                 -- where it was put then; merges don't change it
          relation TEXT NOT NULL, how TEXT NOT NULL, -- wirewatch.model.Join
          p REAL NOT NULL, why TEXT NOT NULL
        ) STRICT
        """
    )


@MIGRATIONS()
def m002_bond(db: Database) -> None:
    """Remember what people put together or apart, and how old a story's weights are."""
    db.conn.execute(
        # How many articles of its language had been counted when its articles were last weighed.
        "ALTER TABLE story ADD COLUMN weighed INTEGER NOT NULL DEFAULT 0"
    )
    db.conn.execute(
        """
        CREATE TABLE bond(
          one INTEGER NOT NULL, other INTEGER NOT NULL,  -- articles, the smaller id first
          together INTEGER NOT NULL,                 -- 1: one story for sure; 0: never
          author TEXT NOT NULL, made_at INTEGER NOT NULL,
          PRIMARY KEY(one, other)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute("CREATE INDEX bond_other ON bond(other)")
    db.conn.execute("CREATE TABLE tidied(at INTEGER NOT NULL) STRICT")


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story as it is compared with: its packed vector and, as JSON, what it has said."""

    id: int
    language: str
    founded_at: datetime
    last_at: datetime
    terms: str
    weights: bytes
    known: str
    weighed: int


_ROW = "id, language, founded_at, last_at, terms, weights, known, weighed"


class Stories(StoryViews):
    """Every story, open or long over: what articles are compared with, and what changes it."""

    # What articles are compared with

    def seen(self, language: str, terms: Collection[str]) -> dict[str, int]:
        """Return in how many articles each term was; `""` is the number of articles."""
        rows = self._conn.execute(
            "SELECT term, seen FROM term WHERE language = ? AND term IN (SELECT value FROM json_each(?))",
            (language, dump(["", *terms])),
        ).fetchall()
        return {row[0]: row[1] for row in rows}

    def count(self, language: str, terms: Iterable[str]) -> None:
        """Count an article's terms, and the article."""
        self._conn.executemany(
            "INSERT INTO term VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET seen = seen + 1",
            [(language, term) for term in ("", *terms)],
        )

    def sharing(self, terms: Iterable[str], limit: int) -> dict[str, list[int]]:
        """Return for each term the stories that may be found by it, latest first, at most `limit`."""
        execute = self._conn.execute
        found = {}
        # A query a term: the limit keeps the cost flat, however common a term has become.
        for term in terms:
            rows = execute(
                "SELECT story_id FROM posting WHERE term = ? ORDER BY story_id DESC LIMIT ?",
                (term, limit),
            ).fetchall()
            if rows:
                found[term] = [row[0] for row in rows]
        return found

    def rows(self, ids: Collection[int]) -> list[StoryRow]:
        """Return stories to compare with, by id; those merged into others are left out."""
        found = self._conn.execute(
            f"SELECT {_ROW} FROM story WHERE id IN (SELECT value FROM json_each(?)) "
            "AND merged_into IS NULL ORDER BY id",
            (dump(sorted(ids)),),
        ).fetchall()
        return [_to_row(row) for row in found]

    def changed(self) -> list[int]:
        """Return the stories that articles joined since the last repair."""
        rows = self._conn.execute("SELECT id FROM story WHERE changed ORDER BY id").fetchall()
        return [row[0] for row in rows]

    def stale(self, language: str, weighed_before: int, since: datetime) -> list[int]:
        """Return open stories of a language that were weighed when so little had been counted."""
        rows = self._conn.execute(
            "SELECT id FROM story WHERE last_at >= ? AND merged_into IS NULL AND language = ? "
            "AND weighed < ? ORDER BY id",
            (to_ms(since), language, weighed_before),
        ).fetchall()
        return [row[0] for row in rows]

    def languages(self) -> dict[str, int]:
        """Return how many articles have been counted in each language."""
        rows = self._conn.execute(
            "SELECT language, seen FROM term WHERE term = '' ORDER BY language"
        ).fetchall()
        return {row[0]: row[1] for row in rows}

    def settle(self) -> None:
        """Record that a repair has looked at everything."""
        self._conn.execute("UPDATE story SET changed = 0 WHERE changed")

    # What changes them

    def found(
        self,
        language: str,
        packed: tuple[str, bytes],
        known: object,
        now: datetime,
        *,
        weighed: int = 0,
    ) -> int:
        """Begin a story; return its id."""
        cursor = self._conn.execute(
            "INSERT INTO story(language, founded_at, last_at, terms, weights, known, weighed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (language, to_ms(now), to_ms(now), *packed, dump(known), weighed),
        )
        return int(cursor.lastrowid or 0)

    def grow(
        self, story_id: int, packed: tuple[str, bytes] | None, known: object, now: datetime | None
    ) -> None:
        """Record what a story is known by now; None leaves the vector or the time as it was."""
        terms, weights = packed or (None, None)
        self._conn.execute(
            "UPDATE story SET terms = ifnull(?, terms), weights = ifnull(?, weights), known = ?, "
            "last_at = max(last_at, ifnull(?, 0)), changed = changed OR ? WHERE id = ?",
            (
                terms,
                weights,
                dump(known),
                to_ms(now) if now else None,
                packed is not None,
                story_id,
            ),
        )

    def reweigh(self, story_id: int, packed: tuple[str, bytes], weighed: int) -> None:
        """Replace a story's vector by one with what is known of its terms by now."""
        self._conn.execute(
            "UPDATE story SET terms = ?, weights = ?, weighed = ?, changed = 1 WHERE id = ?",
            (*packed, weighed, story_id),
        )

    def rebuild(
        self,
        story_id: int,
        language: str,
        packed: tuple[str, bytes],
        known: object,
        period: tuple[datetime, datetime],
    ) -> None:
        """Replace all that a story is known by; it is no longer found by anything, until posted."""
        old = self._conn.execute("SELECT terms FROM story WHERE id = ?", (story_id,)).fetchone()
        self._conn.executemany(
            "DELETE FROM posting WHERE term = ? AND story_id = ?",
            [(term, story_id) for term in old["terms"].split("\n")],
        )
        self._conn.execute(
            "UPDATE story SET language = ?, terms = ?, weights = ?, known = ?, founded_at = ?, "
            "last_at = ?, changed = 1 WHERE id = ?",
            (language, *packed, dump(known), to_ms(period[0]), to_ms(period[1]), story_id),
        )

    def post(self, story_id: int, terms: Iterable[str]) -> None:
        """Let a story be found by these terms."""
        self._conn.executemany(
            "INSERT OR IGNORE INTO posting VALUES (?, ?)", [(term, story_id) for term in terms]
        )

    def merge(
        self,
        story_id: int,
        into: int,
        packed: tuple[str, bytes],
        known: object,
        terms: Iterable[str],
    ) -> None:
        """Move all articles of a story into another, and leave an alias behind.

        `terms` are those that the vanishing story may be found by.
        """
        self._conn.execute("UPDATE article SET story_id = ? WHERE story_id = ?", (into, story_id))
        self._conn.execute(
            "UPDATE story SET terms = ?, weights = ?, known = ?, changed = 1, "
            "founded_at = min(story.founded_at, gone.founded_at), "
            "last_at = max(story.last_at, gone.last_at) "
            "FROM story AS gone WHERE story.id = ? AND gone.id = ?",
            (*packed, dump(known), into, story_id),
        )
        self._conn.execute(
            "UPDATE story SET merged_into = ?, terms = '', weights = x'', known = '{}', changed = 0 "
            "WHERE id = ? OR merged_into = ?",
            (into, story_id, story_id),
        )
        moved = []
        for term in terms:
            cursor = self._conn.execute(
                "DELETE FROM posting WHERE term = ? AND story_id = ?", (term, story_id)
            )
            if cursor.rowcount:
                moved.append(term)
        self.post(into, moved)

    def bind(self, one: int, other: int, *, together: bool, author: str, now: datetime) -> None:
        """Remember that two articles belong together, or apart; the last word counts."""
        low, high = sorted((one, other))
        self._conn.execute(
            "INSERT OR REPLACE INTO bond VALUES (?, ?, ?, ?, ?)",
            (low, high, together, author, to_ms(now)),
        )

    def unbind(self, some: Iterable[int], others: Iterable[int]) -> None:
        """Forget what was said of any two articles of these."""
        self._conn.execute(
            "DELETE FROM bond WHERE (one IN (SELECT value FROM json_each(?1)) "
            "AND other IN (SELECT value FROM json_each(?2))) OR (one IN "
            "(SELECT value FROM json_each(?2)) AND other IN (SELECT value FROM json_each(?1)))",
            (dump(list(some)), dump(list(others))),
        )

    def kept_apart(self, one: int, other: int) -> bool:
        """Whether someone has said that articles of these two stories don't belong together."""
        row = self._conn.execute(
            "SELECT 1 FROM bond JOIN article AS a ON a.id = one JOIN article AS b ON b.id = other "
            "WHERE NOT together AND ((a.story_id = ?1 AND b.story_id = ?2) "
            "OR (a.story_id = ?2 AND b.story_id = ?1)) LIMIT 1",
            (one, other),
        ).fetchone()
        return row is not None

    def torn_apart(self) -> list[tuple[int, int]]:
        """Return pairs of stories whose articles someone has said belong together, by id."""
        rows = self._conn.execute(
            "SELECT DISTINCT min(a.story_id, b.story_id) AS low, max(a.story_id, b.story_id) AS high "
            "FROM bond JOIN article AS a ON a.id = one JOIN article AS b ON b.id = other "
            "WHERE together AND a.story_id <> b.story_id ORDER BY low, high"
        ).fetchall()
        return [(row[0], row[1]) for row in rows]

    def texts(self, story_id: int) -> list[Article]:
        """Return the texts of a story in the order they came in, copies left out."""
        rows = self._conn.execute(
            "SELECT * FROM article WHERE story_id = ? AND copy_of IS NULL ORDER BY id", (story_id,)
        ).fetchall()
        return [to_article(row) for row in rows]

    def members(self, story_id: int) -> list[int]:
        """Return the articles of a story in the order they came in, copies too."""
        rows = self._conn.execute(
            "SELECT id FROM article WHERE story_id = ? ORDER BY id", (story_id,)
        ).fetchall()
        return [row[0] for row in rows]

    def forget(self, before: datetime) -> None:
        """Take stories out of the index that had no article since; they stay to be looked at."""
        self._conn.execute(
            "DELETE FROM posting WHERE story_id IN "
            "(SELECT id FROM story WHERE last_at < ? OR merged_into IS NOT NULL)",
            (to_ms(before),),
        )
        self._conn.execute(
            "UPDATE story SET terms = '', weights = x'', changed = 0 WHERE last_at < ? AND terms <> ''",
            (to_ms(before),),
        )

    def tidied_at(self) -> datetime | None:
        """Return when the indexes were last cleared of what is over."""
        row = self._conn.execute("SELECT at FROM tidied").fetchone()
        return from_ms(row[0]) if row else None

    def tidy(self, now: datetime) -> None:
        """Record that they have been."""
        self._conn.execute("DELETE FROM tidied")
        self._conn.execute("INSERT INTO tidied VALUES (?)", (to_ms(now),))

    def record(
        self, article_id: int, story_id: int, *, relation: str, how: str, p: float, why: str
    ) -> None:
        """Remember how an article came into its story."""
        self._conn.execute(
            "INSERT INTO placing VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "story_id = excluded.story_id, relation = excluded.relation, how = excluded.how, "
            "p = excluded.p, why = excluded.why",
            (article_id, story_id, relation, how, p, why),
        )


def _to_row(row: sqlite3.Row) -> StoryRow:
    return StoryRow(
        id=row["id"],
        language=row["language"],
        founded_at=from_ms(row["founded_at"]),
        last_at=from_ms(row["last_at"]),
        terms=row["terms"],
        weights=row["weights"],
        known=row["known"],
        weighed=row["weighed"],
    )
