"""`when:`: thresholds, spikes, first mentions, absence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.windows import Window, absent_since, judge, names_in
from tests.builders import NOON
from wirewatch.model import Field, Reason, Span, WhenSpec

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)


def when(**changes) -> WhenSpec:
    return WhenSpec(path=(), within=6 * HOUR, **changes)


def test_a_threshold_names_what_is_missing_and_what_was_reached():
    asked = when(articles=3, sources=2)
    assert judge(asked, Window(articles=3, sources=1)) == (
        None,
        "1 of 2 independent sources in 6 h",
    )
    assert judge(asked, Window(articles=3, sources=2)) == (
        Reason.THRESHOLD,
        "3 matches in 6 h; 2 independent sources in 6 h",
    )


def test_a_spike_is_measured_against_the_rules_own_habit():
    asked = when(spike=3.0)
    habit = {"past": 28, "past_span": WEEK}  # one in six hours
    assert judge(asked, Window(articles=4, **habit))[0] is Reason.SPIKE
    assert judge(asked, Window(articles=3, **habit))[0] is None
    assert judge(asked, Window(articles=5, past=56, past_span=WEEK))[0] is None


def test_a_spike_needs_two_days_to_compare_with():
    found = judge(when(spike=3.0), Window(articles=50, past_span=HOUR))
    assert found == (None, "less than 2 days to compare with")


def test_a_first_mention_names_who():
    found = judge(when(first_mention="militias"), Window(unseen=("Northern Brigade",)))
    assert found == (Reason.FIRST_MENTION, "Northern Brigade, for the first time in 6 h")
    assert judge(when(first_mention="militias"), Window())[0] is None


def test_a_name_is_the_entitys_where_it_is_one():
    spans = [
        Span("who", Field.TITLE, 0, 2, "KH", "$militias → Kata'ib Hezbollah"),
        Span("who", Field.TITLE, 5, 9, "Wolf", "wolf"),
        Span("where", Field.TITLE, 9, 12, "Iraq", "$iraq"),
    ]
    assert names_in(spans, "who") == ("Kata'ib Hezbollah", "wolf")


@pytest.mark.parametrize(("last", "told"), [(None, True), (-7, True), (-5, False)])
def test_silence_counts_from_the_last_match_or_from_when_the_rule_was_first_heard_of(last, told):
    since = absent_since(
        when(absent=True),
        last_match_at=NOON + last * HOUR if last else None,
        known_since=NOON - 8 * HOUR,
        now=NOON,
    )
    assert (since is not None) == told


def test_matches_of_an_absence_rule_are_left_to_the_digest():
    assert judge(when(absent=True), Window(articles=9))[0] is None
