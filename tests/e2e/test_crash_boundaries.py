"""Die before and after every COMMIT of a day's work, start again, and count what arrived.

What a crash can leave behind is decided by two things alone: which transactions were committed, and
what the servers had taken by then. So dying around each COMMIT covers every moment there is; real
processes that die of a real SIGKILL are in tests/chaos.py.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.builders import NOON
from tests.newsstand import Newsstand, an_rss
from tests.servers import SmtpSink, WebhookReceiver
from wirewatch.clock import ManualClock
from wirewatch.config import load
from wirewatch.model import OutboxState
from wirewatch.service import Service
from wirewatch.store import Store

CONFIG = """\
version: 1
contact: desk@example.org
database: wirewatch.db
fetch: {{host_spacing: 0s, per_host: 10, allow_private: [127.0.0.1]}}
service: {{drain: 3s, reload_every: never}}
alerts: {{instant: high, wait: 0s, channels: [desk, hook]}}
feeds:
  - {{name: One, url: "{one}"}}
  - {{name: Two, url: "{two}"}}
channels:
  desk: {{type: email, to: [a@example.org, b@example.org], from: w@example.org, server: "smtp://127.0.0.1:{smtp}", security: none{mode}}}
  hook: {{type: webhook, url: "{hook}", secret: "whsec_bWFkZS11cC1rZXktbWFkZS11cC1rZXktbWFkZS11cC0="{mode}}}
digests:
  - {{name: evening, at: "18:00", timezone: UTC, channels: [desk, hook]}}
rules:
  - id: airstrike
    severity: high
    match: {{attack: [airstrike~]}}
  - id: harvest
    severity: low
    match: {{what: [harvest~]}}
"""
pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # the dead close nothing
]
STRIKE = ("Airstrike hits depot near Rutba", "Four people were killed on Sunday, officials said.")
MINUTE = timedelta(minutes=1)
EVENING = timedelta(hours=6, minutes=1)


class Killed(BaseException):
    """The process is no more."""


class CrashingStore(Store):
    """A database whose process dies at the nth moment before or after a COMMIT."""

    left = 0
    passed = 0

    def moment(self):
        self.passed += 1
        if self.left and self.passed >= self.left:
            raise Killed  # and again at every later moment: the dead write nothing

    @contextmanager
    def transaction(self):
        with super().transaction():
            yield self
            self.moment()
        self.moment()


class Day:
    """Feeds, servers, and a database as it stood in the morning."""

    def __init__(self, folder, *, at_most_once=False):
        self.folder = folder
        self.news = Newsstand(one=an_rss("Cup final moved"), two=an_rss("Rain in the west"))
        self.mail, self.hook = SmtpSink(), WebhookReceiver()
        self.mode = ", delivery: at_most_once" if at_most_once else ""

    def __enter__(self):
        for each in (self.news, self.mail, self.hook):
            each.__enter__()
        path = self.folder / "config.yaml"
        path.write_text(
            CONFIG.format(
                one=self.news.url("one"),
                two=self.news.url("two"),
                smtp=self.mail.port,
                hook=self.hook.url,
                mode=self.mode,
            )
        )
        self.loaded = load(path)
        self.database = self.loaded.config.database
        self.work(after=timedelta())
        self.news.pages["/one"] = an_rss(STRIKE, "Harvest begins", "Cup final moved")
        return self

    def __exit__(self, *error):
        for each in (self.hook, self.mail, self.news):
            each.__exit__(*error)
        gc.collect()

    def save(self, name):
        """Keep the database as it is now."""
        shutil.copy(self.database, self.folder / name)

    def again(self, name):
        """Put a kept database back; forget what the servers took."""
        for suffix in ("-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.folder / name, self.database)
        self.mail.received.clear()
        self.hook.taken.clear()
        self.hook.posted.clear()

    def work(self, *, after, die_at=0):
        """Start, do what is due at that time, end; return how many moments it had, 0 if it died."""
        store = CrashingStore.open(self.database)
        store.left = die_at
        service = Service(self.loaded, clock=ManualClock(NOON + after), store=store)
        try:
            asyncio.run(service.once())
        except Killed:
            gc.collect()  # what the system would close when a process dies
            return 0
        return 0 if die_at and store.passed >= die_at else store.passed

    def ledger(self):
        """How often each message arrived, by its identity and the channel."""
        mails = Counter(f"mail {each.message_id}" for each in self.mail.received)
        posts = Counter(f"hook {each.headers['webhook-id']}" for each in self.hook.taken)
        return mails + posts

    def marked(self):
        """How many copies said that they may be the second."""
        mails = sum(1 for mail in self.mail.mails if mail["X-Redelivery"])
        return mails + sum("x-redelivery" in each.headers for each in self.hook.taken)

    def states(self):
        store = Store.read(self.database)
        try:
            return Counter(row.state for row in store.outbox.list(limit=1000))
        finally:
            store.close()


@pytest.mark.parametrize("phase", ["alert", "digest"])
def test_dying_at_any_moment_loses_nothing_and_repeats_only_under_the_same_identity(
    tmp_path, phase
):
    start = 20 * MINUTE if phase == "alert" else EVENING
    with Day(tmp_path) as day:
        if phase == "digest":
            day.work(after=20 * MINUTE)
        day.save("before.db")
        day.again("before.db")
        moments = day.work(after=start)
        finish = [start + MINUTE, EVENING + 40 * MINUTE]
        for later in finish:
            day.work(after=later)
        expected = day.ledger()
        assert set(expected.values()) == {1}
        assert moments > 8
        for moment in range(1, moments + 1):
            day.again("before.db")
            day.work(after=start, die_at=moment)
            for later in finish:
                day.work(after=later)
            arrived = day.ledger()
            assert set(arrived) == set(expected), f"lost or invented after dying at {moment}"
            extra = arrived.total() - expected.total()
            # Two lanes, one connection each: at most one message of each can be in doubt.
            assert extra <= 2, f"{extra} extra copies after dying at {moment}"
            assert day.marked() >= extra
            assert set(day.states()) == {OutboxState.SENT}


def test_at_most_once_repeats_nothing_when_it_dies(tmp_path):
    with Day(tmp_path, at_most_once=True) as day:
        day.save("before.db")
        moments = day.work(after=20 * MINUTE)
        expected = day.ledger()
        for moment in range(2, moments + 1, 3):
            day.again("before.db")
            day.work(after=20 * MINUTE, die_at=moment)
            day.work(after=21 * MINUTE)
            day.work(after=40 * MINUTE)
            arrived = day.ledger()
            assert set(arrived.values()) <= {1}, f"repeated after dying at {moment}"
            states = day.states()
            assert len(set(expected) - set(arrived)) <= states[OutboxState.UNKNOWN]
            assert states.total() == states[OutboxState.SENT] + states[OutboxState.UNKNOWN]
