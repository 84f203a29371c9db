"""Each sender against a real server on loopback: what arrives, and what faults are taken for."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from alerts.file import FileNotifier
from alerts.notify import Tools
from alerts.smtp import SmtpNotifier
from alerts.webhook import WebhookNotifier
from tests.builders import NOON, a_mail_channel, a_message, an_event_message
from tests.servers import Answer, SmtpSink, WebhookReceiver, free_port
from wirewatch.clock import SystemClock
from wirewatch.http import make_client
from wirewatch.model import FetchSettings, FileChannel, Owed, WebhookChannel

SECRET = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtMTIzNA=="


def owed(message, attempt=1, *, redelivery=False):
    return Owed(1, message, attempt, redelivery)


def send_mail(sink, *tries, tools=None, rest=True, **channel):
    async def run():
        notifier = SmtpNotifier(a_mail_channel(sink.port, **channel), tools or Tools())
        done = [await notifier.send(each, now=NOON) for each in tries]
        if rest:
            await notifier.rest()
        await notifier.close()
        return done

    return asyncio.run(run())


def post(receiver, *tries, now=NOON, **channel):
    values = {"name": "ops", "url": receiver.url, "secrets": (SECRET,)} | channel

    async def run():
        async with make_client(FetchSettings(), contact="", allow_private=("*",)) as client:
            notifier = WebhookNotifier(WebhookChannel(**values), Tools(client=client))
            return [await notifier.send(each, now=now) for each in tries]

    return asyncio.run(run())


# --- mail ---


def test_a_batch_goes_out_over_one_connection():
    with SmtpSink() as sink:
        sent = send_mail(sink, *(owed(a_message(str(n))) for n in range(5)))
    assert [each.ok for each in sent] == [True] * 5
    assert sink.connections == 1
    assert [mail.recipients for mail in sink.received] == [("a@example.org",)] * 5


def test_the_bytes_that_were_owed_are_the_bytes_that_arrive():
    payload = b"Message-ID: <x@example.org>\r\nSubject: s\r\nTo: a@example.org\r\n\r\n.dot\r\n..\r\nend\r\n"
    with SmtpSink() as sink:
        send_mail(sink, owed(a_message(payload=payload)))
    assert sink.received[0].payload == payload


def test_bare_line_ends_can_smuggle_no_second_message():
    payload = b"Subject: s\r\n\r\ntext\n.\nMAIL FROM:<evil@example.org>\r.\r\n"
    with SmtpSink() as sink:
        (sent,) = send_mail(sink, owed(a_message(payload=payload)))
    assert sent.ok
    assert len(sink.received) == 1
    assert b"MAIL FROM:<evil@example.org>" in sink.received[0].payload


@pytest.mark.parametrize(
    ("fault", "permanent", "reached", "in_doubt"),
    [
        ("421 closing", False, False, False),
        ("451 try later", False, True, False),
        ("452 full for now", False, True, False),
        ("552 mailbox full", True, True, False),
        ("554 no", True, True, False),
        (("rcpt", "450 greylisted"), False, True, False),
        (("rcpt", "550 unknown"), True, True, False),
        (("mail", "550 sender unknown"), False, False, False),
        (("mail", "552 too large"), True, True, False),
        ("drop", False, False, True),
        ("cut", False, False, True),
    ],
)
def test_what_a_mail_server_says_decides_what_follows(fault, permanent, reached, in_doubt):
    with SmtpSink([fault]) as sink:
        bad, good = send_mail(sink, owed(a_message("1")), owed(a_message("2")))
    assert (bad.ok, bad.permanent, bad.reached, bad.in_doubt) == (
        False,
        permanent,
        reached,
        in_doubt,
    )
    assert good.ok  # the next message is none the worse for it


def test_a_mail_in_doubt_is_sent_again_under_the_same_message_id_and_says_so():
    message = a_message()
    with SmtpSink(["cut"]) as sink:
        send_mail(sink, owed(message), owed(message, 2, redelivery=True))
    first, second = sink.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert (first["X-Redelivery"], second["X-Redelivery"]) == (None, "2")
    assert sink.received[1].payload.split(b"\r\n", 1)[1] == sink.received[0].payload


def an_eight_bit_mail():
    from email.message import EmailMessage
    from email.policy import SMTP

    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["To"], mail["Message-ID"] = (
        "Ünïcode ضربة",
        "a@example.org",
        "<m@example.org>",
    )
    mail.set_content("Größe: ضربة جوية\n.point\n", cte="8bit")
    mail.add_alternative("<p>ضربة جوية</p>", subtype="html", cte="8bit")
    return mail.as_bytes()


@pytest.mark.parametrize("eight_bit", [True, False])
def test_any_alphabet_arrives_whole_also_at_servers_of_seven_bits(eight_bit):
    payload = an_eight_bit_mail()
    assert not payload.isascii()
    with SmtpSink(eight_bit=eight_bit) as sink:
        (sent,) = send_mail(sink, owed(a_message(payload=payload), 2, redelivery=True))
    assert sent.ok, sent.detail
    (mail,) = sink.mails
    assert mail["Subject"] == "Ünïcode ضربة"
    assert mail["X-Redelivery"] == "2"
    text = mail.get_body(("plain",)).get_content()
    assert text.splitlines() == ["Größe: ضربة جوية", ".point"]
    assert "ضربة" in mail.get_body(("html",)).get_content()
    assert sink.received[0].payload.isascii() == (not eight_bit)


@pytest.mark.parametrize("known", [True, False])
def test_an_address_of_another_alphabet_needs_a_server_that_knows_it(known):
    with SmtpSink(enable_smtputf8=known) as sink:
        other, plain = send_mail(
            sink, owed(a_message("1", recipient="größe@example.org")), owed(a_message("2"))
        )
    assert (other.ok, other.permanent) == (known, not known)
    assert plain.ok
    if known:
        assert sink.received[0].recipients == ("größe@example.org",)


@pytest.mark.parametrize("fault", ["421 not now", "554 go away"])
def test_a_server_that_turns_us_away_at_the_door_is_tried_again(fault):
    """Said before any message was named: it is about the server, or about us."""
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as door:

        def turn_away():
            connection, _ = door.accept()
            with connection:
                connection.sendall(f"{fault}\r\n".encode())

        thread = threading.Thread(target=turn_away)
        thread.start()

        async def run():
            notifier = SmtpNotifier(a_mail_channel(door.getsockname()[1]), Tools())
            try:
                return await notifier.send(owed(a_message()), now=NOON)
            finally:
                await notifier.close()

        refused = asyncio.run(run())
        thread.join()
    assert (refused.code, refused.permanent, refused.reached) == (int(fault[:3]), False, False)
    assert not refused.in_doubt


def test_no_server_at_all_is_tried_again():
    async def run():
        notifier = SmtpNotifier(a_mail_channel(free_port()), Tools())
        try:
            return await notifier.send(owed(a_message()), now=NOON)
        finally:
            await notifier.close()

    refused = asyncio.run(run())
    assert not refused.ok
    assert not refused.permanent
    assert "ConnectionRefused" in refused.detail


def test_a_wrong_password_is_tried_again_and_never_shown():
    with SmtpSink(user=("desk", "right")) as sink:
        (refused,) = send_mail(sink, owed(a_message()), user="desk", password="marker-password")
        (sent,) = send_mail(sink, owed(a_message()), user="desk", password="right")
    assert (refused.code, refused.permanent) == (535, False), refused.detail
    assert "marker-password" not in repr(refused)
    assert sent.ok


def test_a_password_never_goes_out_in_the_clear_when_starttls_was_asked_for():
    with SmtpSink(user=("desk", "right")) as sink:
        (refused,) = send_mail(
            sink, owed(a_message()), security="starttls", user="desk", password="right"
        )
    assert not refused.ok
    assert "STARTTLS" in refused.detail
    assert sink.received == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_goes_over_tls_and_only_to_the_right_server(security, certificate):
    server, trusting = certificate
    faults = {"tls": server} if security == "tls" else {"starttls": server}
    with SmtpSink(**faults) as sink:
        (sent,) = send_mail(
            sink, owed(a_message()), security=security, host="localhost", tools=Tools(tls=trusting)
        )
        (refused,) = send_mail(sink, owed(a_message()), security=security, host="localhost")
    assert sent.ok, sent.detail
    assert "CERTIFICATE_VERIFY_FAILED" in refused.detail
    assert len(sink.received) == 1


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A server context with a certificate for localhost, and a client context that trusts it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = SystemClock().now()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + cert.public_bytes(pem)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


# --- webhooks ---


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


# --- files ---


def a_mail_of_both_kinds(text="Words"):
    from email.message import EmailMessage
    from email.policy import SMTP

    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["To"], mail["Message-ID"] = "s", "a@example.org", "<m@example.org>"
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    return mail.as_bytes()


def to_file(folder, *messages, echo=None):
    async def run():
        notifier = FileNotifier(FileChannel("out", folder=folder), Tools(echo=echo))
        return [await notifier.send(owed(each), now=NOON) for each in messages]

    return asyncio.run(run())


def test_a_message_becomes_three_files_and_a_line(tmp_path):
    lines = []
    message = a_message(payload=a_mail_of_both_kinds("Ünïcode"), subject="Three\x1b[31m strikes")
    (sent,) = to_file(tmp_path / "out", message, echo=lines.append)
    files = sorted((tmp_path / "out").iterdir())
    assert sent.ok
    assert [file.suffix for file in files] == [".eml", ".html", ".txt"]
    assert "<p>Ünïcode</p>" in files[1].read_text("utf-8")
    assert files[0].read_bytes() == message.payload
    assert len(lines) == 1
    assert "\x1b" not in lines[0]


def test_sending_again_changes_nothing_and_other_content_replaces_nothing(tmp_path):
    message = a_message(payload=a_mail_of_both_kinds())
    to_file(tmp_path, message, message)
    assert len(list(tmp_path.iterdir())) == 3
    to_file(tmp_path, a_message(payload=a_mail_of_both_kinds("Other words")))
    texts = {file.read_text("utf-8").strip() for file in tmp_path.glob("*.txt")}
    assert texts == {"Words", "Other words"}


def test_a_folder_that_cannot_be_made_is_a_failure_not_a_crash(tmp_path):
    (tmp_path / "file").write_text("in the way")
    (failed,) = to_file(tmp_path / "file" / "out", a_message())
    assert not failed.ok
    assert not failed.permanent
