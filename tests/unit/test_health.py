"""The service's endpoints, asked over a real socket, and what it says to systemd."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from tests.builders import NOON, a_feed, an_article
from wirewatch.config.words import listen_address
from wirewatch.health import serve
from wirewatch.metrics import Metrics
from wirewatch.model import (
    Delivery,
    FeedState,
    Health,
    Match,
    Message,
    MessageKind,
    Owed,
    Reading,
    Relation,
    Severity,
)
from wirewatch.model.articles import Facts
from wirewatch.model.overview import DigestOutlook, Overview, Snapshot
from wirewatch.pipeline.admit import Admitted, Round
from wirewatch.systemd import Notifier

ALL_WELL = Overview(
    at=NOON,
    feeds=((Health.HEALTHY, 41), (Health.BLOCKED, 2)),
    late_count=0,
    lag_max=timedelta(seconds=12),
    lag_p95=timedelta(),
    polls_day=(("new", 7),),
    articles_day=1204,
    matches_day=3,
    owed_count=2,
    owed_since=NOON - timedelta(seconds=30),
    dead_count=1,
    digests=(DigestOutlook("morning", NOON - timedelta(hours=8), NOON, 3),),
    reload="ok",
    database_bytes=4096,
    free_bytes=10**9,
)
WELL = Snapshot(
    ALL_WELL,
    last_tick_at=NOON - timedelta(seconds=1),
    tick=timedelta(seconds=1),
    started_at=NOON - timedelta(hours=1),
)


@asynccontextmanager
async def serving(snapshot=WELL, metrics=None):
    async def take():
        if isinstance(snapshot, Exception):
            raise snapshot
        return snapshot

    async with serve("127.0.0.1:0", take, metrics) as bound:
        yield bound


async def asked(bound, path="/healthz", method="GET", raw=None):
    reader, writer = await asyncio.open_connection(*bound)
    writer.write(
        raw if raw is not None else f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    )
    writer.write_eof()
    answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    return (int(head.split()[1]) if head else 0), body


def ask(path, **how):
    async def go():
        async with serving(**{k: v for k, v in how.items() if k in {"snapshot", "metrics"}}) as at:
            return await asked(at, path, **{k: v for k, v in how.items() if k in {"method", "raw"}})

    return asyncio.run(go())


def test_it_says_that_it_lives_and_is_ready():
    assert ask("/healthz") == (200, "ok\n")
    status, body = ask("/readyz?verbose")
    assert status == 200
    assert json.loads(body)["feeds"] == {"healthy": 41, "blocked": 2}


@pytest.mark.parametrize(
    ("snapshot", "why"),
    [
        (replace(WELL, last_tick_at=NOON - timedelta(minutes=1)), "the last tick was 60 s ago"),
        (replace(WELL, last_tick_at=None), "no tick has committed yet"),
        (OSError("disk gone"), "the database can't be read"),
        (replace(WELL, trouble="disk is full"), "the database can't be written: disk is full"),
    ],
)
def test_who_does_not_work_is_not_ready_and_says_why(snapshot, why):
    status, body = ask("/readyz", snapshot=snapshot)
    assert (status, body.strip()) == (503, why)


def test_who_commits_as_often_as_promised_is_ready_all_the_time():
    """A beat is due after 10 s, and made by the tick after that: 503 flickered for a second."""
    for age_s in (0, 9.9, 10.999, 19):
        at = replace(WELL, last_tick_at=NOON - timedelta(seconds=age_s))
        assert ask("/readyz", snapshot=at)[0] == 200, age_s


def test_feeds_that_were_not_read_yet_are_said_to_be_so():
    """After a start "0 of 43 feeds healthy" looked like trouble."""
    assert "healthy, 0 late" in ALL_WELL.sentence()
    fresh = replace(ALL_WELL, feeds=((Health.HEALTHY, 1), (Health.NEW, 42)))
    assert fresh.sentence().startswith("1 of 43 feeds healthy, 42 not read yet, 0 late;")


def test_starting_up_is_no_fault():
    fresh = replace(WELL, last_tick_at=None, started_at=NOON - timedelta(seconds=2))
    assert ask("/readyz", snapshot=fresh)[0] == 200


def test_only_reading_is_possible():
    assert ask("/healthz", method="POST")[0] == 405
    assert ask("/etc/passwd")[0] == 404
    assert ask("/healthz", method="HEAD") == (200, "")


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_whatever_is_sent_the_next_one_is_answered(garbage):
    async def go():
        async with serving() as bound:
            await asked(bound, raw=garbage)
            return await asked(bound)

    assert asyncio.run(go()) == (200, "ok\n")


def figures(text):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def a_delivery(*, ok):
    message = Message(
        "msg_1", "alert:1:desk", "desk", "desk@example.org", MessageKind.ALERT, "s", b"", "t", NOON
    )
    later = NOON + timedelta(seconds=4)
    return Delivery(Owed(1, message, 1, redelivery=False), ok=ok, started_at=NOON, ended_at=later)


def a_round(outcome="new"):
    article = an_article(published_at=NOON - timedelta(minutes=10))
    match = Match("strikes", "h", Severity.HIGH, ())
    reading = Reading((match,), (), (), Facts())
    state = FeedState("Example", "https://a.example", "https://a.example")
    new = Admitted(article, Relation.NEW, None, reading)
    known = Admitted(article, Relation.KNOWN, None, None)
    return Round(a_feed(), state, outcome, (new, known))


def test_metrics_have_the_documented_names_and_no_label_per_feed():
    metrics = Metrics()
    metrics.polled(a_round(), took_s=0.3)
    metrics.polled(a_round("timeout"), took_s=30)
    metrics.delivered(a_delivery(ok=True))
    metrics.delivered(a_delivery(ok=False))
    status, text = ask("/metrics", metrics=metrics)
    assert status == 200
    found = figures(text)
    assert found["wirewatch_polls_total", ("result", "new")] == 1
    assert found["wirewatch_polls_total", ("result", "error")] == 1
    assert found["wirewatch_articles_total", ("outcome", "duplicate")] == 2
    assert found["wirewatch_matches_total", ("rule", "strikes")] == 2
    assert found["wirewatch_deliveries_total", ("channel", "desk"), ("result", "failed")] == 1
    assert found["wirewatch_detection_latency_seconds_sum",] == 1200
    assert found["wirewatch_alert_latency_seconds_sum",] == 4
    assert found["wirewatch_feeds", ("state", "blocked")] == 2
    assert found["wirewatch_outbox_oldest_seconds",] == 30
    assert found["wirewatch_config_last_reload_successful",] == 1
    assert found["wirewatch_last_tick_timestamp_seconds",] == (NOON.timestamp() - 1)
    assert "Example" not in text


def test_every_metric_is_documented():
    from pathlib import Path

    docs = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    names = {family.name for family in text_string_to_metric_families(Metrics().text(WELL))}
    assert [name for name in sorted(names) if name not in docs] == []


@pytest.mark.parametrize(
    ("listen", "bound"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("[::1]:9464", ("::1", 9464)),
        (":9464", ("127.0.0.1", 9464)),
    ],
)
def test_addresses_are_read_as_people_write_them(listen, bound):
    assert listen_address(listen) == bound


@pytest.mark.parametrize("listen", ["9464", "a:b", "127.0.0.1:99999", ""])
def test_what_is_no_address_is_refused(listen):
    with pytest.raises(ValueError, match="no host:port"):
        listen_address(listen)


def test_systemd_hears_each_state(tmp_path):
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        notifier = Notifier.from_environ({"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "120000000"})
        notifier.ready()
        notifier.status("41 of 43\nfeeds healthy")
        notifier.reloading(12.5)
        notifier.alive()
        notifier.stopping()
        heard = [manager.recv(200).decode() for _ in range(5)]
    assert heard == [
        "READY=1",
        "STATUS=41 of 43 feeds healthy",
        "RELOADING=1\nMONOTONIC_USEC=12500000",
        "WATCHDOG=1",
        "STOPPING=1",
    ]
    assert notifier.watchdog == timedelta(minutes=2)


def test_the_abstract_namespace_is_understood():
    name = f"wirewatch-test-{time.monotonic_ns()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name)
        Notifier(f"@{name}").ready()
        assert manager.recv(20) == b"READY=1"


def test_without_systemd_nothing_happens():
    Notifier.from_environ({}).ready()
    Notifier("/nonexistent/socket").ready()


def test_another_process_watchdog_is_not_ours():
    environ = {"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}
    assert Notifier.from_environ(environ).watchdog is None
