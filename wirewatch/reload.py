"""Take over a changed configuration while the service runs; on any error the last good one stays."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from alerts.render import Renderer
from wirewatch import config as configuration
from wirewatch import log as logs
from wirewatch.errors import ConfigErrors
from wirewatch.http import Client, make_client
from wirewatch.model import Config, Severity, SystemNotice
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.load import mind_load
from wirewatch.pipeline.poll import Poller
from wirewatch.pipeline.rounds import Rounds
from wirewatch.pipeline.schedule import plan_feeds
from wirewatch.pipeline.tell import notify_system
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store

log = logging.getLogger(__name__)


class Reloader:
    """Looks at the configuration's files, and swaps versions between two ticks.

    The same validator as for `check` and start: everything is read, checked and compiled, and
    the rules' own tests run, before anything changes.
    """

    def __init__(
        self,
        loaded: configuration.Loaded,
        writer: Writer,
        rounds: Rounds,
        deliverer: Deliverer,
        *,
        reconnect: Callable[[Config], Awaitable[None]] | None = None,
    ) -> None:
        """Begin with the configuration in force.

        Args:
            loaded: That.
            writer: For the database.
            rounds: Gets the new desk, and a new poller where one is needed.
            deliverer: Gets the new channels.
            reconnect: Replaces the client of webhooks and pings.
        """
        self._reconnect = reconnect
        self.loaded = loaded
        self._writer, self._rounds, self._deliverer = writer, rounds, deliverer
        self._seen = loaded.stamps

    async def look(self) -> None:
        """Reload if a file is another one than at the last look, or a new one matches `include:`."""
        if await asyncio.to_thread(self.loaded.stamps_now) != self._seen:
            await self.reload()

    async def reload(self) -> bool:
        """Take over the configuration as it is now; a refusal is logged and told, and returns False."""
        before = self.loaded.config
        self._seen = await asyncio.to_thread(self.loaded.stamps_now)
        try:
            loaded = await asyncio.to_thread(configuration.load, before.path)
        except ConfigErrors as errors:
            await self._refuse(str(errors), len(errors.errors))
            return False
        if loaded.config.database != before.database:
            await self._refuse("database: another database needs a restart", 1)
            return False
        self.loaded = loaded
        logs.learn(loaded.secrets)
        self._seen = loaded.stamps
        await self._swap(before, loaded)
        return True

    async def _swap(self, before: Config, loaded: configuration.Loaded) -> None:
        config, clock = loaded.config, self._rounds.desk.clock
        self._rounds.desk = Desk(config, loaded.program, Renderer(config.templates), clock)
        self._deliverer.reconfigure(config.channels)
        if (before.fetch, before.contact) != (config.fetch, config.contact):
            await self._rounds.take_over(make_poller(config))
        if self._reconnect is not None and _network(before) != _network(config):
            await self._reconnect(config)

        def plan(store: Store) -> None:
            plan_feeds(store, config, now=clock.now())
            mind_load(store, self._rounds.desk, now=clock.now())
            with store.transaction():
                store.notices.put("reload", "ok")

        await self._writer.run(plan)
        log.info(
            "reloaded config=%s feeds=%d rules=%d",
            config.hash[:12],
            len(config.feeds),
            len(loaded.program.rules),
        )

    async def _refuse(self, text: str, count: int) -> None:
        desk = self._rounds.desk
        log.error("reload_refused problems=%d %s", count, text)
        problems = "one mistake" if count == 1 else f"{count} mistakes"
        notice = SystemNotice(
            key="reload",
            title=f"The new configuration was refused: {problems}",
            text=f"The last good one stays in force.\n{text}",
            severity=Severity.HIGH,
            at=desk.clock.now(),
        )

        def tell(store: Store) -> None:
            with store.transaction():
                store.notices.put("reload", "refused")
                notify_system(store, desk, notice, now=notice.at)

        await self._writer.run(tell)
        self._rounds.send()


def _network(config: Config) -> object:
    return config.fetch, config.contact, config.service.ping_url


def make_poller(config: Config) -> Poller:
    """Return what polls under this configuration."""
    return Poller(config.fetch, contact=config.contact, allow_private=config.fetch.allow_private)


def make_client_of(config: Config) -> Client:
    """Return what asks for everything but feeds under this configuration: webhooks, pings."""
    return make_client(
        config.fetch, contact=config.contact, allow_private=config.fetch.allow_private
    )
