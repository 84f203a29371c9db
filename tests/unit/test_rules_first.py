"""The rules room from the outside: what a small book finds, and where."""

from __future__ import annotations

import pytest

from rules import Program, compile_rules
from tests.builders import an_article
from wirewatch.errors import RuleErrors
from wirewatch.model import (
    Appearance,
    Article,
    EntitySpec,
    Field,
    GroupSpec,
    ListSpec,
    NearSpec,
    PhraseSpec,
    RuleBook,
    RuleSpec,
    RuleTests,
    Severity,
)

HERE = Appearance("Example", "example.org")


def p(text: str, *path: str | int) -> PhraseSpec:
    return PhraseSpec(text, path)


LISTS = (
    ListSpec(
        "air-attack",
        ("lists", "air-attack"),
        (p("airstrike~"), p("strike NEAR/4 (jet* | warplane* | F-16)")),
    ),
    ListSpec(
        "militias",
        ("lists", "militias"),
        (
            EntitySpec(
                "Kata'ib Hezbollah",
                (),
                also=(p("Kataib Hizbullah"), p("=KH")),
                forms=(("ar", (p("كتائب حزب الله"),)),),
            ),
            p("militia~"),
        ),
    ),
    ListSpec("iraq", ("lists", "iraq"), (p("Iraq*"), p("Erbil | Irbil | Arbil"))),
)
RULE = RuleSpec(
    "strikes",
    ("rules", 0),
    (
        GroupSpec("attack", (), (p("$air-attack"),)),
        GroupSpec("actor", (), (p("$militias"),)),
        GroupSpec("place", (), (p("$iraq"),)),
    ),
    severity=Severity.HIGH,
    exclude=(p("Call of Duty"), p("category:sport")),
    near=(NearSpec(("attack", "place"), 40, ()),),
    tests=RuleTests(
        match=(("Airstrike kills militiamen in Iraq", ("t", 0)), ("nothing", ("t", 1))),
        no_match=(("Call of Duty: airstrike on militia in Iraq", ("t", 2)),),
    ),
)


def program() -> Program:
    return compile_rules(RuleBook((RULE,), LISTS))


def found(article: Article) -> dict[tuple[str, Field], list[str]]:
    spans: dict[tuple[str, Field], list[str]] = {}
    for match in program().read(article, HERE).matches:
        for span in match.spans:
            assert article.text(span.field)[span.start : span.end] == span.text
            spans.setdefault((span.group, span.field), []).append(span.text)
    return spans


def test_every_group_is_found_with_its_place_in_the_original() -> None:
    article = an_article("Air-strikes near Irbil’s airport", summary="كتائب حزب الله and KH hit")
    assert found(article) == {
        ("attack", Field.TITLE): ["Air-strikes"],
        ("place", Field.TITLE): ["Irbil"],
        ("actor", Field.SUMMARY): ["كتائب حزب الله", "KH"],
    }


def test_an_exclusion_is_counted_not_silent() -> None:
    article = an_article("Call of Duty: airstrike on militia in Iraq")
    reading = program().read(article, HERE)
    assert not reading.matches
    assert [(s.rule_id, s.by) for s in reading.suppressed] == [("strikes", "Call of Duty")]


def test_a_rule_that_lacks_one_group_is_a_near_miss() -> None:
    reading = program().read(an_article("Airstrike in Iraq"), HERE)
    assert [(n.rule_id, n.missing) for n in reading.near_misses] == [("strikes", "actor")]


def test_a_test_in_the_file_that_fails_is_a_problem_at_its_place() -> None:
    assert [problem.path for problem in program().failing_tests()] == [("t", 1)]


def test_all_mistakes_come_together() -> None:
    broken = RuleSpec(
        "a",
        ("rules", 0),
        (GroupSpec("g", (), (p("$irak", "x"), p("a | (b", "y"))),),
        condition="g and h",
        fields=("titel",),
    )
    with pytest.raises(RuleErrors) as caught:
        compile_rules(RuleBook((broken,), LISTS))
    assert [(q.path, q.offset) for q in caught.value.problems] == [
        (("x",), 0),
        (("y",), 4),
        (("rules", 0, "fields", 0), 0),
        (("rules", 0, "condition"), 6),
    ]
    assert 'did you mean "$iraq"' in caught.value.problems[0].hint
