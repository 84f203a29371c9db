"""A year in the life of a desk's digests: clock steps, sleeps, kills, restarts, nightly pruning.

WIREWATCH_LONG=1 pytest tests/e2e/test_alerts_year.py -s     lives the whole year, with 100,000 matches
"""

from __future__ import annotations

import os
import random  # noqa: TID251 - seeded: the same life each time
import time as steady
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from alerts.render import Renderer
from tests.builders import NOON, a_match, a_placement, a_rule, an_article
from tests.desks import ADesk, AProgram, ARule
from wirewatch.model import (
    Config,
    Digest,
    Facts,
    FileChannel,
    Retention,
    RuleBook,
    Severity,
)
from wirewatch.pipeline.tell import close_digests, compose_due, tell
from wirewatch.store import Store
from wirewatch.store.prune import BEGIN, plan, prune

DAY = timedelta(days=1)
RENDERER = Renderer()  # keeps nothing between two messages but its compiled templates
RETENTION = Retention(articles=10 * DAY, matched=20 * DAY)
DIGESTS = (
    Digest("night", ("out",), at=(time(0, 30),), timezone="America/New_York"),
    Digest("twice", ("out",), at=(time(1, 30), time(13)), timezone="Asia/Beirut"),
    Digest("weekly", ("out",), at=(time(2, 30),), days=(0,), timezone="Europe/Berlin"),
)


class Killed(Exception):
    """The process died here."""


class Dying:
    """A store whose process dies before some of its transactions."""

    def __init__(self, store: Store, dice: random.Random) -> None:
        self._store, self._dice = store, dice

    def __getattr__(self, name):
        return getattr(self._store, name)

    def transaction(self):
        if self._dice.random() < 0.1:
            raise Killed
        return self._store.transaction()


def a_desk() -> ADesk:
    config = Config(
        path=Path("c.yaml"), hash="h", contact="", database=Path("w.db"), rules=RuleBook((a_rule(),)),
        channels=(FileChannel(name="out"),), digests=DIGESTS,
    )  # fmt: skip
    return ADesk(config, AProgram((ARule(a_rule()),)), RENDERER)


@dataclass
class Life:
    """The service's life over some days, and a ledger of its own of what each digest took.

    Attributes:
        pending: When the matches will come, in order.
        taken: How often each match, by its article's guid, was in a digest of each name.
    """

    days: int
    matches: int
    seed: int
    store: Store = field(default_factory=Store.scratch)
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    slots: Counter[tuple[str, str]] = field(default_factory=Counter)
    sent: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.desk, self.now, self.skew = a_desk(), NOON, timedelta()
        span = timedelta(days=self.days)
        self.pending = sorted(NOON + span * self.dice.random() for _ in range(self.matches))
        self.guids: dict[int, str] = {}
        self.read_to = 0

    def live(self) -> None:
        close_digests(self.store, self.desk, now=self.now)
        end, night = NOON + timedelta(days=self.days), NOON
        while self.now < end:
            self._pass_time()
            try:
                self._tick(Dying(self.store, self.dice))
            except Killed:  # nothing is left but what was committed
                self.store, self.desk = Store(self.store.conn, None), a_desk()
            self._read_digests()
            if self.now - night > DAY:
                night = self.now
                self._prune()
        self.now = end + 8 * DAY  # one more slot of each
        self._tick(self.store)
        self._read_digests()

    def _pass_time(self) -> None:
        self.now += timedelta(minutes=self.dice.choice([5, 20, 40]))
        if self.dice.random() < 0.004:
            self.now += 3 * DAY * self.dice.random()  # the machine slept
        if self.dice.random() < 0.01:
            self.skew = timedelta(hours=self.dice.choice([-2, 0, 0, 0, 9]))  # the clock was stepped

    def _tick(self, store: Store) -> None:
        now = self.now + self.skew
        self._poll(store, now)
        compose_due(store, self.desk, now=now)
        close_digests(store, self.desk, now=now)

    def _poll(self, store: Store, now: datetime) -> None:
        came = [at for at in self.pending[:400] if at <= self.now]
        with store.transaction():
            for at in came:
                severity = Severity.HIGH if self.dice.random() < 0.2 else Severity.LOW
                article = store.articles.add(
                    an_article(f"Strike {at}", guid_key=str(at), first_seen_at=now)
                )
                self.guids[article.id] = str(at)
                # One of the 50 stories of those three days: none lives for a year.
                story_id = 1 + (at - NOON).days // 3 * 50 + article.id % 50
                store.articles.set_story(article.id, story_id)
                stored = store.matches.put(
                    article.id, [a_match(severity=severity)], config_hash="h", now=now
                )
                tell(
                    store, self.desk, article=article, stored=stored, placement=a_placement(story_id),
                    facts=Facts(), hold=None, now=now,
                )  # fmt: skip
        del self.pending[: len(came)]

    def _read_digests(self) -> None:
        """Write down what digests have taken and sent since: pruning will forget it."""
        for closed, _ in reversed(self.store.digests.latest(3)):
            if closed.id > self.read_to:
                self.read_to = closed.id
                self.slots[closed.name, closed.slot] += 1
                for article_id, _, _ in self.store.digests.assigned(closed.id):
                    self.taken[closed.name, self.guids[article_id]] += 1
        sent = self.store.conn.execute(
            "SELECT id FROM outbox WHERE digest_id > 0 AND id > ?",  # not a storm's mini-digests
            (max(self.sent, default=0),),
        )
        self.sent |= {row["id"] for row in sent}

    def _prune(self) -> None:
        what, total = plan(self.store, RETENTION, now=self.now), BEGIN
        while total.more:
            with self.store.transaction():
                total = prune(self.store, what, total)


LIVES = [(30, 300, 1)]
if os.environ.get("WIREWATCH_LONG"):
    LIVES += [(30, 300, 2), (365, 100_000, 3)]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("days", "matches", "seed"), LIVES)
def test_each_match_is_in_exactly_one_digest_of_each_name(days, matches, seed):
    life, begun = Life(days, matches, seed), steady.process_time()
    life.live()
    lost = 3 * matches - len(life.taken)
    repeated = sum(count - 1 for count in life.taken.values())
    print(  # noqa: T201 - the figure, with pytest -s
        f"{days} days, {matches:,} matches: {len(life.slots)} digests, {len(life.sent)} sent, {lost} lost, "
        f"{repeated} repeated, {steady.process_time() - begun:.0f} s of CPU"
    )
    assert (lost, repeated) == (0, 0)
    assert set(life.slots.values()) == {1}
    assert len(life.sent) == len(life.slots)


def test_a_clock_that_ran_ahead_for_a_while_does_not_silence_digests():
    """A slot closed in what turns out to be the future must not keep the next ones back until then."""
    store, desk = Store.scratch(), a_desk()
    close_digests(store, desk, now=NOON)
    assert close_digests(store, desk, now=NOON + timedelta(days=4000))
    assert close_digests(store, desk, now=NOON + timedelta(days=1))
    assert not close_digests(store, desk, now=NOON + timedelta(days=1, minutes=5))
