"""Between the store's rows and the pure side of stories: vectors, and which stories are near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ingest import profile, stories, weigh
from wirewatch.clock import to_ms
from wirewatch.model import Article, Facts
from wirewatch.store import Store
from wirewatch.store.story_rows import StoryRow

# How common a term is can be seen from every eighth article once there are enough of them.
_COUNT_ALL, _COUNT_EVERY = 1000, 8


def weighed(store: Store, article: Article, facts: Facts, *, count: bool) -> weigh.Vector:
    """Return an article's vector by what has been counted so far; `count` counts it too."""
    read = profile.profile_of(article, facts.places)
    terms = {**read.head, **read.body}
    seen = store.stories.seen(read.language, [*terms, *map(profile.as_name, read.capitals)])
    total = seen.get("", 0)
    vector = weigh.weigh(read, seen, total)
    if count and (total < _COUNT_ALL or article.id % _COUNT_EVERY == 0):
        store.stories.count(read.language, [*terms, *map(profile.as_name, read.names)])
    return vector


def near(
    store: Store,
    one: weigh.Vector,
    holders: Mapping[int, Sequence[int]],
    *,
    now: datetime,
    but: int = 0,
) -> list[tuple[StoryRow, weigh.Vector]]:
    """Return the open stories that may be about the same, with their vectors, by id.

    Args:
        store: Inside a transaction.
        one: What is to be placed.
        holders: For terms of its query, the stories that may be found by them.
        now: Stories that are over by now are let be.
        but: So is this one.
    """
    rows, now_ms = store.stories.rows(stories.candidates(one, holders)), to_ms(now)
    return [(row, row.vector) for row in rows if row.id != but and row.is_open(now_ms)]
