"""docs/commands.md, made of the commands themselves: `make docs` writes it, a test keeps it true."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from wirewatch.cli import cli

_EVERYWHERE = frozenset({"help", "config", "quiet"})
_HEAD = """\
# Commands

Made of the commands by `make docs`; don't edit it by hand.

Answers go to stdout, everything else to stderr. Every command takes `--config` and
`--quiet`. `--json` prints one object a line. Lists are tables on a terminal and
tab-separated lines in a pipe. `NO_COLOR` and `--quiet` are honoured; nothing is asked where there is no terminal.

| exit status | meaning |
|---|---|
| 0 | done |
| 1 | a finding, or a failure; stderr says which |
| 2 | wrong usage or configuration; nothing was done |
| 75 | another instance is at work on this database |
| 130 | interrupted |

The configuration is looked for in this order: `--config`, `$WIREWATCH_CONFIG`, `config.yaml` here,
`~/.config/wirewatch/config.yaml`, `/etc/wirewatch/config.yaml`.
"""


def markdown() -> str:
    """Return the whole page."""
    context = click.Context(cli, info_name="wirewatch")
    parts = [_HEAD]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        parts += _command(command, f"wirewatch {name}", level=2)
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _command(command: click.Command, name: str, *, level: int) -> Iterator[str]:
    yield f"{'#' * level} `{name}`"
    usage = " ".join(
        piece
        for param in command.params
        if isinstance(param, click.Argument)
        for piece in [param.make_metavar(click.Context(command))]
    )
    subcommands = getattr(command, "commands", {})
    if usage or not subcommands:
        yield f"```\n{name} {usage}".rstrip() + "\n```"
    text = inspect.cleandoc(command.help or "").replace("\b\n", "").replace("\f", "")
    yield text
    options = list(_options(command))
    if options:
        yield "| option | meaning |\n|---|---|\n" + "\n".join(options)
    for each, sub in subcommands.items():
        yield from _command(sub, f"{name} {each}", level=level + 1)


def _options(command: click.Command) -> Iterator[str]:
    for param in command.params:
        if not isinstance(param, click.Option) or param.hidden or param.name in _EVERYWHERE:
            continue
        names = ", ".join(f"`{each}`" for each in (*param.opts, *param.secondary_opts))
        meaning = (param.help or "").replace("|", "\\|")
        if param.show_default and param.default not in {None, False, True}:
            meaning += f" Default: {param.default}."
        yield f"| {names} | {meaning} |"
