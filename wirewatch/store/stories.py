"""Stories, their members and what they are known by."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlite_utils import Migrations

from ingest.event_card import event_card
from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Article, Facts, Outlet, StoryView
from wirewatch.store.articles import to_article
from wirewatch.store.codec import dump, load
from wirewatch.store.matches import to_facts

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


_ROW = "id, language, founded_at, last_at, terms, weights, known"


class Stories:
    """Every story, open or long over."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

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

    def sharing(self, terms: Sequence[str], limit: int) -> list[int]:
        """Return the stories that share most of these terms, most first."""
        rows = self._conn.execute(
            "SELECT story_id, count(*) AS n FROM posting WHERE term IN (SELECT value FROM json_each(?)) "
            "GROUP BY story_id ORDER BY n DESC, story_id DESC LIMIT ?",
            (dump(terms), limit),
        ).fetchall()
        return [row[0] for row in rows]

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

    def settle(self) -> None:
        """Record that a repair has looked at everything."""
        self._conn.execute("UPDATE story SET changed = 0 WHERE changed")

    # What changes them

    def found(self, language: str, packed: tuple[str, bytes], known: object, now: datetime) -> int:
        """Begin a story; return its id."""
        cursor = self._conn.execute(
            "INSERT INTO story(language, founded_at, last_at, terms, weights, known) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (language, to_ms(now), to_ms(now), *packed, dump(known)),
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

    # What people see

    def resolve(self, story_id: int) -> int:
        """Return the story that this one has become after merges."""
        row = self._conn.execute(
            "SELECT merged_into FROM story WHERE id = ?", (story_id,)
        ).fetchone()
        return story_id if row is None or row[0] is None else int(row[0])

    def view(self, story_id: int, *, now: datetime | None = None) -> StoryView:
        """Return a story as people see it.

        Args:
            story_id: Also one that has been merged: then the one it has become.
            now: Leave out what was seen later.

        Raises:
            KeyError: There is no such story, or it had no articles by then.
        """
        return self.views([story_id], now=now)[story_id]

    def views(self, ids: Iterable[int], *, now: datetime | None = None) -> dict[int, StoryView]:
        """Return stories by the ids they were asked for; unknown ones are left out."""
        found = {}
        for asked in sorted(set(ids)):
            story_id = self.resolve(asked)
            members = self._members(story_id, now)
            if members:
                found[asked] = _view(story_id, members)
        return found

    def latest(self, limit: int, *, since: datetime | None = None) -> list[StoryView]:
        """Return stories by their last article, newest first."""
        rows = self._conn.execute(
            "SELECT id FROM story WHERE merged_into IS NULL AND last_at >= ? "
            "ORDER BY last_at DESC, id DESC LIMIT ?",
            (to_ms(since) if since else 0, limit),
        ).fetchall()
        views = self.views([row[0] for row in rows])
        return [views[row[0]] for row in rows if row[0] in views]

    def _members(
        self, story_id: int, now: datetime | None
    ) -> list[tuple[Article, int | None, Facts]]:
        rows = self._conn.execute(
            "SELECT article.*, facts.facts AS read FROM article "
            "LEFT JOIN facts ON facts.article_id = article.id "
            "WHERE story_id = ? AND first_seen_at <= ? ORDER BY first_seen_at, id",
            (story_id, to_ms(now) if now else 2**62),
        ).fetchall()
        return [
            (
                to_article(row),
                row["copy_of"],
                to_facts(load(row["read"])) if row["read"] else Facts(),
            )
            for row in rows
        ]


def _view(story_id: int, members: Sequence[tuple[Article, int | None, Facts]]) -> StoryView:
    """Put a story together from its articles in order of time."""
    told: set[str] = set()
    outlets = []
    for article, copy_of, _ in members:
        outlets.append(
            Outlet(
                source=article.source,
                feed=article.feed,
                title=article.title,
                url=article.url,
                first_seen_at=article.first_seen_at,
                published_at=article.published_at,
                article_id=article.id,
                independent=copy_of is None and article.source not in told,
            )
        )
        if copy_of is None:
            told.add(article.source)
    first = members[0][0]
    return StoryView(
        id=story_id,
        headline=first.title,
        url=first.url,
        language=first.language,
        founded_at=first.first_seen_at,
        last_at=members[-1][0].first_seen_at,
        article_count=len(members),
        source_count=len({article.source for article, _, _ in members}),
        independent_count=max(len(told), 1),
        outlets=tuple(sorted(outlets, key=lambda o: (not o.independent, o.first_seen_at))),
        facts=event_card([(article, facts) for article, _, facts in members]),
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
    )
