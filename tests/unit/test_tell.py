"""From a match to what is told: alerts that wait, digests that miss nothing and repeat nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from email import message_from_bytes

import pytest

from alerts.render import Renderer
from tests.builders import a_match, a_rule, an_article
from tests.newsroom import MINUTE, TEXT, Newsroom, text_of
from wirewatch.errors import UsageError
from wirewatch.model import (
    AlertSettings,
    Digest,
    Facts,
    Field,
    FileChannel,
    HeldBack,
    MessageKind,
    Mute,
    QuietHours,
    Reason,
    Severity,
    Span,
    Toll,
    TollKind,
    WhenSpec,
)
from wirewatch.pipeline.place import replace_revised
from wirewatch.pipeline.tell import preview, tell, undelivered


def test_an_alert_goes_out_after_its_wait_and_again_in_the_digest_with_its_time():
    room = Newsroom()
    ((rule, verdict),) = room.read("Drone hits depot near Tal Sahin")
    assert (rule, verdict.reason) == ("strike", Reason.FIRST_SIGHT)
    assert room.pass_time(MINUTE / 2) == []
    (alert,) = room.pass_time(MINUTE / 2)
    assert alert.kind is MessageKind.ALERT
    assert room.pass_time(MINUTE) == []
    (digest,) = room.pass_time(timedelta(days=1))
    assert digest.kind is MessageKind.DIGEST
    assert "*Drone* hits" not in text_of(digest)
    assert "Drone hits depot near Tal Sahin" in text_of(digest)
    assert "Told at Mon 9 Mar 12:01 (first report)" in text_of(digest)
    (empty,) = room.pass_time(timedelta(days=1))
    assert "Nothing matched" in empty.subject


def test_one_alert_tells_all_that_came_while_it_waited():
    room = Newsroom()
    room.read("Drone hits depot near Tal Sahin")
    ((_, verdict),) = room.read("Drone hits depot near Tal Sahin, five dead")
    assert verdict.reason is HeldBack.SAME_ALERT
    (alert,) = room.pass_time(MINUTE)
    assert "five dead" in text_of(alert)


def test_a_copy_of_what_was_told_waits_for_the_digest():
    room = Newsroom()
    room.read("Drone hits depot near Tal Sahin")
    room.pass_time(MINUTE)
    ((_, verdict),) = room.read("Drone hits depot near Tal Sahin")
    assert verdict.reason is HeldBack.NOTHING_NEW
    (digest,) = room.pass_time(timedelta(days=1))
    assert "1 told before, nothing new in it" in text_of(digest)


def test_a_rising_toll_is_told_in_the_same_thread():
    def killed(n):
        return Facts(killed=Toll(TollKind.KILLED, n, n, Span("", Field.TITLE, 0, 5, "Drone")))

    room = Newsroom()
    room.read("Drone hits depot near Tal Sahin", facts=killed(5))
    (first,) = room.pass_time(MINUTE)
    ((_, verdict),) = room.read("Drone hits depot near Tal Sahin", facts=killed(12))
    assert verdict.reason is Reason.TOLL_RAISED
    (second,) = room.pass_time(MINUTE)
    assert "5 → 12 killed" in second.subject
    threads = [message_from_bytes(m.payload)["References"] for m in (first, second)]
    assert threads[0] == threads[1]
    assert first.uid != second.uid


def test_a_mute_that_comes_while_an_alert_waits_still_counts():
    room = Newsroom()
    room.read("Drone hits depot near Tal Sahin")
    with room.store.transaction():
        room.store.silences.mute(
            Mute(0, "rule", "strike", room.now, room.now + 60 * MINUTE, "anna", "drill")
        )
    assert room.pass_time(MINUTE) == []
    (digest,) = room.pass_time(timedelta(days=1))
    assert "muted – by anna: drill" in text_of(digest)


def test_a_crash_between_deciding_and_rendering_loses_nothing():
    room = Newsroom()
    room.read("Drone hits depot near Tal Sahin")
    room.now += MINUTE
    with room.store.transaction():
        for pending in room.store.alerts.due(room.now):
            room.store.alerts.compose(pending, room.now)
    (alert,) = room.pass_time(timedelta())
    assert alert.kind is MessageKind.ALERT
    with room.store.transaction():
        room.store.digests.close(
            "morning", slot="2026-03-10 07:00", slot_at=room.now, timezone="UTC", now=room.now
        )
    (digest,) = room.pass_time(timedelta())
    assert "Drone hits depot" in text_of(digest)


def test_composing_again_gives_the_same_messages():
    room = Newsroom()
    room.read("Drone hits depot near Tal Sahin")
    (first,) = room.pass_time(MINUTE)
    room.store.conn.execute("UPDATE alert SET state = 'composed'")
    (second,) = room.pass_time(MINUTE)
    assert second == first


def test_each_digest_takes_what_it_asks_for():
    digests = (
        Digest("all", ("desk",)),
        Digest("worst", ("desk",), severity=Severity.CRITICAL, send_empty=False),
    )
    room = Newsroom(digests=digests)
    room.read("Drone hits depot near Tal Sahin")
    told = room.pass_time(timedelta(days=1))
    assert [m.kind for m in told] == [MessageKind.ALERT, MessageKind.DIGEST]
    assert room.store.digests.latest(5, "worst")[0][0].state == "empty"


def test_a_digest_goes_under_its_title():
    room = Newsroom(digests=(Digest("morning", ("desk",), title="The Iraq desk"),))
    (digest,) = room.pass_time(timedelta(days=1))
    assert "– The Iraq desk, Tue 10 Mar 07:00" in digest.subject
    assert text_of(digest).startswith("The Iraq desk, Tue 10 Mar 07:00")


def test_the_baseline_is_in_the_digest_and_not_told_at_once():
    room = Newsroom()
    ((_, verdict),) = room.read("Drone hits depot near Tal Sahin", hold=HeldBack.BASELINE)
    assert verdict.reason is HeldBack.BASELINE
    (digest,) = room.pass_time(timedelta(days=1))
    assert digest.kind is MessageKind.DIGEST
    assert "already in the feed when it was first polled" in text_of(digest)


def test_an_alert_nobody_took_moves_to_the_next_digest_even_after_one_that_told_it():
    room = Newsroom()
    room.read("Drone hits depot near Tal Sahin")
    (alert,) = room.pass_time(MINUTE)
    room.pass_time(timedelta(days=1))
    with room.store.transaction():
        assert undelivered(room.store, room.desk, alert, room.now)
    (digest,) = room.pass_time(timedelta(days=1))
    assert "could not be delivered in time" in text_of(digest)


def test_no_digest_means_an_undelivered_alert_is_tried_further():
    room = Newsroom(digests=())
    room.read("Drone hits depot near Tal Sahin")
    (alert,) = room.pass_time(MINUTE)
    with room.store.transaction():
        assert not undelivered(room.store, room.desk, alert, room.now)


def test_without_channels_decisions_are_made_and_nothing_is_rendered():
    room = Newsroom(channels=(), digests=())
    ((_, verdict),) = room.read("Drone hits depot near Tal Sahin")
    assert verdict.reason is Reason.FIRST_SIGHT
    assert room.pass_time(MINUTE) == []
    ((_, verdict),) = room.read("Drone hits depot near Tal Sahin")
    assert verdict.reason is HeldBack.NOTHING_NEW


def test_a_broken_template_is_replaced_and_the_operator_told(tmp_path):
    (tmp_path / "alert.html.j2").write_text("{{ alert.nonsense.more }}")
    room = Newsroom(
        system_channels=("ops",), channels=(FileChannel(name="desk"), FileChannel(name="ops"))
    )
    room.desk = replace(room.desk, renderer=Renderer(tmp_path))
    room.read("Drone hits depot near Tal Sahin")
    alert, notice = room.pass_time(MINUTE)
    assert "Drone hits depot" in text_of(alert)
    assert notice.kind is MessageKind.SYSTEM
    assert "built-in template was used instead" in text_of(notice)


@pytest.mark.parametrize("wait", [timedelta(), 5 * MINUTE])
def test_the_wait_is_a_setting(wait):
    room = Newsroom(alerts=AlertSettings(wait=wait))
    room.read("Drone hits depot near Tal Sahin")
    (alert,) = room.pass_time(wait)
    assert alert.kind is MessageKind.ALERT


def test_a_preview_shows_what_is_open_and_changes_nothing():
    room = Newsroom()
    room.read("Drone hits depot near Tal Sahin")
    before = list(room.store.conn.iterdump())
    rendered = preview(room.store, room.desk, "morning", now=room.now)
    assert "Drone hits depot near Tal Sahin" in rendered.text
    assert "Tue 10 Mar 07:00" in rendered.subject
    assert list(room.store.conn.iterdump()) == before
    with pytest.raises(UsageError, match="there are: morning"):
        preview(room.store, room.desk, "evening", now=room.now)


def about(n: int) -> dict:
    """Reports that have no word in common: each founds a story of its own."""
    words = [
        "".join(chr(97 + (n * 7 + k * 5 + i * (n + 3)) % 26) for i in range(7)) + str(n)
        for k in range(20)
    ]
    return {"title": " ".join(words[:6]).capitalize(), "summary": " ".join(words[6:])}


def test_more_alerts_than_the_brake_allows_come_as_one_message_that_says_why():
    room = Newsroom(alerts=AlertSettings(storm_count=5))
    for n in range(25):
        room.read(**about(n))
    single = room.pass_time(MINUTE)
    assert [m.kind for m in single] == [MessageKind.ALERT] * 5
    assert room.pass_time(MINUTE) == []
    (bundle,) = room.pass_time(MINUTE)
    assert "More than 5 alerts in 10 minutes: these 20 come as one message" in text_of(bundle)
    assert room.pass_time(MINUTE) == []
    (digest,) = room.pass_time(timedelta(days=1))
    assert text_of(digest).count("together with many others") == 20


def test_a_critical_alert_is_not_braked_by_a_flood_of_others():
    room = Newsroom(alerts=AlertSettings(storm_count=2))
    for n in range(10):
        room.read(**about(n))
    room.pass_time(MINUTE)
    room.read(**about(11), severity=Severity.CRITICAL)
    (alert,) = room.pass_time(timedelta())
    assert "[critical]" in alert.subject


def test_a_storm_under_a_clock_that_is_set_back_is_told_and_forgotten():
    """Its alerts lie in what is the future again: neither they nor the next ones wait for that."""
    room = Newsroom(alerts=AlertSettings(storm_count=5))
    for n in range(25):
        room.read(**about(n))
    assert len(room.pass_time(MINUTE)) == 5
    (bundle,) = room.pass_time(timedelta(hours=-9))
    assert "these 20 come as one message" in text_of(bundle)
    room.read(**about(25))
    (alert,) = room.pass_time(MINUTE)
    assert alert.kind is MessageKind.ALERT


def test_the_brake_can_be_left_off():
    room = Newsroom(alerts=AlertSettings(storm_count=0))
    for n in range(25):
        room.read(**about(n))
    assert len(room.pass_time(MINUTE)) == 25


def test_a_threshold_over_the_rule_is_told_once_with_all_that_led_to_it():
    room = Newsroom(a_rule(when=WhenSpec(path=(), within=timedelta(hours=6), sources=3)))
    reasons = [verdict.reason for n in range(5) for _, verdict in room.read(**about(n))]
    assert reasons == [
        HeldBack.THRESHOLD,
        HeldBack.THRESHOLD,
        Reason.THRESHOLD,
        *[HeldBack.SAME_ALERT] * 2,
    ]
    (alert,) = room.pass_time(MINUTE)
    assert "3 independent sources in 6 h" in text_of(alert)
    assert all(about(n)["title"] in text_of(alert) for n in range(5))
    ((_, verdict),) = room.read(**about(6))
    assert verdict.reason is HeldBack.COOLDOWN


def test_a_threshold_that_was_told_is_not_told_again_for_every_report_that_may_belong_to_it():
    room = Newsroom(a_rule(when=WhenSpec(path=(), within=timedelta(hours=6), sources=3)))
    for n in range(6):
        place = about(n)["title"].partition(" ")[0]
        room.read(f"Drone strike at Karsova depot, {place} reports {n + 3} fires", summary="")
        room.pass_time(5 * MINUTE)
    joins = [placing.how for placing in room.store.stories.placings(1).values()]
    assert joins.count("possible") >= 2
    assert room.store.alerts.count_told(room.now - timedelta(days=1), room.now, "strike") == 1


def test_a_window_slides_and_forgets():
    room = Newsroom(a_rule(when=WhenSpec(path=(), within=timedelta(hours=1), articles=2)))
    room.read(**about(0))
    room.pass_time(timedelta(hours=2))
    ((_, verdict),) = room.read(**about(1))
    assert verdict.reason is HeldBack.THRESHOLD


def test_a_backlog_crosses_no_threshold():
    room = Newsroom(a_rule(when=WhenSpec(path=(), within=timedelta(hours=1), articles=3)))
    for n in range(5):
        room.read(**about(n), hold=HeldBack.BASELINE)
    ((_, verdict),) = room.read(**about(6))
    assert verdict.detail == "1 of 3 matches in 1 h"


def test_only_the_first_mention_is_told():
    room = Newsroom(
        a_rule(when=WhenSpec(path=(), within=timedelta(days=30), first_mention="attack"))
    )
    ((_, first),) = room.read(f"Wolves {about(1)['title']}", summary=about(1)["summary"])
    ((_, second),) = room.read(f"Wolves {about(2)['title']}", summary=about(2)["summary"])
    assert first.reason is Reason.FIRST_MENTION
    assert second.reason is HeldBack.THRESHOLD


def test_silence_is_told_once_and_again_only_after_a_match():
    room = Newsroom(
        a_rule(when=WhenSpec(path=(), within=timedelta(hours=6), absent=True)), digests=()
    )
    room.pass_time(timedelta())
    assert room.pass_time(timedelta(hours=5)) == []
    (notice,) = room.pass_time(timedelta(hours=1))
    assert "nothing for 6 h" in notice.subject
    assert room.pass_time(timedelta(hours=6)) == []
    room.read(**about(0))
    (notice,) = room.pass_time(timedelta(hours=7))
    assert "nothing for 7 h" in notice.subject


def test_a_digest_says_where_an_alert_went_when_its_own_reader_was_asleep():
    night = QuietHours(time(0), time(23, 59), "UTC")
    room = Newsroom(channels=(FileChannel(name="desk", quiet_hours=night), FileChannel(name="ops")))
    room.read("Drone hits depot near Tal Sahin")
    (alert,) = room.pass_time(MINUTE)
    assert alert.channel == "ops"
    (digest,) = room.pass_time(timedelta(days=1))
    assert "12:01 to ops (first report)" in text_of(digest)


def test_stories_that_turn_out_to_be_one_are_told_once():
    room = Newsroom()
    room.read(**about(1))
    room.read(**about(2))
    with room.store.transaction():
        room.store.conn.execute("UPDATE article SET story_id = 1")
        room.store.conn.execute("UPDATE story SET merged_into = 1 WHERE id = 2")
    (alert,) = room.pass_time(MINUTE)
    assert alert.kind is MessageKind.ALERT
    ((_, verdict),) = room.read(**about(1))
    assert verdict.reason is HeldBack.NOTHING_NEW
    (digest,) = room.pass_time(timedelta(days=1))
    assert "1 high, 3 matches in 1 story" in text_of(digest)


def test_an_edit_with_news_is_told_and_stands_once_in_the_digest():
    def killed(n):
        return Facts(killed=Toll(TollKind.KILLED, n, n, Span("", Field.TITLE, 0, 5, "Drone")))

    room = Newsroom()
    room.read("Drone hits depot near Tal Sahin", facts=killed(5))
    room.pass_time(MINUTE)
    with room.store.transaction():
        edited = an_article(
            "Drone hits depot near Tal Sahin", summary=TEXT + " Later.", content_hash="new"
        )
        article = room.store.articles.revise(1, edited, room.now)
        placement = replace_revised(
            room.store, article, killed(9), killed(5), article.title, now=room.now
        )
        stored = room.store.matches.put(1, [a_match()], config_hash="h", now=room.now)
        ((_, verdict),) = tell(
            room.store, room.desk, article=article, stored=stored, placement=placement, facts=killed(9), hold=None, now=room.now
        )  # fmt: skip
    assert verdict.reason is Reason.TOLL_RAISED
    (update,) = room.pass_time(MINUTE)
    assert "5 → 9 killed" in update.subject
    (digest,) = room.pass_time(timedelta(days=1))
    assert "1 high, 1 match in 1 story" in text_of(digest)


def test_silence_is_not_told_in_quiet_hours_but_after_them():
    quiet = FileChannel(name="desk", quiet_hours=QuietHours(time(18), time(20), "UTC"))
    spec = a_rule(when=WhenSpec(path=(), within=timedelta(hours=6), absent=True))
    room = Newsroom(
        spec, digests=(), channels=(quiet, FileChannel(name="ops")), system_channels=("ops",)
    )
    room.pass_time(timedelta())
    assert room.pass_time(timedelta(hours=7)) == []
    (notice,) = room.pass_time(timedelta(hours=1))
    assert notice.channel == "desk"
