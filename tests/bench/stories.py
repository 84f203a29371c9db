"""What it costs to place an article as the window grows, on invented news and a real file.

    python -m tests.bench.stories [--window 5000 20000 50000 200000] [--words 55 330]

News is made up so that it costs what real news does: words follow Zipf's law, new names keep coming,
an event is told of by eight reports of their own and four copies (cut short, with a footer of the
outlet), over a day and among all others. A stream of `window` articles comes in over 72 hours;
then the costs of the next thousand are taken: placing (both levels), its share of the
transactions of ten articles, and the repair pass every ten minutes. CPU time, not wall time.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

from tests.bench.invented import Dice, vocabulary
from tests.builders import NOON, an_article
from wirewatch.model import Article, Facts
from wirewatch.pipeline.place import place, repair
from wirewatch.store import Store

OUTLETS = 400
REPORTS, COPIES = 8, 4  # an event
BATCH = 10  # articles a transaction: a poll
REPAIR_EVERY = timedelta(minutes=10)
WINDOW = timedelta(hours=72)
EVENT_LASTS = timedelta(hours=24)
MEASURED = 1000


@dataclass
class Event:
    """What its reports have in common, and the texts that may be copied."""

    names: list[str]
    topic: list[str]
    numbers: list[str]
    texts: list[tuple[str, str]] = field(default_factory=list)
    reports: int = 0


class World:
    """A stream of invented news."""

    def __init__(self, words: int, open_events: int, seed: int = 1) -> None:
        self.dice, self.length = Dice(seed), words
        self.words = vocabulary()
        weights = [1_000_000 // (rank + 3) + 1 for rank in range(len(self.words))]
        self.weights = list(accumulate(weights))
        self.names: list[str] = []
        self.open_events = open_events
        self.events: list[Event] = []

    def articles(self) -> Iterator[tuple[str, str, str]]:
        """Yield (outlet, title, text), event beside event."""
        while True:
            while len(self.events) < self.open_events:
                self.events.append(self._event())
            at = self.dice.below(len(self.events))
            event = self.events[at]
            outlet = self.dice.below(OUTLETS)
            if event.texts and self.dice.below(REPORTS + COPIES) < COPIES:
                title, text = event.texts[self.dice.below(len(event.texts))]
                text = text[: len(text) * (60 + self.dice.below(41)) // 100]
            else:
                title, text = self._report(event)
                event.texts.append((title, text))
                event.reports += 1
            if outlet % 3 == 0:
                text += f" Read more of the latest news at outlet {outlet} dot example today."
            yield f"outlet{outlet}.example", title, text
            if event.reports >= REPORTS:
                self.events[at] = self._event()

    def _event(self) -> Event:
        names = [self._name() for _ in range(4)]
        topic = [self._word(rare=True) for _ in range(10)]
        return Event(names, topic, [str(self.dice.below(400)), str(self.dice.below(40))])

    def _name(self) -> str:
        """An old name (often a frequent one: a country, a president) or one never heard of."""
        if self.names and self.dice.below(10) < 7:
            return self.names[self.dice.below(self.dice.below(len(self.names)) + 1)]
        name = "".join(self.words[100 + self.dice.below(5000)] for _ in range(2)).capitalize()
        self.names.append(name)
        return name

    def _word(self, *, rare: bool = False) -> str:
        word = self.words[bisect(self.weights, self.dice.below(self.weights[-1]))]
        return word if not rare or len(word) > 5 else self._word(rare=True)

    def _report(self, event: Event) -> tuple[str, str]:
        return self._text(event, 9), self._text(event, self.length)

    def _text(self, event: Event, words: int) -> str:
        row = []
        for n in range(words):
            kind = self.dice.below(100)
            if kind < 9:
                word = self.dice.one_of(event.names)
            elif kind < 22:
                word = self.dice.one_of(event.topic)
            elif kind < 25:
                word = self.dice.one_of(event.numbers)
            elif kind < 27:
                word = self._name()
            else:
                word = self._word()
            row.append(word.capitalize() if n % 18 == 0 else f"{word}." if n % 18 == 17 else word)
        return " ".join(row)


@dataclass
class Cost:
    """CPU seconds of articles, a thousand at a time."""

    placing: list[float] = field(default_factory=list)
    rest: float = 0.0  # commits and repairs
    repairs: list[float] = field(default_factory=list)
    yards: list[float] = field(default_factory=list)

    @property
    def mean(self) -> float:
        return (sum(self.placing) + self.rest) / max(len(self.placing), 1)


def run(folder: Path, words: int, window: int) -> tuple[list[tuple[int, Cost]], Store]:
    """Stream a window's worth and a thousand more; return the cost of each thousand."""
    store = Store.open(folder / f"{words}-{window}.db")
    step = WINDOW / window
    # As many events are open as are told of in a day.
    per_day = window * (EVENT_LASTS / WINDOW)
    world = World(words, max(int(per_day / (REPORTS + COPIES)), 3))
    now, mended, batch, costs, cost, n = NOON, NOON, [], [], Cost(), 0
    for outlet, title, text in world.articles():
        now += step
        cut = text[:600] if words > 100 else text
        batch.append(
            an_article(
                title,
                summary=cut,
                body=text if words > 100 else "",
                source=outlet,
                feed=outlet,
                guid_key=str(n),
                first_seen_at=now,
                content_hash=str(n),
                language="en",
            )
        )
        n += 1
        if len(batch) < BATCH:
            continue
        _commit(store, batch, cost)
        batch = []
        cost.yards.append(yardstick())
        if now - mended >= REPAIR_EVERY:
            begun = time.process_time()
            with store.transaction():
                repair(store, now=now)
            cost.repairs.append(time.process_time() - begun)
            cost.rest += cost.repairs[-1]
            mended = now
        if n % MEASURED == 0:
            costs.append((n, cost))
            cost = Cost()
            if n >= window + MEASURED:
                break
    return costs, store


def _commit(store: Store, batch: list[Article], cost: Cost) -> None:
    """One poll's transaction; storing the articles themselves is no cost of placing them."""
    begun = time.process_time()
    with store.transaction():
        cost.rest += time.process_time() - begun
        stored = [store.articles.add(article) for article in batch]
        for article in stored:
            begun = time.process_time()
            place(store, article, Facts(), severity=None, now=article.first_seen_at)
            cost.placing.append(time.process_time() - begun)
        begun = time.process_time()
    cost.rest += time.process_time() - begun


def yardstick() -> float:
    """CPU seconds of a fixed piece of work: on a busy machine the same takes up to twice as long."""
    begun = time.process_time()
    counts: dict[str, int] = {}
    for n in range(3000):
        word = f"w{n % 700}"
        counts[word] = counts.get(word, 0) + len(word)
    sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return time.process_time() - begun


def shown(n: int, cost: Cost) -> str:
    order = sorted(cost.placing)
    return (
        f"{n:7d}  {1 / cost.mean:6.0f} articles/CPU s  {cost.mean * 1000:5.2f} ms"
        f"  placing {sum(order) / len(order) * 1000:5.2f} p50 {order[len(order) // 2] * 1000:5.2f}"
        f" p99 {order[len(order) * 99 // 100] * 1000:5.2f} ms"
        f"  repair max {max(cost.repairs, default=0) * 1000:5.0f} ms"
        f"  yard {sum(cost.yards) / len(cost.yards) * 1000:4.2f} ms = {cost.mean / sum(cost.yards) * len(cost.yards):4.2f} yards"
        f"  RSS {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


def main() -> None:
    """Print a line for every tenth of each window."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--window", type=int, nargs="+", default=[5000, 20000])
    parser.add_argument("--words", type=int, nargs="+", default=[55])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for words in options.words:
            for window in options.window:
                sys.stdout.write(f"{words} words, {window} articles in 72 h\n")
                costs, store = run(Path(folder), words, window)
                for n, cost in costs[:: max(len(costs) // 10, 1)]:
                    sys.stdout.write(f"{shown(n, cost)}\n")
                sys.stdout.write(f"{shown(*costs[-1])}\n")
                sys.stdout.flush()
                store.close()


if __name__ == "__main__":
    main()
