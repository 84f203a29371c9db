"""`wirewatch demo`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("wirewatch-demo"),
    show_default=True,
    help="Where its files are left; those of an earlier demo are replaced.",
)
def demo(folder: Path) -> int:
    """See it work: no network, no mail server, no account.

    Invented newspapers print one morning on this machine's loopback, and the same service as in
    `wirewatch run` polls them, matches, alerts by mail and webhook, and sends the morning digest.
    Ends with status 1 when what arrived is not what that morning should have caused.
    """
    from rich.console import Console  # noqa: PLC0415 - heavy imports wait until they are needed

    from wirewatch.demo.play import play  # noqa: PLC0415 - same

    return play(folder, Console(stderr=False))
