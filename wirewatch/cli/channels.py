"""`wirewatch channels`: list them, and test one for real."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import (
    configuration,
    json_option,
    legible,
    none_of,
    print_rows,
    reading,
    say,
)
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.config.load import Legible
    from wirewatch.model import Channel, Config, Delivery

_COLUMNS = ("name", "type", "recipients", "serves", "quiet_hours", "pending", "dead")
_TESTED = ("channel", "recipient", "ok", "code", "answer", "took_s")


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def channels(ctx: click.Context, *, as_json: bool) -> None:
    """List channels, what they serve and what waits for them; `test` sends through one."""
    if ctx.invoked_subcommand is None:
        _list(legible(), as_json=as_json)


@channels.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List channels, what they serve and what waits for them."""
    _list(legible(), as_json=as_json)


@channels.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@json_option
@click.pass_context
def test(ctx: click.Context, *, names: tuple[str, ...], as_json: bool) -> int:
    """Send a test message through channels, now, and say what the other side answered.

    Exit status 1 when any recipient was not reached. Nothing is kept: a failed test isn't tried again.
    """
    import asyncio

    from wirewatch.config.words import did_you_mean

    config = configuration(ctx).config
    chosen = []
    for name in names:
        channel = config.channel(name)
        if channel is None:
            known = [each.name for each in config.channels]
            raise UsageError(f"no channel is called {name!r}; {did_you_mean(name, known)}")
        chosen.append(channel)
    deliveries = asyncio.run(_send(config, chosen))
    print_rows(map(_tested, deliveries), columns=_TESTED, as_json=as_json)
    return int(not all(delivery.ok for delivery in deliveries))


def _list(read: Legible, *, as_json: bool) -> None:
    config = read.config
    counts = _owed(config)
    rows = [_row(channel, config, counts.get(channel.name, {})) for channel in config.channels]
    if not print_rows(rows, columns=_COLUMNS, as_json=as_json):
        say(none_of("channel", read, "no channel is configured"))


async def _send(config: Config, chosen: list[Channel]) -> list[Delivery]:
    from dataclasses import replace

    from alerts.messages import for_test
    from alerts.notifiers import make
    from alerts.notify import Tools
    from alerts.render import Renderer
    from wirewatch.clock import SystemClock
    from wirewatch.http import make_client
    from wirewatch.model import Owed

    clock = SystemClock()
    client = make_client(
        config.fetch, contact=config.contact, allow_private=config.fetch.allow_private
    )
    renderer, deliveries = Renderer(config.templates), []
    try:
        for channel in chosen:
            notifier = make(channel, Tools(client=client, echo=say))
            try:
                for message in for_test(channel, renderer, at=clock.now()):
                    started_at, started_s = clock.now(), clock.monotonic()
                    delivery = await notifier.send(Owed(0, message, 1, False), now=started_at)
                    took = timedelta(seconds=clock.monotonic() - started_s)
                    deliveries.append(
                        replace(delivery, started_at=started_at, ended_at=started_at + took)
                    )
            finally:
                await notifier.close()
    finally:
        await client.aclose()
    return deliveries


def _tested(delivery: Delivery) -> dict[str, object]:
    return {
        "channel": delivery.owed.message.channel,
        "recipient": delivery.owed.message.recipient,
        "ok": delivery.ok,
        "code": delivery.code,
        "answer": delivery.detail,
        "took_s": round((delivery.ended_at - delivery.started_at).total_seconds(), 3),
    }


def _row(channel: Channel, config: Config, counts: dict[str, int]) -> dict[str, object]:
    from alerts.messages import recipients

    quiet = channel.quiet_hours
    serves = [f"digest {d.name}" for d in config.digests if channel.name in d.channels]
    if channel.name in config.system_channels:
        serves.append("system news")
    return {
        "name": channel.name,
        "type": type(channel).__name__.removesuffix("Channel").lower(),
        "recipients": recipients(channel),
        "serves": serves,
        "quiet_hours": f"{quiet.start:%H:%M}-{quiet.end:%H:%M} {quiet.timezone}" if quiet else None,
        "pending": counts.get("pending", 0),
        "dead": counts.get("dead", 0),
    }


def _owed(config: Config) -> dict[str, dict[str, int]]:
    if not config.database.exists():
        return {}
    with reading(config) as store:
        counts = store.outbox.counts()
    return {name: {s.value: n for s, n in each.items()} for name, each in counts.items()}
