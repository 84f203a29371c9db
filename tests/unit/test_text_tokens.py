"""The normaliser: what folds, what does not, and that its two ways agree."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.text import fold, tokens, words
from wirewatch.text.quick import _USUAL
from wirewatch.text.tokens import normalise, normalise_cased

PIECES = st.sampled_from(
    [
        "Kata’ib", "Kata'ib", "US's", "'s", "’S", "'", "air-strike", "U.S.", "Straße", "İstanbul", "ﬁre",
        "é", "e\u0301", "й", "и\u0306", "ё", "طائرة", "كَتَائِب", "حزب\u200cالله", 'צה"ל', "שָׁלוֹם",
        "無人機", "ドローン", "か\u3099", "โดรน", "ड्रोन", "드론", "ﷺ", "½", "™", "⚡️", "１２", "٣٤", "ΐ", "ΐ".upper(),
        "\ud800", "\u200d", "\ufeff", "\x00", "\n", " ", ".", '"', "“", "”", "´", "`", "a\u0338", "\u0301",
    ]
)  # fmt: skip
TEXT = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))


@given(TEXT)
def test_both_ways_give_the_same_words(text: str) -> None:
    assert normalise(text).decode().split() == [t.text for t in tokens(text)] == words(text)


@given(TEXT)
def test_the_cased_bytes_lie_under_the_folded_ones(text: str) -> None:
    plain, cased = normalise(text), normalise_cased(text)
    assert len(plain) == len(cased)
    assert [len(w) for w in plain.split()] == [len(w) for w in cased.split()]


@given(TEXT)
def test_offsets_are_in_order_and_inside_the_text(text: str) -> None:
    at = 0
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.start >= at or text[token.start : token.end] == text[at : token.end]
        at = max(at, token.start)


@given(TEXT)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Kata'ib", "Kata’ib"),
        ("Kata'ib", "Kataʼib"),
        ("Kata'ib", "Kataib"),
        ("air-strike", "Air  Strike"),
        ("Iran’s", "iran"),
        ("US's", "us"),
        ("the soldiers' base", "The soldiers base"),
        ("São Tomé", "Sao Tome"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("ﬁre", "fire"),
        ("كَتَائِب", "كتائب"),
        ("أحمد", "احمد"),
        ("کتائب", "كتائب"),
        ("حزب\u200cالله", "حزب الله"),
        ("צה״ל", 'צה"ל'),
        ("שָׁלוֹם", "שלום"),
        ("ёлка", "елка"),
        ("уда́р", "удар"),
        ("и\u0306од", "йод"),
        ("１２ ٣٤", "12 34"),
        ("soft\u00adhyphen", "softhyphen"),
        ("no\u00a0break", "no break"),
    ],
)
def test_these_are_the_same(left: str, right: str) -> None:
    assert words(left) == words(right)


@pytest.mark.parametrize(
    ("left", "right"), [("й", "и"), ("ड्रोन", "डरन"), ("crisis", "isis"), ("ї", "і"), ("ά", "α")]
)
def test_these_are_not(left: str, right: str) -> None:
    assert words(left) != words(right)


def test_scripts_without_spaces_are_words_of_one_character() -> None:
    assert words("F16戦闘機") == ["f16", "戦", "闘", "機"]
    assert fold("U.S.") == "u s"
    assert words('צה"ל תקף') == ["צהל", "תקף"]
    assert words('"חמאס" אמר') == ["חמאס", "אמר"]


def test_offsets_point_at_the_word_without_its_possessive() -> None:
    text = '“Kata’ib Hizbullah’s drone” — كَتَائِب in İzmir, צה"ל'
    found = {t.text: text[t.start : t.end] for t in tokens(text)}
    assert found == {
        "kataib": "Kata’ib",
        "hizbullah": "Hizbullah",
        "drone": "drone",
        "كتايب": "كَتَائِب",
        "in": "in",
        "izmir": "İzmir",
        "צהל": 'צה"ל',
    }


@pytest.mark.parametrize(
    ("text", "word", "written"),
    [
        ("小型ﾄﾞﾛｰﾝが攻撃", "ド", "ﾄﾞ"),
        ("小型ﾄﾞﾛｰﾝが攻撃", "攻", "攻"),
        ("צה״ל—מסר״ה", "צהל", "צה״ל"),
        ("中国e\u0301無人機", "無", "無"),
    ],
)
def test_a_run_without_blanks_has_its_words_where_they_stand(
    text: str, word: str, written: str
) -> None:
    assert {t.text: text[t.start : t.end] for t in tokens(text)}[word] == written


@pytest.mark.parametrize("piece", ["a", "'", "é", "無", "a\u0301", "ا\u200c", 'א"', "strike "])
def test_a_megabyte_of_anything_is_read_in_bounded_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    normalise(text)
    assert time.process_time() - started < 2


@given(st.text(st.sampled_from([*_USUAL, *"aZ9 '\"-.S\x1e\x00"]), max_size=40))
def test_texts_of_usual_characters_fold_as_they_do_the_long_way(text: str) -> None:
    # A character from elsewhere makes the whole text go the long way; here it is a word of its own.
    assert normalise(text).split() == normalise(f"{text} ж").split()[:-1]
