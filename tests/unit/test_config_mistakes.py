"""Mistakes in rules as a hand makes them: all of them at once, each with its place and a way out."""

from __future__ import annotations

import pytest

from tests.unit.test_config_load import MINIMAL, mistakes, with_, written
from wirewatch.config import load


def test_a_mistake_in_a_rule_hides_none_of_the_others_in_it(tmp_path):
    text = """\
version: 1
feeds: []
lists: {l: [null, "x |"], "b a": [q]}
filters: [{exclude: ["(y"]}]
rules:
  - {id: a, severity: hgh, match: [$nope, "(x"], alert: {cooldown: never, channels: [desk]}}
  - {id: b, match: {m: [x], n: []}, condition: m and o, tests: {match: [q]}}
  - {id: c, match: [null, "NEAR/1 x", {name: X, foo: y}], near: 5 words}
  - {match: 5 |, exclude: {a: b}, unless: [c], when: {sources: many, first_mention: who}}
  - {id: e}
"""
    assert [each.partition(";")[0] for each in mistakes(tmp_path, text)] == [
        "config.yaml:3:13: lists.l[0]: expects a phrase or an entity, not nothing",
        "config.yaml:3:23: lists.l[1]: something is missing at the end",
        'config.yaml:3:27: lists.b a: "b a" can\'t be a name',
        'config.yaml:4:11: filters[0]: "name" is missing',
        "config.yaml:4:22: filters[0].exclude[0]: this parenthesis is never closed",
        'config.yaml:6:23: rules[0].severity: unknown severity "hgh"',
        "config.yaml:6:36: rules[0].match[0]: unknown list $nope",
        "config.yaml:6:43: rules[0].match[1]: this parenthesis is never closed",
        'config.yaml:6:68: rules[0].alert.cooldown: "never" is no duration',
        'config.yaml:6:86: rules[0].alert.channels[0]: unknown channel "desk"',
        'config.yaml:7:20: rules[1].match: the group "n" is empty',
        'config.yaml:7:54: rules[1].condition: no group is called "o"',
        "config.yaml:8:21: rules[2].match[0]: expects a phrase or an entity, not nothing",
        "config.yaml:8:27: rules[2].match[1]: nothing stands before NEAR/1",
        'config.yaml:8:49: rules[2].match[2].foo: unknown key "foo"',
        "config.yaml:8:65: rules[2].near: expects a list, not one value",
        'config.yaml:9:5: rules[3]: "id" is missing',
        "config.yaml:9:16: rules[3].match: something is missing at the end",
        "config.yaml:9:27: rules[3].exclude: expects a list, not a mapping",
        'config.yaml:9:64: rules[3].when.sources: "many" is no whole number',
        'config.yaml:9:85: rules[3].when.first_mention: no group is called "who"',
        'config.yaml:10:5: rules[4]: "match" is missing',
    ]


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("match: [a], when: {within: 6h}", "rules[1].when: waits for nothing"),
        ("match: [a], when: {absent: true, articles: 3}", "rules[1].when: can't wait for articles and"),
        ("match: [a], where: {source: [https://x.example/y]}", "is no domain; write it alone"),
        ("match: [a], where: {language: [english]}", '"english" is no language code'),
        ("match: [$iraq]", "unknown list $iraq; it ships with wirewatch: add `use: [middle-east"),
        ("match: [a], threshold: 3", 'unknown key "threshold"; did you mean "when"?'),
        ("match: !!set {a: [b]}", "rules[1].match: the tag !!set means nothing here; leave it out"),
        ("match: {a: [b, !x c]}", "rules[1].match.a[1]: the tag !x means nothing here; leave it out"),
        ("match: [a, '', b]", "rules[1].match[1]: is an empty phrase"),
        ('match: ["a\\nb"]', "rules[1].match[0]: is one phrase over several lines"),
        ("match: {a: [b], c: [d]}, near: {within: 5}", 'rules[1].near.within: "5" is no distance'),
    ],
)  # fmt: skip
def test_slips_in_rules_are_mistakes_with_a_place(tmp_path, rest, told):
    text = MINIMAL + f"  - {{id: b, {rest}}}\n"
    assert any(told in each for each in mistakes(tmp_path, text))


def test_mistakes_in_included_files_are_told_once_and_there(tmp_path):
    part = "include: [more.yaml]\nalerts: {wait: 1s}\nlists: {l: [a]}\nrules: [{id: strikes, match: [b]}]\n"
    written(tmp_path, part, "part.yaml")
    text = with_("include: [part.yaml, config.yaml]\nlists: {l: [a]}\n")
    said = [each.replace(f"{tmp_path}/", "") for each in mistakes(tmp_path, text)]
    assert said == [
        'part.yaml:1:1: include: unknown key "include"; it stands in the main file only',
        'part.yaml:2:1: alerts: unknown key "alerts"; it stands in the main file only',
        'part.yaml:3:9: lists.l: a second list is called "l"; the first is at config.yaml:7',
        'part.yaml:4:14: rules[0].id: a second rule is called "strikes"; the first is at config.yaml:5',
    ]


def test_facts_that_are_never_read_are_doubtful(tmp_path):
    where = "where: {platform: [drones], country: [UK, ZZ], actor: [Hezbollah]}"
    loaded = load(written(tmp_path, MINIMAL + f"  - {{id: b, match: [x], {where}}}\n"), environ={})
    said = [str(each) for each in loaded.warnings if "where" in str(each)]
    assert [each.partition(": ")[2] for each in said] == [
        'rules[1].where.platform: no platform is ever read as "drones"; did you mean "drone"?',
        said[1].partition(": ")[2],
    ]
    assert 'no country is ever read as "ZZ"' in said[1]


def test_a_configuration_without_rules_is_doubtful(tmp_path):
    text = "version: 1\nfeeds: []\nrules: []\n"
    warnings = load(written(tmp_path, text), environ={}).warnings
    assert any("there is no rule: nothing will ever match" in str(each) for each in warnings)
