"""New, known or edited: what the keys decide."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.identify import Identified, identify, keys
from ingest.normalise import normalise
from tests.builders import NOON, a_feed, an_entry
from wirewatch.model import Article, Known, Relation

NEW, KNOWN, REVISION = Relation.NEW, Relation.KNOWN, Relation.REVISION


class Desk:
    """Remembers what identify decides, as the store does: rows by feed and key."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Known] = {}
        self.count = 0
        self.at = NOON

    def poll(self, *entries, feed: str = "Example", listed: tuple[str, ...] = ()) -> Identified:
        self.at += timedelta(minutes=15)
        articles = [normalise(e, a_feed(feed), first_seen_at=self.at) for e in entries]
        guids, links = keys(articles)
        texts = {a.content_hash for a in articles}
        known = [
            row
            for row in self.rows.values()
            if row.link_key in links
            or (row.feed == feed and (row.guid_key in guids or row.content_hash in texts))
        ]
        found = identify(articles, known, listed=listed, since=self.at - timedelta(minutes=15))
        for each in found.identities:
            self.count += each.relation is NEW
            article_id = self.count if each.article_id is None else each.article_id
            for key in each.keys:
                self.rows[feed, key] = Known(
                    article_id, feed, key, each.article.link_key, each.article.content_hash
                )
        return found

    def relations(self, *entries, **options) -> list[Relation]:
        return [each.relation for each in self.poll(*entries, **options).identities]


def e(title: str = "A headline", **values):
    return an_entry(title, **({"link": None} | values))


def test_the_same_again_is_known_and_an_edit_is_a_revision() -> None:
    desk = Desk()
    assert desk.relations(e(guid="1", summary="a")) == [NEW]
    assert desk.relations(e(guid="1", summary="a")) == [KNOWN]
    assert desk.relations(e("Other title", guid="1", summary="b")) == [REVISION]
    assert desk.relations(e("Other title", guid="1", summary="b")) == [KNOWN]


def test_a_fragment_that_counts_edits_makes_no_new_article() -> None:
    desk = Desk()
    page = "https://wire.example/articles/x"
    for n in range(3):
        (identity,) = desk.poll(e(guid=f"{page}#{n}", link=page)).identities
        assert identity.relation is (KNOWN if n else NEW)


def test_fragments_that_stand_side_by_side_are_articles_of_their_own() -> None:
    """A change log gives each release an anchor on one page; the first came alone."""
    page = "https://wire.example/changes"
    one = e("One", guid=f"{page}#1", link=f"{page}#1")
    two = e("Two", guid=f"{page}#2", link=f"{page}#2")
    desk = Desk()
    assert desk.relations(one) == [NEW]
    assert desk.relations(two, one) == [NEW, KNOWN]
    assert desk.relations(two, one) == [KNOWN, KNOWN]
    assert desk.relations(two) == [KNOWN]
    assert desk.relations(one) == [KNOWN]


def test_side_by_side_holds_when_the_known_one_was_not_even_parsed() -> None:
    page = "https://wire.example/changes"
    desk = Desk()
    desk.poll(e("One", guid=f"{page}#1", link=f"{page}#1"))
    two = e("Two", guid=f"{page}#2", link=f"{page}#2")
    assert desk.relations(two, listed=(page, f"{page}#1")) == [NEW]


def test_guids_that_differ_in_their_query_are_two() -> None:
    desk = Desk()
    both = [e(str(n), guid=f"https://wire.example/?t={n}") for n in (1, 2)]
    assert desk.relations(*both) == [NEW, NEW]


def test_a_new_guid_under_the_same_link_is_known() -> None:
    desk = Desk()
    desk.poll(e(guid="1", link="https://wire.example/a"))
    assert desk.relations(e(guid="2", link="http://www.wire.example/a/?utm_source=rss")) == [KNOWN]
    assert desk.relations(e(guid="2", link="https://wire.example/b")) == [KNOWN]


def test_one_link_twice_in_a_document_is_two_articles_for_ever() -> None:
    link = "https://wire.example/live"
    both = [e("One", guid="1", link=link), e("Two", guid="2", link=link)]
    desk = Desk()
    assert desk.relations(*both) == [NEW, NEW]
    assert desk.relations(*both) == [KNOWN, KNOWN]
    assert desk.relations(both[1]) == [KNOWN]


def test_one_link_twice_counts_what_was_not_parsed() -> None:
    link = "https://wire.example/live"
    desk = Desk()
    desk.poll(e("One", guid="1", link=link))
    assert desk.relations(e("Two", guid="2", link=link), listed=("1",)) == [NEW]


def test_one_guid_for_all_is_no_identity() -> None:
    """Trackers that number nothing: each entry has the guid "0" and a link of its own."""
    entries = [e(f"Item {n}", guid="0", link=f"https://wire.example/{n}") for n in range(4)]
    desk = Desk()
    assert desk.relations(*entries[:3]) == [NEW] * 3
    assert desk.relations(*entries) == [KNOWN] * 3 + [NEW]
    assert desk.relations(entries[3], entries[1]) == [KNOWN, KNOWN]


def test_an_entry_listed_twice_is_one() -> None:
    assert Desk().relations(e(guid="1"), e(guid="1")) == [NEW]


def test_without_guid_the_link_counts_and_without_that_the_text() -> None:
    desk = Desk()
    linked = e("One", guid=None, link="https://wire.example/a")
    bare = e("Two", guid=None, summary="words")
    assert desk.relations(linked, bare) == [NEW, NEW]
    assert desk.relations(linked, bare) == [KNOWN, KNOWN]
    edited = e("One, edited", guid=None, link="https://wire.example/a")
    assert desk.relations(edited) == [REVISION]


def test_without_guids_one_link_for_all_is_no_identity() -> None:
    link = "https://wire.example/warnings"
    both = [e("One", guid=None, link=link), e("Two", guid=None, link=link)]
    desk = Desk()
    assert desk.relations(*both) == [NEW, NEW]
    assert desk.relations(*both) == [KNOWN, KNOWN]


def test_other_feeds_know_it_by_its_link_only() -> None:
    desk = Desk()
    desk.poll(e("One", guid="1", link="https://wire.example/a"), feed="A")
    (same,) = desk.poll(e("One!", guid="9", link="https://wire.example/a"), feed="B").identities
    assert (same.relation, same.first_here) == (KNOWN, True)
    (again,) = desk.poll(e("One!", guid="9", link="https://wire.example/a"), feed="B").identities
    assert (again.relation, again.first_here) == (KNOWN, False)
    assert desk.relations(e("Two", guid="1", link="https://wire.example/b"), feed="B") == [NEW]


def test_a_headline_that_recurs_is_news_each_time() -> None:
    """Never by title alone: the daily briefing has one title and no text."""
    desk = Desk()
    for n in range(4):
        entry = e("Briefing", guid=str(n), link=f"https://wire.example/{n}")
        assert desk.relations(entry) == [NEW]


def test_a_front_page_as_link_merges_nothing() -> None:
    desk = Desk()
    desk.poll(e("One", guid="1", link="https://wire.example/"))
    assert desk.relations(e("Two", guid="2", link="https://wire.example/")) == [NEW]


def ten(prefix: str) -> list:
    return [
        e(f"Item {n}", guid=f"{prefix}{n}", link=f"https://wire.example/{prefix}/{n}", summary="w")
        for n in range(10)
    ]


def test_a_feed_that_renames_everything_is_churning_and_tells_nothing_again() -> None:
    desk = Desk()
    desk.poll(*ten("a"))
    fresh = e("Really new", guid="b-new", link="https://wire.example/b/new")
    found = desk.poll(fresh, *ten("b"))
    assert found.churning
    assert [i.relation for i in found.identities] == [NEW] + [KNOWN] * 10
    assert desk.relations(*ten("b")) == [KNOWN] * 10


def test_a_few_equal_texts_are_no_churn() -> None:
    desk = Desk()
    desk.poll(*ten("a"))
    found = desk.poll(*ten("b")[:3], *[e(f"New {n}", guid=f"n{n}") for n in range(7)])
    assert not found.churning
    assert {i.relation for i in found.identities} == {NEW}


def test_an_archive_put_back_is_marked_and_a_late_entry_is_not() -> None:
    desk = Desk()
    desk.poll(e("Today", guid="t"))
    old = [e(f"Old {n}", guid=f"o{n}", published=NOON - timedelta(days=90)) for n in range(12)]
    found = desk.poll(e("Fresh", guid="f", published=NOON), *old)
    assert found.backfill
    assert [i.is_backfill for i in found.identities] == [False] + [True] * 12
    late = desk.poll(e("Late", guid="l", published=NOON - timedelta(days=90)))
    assert not late.identities[0].is_backfill


slots = st.integers(0, 5)
documents = st.lists(st.lists(st.tuples(slots, slots, slots), max_size=6), min_size=1, max_size=5)


@settings(max_examples=60)
@given(documents)
def test_a_document_polled_again_brings_nothing_new(
    polls: list[list[tuple[int, int, int]]],
) -> None:
    """Whatever mixture of shared guids and links a feed makes up."""
    desk = Desk()
    for rows in polls:
        entries = [
            e(
                f"Title {t}",
                guid=f"https://w.example/g{g}#{t}" if g % 2 else f"g{g}" if g else None,
                link=f"https://w.example/{link}" if link else None,
            )
            for g, link, t in rows
        ]
        desk.poll(*entries)
        again = desk.poll(*entries)
        assert NEW not in {i.relation for i in again.identities}


@given(st.integers(0, 2**32))
def test_order_in_the_document_does_not_decide(seed: int) -> None:
    entries = [
        e(f"T{n}", guid=f"g{(seed >> n) % 3}", link=f"https://w.example/{(seed >> 2 * n) % 4}")
        for n in range(4)
    ]
    counts = []
    for order in (entries, entries[::-1]):
        desk = Desk()
        counts.append(sum(r is NEW for r in desk.relations(*order)))
    assert counts[0] == counts[1]


def test_articles_without_strict_keys_are_identified_too() -> None:
    article = Article(
        feed="F",
        source="s",
        title="t",
        summary="",
        body="",
        url="",
        guid_key="g",
        link_key=None,
        first_seen_at=NOON,
        content_hash="h",
    )
    assert [i.relation for i in identify([article, article], []).identities] == [NEW]
