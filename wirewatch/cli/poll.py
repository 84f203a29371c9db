"""`wirewatch poll`: ask feeds now, due or not."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import (
    config_option,
    json_option,
    load_config,
    print_rows,
    reading,
    say,
    shown,
)
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.config import Loaded
    from wirewatch.pipeline.admit import Round

COLUMNS = ("feed", "outcome", "new", "matches", "next_poll_at", "error")


@click.command()
@click.argument("feeds", nargs=-1)
@config_option
@json_option
def poll(*, config: Path, feeds: tuple[str, ...], as_json: bool) -> int:
    """Poll FEEDS now, due or not (all of them without an argument); exit status 1 if one fails."""
    from wirewatch.config.words import did_you_mean

    loaded = load_config(config)
    known = [feed.name for feed in loaded.config.feeds]
    for name in feeds:
        if name not in known:
            raise UsageError(f"no feed is called {name!r}; {did_you_mean(name, known)}")
    return one_round(loaded, list(feeds or known), as_json=as_json)


def one_round(loaded: Loaded, names: list[str] | None, *, as_json: bool) -> int:
    """Poll these feeds (None: those that are due), tell, send, print what came; return the status."""
    import asyncio

    from wirewatch import log
    from wirewatch.pipeline.admit import Round
    from wirewatch.service import Service
    from wirewatch.store.lock import only_instance

    # What came of each poll is the table below.
    log.configure(log_format="text", level=logging.WARNING, secrets=loaded.secrets, unsaid="polled")
    rounds: list[Round] = []

    def observe(event: object) -> None:
        if isinstance(event, Round):
            rounds.append(event)

    with only_instance(loaded.config.database):
        asyncio.run(Service(loaded, observe=observe, echo=click.echo).once(names))
    rounds.sort(key=lambda r: r.feed.name)
    if rounds:
        print_rows(map(row, rounds), columns=COLUMNS, as_json=as_json)
    else:
        say(f"no feed is due before {_next_due(loaded)}; `wirewatch poll` asks all of them now")
    failed = sum(bool(r.state.failures) for r in rounds)
    if failed and failed == len(rounds):
        say(
            f"none of {failed} feeds could be read: is this machine online? `wirewatch doctor` tells more"
        )
    return int(failed > 0)


def _next_due(loaded: Loaded) -> str:
    with reading(loaded.config) as store:
        return shown(store.feeds.next_due()) or "one is configured"


def row(round_: Round) -> dict[str, object]:
    """Return one poll as it is printed."""
    return {
        "feed": round_.feed.name,
        "outcome": round_.outcome,
        "new": round_.new_count,
        "matches": _matches(round_),
        "error": round_.state.error,
        "next_poll_at": round_.state.next_poll_at,
        "warnings": list(round_.warnings),
    }


def _matches(round_: Round) -> int:
    return sum(len(a.reading.matches) for a in round_.admitted if a.reading is not None)
