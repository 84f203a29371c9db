"""Commands that list: tables for people, JSON Lines for machines, one sentence when there is nothing."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON, an_article
from wirewatch.cli import status_of
from wirewatch.cli.articles import query
from wirewatch.model import FeedState, Field, Health, Match, Severity, Span
from wirewatch.store import Store

CONFIG = """\
version: 1
feeds:
  - {name: Well, url: https://well.example/rss}
  - {name: Ill, url: https://ill.example/rss}
  - {name: Resting, url: https://resting.example/rss, paused: true}
rules:
  - {id: strikes, match: airstrike}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    store = Store.open(tmp_path / "wirewatch.db")
    with store.transaction():
        for name, health in (("Well", Health.HEALTHY), ("Ill", Health.BLOCKED)):
            store.feeds.put(
                FeedState(
                    feed=name,
                    url=f"https://{name.lower()}.example/rss",
                    configured_url=f"https://{name.lower()}.example/rss",
                    health=health,
                    health_since=NOON,
                    error="a challenge page" if health == Health.BLOCKED else None,
                )
            )
        struck = store.articles.add(an_article("Airstrike hits depot", feed="Well"))
        store.articles.add(
            an_article("Choir wins prize", feed="Ill", first_seen_at=NOON + timedelta(hours=1))
        )
        span = Span("text", Field.TITLE, 0, 9, "Airstrike", "airstrike")
        store.matches.put(
            struck.id,
            [Match("strikes", "h", Severity.HIGH, (span,))],
            config_hash="c",
            now=NOON,
        )
    store.close()
    return str(path)


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_feeds_say_how_they_are(config, capsys):
    assert status_of(["feeds", "--config", config, "--json"]) == 0
    shown = {row["name"]: row["health"] for row in lines(capsys)}
    assert shown == {"Well": "healthy", "Ill": "blocked", "Resting": "paused"}


def test_unhealthy_feeds_come_with_their_reason(config, capsys):
    status_of(["feeds", "--config", config, "--unhealthy", "--json"])
    (row,) = lines(capsys)
    assert (row["name"], row["problem"]) == ("Ill", "a challenge page")
    assert row["since"] == "2026-03-09T12:00:00Z"


def test_feeds_are_listed_before_there_is_a_database(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    assert status_of(["feeds", "--config", str(path), "--json"]) == 0
    assert {row["health"] for row in lines(capsys)} == {"new", "paused"}


def test_articles_are_found_by_all_words_newest_first(config, capsys):
    status_of(["articles", "--config", config, "--json"])
    assert [row["title"] for row in lines(capsys)] == ["Choir wins prize", "Airstrike hits depot"]
    status_of(["articles", "--config", config, "--json", "depot", "airs*"])
    (row,) = lines(capsys)
    assert row["rules"] == ["strikes"]
    assert status_of(["articles", "--config", config, "choir", "depot"]) == 0
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[-1]) == ("", "nothing is found for choir depot")


@settings(max_examples=25)
@given(st.lists(st.text(max_size=20), max_size=4))
def test_no_search_is_a_mistake_of_syntax(words):
    store = Store.scratch()
    store.articles.latest(limit=1, search=query(tuple(words)))


def test_matches_show_the_words(config, capsys):
    status_of(["matches", "--config", config, "--json"])
    (row,) = lines(capsys)
    assert (row["rule"], row["severity"], row["words"]) == ("strikes", "high", ["Airstrike"])
    assert row["spans"][0]["field"] == "title"


def test_a_rule_that_is_not_there_is_guessed(config, capsys):
    status_of(["matches", "--config", config, "--rule", "strike"])
    assert 'did you mean "strikes"?' in capsys.readouterr().err


def test_a_duration_that_is_none_ends_with_2(config, capsys):
    assert status_of(["matches", "--config", config, "--since", "yesterday"]) == 2
    assert '"yesterday" is no duration' in capsys.readouterr().err


def test_a_list_in_a_pipe_is_tab_separated_and_its_messages_are_elsewhere(config, capsys):
    status_of(["matches", "--config", config])
    out = capsys.readouterr().out
    assert out.count("\t") == 5
    assert out.count("\n") == 1


def test_stories_are_listed(config, capsys):
    assert status_of(["stories", "--config", config, "--json"]) == 0


def test_without_a_database_the_sentence_says_what_makes_one(tmp_path, capsys):
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    assert status_of(["articles", "--config", str(path)]) == 1
    assert "there is no database at" in capsys.readouterr().err


def test_every_command_takes_the_configuration_after_its_name(config):
    assert status_of(["schema", "--config", config]) == 0
