"""Stories, updates and coverage put together from rows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts import show
from alerts.compose import coverage, grown, merged_updates
from tests.builders import NOON, a_feed
from wirewatch.model import FeedState, Health, StoryFacts, Update, UpdateKind

HOUR = timedelta(hours=1)


def test_a_toll_that_rose_twice_is_told_once():
    merged = merged_updates(
        [
            Update(UpdateKind.TOLL_RAISED, "5 killed", "7 killed"),
            Update(UpdateKind.NEW_PLACE, "Erbil", "Mosul"),
            Update(UpdateKind.TOLL_RAISED, "7 killed", "12 dead"),
            Update(UpdateKind.NEW_PLACE, "Erbil, Mosul", "Baghdad, Mosul"),
        ]
    )
    assert [(u.before, u.after) for u in merged] == [
        ("5 killed", "12 dead"),
        ("", "Mosul, Baghdad"),
    ]


def test_a_digest_tells_a_rising_toll_in_numbers_since_the_last_one():
    facts = StoryFacts(
        rose=((NOON - HOUR, "3 → 5"), (NOON + HOUR, "5 → 7"), (NOON + 2 * HOUR, "7 → 11"))
    )
    updates = [Update(UpdateKind.TOLL_RAISED, "5 killed", "seven have died")]
    (told,) = grown(updates, facts, is_new=False, since=NOON)
    assert show.change(told) == "Toll: 5 → 11 killed"


def test_what_was_added_to_a_story_that_is_new_to_the_reader_is_no_news():
    updates = [
        Update(UpdateKind.NEW_PLACE, "", "Mosul"),
        Update(UpdateKind.DENIED, "", "the ministry"),
    ]
    assert [u.kind for u in grown(updates, StoryFacts(), is_new=True, since=None)] == [
        UpdateKind.DENIED
    ]
    assert len(grown(updates, StoryFacts(), is_new=False, since=None)) == 2


def test_coverage_names_feeds_that_are_not_well_and_leaves_paused_ones_out():
    feeds = [a_feed("A"), a_feed("B"), a_feed("C", paused=True)]
    states = {
        "B": FeedState(
            "B", "u", "u", failures=3, failing_since=NOON, health=Health.BLOCKED, error="403"
        ),
        "C": FeedState("C", "u", "u", health=Health.FAILING),
    }
    seen = coverage(
        feeds, states, article_count=7, outcomes={"new": 4, "unchanged": 3, "timeout": 2}
    )
    assert (seen.feed_count, seen.healthy_count, seen.polls, seen.failed_polls) == (2, 1, 9, 2)
    assert [(n.feed, n.since, n.problem) for n in seen.notes] == [("B", NOON, "403")]


@pytest.mark.parametrize(
    ("toll", "words"),
    [
        ((5, 5), "5"),
        ((5, 1200), "5–1,200"),
        ((5, None), "at least 5"),
        ((None, 6), "up to 6"),
        ((0, 0), "none"),
    ],
)
def test_tolls_read_as_people_say_them(toll, words):
    assert show.span_of_toll(toll) == words


@pytest.mark.parametrize(
    ("delta", "words"),
    [(timedelta(minutes=12), "12 min"), (timedelta(hours=5, minutes=1), "5 h 1 min"), (timedelta(days=2, hours=3), "2 days 3 h"),
     (timedelta(days=1), "1 day"), (timedelta(), "0 min")],
)  # fmt: skip
def test_lengths_of_time_read_as_people_say_them(delta, words):
    assert show.duration(delta) == words


def test_an_exclusion_reads_without_the_rule_languages_marks():
    assert show.exclusion("$not-the-real-thing → video game~") == "video game"
    assert show.exclusion("=KH") == "KH"
