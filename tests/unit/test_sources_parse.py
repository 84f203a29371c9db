"""Documents: whole, cut, hostile, or none at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.parse import document_hints, parse
from tests.feed_server import item, rss
from wirewatch.errors import ParseError

URL = "https://wire.example/feeds/rss.xml"
WHOLE = rss(*(item(f"Item {n}", text="Words &amp; more") for n in range(4)))


def kind_of(body: bytes, **options) -> str:
    with pytest.raises(ParseError) as caught:
        parse(body, url=URL, **options)
    return caught.value.kind


def test_a_document_is_read() -> None:
    feed = parse(WHOLE, url=URL)
    assert feed.title == "Wire"
    assert [e.title for e in feed.entries] == ["Item 0", "Item 1", "Item 2", "Item 3"]
    first = feed.entries[0]
    assert first.guid == "id-Item-0"
    assert first.published == datetime(2026, 3, 9, 11, tzinfo=UTC)


def test_a_body_that_is_a_path_opens_no_file(tmp_path) -> None:
    path = tmp_path / "secret.rss"
    path.write_bytes(WHOLE)
    assert kind_of(str(path).encode()) == "not-a-feed"


@pytest.mark.parametrize("body", [b"", b"  \n", b"\x00\x00", b"\xef\xbb\xbf\n"])
def test_nothing_is_called_empty(body: bytes) -> None:
    assert kind_of(body) == "empty"


def test_pages_for_people_are_failures_with_a_name() -> None:
    page = b"<!DOCTYPE html><html><head><title>%b</title></head><body>x</body></html>"
    assert kind_of(page % b"Maintenance") == "not-a-feed"
    assert kind_of(page % b"Just a moment...") == "blocked"
    assert kind_of(page % b"News", headers=(("cf-mitigated", "challenge"),)) == "blocked"
    assert kind_of(b"hello") == "not-a-feed"


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse(rss(), url=URL).entries == ()


@settings(max_examples=25)
@given(st.integers(200, len(WHOLE) - 1))
def test_a_cut_document_never_gives_a_half_read_entry(cut: int) -> None:
    """Whatever is read of it stands just so in the whole."""
    whole = {(e.guid, e.title, e.link) for e in parse(WHOLE, url=URL).entries}
    try:
        feed = parse(WHOLE[:cut], url=URL, complete=False)
    except ParseError:
        return
    assert {(e.guid, e.title, e.link) for e in feed.entries} <= whole
    assert feed.warnings


def test_a_cut_is_seen_without_being_told() -> None:
    """A server that announces no length just stops."""
    feed = parse(WHOLE[: WHOLE.rindex(b"<link>")], url=URL)
    assert len(feed.entries) == 3
    assert "dropped the last entry" in feed.warnings[0]


def test_control_characters_go_and_entities_stay_words() -> None:
    body = rss(item("A\x08B caf&eacute; &rsquo;n"))
    assert parse(body, url=URL).entries[0].title == "AB café ’n"


def test_a_bad_date_costs_the_date_and_nothing_else() -> None:
    body = rss(item("One", date="the other day"), item("Two", date="Sun, 01 Jan 0001 00:00:00 GMT"))
    assert [(e.title, e.published) for e in parse(body, url=URL).entries] == [
        ("One", None),
        ("Two", None),
    ]


def test_epoch_dates_are_not_days_in_2017() -> None:
    (entry,) = parse(rss(item("One", date="1772195880")), url=URL).entries
    assert entry.published == datetime(2026, 2, 27, 12, 38, tzinfo=UTC)


def test_relative_links_are_joined_and_opaque_ids_are_not() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>t3_abc</id>'
        b'<title>One</title><link href="/news/1"/></entry></feed>'
    )
    (entry,) = parse(body, url=URL).entries
    assert (entry.guid, entry.link) == ("t3_abc", "https://wire.example/news/1")


def test_a_charset_of_the_header_is_honoured() -> None:
    body = rss(item("caf\u00e9")).decode().replace(' encoding="utf-8"', "").encode("latin-1")
    feed = parse(body, url=URL, content_type="application/rss+xml; charset=iso-8859-1")
    assert feed.entries[0].title == "café"


def test_json_feed_is_read() -> None:
    body = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Wire",
            "home_page_url": "/",
            "items": [
                {
                    "id": 7,
                    "url": "/news/7",
                    "title": "Seven",
                    "content_text": "a < b",
                    "date_published": "2026-03-09T12:00:00+03:00",
                    "authors": [{"name": "Ann"}],
                    "tags": ["world"],
                },
                "nonsense",
            ],
        }
    ).encode()
    feed = parse(body, url=URL)
    (entry,) = feed.entries
    assert (entry.guid, entry.link) == ("7", "https://wire.example/news/7")
    assert entry.published == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert (entry.authors, entry.categories) == (("Ann",), ("world",))
    assert entry.summary == "a &lt; b"
    assert feed.warnings


@pytest.mark.parametrize("body", [b'{"a": 1}', b"{", b'{"items": 3}', b"{" * 100_000])
def test_other_json_is_no_feed(body: bytes) -> None:
    assert kind_of(body) == "not-a-feed"


def test_what_the_document_asks_for_is_read() -> None:
    head = (
        "<ttl>90</ttl><skipHours><hour>1</hour><hour>24</hour><hour>x</hour></skipHours>"
        "<skipDays><day>Saturday</day></skipDays>"
    )
    hints = document_hints(rss(head=head))
    assert hints.ttl == timedelta(minutes=90)
    assert hints.skip_hours == {0, 1}
    assert hints.skip_days == {5}


def test_an_update_period_counts() -> None:
    head = "<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert document_hints(rss(head=head)).ttl == timedelta(hours=6)
    assert document_hints(rss()).ttl is None


@settings(max_examples=80)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: rss(item(t)))))
def test_any_bytes_give_a_feed_or_a_named_error(body: bytes) -> None:
    kind = "feed"
    try:
        feed = parse(body, url=URL)
        assert all(isinstance(e.title, str) for e in feed.entries)
    except ParseError as error:
        kind = error.kind
    assert kind in {"feed", "empty", "not-a-feed", "blocked"}
