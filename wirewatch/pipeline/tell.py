"""Tell: what a match leads to at once, what waits, what goes out, and what the digests take.

`tell` runs inside the transaction that admits an article. The tick runs `compose_due` and
`close_digests`, which settle in one transaction, render outside any, and put the messages into the
outbox in another; a crash between the two leaves work that the next tick takes up.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts import messages, policy
from alerts.compose import takes
from alerts.render import Rendered
from alerts.slots import due_slot, next_slot
from wirewatch.errors import UsageError
from wirewatch.model import (
    Article,
    Channel,
    Config,
    Facts,
    HeldBack,
    Hold,
    Match,
    Message,
    MessageKind,
    Paused,
    PendingAlert,
    Placement,
    RuleSpec,
    Severity,
    SystemNotice,
    Tell,
    Told,
    Update,
    UpdateKind,
    Verdict,
)
from wirewatch.pipeline import assemble
from wirewatch.pipeline.assemble import Desk
from wirewatch.store import Store

log = logging.getLogger(__name__)

_DAY = timedelta(days=1)
_REPEAT_NOTICE = timedelta(hours=6)


def tell(
    store: Store,
    desk: Desk,
    *,
    article: Article,
    stored: Sequence[tuple[int, Match, bool]],
    placement: Placement,
    facts: Facts,
    hold: HeldBack | None,
    now: datetime,
) -> tuple[tuple[str, Verdict], ...]:
    """Decide about each match of an article; owe it to its digests, let its alert wait.

    Args:
        store: Inside the transaction that admits the article.
        desk: The configuration in force.
        article: As stored.
        stored: (match id, match, whether this rule is new for this article).
        placement: How the article joined its story.
        facts: The article's.
        hold: BASELINE or BACKFILL where the whole poll is no news, else None.
        now: Aware, UTC.

    Returns:
        (rule id, verdict) of every match there was something to say about.
    """
    specs = {rule.id: rule.spec for rule in desk.program.rules}
    said = []
    for match_id, match, is_new in stored:
        spec = specs.get(match.rule_id)
        if spec is None:
            continue  # the rule went away between reading and telling
        found = assemble.targets(desk.config, match, spec, article, facts)
        verdict = policy.decide(
            match,
            spec,
            article=article,
            placement=placement,
            facts=facts,
            situation=_situation(
                store, spec, match, placement, facts, hold, is_new=is_new, now=now
            ),
            settings=desk.config.alerts,
            channels=found,
            digested=assemble.digested(desk.config),
            now=now,
        )
        if verdict is None:
            continue
        occasion = "" if is_new else f"edit:{store.articles.revision_of(article.id)}"
        _write_down(
            store, desk.config, spec, (match_id, match), placement, facts, verdict, occasion, now
        )
        said.append((match.rule_id, verdict))
        log.debug(
            "decided rule=%s article=%d story=%d verdict=%s",
            spec.id,
            article.id,
            placement.story_id,
            verdict,
        )
    return tuple(said)


def compose_due(store: Store, desk: Desk, *, now: datetime) -> list[Message]:
    """Let alerts go out whose time has come; return their messages, put in the outbox.

    Opens its own transactions.
    """
    composed = settle_due(store, now=now)
    sent: list[Message] = []
    for pending in composed:
        channels = assemble.alert_channels(store, desk, pending)
        if channels:
            sent += _alert_messages(store, desk, pending, channels)
    if composed:
        with store.transaction():
            store.outbox.add(sent)
            store.alerts.finish([pending.id for pending in composed])
    return [*sent, *_template_trouble(store, desk, now)]


def settle_due(store: Store, *, now: datetime) -> list[PendingAlert]:
    """Decide about the alerts whose time has come; return those that go out and are not rendered yet.

    Opens its own transaction. Mutes, acknowledgements and quiet hours are looked at once more: much
    can happen while an alert waits.
    """
    if store.alerts.next_due_by(now):
        with store.transaction():
            for alert in store.alerts.due(now):
                _settle(store, alert, now)
    return store.alerts.composed()


def next_due(store: Store) -> datetime | None:
    """Return when the next waiting alert is due, or None."""
    return store.alerts.next_due()


def close_digests(store: Store, desk: Desk, *, now: datetime) -> list[Message]:
    """Close every digest whose slot has come; return the messages, put in the outbox.

    Closing is one transaction (T2), rendering none, the outbox another (T3); a digest that a crash
    left between them is rendered first.
    """
    for digest in desk.config.digests:
        last = store.digests.last_slot_at(digest.name, now) or store.digests.started_at(digest.name)
        if last is None:
            with store.transaction():
                store.digests.begin(digest.name, now)
            continue
        slot = due_slot(digest, last, now)
        if slot is not None:
            with store.transaction():
                store.digests.close(
                    digest.name, slot=slot.label, slot_at=slot.at, timezone=digest.timezone, now=now
                )
    sent: list[Message] = []
    for closed in store.digests.unrendered():
        view = assemble.closed_view(store, desk, closed)
        wanted = assemble.digest_named(desk.config, closed.name)
        made: list[Message] = []
        if wanted is not None and (view.stories or wanted.send_empty):
            channels = [c for name in wanted.channels if (c := desk.config.channel(name))]
            made = messages.for_digest(view, channels, desk.renderer, at=closed.closed_at)
        with store.transaction():
            store.outbox.add(made)
            store.digests.set_state(closed.id, "rendered" if made else "empty")
        log.info(
            "closed digest=%s slot=%r stories=%d messages=%d",
            closed.name,
            closed.slot,
            len(view.stories),
            len(made),
        )
        sent += made
    return [*sent, *_template_trouble(store, desk, now)]


def preview(store: Store, desk: Desk, digest_name: str, *, now: datetime) -> Rendered:
    """Return the next digest as it would be if it were closed now; changes nothing.

    Raises:
        UsageError: No digest of that name is configured.
    """
    digest = assemble.digest_named(desk.config, digest_name)
    if digest is None:
        raise UsageError(_no_such_digest(desk.config, digest_name))
    slot = next_slot(digest, now)
    label = slot.label if slot else f"{now:%Y-%m-%d %H:%M}"
    view = assemble.open_view(store, desk, digest, slot=label, slot_at=now, now=now)
    channel = next((desk.config.channel(name) for name in digest.channels), None)
    return desk.renderer.digest(view, channel)


def notify_system(
    store: Store, desk: Desk, notice: SystemNotice, *, now: datetime
) -> list[Message]:
    """Tell the system channels news about wirewatch itself; the digest names it too.

    Inside the caller's transaction. The same words about the same thing go out once in six hours.
    """
    if not store.notices.record(notice, repeat_after=_REPEAT_NOTICE):
        return []
    channels = [c for name in desk.config.system_channels if (c := desk.config.channel(name))]
    zones = assemble.timezones(desk.config)
    made = messages.for_system(notice, channels, desk.renderer, at=now, timezones=zones)
    store.outbox.add(made)
    return made


def undelivered(store: Store, desk: Desk, message: Message, now: datetime) -> bool:
    """Move an alert that its channel did not take in time to that channel's next digest.

    Inside the caller's transaction.

    Returns:
        False when no digest serves the channel (or it is no alert): it must be tried further.
    """
    if message.kind is not MessageKind.ALERT or message.alert_id is None:
        return False
    names = [d.name for d in desk.config.digests if message.channel in d.channels]
    for match_id in store.alerts.matches_of(message.alert_id) if names else ():
        store.digests.owe(names, match_id, f"late:{message.alert_id}")
    if names:
        log.warning(
            "moved_to_digest alert=%d channel=%s at=%s", message.alert_id, message.channel, now
        )
    return bool(names)


def _no_such_digest(config: Config, name: str) -> str:
    names = ", ".join(digest.name for digest in config.digests)
    return f"no digest is called {name!r}; " + (
        f"there are: {names}" if names else "none is configured"
    )


def _situation(
    store: Store,
    spec: RuleSpec,
    match: Match,
    placement: Placement,
    facts: Facts,
    hold: HeldBack | None,
    *,
    is_new: bool,
    now: datetime,
) -> policy.Situation:
    story_id = placement.story_id
    told = store.alerts.told(story_id, match.rule_id)
    key = policy.cooldown_key(spec, story_id, facts)
    return policy.Situation(
        told=told,
        waiting=store.alerts.waiting(story_id, match.rule_id) is not None,
        paused=_paused(store, match.rule_id, key, told),
        highest_told=store.alerts.highest_told(story_id),
        is_acked=store.alerts.is_acked(story_id),
        mutes=store.alerts.mutes(now),
        told_today=store.alerts.count_told(now - _DAY, match.rule_id),
        independent_count=store.stories.view(story_id).independent_count if told else 1,
        is_new=is_new,
        hold=hold,
    )


def _paused(store: Store, rule_id: str, key: str, told: Told | None) -> Paused | None:
    if key.startswith("story:"):
        return Paused(told.last_at, told.count) if told else None
    return store.alerts.paused(rule_id, key)


def _write_down(
    store: Store,
    config: Config,
    spec: RuleSpec,
    matched: tuple[int, Match],
    placement: Placement,
    facts: Facts,
    verdict: Verdict,
    occasion: str,
    now: datetime,
) -> None:
    """Owe a match to its digests and record the verdict; a telling one waits for its time."""
    match_id, match = matched
    names = [d.name for d in config.digests if takes(d, match, spec)]
    store.digests.owe(names, match_id, occasion)
    alert_id: int | None = None
    if isinstance(verdict, Tell):
        alert_id = store.alerts.wait(
            story_id=placement.story_id,
            rule_id=match.rule_id,
            severity=match.severity,
            tell=verdict,
            pause_key=policy.cooldown_key(spec, placement.story_id, facts),
            now=now,
        )
    elif verdict.reason is HeldBack.SAME_ALERT:
        alert_id = store.alerts.waiting(placement.story_id, match.rule_id)
        if alert_id is not None and match.severity is Severity.CRITICAL:
            store.alerts.hasten(alert_id, match.severity, now)
    updates = _updates(placement)
    store.alerts.record(
        match_id, verdict, occasion=occasion, alert_id=alert_id, updates=updates, now=now
    )


def _updates(placement: Placement) -> tuple[Update, ...]:
    """What readers are shown as new: a source more is said by the list of sources."""
    return tuple(u for u in placement.updates if u.kind is not UpdateKind.MORE_SOURCES)


def _settle(store: Store, alert: PendingAlert, now: datetime) -> None:
    """Let a waiting alert go out, or hold it back for what has happened since."""
    story_id = store.stories.resolve(alert.story_id)
    hold = _late_hold(store, alert, story_id, now)
    if hold is not None:
        store.alerts.hold(alert.id, hold, now)
        return
    store.alerts.compose(alert, now)
    causes = store.alerts.causes(alert.id)
    facts = store.matches.facts({article_id for article_id, _, _ in causes})
    before = store.alerts.told(story_id, alert.rule_id)
    store.alerts.put_told(
        Told(
            story_id=story_id,
            rule_id=alert.rule_id,
            first_at=before.first_at if before else now,
            last_at=now,
            count=(before.count if before else 0) + 1,
            severity=max(alert.severity, before.severity) if before else alert.severity,
            independent_count=store.stories.view(story_id).independent_count,
            killed_min=_most(
                [before.killed_min if before else None, *(_killed(f) for f in facts.values())]
            ),
            injured_min=_most(
                [before.injured_min if before else None, *(_injured(f) for f in facts.values())]
            ),
        )
    )


def _late_hold(store: Store, alert: PendingAlert, story_id: int, now: datetime) -> Hold | None:
    if store.alerts.is_acked(story_id):
        return Hold(HeldBack.ACKED, "someone has taken note of this story")
    mutes = store.alerts.mutes(now)
    if not mutes:
        return None
    articles = store.articles.many(article_id for article_id, _, _ in store.alerts.causes(alert.id))
    text = "\n".join(f"{a.title}\n{a.summary}\n{a.body}" for a in articles.values())
    mute = policy.muted_by(mutes, alert.rule_id, story_id, text)
    return policy.muted(mute) if mute else None


def _alert_messages(
    store: Store, desk: Desk, pending: PendingAlert, channels: Sequence[Channel]
) -> list[Message]:
    alert = assemble.alert_view(store, desk, pending)
    return messages.for_alert(
        alert,
        channels,
        desk.renderer,
        at=alert.composed_at,
        expire=desk.config.alerts.expire,
        timezones=assemble.timezones(desk.config),
    )


def _template_trouble(store: Store, desk: Desk, now: datetime) -> list[Message]:
    """Tell the operator that a template of the user's was replaced by the built-in one."""
    if not desk.renderer.problems:
        return []
    problems = tuple(dict.fromkeys(desk.renderer.problems))
    desk.renderer.problems.clear()
    notice = SystemNotice(
        key="templates",
        title="A template of yours could not be used",
        text="\n".join((*problems, "The built-in template was used instead; nothing was lost.")),
        severity=Severity.MEDIUM,
        at=now,
    )
    with store.transaction():
        return notify_system(store, desk, notice, now=now)


def _killed(facts: Facts) -> int | None:
    return facts.killed.min if facts.killed and not facts.killed.prior else None


def _injured(facts: Facts) -> int | None:
    return facts.injured.min if facts.injured and not facts.injured.prior else None


def _most(values: Sequence[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)
