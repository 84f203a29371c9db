"""Webhooks against a real receiver on loopback: signed, once, and what answers are taken for."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from alerts.notify import Tools
from alerts.webhook import WebhookNotifier
from tests.builders import NOON, an_event_message
from tests.servers import Answer, WebhookReceiver, free_port
from wirewatch.clock import SystemClock
from wirewatch.http import make_client
from wirewatch.model import FetchSettings, Owed, WebhookChannel

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtMTIzNA=="


def owed(message, attempt=1, *, redelivery=False):
    return Owed(1, message, attempt, redelivery)


def post(receiver, *tries, now=NOON, **channel):
    values = {"name": "ops", "url": receiver.url, "secrets": (SECRET,)} | channel

    async def run():
        async with make_client(FetchSettings(), contact="", allow_private=("*",)) as client:
            notifier = WebhookNotifier(WebhookChannel(**values), Tools(client=client))
            return [await notifier.send(each, now=now) for each in tries]

    return asyncio.run(run())


def test_an_independent_library_verifies_every_try_and_both_secrets():
    other = "whsec_" + "b3RoZXItb3RoZXItb3RoZXItb3RoZXItMTIz"
    now = SystemClock().now()
    with WebhookReceiver([500]) as receiver:
        first, second = post(
            receiver,
            owed(an_event_message()),
            owed(an_event_message(), 2, redelivery=True),
            now=now,
            secrets=(SECRET, other),
        )
    assert (first.code, second.ok) == (500, True)
    for posted in receiver.posted:
        for secret in (SECRET, other):
            Webhook(secret).verify(posted.body.decode(), posted.headers)
    assert {each.headers["webhook-id"] for each in receiver.posted} == {an_event_message().uid}
    assert [each.headers.get("x-redelivery") for each in receiver.posted] == [None, "2"]


@pytest.mark.parametrize(
    ("answer", "permanent", "gone"),
    [
        (301, False, False),
        (302, False, False),
        (400, False, False),
        (401, False, False),
        (404, False, False),
        (410, False, True),
        (429, False, False),
        (500, False, False),
        (503, False, False),
    ],
)
def test_only_2xx_is_success(answer, permanent, gone):
    with WebhookReceiver([answer]) as receiver:
        (failed,) = post(receiver, owed(an_event_message()))
    assert (failed.ok, failed.code, failed.permanent, failed.gone) == (
        False,
        answer,
        permanent,
        gone,
    )


def test_a_redirect_is_never_followed():
    with WebhookReceiver() as elsewhere:
        away = Answer(301, {"Location": elsewhere.url})
        with WebhookReceiver([away]) as receiver:
            (failed,) = post(receiver, owed(an_event_message()))
    assert (failed.ok, failed.code) == (False, 301)
    assert elsewhere.posted == []


def test_a_body_nobody_can_read_is_given_up_after_three_tries():
    with WebhookReceiver(always=422) as receiver:
        tries = post(receiver, *(owed(an_event_message(), n) for n in (1, 2, 3)))
    assert [each.permanent for each in tries] == [False, False, True]


def test_a_receiver_may_ask_for_time():
    with WebhookReceiver([Answer(429, {"Retry-After": "120"})]) as receiver:
        (failed,) = post(receiver, owed(an_event_message()))
    assert failed.retry_after == timedelta(seconds=120)


def test_a_lost_answer_leaves_a_message_in_doubt():
    with WebhookReceiver([Answer(cut=True)]) as receiver:
        (lost,) = post(receiver, owed(an_event_message()))
    assert (lost.ok, lost.in_doubt) == (False, True)
    assert len(receiver.taken) == 1


def test_a_refused_connection_leaves_no_doubt():
    with WebhookReceiver() as receiver:
        nobody = f"http://127.0.0.1:{free_port()}/"
        (failed,) = post(receiver, owed(an_event_message()), url=nobody)
    assert (failed.ok, failed.in_doubt) == (False, False)


def test_a_receiver_that_hangs_is_left_after_the_timeout():
    with WebhookReceiver([Answer(hang=True)]) as receiver:
        (lost,) = post(receiver, owed(an_event_message()), timeout=timedelta(seconds=0.2))
    assert (lost.ok, lost.in_doubt) == (False, True)


def test_a_long_answer_is_not_read_to_its_end():
    with WebhookReceiver([Answer(500, body=b"x" * 1_000_000)]) as receiver:
        (failed,) = post(receiver, owed(an_event_message()))
    assert len(failed.detail) <= 300


def test_what_a_receiver_echoes_of_the_secrets_is_not_kept():
    with WebhookReceiver() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/marker-path?token=marker-token"
        receiver.script.append(Answer(500, body=f"POST {url} with marker-header".encode()))
        (failed,) = post(
            receiver, owed(an_event_message()), url=url, headers=(("X-Token", "marker-header"),)
        )
    assert "marker" not in failed.detail


def test_configured_headers_cannot_replace_the_signature():
    headers = (
        ("Authorization", "Bearer x"),
        ("Webhook-Signature", "v1,forged"),
        ("WEBHOOK-ID", "x"),
    )
    now = SystemClock().now()
    with WebhookReceiver() as receiver:
        post(receiver, owed(an_event_message()), headers=headers, now=now)
    (posted,) = receiver.taken
    assert posted.headers["authorization"] == "Bearer x"
    Webhook(SECRET).verify(posted.body.decode(), posted.headers)
