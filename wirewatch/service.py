"""The service: wiring, schedule, signals. It decides nothing itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerts.notify import Tools
from alerts.render import Renderer
from wirewatch.clock import Clock, SystemClock
from wirewatch.config import Loaded
from wirewatch.deadman import DeadMan
from wirewatch.errors import StoreError
from wirewatch.health import serve
from wirewatch.metrics import Metrics, NotInstalled
from wirewatch.model import Config, Delivery, Message, MessageKind
from wirewatch.model.overview import Snapshot
from wirewatch.pipeline import upkeep
from wirewatch.pipeline.admit import Round
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.load import mind_load
from wirewatch.pipeline.overview import overview
from wirewatch.pipeline.place import repair
from wirewatch.pipeline.rounds import DigestBroke, Observer, Rounds, unobserved
from wirewatch.pipeline.schedule import clock_set_back, plan_feeds
from wirewatch.pipeline.settle import Hooks
from wirewatch.pipeline.tell import notify_system, undelivered
from wirewatch.pipeline.writer import Writer
from wirewatch.reload import Reloader, make_client_of, make_poller
from wirewatch.store import Store
from wirewatch.store.rescue import Place
from wirewatch.systemd import Notifier

log = logging.getLogger(__name__)

RESOLVER_THREADS = 64  # asyncio's own default is 6 on two cores: one dead resolver stalls the rest
CLOCK_STEP_S = 2.0


@dataclass(frozen=True, slots=True)
class _Wiring:
    """What one run of the service works with."""

    rounds: Rounds
    deliverer: Deliverer
    reloader: Reloader
    deadman: DeadMan
    due: list[str]


class Service:
    """wirewatch at work on one configuration and its database.

    The caller holds the instance lock (`wirewatch.store.lock.only_instance`).
    """

    def __init__(
        self,
        loaded: Loaded,
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
            observe: Sees each Round, Message, Delivery and DigestBroke as it happens.
            echo: Gets a line for the terminal for each message of a file channel.
            store: An open database, in place of the configured one; the service takes it over.
        """
        self._loaded = loaded
        self._observe, self._echo = observe, echo
        self._clock = clock or SystemClock()
        self._metrics: Metrics | None = None
        self._manager = Notifier.from_environ()
        config = loaded.config
        config.database.parent.mkdir(parents=True, exist_ok=True)
        store = store or Store.open(config.database)
        self._writer, self._place = Writer(store), Place.of(store)
        self._displaced = ""

    async def run(
        self,
        stop: asyncio.Event,
        *,
        reload: asyncio.Event | None = None,
        ready: Callable[[], None] | None = None,
    ) -> None:
        """Work until `stop` is set, then finish within `service.drain`.

        What is unsent then stays in the outbox; polls in flight are given up. It also ends when the
        database's file is deleted or replaced: what is open of it is put back, which only works until
        it is closed.

        Args:
            stop: Ends the work.
            reload: Each time it is set, the configuration file is read again.
            ready: Called once everything is set going.

        Raises:
            StoreError: The database's file was taken away; says what became of it.
        """
        async with self._wired() as wiring, self._listening(wiring):
            scheduler = self._schedule(wiring)
            await wiring.rounds.tick()
            scheduler.start()
            checked = asyncio.create_task(self._check(wiring.rounds))
            pinged = asyncio.create_task(wiring.deadman.ping("start"))
            self._manager.ready()
            if self._manager.hears:
                await self._report(wiring)
            if ready:
                ready()
            desk = wiring.rounds.desk
            log.info("started feeds=%d rules=%d", len(desk.config.feeds), len(desk.program.rules))
            await self._watch(stop, reload or asyncio.Event(), scheduler, wiring)
            self._manager.stopping()
            scheduler.shutdown(wait=False)
            pinged.cancel()
            checked.cancel()
            await wiring.rounds.cancel()
        log.info("stopped")
        if self._displaced:
            raise StoreError(self._displaced)

    async def once(self, names: list[str] | None = None) -> None:
        """Poll the due feeds (or these, due or not), tell and send what that brings, and end."""
        async with self._wired() as wiring:
            await wiring.rounds.poll_all(wiring.due if names is None else names)
            await wiring.rounds.tell(self._clock.now())
            await wiring.rounds.sent()

    @contextlib.asynccontextmanager
    async def _wired(self) -> AsyncIterator[_Wiring]:
        """Set everything up, give it back, and take it down."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(
            ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")
        )
        config = self._loaded.config
        desk = Desk(config, self._loaded.program, Renderer(config.templates), self._clock)
        client = make_client_of(config)
        deadman = DeadMan(client, config.service.ping_url)
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
        pings: set[asyncio.Task[None]] = set()

        def observe(event: object) -> None:
            self._count(event)
            if isinstance(event, Message) and event.kind is MessageKind.DIGEST:
                ping("")
            elif isinstance(event, DigestBroke):
                ping("fail")
            self._observe(event)

        def ping(what: str) -> None:
            task = asyncio.create_task(deadman.ping(what))
            pings.add(task)
            task.add_done_callback(pings.discard)

        async def reconnect(config: Config) -> None:
            old, deadman.client = deadman.client, make_client_of(config)
            deadman.url = config.service.ping_url
            await deliverer.equip(Tools(client=deadman.client, echo=self._echo))
            await old.aclose()

        rounds = Rounds(desk, self._writer, make_poller(config), deliverer, observe)
        try:
            now = self._clock.now()
            due = await self._writer.run(lambda store: plan_feeds(store, config, now=now))
            await self._writer.run(lambda store: mind_load(store, desk, now=now))
            await deliverer.recover()
            reloader = Reloader(self._loaded, self._writer, rounds, deliverer, reconnect=reconnect)
            yield _Wiring(rounds, deliverer, reloader, deadman, due)
        finally:
            await deliverer.close(config.service.drain)
            await asyncio.gather(*pings, return_exceptions=True)
            await rounds.poller.close()
            await self._put_back()
            if self._displaced:
                await deadman.ping("fail")
            await deadman.client.aclose()
            await asyncio.to_thread(self._writer.close)

    @contextlib.asynccontextmanager
    async def _listening(self, wiring: _Wiring) -> AsyncIterator[None]:
        """Answer /healthz, /readyz and /metrics where the configuration says so.

        Out of a connection of their own: a poll with thousands of matches holds the writer for seconds.
        """
        service = self._loaded.config.service
        if service.listen is None:
            yield
            return
        with contextlib.suppress(NotInstalled):  # /metrics says so when it is asked
            self._metrics = Metrics()
        started_at = self._clock.now()
        reader = Writer(Store.read(self._place.path)) if self._place else self._writer

        async def snapshot() -> Snapshot:
            config = wiring.rounds.desk.config
            now = self._clock.now()
            view = await reader.run(lambda store: overview(store, config, now=now))
            trouble = self._displaced or wiring.rounds.trouble
            return Snapshot(view, wiring.rounds.beat_at, service.tick, started_at, trouble)

        async with serve(service.listen, snapshot, self._metrics):
            try:
                yield
            finally:
                if reader is not self._writer:
                    await asyncio.to_thread(reader.close)

    def _count(self, event: object) -> None:
        if self._metrics is None:
            return
        if isinstance(event, Round):
            self._metrics.polled(event, took_s=event.took_s)
        elif isinstance(event, Delivery):
            self._metrics.delivered(event)

    def _schedule(self, wiring: _Wiring) -> AsyncIOScheduler:
        """A handful of coarse jobs; none is dropped for being late, none runs twice at a time."""
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        service = wiring.rounds.desk.config.service
        scheduler.add_job(
            wiring.rounds.tick, "interval", seconds=service.tick.total_seconds(), id="tick"
        )
        scheduler.add_job(self._tidy, "interval", minutes=10, id="tidy")
        if self._manager.hears:
            scheduler.add_job(self._report, "interval", seconds=30, id="report", args=[wiring])
        scheduler.add_job(self._care, "interval", hours=1, id="care", args=[wiring.rounds])
        if service.reload_every:
            seconds = service.reload_every.total_seconds()
            scheduler.add_job(wiring.reloader.look, "interval", seconds=seconds, id="look")
        return scheduler

    async def _watch(
        self,
        stop: asyncio.Event,
        reload: asyncio.Event,
        scheduler: AsyncIOScheduler,
        wiring: _Wiring,
    ) -> None:
        """Obey `reload`, say that we live, wake the scheduler after a step of the clock.

        Ends at `stop`, or when the database's file was taken away.

        APScheduler sleeps on the monotonic clock until a wall-clock time: after a step of −2 h an
        interval of a second fires for the first time two hours later (measured).
        """
        clock, pulse = self._clock, 0
        wall, steady = clock.now(), clock.monotonic()
        while not stop.is_set():
            waiting = [asyncio.ensure_future(each.wait()) for each in (stop, reload)]
            await asyncio.wait(waiting, timeout=1, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()
            if reload.is_set():
                reload.clear()
                self._manager.reloading(clock.monotonic())
                await wiring.reloader.reload()
                self._manager.ready()
            if wiring.rounds.pulse != pulse:
                pulse = wiring.rounds.pulse
                self._manager.alive()
            if await self._is_displaced():
                return
            now, ticks = clock.now(), clock.monotonic()
            step = (now - wall).total_seconds() - (ticks - steady)
            wall, steady = now, ticks
            if abs(step) > CLOCK_STEP_S:
                log.warning("clock_stepped by_s=%.0f", step)
                if step < 0:
                    await self._set_back(timedelta(seconds=-step), now)
                for job in scheduler.get_jobs():  # the scheduler goes by the machine's clock
                    job.modify(next_run_time=SystemClock().now())

    async def _is_displaced(self) -> bool:
        """Whether the database's file was taken away, and can be put back: then it is time to end."""
        if self._place is None or self._place.holds():
            self._displaced = ""
            return False
        if not self._displaced:
            log.error("database_displaced path=%s", self._place.path)
        if await self._writer.run(self._place.has_room):
            return True
        self._displaced = f"{self._place.path} was deleted, and there is no room to put it back"
        return False

    async def _put_back(self) -> None:
        """Save the database whose file was taken away, before it is closed."""
        place = self._place
        if place is None:
            return
        now = self._clock.now()
        try:
            self._displaced = await self._writer.run(lambda store: place.put_back(store, now=now))
        except StoreError as error:
            self._displaced = str(error)
        if self._displaced:
            log.error("database_displaced because=%s", self._displaced)

    async def _check(self, rounds: Rounds) -> None:
        """Look for damage beside the work: a large file takes a while to read."""
        await upkeep.check(
            self._writer, rounds.desk.config, now=self._clock.now(), tell=_teller(rounds)
        )

    async def _care(self, rounds: Rounds) -> None:
        """Look at the load; check, back up, forget and tidy, once a day."""
        desk, now = rounds.desk, self._clock.now()
        await self._writer.run(lambda store: mind_load(store, desk, now=now))
        await upkeep.daily(
            self._writer, rounds.desk.config, now=self._clock.now(), tell=_teller(rounds)
        )

    async def _set_back(self, by: timedelta, now: datetime) -> None:
        try:
            await self._writer.run(lambda store: clock_set_back(store, by, now=now))
        except Store.FAILURES:
            log.exception("clock_not_minded")

    async def _report(self, wiring: _Wiring) -> None:
        """Tell systemd in a line how everything is: `systemctl status` shows it."""
        config, now = wiring.rounds.desk.config, self._clock.now()
        try:
            view = await self._writer.run(lambda store: overview(store, config, now=now))
        except Store.FAILURES:
            log.exception("status_not_taken")
            return
        self._manager.status(view.sentence())

    async def _tidy(self) -> None:
        """Mend what streaming could not know: stories that turned out to be one."""
        now = self._clock.now()

        def mend(store: Store) -> list[tuple[int, int]]:
            with store.transaction():
                return repair(store, now=now)

        for merged, into in await self._writer.run(mend):
            log.info("stories_merged story=%d into=%d", merged, into)


def _teller(rounds: Rounds) -> upkeep.Tell:
    return lambda store, notice: notify_system(store, rounds.desk, notice, now=notice.at)


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
