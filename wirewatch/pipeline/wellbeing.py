"""Feeds that went down or came back are news too: told together, not one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ingest.health import is_settled
from wirewatch.clock import from_ms, to_ms
from wirewatch.model import FeedState, Health, Message, Severity, SystemNotice
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.tell import notify_system
from wirewatch.store import Store

PAUSE = timedelta(minutes=10)
_DOWN = frozenset({Health.FAILING, Health.BLOCKED, Health.GONE, Health.QUIET, Health.CHURNING})
_KEY = "feeds_told_at"


def tell_feed_health(store: Store, desk: Desk, *, now: datetime) -> list[Message]:
    """Tell the system channels which feeds changed, at most once in ten minutes.

    Args:
        store: The writer's; a transaction is opened here.
        desk: The configuration in force.
        now: Aware, UTC.

    Returns:
        What was put in the outbox.
    """
    last = store.notices.get(_KEY)
    if last is not None and now - from_ms(int(last)) < PAUSE:
        return []
    changed = [s for s in store.feeds.untold() if desk.config.feed(s.feed) and is_settled(s)]
    if not changed:
        return []
    notice = health_notice(changed, now=now)
    with store.transaction():
        store.feeds.told([s.feed for s in changed])
        if notice is None:
            return []
        store.notices.put(_KEY, str(to_ms(now)))
        return notify_system(store, desk, notice, now=now)


def health_notice(changed: Sequence[FeedState], *, now: datetime) -> SystemNotice | None:
    """Return what to say about feeds whose health changed; None when none went down or came back."""
    down = [s for s in changed if s.health in _DOWN]
    back = [s for s in changed if s.health not in _DOWN and s.health_told in _DOWN]
    if not down and not back:
        return None
    parts = []
    if down:
        parts.append(f"{_count(down)} in trouble")
    if back:
        parts.append(f"{_count(back)} back")
    lines = [f"{s.feed}: {s.health}{_since(s)}{_why(s)}" for s in down]
    lines += [f"{s.feed}: back ({s.health})" for s in back]
    return SystemNotice(
        key="feeds:" + ",".join(sorted(s.feed for s in [*down, *back])),
        title=", ".join(parts),
        text="\n".join(lines),
        severity=Severity.MEDIUM if down else Severity.INFO,
        at=now,
    )


def _count(states: Sequence[FeedState]) -> str:
    return f"feed {states[0].feed}" if len(states) == 1 else f"{len(states)} feeds"


def _since(state: FeedState) -> str:
    return f" since {state.health_since:%a %d %b %H:%M} UTC" if state.health_since else ""


def _why(state: FeedState) -> str:
    return f" ({state.error})" if state.error else ""
