"""What waits for its index is found as if it were there: after a restart, a rollback, a sorting in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON, an_article
from wirewatch.clock import to_ms
from wirewatch.store import Store
from wirewatch.store.backlog import Backlog

KEYS = st.sampled_from([0, 1, 7, 2**31, 2**32 - 1])
ENTRIES = st.dictionaries(KEYS, st.binary(max_size=9))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "w.db"


def index(store, article_id, marks):
    store.copies.put(article_id, marks, source="a", seen_ms=to_ms(NOON), print_count=len(marks))


def added(store, key):
    return store.articles.add(an_article(key, guid_key=key, first_seen_at=NOON)).id


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ENTRIES, st.sampled_from(["kept", "lost", "restart", "taken"]))))
def test_a_backlog_holds_what_was_committed_and_not_taken(steps):
    store, expected = Store.scratch(), dict[int, bytes]()
    backlog = Backlog(store.conn, "print_backlog", most=3)
    for entries, then in steps:
        store.conn.execute("BEGIN")
        assert backlog.put(entries) == (len(expected | entries) >= 3)
        assert backlog.held == expected | entries
        if then == "lost":
            store.conn.execute("ROLLBACK")
            backlog.forget_cached()
        else:
            expected |= entries
            if then == "taken":
                assert backlog.take() == sorted(expected.items())
                expected = {}
            store.conn.execute("COMMIT")
        if then == "restart":
            backlog = Backlog(store.conn, "print_backlog", most=3)
        assert backlog.held == expected
    store.close()


@pytest.mark.parametrize("sorted_in", [False, True])
def test_prints_are_found_wherever_they_are(path, sorted_in):
    store = Store.open(path)
    with store.transaction():
        one, other = added(store, "1"), added(store, "2")
        index(store, one, {5, 6})
        if sorted_in:
            store.copies.sort_in()
        index(store, other, {6, 2**32 - 1})
        index(store, one, {5, 8})  # edited
    expected = {5: [one], 6: [one, other], 8: [one], 2**32 - 1: [other]}
    asked = frozenset({5, 6, 8, 9, 2**32 - 1})
    assert store.copies.sharing(asked) == expected
    store.close()
    again = Store.open(path)
    assert again.copies.sharing(asked) == expected
    with again.transaction():
        again.copies.sort_in()
    assert again.copies.sharing(asked) == expected
    again.close()


def test_once_there_are_thousands_they_are_sorted_in(path):
    store = Store.open(path)
    with store.transaction():
        index(store, added(store, "1"), range(30_000))
        store.stories.post(1, range(15_000))
    counts = [
        store.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("print", "print_backlog", "holder", "holder_backlog")
    ]
    assert counts == [30_000, 0, 15_000, 0]
    assert store.copies.sharing(frozenset({29_999})) == {29_999: [1]}
    assert store.stories.sharing([14_999]) == {14_999: (1,)}
    store.close()


def test_what_has_been_over_for_long_is_dropped_while_it_waits(path):
    store = Store.open(path)
    with store.transaction():
        store.stories.post(1, [70, 71])
        store.stories.post(2, [71])
        store.stories.drop_holders(2)
    assert store.stories.sharing([70, 71]) == {71: (1, 2)}
    store.close()


def test_what_is_rolled_back_waits_for_nothing(path):
    store = Store.open(path)
    with store.transaction():
        index(store, added(store, "1"), {5})
        store.stories.post(1, [70])
    with pytest.raises(ZeroDivisionError), store.transaction():
        index(store, added(store, "2"), {5, 6})
        store.stories.post(2, [70, 71])
        store.stories.count("en", ["drone"])
        store.copies.sort_in()
        raise ZeroDivisionError
    assert store.copies.sharing(frozenset({5, 6})) == {5: [1]}
    assert store.stories.sharing([70, 71]) == {70: (1,)}
    assert store.stories.seen("en", ["drone"])["drone"] == 0
    store.close()


def test_terms_count_while_they_wait_and_once_they_are_sorted_in(path):
    store = Store.open(path)
    with store.transaction():
        store.stories.count("en", ["drone", "fuel"])
        store.stories.sort_in_counts()
        store.stories.count("en", ["drone"])
        store.stories.count("es", ["drone"])
    for _ in range(2):
        seen = store.stories.seen("en", ["drone", "fuel", "port"])
        assert [seen[each] for each in ("", "drone", "fuel", "port")] == [2, 2, 1, 0]
        assert store.stories.seen("es", ["drone"])["drone"] == 1
        store.close()
        store = Store.open(path)
        with store.transaction():
            store.stories.sort_in_counts()
    for n in range(70):
        with store.transaction():
            store.stories.count("en", ["drone", str(n)])
    assert store.stories.languages() == {"en": 66, "es": 1}  # 64 at a time
    assert store.stories.seen("en", ["drone"])["drone"] == 72
    store.close()


def test_another_process_sees_what_waits_and_is_seen(path):
    store, other = Store.open(path), Store.open(path)
    with store.transaction():
        store.stories.post(1, [70])
    with other.transaction():
        other.stories.post(2, [70])
    with store.transaction():
        assert store.stories.sharing([70]) == {70: (1, 2)}
    other.close()
    store.close()


def test_the_prints_of_what_is_forgotten_go_even_while_they_wait(path):
    store = Store.open(path)
    with store.transaction():
        index(store, added(store, "1"), {5, 6})
    with store.transaction():
        store.copies.forget(to_ms(NOON) + 1)
    assert store.copies.sharing(frozenset({5, 6})) == {}
    store.close()


def test_terms_that_lead_nowhere_any_more_are_gone_from_the_table_too(path):
    store = Store.open(path)
    with store.transaction():
        store.stories.post(1, [70, 71, 72])
        store.stories.sort_in_holders()
        store.stories.repost(1, [70], None)
        store.stories.post(2, [71])
    assert store.stories.sharing([70, 71, 72]) == {71: (1, 2), 72: (1,)}
    with store.transaction():
        store.stories.drop_holders(2)
    assert store.stories.sharing([70, 71, 72]) == {71: (1, 2)}
    with store.transaction():
        store.stories.sort_in_holders()
    assert store.stories.sharing([70, 71, 72]) == {71: (1, 2)}
    rows = store.conn.execute("SELECT term FROM holder").fetchall()
    assert [row[0] for row in rows] == [71]
    store.close()
