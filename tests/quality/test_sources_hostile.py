"""Hostile documents and servers: each ends in time with a name, and the service goes on.

WIREWATCH_LONG=1 pytest tests/quality/test_sources_hostile.py -s     prints the figures
"""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
import threading
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.workers import Workers
from tests.builders import NOON, a_feed
from tests.feed_server import Answer, FeedServer, item, rss
from wirewatch.clock import SystemClock
from wirewatch.model import FetchSettings
from wirewatch.pipeline.poll import Polled, Poller

SETTINGS = FetchSettings(
    allow_private=("127.0.0.1",), host_spacing=timedelta(0), deadline=timedelta(seconds=4)
)
LIMIT_S = 10.0
MEMORY = 40 << 20
LAG_S = 0.1
HEAD = b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>'
LONG = bool(os.environ.get("WIREWATCH_LONG"))


def packed(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * (1 << 20)
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


def laughs() -> bytes:
    lines = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">{"".join(lines)}]>'
        f"<rss version='2.0'><channel><title>&a9;</title></channel></rss>"
    ).encode()


def outside(path: Path) -> bytes:
    path.write_text("SECRET")
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{path.as_uri()}">]>'
        f"<rss version='2.0'><channel><title>&x;</title>{item('A &x;')}</channel></rss>"
    ).encode()


DOCUMENTS: dict[str, Callable[[Path], bytes]] = {
    "billion laughs": lambda _: laughs(),
    "external entity": lambda folder: outside(folder / "secret"),
    "body is a path": lambda folder: str(folder).encode(),
    "3 MB of unclosed tags": lambda _: HEAD + b"<b>" * 1_000_000,
    "<a  300,000 times": lambda _: HEAD + b"<item><description>" + b"<a " * 300_000,
    "<a  escaped": lambda _: rss(item("One", text="&lt;a " * 150_000)),
    "& a million times": lambda _: HEAD + b"<item><title>" + b"&" * 1_000_000,
    "100,000 nested divs": lambda _: rss(item("One", text="&lt;div&gt;" * 100_000)),
    "100,000 tiny entries": lambda _: rss(*["<item><title>x</title></item>"] * 100_000),
    "comments that never end": lambda _: HEAD + b"<item><!--" * 30_000,
    "CDATA that never ends": lambda _: HEAD + b"<item><![CDATA[" * 20_000,
    "entries that never end": lambda _: HEAD + b"<item>" * 49_000,
    "empty entries": lambda _: HEAD + b"<item/>" * 42_000,
    "ids that never end": lambda _: (
        HEAD + b"<item><guid>" + b" " * 11_000 + b"<x></item></channel></rss>"
    ),
    "nested JSON": lambda _: b'{"items":' + b"[" * 500_000,
    "a number of 100,000 digits": lambda _: b'{"items":[{"id":' + b"9" * 100_000 + b"}]}",
    "endless reference": lambda _: rss(item("&amp;#" + "9" * 6000 + ";")),
    "NULs": lambda _: rss(item("One")).replace(b"One", b"O\x00ne"),
    "UTF-16 that says UTF-8": lambda _: rss(item("One")).decode().encode("utf-16"),
    "broken UTF-8": lambda _: rss(item("One")).replace(b"One", b"O\xff\xfene\xc3"),
    "random bytes": lambda _: bytes((n * n * 31 + n * 7) % 256 for n in range(300_000)),
}
QUICK = {"external entity", "body is a path", "ids that never end", "NULs"}
GOOD = {
    "parsed",
    "too-costly",
    "not-a-feed",
    "empty",
    "too-large",
    "timeout",
    "encoding",
    "blocked",
}


def tell(line: str) -> None:
    sys.stderr.write(f"{line.strip()}\n")


async def beat(lags: list[float], clock: SystemClock) -> None:
    """Notice how long the event loop was not there."""
    while True:
        before = clock.monotonic()
        await asyncio.sleep(0.005)
        lags.append(clock.monotonic() - before - 0.005)


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def watch(peaks: list[int]) -> None:
    while True:
        peaks.append(resident())
        await asyncio.sleep(0.002)


def measured(
    server: FeedServer, settings: FetchSettings = SETTINGS
) -> tuple[Polled, float, float, int]:
    """Poll once; return what came, seconds, the worst lag in seconds, and how far memory grew."""
    clock, lags, peaks = SystemClock(), list[float](), list[int]()

    async def run() -> tuple[Polled, float]:
        poller = Poller(settings, contact="desk@example.org", workers=Workers(count=1))
        feed = replace(a_feed(), url=server.url())
        quiet = server.script
        server.script = lambda _: Answer(rss(*(item(f"I{n}", text="w " * 300) for n in range(40))))
        await poller.poll(feed, None, {}, now=NOON)  # workers and imports are there already
        server.script = quiet
        tasks = [asyncio.create_task(beat(lags, clock)), asyncio.create_task(watch(peaks))]
        await asyncio.sleep(0.01)
        start = clock.monotonic()
        polled = await poller.poll(feed, None, {}, now=NOON)
        took_s = clock.monotonic() - start
        await asyncio.sleep(0.02)  # a beat that was held up is heard of now
        for task in tasks:
            task.cancel()
        await poller.close()
        return polled, took_s

    polled, took_s = asyncio.run(run())
    return polled, took_s, max(lags), max(peaks) - peaks[0]


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.skipif(not (LONG or name in QUICK), reason="long"))
        for name in DOCUMENTS
    ],
)
def test_a_hostile_document_ends_in_time_with_a_name(name: str, tmp_path: Path) -> None:
    body = DOCUMENTS[name](tmp_path)
    with FeedServer(lambda _: Answer(body)) as server:
        polled, took_s, lag_s, growth = measured(server)
        if lag_s >= LAG_S:  # somebody else's work, perhaps
            lag_s = min(lag_s, measured(server)[2])
    shown = f"{polled.outcome}, {len(polled.articles)} entries"
    tell(f"\n{name}: {shown}, {took_s:.1f} s, loop away {lag_s * 1000:.0f} ms, +{growth >> 20} MB")
    assert polled.outcome in GOOD
    assert took_s < LIMIT_S + SETTINGS.deadline.total_seconds()
    assert not any("SECRET" in a.title for a in polled.articles)
    assert growth <= MEMORY
    if LONG:  # beside other tests on a busy machine it says nothing
        assert lag_s < LAG_S


def _endless() -> Callable[[object], Answer]:
    body = b"<rss>" + b" " * 60_000_000
    return lambda _: Answer(body, length=False)


SERVERS: dict[str, Callable[[], Callable[[object], Answer]]] = {
    "a gzip bomb of 200 MB": lambda: _bomb(200),
    "a gzip bomb of 2 GB": lambda: _bomb(2048),
    "gzip in gzip": lambda: _twice(),  # noqa: PLW0108 - it stands below
    "an endless body": lambda: _endless(),  # noqa: PLW0108 - same
    "a silent server": lambda: lambda _: Answer(hold=threading.Event()),
}


def _bomb(megabytes: int) -> Callable[[object], Answer]:
    body = packed(megabytes)
    return lambda _: Answer(body, headers=(("Content-Encoding", "gzip"),))


def _twice() -> Callable[[object], Answer]:
    body = gzip.compress(packed(50))
    return lambda _: Answer(body, headers=(("Content-Encoding", "gzip"),))


@pytest.mark.timeout(120)
@pytest.mark.skipif(not LONG, reason="long; WIREWATCH_LONG=1 runs it")
@pytest.mark.parametrize("name", SERVERS)
def test_a_hostile_server_is_left_in_time(name: str) -> None:
    script = SERVERS[name]()
    with FeedServer(script) as server:
        polled, took_s, lag_s, growth = measured(server)
        if lag_s >= LAG_S:  # somebody else's work, perhaps
            lag_s = min(lag_s, measured(server)[2])
    tell(
        f"\n{name}: {polled.outcome}, {took_s:.1f} s, loop away {lag_s * 1000:.0f} ms, +{growth >> 20} MB"
    )
    assert polled.outcome in GOOD
    assert took_s < SETTINGS.deadline.total_seconds() + 1
    assert growth <= MEMORY
    assert lag_s < LAG_S
