"""The less travelled ways through the rules: lint, forms, patterns, explanations, hashes."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import date

import pytest

from rules import compile_rules
from rules.canonical import canonical
from rules.explain import nearly
from rules.lint import Census, lint, lint_counts
from rules.page import LONG, Page
from rules.rarity import Rarity
from rules.show import show_list, show_rule
from rules.spellings import spellings
from tests.builders import an_article
from wirewatch.errors import RuleErrors
from wirewatch.model import (
    Appearance,
    EntitySpec,
    FilterSpec,
    GroupSpec,
    ListSpec,
    NearSpec,
    PhraseSpec,
    RuleBook,
    RuleSpec,
    RuleTests,
    WhereSpec,
)

HERE = Appearance("Courier", "courier.example")


def p(*lines: str) -> tuple[PhraseSpec, ...]:
    return tuple(PhraseSpec(line, ("at", n)) for n, line in enumerate(lines))


def a_rule(*lines: str, **changes) -> RuleSpec:
    groups = tuple(GroupSpec(f"g{n}", (), p(line)) for n, line in enumerate(lines))
    return replace(RuleSpec("r", ("rules", 0), groups), **changes)


def lints(book: RuleBook) -> str:
    return " / ".join(each.problem for each in lint(compile_rules(book), book))


def matches(rule: RuleSpec, title: str, **article) -> bool:
    return bool(compile_rules(RuleBook((rule,))).matching(an_article(title, **article), HERE))


def test_backtests_see_what_an_exclusion_finds_in_another_field() -> None:
    rule = a_rule("drone~", exclude=p("author:(satire)"))
    assert matches(rule, "Drones over the city", authors=("Mina Delor",))
    assert not matches(rule, "Drones over the city", authors=("Satire desk",))


def test_lint_looks_into_parentheses_and_entities_and_lets_regular_ones_be() -> None:
    entity = EntitySpec("Badr", (), ambiguous=True)
    rule = a_rule("drone | title:(strike NEAR/2 /air.?raids/)")
    rule = replace(rule, match=(*rule.match, GroupSpec("who", (), (entity, *p("drone", "Drone")))))
    assert lints(RuleBook((rule,))) == '"Drone" is the same as "drone" in who'


def test_lint_says_that_a_list_is_not_used_and_follows_lists_in_lists() -> None:
    lists = (
        ListSpec("a", ("a",), p("drone")),
        ListSpec("b", ("b",), p("$a | raid")),
        ListSpec("c", ("c",), p("strike")),
        ListSpec("d", ("d",), p("film")),
    )
    hidden = FilterSpec("f", (), p("$d"))
    said = lints(RuleBook((a_rule("title:($b NEAR/3 base)"),), lists, (hidden,)))
    assert said == "no rule uses the list $c"


def test_of_two_rules_that_cover_each_other_the_later_is_named() -> None:
    twins = (a_rule("drone", id="first"), a_rule("drone", id="second"))
    assert lints(RuleBook(twins)) == "first matches whenever second does"


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": ("title",)},
        {"near": (NearSpec(("g0", "g1"), 3, ()),)},
        {"exclude": p("film")},
        {"where": WhereSpec((), feed=("X",))},
    ],
)
def test_a_narrowed_rule_covers_no_other(changes: dict) -> None:
    wide = a_rule("drone", "drone", id="wide", **changes)
    assert "whenever" not in lints(RuleBook((wide, a_rule("drone", "raid", id="narrow"))))


def test_lint_of_many_rules_and_one_long_exclusion_takes_a_moment() -> None:
    words = tuple(f"w{n}x thing" for n in range(2_000))
    rules = tuple(a_rule(f"w{n}x", "$out", id=f"r{n}", exclude=p("$out")) for n in range(200))
    book = RuleBook(rules, (ListSpec("out", (), p(*words)),))
    program = compile_rules(book)
    started = time.process_time()
    assert "can hardly match" in " ".join(each.problem for each in lint(program, book)[:5])
    assert time.process_time() - started < 30  # on a loaded machine; a few seconds on a free one


def test_counts_look_into_fields_and_patterns() -> None:
    program = compile_rules(RuleBook((a_rule("title:drone | /stri[kc]es/ | (title:zeppelin)"),)))
    census = Census()
    for n in range(1_000):
        census.add(program.page(an_article(f"drone {n}")), ())
    said = " ".join(each.problem for each in lint_counts(program, census, days=1_000))
    assert '"drone" (title:drone' in said


def test_show_lists_names_spellings_and_every_operator() -> None:
    entity = EntitySpec(
        "Kata'ib", (), also=p("=KH"), forms=(("ru", p("Удар")),), transliterate=True
    )
    rule = replace(
        a_rule("$air | title:(a THEN/2 (b | cde*)) | /x{3}yz/i", exclude=p("film")),
        exclude_anywhere=p("US"),
        unless=p("real"),
    )
    lists = ListSpec("air", (), (entity, *p("raid")))
    shown = show_rule(compile_rules(RuleBook((rule,), (lists,))), "r")
    assert list(shown["match g0"].values()) == [["$air", "title:a THEN/2 (b | cde*)", "/x{3}yz/i"]]
    assert set(shown) == {"match g0", "exclude", "exclude_anywhere", "unless", "$air"}
    names = show_list(lists)["$air"]["Kata'ib"]
    assert names[0] == "kataib"
    assert {"=KH", "удар", "ударами"} <= set(names)


def test_spellings_end_as_names_end_and_drop_double_letters() -> None:
    found = {" ".join(row) for row in spellings(["hizballah"])}
    assert {"hizbalah", "hizballa"} & found


def test_rules_are_looked_up_by_what_is_rare_in_an_archive_that_was_counted() -> None:
    patterns = [b" gas ", b" the ", " Łódź ".encode(), " милит".encode()]
    counted, guessed = Rarity({"gas": 0.5, "the": 0.9}), Rarity({})
    assert counted.share([0], patterns) == 0.5
    assert counted.share([2], patterns) == 1e-4
    assert guessed.share([1], patterns) == 0.5
    assert guessed.share([0], patterns) > guessed.share([2], patterns)
    assert 0 < guessed.share([3], patterns) < 1


def test_near_in_order_follows_the_soonest_and_stays_in_one_field() -> None:
    rule = a_rule("a", "b | b c", near=(NearSpec(("g0", "g1"), 3, (), ordered=True),))
    assert matches(rule, "a b c")
    assert not matches(rule, "b a")
    assert not matches(rule, "x a", body="b c")
    assert not matches(rule, "a one two three b", body="b then a")


def test_a_rule_of_one_group_or_elsewhere_is_nearly_nothing() -> None:
    book = RuleBook(
        (
            a_rule("drone", id="single"),
            a_rule("drone", "iraq", id="elsewhere", where=WhereSpec((), feed=("X",))),
            a_rule("zeppelin", "iraq", id="pair"),
        )
    )
    program = compile_rules(book)
    page = program.page(an_article("A drone", body="Far down. And here. More. A zeppelin came."))
    assert [nearly(program, rule, page, HERE) for rule in program.rules] == [None, None, None]
    page = program.page(an_article("A zeppelin over Irak"))
    missing = nearly(program, program.rule("pair"), page, HERE)
    assert missing is not None
    assert missing[0] == "g1"


def test_a_test_text_that_fails_says_what_was_lacking() -> None:
    def said(rule: RuleSpec, *texts: str) -> str:
        tests = RuleTests(tuple((text, ("t", n)) for n, text in enumerate(texts)))
        program = compile_rules(RuleBook((replace(rule, tests=tests),)))
        return " / ".join(each.problem for each in program.failing_tests())

    assert '"g1" and "g0" are missing' in said(a_rule("a", "b", "c"), "c only")
    assert '"film" excludes it' in said(a_rule("drone", exclude=p("film")), "drone film")
    near = a_rule("a", "b", near=(NearSpec(("g0", "g1"), 2, ()),))
    assert "don't stand near each other" in said(near, "a or b")
    facts = a_rule("strike", where=WhereSpec((), conditions=(("killed", ">=5"),)))
    assert "the facts it asks for are not there" in said(facts, "Strike kills two in Erbil")


def test_patterns_are_an_error_where_re2_is_not_installed() -> None:
    code = (
        "import sys; sys.modules['re2'] = None\n"
        "from rules import compile_rules\n"
        "from tests.unit.test_rules_corners import RuleBook, a_rule\n"
        "try: compile_rules(RuleBook((a_rule('/drones?/'),)))\n"
        "except Exception as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "patterns need RE2, which is not installed" in done.stdout


@pytest.mark.parametrize(
    ("pattern", "title", "found"),
    [
        (r"/\w+дрон\W/", "бездрон!", True),
        (r"/[\w]дрон/", "ядрон", True),
        (r"/(drone|raid) base/", "a raid base", True),
        (r"/dron(e|y)s over/", "dronys over", True),
        (r"/(?:alpha|beta) ray/", "beta ray", True),
        (r"/(?:alpha|beta) ray/", "gamma ray", False),
    ],
)
def test_patterns_know_letters_of_every_script(pattern: str, title: str, found: bool) -> None:
    assert matches(a_rule(pattern), title) is found


def test_an_empty_pattern_match_is_no_hit() -> None:
    assert not matches(a_rule("/(drones)*/"), "nothing of the kind")


def test_a_name_without_a_letter_is_a_mistake_where_it_stands() -> None:
    entity = EntitySpec("!!", ("e",), also=(PhraseSpec("a NEAR", ("also",)), *p("x~ y~ z~ w~")))
    rule = replace(a_rule("drone"), match=(GroupSpec("g", (), (entity,)),))
    with pytest.raises(RuleErrors) as caught:
        compile_rules(RuleBook((rule,)))
    assert {each.path for each in caught.value.problems} >= {("e",), ("also",)}


def test_near_in_a_field_with_many_hits_is_asked_in_full() -> None:
    rule = a_rule("a", "b", near=(NearSpec(("g0", "g1"), 2, ()),))
    far = "a x x x x x x x x x x x x " * 9
    assert not matches(rule, "t", body=far + "b x x x")
    assert matches(rule, "t", body=far + "a b")
    assert not matches(rule, "t", body=far + "b x b x b x b")  # 36 pairs


def test_near_asks_for_all_groups_even_where_the_condition_does_not() -> None:
    rule = a_rule("drone", "raid", condition="g0 or g1", near=(NearSpec(("g0", "g1"), 9, ()),))
    assert not matches(rule, "A drone over the sea")
    assert matches(rule, "A drone in the raid")


def test_in_order_the_shortest_of_what_begins_before_counts() -> None:
    near = NearSpec(("g0", "g1"), 3, (), ordered=True)
    assert matches(a_rule("drone", "hits the base | the", near=(near,)), "drone hits the base")


def test_a_rule_alone_still_knows_what_overrides_its_exclusion() -> None:
    rule = a_rule("drone", exclude=p("photo"), unless=p("killed"))
    alone = compile_rules(RuleBook((rule, replace(a_rule("raid"), id="other")))).only({"r"})
    assert alone.matching(an_article("Drone photo"), HERE) == []
    assert alone.matching(an_article("Drone photo, two killed"), HERE) == ["r"]


def test_below_the_lead_an_exclusion_counts_only_near_what_matched() -> None:
    rule = a_rule("drone", exclude=p("photo"))
    far = "word " * 60
    assert not matches(rule, "t", summary="One. Two.", body=f"A drone photo. {far}")
    assert matches(rule, "t", summary="One. Two.", body=f"A drone flew. {far} A photo.")


def test_a_near_miss_lacks_one_group_and_not_two() -> None:
    program = compile_rules(RuleBook((a_rule("quadcopter", "raid", "base"),)))
    missed = [
        program.read(an_article(title), HERE).near_misses
        for title in ("quadcopter", "quadcopter raid")
    ]
    assert [[each.missing for each in found] for found in missed] == [[], ["g2"]]


def test_a_pattern_that_can_be_empty_finds_only_what_it_covers() -> None:
    program = compile_rules(RuleBook((a_rule("/(drone)?/", "erbil"),)))
    reading = program.read(an_article("A drone near Erbil"), HERE)
    assert [span.text for span in reading.matches[0].spans] == ["drone", "Erbil"]


def test_a_pattern_counts_in_the_fields_of_its_rule_and_beside_other_terms() -> None:
    rule = a_rule("/[0-9]{4}x/ | quadcopter | /zeppelin/", fields=("title",))
    assert matches(rule, "Type 2026x flies")
    assert matches(rule, "A quadcopter")
    assert not matches(rule, "Nothing", body="Type 2026x flies")


def test_each_branch_of_a_pattern_is_looked_for() -> None:
    rule = a_rule("/drones?|quadcopter/")
    assert matches(rule, "two drones")
    assert matches(rule, "a quadcopter")
    assert not matches(rule, "a helicopter")


def test_a_number_and_a_word_with_a_hyphen_are_also_written_as_one() -> None:
    rule = a_rule("60-millimetre")
    assert matches(rule, "a 60millimetre mortar")
    assert matches(rule, "a 60 millimetre mortar")


def test_without_re2_a_pattern_is_an_error_that_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    with pytest.raises(RuleErrors, match="not installed"):
        compile_rules(RuleBook((a_rule("/drone/"),)))


def test_in_a_long_text_places_are_the_same_as_in_a_short_one() -> None:
    rule = a_rule("drone strike", "erbil", near=(NearSpec(("g0", "g1"), 4, ()),))
    program = compile_rules(RuleBook((rule,)))
    for body in ("A drone strike near Erbil.", "word " * LONG + "A drone strike near Erbil."):
        reading = program.read(an_article("t", body=body), HERE)
        assert [span.text for span in reading.matches[0].spans] == ["drone strike", "Erbil"]


def test_what_other_engines_found_can_be_asked_about() -> None:
    page = Page(an_article("a drone"))
    page.take([(7, 2, 9)])
    assert list(page.places(7)) == [(2, 9)]
    assert list(page.places(8)) == []


def test_what_is_written_down_for_hashes() -> None:
    @dataclass(frozen=True)
    class One:
        value: object
        note: str = "does not count"

    assert canonical(One((1, None, [p("x")[0]]))) == "([1,None,['x']])"
    assert canonical(date(2026, 1, 2)) == "datetime.date(2026, 1, 2)"


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("/a(/", r"write \( for the sign itself"),
        ("/(?<!x)y/", "look-around does not exist"),
        (r"/(a)\1/", "back-references"),
        ("/a{2000}/", "at most 1,000 times"),
    ],
)
def test_a_pattern_that_re2_refuses_says_what_to_write_instead(pattern: str, hint: str) -> None:
    with pytest.raises(RuleErrors) as caught:
        compile_rules(RuleBook((a_rule(pattern),)))
    assert hint in caught.value.problems[0].hint


@pytest.mark.parametrize(
    ("title", "found"),
    [("drone Iraqi", True), ("drone the Iraqi", False), ("Iraqis drone x", True)],
)
def test_a_beginning_counts_as_a_whole_word_of_a_distance(title: str, found: bool) -> None:
    rule = a_rule("drone", "Iraq*", near=(NearSpec(("g0", "g1"), 2, ()),))
    assert matches(rule, title) is found


def test_what_stands_in_another_field_does_not_count() -> None:
    assert not matches(a_rule("drone", fields=("title",)), "x", body="drone")
    near = a_rule("drone", "raid", near=(NearSpec(("g0", "g1"), 9, ()),))
    assert not matches(near, "drone", body="raid")
    assert matches(near, "drone", body="raid and drone")
    cased = replace(near, exclude_anywhere=p("/films?/"))
    assert not matches(cased, "drone raid", body="films")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"/\p{Cyrillic}{3,}/", "дрон"),
        (r"/\pLdrone/", "xdrone"),
        (r"/\x44rone/", "Drone"),
        (r"/\x{0434}рон/", "дрон"),
        (r"/\104rone/", "Drone"),
        (r"/\Qdrone.x\E/", "drone.x"),
        (r"/ab.{100,200}cd/", "ab" + "x" * 150 + "cd"),
        (r"/\d{100}/", "1" * 100),
        (r"/drone{2}s/", "dronees"),
        (r"/(?P<what>drone|uav) ?strike/", "uavstrike"),
        (r"/drone.strike/", "\ud800 drone strike \udfff"),
    ],
)
def test_what_a_pattern_says_of_letters_is_not_taken_for_letters(pattern: str, text: str) -> None:
    """Of articles without the longest piece of text in a pattern it is not even tried."""
    assert matches(a_rule(pattern), text)


@pytest.mark.parametrize(
    "name", ["Johnson & Johnson", "Badr – Corps", "x ' y", "- x", "Ha.mas ..."]
)
def test_a_name_may_have_signs_between_its_words(name: str) -> None:
    rule = a_rule("x", match=(GroupSpec("g", (), (EntitySpec(name, ()),)),))
    assert matches(rule, f"They say {name} is here")
