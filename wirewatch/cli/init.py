"""`wirewatch init`: from nothing to a first digest in a browser, in a few questions."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import webbrowser
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import say
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.config import Loaded
    from wirewatch.config.starter import Answers


_SECRETS = ("SMTP_PASSWORD", "WEBHOOK_URL")


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default=Path("config.yaml"))
@click.option("--words", help="What to look for, with commas; the shipped rules without it.")
@click.option(
    "--feed", "feeds", multiple=True, help="A feed's address; the shipped feeds without any."
)
@click.option("--to", default="", help="E-mail address to send to.")
@click.option("--server", default="", help="Mail server: smtps://mail.example.org.")
@click.option("--user", default="", help="Login name; the password is taken from $SMTP_PASSWORD.")
@click.option("--webhook", is_flag=True, help="Post to the address in $WEBHOOK_URL.")
@click.option("--at", default="", help="Local time of the daily digest: 07:00.")
@click.option("--timezone", default="", help="IANA time zone: Asia/Baghdad.")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@click.option(
    "--try/--no-try", "trying", default=True, help="Try feeds and channel, show a preview."
)
def init(
    *,
    file: Path,
    words: str | None,
    feeds: tuple[str, ...],
    to: str,
    server: str,
    user: str,
    webhook: bool,
    at: str,
    timezone: str,
    force: bool,
    trying: bool,
) -> int:
    """Write a first, commented FILE (config.yaml), try it, and show a first preview.

    Asks what the options leave open, on a terminal; elsewhere it asks nothing and takes what
    ships: its feeds, its rules, a folder for alerts and digests.
    """
    from wirewatch.config.starter import Answers

    if file.exists() and not force:
        raise UsageError(f"{file} is there already; name another file, or --force")
    given = set(os.environ)
    answers = Answers(
        words=_split(words or ""),
        feeds=feeds,
        kind="email" if to else "webhook" if webhook else "file",
        to=to,
        server=server,
        user=user,
        at=at or "07:00",
        timezone=timezone or local_zone(os.environ),
    )
    if (
        sys.stdin.isatty()
        and sys.stderr.isatty()
        and words is None
        and not (feeds or to or webhook)
    ):
        answers = _asked(answers)
    asked_for = [name for name in _SECRETS if name in os.environ and name not in given]
    loaded = _written(file, answers)
    say(f"wrote {file}: {len(loaded.config.feeds)} feeds, {len(loaded.config.rules.rules)} rules")
    status = _tried(loaded) if trying else 0
    say(
        "\nNext:"
        + "".join(f" export {name}=…;" for name in asked_for)
        + f" wirewatch run --config {file}"
    )
    return status


def local_zone(environ: Mapping[str, str], link: Path = Path("/etc/localtime")) -> str:
    """Return this machine's time zone by name, UTC where it can't be told."""
    from wirewatch.config.words import Wrong, zone

    target = os.path.realpath(link).partition("zoneinfo/")[2]
    for name in (environ.get("TZ", "").lstrip(":"), target):
        try:
            if name:
                return zone(name)
        except Wrong:
            continue
    return "UTC"


def _asked(answers: Answers) -> Answers:
    say("A few questions; Enter takes what stands in brackets. Everything can be changed later.\n")
    words = click.prompt(
        "What to look for, with commas [drone attacks, air strikes and militias in the Middle East]",
        default="",
        show_default=False,
        err=True,
    )
    feeds = click.prompt(
        "Addresses of feeds, with spaces [world, Middle East and conflict feeds]",
        default="",
        show_default=False,
        err=True,
    )
    kind = click.prompt(
        "Where to send", type=click.Choice(["file", "email", "webhook"]), default="file", err=True
    )
    answers = replace(answers, words=_split(words), feeds=tuple(feeds.split()), kind=kind)
    if kind == "email":
        answers = _asked_mail(answers)
    if kind == "webhook" and "WEBHOOK_URL" not in os.environ:
        os.environ["WEBHOOK_URL"] = click.prompt(
            "Its address (not stored)", hide_input=True, err=True
        )
    at = click.prompt("Daily digest at", default=answers.at, err=True)
    zone = click.prompt("Time zone", default=answers.timezone, err=True)
    return replace(answers, at=at, timezone=zone)


def _asked_mail(answers: Answers) -> Answers:
    to = click.prompt("E-mail address", err=True)
    server = click.prompt("Mail server", default=f"smtps://mail.{to.rpartition('@')[2]}", err=True)
    user = click.prompt("Login name (empty for none)", default=to, err=True)
    if user and "SMTP_PASSWORD" not in os.environ:
        password = click.prompt(
            "Password (not stored)", default="", hide_input=True, show_default=False, err=True
        )
        os.environ["SMTP_PASSWORD"] = password
    return replace(answers, to=to, server=server, user=user)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _written(file: Path, answers: Answers) -> Loaded:
    """Write the file, if what it says holds; a file that was there is replaced only then."""
    from wirewatch.config import load
    from wirewatch.config.starter import compose, schema_file_text

    file.parent.mkdir(parents=True, exist_ok=True)
    text = compose(answers)
    trial = file.with_name(f".{file.name}.new")
    try:
        trial.write_text(text, encoding="utf-8")
        load(trial)
        trial.replace(file)
    finally:
        trial.unlink(missing_ok=True)
    schema = file.with_name("config.schema.json")
    if not schema.exists():
        schema.write_text(schema_file_text(), encoding="utf-8")
    return load(file)


def _tried(loaded: Loaded) -> int:
    """Try feeds and channel, then show what a digest would say now; nothing is sent."""
    import asyncio

    from wirewatch.checkup import Grade, checkup
    from wirewatch.clock import SystemClock

    async def work() -> bool:
        good = True
        async for each in checkup(loaded.config, clock=SystemClock()):
            good &= each.grade is not Grade.BAD
            mark = {Grade.GOOD: "✓", Grade.DOUBTFUL: "?", Grade.BAD: "✗"}[each.grade]
            say(
                f"{mark} {each.what}: {each.says}"
                + (f"\n    → {each.advice}" if each.advice else "")
            )
        return good

    good = asyncio.run(work())
    say("\nreading every feed once, for a preview …")
    page = _preview(loaded)
    click.echo(page)
    if sys.stdout.isatty() and not os.environ.get("SSH_CONNECTION"):
        webbrowser.open(page.as_uri())
    return int(not good)


def _preview(loaded: Loaded) -> Path:
    """Poll into a database of its own, with nobody to tell, and write the digest there."""
    import asyncio

    from alerts.render import Renderer
    from wirewatch.clock import SystemClock
    from wirewatch.pipeline.desk import Desk
    from wirewatch.pipeline.digesting import preview
    from wirewatch.service import Service
    from wirewatch.store import Store

    folder = Path(tempfile.mkdtemp(prefix="wirewatch-preview-"))
    config = replace(loaded.config, database=folder / "preview.db")
    silent = replace(config, channels=(), system_channels=())
    log = logging.getLogger("wirewatch")
    level = log.level
    log.setLevel(logging.ERROR)  # feeds that fail were told already
    try:
        asyncio.run(Service(replace(loaded, config=silent)).once())
    finally:
        log.setLevel(level)
    clock = SystemClock()
    desk = Desk(config, loaded.program, Renderer(config.templates), clock)
    store = Store.read(config.database)
    try:
        rendered = preview(store, desk, config.digests[0].name, now=clock.now())
    finally:
        store.close()
    page = folder / "digest.html"
    page.write_text(rendered.html, encoding="utf-8")
    return page
