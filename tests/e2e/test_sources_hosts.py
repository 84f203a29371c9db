"""A host that asks to be left alone is left alone by all its feeds, and none of them is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.pace import host_hold
from tests.builders import NOON
from tests.newsstand import Newsstand, an_rss
from wirewatch.clock import ManualClock
from wirewatch.config import load
from wirewatch.errors import FetchError, FetchStatus
from wirewatch.model import FeedState, Health
from wirewatch.service import Service
from wirewatch.store import Store

NAMES = [f"f{n}" for n in range(6)]
HOUR = timedelta(hours=1)


class Desk:
    """Six feeds on one host and one on another; a clock that the test moves."""

    def __init__(self, folder: Path, stand: Newsstand, elsewhere: Newsstand) -> None:
        self.stand, self.elsewhere = stand, elsewhere
        self.clock = ManualClock(NOON)
        self.path = folder / "config.yaml"
        feeds = "".join(f'  - {{name: {name}, url: "{stand.url(name)}"}}\n' for name in NAMES)
        self.path.write_text(
            "version: 1\ncontact: desk@example.org\ndatabase: wirewatch.db\n"
            "fetch: {host_spacing: 0s, per_host: 1, allow_private: [127.0.0.1]}\n"
            "rules:\n  - {id: any, severity: low, match: {what: [news]}}\n"
            f'feeds:\n{feeds}  - {{name: other, url: "{elsewhere.url("other")}"}}\n'
        )

    def once(self, *names: str, after: timedelta = timedelta()) -> None:
        """A service that was just started polls what is due, or these."""
        self.clock.move_to(self.clock.now() + after)
        asyncio.run(Service(load(self.path), clock=self.clock).once(list(names) or None))

    def states(self) -> dict[str, FeedState]:
        with_store = Store.read(self.path.parent / "wirewatch.db")
        try:
            return with_store.feeds.all()
        finally:
            with_store.close()


@pytest.fixture
def desk(tmp_path):
    pages = {name: an_rss(f"News of {name}") for name in NAMES}
    with Newsstand(**pages) as stand, Newsstand(other=an_rss("Other news")) as elsewhere:
        yield Desk(tmp_path, stand, elsewhere)


@pytest.mark.parametrize("status", [429, 503])
def test_what_one_feed_is_told_holds_for_its_host(desk, status):
    desk.once()
    desk.stand.pages["/f0"], desk.stand.retry_after = status, "3000"
    desk.stand.asked.clear()
    desk.once(*NAMES, "other", after=HOUR)
    asked = desk.stand.asked.total()
    assert desk.stand.asked["/f0"] == 1
    assert asked < len(NAMES)  # those behind it in the queue were sent away
    states = desk.states()
    told_at = NOON + HOUR
    for name in NAMES[1:]:
        assert states[name].next_poll_at >= told_at + timedelta(seconds=3000)
        assert (states[name].failures, states[name].health) == (0, Health.HEALTHY)
    assert states["other"].next_poll_at < told_at + timedelta(minutes=20)
    desk.once(after=timedelta(minutes=30))  # a restart asks nobody there early
    assert desk.stand.asked.total() == asked


def test_those_held_come_when_the_time_is_over_and_nothing_is_lost(desk):
    desk.once()
    desk.stand.pages |= {f"/{name}": an_rss(f"News of {name}", f"More of {name}") for name in NAMES}
    desk.stand.pages["/f0"], desk.stand.retry_after = 429, "3000"
    desk.once(*NAMES, after=HOUR)
    desk.stand.pages["/f0"] = an_rss("News of f0", "More of f0")
    for _ in range(3):
        desk.once(after=HOUR)
    with_store = Store.read(desk.path.parent / "wirewatch.db")
    try:
        titles = {article.title for article in with_store.articles.latest(limit=100)}
    finally:
        with_store.close()
    assert {f"More of {name}" for name in NAMES} <= titles


@pytest.mark.parametrize(
    ("error", "hold"),
    [
        (FetchStatus("", status=429, retry_after_s=90.0), timedelta(seconds=90)),
        (FetchStatus("", status=429, retry_after_s=1e7), timedelta(hours=24)),
        (FetchStatus("", status=503, retry_after_s=1e7), timedelta(hours=1)),
        (FetchStatus("", status=429), timedelta()),
        (FetchStatus("", status=429, retry_after_s=0.0), timedelta()),
        (FetchStatus("", status=500, retry_after_s=90.0), timedelta()),
        (FetchError("", kind="network"), timedelta()),
    ],
)
def test_how_long_a_host_is_left_alone(error, hold):
    assert host_hold(error) == hold
