"""The demo's invented world: data, dialects, and what it must cause."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.clock import ManualClock
from wirewatch.demo import verdict, world
from wirewatch.demo.dialects import link, print_feed
from wirewatch.demo.loopback import Hook, Newsstand, Request
from wirewatch.demo.morning import ZONE, MorningClock, latest_slot

MONDAY = datetime(2026, 3, 9, 7, tzinfo=ZONE)
BEGAN_AT = {n: MONDAY.astimezone(UTC) + timedelta(minutes=n) for n in range(1, 10)}
WORLD = world.load(today=MONDAY)


def test_the_world_is_as_large_as_promised():
    assert len(WORLD.outlets) >= 6
    assert len(WORLD.reachable()) >= 80
    assert "ar" in {outlet.language for outlet in WORLD.outlets}
    assert {fault for outlet in WORLD.outlets for fault in outlet.faults.values()} >= {
        "gone",
        "truncated",
    }


def test_every_outlet_is_invented_on_a_domain_that_can_not_exist():
    assert all(
        outlet.site.startswith("https://") and outlet.site.endswith(".example")
        for outlet in WORLD.outlets
    )


def test_no_key_is_used_twice():
    keys = [a.key for outlet in WORLD.outlets for a in outlet.articles]
    assert len(keys) == len(set(keys))


def test_every_weekday_in_the_texts_is_filled_in():
    texts = [a.text + a.body for outlet in WORLD.outlets for a in outlet.articles]
    assert not any("{" in text for text in texts)
    assert any("Monday" in text for text in texts)
    assert any("الاثنين" in text for text in texts)


@pytest.mark.parametrize("outlet", WORLD.outlets, ids=lambda o: o.path)
def test_a_feed_reads_back_as_what_its_outlet_printed(outlet):
    body, content_type = print_feed(outlet, WORLD.last_round, BEGAN_AT)
    if outlet.dialect == "json":
        titles = [entry["title"] for entry in json.loads(body)["items"]]
    else:
        parsed = feedparser.parse(io.BytesIO(body), response_headers={"content-type": content_type})
        assert not parsed.bozo
        titles = [entry.title for entry in parsed.entries]
    assert titles == [a.title for a in outlet.listed(WORLD.last_round)]


def test_an_edit_changes_the_article_but_not_its_address():
    outlet = next(o for o in WORLD.outlets if any(a.edit for a in o.articles))
    article = next(a for a in outlet.articles if a.edit)
    before, after = article.standing(article.edit.round - 1), article.standing(article.edit.round)
    assert before.title != after.title
    assert link(outlet, before) == link(outlet, after)


def test_the_newsstand_answers_304_until_the_page_turns():
    stand = Newsstand(WORLD, ManualClock(MONDAY))
    path = "/meridian/world.rss"
    first = stand.answer(Request("GET", path, {}, b""))
    asked = Request("GET", path, {"if-none-match": first.headers["ETag"]}, b"")
    assert stand.answer(asked).status == 304
    stand.turn()
    assert stand.answer(asked).status == 200
    assert stand.answer(Request("GET", "/oldquay/rss", {}, b"")).status == 410
    assert stand.answer(Request("GET", "/nobody", {}, b"")).status == 404


@given(st.integers(10**9, 4 * 10**9).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_the_demo_plays_on_the_latest_morning(now):
    slot = latest_slot(now)
    assert timedelta() <= now - slot < timedelta(days=1)
    assert (slot.hour, slot.minute) == (7, 0)


def test_the_demos_clock_runs_and_can_be_moved_to_seven():
    base = ManualClock(MONDAY + timedelta(hours=3))
    clock = MorningClock(base)
    base.move_to(base.now() + timedelta(seconds=30))
    assert clock.now() == MONDAY - timedelta(seconds=90)
    clock.skip_to_slot()
    assert clock.now() == MONDAY
    assert clock.monotonic() == 30 + 90


def a_mail(kind: str, text: str, identity: str) -> tuple[str, EmailMessage]:
    mail = EmailMessage()
    mail["Message-ID"] = identity
    mail.set_content(text)
    return kind, mail


def what_should_arrive() -> verdict.Arrived:
    wanted = verdict.expected()
    by_key = {a.key: link(outlet, a) for outlet, a in WORLD.reachable()}
    alerts = [
        a_mail("alert", " ".join(by_key[key] for key in each["articles"]), f"<{n}@d>")
        for n, each in enumerate((*wanted.alerts, *wanted.told_again))
    ]
    return verdict.Arrived(
        matched={link(o, a): frozenset(a.rules) for o, a in WORLD.reachable()},
        mails=[*alerts, a_mail("digest", ", ".join(wanted.ill_feeds), "<d@d>")],
        hooks=[Hook("msg_1", {"type": "wirewatch.digest"}, b"", "")],
        files=["digest.html", "digest.txt", "digest.eml"],
    )


def test_nothing_is_complained_of_when_everything_arrived():
    assert verdict.complaints(WORLD, verdict.expected(), what_should_arrive()) == []


def test_whatever_is_missing_repeated_or_wrong_is_named():
    nothing = verdict.Arrived({}, [], [], [])
    found = verdict.complaints(WORLD, verdict.expected(), nothing)
    assert len(found) == len(WORLD.reachable()) + 4 + 1
    good = what_should_arrive()
    decoy = next(a.title for _, a in WORLD.reachable() if not a.rules)
    false_alarm = a_mail("alert", decoy, "<d@d>")
    bad = verdict.Arrived(
        good.matched, [*good.mails, false_alarm], [Hook("h", {}, b"", "its signature is wrong")], []
    )
    text = "\n".join(verdict.complaints(WORLD, verdict.expected(), bad))
    for word in (
        "no such news",
        "came 2 times",
        "signature is wrong",
        ".eml",
        "no digest came by webhook",
    ):
        assert word in text
