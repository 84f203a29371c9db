"""What a service costs that has nothing to do: `python -m tests.bench.idle [FEEDS] [SECONDS]`.

Prints CPU as a share of one core, and resident memory, with every feed planned for later.
"""
# ruff: noqa: T201 - a command that prints, and looks at the machine's clock

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from wirewatch.clock import SystemClock
from wirewatch.config import load
from wirewatch.model import FeedState
from wirewatch.service import Service
from wirewatch.store import Store

RULES = """
rules:
  - {id: airstrike, severity: high, match: {attack: [airstrike~]}}
channels:
  files: {type: file, folder: out, terminal: false}
digests:
  - {name: morning, at: "07:00", channels: [files]}
"""


def main(feeds: int, seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "config.yaml")
        rows = "\n".join(
            f"  - {{name: F{n}, url: 'https://f{n}.example/rss'}}" for n in range(feeds)
        )
        path.write_text(f"version: 1\ncontact: a@example.org\nfeeds:\n{rows}\n{RULES}")
        started = time.perf_counter()
        loaded = load(path)
        print(f"configuration of {feeds} feeds loaded in {time.perf_counter() - started:.2f} s")
        later = SystemClock().now() + timedelta(hours=1)
        store = Store.open(loaded.config.database)
        with store.transaction():
            for feed in loaded.config.feeds:
                store.feeds.put(
                    FeedState(
                        feed=feed.name, url=feed.url, configured_url=feed.url, next_poll_at=later
                    )
                )
        cpu = asyncio.run(_idle(Service(loaded, store=store), seconds))
        print(f"idle: {100 * cpu / seconds:.2f} % of a core, {_resident_mb():.0f} MB resident")


async def _idle(service: Service, seconds: float) -> float:
    stop, ready = asyncio.Event(), asyncio.Event()
    run = asyncio.create_task(service.run(stop, ready=ready.set))
    await ready.wait()
    await asyncio.sleep(2)
    before = time.process_time()
    await asyncio.sleep(seconds)
    spent = time.process_time() - before
    stop.set()
    await run
    return spent


def _resident_mb() -> float:
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    counts = [float(each) for each in sys.argv[1:]]
    main(int(counts[0]) if counts else 10_000, counts[1] if len(counts) > 1 else 20.0)
