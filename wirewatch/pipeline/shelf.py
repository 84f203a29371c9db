"""Between the store's rows and the pure side of stories: vectors and what has been said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ingest import novelty, profile, stories, weigh
from wirewatch.model import Article
from wirewatch.store import Store
from wirewatch.store.codec import load
from wirewatch.store.stories import StoryRow

# Stories looked at for one term: what is found by common terms only is not worth more.
_MOST_HOLDERS = 48
# How common a term is can be seen from every fourth article once there are enough of them.
_COUNT_ALL, _COUNT_EVERY = 2000, 4


def weighed(store: Store, article: Article, *, count: bool) -> weigh.Vector:
    """Return an article's vector by what has been counted so far; `count` counts it too."""
    read = profile.profile_of(article)
    terms = {**read.head, **read.body}
    seen = store.stories.seen(read.language, terms)
    total = seen.get("", 0)
    if count and (total < _COUNT_ALL or article.id % _COUNT_EVERY == 0):
        store.stories.count(read.language, terms)
    return weigh.weigh(read, seen, total)


def unpacked(row: StoryRow) -> weigh.Vector:
    """Return a story's vector."""
    return weigh.unpack(row.terms, row.weights, row.language)


def said(row: StoryRow) -> novelty.Said:
    """Return what a story has said so far."""
    known = load(row.known)
    return novelty.Said(
        killed=known["killed"],
        injured=known["injured"],
        tolls=tuple(known["tolls"]),
        places=tuple(known["places"]),
        countries=tuple(known["countries"]),
        actors=tuple(known["actors"]),
        severity=known["severity"],
        sources=tuple(known["sources"]),
        denied=known["denied"],
    )


def near(
    store: Store, one: weigh.Vector, terms: Iterable[str], *, now: datetime, but: int = 0
) -> list[tuple[StoryRow, weigh.Vector]]:
    """Return the open stories that may be about the same, with their vectors, by id."""
    ids = stories.candidates(one, store.stories.sharing(terms, _MOST_HOLDERS))
    return [
        (row, unpacked(row))
        for row in store.stories.rows(ids)
        if row.id != but and is_open(row, now) and row.terms
    ]


def is_open(row: StoryRow, at: datetime) -> bool:
    """Whether an article may still join: 72 h after the last, 7 days after the first."""
    return at - row.last_at <= stories.WINDOW and at - row.founded_at <= stories.LONGEST
