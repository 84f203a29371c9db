"""Which feeds are asked when the service starts, and after the configuration changed.

A restart polls nothing early: `next_poll_at` lives in the database. What is overdue after
downtime, and what is new, is spread out instead of asked all at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from wirewatch.model import Config, Feed, FeedState, Health
from wirewatch.store import Store

SPACING = timedelta(milliseconds=50)
SPREAD = timedelta(minutes=5)
_SLACK = timedelta(minutes=1)


def clock_set_back(store: Store, by: timedelta, *, now: datetime) -> None:
    """Plan polls and waiting alerts anew after the clock was set back; the outbox minds its own.

    Left alone, everything planned by the old clock would wait until the new one has caught up.
    """
    with store.transaction():
        store.feeds.rewind(by, now)
        store.alerts.rewind(by, now)


def plan_feeds(store: Store, config: Config, *, now: datetime) -> list[str]:
    """Give every configured feed its next poll time; return those that are due, longest overdue first.

    New feeds, feeds whose URL changed and overdue ones are spaced 50 ms apart, or closer when
    there are so many that they would take longer than 5 minutes. Feeds that are paused, or no
    longer configured, are asked no more; what is remembered of them stays.

    Args:
        store: The writer's; a transaction is opened here.
        config: The configuration in force.
        now: Aware, UTC.
    """
    last = store.feeds.last_polled_at()
    if last is not None and last > now + _SLACK:
        clock_set_back(store, last - now, now=now)
    with store.transaction():
        states = store.feeds.all()
        waiting = []
        for feed in config.feeds:
            before = states.get(feed.name)
            state = renewed(feed, before)
            if state != before:
                store.feeds.put(state)
            if not feed.paused and not state.disabled:
                due = state.next_poll_at
                if due is None or due <= now:
                    waiting.append((due or now, feed.name))
        configured = {feed.name for feed in config.feeds}
        for name, state in states.items():
            if name not in configured and state.next_poll_at is not None:
                store.feeds.put(replace(state, next_poll_at=None))
        waiting.sort()
        step = min(SPACING, SPREAD / max(len(waiting), 1))
        store.feeds.plan([(name, now + i * step) for i, (_, name) in enumerate(waiting)])
    return [name for _, name in waiting]


def renewed(feed: Feed, state: FeedState | None) -> FeedState:
    """Return the state a feed starts from under the present configuration.

    A feed that is new starts at the beginning; one whose URL was changed keeps its articles and
    its baseline, but asks the new URL afresh; one that was paused is asked no more until it is not.
    """
    if state is None:
        state = FeedState(feed=feed.name, url=feed.url, configured_url=feed.url)
    elif state.configured_url != feed.url:
        state = FeedState(
            feed=feed.name,
            url=feed.url,
            configured_url=feed.url,
            baseline_at=state.baseline_at,
            arrivals=state.arrivals,
            interval=state.interval,
            health_told=state.health_told,
        )
    if feed.paused:
        return replace(state, next_poll_at=None, health=Health.PAUSED, health_told=Health.PAUSED)
    if state.health is Health.PAUSED:
        return replace(state, health=Health.NEW, health_told=Health.NEW)
    return state
