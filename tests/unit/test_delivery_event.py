"""The bodies of webhooks: valid, small, the same each time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from alerts import event
from tests.builders import (
    NOON,
    a_digest_story,
    a_digest_view,
    a_match,
    a_story,
    an_alert,
    an_article,
)
from wirewatch.model import (
    Claim,
    Coverage,
    Facts,
    FeedNote,
    Health,
    HeldBack,
    MatchedArticle,
    Reason,
    Severity,
    StoryFacts,
    SystemNotice,
    Update,
    UpdateKind,
)


def schema(kind):
    text = (resources.files("alerts") / "schemas" / f"{kind}.v1.json").read_text("utf-8")
    found = json.loads(text)
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found, format_checker=FormatChecker())


def checked(body, kind):
    assert len(body) < event.LIMIT_BYTES
    data = json.loads(body)
    schema(kind).validate(data)
    return data


def a_notice(text="It answers 404."):
    return SystemNotice("feed:Example", "Example is down", text, Severity.MEDIUM, NOON)


def test_an_alert_is_a_cloudevent_with_its_evidence():
    data = checked(event.alert_event(an_alert(), uid="msg_1", at=NOON), "alert")
    assert (data["specversion"], data["id"], data["type"]) == ("1.0", "msg_1", "alert.v1")
    assert data["time"] == "2026-03-09T12:00:00Z"
    assert data["data"]["articles"][0]["why"][0]["term"] == "a"
    assert not data["data"]["truncated"]


def test_a_digest_says_how_the_feeds_are_even_when_nothing_matched():
    note = FeedNote("Example", Health.BLOCKED, NOON, "it asks for a captcha")
    view = a_digest_view(
        coverage=Coverage(9, 2, 1, (note,)),
        held_back=((HeldBack.COOLDOWN, 2),),
        late_by=timedelta(minutes=5),
    )
    data = checked(event.digest_event(view, uid="msg_1", at=NOON), "digest")["data"]
    assert data["stories"] == []
    assert data["coverage"]["unwell"][0]["health"] == "blocked"
    assert (data["late_by_s"], data["held_back"]) == (300, {"cooldown": 2})


def test_every_reason_hold_and_update_is_in_the_schemas():
    updates = tuple(Update(kind, "5", "7") for kind in UpdateKind)
    facts = StoryFacts(
        killed=(5, None), countries=("IQ",), status=Claim.CLAIMED, event_date=NOON.date()
    )
    alert = an_alert(reasons=tuple(Reason), updates=updates, story=a_story(facts=facts))
    checked(event.alert_event(alert, uid="msg_1", at=NOON), "alert")
    view = a_digest_view(
        (replace(a_digest_story(), updates=updates),),
        held_back=tuple((reason, 1) for reason in HeldBack),
        coverage=Coverage(1, 1, 1, tuple(FeedNote("f", each, None, "p") for each in Health)),
    )
    checked(event.digest_event(view, uid="msg_1", at=NOON), "digest")


@pytest.mark.parametrize("count", [1, 10, 100, 3000])
def test_a_digest_stays_under_20_kb_and_says_what_it_left_out(count):
    view = a_digest_view(tuple(map(a_digest_story, range(count))))
    data = checked(event.digest_event(view, uid="msg_1", at=NOON), "digest")["data"]
    assert data["stories_total"] == count
    assert data["truncated"] == (len(data["stories"]) < count)
    assert data["stories"]


TEXT = st.text(max_size=4000) | st.sampled_from(["ضربة" * 900, "\ud800", "\x00" * 50, "🕊" * 999])


@settings(max_examples=10)  # each builds and validates two bodies of 20 kB
@given(TEXT, TEXT, st.integers(0, 40))
def test_no_text_makes_an_event_too_large_or_unreadable(title, summary, n):
    causes = (MatchedArticle(an_article(title, summary=summary), (a_match(),), Facts()),) * n
    alert = an_alert(causes=causes, story=a_story(title), detail=summary)
    body = event.alert_event(alert, uid="msg_1", at=NOON)
    assert checked(body, "alert")["data"]["articles_total"] == n
    assert body == event.alert_event(alert, uid="msg_1", at=NOON)
    checked(event.system_event(a_notice(summary * 10), uid="msg_1", at=NOON), "system")


def test_system_news_is_an_event_of_its_own():
    data = checked(event.system_event(a_notice(), uid="msg_1", at=NOON), "system")
    assert data["subject"] == "system/feed:Example"
    assert data["data"]["text"] == "It answers 404."
