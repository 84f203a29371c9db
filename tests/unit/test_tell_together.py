"""Several rules that tell of one story make one message for one reader."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.builders import a_rule
from tests.newsroom import MINUTE, Newsroom, text_of
from wirewatch.model import (
    AlertSettings,
    AlertSpec,
    Facts,
    Field,
    FileChannel,
    MessageKind,
    Severity,
    Span,
    Toll,
    TollKind,
    WebhookChannel,
)
from wirewatch.pipeline.tell import undelivered

HEADLINE = "Drone hits depot near Tal Sahin"
BOTH = ("drones", "militias")


def a_room(*specs, **config) -> Newsroom:
    specs = specs or (
        a_rule("drones", title="Drone attacks"),
        a_rule("militias", title="Militias"),
    )
    return Newsroom(*specs, **config)


def killed(n: int) -> Facts:
    return Facts(killed=Toll(TollKind.KILLED, n, n, Span("", Field.TITLE, 0, 5, "Drone")))


def test_two_rules_on_one_article_make_one_message_that_names_both():
    room = a_room()
    room.read(HEADLINE, rule_ids=BOTH)
    (alert,) = room.pass_time(MINUTE)
    assert "Drone attacks, Militias - first report" in text_of(alert)
    assert "wirewatch mute rule:drones --for 6h" in text_of(alert)
    assert "wirewatch mute rule:militias --for 6h" in text_of(alert)
    assert text_of(alert).count("matched on: Drone") == 1
    (digest,) = room.pass_time(timedelta(days=1))
    assert digest.kind is MessageKind.DIGEST
    assert "1 high, 2 matches in 1 story" in text_of(digest)


def test_a_rule_that_comes_in_while_the_story_forms_joins_its_message():
    room = a_room()
    room.read(HEADLINE, rule_ids=("drones",))
    assert room.pass_time(MINUTE / 2) == []
    room.read(HEADLINE, rule_ids=("militias",))
    (alert,) = room.pass_time(MINUTE / 2)
    assert "Drone attacks, Militias" in text_of(alert)
    assert room.pass_time(MINUTE) == []


def test_a_critical_rule_takes_the_others_of_its_story_along():
    room = a_room()
    room.read(HEADLINE, rule_ids=("militias",))
    room.read(HEADLINE, rule_ids=("drones",), severity=Severity.CRITICAL)
    (alert,) = room.pass_time(timedelta())
    assert alert.subject.startswith("[critical] Drone attacks")
    assert "Drone attacks, Militias" in text_of(alert)
    assert room.pass_time(MINUTE) == []


def test_what_is_new_leads_where_a_further_rule_sees_the_story_first():
    room = a_room()
    room.read(HEADLINE, rule_ids=("militias",), facts=killed(5))
    room.pass_time(MINUTE)
    room.read(HEADLINE, rule_ids=BOTH, facts=killed(7))
    (alert,) = room.pass_time(MINUTE)
    assert "the toll rose: 5 → 7 killed" in alert.subject
    assert "first report" not in text_of(alert)


def test_two_stories_stay_two_messages():
    room = a_room()
    room.read(HEADLINE, rule_ids=("drones",))
    room.read("Quarry fire in Velm spreads", summary="Nobody knows why.", rule_ids=("militias",))
    assert len(room.pass_time(MINUTE)) == 2


def test_rules_with_channels_of_their_own_are_told_apart():
    ops = a_rule("militias", title="Militias", alert=AlertSpec(channels=("ops",)))
    room = a_room(
        a_rule("drones", title="Drone attacks", alert=AlertSpec(channels=("desk",))),
        ops,
        channels=(FileChannel(name="desk"), FileChannel(name="ops")),
    )
    room.read(HEADLINE, rule_ids=BOTH)
    told = {message.channel: text_of(message) for message in room.pass_time(MINUTE)}
    assert "Militias" not in told["desk"]
    assert "Drone attacks" not in told["ops"]


def test_a_channel_of_both_rules_gets_one_message_where_another_gets_one_of_them():
    """The desk follows both rules, ops only the graver: neither reads of one story twice."""
    room = a_room(
        a_rule("drones", title="Drone attacks", alert=AlertSpec(channels=("desk",))),
        a_rule("militias", title="Militias", alert=AlertSpec(channels=("desk", "ops"))),
        channels=(FileChannel(name="desk"), FileChannel(name="ops")),
    )
    room.read(HEADLINE, rule_ids=BOTH)
    sent = room.pass_time(MINUTE)
    assert sorted(message.channel for message in sent) == ["desk", "ops"]
    told = {message.channel: message for message in sent}
    assert "Drone attacks, Militias" in text_of(told["desk"])
    assert "Drone attacks" not in text_of(told["ops"])
    room.pass_time(timedelta(days=1))
    with room.store.transaction():
        assert undelivered(room.store, room.desk, told["desk"], room.now)
    (digest,) = room.pass_time(timedelta(days=1))
    assert "1 high, 2 matches in 1 story" in text_of(digest)


def test_what_nobody_took_moves_to_the_digest_with_every_rule_in_it():
    room = a_room()
    room.read(HEADLINE, rule_ids=BOTH)
    (alert,) = room.pass_time(MINUTE)
    room.pass_time(timedelta(days=1))
    with room.store.transaction():
        assert undelivered(room.store, room.desk, alert, room.now)
    (digest,) = room.pass_time(timedelta(days=1))
    assert "1 high, 2 matches in 1 story" in text_of(digest)
    assert "could not be delivered in time" in text_of(digest)


def test_why_finds_the_message_of_either_rule():
    room = a_room()
    room.read(HEADLINE, rule_ids=BOTH)
    room.pass_time(MINUTE)
    sent = [room.store.archive.messages_about(match_id) for match_id in (1, 2)]
    assert sent[0] == sent[1] != []


def test_a_storm_counts_and_shows_stories_whichever_rules_tell_of_them():
    room = a_room(alerts=AlertSettings(storm_count=1))
    room.read(HEADLINE, rule_ids=BOTH)
    (alone,) = room.pass_time(MINUTE)
    assert alone.kind is MessageKind.ALERT
    room.read("Quarry fire in Velm spreads", summary="Nobody knows why.", rule_ids=BOTH)
    (bundle,) = [m for n in range(4) for m in room.pass_time(MINUTE)]
    assert "1 high, 2 matches in 1 story" in text_of(bundle)
    assert "Drone attacks, Militias" in text_of(bundle)


def test_a_webhook_gets_one_event_that_names_the_other_rules():
    hook = WebhookChannel(name="hook", url="https://hook.example.org/in")
    room = a_room(channels=(hook,), digests=())
    room.read(HEADLINE, rule_ids=BOTH)
    (event,) = room.pass_time(MINUTE)
    data = json.loads(event.payload)["data"]
    assert (data["rule"]["id"], [each["id"] for each in data["also"]]) == ("drones", ["militias"])
