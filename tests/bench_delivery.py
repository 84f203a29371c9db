"""Figures of delivery: locks, latency, a dead destination, a digest's closing, a backup.

    python -c 'from tests.bench_delivery import main; main()' [SECONDS]

Prints one line each; they are the figures that SECURITY.md and the notes speak of.
"""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from alerts.notify import Tools
from tests.builders import NOON, a_mail_channel, a_match, a_message, an_article, an_event_message
from tests.servers import Answer, SmtpSink, WebhookReceiver
from wirewatch.clock import SystemClock
from wirewatch.http import make_client
from wirewatch.model import FetchSettings, Message, WebhookChannel
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store, care


def locks(folder: Path, seconds: float) -> str:
    """Eight threads write and read, and the command line beside them."""
    database, config = folder / "wirewatch.db", folder / "config.yaml"
    config.write_text(
        "version: 1\nfeeds: [{name: A, url: https://a.example}]\nrules: [{id: a, match: x}]\n"
    )
    Store.open(database).close()
    over, errors, done = threading.Event(), list[str](), [0] * 9

    def work(n: int) -> None:
        try:
            store = Store.open(database) if n < 4 else Store.read(database)
            i = 0
            while not over.is_set():
                if n < 4:
                    with store.transaction():
                        store.outbox.add([a_message(f"{n}:{i}")])
                        store.notices.put(f"at {n}", str(i))
                else:
                    store.outbox.list(limit=20)
                    store.outbox.counts()
                i += 1
                done[n] = i
            store.close()
        except sqlite3.Error as error:
            errors.append(str(error))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    until = time.perf_counter() + seconds
    commands = (["outbox", "retry", "1"], ["outbox", "list"], ["db", "stats"], ["db", "backup"])
    while time.perf_counter() < until:
        command = [
            sys.executable,
            "-m",
            "wirewatch",
            *commands[done[8] % 4],
            "--config",
            str(config),
        ]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        done[8] += 1
        if "locked" in ran.stderr or "busy" in ran.stderr:
            errors.append(ran.stderr.strip())
    over.set()
    for thread in threads:
        thread.join()
    return (
        f"locks: seconds={seconds:.0f} errors={len(errors)} {errors[:1]} writes={sum(done[:4])} "
        f"reads={sum(done[4:8])} commands={done[8]}"
    )


async def _latencies(folder: Path, *, stuck: int, count: int = 300) -> list[float]:
    """Seconds from owed to taken for messages to a healthy destination, one after the other."""
    writer, clock = Writer(Store.open(folder / f"stuck{stuck}.db")), SystemClock()
    with WebhookReceiver(always=Answer(hang=True)) as dead, WebhookReceiver() as well:
        channels = (
            WebhookChannel(name="dead", url=dead.url, timeout=timedelta(seconds=0.3)),
            WebhookChannel(name="well", url=well.url),
        )
        async with make_client(FetchSettings(), contact="", allow_private=("*",)) as client:
            deliverer = Deliverer(writer, channels, clock=clock, tools=Tools(client=client))

            def owe(key: str, n: int, name: str) -> Callable[[Store], int]:
                def add(store: Store) -> int:
                    with store.transaction():
                        return store.outbox.add(
                            an_event_message(
                                f"{key}{i}", channel=name, recipient=name, created_at=clock.now()
                            )
                            for i in range(n)
                        )

                return add

            await writer.run(owe("dead", stuck, "dead"))
            took, background = [], set()
            for i in range(count):
                if i % 20 == 0:  # a tick
                    background.add(asyncio.create_task(deliverer.run_due(clock.now())))
                started = time.perf_counter()
                await writer.run(owe(f"well{i}:", 1, "well"))
                await deliverer.run_due(clock.now())
                assert await asyncio.to_thread(well.wait_for, i + 1)
                took.append(time.perf_counter() - started)
            dead.let_go.set()
            await deliverer.close(timedelta(seconds=5))
            await asyncio.gather(*background)
    writer.close()
    assert len(well.taken) == count
    return sorted(took)


def stuck(folder: Path) -> str:
    """A thousand rows that wait for a dead destination, and what the healthy one notices of them."""
    alone = asyncio.run(_latencies(folder, stuck=0))
    beside = asyncio.run(_latencies(folder, stuck=1000))
    return (
        f"dead destination: healthy p50 {_at(alone, 0.5)} -> {_at(beside, 0.5)} ms, "
        f"p99 {_at(alone, 0.99)} -> {_at(beside, 0.99)} ms"
    )


def _at(values: list[float], share: float) -> str:
    return f"{1000 * values[int(len(values) * share)]:.1f}"


async def _at_rate(folder: Path, *, per_s: int, seconds: int) -> list[float]:
    """Seconds from owed to taken by a mail server, for messages that come at a rate."""
    writer, clock = Writer(Store.open(folder / "rate.db")), SystemClock()
    owed, taken = dict[str, float](), dict[str, float]()

    class Timed(SmtpSink):
        def _take(self, envelope: Any) -> None:
            super()._take(envelope)
            taken[self.received[-1].message_id] = time.perf_counter()

    with Timed() as sink:
        channel = a_mail_channel(sink.port)
        deliverer = Deliverer(writer, [channel], clock=clock)
        started = time.perf_counter()
        for i in range(per_s * seconds):
            message = a_message(f"rate {i}", created_at=clock.now())

            def owe(store: Store, message: Message = message) -> None:
                with store.transaction():
                    store.outbox.add([message])

            await asyncio.sleep(max(0.0, started + i / per_s - time.perf_counter()))
            owed[f"<{message.uid}@example.org>"] = time.perf_counter()
            await writer.run(owe)
            deliverer.wake()
        assert await asyncio.to_thread(sink.wait_for, per_s * seconds, 60)
        await deliverer.close(timedelta(seconds=5))
    writer.close()
    return sorted(taken[uid] - at for uid, at in owed.items())


def rate(folder: Path) -> str:
    """From an alert's COMMIT to the mail server's taking it, at 50 a second."""
    took = asyncio.run(_at_rate(folder, per_s=50, seconds=10))
    return f"50 alerts/s for 10 s: commit to accepted p50 {_at(took, 0.5)} ms, p99 {_at(took, 0.99)} ms"


def closing(folder: Path) -> str:
    """Close a digest of a thousand matches; a backup of that database."""
    store = Store.open(folder / "digest.db")
    with store.transaction():
        store.digests.begin("morning", NOON)
        for n in range(1000):
            article = store.articles.add(an_article(f"Headline {n}", guid_key=str(n)))
            ((match_id, _, _),) = store.matches.put(
                article.id, [a_match()], config_hash="c", now=NOON
            )
            store.digests.owe(["morning"], match_id, "")
    started = time.perf_counter()
    with store.transaction():
        closed = store.digests.close("morning", slot="s", slot_at=NOON, timezone="UTC", now=NOON)
    took_s = time.perf_counter() - started
    assert closed is not None
    store.close()
    started = time.perf_counter()
    made = care.backup(folder / "digest.db", folder / "backups", now=NOON, keep=1)
    backup_s = time.perf_counter() - started
    return (
        f"closing a digest of 1,000: {1000 * took_s:.1f} ms; "
        f"backup of {made.stat().st_size / 1e6:.1f} MB, checked: {1000 * backup_s:.0f} ms"
    )


def main() -> None:
    """Take all figures; the first argument says for how many seconds to look for locks."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory(prefix="delivery-bench-") as name:
        for figure in (closing, stuck, rate):
            click.echo(figure(Path(name)))
        click.echo(locks(Path(name), seconds))
