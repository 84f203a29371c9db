"""Words of rules: how they are inflected, spelt, taken as names, and where closeness ends."""

from __future__ import annotations

import pytest

from rules import compile_rules
from rules.closest import closest, rests_of
from rules.explain import explain
from rules.inflect import inflect
from rules.lint import lint
from rules.show import show_rule
from rules.spellings import MAX_SPELLINGS, spellings
from tests.builders import an_article
from wirewatch.errors import RuleErrors
from wirewatch.model import (
    Appearance,
    EntitySpec,
    Facts,
    GroupSpec,
    ListSpec,
    PhraseSpec,
    RuleBook,
    RuleSpec,
    Term,
    WhereSpec,
)

HERE = Appearance("Courier", "courier.example")


def a_rule(*terms: Term, **changes) -> RuleSpec:
    return RuleSpec("r", ("rules", 0), (GroupSpec("g", ("g",), terms),), **changes)


def p(*lines: str) -> tuple[PhraseSpec, ...]:
    return tuple(PhraseSpec(line, ("p",), n) for n, line in enumerate(lines))


def refused(*terms: Term) -> list[str]:
    with pytest.raises(RuleErrors) as caught:
        compile_rules(RuleBook((a_rule(*terms),)))
    return [f"{each.path}: {each.problem} ({each.hint})" for each in caught.value.problems]


def told(rule: RuleSpec, title: str, **article) -> str:
    program = compile_rules(RuleBook((rule,)))
    return "\n".join(explain(program, "r", an_article(title, **article), HERE, Facts()).lines())


@pytest.mark.parametrize(
    ("word", "others"),
    [
        ("played", {"play", "plays", "playing"}),
        ("taxed", {"tax", "taxes", "taxing"}),
        ("viewing", {"view", "views", "viewed"}),
        ("convoys", {"convoy"}),
        ("drones", {"drone"}),
    ],
)
def test_any_form_of_a_word_leads_to_the_others(word: str, others: set[str]) -> None:
    assert others <= set(inflect(word) or ())


def test_a_long_name_has_no_more_spellings_than_are_allowed() -> None:
    assert len(set(spellings(["kheeyouth"] * 6))) == MAX_SPELLINGS


def test_a_sign_in_a_name_is_no_sign() -> None:
    (said,) = refused(EntitySpec("Hashd*", ("e",)))
    assert said.startswith("('e',): in a name '*' means nothing (write the name plainly")


def test_a_name_with_too_many_forms_is_a_mistake_where_it_stands() -> None:
    many = PhraseSpec("attack~ strike~ kill~ bomb~ raid~ shell~", ("also",), 0)
    (said,) = refused(EntitySpec("Badr", ("e",), also=(many,)))
    assert said.startswith("('also', 0): this phrase has ")


def test_a_colon_behind_what_is_no_field_is_only_a_sign() -> None:
    assert told(a_rule(*p("Sanaa:drone")), "Sanaa: drone").startswith("r: matches")


def test_a_pattern_refused_for_a_rare_reason_has_a_way_out() -> None:
    (said,) = refused(*p("/[z-a]/"))
    assert said.endswith("invalid character class range: z-a (write what RE2 knows, or phrases)")


def test_the_same_word_is_not_called_close() -> None:
    assert closest(rests_of(["drone"]), rests_of(["drone"])) is None


def test_an_ambiguous_name_that_is_not_there_is_not_close() -> None:
    assert "closest" not in told(a_rule(EntitySpec("Badr", (), ambiguous=True)), "Shelling at dawn")


def test_why_names_what_was_asked_of_an_article() -> None:
    where = WhereSpec((), author=("Reed",), category=("war",), language=("fr",))
    said = told(
        a_rule(*p("drone"), where=where), "A drone", language="en", authors=("Hill",), categories=()
    )
    asked = "author Reed (Hill) and category war (there is none) and language fr (en)"
    assert f"its where asks for {asked}" in said


def test_lists_that_name_a_list_twice_show_it_once() -> None:
    lists = (ListSpec("a", (), p("$c")), ListSpec("b", (), p("$c")), ListSpec("c", (), p("drone")))
    program = compile_rules(RuleBook((a_rule(*p("$a", "$b")),), lists))
    shown = show_rule(program, "r")
    assert [name for name in shown if name.startswith("$")] == ["$a", "$b", "$c"]


@pytest.mark.parametrize(
    "rule",
    [
        a_rule(*p("drone", "raid"), condition="2 of g"),
        a_rule(*p("strike"), exclude=p("film", "novel"), unless=p("film crew", "novel")),
    ],
)
def test_lint_lets_be_what_can_be(rule: RuleSpec) -> None:
    book = RuleBook((rule,))
    assert lint(compile_rules(book), book) == []
