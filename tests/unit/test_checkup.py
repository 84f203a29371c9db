"""The doctor: what is tried, and what it advises; over real loopback servers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.builders import NOON, a_feed
from tests.servers import SmtpSink
from wirewatch.checkup import Grade, checkup, local, sample
from wirewatch.clock import ManualClock
from wirewatch.model import (
    Config,
    EmailChannel,
    FetchSettings,
    FileChannel,
    RuleBook,
    WebhookChannel,
)
from wirewatch.store import Store

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>
<item><title>One</title><link>https://a.example/1</link></item></channel></rss>"""


def a_config(tmp_path, **changes) -> Config:
    values = {
        "path": tmp_path / "config.yaml",
        "hash": "h",
        "contact": "",
        "database": tmp_path / "w.db",
        "rules": RuleBook(()),
        "fetch": FetchSettings(allow_private=("*",), deadline=timedelta(seconds=5)),
    }
    return Config(**(values | changes))


def grades(config, *, server=None, **how):
    """Run a check-up, beside a web server where one is given; findings by what was tried."""

    async def go():
        found = {}
        async for finding in checkup(config, clock=ManualClock(NOON), **how):
            found[finding.what] = finding
        return found

    async def with_server():
        async def answer(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(server(NOON))
            writer.close()

        listening = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        try:
            nonlocal config
            config = at_port(config, port)
            return await go()
        finally:
            listening.close()

    return asyncio.run(with_server() if server else go())


def at_port(config, port):
    feeds = tuple(replace(f, url=f.url.replace(":0/", f":{port}/")) for f in config.feeds)
    channels = tuple(
        replace(c, url=c.url.replace(":0/", f":{port}/")) if isinstance(c, WebhookChannel) else c
        for c in config.channels
    )
    return replace(config, feeds=feeds, channels=channels)


def http(body=FEED, *, date=NOON, status="200 OK"):
    def answer(_now):
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml\r\n"
            f"Date: {format_datetime(date)}\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        return head.encode() + body

    return answer


def test_feeds_that_answer_are_good_and_the_clock_is_compared(tmp_path):
    config = a_config(tmp_path, feeds=(a_feed("A", url="http://127.0.0.1:0/a"),))
    found = grades(config, server=http())
    assert (found["feed A"].grade, found["feed A"].says) == (Grade.GOOD, "1 entry")
    assert found["clock"].grade == Grade.GOOD


def test_a_clock_that_is_wrong_is_told(tmp_path):
    config = a_config(tmp_path, feeds=(a_feed("A", url="http://127.0.0.1:0/a"),))
    found = grades(config, server=http(date=NOON - timedelta(hours=1)))
    assert found["clock"].grade == Grade.BAD
    assert "3600 s ahead of 1 servers" in found["clock"].says


def test_a_page_that_is_no_feed_comes_with_advice(tmp_path):
    config = a_config(tmp_path, feeds=(a_feed("A", url="http://127.0.0.1:0/a"),))
    found = grades(config, server=http(b"<!doctype html><html><body>Hello</body></html>"))
    assert found["feed A"].grade == Grade.BAD
    assert "open the URL in a browser" in found["feed A"].advice


def test_nobody_there_is_told_without_the_webhooks_address(tmp_path):
    hook = WebhookChannel("hook", url="http://127.0.0.1:1/T0P-S3CRET")
    found = grades(a_config(tmp_path, channels=(hook,)))
    assert found["channel hook"].grade == Grade.BAD
    assert "S3CRET" not in str(found)


def test_a_webhook_that_answers_is_there_whatever_it_answers(tmp_path):
    hook = WebhookChannel("hook", url="http://127.0.0.1:0/x")
    found = grades(a_config(tmp_path, channels=(hook,)), server=http(status="405 No", body=b""))
    assert found["channel hook"].grade == Grade.GOOD


@pytest.mark.parametrize(("password", "grade"), [("right-one", Grade.GOOD), ("x", Grade.BAD)])
def test_mail_servers_are_logged_in_to(tmp_path, password, grade):
    with SmtpSink(user=("desk", "right-one")) as server:
        desk = EmailChannel(
            "desk",
            to=("a@example.org",),
            sender="w@example.org",
            host="127.0.0.1",
            port=server.port,
            security="none",
            user="desk",
            password=password,
            timeout=timedelta(seconds=5),
        )
        finding = grades(a_config(tmp_path, channels=(desk,)))["channel desk"]
        assert server.received == []
    assert finding.grade == grade
    assert "right-one" not in finding.says
    if grade == Grade.BAD:
        assert "user: and password:" in finding.advice


def test_folders_are_tried_and_nothing_is_left_behind(tmp_path):
    channel = FileChannel("files", folder=tmp_path / "out" / "deep")
    found = grades(a_config(tmp_path, channels=(channel,)))
    assert found["channel files"].grade == Grade.GOOD
    assert list(tmp_path.iterdir()) == []


def test_a_broken_database_is_bad_and_says_what_helps(tmp_path):
    config = a_config(tmp_path)
    Store.open(config.database).close()
    assert grades(config)["database"].grade == Grade.GOOD
    config.database.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    finding = grades(config)["database"]
    assert finding.grade == Grade.BAD
    assert "db restore" in finding.advice


def test_a_sample_is_spread_and_leaves_out_what_rests():
    feeds = [a_feed(str(n), paused=n == 0) for n in range(11)]
    assert [feed.name for feed in sample(feeds, 5)] == ["1", "3", "5", "7", "9"]
    assert len(sample(feeds, None)) == 10


def test_more_feeds_than_can_be_polled_in_time_are_doubtful_with_advice(tmp_path):
    feeds = [a_feed(f"f{n}", url=f"https://one.example/{n}") for n in range(1000)]
    found = {each.what: each for each in local(a_config(tmp_path, feeds=tuple(feeds)))}
    assert (found["load"].grade, "one.example" in found["load"].says) == (Grade.DOUBTFUL, True)
    assert "every" in found["load"].advice
    assert {each.what: each.grade for each in local(a_config(tmp_path))}["load"] is Grade.GOOD
