"""Which feeds are asked when: at start, after downtime, after the configuration changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alerts.render import Renderer
from tests.builders import NOON, a_feed
from tests.desks import ADesk, AProgram
from wirewatch.model import Config, FeedState, FetchSettings, Health, RuleBook
from wirewatch.pipeline.load import mind_load
from wirewatch.pipeline.overview import overview
from wirewatch.pipeline.schedule import plan_feeds, renewed
from wirewatch.store import Store


def a_config(*feeds):
    return Config(
        path=Path("config.yaml"),
        hash="c",
        contact="",
        database=Path("w.db"),
        rules=RuleBook(()),
        feeds=feeds,
    )


def state(feed, **changes):
    values = {"feed": feed.name, "url": feed.url, "configured_url": feed.url, "next_poll_at": NOON}
    return FeedState(**(values | changes))


def planned(*feeds, states=(), now=NOON):
    store = Store.scratch()
    with store.transaction():
        for each in states:
            store.feeds.put(each)
    plan_feeds(store, a_config(*feeds), now=now)
    return store.feeds.all()


def test_a_restart_polls_nothing_early():
    feed = a_feed()
    later = NOON + timedelta(minutes=7)
    assert planned(feed, states=[state(feed, next_poll_at=later)])[feed.name].next_poll_at == later


def test_what_is_overdue_is_spread_and_the_longest_overdue_comes_first():
    feeds = [a_feed(f"F{i:03}") for i in range(100)]
    overdue = [state(f, next_poll_at=NOON - timedelta(hours=i)) for i, f in enumerate(feeds)]
    states = planned(*feeds, states=overdue)
    times = [states[f.name].next_poll_at for f in feeds]
    assert times == sorted(times, reverse=True)
    assert min(times) == NOON
    assert timedelta(seconds=4) < max(times) - min(times) <= timedelta(seconds=5)


def test_ten_thousand_new_feeds_are_spread_over_five_minutes():
    feeds = [a_feed(f"F{i}") for i in range(10_000)]
    times = [each.next_poll_at for each in planned(*feeds).values()]
    assert max(times) - min(times) <= timedelta(minutes=5)
    assert len(set(times)) > 9_000


def test_a_feed_that_is_gone_stays_gone_until_its_url_changes():
    feed = a_feed()
    gone = state(feed, disabled=True, next_poll_at=None, baseline_at=NOON)
    assert planned(feed, states=[gone])[feed.name].next_poll_at is None
    moved = planned(replace(feed, url="https://example.org/new.xml"), states=[gone])[feed.name]
    assert (moved.next_poll_at, moved.disabled, moved.baseline_at) == (NOON, False, NOON)


def test_a_feed_that_is_no_longer_configured_is_asked_no_more_but_remembered():
    feed = a_feed()
    assert planned(states=[state(feed)])[feed.name].next_poll_at is None


def test_a_paused_feed_rests_until_it_is_not():
    feed = a_feed()
    paused = renewed(replace(feed, paused=True), state(feed))
    assert (paused.next_poll_at, paused.health) == (None, Health.PAUSED)
    assert renewed(feed, paused).health is Health.NEW


def a_desk(*feeds, **fetch):
    config = replace(a_config(*feeds), fetch=FetchSettings(**fetch))
    return ADesk(config, AProgram(()), Renderer(None))


def test_a_load_that_cant_be_met_is_told_once_and_kept_for_status():
    store = Store.scratch()
    feeds = [
        a_feed(f"f{n}", url=f"https://h{n}.example/", every=timedelta(seconds=1)) for n in range(9)
    ]
    tight, wide = a_desk(*feeds, concurrency=1), a_desk(*feeds, concurrency=99)
    for desk in (wide, tight, tight):
        mind_load(store, desk, now=NOON)
    (notice,) = store.notices.since(None, NOON)
    assert "fetch.concurrency" in notice.text
    assert overview(store, tight.config, now=NOON).overload in notice.text
    mind_load(store, wide, now=NOON)
    assert overview(store, wide.config, now=NOON).overload == ""
    assert len(store.notices.since(None, NOON)) == 1


def test_the_load_is_that_of_the_intervals_as_adapted():
    store = Store.scratch()
    feeds = [a_feed(f"f{n}", url=f"https://one.example/{n}") for n in range(1000)]
    desk = a_desk(*feeds)
    mind_load(store, desk, now=NOON)
    assert "one.example" in overview(store, desk.config, now=NOON).overload
    with store.transaction():
        for feed in feeds:
            store.feeds.put(state(feed, interval=timedelta(hours=2)))
    mind_load(store, desk, now=NOON)
    assert overview(store, desk.config, now=NOON).overload == ""
