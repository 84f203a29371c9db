"""Stories, their members and what they are known by."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from ingest.novelty import Said
from ingest.weigh import Vector, all_terms, code, languages, pack, unpack
from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Article
from wirewatch.store.articles import to_article
from wirewatch.store.batch import batches
from wirewatch.store.codec import dump
from wirewatch.store.migrations import Migrations
from wirewatch.store.story_index import MOST_HOLDERS, StoryIndex
from wirewatch.store.story_rows import COLUMNS, StoryRow, to_story
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
          language TEXT NOT NULL,                    -- of its articles, the first one's first: en+ar
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


@MIGRATIONS()
def m003_holder(db: Database) -> None:
    """Keep the stories that a term leads to in one row: a query and a write a term, not a story."""
    db.conn.execute(
        """
        CREATE TABLE holder(
          term TEXT PRIMARY KEY,
          newest INTEGER NOT NULL,                   -- the largest of them
          stories BLOB NOT NULL                      -- the latest 48, as 32-bit numbers, oldest first
        ) STRICT, WITHOUT ROWID
        """
    )
    terms = db.conn.execute("SELECT DISTINCT term FROM posting").fetchall()
    for (term,) in terms:
        ids = db.conn.execute(
            "SELECT story_id FROM posting WHERE term = ? ORDER BY story_id DESC LIMIT ?",
            (term, MOST_HOLDERS),
        ).fetchall()
        packed = b"".join([row[0].to_bytes(4, "little") for row in reversed(ids)])
        db.conn.execute("INSERT INTO holder VALUES (?, ?, ?)", (term, ids[0][0], packed))
    db.conn.execute("DROP TABLE posting")


@MIGRATIONS()
def m004_codes(db: Database) -> None:
    """Keep the codes of terms instead of the terms, and a story's vector in one piece."""
    for story_id, terms, weights in db.conn.execute(
        "SELECT id, terms, weights FROM story WHERE terms <> ''"
    ).fetchall():
        codes = b"".join([code(term).to_bytes(4, "little") for term in terms.split("\n")])
        db.conn.execute("UPDATE story SET weights = ? WHERE id = ?", (weights + codes, story_id))
    db.conn.execute("ALTER TABLE story DROP COLUMN terms")
    rows = db.conn.execute("SELECT term, newest, stories FROM holder").fetchall()
    db.conn.execute("DROP TABLE holder")
    db.conn.execute(
        """
        CREATE TABLE holder(
          term INTEGER PRIMARY KEY,                  -- its code, as in vectors
          newest INTEGER NOT NULL,                   -- the largest of the stories
          stories BLOB NOT NULL                      -- the latest 48, as 32-bit numbers, oldest first
        ) STRICT
        """
    )
    db.conn.executemany(
        "INSERT OR REPLACE INTO holder VALUES (?, ?, ?)",
        [(code(term), newest, stories) for term, newest, stories in rows],
    )


@MIGRATIONS()
def m005_holder_backlog(db: Database) -> None:
    """Keep what `holder` has yet to get in the order it came; see store/backlog.py."""
    db.conn.execute(
        "CREATE TABLE holder_backlog(id INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT"
    )


@MIGRATIONS()
def m006_term_backlog(db: Database) -> None:
    """Keep the terms that `term` has yet to count in the order they came."""
    db.conn.execute(
        "CREATE TABLE term_backlog(id INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT"
    )


_MOST_HELD = 3000  # stories held in memory, 12 KB each


class Stories(StoryIndex, StoryViews):
    """Every story, open or long over: what articles are compared with, and what changes it."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        super().__init__(conn)
        self._held: dict[int, StoryRow] = {}  # as the table has them

    def forget_cached(self) -> None:
        """Forget what was read before: it was taken back, or someone else has written."""
        super().forget_cached()
        self._held.clear()

    # What articles are compared with

    def rows(self, ids: Collection[int]) -> list[StoryRow]:
        """Return stories to compare with, by id; those merged into others are left out."""
        held = self._held
        asked = sorted(set(ids))
        found = [row for each in asked if (row := held.pop(each, None)) is not None]
        if len(found) < len(asked):
            there = {row.id for row in found}
            for marks, batch in batches([each for each in asked if each not in there]):
                query = f"SELECT {COLUMNS} FROM story WHERE id IN ({marks}) AND merged_into IS NULL"
                found += [to_story(row) for row in self._plain(query, batch)]
            found.sort(key=attrgetter("id"))
        self._hold(found)
        return found

    def _hold(self, rows: Iterable[StoryRow]) -> None:
        """Hold rows as they stand in the table. What was not used for long falls out."""
        held = self._held
        held.update((row.id, row) for row in rows)
        while len(held) > _MOST_HELD:
            del held[next(iter(held))]

    def changed(self) -> list[int]:
        """Return the stories that the next repair has to look at."""
        rows = self._conn.execute("SELECT id FROM story WHERE changed ORDER BY id").fetchall()
        return [row[0] for row in rows]

    def settle(self) -> None:
        """Record that a repair has looked at everything."""
        self._conn.execute("UPDATE story SET changed = 0 WHERE changed")

    # What changes them

    def found(self, vector: Vector, known: Said, now: datetime, *, rivalled: bool = True) -> int:
        """Begin a story; return its id. `rivalled`: the next repair has to look at it."""
        cursor = self._conn.execute(
            "INSERT INTO story(language, founded_at, last_at, weights, known, changed) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (languages(vector), to_ms(now), to_ms(now), pack(vector), dump(known), rivalled),
        )
        return int(cursor.lastrowid or 0)

    def grow(
        self,
        story_id: int,
        vector: Vector | None,
        known: Said,
        now: datetime | None,
        *,
        rivalled: bool = False,
    ) -> None:
        """Record what a story is known by now; None leaves the vector or the time as it was.

        `rivalled`: another story fits nearly as well; the next repair has to look at them.
        """
        weights, spoken = (None, None) if vector is None else (pack(vector), languages(vector))
        last_ms = None if now is None else to_ms(now)
        self._conn.execute(
            "UPDATE story SET weights = ifnull(?, weights), language = ifnull(?, language), known = ?, "
            "last_at = max(last_at, ifnull(?, 0)), changed = changed OR ? WHERE id = ?",
            (weights, spoken, dump(known), last_ms, rivalled, story_id),
        )
        row = self._held.pop(story_id, None)
        if row is not None:
            last_ms = row.last_ms if last_ms is None else max(row.last_ms, last_ms)
            self._hold([StoryRow(story_id, row.founded_ms, last_ms, vector or row.vector, known)])

    def rebuild(
        self, story_id: int, vector: Vector, known: Said, period: tuple[datetime, datetime]
    ) -> None:
        """Replace all that a story is known by; it is no longer found by anything, until posted."""
        old = self._conn.execute(
            "SELECT weights, language FROM story WHERE id = ?", (story_id,)
        ).fetchone()
        self._held.pop(story_id, None)
        self.repost(story_id, all_terms(unpack(*old)), None)
        self._conn.execute(
            "UPDATE story SET language = ?, weights = ?, known = ?, founded_at = ?, "
            "last_at = ?, changed = 1 WHERE id = ?",
            (languages(vector), pack(vector), dump(known), *map(to_ms, period), story_id),
        )

    def merge(
        self, story_id: int, into: int, vector: Vector, known: Said, terms: Iterable[int]
    ) -> None:
        """Move all articles of a story into another, and leave an alias behind.

        `vector` and `known` are of both; `terms` are those that the vanishing story may be found by.
        """
        for each in (story_id, into):
            self._held.pop(each, None)
        self._conn.execute("UPDATE article SET story_id = ? WHERE story_id = ?", (into, story_id))
        self._conn.execute(
            "UPDATE story SET language = ?, weights = ?, known = ?, changed = 1, "
            "founded_at = min(story.founded_at, gone.founded_at), "
            "last_at = max(story.last_at, gone.last_at) "
            "FROM story AS gone WHERE story.id = ? AND gone.id = ?",
            (languages(vector), pack(vector), dump(known), into, story_id),
        )
        self._conn.execute(
            "UPDATE story SET merged_into = ?, weights = x'', known = '{}', changed = 0 "
            "WHERE id = ? OR merged_into = ?",
            (into, story_id, story_id),
        )
        self.repost(story_id, terms, into)

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

    def kept_from(self, story_id: int) -> set[int]:
        """Return the stories of which someone has said that articles don't belong with this one's."""
        rows = self._plain(
            "SELECT b.story_id FROM article AS a JOIN bond ON one = a.id JOIN article AS b ON b.id = other "
            "WHERE a.story_id = ?1 AND NOT together UNION ALL "
            "SELECT b.story_id FROM article AS a JOIN bond ON other = a.id JOIN article AS b ON b.id = one "
            "WHERE a.story_id = ?1 AND NOT together",
            (story_id,),
        )
        return {row[0] for row in rows}

    def torn_apart(self) -> list[tuple[int, int]]:
        """Return pairs of stories whose articles someone has said belong together, by id."""
        rows = self._conn.execute(
            "SELECT DISTINCT min(a.story_id, b.story_id) AS low, max(a.story_id, b.story_id) AS high "
            # CROSS: from the bonds, few as they are, to the articles, and not the other way.
            "FROM bond CROSS JOIN article AS a ON a.id = one CROSS JOIN article AS b ON b.id = other "
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

    def forget(self, last_before: datetime, founded_before: datetime) -> None:
        """Forget what stories are compared by that are over; they stay to be looked at."""
        over = self._conn.execute(
            "UPDATE story SET weights = x'', changed = 0 WHERE last_at < ? AND length(weights) RETURNING id",
            (to_ms(last_before),),
        ).fetchall()
        for (story_id,) in over:
            self._held.pop(story_id, None)
        row = self._conn.execute(
            "SELECT min(id) FROM story WHERE founded_at >= ? AND last_at >= ?",
            (to_ms(founded_before), to_ms(last_before)),
        ).fetchone()
        if row[0] is not None:
            self.drop_holders(row[0])

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
