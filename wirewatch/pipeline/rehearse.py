"""Run articles through the whole pipeline in a scratch database, on a clock of their own.

One path is behind `replay`, backtests and `check --diff`: identity, copies, stories, rules,
facts and the alert policy are the service's own; nothing is sent. `first_seen` is
`published`; there is no baseline, every line counts as news.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ingest.identify import identify, keys
from ingest.normalise import content_hash, identity_keys
from ingest.urls import source_of
from wirewatch.clock import ManualClock
from wirewatch.model import (
    Appearance,
    Article,
    Config,
    Feed,
    FirstPoll,
    HeldBack,
    Reading,
    Relation,
    Tell,
)
from wirewatch.pipeline.admit import Admission, Admitted
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.lines import Line
from wirewatch.pipeline.place import repair
from wirewatch.pipeline.tell import settle_due
from wirewatch.store import Store
from wirewatch.text import clean, clean_line

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=1)
REPAIR_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of a line.

    Attributes:
        article: Id of the line that holds this article.
        story: The final story, after all merges.
        join: "founded", "silent" or "possible".
        alerts: (rule, reason) that would have been told because of this line.
    """

    line: Line
    article: str
    relation: Relation
    story: int
    join: str
    reading: Reading
    alerts: tuple[tuple[str, str], ...]


def rehearse(lines: Iterable[Line], desk: Desk, scratch: Store) -> Iterator[Rehearsed]:
    """Run a stream through the pipeline.

    Args:
        lines: In stream order; times may step back.
        desk: Its clock must be a ManualClock; it is moved along.
        scratch: Empty; `Store.scratch()`.

    Yields:
        One result a line, in input order, once the whole stream is done (stories merge later on).
    """
    clock = desk.clock
    assert isinstance(clock, ManualClock)
    quiet = replace(desk, config=unsent(desk.config))
    done: list[tuple[Line, Admitted, Reading]] = []
    holders: dict[int, str] = {}
    feeds = {feed.name: feed for feed in desk.config.feeds}
    now, mended = EPOCH - STEP, EPOCH
    for line in lines:
        before, now = now, line.published or now + STEP
        clock.move_to(now)
        if now != before:  # what one poll brings is taken in before anything is told
            _let_pass(scratch, now=now)
        if abs(now - mended) >= REPAIR_EVERY:
            with scratch.transaction():
                repair(scratch, now=now)
            mended = now
        article = to_article(line, first_seen_at=now)
        feed = _feed(article, feeds.get(article.feed))
        hold = HeldBack.BASELINE if line.is_backlog else None
        with scratch.transaction():
            admitted = _take(Admission(scratch, quiet, feed, now, hold), article)
        holders.setdefault(admitted.article.id, line.id)
        reading = admitted.reading or quiet.program.read(
            admitted.article, Appearance(feed.name, article.source, feed.tags, feed.tier)
        )
        done.append((line, admitted, reading))
    with scratch.transaction():
        repair(scratch, now=now)
    for line, admitted, reading in done:
        yield _result(scratch, line, admitted, reading, holders)


def _let_pass(scratch: Store, *, now: datetime) -> None:
    """Let the alerts go out whose time has come; nobody reads them, so nothing is rendered."""
    composed = settle_due(scratch, now=now)
    if composed:
        with scratch.transaction():
            scratch.alerts.finish({alert.id: () for alert in composed})


def unsent(config: Config) -> Config:
    """Return the configuration without anywhere to send to: decisions are made, nothing is rendered."""
    return replace(config, channels=(), digests=(), system_channels=())


def to_article(line: Line, *, first_seen_at: datetime) -> Article:
    """Build the article of a line: its text is plain already, only hostile characters are dropped."""
    title, summary, body = clean_line(line.title), clean(line.summary), clean(line.body)
    digest = content_hash(title, summary, body)
    known_by = identity_keys(line.guid or "", line.url, digest)
    return Article(
        feed=line.feed or "replay",
        source=source_of(line.url, line.feed or "replay"),
        title=title,
        summary=summary,
        body=body,
        url=line.url,
        guid_key=known_by.guid_key,
        link_key=known_by.link_key,
        exact_key=known_by.exact_key,
        first_seen_at=first_seen_at,
        content_hash=digest,
        language=line.language,
        published_at=line.published,
        authors=line.authors,
        categories=line.categories,
    )


def _feed(article: Article, known: Feed | None) -> Feed:
    """Return the feed of an article as the configuration has it; its first poll is long past."""
    if known is None:
        return Feed(article.feed, "", on_first_poll=FirstPoll.ALERT, language=article.language)
    return replace(known, on_first_poll=FirstPoll.ALERT)


def _take(admission: Admission, article: Article) -> Admitted:
    known = admission.store.articles.known(admission.feed.name, *keys([article]))
    (identity,) = identify([article], known).identities
    return admission.take(identity)


def _result(
    scratch: Store, line: Line, admitted: Admitted, reading: Reading, holders: dict[int, str]
) -> Rehearsed:
    article, placement = admitted.article, admitted.placement
    story = scratch.stories.resolve(scratch.articles.story_of(article.id) or 0)
    holder = article.id
    if placement is not None and placement.relation is Relation.COPY and placement.copy_of:
        holder = placement.copy_of
    return Rehearsed(
        line=line,
        article=holders[holder],
        relation=admitted.relation,
        story=story,
        join=placement.join if placement is not None else "silent",
        reading=reading,
        alerts=tuple(
            (rule, verdict.reason)
            for rule, verdict in admitted.verdicts
            if isinstance(verdict, Tell)
        ),
    )
