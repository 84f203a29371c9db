"""The demo's mailbox and webhook receiver, asked by others' clients."""

from __future__ import annotations

import asyncio
import smtplib
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from wirewatch.clock import ManualClock
from wirewatch.demo.loopback import Answer, HookReceiver, Request, serving
from wirewatch.demo.mailbox import Mailbox

SECRET = "whsec_ZGVtby1kZW1vLWRlbW8tZGVtby1kZW1vLWRlbW8="
NOW = datetime.now(UTC)  # noqa: TID251 - the other side's library looks at the wall clock
LINES = st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20), max_size=6)


def signed(body: bytes, at: datetime = NOW) -> Request:
    signature = Webhook(SECRET).sign("msg_1", at, body.decode())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": f"v1,bm9uc2Vuc2U= {signature}",
    }
    return Request("POST", "/hook", headers, body)


def received(request: Request) -> tuple[int, str]:
    hooks = []
    receiver = HookReceiver(ManualClock(NOW), hooks.append)
    receiver.trust([SECRET])
    return receiver.answer(request).status, hooks[0].problem


def test_a_webhook_signed_by_the_reference_library_is_believed():
    assert received(signed(b'{"type": "x"}')) == (204, "")


def test_a_webhook_whose_body_was_changed_is_refused():
    request = signed(b'{"type": "x"}')
    forged = Request("POST", "/hook", request.headers, b'{"type": "y"}')
    assert received(forged) == (401, "its signature is wrong")


def test_an_old_webhook_is_refused():
    status, problem = received(signed(b"{}", NOW - timedelta(minutes=6)))
    assert status == 401
    assert "five minutes" in problem


def test_a_webhook_without_identity_is_refused():
    assert received(Request("POST", "/hook", {}, b"{}"))[0] == 401


async def mailed(bodies: list[str]) -> Mailbox:
    mailbox = Mailbox(lambda mail: None)

    def send(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            for body in bodies:
                client.sendmail(
                    "a@example.org", ["b@example.org"], f"Subject: s\r\n\r\n{body}".encode()
                )

    async with mailbox.serving() as port:
        await asyncio.to_thread(send, port)
    return mailbox


@settings(max_examples=25, deadline=None)
@given(LINES)
def test_a_mail_arrives_as_it_was_sent_dots_and_all(lines):
    body = "\r\n".join([".", "..two", *lines, ".last"])
    (mail,) = asyncio.run(mailed([body])).mails
    assert mail.content == f"Subject: s\r\n\r\n{body}\r\n".encode()
    assert mail.recipients == ("b@example.org",)
    assert mail.read()["Subject"] == "s"


def test_several_mails_over_one_connection_stay_apart():
    mails = asyncio.run(mailed(["one", "two"])).mails
    assert [m.content[-5:] for m in mails] == [b"one\r\n", b"two\r\n"]


def test_a_client_that_talks_nonsense_does_not_stop_the_server():
    async def talk() -> tuple[bytes, bytes]:
        async with serving(lambda _: Answer(200, b"fine")) as port:
            answers = []
            for text in (b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(text)
                answers.append(await reader.read())
                writer.close()
                await writer.wait_closed()
            return answers[0], answers[1]

    nothing, fine = asyncio.run(talk())
    assert nothing == b""
    assert fine.endswith(b"fine")
