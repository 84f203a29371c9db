"""Play the demo: the same service as `wirewatch run`, on an invented world on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from wirewatch import config as configuration
from wirewatch.clock import SystemClock
from wirewatch.demo import world as worlds
from wirewatch.demo.loopback import HookReceiver, Newsstand, serving
from wirewatch.demo.mailbox import Mailbox
from wirewatch.demo.morning import MorningClock
from wirewatch.demo.narrate import Narrator
from wirewatch.demo.verdict import Arrived, complaints, expected
from wirewatch.errors import UsageError
from wirewatch.log import configure
from wirewatch.model import Message, WebhookChannel
from wirewatch.pipeline.admit import Round
from wirewatch.service import Service
from wirewatch.store import Store
from wirewatch.store.lock import only_instance

READ_S = 1.5  # so that a round's lines can be read before the next one's
PATIENCE_S = 12.0  # at most so long for what a round or the digest should cause
LOOK_S = 0.1
FORMING = 2  # the round in which the agency speaks first: its alert waits for the others
_CONFIG = files("wirewatch.demo") / "config.yaml"
_MARK = "# The configuration of `wirewatch demo`"


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a demo works with."""

    folder: Path
    world: worlds.World
    clock: MorningClock
    narrator: Narrator
    newsstand: Newsstand
    mailbox: Mailbox
    receiver: HookReceiver
    kinds: dict[str, str] = field(default_factory=dict)
    owed: set[str] = field(default_factory=set)
    taken_in: set[str] = field(default_factory=set)

    def observe(self, event: object) -> None:
        """Hear of what the service does: which feed was taken in, which message is owed."""
        if isinstance(event, Round):
            self.narrator.polled(event)
            self.taken_in.update({event.feed.name} & self.newsstand.asked)
        elif isinstance(event, Message):
            self.kinds[event.uid] = event.kind.value
            if event.channel != "files":
                self.owed.add(event.uid)

    def is_read(self) -> bool:
        """Whether every feed that can be read was asked in this round, and its answer taken in."""
        outlets, round_ = self.world.outlets, self.newsstand.round
        return {outlet.name for outlet in outlets if not outlet.fault(round_)} <= self.taken_in

    def is_told(self, store: Store) -> bool:
        """Whether no alert is waiting, and everything that is owed has arrived."""
        arrived = {hook.id for hook in self.receiver.hooks} | {
            _identity(m) for _, m in self.mails()
        }
        return store.alerts.next_due() is None and self.owed <= arrived

    def mails(self) -> list[tuple[str, EmailMessage]]:
        """Return what the mailbox got, each with its kind."""
        mails = [mail.read() for mail in self.mailbox.mails]
        return [(self.kinds.get(_identity(mail), "?"), mail) for mail in mails]


def _identity(mail: EmailMessage) -> str:
    """The message's identity, which its Message-ID carries before the @."""
    return str(mail["Message-ID"]).strip("<>").partition("@")[0]


def play(folder: Path, console: Console) -> int:
    """Play the demo and leave its files in a folder.

    Args:
        folder: Made if it isn't there; an earlier demo's files in it are replaced.
        console: Where lines go.

    Returns:
        0, or 1 when what arrived is not what the world should cause (it says what).

    Raises:
        UsageError: The folder holds something else than a demo, or can't be written.
    """
    _clear(folder)
    clock = MorningClock(SystemClock())
    with (folder / "log.txt").open("w", encoding="utf-8") as log:
        configure(log_format="text", stream=log)
        try:
            return asyncio.run(_morning(folder, console, clock))
        finally:
            configure(log_format="text")  # the file closes; what still comes is for stderr


def _clear(folder: Path) -> None:
    """Make the folder, or empty it of an earlier demo; touch nobody else's files."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "config.yaml"
        ours = config.is_file() and _MARK in config.read_text(encoding="utf-8", errors="replace")
        if any(folder.iterdir()) and not ours:
            raise UsageError(f"{folder} holds something else; name another folder with --folder")
        for path in folder.glob("wirewatch.db*"):
            path.unlink()
        for name in ("out", "mail", "webhooks"):
            shutil.rmtree(folder / name, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"can't use {folder}: {error.strerror or error}") from error


async def _morning(folder: Path, console: Console, clock: MorningClock) -> int:
    world = worlds.load(today=clock.slot_at)
    narrator = Narrator(console, clock)
    async with _staged(folder, world, clock, narrator) as (stage, loaded):
        console.print(_opening(len(world.outlets)), highlight=False, soft_wrap=True)
        stop = asyncio.Event()
        service = Service(loaded, clock=clock, observe=stage.observe)
        with only_instance(loaded.config.database):
            store = Store.read(loaded.config.database)
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(service.run(stop))
                    group.create_task(_conduct(stage, store, stop))
                found = complaints(world, expected(), _arrived(stage, store))
            finally:
                store.close()
                Store.open(loaded.config.database).close()  # one file, no write-ahead log beside it
    _keep(stage)
    return _close(stage, console, found)


@contextlib.asynccontextmanager
async def _staged(
    folder: Path, world: worlds.World, clock: MorningClock, narrator: Narrator
) -> AsyncIterator[tuple[_Stage, configuration.Loaded]]:
    """Start the servers, and write the configuration that points to them."""
    newsstand, mailbox = Newsstand(world, clock), Mailbox(narrator.mail)
    receiver = HookReceiver(clock, narrator.hook)
    async with (
        serving(newsstand.answer) as news_port,
        mailbox.serving() as mail_port,
        serving(receiver.answer) as hook_port,
    ):
        text = _CONFIG.read_text(encoding="utf-8")
        for ours, actual in ((8000, news_port), (2525, mail_port), (8080, hook_port)):
            text = text.replace(f"127.0.0.1:{ours}", f"127.0.0.1:{actual}")
        path = folder / "config.yaml"
        path.write_text(text, encoding="utf-8")
        loaded = configuration.load(path)
        hooks = [c for c in loaded.config.channels if isinstance(c, WebhookChannel)]
        receiver.trust(secret for channel in hooks for secret in channel.secrets)
        yield _Stage(folder, world, clock, narrator, newsstand, mailbox, receiver), loaded


async def _conduct(stage: _Stage, store: Store, stop: asyncio.Event) -> None:
    """Turn the pages: the next one when all is read and told, the digest after the last."""
    news = stage.newsstand
    try:
        while True:
            await _until(stage.is_read)
            if news.round != FORMING:
                await asyncio.sleep(READ_S)
                await _until(lambda: stage.is_told(store))
            if news.round == stage.world.last_round:
                break
            news.turn()
            stage.taken_in.clear()
            stage.narrator.say("round", "dim", f"[dim]{news.round} of {stage.world.last_round}[/]")
        stage.narrator.say("clock", "dim", "[dim]moves on to seven: the morning digest is due[/]")
        stage.clock.skip_to_slot(short_of=timedelta(seconds=2))  # ill feeds are asked once more
        await _until(lambda: "digest" in stage.kinds.values() and stage.is_told(store))
    finally:
        stop.set()


async def _until(is_so: Callable[[], bool]) -> None:
    """Wait for it, but not for ever: what is missing then, the verdict says."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():  # noqa: ASYNC110 - several servers; an event each would say less
                await asyncio.sleep(LOOK_S)


def _arrived(stage: _Stage, store: Store) -> Arrived:
    articles = store.articles.latest(limit=1000)
    matches = store.matches.of_articles(a.id for a in articles)
    return Arrived(
        matched={
            a.url: frozenset(match.rule_id for _, match, _ in matches.get(a.id, ()))
            for a in articles
        },
        mails=stage.mails(),
        hooks=stage.receiver.hooks,
        files=[path.name for path in (stage.folder / "out").rglob("*")],
    )


def _keep(stage: _Stage) -> None:
    """Write down what the receivers got."""
    for folder in ("mail", "webhooks"):
        (stage.folder / folder).mkdir(exist_ok=True)
    for n, mail in enumerate(stage.mailbox.mails, 1):
        (stage.folder / "mail" / f"{n:02}.eml").write_bytes(mail.content)
    for n, hook in enumerate(stage.receiver.hooks, 1):
        body = json.dumps(hook.event, ensure_ascii=False, indent=2)
        (stage.folder / "webhooks" / f"{n:02}.json").write_text(body + "\n", encoding="utf-8")


def _opening(outlet_count: int) -> str:
    return (
        f"[bold]wirewatch demo[/]: {outlet_count} invented newspapers print one morning on this machine, and the\n"
        "service reads them: real HTTP, SMTP and webhooks on loopback, invented news. Nothing leaves it.\n"
    )


def _close(stage: _Stage, console: Console, found: list[str]) -> int:
    folder = stage.folder
    out = folder / "out"
    digest = sorted(p for p in out.rglob("*") if p.is_file() and "digest" in p.name)
    lines = [("the digest", path) for path in digest]
    lines += [
        ("alerts as files", out),
        (f"{len(stage.mailbox.mails)} mails as they arrived", folder / "mail"),
        (f"{len(stage.receiver.hooks)} webhook bodies", folder / "webhooks"),
        ("the database", folder / "wirewatch.db"),
        ("the service's log", folder / "log.txt"),
        ("the configuration", folder / "config.yaml"),
    ]
    console.print(f"\n{stage.narrator.article_count} articles read. What is left to look at:")
    for what, path in lines:
        console.print(f"  {what:<26} {escape(str(path))}", highlight=False, soft_wrap=True)
    if found:
        console.print("\n[red]This is not what the demo's world should cause:[/]")
        for complaint in found:
            console.print(f"  - {escape(complaint)}", highlight=False, soft_wrap=True)
        return 1
    console.print(
        "\n[green]Everything arrived that should, nothing that should not, and nothing twice.[/]\n"
        "Now the real thing: `./run start` watches the feeds in config.yaml;\n"
        "`./run init`, in a folder of your own, writes a configuration for yours.",
        highlight=False,
        soft_wrap=True,
    )
    return 0
