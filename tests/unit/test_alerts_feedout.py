"""What is told, as feeds that a reader can subscribe to."""

from __future__ import annotations

import asyncio
import io
import json
import warnings
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest

from alerts.feedout import FeedNotifier, put
from alerts.messages import for_alert, for_digest
from alerts.notify import Tools
from alerts.render import Renderer
from tests.builders import NOON, a_message
from tests.digest_builders import a_full_digest, an_alert
from wirewatch.model import FeedChannel, Owed

RENDERER = Renderer()


@pytest.fixture
def channel(tmp_path):
    return FeedChannel(
        name="public",
        folder=tmp_path / "feed",
        title="The <desk>",
        link="https://example.org/w/",
        keep=3,
    )


def alerts(channel, count):
    return [
        for_alert(an_alert(id=n), [channel], RENDERER, at=NOON + timedelta(minutes=n))[0]
        for n in range(count)
    ]


def parsed(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return feedparser.parse(io.BytesIO(path.read_bytes()))


def test_the_same_entries_stand_in_all_three_feeds(channel):
    for message in [
        *alerts(channel, 2),
        for_digest(a_full_digest(), [channel], RENDERER, at=NOON + timedelta(hours=1))[0],
    ]:
        put(channel, message)
    feed = json.loads((channel.folder / "feed.json").read_text())
    for name in ("atom.xml", "rss.xml"):
        document = parsed(channel.folder / name)
        assert not document.bozo
        assert document.feed.title == "The <desk>"
        assert [entry.id for entry in document.entries] == [item["id"] for item in feed["items"]]
        assert [entry.title for entry in document.entries] == [
            item["title"] for item in feed["items"]
        ]
    assert feed["items"][0]["title"].startswith("1 critical, 1 high")
    assert feed["items"][1]["url"].startswith("https://harbour-times.example/")
    assert "militia</b>" in feed["items"][1]["content_html"]
    assert not any("preview" in item["content_html"] for item in feed["items"])


def test_sending_again_adds_nothing_and_old_entries_go(channel):
    messages = alerts(channel, 5)
    for message in [*messages, *messages[2:]]:
        put(channel, message)
    feed = json.loads((channel.folder / "feed.json").read_text())
    assert [item["id"] for item in feed["items"]] == [
        f"urn:wirewatch:{m.uid}" for m in reversed(messages[2:])
    ]


def test_hostile_text_leaves_the_feeds_well_formed(channel):
    hostile = "]]> \x00\x0b\ud800 <script>&amp; \u2028 \ufffe"
    odd = a_message(
        "alert:1", payload=hostile.encode("utf-8", "surrogatepass"), content_type="text/plain"
    )
    put(channel, replace(odd, subject=hostile))
    put(
        channel,
        a_message(
            "alert:2", subject="event", payload=b'{"a": "<b>"}', content_type="application/json"
        ),
    )
    for name in ("atom.xml", "rss.xml"):
        assert not parsed(channel.folder / name).bozo
    assert len(json.loads((channel.folder / "feed.json").read_text())["items"]) == 2


def test_a_feed_file_that_is_none_of_ours_is_set_aside(channel):
    channel.folder.mkdir()
    (channel.folder / "feed.json").write_text("[1, 2")
    put(channel, alerts(channel, 1)[0])
    assert (channel.folder / "feed.broken").read_text() == "[1, 2"


def test_a_folder_that_cannot_be_written_is_an_answer_not_a_crash(channel, tmp_path):
    (tmp_path / "file").write_text("")
    notifier = FeedNotifier(replace(channel, folder=tmp_path / "file" / "sub"), Tools())
    delivery = asyncio.run(notifier.send(Owed(1, alerts(channel, 1)[0], 1, False), now=NOON))
    assert not delivery.ok
    assert "NotADirectoryError" in delivery.detail
