"""Gather what an alert or a digest shows: reads the store, hands plain rows to `alerts.compose`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from alerts import compose, policy
from alerts.render import Renderer
from wirewatch.model import (
    Alert,
    AlsoTold,
    Article,
    Channel,
    Config,
    Digest,
    DigestMatch,
    DigestView,
    Facts,
    Match,
    MatchedArticle,
    PendingAlert,
    Reason,
    RuleSpec,
    StoryView,
    Trend,
    UpdateKind,
)
from wirewatch.store import Store
from wirewatch.store.digests import Closed


class Rule(Protocol):
    """What telling needs of a compiled rule."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def spec(self) -> RuleSpec: ...  # noqa: D102


class Book(Protocol):
    """What telling needs of the compiled rules."""

    @property
    def rules(self) -> Sequence[Rule]: ...  # noqa: D102


class Desk(Protocol):
    """What telling needs of the desk; tests bring rules without compiling any."""

    @property
    def config(self) -> Config: ...  # noqa: D102
    @property
    def program(self) -> Book: ...  # noqa: D102
    @property
    def renderer(self) -> Renderer: ...  # noqa: D102


_DAY = timedelta(days=1)
_HISTORY_DAYS = 14
_NEAR_MISSES = 20
_OUTLETS = 30  # more than any message names


def targets(
    config: Config, match: Match, spec: RuleSpec, article: Article, facts: Facts
) -> tuple[Channel, ...] | None:
    """Return where a match is told at once; None where no channel is configured at all."""
    return policy.target_channels(match, spec, article, facts, config) if config.channels else None


def digested(config: Config) -> frozenset[str]:
    """Return the names of channels that a digest serves."""
    return frozenset(name for digest in config.digests for name in digest.channels)


def digest_named(config: Config, name: str) -> Digest | None:
    """Return the digest of that name, or None."""
    return next((digest for digest in config.digests if digest.name == name), None)


def timezones(config: Config) -> dict[str, str]:
    """Return in which zone a channel's reader lives: that of its quiet hours, else of its first digest."""
    zones = {
        name: digest.timezone for digest in reversed(config.digests) for name in digest.channels
    }
    # One digest says where the house is, also for channels that no digest serves.
    if config.digests:
        zones = {c.name: config.digests[0].timezone for c in config.channels} | zones
    return zones | {c.name: c.quiet_hours.timezone for c in config.channels if c.quiet_hours}


def alert_channels(store: Store, desk: Desk, pending: PendingAlert) -> list[Channel]:
    """Return where an alert goes, as configured now: its causes' channels, those in quiet hours left out."""
    specs = {rule.id: rule.spec for rule in desk.program.rules}
    spec = specs.get(pending.rule_id)
    if not desk.config.channels:
        return []
    causes = store.alerts.causes(pending.id)
    articles = store.articles.many(article_id for article_id, _, _ in causes)
    facts = store.matches.facts(articles)
    found: dict[str, Channel] = {}
    for article_id, match, _ in causes:
        rule = spec or RuleSpec(id=match.rule_id, path=(), match=())
        article = articles[article_id]
        for channel in policy.target_channels(
            match, rule, article, facts.get(article_id, Facts()), desk.config
        ):
            found[channel.name] = channel
    at = pending.composed_at or pending.due_at
    awake = [c for c in found.values() if not policy.quiet_for(c, pending.severity, at)]
    # All asleep: it was let through by an earlier configuration; better told than lost.
    return awake or list(found.values())


def alert_view(store: Store, desk: Desk, group: Sequence[PendingAlert]) -> Alert:
    """Return an alert with its story as it was when it was composed.

    Args:
        store: To read.
        desk: The configuration in force.
        group: Alerts of one story that go out together; the first one leads.
    """
    pending = group[0]
    at = pending.composed_at or pending.due_at
    causes = store.alerts.causes(*(each.id for each in group))
    articles = store.articles.many(article_id for article_id, _, _ in causes)
    facts = store.matches.facts(articles)
    by_article: dict[int, list[Match]] = {}
    for article_id, match, _ in causes:
        by_article.setdefault(article_id, []).append(match)
    rules = {rule.id: rule for rule in desk.program.rules}
    spec = rules[pending.rule_id].spec if pending.rule_id in rules else None
    reasons = compose.merged_reasons(group)
    updates = compose.merged_updates(
        [
            update
            for _, _, each in causes
            for update in each
            # Where the toll is the reason, the detail tells it in numbers.
            if update.kind is not UpdateKind.TOLL_RAISED or Reason.TOLL_RAISED not in reasons
        ]
    )
    told = [_told_by(each, rules.get(each.rule_id), causes) for each in group]
    return Alert(
        id=pending.id,
        rule_id=told[0].rule_id,
        rule_title=told[0].rule_title,
        rule_hash=told[0].rule_hash,
        severity=pending.severity,
        story=store.stories.view(pending.story_id, now=at, outlets=_OUTLETS),
        causes=tuple(
            MatchedArticle(articles[article_id], tuple(matches), facts.get(article_id, Facts()))
            for article_id, matches in by_article.items()
        ),
        reasons=reasons,
        updates=updates,
        detail=pending.detail,
        matched_at=min(each.matched_at for each in group),
        composed_at=at,
        tags=spec.tags if spec else (),
        note=spec.note if spec else "",
        owner=spec.owner if spec else "",
        also=tuple(told[1:]),
    )


def _told_by(
    pending: PendingAlert, rule: Rule | None, causes: Sequence[tuple[int, Match, object]]
) -> AlsoTold:
    hashes = (match.rule_hash for _, match, _ in causes if match.rule_id == pending.rule_id)
    return AlsoTold(
        pending.rule_id,
        (rule.title if rule else "") or pending.rule_id,
        pending.severity,
        next(hashes, ""),
    )


def closed_view(store: Store, desk: Desk, closed: Closed) -> DigestView:
    """Return a closed digest; the same each time it is asked for."""
    rows = store.digests.assigned(closed.id)
    return _view(store, desk, closed, rows, before=closed.id)


def open_view(
    store: Store, desk: Desk, digest: Digest, *, slot: str, slot_at: datetime, now: datetime
) -> DigestView:
    """Return what the next digest would show if it were closed now."""
    last = store.digests.last_closed(digest.name)
    closed = Closed(
        id=0,
        name=digest.name,
        slot=slot,
        slot_at=slot_at,
        timezone=digest.timezone,
        covers_from=last.closed_at if last else None,
        closed_at=now,
        state="closed",
    )
    return _view(store, desk, closed, store.digests.open_rows(digest.name), before=None)


def _view(
    store: Store,
    desk: Desk,
    closed: Closed,
    rows: Sequence[tuple[int, int, DigestMatch]],
    *,
    before: int | None,
) -> DigestView:
    digest = digest_named(desk.config, closed.name)
    articles = store.articles.many({article_id for article_id, _, _ in rows})
    story_ids = {story_id for _, story_id, _ in rows}
    own = digest.channels if digest else ()
    matched = [(article_id, _seen_by(match, own)) for article_id, _, match in rows]
    since, until = closed.covers_from, closed.closed_at
    polls_since = since or store.digests.started_at(closed.name) or until - _DAY
    stories = compose.digest_stories(
        matched,
        articles=articles,
        facts=store.matches.facts(articles),
        story_of={article_id: story_id for article_id, story_id, _ in rows},
        views=_views(store, story_ids, until),
        titles={rule.id: rule.title or rule.id for rule in desk.program.rules},
        seen_before=store.digests.seen_before(closed.name, story_ids, before=before),
        updates=store.alerts.updates_of(articles),
        since=since,
    )
    return DigestView(
        id=closed.id,
        name=closed.name,
        slot=closed.slot,
        timezone=closed.timezone,
        covers_from=since,
        covers_to=until,
        late_by=compose.late_by(closed.slot_at, until),
        stories=stories,
        held_back=compose.held_back(matched),
        excluded=tuple(store.matches.excluded_since(since)),
        coverage=compose.coverage(
            desk.config.feeds,
            store.feeds.all(),
            article_count=store.articles.count_since(since, until),
            outcomes=store.feeds.polls_since(polls_since),
        ),
        trends=_trends(store, desk, digest, since, until),
        notices=tuple(
            f"{n.title}: {n.text}"
            for n in store.notices.since(since, until)
            if not n.key.startswith("feeds:")  # the coverage names them
        ),
        title=digest.title if digest else "",
        near_misses=tuple(store.digests.near_misses(since, until, _NEAR_MISSES))
        if digest and digest.near_misses
        else (),
    )


def _seen_by(match: DigestMatch, channels: Sequence[str]) -> DigestMatch:
    """Name where a match was told only where this digest's readers were not among them."""
    told = match.disposition.channels
    if not told or not {*told}.isdisjoint(channels):
        return replace(match, disposition=replace(match.disposition, channels=()))
    return match


def _views(store: Store, story_ids: set[int], until: datetime) -> dict[int, StoryView]:
    views = store.stories.views(story_ids, now=until, outlets=_OUTLETS)
    return {
        asked: view if view.id == asked else replace(view, id=asked)
        for asked, view in views.items()
    }


def _trends(
    store: Store, desk: Desk, digest: Digest | None, since: datetime | None, until: datetime
) -> tuple[Trend, ...]:
    """Compare each rule's matches in the period with its last two weeks."""
    first = store.digests.first_match_at()
    if first is None:
        return ()
    period = max(until - since, timedelta(hours=1)) if since else _DAY
    start = since or until - _DAY
    now = store.digests.match_counts(until=until, bucket=until - start, buckets=1)
    days = min(_HISTORY_DAYS, max(int((start - first) / _DAY), 0))
    past = store.digests.match_counts(until=start, bucket=_DAY, buckets=days) if days else {}
    wanted = [
        rule
        for rule in desk.program.rules
        if digest is None or not digest.rules or rule.id in digest.rules
    ]
    trends = []
    for rule in wanted:
        history = tuple(reversed(past.get(rule.id, [0] * days)))
        usual = sum(history) / days * (period / _DAY) if days else 0.0
        count = now.get(rule.id, [0])[0]
        if count or usual:
            trends.append(Trend(rule.id, rule.title or rule.id, count, round(usual, 1), history))
    return tuple(sorted(trends, key=lambda t: (-t.count, -t.usual, t.rule_id)))
