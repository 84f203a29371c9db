"""Make a mail of what was rendered: stable identity, threads, headers that machines respect.

RFC 5322 with the text part first; RFC 2369 and 2919 (List-*), RFC 3834 (Auto-Submitted). The same
input gives the same bytes: nothing here asks a clock or throws dice, so that a retry is recognised.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Sequence
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from alerts.render import Attachment, Rendered
from alerts.show import subject
from wirewatch.model import EmailChannel, FileChannel
from wirewatch.text import clean_line

MAX_SUBJECT = 200
_FALLBACK_DOMAIN = "wirewatch.invalid"  # RFC 2606: never resolves, so it is nobody's


def build(
    rendered: Rendered,
    channel: EmailChannel | FileChannel,
    *,
    recipient: str,
    uid: str,
    at: datetime,
    thread: str | None,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Return the bytes of a mail.

    Args:
        rendered: Subject and both bodies.
        channel: Its sender names the domain of the Message-ID.
        recipient: One address; for a file channel anything.
        uid: The message's identity; the same on every try.
        at: For the Date header (aware).
        thread: What mails of one thread share ("story-41"), or None.
        attachments: Besides those of `rendered`.
    """
    sender = channel.sender if isinstance(channel, EmailChannel) else "wirewatch"
    domain = _domain(sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(sender, domain)
    mail["To"] = _address(recipient, domain)
    mail["Subject"] = subject(rendered.subject, MAX_SUBJECT)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{_word(uid)}@{domain}>"
    if thread:
        # A root that was never sent: every mail program threads what refers to one.
        root = f"<thread-{_word(thread)}@{domain}>"
        mail["In-Reply-To"] = root
        mail["References"] = root
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"{_word(channel.name)} <{_label(channel.name)}.wirewatch.{domain}>"
    mail["List-Unsubscribe"] = _unsubscribe(channel, sender, domain)
    mail.set_content(rendered.text, cte="8bit")
    mail.add_alternative(rendered.html, subtype="html", cte="8bit")
    for part in list(mail.iter_parts()):
        _quote(part)
    for attachment in (*rendered.attachments, *attachments):
        main, _, sub = attachment.content_type.partition("/")
        if main == "text":
            mail.add_attachment(
                attachment.content.decode(), subtype=sub, filename=attachment.name, cte="base64"
            )
        else:
            mail.add_attachment(
                attachment.content, maintype=main, subtype=sub, filename=attachment.name
            )
    # Python would draw a random boundary between the parts, and no two builds would be alike.
    for depth, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"={hashlib.sha256(f'{uid}/{depth}'.encode()).hexdigest()[:32]}=")
    return mail.as_bytes()


def _address(text: str, domain: str) -> Address:
    """Return an address as it may stand in a header; what is none becomes the name of ours."""
    name, spec = parseaddr(clean_line(text, 320))
    user, _, host = spec.rpartition("@")
    if user and host and user.isascii():
        try:
            return Address(
                clean_line(name, 120), addr_spec=f"{user}@{host.encode('idna').decode()}"
            )
        except (HeaderParseError, UnicodeError, ValueError, IndexError):
            pass
    return Address(subject(name or text, 120), "wirewatch", domain)


def _domain(sender: str) -> str:
    host = parseaddr(clean_line(sender, 320))[1].rpartition("@")[2]
    try:
        return host.encode("idna").decode() or _FALLBACK_DOMAIN
    except UnicodeError:
        return _FALLBACK_DOMAIN


def _unsubscribe(channel: EmailChannel | FileChannel, sender: str, domain: str) -> str:
    link = channel.unsubscribe if isinstance(channel, EmailChannel) else None
    if link:
        return f"<{_word(link, keep=':/?&=#%+,;~')}>"
    address = parseaddr(sender)[1] or f"wirewatch@{domain}"
    return f"<mailto:{_word(address)}?subject=unsubscribe%20{_label(channel.name)}>"


def _word(text: str, keep: str = "") -> str:
    """Text without anything that could end a header's token."""
    return "".join(c if (c.isascii() and c.isalnum()) or c in f"-_.@{keep}" else "-" for c in text)


def _label(name: str) -> str:
    return _word(name).replace("@", "-").replace(".", "-").strip("-").lower() or "channel"


def _quote(part: Message[str, str]) -> None:
    """Write a text part as quoted-printable: lines of any length, through servers of any age.

    In C: `email` does it a character at a time, a third of a second for a large digest.
    """
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    quoted = binascii.b2a_qp(content.replace(b"\r\n", b"\n"), istext=True)
    part.replace_header("Content-Transfer-Encoding", "quoted-printable")
    part.set_payload(quoted.decode("ascii"))
