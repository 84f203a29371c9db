"""Stories as people see them: outlets, counts, the event card."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.event_card import event_card
from wirewatch.clock import to_ms
from wirewatch.model import Article, Facts, Outlet, StoryView
from wirewatch.store.articles import to_article
from wirewatch.store.codec import load
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
