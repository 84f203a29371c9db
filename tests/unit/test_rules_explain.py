"""What came closest to a group that is missing, and what lint says of doubtful books."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules import compile_rules
from rules.explain import explain
from rules.lint import Census, lint, lint_counts
from tests.builders import an_article
from wirewatch.model import (
    Appearance,
    EntitySpec,
    Facts,
    GroupSpec,
    NearSpec,
    PhraseSpec,
    RuleBook,
    RuleSpec,
    ScoreSpec,
    WhereSpec,
)

HERE = Appearance("Courier", "courier.example")


def a_book(*lines: str, **changes) -> RuleBook:
    groups = tuple(
        GroupSpec(f"g{n}", (), (PhraseSpec(line, ("p", n)),)) for n, line in enumerate(lines)
    )
    return RuleBook((replace(RuleSpec("r", ("rules", 0), groups), **changes),))


def told(book: RuleBook, title: str, **article) -> str:
    program = compile_rules(book)
    found = explain(program, "r", an_article(title, **article), HERE, Facts())
    return "\n".join(found.lines())


@pytest.mark.parametrize(
    ("book", "title", "said"),
    [
        (a_book("Iraq"), "Blast in Irak", '"Irak" (title 9-13), one letter from "iraq"'),
        (
            a_book("Kataib Hezbollah", "x"),
            "Militia Ketaib Hezbollah said",
            '"Ketaib Hezbollah" (title 8-24), one letter from "kataib hezbollah"',
        ),
        (
            a_book("a", score=ScoreSpec((("g0", 1.5),), 1.0, ())),
            "a",
            '  g0 (+1.5): "a" (title 0-1)',
        ),
        (a_book("=Hit"), "They hit it", 'but the case of "=Hit" counts'),
        (a_book("(title:=Hit) | x"), "They hit it", 'but the case of "(title:=Hit) | x" counts'),
        (a_book("a NEAR/1 b"), "a word or two then b", '"a" and "b" with 4 words between, not 1'),
        (a_book("title:(a THEN/0 b) | zz"), "a or b", '"a" and "b" with 1 word between, not 0'),
        (a_book("drone"), "drone", "r: matches"),
        (a_book("drone", enabled=False), "drone", "it is switched off"),
        (
            a_book("drone", where=WhereSpec((), feed=("X",))),
            "drone",
            "asks for feed X (Courier)",
        ),
        (
            a_book("drone", where=WhereSpec((), conditions=(("killed", "1"),))),
            "drone",
            "asks for killed >=1 (there is none)",
        ),
        (a_book("drone", exclude=(PhraseSpec("film", ()),)), "drone film", "excluded by film"),
        (
            a_book("a", "b", near=(NearSpec(("g0", "g1"), 1, (), "sentence"),)),
            "a fell. B rose",
            "within 1 sentence",
        ),
        (a_book("a", "b", near=(NearSpec(("g0", "g1"), 2, ()),)), "a or b", "within 2 words"),
        (
            a_book("a", "b", near=(NearSpec((), 9, ()), NearSpec((), 1, (), "sentence"))),
            "a fell. B rose",
            "g0, g1 don't stand within 1 sentence",
        ),
        (
            a_book("a", "b", "c", condition="g0 and (g1 or g2)", near=(NearSpec((), 2, ()),)),
            "a and then c",
            "g0, g2 don't stand within 2 words",
        ),
        (
            a_book("a", "b", "c", condition="g0 and (g1 or g2)", near=(NearSpec((), 2, ()),)),
            "a c",
            "r: matches",
        ),
        (a_book("a", score=ScoreSpec((("g0", 1.0),), 1.0, ())), "b", "its score is 0, not 1"),
        (a_book("a", score=ScoreSpec((("g0", 1.0),), 1.0, ())), "a", "matches with score 1"),
        (a_book("a", "b", condition="g0 and not g1"), "a b", "its condition does not hold"),
    ],
)
def test_why_says_what_was_lacking(book: RuleBook, title: str, said: str) -> None:
    assert said in told(book, title)


def test_phrases_are_not_near_by_a_letter_of_a_short_word() -> None:
    assert "closest" not in told(a_book("air raid"), "the air said")


def test_short_words_may_be_other_words() -> None:
    assert 'perhaps: "base"' in told(a_book("case"), "a base")
    assert 'closest: "Irak"' in told(a_book("Iraq"), "in Irak")


def test_what_stands_in_another_field_is_named() -> None:
    assert "but in the body (0-5)" in told(a_book("drone", fields=("title",)), "x", body="drone")


def test_an_ambiguous_name_without_conflict_is_named() -> None:
    badr = EntitySpec("Badr", (), ambiguous=True)
    rule = RuleSpec("r", (), (GroupSpec("g", (), (badr,)),))
    assert "an ambiguous name" in told(RuleBook((rule,)), "Badr street")


def problems(book: RuleBook) -> str:
    return " / ".join(each.problem for each in lint(compile_rules(book), book))


@pytest.mark.parametrize(
    ("book", "said"),
    [
        (a_book("ab"), "is a very short word"),
        (a_book("drone", condition="not g0"), "is asked for every article"),
        (a_book("/[a-z]+/ NEAR/3 (x | title:/[0-9]+/)"), "has no word in it"),
        (
            a_book("drone", exclude=(PhraseSpec("video game", ()), PhraseSpec("game", ()))),
            "adds nothing",
        ),
        (a_book("one drone strike", exclude=(PhraseSpec("drone", ()),)), "can hardly match"),
        (
            a_book("drone strike", exclude=(PhraseSpec("drone", ()), PhraseSpec("body:x", ()))),
            "can hardly match",
        ),
        (
            a_book("drone", exclude=(PhraseSpec("a film", ()),), unless=(PhraseSpec("film", ()),)),
            "always overridden by unless",
        ),
        (a_book("drone or strike"), '"drone or strike" in g0 is one phrase'),
        (a_book("drone | Drone"), '"Drone" is the same as "drone"'),
        (a_book("drone", "ship", condition="2 of g0 and g1"), '"2 of g0" can never be'),
    ],
)
def test_lint_names_what_is_probably_not_meant(book: RuleBook, said: str) -> None:
    assert said in problems(book)


def test_the_two_spellings_of_a_compound_are_the_same() -> None:
    lines = (PhraseSpec("airstrike", ()), PhraseSpec("air-strike", ()))
    book = RuleBook((RuleSpec("r", (), (GroupSpec("g", (), lines),)),))
    assert '"air-strike" is the same as "airstrike" in g' in problems(book)


def test_what_is_one_of_two_conditions_is_not_too_common() -> None:
    """IT in capitals is not everywhere where "it" is, nor a drone near a strike where a drone is."""
    program = compile_rules(a_book("IT | drone NEAR/2 strike"))
    census = Census()
    for n in range(1_000):
        census.add(program.page(an_article(f"it saw drone {n}")), ())
    assert "of all articles" not in " ".join(
        each.problem for each in lint_counts(program, census, days=1_000)
    )


def test_a_rule_that_another_one_covers_is_named_once() -> None:
    wide, narrow = a_book("drone").rules[0], a_book("drone", "Iraq").rules[0]
    book = RuleBook((replace(wide, id="wide"), replace(narrow, id="narrow")))
    assert problems(book) == "wide matches whenever narrow does"


def test_counts_tell_too_common_never_seen_and_too_many() -> None:
    book = a_book("the | unheard of", "NEAR* | x NEAR/2 y")
    book = RuleBook((*book.rules, replace(a_book("zeppelin").rules[0], id="none")))
    program = compile_rules(book)
    census = Census()
    for n in range(1_000):
        page = program.page(an_article(f"{n} the nearest x or y"))
        census.add(page, program.matching_on(page, HERE))
    said = " / ".join(each.problem for each in lint_counts(program, census, days=1))
    assert "r matches 1000 articles a day" in said
    assert "none matches none of 1000 articles" in said
    assert '"the" (the | unheard of) stands in 100% of all articles' in said
    assert '"zeppelin" stands in none of 1000 articles' in said
