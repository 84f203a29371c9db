"""The service as its surroundings see it: systemd's socket, /readyz, /metrics, `status`."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from http.client import HTTPConnection

import pytest

from tests.newsstand import Newsstand, an_rss
from tests.servers import free_port
from wirewatch.config import load
from wirewatch.service import Service

CONFIG = """\
version: 1
fetch: {{allow_private: [127.0.0.1]}}
service: {{tick: 100ms, drain: 3s, reload_every: never, listen: "127.0.0.1:{port}"}}
feeds:
  - {{name: One, url: "{one}"}}
rules:
  - {{id: strikes, match: airstrike}}
"""


@pytest.fixture
def running(tmp_path):
    """A running service; yields (process, its datagrams, port, folder)."""
    port = free_port()
    with Newsstand(one=an_rss("Airstrike hits depot", title="One")) as news:
        (tmp_path / "config.yaml").write_text(CONFIG.format(port=port, one=news.url("one")))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(str(tmp_path / "notify"))
            manager.settimeout(30)
            process = subprocess.Popen(
                [sys.executable, "-m", "wirewatch", "run", "--config", "config.yaml"],
                cwd=tmp_path,
                env={
                    **os.environ,
                    "NOTIFY_SOCKET": str(tmp_path / "notify"),
                    "WATCHDOG_USEC": "120000000",
                },
                stderr=subprocess.PIPE,
                text=True,
            )
            try:
                yield process, manager, port, tmp_path
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
                process.communicate()


def heard(manager, wanted: str) -> list[str]:
    """Datagrams up to the first that starts as wanted."""
    found = []
    while not found or not found[-1].startswith(wanted):
        found.append(manager.recv(1000).decode())
    return found


def page(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_whoever_asks_is_answered_while_a_long_transaction_runs(tmp_path):
    """A poll with 3,000 matches held the writer, and /readyz closed without a word after 5 s."""
    port, busy, go_on = free_port(), threading.Event(), threading.Event()

    def hold(_store):
        busy.set()
        assert go_on.wait(20)

    async def work():
        service, stop, ready = Service(load(path)), asyncio.Event(), asyncio.Event()
        running = asyncio.create_task(service.run(stop, ready=ready.set))
        await ready.wait()
        holding = asyncio.create_task(service._writer.run(hold))
        await asyncio.to_thread(busy.wait)
        answers = [await asyncio.to_thread(page, port, each) for each in ("/readyz", "/metrics")]
        go_on.set()
        await holding
        stop.set()
        await running
        return answers

    with Newsstand(one=an_rss("Airstrike hits depot", title="One")) as news:
        path = tmp_path / "config.yaml"
        path.write_text(CONFIG.format(port=port, one=news.url("one")))
        answers = asyncio.run(work())
    assert [status for status, _ in answers] == [200, 200]


def test_a_service_says_that_it_is_ready_how_it_is_and_that_it_ends(running):
    process, manager, port, folder = running
    assert heard(manager, "READY=1")[-1] == "READY=1"
    heard(manager, "WATCHDOG=1")
    status, body = page(port, "/readyz")
    assert (status, json.loads(body)["ready"]) == (200, True)
    status, text = page(port, "/metrics")
    assert status == 200
    assert re.search(r"^wirewatch_last_tick_timestamp_seconds 1\.", text, re.MULTILINE)
    shown = subprocess.run(
        [sys.executable, "-m", "wirewatch", "status", "--config", "config.yaml", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(shown.stdout)["pid"] == process.pid
    process.send_signal(signal.SIGTERM)
    assert "STOPPING=1" in heard(manager, "STOPPING=1")
    assert process.wait(timeout=10) == 0


def test_systemctl_status_shows_a_line_about_the_feeds(running):
    _, manager, _, _ = running
    line = heard(manager, "STATUS=")[-1]
    assert re.match(
        r"STATUS=\d of 1 feeds healthy(, 1 not read yet)?, \d late; 0 messages waiting", line
    )


def test_an_address_that_is_taken_is_told_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        text = CONFIG.format(port=port, one="http://127.0.0.1:9/")
        (tmp_path / "config.yaml").write_text(text)
        ended = subprocess.run(
            [sys.executable, "-m", "wirewatch", "run", "--config", "config.yaml"],
            check=False, cwd=tmp_path, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert ended.returncode == 1
    last = ended.stderr.strip().splitlines()[-1]
    assert last == (
        f"wirewatch: service.listen: can't listen on 127.0.0.1:{port}: another program does already; "
        "choose another port, or take the key out"
    )
