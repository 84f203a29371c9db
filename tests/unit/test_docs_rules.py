"""docs/rules.md: every example loads, its tests pass, and every table of phrases says the truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rules import compile_rules
from rules.explain import explain
from rules.facts import read_facts
from rules.query import QueryError, parse
from rules.where import names_of
from tests.builders import an_article
from wirewatch.config import load
from wirewatch.config.models.rules import RuleModel, WhenModel, WhereModel
from wirewatch.model import Appearance, GroupSpec, PhraseSpec, RuleBook, RuleSpec

GUIDE = Path(__file__).parents[2] / "docs" / "rules.md"
TEXT = GUIDE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
HEAD = "version: 1\nfeeds:\n  - {name: Courier, url: https://courier.example/rss}\n"
HERE = Appearance("Courier", "courier.example")


def phrases() -> list[tuple[str, list[str], list[str]]]:
    """(line, texts that it finds, texts that it does not), of all tables that say so."""
    found, columns = [], []
    for line in TEXT.splitlines():
        cells = [c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        if "does not find" in cells:
            columns = [
                cells.index(n)
                for n in (cells[0] if cells[0] == "line" else "example", "finds", "does not find")
            ]
        elif not cells:
            columns = []
        elif columns and not cells[0].startswith("---"):
            phrase, finds, misses = (cells[n] for n in columns)
            found.append((phrase.strip("`"), _texts(finds), _texts(misses)))
    return [row for row in found if row[1]]


def _texts(cell: str) -> list[str]:
    return [text for text in cell.split(" / ") if text]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: re.search(r"id: (\S+)", e)[1])
def test_every_example_loads_and_passes_its_own_tests(example: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(HEAD + example, encoding="utf-8")
    assert load(path).program.rules


@pytest.mark.parametrize(("line", "finds", "misses"), phrases())
def test_every_table_of_phrases_says_the_truth(
    line: str, finds: list[str], misses: list[str]
) -> None:
    group = GroupSpec("text", (), (PhraseSpec(line, ()),))
    program = compile_rules(RuleBook((RuleSpec("r", (), (group,)),)))
    for text in finds:
        assert program.matching(an_article(text), HERE), f"{line} should find {text}"
    for text in misses:
        assert not program.matching(an_article(text), HERE), f"{line} should not find {text}"


def test_the_tables_were_found() -> None:
    assert len(phrases()) > 25
    assert len(EXAMPLES) > 9


def test_what_is_said_to_be_refused_is_refused_with_that_hint() -> None:
    with pytest.raises(QueryError) as caught:
        parse("drone (attack | strike)")
    assert "THEN/0" in caught.value.hint


def foreign() -> list[str]:
    table = TEXT.partition("| written | write |\n|---|---|\n")[2].partition("\n\n")[0]
    return [line.split("`")[1] for line in table.splitlines()]


@pytest.mark.parametrize("line", foreign())
def test_what_other_languages_have_is_refused(line: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(line)
    assert caught.value.hint


def test_the_answer_of_why_is_the_real_one(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(HEAD + EXAMPLES[0], encoding="utf-8")
    article = an_article("Airstrike on Kata’ib Hizbullah in Irak")
    found = explain(load(path).program, "strikes-on-militias", article, HERE, read_facts(article))
    assert "\n".join(found.lines()) + "\n" in TEXT


def test_every_key_of_a_rule_and_every_platform_is_named() -> None:
    keys = set(RuleModel.model_fields) - {"id"}
    assert not {key for key in keys if f"`{key}" not in TEXT}
    assert f"one of {', '.join(names_of('platform'))} was" in TEXT
    for model in (WhereModel, WhenModel):
        assert not {key for key in model.model_fields if f"`{key}" not in TEXT}
