"""A long time in a digest's life: clock steps, sleeps, kills. Nothing lost, nothing repeated."""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same life each time
from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from alerts.render import Renderer
from tests.builders import NOON, a_match, a_rule, an_article
from tests.desks import ADesk, AProgram, ARule
from wirewatch.model import Config, Digest, FileChannel, RuleBook, Severity
from wirewatch.pipeline.tell import close_digests
from wirewatch.store import Store

DIGESTS = (
    Digest("night", ("out",), at=(time(0, 30),), timezone="America/New_York"),
    Digest("twice", ("out",), at=(time(1, 30), time(13)), timezone="Asia/Beirut"),
    Digest("weekly", ("out",), at=(time(2, 30),), days=(0,), timezone="Europe/Berlin"),
)


class Killed(Exception):
    """The process died here."""


class Dying:
    """A store whose process dies before some of its commits."""

    def __init__(self, store: Store, dice: random.Random) -> None:
        self._store, self._dice = store, dice

    def __getattr__(self, name):
        return getattr(self._store, name)

    def transaction(self):
        if self._dice.random() < 0.2:
            raise Killed
        return self._store.transaction()


def a_desk() -> ADesk:
    config = Config(
        path=Path("c.yaml"), hash="h", contact="", database=Path("w.db"), rules=RuleBook((a_rule(),)),
        channels=(FileChannel(name="out"),), digests=DIGESTS,
    )  # fmt: skip
    return ADesk(config, AProgram((ARule(a_rule()),)), Renderer())


def a_story(at: datetime, article_id: int) -> int:
    """One of the 50 stories of those three days: none lives for a year."""
    return 1 + (at - NOON).days // 3 * 50 + article_id % 50


def live(store: Store, desk: ADesk, *, days: int, matches: int, seed: int) -> datetime:
    """Let matches come at random over so many days, the service ticking, sleeping, dying, its clock stepping."""
    dice = random.Random(seed)
    now, end = NOON, NOON + timedelta(days=days)
    close_digests(store, desk, now=now)
    pending = sorted(NOON + timedelta(days=days) * dice.random() for _ in range(matches))
    skew = timedelta()
    while now < end:
        now += timedelta(minutes=dice.choice([5, 20, 40]))
        if dice.random() < 0.004:
            now += timedelta(days=3 * dice.random())  # the machine slept
        if dice.random() < 0.01:
            skew = timedelta(hours=dice.choice([-2, 0, 0, 0, 9]))  # the clock was stepped
        came = sum(at <= now for at in pending[:400])
        with store.transaction():
            for at in pending[:came]:
                article = store.articles.add(
                    an_article(f"Strike {at}", guid_key=str(at), first_seen_at=at)
                )
                store.articles.set_story(article.id, a_story(at, article.id))
                ((match_id, _, _),) = store.matches.put(
                    article.id, [a_match(severity=Severity.LOW)], config_hash="h", now=now + skew
                )
                store.digests.owe([d.name for d in DIGESTS], match_id, "")
        del pending[:came]
        try:
            close_digests(Dying(store, dice), desk, now=now + skew)
        except Killed:
            continue
    for name in DIGESTS:
        with store.transaction():
            store.digests.close(name.name, slot="the end", slot_at=end, timezone="UTC", now=end)
    return end


def check(store: Store, matches: int) -> None:
    rows = store.conn.execute("SELECT digest, match_id, digest_id FROM owed").fetchall()
    assert all(row["digest_id"] for row in rows)
    per_digest = Counter(row["digest"] for row in rows)
    assert per_digest == {d.name: matches for d in DIGESTS}
    assert len({(row["digest"], row["match_id"]) for row in rows}) == 3 * matches
    slots = store.conn.execute(
        "SELECT name, slot, count(*) AS n FROM digest GROUP BY name, slot"
    ).fetchall()
    assert all(row["n"] == 1 for row in slots)
    sent = store.conn.execute("SELECT dedup_key FROM outbox WHERE kind = 'digest'").fetchall()
    assert len(sent) == len({row["dedup_key"] for row in sent}) == len(slots) - 3


@pytest.mark.parametrize("seed", [1, 2])
def test_each_match_is_in_exactly_one_digest_of_each_name(seed):
    store = Store.scratch()
    live(store, a_desk(), days=40, matches=300, seed=seed)
    check(store, 300)


def test_a_clock_that_ran_ahead_for_a_while_does_not_silence_digests():
    """A slot closed in what turns out to be the future must not keep the next ones back until then."""
    store, desk = Store.scratch(), a_desk()
    close_digests(store, desk, now=NOON)
    assert close_digests(store, desk, now=NOON + timedelta(days=4000))
    assert close_digests(store, desk, now=NOON + timedelta(days=1))
    assert not close_digests(store, desk, now=NOON + timedelta(days=1, minutes=5))
