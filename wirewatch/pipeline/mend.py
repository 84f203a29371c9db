"""Mend stories: merge what turns out to be one, split and merge by hand, forget what is over.

Nothing here alerts: the articles have been told or held back already.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from ingest import copies, nearest, novelty, stories, weigh
from ingest.story_model import shipped_model
from wirewatch.clock import to_ms
from wirewatch.errors import UsageError
from wirewatch.model import Article, Facts
from wirewatch.pipeline.shelf import near, weighed
from wirewatch.store import Store
from wirewatch.store.story_rows import StoryRow

_TIDY_EVERY = timedelta(hours=6)


def repair(store: Store, *, now: datetime) -> list[tuple[int, int]]:
    """Merge stories that turn out to be one; return (from, into) pairs, in the order they were merged.

    Also drops from the indexes what has left its window. Never alerts.

    Args:
        store: Inside a transaction.
        now: Stories without an article for 72 h are let be.
    """
    merged = []
    for pair in store.stories.torn_apart():
        low, high = sorted(map(store.stories.resolve, pair))
        if low != high:  # merged with the other by a pair before
            merged.append(_merge(store, low, high))
    waiting: Sequence[int] = store.stories.changed()
    while waiting:
        again = set()
        for story_id in waiting:
            partner = _partner(store, story_id, now)
            if partner is not None:
                pair = _merge(store, *sorted((story_id, partner)))
                merged.append(pair)
                again.add(pair[1])
        waiting = sorted(again)
    store.stories.settle()
    _tidy(store, now)
    return merged


def split(
    store: Store, story_id: int, article_ids: Collection[int], *, author: str, now: datetime
) -> int:
    """Move articles of a story into one of their own; return its id.

    Remembered: the two are never merged again, except by hand.

    Args:
        store: Inside a transaction.
        story_id: Also one that has been merged.
        article_ids: Some of its articles, not all; copies of them go with them.
        author: Who says so.
        now: When.

    Raises:
        UsageError: An article is not in that story, or none would be left in it.
    """
    story_id = store.stories.resolve(story_id)
    members = store.stories.members(story_id)
    strangers = sorted(set(article_ids) - set(members))
    if strangers or not article_ids:
        raise UsageError(
            f"story {story_id} has no article {', '.join(map(str, strangers))}".strip()
        )
    moving = {i for i in members if i in article_ids or store.articles.root_of(i) in article_ids}
    staying = [i for i in members if i not in moving]
    if not staying:
        raise UsageError(f"story {story_id} has no other articles: there is nothing to split")
    store.stories.unbind(moving, staying)  # the last word counts
    new_id = store.stories.found(weigh.NOTHING, novelty.Said(), now)
    for article_id in sorted(moving):
        store.articles.set_story(article_id, new_id)
        store.stories.bind(article_id, staying[0], together=False, author=author, now=now)
    _rebuild(store, story_id)
    _rebuild(store, new_id)
    return new_id


def join(store: Store, story_id: int, other_id: int, *, author: str, now: datetime) -> int:
    """Merge two stories because someone says so; return the one that is left, the older.

    Remembered: should they come apart, the next repair puts them together again.

    Raises:
        UsageError: They are one already, or one has no articles.
    """
    low, high = sorted((store.stories.resolve(story_id), store.stories.resolve(other_id)))
    if low == high:
        raise UsageError(f"{story_id} and {other_id} are one story already")
    first, second = store.stories.members(low), store.stories.members(high)
    if not first or not second:
        raise UsageError(f"there is no story {high if first else low}")
    store.stories.unbind(first, second)
    store.stories.bind(first[0], second[0], together=True, author=author, now=now)
    return _merge(store, low, high)[1]


def _tidy(store: Store, now: datetime) -> None:
    # These are scans of a whole table, a second or two at 200,000 articles.
    last = store.stories.tidied_at()
    if last is None or abs(now - last) >= _TIDY_EVERY:
        store.stories.forget(now - stories.WINDOW, now - stories.LONGEST)
        store.stories.fade()
        store.copies.forget(to_ms(now - copies.WINDOW))
        store.stories.tidy(now)


def _partner(store: Store, story_id: int, now: datetime) -> int | None:
    own = store.stories.rows([story_id])
    if not own or not own[0].is_open(to_ms(now)):
        return None
    vector = own[0].vector

    def near_to(other_id: int) -> list[tuple[int, weigh.Vector]]:
        (row,) = store.stories.rows([other_id])
        return _near(store, row, row.vector, now)

    def are_apart(one_id: int, other_id: int) -> bool:
        one, other = store.stories.rows([one_id, other_id])
        return novelty.elsewhere(one.said, other.said)

    found = _near(store, own[0], vector, now)
    return nearest.partner(shipped_model(), story_id, vector, found, near_to, are_apart)


def _near(
    store: Store, row: StoryRow, vector: weigh.Vector, now: datetime
) -> list[tuple[int, weigh.Vector]]:
    holders = store.stories.sharing(stories.story_query(vector))
    apart = store.stories.kept_from(row.id)
    found = near(store, vector, holders, now=now, but=row.id)
    own = row.said
    return [
        (other.id, theirs)
        for other, theirs in found
        if other.id not in apart and not novelty.apart(own, other.said)
    ]


def _merge(store: Store, low: int, high: int) -> tuple[int, int]:
    """Merge the younger story into the older one; return (from, into)."""
    keep, gone = store.stories.rows([low, high])
    theirs = gone.vector
    store.stories.merge(
        gone.id,
        keep.id,
        weigh.add(keep.vector, theirs),
        novelty.together(keep.said, gone.said),
        weigh.all_terms(theirs),
    )
    return gone.id, keep.id


def _rebuild(store: Store, story_id: int) -> None:
    """Work out anew what a story is known by, from its articles."""
    articles = store.articles.many(store.stories.members(story_id))
    texts = store.stories.texts(story_id) or list(articles.values())[:1]
    facts, matches = store.matches.facts(articles), store.matches.of_articles(articles)
    known = novelty.Said()
    own = {article.id for article in texts}
    for article in sorted(articles.values(), key=lambda each: each.id):
        known = novelty.absorb(
            known,
            facts.get(article.id, Facts()),
            severity=max((m.severity for _, m, _ in matches.get(article.id, [])), default=None),
            source=article.source,
            independent=article.id in own,
        )
    vector = _sum(store, texts, facts)
    assert vector is not None
    store.stories.rebuild(
        story_id,
        vector,
        known,
        (
            min(a.first_seen_at for a in articles.values()),
            max(a.first_seen_at for a in articles.values()),
        ),
    )
    for article in texts:
        vector = weighed(store, article, facts.get(article.id, Facts()), count=False)
        store.stories.post(story_id, stories.query(vector))


def _sum(store: Store, texts: Sequence[Article], facts: Mapping[int, Facts]) -> weigh.Vector | None:
    total: weigh.Vector | None = None
    for article in texts:
        vector = weighed(store, article, facts.get(article.id, Facts()), count=False)
        total = vector if total is None else weigh.add(total, vector)
    return total
