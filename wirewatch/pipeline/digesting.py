"""Close digests whose slot has come, preview the next, repeat an old one."""

from __future__ import annotations

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts import messages
from alerts.render import Rendered
from alerts.slots import due_slot, next_slot
from wirewatch.errors import UsageError
from wirewatch.model import Config, Digest, Message
from wirewatch.pipeline import assemble
from wirewatch.pipeline.assemble import Desk
from wirewatch.pipeline.news import template_trouble
from wirewatch.store import Store

log = logging.getLogger(__name__)


def close_digests(store: Store, desk: Desk, *, now: datetime) -> list[Message]:
    """Close every digest whose slot has come; return the messages, put in the outbox.

    Closing is one transaction (T2), rendering none, the outbox another (T3); a digest that a crash
    left between them is rendered first.
    """
    for digest in desk.config.digests:
        last = store.digests.last_slot_at(digest.name, now) or store.digests.started_at(digest.name)
        if last is None or last > now:
            # First heard of now; or then, by a clock that was wrong.
            if last is None:
                with store.transaction():
                    store.digests.begin(digest.name, now)
            continue
        slot = due_slot(digest, last, now)
        if slot is not None:
            with store.transaction():
                store.digests.close(
                    digest.name, slot=slot.label, slot_at=slot.at, timezone=digest.timezone, now=now
                )
    sent = send_closed(store, desk)
    return [*sent, *template_trouble(store, desk, now=now)]


def send_closed(store: Store, desk: Desk) -> list[Message]:
    """Render what is closed and put it into the outbox; return the messages."""
    sent: list[Message] = []
    for closed in store.digests.unrendered():
        view = assemble.closed_view(store, desk, closed)
        wanted = assemble.digest_named(desk.config, closed.name)
        made: list[Message] = []
        if wanted is not None and (view.stories or wanted.send_empty):
            channels = [c for name in wanted.channels if (c := desk.config.channel(name))]
            made = messages.for_digest(view, channels, desk.renderer, at=closed.closed_at)
        with store.transaction():
            store.outbox.add(made)
            store.digests.set_state(closed.id, "rendered" if made else "empty")
        log.info(
            "closed digest=%s slot=%r stories=%d messages=%d",
            closed.name,
            closed.slot,
            len(view.stories),
            len(made),
        )
        sent += made
    return sent


def send_now(store: Store, desk: Desk, digest_name: str, *, now: datetime) -> list[Message]:
    """Close a digest out of turn and put it into the outbox; its next slot comes as ever.

    Raises:
        UsageError: No digest of that name is configured, or one was sent this very second.
    """
    digest = configured(desk.config, digest_name)
    label = f"{now.astimezone(ZoneInfo(digest.timezone)):%Y-%m-%d %H:%M:%S}"
    with store.transaction():
        store.digests.begin(digest.name, now)
        closed = store.digests.close(
            digest.name, slot=label, slot_at=now, timezone=digest.timezone, now=now
        )
    if closed is None:
        raise UsageError(f"{digest_name} was sent this very second")
    return [*send_closed(store, desk), *template_trouble(store, desk, now=now)]


def preview(store: Store, desk: Desk, digest_name: str, *, now: datetime) -> Rendered:
    """Return the next digest as it would be if it were closed now; changes nothing.

    Raises:
        UsageError: No digest of that name is configured.
    """
    digest = configured(desk.config, digest_name)
    slot = next_slot(digest, now)
    label = slot.label if slot else f"{now:%Y-%m-%d %H:%M}"
    view = assemble.open_view(store, desk, digest, slot=label, slot_at=now, now=now)
    channel = next((desk.config.channel(name) for name in digest.channels), None)
    return desk.renderer.digest(view, channel)


def configured(config: Config, name: str) -> Digest:
    """Return the digest of that name.

    Raises:
        UsageError: There is none; the message names those there are.
    """
    digest = assemble.digest_named(config, name)
    if digest is None:
        names = ", ".join(each.name for each in config.digests)
        there = f"there are: {names}" if names else "none is configured"
        raise UsageError(f"no digest is called {name!r}; {there}")
    return digest
