"""The world of a soak: feeds that play, a mail server that is away now and then, and a ledger."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from alerts.notify import refused, taken
from ingest.normalise import normalise
from tests.builders import an_entry
from wirewatch.clock import Clock
from wirewatch.errors import FetchStatus
from wirewatch.model import (
    Article,
    Delivery,
    Feed,
    FeedState,
    Hints,
    Message,
    MessageKind,
    Owed,
    Relation,
)
from wirewatch.pipeline.admit import Round
from wirewatch.pipeline.poll import Polled

# ruff: noqa: TID251 - its chance is seeded

START = datetime(2026, 3, 1, tzinfo=UTC)  # Europe/Berlin goes to summer time on the 29th
DAY = timedelta(days=1)
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
_DOCUMENT = 20  # entries


@dataclass
class Ledger:
    """What was seen to happen. What grows with every message is in files: memory is measured here."""

    folder: Path
    slots: Counter[str] = field(default_factory=Counter)
    made: Counter[MessageKind] = field(default_factory=Counter)
    articles: Counter[int] = field(default_factory=Counter)  # new ones, by day
    matched: Counter[int] = field(default_factory=Counter)
    relations: Counter[Relation] = field(default_factory=Counter)
    verdicts: int = 0
    assigned: int = 0
    late: set[int] = field(default_factory=set)
    tallied: int = 0
    arrived: int = 0
    refused: int = 0
    polls: int = 0
    failed_polls: int = 0
    reloads: Counter[bool] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._made = (self.folder / "made.txt").open("w")
        self._arrived = (self.folder / "arrived.txt").open("w")

    def observe(self, event: object) -> None:
        """Count what the rounds report."""
        if isinstance(event, Message):
            self.made[event.kind] += 1
            if event.kind is not MessageKind.SYSTEM:
                print(event.uid, file=self._made)
        elif isinstance(event, Round):
            for each in event.admitted:
                day = (each.article.first_seen_at - START) // DAY
                self.relations[each.relation] += 1
                self.verdicts += len(each.verdicts)
                if each.relation not in {Relation.KNOWN, Relation.REVISION}:
                    self.articles[day] += 1
                    self.matched[day] += bool(each.reading and each.reading.matches)

    def arrive(self, message: Message) -> None:
        """Write down a message that was taken."""
        self.arrived += 1
        print(message.uid, message.kind, file=self._arrived)
        if message.kind is MessageKind.DIGEST:
            self.slots[message.dedup_key] += 1

    def messages(self) -> tuple[int, int]:
        """Return how many messages arrived more than once, and how many never did."""
        self._made.close()
        self._arrived.close()
        arrived = Counter((self.folder / "arrived.txt").read_text().splitlines())
        here = {line.split()[0] for line in arrived}
        made = set((self.folder / "made.txt").read_text().split())
        return sum(n > 1 for n in arrived.values()), len(made - here)

    def kept(self, day: int, *, matched: int, others: int) -> int:
        """Return how many articles are younger than that many days on a day."""
        return sum(
            self.matched[d] if day - d > others else self.articles[d]
            for d in range(day - max(matched, others), day + 1)
        )


class World:
    """Plays the feeds: 65 % nothing new (304), 28 % the same body, 7 % with one or two new entries.

    Of the new ones some are another outlet's text again, and now and then an entry is edited.
    """

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self.ledger, self.random = ledger, Random(seed)
        self.count = 0
        self.documents: dict[str, deque[str]] = {}
        self.last: dict[str, Article] = {}
        self.wire: deque[Article] = deque(maxlen=8)

    async def poll(self, feed: Feed, state: FeedState, _listed: object, *, now: datetime) -> Polled:
        self.ledger.polls += 1
        if ((now - START) // DAY + int(feed.name[1:])) % 23 == 0:  # this feed's bad day
            self.ledger.failed_polls += 1
            error = FetchStatus("the server answered 503", status=503, url=feed.url)
            return Polled.failed(feed, state, error)
        chance = self.random.random()
        if chance < 0.93 and state.baseline_at is not None:
            return Polled(feed, state, outcome="not_modified" if chance < 0.65 else "unchanged")
        articles = [self._article(feed, now) for _ in range(self.random.randint(1, 2))]
        document = self.documents.setdefault(feed.name, deque(maxlen=_DOCUMENT))
        if feed.name in self.last and self.random.random() < 0.05:
            articles.append(self._edited(feed, self.last[feed.name], now))
        fresh = {article.guid_key for article in articles}
        listed = tuple(key for key in document if key not in fresh)
        document.extend(
            article.guid_key for article in articles if article.guid_key not in document
        )
        self.last[feed.name] = articles[0]
        return Polled(feed, state, articles=tuple(articles), listed=listed, hints=Hints())

    def _article(self, feed: Feed, now: datetime) -> Article:
        self.count += 1
        if self.wire and self.random.random() < 0.1:
            old = self.random.choice(self.wire)
            return self._made(feed, now, old.title, old.summary, self.count)
        deed, place = self.random.choice(_DEEDS), self.random.choice(_NAMES)
        other, people = self.random.choice(_NAMES), self.random.randint(2, 60)
        n = self.count
        article = self._made(
            feed,
            now,
            f"{deed} {place} {n % 977}, {people} counted near {other}",
            f"{deed} {place} and {other} kept the {n % 613} people of district {n % 5003} busy, "
            f"said {_NAMES[n % 15]} radio {n % 89} and {_NAMES[n % 13]} paper {n % 97} that day.",
            n,
        )
        self.wire.append(article)
        return article

    def _edited(self, feed: Feed, old: Article, now: datetime) -> Article:
        words = f"{old.summary} The count rose to {self.random.randint(61, 90)} dead since."
        return self._made(feed, now, old.title, words, int(old.guid_key.strip("g")))

    def _made(self, feed: Feed, now: datetime, title: str, summary: str, n: int) -> Article:
        entry = an_entry(title, guid=f"g{n}", link=f"https://x.example/{n}", summary=summary)
        return normalise(entry, feed, first_seen_at=now)

    async def close(self) -> None:
        pass


class Post:
    """Takes mail, except every ninth day from noon to eight in the evening."""

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self.clock, self.ledger = clock, ledger

    async def send(self, owed: Owed, *, now: datetime) -> Delivery:
        at = self.clock.now()
        if ((at - START) // DAY) % 9 == 0 and 12 <= at.hour < 20:
            self.ledger.refused += 1
            return refused(owed, now=now, code=None, detail="no route to host")
        self.ledger.arrive(owed.message)
        return taken(owed, now=now, code=250)

    async def rest(self) -> None:
        pass

    async def close(self) -> None:
        pass
