"""A dead man's switch hears when it starts, when a digest went out, and when one could not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from alerts.render import Renderer
from tests.builders import NOON
from tests.servers import WebhookReceiver
from wirewatch.clock import ManualClock
from wirewatch.config import load
from wirewatch.deadman import DeadMan
from wirewatch.http import make_client
from wirewatch.model import FetchSettings
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.rounds import DigestBroke, Rounds
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store

CONFIG = """
version: 1
feeds: [{name: A, url: https://a.example/rss, paused: true}]
rules: [{id: a, match: airstrike}]
system: {channels: [ops]}
channels: {ops: {type: file, folder: ops}, desk: {type: file, folder: desk}}
digests: [{name: morning, at: "07:00", timezone: UTC, channels: [desk]}]
"""


def asked(url, *what, status=200):
    """What a switch hears when it is asked so."""

    async def work(receiver):
        settings = FetchSettings()
        async with make_client(settings, contact="", allow_private=["127.0.0.1"]) as client:
            deadman = DeadMan(client, url and f"http://127.0.0.1:{receiver.port}{url}")
            for each in what:
                await deadman.ping(each)

    with WebhookReceiver(always=status) as receiver:
        asyncio.run(work(receiver))
    return [post.path for post in receiver.posted]


def test_the_ways_of_healthchecks_are_asked():
    assert asked("/key", "start", "", "fail") == ["/key/start", "/key", "/key/fail"]
    assert asked("/key/slug?create=1", "start", "") == [
        "/key/slug/start?create=1",
        "/key/slug?create=1",
    ]
    assert asked(None, "start", "") == []


def test_a_switch_that_is_down_is_logged_without_its_address(caplog):
    assert asked("/key", "", status=500) == ["/key"]
    assert "ping_failed what=ok error=HTTPStatusError" in caplog.text
    assert "/key" not in caplog.text


class Broken(Renderer):
    """Meets a mistake of ours in every digest."""

    def digest(self, view, channel=None):
        raise RecursionError(f"no end to {view.name}")


def test_a_digest_that_breaks_is_told_and_tried_again_and_stops_nothing_else(tmp_path):
    path, clock, seen = tmp_path / "config.yaml", ManualClock(NOON), []
    path.write_text(CONFIG)
    loaded = load(path, environ={})

    async def work():
        writer = Writer(Store.open(loaded.config.database))
        deliverer = Deliverer(writer, loaded.config.channels, clock=clock)
        desk = Desk(loaded.config, loaded.program, Broken(None), clock)
        rounds = Rounds(desk, writer, None, deliverer, seen.append)
        await rounds.tick()
        clock.move_to(NOON + timedelta(days=1))
        for _ in range(3):
            await rounds.tick()
            await rounds.sent()
        assert rounds.beat_at == clock.now(), "the tick goes on"
        rounds.desk = Desk(loaded.config, loaded.program, Renderer(None), clock)
        clock.move_to(clock.now() + timedelta(minutes=1))
        await rounds.tick()
        await rounds.sent()
        await deliverer.close()
        await asyncio.to_thread(writer.close)

    asyncio.run(work())
    assert [each for each in seen if isinstance(each, DigestBroke)] == [
        DigestBroke("RecursionError: no end to morning")
    ]
    assert len(list((tmp_path / "ops").glob("*"))) >= 1
    assert len(list((tmp_path / "desk").glob("*"))) >= 1, "nothing of it was lost"
