"""The engine finds what the naive evaluator finds: random rules, random texts, mixed scripts."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import Program, compile_rules
from rules.forms import forms, plain_patterns
from rules.query import Phrase, parse
from tests.builders import an_article
from tests.oracle import judge
from wirewatch.errors import RuleErrors
from wirewatch.model import (
    Appearance,
    Article,
    EntitySpec,
    FilterSpec,
    GroupSpec,
    ListSpec,
    NearSpec,
    PhraseSpec,
    RuleBook,
    RuleSpec,
    ScoreSpec,
)

HERE = Appearance("Example", "example.org")
# Few words, so that they meet: in texts they come in other forms than in rules.
SPOKEN = [
    "drone", "Drones", "strike", "strikes", "struck", "air-strike", "airstrike", "Air Strike", "US", "us",
    "U.S.", "US's", "Iraq", "Iraqi", "Iraq’s", "Erbil", "militia", "militiamen", "Kata’ib", "Kataib", "al-Asad",
    "alasad", "ISIS", "isis", "crisis", "Badr", "killed", "無人機", "攻撃", "טיל", 'צה"ל', "הטיל", "طائرة", "والطائرة",
    "مسيرة", "удар", "удары", "удар’", "a", "the", "of", "F-16", "F16", "Ирак", "Ираке", "드론이", "hit", "HIT ALL",
    "UNITED NATIONS SAID", ".", ". The", "\n", ",", "—", "“", "'",
]  # fmt: skip
WRITTEN = [
    "drone", "drone~", "strike~", "air strike", "airstrike", "airstrike~", "US", "=US", "us", "=Us", "Iraq*",
    "iraq", "Erbil", "militia~", "Kata'ib", "al-Asad", "ISIS", "=Hit", "hit", "無人機", "無人", "טיל", 'צה"ל',
    "طائرة", "طائرة مسيرة", "удар", "удар~", "F-16", "the", "a", "of the", "strik* drone", "Dro* strike~", "=HIT",
    "Ираке", "U.S.", "U.S. drone",
]  # fmt: skip
FIELDS = ["title", "lead", "summary", "body", "author", "category", "any"]
GROUPS = ["one", "two", "three"]

SLOW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)  # fmt: skip


def _units(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    unit = inner.map(lambda q: f"({q})")
    return st.one_of(
        st.tuples(unit, unit).map(" | ".join),
        st.tuples(unit, st.sampled_from(["NEAR", "THEN"]), st.integers(0, 4), unit).map(
            lambda t: f"{t[0]} {t[1]}/{t[2]} {t[3]}"
        ),
        st.tuples(st.sampled_from(FIELDS), unit).map(":".join),
    )


QUOTED = st.sampled_from(WRITTEN).map(lambda w: w.replace('"', "״"))
LINES = st.recursive(QUOTED, _units, max_leaves=4)
PHRASES = st.one_of(LINES, st.sampled_from(["$a", "$b"])).map(lambda text: PhraseSpec(text, ()))
ENTITIES = st.builds(
    EntitySpec,
    st.sampled_from(["Badr", "Kata'ib", "Erbil"]),
    st.just(()),
    also=st.lists(LINES.map(lambda t: PhraseSpec(t, ())), max_size=1).map(tuple),
    forms=st.sampled_from([
        (), (("ru", (PhraseSpec("Ирак", ()),)),), (("ar", (PhraseSpec("مسيرة", ()),)),), (("ko", (PhraseSpec("드론", ()),)),)
    ]),
    ambiguous=st.booleans(),
    transliterate=st.booleans(),
)  # fmt: skip
TERMS = st.lists(st.one_of(PHRASES, PHRASES, ENTITIES), min_size=1, max_size=3).map(tuple)
PLAIN_TERMS = st.lists(
    st.one_of(LINES.map(lambda t: PhraseSpec(t, ())), ENTITIES), min_size=1, max_size=3
).map(tuple)
CONDITIONS = [None, None, None, "one", "one or two", "one and not two", "2 of them", "2 of one", "1 of one, two or not (two and one)"]  # fmt: skip


@st.composite
def rules(draw: Any, number: int = 0) -> RuleSpec:
    names = draw(st.sampled_from([GROUPS[:2], GROUPS[:2], GROUPS]))
    groups = tuple(GroupSpec(name, (), draw(TERMS)) for name in names)
    nears = st.builds(
        NearSpec,
        st.sampled_from([("one", "two"), ("two", "one"), tuple(names), ()]),
        st.integers(1, 6),
        st.just(()),
        unit=st.sampled_from(["words", "sentence", "paragraph"]),
        ordered=st.booleans(),
    )
    exclude = draw(st.one_of(st.just(()), PLAIN_TERMS))
    return RuleSpec(
        f"rule-{number}",
        ("rules", number),
        groups,
        fields=draw(st.sampled_from([(), (), ("lead",), ("title",), ("title", "body"), ("any",)])),
        condition=draw(st.sampled_from(CONDITIONS)),
        score=draw(
            st.sampled_from([None, None, ScoreSpec((("one", 2.0), ("two", -1.0)), 1.0, ())])
        ),
        exclude=exclude,
        exclude_anywhere=draw(st.one_of(st.just(()), st.just(()), PLAIN_TERMS)) if exclude else (),
        unless=draw(st.one_of(st.just(()), PLAIN_TERMS)) if exclude else (),
        near=draw(st.lists(nears, max_size=1).map(tuple)),
        tags=draw(st.sampled_from([(), ("air",)])),
    )


@st.composite
def books(draw: Any) -> RuleBook:
    return RuleBook(
        tuple(draw(rules(number=n)) for n in range(draw(st.integers(1, 3)))),
        (ListSpec("a", (), draw(PLAIN_TERMS)), ListSpec("b", (), (PhraseSpec("$a", ()), *draw(PLAIN_TERMS)))),
        draw(
            st.lists(
                st.builds(
                    FilterSpec,
                    st.just("f"),
                    st.just(()),
                    PLAIN_TERMS,
                    applies_to=st.sampled_from([(), ("rule-0",)]),
                    anywhere=st.booleans(),
                ),
                max_size=1,
            ).map(tuple)
        ),
    )  # fmt: skip


def texts(size: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(SPOKEN), max_size=size).map(" ".join)


ARTICLES = st.builds(
    lambda title, summary, body, author, category: an_article(
        title, summary=summary, body=body, authors=author, categories=category
    ),
    texts(8), texts(10), texts(30),
    st.sampled_from([(), ("Us Drone",)]), st.sampled_from([(), ("Strike", "drones")]),
)  # fmt: skip


def compiled(book: RuleBook) -> Program | None:
    """None where a random line has no meaning (`a*` in CJK, say): its error is the right answer."""
    try:
        return compile_rules(book)
    except RuleErrors:
        return None


@SLOW
@given(books(), st.lists(ARTICLES, min_size=1, max_size=2))
def test_the_engine_finds_what_the_naive_evaluator_finds(
    book: RuleBook, articles: list[Article]
) -> None:
    program = compiled(book)
    if program is None:
        return
    for article in articles:
        reading = program.read(article, HERE)
        expected = judge(book, article)
        assert [m.rule_id for m in reading.matches] == list(expected.matched)
        assert {s.rule_id for s in reading.suppressed} == expected.suppressed
        assert {m.rule_id: m.score for m in reading.matches if m.score is not None} == {
            rule: score for rule, score in expected.scores.items() if rule in expected.matched
        }
        assert program.matching(article, HERE) == list(expected.matched)
        for match in reading.matches:
            groups = expected.matched[match.rule_id]
            assert {span.group for span in match.spans} == set(groups)
            for span in match.spans:
                assert (span.field.value, span.start, span.end) in groups[span.group]
                assert article.text(span.field)[span.start : span.end] == span.text
        _check_near_misses(
            program, expected.lacking, {(n.rule_id, n.missing) for n in reading.near_misses}
        )


def _check_near_misses(
    program: Program, lacking: dict[str, list[str]], found: set[tuple[str, str]]
) -> None:
    required = {rule.id: len(rule.required) for rule in program.rules}
    rarest = {rule.id: rule.required[:1] for rule in program.rules}
    assert found == {
        (rule, missing[0])
        for rule, missing in lacking.items()
        if len(missing) == 1 and rarest[rule] != (missing[0],) and required[rule] > 2
    }


@given(
    st.lists(
        st.sampled_from(
            [
                *SPOKEN,
                *WRITTEN,
                "AND",
                "oNEAR",
                "ONEARS",
                "drone boat",
                "x",
                "F16",
                "2026",
                "gate 12",
                "mq9 drone",
                "12a b34c",
            ]
        ),
        max_size=4,
    ).map(" ".join)
)
def test_plain_lines_have_the_same_patterns_the_short_way(line: str) -> None:
    short = plain_patterns(line)
    if short:
        parsed = parse(line)
        assert isinstance(parsed, Phrase)
        long = forms(parsed)
        assert all(form.is_plain for form in long)
        assert list(short) == [f" {form.text} ".encode() for form in long]


PLAIN = st.lists(
    st.sampled_from(["drone", "strike", "Iraq*", "Dro*", "the drone", "air strike", "=Hit"]),
    min_size=1, max_size=2,
).map(lambda lines: tuple(PhraseSpec(line, ()) for line in lines))  # fmt: skip
FEW = st.sampled_from(["drone", "Iraqi", "strike", "air-strike", "the", "Hit", "hit.", "x. The"])


def dense(size: int) -> st.SearchStrategy[str]:
    """Texts in which most terms stand, near each other or not quite."""
    return st.lists(FEW, max_size=size).map(" ".join)


@settings(parent=SLOW, max_examples=150 if os.environ.get("WIREWATCH_LONG") else 60)
@given(
    PLAIN, PLAIN, PLAIN,
    st.sampled_from([(), (), ("title",), ("title", "body"), ("summary",), ("lead",), ("title", "lead")]),
    st.integers(0, 3),
    st.booleans(),
    st.lists(st.tuples(dense(3), dense(4), dense(9)), min_size=9, max_size=9),
)  # fmt: skip
def test_plain_rules_are_decided_without_hits_as_with_them(
    one: Any, two: Any, excluded: Any, fields: Any, near: int, anywhere: bool, texts: Any
) -> None:
    rule = RuleSpec(
        "r",
        (),
        (GroupSpec("one", (), one), GroupSpec("two", (), two)),
        fields=fields,
        near=(NearSpec(("one", "two"), near, ()),) if near else (),
        exclude=() if anywhere else (PhraseSpec("zeppelin", ()),),
        exclude_anywhere=excluded if anywhere else (),
    )
    book = RuleBook((rule,))
    program = compile_rules(book)
    for title, summary, body in texts:
        article = an_article(title, summary=summary, body=body)
        assert program.matching(article, HERE) == list(judge(book, article).matched)
