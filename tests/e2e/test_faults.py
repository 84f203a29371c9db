"""What the machine can do to a running service: no space, no permission, a clock that jumps, a nap.

Each ends in a ledger: what was owed arrived, once.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import NOON
from tests.newsstand import Newsstand, an_rss
from tests.servers import SmtpSink, WebhookReceiver
from wirewatch.clock import SystemClock
from wirewatch.config import load
from wirewatch.errors import StoreError
from wirewatch.service import Service
from wirewatch.store import Store
from wirewatch.store.care import check_file

CONFIG = """\
version: 1
contact: desk@example.org
database: wirewatch.db
fetch: {{interval: 1s, min_interval: 1s, max_interval: 1s, host_spacing: 0s, allow_private: [127.0.0.1]}}
service: {{tick: 100ms, drain: 3s, reload_every: never}}
alerts: {{instant: high, wait: 0s, channels: [desk, hook]}}
system: {{channels: [hook]}}
feeds: [{{name: One, url: "{one}", ignore_hints: true}}]
channels:
  desk: {{type: email, to: [a@example.org], from: w@example.org, server: "smtp://127.0.0.1:{smtp}", security: none}}
  hook: {{type: webhook, url: "{hook}"}}
digests:
  - {{name: evening, at: "18:00", timezone: UTC, channels: [desk]}}
rules:
  - {{id: airstrike, severity: high, match: airstrike~}}
"""
PAUSE = threading.Event()
STRIKE = "Airstrike hits depot near Rutba"


class JumpingClock(SystemClock):
    """The machine's clock, set to noon, and set anew at will; the monotonic one goes on."""

    def __init__(self):
        self.step = NOON - super().now()

    def now(self):
        return super().now() + self.step


class World:
    """A service on a clock that can be set, with a feed and two servers."""

    def __init__(self, folder):
        self.folder, self.clock = folder, JumpingClock()
        self.news = Newsstand(one=an_rss("Cup final moved"))
        self.mail, self.hook = SmtpSink(), WebhookReceiver()

    def __enter__(self):
        for each in (self.news, self.mail, self.hook):
            each.__enter__()
        self.config = self.folder / "config.yaml"
        self.config.write_text(
            CONFIG.format(one=self.news.url("one"), smtp=self.mail.port, hook=self.hook.url)
        )
        return self

    def __exit__(self, *error):
        for each in (self.hook, self.mail, self.news):
            each.__exit__(*error)

    @asynccontextmanager
    async def service(self):
        loaded = load(self.config)
        self.store = Store.open(loaded.config.database)
        service, stop = Service(loaded, clock=self.clock, store=self.store), asyncio.Event()
        self.running = asyncio.create_task(service.run(stop))
        try:
            await self.polled(2)  # the first, its baseline, is in the database then
            yield service
        finally:
            stop.set()
            await self.running

    async def polled(self, more):
        asked = self.news.asked["/one"] + more
        assert await asyncio.to_thread(self.news.wait_for, "one", asked)

    async def told(self, count=1):
        """Wait until a strike was told by mail and webhook so many times."""
        assert await asyncio.to_thread(self.mail.wait_for, count, 20)
        assert await asyncio.to_thread(self.hook.wait_for, count, 20)

    def strike(self):
        self.news.pages["/one"] = an_rss(STRIKE, "Cup final moved")

    def alerts(self):
        """How often each alert arrived."""
        mails = Counter(each.message_id for each in self.mail.received)
        return mails + Counter(
            each.headers["webhook-id"] for each in self.hook.taken if b"alert.v1" in each.body
        )


@pytest.fixture
def world(tmp_path):
    with World(tmp_path) as world:
        yield world


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.to_thread(PAUSE.wait, 0.02)


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_database_that_cannot_be_written_is_lived_through(world, fault, caplog):
    def begin(store):
        if fault == "read-only":
            store.conn.execute("PRAGMA query_only = ON")
        else:
            (pages,) = store.conn.execute("PRAGMA page_count").fetchone()
            store.conn.execute(f"PRAGMA max_page_count = {pages}")
            with pytest.raises(store.FAILURES):
                for n in range(10_000):
                    with store.transaction():
                        store.notices.put(f"filler {n}", "x" * 3000)

    def end(store):
        store.conn.execute("PRAGMA query_only = OFF")
        store.conn.execute("PRAGMA max_page_count = 1000000")

    async def run():
        async with world.service() as service:
            await service._writer.run(begin)
            world.strike()
            stalled = lambda: any("database_stalled" in r.message for r in caplog.records)  # noqa: E731
            await until(stalled)
            asked = world.news.asked["/one"]
            await asyncio.to_thread(PAUSE.wait, 0.5)  # five ticks
            assert world.news.asked["/one"] <= asked + 1, "polls for nothing while stalled"
            assert world.alerts() == {}
            await service._writer.run(end)
            # What the stalled poll brought is asked for again after a minute of the steady clock.
            await until(lambda: any("database_resumed" in r.message for r in caplog.records))

    asyncio.run(run())
    asyncio.run(_serve_until_told(world))
    assert set(world.alerts().values()) == {1}
    assert len(world.alerts()) == 2
    stalls = [r for r in caplog.records if "database_stalled" in r.message]
    assert len(stalls) <= 3, "it is said when it changes, not at every tick"


@pytest.mark.parametrize("fault", ["deleted", "replaced"])
def test_a_database_whose_file_is_taken_away_is_put_back(world, fault, tmp_path):
    """SQLite goes on in a file without a name: all of it was gone at the next start."""
    world.folder = tmp_path / "state"
    world.folder.mkdir()
    database = world.folder / "wirewatch.db"
    text = world.config.read_text().replace("database: wirewatch.db", f"database: {database}")
    world.config.write_text(text)

    async def run():
        with pytest.raises(StoreError, match="while wirewatch ran") as caught:
            async with world.service():
                world.strike()
                await world.told()
                if fault == "deleted":
                    shutil.rmtree(world.folder)
                else:
                    Store.open(tmp_path / "other.db").close()
                    (tmp_path / "other.db").replace(database)
                await until(world.running.done)
        return str(caught.value)

    said = asyncio.run(run())
    ours = database
    if fault == "replaced":
        (ours,) = world.folder.glob("wirewatch.displaced-*.db")
        assert str(ours) in said
    assert check_file(ours, full=True) == ()
    with closing(Store.read(ours)) as store:
        assert len(store.articles.latest(limit=9)) == 2
    if fault != "replaced":
        asyncio.run(_serve_for_a_while(world))
        assert set(world.alerts().values()) == {1}, "told again after the start"


async def _serve_for_a_while(world):
    async with world.service():
        await world.polled(2)


async def _serve_until_told(world):
    async with world.service():
        await world.told()


@pytest.mark.parametrize("hours", [-2, 9])
def test_a_clock_that_jumps_stops_nothing(world, hours):
    """After +9 h the evening's digest is overdue, and goes out; after −2 h news is told as before."""

    async def run():
        async with world.service():
            world.clock.step += timedelta(hours=hours)
            world.strike()
            await world.told()
            if hours > 0:
                await until(lambda: len(world.mail.received) >= 2)

    asyncio.run(run())
    assert set(world.alerts().values()) == {1}
    subjects = [str(mail["Subject"]) for mail in world.mail.mails]
    assert len(subjects) == (2 if hours > 0 else 1)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no SIGSTOP here")
def test_a_process_that_was_suspended_goes_on_where_it_stood(world):
    process = subprocess.Popen(
        [sys.executable, "-m", "wirewatch", "run", "--config", str(world.config)],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        assert world.news.wait_for("one", 2)
        os.kill(process.pid, signal.SIGSTOP)
        world.strike()
        assert not world.mail.wait_for(1, 2)
        os.kill(process.pid, signal.SIGCONT)
        assert world.mail.wait_for(1, 20)
        assert world.hook.wait_for(1, 20)
    finally:
        process.terminate()
        assert process.wait(15) == 0
    assert set(world.alerts().values()) == {1}


@pytest.mark.parametrize("faults", [["421 closing", "451 later", "cut"], ["drop", "452 full"]])
def test_a_mail_server_in_trouble_gets_the_message_once_it_is_well(tmp_path, faults):
    """The ledger of a bad hour: each fault costs a try, none a message."""
    from tests.builders import a_mail_channel, a_message
    from wirewatch.clock import ManualClock
    from wirewatch.model import OutboxState
    from wirewatch.pipeline.deliver import Deliverer
    from wirewatch.pipeline.writer import Writer

    async def run():
        store, clock = Store.open(tmp_path / "w.db"), ManualClock(NOON)
        with store.transaction():
            store.outbox.add([a_message("1"), a_message("2")])
        writer = Writer(store)
        with SmtpSink(faults) as sink:
            channel = a_mail_channel(sink.port)
            deliverer = Deliverer(writer, [channel], clock=clock)
            for _ in range(6):
                await deliverer.run_due(clock.now())
                clock.move_to(clock.now() + timedelta(minutes=10))
            rows = await writer.run(lambda store: store.outbox.list())
            tries = await writer.run(
                lambda store: sum(len(store.outbox.attempts(row.id)) for row in rows)
            )
            await deliverer.close()
        writer.close()
        assert {row.state for row in rows} == {OutboxState.SENT}
        assert tries == 2 + len(faults)
        arrived = Counter(each.message_id for each in sink.received)
        assert len(arrived) == 2
        assert arrived.total() == 2 + ("cut" in faults)

    asyncio.run(run())
