"""The receiver in docs/webhooks.md, run as it stands."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest

from alerts.event import alert_event
from alerts.notify import Tools
from alerts.retry import DELAYS
from alerts.webhook import WebhookNotifier
from tests.builders import NOON, an_alert, an_event_message
from tests.servers import free_port
from wirewatch.clock import SystemClock
from wirewatch.http import make_client
from wirewatch.model import FetchSettings, Owed, WebhookChannel

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtMTIzNA=="


@pytest.fixture
def receiver(tmp_path):
    """The page's own code as a process; yields its URL and what it printed."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 20
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "WEBHOOK_SECRET": SECRET, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        yield f"http://127.0.0.1:{port}/", process
        process.kill()


async def _post(url, message, secret, now):
    channel = WebhookChannel(name="ops", url=url, secrets=(secret,))
    async with make_client(FetchSettings(), contact="", allow_private=("*",)) as client:
        notifier = WebhookNotifier(channel, Tools(client=client))
        while True:
            delivery = await notifier.send(Owed(1, message, 1, False), now=now)
            if delivery.code is not None:
                return delivery.code


def test_the_receiver_of_the_docs_takes_what_is_genuine_once(receiver):
    url, process = receiver
    message = an_event_message(payload=alert_event(an_alert(), uid="msg_1", at=NOON), uid="msg_1")
    now = SystemClock().now()
    other = "whsec_" + "b3RoZXItb3RoZXItb3RoZXItb3RoZXItMTIz"
    assert asyncio.run(_post(url, message, SECRET, now)) == 204
    assert asyncio.run(_post(url, message, SECRET, now)) == 204
    assert asyncio.run(_post(url, message, other, now)) == 401
    assert asyncio.run(_post(url, message, SECRET, NOON)) == 401
    process.kill()
    assert process.stdout.read() == "alert.v1 rule/strike\n"


def test_the_page_names_every_type_and_every_delay():
    schemas = resources.files("alerts") / "schemas"
    for path in schemas.iterdir():
        kind = json.loads(path.read_text("utf-8"))["properties"]["type"]["const"]
        assert f"`{kind}`" in PAGE
        assert f"alerts/schemas/{path.name}" in PAGE
    units = {"s": 1, "min": 60, "h": 3600}
    (told,) = re.findall(r"after (5 s.*?24 h)", PAGE)
    seconds = [int(n) * units[unit] for n, unit in re.findall(r"(\d+) (s|min|h)", told)]
    assert seconds == [delay.total_seconds() for delay in DELAYS]
