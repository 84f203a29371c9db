"""Put together what is told: alerts and digests from what the store gives.

Pure: rows and views in, `Alert` and `DigestView` out. One selection for every output: mail, text,
webhook and file show the same stories in the same order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from wirewatch.model import (
    Alert,
    AlertSettings,
    Article,
    Channel,
    Coverage,
    Digest,
    DigestArticle,
    DigestMatch,
    DigestStory,
    DigestView,
    Disposition,
    Facts,
    Feed,
    FeedNote,
    FeedState,
    Health,
    HeldBack,
    Match,
    PendingAlert,
    Reason,
    RuleSpec,
    StoryFacts,
    StoryView,
    Update,
    UpdateKind,
)

# A digest closed later than this after its slot says so.
LATE = timedelta(minutes=5)

_WELL = frozenset({Health.HEALTHY, Health.NEW, Health.PAUSED})


def takes(digest: Digest, match: Match, spec: RuleSpec) -> bool:
    """Return whether a digest takes a match: every given condition must hold."""
    return (
        match.severity >= digest.severity
        and (not digest.rules or spec.id in digest.rules)
        and (not digest.tags or bool({*digest.tags} & {*spec.tags, *match.tags}))
    )


def digest_stories(
    rows: Iterable[tuple[int, DigestMatch]],
    *,
    articles: Mapping[int, Article],
    facts: Mapping[int, Facts],
    story_of: Mapping[int, int],
    views: Mapping[int, StoryView],
    titles: Mapping[str, str],
    seen_before: Collection[int],
    updates: Mapping[int, Sequence[Update]],
    since: datetime | None = None,
) -> tuple[DigestStory, ...]:
    """Group matches by article and story; most severe and largest first.

    Args:
        rows: (article id, match).
        articles: All that `rows` name.
        facts: Of those articles that have any.
        story_of: Story by article.
        views: By story; a story without one is shown by its articles alone.
        titles: Of the rules by id; a rule that is gone keeps its id.
        seen_before: Stories that were in an earlier digest of this name.
        updates: By article: what it added to its story.
        since: When the digest before was closed.
    """
    by_article: dict[int, list[DigestMatch]] = {}
    for article_id, match in rows:
        title = titles.get(match.rule_id) or match.rule_id
        by_article.setdefault(article_id, []).append(replace(match, rule_title=title))
    by_story: dict[int, list[DigestArticle]] = {}
    for article_id, told in by_article.items():
        article, matches = articles[article_id], _once_each(told)
        in_order = sorted(matches, key=lambda m: (-m.severity.rank, m.matched_at, m.rule_id))
        entry = DigestArticle(article, facts.get(article_id, Facts()), tuple(in_order))
        by_story.setdefault(story_of.get(article_id, -article_id), []).append(entry)
    stories = [
        _story(story_id, entries, views.get(story_id), story_id in seen_before, updates, since)
        for story_id, entries in by_story.items()
    ]
    return tuple(sorted(stories, key=_rank))


def _once_each(matches: Iterable[DigestMatch]) -> list[DigestMatch]:
    """Return one match a rule: of a text and its edit the one that was told, else the later."""
    kept: dict[str, DigestMatch] = {}
    for match in matches:
        known = kept.get(match.rule_id)
        if known is None or match.disposition.told_at or not known.disposition.told_at:
            kept[match.rule_id] = match
    return list(kept.values())


def _story(
    story_id: int,
    entries: list[DigestArticle],
    view: StoryView | None,
    seen: bool,  # noqa: FBT001 - private, read by position once
    updates: Mapping[int, Sequence[Update]],
    since: datetime | None,
) -> DigestStory:
    ordered = sorted(entries, key=lambda e: (e.article.first_seen_at, e.article.id))
    changes = [change for entry in ordered for change in updates.get(entry.article.id, ())]
    view = view or bare_view(story_id, [entry.article for entry in ordered])
    return DigestStory(
        story=view,
        articles=tuple(ordered),
        severity=max(match.severity for entry in entries for match in entry.matches),
        is_new=not seen,
        updates=grown(changes, view.facts, is_new=not seen, since=since),
    )


def _rank(story: DigestStory) -> tuple[int, int, int, float, int]:
    view = story.story
    return (
        -story.severity.rank,
        -view.independent_count,
        -view.article_count,
        -view.last_at.timestamp(),
        view.id,
    )


def merged_updates(updates: Sequence[Update]) -> tuple[Update, ...]:
    """Return a story's updates with those of one kind put together.

    Names of places and actors are listed once; of a toll that rose several times the first and the
    last are kept: 5 → 7 and 7 → 12 is 5 → 12.
    """
    names: dict[UpdateKind, list[str]] = {}
    merged: dict[tuple[UpdateKind, str], Update] = {}
    for update in updates:
        if update.kind in {UpdateKind.NEW_ACTOR, UpdateKind.NEW_PLACE}:
            names.setdefault(update.kind, []).extend(update.after.split(", "))
            listed = ", ".join(dict.fromkeys(names[update.kind]))
            merged[update.kind, ""] = Update(update.kind, "", listed)
            continue
        grows = update.kind in {UpdateKind.TOLL_RAISED, UpdateKind.MORE_SOURCES}
        key = (update.kind, update.before.rpartition(" ")[2] if grows else update.after)
        first = merged.get(key)
        merged[key] = replace(update, before=first.before) if first else update
    return tuple(merged.values())


def grown(
    updates: Sequence[Update], facts: StoryFacts, *, is_new: bool, since: datetime | None
) -> tuple[Update, ...]:
    """Return what a digest says is new in a story.

    A rising toll is told in numbers, where the story knows them. What else was added to a story that
    the reader sees for the first time is no news: it stands in its event card.
    """
    rises = [text for at, text in facts.rose if since is None or at > since]
    kept = [
        update
        for update in updates
        if update.kind in {UpdateKind.DENIED, UpdateKind.CONFIRMED}
        or (not is_new and update.kind is not UpdateKind.TOLL_RAISED)
        or (update.kind is UpdateKind.TOLL_RAISED and not rises and not is_new)
    ]
    if rises:
        before, after = rises[0].partition(" → ")[0], rises[-1].rpartition(" → ")[2]
        kept.insert(0, Update(UpdateKind.TOLL_RAISED, before, f"{after} killed"))
    return merged_updates(kept)


def bare_view(story_id: int, articles: Sequence[Article]) -> StoryView:
    """Return a story as its given articles alone show it."""
    first, last = articles[0], articles[-1]
    sources = len({article.source for article in articles})
    return StoryView(
        id=story_id,
        headline=first.title,
        url=first.url,
        language=first.language,
        founded_at=first.first_seen_at,
        last_at=last.first_seen_at,
        article_count=len(articles),
        source_count=sources,
        independent_count=sources,
        outlets=(),
    )


def together(
    pending: Iterable[PendingAlert],
    *,
    channels: Mapping[int, Sequence[Channel]],
    story_of: Mapping[int, int],
) -> list[tuple[list[PendingAlert], list[Channel]]]:
    """Return the alerts that go out as one message each, and where to: of one story, to one channel.

    An air strike on a militia is news for two rules and one reader. The most severe leads, then what
    adds to a story that was told already, then the rule that matched first. Channels that get the
    same alerts share the message; an alert can be in the messages of several.

    Args:
        pending: In order; the groups keep the order of their first.
        channels: By alert.
        story_of: By alert's own story: the one it has become.
    """
    told: dict[tuple[int, str], tuple[Channel, list[PendingAlert]]] = {}
    for alert in pending:
        for channel in channels[alert.id]:
            reader = (story_of[alert.story_id], channel.name)
            told.setdefault(reader, (channel, []))[1].append(alert)
    groups: dict[tuple[int, ...], tuple[list[PendingAlert], list[Channel]]] = {}
    for channel, alerts in told.values():
        group = sorted(alerts, key=_lead)
        groups.setdefault(tuple(alert.id for alert in group), (group, []))[1].append(channel)
    return list(groups.values())


def _lead(alert: PendingAlert) -> tuple[int, bool, int]:
    return (-alert.severity.rank, Reason.FIRST_SIGHT in alert.reasons, alert.id)


def merged_reasons(group: Iterable[PendingAlert]) -> tuple[Reason, ...]:
    """Return why alerts that go out together do so, the leading one's reasons first.

    That a further rule sees the story for the first time is no reason beside what is new in it.
    """
    reasons = tuple(dict.fromkeys(reason for alert in group for reason in alert.reasons))
    return tuple(r for r in reasons if r is not Reason.FIRST_SIGHT) or reasons


def storm_view(
    alerts: Sequence[Alert],
    *,
    slot: str,
    timezone: str,
    settings: AlertSettings,
    first_at: datetime,
    now: datetime,
) -> DigestView:
    """Return a storm's alerts as one small digest that says why they come together."""
    minutes = int(settings.storm_within / timedelta(minutes=1))
    return DigestView(
        id=0,
        name="storm",
        slot=slot,
        timezone=timezone,
        covers_from=first_at,
        covers_to=now,
        late_by=None,
        stories=tuple(sorted(map(_storm_story, alerts), key=_rank)),
        held_back=(),
        excluded=(),
        coverage=Coverage(0, 0, 0, ()),
        trends=(),
        notices=(),
        banner=(
            f"More than {settings.storm_count} alerts in {minutes} minutes: these {len(alerts)} come "
            "as one message. They stand in the next digest again."
        ),
    )


def _storm_story(alert: Alert) -> DigestStory:
    disposition = Disposition(told_at=alert.composed_at, reason=next(iter(alert.reasons), None))
    titles = {alert.rule_id: alert.rule_title} | {
        each.rule_id: each.rule_title for each in alert.also
    }
    articles = tuple(
        DigestArticle(
            cause.article,
            cause.facts,
            tuple(
                DigestMatch(
                    m.rule_id, titles[m.rule_id], m.severity, m, alert.matched_at, disposition
                )
                for m in cause.matches
            ),
        )
        for cause in alert.causes
    )
    return DigestStory(alert.story, articles, alert.severity, is_new=True, updates=alert.updates)


def held_back(rows: Iterable[tuple[int, DigestMatch]]) -> tuple[tuple[HeldBack, int], ...]:
    """Return how many matches were held back, by reason, most frequent first."""
    counts = Counter(
        match.disposition.held
        for _, match in rows
        if match.disposition.held and not match.disposition.told_at
    )
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return tuple((reason, count) for reason, count in ordered if reason)


def coverage(
    feeds: Sequence[Feed],
    states: Mapping[str, FeedState],
    *,
    article_count: int,
    outcomes: Mapping[str, int],
) -> Coverage:
    """Return how much of the world was read, and which feeds are not well.

    Args:
        feeds: As configured; paused ones don't count.
        states: By feed name.
        article_count: Texts first seen in the period.
        outcomes: Polls in the period by how they ended.
    """
    active = [feed for feed in feeds if not feed.paused]
    notes = [
        _note(feed.name, states[feed.name])
        for feed in active
        if feed.name in states and states[feed.name].health not in _WELL
    ]
    good = sum(outcomes.get(name, 0) for name in ("new", "unchanged", "not_modified", "parsed"))
    polls = sum(outcomes.values())
    return Coverage(
        article_count=article_count,
        feed_count=len(active),
        healthy_count=len(active) - len(notes),
        notes=tuple(sorted(notes, key=lambda n: (n.health, n.feed))),
        polls=polls,
        failed_polls=polls - good,
    )


def _note(name: str, state: FeedState) -> FeedNote:
    since = state.failing_since if state.failures else state.health_since
    return FeedNote(name, state.health, since or state.health_since, state.error or "")


def late_by(slot_at: datetime, closed_at: datetime) -> timedelta | None:
    """Return how late a digest is, None when it is on time."""
    late = closed_at - slot_at
    return late if late >= LATE else None
