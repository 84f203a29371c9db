"""What makes two links the same page."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.urls import (
    canonical_url,
    is_front_page,
    is_web,
    join,
    source_of,
    title_words,
    without_fragment,
)

SAME = [
    ("https://www.wire.example/a", "http://wire.example/a/"),
    ("https://wire.example/a?utm_source=rss&utm_medium=feed", "https://wire.example/a"),
    ("https://wire.example/a?at_medium=RSS&at_campaign=rss", "https://wire.example/a"),
    ("https://wire.example/a?traffic_source=rss", "https://wire.example/a"),
    ("https://m.wire.example/a#comments", "https://wire.example/a"),
    ("https://amp.wire.example/a/amp/", "https://wire.example/a"),
    ("https://wire.example:443/a", "http://wire.example:80/a"),
    ("https://WIRE.example/a%2db", "https://wire.example/a-b"),
    ("https://wire.example//a///b", "https://wire.example/a/b"),
    ("https://wire.example/?b=2&a=1", "https://wire.example/?a=1&b=2"),
    ("https://www.google.com/amp/s/wire.example/a", "https://wire.example/a"),
    ("https://wire.example/a?ref=rss", "https://wire.example/a"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
]
DIFFERENT = [
    ("https://wire.example/?id=1", "https://wire.example/?id=2"),
    ("https://wire.example/a", "https://other.example/a"),
    ("https://wire.example/A", "https://wire.example/a"),
    ("https://wire.example:8080/a", "https://wire.example/a"),
    ("https://wire.example/a?ref=chapter-2", "https://wire.example/a"),
    ("https://wire.example/#!/one", "https://wire.example/#!/two"),
    ("https://m.com/a", "https://com/a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_page_are_one_key(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_may_be_another_page_stays_another(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@given(
    st.one_of(
        st.text(max_size=60),
        st.builds(
            "https://{}.example/{}?{}#{}".format,
            st.from_regex(r"[a-z]{1,8}", fullmatch=True),
            st.text(max_size=20),
            st.text(max_size=20),
            st.text(max_size=5),
        ),
    )
)
def test_a_key_is_its_own_key_and_never_raises(url: str) -> None:
    key = canonical_url(url)
    assert canonical_url(key) == key


@given(
    st.lists(st.sampled_from(["utm_source=x", "fbclid=1", "at_medium=RSS", "gclid=9"]), max_size=4)
)
def test_tracking_never_makes_a_page_another(tracking: list[str]) -> None:
    query = "&".join(["id=7", *tracking])
    assert canonical_url(f"https://wire.example/a?{query}") == "wire.example/a?id=7"


def test_a_guid_loses_its_fragment_but_never_its_query() -> None:
    """BBC counts edits in fragments; Al Jazeera's guids differ in the query alone."""
    assert without_fragment("https://wire.example/x#1") == "https://wire.example/x"
    assert without_fragment("https://wire.example/?t=1") == "https://wire.example/?t=1"
    assert without_fragment("tag:wire.example,2026:1#2") == "tag:wire.example,2026:1#2"


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://feeds.bbci.co.uk/news/rss.xml", "bbci.co.uk"),
        ("https://news.wire.example/a", "wire.example"),
        ("http://192.0.2.7:8000/a", "192.0.2.7"),
        ("http://[2001:db8::1]/a", "2001:db8::1"),
        ("http://localhost/a", "localhost"),
        ("", "Feed"),
        ("not a link", "Feed"),
    ],
)
def test_the_outlet_is_the_registrable_domain(url: str, source: str) -> None:
    assert source_of(url, "Feed") == source


def test_a_front_page_identifies_nothing() -> None:
    assert is_front_page("https://wire.example/")
    assert not is_front_page("https://wire.example/a")
    assert not is_front_page("https://wire.example/?p=3")


@given(st.text(max_size=80))
def test_any_text_may_be_asked_about(text: str) -> None:
    is_web(text)
    source_of(text, "Feed")
    without_fragment(text)


LINKS = st.text(alphabet="htps:/?#;&=.%[]@a1-_ é", max_size=14)


@given(st.sampled_from(["", "http://", "https://w.example", "https://w.example/"]), LINKS)
def test_joining_ordinary_links_at_once_changes_nothing(start: str, link: str) -> None:
    base = "https://feeds.example/a/feed.xml"
    try:
        expected = urljoin(base, start + link)
    except ValueError:
        with pytest.raises(ValueError, match=r"Invalid|netloc|IPv"):
            join(base, start + link)
    else:
        assert join(base, start + link) == expected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://a.example/news/drones-hit-orlem-fuel-depot-1187.html", "drones hit orlem fuel depot"),
        ("https://a.example/2031/05/Drones_hit_Orlem_fuel_depot/?utm_source=x", "Drones hit Orlem fuel depot"),
        ("https://a.example/world/%D8%AD%D8%B1%D9%8A%D9%82-%D9%83%D8%A8%D9%8A%D8%B1-%D9%81%D9%8A-%D9%85%D8%B3%D8%AA%D9%88%D8%AF%D8%B9-%D8%A7%D9%84%D9%88%D9%82%D9%88%D8%AF", "حريق كبير مستودع الوقود"),
        ("https://a.example/article/7f3a-11e3-bada-feed-c0ffee00", ""),
        ("https://a.example/news/world/middle-east", ""),
        ("https://a.example/story.php?title=drones-hit-orlem-fuel-depot", ""),
        ("https://[broken/drones-hit-orlem-fuel-depot", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_words_of_a_headline_are_read_from_its_link(url, words):
    assert title_words(url) == words.split()
