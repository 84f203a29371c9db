"""`wirewatch digest`: preview the next one, send it now, repeat an old one, list them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirewatch.cli.common import (
    configuration,
    json_option,
    legible,
    print_json,
    print_rows,
    reading,
    say,
    writing,
)
from wirewatch.errors import UsageError

if TYPE_CHECKING:
    from wirewatch.config import Loaded
    from wirewatch.config.load import Legible
    from wirewatch.model import Config
    from wirewatch.store import Store
    from wirewatch.store.digests import Closed

_TAKEN_UP = "the running service sends it at its next tick"
_COLUMNS = ("id", "name", "slot", "closed_at", "state", "matches")


@click.command()
@click.argument("name", metavar="[NAME|list]", default="")
@click.option(
    "--preview", "mode", flag_value="preview", default=True, help="Show the next one (the default)."
)
@click.option(
    "--send",
    "mode",
    flag_value="send",
    help="Close it now and send it; its next slot comes as ever.",
)
@click.option(
    "--resend", "mode", flag_value="resend", help="Repeat one that was sent, byte for byte."
)
@click.option(
    "--slot", help="With --resend: which one (its number, or its slot), the last by default."
)
@click.option("--open", "browser", is_flag=True, help="With --preview: in a browser.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --preview: a folder for the .html, .txt and .eml.",
)
@json_option
@click.pass_context
def digest(
    ctx: click.Context,
    *,
    name: str,
    mode: str,
    slot: str | None,
    browser: bool,
    to: Path | None,
    as_json: bool,
) -> int:
    """Preview, send or repeat the digest NAME (the only one needs no name), or list those sent.

    A preview changes nothing and can be had at any time; what it shows goes out at the next slot.
    """
    if name == "list":
        with reading(legible().config) as store:
            rows = [_row(closed, count) for closed, count in store.digests.latest(50)]
        if not print_rows(rows, columns=_COLUMNS, as_json=as_json):
            say("no digest has been closed yet")
        return 0
    if mode == "resend":
        read = legible()
        if not name and not read.config.digests and read.mistakes:
            raise UsageError("no digest can be read: name one of `wirewatch digest list`")
        return _resend(ctx, read, name or _only(read.config), slot)
    loaded = configuration(ctx)
    name = name or _only(loaded.config)
    if mode == "preview":
        return _preview(loaded, name, browser=browser, to=to, as_json=as_json)
    return _send(loaded, name)


def _preview(loaded: Loaded, name: str, *, browser: bool, to: Path | None, as_json: bool) -> int:
    from alerts.mail import build
    from alerts.render import Renderer
    from wirewatch.clock import SystemClock
    from wirewatch.model import EmailChannel, FileChannel
    from wirewatch.pipeline.desk import Desk
    from wirewatch.pipeline.digesting import configured, preview

    clock = SystemClock()
    now = clock.now()
    desk = Desk(loaded.config, loaded.program, Renderer(loaded.config.templates), clock)
    with _reading_or_scratch(loaded.config) as store:
        rendered = preview(store, desk, name, now=now)
    for problem in desk.renderer.problems:
        say(f"warning: {problem}; the built-in template was used instead")
    if as_json:
        print_json({"subject": rendered.subject, "html": rendered.html, "text": rendered.text})
        return int(bool(desk.renderer.problems))
    if browser or to:
        folder = to or Path(tempfile.mkdtemp(prefix="wirewatch-"))
        folder.mkdir(parents=True, exist_ok=True)
        channels = [
            loaded.config.channel(each) for each in configured(loaded.config, name).channels
        ]
        mailing = next((c for c in channels if isinstance(c, EmailChannel)), FileChannel(name=name))
        recipient = next(iter(getattr(mailing, "to", ())), "preview")
        mail = build(
            rendered, mailing, recipient=recipient, uid="preview", at=now, thread=f"digest-{name}"
        )
        for suffix, content in (
            ("html", rendered.html.encode()),
            ("txt", rendered.text.encode()),
            ("eml", mail),
        ):
            path = folder / f"digest-{name}.{suffix}"
            path.write_bytes(content)
            click.echo(str(path))
        if browser:
            import webbrowser

            if not webbrowser.open((folder / f"digest-{name}.html").absolute().as_uri()):
                say("no browser could be opened; the files are named above")
    else:
        click.echo(f"{rendered.subject}\n\n{rendered.text}", nl=False)
    return int(bool(desk.renderer.problems))


def _send(loaded: Loaded, name: str) -> int:
    from alerts.render import Renderer
    from wirewatch.clock import SystemClock
    from wirewatch.pipeline.desk import Desk
    from wirewatch.pipeline.digesting import send_now

    clock = SystemClock()
    desk = Desk(loaded.config, loaded.program, Renderer(loaded.config.templates), clock)
    with writing(loaded.config) as store:
        sent = send_now(store, desk, name, now=clock.now())
    if not sent:
        say(f"{name}: nothing to send (it is empty and `send_empty` is off, or it has no channel)")
        return 0
    for message in sent:
        click.echo(f"{message.channel}\t{message.recipient}\t{message.subject}")
    return _deliver(loaded)


def _resend(ctx: click.Context, read: Legible, name: str, slot: str | None) -> int:
    from wirewatch.clock import SystemClock
    from wirewatch.store.lock import holder

    with writing(read.config) as store, store.transaction():
        closed = _wanted(store, name, slot)
        count = store.digests.resend(closed.id, SystemClock().now())
    if not count:
        say(f"{name} {closed.slot} was not sent: {closed.state}")
        return 1
    click.echo(f"{name}\t{closed.slot}\t{count}")
    if holder(read.config.database) is not None:
        say(_TAKEN_UP)
        return 0
    if read.mistakes:
        say("it is sent when the service runs again, which it can't beside mistakes")
        return 1
    return _deliver(configuration(ctx))


def _deliver(loaded: Loaded) -> int:
    """Send what is owed, unless a running service does it at its next tick."""
    import asyncio

    from wirewatch.model import Delivery
    from wirewatch.service import Service
    from wirewatch.store.lock import holder, only_instance

    if holder(loaded.config.database) is not None:
        say(_TAKEN_UP)
        return 0
    failed: list[Delivery] = []

    def observe(event: object) -> None:
        if isinstance(event, Delivery) and not event.ok:
            failed.append(event)

    with only_instance(loaded.config.database):
        asyncio.run(Service(loaded, observe=observe, echo=click.echo).once([]))
    for delivery in failed:
        say(f"{delivery.owed.message.channel}: not taken yet: {delivery.detail}; it is tried again")
    return int(bool(failed))


def _reading_or_scratch(config: Config):  # type: ignore[no-untyped-def]  # noqa: ANN202 - two context managers
    """The database, or an empty one where there is none yet: a first preview shows the form."""
    import contextlib

    from wirewatch.store import Store

    if config.database.exists():
        return reading(config)
    return contextlib.closing(Store.scratch())


def _wanted(store: Store, name: str, slot: str | None) -> Closed:
    found = [
        closed
        for closed, _ in store.digests.latest(10_000, name)
        if slot is None or slot in {closed.slot, str(closed.id)}
    ]
    if not found:
        which = f" of {slot}" if slot else ""
        raise UsageError(f"no digest {name}{which} was sent; `wirewatch digest list` lists them")
    return next((closed for closed in found if closed.state == "rendered"), found[0])


def _only(config: Config) -> str:
    if len(config.digests) == 1:
        return config.digests[0].name
    names = ", ".join(each.name for each in config.digests)
    raise UsageError(f"which digest? There are: {names}" if names else "no digest is configured")


def _row(closed: Closed, count: int) -> dict[str, object]:
    return {
        "id": closed.id,
        "name": closed.name,
        "slot": closed.slot,
        "closed_at": closed.closed_at,
        "state": closed.state,
        "matches": count,
    }
