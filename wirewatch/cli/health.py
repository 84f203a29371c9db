"""`wirewatch health`: alive or not, quickly; for health checks."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import lasting, legible, say
from wirewatch.clock import SystemClock, from_ms

if TYPE_CHECKING:
    from datetime import datetime

PATIENCE = timedelta(minutes=2)  # as systemd's watchdog has


@click.command()
@click.option(
    "--database",
    type=click.Path(path_type=Path),
    help="The database it works on, so that the configuration need not be read each time.",
)
@click.pass_context
def health(ctx: click.Context, database: Path | None) -> None:
    """Say whether the service runs and has committed in the last two minutes; status 1 if not.

    For the health checks of containers. What needs a person, such as feeds that are late or mail
    that is refused, is `wirewatch status`'s to say.
    """
    trouble = ailment(database or legible().config.database, now=SystemClock().now())
    say(trouble or "alive")
    ctx.exit(int(bool(trouble)))


def ailment(database: Path, *, now: datetime) -> str:
    """Return why the service on a database is not alive, or ""."""
    from wirewatch.store import Store
    from wirewatch.store.lock import holder

    if holder(database) is None:
        return f"nothing runs on {database}"
    with closing(Store.read(database)) as store:
        beat = store.notices.get("beat")
    if beat is None:
        return "nothing has been committed yet"
    since = abs(now - from_ms(int(beat)))  # a clock set back is minded within a tick
    return f"nothing was committed for {lasting(since)}" if since > PATIENCE else ""
