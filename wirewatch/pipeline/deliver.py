"""Send what is owed: claim in a transaction, send outside any, settle in the next.

One lane per destination, each a task of its own with one connection: a dead destination delays
nobody else. The connection outlives the lane for a while: the next alert finds it open. The transaction that settles a try also claims the lane's next message, so that a
message costs one commit, and a kill leaves at most one message per lane in doubt. What was sent but
could not be written down (a full disk) is kept and written down before anything else is sent there.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from alerts import retry
from alerts.notifiers import Makers, make
from alerts.notify import Notifier, Tools, refused
from wirewatch.clock import Clock, to_ms
from wirewatch.model import Channel, Delivery, DeliveryMode, Owed
from wirewatch.pipeline.settle import Book, Hooks, Lane, lane_of
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store

log = logging.getLogger(__name__)

_CLOCK_SLACK = timedelta(seconds=2)
_REST_S = 30.0  # a connection is let go after so long without mail; a server waits five minutes
_GOODBYE_S = 1.0


class Deliverer:
    """Sends what is owed, over all channels at once."""

    def __init__(
        self,
        writer: Writer,
        channels: Iterable[Channel],
        *,
        clock: Clock,
        tools: Tools | None = None,
        makers: Makers | None = None,
        hooks: Hooks | None = None,
        boot_id: str | None = None,
    ) -> None:
        """Take what it works with; nothing is touched before `recover` or `run_due`.

        Args:
            writer: Runs the store's functions, one after the other.
            channels: As configured; `reconfigure` replaces them.
            clock: Times of tries; `now` of `run_due` says what is due.
            tools: What notifiers are made with.
            makers: Which notifier serves which kind of channel; None takes the built-in ones.
            hooks: What the digests and the system channels do about failures.
            boot_id: Identity of this process among all that worked on this database.
        """
        self._writer, self._clock = writer, clock
        self._tools, self._makers = tools or Tools(), makers
        self._hooks = hooks or Hooks()
        self._book = Book({channel.name: channel for channel in channels}, self._hooks)
        self._boot_id = boot_id or f"{os.getpid()}-{to_ms(clock.now())}"
        self._notifiers: dict[str, Notifier] = {}
        self._retired: list[tuple[str, Notifier]] = []
        self._lanes: dict[Lane, asyncio.Task[list[Delivery]]] = {}
        self._asked: set[Lane] = set()
        self._unrecorded: dict[Lane, Delivery] = {}
        self._buckets: dict[Lane, retry.Bucket] = {}
        self._ready_s: dict[Lane, float] = {}
        self._idle_s: dict[str, float] = {}  # channels with nothing to do, since when
        self._resting: set[asyncio.Task[None]] = set()
        self._seen: tuple[datetime, float] | None = None
        self._woken: set[asyncio.Task[list[Delivery]]] = set()
        self._stopping = False
        self.trouble = ""

    async def recover(self) -> tuple[list[Owed], list[Owed]]:
        """Settle what another process left in doubt; call once, before anything is sent.

        Returns:
            What will be sent again under the same identity, and what is left UNKNOWN.
        """
        now = self._clock.now()
        again, unknown = await self._writer.run(lambda store: self._recover(store, now))
        for owed in again:
            log.warning("recovered channel=%s delivery=%d", owed.message.channel, owed.id)
        for owed in unknown:
            log.error("left_unknown channel=%s delivery=%d", owed.message.channel, owed.id)
        return again, unknown

    async def run_due(self, now: datetime) -> list[Delivery]:
        """Send everything that is due and not under way yet; return what was tried.

        May be called while an earlier call is still sending: each destination is served by one
        call at a time, so a tick need not (and should not) wait for the one before.
        """
        if self._stopping:
            return []
        await self._retire()
        self._rest()
        try:
            due = await self._writer.run(lambda store: self._plan(store, now), ahead=True)
        except Exception as error:  # noqa: BLE001 - the database's trouble must not end the service
            self._note_trouble(error)
            return []
        started: list[asyncio.Task[list[Delivery]]] = []
        self._asked |= due & set(self._lanes)
        for lane in {*due, *self._unrecorded} - set(self._lanes):
            if self._clock.monotonic() >= self._ready_s.get(lane, 0.0):
                task = asyncio.create_task(self._serve(lane), name=f"deliver {lane.channel}")
                self._lanes[lane] = task
                started.append(task)
        if not started:
            return []
        done, _ = await asyncio.wait(started)
        ended = [task for task in done if not task.cancelled()]
        mistakes = [found for task in ended if (found := task.exception())]
        if mistakes:
            raise mistakes[0]  # one of ours: lanes keep to themselves what goes wrong outside
        return [delivery for task in ended for delivery in task.result()]

    async def next_due(self) -> datetime | None:
        """Return when something is due next; None when nothing is owed."""
        return await self._writer.run(lambda store: store.outbox.next_due())

    def reconfigure(self, channels: Iterable[Channel]) -> None:
        """Take over new channels; what is under way ends on the old ones."""
        before = self._book.channels
        self._book = Book({channel.name: channel for channel in channels}, self._hooks)
        for name in list(self._notifiers):
            if self._book.channels.get(name) != before.get(name):
                self._retired.append((name, self._notifiers.pop(name)))

    async def equip(self, tools: Tools) -> None:
        """Make notifiers with these from now on; returns when the old tools are in nobody's hands."""
        self._tools = tools
        self._retired += self._notifiers.items()
        self._notifiers.clear()
        if self._lanes:
            await asyncio.wait(list(self._lanes.values()))
        await self._retire()

    def wake(self) -> None:
        """Send what is due without waiting for it."""
        task = asyncio.create_task(self.run_due(self._clock.now()), name="deliver")
        self._woken.add(task)
        task.add_done_callback(self._woken.discard)

    async def close(self, drain: timedelta = timedelta()) -> None:
        """Claim nothing more, let what is under way end for so long, then break it off.

        What is broken off stays claimed, and is in doubt for the next process.
        """
        self._stopping = True
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=drain.total_seconds())
        for task in list(self._lanes.values()):
            task.cancel()
        busy = {lane.channel for lane in self._lanes}
        for goodbye in list(self._resting):
            goodbye.cancel()
        await asyncio.gather(
            *(
                notifier.close() if name in busy else _dismiss(notifier)
                for name, notifier in (*self._notifiers.items(), *self._retired)
            )
        )
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=1)

    async def _serve(self, lane: Lane) -> list[Delivery]:
        tried: list[Delivery] = []
        finished = self._unrecorded.pop(lane, None)
        notifier: Notifier | None = None
        try:
            # Made before the first claim: what can't be sent must not be claimed.
            notifier = self._notifier(lane.channel)
            while True:
                owed = await self._turn(lane, notifier, finished)
                finished = None
                if owed is None and lane in self._asked:
                    self._asked.discard(lane)  # more came in while the last look was under way
                    continue
                if owed is None or notifier is None:
                    break
                finished = await self._try(notifier, owed)
                tried.append(finished)
        except Exception as error:  # noqa: BLE001 - once per destination: keep it, go on at the next tick
            self._note_trouble(error)
            if finished is not None:
                self._unrecorded[lane] = finished
        finally:
            del self._lanes[lane]
            self._idle_s[lane.channel] = self._clock.monotonic()
        return tried

    async def _turn(
        self, lane: Lane, notifier: Notifier | None, finished: Delivery | None
    ) -> Owed | None:
        """Settle the last try and claim the next message, in one transaction."""
        bucket, wait_s = self._allowance(lane)
        # A channel configured anew is served by a new notifier, from the next run on.
        current = notifier is not None and self._notifiers.get(lane.channel) is notifier
        go = current and not self._stopping and wait_s == 0
        now, jitter = self._clock.now(), self._clock.jitter()

        def turn(store: Store) -> Owed | None:
            with store.transaction():
                if finished is not None:
                    self._book.record(store, finished, now=now, jitter=jitter)
                if not go or self._book.breaker(store, lane).is_open(now):
                    return None
                return store.outbox.claim(
                    lane.channel, lane.recipient, now=now, boot_id=self._boot_id
                )

        owed = await self._writer.run(turn, ahead=True)
        self._trouble_over()
        if wait_s:
            self._ready_s[lane] = self._clock.monotonic() + wait_s
        elif owed is not None and bucket is not None:
            self._buckets[lane] = bucket
        return owed

    async def _try(self, notifier: Notifier, owed: Owed) -> Delivery:
        started_at, started_s = self._clock.now(), self._clock.monotonic()
        try:
            delivery = await notifier.send(owed, now=started_at)
        except Exception as error:
            # A mistake of ours with this one message must not stop the ones behind it.
            log.exception("send_failed channel=%s delivery=%d", owed.message.channel, owed.id)
            words = f"{type(error).__name__} in wirewatch"
            delivery = refused(owed, now=started_at, code=None, detail=words, reached=True)
        delivery = replace(delivery, started_at=started_at, ended_at=self._clock.now())
        log.log(
            logging.INFO if delivery.ok else logging.WARNING,
            "%s channel=%s delivery=%d kind=%s attempt=%d code=%s took_s=%.3f%s",
            "delivered" if delivery.ok else "not_delivered",
            owed.message.channel,
            owed.id,
            owed.message.kind,
            owed.attempt,
            delivery.code,
            self._clock.monotonic() - started_s,
            "" if delivery.ok else f" because={delivery.detail}",
        )
        return delivery

    def _plan(self, store: Store, now: datetime) -> set[Lane]:
        """Return the destinations that something is due for and that may be asked."""
        self._mind_the_clock(store, now)
        due = store.outbox.due(now)
        if store.outbox.expired(now) or any(name not in self._book.channels for name, _ in due):
            with store.transaction():
                self._book.sweep(store, now)
            due = store.outbox.due(now)
        lanes = {
            lane_of(self._book.channels[name], recipient)
            for name, recipient in due
            if name in self._book.channels
        }
        breakers = {lane: self._book.breaker(store, lane) for lane in lanes}
        for lane in (lane for lane in lanes if breakers[lane].disabled):
            with store.transaction():
                self._book.bury_disabled(store, lane, now)
        return {lane for lane in lanes if not breakers[lane].is_open(now)}

    def _recover(self, store: Store, now: datetime) -> tuple[list[Owed], list[Owed]]:
        once = [
            channel.name
            for channel in self._book.channels.values()
            if channel.delivery is DeliveryMode.AT_MOST_ONCE
        ]
        with store.transaction():
            last = store.outbox.last_tried_at()
            if last is not None and last > now + _CLOCK_SLACK:
                self._rewind(store, last - now, now)
            again, unknown = store.outbox.recover(boot_id=self._boot_id, now=now, at_most_once=once)
            for owed in unknown:
                self._book.unknown(store, owed.message, now)
        return again, unknown

    def _mind_the_clock(self, store: Store, now: datetime) -> None:
        """What is planned for later must not wait for a clock that was set back to catch up."""
        seen, self._seen = self._seen, (now, self._clock.monotonic())
        if seen is None:
            return
        passed = timedelta(seconds=self._seen[1] - seen[1])
        back = seen[0] + passed - now
        if back > _CLOCK_SLACK:
            with store.transaction():
                self._rewind(store, back, now)

    def _rewind(self, store: Store, by: timedelta, now: datetime) -> None:
        log.warning("clock_set_back by_s=%.0f", by.total_seconds())
        store.outbox.rewind(by, now)
        store.destinations.rewind(by, now)

    def _rest(self) -> None:
        """Let go the connections of channels that had nothing to do for a while; waits for none."""
        now_s, busy = self._clock.monotonic(), {lane.channel for lane in self._lanes}
        for name, since_s in list(self._idle_s.items()):
            notifier = self._notifiers.get(name)
            if name in busy or now_s - since_s < _REST_S:
                continue
            del self._idle_s[name]
            if notifier is not None:
                task = asyncio.create_task(notifier.rest(), name=f"rest {name}")
                self._resting.add(task)
                task.add_done_callback(self._resting.discard)

    async def _retire(self) -> None:
        busy = {lane.channel for lane in self._lanes}
        idle = [notifier for name, notifier in self._retired if name not in busy]
        self._retired = [pair for pair in self._retired if pair[0] in busy]
        for notifier in idle:
            await _dismiss(notifier)

    def _notifier(self, name: str) -> Notifier | None:
        channel = self._book.channels.get(name)
        if channel is None:
            return None
        if name not in self._notifiers:
            self._notifiers[name] = make(channel, self._tools, makers=self._makers)
        return self._notifiers[name]

    def _allowance(self, lane: Lane) -> tuple[retry.Bucket | None, float]:
        channel = self._book.channels.get(lane.channel)
        if channel is None or not channel.rate:
            return None, 0.0
        return retry.take(self._buckets.get(lane), rate=channel.rate, now_s=self._clock.monotonic())

    def _note_trouble(self, error: Exception) -> None:
        words = f"{type(error).__name__}: {error}"
        if words != self.trouble:
            log.error("delivery_stalled because=%s", words, exc_info=error)
        self.trouble = words

    def _trouble_over(self) -> None:
        if self.trouble:
            log.info("delivery_resumed")
        self.trouble = ""


async def _dismiss(notifier: Notifier) -> None:
    """Let a notifier that has nothing to do say goodbye, if that is quickly said."""
    with suppress(TimeoutError):
        await asyncio.wait_for(notifier.rest(), _GOODBYE_S)
    await notifier.close()
