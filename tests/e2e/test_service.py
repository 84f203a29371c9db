"""The main job over real sockets: feeds in, alerts and digests out, on one database."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import NOON
from tests.newsstand import Newsstand, an_rss
from tests.servers import SmtpSink, WebhookReceiver
from wirewatch.clock import ManualClock
from wirewatch.config import load
from wirewatch.model import Health
from wirewatch.service import Service
from wirewatch.store import Store

SECRET = "whsec_bWFkZS11cC1rZXktbWFkZS11cC1rZXktbWFkZS11cC0="

CONFIG = """\
version: 1
contact: desk@example.org
database: wirewatch.db
fetch: {{host_spacing: 0s, per_host: 10, allow_private: [127.0.0.1]}}
service: {{tick: 100ms, drain: 3s, reload_every: never}}
alerts: {{instant: high, wait: 0s, channels: [desk, hook]}}
system: {{channels: [hook]}}
feeds:
  - {{name: One, url: "{one}"}}
  - {{name: Two, url: "{two}"}}
channels:
  desk: {{type: email, to: [a@example.org, b@example.org], from: w@example.org, server: "smtp://127.0.0.1:{smtp}", security: none}}
  hook: {{type: webhook, url: "{hook}", secret: "{secret}"}}
digests:
  - {{name: morning, at: "07:00", timezone: Asia/Baghdad, channels: [desk]}}
rules:
  - id: airstrike
    severity: high
    match: {{attack: [airstrike~, air strike~]}}
"""
QUIET = ("Cup final moved to Saturday", "Harvest begins early in the north")
STRIKE = (
    "Airstrike hits depot near Rutba",
    "At least four people were killed on Sunday, officials said.",
)


class World:
    """A service's surroundings: feeds, a mail server, a webhook receiver and a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.news = Newsstand(
            one=an_rss(*QUIET, title="One"), two=an_rss("Rain in the west", title="Two")
        )
        self.mail, self.hook = SmtpSink(), WebhookReceiver()
        self.clock = ManualClock(NOON)

    def __enter__(self):
        for each in (self.news, self.mail, self.hook):
            each.__enter__()
        self.path = self.folder / "config.yaml"
        self.write()
        return self

    def __exit__(self, *error):
        for each in (self.hook, self.mail, self.news):
            each.__exit__(*error)

    def write(self, text: str = CONFIG) -> None:
        self.path.write_text(
            text.format(
                one=self.news.url("one"),
                two=self.news.url("two"),
                smtp=self.mail.port,
                hook=self.hook.url,
                secret=SECRET,
            )
        )

    def round(self, *, after: timedelta = timedelta()) -> None:
        """One round at a later time, by a service that was just started."""
        self.clock.move_to(self.clock.now() + after)
        asyncio.run(Service(load(self.path), clock=self.clock).once())

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mail.mails]

    def events(self) -> list[dict]:
        return [json.loads(post.body) for post in self.hook.taken]


@pytest.fixture
def world(tmp_path):
    with World(tmp_path) as world:
        yield world


def test_what_stood_there_at_the_first_poll_is_no_news(world):
    world.news.pages["/one"] = an_rss(*QUIET, STRIKE, title="One")
    world.round()
    world.round(after=timedelta(hours=1))
    assert world.subjects() == []


def test_a_strike_is_told_once_by_mail_and_webhook_and_again_in_the_digest(world):
    world.round()
    world.news.pages["/one"] = an_rss(STRIKE, *QUIET, title="One")
    world.round(after=timedelta(hours=1))
    world.round(after=timedelta(hours=1))
    assert len(world.subjects()) == 2  # one for each recipient
    assert {str(mail["To"]) for mail in world.mail.mails} == {"a@example.org", "b@example.org"}
    assert [e["data"]["rule"]["id"] for e in world.events()] == ["airstrike"]

    world.round(after=timedelta(hours=18))  # past 07:00 in Baghdad
    digests = world.mail.mails[2:]
    assert len(digests) == 2
    html = digests[0].get_body(("html",)).get_content()
    assert STRIKE[0].split(" ", 1)[1] in html
    assert re.search(r"<[^>]+>Airstrike</", html)
    world.round(after=timedelta(hours=1))
    assert len(world.mail.mails) == 4


def test_the_same_news_in_another_feed_is_one_story_and_one_alert(world):
    world.round()
    world.news.pages["/one"] = an_rss(STRIKE, *QUIET, title="One")
    world.round(after=timedelta(hours=1))
    world.news.pages["/two"] = an_rss(STRIKE, "Rain in the west", title="Two")
    world.round(after=timedelta(hours=1))
    assert len(world.events()) == 1


def test_a_feed_that_fails_is_recorded_and_never_stops_the_other(world):
    world.news.pages["/one"] = 500
    world.round()
    world.news.pages["/two"] = an_rss(STRIKE, "Rain in the west", title="Two")
    world.round(after=timedelta(hours=1))
    assert len(world.events()) == 1
    state = Store.read(world.folder / "wirewatch.db").feeds.get("One")
    assert (state.error_kind, state.failures) == ("status-500", 2)
    assert state.next_poll_at > world.clock.now()


def test_a_feed_that_stays_down_is_news_and_so_is_its_return(world):
    world.round()
    world.news.pages["/one"] = 500
    for _ in range(8):
        world.round(after=timedelta(hours=2))
    down = [e for e in world.events() if e["type"].startswith("system")]
    assert len(down) == 1
    assert "One" in json.dumps(down[0])
    world.news.pages["/one"] = an_rss(*QUIET, title="One")
    for _ in range(4):
        world.round(after=timedelta(hours=2))
    assert len([e for e in world.events() if e["type"].startswith("system")]) == 2
    assert Store.read(world.folder / "wirewatch.db").feeds.get("One").health is Health.HEALTHY


def test_an_edit_that_raises_the_toll_is_an_update_not_an_article(world):
    world.round()
    world.news.pages["/one"] = an_rss(STRIKE, *QUIET, title="One")
    world.round(after=timedelta(hours=1))
    edited = (STRIKE[0], STRIKE[1].replace("four", "nine"))
    world.news.pages["/one"] = an_rss(edited, *QUIET, title="One")
    world.round(after=timedelta(hours=1))
    store = Store.read(world.folder / "wirewatch.db")
    assert len(store.articles.latest(limit=10, search="airstrike")) == 1
    assert len(world.events()) == 2
    assert "9" in json.dumps(world.events()[1])


def test_an_entry_that_breaks_us_does_not_take_the_feed_with_it(world):
    world.round()
    loaded = load(world.path)
    read = type(loaded.program).read

    class Brittle:
        """A program with a bug that one article meets."""

        def __init__(self, program):
            self._program = program

        def __getattr__(self, name):
            return getattr(self._program, name)

        def read(self, article, appearance):
            if "Harvest fails" in article.title:
                raise RecursionError("a bug of ours")
            return read(self._program, article, appearance)

    world.news.pages["/one"] = an_rss("Harvest fails", STRIKE, *QUIET, title="One")
    world.clock.move_to(world.clock.now() + timedelta(hours=1))
    broken = replace(loaded, program=Brittle(loaded.program))
    asyncio.run(Service(broken, clock=world.clock).once())
    assert len(world.events()) == 1
    world.round(after=timedelta(hours=1))  # mended: what was left out comes back
    store = Store.read(world.folder / "wirewatch.db")
    assert len(store.articles.latest(limit=10, search="harvest")) == 2
    assert len(world.events()) == 1


def test_an_observer_that_breaks_is_logged_and_nothing_else_changes(world, caplog):
    def broken(event):
        raise RuntimeError(f"no screen for {type(event).__name__}")

    world.round()
    world.news.pages["/one"] = an_rss(*QUIET, STRIKE, title="One")
    world.clock.move_to(NOON + timedelta(hours=1))
    asyncio.run(Service(load(world.path), clock=world.clock, observe=broken).once())
    assert "Airstrike hits depot near Rutba" in " ".join(world.subjects())
    said = {record.getMessage() for record in caplog.records}
    assert {f"observer_broke event={each}" for each in ("Round", "Message", "Delivery")} <= said
    assert not any("never retrieved" in each for each in said)


class Heard(logging.Handler):
    """Sets its event when this is logged."""

    def __init__(self, words):
        super().__init__()
        self.words, self.event = words, asyncio.Event()

    def emit(self, record):
        if record.getMessage().startswith(self.words):
            self.event.set()


def test_webhooks_take_over_what_a_reload_says_about_fetching(world, caplog):
    caplog.set_level(logging.INFO)

    async def work():
        stop, reload, ready = asyncio.Event(), asyncio.Event(), asyncio.Event()
        service, reloaded = Service(load(world.path)), Heard("reloaded")
        logging.getLogger("wirewatch.reload").addHandler(reloaded)
        running = asyncio.create_task(service.run(stop, reload=reload, ready=ready.set))
        await ready.wait()

        async def written(text, posts):
            world.write(text)
            reload.set()
            assert await asyncio.to_thread(world.hook.wait_for, posts, 20)

        await written(CONFIG.replace("severity: high", "severity: hgih"), 1)
        moved = CONFIG.replace("desk@example.org", "new-desk@example.org")
        world.write(moved)
        reload.set()
        await reloaded.event.wait()
        await written(moved.replace("high", "hgih").replace("100ms", "100mss"), 2)
        stop.set()
        await running
        logging.getLogger("wirewatch.reload").removeHandler(reloaded)

    asyncio.run(asyncio.wait_for(work(), 50))
    agents = [post.headers["user-agent"] for post in world.hook.taken]
    assert "+desk@example.org" in agents[0]
    assert "+new-desk@example.org" in agents[1]


def wirewatch(*args, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "wirewatch", *map(str, args)],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def test_sigterm_ends_it_and_a_restart_polls_nothing_early(world):
    first = wirewatch("run", "--config", world.path)
    try:
        assert world.news.wait_for("one", 1)
        assert world.news.wait_for("two", 1)
        second = wirewatch("run", "--config", world.path)
        _, said = second.communicate(timeout=50)
        assert second.returncode == 75
        assert str(first.pid) in said
    finally:
        first.send_signal(signal.SIGTERM)
        _, log = first.communicate(timeout=50)
    assert first.returncode == 0, log
    asked = dict(world.news.asked)
    third = wirewatch("once", "--config", world.path)
    third.communicate(timeout=50)
    assert dict(world.news.asked) == asked


def test_a_second_sigterm_ends_it_at_once():
    code = (
        "import asyncio; from wirewatch.service import stop_on_signals\n"
        "async def work():\n"
        "    stop = asyncio.Event(); stop_on_signals(stop); print('up', flush=True)\n"
        "    await stop.wait(); print('draining', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(work())"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as busy:
        for expected in ("up\n", "draining\n"):
            assert busy.stdout.readline() == expected
            busy.terminate()
        assert busy.wait(10) == -signal.SIGKILL


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no SIGHUP here")
def test_a_bad_reload_keeps_the_last_good_configuration_and_tells(world):
    process = wirewatch("run", "--config", world.path)
    try:
        assert world.news.wait_for("one", 1)
        world.write(CONFIG.replace("severity: high", "severity: hgih"))
        os.kill(process.pid, signal.SIGHUP)
        assert world.hook.wait_for(1, 45)
        assert "hgih" in json.dumps(world.events()[0])
        assert process.poll() is None
    finally:
        process.terminate()
        process.communicate(timeout=50)


def test_a_bad_configuration_starts_nothing(world):
    world.write(CONFIG.replace("severity: high", "severity: hgih").replace("match:", "mtach:"))
    process = wirewatch("run", "--config", world.path)
    _, said = process.communicate(timeout=50)
    assert process.returncode == 2
    assert len(re.findall(r"config\.yaml:\d+:\d+: ", said)) >= 2
    assert not (world.folder / "wirewatch.db").exists()
