"""Which notifier serves which kind of channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from alerts.chat import AppriseNotifier
from alerts.feedout import FeedNotifier
from alerts.file import FileNotifier
from alerts.notify import Notifier, Tools
from alerts.smtp import SmtpNotifier
from alerts.webhook import WebhookNotifier
from wirewatch.errors import UsageError
from wirewatch.model import (
    AppriseChannel,
    Channel,
    EmailChannel,
    FeedChannel,
    FileChannel,
    WebhookChannel,
)

# The channel's type is what the key says; a precise type would need one mapping per kind.
Makers = Mapping[type, Callable[[Any, Tools], Notifier]]


def built_in() -> dict[type, Callable[[Any, Tools], Notifier]]:
    """Return the notifiers; what Apprise needs is imported when it sends."""
    return {
        EmailChannel: SmtpNotifier,
        WebhookChannel: WebhookNotifier,
        FileChannel: FileNotifier,
        FeedChannel: FeedNotifier,
        AppriseChannel: AppriseNotifier,
    }


def make(channel: Channel, tools: Tools, *, makers: Makers | None = None) -> Notifier:
    """Make the notifier of a channel.

    Raises:
        UsageError: Nothing here serves this kind of channel.
    """
    known = built_in() if makers is None else makers
    maker = known.get(type(channel))
    if maker is None:
        raise UsageError(f"nothing installed can send to the channel {channel.name}")
    return maker(channel, tools)
