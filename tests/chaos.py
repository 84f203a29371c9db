"""Kill real processes at random moments and compare what the servers took with what was owed.

    make chaos                                    # all three, as often as the promises say
    chaos="python -c 'from tests.chaos import main; main()'"
    $chaos --kills 1000                           # SIGKILL, the deliverer under load
    $chaos --kills 200 --term                     # SIGTERM: nothing lost, nothing repeated
    $chaos --kills 30 --whole                     # SIGKILL, `wirewatch run` with feeds and all

(Not `python -m`: each fork would import the module once more.) Each process is a fork of a
prepared one, so that most of its short life is work. It owes new
messages while it sends, over one SMTP connection and one webhook; the keys it owed are in the
database, so whatever a kill takes back was never owed. Exit status 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from random import Random  # noqa: TID251 - moments to die at, the same for the same seed
from typing import Any

import click

from tests.newsstand import Newsstand, an_rss
from tests.servers import SmtpSink, WebhookReceiver
from wirewatch.clock import SystemClock
from wirewatch.model import EmailChannel, FetchSettings, Message, MessageKind, WebhookChannel
from wirewatch.store import Store

LANES = 2
BATCH = 4


def messages(n: int) -> list[Message]:
    """The nth pair of messages: a mail and an event."""
    made, now = [], SystemClock().now()
    for channel in ("desk", "ops"):
        uid = f"msg_{channel}{n:08d}"
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"] = "w@example.org", "a@example.org"
        mail["Subject"], mail["Message-ID"] = f"Message {n}", f"<{uid}@example.org>"
        mail.set_content(f"Text {n}\n")
        made.append(
            Message(
                uid=uid,
                dedup_key=f"chaos:{n}:{channel}",
                channel=channel,
                recipient="a@example.org" if channel == "desk" else "ops",
                kind=MessageKind.ALERT,
                subject=f"Message {n}",
                payload=mail.as_bytes() if channel == "desk" else b'{"specversion":"1.0"}',
                content_type="message/rfc822" if channel == "desk" else "application/json",
                created_at=now,
            )
        )
    return made


def owe(store: Store) -> None:
    """Owe a few more; the next number is in the database, and grows with the messages or not at all."""
    with store.transaction():
        n = int(store.notices.get("chaos") or 0)
        for i in range(n, n + BATCH):
            store.outbox.add(messages(i))
        store.notices.put("chaos", str(n + BATCH))


def deliver(database: Path, smtp_port: int, hook: str, *, load: bool) -> None:
    """Be the process: recover, then owe and send until killed, told to stop, or nothing is left."""
    asyncio.run(_deliver(database, smtp_port, hook, load=load))


async def _deliver(database: Path, smtp_port: int, hook: str, *, load: bool) -> None:
    from alerts.notify import Tools
    from wirewatch.http import make_client
    from wirewatch.pipeline.deliver import Deliverer
    from wirewatch.pipeline.writer import Writer

    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    writer, clock = Writer(Store.open(database)), SystemClock()
    channels = (
        EmailChannel(
            name="desk",
            to=("a@example.org",),
            sender="w@example.org",
            host="127.0.0.1",
            port=smtp_port,
            security="none",
        ),
        WebhookChannel(name="ops", url=hook),
    )
    async with make_client(FetchSettings(), contact="", allow_private=("*",)) as client:
        deliverer = Deliverer(writer, channels, clock=clock, tools=Tools(client=client))
        await deliverer.recover()
        while not stop.is_set():
            if load:
                await writer.run(owe)
            tried = await deliverer.run_due(clock.now())
            if not load and not tried:
                break
        await deliverer.close(timedelta(seconds=8))
        writer.close()


class Ledger:
    """What was owed, what arrived, and what came twice."""

    def __init__(self, database: Path, sink: SmtpSink, hook: WebhookReceiver) -> None:
        with _reading(database) as store:
            rows = store.outbox.list(limit=10_000_000)
        self.owed = {row.message.uid for row in rows if row.state != "dropped"}
        self.unsent = {row.message.uid for row in rows if row.state != "sent"}
        self.arrived = Counter(each.message_id[1:].partition("@")[0] for each in sink.received)
        self.arrived += Counter(each.headers["webhook-id"] for each in hook.taken)
        self.marked = sum(b"X-Redelivery:" in each.payload[:200] for each in sink.received)
        self.marked += sum("x-redelivery" in each.headers for each in hook.taken)
        self.lost = self.owed - set(self.arrived)
        self.strange = set(self.arrived) - self.owed
        self.extra = self.arrived.total() - len(self.arrived)


@contextmanager
def _reading(database: Path) -> Iterator[Store]:
    store = Store.read(database)
    try:
        yield store
    finally:
        store.close()


def chaos(kills: int, *, sig: int, seed: int, folder: Path) -> int:
    """Kill the deliverer so many times; return the exit status."""
    random, database = Random(seed), folder / "wirewatch.db"
    Store.open(database).close()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.chaos", "wirewatch.pipeline.deliver"])
    slowest, started, failed = 0.0, time.perf_counter(), 0
    with SmtpSink() as sink, WebhookReceiver() as hook:

        def born(*, load: bool) -> Any:
            process = context.Process(
                target=deliver, args=(database, sink.port, hook.url), kwargs={"load": load}
            )
            process.start()
            return process

        for n in range(kills):
            before = len(sink.received) + len(hook.taken)
            process = born(load=True)
            # Half of them die soon after they began, half in the middle of the work.
            patience = 0 if n % 2 else random.randrange(1, 12)
            deadline = time.perf_counter() + 10
            while (
                len(sink.received) + len(hook.taken) < before + patience
                and process.is_alive()
                and time.perf_counter() < deadline
            ):
                threading.Event().wait(0.002)
            threading.Event().wait(random.random() * (0.02 if patience else 0.15))
            asked = time.perf_counter()
            with suppress(ProcessLookupError):
                os.kill(process.pid, sig)
            process.join(15)
            slowest = max(slowest, time.perf_counter() - asked)
            failed += sig == signal.SIGTERM and process.exitcode not in {0, -signal.SIGTERM}
            if (n + 1) % 100 == 0:
                click.echo(f"{n + 1} kills, {len(sink.received) + len(hook.taken)} arrived")
        for _ in range(20):
            last = born(load=False)
            last.join(60)
            if not Ledger(database, sink, hook).unsent:
                break
        ledger = Ledger(database, sink, hook)
        with _reading(database) as store:
            (sound,) = store.conn.execute("PRAGMA integrity_check").fetchone()
    bound = kills * LANES if sig == signal.SIGKILL else 0
    good = not (ledger.lost or ledger.strange or ledger.unsent) and ledger.extra <= bound
    good &= sound == "ok" and not failed and (sig == signal.SIGKILL or slowest < 10)
    click.echo(
        f"signal={signal.Signals(sig).name} kills={kills} owed={len(ledger.owed)} "
        f"lost={len(ledger.lost)} extra={ledger.extra} marked={ledger.marked} bound={bound} "
        f"strange={len(ledger.strange)} unsent={len(ledger.unsent)} integrity={sound} "
        f"slowest_exit_s={slowest:.2f} bad_exits={failed} took_s={time.perf_counter() - started:.0f}"
    )
    return 0 if good else 1


WHOLE = """\
version: 1
contact: desk@example.org
database: wirewatch.db
fetch: {{interval: 1s, min_interval: 1s, max_interval: 2s, host_spacing: 0s, per_host: 10, allow_private: [127.0.0.1]}}
service: {{tick: 100ms, drain: 8s, reload_every: never}}
alerts: {{instant: high, wait: 0s, cooldown: 0s, storm_count: 100000, channels: [desk, ops]}}
feeds: [{{name: One, url: "{feed}", on_first_poll: alert, ignore_hints: true}}]
channels:
  desk: {{type: email, to: [a@example.org], from: w@example.org, server: "smtp://127.0.0.1:{smtp}", security: none}}
  ops: {{type: webhook, url: "{hook}"}}
rules: [{{id: airstrike, severity: high, match: airstrike}}]
"""


def whole(kills: int, *, seed: int, folder: Path) -> int:
    """Kill `wirewatch run` so many times while a feed brings news; return the exit status."""
    random = Random(seed)
    words = [f"{a}{b}" for a in ("bal", "kor", "mun", "tes", "vil") for b in ("ara", "endo", "ith")]

    def headline(n: int) -> str:
        place, other = words[n % len(words)], words[(n * 7 + 3) % len(words)]
        return f"Airstrike {n} near {place.title()}{n} leaves {other}{n * 13} depot damaged"

    with SmtpSink() as sink, WebhookReceiver() as hook, Newsstand(one=an_rss()) as news:
        (folder / "config.yaml").write_text(
            WHOLE.format(feed=news.url("one"), smtp=sink.port, hook=hook.url)
        )
        command = [
            sys.executable,
            "-m",
            "wirewatch",
            "run",
            "--config",
            str(folder / "config.yaml"),
        ]
        count = 0

        def born() -> subprocess.Popen[bytes]:
            with (folder / "log").open("ab") as log:
                return subprocess.Popen(command, stderr=log, stdout=log)

        for _ in range(kills):
            count += 2
            news.pages["/one"] = an_rss(*map(headline, range(count)))
            asked = news.asked["/one"]
            process = born()
            news.wait_for("one", asked + 1, 30)
            threading.Event().wait(random.random() * 1.5)
            process.kill()
            process.wait()
        process = born()
        ledger = None
        for _ in range(120):
            threading.Event().wait(1)
            ledger = Ledger(folder / "wirewatch.db", sink, hook)
            with _reading(folder / "wirewatch.db") as store:
                seen = len(store.matches.latest(limit=100_000))
            if seen == count and not ledger.unsent:
                break
        process.terminate()
        process.wait(15)
        ledger = Ledger(folder / "wirewatch.db", sink, hook)
    good = not (ledger.lost or ledger.strange or ledger.unsent) and seen == count
    good &= ledger.extra <= kills * LANES
    click.echo(
        f"whole kills={kills} matches={seen}/{count} owed={len(ledger.owed)} lost={len(ledger.lost)} "
        f"extra={ledger.extra} marked={ledger.marked} unsent={len(ledger.unsent)}"
    )
    return 0 if good else 1


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--term", action="store_true", help="SIGTERM instead of SIGKILL")
    parser.add_argument("--whole", action="store_true", help="the whole service, feeds included")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="delivery-chaos-") as name:
        if args.whole:
            sys.exit(whole(args.kills, seed=args.seed, folder=Path(name)))
        sig = signal.SIGTERM if args.term else signal.SIGKILL
        sys.exit(chaos(args.kills, sig=sig, seed=args.seed, folder=Path(name)))
