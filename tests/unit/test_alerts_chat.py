"""Chats: split between items, never cut, never lost, nothing repeated."""

from __future__ import annotations

import asyncio
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.chat import AppriseNotifier, split
from alerts.messages import for_digest
from alerts.notify import Tools
from alerts.render import Renderer
from tests.builders import NOON
from tests.digest_builders import a_digest_story, a_digest_view
from wirewatch.model import AppriseChannel, Owed

TEXT = st.lists(st.lists(st.text("abc é", max_size=30), max_size=4).map("\n".join), max_size=6).map(
    "\n\n".join
)


@given(TEXT, st.integers(5, 60))
def test_no_piece_is_too_long_and_no_word_is_lost(text, limit):
    pieces = split(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_items_stay_whole_where_they_fit():
    assert split("one\ntwo\n\nthree\nfour", 12) == ["one\ntwo", "three\nfour"]
    assert split("one\n\ntwo", 12) == ["one\n\ntwo"]


@pytest.fixture
def service():
    """A loopback service that refuses the requests whose numbers are in `refuse`."""
    taken, refuse, count = [], set(), [0]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            count[0] += 1
            refused = count[0] in refuse
            if not refused:
                taken.append(body)
            self.send_response(429 if refused else 200)
            self.end_headers()

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}", taken, refuse
    server.shutdown()
    thread.join()
    server.server_close()


def a_digest(channel):
    view = a_digest_view(*[a_digest_story(n, f"Story number {n} of many") for n in range(12)])
    (message,) = for_digest(view, [channel], Renderer(), at=NOON)
    return Owed(1, message, 1, redelivery=False)


@pytest.mark.filterwarnings("ignore")
def test_a_long_digest_arrives_in_parts_and_a_retry_repeats_none(service):
    pytest.importorskip("apprise")
    url, taken, refuse = service
    channel = AppriseChannel(name="chat", urls=(url,), limit=900)
    notifier, owed = AppriseNotifier(channel, Tools()), a_digest(channel)
    refuse.add(3)
    first = asyncio.run(notifier.send(owed, now=NOON))
    assert not first.ok
    assert first.detail.startswith("part 3 of")
    second = asyncio.run(notifier.send(owed, now=NOON))
    assert second.ok
    bodies = [body["message"] for body in taken]
    assert all(len(body) <= 900 for body in bodies)
    marks = [body.rpartition("(")[2] for body in bodies]
    assert len(set(marks)) == len(marks) == int(marks[0].rstrip(")").partition("/")[2])
    told = "\n".join(bodies)
    assert all(f"Story number {n} of many" in told for n in range(12))


@pytest.mark.filterwarnings("ignore")
def test_what_apprise_does_not_know_is_an_answer_not_a_crash():
    pytest.importorskip("apprise")
    channel = AppriseChannel(name="chat", urls=("nonsense",))
    delivery = asyncio.run(AppriseNotifier(channel, Tools()).send(a_digest(channel), now=NOON))
    assert (delivery.ok, delivery.detail) == (False, "apprise does not know this URL")


def test_a_url_taken_out_of_the_configuration_ends_its_messages():
    owed = a_digest(AppriseChannel(name="chat", urls=("json://a", "json://b")[:1]))
    notifier = AppriseNotifier(AppriseChannel(name="chat", urls=()), Tools())
    pytest.importorskip("apprise")
    delivery = asyncio.run(notifier.send(owed, now=NOON))
    assert delivery.permanent
