"""`wirewatch status`: on one screen, how everything is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import (
    config_option,
    json_option,
    lasting,
    legible,
    mistakes,
    none_of,
    polled,
    print_json,
    reading,
)
from wirewatch.clock import SystemClock
from wirewatch.model.feeds import Health

if TYPE_CHECKING:
    from wirewatch.config.load import Legible
    from wirewatch.errors import ConfigError
    from wirewatch.model.overview import DigestOutlook, Overview

_GOOD = frozenset({"new", "unchanged", "not_modified", "parsed"})
_LATE_RATIO = 0.1
_DIGEST_PATIENCE = timedelta(minutes=10)
_LOW_DISK_BYTES = 500_000_000
_OLD_MESSAGE = timedelta(hours=1)


@click.command()
@config_option
@json_option
@click.pass_context
def status(ctx: click.Context, config: Path, as_json: bool) -> None:  # noqa: FBT001 - click's way
    """Show on one screen how everything is.

    Ends with status 1 when something needs a person: it isn't running, feeds are late, messages
    could not be delivered, the configuration has mistakes, a digest is overdue, the disk is nearly full.
    """
    from wirewatch.pipeline.overview import overview
    from wirewatch.store.lock import holder

    read = legible(config)
    loaded = read.config
    pid = holder(loaded.database)
    now = SystemClock().now()
    if not loaded.database.exists():
        click.echo(
            f"nothing has run here yet: there is no {loaded.database}; `wirewatch run` starts it"
        )
        ctx.exit(1)
    with reading(loaded) as store:
        view = overview(store, polled(read, store.feeds.all()), now=now)
    problems = [*troubles(view, pid=pid), *misconfigured(read.mistakes)]
    if as_json:
        print_json({"pid": pid, "overview": view, "problems": problems})
    else:
        for line in screen(view, read, pid=pid):
            click.echo(line)
        for problem in problems:
            click.echo(click.style("! ", fg="red", bold=True) + problem)
    ctx.exit(1 if problems else 0)


def screen(view: Overview, read: Legible, *, pid: int | None) -> Iterator[str]:
    """Yield the lines people see."""
    from wirewatch import __version__

    state = f"running, process {pid}" if pid else "not running"
    version = "not in force" if read.mistakes else read.config.hash
    yield f"wirewatch {__version__}   {state}   {read.config.path} ({version})"
    yield _line("feeds", _feeds(view))
    yield _line("polls", _polls(view))
    yield _line("articles", f"{view.articles_day:,} in 24 h, {view.matches_day:,} matches")
    for n, digest in enumerate(view.digests):
        yield _line("digests" if n == 0 else "", _digest(digest, view.at))
    if not view.digests:
        yield _line("digests", none_of("digest", read, "none configured"))
    yield _line("outbox", _outbox(view))
    yield _line(
        "reload", {"": "none since the first start", "ok": "ok"}.get(view.reload, view.reload)
    )
    yield _line("disk", f"database {_size(view.database_bytes)}, {_size(view.free_bytes)} free")


def troubles(view: Overview, *, pid: int | None) -> Iterator[str]:
    """Yield what needs a person, with what to do."""
    if pid is None:
        yield "it is not running: `wirewatch run`, or `systemctl start wirewatch`"
    if pid is not None and view.late_count > _LATE_RATIO * max(view.feed_count, 1):
        yield (
            f"{view.late_count} of {view.feed_count} feeds are late by up to {lasting(view.lag_max)}: "
            "raise fetch: concurrency, or poll less often"
        )
    if view.overload:
        yield view.overload
    ill = sum(count for health, count in view.feeds if health in _ILL)
    if ill:
        yield f"{_count(ill, 'feed')} not well: `wirewatch feeds --unhealthy`"
    if view.dead_count:
        yield f"{_count(view.dead_count, 'message')} could not be delivered: `wirewatch outbox list`"
    if view.owed_since and view.at - view.owed_since > _OLD_MESSAGE:
        yield f"a message has been waiting for {lasting(view.at - view.owed_since)}: `wirewatch outbox list`"
    if view.reload == "refused":
        yield "the changed configuration was refused, the last good one is in force: `wirewatch check`"
    if view.free_bytes < _LOW_DISK_BYTES:
        yield f"the disk is nearly full: {_size(view.free_bytes)} free"


def misconfigured(errors: Sequence[ConfigError]) -> Iterator[str]:
    """Yield that the configuration has mistakes, with the first of them."""
    if errors:
        yield f"the configuration has {mistakes(errors)}, `wirewatch check` lists them: {errors[0]}"


_ILL = frozenset({Health.FAILING, Health.BLOCKED, Health.GONE})


def _line(label: str, text: str) -> str:
    return f"  {label:<9} {text}"


def _feeds(view: Overview) -> str:
    parts = [f"{count:,} {health}" for health, count in view.feeds] or ["none"]
    late = (
        f"{view.late_count:,} late, longest wait {lasting(view.lag_max)}"
        if view.late_count
        else "none late"
    )
    return f"{', '.join(parts)}; {late}"


def _polls(view: Overview) -> str:
    total = sum(count for _, count in view.polls_day)
    failed = sum(count for outcome, count in view.polls_day if outcome not in _GOOD)
    if not total:
        return "none in 24 h"
    return f"{total:,} in 24 h, {failed:,} failed ({100 * failed / total:.1f} %)"


def _digest(digest: DigestOutlook, now: datetime) -> str:
    last = (
        f"last {_local(digest.last_at)} ({lasting(now - digest.last_at)} ago)"
        if digest.last_at
        else "none yet"
    )
    coming = (
        f"next {_local(digest.next_at)} (in {lasting(digest.next_at - now)})"
        if digest.next_at
        else "no next"
    )
    return f"{digest.name}: {last}, {coming}, holds {digest.open_count:,}"


def _outbox(view: Overview) -> str:
    waiting = f"{view.owed_count:,} waiting"
    if view.owed_since:
        waiting += f", the oldest for {lasting(view.at - view.owed_since)}"
    return f"{waiting}; {view.dead_count:,} undeliverable"


def _local(at: datetime) -> str:
    return f"{at.astimezone():%a %H:%M}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit in {"bytes", "kB"} else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
