"""The work of one tick: start the polls that are due, tell what is due, wake the sender.

Broad exceptions are caught here once per poll and once for the digests: recorded, pushed forward,
and the rest goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wirewatch.clock import to_ms
from wirewatch.errors import FeedError
from wirewatch.model import Delivery, FeedState, Message, Severity, SystemNotice
from wirewatch.model.overview import BEAT
from wirewatch.pipeline.admit import Round, admit
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.news import notify_system
from wirewatch.pipeline.poll import Polled, Poller
from wirewatch.pipeline.tell import close_digests, compose_due
from wirewatch.pipeline.wellbeing import tell_feed_health
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store

log = logging.getLogger(__name__)

STALLED_S = 60.0

Observer = Callable[[object], None]
_Before = tuple[FeedState | None, Mapping[str, str]]  # what is known of a feed before it is asked


@dataclass(frozen=True, slots=True)
class DigestBroke:
    """A digest could not be made, for a mistake of ours; it is tried again, and nothing of it is lost."""

    problem: str


def unobserved(_event: object) -> None:
    """Look away."""


class Rounds:
    """Polls in flight, and what each tick sets going.

    Attributes:
        desk: The configuration in force; a reload replaces it between two ticks.
        poller: What asks; a reload with other manners replaces it by `take_over`.
        beat_at: When a tick last committed: a sign of life that only work gives.
        pulse: How often a tick has committed a beat, or found that the database can't be written: a
            restart would not make room on a full disk.
        trouble: Why the database can't be written at present, or "".
    """

    def __init__(
        self,
        desk: Desk,
        writer: Writer,
        poller: Poller,
        deliverer: Deliverer,
        observe: Observer = unobserved,
    ) -> None:
        """Wire what a tick needs; `observe` sees what happens: Round, Message, Delivery, DigestBroke."""
        self.desk = desk
        self.poller = poller
        self._writer, self._deliverer = writer, deliverer
        self._observe = observe
        self._polls: dict[str, asyncio.Task[None]] = {}
        self.beat_at: datetime | None = None
        self.pulse = 0
        self._sending: set[asyncio.Task[list[Delivery]]] = set()
        self._again_s: dict[str, float] = {}
        self._digests_again_s = float("-inf")
        self._telling = asyncio.Lock()
        self._untold = False
        self.trouble = ""

    async def tick(self) -> None:
        """Start the polls that are due, tell what is due; returns without waiting for the polls.

        While the database can't be written (a full disk, a folder made read-only), nothing is asked:
        what a poll brought could not be kept. Each tick tries once, and goes on where it stood.
        """
        now = self.desk.clock.now()
        try:
            if self.trouble:
                await self._writer.run(_try_to_write)
            await self._tick(now)
            if self.beat_at is None or not timedelta() <= now - self.beat_at < BEAT:
                await self._writer.run(lambda store: _beat(store, now))
                self.beat_at, self.pulse = now, self.pulse + 1
        except Store.FAILURES as error:
            self._stall(error)
            self.pulse += 1
            return
        if self.trouble:
            log.warning("database_resumed after=%r", self.trouble)
            self.trouble = ""

    def _stall(self, error: Exception) -> None:
        words = f"{type(error).__name__}: {error}"
        if words != self.trouble:
            log.error("database_stalled because=%r polls=held", words, exc_info=error)
        self.trouble = words

    async def _tick(self, now: datetime) -> None:
        room = self.desk.config.fetch.concurrency - len(self._polls)
        if room > 0:
            steady_s = self.desk.clock.monotonic()
            waiting = {name for name, at_s in self._again_s.items() if at_s > steady_s}
            limit, busy = room + len(self._polls), waiting | set(self._polls)

            def due(store: Store) -> list[tuple[str, _Before]]:
                names = [name for name in store.feeds.due(now, limit) if name not in busy]
                return [(name, _before(store, name)) for name in names[:room]]

            # Read together: a way to the writer and back for each poll would cost as much as the poll.
            for name, before in await self._writer.run(due):
                if name not in self._polls:
                    self._start(name, before)
        await self.tell(now)

    async def poll_all(self, names: Iterable[str]) -> None:
        """Poll these feeds now, due or not, and wait for them."""
        started = []
        for name in names:
            while len(self._polls) >= self.desk.config.fetch.concurrency:
                await asyncio.wait(self._polls.values(), return_when=asyncio.FIRST_COMPLETED)
            if name not in self._polls:
                self._start(name)
            started.append(self._polls[name])
        if started:
            await asyncio.wait(started)

    async def settle(self) -> None:
        """Wait for the polls in flight."""
        while self._polls:
            await asyncio.gather(*self._polls.values(), return_exceptions=True)

    async def sent(self) -> None:
        """Wait until everything that is owed now was tried."""
        self.send()
        while self._sending:
            await asyncio.gather(*self._sending, return_exceptions=True)

    async def take_over(self, poller: Poller) -> None:
        """Poll with this one from now on; the old one ends with the polls it has under way."""
        old, self.poller = self.poller, poller
        await self.settle()
        await old.close()

    async def cancel(self) -> None:
        """Give up the polls in flight; what they would have found is found the next time."""
        for task in self._polls.values():
            task.cancel()
        await self.settle()

    async def tell(self, now: datetime) -> None:
        """Compose the alerts and close the digests whose time has come, and wake the sender."""
        desk = self.desk

        def due(store: Store) -> tuple[list[Message], DigestBroke | None]:
            made, broke = compose_due(store, desk, now=now), None
            if desk.clock.monotonic() >= self._digests_again_s:
                try:
                    made += close_digests(store, desk, now=now)
                except Store.FAILURES:
                    raise
                except Exception as error:
                    log.exception("digest_broke")
                    broke = DigestBroke(f"{type(error).__name__}: {error}")
                    made += _tell_of(broke, store, desk, now)
            return [*made, *tell_feed_health(store, desk, now=now)], broke

        messages, broke = await self._writer.run(due)
        if broke:
            self._digests_again_s = desk.clock.monotonic() + STALLED_S
            self._show(broke)
        for message in messages:
            self._show(message)
        self.send()  # also what waits for another try

    async def _tell_at_once(self) -> None:
        """Compose the alerts that are due; polls that end while this waits for its turn are served by it.

        Each telling is a commit: one for every poll would be more than a disk can take in a storm.
        """
        self._untold = True
        async with self._telling:
            if not self._untold:
                return
            self._untold = False
            desk, now = self.desk, self.desk.clock.now()
            messages = await self._writer.run(
                lambda store: compose_due(store, desk, now=now), ahead=True
            )
        for message in messages:
            self._show(message)
        self.send()

    def send(self) -> None:
        """Set going what is owed; a destination that takes its time delays nobody."""
        task = asyncio.create_task(self._deliverer.run_due(self.desk.clock.now()), name="send")
        self._sending.add(task)
        task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[list[Delivery]]) -> None:
        self._sending.discard(task)
        if task.cancelled():
            return
        if error := task.exception():
            log.error("sending_broke", exc_info=error)
            return
        for delivery in task.result():
            self._show(delivery)

    def _show(self, event: object) -> None:
        """Let the observer see what happened; its troubles are its own."""
        try:
            self._observe(event)
        except Exception:
            log.exception("observer_broke event=%s", type(event).__name__)

    def _start(self, name: str, before: _Before | None = None) -> None:
        task = asyncio.create_task(self._poll(name, before), name=f"poll:{name}")
        self._polls[name] = task
        task.add_done_callback(lambda done: self._polled(name, done))

    def _polled(self, name: str, task: asyncio.Task[None]) -> None:
        self._polls.pop(name, None)
        if not task.cancelled() and (error := task.exception()):
            # It never got to writing down when to ask again: not at every tick, all the same.
            self._again_s[name] = self.desk.clock.monotonic() + STALLED_S
            log.error("poll_broke feed=%r", name, exc_info=error)

    async def _poll(self, name: str, before: _Before | None) -> None:
        desk = self.desk
        feed = desk.config.feed(name)
        if feed is None:
            return
        if before is None:
            before = await self._writer.run(lambda store: _before(store, name))
        state, listed = before
        if state is None:
            state = FeedState(feed=feed.name, url=feed.url, configured_url=feed.url)
        now, started = desk.clock.now(), desk.clock.monotonic()
        try:
            polled = await self.poller.poll(feed, state, listed, now=now)
        except Exception as error:
            log.exception("poll_broke feed=%r", name)
            polled = _broken(feed_state=state, desk=desk, error=error)
        try:
            round_ = await self._writer.run(lambda store: admit(store, desk, polled, now=now))
        except Store.FAILURES as error:
            # The feed is none the worse for it: it is asked again afterwards, but not at every tick.
            self._stall(error)
            self._again_s[name] = desk.clock.monotonic() + STALLED_S
            return
        except Exception as error:
            log.exception("admission_broke feed=%r", name)
            polled = _broken(feed_state=state, desk=desk, error=error)
            round_ = await self._writer.run(lambda store: admit(store, desk, polled, now=now))
        round_ = replace(round_, took_s=desk.clock.monotonic() - started)
        _log_round(round_)
        self._show(round_)
        if any(each.is_urgent(now) for each in round_.admitted):
            await self._tell_at_once()  # critical: the tick is only the safety net


def _tell_of(broke: DigestBroke, store: Store, desk: Desk, now: datetime) -> list[Message]:
    notice = SystemNotice(
        key="digest",
        title="A digest could not be made",
        text=f"{broke.problem}\nIt is tried again each minute; alerts go out as ever.",
        severity=Severity.HIGH,
        at=now,
    )
    with store.transaction():
        return notify_system(store, desk, notice, now=now)


def _beat(store: Store, now: datetime) -> None:
    with store.transaction():
        store.notices.put("beat", str(to_ms(now)))


def _try_to_write(store: Store) -> None:
    # A few pages' worth, so that a disk with room for a byte doesn't pass for one with room.
    with store.transaction():
        store.notices.put("room", "x" * 16_384)
        store.notices.put("room", "")


def _before(store: Store, name: str) -> _Before:
    return store.feeds.get(name), store.articles.listed_keys(name)


def _broken(*, feed_state: FeedState, desk: Desk, error: Exception) -> Polled:
    """Record a bug of ours as a failed poll: the feed is pushed forward, the others go on."""
    feed = desk.config.feed(feed_state.feed)
    assert feed is not None
    problem = FeedError(f"{type(error).__name__}: {error}", kind="internal", url=feed_state.url)
    return Polled.failed(feed, feed_state, problem)


def _log_round(round_: Round) -> None:
    state = round_.state
    level = logging.INFO
    if state.failures:
        level = logging.WARNING if state.failures == 1 else logging.DEBUG
    log.log(
        level,
        "polled feed=%r outcome=%s new=%d next_poll_at=%s took_s=%.2f%s",
        round_.feed.name,
        round_.outcome,
        round_.new_count,
        f"{state.next_poll_at:%Y-%m-%dT%H:%M:%SZ}" if state.next_poll_at else "never",
        round_.took_s,
        f" problem={state.error!r}" if state.error else "",
    )
    for warning in round_.warnings:
        log.info("parsed_with_warning feed=%r warning=%r", round_.feed.name, warning)
