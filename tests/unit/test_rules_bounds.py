"""Hostile texts and books: bounded time, right answers."""

from __future__ import annotations

import os
import time

import pytest

from rules import compile_rules
from rules.inflect import inflect
from tests.builders import an_article
from wirewatch.model import (
    Appearance,
    EntitySpec,
    GroupSpec,
    ListSpec,
    NearSpec,
    PhraseSpec,
    RuleBook,
    RuleSpec,
)

HERE = Appearance("Courier", "courier.example")


def p(text: str) -> PhraseSpec:
    return PhraseSpec(text, ())


LONG = bool(os.environ.get("WIREWATCH_LONG"))
SIZE = 5 if LONG else 2


def program_of(*lines: str, near: int | None = None):
    groups = tuple(GroupSpec(f"g{n}", (), (p(line),)) for n, line in enumerate(lines))
    nears = (NearSpec(("g0", "g1"), near, ()),) if near else ()
    return compile_rules(RuleBook((RuleSpec("r", (), groups, near=nears, exclude=(p("sport"),)),)))


@pytest.mark.parametrize(
    "body",
    [
        "strike jet " * (4_000 * SIZE),
        "strike " * (6_000 * SIZE),
        "s" * (60_000 * SIZE),
        "無" * (12_000 * SIZE),
        "STRIKE JET " * (4_000 * SIZE),
        "\ud800\u200d\u0301" * (20_000 * SIZE),
        "strike. Jet! " * (4_000 * SIZE),
    ],
)
def test_a_huge_text_of_anything_takes_time_in_proportion(body: str) -> None:
    program = program_of("strike~ NEAR/4 jet*", "(strike THEN/3 jet) | 無無 | US", near=40)
    started = time.process_time()
    program.matching(an_article("A strike", body=body), HERE)
    assert time.process_time() - started < 10  # on a loaded machine; under a second on a free one


def test_twenty_thousand_phrases_compile_and_find() -> None:
    terms = tuple(p(f"wordnumber{n} thing") for n in range(20_000))
    rule = RuleSpec("r", (), (GroupSpec("g", (), (p("$big"),)),))
    started = time.process_time()
    program = compile_rules(RuleBook((rule,), (ListSpec("big", (), terms),)))
    assert time.process_time() - started < 20
    assert program.matching(an_article("a wordnumber19999 thing"), HERE) == ["r"]


def test_headlines_in_capitals_do_not_make_a_country_of_a_pronoun() -> None:
    program = program_of("US")
    assert not program.matching(an_article("PLEASE TELL US WHAT HAPPENED"), HERE)
    assert program.matching(an_article("What the US says"), HERE)
    assert program.matching(an_article("PLEASE TELL US ALL", body="The US said so."), HERE)


@pytest.mark.parametrize(
    ("word", "language", "form"),
    [
        ("militia", None, "militiamen"),
        ("struck", None, "striking"),
        ("gunmen", None, "gunman"),
        ("gunman", None, "gunmen"),
        ("bodies", None, "body"),
        ("crashes", None, "crash"),
        ("free", None, "freed"),
        ("tie", None, "tying"),
        ("carry", None, "carried"),
        ("ban", None, "banned"),
        ("target", None, "targeted"),
        ("blast", None, "blasting"),
        ("german", None, "germans"),
        ("panic", None, "panicked"),
        ("retake", None, "retook"),
        ("stab", None, "stabbings"),
        ("building", None, "buildings"),
        ("building", None, "built"),
        ("quiz", None, "quizzes"),
        ("spokesperson", None, "spokespeople"),
        ("spokesperson", None, "spokespersons"),
        ("denied", None, "denies"),
        ("stopped", None, "stop"),
        ("seized", None, "seizing"),
        ("agreed", None, "agree"),
        ("shelling", None, "shelled"),
        ("troops", None, "troops"),
        ("bombe", "fr", "bombes"),
        ("irak", "tr", "irakta"),
        ("حمله", "fa", "حملهها"),
        ("غاره", None, "غارات"),
        ("ميليشيا", None, "ميليشيات"),
        ("صاروخ", None, "صواريخ"),
        ("پهپاد", None, "پهپادها"),
        ("טיל", None, "טילים"),
        ("드론", None, "드론을"),
        ("атака", None, "атаку"),
        ("армия", None, "армию"),
        ("село", None, "селом"),
        ("здание", None, "здания"),
        ("боец", None, "бойцов"),
        ("боевик", None, "боевиками"),
        ("бой", None, "боя"),
        ("часть", None, "части"),
        ("убить", None, "убили"),
        ("убит", None, "убито"),
        ("день", None, "дней"),
        ("київ", None, "києва"),
        ("военный", None, "военного"),
        ("российский", None, "российских"),
        ("российского", None, "российский"),
        ("дроны", None, "дронов"),
        ("да", None, "да"),
        ("кенгуру", None, "кенгуру"),
    ],
)
def test_words_take_the_forms_their_language_gives_them(word, language, form) -> None:
    assert form in inflect(word, language)


@pytest.mark.parametrize(
    ("word", "other"),
    [("rated", "rats"), ("evening", "even"), ("king", "k"), ("seed", "see"), ("german", "germen")],
)
def test_words_take_no_forms_of_other_words(word, other) -> None:
    assert other not in inflect(word)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("UAV~", "three UAVs"),
        ("US~", "told us"),
        ("قصف", "وبالقصف"),
        ("طائرة مسيرة", "وبالطائرة المسيرة"),
        ("می\u200cرود", "میرود"),
        ("Αθήνα", "ΑΘΗΝΑ"),
        ("Αθήνα*", "ΑΘΗΝΑΣ"),
    ],
)
def test_phrases_are_found_as_the_language_writes_them(line: str, text: str) -> None:
    assert program_of(line).matching(an_article(text), HERE)


def test_an_acronym_takes_no_verb_forms() -> None:
    assert not program_of("US~").matching(an_article("drugs used"), HERE)


def test_no_forms_are_made_up_for_languages_we_do_not_know() -> None:
    assert inflect("vita", "xx") is None
    assert inflect("αβγ") is None


def test_an_ambiguous_name_counts_near_a_word_of_conflict_only() -> None:
    badr = EntitySpec("Badr", (), ambiguous=True, also=(p("Badr NEAR/3 brigade*"),))
    rule = RuleSpec("r", (), (GroupSpec("g", (), (badr,)),))
    program = compile_rules(RuleBook((rule,)))
    assert program.matching(an_article("Badr fighters leave"), HERE)
    assert not program.matching(an_article("Badr street is closed"), HERE)
    far = "Badr street " + "is very calm " * 12 + "after the war"
    assert not program.matching(an_article(far), HERE)


@pytest.mark.skipif(not LONG, reason="long; twenty thousand are met above")
@pytest.mark.parametrize("share", [0, 1, 30, 60])
def test_a_hundred_thousand_phrases_meet_a_megabyte_of_them(share: int) -> None:
    phrases = [f"name{n} thing{n % 977}" for n in range(100_000)]
    rule = RuleSpec("r", (), (GroupSpec("g", (), (p("$big"),)), GroupSpec("h", (), (p("strike"),))))
    program = compile_rules(RuleBook((rule,), (ListSpec("big", (), tuple(map(p, phrases))),)))
    body = " ".join(phrases[: share * 1_000]) + " word" * 100_000
    started = time.process_time()
    reading = program.read(an_article("A strike", body=body), HERE)
    assert time.process_time() - started < 20  # on a loaded machine; a second on a free one
    assert bool(reading.matches) is bool(share)
