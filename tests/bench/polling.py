"""What a poll costs, side by side with a bare httpx loop and with lemon24/reader where it is installed.

    .venv/bin/python tests/bench/polling.py [--feeds 400]

A TLS server in a process of its own plays feeds of 25 entries and about 48 KB. Figures are polls per second
of CPU, of this process and its workers together; rules and stories play no part, the database does.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import ssl
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import httpx

from ingest import health, pace
from ingest.identify import identify, keys
from ingest.read import warm_up
from tests.bench.feed_farm import Farm, certificate
from wirewatch.http import make_client
from wirewatch.model import Feed, FeedState, FetchSettings, Relation, Validators
from wirewatch.pipeline.poll import Polled, Poller
from wirewatch.store import Store

SETTINGS = FetchSettings(allow_private=("*",), host_spacing=timedelta(0), per_host=1000)
CONCURRENCY = 50
START = datetime(2026, 3, 9, 12, tzinfo=UTC)


def cpu_s(*, without: int) -> float:
    """CPU seconds of this process and all below it, but for one and what is below that."""
    total, pids, ticks = 0, [os.getpid()], os.sysconf("SC_CLK_TCK")
    while pids:
        pid = pids.pop()
        if pid == without:
            continue
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                pids += map(int, children.read_text().split())
    return total / ticks


class Ours:
    """Poller, identity, store, pace and health, as the service puts them together."""

    def __init__(self, folder: Path, context: ssl.SSLContext) -> None:
        client = make_client(SETTINGS, contact="bench@example.org", context=context)
        self.store = Store.open(folder / "bench.db")
        self.poller = Poller(SETTINGS, contact="bench@example.org", client=client)

    async def poll(self, feed: Feed, now: datetime) -> str:
        state = self.store.feeds.get(feed.name)
        polled = await self.poller.poll(
            feed, state, lambda: self.store.articles.listed_keys(feed.name), now=now
        )
        with self.store.transaction():
            self._admit(polled, now)
        return polled.outcome

    def _admit(self, polled: Polled, now: datetime) -> None:
        store, feed, new_count = self.store, polled.feed, 0
        assert polled.error is None, polled.error
        if polled.articles or polled.listed:
            texts = {a.content_hash for a in polled.articles}
            known = store.articles.known(feed.name, *keys(polled.articles), content_hashes=texts)
            for each in identify(polled.articles, known, listed=polled.listed).identities:
                if each.relation is Relation.NEW:
                    store.articles.add(each.article, keys=each.keys)
                    new_count += 1
                else:
                    store.articles.appear(each.article, each.article_id or 0, each.keys)
            store.articles.still_listed(feed.name, polled.listed, now)
        state = pace.succeeded(
            polled.state,
            feed,
            SETTINGS,
            hints=polled.hints,
            new_count=new_count,
            now=now,
            jitter=0.5,
        )
        store.feeds.put(health.judge(state, feed, SETTINGS, now=now))
        store.feeds.count_poll(polled.outcome, now)

    async def close(self) -> None:
        await self.poller.close()
        self.store.close()


async def together(polls: list[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """Run them, so many at a time."""
    slots = asyncio.Semaphore(CONCURRENCY)

    async def one(poll: Callable[[], Awaitable[Any]]) -> Any:
        async with slots:
            return await poll()

    return await asyncio.gather(*map(one, polls))


async def rate(polls: list[Callable[[], Awaitable[Any]]], farm: Farm) -> float:
    before = cpu_s(without=farm.pid)
    await together(polls)
    return len(polls) / max(cpu_s(without=farm.pid) - before, 1e-9)


async def bare(farm: Farm, context: ssl.SSLContext, count: int) -> float:
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)
    async with httpx.AsyncClient(verify=context, limits=limits, trust_env=False) as client:  # noqa: TID251

        async def get(n: int) -> int:
            response = await client.get(farm.url(f"/same/{n}"), headers={"If-None-Match": '"1"'})
            return response.status_code

        await together([lambda n=n: get(n) for n in range(20)])
        return await rate([lambda n=n: get(n) for n in range(count)], farm)


async def ours(farm: Farm, context: ssl.SSLContext, folder: Path, count: int) -> dict[str, float]:
    system = Ours(folder, context)
    warm_up()
    warm = [Feed(f"warm{n}", farm.url(f"/first/warm{n}")) for n in range(12)]
    await together([lambda feed=feed: system.poll(feed, START) for feed in warm])

    def polls(kind: str, at: datetime, number: int) -> list[Callable[[], Awaitable[str]]]:
        feeds = [Feed(f"{kind}{n}", farm.url(f"/{kind}/{n}")) for n in range(number)]
        return [lambda feed=feed: system.poll(feed, at) for feed in feeds]

    found = {"first": await rate(polls("first", START, count // 4), farm)}
    for n in range(count):
        name = f"same{n}"
        state = FeedState(name, farm.url(f"/same/{n}"), farm.url(f"/same/{n}"))
        state = replace(state, validators=Validators(etag='"1"'), unconditional_at=START)
        with system.store.transaction():
            system.store.feeds.put(state)
    later = START + timedelta(hours=1)
    found["304"] = await rate(polls("same", later, count), farm)
    await together(polls("mix", START, count))
    found["mix"] = await rate(polls("mix", later, count), farm)
    await system.close()
    return found


def readers(farm: Farm, folder: Path, count: int) -> dict[str, float]:
    """lemon24/reader, as a library is used: one feed after the other."""
    try:
        from reader import make_reader
    except ImportError:
        return {}
    reader = make_reader(str(folder / "reader.sqlite"))
    reader._parser.get_retriever("https://").session.verify = str(farm.certificate)

    def timed(urls: list[str]) -> float:
        before = cpu_s(without=farm.pid)
        for url in urls:
            reader.update_feed(url)
        return len(urls) / (cpu_s(without=farm.pid) - before)

    found = {}
    urls = [farm.url(f"/first/r{n}") for n in range(count // 8)]
    for url in urls:
        reader.add_feed(url)
    found["first"] = timed(urls)
    urls = [farm.url(f"/same/r{n}") for n in range(count // 2)]
    for url in urls:
        reader.add_feed(url)
        reader.update_feed(url)
    found["304"] = timed(urls)
    reader.close()
    return found


def idle_share(folder: Path, count: int = 100_000) -> float:
    """The share of a core that asking for due feeds once a second takes when none of many is due."""
    store = Store.open(folder / "idle.db")
    with store.transaction():
        for n in range(count):
            state = FeedState(f"f{n}", "https://x.example/", "https://x.example/")
            store.feeds.put(replace(state, next_poll_at=START + timedelta(hours=1)))
    before = cpu_s(without=0)
    for _ in range(20_000):
        store.feeds.due(START, 100)
    share = (cpu_s(without=0) - before) / 20_000
    store.close()
    return share


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=400)
    count = parser.parse_args().feeds
    multiprocessing.set_start_method("spawn")
    with tempfile.TemporaryDirectory(prefix="wirewatch-bench-") as name:
        folder = Path(name)
        pem = certificate(folder)
        context = ssl.create_default_context(cafile=str(pem))
        say = sys.stdout.write
        with Farm(pem) as farm:
            plain = asyncio.run(bare(farm, context, count))
            mine = asyncio.run(ours(farm, context, folder, count))
            floor = (plain + asyncio.run(bare(farm, context, count))) / 2
            share = mine["304"] / floor
            say(f"304: bare httpx {floor:.0f}, ours {mine['304']:.0f} polls/CPU-s ({share:.0%})\n")
            say(f"first polls of 25 entries: ours {mine['first']:.0f}\n")
            say(f"60 % 304, 26 % unchanged, 14 % with two new entries: ours {mine['mix']:.0f}\n")
            sys.stdout.flush()
            theirs = readers(farm, folder, count)
        if theirs:
            times = {kind: mine[kind] / theirs[kind] for kind in theirs}
            say(f"reader: 304 {theirs['304']:.0f}, first {theirs['first']:.0f}; ")
            say(f"ours is {times['304']:.2f} and {times['first']:.2f} times that\n")
        say(f"100,000 feeds, none due: {idle_share(folder):.4%} of a core\n")


if __name__ == "__main__":
    main()
