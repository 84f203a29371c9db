"""Alerts that wait: let them out when their time has come, hold them when something came between.

The storm brake stands here: what is too much in too short a time goes out as one mini-digest that
says why. So do rules that tell of silence (`when: {absent: true}`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts import compose, messages, policy
from alerts.mutes import muted, muted_by
from alerts.show import duration, moment
from alerts.windows import absent_since
from wirewatch.model import (
    AlertSettings,
    Channel,
    Facts,
    HeldBack,
    Hold,
    Message,
    MessageKind,
    PendingAlert,
    Reason,
    RuleSpec,
    Severity,
    SystemNotice,
    Told,
)
from wirewatch.pipeline import assemble
from wirewatch.pipeline.assemble import Desk, Rule
from wirewatch.pipeline.news import template_trouble
from wirewatch.store import Store

log = logging.getLogger(__name__)


def compose_due(store: Store, desk: Desk, *, now: datetime) -> list[Message]:
    """Let alerts go out whose time has come; return their messages, put in the outbox.

    Opens its own transactions.
    """
    composed = settle_due(store, now=now)
    if composed and desk.config.channels:
        _brake(store, desk.config.alerts, composed, now)
    sent = [*_send_composed(store, desk), *_send_braked(store, desk, now)]
    sent += _tell_absences(store, desk, now)
    return [*sent, *template_trouble(store, desk, now=now)]


def settle_due(store: Store, *, now: datetime) -> list[PendingAlert]:
    """Decide about the alerts whose time has come; return those that go out and are not rendered yet.

    Opens its own transaction. Mutes and acknowledgements are looked at once more: much can happen
    while an alert waits.
    """
    if store.alerts.next_due_by(now):
        with store.transaction():
            settle(store, now=now)
    return store.alerts.composed()


def settle(store: Store, *, now: datetime) -> None:
    """Decide about the alerts whose time has come, inside the caller's transaction."""
    for alert in store.alerts.due(now):
        _settle(store, alert, now)


def next_due(store: Store) -> datetime | None:
    """Return when the next waiting alert is due, or None."""
    return store.alerts.next_due()


def undelivered(store: Store, desk: Desk, message: Message, now: datetime) -> bool:
    """Move an alert that its channel did not take in time to that channel's next digest.

    Inside the caller's transaction.

    Returns:
        False when no digest serves the channel (or it is no alert): it must be tried further.
    """
    if message.kind is not MessageKind.ALERT or message.alert_id is None:
        return False
    names = [d.name for d in desk.config.digests if message.channel in d.channels]
    for match_id in store.alerts.matches_of(message.alert_id, message.channel) if names else ():
        store.digests.owe(names, match_id, f"late:{message.alert_id}")
    if names:
        log.warning(
            "moved_to_digest alert=%d channel=%s at=%s", message.alert_id, message.channel, now
        )
    return bool(names)


def _settle(store: Store, alert: PendingAlert, now: datetime) -> None:
    """Let a waiting alert go out, or hold it back for what has happened since."""
    story_id = store.stories.resolve(alert.story_id)
    hold = _late_hold(store, alert, story_id, now)
    if hold is not None:
        store.alerts.hold(alert.id, hold, now)
        return
    store.alerts.compose(alert, now)
    causes = store.alerts.causes(alert.id)
    facts = store.matches.facts({article_id for article_id, _, _ in causes}).values()
    before = store.alerts.told(story_id, alert.rule_id)
    store.alerts.put_told(
        Told(
            story_id=story_id,
            rule_id=alert.rule_id,
            first_at=before.first_at if before else now,
            last_at=now,
            count=(before.count if before else 0) + 1,
            severity=max(alert.severity, before.severity) if before else alert.severity,
            independent_count=store.stories.independent_count(story_id),
            killed_min=_most(before.killed_min if before else None, map(_killed, facts)),
            injured_min=_most(before.injured_min if before else None, map(_injured, facts)),
        )
    )


def _late_hold(store: Store, alert: PendingAlert, story_id: int, now: datetime) -> Hold | None:
    if store.silences.is_acked(story_id):
        return Hold(HeldBack.ACKED, "someone has taken note of this story")
    if alert.reasons == (Reason.FIRST_SIGHT,) and store.alerts.told(story_id, alert.rule_id):
        # Two stories turned out to be one while this waited: merging never tells again.
        return Hold(HeldBack.NOTHING_NEW, "merged with a story that has been told")
    mutes = store.silences.mutes(now)
    if not mutes:
        return None
    articles = store.articles.many(article_id for article_id, _, _ in store.alerts.causes(alert.id))
    text = "\n".join(f"{a.title}\n{a.summary}\n{a.body}" for a in articles.values())
    mute = muted_by(mutes, alert.rule_id, story_id, text)
    return muted(mute) if mute else None


def _brake(
    store: Store, settings: AlertSettings, composed: Sequence[PendingAlert], now: datetime
) -> None:
    """Keep the stories that are too much for a mini-digest; critical ones have an allowance of their own."""
    if settings.storm_count <= 0:
        return
    by_severity = sorted(composed, key=lambda alert: (-alert.severity.rank, alert.id))
    for critical in (True, False):
        own = [a for a in by_severity if (a.severity is Severity.CRITICAL) == critical]
        stories = list(dict.fromkeys(alert.story_id for alert in own))
        recent = store.alerts.stories_told(now - settings.storm_within, now, critical=critical)
        over = min(recent - settings.storm_count, len(stories))
        if over > 0:
            with store.transaction():
                store.alerts.brake([a.id for a in own if a.story_id in stories[-over:]])
            log.warning("braked stories=%d recent=%d critical=%s", over, recent, critical)


def _send_composed(store: Store, desk: Desk) -> list[Message]:
    """Render what goes out: one message for each story and channel, whichever rules tell of it."""
    pending = store.alerts.composed()
    channels = {each.id: assemble.alert_channels(store, desk, each) for each in pending}
    groups = _grouped(store, pending, channels)
    sent: list[Message] = []
    for group, taking in groups:
        alert = assemble.alert_view(store, desk, group)
        sent += messages.for_alert(
            alert,
            taking,
            desk.renderer,
            at=alert.composed_at,
            expire=desk.config.alerts.expire,
            timezones=assemble.timezones(desk.config),
        )
    if pending:
        with store.transaction():
            store.outbox.add(sent)
            store.alerts.finish({each: _names(taking) for each, taking in channels.items()})
            leading = {group[0].id for group, _ in groups}
            for (lead, *others), _ in groups:
                store.alerts.join(lead.id, [e.id for e in others if e.id not in leading])
    return sent


def _grouped(
    store: Store, pending: Sequence[PendingAlert], channels: Mapping[int, Sequence[Channel]]
) -> list[tuple[list[PendingAlert], list[Channel]]]:
    stories = {each.story_id for each in pending}
    story_of = {each: store.stories.resolve(each) for each in stories}
    return compose.together(pending, channels=channels, story_of=story_of)


def _names(channels: Iterable[Channel]) -> list[str]:
    return [channel.name for channel in channels]


def _send_braked(store: Store, desk: Desk, now: datetime) -> list[Message]:
    """Send one mini-digest to each channel, a fifth of the storm's window after the first alert in it."""
    braked = store.alerts.braked()
    settings = desk.config.alerts
    if not braked:
        return []
    first_at = braked[0].composed_at or braked[0].due_at
    if timedelta() <= now - first_at < settings.storm_within / 5:
        return []
    channels = {each.id: assemble.alert_channels(store, desk, each) for each in braked}
    by_channel: dict[str, tuple[Channel, list[list[PendingAlert]]]] = {}
    for group, taking in _grouped(store, braked, channels):
        for channel in taking:
            by_channel.setdefault(channel.name, (channel, []))[1].append(group)
    zones = assemble.timezones(desk.config)
    sent: list[Message] = []
    for name, (channel, groups) in by_channel.items():
        zone = zones.get(name, "UTC")
        view = compose.storm_view(
            [assemble.alert_view(store, desk, group) for group in groups],
            slot=f"{now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}",
            timezone=zone,
            settings=settings,
            first_at=first_at,
            now=now,
        )
        key = f"storm:{braked[0].id}"
        sent += messages.for_digest(view, [channel], desk.renderer, at=now, key=key)
    with store.transaction():
        store.outbox.add(sent)
        store.alerts.finish({each: _names(taking) for each, taking in channels.items()})
        store.alerts.told_bundled(channels, now)
    return sent


def _tell_absences(store: Store, desk: Desk, now: datetime) -> list[Message]:
    """Tell, once for each silence, that a rule which should match now and then has not."""
    sent: list[Message] = []
    for rule in desk.program.rules:
        if rule.spec.when is None or not rule.spec.when.absent:
            continue
        watched = store.windows.absence(rule.id)
        if watched is None:
            with store.transaction():
                store.windows.watch_absence(rule.id, now)
            continue
        known_since, told_since = watched
        since = absent_since(
            rule.spec.when,
            last_match_at=store.windows.last_match_at(rule.id),
            known_since=known_since,
            now=now,
        )
        if since is None or since == told_since:
            continue
        channels = _absence_channels(desk, rule.spec)
        awake = [c for c in channels if not policy.quiet_for(c, rule.spec.severity, now)]
        if awake or not channels:  # in quiet hours it can wait until they end
            with store.transaction():
                sent += _tell_absence(store, desk, rule, since, awake, now)
    return sent


def _absence_channels(desk: Desk, spec: RuleSpec) -> list[Channel]:
    names = spec.alert.channels
    if names is None:
        names = desk.config.alerts.channels or None
    if names is None:
        return list(policy.default_channels(desk.config))
    return [c for c in desk.config.channels if c.name in names]


def _tell_absence(
    store: Store,
    desk: Desk,
    rule: Rule,
    since: datetime,
    channels: Sequence[Channel],
    now: datetime,
) -> list[Message]:
    spec = rule.spec
    zones = assemble.timezones(desk.config)
    zone = next((zones[c.name] for c in channels if c.name in zones), "UTC")
    notice = SystemNotice(
        key=f"absent:{rule.id}",
        title=f"{rule.title or rule.id}: nothing for {duration(now - since)}",
        text=f"The last match was {moment(since, zone)} ({zone}); the rule asks to be told.\n{spec.note}",
        severity=spec.severity,
        at=now,
    )
    store.windows.told_absence(rule.id, since)
    store.notices.record(notice, repeat_after=desk.config.alerts.cooldown)
    made = messages.for_system(notice, channels, desk.renderer, at=now, timezones=zones)
    store.outbox.add(made)
    return made


def _killed(facts: Facts) -> int | None:
    return facts.killed.min if facts.killed and not facts.killed.prior else None


def _injured(facts: Facts) -> int | None:
    return facts.injured.min if facts.injured and not facts.injured.prior else None


def _most(before: int | None, values: Iterable[int | None]) -> int | None:
    return max((value for value in (before, *values) if value is not None), default=None)
