"""Polls against a real server on loopback, through the real client, parser and worker processes."""

from __future__ import annotations

import asyncio
import gzip
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.hosts import HostGate
from ingest.workers import Workers
from tests.builders import NOON, a_feed
from tests.feed_server import Answer, Asked, FeedServer, item, rss
from wirewatch.model import Feed, FeedState, FetchSettings, Validators
from wirewatch.pipeline.poll import Polled, Poller

SETTINGS = FetchSettings(
    allow_private=("127.0.0.1",), host_spacing=timedelta(0), deadline=timedelta(seconds=5)
)
HEADERS = (("Content-Type", "application/rss+xml"),)


@contextmanager
def polling(
    script: Callable[[Asked], Answer], settings: FetchSettings = SETTINGS
) -> Iterator[tuple[FeedServer, Callable[..., Polled]]]:
    """A server, and a function that polls it once on one event loop."""
    loop = asyncio.new_event_loop()
    with FeedServer(script) as server:
        poller = Poller(
            settings, contact="desk@example.org", workers=Workers(count=1, time_limit_s=3)
        )

        def poll(
            state: FeedState | None = None, *, feed: Feed | None = None, listed=None, now=NOON
        ):
            feed = feed or replace(a_feed(), url=server.url())
            return loop.run_until_complete(poller.poll(feed, state, listed or {}, now=now))

        try:
            yield server, poll
        finally:
            loop.run_until_complete(poller.close())
            loop.close()


def fixed(body: bytes, *headers: tuple[str, str], status: int = 200) -> Callable[[Asked], Answer]:
    return lambda _: Answer(body, status, (*HEADERS, *headers))


def test_validators_are_kept_after_a_good_parse_and_not_after_a_bad_one() -> None:
    with polling(fixed(rss(item("One")), ("ETag", '"a"'))) as (server, poll):
        good = poll()
        assert [a.title for a in good.articles] == ["One"]
        assert good.state.validators == Validators(etag='"a"')
        server.script = fixed(b"<html>login</html>", ("ETag", '"b"'))
        bad = poll(good.state)
        assert bad.outcome == "not-a-feed"
        assert bad.state.validators == Validators(etag='"a"')


def test_the_same_body_is_not_read_again_but_its_new_validators_count() -> None:
    with polling(fixed(rss(item("One")), ("ETag", '"a"'))) as (server, poll):
        first = poll()
        server.script = fixed(rss(item("One")), ("ETag", '"b"'))
        second = poll(first.state)
        assert (second.outcome, second.articles) == ("unchanged", ())
        assert second.state.validators.etag == '"b"'


def test_a_304_brings_new_validators_and_keeps_the_documents_wishes() -> None:
    with polling(fixed(rss(item("One"), head="<ttl>60</ttl>"), ("ETag", '"a"'))) as (server, poll):
        first = poll()
        state = replace(first.state, hints=first.hints)
        server.script = fixed(b"", ("ETag", '"b"'), ("Cache-Control", "max-age=99"), status=304)
        second = poll(state)
        assert second.outcome == "not_modified"
        assert second.state.validators.etag == '"b"'
        assert second.hints.ttl == timedelta(hours=1)
        assert second.hints.max_age == timedelta(seconds=99)


def test_once_a_day_it_asks_without_validators() -> None:
    """A server that answers 304 for ever is found out."""

    def stuck(asked: Asked) -> Answer:
        if "if-none-match" in asked.headers:
            return Answer(status=304)
        return Answer(rss(item("One")), headers=(*HEADERS, ("ETag", '"stuck"')))

    with polling(stuck) as (_, poll):
        state, outcomes = None, []
        for hours in (0, 1, 23, 25, 26):
            polled = poll(state, now=NOON + timedelta(hours=hours))
            state = polled.state
            outcomes.append(polled.outcome)
        assert outcomes == ["parsed", "not_modified", "not_modified", "unchanged", "not_modified"]


def test_known_entries_are_left_out_and_reported() -> None:
    with polling(fixed(rss(item("Two"), item("One")))) as (_, poll):
        first = poll()
        listed = {a.guid_key: a.entry_hash for a in first.articles if a.title == "One"}
        state = replace(first.state, body_hash=None)
        second = poll(state, listed=lambda: listed)
        assert [a.title for a in second.articles] == ["Two"]
        assert second.listed == ("id-One",)


def test_a_large_feed_is_read_in_a_worker() -> None:
    body = rss(*(item(f"Item {n}", text="words " * 200) for n in range(100)))
    with polling(fixed(body)) as (_, poll):
        assert len(poll().articles) == 100


def test_a_cut_off_answer_drops_its_last_entry_and_vouches_for_nothing() -> None:
    body = rss(*(item(f"Item {n}") for n in range(5)))

    def cut(_: Asked) -> Answer:
        return Answer(body, headers=(*HEADERS, ("ETag", '"a"')), cut=body.rindex(b"<guid") + 9)

    with polling(cut) as (_, poll):
        polled = poll()
        assert len(polled.articles) == 4
        assert polled.warnings == ("truncated: dropped the last entry",)
        assert polled.state.validators == Validators()
        assert polled.state.body_hash is None


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(b""), "empty"),
        (Answer(status=204), "empty"),
        (Answer(b"<html><title>Just a moment...</title></html>"), "blocked"),
        (Answer(b"<html>Maintenance</html>"), "not-a-feed"),
        (Answer(b"no", 403), "blocked"),
        (Answer(b"no", 503, (("cf-mitigated", "challenge"),)), "blocked"),
        (Answer(b"no", 404), "status-404"),
        (Answer(b"no", 410), "gone"),
        (Answer(status=304), "status-304"),
        (Answer(b"x", headers=(("Content-Encoding", "br"),)), "encoding"),
        (Answer(b"\x1f\x8b broken", headers=(("Content-Encoding", "gzip"),)), "encoding"),
        (Answer(status=302), "redirects"),
        (Answer(status=302, headers=(("Location", "file:///etc/passwd"),)), "refused"),
        (Answer(status=302, headers=(("Location", "/feed"),)), "redirects"),
    ],
)
def test_every_failure_has_a_name(answer: Answer, outcome: str) -> None:
    with polling(lambda _: answer) as (_, poll):
        polled = poll()
        assert polled.outcome == outcome
        assert polled.error is not None
        assert polled.state.validators == Validators()


def test_network_trouble_has_a_name() -> None:
    with polling(fixed(b"")) as (server, poll):
        port = server.port
    with polling(fixed(b"")) as (server, poll):
        closed = poll(feed=replace(a_feed(), url=f"http://127.0.0.1:{port}/"))
        assert closed.outcome == "network"
        tls = poll(feed=replace(a_feed(), url=server.url().replace("http:", "https:")))
        assert tls.outcome == "tls"
        assert poll(feed=replace(a_feed(), url="http://[broken/")).outcome == "bad-url"
        assert poll(feed=replace(a_feed(), url="gopher://127.0.0.1/")).outcome == "refused"


def test_gzip_in_several_members_and_gzip_that_nobody_announced() -> None:
    body = rss(item("One"))
    packed = gzip.compress(body[:50]) + gzip.compress(body[50:])
    for headers in ((("Content-Encoding", "gzip"),), ()):
        with polling(fixed(packed, *headers)) as (_, poll):
            assert [a.title for a in poll().articles] == ["One"]
    with polling(fixed(zlib.compress(body), ("Content-Encoding", "deflate"))) as (_, poll):
        assert len(poll().articles) == 1
    with polling(fixed(body, ("Content-Encoding", "gzip"))) as (_, poll):
        assert len(poll().articles) == 1


def test_more_than_a_feed_may_have_is_too_large() -> None:
    small = replace(SETTINGS, max_bytes=100_000)
    with polling(fixed(b" " * 100_001), small) as (_, poll):
        assert poll().outcome == "too-large"
    bomb = gzip.compress(b" " * 20_000_000)
    with polling(fixed(bomb, ("Content-Encoding", "gzip")), small) as (_, poll):
        assert poll().outcome == "too-large"


def test_a_server_that_says_nothing_is_left_at_the_deadline() -> None:
    hold = threading.Event()
    quick = replace(SETTINGS, deadline=timedelta(seconds=0.3))
    with polling(lambda _: Answer(hold=hold), quick) as (_, poll):
        assert poll().outcome == "timeout"
        hold.set()


def test_secrets_stay_with_the_feeds_own_origin() -> None:
    with FeedServer(fixed(rss(item("One")))) as elsewhere:

        def away(asked: Asked) -> Answer:
            if asked.path == "/feed":
                return Answer(status=302, headers=(("Location", "/near"),))
            return Answer(status=302, headers=(("Location", elsewhere.url("/far")),))

        with polling(away) as (server, poll):
            feed = replace(a_feed(), url=server.url(), headers=(("X-Key", "k"),), auth=("u", "p"))
            assert len(poll(feed=feed).articles) == 1
            assert [a.headers.get("x-key") for a in server.asked] == ["k", "k"]
            assert server.asked[0].headers["authorization"].startswith("Basic ")
        (far,) = elsewhere.asked
        assert "x-key" not in far.headers
        assert "authorization" not in far.headers


def test_another_url_in_the_configuration_starts_over() -> None:
    with polling(fixed(rss(item("One")), ("ETag", '"a"'))) as (server, poll):
        first = poll()
        poll(first.state, feed=replace(a_feed(), url=server.url("/other")))
        assert "if-none-match" not in server.asked[-1].headers


def test_a_document_that_takes_too_long_is_too_costly_and_the_next_one_is_read() -> None:
    slow = b"<rss version='2.0'><channel><title>" + b"<a " * 300_000
    with polling(fixed(slow)) as (server, poll):
        assert poll().outcome in {"too-costly", "not-a-feed"}
        server.script = fixed(rss(*(item(f"Item {n}", text="words " * 200) for n in range(50))))
        assert len(poll().articles) == 50


def test_a_host_gets_two_requests_at_a_time_with_a_pause_between() -> None:
    async def turns() -> tuple[int, float]:
        gate, inside, most = HostGate(per_host=2, spacing_s=0.02), 0, 0
        loop = asyncio.get_running_loop()

        async def one() -> None:
            nonlocal inside, most
            async with gate.turn("http://wire.example/a"):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.03)
                inside -= 1

        start = loop.time()
        await asyncio.gather(*(one() for _ in range(6)))
        return most, loop.time() - start

    most, took_s = asyncio.run(turns())
    assert most == 2
    assert took_s >= 0.09
