"""Turn a message that one channel can't deliver into messages for another.

Works on the bytes alone, whatever they were made from, so that it holds for messages of any age.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from alerts.event import system_event
from alerts.messages import EML, recipients, uid_of
from alerts.notify import one_line
from alerts.show import subject
from wirewatch.model import (
    Channel,
    EmailChannel,
    Message,
    Severity,
    SystemNotice,
    WebhookChannel,
)


def readdress(message: Message, to: Channel, *, because: str, at: datetime) -> list[Message]:
    """Return the message as the other channel can carry it; [] when it has been there before.

    Args:
        message: As it was owed; of several recipients of one alert, one copy goes over.
        to: The `fallback:` channel.
        because: Why the first channel gave up; shown to the reader.
        at: Aware, UTC: becomes the new message's time.
    """
    base = message.dedup_key.removesuffix(f":{message.recipient}")
    if ">" not in base:
        base = f"{base}>{message.channel}"
    if to.name in base.split(">")[1:]:
        return []
    base = f"{base}>{to.name}"
    made = []
    for recipient in recipients(to):
        key = f"{base}:{recipient}"
        uid = uid_of(key)
        payload, content_type = _carried(message, to, recipient, uid, because, at)
        made.append(
            replace(
                message,
                uid=uid,
                dedup_key=key,
                channel=to.name,
                recipient=recipient,
                payload=payload,
                content_type=content_type,
                created_at=at,
                expires_at=None,
            )
        )
    return made


def _carried(
    message: Message, to: Channel, recipient: str, uid: str, because: str, at: datetime
) -> tuple[bytes, str]:
    was_mail = message.content_type.startswith(EML)
    note = f"Could not be delivered through {message.channel}: {because}"
    if isinstance(to, WebhookChannel):
        if not was_mail and (event := _event(message.payload)) is not None:
            return _renamed(event, uid), message.content_type
        notice = SystemNotice(
            key=f"fallback:{message.channel}",
            title=one_line(message.subject),
            text=f"{note}\n\n{_text(message)}",
            severity=Severity.HIGH,
            at=at,
        )
        return system_event(notice, uid=uid, at=at), to.content_type
    sender = to.sender if isinstance(to, EmailChannel) else "wirewatch@localhost"
    build = _forwarded if was_mail else _told
    return build(message, note=note, sender=sender, to=recipient, uid=uid, at=at), EML


def _event(payload: bytes) -> dict[str, object] | None:
    """The JSON object that a payload is, or None."""
    try:
        found = json.loads(payload)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _renamed(event: dict[str, object], uid: str) -> bytes:
    text = json.dumps(event | {"id": uid}, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")


def _forwarded(
    message: Message, *, note: str, sender: str, to: str, uid: str, at: datetime
) -> bytes:
    """The same mail, to another address, under an identity of its own."""
    mail = message_from_bytes(message.payload, policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    for name, value in _envelope(sender=sender, to=to, uid=uid, at=at):
        del mail[name]
        if value:
            mail[name] = value
    mail["X-Fallback"] = subject(note)
    return mail.as_bytes()


def _told(message: Message, *, note: str, sender: str, to: str, uid: str, at: datetime) -> bytes:
    """An event, written out as a mail."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["Subject"] = subject(message.subject)
    for name, value in _envelope(sender=sender, to=to, uid=uid, at=at):
        if value:
            mail[name] = value
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{note}\n\n{_text(message)}\n", cte="quoted-printable")
    return mail.as_bytes()


def _envelope(*, sender: str, to: str, uid: str, at: datetime) -> list[tuple[str, str]]:
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return [
        ("From", sender),
        ("To", to if "@" in to else ""),
        ("Message-ID", f"<{uid}@{domain}>"),
        ("Date", format_datetime(at)),
        ("List-Unsubscribe", ""),
        ("List-Unsubscribe-Post", ""),
    ]


def _text(message: Message) -> str:
    """What a person can read of a message."""
    if message.content_type.startswith(EML):
        mail = message_from_bytes(message.payload, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(preferencelist=("plain", "html"))
        return _clean(str(body.get_content())) if body is not None else ""
    event = _event(message.payload)
    if event is None:
        return _clean(message.payload.decode(errors="replace"))
    return _clean("\n".join(_lines(event.get("data", event))))


def _clean(text: str) -> str:
    """Lone surrogates fit into no mail and no JSON."""
    return text.encode(errors="replace").decode()


def _lines(value: object, depth: int = 0, name: str = "") -> list[str]:
    pad = "  " * depth
    label = f"{name}: " if name else ""
    if isinstance(value, dict):
        head = [f"{pad}{name}:"] if name else []
        inner = depth + bool(name)
        return head + [line for key, each in value.items() for line in _lines(each, inner, key)]
    if isinstance(value, list):
        head = [f"{pad}{name}:"] if value and name else []
        return head + [line for each in value for line in [*_lines(each, depth + 1), ""]][:-1]
    return [] if value is None or value == "" else [f"{pad}{label}{value}"]
