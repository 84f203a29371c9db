"""What is forgotten, and what never is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.notify import taken
from ingest.weigh import NOTHING
from tests.builders import NOON, a_match, a_message, an_article
from wirewatch.model import (
    Facts,
    OutboxState,
    Reason,
    Retention,
    Severity,
    Tell,
    Told,
    Toll,
    TollKind,
)
from wirewatch.model.articles import Field, Span
from wirewatch.store import Store
from wirewatch.store.care import check
from wirewatch.store.prune import BEGIN, count_doomed, plan, prune

DAY = timedelta(days=1)
KEEP = Retention(articles=90 * DAY)


@pytest.fixture
def store():
    opened = Store.scratch()
    yield opened
    opened.close()


def add(store, key, *, age, feed="Example", matched=False, copy_of=None):
    """An article first seen `age` days before NOON, listed only then."""
    article = store.articles.add(
        an_article(f"Title {key}", guid_key=key, feed=feed, first_seen_at=NOON - age * DAY),
        copy_of=copy_of,
    )
    if matched:
        store.matches.put(article.id, [a_match()], config_hash="c", now=NOON - age * DAY)
    return article.id


def forget(store, retention=KEEP, now=NOON):
    what, total = plan(store, retention, now=now), BEGIN
    while total.more:
        with store.transaction():
            total = prune(store, what, total)
    return total.articles


def left(store):
    return {article.guid_key for article in store.articles.latest(limit=1000)}


def test_old_articles_that_matched_nothing_go_with_all_that_belongs_to_them(store):
    with store.transaction():
        old = add(store, "old", age=200)
        span = Span("", Field.TITLE, 0, 1, "T")
        store.matches.put_facts(old, Facts(killed=Toll(TollKind.KILLED, 1, 1, span)))
        store.articles.revise(old, an_article("Edited", content_hash="h"), NOON - 199 * DAY)
        add(store, "fresh", age=1)
    assert count_doomed(store, plan(store, KEEP, now=NOON)) == 1
    assert forget(store) == 1
    assert left(store) == {"fresh"}
    assert store.articles.latest(limit=5, search="edited") == []
    assert check(store, full=True) == ()


def test_what_matched_stays_for_ever_unless_told_otherwise(store):
    with store.transaction():
        add(store, "matched", age=1000, matched=True)
        add(store, "fresh", age=1)
    assert forget(store) == 0
    assert forget(store, Retention(articles=90 * DAY, matched=365 * DAY)) == 1


def test_what_is_owed_to_a_digest_is_not_forgotten(store):
    with store.transaction():
        article = add(store, "matched", age=1000, matched=True)
        ((match_id, _, _),) = store.matches.of_articles([article])[article]
        store.digests.owe(["morning"], match_id, "")
        add(store, "fresh", age=1)
    assert forget(store, Retention(articles=90 * DAY, matched=365 * DAY)) == 0


def test_what_a_feed_still_lists_is_never_forgotten_however_old(store):
    with store.transaction():
        add(store, "evergreen", age=1000)
        add(store, "dropped", age=1000)
        store.articles.still_listed("Example", ["evergreen"], NOON - DAY)
    forget(store)
    assert left(store) == {"evergreen"}


def test_a_feed_that_answered_not_modified_for_a_year_loses_nothing(store):
    """Its last listing is a year old; it still lists all of that."""
    with store.transaction():
        add(store, "a", age=1000)
        add(store, "b", age=1000)
        store.articles.still_listed("Example", ["a", "b"], NOON - 365 * DAY)
    assert forget(store) == 0


def test_an_entry_that_comes_and_goes_within_a_week_is_kept(store):
    with store.transaction():
        add(store, "flapping", age=1000)
        store.articles.still_listed("Example", ["flapping"], NOON - 6 * DAY)
        add(store, "fresh", age=0)
    assert forget(store) == 0


def test_a_text_that_copies_lean_on_stays_until_they_go(store):
    with store.transaction():
        original = add(store, "original", age=1000)
        add(store, "copy", age=999, copy_of=original)
        kept = add(store, "kept", age=998)
        add(store, "matched copy", age=997, copy_of=kept, matched=True)
        add(store, "fresh", age=1)
    assert forget(store) + forget(store) == 2
    assert left(store) == {"kept", "matched copy", "fresh"}


def test_many_go_in_batches(store):
    with store.transaction():
        for n in range(1200):
            add(store, f"old {n}", age=200)
        add(store, "fresh", age=1)
    assert forget(store) == 1200


def test_what_another_table_holds_on_to_is_left_and_the_rest_goes(store):
    with store.transaction():
        ids = [add(store, f"old {n}", age=200) for n in range(9)]
        add(store, "fresh", age=1)
        store.conn.execute("CREATE TABLE note(article_id INTEGER REFERENCES article(id))")
        store.conn.execute("INSERT INTO note VALUES (?)", (ids[4],))
    assert forget(store) == 8
    assert left(store) == {"old 4", "fresh"}
    assert check(store, full=True) == ()


def tell(store, *, age, key="1"):
    """A matched article, its alert that was sent, and what is remembered of having told it."""
    at = NOON - age * DAY
    article = add(store, f"told {key}", age=age, matched=True)
    ((match_id, _, _),) = store.matches.of_articles([article])[article]
    story = store.stories.found(NOTHING, {}, at)
    store.articles.set_story(article, story)
    verdict = Tell(Reason.FIRST_SIGHT, at, "")
    alert = store.alerts.wait(
        story_id=story, rule_id="airstrike", severity=Severity.HIGH, tell=verdict,
        pause_key=f"story:{story}", now=at,
    )  # fmt: skip
    store.alerts.record(match_id, verdict, occasion="", alert_id=alert, updates=(), now=at)
    pending = store.alerts.get(alert)
    store.alerts.compose(pending, at)
    store.alerts.finish({alert: ["desk"]})
    store.alerts.put_told(Told(story, "airstrike", at, at, 1, Severity.HIGH, 1))
    store.outbox.add([a_message(key, alert_id=alert, created_at=at)])
    owed = store.outbox.claim("desk", None, now=at, boot_id="b")
    store.outbox.settle(taken(owed, now=at, code=250), OutboxState.SENT, None)
    return alert


def kept(store):
    tables = ("alert", "told", "pause", "outbox", "attempt", "story")
    return [store.conn.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in tables]


def test_what_was_told_of_an_article_goes_after_it(store):
    with store.transaction():
        tell(store, age=1000, key="old")
        newest = tell(store, age=1, key="new")
    forget(store)
    assert kept(store) == [2, 2, 2, 2, 2, 2]  # matched articles stay for ever: so does this
    forget(store, Retention(articles=90 * DAY, matched=365 * DAY))
    assert kept(store) == [1, 1, 1, 1, 1, 1]
    assert store.alerts.get(newest) is not None
    assert check(store, full=True) == ()


def test_an_id_that_stood_for_an_alert_is_not_given_again(store):
    """Messages are told apart by their alert's id: a second one of that id would not go out."""
    with store.transaction():
        last = tell(store, age=1000)
    forget(store, Retention(articles=90 * DAY, matched=365 * DAY))
    with store.transaction():
        assert tell(store, age=1, key="next") > last


def test_a_night_that_forgets_stories_forgets_bytes_and_counts_too(store):
    """It stopped at the stories: bytes of messages and hourly counts stayed for ever."""
    old = NOON - 100 * DAY
    with store.transaction():
        store.stories.found(NOTHING, {}, old)
        tell(store, age=100)
        add(store, "fresh", age=1)
        store.stories.found(NOTHING, {}, NOON)
        store.feeds.count_poll("new", old)
    forget(store)
    assert store.conn.execute("SELECT count(*) FROM story").fetchone()[0] == 2
    assert store.conn.execute("SELECT payload FROM outbox").fetchone()[0] == b""
    assert store.conn.execute("SELECT count(*) FROM poll_count").fetchone()[0] == 0


def test_the_search_index_does_not_outgrow_what_is_kept(store):
    """FTS5 marks what is deleted, and by itself drops it ever more seldom: twice the size in 60 days."""

    def size():
        rows = store.conn.execute("SELECT sum(length(block)) FROM article_fts_data")
        return rows.fetchone()[0]

    sizes = []
    for day in range(60):
        now = NOON + day * DAY
        with store.transaction():
            for n in range(30):
                words = " ".join(f"w{(day * 31 + n * k) % 997}" for k in range(1, 40))
                store.articles.add(
                    an_article(words, guid_key=f"{day} {n}", feed=f"F{n}", first_seen_at=now)
                )
        forget(store, Retention(articles=DAY * 5), now=now)
        sizes.append(size())
    assert max(sizes[40:]) < 1.1 * max(sizes[10:25])
    assert len(store.articles.latest(limit=1000, search="w31")) > 0
    assert check(store, full=True) == ()


def test_a_dead_letter_stays_until_somebody_has_looked(store):
    with store.transaction():
        store.outbox.add([a_message("dead", created_at=NOON - 1000 * DAY)])
        store.outbox.give_up(1, OutboxState.DEAD, "no such user", NOON - 999 * DAY)
    forget(store, Retention(articles=90 * DAY, matched=365 * DAY))
    assert store.outbox.get(1) is not None


entry = st.tuples(st.integers(0, 400), st.integers(0, 400), st.booleans(), st.booleans())


@settings(max_examples=15)  # each makes a database
@given(st.lists(entry, max_size=12), st.integers(1, 300))
def test_nothing_listed_matched_or_young_is_ever_forgotten(entries, days):
    store = Store.scratch()
    expected, newest = set(), {}
    with store.transaction():
        for n, (age, listed_ago, matched, other_feed) in enumerate(entries):
            feed = "Other" if other_feed else "Example"
            listed_ago = min(age, listed_ago)  # noqa: PLW2901
            add(store, f"k{n}", age=age, feed=feed, matched=matched)
            store.articles.still_listed(feed, [f"k{n}"], NOON - listed_ago * DAY)
            newest[feed] = min(newest.get(feed, 999), listed_ago)
    for n, (age, listed_ago, matched, other_feed) in enumerate(entries):
        feed = "Other" if other_feed else "Example"
        if matched or age <= days or min(age, listed_ago) <= newest[feed] + 7:
            expected.add(f"k{n}")
    forget(store, Retention(articles=days * DAY))
    assert left(store) == expected
    store.close()
