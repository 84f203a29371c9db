"""The same stream gives the same stories, also when the machine dies in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from wirewatch.store import Store

HOME = Path(__file__).parents[2]
WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from tests.builders import NOON, an_article
from tests.builders_news import Newsroom
from wirewatch.model import Facts
from wirewatch.pipeline.place import place, repair
from wirewatch.store import Store

news = Newsroom(5)
events = [news.event() for _ in range(12)]
store = Store.open(Path(sys.argv[1]))
done = len(store.articles.latest(limit=1000))
for n in range(72):
    title, summary = news.report(events[n * 7 % 12])
    now = NOON + timedelta(minutes=n)
    if n < done:
        continue
    with store.transaction():
        article = an_article(
            title, summary=summary, source=f"o{n % 9}", feed=f"o{n % 9}", guid_key=str(n), first_seen_at=now
        )
        stored = store.articles.add(article)
        placement = place(store, stored, Facts(), severity=None, now=now)
        if n % 10 == 9:
            repair(store, now=now)
    print(n, placement.join, flush=True)
"""


def run(database: Path, *, kill_after: int | None = None) -> list[str]:
    """Stream into a database; return what was printed, killed with -9 after so many lines."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(database)],
        stdout=subprocess.PIPE, cwd=HOME, encoding="utf-8", env={**os.environ, "PYTHONPATH": str(HOME)},
    ) as writer:  # fmt: skip
        lines = []
        for line in writer.stdout:
            lines.append(line)
            if len(lines) == kill_after:
                writer.send_signal(signal.SIGKILL)
                break
    return lines


def stories(database: Path) -> tuple[list, list]:
    store = Store.read(database)
    articles = sorted(store.articles.latest(limit=1000), key=lambda article: article.id)
    final = [store.articles.story_of(article.id) for article in articles]
    placings = [store.stories.placings(story) for story in sorted(set(final))]
    store.close()
    return final, placings


def test_a_stream_that_is_killed_twice_gives_the_same_stories(tmp_path):
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    run(whole)
    for lines in (17, 31, None):
        run(killed, kill_after=lines)
    assert len(stories(whole)[0]) == 72
    assert stories(killed) == stories(whole)
