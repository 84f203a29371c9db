"""`wirewatch doctor`: try everything the service depends on."""

from __future__ import annotations

from pathlib import Path

import click

from wirewatch.cli.common import config_option, json_option, legible, mistakes, print_json

_MARKS = {"good": ("✓", "green"), "doubtful": ("?", "yellow"), "bad": ("✗", "red")}


@click.command()
@config_option
@json_option
@click.option("--all-feeds", is_flag=True, help="Try every feed, not just a sample of five.")
@click.pass_context
def doctor(ctx: click.Context, config: Path, as_json: bool, all_feeds: bool) -> None:  # noqa: FBT001 - click's way
    """Try everything the service depends on, and say what to do about what fails.

    Configuration (what can be read of it goes on to be tried), SQLite and the database, certificates, a sample of feeds (DNS, TLS, what they
    say), the clock, and each channel: mail servers are logged in to, webhooks asked whether they
    are there. Nothing is sent or stored. Ends with status 1 when something fails.
    """
    import asyncio

    from wirewatch.checkup import Finding, Grade, checkup
    from wirewatch.clock import SystemClock

    loaded = legible(config)
    grades: list[Grade] = []

    def show(finding: Finding) -> None:
        grades.append(finding.grade)
        if as_json:
            print_json(finding)
            return
        mark, colour = _MARKS[finding.grade]
        click.echo(f"{click.style(mark, fg=colour)} {finding.what}: {finding.says}")
        if finding.advice:
            click.echo(f"    → {finding.advice}")

    async def work() -> None:
        feeds = None if all_feeds else 5
        async for finding in checkup(loaded.config, clock=SystemClock(), feeds=feeds):
            show(finding)

    if wrong := loaded.mistakes:
        says = f"{mistakes(wrong)}; the first: {wrong[0]}"
        advice = "`wirewatch check` lists them; what could be read is tried below"
        show(Finding("configuration", Grade.BAD, says, advice))
    else:
        show(Finding("configuration", Grade.GOOD, f"{loaded.config.path} is right"))
    asyncio.run(work())
    ctx.exit(int(Grade.BAD in grades))
