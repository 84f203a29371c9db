"""Place an article: is it a copy, which story is it in, and what does it add?

Runs inside the writer's transaction: what is decided here commits with the article or not at
all, so that the same stream gives the same stories also after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from ingest import copies, nearest, novelty, stories, weigh
from ingest.profile import as_written
from ingest.story_model import shipped_model
from wirewatch.clock import from_ms, to_ms
from wirewatch.model import Article, Facts, Join, Placement, Relation, Severity, Update
from wirewatch.pipeline.mend import repair
from wirewatch.pipeline.shelf import near, weighed
from wirewatch.store import Store
from wirewatch.store.story_rows import StoryRow

__all__ = ["place", "repair", "replace_revised"]

_FOUNDER_P = 1.0


def place(
    store: Store, article: Article, facts: Facts, *, severity: Severity | None, now: datetime
) -> Placement:
    """Put a stored article into a story; sets its `story_id` and, for a copy, `copy_of`.

    Args:
        store: Inside a transaction.
        article: As stored, with its id.
        facts: What it says happened.
        severity: Of its most severe match, or None.
        now: When it was admitted.
    """
    same = _copied(store, article, now)
    placement = None
    if same is not None and same.relation is Relation.COPY:
        # Forty copies of one text say its words once.
        placement = _beside(store, article, facts, same, None, severity, now)
    if placement is None and facts.is_several:
        placement = _begin(
            store, article, facts, weigh.NOTHING, {}, severity, now,
            rivalled=False, why="it tells of several events, and stays by itself",
        )  # fmt: skip
    if placement is None:
        vector = weighed(store, article, facts, count=True)
        if same is not None:
            placement = _beside(store, article, facts, same, vector, severity, now)
        placement = placement or _by_score(store, article, facts, vector, severity, now)
    store.articles.set_story(article.id, placement.story_id)
    store.stories.record(
        article.id,
        placement.story_id,
        relation=placement.relation.value,
        how=placement.join.value,
        p=placement.p,
        why=placement.why,
    )
    return placement


def replace_revised(
    store: Store,
    article: Article,
    facts: Facts,
    before: Facts,
    old_title: str,
    *,
    now: datetime,
) -> Placement:
    """Return what an edited article adds; it stays in its story, whatever it says now.

    Args:
        store: Inside a transaction.
        article: As stored after the edit.
        facts: Of the new text.
        before: Of the old one.
        old_title: Its headline before the edit.
        now: When the edit was seen.
    """
    story_id = store.articles.story_of(article.id)
    if story_id is None:
        return place(store, article, facts, severity=None, now=now)
    updates: tuple[Update, ...] = novelty.edited(
        before, facts, old_title=old_title, new_title=article.title
    )
    for row in store.stories.rows([story_id]):
        known = row.said
        news = {
            update.kind
            for update in novelty.added(
                known, facts, severity=None, source=article.source, independent=False
            )
        }
        # What another outlet has already said of the event is no news of this one's edit.
        updates = tuple(
            u for u in updates if u.kind in news or u.kind.value == "headline_rewritten"
        )
        known = novelty.absorb(
            known, facts, severity=None, source=article.source, independent=False
        )
        store.stories.grow(story_id, None, known, None)
    text = copies.read_text(article)
    _index(store, article, text, text.prints)
    return Placement(
        story_id=story_id,
        join=Join.SILENT,
        relation=Relation.REVISION,
        copy_of=None,
        p=1.0,
        why="an edit of an article in it",
        updates=updates,
    )


def _copied(store: Store, article: Article, now: datetime) -> copies.Sameness | None:
    """Index the article's prints; return what it is a copy of."""
    text = copies.read_text(article)
    found = store.copies.sharing(text.prints)
    doubted = copies.in_doubt(found) - {article.id}
    known = {row[0]: copies.Printed._make(row) for row in store.copies.printed(doubted)}
    ignored = copies.furniture(found, known)
    near = copies.worth_comparing(text, found, known, ignored, now=now)
    texts = store.articles.many(printed.article_id for printed in near) if near else {}
    same = copies.judge(
        text,
        [(p, copies.read_text(texts[p.article_id])) for p in near if p.article_id in texts],
        source=article.source,
        now=now,
    )
    marks = text.prints - ignored
    if same is not None and same.relation is Relation.COPY:
        # The text it copies is found by these already.
        marks -= {mark for mark, holders in found.items() if same.of in holders}
    _index(store, article, text, marks)
    return same


def _index(store: Store, article: Article, text: copies.Text, marks: frozenset[int]) -> None:
    store.copies.put(
        article.id,
        marks,
        source=article.source,
        seen_ms=to_ms(article.first_seen_at),
        print_count=len(text.prints),
    )


def _beside(
    store: Store,
    article: Article,
    facts: Facts,
    same: copies.Sameness,
    vector: weigh.Vector | None,
    severity: Severity | None,
    now: datetime,
) -> Placement | None:
    """Join the story of the text that this is a copy of, or derived from.

    The same words of another day or place ("a drone was shot down near the airport late on Tuesday") are a
    text of their own. A round-up has a paragraph in common with the report of an event, and no event.
    """
    root = store.articles.root_of(same.of)
    story_id = store.articles.story_of(root)
    rows = store.stories.rows([story_id]) if story_id is not None else []
    if not rows:
        return None
    told = rows[0].said
    if told.is_several != facts.is_several:
        return None
    is_copy = same.relation is Relation.COPY
    if is_copy and (article.summary or article.body):
        doubt = _differs(rows[0], facts, now) or novelty.something_else(told, facts, severity)
    else:
        doubt = _doubt(rows[0], facts, severity, now)
    if is_copy and doubt is None:
        store.articles.set_copy(article.id, root)
    elif vector is None:
        return None
    kind = "a copy of" if is_copy else "derived from"
    why = f"{kind} article {root}: {same.containment:.0%} of its word sequences"
    return _join(
        store, article, facts, rows[0], vector, severity, now,
        join=Join.SILENT if doubt is None else Join.POSSIBLE,
        relation=same.relation if doubt is None else Relation.DERIVED,
        copy_of=root, p=1.0, why=why if doubt is None else f"{why}; but {doubt}",
    )  # fmt: skip


def _by_score(
    store: Store,
    article: Article,
    facts: Facts,
    vector: weigh.Vector,
    severity: Severity | None,
    now: datetime,
) -> Placement:
    """Join the story that fits best, or begin one."""
    model = shipped_model()
    holders = store.stories.sharing(stories.query(vector))
    found = {row.id: (row, theirs) for row, theirs in near(store, vector, holders, now=now)}
    elsewhere = [
        row.id
        for row, theirs in found.values()
        if weigh.in_two_languages(vector, theirs) and _differs(row, facts, now)
    ]
    ranked = nearest.rank(
        model, vector, [(i, theirs) for i, (_, theirs) in found.items()], elsewhere
    )
    if not ranked or ranked[0].logit < model.group:
        rivalled = nearest.rivalled(model, ranked)
        return _begin(store, article, facts, vector, holders, severity, now, rivalled=rivalled)
    # What contradicts one story may be in the next one that fits.
    fitting = [(each, found[each.story_id][0]) for each in ranked if each.logit >= model.group]
    doubts = [_doubt(row, facts, severity, now) for _, row in fitting]
    at = doubts.index(None) if None in doubts else 0
    is_incident = severity is not None and severity >= Severity.MEDIUM
    if is_incident and all(_differs(row, facts, now) for _, row in fitting):
        # Reports of attacks in two towns, or on two days, are of two attacks.
        why = f"like story {ranked[0].story_id}; but {doubts[0]}"
        return _begin(
            store, article, facts, vector, holders, severity, now,
            rivalled=False, why=why, another=True,
        )  # fmt: skip
    ranked.insert(0, ranked.pop(at))
    row, total = found[ranked[0].story_id]
    best, before = weigh.part(total, ranked[0].language), row.said
    known = stories.probability_known(
        model, vector, best, ranked,
        aloud=max(before.aloud, 1), same_toll=novelty.same_toll(before, facts),
    )  # fmt: skip
    doubt = doubts[at] or stories.hesitation(model, vector, best, known, logit=ranked[0].logit)
    join = Join.SILENT if doubt is None else Join.POSSIBLE
    shared = as_written(article, stories.shared_terms(vector, best))
    why = f"shares {', '.join(shared)}"
    if best.language != vector.language:
        why += f" with texts in another language ({best.language})"
    return _join(
        store, article, facts, row, vector, severity, now,
        join=join, relation=Relation.NEW, copy_of=None, p=known,
        why=why if doubt is None else f"{why}; but {doubt}",
        holders=holders, rivalled=nearest.rivalled(model, ranked[1:]),
    )  # fmt: skip


def _doubt(row: StoryRow, facts: Facts, severity: Severity | None, now: datetime) -> str | None:
    return novelty.contradicts(row.said, facts, course=_course(row, now), severity=severity)


def _differs(row: StoryRow, facts: Facts, now: datetime) -> str | None:
    return novelty.differs(row.said, facts, course=_course(row, now))


def _course(row: StoryRow, now: datetime) -> novelty.Course:
    return novelty.Course(from_ms(row.founded_ms), from_ms(row.last_ms), now)


def _begin(
    store: Store,
    article: Article,
    facts: Facts,
    vector: weigh.Vector,
    holders: Mapping[int, Sequence[int]],
    severity: Severity | None,
    now: datetime,
    *,
    rivalled: bool,
    why: str = "nothing like it in the last 72 hours",
    another: bool = False,
) -> Placement:
    """Begin a story; with `another` attack of a kind that has been told, whether its headline says so or not."""
    known = novelty.absorb(
        novelty.Said(),
        facts,
        severity=severity,
        source=article.source,
        independent=True,
        aloud=True,
    )
    if another:
        known = replace(known, occasion=max(known.occasion, 2))
    story_id = store.stories.found(vector, known, now, rivalled=rivalled)
    store.stories.post(story_id, stories.query(vector), holders)
    return Placement(
        story_id=story_id,
        join=Join.FOUNDED,
        relation=Relation.NEW,
        copy_of=None,
        p=_FOUNDER_P,
        why=why,
    )


def _join(
    store: Store,
    article: Article,
    facts: Facts,
    row: StoryRow,
    vector: weigh.Vector | None,
    severity: Severity | None,
    now: datetime,
    *,
    join: Join,
    relation: Relation,
    copy_of: int | None,
    p: float,
    why: str,
    holders: Mapping[int, Sequence[int]] | None = None,
    rivalled: bool = True,
) -> Placement:
    before = row.said
    independent = relation is not Relation.COPY
    updates = novelty.added(
        before, facts, severity=severity, source=article.source, independent=independent
    )
    known = novelty.absorb(
        before, facts, severity=severity, source=article.source, independent=independent,
        aloud=join is not Join.SILENT,
    )  # fmt: skip
    total = None
    if vector is not None:
        total = weigh.add(row.vector, vector)
        store.stories.post(row.id, stories.query(vector), holders)
    rivalled = rivalled and total is not None
    store.stories.grow(row.id, total, known, now, rivalled=rivalled)
    return Placement(row.id, join, relation, copy_of, p, why, updates)
