"""`wirewatch check --diff`: what an edit would have changed, before it is live."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import load_config, print_json, reading

if TYPE_CHECKING:
    from wirewatch.config import Loaded
    from wirewatch.pipeline.desk import Desk


def print_difference(loaded: Loaded, *, against: Path | None, since: str, as_json: bool) -> None:
    """Rehearse the archive under this version and say what differs.

    Args:
        loaded: The edited configuration.
        against: The former one, or None: what was really told is compared.
        since: A duration: `7d`.
        as_json: One JSON object a changed rule.
    """
    from wirewatch.cli.matches import ago
    from wirewatch.pipeline.compare import compare, compare_with_recorded

    start = ago(since)
    assert start is not None
    with reading(loaded.config) as store:
        if against is None:
            found = compare_with_recorded(store, since=start, after=_desk(loaded))
        else:
            former = _desk(load_config(against))
            found = compare(store, since=start, before=former, after=_desk(loaded))
    if as_json:
        for change in found.changes:
            print_json(change)
        return
    click.echo(f"{found.sentence(since)} ({found.articles} articles)")
    for change in found.changes:
        click.echo(
            f"  {change.rule_id}: alerts {change.alerts_before} → {change.alerts_after}, "
            f"matches {change.matches_before} → {change.matches_after}"
        )
        for sign, titles in (("+", change.more), ("-", change.fewer)):
            for title in titles:
                click.echo(f"    {sign} {title}")


def _desk(loaded: Loaded) -> Desk:
    from alerts.render import Renderer
    from wirewatch.clock import ManualClock
    from wirewatch.pipeline.desk import Desk
    from wirewatch.pipeline.rehearse import EPOCH

    return Desk(loaded.config, loaded.program, Renderer(None), ManualClock(EPOCH))
