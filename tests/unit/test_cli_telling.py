"""`digest`, `mute`, `ack` and `channels`: for people, beside a running service or not."""

from __future__ import annotations

import json

import pytest

from tests.builders import NOON, an_article
from wirewatch.cli import status_of
from wirewatch.cli.mute import parse_length
from wirewatch.errors import UsageError
from wirewatch.model import Facts
from wirewatch.pipeline.place import place
from wirewatch.store import Store

CONFIG = """
version: 1
feeds: [{name: A, url: https://a.example}]
rules: [{id: strike, match: airstrike}]
channels:
  out: {type: file, folder: out}
digests:
  - {name: morning, at: "07:00", timezone: Asia/Baghdad, channels: [out]}
"""


@pytest.fixture
def run(tmp_path):
    """Run a command on a configuration of one rule, one file channel and one digest."""
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    return lambda *args: status_of([*args, "--config", str(path)])


@pytest.fixture
def store(tmp_path):
    """The database, with one story."""
    store = Store.open(tmp_path / "wirewatch.db")
    with store.transaction():
        place(store, store.articles.add(an_article()), Facts(), severity=None, now=NOON)
    yield store
    store.close()


def test_a_preview_needs_no_database_and_changes_nothing(run, tmp_path, capsys):
    assert run("digest") == 0
    assert "Nothing matched" in capsys.readouterr().out
    assert run("digest", "morning", "--to", str(tmp_path / "look")) == 0
    written = sorted(path.name for path in (tmp_path / "look").iterdir())
    assert written == ["digest-morning.eml", "digest-morning.html", "digest-morning.txt"]
    assert not (tmp_path / "wirewatch.db").exists()


def test_an_unknown_digest_is_named_with_those_there_are(run, capsys):
    assert run("digest", "evening") == 2
    assert "there are: morning" in capsys.readouterr().err


def test_a_digest_sent_now_is_listed_and_repeated_byte_for_byte(run, store, tmp_path, capsys):
    assert run("digest", "--send") == 0
    first = sorted((tmp_path / "out").rglob("*.eml"))
    content = [path.read_bytes() for path in first]
    assert content
    assert run("digest", "list", "--json") == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line[0] == "{"]
    assert (row["name"], row["state"]) == ("morning", "rendered")
    assert run("digest", "--resend", "--slot", row["slot"]) == 0
    assert [row.state for row in store.outbox.list(states=())] == ["sent"]
    every = sorted((tmp_path / "out").rglob("*.eml"))
    assert {path.read_bytes() for path in every} == set(content)
    assert run("digest", "--resend", "--slot", "1999-01-01 07:00") == 2


def test_a_mute_is_listed_with_its_author_and_ends(run, store, capsys):
    assert run("mute", "strike", "--for", "2h", "--because", "drill", "--by", "anna") == 0
    assert run("mute", "story:1", "--for", "1d", "--by", "bob") == 0
    assert run("mute", "port strike", "--for", "1w", "--by", "eve") == 0
    assert run("mute", "list", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(r["kind"], r["value"], r["author"]) for r in rows] == [
        ("words", "port strike", "eve"), ("story", "1", "bob"), ("rule", "strike", "anna"),
    ]  # fmt: skip
    assert run("mute", "1", "--undo") == 0
    assert run("mute", "1", "--undo") == 2
    assert len(store.silences.mutes()) == 3


@pytest.mark.parametrize(
    "args",
    [["story:99"], ["rule:nope"], ["!!!"], ["strike", "--for", "9y"], ["strike", "--for", "2000d"]],
)
def test_a_mute_of_nothing_is_refused(run, store, args):
    assert run("mute", *args) == 2
    assert store.silences.mutes() == []


@pytest.mark.parametrize(
    ("text", "seconds"), [("90m", 5400), ("6h", 21600), ("1d 12h", 129600), ("1.5h", 5400)]
)
def test_lengths_of_time_are_read(text, seconds):
    assert parse_length(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "6", "h", "-6h", "1e9d", "0m", "6 hours"])
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(UsageError):
        parse_length(text)


def test_an_ack_silences_a_story_until_it_is_taken_back(run, store):
    assert run("ack", "1") == 0
    assert store.silences.is_acked(1)
    assert run("ack", "1", "--undo") == 0
    assert not store.silences.is_acked(1)
    assert run("ack", "1", "--undo") == 2
    assert run("ack", "77") == 2


def test_a_channel_is_tested_for_real(run, tmp_path, capsys):
    assert run("channels", "test", "out", "--json") == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line[0] == "{"]
    assert (row["channel"], row["ok"]) == ("out", True)
    assert list((tmp_path / "out").rglob("*.eml"))
    assert run("channels", "test", "owt") == 2
    assert 'did you mean "out"?' in capsys.readouterr().err


def test_channels_say_what_they_serve(run, capsys):
    assert run("channels", "--json") == 0
    assert json.loads(capsys.readouterr().out)["serves"] == ["digest morning"]
    assert run("channels", "list", "--json") == 0
