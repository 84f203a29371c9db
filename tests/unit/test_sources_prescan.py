"""What the pre-scan leaves out is exactly what was there before."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.prescan import entry_spans, prescan
from ingest.read import read
from tests.builders import NOON, a_feed
from tests.feed_server import item, rss
from wirewatch.model import Fetched, Hints, Validators

URL = "https://wire.example/rss"


def fetched(body: bytes) -> Fetched:
    return Fetched(URL, body, None, Validators(), Hints())


def hashes(body: bytes) -> dict[str, str]:
    """What the store would remember of a document."""
    articles = read(fetched(body), {}, a_feed(), now=NOON).articles
    return {a.guid_key: a.entry_hash for a in articles}


titles = st.lists(st.sampled_from([f"Item {n}" for n in range(9)]), max_size=8, unique=True)


@settings(max_examples=30)
@given(titles, titles, st.sampled_from(["", "<![CDATA[<item>]]>", "<!-- </item> -->"]))
def test_known_and_left_entries_are_the_document(
    before: list[str], after: list[str], odd: str
) -> None:
    """Together they are all entries, none is both, and what is left reads as it would alone."""
    old = hashes(rss(*(item(t, text=odd) for t in before)))
    body = rss(*(item(t, text=odd) for t in after), head="<lastBuildDate>now</lastBuildDate>")
    full = read(fetched(body), {}, a_feed(), now=NOON)
    part = read(fetched(body), old, a_feed(), now=NOON)
    assert set(part.feed.listed) == {f"id-{t.replace(' ', '-')}" for t in after if t in before}
    assert part.articles == tuple(a for a in full.articles if a.guid_key not in part.feed.listed)


def test_an_edited_entry_is_not_left_out() -> None:
    old = hashes(rss(item("One", text="first")))
    scan = prescan(rss(item("One", text="second")), old, url=URL)
    assert scan.listed == ()
    assert scan.left_out == 0


def test_another_base_makes_other_entries() -> None:
    body = rss(item("One"))
    assert prescan(body, hashes(body), url=URL).left_out == 1
    assert prescan(body, hashes(body), url="https://other.example/rss").left_out == 0
    assert (
        prescan(body.replace(b"<rss ", b'<rss xml:base="/x" '), hashes(body), url=URL).left_out == 0
    )


def test_documents_with_entities_of_their_own_are_not_scanned() -> None:
    body = b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(item("One"))
    assert prescan(body, {}, url=URL).hashes == ()


def test_tags_that_do_not_pair_up_are_not_guessed_at() -> None:
    assert entry_spans(b"<rss><item>a<item>b</item></rss>") == []
    assert entry_spans(b"<rss></item><item>") == []
    assert entry_spans(b"<rss><item/><item>b</item></rss>") == [(12, 26)]


@given(st.binary(max_size=200))
def test_any_bytes_are_scanned(body: bytes) -> None:
    assert prescan(body, {"a": "b"}, url=URL).rest == body


def test_a_document_without_news_is_not_parsed_but_its_wishes_count() -> None:
    body = rss(item("One"), head="<ttl>120</ttl>")
    found = read(fetched(body), hashes(body), a_feed(), now=NOON)
    assert found.articles == ()
    assert found.feed.listed == ("id-One",)
    assert found.feed.hints.ttl is not None
