"""Tell: what a match leads to at once, what waits, what goes out, and what the digests take.

`tell` runs inside the transaction that admits an article. The tick runs `compose_due` and
`close_digests`, which settle in one transaction, render outside any, and put the messages into the
outbox in another; a crash between the two leaves work that the next tick takes up.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts import policy
from alerts.compose import takes
from alerts.windows import HISTORY, Window, judge, names_in
from wirewatch.model import (
    Article,
    Config,
    Facts,
    HeldBack,
    Match,
    Paused,
    Placement,
    Reason,
    RuleSpec,
    Severity,
    Tell,
    Told,
    UpdateKind,
    Verdict,
    WhenSpec,
)
from wirewatch.pipeline import assemble
from wirewatch.pipeline.alerting import compose_due, next_due, settle, settle_due, undelivered
from wirewatch.pipeline.assemble import Desk
from wirewatch.pipeline.digesting import close_digests, preview
from wirewatch.pipeline.news import notify_system
from wirewatch.store import Store
from wirewatch.store.windows import Counted

log = logging.getLogger(__name__)

__all__ = [
    "close_digests",
    "compose_due",
    "next_due",
    "notify_system",
    "preview",
    "settle",
    "settle_due",
    "tell",
    "undelivered",
]

_DAY = timedelta(days=1)


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
        case = _Case(store, desk.config, spec, match_id, match, article, placement, facts, now)
        verdict = case.decide(hold, is_new=is_new)
        if verdict is not None:
            case.write_down(
                verdict, "" if is_new else f"edit:{store.articles.revision_of(article.id)}"
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


class _Case:
    """One match, with everything that is asked about it."""

    def __init__(
        self,
        store: Store,
        config: Config,
        spec: RuleSpec,
        match_id: int,
        match: Match,
        article: Article,
        placement: Placement,
        facts: Facts,
        now: datetime,
    ) -> None:
        self.store, self.config, self.spec = store, config, spec
        self.match_id, self.match, self.article = match_id, match, article
        self.placement, self.facts, self.now = placement, facts, now
        self.key = policy.cooldown_key(spec, placement.story_id, facts)
        self.counted: list[Counted] = []

    def decide(self, hold: HeldBack | None, *, is_new: bool) -> Verdict | None:
        """Ask the policy; None when there is nothing to say."""
        return policy.decide(
            self.match,
            self.spec,
            article=self.article,
            placement=self.placement,
            facts=self.facts,
            situation=self._situation(hold, is_new=is_new),
            settings=self.config.alerts,
            channels=assemble.targets(self.config, self.match, self.spec, self.article, self.facts),
            digested=assemble.digested(self.config),
            now=self.now,
        )

    def write_down(self, verdict: Verdict, occasion: str) -> None:
        """Owe the match to its digests and record the verdict; a telling one waits for its time."""
        names = [d.name for d in self.config.digests if takes(d, self.match, self.spec)]
        self.store.digests.owe(names, self.match_id, occasion)
        self.store.alerts.record(
            self.match_id,
            verdict,
            occasion=occasion,
            alert_id=self._alert_of(verdict),
            # A source more is said by the list of sources.
            updates=[u for u in self.placement.updates if u.kind is not UpdateKind.MORE_SOURCES],
            now=self.now,
        )

    def _alert_of(self, verdict: Verdict) -> int | None:
        alerts = self.store.alerts
        if isinstance(verdict, Tell):
            alert_id = alerts.wait(
                story_id=self.placement.story_id,
                rule_id=self.match.rule_id,
                severity=self.match.severity,
                tell=verdict,
                pause_key=self.key,
                now=self.now,
            )
            alerts.align(self.placement.story_id, self.now + self.config.alerts.wait)
            if verdict.reason in {Reason.THRESHOLD, Reason.SPIKE}:
                alerts.gather(alert_id, [each.match_id for each in self.counted])
            return alert_id
        if verdict.reason is HeldBack.SAME_ALERT:
            waiting = self._waiting()
            if waiting is not None and self.match.severity is Severity.CRITICAL:
                alerts.hasten(waiting, self.match.severity, self.now)
            return waiting
        return None

    def _waiting(self) -> int | None:
        alerts, rule_id = self.store.alerts, self.match.rule_id
        found = alerts.waiting(self.placement.story_id, rule_id)
        if found is None and not self.key.startswith("story:"):
            found = alerts.waiting_under(rule_id, self.key)
        return found

    def _situation(self, hold: HeldBack | None, *, is_new: bool) -> policy.Situation:
        store, story_id, rule_id = self.store, self.placement.story_id, self.match.rule_id
        told = store.alerts.told(story_id, rule_id)
        return policy.Situation(
            told=told,
            waiting=self._waiting() is not None,
            paused=self._paused(told),
            highest_told=store.alerts.highest_told(story_id),
            is_acked=store.silences.is_acked(story_id),
            mutes=store.silences.mutes(self.now),
            told_today=store.alerts.count_told(self.now - _DAY, self.now, rule_id),
            independent_count=store.stories.independent_count(story_id) if told else 1,
            window=judge(self.spec.when, self._window(self.spec.when)) if self.spec.when else None,
            is_new=is_new,
            hold=hold,
        )

    def _paused(self, told: Told | None) -> Paused | None:
        if self.key.startswith("story:"):
            return Paused(told.last_at, told.count) if told else None
        return self.store.alerts.paused(self.match.rule_id, self.key)

    def _window(self, when: WhenSpec) -> Window:
        windows, rule_id, since = self.store.windows, self.match.rule_id, self.now - when.within
        place = policy.place_of(self.facts)
        self.counted = [
            each
            for each in windows.matches(rule_id, since)
            if when.per == "rule"
            or (when.per == "story" and each.story_id == self.placement.story_id)
            or (when.per == "place" and policy.place_of(each.facts) == place)
        ]
        first = windows.first_seen_at() or self.now
        span = min(since - first, HISTORY)
        unseen: list[str] = []
        if when.first_mention is not None:
            names = names_in(self.match.spans, when.first_mention)
            unseen = windows.mention(rule_id, names, since, self.now)
        return Window(
            articles=len(self.counted),
            sources=len({each.source for each in self.counted if each.source}),
            past=windows.count(rule_id, since - span, since) if span > timedelta() else 0,
            past_span=max(span, timedelta()),
            unseen=tuple(unseen),
        )
