"""What a message shows, read back from its bytes: for feeds and chats, which carry no mail."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from wirewatch.model import Message

_BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL | re.IGNORECASE)
_PREVIEW = re.compile(
    r'<p class="preview".*?</p>', re.DOTALL
)  # for inboxes; elsewhere it would show
_LINK = re.compile(r'<a [^>]*href="(https?://[^"]+)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it reads; `html` is "" where there is none, `link` the first in it."""

    title: str
    text: str
    html: str = ""
    link: str = ""


def shown(message: Message) -> Shown:
    """Return what a message shows, whatever its bytes are: a mail, JSON, or text."""
    if not message.content_type.startswith("message/rfc822"):
        text = message.payload.decode("utf-8", "replace")
        if "json" in message.content_type:
            text = _indented(text)
        return Shown(message.subject, text)
    mail = message_from_bytes(message.payload, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    page = _part(mail, "html")
    body = _BODY.search(page)
    link = _LINK.search(page)
    return Shown(
        message.subject,
        _part(mail, "plain").replace("\r\n", "\n"),
        _PREVIEW.sub("", body.group(1)).strip() if body else page,
        link.group(1).replace("&amp;", "&") if link else "",
    )


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    content = part.get_content() if part is not None else ""
    return content if isinstance(content, str) else ""


def _indented(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except ValueError:
        return text
