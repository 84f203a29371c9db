"""Mail against a real server on loopback: what arrives, and what faults are taken for."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta

import pytest

from alerts.notify import Tools
from alerts.smtp import SmtpNotifier
from tests.builders import NOON, a_mail_channel, a_message
from tests.servers import SmtpSink, free_port
from wirewatch.clock import SystemClock
from wirewatch.model import Owed


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


def test_a_batch_goes_out_over_one_connection():
    with SmtpSink() as sink:
        sent = send_mail(sink, *(owed(a_message(str(n))) for n in range(5)))
    assert [each.ok for each in sent] == [True] * 5
    assert sink.connections == 1
    assert [mail.recipients for mail in sink.received] == [("a@example.org",)] * 5


def test_a_server_that_hung_up_while_there_was_nothing_to_say_is_asked_again_at_once():
    async def run(sink):
        notifier = SmtpNotifier(a_mail_channel(sink.port), Tools())
        done = [await notifier.send(owed(a_message("1")), now=NOON)]
        sink.hang_up()
        done.append(await notifier.send(owed(a_message("2")), now=NOON))
        sink.script.append(("mail", "421 idle for too long"))
        done.append(await notifier.send(owed(a_message("3")), now=NOON))
        await notifier.close()
        return [each.ok for each in done]

    with SmtpSink() as sink:
        assert asyncio.run(run(sink)) == [True] * 3
    assert (len(sink.received), sink.connections) == (3, 3)


def test_no_certificates_are_read_where_nothing_is_encrypted():
    """Reading the system's takes 30 ms of CPU: in a storm, more than the mail."""

    async def run(sink):
        notifier = SmtpNotifier(a_mail_channel(sink.port), Tools())
        assert (await notifier.send(owed(a_message()), now=NOON)).ok
        await notifier.close()
        return notifier._tls

    with SmtpSink() as sink:
        assert asyncio.run(run(sink)) is None


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
