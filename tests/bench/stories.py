"""What it costs to place an article as the window grows, on invented news and a real file.

    python -m tests.bench.stories [--window 1000 5000 20000 60000 200000] [--words 55 330]
        [--chart docs/images/stories-cost.svg]

News is made up so that it costs what real news does: words follow Zipf's law, new names keep coming,
an event is told of by eight reports of their own and four copies (cut short, with a footer of the
outlet), over a day and among all others. A stream of `window` articles comes in over 72 hours;
then the costs of the next 2,000 are taken: placing (both levels), the commits of the
transactions of ten articles, and the repair pass every ten minutes. CPU time, not wall time. Each
window is a process of its own, in whose memory there is nothing but wirewatch; the news was
written by another before.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import NamedTuple

from tests.bench.chart import Line, chart
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
MEASURED = 2000


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


class Cost(NamedTuple):
    """What the last articles of a window cost, in CPU seconds each; `yard` for one piece of work."""

    mean: float
    placing: tuple[float, float, float]  # mean, median, 99 %
    commit: float
    repair: float
    longest_repair: float
    yard: float
    rss_mb: float
    file_mb: float


def invent(path: Path, words: int, window: int) -> None:
    """Write a window's worth of news and what is measured after it, a line an article."""
    # As many events are open as are told of in a day.
    per_day = window * (EVENT_LASTS / WINDOW)
    world = World(words, max(int(per_day / (REPORTS + COPIES)), 3))
    with path.open("w", encoding="utf-8") as file:
        for each in islice(world.articles(), window + MEASURED):
            file.write(json.dumps(each) + "\n")


def measure(news: Path, words: int, window: int) -> Cost:
    """Take in a window's worth; return what the articles after it cost."""
    database = news.with_suffix(".db")
    store = Store.open(database)
    placing: list[float] = []
    commits, repairs, yards, mended = 0.0, [0.0], [yardstick()], NOON
    for n, batch in enumerate(_polls(news, words, WINDOW / window)):
        if n == window // BATCH:
            placing, commits, repairs, yards = [], 0.0, [0.0], []
        with store.transaction():
            # Storing the articles themselves is no cost of placing them.
            stored = [store.articles.add(article) for article in batch]
            for article in stored:
                begun = time.process_time()
                place(store, article, Facts(), severity=None, now=article.first_seen_at)
                placing.append(time.process_time() - begun)
            begun = time.process_time()
        commits += time.process_time() - begun
        now = batch[-1].first_seen_at
        if now - mended >= REPAIR_EVERY:
            begun = time.process_time()
            with store.transaction():
                repair(store, now=now)
            repairs.append(time.process_time() - begun)
            yards.append(yardstick())
            mended = now
    store.close()
    count, order = len(placing), sorted(placing)
    return Cost(
        mean=(sum(placing) + commits + sum(repairs)) / count,
        placing=(sum(placing) / count, order[count // 2], order[count * 99 // 100]),
        commit=commits / count,
        repair=sum(repairs) / count,
        longest_repair=max(repairs),
        yard=sum(yards or [yardstick()]) / max(len(yards), 1),
        rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        file_mb=database.stat().st_size / 2**20,
    )


def _polls(news: Path, words: int, step: timedelta) -> Iterator[list[Article]]:
    now = NOON
    batch = []
    with news.open(encoding="utf-8") as file:
        for n, line in enumerate(file):
            outlet, title, text = json.loads(line)
            now += step
            batch.append(
                an_article(
                    title,
                    summary=text[:600] if words > 100 else text,
                    body=text if words > 100 else "",
                    source=outlet,
                    feed=outlet,
                    guid_key=str(n),
                    first_seen_at=now,
                    content_hash=str(n),
                    language="en",
                )
            )
            if len(batch) == BATCH:
                yield batch
                batch = []


def yardstick() -> float:
    """CPU seconds of a fixed piece of work: on a busy machine the same takes up to twice as long.

    The second of two: the first one has to fill the caches, by half as much again.
    """
    _work()
    return _work()


def _work() -> float:
    begun = time.process_time()
    counts: dict[str, int] = {}
    for n in range(3000):
        word = f"w{n % 700}"
        counts[word] = counts.get(word, 0) + len(word)
    sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return time.process_time() - begun


def shown(window: int, cost: Cost) -> str:
    mean, median, late = (each * 1000 for each in cost.placing)
    return (
        f"{window:7d}  {1 / cost.mean:6.0f} articles/CPU s  {cost.mean * 1000:5.2f} ms"
        f" = placing {mean:5.2f} (p50 {median:5.2f} p99 {late:5.2f}) + commit {cost.commit * 1000:4.2f}"
        f" + repair {cost.repair * 1000:4.2f} (longest {cost.longest_repair * 1000:4.0f})"
        f"  yard {cost.yard * 1000:4.2f} ms = {cost.mean / cost.yard:4.2f} yards"
        f"  RSS {cost.rss_mb:.0f} MB  file {cost.file_mb:.0f} MB"
    )


def alone(*call: object) -> Cost | None:
    """Call a function in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(*call).result()


def main() -> None:
    """Print a line for each window; keep what was measured, and draw it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--window", type=int, nargs="+", default=[1000, 5000, 20000])
    parser.add_argument("--words", type=int, nargs="+", default=[55])
    parser.add_argument(
        "--chart", type=Path, help="draw this SVG file from the JSON file beside it"
    )
    options = parser.parse_args()
    for words in options.words:
        sys.stdout.write(f"{words} words, articles in 72 h:\n")
        for window in options.window:
            with tempfile.TemporaryDirectory() as folder:
                news = Path(folder) / "news.jsonl"
                alone(invent, news, words, window)
                cost = alone(measure, news, words, window)
            sys.stdout.write(f"{shown(window, cost)}\n")
            sys.stdout.flush()
            if options.chart:
                draw(options.chart, words, window, cost)


def draw(path: Path, words: int, window: int, cost: Cost) -> None:
    """Keep a cost beside a chart, in place of an earlier one, and draw all that are kept.

    Long windows can so be taken one by one. Costs are in yards, which a busy machine stretches too.
    """
    kept = path.with_suffix(".json")
    costs = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    costs.setdefault(f"{words} words", {})[str(window)] = round(cost.mean / cost.yard, 2)
    kept.write_text(json.dumps(costs, indent=1) + "\n", encoding="utf-8")
    lines = [
        Line(name, tuple(sorted((int(size), each) for size, each in points.items())))
        for name, points in costs.items()
    ]
    title = "Cost of placing an article (1 = a fixed piece of work, .45 ms), by articles in 72 h"
    path.write_text(chart(title, lines), encoding="utf-8")


if __name__ == "__main__":
    main()
