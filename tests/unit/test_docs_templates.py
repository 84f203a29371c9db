"""docs/templates.md names every variable that a template sees, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from alerts import context
from alerts.render import FILTERS, built_in_templates
from alerts.sandbox import _FILTERS
from tests.builders import NOON
from tests.digest_builders import a_full_digest, an_alert
from wirewatch.model import Alert, DigestView, Severity, StoryView, SystemNotice

DOCS = (Path(__file__).parents[2] / "docs" / "templates.md").read_text()
EVERYWHERE = DOCS[DOCS.index("## In every template") : DOCS.index("## alert")]
SEEN = {
    "alert": context.of_alert(an_alert(), timezone="UTC"),
    "digest": context.of_digest(a_full_digest(), full=3, brief=1),
    "system": context.of_system(SystemNotice("k", "t", "x", Severity.LOW, NOON), timezone="UTC"),
}
NESTED = {
    "cause": ("alert", "causes"),
    "outlet": ("alert", "sources"),
    "entry": ("digest", "stories"),
    "line": ("digest", "trends"),
}


def section(name: str) -> str:
    """The part of the page about one kind of message."""
    start = DOCS.index(f"\n## {name}\n")
    end = DOCS.find("\n## ", start + 5)
    return DOCS[start : end if end > 0 else None]


def rows(text: str) -> set[str]:
    """The variables in the first columns of tables."""
    return set(re.findall(r"^\| `([\w.]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", SEEN)
def test_every_variable_is_documented_and_no_other(name):
    documented = {row for row in rows(section(name)) if "." not in row} | rows(EVERYWHERE)
    assert documented - {"moment"} == set(SEEN[name])


@pytest.mark.parametrize("prefix", NESTED)
def test_every_part_of_a_list_is_documented_and_no_other(prefix):
    name, key = NESTED[prefix]
    documented = {row.partition(".")[2] for row in rows(DOCS) if row.startswith(f"{prefix}.")}
    assert documented == set(SEEN[name][key][0])


def test_a_storys_line_is_documented():
    named = DOCS[DOCS.index("Each of `brief` has") :].split(".")[0]
    assert set(re.findall(r"`(\w+)`", named)) - {"brief"} == set(SEEN["digest"]["brief"][0])


@pytest.mark.parametrize(
    ("begins", "kind"),
    [
        ("`alert` has:", Alert),
        ("Its `story` has:", StoryView),
        ("`view` has:", DigestView),
        ("| `notice` | has", SystemNotice),
    ],
)
def test_every_field_of_an_object_is_documented_and_no_other(begins, kind):
    text = DOCS[DOCS.index(begins) + len(begins) :]
    named = re.split(r"\.\s|\|", text, maxsplit=1)[0]
    assert set(re.findall(r"`(\w+)`", named)) == {field.name for field in fields(kind)}


def test_every_filter_is_documented():
    assert all(f"| {name}" in EVERYWHERE for name in FILTERS)
    listed = EVERYWHERE[EVERYWHERE.index("there are:") :].removeprefix("there are:").split(".")[0]
    assert {name.strip() for name in listed.split(",")} == set(_FILTERS)


@pytest.mark.parametrize("path", sorted(built_in_templates().glob("*.j2")), ids=lambda p: p.name)
def test_our_templates_use_nothing_else(path):
    environment = Environment(autoescape=True)
    environment.filters |= FILTERS
    used = meta.find_undeclared_variables(environment.parse(path.read_text()))
    kind = path.name.partition(".")[0]
    known = set(SEEN[kind]) if kind in SEEN else {"subject", "preview"}
    assert used - {"moment"} <= known
