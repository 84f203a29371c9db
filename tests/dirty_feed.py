"""A feed that does everything feeds do wrong with dates and ids, and knows what it really said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random  # noqa: TID251 - a seed makes a run repeatable

from tests.builders import NOON
from tests.feed_server import item, rss


@dataclass(frozen=True)
class Real:
    """An item as it really is; `number` stands in its text, whatever happens to ids and dates."""

    number: int
    date: datetime | None
    guid: str | None
    link: str
    edits: int = 0

    def printed(self) -> str:
        text = (
            f"Report number {self.number} of the wire, with words of its own: {self.number * 7919}"
        )
        return item(
            f"Report {self.number}" + ", updated" * self.edits,
            guid=self.guid,
            link=self.link.replace("&", "&amp;"),
            text=text,
            date=None if self.date is None else format_datetime(self.date),
        )


def documents(seed: int, *, items: int = 600, window: int = 30) -> Iterator[tuple[datetime, bytes]]:
    """Yield (time, document) for hourly polls of a feed that brings `items` reports in all.

    15 % of dates equal the one before, 8 % are set back, 5 % are missing; 4 % of what is listed is
    dated anew between polls, 4 % is edited, 6 % changes its id or the spelling of its link; order
    is shuffled now and then. At most half the window is new between two polls.
    """
    chance, at, made = Random(seed), NOON, 0
    listed: list[Real] = []
    while made < items:
        at += timedelta(hours=1)
        for _ in range(min(chance.randint(0, 4), items - made)):
            listed.insert(0, _made(chance, made, at, listed))
            made += 1
        listed = [_touched(chance, each, at) for each in listed[:window]]
        shown = chance.sample(listed, len(listed)) if chance.random() < 0.1 else listed
        head = f"<lastBuildDate>{format_datetime(at)}</lastBuildDate>"
        yield at, rss(*(each.printed() for each in shown), head=head)


def _made(chance: Random, number: int, at: datetime, listed: list[Real]) -> Real:
    roll = chance.random()
    date: datetime | None = at - timedelta(seconds=chance.randint(0, 3000))
    if roll < 0.15 and listed:
        date = listed[0].date
    elif roll < 0.23:
        date = at - timedelta(days=chance.randint(1, 40))
    elif roll < 0.28:
        date = None
    page = f"https://wire.example/news/{number}"
    guid = chance.choice([f"wire-{number}", f"{page}#0", page, None])
    return Real(number, date, guid, page)


def _touched(chance: Random, real: Real, at: datetime) -> Real:
    roll = chance.random()
    if roll < 0.04:
        return replace(real, date=at)
    if roll < 0.08:
        return replace(real, edits=real.edits + 1)
    if roll < 0.14:
        return _renamed(chance, real)
    return real


def _renamed(chance: Random, real: Real) -> Real:
    if real.guid and "#" in real.guid:
        page, _, count = real.guid.partition("#")
        return replace(real, guid=f"{page}#{int(count) + 1}")
    spelt = chance.choice(
        (
            f"http://www.wire.example/news/{real.number}/",
            f"https://wire.example/news/{real.number}?utm_source=rss&at_medium=RSS",
            f"https://m.wire.example/news/{real.number}#top",
        )
    )
    # A site that moves renames ids; its links lead to the same pages still.
    guid = f"new-{real.number}-{chance.randint(0, 9)}" if chance.random() < 0.5 else real.guid
    return replace(real, guid=guid, link=spelt)
