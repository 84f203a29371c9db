"""A configuration with mistakes: what looks into the database goes on, what acts on it refuses."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON, an_article
from wirewatch.cli import status_of
from wirewatch.config.load import load, load_legible
from wirewatch.errors import ConfigErrors
from wirewatch.model import Facts, FeedState, Field, Health, Match, Severity, Span
from wirewatch.pipeline.place import place
from wirewatch.store import Store

GOOD = """\
version: 1
title: Desk
database: news.db
feeds:
  - {name: Wire, url: https://wire.example/rss}
  - {name: Post, url: https://post.example/rss}
rules:
  - id: strikes
    match: airstrike
  - id: ports
    match: {what: [harbour, strike], where: [Basra]}
channels:
  out: {type: file, folder: out}
digests:
  - {name: morning, at: "07:00", timezone: Asia/Baghdad, channels: [out]}
"""
# Where a mistake can stand, and the line and column that must be named.
MISTAKES = {
    "rule": (GOOD.replace("match: airstrike", "match: airstrike\n    severity: hgih"), "10:15"),
    "feed": (GOOD.replace("https://post", "ftp://post"), "6:23"),
    "channel": (GOOD.replace("type: file", "type: fiel"), "13:15"),
    "section": (GOOD + "serivce: {}\n", "16:1"),
    "secret": (GOOD + "service: {ping_url: '${NOT_SET_ANYWHERE}'}\n", "16:21"),
    "yaml": (GOOD.replace("title: Desk", 'title: "Desk'), "15:26"),
    "tab": (GOOD.replace("  - id: ports", "\t- id: ports"), "10:1"),
}
LOOKING = (
    ["stories"],
    ["story", "show", "1"],
    ["articles"],
    ["matches"],
    ["why", "1"],
    ["feeds"],
    ["channels"],
    ["outbox", "list"],
    ["outbox", "retry", "--all"],
    ["mute", "list"],
    ["mute", "rule:strikes"],
    ["ack", "1"],
    ["label", "1", "strikes", "good"],
    ["digest", "list"],
    ["db", "stats"],
)
ACTING = (
    (["run"], "nothing was started"),
    (["once"], "nothing was started"),
    (["poll"], "nothing was started"),
    (["check"], "a running service keeps the last good version in force"),
    (["rules", "lint"], "nothing was done"),
    (["digest", "--preview"], "nothing was done"),
    (["channels", "test", "out"], "nothing was done"),
)


@pytest.fixture
def path(tmp_path):
    """A configuration whose database holds one article that a rule found."""
    store = Store.open(tmp_path / "news.db")
    with store.transaction():
        article = store.articles.add(an_article("Airstrike hits depot", feed="Wire"))
        place(store, article, Facts(), severity=None, now=NOON)
        span = Span("text", Field.TITLE, 0, 9, "Airstrike", "airstrike")
        found = [Match("strikes", "h", Severity.HIGH, (span,))]
        store.matches.put(article.id, found, config_hash="c", now=NOON)
    store.close()
    return tmp_path / "config.yaml"


def run(path, *args):
    return status_of([*args, "--config", str(path)])


@pytest.mark.parametrize("mistake", ["rule", "secret", "tab"])
def test_what_needs_the_database_alone_runs_and_says_first_that_there_are_mistakes(
    path, capsys, mistake
):
    path.write_text(MISTAKES[mistake][0])
    for args in LOOKING:
        assert run(path, *args, "--quiet") == 0, args
        first, *_ = capsys.readouterr().err.splitlines()
        assert first == (
            f"{path} has 1 mistake; a running service keeps the last good version in force, "
            "and `wirewatch check` lists them"
        )


def test_what_is_right_is_not_spoken_of(path, capsys):
    path.write_text(GOOD)
    assert run(path, "why", "1") == 0
    out, err = capsys.readouterr()
    assert "mistake" not in out + err


@pytest.mark.parametrize(("args", "outcome"), ACTING)
def test_what_acts_on_the_configuration_refuses_and_says_what_that_means(
    path, capsys, args, outcome
):
    path.write_text(MISTAKES["rule"][0])
    assert run(path, *args) == 2
    *_, mistake, last = capsys.readouterr().err.splitlines()
    assert 'did you mean "high"?' in mistake
    assert last == f"1 mistake; {outcome}"


@pytest.mark.parametrize("mistake", MISTAKES)
def test_status_shows_it_with_the_first_mistake_and_its_place(path, capsys, mistake):
    text, place_ = MISTAKES[mistake]
    path.write_text(text)
    assert run(path, "status", "--json") == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    (said,) = (each for each in problems if "the configuration has 1 mistake" in each)
    assert f"{path}:{place_}" in said
    assert "wirewatch check" in said


@pytest.mark.parametrize("mistake", ["feed", "bracket"])
def test_feeds_that_are_polled_are_listed_also_where_they_can_not_be_read(path, capsys, mistake):
    broken = {"feed": MISTAKES["feed"][0], "bracket": GOOD.replace("rss}\nrules", "rss\nrules")}
    with closing(Store.open(path.parent / "news.db")) as store, store.transaction():
        for name, next_at in (("Wire", NOON), ("Post", NOON), ("Former", None)):
            url = f"https://{name.lower()}.example/rss"
            store.feeds.put(
                FeedState(
                    feed=name,
                    url=url,
                    configured_url=url,
                    health=Health.HEALTHY,
                    next_poll_at=next_at,
                )
            )
    path.write_text(broken[mistake])
    assert run(path, "feeds", "--json") == 0
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(rows) == {"Wire", "Post"}
    assert (rows["Post"]["url"], rows["Post"]["tier"]) == ("https://post.example/rss", None)
    assert run(path, "status") == 1
    out = capsys.readouterr().out
    assert "2 healthy" in out
    assert "config.yaml (not in force)" in out


def test_nothing_that_can_be_read_is_not_called_nothing(path, capsys):
    path.write_text(
        GOOD.split("channels:", maxsplit=1)[0].replace("  - {name", "  {name") + "digests: [\n"
    )
    for command in ("feeds", "channels", "status", "digest --resend"):
        run(path, *command.split())
        out, err = capsys.readouterr()
        assert "can be read" in out + err, command


def test_doctor_shows_it_and_goes_on(path, capsys):
    path.write_text(
        MISTAKES["rule"][0]
        .replace("{name: Wire", "{paused: true, name: Wire")
        .replace("{name: Post", "{paused: true, name: Post")
    )
    assert run(path, "doctor", "--json") == 1
    first, *rest = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["what"], first["grade"]) == ("configuration", "bad")
    assert f"{path}:10:15" in first["says"]
    assert {"database", "channel out"} <= {each["what"] for each in rest}


def test_why_tries_the_rules_no_mistake_is_in(path, capsys):
    path.write_text(MISTAKES["rule"][0].replace("hgih", "low\n    serverity: high"))
    assert run(path, "why", "1", "--rule", "ports") == 0
    assert "ports: does not match" in capsys.readouterr().out
    path.write_text(GOOD.replace("[Basra]", "[Basra], in: [Ir?q]"))
    assert run(path, "why", "1") == 0
    out = capsys.readouterr().out
    assert "strikes matched" in out
    assert "the rules could not be tried, as the configuration has mistakes" in out


def test_why_tries_no_rule_where_a_filter_or_list_may_be_missing(path, capsys):
    path.write_text(GOOD.replace("version: 1", "version: 1\nfilers: [{name: f, exclude: film}]"))
    assert run(path, "why", "1", "--rule", "ports") == 0
    assert "the rules could not be tried" in capsys.readouterr().out


def test_a_word_that_may_be_a_rule_is_not_muted_as_words(path, capsys):
    path.write_text(MISTAKES["tab"][0])
    assert run(path, "mute", "ports") == 2
    assert "rule:ports or words:ports" in capsys.readouterr().err
    assert run(path, "mute", "rule:ports") == 0
    assert 'no rule called "ports" can be read' in capsys.readouterr().err


def test_a_digest_is_repeated_but_not_sent_by_a_command_that_may_not(path, capsys):
    path.write_text(GOOD)
    assert run(path, "digest", "--send") == 0
    path.write_text(MISTAKES["rule"][0])
    assert run(path, "digest", "--resend") == 1
    assert "when the service runs again" in capsys.readouterr().err
    with closing(Store.read(path.parent / "news.db")) as store:
        assert "pending" in {row.state for row in store.outbox.list(states=())}


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("database: news.db", "database: [news.db"),
        GOOD.replace("database: news.db", "database: {}"),
        GOOD.replace("database: news.db", "database: news.db\ndatabase: old.db"),
        GOOD.replace("database: news.db", "database: '${NOT_SET_ANYWHERE}'"),
        "nothing of ours",
        "",
    ],
)
def test_where_the_database_is_can_not_be_guessed(path, capsys, text):
    path.write_text(text)
    assert run(path, "stories") == 2
    assert "; nothing was done" in capsys.readouterr().err


def test_a_section_that_is_not_utf8_spoils_itself_alone(path):
    path.write_bytes(GOOD.replace("Desk", "Büro").encode("latin-1"))
    read = load_legible(path)
    assert read.config.database.name == "news.db"
    assert [feed.name for feed in read.config.feeds] == ["Wire", "Post"]
    assert "not UTF-8" in str(read.mistakes[0])


LINES = GOOD.splitlines()


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["", "\t", '"', "x: [", "- ", "? ", "&a *b", "database: [", "\0", "{"]),
    st.booleans(),
)
def test_what_is_read_beside_mistakes_is_the_database_that_was_meant_or_nothing(
    tmp_path_factory, line, junk, replace
):
    path = tmp_path_factory.getbasetemp() / "junk.yaml"
    kept = "" if replace else LINES[line]
    path.write_text("\n".join([*LINES[:line], junk + kept, *LINES[line + 1 :], ""]))
    read, strict = outcome(load_legible, path), outcome(load, path)
    if isinstance(strict, ConfigErrors):
        told = read.errors if isinstance(read, ConfigErrors) else read.mistakes
        assert set(map(str, told)) <= set(map(str, strict.errors))
    if isinstance(read, ConfigErrors):
        assert isinstance(strict, ConfigErrors)
    elif not LINES[line].startswith("database"):
        assert read.config.database.name == "news.db"
        assert bool(read.mistakes) == isinstance(strict, ConfigErrors)


def outcome(reads, path):
    try:
        return reads(path)
    except ConfigErrors as errors:
        return errors
