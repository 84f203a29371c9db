"""What is written down about deliveries, each in one transaction: tries, dead letters, rests.

Functions of the store, to be run on the writer thread. What others do about it (a digest that takes
over an alert nobody took, news for the operator) comes in as hooks, inside the same transaction.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import retry
from alerts.fallback import readdress
from wirewatch.model import (
    Channel,
    Delivery,
    DeliveryMode,
    EmailChannel,
    FileChannel,
    Message,
    MessageKind,
    OutboxState,
    Severity,
    SystemNotice,
    WebhookChannel,
)
from wirewatch.store import Store
from wirewatch.store.destinations import Destination

log = logging.getLogger(__name__)

_REPEAT_NOTICE = timedelta(hours=6)


def keep_notice(store: Store, notice: SystemNotice) -> None:
    """Write news down for the next digest; what is done when nobody tells it at once."""
    store.notices.record(notice, repeat_after=_REPEAT_NOTICE)


@dataclass(frozen=True, slots=True)
class Hooks:
    """What others do, inside the transaction.

    Attributes:
        on_expired: Moves an alert that was not taken in time to a digest of its channel; False when
            there is none, and the outbox keeps trying.
        on_notice: Tells the operator, through the system channels or the digest.
    """

    on_expired: Callable[[Store, Message, datetime], bool] | None = None
    on_notice: Callable[[Store, SystemNotice], object] = keep_notice


@dataclass(frozen=True, slots=True)
class Lane:
    """A destination: one connection at a time, one breaker, one rate.

    Attributes:
        recipient: None where the whole channel is one destination (a mail server).
    """

    channel: str
    recipient: str | None = None


def lane_of(channel: Channel, recipient: str) -> Lane:
    """Return the destination that serves a recipient."""
    return Lane(channel.name, None if isinstance(channel, EmailChannel) else recipient)


def fingerprint(channel: Channel) -> str:
    """Return a short hash of where a channel leads: when that changes, old troubles are forgotten."""
    match channel:
        case EmailChannel():
            place = f"{channel.host}:{channel.port}:{channel.user}"
        case WebhookChannel():
            place = channel.url
        case FileChannel():
            place = str(channel.folder)
        case _:
            place = channel.name
    return hashlib.sha256(place.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Book:
    """Writes down what became of messages, with the channels as configured now."""

    channels: Mapping[str, Channel]
    hooks: Hooks

    def breaker(self, store: Store, lane: Lane) -> retry.Breaker:
        """Return how a destination has behaved, as of its present configuration."""
        channel = self.channels.get(lane.channel)
        for row in store.destinations.all():
            if (row.channel, row.recipient) == (lane.channel, lane.recipient or ""):
                if channel is not None and row.fingerprint != fingerprint(channel):
                    return retry.Breaker()
                return retry.Breaker(row.failures, row.failing_since, row.open_until, row.disabled)
        return retry.Breaker()

    def record(self, store: Store, delivery: Delivery, *, now: datetime, jitter: float) -> None:
        """Write down a try, what follows for the message, and what for its destination."""
        message = delivery.owed.message
        channel = self.channels.get(message.channel)
        mode = channel.delivery if channel else DeliveryMode.AT_LEAST_ONCE
        settled = retry.settle(delivery, mode=mode, now=now, jitter=jitter)
        store.outbox.settle(delivery, settled.state, settled.next_at)
        if settled.state is OutboxState.DEAD:
            self._bury(store, message, delivery.detail, now)
        elif settled.state is OutboxState.UNKNOWN:
            self.unknown(store, message, now)
        if channel is None:
            return  # it was taken out of the configuration while this was under way
        lane = lane_of(channel, message.recipient)
        before = self.breaker(store, lane)
        after = retry.after(before, delivery, now=now, jitter=jitter)
        if after != before:
            self._note(store, lane, channel, after)
        if after.open_until is not None and after.open_until != before.open_until:
            store.outbox.defer(lane.channel, lane.recipient, after.open_until)
        if after.disabled and not before.disabled:
            self._tell_disabled(store, lane, after.disabled, now)
        if after.disabled or (after.failing_since and now - after.failing_since > retry.SPAN):
            self._bury_hopeless(store, lane, after, now)

    def sweep(self, store: Store, now: datetime) -> None:
        """Hand over alerts whose time is up; end what no channel will ever carry."""
        for row in store.outbox.expired(now):
            take_over = self.hooks.on_expired
            if take_over is not None and take_over(store, row.message, now):
                store.outbox.give_up(row.id, OutboxState.DROPPED, "moved to the digest", now)
            else:
                store.outbox.never_expire(row.id)
        for name in {channel for channel, _ in store.outbox.due(now)} - set(self.channels):
            for row in store.outbox.pending(name, None, before=now - retry.SPAN):
                detail = f"no channel is called {name} any more"
                store.outbox.give_up(row.id, OutboxState.DEAD, detail, now)
                self._bury(store, row.message, detail, now)

    def bury_disabled(self, store: Store, lane: Lane, now: datetime) -> None:
        """End what came in for a destination that is gone for good."""
        self._bury_hopeless(store, lane, self.breaker(store, lane), now)

    def _bury_hopeless(
        self, store: Store, lane: Lane, breaker: retry.Breaker, now: datetime
    ) -> None:
        detail = breaker.disabled or f"not taken in {retry.SPAN / timedelta(hours=1):.0f} h"
        for row in store.outbox.pending(lane.channel, lane.recipient, before=now):
            if retry.is_hopeless(breaker, created_at=row.message.created_at, now=now):
                store.outbox.give_up(row.id, OutboxState.DEAD, detail, now)
                self._bury(store, row.message, detail, now)

    def _bury(self, store: Store, message: Message, because: str, now: datetime) -> None:
        """A message is given up: its fallback channel gets it, the operator hears of it."""
        log.error(
            "gave_up channel=%s message=%s kind=%s because=%s",
            message.channel,
            message.uid,
            message.kind,
            because,
        )
        channel = self.channels.get(message.channel)
        fallback = self.channels.get((channel and channel.fallback) or "")
        if fallback is not None:
            store.outbox.add(readdress(message, fallback, because=because, at=now))
        # News about undeliverable news would never end.
        if message.kind is MessageKind.SYSTEM:
            keep_notice(store, _dead_letter(message, because, now))
        else:
            self.hooks.on_notice(store, _dead_letter(message, because, now))

    def unknown(self, store: Store, message: Message, now: datetime) -> None:
        """Tell that a message is in doubt and is not to be sent twice."""
        notice = SystemNotice(
            key=f"outbox:unknown:{message.channel}",
            title=f"{message.channel}: a message may not have arrived",
            text=f"“{message.subject}” to {message.recipient}: the answer was lost, and the channel "
            "is set to at_most_once, so it is not sent again. `wirewatch outbox list --state unknown` "
            "shows it.",
            severity=Severity.MEDIUM,
            at=now,
        )
        self.hooks.on_notice(store, notice)

    def _tell_disabled(self, store: Store, lane: Lane, because: str, now: datetime) -> None:
        log.error("disabled channel=%s because=%s", lane.channel, because)
        notice = SystemNotice(
            key=f"channel:{lane.channel}",
            title=f"{lane.channel} is switched off: it says it is gone",
            text=f"It answered: {because}. Nothing more is sent there until its address is changed "
            "in the configuration, or `wirewatch outbox retry` asks for another try.",
            severity=Severity.HIGH,
            at=now,
        )
        self.hooks.on_notice(store, notice)

    def _note(self, store: Store, lane: Lane, channel: Channel, breaker: retry.Breaker) -> None:
        if breaker == retry.Breaker():
            store.destinations.forget(lane.channel, lane.recipient or "")
            return
        store.destinations.put(
            Destination(
                channel=lane.channel,
                recipient=lane.recipient or "",
                failures=breaker.failures,
                failing_since=breaker.failing_since,
                open_until=breaker.open_until,
                disabled=breaker.disabled,
                fingerprint=fingerprint(channel),
            )
        )


def _dead_letter(message: Message, because: str, now: datetime) -> SystemNotice:
    return SystemNotice(
        key=f"outbox:dead:{message.channel}",
        title=f"{message.channel}: a message could not be delivered",
        text=f"“{message.subject}” to {message.recipient}: {because}. `wirewatch outbox list` shows "
        "it, `wirewatch outbox retry` sends it again.",
        severity=Severity.HIGH,
        at=now,
    )
