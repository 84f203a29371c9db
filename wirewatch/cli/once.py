"""`wirewatch once`: one round, for cron and for trying out."""

from __future__ import annotations

from pathlib import Path

import click

from wirewatch.cli.common import config_option, json_option, load_config
from wirewatch.cli.poll import one_round


@click.command()
@config_option
@json_option
def once(*, config: Path, as_json: bool) -> int:
    """Poll the feeds that are due, tell and send what that brings, and end."""
    return one_round(load_config(config), None, as_json=as_json)
