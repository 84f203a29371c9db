"""The rules and lists that ship: they load, prove themselves, and keep to what severity means."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from rules.gazetteer.middle_east import PLACES
from rules.gazetteer.other_scripts import FORMS
from rules.gazetteer.parties import PARTIES
from tests.builders import an_article
from wirewatch.config import load
from wirewatch.config.load import Loaded
from wirewatch.model import Appearance, Severity

ROOT = Path(__file__).parents[2]
CONFIGS = ["config.yaml", "examples/world-conflict.yaml"]
HERE = Appearance("Example", "example.org")
ATTACKS = {"drone-attack", "airstrike", "militia", "rocket-missile", "bombing", "ground-clash"}


@pytest.fixture(scope="module", params=CONFIGS)
def loaded(request: pytest.FixtureRequest) -> Loaded:
    return load(ROOT / request.param, environ={})


@pytest.fixture(scope="module")
def middle_east() -> Loaded:
    return load(ROOT / "config.yaml", environ={})


def shipped(name: str) -> dict[str, list[object]]:
    text = (ROOT / "rules" / "lists" / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["lists"]


def entities(lists: dict[str, list[object]], kind: str) -> list[dict[str, object]]:
    return [
        term
        for terms in lists.values()
        for term in terms
        if isinstance(term, dict) and term.get("kind") == kind
    ]


def rules_of(loaded: Loaded, title: str, summary: str = "", body: str = "") -> set[str]:
    article = an_article(title, summary=summary, body=body)
    return {match.rule_id for match in loaded.program.read(article, HERE).matches}


def test_both_configurations_load_without_a_warning_about_their_rules(loaded: Loaded) -> None:
    assert not loaded.program.failing_tests()
    assert not loaded.program.warnings


def test_rules_that_claim_an_attack_are_medium_or_above_and_others_below(loaded: Loaded) -> None:
    claiming = {rule.id for rule in loaded.program.rules if rule.severity >= Severity.MEDIUM}
    assert claiming == ATTACKS


def test_every_rule_carries_tests_of_both_kinds(loaded: Loaded) -> None:
    for rule in loaded.program.rules:
        assert rule.spec.tests.match, rule.id
        assert rule.spec.tests.no_match, rule.id


def test_the_pack_reads_title_and_lead_only(loaded: Loaded) -> None:
    filler = "The grain board met again and talked about wheat prices for another hour. " * 12
    body = filler + "An air strike killed six people in northern Syria on Sunday."
    assert "airstrike" not in rules_of(loaded, "Grain board meets", body=body)


def test_eighty_groups_of_the_region_have_aliases_and_other_scripts() -> None:
    groups = entities(shipped("middle-east"), "group")
    assert len(groups) >= 80
    assert sum("also" in group for group in groups) >= 50
    assert sum("ar" in group or "fa" in group for group in groups) >= 60
    assert {"Badr", "HTS", "SDF"} <= {str(g["name"]) for g in groups if g.get("ambiguous")}


def test_every_file_of_lists_says_where_it_is_from() -> None:
    for path in (ROOT / "rules" / "lists").glob("*.yaml"):
        assert "written by hand" in path.read_text(encoding="utf-8").lower(), path.name


def test_towns_of_facts_and_of_rules_are_in_step(middle_east: Loaded) -> None:
    missing = []
    for line in PLACES.strip().splitlines():
        name = line.split("|")[1].strip().replace(", ", " in ")
        title = f"Air strike near {name} kills two"
        if name != "Hit" and "airstrike" not in rules_of(middle_east, title):
            missing.append(name)
    assert not missing


def test_names_in_other_scripts_are_in_step() -> None:
    listed = {
        str(form)
        for terms in shipped("middle-east-places").values()
        for term in terms
        if isinstance(term, dict) and "country" in term
        for language in ("ar", "fa", "he", "ru")
        for form in term.get(language, ())
    }
    known = {
        form.strip()
        for line in FORMS.strip().splitlines()
        for part in line.split("|")[2].split(";")
        for form in part.partition(":")[2].replace("/", ",").split(",")
    }
    assert known == listed


def test_parties_of_facts_are_known_to_rules() -> None:
    lists = shipped("middle-east") | shipped("world")
    names = {
        str(form).casefold()
        for terms in lists.values()
        for term in terms
        if isinstance(term, dict)
        for form in (term["name"], *term.get("also", []))
    }
    groups = [line.split("|")[0].strip() for line in PARTIES.strip().splitlines()]
    own = {"Israel Defense Forces", "Islamic State", "Hezbollah", "Houthis", "Taliban", "PKK"}
    assert own <= set(groups)
    assert {group.casefold() for group in own} <= names


@pytest.mark.parametrize(
    "title",
    [
        "Kata’ib Hezbollah fires rockets at base in Iraq",
        "Kataib Hizbullah fires rockets at base in Iraq",
        "Kata'ib Hizballah fires rockets at base in Iraq",
        "كتائب حزب الله: هجوم على قاعدة في العراق",
    ],
)
def test_spellings_of_a_group_are_one(middle_east: Loaded, title: str) -> None:
    assert "militia" in rules_of(middle_east, title)


@pytest.mark.parametrize(
    "title",
    [
        "Badr wins the Baghdad derby",
        "The HTS screen finds a new compound in Tehran lab",
        "Crisis in Bahamas tourism hits Dubai airline",
        "Strike by teachers closes schools in Lebanon",
        "Iran and Iraq draw in friendly as striker hits two",
        "Cyber attack hits bank in Israel",
        "Earthquake strikes western Iran, killing four",
        "Actor shot new film in Jordan",
    ],
)
def test_what_only_looks_like_an_attack_claims_nothing(middle_east: Loaded, title: str) -> None:
    assert not rules_of(middle_east, title) & ATTACKS


def test_an_attack_survives_what_is_said_of_it_in_the_lead(middle_east: Loaded) -> None:
    summary = "Nine people were killed, police said. The UN Secretary-General condemned the attack."
    assert "bombing" in rules_of(middle_east, "Car bomb in Baghdad market", summary)


def test_a_denial_is_tagged_and_told(middle_east: Loaded) -> None:
    article = an_article("Army denies its planes struck a hospital in Aleppo")
    matches = middle_east.program.read(article, HERE).matches
    assert any("denied" in match.tags for match in matches)


def test_facts_are_conditions_of_rules(tmp_path: Path) -> None:
    text = """
version: 1
feeds: [{name: A, url: "https://example.org/rss"}]
rules:
  - {id: many, match: [bomb~], where: {killed: ">=5"}}
  - {id: there, match: [bomb~], where: {country: [IQ, SY]}}
"""
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "config.yaml", environ={})
    assert rules_of(loaded, "Bomb kills nine in Mosul") == {"many", "there"}
    assert rules_of(loaded, "Bomb kills three in Mosul") == {"there"}
    assert rules_of(loaded, "Bomb kills at least nine in Kabul") == {"many"}
    assert rules_of(loaded, "Bomb kills nobody in Kabul") == set()
