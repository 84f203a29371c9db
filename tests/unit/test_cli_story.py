"""`wirewatch story`: show, split and merge, beside a running service or not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOON, an_article
from tests.builders_news import Newsroom
from wirewatch.cli import status_of
from wirewatch.model import Facts
from wirewatch.pipeline.place import place
from wirewatch.store import Store

CONFIG = """
version: 1
feeds: [{name: A, url: https://a.example}]
rules: [{id: strike, match: airstrike}]
"""


@pytest.fixture
def run(tmp_path):
    """Run a command on a database with three reports of one event."""
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    store, news = Store.open(tmp_path / "wirewatch.db"), Newsroom(3)
    event = news.event()
    for n in range(3):
        title, summary = news.report(event)
        now = NOON + timedelta(minutes=n)
        article = an_article(
            title, summary=summary, source=f"{n}.example", guid_key=str(n), first_seen_at=now
        )
        with store.transaction():
            place(store, store.articles.add(article), Facts(), severity=None, now=now)
    store.close()
    return lambda *args: status_of(["story", *args, "--config", str(path)])


def test_a_story_says_how_each_article_came_into_it(run, capsys):
    assert run("show", "1") == 0
    out = capsys.readouterr().out
    assert "3 sources" in out
    assert "founded p=1.00: nothing like it" in out
    assert run("show", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["story"]["article_count"] == 3


def test_split_and_merge_undo_each_other(run, capsys):
    assert run("split", "1", "3") == 0
    (new,) = capsys.readouterr().out.split()
    assert run("show", new, "--json") == 0
    assert json.loads(capsys.readouterr().out)["by_hand"][0]["story_id"] == 1
    assert run("show", new) == 0
    shown = capsys.readouterr().out
    assert "1 sources" in shown
    assert "kept apart from story 1 by " in shown
    assert run("merge", new, "1") == 0
    assert capsys.readouterr().out.split() == ["1"]
    assert run("show", new) == 0
    shown = capsys.readouterr().out
    assert "3 sources" in shown
    assert "put together by " in shown


def test_why_says_how_an_article_came_into_its_story_and_who_moved_it(run, capsys, tmp_path):
    run("split", "1", "3")
    capsys.readouterr()
    assert status_of(["why", "3", "--config", str(tmp_path / "config.yaml")]) in {0, 1}
    shown = capsys.readouterr().out
    assert "in story 2" in shown
    assert ", into story 1 then: " in shown
    assert "kept apart from story 1 by " in shown


def test_why_names_the_outlets_that_copied_a_text(run, capsys, tmp_path):
    with Store.open(tmp_path / "wirewatch.db").transaction() as store:
        first = store.articles.get(1)
        now = NOON + timedelta(hours=2)
        copy = replace(first, source="copyist.example", feed="C", guid_key="c", first_seen_at=now)
        place(store, store.articles.add(copy), Facts(), severity=None, now=now)
    assert status_of(["why", "1", "--config", str(tmp_path / "config.yaml")]) in {0, 1}
    assert f"{now:%H:%M}  copied by copyist.example: article 4" in capsys.readouterr().out


def test_a_story_that_isnt_there_is_a_usage_error(run, capsys):
    assert run("split", "77", "1") == 2
    assert "there is no story 77" in capsys.readouterr().err
    assert run("split", "1", "99") == 2
    assert run("merge", "1", "1") == 2


def test_a_second_text_of_an_outlet_is_one_of_its_own_and_listed_once(run, capsys, tmp_path):
    with Store.open(tmp_path / "wirewatch.db").transaction() as store:
        first = store.articles.get(1)
        copied = replace(first, source="copyist.example", guid_key="c")
        place(store, store.articles.add(copied), Facts(), severity=None, now=NOON)
        # Without a guid it is known by its link and its text.
        other = replace(first, title="In other words", guid_key="o", exact_key="o-exactly")
        store.articles.set_story(store.articles.add(other).id, 1)
    assert run("show", "1") == 0
    assert capsys.readouterr().out.count("no text of its own") == 1
    assert status_of(["why", "5", "--config", str(tmp_path / "config.yaml")]) in {0, 1}
    assert capsys.readouterr().out.count("listed by Example") == 1
