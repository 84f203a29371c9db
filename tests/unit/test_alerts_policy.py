"""What is told at once, and why the rest is not."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.mutes import muted_by
from alerts.policy import (
    Situation,
    cooldown_ends,
    cooldown_key,
    decide,
    target_channels,
)
from tests.builders import NOON, a_match, a_placement, a_rule, an_article
from wirewatch.model import (
    AlertSettings,
    AlertSpec,
    Config,
    Digest,
    Facts,
    Field,
    FileChannel,
    HeldBack,
    Hold,
    Join,
    Mute,
    Paused,
    QuietHours,
    Reason,
    Route,
    RuleBook,
    Severity,
    Span,
    Tell,
    Told,
    Toll,
    TollKind,
    Update,
    UpdateKind,
)

DESK = FileChannel(name="desk", folder=Path("out"))
TOLD = Told(1, "strike", NOON, NOON, 1, Severity.HIGH, 1, killed_min=5)
HOUR = timedelta(hours=1)


def verdict(
    match=None,
    *,
    spec=None,
    placement=None,
    facts=None,
    at=NOON,
    channels=(DESK,),
    settings=None,
    **known,
):
    digested = known.pop("digested", ("desk",))
    return decide(
        match or a_match(),
        spec or a_rule(),
        article=an_article(),
        placement=placement or a_placement(),
        facts=facts or Facts(),
        situation=Situation(**known),
        settings=settings or AlertSettings(),
        channels=channels,
        digested=digested,
        now=at,
    )


def killed(count: int) -> Facts:
    return Facts(killed=Toll(TollKind.KILLED, count, count, Span("", Field.TITLE, 0, 1, "x")))


def silent(**changes):
    return a_placement(join=Join.SILENT, **changes)


def test_a_first_sight_waits_for_the_story_to_form():
    assert verdict() == Tell(Reason.FIRST_SIGHT, NOON + timedelta(seconds=60))


def test_critical_never_waits():
    assert verdict(a_match(severity=Severity.CRITICAL)).due_at == NOON


def test_a_silent_join_alerts_when_nobody_was_told_yet():
    """A story founded by an article that matched nothing still alerts at its first match."""
    assert verdict(placement=silent()).reason is Reason.FIRST_SIGHT


def test_a_silent_join_of_a_told_story_is_left_to_the_digest():
    assert verdict(placement=silent(), told=TOLD).reason is HeldBack.NOTHING_NEW


def test_a_possible_join_is_told_even_in_the_cooldown():
    known = {"told": TOLD, "paused": Paused(NOON, 1)}
    assert (
        verdict(placement=a_placement(join=Join.POSSIBLE), **known).reason is Reason.POSSIBLY_SAME
    )


@pytest.mark.parametrize("spec", [AlertSpec(per="rule"), AlertSpec(per="place")])
def test_a_possible_join_waits_where_another_story_would(spec):
    """A rule that may tell once in four hours, whatever the story, tells no more often for not being sure."""
    placement = a_placement(join=Join.POSSIBLE)
    known = {"told": TOLD, "paused": Paused(NOON, 1), "at": NOON + HOUR}
    held = verdict(spec=a_rule(alert=spec), placement=placement, **known)
    assert held.reason is HeldBack.COOLDOWN


def test_what_joins_a_waiting_alert_is_told_with_it():
    assert verdict(placement=silent(), waiting=True).reason is HeldBack.SAME_ALERT


@pytest.mark.parametrize("held", [HeldBack.BASELINE, HeldBack.BACKFILL])
def test_a_backlog_is_no_news(held):
    assert verdict(hold=held) == Hold(held)


def test_below_instant_goes_to_the_digest_unless_the_rule_insists():
    medium = a_match(severity=Severity.MEDIUM)
    assert verdict(medium).reason is HeldBack.NOT_INSTANT
    assert isinstance(verdict(medium, spec=a_rule(alert=AlertSpec(instant=True))), Tell)
    assert verdict(spec=a_rule(alert=AlertSpec(instant=False))).reason is HeldBack.NOT_INSTANT


def test_a_higher_toll_than_told_lifts_the_cooldown():
    known = {"told": TOLD, "paused": Paused(NOON, 1), "placement": silent(), "at": NOON + HOUR / 2}
    told = verdict(facts=killed(7), **known)
    assert (told.reason, told.detail) == (Reason.TOLL_RAISED, "5 → 7 killed")
    assert verdict(facts=killed(5), **known).reason is HeldBack.NOTHING_NEW


def test_more_independent_sources_lift_the_cooldown():
    known = {"told": TOLD, "paused": Paused(NOON, 1), "placement": silent()}
    assert verdict(independent_count=6, **known).reason is Reason.MORE_SOURCES
    assert verdict(independent_count=5, **known).reason is HeldBack.NOTHING_NEW


def test_a_higher_severity_is_told():
    known = {"told": TOLD, "paused": Paused(NOON, 1), "placement": silent()}
    assert verdict(a_match(severity=Severity.CRITICAL), **known).reason is Reason.SEVERITY_RAISED


def test_a_new_place_waits_for_a_quarter_of_the_cooldown():
    placement = silent(updates=(Update(UpdateKind.NEW_PLACE, "", "Erbil"),))
    known = {"placement": placement, "told": TOLD, "paused": Paused(NOON, 1)}
    held = verdict(at=NOON + HOUR / 2, **known)
    assert (held.reason, held.until) == (HeldBack.COOLDOWN, NOON + HOUR)
    assert verdict(at=NOON + HOUR, **known).reason is Reason.NEW_PLACE


def test_a_rewritten_headline_waits_for_the_whole_cooldown():
    placement = silent(updates=(Update(UpdateKind.HEADLINE_REWRITTEN, "a", "b"),))
    known = {"placement": placement, "told": TOLD, "paused": Paused(NOON, 1), "is_new": False}
    assert verdict(at=NOON + 3 * HOUR, **known).reason is HeldBack.COOLDOWN
    assert verdict(at=NOON + 4 * HOUR, **known).reason is Reason.REVISED


def test_an_edit_that_adds_nothing_is_no_news():
    assert verdict(placement=silent(), told=TOLD, is_new=False) is None


def test_cooldowns_grow_with_each_alert_up_to_a_day():
    ends = [cooldown_ends(Paused(NOON, n), 4 * HOUR) - NOON for n in range(1, 9)]
    assert ends[:4] == [4 * HOUR, 8 * HOUR, 16 * HOUR, 24 * HOUR]
    assert ends == sorted(ends)
    assert cooldown_ends(Paused(NOON, 3), 48 * HOUR) - NOON == 48 * HOUR


@pytest.mark.parametrize(
    ("kind", "value"), [("rule", "strike"), ("story", "1"), ("words", "headline")]
)
def test_a_mute_holds_back_with_its_author_and_reason(kind, value):
    mute = Mute(1, kind, value, NOON - HOUR, NOON + HOUR, "anna", "drill")
    assert verdict(mutes=[mute]) == Hold(HeldBack.MUTED, "by anna: drill", NOON + HOUR)
    assert isinstance(verdict(mutes=[mute], at=NOON + HOUR), Tell)


def test_muted_words_are_whole_words():
    mute = Mute(1, "words", "Port strike", NOON, NOON + HOUR, "", "")
    assert muted_by([mute], "r", 1, "The port  STRIKE goes on")
    assert not muted_by([mute], "r", 1, "Airport strikes")


def test_an_acknowledged_story_is_silent():
    assert verdict(is_acked=True).reason is HeldBack.ACKED


def test_a_critical_story_hides_its_minor_matches():
    assert verdict(highest_told=Severity.CRITICAL).reason is HeldBack.INHIBITED
    assert isinstance(
        verdict(a_match(severity=Severity.CRITICAL), highest_told=Severity.CRITICAL), Tell
    )


def test_a_desk_can_do_without_inhibition():
    settings = AlertSettings(inhibit=False)
    assert isinstance(verdict(settings=settings, highest_told=Severity.CRITICAL), Tell)


def test_a_budget_ends_a_rules_alerts_for_the_day():
    settings = AlertSettings(max_per_day=3)
    assert verdict(settings=settings, told_today=3).reason is HeldBack.BUDGET
    assert isinstance(verdict(settings=settings, told_today=2), Tell)


def test_an_unmet_threshold_is_held_back_and_a_met_one_told():
    assert verdict(window=(None, "2 of 3 sources")) == Hold(HeldBack.THRESHOLD, "2 of 3 sources")
    assert verdict(window=(Reason.THRESHOLD, "3 sources in 6 h")).reason is Reason.THRESHOLD


def test_what_may_be_another_event_must_cross_the_threshold_too():
    known = {"placement": a_placement(join=Join.POSSIBLE), "told": TOLD}
    assert verdict(window=(None, "1 of 3"), **known).reason is HeldBack.NOTHING_NEW
    assert verdict(window=(Reason.THRESHOLD, "3"), **known).reason is Reason.POSSIBLY_SAME


NIGHT = QuietHours(time(22), time(6), "UTC")
MIDNIGHT = datetime(2026, 3, 10, 0, 0, tzinfo=UTC)


def test_quiet_hours_hold_back_all_but_critical():
    quiet = FileChannel(name="desk", quiet_hours=NIGHT)
    held = verdict(channels=(quiet,), at=MIDNIGHT)
    assert (held.reason, held.until) == (HeldBack.QUIET_HOURS, MIDNIGHT + 6 * HOUR)
    assert isinstance(
        verdict(a_match(severity=Severity.CRITICAL), channels=(quiet,), at=MIDNIGHT), Tell
    )


def test_quiet_hours_only_delay_where_no_digest_would_bring_it():
    quiet = FileChannel(name="desk", quiet_hours=NIGHT)
    told = verdict(channels=(quiet,), at=MIDNIGHT, digested=())
    assert told == Tell(Reason.FIRST_SIGHT, MIDNIGHT + 6 * HOUR)


def test_one_channel_awake_is_enough():
    quiet = FileChannel(name="night", quiet_hours=NIGHT)
    assert isinstance(verdict(channels=(quiet, DESK), at=MIDNIGHT), Tell)


def test_without_a_channel_it_goes_to_the_digest():
    assert verdict(channels=()).reason is HeldBack.NO_CHANNEL


def a_config(*names: str, **changes) -> Config:
    channels = tuple(FileChannel(name=name) for name in names)
    return Config(
        **(
            {
                "path": Path("config.yaml"), "hash": "h", "contact": "", "database": Path("w.db"),
                "rules": RuleBook(()), "channels": channels,
            } | changes
        )
    )  # fmt: skip


def to(config: Config, spec=None, match=None, **article) -> list[str]:
    found = target_channels(
        match or a_match(), spec or a_rule(), an_article(**article), Facts(), config
    )
    return [channel.name for channel in found]


def test_alerts_go_to_every_channel_that_is_not_only_for_system_news():
    assert to(a_config("desk", "ops", system_channels=("ops",))) == ["desk"]
    assert to(a_config("out", system_channels=("out",))) == ["out"]
    both = a_config("desk", "ops", system_channels=("ops",), digests=(Digest("d", ("ops",)),))
    assert to(both) == ["desk", "ops"]


def test_a_rules_own_channels_beat_routes_and_defaults():
    config = a_config("a", "b", alerts=AlertSettings(channels=("a",), routes=(Route(("a",)),)))
    assert to(config, a_rule(alert=AlertSpec(channels=("b",)))) == ["b"]


def test_the_first_route_that_fits_wins_unless_all_are_asked_for():
    routes = (
        Route(("a",), languages=("ar",)),
        Route(("b",), severity=Severity.HIGH),
        Route(("c",)),
    )
    first = a_config("a", "b", "c", alerts=AlertSettings(routes=routes))
    assert to(first, language="ar") == ["a"]
    assert to(first) == ["b"]
    assert to(first, match=a_match(severity=Severity.LOW)) == ["c"]
    every = a_config("a", "b", "c", alerts=AlertSettings(routes=routes, route_all=True))
    assert to(every, language="ar") == ["a", "b", "c"]


def test_a_cooldown_counts_by_story_rule_or_place():
    assert cooldown_key(a_rule(), 7, Facts()) == "story:7"
    assert cooldown_key(a_rule(alert=AlertSpec(per="rule")), 7, Facts()) == "rule"
    assert (
        cooldown_key(a_rule(alert=AlertSpec(per="place")), 7, Facts(countries=("IQ",)))
        == "place:iq"
    )


@given(
    st.sampled_from(list(Severity)), st.sampled_from(list(Join)), st.booleans(), st.booleans(),
    st.booleans(), st.integers(0, 20), st.none() | st.sampled_from([Severity.HIGH, Severity.CRITICAL]),
)  # fmt: skip
def test_every_new_match_gets_a_verdict(severity, join, was_told, waiting, acked, sources, highest):
    """Told at once or held back with a reason: a new match is never left without an answer."""
    found = verdict(
        a_match(severity=severity),
        placement=a_placement(join=join),
        told=TOLD if was_told else None,
        waiting=waiting,
        is_acked=acked,
        independent_count=sources,
        highest_told=highest,
    )
    assert isinstance(found, Tell | Hold)
