"""`wirewatch check`: everything that is wrong with a configuration."""

from __future__ import annotations

from pathlib import Path

import click

from wirewatch.cli.common import config_option, is_quiet, json_option, print_json, say
from wirewatch.errors import ConfigError, ConfigErrors


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@config_option
@json_option
@click.option("--strict", is_flag=True, help="Warnings count as mistakes.")
@click.option("--diff", is_flag=True, help="Also say what this version changes in what is told.")
@click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --diff: the former version (default: what was really told).",
)
@click.option("--since", default="7d", show_default=True, help="With --diff: how far back.")
@click.pass_context
def check(
    ctx: click.Context,
    *,
    file: Path | None,
    config: Path,
    as_json: bool,
    strict: bool,
    diff: bool,
    against: Path | None,
    since: str,
) -> None:
    """Say everything that is wrong with a configuration, failing rule tests included.

    The same validator runs at start and when the running service takes a changed file over.
    Ends with status 2 when anything is wrong.
    """
    from wirewatch.config import load

    try:
        loaded = load(file or config)
    except ConfigErrors as errors:
        if not as_json:
            raise
        for error in errors.errors:
            print_json(_row(error, "error"))
        ctx.exit(2)
    for warning in loaded.warnings:
        if as_json:
            print_json(_row(warning, "warning"))
        else:
            say(f"warning: {warning}")
    rules, feeds = loaded.config.rules.rules, loaded.config.feeds
    if not as_json and not is_quiet():
        tests = sum(len(each.tests.match) + len(each.tests.no_match) for each in rules)
        say(
            f"{loaded.config.path} is right: {len(feeds)} feeds, {len(rules)} rules "
            f"({tests} tests pass), {len(loaded.config.channels)} channels, "
            f"{len(loaded.config.digests)} digests"
        )
    if diff:
        from wirewatch.cli.check_diff import print_difference

        print_difference(loaded, against=against, since=since, as_json=as_json)
    if strict and loaded.warnings:
        ctx.exit(2)


def _row(error: ConfigError, level: str) -> dict[str, object]:
    return {
        "level": level,
        "file": error.file,
        "line": error.line,
        "column": error.column,
        "path": error.problem.dotted(),
        "problem": error.problem.problem,
        "hint": error.problem.hint,
    }
