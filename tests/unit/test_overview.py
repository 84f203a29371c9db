"""Taking stock: counts that people and machines see."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.builders import NOON, a_feed, an_article
from wirewatch.model import (
    Config,
    Digest,
    FeedState,
    Health,
    Message,
    MessageKind,
    RuleBook,
)
from wirewatch.pipeline.overview import overview
from wirewatch.store import Store


def a_config(tmp_path: Path, **changes) -> Config:
    values = {
        "path": tmp_path / "config.yaml",
        "hash": "h",
        "contact": "",
        "database": tmp_path / "w.db",
        "rules": RuleBook(()),
        "feeds": (a_feed("A"), a_feed("B"), a_feed("C", paused=True), a_feed("D")),
        "digests": (Digest("morning", ("desk",)),),
    }
    return Config(**(values | changes))


def put(store: Store, name: str, health: Health, overdue: timedelta) -> None:
    url = "https://example.org/rss.xml"
    store.feeds.put(FeedState(name, url, url, health=health, next_poll_at=NOON - overdue))


def test_an_empty_store_is_all_new(tmp_path):
    view = overview(Store.scratch(), a_config(tmp_path), now=NOON)
    assert view.feeds == ((Health.NEW, 3), (Health.PAUSED, 1))
    assert (view.late_count, view.owed_count, view.dead_count) == (0, 0, 0)
    assert view.digests[0].last_at is None
    assert view.digests[0].next_at == NOON + timedelta(hours=19)


def test_feeds_that_are_no_longer_configured_do_not_count(tmp_path):
    store = Store.scratch()
    with store.transaction():
        put(store, "A", Health.HEALTHY, timedelta(minutes=-5))
        put(store, "B", Health.BLOCKED, timedelta(seconds=30))
        put(store, "Gone", Health.FAILING, timedelta(minutes=-5))
    view = overview(store, a_config(tmp_path), now=NOON)
    assert dict(view.feeds) == {
        Health.NEW: 1,
        Health.HEALTHY: 1,
        Health.BLOCKED: 1,
        Health.PAUSED: 1,
    }
    assert (view.lag_max, view.late_count) == (timedelta(seconds=30), 0)


def test_lateness_counts_from_a_minute(tmp_path):
    store = Store.scratch()
    with store.transaction():
        put(store, "A", Health.HEALTHY, timedelta(minutes=5))
    view = overview(store, a_config(tmp_path), now=NOON)
    assert (view.late_count, view.lag_max) == (1, timedelta(minutes=5))


def test_a_day_of_articles_and_what_is_owed(tmp_path):
    store = Store.scratch()
    owed = Message(
        "msg_1", "k", "desk", "a@example.org", MessageKind.ALERT, "s", b"x", "text/plain", NOON
    )
    with store.transaction():
        store.articles.add(an_article("new", first_seen_at=NOON - timedelta(hours=1)))
        store.articles.add(an_article("old", first_seen_at=NOON - timedelta(days=2)))
        store.outbox.add([owed])
        store.feeds.count_poll("new", NOON)
    view = overview(store, a_config(tmp_path), now=NOON)
    assert (view.articles_day, view.owed_count, view.owed_since) == (1, 1, NOON)
    assert view.polls_day == (("new", 1),)
