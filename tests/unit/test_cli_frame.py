"""The command line's frame: quick to answer, honest in its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from wirewatch.cli import COMMANDS, cli, status_of
from wirewatch.cli.common import find_config, lasting, plain
from wirewatch.config.schema import schema, schema_text
from wirewatch.errors import UsageError

ROOT = Path(__file__).parents[2]
HEAVY = ("httpx", "feedparser", "sqlite_utils", "pydantic", "yaml", "rich", "apscheduler", "jinja2")
MINIMAL = (
    "version: 1\nfeeds: [{name: A, url: https://a.example}]\nrules: [{id: a, match: airstrike}]\n"
)


RARELY_NEEDED = ("feedparser", "sqlite_utils", "dateutil", "rich", "prometheus_client", "apprise")


def imported_by(code, names):
    """Run code in a process of its own; return what it printed, and which of these it imported."""
    code = f"import sys; {code}; print([n for n in {names} if n in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr.strip()


def test_help_imports_nothing_heavy():
    shown, heavy = imported_by("from wirewatch.cli import status_of; status_of(['--help'])", HEAVY)
    assert heavy == "[]"
    assert "check" in shown


def test_the_service_starts_without_what_it_needs_now_and_then():
    assert imported_by("import wirewatch.service", RARELY_NEEDED) == ("", "[]")


def test_a_wrong_configuration_ends_with_2_and_every_mistake_on_stderr(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text("version: 1\nfeeds: []\nrules: []\nfoo: 1\nbar: 2\n")
    assert status_of(["check", "--config", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert 'unknown key "foo"' in err
    assert 'unknown key "bar"' in err
    assert "2 mistakes; a running service keeps the last good version in force" in err


def test_check_can_answer_in_json_lines(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text("version: 1\nfeeds: []\nrules: []\nfoo: 1\n")
    assert status_of(["check", "--config", str(path), "--json"]) == 2
    (line,) = capsys.readouterr().out.splitlines()
    row = json.loads(line)
    assert row.pop("hint").startswith("it is one of alerts, channels")
    assert row == {
        "level": "error",
        "file": str(path),
        "line": 4,
        "column": 1,
        "path": "foo",
        "problem": 'unknown key "foo"',
    }


def test_a_right_configuration_ends_with_0_and_strict_minds_warnings(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text(MINIMAL)
    assert status_of(["check", str(path)]) == 0
    assert "is right: 1 feeds, 1 rules" in capsys.readouterr().err
    assert status_of(["check", str(path), "--strict"]) == 2


def test_the_group_takes_the_configuration_too(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(MINIMAL)
    assert status_of(["--config", str(path), "--quiet", "check"]) == 0


def test_quiet_leaves_only_errors(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text(MINIMAL)
    assert status_of(["check", str(path), "-q"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("value", "coloured"), [("1", False), ("", True)])
def test_no_color_is_honoured(tmp_path, value, coloured):
    path = tmp_path / "config.yaml"
    path.write_text("version: 1\nfeeds: []\nrules: [{id: a, match: airstrike}]\n")
    shown = CliRunner(env={"NO_COLOR": value}).invoke(
        cli, ["doctor", "--config", str(path)], color=True
    )
    assert "Python 3." in shown.output
    assert ("\x1b[" in shown.output) is coloured


@pytest.mark.parametrize("args", [["chek"], ["check", "--nope"], ["--nope"]])
def test_what_nobody_understands_ends_with_2(args, capsys):
    assert status_of(args) == 2
    assert "Error" in capsys.readouterr().err


def test_a_mistyped_command_is_guessed(capsys):
    status_of(["chek"])
    assert "did you mean `check`?" in capsys.readouterr().err


def test_the_configuration_is_looked_for_where_people_put_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="wirewatch init"):
        find_config(None, {"XDG_CONFIG_HOME": str(tmp_path)})
    there = tmp_path / "wirewatch" / "config.yaml"
    there.parent.mkdir()
    there.touch()
    assert find_config(None, {"XDG_CONFIG_HOME": str(tmp_path)}) == there
    assert find_config(None, {"WIREWATCH_CONFIG": "/x/y.yaml"}) == Path("/x/y.yaml")
    Path("config.yaml").touch()
    assert find_config(None, {"XDG_CONFIG_HOME": str(tmp_path)}) == Path("config.yaml")


def test_the_shipped_schema_is_the_models_own():
    """`wirewatch schema -o config.schema.json` writes it anew."""
    assert (ROOT / "config.schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize(
    "path",
    [
        ROOT / "config.yaml",
        *ROOT.glob("examples/*.yaml"),
        ROOT / "wirewatch" / "demo" / "config.yaml",
    ],
    ids=lambda path: path.name,
)
def test_editors_find_nothing_wrong_with_what_we_ship(path):
    """Read as an editor's YAML 1.2 server reads it, numbers and truth values typed."""
    document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema())
    assert [f"{e.json_path}: {e.message}" for e in validator.iter_errors(document)] == []


def test_editors_find_what_is_wrong():
    validator = jsonschema.Draft202012Validator(schema())
    wrong = {"version": 1, "feeds": [{"name": "a", "urk": "x"}], "rules": [{"id": "a"}]}
    assert len(list(validator.iter_errors(wrong))) >= 3


def test_every_command_has_a_sentence():
    for name, entry in COMMANDS.items():
        assert entry.help.endswith("."), name
        assert entry.target.count(":") == 1, name


def test_durations_and_plain_values_read_well():
    from datetime import UTC, datetime, timedelta

    assert [lasting(timedelta(seconds=s)) for s in (0, 59, 61, 3_700, 90_000, -61)] == [
        "0s",
        "59s",
        "1m",
        "1h 1m",
        "1d 1h",
        "-1m",
    ]
    assert plain({"at": datetime(2026, 1, 2, tzinfo=UTC), "for": timedelta(minutes=1)}) == {
        "at": "2026-01-02T00:00:00Z",
        "for": 60.0,
    }
