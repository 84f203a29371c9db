"""The store's frame: transactions, migrations, strangers."""

from __future__ import annotations

import sqlite3
import struct
from dataclasses import replace

import pytest
from sqlite_utils import Database

from ingest.weigh import code
from tests.builders import NOON, a_feed, an_article
from wirewatch.errors import StoreError, StoreNewer
from wirewatch.model import FeedState, Field, Hints, Match, Severity, Span
from wirewatch.store import Store
from wirewatch.store.db import APPLICATION_ID, SUBJECTS, schema_version


def test_a_transaction_that_raises_leaves_nothing(tmp_path):
    store = Store.open(tmp_path / "w.db")
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.articles.add(an_article())
        raise ZeroDivisionError
    assert store.articles.latest(limit=5) == []


def test_a_newer_database_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "w.db"
    Store.open(path).close()
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA user_version = 9999")
    conn.close()
    with pytest.raises(StoreNewer, match="newer wirewatch"):
        Store.open(path)


def test_another_programs_database_is_left_alone(tmp_path):
    path = tmp_path / "theirs.db"
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE theirs(x)")
    conn.close()
    with pytest.raises(StoreError, match="another program"):
        Store.open(path)


def test_a_feed_state_survives_the_database():
    store = Store.scratch()
    feed = a_feed()
    state = FeedState(
        feed=feed.name,
        url=feed.url,
        configured_url=feed.url,
        next_poll_at=NOON,
        arrivals=(NOON,),
        hints=Hints(skip_hours=frozenset({3, 4})),
    )
    with store.transaction():
        store.feeds.put(state)
    assert store.feeds.get(feed.name) == state
    assert store.feeds.due(NOON, 5) == [feed.name]


def test_an_edit_keeps_the_old_text_and_is_found_by_the_new():
    store = Store.scratch()
    with store.transaction():
        first = store.articles.add(an_article("Five killed in raid"))
        edited = replace(first, title="Seven killed in raid", content_hash="other")
        store.articles.revise(first.id, edited, NOON)
    assert store.articles.get(first.id).title == "Seven killed in raid"
    assert [text[0] for _, _, text in store.articles.revisions(first.id)] == ["Five killed in raid"]
    assert store.articles.latest(limit=5, search="five") == []
    assert len(store.articles.latest(limit=5, search="seven")) == 1


def test_a_match_that_is_found_again_keeps_its_id():
    store = Store.scratch()
    match = Match("r", "v1", Severity.HIGH, (Span("g", Field.TITLE, 0, 1, "A"),))
    with store.transaction():
        article = store.articles.add(an_article())
        ((first, _, new),) = store.matches.put(article.id, [match], config_hash="c", now=NOON)
        ((again, _, still_new),) = store.matches.put(article.id, [match], config_hash="c", now=NOON)
    assert (first, new, still_new) == (again, True, False)
    assert store.matches.of_articles([article.id])[article.id][0][1] == match


def test_severities_are_ordered_by_rank_in_every_comparison():
    ranked = sorted(Severity)
    assert ranked == [
        Severity.INFO,
        Severity.LOW,
        Severity.MEDIUM,
        Severity.HIGH,
        Severity.CRITICAL,
    ]
    assert Severity.CRITICAL > Severity.HIGH >= Severity.HIGH
    assert Severity.MEDIUM <= Severity.HIGH
    assert not Severity.MEDIUM >= Severity.HIGH


def test_an_older_file_is_brought_up_to_date_with_what_is_in_it(tmp_path):
    path = tmp_path / "w.db"
    conn = sqlite3.connect(path, isolation_level=None)
    old = Database(conn)
    for subject in SUBJECTS:
        later = [each.name for each in subject.MIGRATIONS.made().pending(old)][1:]
        subject.MIGRATIONS.made().apply(old, stop_before=later[:1])
    conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    conn.execute("PRAGMA user_version = 1")
    conn.execute(
        "INSERT INTO article(feed, source, title, summary, body, url, guid_key, authors, categories, "
        "first_seen_at, content_hash) VALUES ('F', 's', 'Kept', '', '', '', 'g', '[]', '[]', 0, 'h')"
    )
    conn.execute(
        "INSERT INTO appearance(feed, guid_key, article_id, source, url, content_hash, first_seen_at, "
        "listed_at) VALUES ('F', 'g', 1, 's', '', 'h', 0, 0)"
    )
    conn.close()

    store = Store.open(path)
    assert [a.title for a in store.articles.latest(limit=5)] == ["Kept"]
    assert [k.article_id for k in store.articles.known("F", ["g"], [])] == [1]
    with store.transaction():
        store.articles.add(an_article())
    (version,) = store.conn.execute("PRAGMA user_version").fetchone()
    assert version == schema_version()
    fresh = Store.scratch()
    assert schema_of(store) == schema_of(fresh)


def test_a_story_of_an_older_file_is_compared_as_it_was(tmp_path):
    path = tmp_path / "w.db"
    conn = sqlite3.connect(path, isolation_level=None)
    old = Database(conn)
    for subject in SUBJECTS:
        later = [each.name for each in subject.MIGRATIONS.made().pending(old) if each.name > "m003"]
        subject.MIGRATIONS.made().apply(
            old, stop_before=[name for name in later if name == "m004_codes"]
        )
    weights = [float(n) for n in range(14)]
    conn.execute(
        "INSERT INTO story(language, founded_at, last_at, terms, weights, known) "
        "VALUES ('en', 0, 0, ?, ?, '{}')",
        ("karsova\ndrone", struct.pack("<17f", 2, 8.5, 1, *weights)),
    )
    conn.execute("INSERT INTO holder VALUES ('drone', 1, ?)", (struct.pack("<I", 1),))
    conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    conn.execute("PRAGMA user_version = 1")
    conn.close()

    store = Store.open(path)
    (row,) = store.stories.rows([1])
    assert (row.vector.count, row.vector.length, row.vector.named) == (2, 8.5, 1)
    assert row.vector.terms == {
        code("karsova"): tuple(weights[:7]),
        code("drone"): tuple(weights[7:]),
    }
    assert store.stories.sharing([code("drone")]) == {code("drone"): (1,)}


def schema_of(store):
    rows = store.conn.execute(
        "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
    )
    return [tuple(row) for row in rows]
