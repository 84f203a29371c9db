"""Can the feeds be polled as often as they should be? The log, `status` and the operator are told if not."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from ingest import pace
from ingest.hosts import host_of
from wirewatch.model import Config, Message, Severity, SystemNotice
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.tell import notify_system
from wirewatch.store import Store

log = logging.getLogger(__name__)

KEY = "overload"


def overload_of(config: Config, intervals: Mapping[str, timedelta]) -> str:
    """Return why not all feeds can be polled in time, and what to do about it; "" when they can.

    Args:
        config: The configuration in force.
        intervals: As adapted to each feed so far, by name.
    """
    polls = [
        (host_of(feed.url), feed.every or intervals.get(feed.name, config.fetch.interval))
        for feed in config.feeds
        if not feed.paused
    ]
    return pace.overload(polls, config.fetch) or ""


def mind_load(store: Store, desk: Desk, *, now: datetime) -> list[Message]:
    """Keep for `status` whether the load can be met, and tell the operator once when it can't.

    Args:
        store: The writer's; a transaction is opened here.
        desk: The configuration in force.
        now: Aware, UTC.

    Returns:
        What was put in the outbox.
    """
    problem, before = overload_of(desk.config, store.feeds.intervals()), store.notices.get(KEY)
    if problem == (before or ""):
        return []
    with store.transaction():
        store.notices.put(KEY, problem)
        if not problem or before:
            return []  # it is over, or has changed its numbers
        log.warning("overloaded problem=%r", problem)
        notice = SystemNotice(
            key=KEY,
            title="Not all feeds can be polled as often as they should be",
            text=f"{problem}. Until then they are late, none is left out.",
            severity=Severity.MEDIUM,
            at=now,
        )
        return notify_system(store, desk, notice, now=now)
