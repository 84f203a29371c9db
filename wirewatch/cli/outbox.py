"""`wirewatch outbox`: what is owed, what was given up, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wirewatch.cli.common import (
    config_option,
    json_option,
    legible,
    print_json,
    print_rows,
    reading,
    say,
    shown,
    writing,
)
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.store import Store
    from wirewatch.store.rows import Row

_STATES = ("pending", "sending", "sent", "dead", "dropped", "unknown")
_OPEN = ("pending", "sending", "dead", "unknown")


@click.group()
def outbox() -> None:
    """Show, retry or drop messages owed.

    pending: waits for its (next) try. sending: under way. sent: taken by the other side. dead: given
    up. dropped: by you, or moved to a digest. unknown: it may have arrived, and is not to be repeated.
    """


@outbox.command("list")
@click.option("--state", multiple=True, type=click.Choice([*_STATES, "all"]), help="Repeatable.")
@click.option("--channel", help="Only this channel's.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1))
@config_option
@json_option
def list_(
    *, state: tuple[str, ...], channel: str | None, limit: int, config: Path, as_json: bool
) -> None:
    """List messages that did not arrive (yet), newest first; `--state all` lists every one."""
    from wirewatch.model import OutboxState

    wanted = () if "all" in state else tuple(map(OutboxState, state or _OPEN))
    with reading(legible(config).config) as store:
        rows = store.outbox.list(states=wanted, channel=channel, limit=limit)
    columns = ("id", "state", "channel", "recipient", "kind", "attempts", "next_at", "subject")
    count = print_rows(map(_summary, rows), columns=(*columns, "detail"), as_json=as_json)
    if not count:
        say("nothing is owed" if not state else "there are none")


@outbox.command()
@click.argument("message_id", type=int, metavar="ID")
@click.option("--payload", is_flag=True, help="Print the very bytes that are sent, nothing else.")
@config_option
@json_option
def show(*, message_id: int, payload: bool, config: Path, as_json: bool) -> None:
    """Show a message, where it stands, and each try to deliver it."""
    with reading(legible(config).config) as store:
        row = store.outbox.get(message_id)
        if row is None:
            raise UsageError(
                f"there is no message {message_id}; `wirewatch outbox list` lists them"
            )
        tries = store.outbox.attempts(message_id)
    if payload:
        click.echo(row.message.payload, nl=False)
        return
    tried = [
        {
            "n": each.n,
            "started_at": each.started_at,
            "took_s": (each.ended_at - each.started_at).total_seconds() if each.ended_at else None,
            "outcome": each.outcome,
            "code": each.code,
            "retry_after_s": each.retry_after,
            "detail": each.detail,
        }
        for each in tries
    ]
    if as_json:
        print_json({**_summary(row), "tries": tried})
        return
    for key, value in _summary(row).items():
        if value not in (None, ""):
            click.echo(f"{key:<12} {shown(value)}")
    if tried:
        click.echo()
        columns = ("n", "started_at", "took_s", "outcome", "code", "detail")
        print_rows(tried, columns=columns, as_json=False)


@outbox.command()
@click.argument("message_ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Everything that was given up.")
@click.option("--channel", help="With --all: only this channel's.")
@config_option
def retry(
    *, message_ids: tuple[int, ...], everything: bool, channel: str | None, config: Path
) -> None:
    """Send messages again that were given up, dropped or are unknown; pending ones at once.

    The service takes them up at its next tick. A destination that rests after failures, or was
    switched off because it said it is gone, is asked again, too.
    """
    from wirewatch.clock import SystemClock
    from wirewatch.model import OutboxState

    now = SystemClock().now()
    with _changing(config) as store, store.transaction():
        chosen = _chosen(
            store, message_ids, everything=everything, channel=channel, states=(OutboxState.DEAD,)
        )
        for each in chosen:
            if not store.outbox.retry(each, now):
                raise UsageError(_unfit(store, each, "tried again"))
            row = store.outbox.get(each)
            assert row is not None
            store.destinations.forget(row.message.channel)
    say(f"{_count(chosen)} will be tried again")


@outbox.command()
@click.argument("message_ids", nargs=-1, type=int, metavar="[ID]...")
@click.option("--all", "everything", is_flag=True, help="Everything that was given up.")
@click.option("--channel", help="With --all: only this channel's.")
@config_option
def drop(
    *, message_ids: tuple[int, ...], everything: bool, channel: str | None, config: Path
) -> None:
    """Owe messages no longer; they stay on record, and `outbox retry` brings them back."""
    from wirewatch.clock import SystemClock
    from wirewatch.model import OutboxState

    now = SystemClock().now()
    states = (OutboxState.DEAD, OutboxState.UNKNOWN)
    with _changing(config) as store, store.transaction():
        chosen = _chosen(store, message_ids, everything=everything, channel=channel, states=states)
        for each in chosen:
            if not store.outbox.drop(each, now):
                raise UsageError(_unfit(store, each, "dropped"))
    say(f"{_count(chosen)} dropped")


def _changing(config: Path) -> Any:  # noqa: ANN401 - contextlib's own type says no more
    loaded = legible(config).config
    if not loaded.database.exists():
        raise UsageError(f"there is no database at {loaded.database} yet, so nothing is owed")
    return writing(loaded)


def _chosen(
    store: Store,
    message_ids: tuple[int, ...],
    *,
    everything: bool,
    channel: str | None,
    states: Iterable[Any],
) -> tuple[int, ...]:
    if bool(message_ids) == everything:
        raise UsageError("name messages by their ids, or say --all")
    if message_ids:
        return message_ids
    return tuple(store.outbox.ids(tuple(states), channel=channel))


def _unfit(store: Store, message_id: int, what: str) -> str:
    row = store.outbox.get(message_id)
    if row is None:
        return f"there is no message {message_id}; nothing was changed"
    return f"message {message_id} is {row.state.value} and can't be {what}; nothing was changed"


def _count(chosen: tuple[int, ...]) -> str:
    return "1 message" if len(chosen) == 1 else f"{len(chosen)} messages"


def _summary(row: Row) -> dict[str, Any]:
    message = row.message
    return {
        "id": row.id,
        "state": row.state,
        "channel": message.channel,
        "recipient": message.recipient,
        "kind": message.kind,
        "subject": message.subject,
        "uid": message.uid,
        "key": message.dedup_key,
        "attempts": row.attempts,
        "created_at": message.created_at,
        "tried_at": row.tried_at,
        "next_at": row.next_at if row.state == "pending" else None,
        "settled_at": row.settled_at,
        "redelivery": row.redelivery,
        "code": row.code,
        "detail": row.detail,
        "size_bytes": len(message.payload),
    }
