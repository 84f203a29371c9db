"""Decide what is told at once and what is left to the digest.

Pure: what a rule found, what is already known to the reader, and `now` in; a verdict with its
reason out. Nothing is ever dropped: whatever is not told goes to the next digest.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.mutes import muted, muted_by
from alerts.slots import quiet_until
from wirewatch.model import (
    AlertSettings,
    AlertSpec,
    Article,
    Channel,
    Config,
    Facts,
    HeldBack,
    Hold,
    Join,
    Match,
    Mute,
    Paused,
    Placement,
    Reason,
    RuleSpec,
    Severity,
    Tell,
    Told,
    Toll,
    UpdateKind,
    Verdict,
)  # fmt: skip

MAX_COOLDOWN = timedelta(hours=24)

_OF_UPDATE = {
    UpdateKind.SEVERITY_RAISED: Reason.SEVERITY_RAISED,
    UpdateKind.DENIED: Reason.DENIED,
    UpdateKind.CONFIRMED: Reason.CONFIRMED,
    UpdateKind.NEW_ACTOR: Reason.NEW_ACTOR,
    UpdateKind.NEW_PLACE: Reason.NEW_PLACE,
    UpdateKind.HEADLINE_REWRITTEN: Reason.REVISED,
}

# Most important first: an alert that has several reasons is headed by this one.
_ORDER = (
    Reason.SEVERITY_RAISED,
    Reason.TOLL_RAISED,
    Reason.DENIED,
    Reason.CONFIRMED,
    Reason.MORE_SOURCES,
    Reason.NEW_ACTOR,
    Reason.NEW_PLACE,
    Reason.REVISED,
)
# What changes what a reader does lifts every cooldown. Another place or actor is named by nearly
# every further report of one event: it lifts a quarter of it, a new headline none.
_STRONG = frozenset(_ORDER[:5])
_WEAK = frozenset({Reason.NEW_ACTOR, Reason.NEW_PLACE})
_MORE_INJURED = 1.5  # everyone counts them differently


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a match comes in.

    Attributes:
        told: What this rule has told of this story, or None.
        waiting: An alert of this rule and story is about to go out.
        paused: The last alert under this match's cooldown key, or None.
        highest_told: The highest severity at which any rule has told of this story.
        mutes: Silences in force.
        told_today: Alerts of this rule in the last 24 hours.
        independent_count: Independent sources of the story by now.
        window: The verdict of the rule's `when:`, None where it has none.
        is_new: The rule didn't match this article before.
        hold: Why the article as a whole is no news (BASELINE, BACKFILL), or None.
    """

    told: Told | None = None
    waiting: bool = False
    paused: Paused | None = None
    highest_told: Severity | None = None
    is_acked: bool = False
    mutes: Sequence[Mute] = ()
    told_today: int = 0
    independent_count: int = 1
    window: tuple[Reason | None, str] | None = None
    is_new: bool = True
    hold: HeldBack | None = None


def decide(
    match: Match,
    spec: RuleSpec,
    *,
    article: Article,
    placement: Placement,
    facts: Facts,
    situation: Situation,
    settings: AlertSettings,
    channels: Sequence[Channel] | None,
    digested: Collection[str] = (),
    now: datetime,
) -> Verdict | None:
    """Return what becomes of a match, or None when there is nothing to say about it.

    Args:
        match: Of `spec` in `article`.
        spec: The rule.
        article: Stored.
        placement: How the article joined its story.
        facts: The article's.
        situation: What the reader knows already.
        settings: `alerts:`.
        channels: Where its alerts go; None where no channel is configured at all: rehearsals decide
            as if there were one.
        digested: Names of channels that a digest serves: what is held back arrives there.
        now: Aware, UTC.
    """
    news = news_in(match, placement, facts, situation, _more_sources(spec.alert, settings))
    if not situation.is_new and news is None:
        return None
    held = _standing_hold(match, spec, article, placement, situation, settings, now)
    if held:
        return held
    if channels is not None and not channels:
        return Hold(HeldBack.NO_CHANNEL, "no channel takes its alerts")
    if situation.waiting:
        return Hold(HeldBack.SAME_ALERT)
    if news is None:
        return Hold(HeldBack.NOTHING_NEW, placement.why)
    reason, detail = news
    return (
        _inhibited(match, settings, situation)
        or _unmet(situation)
        or _cooling(reason, spec, settings, situation, now)
        or _over_budget(spec.alert, settings, situation)
        or _told_when(match, reason, detail, spec.alert, settings, channels or (), digested, now)
    )


def news_in(
    match: Match,
    placement: Placement,
    facts: Facts,
    situation: Situation,
    more_sources: int,
) -> tuple[Reason, str] | None:
    """Return the most important thing a match adds to what was told, or None.

    A join that is not sure is news by itself: suppressing needs p >= 0.9, because thresholds
    tuned for grouping silently swallow 6-14 % of incidents of the same type. A rule with `when:` must
    have its window met once more by what may be another event.
    """
    told = situation.told
    if told is None:
        if situation.window is not None and situation.window[0] is not None:
            return (situation.window[0], situation.window[1])
        return (Reason.FIRST_SIGHT, "")
    unmet = situation.window is not None and situation.window[0] is None
    if placement.join is Join.POSSIBLE and situation.is_new and not unmet:
        return (Reason.POSSIBLY_SAME, placement.why)
    found = _raised(match, facts, told)
    found += [
        (_OF_UPDATE[update.kind], _change(update.before, update.after))
        for update in placement.updates
        if update.kind in _OF_UPDATE
    ]
    if situation.independent_count >= told.independent_count + more_sources:
        detail = f"{told.independent_count} → {situation.independent_count} independent sources"
        found.append((Reason.MORE_SOURCES, detail))
    if not found:
        return None
    return min(found, key=lambda each: _ORDER.index(each[0]))


def target_channels(
    match: Match, spec: RuleSpec, article: Article, facts: Facts, config: Config
) -> tuple[Channel, ...]:
    """Return where a match is told at once: the rule's channels, else routes, else the default."""
    if spec.alert.channels is not None:
        return _named(config, spec.alert.channels)
    routed: list[str] = []
    for route in config.alerts.routes:
        fits = (
            (route.severity is None or match.severity >= route.severity)
            and (not route.rules or spec.id in route.rules)
            and (not route.tags or bool({*spec.tags, *match.tags} & {*route.tags}))
            and (not route.countries or bool({*facts.countries} & {*route.countries}))
            and (not route.languages or article.language in route.languages)
        )
        if fits:
            routed += route.channels
            if not config.alerts.route_all:
                break
    if routed:
        return _named(config, routed)
    return (
        _named(config, config.alerts.channels)
        if config.alerts.channels
        else default_channels(config)
    )


def cooldown_key(spec: RuleSpec, story_id: int, facts: Facts) -> str:
    """Return what a rule's cooldown counts by: its story, itself, or the place of the match."""
    per = _counted_by(spec)
    if per == "place" and place_of(facts):
        return f"place:{place_of(facts)}"
    return f"story:{story_id}" if per == "story" else "rule"


def _counted_by(spec: RuleSpec) -> str:
    """A threshold that is counted over the whole rule (or a place) is crossed once, not once a story."""
    per, when = spec.alert.per, spec.when
    counts = when and (when.articles or when.sources or when.spike)
    return when.per if when and counts and per == "story" else per


def place_of(facts: Facts) -> str:
    """Return the first place an article names, else its first country, casefolded; "" without any."""
    return (facts.places[0].name if facts.places else next(iter(facts.countries), "")).casefold()


def cooldown_ends(paused: Paused, cooldown: timedelta, share: float = 1.0) -> datetime:
    """Return when the pause after the latest alert ends: it doubles with each one, up to a day.

    Args:
        paused: The latest alert and how many there were.
        cooldown: The first pause.
        share: How much of it counts, in [0, 1].
    """
    grown = cooldown * 2.0 ** min(max(paused.count - 1, 0), 10)
    return paused.last_at + min(grown, max(cooldown, MAX_COOLDOWN)) * share


def is_instant(spec: AlertSpec, severity: Severity, settings: AlertSettings) -> bool:
    """Return whether a match of this severity may be told at once at all."""
    return severity >= settings.instant if spec.instant is None else spec.instant


def _standing_hold(
    match: Match,
    spec: RuleSpec,
    article: Article,
    placement: Placement,
    situation: Situation,
    settings: AlertSettings,
    now: datetime,
) -> Hold | None:
    if situation.hold:
        return Hold(situation.hold)
    if not is_instant(spec.alert, match.severity, settings):
        return Hold(HeldBack.NOT_INSTANT, f"{match.severity} is below {settings.instant}")
    active = [mute for mute in situation.mutes if mute.starts_at <= now < mute.ends_at]
    mute = muted_by(
        active, spec.id, placement.story_id, f"{article.title}\n{article.summary}\n{article.body}"
    )
    if mute:
        return muted(mute)
    if situation.is_acked:
        return Hold(HeldBack.ACKED, "someone has taken note of this story")
    return None


def _raised(match: Match, facts: Facts, told: Told) -> list[tuple[Reason, str]]:
    found = []
    if match.severity > told.severity:
        found.append((Reason.SEVERITY_RAISED, f"{told.severity} → {match.severity}"))
    for toll, before, known in (
        (facts.killed, told.killed_min, told.killed_min or 0),
        (facts.injured, told.injured_min, _injured(told)),
    ):
        if _floor(toll) > known:
            assert toll is not None
            was = f"{before} → " if before is not None else ""
            found.append((Reason.TOLL_RAISED, f"{was}{_floor(toll)} {toll.kind}"))
    return found


def _injured(told: Told) -> float:
    """How many injured are no news: half as many again as were told of, any number beside dead."""
    if told.injured_min:
        return told.injured_min * _MORE_INJURED
    return math.inf if told.killed_min else 0


def _floor(toll: Toll | None) -> int:
    return 0 if toll is None or toll.prior else toll.min or 0


def _inhibited(match: Match, settings: AlertSettings, situation: Situation) -> Hold | None:
    if (
        settings.inhibit
        and situation.told is None
        and situation.highest_told is Severity.CRITICAL
        and match.severity < Severity.CRITICAL
    ):
        return Hold(HeldBack.INHIBITED, "this story has been told at critical")
    return None


def _unmet(situation: Situation) -> Hold | None:
    if situation.told is None and situation.window is not None and situation.window[0] is None:
        return Hold(HeldBack.THRESHOLD, situation.window[1])
    return None


def _cooling(
    reason: Reason, spec: RuleSpec, settings: AlertSettings, situation: Situation, now: datetime
) -> Hold | None:
    # What may be another story has a cooldown of its own where another story has one.
    is_free = reason is Reason.POSSIBLY_SAME and _counted_by(spec) == "story"
    if situation.paused is None or reason in _STRONG or is_free:
        return None
    cooldown = settings.cooldown if spec.alert.cooldown is None else spec.alert.cooldown
    until = cooldown_ends(situation.paused, cooldown, 0.25 if reason in _WEAK else 1.0)
    return Hold(HeldBack.COOLDOWN, reason.replace("_", " "), until) if now < until else None


def _over_budget(spec: AlertSpec, settings: AlertSettings, situation: Situation) -> Hold | None:
    limit = settings.max_per_day if spec.max_per_day is None else spec.max_per_day
    if limit is not None and situation.told_today >= limit:
        return Hold(HeldBack.BUDGET, f"{situation.told_today} alerts in 24 hours, {limit} allowed")
    return None


def _told_when(
    match: Match,
    reason: Reason,
    detail: str,
    spec: AlertSpec,
    settings: AlertSettings,
    channels: Sequence[Channel],
    digested: Collection[str],
    now: datetime,
) -> Verdict:
    wait = settings.wait if spec.wait is None else spec.wait
    due_at = now if match.severity is Severity.CRITICAL else now + wait
    quiet = [quiet_for(channel, match.severity, due_at) for channel in channels]
    if quiet and all(quiet):
        ends = min(end for end in quiet if end)
        if any(channel.name in digested for channel in channels):
            return Hold(HeldBack.QUIET_HOURS, "", ends)
        # No digest serves these channels: held back, it would have nowhere to go.
        return Tell(reason, ends, detail)
    return Tell(reason, due_at, detail)


def quiet_for(channel: Channel, severity: Severity, at: datetime) -> datetime | None:
    """Return when a channel's quiet hours end for this severity, or None when it may be told."""
    quiet = channel.quiet_hours
    if quiet and quiet.let_through is not None and severity >= quiet.let_through:
        return None
    return quiet_until(quiet, at)


def _more_sources(spec: AlertSpec, settings: AlertSettings) -> int:
    return max(settings.more_sources if spec.more_sources is None else spec.more_sources, 1)


def _change(before: str, after: str) -> str:
    return f"{before} → {after}" if before else after


def _named(config: Config, names: Sequence[str]) -> tuple[Channel, ...]:
    found = (config.channel(name) for name in dict.fromkeys(names))
    return tuple(channel for channel in found if channel)


def default_channels(config: Config) -> tuple[Channel, ...]:
    """Return where alerts go that nobody routes: every channel but those for system news alone."""
    served = {name for digest in config.digests for name in digest.channels}
    served |= {name for route in config.alerts.routes for name in route.channels}
    system_only = set(config.system_channels) - served
    return tuple(c for c in config.channels if c.name not in system_only) or config.channels
