"""Getting feeds in and out: `feeds add`, `check`, `import`, `export`, against a loopback server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.discover import find_feeds
from ingest.opml import Outline, read_opml, write_opml
from tests.builders import a_feed
from tests.feed_server import Answer, Asked, FeedServer, item, rss
from wirewatch.cli import status_of
from wirewatch.config.edit import with_feeds
from wirewatch.errors import UsageError
from wirewatch.model import Feed

CONFIG = """\
# Ours.
version: 1
contact: desk@example.org
fetch: {{allow_private: ["127.0.0.1"], host_spacing: 0s}}
feeds:
  - {{name: First, url: "{url}"}}  # the first

# What to look for.
rules:
  - {{id: strike, match: {{attack: [airstrike]}}}}
"""
PAGE = (
    b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss" title="All">'
    b'<link rel="stylesheet" href="x.css"></head><a href="/feed.xml">feed</a></html>'
)


def serve(asked: Asked) -> Answer:
    match asked.path:
        case "/rss":
            return Answer(rss(item("One"), head="<language>ar</language>"))
        case "/page":
            return Answer(PAGE, headers=(("Content-Type", "text/html"),))
        case _:
            return Answer(status=404)


@pytest.fixture
def server():
    with FeedServer(serve) as running:
        yield running


@pytest.fixture
def config(server, tmp_path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(url=server.url("/gone")))
    return path


def run(config: Path, *words: str) -> int:
    return status_of(["--config", str(config), "--quiet", "feeds", *words])


def test_a_page_is_as_good_as_its_feed_and_the_rest_of_the_file_stays(server, config) -> None:
    before = config.read_text()
    assert run(config, "add", server.url("/page"), "--tag", "world") == 0
    line = f'  - {{name: Wire, url: "{server.url("/rss")}", tags: [world], language: ar}}\n'
    assert config.read_text() == before.replace("\n\n# What", f"\n{line}\n# What")
    assert run(config, "add", server.url("/rss")) == 1
    assert config.read_text().count("/rss") == 1


def test_what_cannot_be_read_is_not_added(server, config) -> None:
    before = config.read_text()
    assert run(config, "add", server.url("/nothing")) == 1
    assert config.read_text() == before


def test_check_tries_them_all_and_names_what_is_wrong(server, config, capsys) -> None:
    run(config, "add", server.url("/rss"))
    capsys.readouterr()
    assert run(config, "check", "--json") == 1
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["name"]: row["verdict"] for row in rows} == {"First": "status-404", "Wire": "ok"}
    assert run(config, "check", "Wire") == 0


def test_a_list_goes_in_and_comes_out(server, config, tmp_path, capsys) -> None:
    opml = tmp_path / "list.opml"
    opml.write_text(
        '<opml version="2.0"><body><outline text="Middle East">'
        f'<outline type="rss" text="Wire &amp; Co" xmlUrl="{server.url("/rss")}"/>'
        f'<outline type="rss" text="First" xmlUrl="{server.url("/other")}"/>'
        "</outline></body></opml>"
    )
    assert run(config, "import", str(opml)) == 0
    capsys.readouterr()
    assert run(config, "export") == 0
    assert read_opml(capsys.readouterr().out.encode()) == [
        Outline(server.url("/gone"), "First"),
        Outline(server.url("/rss"), "Wire & Co", ("middle-east",)),
        Outline(server.url("/other"), "First 2", ("middle-east",)),
    ]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<html/>",
        b"<opml>",
        b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><outline xmlUrl="&a;"/></opml>',
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(document: bytes) -> None:
    with pytest.raises(UsageError, match="OPML"):
        read_opml(document)


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=4, unique=True))
def test_any_name_survives_the_trip_through_a_list(names: list[str]) -> None:
    feeds = [Feed(name, f"https://wire.example/{n}") for n, name in enumerate(names)]
    assert [each.url for each in read_opml(write_opml(feeds, title="x"))] == [f.url for f in feeds]


def test_declared_feeds_come_before_links_that_look_like_feeds() -> None:
    assert [f.url for f in find_feeds(PAGE, url="https://w.example/news/")] == [
        "https://w.example/rss"
    ]
    linked = b'<a href="about">a</a><a href=\'../feed/\'>b</a><a href="javascript:feed.xml">c</a>'
    assert [f.url for f in find_feeds(linked, url="https://w.example/news/x")] == [
        "https://w.example/feed/"
    ]


@given(st.binary(max_size=300))
def test_any_page_may_be_searched(page: bytes) -> None:
    find_feeds(b"<link " + page, url="https://w.example/")


WRITTEN = [
    "version: 1\n",
    "feeds: []  # none yet\nrules: []\n",
    "feeds: [{name: A, url: b}]  # flow\nrules: []",
    "feeds:\n- name: A\n  url: u  # theirs\n\n# next\nrules: []\n",
    "feeds:\n  - name: A\n    url: u\n  # the end\nrules: []\n",
    "feeds:\n  - {name: A,\n     url: u}\n",
    "feeds:\n  - name: A\n    url: u",
    "feeds:\n  # soon\n",
]


@pytest.mark.parametrize("text", WRITTEN)
@settings(max_examples=12)
@given(name=st.text(min_size=1, max_size=30).filter(lambda t: t.isprintable()))
def test_however_the_file_is_written_comments_stay_and_the_feed_is_there(
    text: str, name: str
) -> None:
    from ruamel.yaml import YAML

    edited = with_feeds(text, [Feed(name, "https://wire.example/rss?a=1&b=2", tags=("no",))])
    for comment in ("none yet", "flow", "theirs", "next", "the end", "soon"):
        assert (f"# {comment}" in edited) == (f"# {comment}" in text)
    feeds = YAML(typ="safe", pure=True).load(edited)["feeds"]
    assert feeds[-1]["name"] == name
    assert feeds[-1]["tags"] == ["no"]


@pytest.mark.parametrize("text", ["feeds: 3\n", "- a\n", "a: [", "feeds: {a: b}\n"])
def test_a_file_that_cannot_take_feeds_says_so(text: str) -> None:
    with pytest.raises(UsageError):
        with_feeds(text, [a_feed()])


def test_what_could_not_be_read_is_not_called_well_and_an_empty_round_says_when(
    config, capsys, monkeypatch
):
    monkeypatch.chdir(config.parent)
    assert status_of(["once"]) == 1
    said = capsys.readouterr()
    assert "404" in said.out
    assert "none of 1 feeds could be read" in said.err
    assert status_of(["feeds", "--unhealthy"]) == 0
    assert "First\tfailing" in capsys.readouterr().out
    assert status_of(["once"]) == 0
    assert "no feed is due before 2" in capsys.readouterr().err
