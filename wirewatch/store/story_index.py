"""By which terms open stories are found, and how common a term is."""

from __future__ import annotations

import sqlite3
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from wirewatch.store.backlog import Backlog
from wirewatch.store.batch import batches

# Stories remembered for one term: what is found by common terms only is not worth more, and
# so the cost of an article doesn't grow with the window.
MOST_HOLDERS = 48
_ABOUT_TO_GO = 12  # the oldest places of a full list
# Once so many articles of a language are counted all counts are halved: news changes its words,
# and what was seen once, long ago, is forgotten.
_HALVE_AT = 60_000
_MOST_REMEMBERED = 50_000  # counts held in memory, 5 MB
_MOST_UNCOUNTED = 64
_MOST_KNOWN = 16_384  # terms whose stories are held in memory, 3 MB
_MOST_WAITING = 12_288  # terms whose stories are not in the table yet, 3 MB


class StoryIndex:
    """The index of open stories' terms, and the counts that tell rare terms from common ones."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._cursor = conn.cursor()
        self._cursor.row_factory = None  # plain tuples: half the price of rows with names
        self._seen: dict[str, dict[str, int]] = {}  # as the table has it, by language
        # Articles whose terms `term` has yet to count: the language and the terms, a line each.
        self._uncounted = Backlog(conn, "term_backlog", _MOST_UNCOUNTED)
        self._counts: dict[str, Counter[str]] | None = None  # the same, added up by language
        # By term, its stories as `holder` has yet to get them; b"" where there are none any more.
        self._waiting = Backlog(conn, "holder_backlog", _MOST_WAITING)
        self._known: dict[int, bytes] = {}  # the same, and of what the table has what was asked for

    # How common terms are

    def seen(self, language: str, terms: Collection[str]) -> Mapping[str, int]:
        """Return in how many articles each term was; `""` is the number of articles.

        The answer has other terms too, and lives on: copy what has to stay.
        """
        known = self._seen.setdefault(language, {})
        if len(known) > _MOST_REMEMBERED:
            known.clear()
        missing = [term for term in ("", *terms) if term not in known]
        if missing:
            known.update(dict.fromkeys(missing, 0))
        for marks, values in batches(missing):
            known.update(
                self._plain(
                    f"SELECT term, seen FROM term WHERE language = ? AND term IN ({marks})",
                    (language, *values),
                )
            )
        if missing:
            waiting = self._waiting_counts().get(language, Counter())
            for term in missing:
                known[term] += waiting.get(term, 0)
        return known

    def count(self, language: str, terms: Collection[str]) -> None:
        """Count an article's terms, and the article."""
        counted = ("", *terms)
        known = self._seen.get(language, {})
        for term in counted:
            if term in known:
                known[term] += 1
        self._waiting_counts().setdefault(language, Counter()).update(counted)
        entry = "\n".join((language, *counted)).encode()
        if self._uncounted.put({len(self._uncounted.held): entry}):
            self.sort_in_counts()

    def sort_in_counts(self) -> None:
        """Put into `term` what it has yet to count."""
        rows = [
            (language, term, count)
            for language, counts in self._waiting_counts().items()
            for term, count in counts.items()
        ]
        self._uncounted.take()
        self._counts = {}
        self._conn.executemany(
            "INSERT INTO term VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seen = seen + excluded.seen",
            sorted(rows),
        )

    def _waiting_counts(self) -> dict[str, Counter[str]]:
        if self._counts is None:
            self._counts = {}
            for entry in self._uncounted.held.values():
                language, *terms = entry.decode().split("\n")
                self._counts.setdefault(language, Counter()).update(terms)
        return self._counts

    def forget_cached(self) -> None:
        """Forget what was read before: it was taken back, or someone else has written."""
        self._seen.clear()
        self._uncounted.forget_cached()
        self._counts = None
        self._known.clear()
        self._waiting.forget_cached()

    def languages(self) -> dict[str, int]:
        """Return how many articles have been counted in each language."""
        return dict(
            self._plain("SELECT language, seen FROM term WHERE term = '' ORDER BY language", ())
        )

    def fade(self) -> None:
        """Halve the counts of languages with very many articles."""
        self.sort_in_counts()
        for language, total in self.languages().items():
            if total >= _HALVE_AT:
                self._conn.execute(
                    "UPDATE term SET seen = seen / 2 WHERE language = ?", (language,)
                )
                self._conn.execute("DELETE FROM term WHERE language = ? AND seen = 0", (language,))
                self._seen.pop(language, None)

    # By which terms stories are found

    def sharing(self, terms: Iterable[int]) -> dict[int, Sequence[int]]:
        """Return for the code of each term the stories that may be found by it, the latest last."""
        known, asked = self._known, sorted(terms)
        missing = [term for term in asked if term not in known]
        if missing:
            if len(known) > _MOST_KNOWN:
                known.clear()
                missing = asked
            waiting = self._waiting.held
            known.update((term, waiting.get(term, b"")) for term in missing)
            for marks, values in batches([term for term in missing if term not in waiting]):
                known.update(
                    self._plain(f"SELECT term, stories FROM holder WHERE term IN ({marks})", values)
                )
        # In order, so that sums over it don't depend on what is still waiting.
        return {term: _ids(packed) for term in asked if (packed := known[term])}

    def post(
        self,
        story_id: int,
        terms: Collection[int],
        holders: Mapping[int, Sequence[int]] | None = None,
    ) -> None:
        """Let a story be found by these terms.

        Args:
            story_id: A story.
            terms: The codes of its most telling ones.
            holders: What `sharing` says of these terms, where it was asked just before.
        """
        if holders is None:
            holders = self.sharing(terms)
        rows = []
        for term in terms:
            ids = holders.get(term, ())
            # Where it is among the latest it is let be: it would be put behind them only.
            if story_id not in ids[_ABOUT_TO_GO - MOST_HOLDERS :]:
                kept = [each for each in ids if each != story_id][1 - MOST_HOLDERS :]
                rows.append((term, [*kept, story_id]))
        self._put(rows)

    def repost(self, gone: int, terms: Iterable[int], into: int | None) -> None:
        """Let a story no longer be found by any of these terms; where it was, another is, or none."""
        rows = []
        for term, ids in self.sharing(terms).items():
            if gone in ids:
                kept = [into if each == gone and into not in ids else each for each in ids]
                rows.append((term, [i for i in kept if i is not None and i != gone]))
        self._put(rows)

    def drop_holders(self, before: int) -> None:
        """Drop the terms that lead to no story from this id on."""
        self._known.clear()
        waiting = self._waiting.held.items()
        self._waiting.put(
            {term: b"" for term, packed in waiting if packed and max(_ids(packed)) < before}
        )
        # A scan of the whole table, .2 s at 300,000 terms. What waits is newer, and put there later.
        self._conn.execute("DELETE FROM holder WHERE newest < ?", (before,))

    def _put(self, rows: Sequence[tuple[int, Sequence[int]]]) -> None:
        packed = {term: struct.pack(f"<{len(ids)}I", *ids) for term, ids in rows}
        self._known.update(packed)
        if self._waiting.put(packed):
            self.sort_in_holders()

    def sort_in_holders(self) -> None:
        """Put what waits for `holder` into it."""
        taken = self._waiting.take()
        self._conn.executemany(
            "INSERT OR REPLACE INTO holder VALUES (?, ?, ?)",
            ((term, max(_ids(packed)), packed) for term, packed in taken if packed),
        )
        self._conn.executemany(
            "DELETE FROM holder WHERE term = ?", ((term,) for term, packed in taken if not packed)
        )

    def _plain(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        return self._cursor.execute(query, values).fetchall()


def _ids(packed: bytes) -> Sequence[int]:
    return struct.unpack(f"<{len(packed) // 4}I", packed)
