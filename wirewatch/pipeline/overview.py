"""Take stock: one look at the store, cheap enough for a scrape every few seconds."""

from __future__ import annotations

import shutil
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from alerts.slots import next_slot
from wirewatch.model import Config, Digest, Health, OutboxState
from wirewatch.model.overview import DigestOutlook, Overview
from wirewatch.pipeline import load
from wirewatch.store import Store

DAY = timedelta(days=1)
LATE = timedelta(minutes=1)


def overview(store: Store, config: Config, *, now: datetime) -> Overview:
    """Return how everything is.

    Args:
        store: Read only; nothing is written.
        config: The configuration in force.
        now: Aware, UTC.
    """
    overdue = store.feeds.overdue(now)
    states, owed_since = store.outbox.backlog()
    size, free = _disk(config.database)
    return Overview(
        at=now,
        feeds=_feeds(store, config),
        late_count=sum(each > LATE for each in overdue),
        lag_max=overdue[0] if overdue else timedelta(),
        lag_p95=overdue[len(overdue) // 20] if overdue else timedelta(),
        polls_day=tuple(sorted(store.feeds.polls_since(now - DAY).items())),
        articles_day=store.articles.count_since(now - DAY, now),
        matches_day=store.matches.count_since(now - DAY),
        owed_count=states.get(OutboxState.PENDING, 0) + states.get(OutboxState.SENDING, 0),
        owed_since=owed_since,
        dead_count=states.get(OutboxState.DEAD, 0),
        digests=tuple(_outlook(store, each, now) for each in config.digests),
        reload=store.notices.get("reload") or "",
        database_bytes=size,
        free_bytes=free,
        overload=store.notices.get(load.KEY) or "",
    )


def _feeds(store: Store, config: Config) -> tuple[tuple[Health, int], ...]:
    known = store.feeds.healths()
    new, paused = Health.NEW, Health.PAUSED
    counts = Counter(
        [paused if feed.paused else known.get(feed.name, new) for feed in config.feeds]
    )
    return tuple((health, counts[health]) for health in Health if counts[health])


def _outlook(store: Store, digest: Digest, now: datetime) -> DigestOutlook:
    last, slot = store.digests.last_closed(digest.name), next_slot(digest, now)
    return DigestOutlook(
        name=digest.name,
        last_at=last.closed_at if last else None,
        next_at=slot.at if slot else None,
        open_count=store.digests.count_open(digest.name),
    )


def _disk(database: Path) -> tuple[int, int]:
    """Bytes taken by the database and left on its disk."""
    size = 0
    for suffix in ("", "-wal"):
        with suppress(OSError):
            size += database.with_name(database.name + suffix).stat().st_size
    try:
        return size, shutil.disk_usage(database.parent).free
    except OSError:
        return size, 0
