"""Take in what one poll brought: one transaction from the entries to what is owed to whom.

"Seen" and "to be told" are one fact: articles, matches, story membership, what is
owed to which channel and digest, the feed's validators and its next poll time are
committed together or not at all. Runs on the writer thread, so that two polls
can't found one story.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest import health, pace
from ingest.hosts import host_of
from ingest.identify import CHURN_LEAST, Identity, identify, keys
from wirewatch.errors import FeedError
from wirewatch.model import (
    Appearance,
    Article,
    Facts,
    Feed,
    FeedState,
    FirstPoll,
    HeldBack,
    Join,
    Known,
    Placement,
    Reading,
    Relation,
    Tell,
    Validators,
    Verdict,
)
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.place import place, replace_revised
from wirewatch.pipeline.poll import Polled
from wirewatch.pipeline.tell import settle, tell
from wirewatch.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of one entry.

    Attributes:
        article: As stored; for a known one, the text that was known already.
        placement: None for an entry that was known and unchanged.
        reading: None where no rule had to look again.
        verdicts: (rule id, what was decided) for each match that was weighed.
    """

    article: Article
    relation: Relation
    placement: Placement | None
    reading: Reading | None
    verdicts: tuple[tuple[str, Verdict], ...] = ()

    def is_urgent(self, now: datetime) -> bool:
        """Say whether it leads to an alert that does not wait."""
        return any(isinstance(each, Tell) and each.due_at <= now for _, each in self.verdicts)


@dataclass(frozen=True, slots=True)
class Round:
    """One poll, taken in; `took_s` is from asking to committed."""

    feed: Feed
    state: FeedState
    outcome: str
    admitted: tuple[Admitted, ...]
    warnings: tuple[str, ...] = ()
    took_s: float = 0.0

    @property
    def new_count(self) -> int:
        """How many entries were new texts."""
        return sum(a.relation not in {Relation.KNOWN, Relation.REVISION} for a in self.admitted)


def admit(store: Store, desk: Desk, polled: Polled, *, now: datetime) -> Round:
    """Take in a poll, in one transaction.

    Args:
        store: The writer's.
        desk: The configuration in force.
        polled: What the poll brought, or why it failed.
        now: Aware, UTC.

    Returns:
        What became of it. An entry that could not be read (a bug of ours) is left out and logged;
        the feed is then asked for the whole document again, so that it comes back.
    """
    with store.transaction():
        if polled.held_until is not None:
            return _put_off(store, desk, polled, polled.held_until)
        if polled.error is not None:
            hold_host(store, desk, polled.error, now=now, but=polled.feed.name)
            state = pace.failed(
                polled.state,
                polled.feed,
                desk.config.fetch,
                error=polled.error,
                now=now,
                jitter=desk.clock.jitter(),
            )
            return _close(store, desk, polled, state, polled.error.kind, (), now=now)
        known = _known(store, polled)
        identified = identify(
            polled.articles, known, listed=polled.listed, since=polled.state.succeeded_at
        )
        hold = _first_poll(polled)
        ignored = hold is not None and polled.feed.on_first_poll is FirstPoll.IGNORE
        admission = Admission(store, desk, polled.feed, now, hold, ignored)
        # Documents list the newest first.
        taken = [admission.take_guarded(each) for each in reversed(identified.identities)]
        admitted = [each for each in taken if each is not None]
        if any(each.is_urgent(now) for each in admitted):
            settle(store, now=now)  # not in a commit of its own: each is a wait for the disk
        store.articles.still_listed(polled.feed.name, polled.listed, now)
        new_count = sum(a.relation not in {Relation.KNOWN, Relation.REVISION} for a in admitted)
        state = pace.succeeded(
            polled.state,
            polled.feed,
            desk.config.fetch,
            hints=polled.hints,
            new_count=0 if hold is HeldBack.BASELINE else new_count,
            now=now,
            jitter=desk.clock.jitter(),
        )
        if polled.outcome == "parsed" and state.baseline_at is None:
            state = replace(state, baseline_at=now)
        if identified.churning:
            state = health.churned(state, now=now)
        if len(admitted) < len(taken):
            state = replace(state, validators=Validators(), body_hash=None)
        outcome = "new" if new_count else polled.outcome
        return _close(store, desk, polled, state, outcome, tuple(admitted), now=now)


@dataclass(frozen=True, slots=True)
class Admission:
    """Takes in the entries of one document, inside the caller's transaction.

    Attributes:
        store: The writer's.
        desk: The configuration in force.
        feed: Where the entries were listed.
        now: Aware, UTC.
        hold: Why nothing of this document alerts at once (a first poll), or None.
        quiet: Match and store, but owe it to nobody (`on_first_poll: ignore`).
    """

    store: Store
    desk: Desk
    feed: Feed
    now: datetime
    hold: HeldBack | None = None
    quiet: bool = False

    def take(self, identity: Identity) -> Admitted:
        """Take in one identified entry; say what became of it."""
        match identity.relation:
            case Relation.KNOWN if identity.first_here:
                return self._seen_elsewhere(identity)
            case Relation.KNOWN:
                article_id = identity.article_id or 0
                self.store.articles.appear(identity.article, article_id, identity.keys)
                return Admitted(self.store.articles.get(article_id), Relation.KNOWN, None, None)
            case Relation.REVISION:
                return self._revise(identity)
            case _:
                return self._add(identity)

    def take_guarded(self, identity: Identity) -> Admitted | None:
        """Take in one entry; a bug in reading one never takes the feed with it."""
        try:
            with self.store.savepoint():
                return self.take(identity)
        except self.store.FAILURES:
            raise  # the database itself is in trouble: the whole poll is taken back
        except Exception:
            log.exception("entry_failed feed=%r guid=%r", self.feed.name, identity.article.guid_key)
            return None

    def _add(self, identity: Identity) -> Admitted:
        stored = self.store.articles.add(identity.article, keys=identity.keys)
        reading = self._read(stored, identity.article)
        severity = max((m.severity for m in reading.matches), default=None)
        placement = place(self.store, stored, reading.facts, severity=severity, now=self.now)
        hold = HeldBack.BACKFILL if identity.is_backfill and self.hold is None else self.hold
        verdicts = self._file(stored, reading, placement, hold)
        return Admitted(stored, placement.relation, placement, reading, verdicts)

    def _seen_elsewhere(self, identity: Identity) -> Admitted:
        """A known article shows up in another feed: rules that look at feed, source or tags look again."""
        article_id = identity.article_id or 0
        self.store.articles.appear(identity.article, article_id, identity.keys)
        stored = self.store.articles.get(article_id)
        reading = self._read(stored, identity.article)
        placement = Placement(
            story_id=self.store.stories.resolve(self.store.articles.story_of(article_id) or 0),
            join=Join.SILENT,
            relation=Relation.KNOWN,
            copy_of=None,
            p=1.0,
            why=f"the same article, now also in {self.feed.name}",
        )
        known = self.store.matches.of_articles([article_id]).get(article_id, [])
        before = {match.rule_id for _, match, _ in known}
        fresh = tuple(m for m in reading.matches if m.rule_id not in before)
        verdicts = self._file(stored, replace(reading, matches=fresh), placement, self.hold)
        return Admitted(stored, Relation.KNOWN, placement, reading, verdicts)

    def _revise(self, identity: Identity) -> Admitted:
        """An edit: its rules run again; only a newly matching rule or a new fact can alert."""
        article_id = identity.article_id or 0
        old = self.store.articles.get(article_id)
        before = self.store.matches.facts([article_id]).get(article_id, Facts())
        stored = self.store.articles.revise(article_id, identity.article, self.now)
        self.store.articles.appear(identity.article, article_id, identity.keys)
        reading = self._read(stored, identity.article)
        placement = replace_revised(
            self.store, stored, reading.facts, before, old.title, now=self.now
        )
        verdicts = self._file(stored, reading, placement, self.hold)
        return Admitted(stored, Relation.REVISION, placement, reading, verdicts)

    def _read(self, stored: Article, listed: Article) -> Reading:
        where = Appearance(self.feed.name, listed.source, self.feed.tags, self.feed.tier)
        return self.desk.program.read(stored, where)

    def _file(
        self, article: Article, reading: Reading, placement: Placement, hold: HeldBack | None
    ) -> tuple[tuple[str, Verdict], ...]:
        """Store what the rules said and decide whom to tell."""
        stored = self.store.matches.put(
            article.id, reading.matches, config_hash=self.desk.config.hash, now=self.now
        )
        self.store.matches.put_aside(article.id, reading.suppressed, reading.near_misses, self.now)
        self.store.matches.put_facts(article.id, reading.facts)
        if self.quiet or not stored:
            return ()
        return tell(
            self.store,
            self.desk,
            article=article,
            stored=stored,
            placement=placement,
            facts=reading.facts,
            hold=hold,
            now=self.now,
        )


def _close(
    store: Store,
    desk: Desk,
    polled: Polled,
    state: FeedState,
    outcome: str,
    admitted: tuple[Admitted, ...],
    *,
    now: datetime,
) -> Round:
    state = health.judge(state, polled.feed, desk.config.fetch, now=now)
    store.feeds.put(state)
    store.feeds.count_poll(outcome, now)
    return Round(polled.feed, state, outcome, admitted, polled.warnings)


def _put_off(store: Store, desk: Desk, polled: Polled, until: datetime) -> Round:
    """The host is to be left alone: the feed is due later, and none the worse for it."""
    later = until + timedelta(minutes=1) * desk.clock.jitter()
    state = replace(polled.state, next_poll_at=later)
    store.feeds.put(state)
    return Round(polled.feed, state, polled.outcome, ())


def hold_host(store: Store, desk: Desk, error: FeedError, *, now: datetime, but: str) -> list[str]:
    """Put off a host's other feeds when one of them was told to come back later; return their names.

    Kept with the feeds, so that a restart asks none of them early either. Afterwards they come one
    by one.
    """
    hold = pace.host_hold(error)
    host = host_of(error.url)
    if not (hold and host and desk.config.fetch.hold_host):
        return []
    until = now + hold
    waiting = [
        name
        for name, url in store.feeds.due_before(until, url_part=host)
        if name != but and host_of(url) == host
    ]
    step = max(desk.config.fetch.host_spacing, timedelta(seconds=1))
    store.feeds.plan([(name, until + i * step) for i, name in enumerate(waiting)])
    if waiting:
        log.warning("host_held host=%s feeds=%d until=%s", host, len(waiting), f"{until:%FT%TZ}")
    return waiting


def _known(store: Store, polled: Polled) -> list[Known]:
    """Look up a document's entries; by their texts too where so many ids are new that it may be churn."""
    name, articles = polled.feed.name, polled.articles
    guids, links = keys(articles)
    known = store.articles.known(name, guids, links)
    here = {each.guid_key for each in known if each.feed == name}
    strangers = [a for a in articles if a.guid_key not in here]
    if polled.state.baseline_at is None or len(strangers) < CHURN_LEAST:
        return known
    return store.articles.known(name, guids, links, {a.content_hash for a in strangers})


def _first_poll(polled: Polled) -> HeldBack | None:
    """A feed's first poll is its baseline: its backlog never alerts at once."""
    first = polled.state.baseline_at is None
    return HeldBack.BASELINE if first and polled.feed.on_first_poll is not FirstPoll.ALERT else None
