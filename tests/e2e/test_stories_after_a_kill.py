"""The same stream gives the same stories, also when the machine dies in the middle of anything."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from wirewatch.store import Store

HOME = Path(__file__).parents[2]
# Takes in a stream: headlines, then reports; a repair after every tenth, which merges stories; one
# split by hand, two merged. Each child dies by SIGKILL just before it would run the first statement
# that matches; the next goes on where that one was.
WRITER = """
import json, os, re, signal, sys
from datetime import timedelta
from pathlib import Path
from tests.builders import NOON, an_article
from tests.builders_news import Newsroom
from wirewatch.model import Facts
from wirewatch.pipeline import mend
from wirewatch.pipeline.place import place, repair
from wirewatch.store import Store

news = Newsroom(16)
events = [news.event() for _ in range(10)]
articles = []
for n in range(60):
    title, summary = news.report(events[n * 7 % 10])
    if n % 12 == 11:
        title, summary = articles[-2].title, articles[-2].summary
    articles.append(an_article(
        title, summary=summary if n > 25 else "", source=f"o{n % 9}", feed=f"o{n % 9}",
        guid_key=str(n), first_seen_at=NOON + timedelta(minutes=n),
    ))


def take(store, n, now):
    with store.transaction():
        place(store, store.articles.add(articles[n]), Facts(), severity=None, now=now)


def count(store, what):
    return store.conn.execute(f"SELECT count(*) FROM {what}").fetchone()[0]


def by_hand(store, now):
    n = count(store, "article")
    if n >= 30 and not count(store, "bond WHERE NOT together"):
        members = store.stories.members(store.articles.story_of(1))
        with store.transaction():
            mend.split(store, store.articles.story_of(1), members[2:], author="desk", now=now)
    if n >= 45 and not count(store, "bond WHERE together"):
        with store.transaction():
            mend.join(store, store.articles.story_of(2), store.articles.story_of(3), author="desk", now=now)


def stream(path, dies_before):
    store = Store.open(path)

    def statement(sql):
        if dies_before and re.match(dies_before, sql):
            os.kill(os.getpid(), signal.SIGKILL)

    store.conn.set_trace_callback(statement)
    while (n := count(store, "article")) <= len(articles):
        now = NOON + timedelta(minutes=n)
        if n and n % 10 == 0:
            with store.transaction():
                repair(store, now=now)
                if n in (20, 60):  # as when thousands of prints and terms have come together
                    store.copies.sort_in()
                    store.stories.sort_in_holders()
                    store.stories.sort_in_counts()
        by_hand(store, now)
        if n == len(articles):
            break
        take(store, n, now)
    store.close()


kills = 0
for dies_before in (*json.loads(sys.argv[2]), None):
    child = os.fork()
    if not child:
        stream(Path(sys.argv[1]), dies_before)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    kills += os.WIFSIGNALED(status)
    assert status in (0, signal.SIGKILL), status
print(kills)
"""


# In the order in which a stream comes to them.
MOMENTS = (
    r"INSERT INTO article\(", "INSERT INTO printed", "INSERT INTO print_backlog", "INSERT INTO story",
    "INSERT INTO holder_backlog", "INSERT INTO term_backlog", "INSERT INTO placing", "COMMIT",
    "UPDATE story SET weights", "UPDATE article SET copy_of", "UPDATE story SET changed",
    "DELETE FROM holder WHERE newest", "DELETE FROM term_backlog", "INSERT INTO term VALUES",
    "INSERT INTO tidied", "DELETE FROM print_backlog", "INSERT OR IGNORE INTO print ",
    "DELETE FROM holder_backlog", "INSERT OR REPLACE INTO holder", "COMMIT",
    r"UPDATE article SET story_id = \d+ WHERE id", "INSERT OR REPLACE INTO bond", "UPDATE story SET language",
    r"UPDATE article SET story_id = \d+ WHERE story_id", "UPDATE story SET merged_into", "COMMIT",
    r"UPDATE article SET story_id = \d+ WHERE story_id", "UPDATE story SET merged_into", "COMMIT",
)  # fmt: skip


def run(database: Path, moments: Sequence[str]) -> int:
    """Stream into a database, dying so often; return how often it did."""
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(database), json.dumps(moments)],
        cwd=HOME, check=True, capture_output=True, encoding="utf-8", env={"PYTHONPATH": str(HOME)},
    )  # fmt: skip
    return int(done.stdout)


def stories(database: Path) -> tuple[list, list, list]:
    """Return where each article is, how it came there, and all that stories are known by."""
    store = Store.read(database)
    final = [store.articles.story_of(n) for n in range(1, 61)]
    placings = [store.stories.placings(story) for story in sorted(set(final))]
    known = store.conn.execute("SELECT * FROM story ORDER BY id").fetchall()
    counts = store.conn.execute("SELECT * FROM term ORDER BY language, term").fetchall()
    assert len(counts) > 100
    store.close()
    return final, placings, [tuple(row) for row in (*known, *counts)]


def test_a_stream_that_dies_at_any_step_gives_the_same_stories(tmp_path):
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    assert run(whole, []) == 0
    assert run(killed, MOMENTS) == len(MOMENTS)
    assert stories(killed) == stories(whole)
    gone = Store.read(whole).conn.execute("SELECT id FROM story WHERE merged_into IS NOT NULL")
    assert len(gone.fetchall()) == 3  # one by hand, two by a repair
