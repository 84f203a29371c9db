"""`wirewatch feeds`: what is polled, and how each feed is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wirewatch.cli.common import (
    config_option,
    json_option,
    legible,
    none_of,
    polled,
    print_rows,
    reading,
    say,
)
from wirewatch.cli.feeds_edit import COMMANDS
from wirewatch.errors import StoreError
from wirewatch.model.feeds import Health

if TYPE_CHECKING:
    from wirewatch.model import Config, Feed, FeedState

WELL = frozenset({Health.HEALTHY, Health.NEW, Health.PAUSED})


@click.group(invoke_without_command=True)
@config_option
@json_option
@click.option("--unhealthy", is_flag=True, help="Only feeds that are not well, worst first.")
@click.pass_context
def feeds(ctx: click.Context, config: Path, as_json: bool, unhealthy: bool) -> None:  # noqa: FBT001 - click's way
    """List feeds and how they are."""
    if ctx.invoked_subcommand is not None:
        ctx.find_root().ensure_object(dict)["config"] = config
        return
    read = legible(config)
    states = feed_states(read.config)
    rows = [row(feed, states.get(feed.name)) for feed in read.config.feeds]
    unread = polled(read, states).feeds[len(rows) :]
    rows += [row(feed, states[feed.name]) | {"tags": None, "tier": None} for feed in unread]
    if unhealthy:
        rows = [each for each in rows if each["health"] not in WELL]
        rows.sort(key=lambda each: (each["health"], each["name"]))
    columns = ("name", "health", "since", "polled_at", "next_poll_at", "last_new_at", "problem")
    if not print_rows(rows, columns=columns, as_json=as_json):
        none = none_of("feed", read, "there are no feeds; add some under feeds:")
        say("all feeds are well" if unhealthy else none)


def feed_states(config: Config) -> dict[str, FeedState]:
    """Return what is remembered of each feed; nothing where there is no database yet."""
    try:
        with reading(config) as store:
            return store.feeds.all()
    except StoreError:
        if config.database.exists():
            raise
        return {}


def row(feed: Feed, state: FeedState | None) -> dict[str, Any]:
    """Return a feed with its state, as a row."""
    health = Health.PAUSED if feed.paused else state.health if state else Health.NEW
    shown: dict[str, Any] = {"name": feed.name, "url": feed.url, "health": health}
    known: Mapping[str, datetime | object] = (
        {
            "since": state.health_since,
            "polled_at": state.polled_at,
            "succeeded_at": state.succeeded_at,
            "next_poll_at": None if feed.paused else state.next_poll_at,
            "last_new_at": state.last_new_at,
            "interval": state.interval,
            "failures": state.failures,
            "error": state.error_kind,
            "problem": state.error or "",
            "asked_at": state.url if state.url != feed.url else None,
        }
        if state
        else {}
    )
    return shown | {"tags": feed.tags, "tier": feed.tier, **known}


for command in COMMANDS:
    feeds.add_command(command)
