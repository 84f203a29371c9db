"""Pages made of the code are up to date, and name every key and command."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from wirewatch.cli import COMMANDS, cli
from wirewatch.config.schema import schema
from wirewatch.docs import main, pages

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_made_page_is_up_to_date(name):
    """`make docs` writes it anew."""
    assert (ROOT / name).read_text(encoding="utf-8") == pages()[name]


def test_every_key_is_documented_with_its_meaning():
    text = pages()["docs/configuration.md"]
    for name, model in [("the file", schema()), *schema()["$defs"].items()]:
        for key, prop in model.get("properties", {}).items():
            assert prop.get("description") or "$ref" in prop, f"{name}: {key} has no description"
            assert f"| `{key}` |" in text, f"{name}: {key}"


def test_every_command_is_documented():
    text = pages()["docs/commands.md"]
    there = cli.list_commands(click.Context(cli))
    assert [name for name in there if f"`wirewatch {name}`" not in text] == []


def test_writing_them_writes_what_is_expected(tmp_path):
    (tmp_path / "docs").mkdir()
    main(tmp_path)
    assert {
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()
    } == set(pages())


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_commands_in_the_pages_exist(page):
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)wirewatch ([a-z][a-z-]+)", text, re.MULTILINE))
    assert named - set(COMMANDS) == set()
