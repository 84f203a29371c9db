"""Talks to people: a table of commands, each in a file of its own, imported when it is asked for.

`wirewatch --help` imports none of them. Exit statuses: 0 done, 1 a finding or failure, 2 usage
or configuration, 75 already running, 130 interrupted. Answers go to stdout, everything else to stderr.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import click

from wirewatch.errors import AlreadyRunning, ConfigErrors, UsageError, WirewatchError


class Entry(NamedTuple):
    """Where a command is, and what `--help` says of it."""

    target: str
    help: str


COMMANDS = {
    "run": Entry("wirewatch.cli.run:run", "Run the service in the foreground."),
    "once": Entry("wirewatch.cli.once:once", "Poll everything once, tell what is due, and end."),
    "demo": Entry("wirewatch.demo.command:demo", "See it work: no network, no account."),
    "init": Entry("wirewatch.cli.init:init", "Write a first config.yaml, and try it."),
    "check": Entry("wirewatch.cli.check:check", "Say what is wrong with a configuration."),
    "status": Entry("wirewatch.cli.status:status", "Show on one screen how everything is."),
    "health": Entry("wirewatch.cli.health:health", "Say whether it is alive: for health checks."),
    "doctor": Entry("wirewatch.cli.doctor:doctor", "Try everything it depends on."),
    "feeds": Entry("wirewatch.cli.feeds:feeds", "List feeds and how they are."),
    "poll": Entry("wirewatch.cli.poll:poll", "Poll a feed now and show what it says."),
    "articles": Entry("wirewatch.cli.articles:articles", "List or search articles."),
    "matches": Entry("wirewatch.cli.matches:matches", "List what the rules found."),
    "stories": Entry("wirewatch.cli.stories:stories", "List stories."),
    "story": Entry("wirewatch.cli.story:story", "Show, split or merge stories."),
    "why": Entry("wirewatch.cli.why:why", "Say why an article was told, or was not."),
    "label": Entry("wirewatch.cli.label:label", "Say whether a match was good or bad."),
    "rules": Entry("wirewatch.cli.rules:rules", "Test, backtest and lint rules."),
    "digest": Entry("wirewatch.cli.digest:digest", "Preview, send or repeat a digest."),
    "mute": Entry("wirewatch.cli.mute:mute", "Silence a rule, a story or words for a while."),
    "ack": Entry("wirewatch.cli.ack:ack", "End the instant alerts of a story."),
    "channels": Entry("wirewatch.cli.channels:channels", "List and test channels."),
    "outbox": Entry("wirewatch.cli.outbox:outbox", "Show, retry or drop messages owed."),
    "db": Entry("wirewatch.cli.db:db", "Back up, restore, check or prune the database."),
    "replay": Entry("wirewatch.cli.replay:replay", "Rehearse a stream of articles; sends nothing."),
    "parse": Entry("wirewatch.cli.parse:parse", "Show what a feed document says."),
    "schema": Entry("wirewatch.cli.schema:schema", "Print the JSON Schema of config.yaml."),
    "completion": Entry("wirewatch.cli.completion:completion", "Print shell completion."),
    "install-service": Entry(
        "wirewatch.cli.install_service:install_service", "Write a systemd unit."
    ),
}

_KEPT = "a running service keeps the last good version in force"
_AFTER_MISTAKES = {"check": _KEPT, **dict.fromkeys(("run", "once", "poll"), "nothing was started")}


class Lazy(click.Group):
    """Finds commands by name; those whose module is not there are not listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table."""
        return [name for name, entry in COMMANDS.items() if _is_there(entry)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command's file."""
        entry = COMMANDS.get(cmd_name)
        if entry is None or not _is_there(entry):
            return None
        module, _, name = entry.target.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        from wirewatch.cli.common import add_common_options

        add_common_options(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and self.get_command(ctx, name) is None:
            from difflib import get_close_matches

            close = get_close_matches(name, self.list_commands(ctx), n=1)
            hint = f"; did you mean `{close[0]}`?" if close else "; see `wirewatch --help`"
            raise click.UsageError(f"there is no command `{name}`{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List commands from the table, without importing them."""
        rows = [(name, COMMANDS[name].help) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _is_there(entry: Entry) -> bool:
    try:
        return find_spec(entry.target.partition(":")[0]) is not None
    except ModuleNotFoundError:
        return False


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`wirewatch COMMAND --help` says more. Start with `wirewatch demo`, then `wirewatch init`.",
)
@click.version_option(package_name="wirewatch", prog_name="wirewatch")
@click.option(
    "--config", type=click.Path(path_type=Path), help="The configuration (default: config.yaml)."
)
@click.option("--quiet", "-q", is_flag=True, help="Only errors on stderr.")
@click.pass_context
def cli(ctx: click.Context, config: Path | None, quiet: bool) -> None:  # noqa: FBT001 - click's way
    """Watch news feeds, and tell people what their rules find: at once or in a digest."""
    ctx.ensure_object(dict).update(config=config, quiet=quiet, command=ctx.invoked_subcommand)
    if os.environ.get("NO_COLOR"):  # no-color.org: whatever it says, unless that is nothing
        ctx.color = False


def main(args: list[str] | None = None) -> None:
    """Run the command line, and end the process with its status."""
    sys.exit(status_of(args))


def status_of(args: list[str] | None = None) -> int:
    """Run the command line; return its exit status, errors told as sentences on stderr."""
    given: dict[str, object] = {}
    try:
        result = cli.main(
            args,
            prog_name="wirewatch",
            standalone_mode=False,
            complete_var="_WIREWATCH_COMPLETE",
            obj=given,
        )
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except ConfigErrors as errors:
        from wirewatch.cli.common import mistakes

        outcome = _AFTER_MISTAKES.get(str(given.get("command")), "nothing was done")
        _say(f"{errors}\n{mistakes(errors.errors)}; {outcome}")
        return 2
    except UsageError as error:
        _say(f"wirewatch: {error}")
        return 2
    except AlreadyRunning as error:
        _say(f"wirewatch: {error}")
        return 75
    except WirewatchError as error:
        _say(f"wirewatch: {error}")
        return 1
    except BrokenPipeError:
        # The reader (head, less) has gone: nothing is wrong, and nobody is there to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return result if isinstance(result, int) else 0


def _say(text: str) -> None:
    click.echo(text, err=True)
