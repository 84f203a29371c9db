"""Articles, where each was seen, and what they said before they were edited."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Article, Known
from wirewatch.store.codec import at, dump, load, ms
from wirewatch.store.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("articles")


@MIGRATIONS()
def m001_article(db: Database) -> None:
    """Create articles, appearances, revisions, and the search index."""
    db.conn.execute(
        """
        CREATE TABLE article(
          id INTEGER PRIMARY KEY,
          feed TEXT NOT NULL, source TEXT NOT NULL,
          title TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, url TEXT NOT NULL,
          guid_key TEXT NOT NULL, link_key TEXT,
          language TEXT, authors TEXT NOT NULL, categories TEXT NOT NULL,
          published_at INTEGER, updated_at INTEGER,  -- as the feed said; evidence only
          first_seen_at INTEGER NOT NULL,            -- the only clock for freshness; never changed
          content_hash TEXT NOT NULL,
          revision INTEGER NOT NULL DEFAULT 0,
          copy_of INTEGER REFERENCES article(id),    -- the article that holds this text
          story_id INTEGER                           -- NULL only inside the transaction that admits it
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX article_seen ON article(first_seen_at)")
    db.conn.execute("CREATE INDEX article_story ON article(story_id)")
    db.conn.execute("CREATE INDEX article_copy ON article(copy_of) WHERE copy_of IS NOT NULL")
    db.conn.execute(
        """
        CREATE TABLE appearance(
          feed TEXT NOT NULL, guid_key TEXT NOT NULL,
          article_id INTEGER NOT NULL REFERENCES article(id),
          link_key TEXT, source TEXT NOT NULL, url TEXT NOT NULL,
          content_hash TEXT NOT NULL,
          first_seen_at INTEGER NOT NULL,
          listed_at INTEGER NOT NULL,                -- the last poll that still listed it
          PRIMARY KEY(feed, guid_key)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute(
        "CREATE INDEX appearance_link ON appearance(link_key) WHERE link_key IS NOT NULL"
    )
    db.conn.execute("CREATE INDEX appearance_article ON appearance(article_id)")
    db.conn.execute(
        """
        CREATE TABLE revision(
          article_id INTEGER NOT NULL REFERENCES article(id),
          n INTEGER NOT NULL,                        -- 0 is the first text
          replaced_at INTEGER NOT NULL,
          text BLOB NOT NULL,                        -- zlib of JSON [title, summary, body]
          PRIMARY KEY(article_id, n)
        ) STRICT, WITHOUT ROWID
        """
    )
    # No triggers: with trusted_schema=OFF they may not touch a virtual table; `add` and `revise` do it.
    db.table("article").enable_fts(["title", "summary"], tokenize="unicode61")


@MIGRATIONS()
def m002_entry_hash(db: Database) -> None:
    """Remember what an entry looked like in its document, for the pre-scan to leave it out."""
    db.conn.execute("ALTER TABLE appearance ADD COLUMN entry_hash TEXT NOT NULL DEFAULT ''")
    db.conn.execute("CREATE INDEX appearance_listed ON appearance(feed, listed_at)")
    db.conn.execute("CREATE INDEX appearance_content ON appearance(feed, content_hash)")


@MIGRATIONS()
def m003_story_members(db: Database) -> None:
    """Count a story's articles without reading them: some stories have thousands."""
    db.conn.execute("DROP INDEX article_story")
    db.conn.execute(
        "CREATE INDEX article_story ON article(story_id, first_seen_at, id, source, copy_of)"
    )


_COLUMNS = (
    "id, feed, source, title, summary, body, url, guid_key, link_key, language, authors, categories, "
    "published_at, updated_at, first_seen_at, content_hash"
)
_BATCH = 400

T = TypeVar("T")


class Articles:
    """Every text we hold, and every place it was seen in."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def known(
        self,
        feed: str,
        guid_keys: Iterable[str],
        link_keys: Iterable[str],
        content_hashes: Iterable[str] = (),
    ) -> list[Known]:
        """Return what is remembered under any of these keys: guids and texts in this feed, links in any."""
        found: dict[tuple[str, str], Known] = {}
        for chunk in _chunks(sorted(set(guid_keys))):
            self._collect(found, f"feed = ? AND guid_key IN ({_marks(chunk)})", (feed, *chunk))
        for chunk in _chunks(sorted(set(link_keys))):
            self._collect(found, f"link_key IN ({_marks(chunk)})", chunk)
        for chunk in _chunks(sorted(set(content_hashes))):
            self._collect(found, f"feed = ? AND content_hash IN ({_marks(chunk)})", (feed, *chunk))
        return list(found.values())

    def _collect(
        self, found: dict[tuple[str, str], Known], where: str, values: Sequence[str]
    ) -> None:
        for row in self._conn.execute(
            f"SELECT feed, guid_key, article_id, link_key, content_hash FROM appearance WHERE {where}",
            values,
        ).fetchall():
            found[row["feed"], row["guid_key"]] = Known(
                article_id=row["article_id"],
                feed=row["feed"],
                guid_key=row["guid_key"],
                link_key=row["link_key"],
                content_hash=row["content_hash"],
            )

    def listed_keys(self, feed: str, limit: int = 5000) -> dict[str, str]:
        """Return the keys that a feed's latest document listed, with the hashes of their entries.

        An entry that stands in the next document with the same hash is the same, unread.
        """
        rows = self._conn.execute(
            "SELECT guid_key, entry_hash FROM appearance WHERE feed = ?1 AND entry_hash != '' "
            "AND listed_at = (SELECT max(listed_at) FROM appearance WHERE feed = ?1) LIMIT ?2",
            (feed, limit),
        ).fetchall()
        return {row["guid_key"]: row["entry_hash"] for row in rows}

    def add(
        self, article: Article, *, copy_of: int | None = None, keys: Sequence[str] = ()
    ) -> Article:
        """Store a new article and its first appearance (see `appear`); return it with its id."""
        marks = ", ".join("?" * 16)
        cursor = self._conn.execute(
            f"INSERT INTO article({_COLUMNS}, copy_of) VALUES ({marks}, ?)",
            (
                None,
                article.feed,
                article.source,
                article.title,
                article.summary,
                article.body,
                article.url,
                article.guid_key,
                article.link_key,
                article.language,
                dump(article.authors),
                dump(article.categories),
                ms(article.published_at),
                ms(article.updated_at),
                to_ms(article.first_seen_at),
                article.content_hash,
                copy_of,
            ),
        )
        stored = replace(article, id=int(cursor.lastrowid or 0))
        self._conn.execute(
            "INSERT INTO article_fts(rowid, title, summary) VALUES (?, ?, ?)",
            (stored.id, stored.title, stored.summary),
        )
        self.appear(stored, stored.id, keys)
        return stored

    def appear(self, article: Article, article_id: int, keys: Sequence[str] = ()) -> None:
        """Record that an entry stands for a stored article, in this feed, under these keys.

        Without keys, under its guid key alone.
        """
        seen = to_ms(article.first_seen_at)
        self._conn.executemany(
            "INSERT INTO appearance(feed, guid_key, article_id, link_key, source, url, content_hash, "
            "first_seen_at, listed_at, entry_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(feed, guid_key) DO UPDATE SET article_id = excluded.article_id, "
            "link_key = excluded.link_key, url = excluded.url, content_hash = excluded.content_hash, "
            "listed_at = excluded.listed_at, entry_hash = excluded.entry_hash",
            [
                (
                    article.feed,
                    key,
                    article_id,
                    article.link_key,
                    article.source,
                    article.url,
                    article.content_hash,
                    seen,
                    seen,
                    article.entry_hash,
                )
                for key in (keys or (article.guid_key,))
            ],
        )

    def still_listed(self, feed: str, guid_keys: Iterable[str], now: datetime) -> None:
        """Record that a feed still lists these keys: what is listed is never forgotten."""
        self._conn.executemany(
            "UPDATE appearance SET listed_at = ? WHERE feed = ? AND guid_key = ?",
            [(to_ms(now), feed, key) for key in guid_keys],
        )

    def revise(self, article_id: int, revised: Article, now: datetime) -> Article:
        """Replace an article's text by an edited one, keeping the old; return it as stored.

        Its identity, feed and first_seen_at stay what they were.
        """
        old = self._conn.execute(
            "SELECT revision, title, summary, body FROM article WHERE id = ?", (article_id,)
        ).fetchone()
        text = json.dumps([old["title"], old["summary"], old["body"]], ensure_ascii=False)
        self._conn.execute(
            "INSERT INTO revision VALUES (?, ?, ?, ?)",
            (article_id, old["revision"], to_ms(now), zlib.compress(text.encode())),
        )
        self._conn.execute(
            "INSERT INTO article_fts(article_fts, rowid, title, summary) VALUES ('delete', ?, ?, ?)",
            (article_id, old["title"], old["summary"]),
        )
        self._conn.execute(
            "INSERT INTO article_fts(rowid, title, summary) VALUES (?, ?, ?)",
            (article_id, revised.title, revised.summary),
        )
        self._conn.execute(
            "UPDATE article SET title = ?, summary = ?, body = ?, updated_at = ?, content_hash = ?, "
            "revision = revision + 1 WHERE id = ?",
            (
                revised.title,
                revised.summary,
                revised.body,
                ms(revised.updated_at),
                revised.content_hash,
                article_id,
            ),
        )
        return self.get(article_id)

    def set_story(self, article_id: int, story_id: int) -> None:
        """Put an article into a story."""
        self._conn.execute("UPDATE article SET story_id = ? WHERE id = ?", (story_id, article_id))

    def set_copy(self, article_id: int, copy_of: int) -> None:
        """Record that an article's text is held by another."""
        self._conn.execute("UPDATE article SET copy_of = ? WHERE id = ?", (copy_of, article_id))

    def get(self, article_id: int) -> Article:
        """Return an article.

        Raises:
            KeyError: There is none of that id.
        """
        found = self.many([article_id])
        return found[article_id]

    def many(self, ids: Iterable[int]) -> dict[int, Article]:
        """Return articles by id; ids that don't exist are left out."""
        articles: dict[int, Article] = {}
        for chunk in _chunks(sorted(set(ids))):
            rows = self._conn.execute(
                f"SELECT {_COLUMNS} FROM article WHERE id IN ({_marks(chunk)})", chunk
            ).fetchall()
            articles |= {row["id"]: to_article(row) for row in rows}
        return articles

    def revision_of(self, article_id: int) -> int:
        """Return how often an article was edited."""
        row = self._conn.execute(
            "SELECT revision FROM article WHERE id = ?", (article_id,)
        ).fetchone()
        return int(row["revision"]) if row else 0

    def story_of(self, article_id: int) -> int | None:
        """Return the story an article is in."""
        row = self._conn.execute(
            "SELECT story_id FROM article WHERE id = ?", (article_id,)
        ).fetchone()
        return row["story_id"] if row else None

    def root_of(self, article_id: int) -> int:
        """Return the article that holds this one's text: itself, unless it is a copy."""
        row = self._conn.execute(
            "SELECT ifnull(copy_of, id) FROM article WHERE id = ?", (article_id,)
        ).fetchone()
        return int(row[0]) if row else article_id

    def revisions(self, article_id: int) -> list[tuple[int, datetime, tuple[str, str, str]]]:
        """Return former texts, oldest first: (number, when replaced, (title, summary, body))."""
        rows = self._conn.execute(
            "SELECT n, replaced_at, text FROM revision WHERE article_id = ? ORDER BY n",
            (article_id,),
        ).fetchall()
        return [
            (row["n"], from_ms(row["replaced_at"]), tuple(json.loads(zlib.decompress(row["text"]))))
            for row in rows
        ]

    def count_since(self, since: datetime | None, until: datetime) -> int:
        """Return how many texts were first seen in (since, until]."""
        start = to_ms(since) if since else -1
        (count,) = self._conn.execute(
            "SELECT count(*) FROM article WHERE first_seen_at > ? AND first_seen_at <= ?",
            (start, to_ms(until)),
        ).fetchone()
        return int(count)

    def latest(
        self, *, limit: int, feed: str | None = None, search: str | None = None
    ) -> list[Article]:
        """Return articles, newest first.

        Args:
            limit: At most so many.
            feed: Only those that this feed has listed, wherever they were seen first.
            search: An FTS5 query over title and summary.
        """
        where, values = ["1"], list[object]()
        if feed:
            where.append("id IN (SELECT article_id FROM appearance WHERE feed = ?)")
            values.append(feed)
        if search:
            where.append("id IN (SELECT rowid FROM article_fts WHERE article_fts MATCH ?)")
            values.append(search)
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM article WHERE {' AND '.join(where)} "
            "ORDER BY first_seen_at DESC, id DESC LIMIT ?",
            (*values, limit),
        ).fetchall()
        return [to_article(row) for row in rows]


def to_article(row: sqlite3.Row) -> Article:
    """Build an article from a row of table `article`."""
    first_seen = at(row["first_seen_at"])
    assert first_seen is not None
    return Article(
        feed=row["feed"],
        source=row["source"],
        title=row["title"],
        summary=row["summary"],
        body=row["body"],
        url=row["url"],
        guid_key=row["guid_key"],
        link_key=row["link_key"],
        first_seen_at=first_seen,
        content_hash=row["content_hash"],
        language=row["language"],
        authors=tuple(load(row["authors"])),
        categories=tuple(load(row["categories"])),
        published_at=at(row["published_at"]),
        updated_at=at(row["updated_at"]),
        id=row["id"],
    )


def _chunks(values: Sequence[T]) -> list[Sequence[T]]:
    return [values[i : i + _BATCH] for i in range(0, len(values), _BATCH)]


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
