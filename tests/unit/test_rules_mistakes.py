"""Every mistake in a rule book is found, at its place, with what to do; nothing is dropped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules import compile_rules
from rules.condition import parse_condition
from rules.query import QueryError, parse
from tests.builders import an_article
from wirewatch.errors import RuleErrors
from wirewatch.model import (
    Appearance,
    FilterSpec,
    GroupSpec,
    ListSpec,
    NearSpec,
    PhraseSpec,
    RuleBook,
    RuleSpec,
    ScoreSpec,
    WhenSpec,
    WhereSpec,
)

HERE = Appearance("Courier", "news.courier.example", ("world",), 2)


def p(text: str, *path: str) -> PhraseSpec:
    return PhraseSpec(text, path)


def a_rule(**changes) -> RuleSpec:
    groups = (GroupSpec("one", ("one",), (p("drone"),)), GroupSpec("two", ("two",), (p("Iraq"),)))
    return replace(RuleSpec("r", ("rules", 0), groups), **changes)


def problems(*rules: RuleSpec, **book) -> list[str]:
    with pytest.raises(RuleErrors) as caught:
        compile_rules(RuleBook(rules or (a_rule(),), **book))
    return [f"{q.dotted()}: {q.problem}" for q in caught.value.problems]


@pytest.mark.parametrize(
    ("line", "offset", "said"),
    [
        ("  ", 0, "an empty phrase"),
        ("...", 0, "nothing to look for"),
        ("x" * 20_001, 0, "a line of 20001 characters"),
        ("a) b", 1, "closing parenthesis too many"),
        ("(a", 0, "never closed"),
        ("(" * 60 + "a", 50, "more than 50 parentheses"),
        ("a | ", 4, "something is missing at the end"),
        ("| a", 0, "something is missing before '|'"),
        ("NEAR/3 a", 0, "nothing stands before NEAR/3"),
        ("a NEAR b", 2, "NEAR needs a number"),
        ("a THEN/x b", 2, "THEN needs a number"),
        ("a NEAR/99999 b", 2, "beyond 10000"),
        ("a near/5 b", 2, "is not how distances are written"),
        ("a AND b", 2, "AND is no operator"),
        ("a OR b", 2, "OR is no operator"),
        ("NOT b", 0, "NOT is no operator"),
        ("titel:a", 0, "no field is called 'titel'"),
        ("headline:a", 0, "no field is called 'headline'"),
        ("a $b", 2, "no operator before $b"),
        ("a title:b", 2, "no operator before title:"),
        ('$b "c"', 3, 'no operator before "c"'),
        ('a "b', 2, "this quote is never closed"),
        ("/abc", 0, "this pattern is never closed"),
        ("/abc/x", 0, "unknown flags 'x'"),
        ("//", 0, "an empty pattern"),
        ("ab*", 0, "would match a large part of all words"),
        ("a*b", 0, "can only end a word"),
        ("=", 0, "nothing to look for"),
        ("=Strike~", 0, "contradict each other"),
        ('""', 0, "nothing to look for"),
        ('"a b"~5', 5, "is not how distances are written"),
        ("a Near/5 b", 2, "is not how distances are written"),
        ("a w/5 b", 2, "is not how distances are written"),
        ("a ADJ5 b", 2, "is not how distances are written"),
        ("source:reuters.com", 0, "source is no field of the text"),
        ("-drone", 0, "'-drone' means nothing here"),
        ("war -film", 4, "'-film' means nothing here"),
        ("+war", 0, "'+war' means nothing here"),
        ("war && film", 4, "'&&' means nothing here"),
        ("dr?ne", 0, "'dr?ne' means nothing here"),
        ("$ places", 0, "'$' means nothing here"),
    ],
)
def test_a_line_without_meaning_says_where_and_why(line: str, offset: int, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(line)
    assert said in caught.value.problem
    assert caught.value.offset == offset
    assert caught.value.hint


@pytest.mark.parametrize(
    "line",
    ["US$100 million", "24/7", "al-Assad", "Who did it?", "+972", "$5 bill", '"-drone"', "w/o"],
)
def test_signs_inside_words_are_no_mistake(line: str) -> None:
    assert parse(line)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a group is missing"),
        ("one and", "a group is missing"),
        ("one two", "unexpected 'two'"),
        ("one & two", "unexpected '&'"),
        ("(one", "never closed"),
        ("three", 'no group is called "three"'),
        ("zzz", 'no group is called "zzz"'),
        ("0 of them", "always true"),
        ("3 of one, two", "can never be"),
        ("not " * 60 + "one", "too deeply nested"),
    ],
)
def test_a_condition_without_meaning_says_why(text: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_condition(text, ["one", "two"])
    assert said in caught.value.problem


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"condition": "not one"}, "holds for an article that has none of the words"),
        ({"condition": "one or not two"}, "holds for an article that has none of the words"),
        (
            {"score": ScoreSpec((("one", 1.0), ("two", 1.0)), 0.0, ())},
            "holds for an article that has none of the words",
        ),
        (
            {"condition": "one and not two", "near": (NearSpec(("one", "two"), 3, ()),)},
            'the condition forbids "two", so the rule never matches',
        ),
        ({"condition": "one and not two", "near": (NearSpec((), 3, ()),)}, ""),
        ({"score": ScoreSpec((("one", -1.0),), 0.0, ())}, ""),
    ],
)
def test_rules_that_need_nothing_or_can_never_be_are_doubtful(changes, said: str) -> None:
    warnings = compile_rules(RuleBook((a_rule(**changes),))).warnings
    assert said in " ".join(each.problem for each in warnings) if said else not warnings


@pytest.mark.parametrize("text", ["all of them", "any of one, two", "(one and two) or not one"])
def test_conditions_with_meaning_compile(text: str) -> None:
    assert compile_rules(RuleBook((a_rule(condition=text),))).rules


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"match": ()}, "asks for nothing"),
        ({"match": (GroupSpec("one", (), ()),)}, 'the group "one" is empty'),
        ({"fields": ("headline",)}, 'no field is called "headline"'),
        ({"condition": "three"}, 'no group is called "three"'),
        (
            {"match": (GroupSpec("not", (), (p("a"),)),), "condition": "all of them"},
            'a condition can\'t speak of a group "not"',
        ),
        (
            {"match": (GroupSpec("one", (), (p("a"),)),), "near": (NearSpec((), 3, ("n",)),)},
            "two groups or more",
        ),
        ({"score": ScoreSpec((("six", 1.0),), 1.0, ("s",))}, 'no group is called "six"'),
        ({"score": ScoreSpec((("one", 1.0),), 2.0, ("s",))}, "only reach 1, not 2"),
        ({"near": (NearSpec(("one", "six"), 3, ("n",)),)}, 'no group is called "six"'),
        ({"near": (NearSpec(("one", "one"), 3, ("n",)),)}, "two groups or more"),
        ({"near": (NearSpec(("one", "two"), 0, ("n",)),)}, "a distance of nothing"),
        ({"near": (NearSpec(("one", "two"), 3, ("n",), "words!"),)}, "is no unit"),
        ({"unless": (p("x"),)}, "nothing to override"),
        ({"when": WhenSpec(("w",), first_mention="six")}, 'no group is called "six"'),
        ({"where": WhereSpec(("w",), tier="high")}, "'high' is no number"),
        ({"where": WhereSpec(("w",), conditions=(("killed", "many"),))}, "'many' is no number"),
        ({"where": WhereSpec(("w",), conditions=(("country", ","),))}, "nothing to compare with"),
        ({"where": WhereSpec(("w",), conditions=(("kiled", "5"),))}, 'no fact is called "kiled"'),
        ({"match": (GroupSpec("one", (), (p("/(/"),)),)}, "RE2 refuses this pattern"),
        ({"match": (GroupSpec("one", (), (p("/(?=a)b/"),)),)}, "RE2 refuses this pattern"),
        ({"match": (GroupSpec("one", (), (p("/\\bдрон/"),)),)}, "knows ASCII letters only"),
        ({"match": (GroupSpec("one", (), (p(f"/{'a' * 1001}/"),)),)}, "a pattern of 1001"),
        ({"match": (GroupSpec("one", (), (p("무인기ab~"),)),)}, "no inflection is known"),
        ({"match": (GroupSpec("one", (), (p("strike~ " * 6),)),)}, "more than 5000"),
    ],
)
def test_a_rule_that_cant_be_says_why(changes: dict, said: str) -> None:
    assert any(said in each for each in problems(a_rule(**changes)))


def test_lists_and_filters_are_checked_even_where_no_rule_uses_them() -> None:
    found = problems(
        lists=(
            ListSpec("a", ("a",), (p("$b"),)),
            ListSpec("b", ("b",), (p("$a", "b", "0"),)),
            ListSpec("c", ("c",), ()),
            ListSpec("c", ("c2",), (p("x | (y"),)),
        ),
        filters=(FilterSpec("f", ("f",), (), applies_to=("tag:none", "r")),),
        use=(("middle-eest", ("use", 0)),),
    )
    text = "\n".join(found)
    for said in (
        'no shipped list is called "middle-eest"',
        "a second list $c",
        "contains itself: $a → $b → $a",
        "never closed",
        'the filter "f" excludes nothing',
        'no rule or tag is "tag:none"',
    ):
        assert said in text
    assert 'a second rule "r"' in "\n".join(problems(a_rule(), a_rule()))
    assert "is empty" in "\n".join(problems(lists=(ListSpec("e", ("e",), ()),)))


def test_a_group_that_plays_no_part_is_a_warning() -> None:
    program = compile_rules(RuleBook((a_rule(condition="one"),)))
    assert [w.problem for w in program.warnings] == ['the group "two" plays no part']


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (WhereSpec((), feed=("Cour*",)), True),
        (WhereSpec((), feed=("Herald",)), False),
        (WhereSpec((), source=("courier.example",)), True),
        (WhereSpec((), source=("rier.example",)), False),
        (WhereSpec((), tag=("sport", "World")), True),
        (WhereSpec((), tag=("sport",)), False),
        (WhereSpec((), tier="<=2"), True),
        (WhereSpec((), tier="1"), False),
        (WhereSpec((), tier=">2"), False),
        (WhereSpec((), tier="<3"), True),
        (WhereSpec((), author=("ann lee",)), True),
        (WhereSpec((), category=("sport",)), False),
        (WhereSpec((), language=("en",)), True),
        (WhereSpec((), language=("ar",)), False),
        (WhereSpec((), conditions=(("killed", ">=5"),)), True),
        (WhereSpec((), conditions=(("killed", "<5"),)), False),
        (WhereSpec((), conditions=(("injured", "1"),)), False),
        (WhereSpec((), conditions=(("country", "SY, IQ"),)), True),
        (WhereSpec((), conditions=(("place", "Atlantis"),)), False),
        (WhereSpec((), conditions=(("actor", "Nobody"),)), False),
        (WhereSpec((), conditions=(("platform", "submarine"),)), False),
        (WhereSpec((), conditions=(("status", "denied"),)), False),
        (WhereSpec((), conditions=(("tag", "aftermath"),)), False),
    ],
)
def test_where_looks_at_more_than_text(where: WhereSpec, expected: bool) -> None:
    article = an_article(
        "Drone attack kills seven people in Baghdad, Iraq", language="en-GB", authors=("Ann Lee",)
    )
    program = compile_rules(RuleBook((a_rule(where=where),)))
    assert bool(program.read(article, HERE).matches) is expected
    assert program.matching(article, HERE) == (["r"] if expected else [])
    assert program.rules[0].looks_at_appearance is bool(
        where.feed or where.source or where.tag or where.tier
    )


def test_the_hash_follows_what_a_rule_finds_and_nothing_else() -> None:
    def hashed(rule: RuleSpec, *lists: ListSpec) -> str:
        return compile_rules(RuleBook((rule,), lists)).rule("r").hash

    plain = hashed(a_rule())
    assert hashed(a_rule(note="x", title="y", path=("rules", 9))) == plain
    assert hashed(a_rule(fields=("title",))) != plain
    by_list = a_rule(match=(GroupSpec("one", (), (p("$l"),)),))
    assert hashed(by_list, ListSpec("l", (), (p("a"),))) != hashed(
        by_list, ListSpec("l", (), (p("b"),))
    )
