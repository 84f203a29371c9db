"""`wirewatch run`: the service, in the foreground."""

from __future__ import annotations

from collections.abc import Sized
from pathlib import Path
from typing import Literal

import click

from wirewatch.cli.common import config_option, load_config, say


@click.command()
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="Default: text on a terminal, else json.",
)
@config_option
def run(*, log_format: Literal["text", "json"] | None, config: Path) -> None:
    """Watch the feeds until stopped: poll, match, alert, send digests.

    One instance at a time; a second one is refused with the first one's pid (status 75).
    SIGTERM or Ctrl-C finishes what is being sent and ends within seconds, SIGHUP reads the
    configuration again.
    """
    import asyncio

    from wirewatch import log
    from wirewatch.service import Service, stop_on_signals
    from wirewatch.store.lock import only_instance

    loaded = load_config(config)
    database = loaded.config.database
    log.configure(log_format=log_format, secrets=loaded.secrets)
    with only_instance(database):
        service = Service(loaded, echo=click.echo)

        async def work() -> None:
            stop, reload = asyncio.Event(), asyncio.Event()
            stop_on_signals(stop, reload)
            await service.run(stop, reload=reload)

        say(
            f"watching {_counted(loaded.config.feeds, 'feed')} with "
            f"{_counted(loaded.program.rules, 'rule')}; "
            f"database {database}; stop with Ctrl-C"
        )
        asyncio.run(work())


def _counted(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'s' * (len(things) != 1)}"
