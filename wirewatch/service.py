"""The service: wiring, schedule, signals, reload. It decides nothing itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerts.notify import Tools
from alerts.render import Renderer
from wirewatch import config as configuration
from wirewatch.clock import Clock, SystemClock
from wirewatch.errors import ConfigErrors
from wirewatch.http import make_client
from wirewatch.model import Config, Severity, SystemNotice
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.place import repair
from wirewatch.pipeline.poll import Poller
from wirewatch.pipeline.rounds import Observer, Rounds, unobserved
from wirewatch.pipeline.schedule import plan_feeds
from wirewatch.pipeline.settle import Hooks
from wirewatch.pipeline.tell import notify_system, undelivered
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store

log = logging.getLogger(__name__)

RESOLVER_THREADS = 64  # asyncio's own default is 6 on two cores: one dead resolver stalls the rest
CLOCK_STEP_S = 2.0


class Service:
    """wirewatch at work on one configuration and its database.

    The caller holds the instance lock (`wirewatch.store.lock.only_instance`).
    """

    def __init__(
        self,
        loaded: configuration.Loaded,
        *,
        clock: Clock | None = None,
        observe: Observer = unobserved,
        echo: Callable[[str], None] | None = None,
        store: Store | None = None,
    ) -> None:
        """Open the database; nothing runs until `run` or `once`.

        Args:
            loaded: A valid configuration.
            clock: The system's unless given.
            observe: Sees each Round, Message and Delivery as it happens.
            echo: Gets a line for the terminal for each message of a file channel.
            store: An open database, in place of the configured one; the service takes it over.
        """
        self._loaded = loaded
        self._observe, self._echo = observe, echo
        self._clock = clock or SystemClock()
        config = loaded.config
        config.database.parent.mkdir(parents=True, exist_ok=True)
        self._writer = Writer(store or Store.open(config.database))
        self._seen = _stamps(loaded.files)

    async def run(
        self,
        stop: asyncio.Event,
        *,
        reload: asyncio.Event | None = None,
        ready: Callable[[], None] | None = None,
    ) -> None:
        """Work until `stop` is set, then finish within `service.drain`.

        What is unsent then stays in the outbox; polls in flight are given up.

        Args:
            stop: Ends the work.
            reload: Each time it is set, the configuration file is read again.
            ready: Called once everything is set going.
        """
        async with self._wired() as (rounds, deliverer, _):
            scheduler = self._schedule(rounds, deliverer)
            await rounds.tick()
            scheduler.start()
            if ready:
                ready()
            log.info(
                "started feeds=%d rules=%d",
                len(rounds.desk.config.feeds),
                len(rounds.desk.program.rules),
            )
            await self._watch(stop, reload or asyncio.Event(), scheduler, rounds, deliverer)
            scheduler.shutdown(wait=False)
            await rounds.cancel()
        log.info("stopped")

    async def once(self, names: list[str] | None = None) -> None:
        """Poll the due feeds (or these, due or not), tell and send what that brings, and end."""
        async with self._wired() as (rounds, _, due):
            await rounds.poll_all(due if names is None else names)
            await rounds.tell(self._clock.now())
            await rounds.sent()

    @contextlib.asynccontextmanager
    async def _wired(self) -> AsyncIterator[tuple[Rounds, Deliverer, list[str]]]:
        """Set everything up, give back what works and the feeds that are due, and take it down."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(
            ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")
        )
        config = self._loaded.config
        desk = Desk(config, self._loaded.program, Renderer(config.templates), self._clock)
        client = make_client(
            config.fetch, contact=config.contact, allow_private=config.fetch.allow_private
        )
        deliverer = Deliverer(
            self._writer,
            config.channels,
            clock=self._clock,
            tools=Tools(client=client, echo=self._echo),
            hooks=Hooks(
                on_expired=lambda store, message, now: undelivered(
                    store, rounds.desk, message, now
                ),
                on_notice=lambda store, notice: notify_system(
                    store, rounds.desk, notice, now=notice.at
                ),
            ),
        )
        rounds = Rounds(desk, self._writer, make_poller(config), deliverer, self._observe)
        try:
            now = self._clock.now()
            due = await self._writer.run(lambda store: plan_feeds(store, config, now=now))
            await deliverer.recover()
            yield rounds, deliverer, due
        finally:
            await deliverer.close(config.service.drain)
            await rounds.poller.close()
            await client.aclose()
            await asyncio.to_thread(self._writer.close)

    def _schedule(self, rounds: Rounds, deliverer: Deliverer) -> AsyncIOScheduler:
        """A handful of coarse jobs; none is dropped for being late, none runs twice at a time."""
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        tick = rounds.desk.config.service.tick.total_seconds()

        scheduler.add_job(rounds.tick, "interval", seconds=tick, id="tick")
        scheduler.add_job(self._tidy, "interval", minutes=10, id="tidy")
        reload_every = rounds.desk.config.service.reload_every
        if reload_every:
            seconds = reload_every.total_seconds()
            scheduler.add_job(
                self._look, "interval", seconds=seconds, id="look", args=[rounds, deliverer]
            )
        return scheduler

    async def _watch(
        self,
        stop: asyncio.Event,
        reload: asyncio.Event,
        scheduler: AsyncIOScheduler,
        rounds: Rounds,
        deliverer: Deliverer,
    ) -> None:
        """Until `stop`: obey `reload`, and wake the scheduler when the wall clock was stepped.

        APScheduler sleeps on the monotonic clock until a wall-clock time: after a step of −2 h an
        interval of a second fires for the first time two hours later (measured).
        """
        clock = self._clock
        wall, steady = clock.now(), clock.monotonic()
        while not stop.is_set():
            waiting = [asyncio.ensure_future(each.wait()) for each in (stop, reload)]
            await asyncio.wait(waiting, timeout=1, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()
            if reload.is_set():
                reload.clear()
                await self.reload(rounds, deliverer)
            now, ticks = clock.now(), clock.monotonic()
            step = (now - wall).total_seconds() - (ticks - steady)
            wall, steady = now, ticks
            if abs(step) > CLOCK_STEP_S:
                log.warning("clock_stepped by_s=%.0f", step)
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=now)

    async def _tidy(self) -> None:
        """Mend what streaming could not know: stories that turned out to be one."""
        now = self._clock.now()

        def mend(store: Store) -> list[tuple[int, int]]:
            with store.transaction():
                return repair(store, now=now)

        for merged, into in await self._writer.run(mend):
            log.info("stories_merged story=%d into=%d", merged, into)

    async def _look(self, rounds: Rounds, deliverer: Deliverer) -> None:
        stamps = await asyncio.to_thread(_stamps, self._loaded.files)
        if stamps != self._seen:
            self._seen = stamps
            await self.reload(rounds, deliverer)

    async def reload(self, rounds: Rounds, deliverer: Deliverer) -> bool:
        """Take over the configuration file as it is now; on any error the last good one stays.

        The same validator as for `check` and start; a refusal is logged and told.
        """
        path = self._loaded.config.path
        try:
            loaded = await asyncio.to_thread(configuration.load, path)
        except ConfigErrors as errors:
            await self._refuse(rounds, str(errors), len(errors.errors))
            return False
        if loaded.config.database != self._loaded.config.database:
            problem = "database: another database needs a restart"
            await self._refuse(rounds, problem, 1)
            return False
        before = self._loaded.config
        self._loaded = loaded
        self._seen = await asyncio.to_thread(_stamps, loaded.files)
        config = loaded.config
        rounds.desk = Desk(config, loaded.program, Renderer(config.templates), self._clock)
        deliverer.reconfigure(config.channels)
        if (before.fetch, before.contact) != (config.fetch, config.contact):
            await rounds.take_over(make_poller(config))
        await self._writer.run(lambda store: plan_feeds(store, config, now=self._clock.now()))
        await self._writer.run(lambda store: _put(store, "reload", "ok"))
        log.info(
            "reloaded config=%s feeds=%d rules=%d",
            config.hash[:12],
            len(config.feeds),
            len(loaded.program.rules),
        )
        return True

    async def _refuse(self, rounds: Rounds, text: str, count: int) -> None:
        log.error("reload_refused problems=%d %s", count, text)
        problems = "one problem" if count == 1 else f"{count} problems"
        notice = SystemNotice(
            key="reload",
            title=f"The new configuration was refused: {problems}",
            text=f"The last good one stays in force.\n{text}",
            severity=Severity.HIGH,
            at=self._clock.now(),
        )

        def tell(store: Store) -> None:
            with store.transaction():
                store.notices.put("reload", "refused")
                notify_system(store, rounds.desk, notice, now=notice.at)

        await self._writer.run(tell)
        rounds.send()


def make_poller(config: Config) -> Poller:
    """Return what polls under this configuration."""
    return Poller(config.fetch, contact=config.contact, allow_private=config.fetch.allow_private)


def stop_on_signals(stop: asyncio.Event, reload: asyncio.Event | None = None) -> None:
    """Set `stop` on SIGTERM or SIGINT, `reload` on SIGHUP; a second SIGTERM ends at once."""
    loop = asyncio.get_running_loop()

    def ask() -> None:
        if stop.is_set():
            signal.raise_signal(signal.SIGKILL)
        stop.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(each, ask)
    if reload is not None and hasattr(signal, "SIGHUP"):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(signal.SIGHUP, reload.set)


def _stamps(files: tuple[Path, ...]) -> tuple[tuple[str, int, int], ...]:
    """What tells a changed file from an unchanged one: time, size, and the file itself."""
    stamps = []
    for file in files:
        with contextlib.suppress(OSError):
            stat = file.stat()
            stamps.append((str(file), stat.st_mtime_ns, stat.st_ino ^ stat.st_size))
    return tuple(stamps)


def _put(store: Store, key: str, value: str) -> None:
    with store.transaction():
        store.notices.put(key, value)
