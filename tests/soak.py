"""Months in minutes: the real pipeline, store and outbox on a clock that is moved along.

`python -m tests.soak --polls 1000000 --days 62` polls an invented world that goes through feed
outages, mail outages, reloads and a change to summer time, and compares ledgers at the end: every
digest slot sent once, every match in one digest, every message delivered once, memory and
database flat after the warm-up. What is simulated is the network at both ends, nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from alerts.notify import refused, taken
from alerts.render import Renderer
from ingest.normalise import normalise
from tests.builders import an_entry
from wirewatch.clock import ManualClock
from wirewatch.config import load
from wirewatch.errors import FetchStatus
from wirewatch.model import Delivery, EmailChannel, Feed, FeedState, Hints, MessageKind, Owed
from wirewatch.pipeline import upkeep
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.poll import Polled
from wirewatch.pipeline.rounds import Rounds
from wirewatch.pipeline.schedule import plan_feeds
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store

# ruff: noqa: T201, TID251 - a command that prints and measures; its chance is seeded

START = datetime(2026, 3, 1, tzinfo=UTC)  # Europe/Berlin goes to summer time on the 29th
DAY = timedelta(days=1)
OUTAGE = "every ninth day no mail server answers, for eight hours"

CONFIG = """
version: 1
contact: desk@example.org
database: soak.db
fetch: {{interval: {interval}s, min_interval: {interval}s, max_interval: {interval}s}}
alerts: {{instant: high, wait: 60s, storm_count: 100000}}
retention: {{articles: 7d, matched: 14d, backups: 0}}
channels:
  desk: {{type: email, to: [desk@example.org], from: w@example.org, server: "smtp://mail.example.org", security: none}}
digests:
  - {{name: morning, at: "02:30", timezone: Europe/Berlin, channels: [desk]}}
feeds:
{feeds}
rules:
  - {{id: airstrike, severity: high, match: {{attack: [airstrike~]}}}}
  - {{id: clash, severity: medium, match: {{what: [clash~, ambush~]}}}}
"""
_NAMES = [
    "Arud",
    "Belan",
    "Corvia",
    "Dashtan",
    "Elmira",
    "Faroun",
    "Gazim",
    "Hadda",
    "Irsal",
    "Jubar",
    "Kasra",
    "Lomeh",
    "Mirat",
    "Naqsh",
    "Ouria",
]
_DEEDS = [
    "Airstrike hits",
    "Clash near",
    "Market opens in",
    "Court sits in",
    "Harvest fails in",
    "Rain floods",
    "Ambush on",
]
_DEEDS = [each for part in _DEEDS for each in part.split(",")]


@dataclass
class Ledger:
    """What really arrived, and what was seen to happen."""

    arrived: Counter[str] = field(default_factory=Counter)
    slots: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    polls: int = 0
    failed_polls: int = 0


class World:
    """Plays the feeds: 60 % nothing new (304), 26 % the same body, 14 % with one or two new entries."""

    def __init__(self, clock: ManualClock, ledger: Ledger, seed: int) -> None:
        self.clock, self.ledger, self.random = clock, ledger, Random(seed)
        self.count = 0

    async def poll(self, feed: Feed, state: FeedState, _listed: object, *, now: datetime) -> Polled:
        self.ledger.polls += 1
        day = (now - START) // DAY
        number = int(feed.name[1:])
        if (day + number) % 23 == 0:  # this feed's bad day
            self.ledger.failed_polls += 1
            error = FetchStatus("the server answered 503", status=503, url=feed.url)
            return Polled.failed(feed, state, error)
        chance = self.random.random()
        if chance < 0.86 and state.baseline_at is not None:
            return Polled(feed, state, outcome="not_modified" if chance < 0.6 else "unchanged")
        articles = tuple(self._article(feed, now) for _ in range(self.random.randint(1, 2)))
        return Polled(feed, state, articles=articles, hints=Hints())

    def _article(self, feed: Feed, now: datetime):
        self.count += 1
        deed, place = self.random.choice(_DEEDS), self.random.choice(_NAMES)
        other, people = self.random.choice(_NAMES), self.random.randint(2, 60)
        title = f"{deed} {place} {self.count % 977}, {people} counted near {other}"
        text = f"{deed} {place} and {other} kept the {self.count % 613} people of district {self.count} busy."
        entry = an_entry(
            title, guid=f"g{self.count}", link=f"https://x.example/{self.count}", summary=text
        )
        return normalise(entry, feed, first_seen_at=now)

    async def close(self) -> None:
        pass


class Post:
    """Takes mail, except every ninth day from noon to eight in the evening."""

    def __init__(self, clock: ManualClock, ledger: Ledger) -> None:
        self.clock, self.ledger = clock, ledger

    async def send(self, owed: Owed, *, now: datetime) -> Delivery:
        at = self.clock.now()
        if ((at - START) // DAY) % 9 == 0 and 12 <= at.hour < 20:
            self.ledger.refused += 1
            return refused(owed, now=now, code=None, detail="no route to host")
        self.ledger.arrived[owed.message.uid] += 1
        if owed.message.kind is MessageKind.DIGEST:
            self.ledger.slots[owed.message.dedup_key] += 1
        return taken(owed, now=now, code=250)

    async def rest(self) -> None:
        pass

    async def close(self) -> None:
        pass


@dataclass
class Report:
    """The figures of one soak."""

    ledger: Ledger
    days: int
    slots_expected: int
    owed_twice: int
    owed_never: int
    undelivered: int
    memory_mb: list[float]
    database_mb: list[float]
    wall_s: float

    def problems(self) -> list[str]:
        """What is not as promised."""
        found = []
        if twice := sum(n > 1 for n in self.ledger.arrived.values()):
            found.append(f"{twice} messages arrived twice")
        if len(self.ledger.slots) != self.slots_expected or set(self.ledger.slots.values()) - {1}:
            found.append(f"{len(self.ledger.slots)} digests instead of {self.slots_expected}")
        if self.owed_twice or self.owed_never:
            found.append(f"{self.owed_twice} matches in two digests, {self.owed_never} in none")
        if self.undelivered:
            found.append(f"{self.undelivered} messages are still owed")
        return found


async def soak(folder: Path, *, polls: int, days: int, seed: int = 1) -> Report:
    """Run so many days with about so many polls in all."""
    interval = 900
    feeds = max(2, round(polls * interval / (days * 86_400)))
    path = folder / "config.yaml"
    rows = "\n".join(f"  - {{name: F{n}, url: 'https://f{n}.example/rss'}}" for n in range(feeds))
    path.write_text(CONFIG.format(interval=interval, feeds=rows))
    loaded = load(path)
    clock, ledger = ManualClock(START), Ledger()
    writer = Writer(Store.open(loaded.config.database))
    world, post = World(clock, ledger, seed), Post(clock, ledger)
    deliverer = Deliverer(
        writer, loaded.config.channels, clock=clock, makers={EmailChannel: lambda *_: post}
    )
    desk = Desk(loaded.config, loaded.program, Renderer(None), clock)
    rounds = Rounds(desk, writer, world, deliverer)  # type: ignore[arg-type]
    started, memory, database = time.perf_counter(), [], []
    await writer.run(lambda store: plan_feeds(store, loaded.config, now=START))
    end = START + days * DAY
    while clock.now() < end:
        before = clock.now()
        await rounds.tick()
        await rounds.settle()
        await rounds.sent()
        clock.move_to(before + timedelta(minutes=5))
        if clock.now().date() != before.date():
            await upkeep.nightly(writer, loaded.config, now=clock.now())
            memory.append(_resident_mb())
            database.append(loaded.config.database.stat().st_size / 1e6)
            day = (clock.now() - START) // DAY
            if day % 7 == 0:  # a reload, with another severity for what is not told at once
                severity = ("medium", "low")[day // 7 % 2]
                path.write_text(
                    path.read_text().replace("severity: medium", f"severity: {severity}")
                )
                loaded = load(path)
                rounds.desk = Desk(loaded.config, loaded.program, Renderer(None), clock)
                deliverer.reconfigure(loaded.config.channels)
    for _ in range(
        72
    ):  # a day and a half: what an outage left is sent, the last digest takes the rest
        await rounds.tell(clock.now())
        await rounds.sent()
        clock.move_to(clock.now() + timedelta(minutes=30))
    twice, never, undelivered = await writer.run(_balance)
    await deliverer.close()
    await asyncio.to_thread(writer.close)
    return Report(
        ledger, days, _slots(START, clock.now()), twice, never, undelivered, memory, database,
        time.perf_counter() - started,
    )  # fmt: skip


def _slots(start: datetime, end: datetime) -> int:
    """The 02:30s of Berlin in between; on the 29th of March it is 03:30 by the new time."""
    from zoneinfo import ZoneInfo

    berlin, count, day = ZoneInfo("Europe/Berlin"), 0, start.date()
    while day <= end.date():
        at = datetime(day.year, day.month, day.day, 2, 30, tzinfo=berlin).astimezone(UTC)
        count += start < at <= end
        day += DAY
    return count


def _balance(store: Store) -> tuple[int, int, int]:
    """(matches in two digests, in none, messages not delivered), of what is still kept."""
    rows = store.conn.execute(
        "SELECT count(*) AS n, count(digest_id) AS told FROM owed GROUP BY digest, match_id, occasion"
    ).fetchall()
    twice = sum(row["n"] > 1 for row in rows)
    never = sum(row["told"] == 0 for row in rows)
    (owed,) = store.conn.execute("SELECT count(*) FROM outbox WHERE state <> 'sent'").fetchone()
    return twice, never, owed


def _resident_mb() -> float:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * 4096 / 1e6 if statm.exists() else 0.0


def flat(values: Collection[float]) -> float:
    """How much the last quarter is above the second, in percent: growth after the warm-up."""
    rows = list(values)
    quarter = max(1, len(rows) // 4)
    early, late = rows[quarter : 2 * quarter], rows[-quarter:]
    return 100 * (sum(late) / len(late) / (sum(early) / len(early)) - 1) if early else 0.0


def main() -> int:
    """Print the figures; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=62)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(
            soak(Path(folder), polls=options.polls, days=options.days, seed=options.seed)
        )
    ledger = report.ledger
    print(
        f"{ledger.polls:,} polls ({ledger.failed_polls:,} failed) in {report.days} simulated days,"
    )
    print(
        f"{report.wall_s:.0f} s; {len(ledger.arrived):,} messages arrived, {ledger.refused:,} tries refused;"
    )
    print(
        f"{len(ledger.slots)} digests of {report.slots_expected}; memory {report.memory_mb[-1]:.0f} MB,"
    )
    print(
        f"{flat(report.memory_mb):+.1f} % after the warm-up; database {report.database_mb[-1]:.1f} MB,"
    )
    print(f"{flat(report.database_mb):+.1f} % after the warm-up")
    for problem in report.problems():
        print(f"NOT AS PROMISED: {problem}")
    return int(bool(report.problems()))


if __name__ == "__main__":
    raise SystemExit(main())
