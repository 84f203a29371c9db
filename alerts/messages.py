"""Turn what is told into messages: one per recipient, with an identity that never changes.

The identity comes from what the message is about and for whom, so that composing it again after a
crash gives the same message, and the outbox takes it once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from alerts import mail
from alerts.event import alert_event, digest_event, system_event
from alerts.render import Rendered, Renderer
from wirewatch.model import (
    Alert,
    AppriseChannel,
    Channel,
    DigestView,
    EmailChannel,
    FeedChannel,
    FileChannel,
    Message,
    MessageKind,
    Severity,
    SystemNotice,
    WebhookChannel,
)

EML = "message/rfc822"


@dataclass(frozen=True, slots=True)
class _About:
    """What a message is about, whatever the channel."""

    kind: MessageKind
    key: str
    thread: str | None
    at: datetime
    expires_at: datetime | None = None
    alert_id: int | None = None
    digest_id: int | None = None


def for_alert(
    alert: Alert,
    channels: Sequence[Channel],
    renderer: Renderer,
    *,
    at: datetime,
    expire: timedelta | None = None,
    timezones: Mapping[str, str] | None = None,
) -> list[Message]:
    """Return an alert's messages.

    Args:
        alert: What to tell.
        channels: Where.
        renderer: Of the configuration in force.
        at: When it was composed.
        expire: After this long untaken, it moves to the next digest.
        timezones: In which zone a channel's reader lives, by channel name; UTC where it isn't known.
    """
    about = _About(
        MessageKind.ALERT,
        f"alert:{alert.id}",
        f"story-{alert.story.id}",
        at,
        at + expire if expire else None,
        alert_id=alert.id,
    )
    zones = timezones or {}
    return _messages(
        channels,
        about,
        lambda channel: renderer.alert(alert, channel, timezone=zones.get(channel.name, "UTC")),
        lambda uid: alert_event(alert, uid=uid, at=at),
    )


def for_digest(
    view: DigestView,
    channels: Sequence[Channel],
    renderer: Renderer,
    *,
    at: datetime,
    key: str = "",
) -> list[Message]:
    """Return a digest's messages; `key` identifies one that has no slot of its own."""
    about = _About(
        MessageKind.DIGEST, key or f"digest:{view.name}:{view.slot}", f"digest-{view.name}", at, digest_id=view.id or None
    )  # fmt: skip
    return _messages(
        channels,
        about,
        lambda channel: renderer.digest(view, channel),
        lambda uid: digest_event(view, uid=uid, at=at),
    )


def for_system(
    notice: SystemNotice,
    channels: Sequence[Channel],
    renderer: Renderer,
    *,
    at: datetime,
    timezones: Mapping[str, str] | None = None,
) -> list[Message]:
    """Return the messages of news about wirewatch itself."""
    about = _About(
        MessageKind.SYSTEM, f"system:{notice.key}:{int(notice.at.timestamp() * 1000)}", f"system-{notice.key}", at
    )  # fmt: skip
    zones = timezones or {}
    return _messages(
        channels,
        about,
        lambda channel: renderer.system(notice, channel, timezone=zones.get(channel.name, "UTC")),
        lambda uid: system_event(notice, uid=uid, at=at),
    )


def for_test(channel: Channel, renderer: Renderer, *, at: datetime) -> list[Message]:
    """Return test messages for all of a channel's recipients."""
    notice = SystemNotice(
        key=f"test:{channel.name}",
        title=f"A test of the channel {channel.name}",
        text=(
            "This is a test, asked for with `wirewatch channels test`. Nothing happened in the world.\n"
            "Unicode arrives when this reads right: é ü ş, Київ, دمشق, בגדאד, 東京, 🛰."
        ),
        severity=Severity.INFO,
        at=at,
    )
    return [
        replace(message, kind=MessageKind.TEST)
        for message in for_system(notice, [channel], renderer, at=at)
    ]


def uid_of(dedup_key: str) -> str:
    """Return the identity of a message from what it is about and for whom."""
    return f"msg_{hashlib.sha256(dedup_key.encode()).hexdigest()[:26]}"


def recipients(channel: Channel) -> tuple[str, ...]:
    """Return whom a channel reaches, one message each; never a secret (a webhook's path may be one)."""
    match channel:
        case EmailChannel():
            return channel.to
        case WebhookChannel():
            return (urlsplit(channel.url).hostname or channel.name,)
        case FileChannel() | FeedChannel():
            return (str(channel.folder),)
        case AppriseChannel():
            return tuple(
                f"{n}:{url.partition(':')[0]}" for n, url in enumerate(channel.urls, start=1)
            )


def _messages(
    channels: Sequence[Channel],
    about: _About,
    render: Callable[[Channel], Rendered],
    event: Callable[[str], bytes],
) -> list[Message]:
    messages = []
    for channel in channels:
        rendered: Rendered | None = None
        for recipient in recipients(channel):
            key = f"{about.key}:{channel.name}:{recipient}"
            uid = uid_of(key)
            if rendered is None:
                rendered = render(channel)
            if isinstance(channel, WebhookChannel):
                payload, content_type = event(uid), channel.content_type
            else:
                payload, content_type = _mail(rendered, channel, recipient, uid, about), EML
            messages.append(
                _message(
                    about, key, uid, channel, recipient, rendered.subject, payload, content_type
                )
            )
    return messages


def _mail(rendered: Rendered, channel: Channel, recipient: str, uid: str, about: _About) -> bytes:
    """Everything but a webhook carries a mail: files show its parts, feeds and chats take its text."""
    sender = channel if isinstance(channel, EmailChannel) else FileChannel(name=channel.name)
    return mail.build(
        rendered, sender, recipient=recipient, uid=uid, at=about.at, thread=about.thread
    )


def _message(
    about: _About,
    key: str,
    uid: str,
    channel: Channel,
    recipient: str,
    subject: str,
    payload: bytes,
    content_type: str,
) -> Message:
    return Message(
        uid=uid,
        dedup_key=key,
        channel=channel.name,
        recipient=recipient,
        kind=about.kind,
        subject=subject,
        payload=payload,
        content_type=content_type,
        created_at=about.at,
        expires_at=about.expires_at,
        alert_id=about.alert_id,
        digest_id=about.digest_id,
    )
