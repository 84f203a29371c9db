"""Stories as people see them: outlets, counts, the event card."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ingest.event_card import event_card
from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Facts, Outlet, StoryView
from wirewatch.store.codec import at, dump, load
from wirewatch.store.matches import to_facts


@dataclass(frozen=True, slots=True)
class Placing:
    """How an article came into a story: relation and join as in Placement, `p` and why.

    `story_id` is the story then; merges don't change it.
    """

    story_id: int
    relation: str
    how: str
    p: float
    why: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """What someone has said: a story's articles belong together, or not with another story's."""

    story_id: int
    together: bool
    author: str
    at: datetime


class StoryViews:
    """Every story, open or long over, as people see it."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def resolve(self, story_id: int) -> int:
        """Return the story that this one has become after merges."""
        row = self._conn.execute(
            "SELECT merged_into FROM story WHERE id = ?", (story_id,)
        ).fetchone()
        return story_id if row is None or row[0] is None else int(row[0])

    def view(
        self, story_id: int, *, now: datetime | None = None, outlets: int | None = None
    ) -> StoryView:
        """Return a story as people see it.

        Args:
            story_id: Also one that has been merged: then the one it has become.
            now: Leave out what was seen later.
            outlets: Name so many, and the first of so many sources; None names them all. The counts
                are of all.

        Raises:
            KeyError: There is no such story, or it had no articles by then.
        """
        return self.views([story_id], now=now, outlets=outlets)[story_id]

    def views(
        self, ids: Iterable[int], *, now: datetime | None = None, outlets: int | None = None
    ) -> dict[int, StoryView]:
        """Return stories by the ids they were asked for; unknown ones are left out."""
        found = {}
        for asked in sorted(set(ids)):
            story_id = self.resolve(asked)
            members = self._members(story_id, now)
            if members:
                found[asked] = self._view(story_id, members, outlets)
        return found

    def independent_count(self, story_id: int) -> int:
        """Return how many sources of a story have a text of their own; at least 1."""
        return max(
            len({m.source for m in self._members(self.resolve(story_id)) if not m.copied}), 1
        )

    def latest(self, limit: int, *, since: datetime | None = None) -> list[StoryView]:
        """Return stories by their last article, newest first."""
        rows = self._conn.execute(
            "SELECT id FROM story WHERE merged_into IS NULL AND last_at >= ? "
            "ORDER BY last_at DESC, id DESC LIMIT ?",
            (to_ms(since) if since else 0, limit),
        ).fetchall()
        views = self.views([row[0] for row in rows])
        return [views[row[0]] for row in rows if row[0] in views]

    def placings(self, story_id: int) -> dict[int, Placing]:
        """Return how each article of a story was placed, by article id."""
        rows = self._conn.execute(
            "SELECT placing.* FROM placing JOIN article ON article.id = article_id "
            "WHERE article.story_id = ? ORDER BY article_id",
            (story_id,),
        ).fetchall()
        return {
            row["article_id"]: Placing(
                row["story_id"], row["relation"], row["how"], row["p"], row["why"]
            )
            for row in rows
        }

    def by_hand(self, story_id: int) -> list[ByHand]:
        """Return what people have said of a story, with the story it was said of too, by time."""
        rows = self._conn.execute(
            "SELECT b.story_id, together, author, made_at FROM article AS a JOIN bond ON one = a.id "
            "JOIN article AS b ON b.id = other WHERE a.story_id = ?1 UNION "
            "SELECT b.story_id, together, author, made_at FROM article AS a JOIN bond ON other = a.id "
            "JOIN article AS b ON b.id = one WHERE a.story_id = ?1 ORDER BY made_at, 1",
            (story_id,),
        ).fetchall()
        return [ByHand(row[0], bool(row[1]), row[2], from_ms(row[3])) for row in rows]

    def copies_of(self, article_id: int) -> list[tuple[int, str, datetime]]:
        """Return where else a text stands: (article, source, first seen), in that order of time."""
        rows = self._conn.execute(
            "SELECT id, source, first_seen_at FROM article WHERE copy_of = ? ORDER BY first_seen_at, id",
            (article_id,),
        ).fetchall()
        return [(row[0], row[1], from_ms(row[2])) for row in rows]

    def _members(self, story_id: int, now: datetime | None = None) -> list[_Member]:
        """Return a story's articles in order of time, from an index: some stories have thousands."""
        rows = self._conn.execute(
            "SELECT id, source, first_seen_at, copy_of IS NOT NULL FROM article "
            "WHERE story_id = ? AND first_seen_at <= ? ORDER BY first_seen_at, id",
            (story_id, to_ms(now) if now else 2**62),
        ).fetchall()
        return list(map(_Member._make, rows))

    def _view(self, story_id: int, members: Sequence[_Member], outlets: int | None) -> StoryView:
        """Put a story together from its articles in order of time."""
        firsts: dict[str, _Member] = {}
        for member in members:
            if not member.copied:
                firsts.setdefault(member.source, member)
        ordered = sorted(members, key=lambda m: firsts.get(m.source) is not m)
        named = ordered if outlets is None else _named(ordered, outlets)
        first = members[0]
        rows = self._rows({first.id, *(member.id for member in named)})
        top = rows[first.id]
        return StoryView(
            id=story_id,
            headline=top["title"],
            url=top["url"],
            language=top["language"],
            founded_at=first.first_seen_at,
            last_at=members[-1].first_seen_at,
            article_count=len(members),
            source_count=len({member.source for member in members}),
            independent_count=max(len(firsts), 1),
            outlets=tuple(
                _outlet(rows[member.id], member, firsts.get(member.source) is member)
                for member in named
            ),
            facts=event_card(self._stated(story_id, members)),
        )

    def _rows(self, ids: Iterable[int]) -> dict[int, sqlite3.Row]:
        """Return what outlets show of these articles."""
        rows = self._conn.execute(
            "SELECT id, feed, title, url, language, published_at FROM article "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (dump(sorted(ids)),),
        ).fetchall()
        return {row["id"]: row for row in rows}

    def _stated(self, story_id: int, members: Sequence[_Member]) -> list[tuple[_Member, Facts]]:
        """Return those articles that state facts, with them, in order of time."""
        rows = self._conn.execute(
            "SELECT facts.article_id, facts.facts FROM article "
            "JOIN facts ON facts.article_id = article.id WHERE story_id = ?",
            (story_id,),
        ).fetchall()
        facts = {row["article_id"]: row["facts"] for row in rows}
        return [(m, to_facts(load(facts[m.id]))) for m in members if m.id in facts]


class _Member(NamedTuple):
    """What counting and the event card need of an article."""

    id: int
    source: str
    seen_ms: int
    copied: int

    @property
    def first_seen_at(self) -> datetime:
        return from_ms(self.seen_ms)


def _named(ordered: Sequence[_Member], most: int) -> list[_Member]:
    """Return the first outlets, and the first of each of the first sources."""
    sources: dict[str, _Member] = {}
    for member in ordered:
        sources.setdefault(member.source, member)
    kept = {member.id for member in (*ordered[:most], *list(sources.values())[:most])}
    return [member for member in ordered if member.id in kept]


def _outlet(row: sqlite3.Row, member: _Member, independent: bool) -> Outlet:  # noqa: FBT001 - private, called once
    return Outlet(
        source=member.source,
        feed=row["feed"],
        title=row["title"],
        url=row["url"],
        first_seen_at=member.first_seen_at,
        published_at=at(row["published_at"]),
        article_id=member.id,
        independent=independent,
    )
