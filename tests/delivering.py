"""A deliverer with its writer, database, client and clock, for tests that send."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta

from alerts.notify import Tools
from tests.builders import NOON
from wirewatch.clock import ManualClock
from wirewatch.http import make_client
from wirewatch.model import (
    FetchSettings,
    WebhookChannel,
)
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def ops(url, **changes):
    return WebhookChannel(**({"name": "ops", "url": url, "timeout": 5 * SECOND} | changes))


class Service:
    """A deliverer with its writer, client and clock."""

    def __init__(self, path, channels, *, clock=None, client=None, boot="b1", **changes):
        self.store = Store.open(path)
        self.writer = Writer(self.store)
        self.clock = clock or ManualClock(NOON)
        self.deliverer = Deliverer(
            self.writer,
            channels,
            clock=self.clock,
            boot_id=boot,
            **({"tools": Tools(client=client)} | changes),
        )

    async def owe(self, *messages):
        def add(store):
            with store.transaction():
                return store.outbox.add(messages)

        return await self.writer.run(add)

    async def run(self, *, after=timedelta()):
        self.clock.move_to(self.clock.now() + after)
        return await self.deliverer.run_due(self.clock.now())

    async def rows(self):
        return await self.writer.run(lambda store: store.outbox.list()[::-1])

    async def states(self):
        return [row.state.value for row in await self.rows()]

    async def notices(self):
        far = self.clock.now() + 1000 * HOUR
        return [n.key for n in await self.writer.run(lambda s: s.notices.since(None, far))]


@asynccontextmanager
async def service(tmp_path, *channels, **changes):
    async with make_client(FetchSettings(), contact="", allow_private=("*",)) as client:
        made = Service(tmp_path / "w.db", channels, client=client, **changes)
        try:
            yield made
        finally:
            await made.deliverer.close(5 * SECOND)
            made.writer.close()
