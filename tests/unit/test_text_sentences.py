"""Sentences, paragraphs and the end of a lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.text.sentences import lead_end, paragraphs, sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One fell. Two ran.", ["One fell.", "Two ran."]),
        ("The U.S. Army said no. It left.", ["The U.S. Army said no.", "It left."]),
        ("Gen. Omar Haddad spoke. He left.", ["Gen. Omar Haddad spoke.", "He left."]),
        ("It cost 3.5 million. Really?", ["It cost 3.5 million.", "Really?"]),
        ("“We hit it.” They said so.", ["“We hit it.”", "They said so."]),
        ("قتل خمسة؟ نعم. انتهى", ["قتل خمسة؟", "نعم.", "انتهى"]),
        ("無人機が攻撃した。死者なし！", ["無人機が攻撃した。", "死者なし！"]),
        ("A headline\nA line below", ["A headline", "A line below"]),
        ("Seen at 5 a.m. local time. Then gone.", ["Seen at 5 a.m. local time.", "Then gone."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet='aA.!?。\n "”U', max_size=80))
def test_sentences_cover_all_words_in_order(text: str) -> None:
    assert "".join("".join(cut(text)).split()) == "".join(text.split())


@given(st.text(alphabet="aA.! \n", max_size=60), st.integers(1, 4))
def test_a_lead_ends_with_its_last_sentence(text: str, count: int) -> None:
    found = sentences(text)
    expected = found[min(count, len(found)) - 1][1] if found else 0
    assert lead_end(text, count=count) == expected


def test_a_lead_longer_than_the_first_stretch_is_found_whole() -> None:
    text = "word " * 400 + "end. Second one. Third one."
    assert text[: lead_end(text, count=2)].endswith("Second one.")


def test_paragraphs_are_lines_with_something_in_them() -> None:
    text = "one\n\n two\n \nthree"
    assert [text[a:b] for a, b in paragraphs(text)] == ["one", " two", "three"]
