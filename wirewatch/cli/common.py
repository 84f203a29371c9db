"""What commands share: options, opening the configuration and the database, printing.

Every command has `--config`, given or added by the group: `configuration(context)` loads it, and
refuses when anything is wrong with it; `legible()` is for commands that need the database alone.
`@config_option` hands it over as `config: Path` instead, `@json_option` adds `as_json: bool`; rows go
through `print_rows`, which makes a table on a terminal, tab-separated lines in a pipe, and JSON
Lines with `--json`. Nothing heavy is imported before a function needs it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.config import Loaded
    from wirewatch.config.load import Legible
    from wirewatch.errors import ConfigError
    from wirewatch.model import Article, Config, FeedState
    from wirewatch.store import Store

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def config_option(command: F) -> F:
    """Give a command `--config`, resolved to a path that exists, as `config: Path`."""

    def resolve(ctx: click.Context, _option: click.Parameter, value: Path | None) -> Path:
        return find_config(value or (ctx.find_root().obj or {}).get("config"))

    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        callback=resolve,
        help="The configuration (default: $WIREWATCH_CONFIG, config.yaml, then the user's and the system's).",
    )(command)


def json_option(command: F) -> F:
    """Give a command `--json` as `as_json: bool`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")(command)


def check_rule(read: Legible, rule: str) -> None:
    """Say so where there is no such rule; beside mistakes it may be one that can't be read.

    Raises:
        UsageError: With what was probably meant.
    """
    from wirewatch.config.words import did_you_mean

    known = [each.id for each in read.config.rules.rules]
    if rule not in known and read.mistakes:
        say(f'no rule called "{rule}" can be read; it is taken as it is written')
    elif rule not in known:
        hint = did_you_mean(rule, known)
        raise UsageError(f'no rule is called "{rule}"{"; " + hint if hint else ""}')


def find_article(store: Store, key: str) -> Article | None:
    """Return an article by its number, guid or address, as the feed or as a browser has it."""
    from ingest.urls import canonical_url

    return store.archive.find(key) or store.archive.find(canonical_url(key))


def find_config(given: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the configuration to use.

    Raises:
        UsageError: None was named, and there is none where one is looked for.
    """
    if given is not None:
        return given
    if named := environ.get("WIREWATCH_CONFIG"):
        return Path(named)
    home = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    places = (
        Path("config.yaml"),
        home / "wirewatch" / "config.yaml",
        Path("/etc/wirewatch/config.yaml"),
    )
    for place in places:
        if place.is_file():
            return place
    raise UsageError(
        "there is no config.yaml here; `wirewatch init` writes one, or name one with --config"
    )


def add_common_options(command: click.Command) -> None:
    """Give a command and its subcommands `--config` and `--quiet`, unless they have them.

    What is given is remembered for the whole run, not passed on.
    """

    def remember(ctx: click.Context, option: click.Parameter, value: object) -> None:
        if value:
            ctx.find_root().ensure_object(dict)[option.name] = value

    added = (
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path),
            callback=remember,
            expose_value=False,
            help="The configuration (default: config.yaml).",
        ),
        click.Option(
            ["--quiet", "-q"],
            is_flag=True,
            callback=remember,
            expose_value=False,
            is_eager=True,
            help="Only errors on stderr.",
        ),
    )
    names = {param.name for param in command.params}
    command.params += [option for option in added if option.name not in names]
    for each in getattr(command, "commands", {}).values():
        add_common_options(each)


def configuration(context: click.Context) -> Loaded:
    """Load the configuration that was named, or the one that is found.

    Raises:
        ConfigErrors: All that is wrong with it.
        UsageError: There is none.
    """
    return load_config(_named(context))


def load_config(path: Path) -> Loaded:
    """Load a configuration; warnings go to stderr unless `--quiet`.

    Raises:
        ConfigErrors: All that is wrong with it.
    """
    from wirewatch.config import load

    loaded = load(path)
    _warn(loaded.warnings)
    return loaded


def legible(config: Path | None = None, *, needs: Collection[str] = ("database",)) -> Legible:
    """Read what can be read of the configuration, for commands that only need the database.

    What is wrong does not stop them, and is told in a line on stderr, `--quiet` or not: what they
    show is the truth of a service that goes on with the last good version.

    Args:
        config: The file; by default the one that was named, or the one that is found.
        needs: The sections that must be right.

    Raises:
        ConfigErrors: What is needed can't be read.
        UsageError: There is no configuration.
    """
    from wirewatch.config.load import load_legible

    path = config or _named(click.get_current_context())
    read = load_legible(path, needs=needs)
    _warn(read.warnings)
    if read.mistakes:
        note = (
            f"{path} has {mistakes(read.mistakes)}; a running service keeps the last good version "
            "in force, and `wirewatch check` lists them"
        )
        click.echo(note, err=True)
    return read


def polled(read: Legible, states: Mapping[str, FeedState]) -> Config:
    """Return the configuration with the feeds a running service polls though they can't be read now.

    Of those the name and the address are known, and nothing else.
    """
    from wirewatch.model import Feed

    config = read.config
    unread = [
        Feed(name, state.configured_url)
        for name, state in states.items()
        if read.mistakes and state.next_poll_at is not None and config.feed(name) is None
    ]
    return replace(config, feeds=(*config.feeds, *unread))


def none_of(what: str, read: Legible, otherwise: str) -> str:
    """Return what is said where there is nothing: beside mistakes there may be some all the same."""
    return f"no {what} can be read" if read.mistakes else otherwise


def mistakes(errors: Sequence[ConfigError]) -> str:
    """Return how many there are, in words."""
    return f"{len(errors)} mistake{'s' * (len(errors) != 1)}"


def _named(context: click.Context) -> Path:
    return find_config((context.find_root().obj or {}).get("config"))


def _warn(warnings: Iterable[ConfigError]) -> None:
    for warning in warnings:
        say(f"warning: {warning}")


@contextmanager
def reading(config: Config) -> Iterator[Store]:
    """Open the database read-only, beside a running service or not."""
    from wirewatch.store import Store

    store = Store.read(config.database)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def writing(config: Config) -> Iterator[Store]:
    """Open the database for a small write beside a running service."""
    from wirewatch.store import Store

    store = Store.open(config.database)
    try:
        yield store
    finally:
        store.close()


def is_quiet() -> bool:
    """Whether `--quiet` was asked for."""
    ctx = click.get_current_context(silent=True)
    return bool(ctx and (ctx.find_root().obj or {}).get("quiet"))


def say(text: str) -> None:
    """Tell a person something on stderr, unless they asked for quiet."""
    if not is_quiet():
        click.echo(text, err=True)


def print_rows(rows: Iterable[Mapping[str, Any]], *, columns: Sequence[str], as_json: bool) -> int:
    """Print a list; return how many rows there were.

    Args:
        rows: Plain values, times as aware datetimes; `--json` prints all keys of a row.
        columns: The keys that people see, in order; headings are made of them.
        as_json: One object a line, times as ISO 8601 UTC, durations in seconds.
    """
    rows = list(rows)
    if as_json:
        for row in rows:
            print_json(row)
    elif sys.stdout.isatty():
        _print_table(rows, columns)
    else:
        for row in rows:
            click.echo("\t".join(shown(row.get(column)) for column in columns))
    return len(rows)


def print_json(value: object) -> None:
    """Print one JSON object on a line, in UTF-8."""
    click.echo(json.dumps(plain(value), ensure_ascii=False))


def plain(value: object) -> object:
    """Return what JSON can hold of dataclasses, times, enums and tuples."""
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat().replace("+00:00", "Z")
        case timedelta():
            return value.total_seconds()
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case str() | int() | float() | None:
            return value
        case Iterable():
            return [plain(each) for each in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            return str(value)


def shown(value: object) -> str:
    """Return a value as a cell for people: local time, lists with commas, nothing for None."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone().strftime("%Y-%m-%d %H:%M")
        case Enum():
            return str(value.value)
        case timedelta():
            return lasting(value)
        case list() | tuple():
            return ", ".join(map(shown, value))
        case _:
            return " ".join(str(value).split())


def lasting(delta: timedelta) -> str:
    """Return a duration as people say it: `40s`, `12m`, `3h 5m`, `2d 4h`."""
    seconds = int(abs(delta.total_seconds()))
    sign = "-" if delta < timedelta() else ""
    for size, unit, smaller, small in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "m")):
        if seconds >= size:
            rest = seconds % size // smaller
            return f"{sign}{seconds // size}{unit}" + (f" {rest}{small}" if rest else "")
    return f"{sign}{seconds // 60}m" if seconds >= 60 else f"{sign}{seconds}s"


def progress(items: Iterable[T], *, label: str) -> Iterator[T]:
    """Go through something slow, with a bar on a terminal and nothing elsewhere."""
    if not sys.stderr.isatty() or is_quiet():
        yield from items
        return
    with click.progressbar(items, label=label, file=sys.stderr) as bar:
        yield from bar


def _print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(shown(row.get(column))) for column in columns))
    Console(highlight=False).print(table)
