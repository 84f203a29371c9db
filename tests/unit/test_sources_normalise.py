"""From what a feed said to what is kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.html import title_text, to_text
from ingest.normalise import MAX_TITLE, identity_keys, language_of, normalise
from tests.builders import NOON, a_feed, an_entry
from wirewatch.text import clean, clean_line


def article(**values):
    return normalise(an_entry(**values), a_feed(), first_seen_at=NOON)


def test_html_becomes_paragraphs() -> None:
    html = "<p>One <b>bold</b> word.</p><p>Two<br>lines &amp; more</p><script>x()</script>"
    assert article(summary=html).summary == "One bold word.\n\nTwo\nlines & more"


def test_words_in_neighbouring_cells_and_items_stay_apart() -> None:
    assert to_text("<ul><li>one</li><li>two</li></ul>").split() == ["one", "two"]
    assert to_text("<table><tr><td>a</td><td>b</td></tr></table>").split() == ["a", "b"]


def test_plain_text_is_left_alone() -> None:
    assert to_text("3 < 4 & 5 > 2") == "3 < 4 & 5 > 2"
    assert title_text("R&D: x < y") == "R&D: x < y"


def test_titles_lose_tags_and_entities_even_when_escaped_twice() -> None:
    assert title_text("<b>Ten</b> dead &amp;amp; more &#8217;") == "Ten dead & more ’"


def test_a_body_that_repeats_the_summary_is_empty() -> None:
    assert article(summary="Ten people died.", content="<p>Ten people died.</p>").body == ""
    assert article(summary="Ten people died in a", content="Ten people died").body == ""
    long = "Ten people died. " + "More words follow here. " * 20
    assert article(summary="Ten people died.", content=long).body.startswith("Ten people died.")


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=50))
def test_what_is_kept_is_clean_and_never_raises(title: str, summary: str, guid: str) -> None:
    kept = article(title=title, summary=summary, content=summary * 2, guid=guid, link=title)
    for text in (kept.title, kept.summary, kept.body, kept.url, kept.guid_key):
        text.encode()  # no lone surrogates
        assert not any(unicodedata.category(c) == "Cc" for c in text if c not in "\n\t")
    assert "\n" not in kept.title
    assert kept.guid_key


TEXTS = st.text(max_size=60) | st.text(
    alphabet=" \n\t\r\xa0\u2028\u200b\xadae\u0301\u0340\u1e9b\u0323\u2126\x00", max_size=30
)


@given(TEXTS)
def test_texts_that_need_little_work_come_out_as_all_the_work_would_leave_them(text: str) -> None:
    whole = re.sub("\r\n?|[\x85\u2028\u2029]", "\n", text)
    # Every character by itself: one that is dropped is nothing, whatever stands beside it.
    kept = "".join(c if clean(f"x{c}x") != "xx" else "" for c in whole)
    lines = [
        re.sub(r"\s+", " ", line).strip(" ")
        for line in unicodedata.normalize("NFC", kept).split("\n")
    ]
    expected = re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()
    assert clean(text) == expected
    assert clean(expected) == expected
    assert clean_line(text) == re.sub(r"\s+", " ", expected)


@given(st.text(alphabet="<>ap/&;b =\"'!-", max_size=120))
def test_broken_markup_never_raises(source: str) -> None:
    to_text(source)
    title_text(source)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece",
    [
        "<a ",
        "<div>",
        "<",
        "&",
        "<!--",
        "<script>",
        '<a "',
        "<a '",
        "<p><b>",
        "</",
        "&#9",
        "<a href=x>",
    ],
)
def test_a_megabyte_of_anything_is_text_soon(piece: str) -> None:
    source = piece * (1_000_000 // len(piece)) + "end"
    assert len(to_text(source)) <= 2 * len(source)
    title_text(source[:10_000])


def test_endless_numbers_are_no_characters() -> None:
    assert to_text("a &amp; &#" + "9" * 5000 + ";b") == "a & b"


def test_titles_have_an_end() -> None:
    assert len(article(title="x" * 10_000).title) == MAX_TITLE


def test_keys_in_order() -> None:
    """Guid without fragment, else link, else text; a front page identifies nothing."""
    assert identity_keys("https://w.example/a#1", "", "h")[0] == "https://w.example/a"
    assert identity_keys("https://w.example/a#1", "", "h").exact_key == "https://w.example/a#1"
    assert identity_keys("", "https://www.w.example/a/", "h")[:2] == ("w.example/a", "w.example/a")
    assert identity_keys("", "https://w.example/", "h")[:2] == ("h", None)
    assert identity_keys("", "", "h") == ("h", None, "")
    assert len(identity_keys("x" * 100_000, "", "h").guid_key) < 100


def test_a_guid_that_is_a_url_stands_in_for_a_missing_link() -> None:
    kept = article(guid="https://wire.example/a", link=None)
    assert kept.url == "https://wire.example/a"
    assert article(guid="x", link="javascript:alert(1)").url == ""


@pytest.mark.parametrize(
    ("tags", "language"),
    [(("en-GB",), "en"), ((None, "AR_eg"), "ar"), (("", None), None), (("english",), None)],
)
def test_languages_are_primary_tags(tags, language) -> None:
    assert language_of(*tags) == language


def test_the_feeds_own_language_beats_the_documents() -> None:
    feed = replace(a_feed(), language="ar")
    kept = normalise(an_entry(), feed, first_seen_at=NOON, feed_language="en-us")
    assert kept.language == "ar"


def test_an_undated_entry_stays_undated() -> None:
    assert article(published=None, updated=None).published_at is None
