"""Lets the scorecard of polling manners drive the real poller and store.

    scorecard.py tests/e2e/scorecard_adapter.py:Adapter --floor 50

A poll is fetched, parsed, identified, stored and planned as in the service, under a configuration
without rules.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.render import Renderer
from rules import compile_rules
from wirewatch.clock import SystemClock
from wirewatch.model import Config, Feed, FetchSettings, RuleBook
from wirewatch.pipeline.admit import admit
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.poll import Poller
from wirewatch.store import Store


class Adapter:
    """One service without rules, on a database of its own."""

    settings = FetchSettings(
        host_spacing=timedelta(milliseconds=20),
        deadline=timedelta(seconds=12),
        allow_private=("*",),
        hold_host=False,  # all its scenarios share one host, those of 429 and 503 too
    )
    interval = settings.interval.total_seconds()

    def __init__(self, base_url: str) -> None:
        self._clock = SystemClock()
        self._folder = tempfile.TemporaryDirectory(prefix="wirewatch-scorecard-")
        self._store = Store.open(Path(self._folder.name, "wirewatch.db"))
        self._loop = asyncio.new_event_loop()
        self._poller = Poller(self.settings, contact="scorecard@example.org")
        self._feeds: dict[str, Feed] = {}
        self._desk = Desk(
            config=Config(
                path=Path("config.yaml"),
                hash="",
                contact="scorecard@example.org",
                database=Path("wirewatch.db"),
                rules=RuleBook(rules=()),
                fetch=self.settings,
            ),
            program=compile_rules(RuleBook(rules=())),
            renderer=Renderer(None),
            clock=self._clock,
        )

    def add(self, url: str) -> None:
        self._feeds.setdefault(url, Feed(name=url, url=url))

    def poll(self, url: str, now: float | None = None) -> None:
        at = self._clock.now() if now is None else datetime.fromtimestamp(now, UTC)
        self._loop.run_until_complete(self._poll(self._feeds[url], at))

    def poll_many(self, urls: Sequence[str]) -> None:
        now = self._clock.now()

        async def together() -> None:
            await asyncio.gather(*(self._poll(self._feeds[url], now) for url in urls))

        self._loop.run_until_complete(together())

    def next_due(self, url: str) -> float | None:
        state = self._store.feeds.get(url)
        return state.next_poll_at.timestamp() if state and state.next_poll_at else None

    def articles(self, url: str) -> list[str]:
        return [article.title for article in self._store.articles.latest(limit=1000, feed=url)]

    def close(self) -> None:
        self._loop.run_until_complete(self._poller.close())
        self._loop.close()
        self._store.close()
        self._folder.cleanup()

    async def _poll(self, feed: Feed, now: datetime) -> None:
        state = self._store.feeds.get(feed.name)
        listed = self._store.articles.listed_keys(feed.name)
        polled = await self._poller.poll(feed, state, listed, now=now)
        admit(self._store, self._desk, polled, now=now)
