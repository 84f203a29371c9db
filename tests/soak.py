"""Months in minutes: the real pipeline, store and outbox on a clock that is moved along.

`python -m tests.soak --polls 1200000 --days 62` polls an invented world that goes through feed
outages, mail outages, reloads (good and bad ones) and a change to summer time, with the nightly care
and the mending of stories as in the service, and compares ledgers: every digest slot sent once, every
verdict in one digest, every message delivered once or moved to a digest, as many articles kept as the
retention says, memory and database flat after the warm-up. What is simulated is the network at both
ends, nothing else. TMPDIR=/dev/shm takes the disk's time out of it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from alerts.render import Renderer
from tests.soak_world import DAY, START, Ledger, Post, World
from wirewatch.clock import ManualClock
from wirewatch.config import load
from wirewatch.model import EmailChannel
from wirewatch.pipeline import upkeep
from wirewatch.pipeline.deliver import Deliverer
from wirewatch.pipeline.desk import Desk
from wirewatch.pipeline.place import repair
from wirewatch.pipeline.rounds import Rounds
from wirewatch.pipeline.schedule import plan_feeds
from wirewatch.pipeline.settle import Hooks
from wirewatch.pipeline.tell import notify_system, undelivered
from wirewatch.pipeline.writer import Writer
from wirewatch.reload import Reloader
from wirewatch.store import Store

# ruff: noqa: T201 - a command that prints and measures

T = TypeVar("T")
STEP = timedelta(minutes=5)
MEND_EVERY = timedelta(minutes=10)  # as in the service
WARM_UP_DAYS = 31  # until the bytes of the first messages are forgotten
MATCHED_DAYS, OTHER_DAYS = 14, 7
# What is still listed is kept a week beyond the listing, and a feed's bad day prolongs that.
LISTED_DAYS = 4
FLAT_PERCENT = 5.0

CONFIG = """
version: 1
contact: desk@example.org
database: soak.db
fetch: {{interval: {interval}s, min_interval: {interval}s, max_interval: {interval}s}}
alerts: {{instant: high, wait: 60s, storm_count: 100000}}
retention: {{articles: {others}d, matched: {matched}d, backups: 0}}
system: {{channels: [ops]}}
channels:
  desk: {{type: email, to: [desk@example.org], from: w@example.org, server: "smtp://mail.example.org", security: none}}
  ops: {{type: email, to: [ops@example.org], from: w@example.org, server: "smtp://mail.example.org", security: none}}
digests:
  - {{name: morning, at: "02:30", timezone: Europe/Berlin, channels: [desk]}}
feeds:
{feeds}
rules:
  - {{id: airstrike, severity: high, match: {{attack: [airstrike~]}}}}
  - {{id: clash, severity: {severity}, match: {{what: [clash~, ambush~]}}}}
"""


@dataclass
class Report:
    """The figures of one soak."""

    ledger: Ledger
    days: int
    slots_expected: int = 0
    arrived_twice: int = 0
    never_arrived: int = 0
    undelivered: int = 0
    unassigned: int = 0
    astray: list[str] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    database_mb: list[float] = field(default_factory=list)
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def problems(self) -> list[str]:
        """What is not as promised."""
        found, ledger = list(self.astray), self.ledger
        if self.arrived_twice:
            found.append(f"{self.arrived_twice} messages arrived twice")
        if len(ledger.slots) != self.slots_expected or set(ledger.slots.values()) - {1}:
            found.append(f"{len(ledger.slots)} digests instead of {self.slots_expected}")
        if ledger.assigned != ledger.verdicts or self.unassigned:
            found.append(
                f"{ledger.verdicts} verdicts, {ledger.assigned} in a digest, {self.unassigned} open"
            )
        if self.never_arrived != len(ledger.late):
            found.append(f"{self.never_arrived} never arrived, {len(ledger.late)} went to a digest")
        if self.undelivered:
            found.append(f"{self.undelivered} messages are still owed")
        if self.days > WARM_UP_DAYS * 1.5:
            for what, values in (("memory", self.memory_mb), ("database", self.database_mb)):
                if abs(growth := flat(values)) > FLAT_PERCENT:
                    found.append(f"{what} changed by {growth:+.1f} % after the warm-up")
        return found


class InlineWriter(Writer):
    """Does at once what it is asked for: here everybody waits for it anyway."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._only = store

    async def run(self, work: Callable[[Store], T], *, ahead: bool = False) -> T:
        return work(self._only)


class Soak:
    """One run: the parts of the service, and what is noted about them."""

    def __init__(self, folder: Path, *, polls: int, days: int, seed: int, step: timedelta) -> None:
        self.interval, self.step = 900, step
        self.feeds = max(2, round(polls * self.interval / (days * 86_400)))
        self.path = folder / "config.yaml"
        self.write("medium")
        loaded = load(self.path)
        self.config = loaded.config
        self.clock, self.ledger = ManualClock(START), Ledger(folder)
        self.report = Report(self.ledger, days)
        self.writer = InlineWriter(Store.open(self.config.database))
        post = Post(self.clock, self.ledger)
        self.deliverer = Deliverer(
            self.writer,
            self.config.channels,
            clock=self.clock,
            makers={EmailChannel: lambda *_: post},
            hooks=Hooks(
                on_expired=lambda store, message, now: undelivered(
                    store, self.rounds.desk, message, now
                ),
                on_notice=lambda store, notice: notify_system(
                    store, self.rounds.desk, notice, now=notice.at
                ),
            ),
        )
        desk = Desk(self.config, loaded.program, Renderer(None), self.clock)
        world = World(self.ledger, seed)
        self.rounds = Rounds(desk, self.writer, world, self.deliverer, self.ledger.observe)  # type: ignore[arg-type]
        self.reloader = Reloader(loaded, self.writer, self.rounds, self.deliverer)

    def write(self, severity: str) -> None:
        """Write the configuration; the severity is what reloads change."""
        rows = [f"  - {{name: F{n}, url: 'https://f{n}.example/rss'}}" for n in range(self.feeds)]
        self.path.write_text(
            CONFIG.format(
                interval=self.interval, feeds="\n".join(rows), severity=severity,
                matched=MATCHED_DAYS, others=OTHER_DAYS,
            )
        )  # fmt: skip

    async def run(self) -> Report:
        """Live through it."""
        started, cpu = time.perf_counter(), time.process_time()
        clock, report = self.clock, self.report
        await self.writer.run(lambda store: plan_feeds(store, self.config, now=START))
        end, mended = START + report.days * DAY, START
        while clock.now() < end:
            before = clock.now()
            await self.rounds.tick()
            await self.rounds.settle()
            await self.rounds.sent()
            if before - mended >= MEND_EVERY:
                mended = before
                await self.writer.run(self._mend)
            clock.move_to(before + self.step)
            if clock.now().date() != before.date():
                await self._night()
                spent = time.process_time() - cpu
                print(
                    f"day {(before - START) // DAY}: {self.ledger.polls} polls, {spent:.0f} s, "
                    f"{report.memory_mb[-1]:.1f} MB, database {report.database_mb[-1]:.1f} MB",
                    file=sys.stderr, flush=True,
                )  # fmt: skip
        for _ in range(72):  # a day and a half: what an outage left, and the last digests
            await self.rounds.tell(clock.now())
            await self.rounds.sent()
            clock.move_to(clock.now() + timedelta(minutes=30))
        report.slots_expected = _slots(START, clock.now())
        report.unassigned, report.undelivered = await self.writer.run(self._tally)
        report.arrived_twice, report.never_arrived = self.ledger.messages()
        report.wall_s, report.cpu_s = time.perf_counter() - started, time.process_time() - cpu
        await self.deliverer.close()
        await asyncio.to_thread(self.writer.close)
        return report

    def _mend(self, store: Store) -> None:
        with store.transaction():
            repair(store, now=self.clock.now())

    async def _night(self) -> None:
        now = self.clock.now()
        day = (now - START) // DAY
        await self.writer.run(self._tally)
        care = await upkeep.nightly(self.writer, self.config, now=now)
        self.report.astray += care.problems
        self.report.memory_mb.append(_resident_mb())
        self.report.database_mb.append(self.config.database.stat().st_size / 1e6)
        kept = await self.writer.run(
            lambda store: store.conn.execute("SELECT count(*) FROM article").fetchone()[0]
        )
        least = self.ledger.kept(day, matched=MATCHED_DAYS - 1, others=OTHER_DAYS - 1)
        most = self.ledger.kept(
            day, matched=MATCHED_DAYS + LISTED_DAYS, others=OTHER_DAYS + LISTED_DAYS
        )
        if not least <= kept <= most:
            self.report.astray.append(f"day {day}: {kept} articles kept, not {least} to {most}")
        if day % 7 == 0:  # what is not told at once is of another severity
            self.write(("medium", "low")[day // 7 % 2])
            self.ledger.reloads[await self.reloader.reload()] += 1
        elif day % 10 == 0:
            good = self.path.read_text()
            self.path.write_text(good.replace("severity: high", "severity: hihg"))
            self.ledger.reloads[await self.reloader.reload()] += 1
            self.path.write_text(good)

    def _tally(self, store: Store) -> tuple[int, int]:
        """Count what digests took since the last time; return what none took, and what is unsent."""
        rows = store.conn.execute(
            "SELECT occasion, digest_id FROM owed WHERE digest_id > ?", (self.ledger.tallied,)
        ).fetchall()
        for row in rows:
            if row["occasion"].startswith("late:"):
                self.ledger.late.add(int(row["occasion"].removeprefix("late:")))
            else:
                self.ledger.assigned += 1
        self.ledger.tallied = max([self.ledger.tallied, *(row["digest_id"] for row in rows)])
        (open_,) = store.conn.execute(
            "SELECT count(*) FROM owed WHERE digest_id IS NULL"
        ).fetchone()
        (unsent,) = store.conn.execute(
            "SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'dropped')"
        ).fetchone()
        return open_, unsent


async def soak(
    folder: Path, *, polls: int, days: int, seed: int = 1, step: timedelta = STEP
) -> Report:
    """Run so many days with about so many polls in all."""
    return await Soak(folder, polls=polls, days=days, seed=seed, step=step).run()


def _slots(start: datetime, end: datetime) -> int:
    """The 02:30s of Berlin in between; on the 29th of March it is 03:30 by the new time."""
    berlin, count, day = ZoneInfo("Europe/Berlin"), 0, start.date()
    while day <= end.date():
        at = datetime(day.year, day.month, day.day, 2, 30, tzinfo=berlin).astimezone(UTC)
        count += start < at <= end
        day += DAY
    return count


def _resident_mb() -> float:
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * 4096 / 1e6 if statm.exists() else 0.0


def flat(values: Collection[float]) -> float:
    """How much the last ten days are above the ten after the warm-up, in percent."""
    rows = list(values)
    early, late = rows[WARM_UP_DAYS : WARM_UP_DAYS + 10], rows[-10:]
    return 100 * (sum(late) / len(late) / (sum(early) / len(early)) - 1) if early else 0.0


def main() -> int:
    """Print the figures; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--polls", type=int, default=1_200_000)
    parser.add_argument("--days", type=int, default=62)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(
            soak(Path(folder), polls=options.polls, days=options.days, seed=options.seed)
        )
    ledger = report.ledger
    print(
        f"{ledger.polls:,} polls ({ledger.failed_polls:,} failed) in {report.days} simulated days,\n"
        f"{report.wall_s:.0f} s, {report.cpu_s:.0f} s of them CPU; "
        f"{sum(ledger.articles.values()):,} articles {dict(ledger.relations)},\n"
        f"reloads taken over {ledger.reloads[True]}, refused {ledger.reloads[False]};\n"
        f"{ledger.verdicts:,} verdicts, {ledger.assigned:,} of them in a digest;\n"
        f"{ledger.arrived:,} messages arrived, {ledger.refused:,} tries refused, "
        f"{len(ledger.late)} alerts moved to a digest;\n"
        f"{len(ledger.slots)} digests of {report.slots_expected};\n"
        f"memory {report.memory_mb[-1]:.0f} MB, {flat(report.memory_mb):+.1f} % after the warm-up; "
        f"database {report.database_mb[-1]:.1f} MB, {flat(report.database_mb):+.1f} %"
    )
    for problem in report.problems():
        print(f"NOT AS PROMISED: {problem}")
    return int(bool(report.problems()))


if __name__ == "__main__":
    raise SystemExit(main())
