"""Where messages go: channels by type, and digests."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import Discriminator, Field, Tag

from wirewatch.config import words
from wirewatch.config.models.base import (
    SECRET,
    Clock,
    Many,
    Model,
    Reads,
    Secret,
    Text,
    Truth,
    Zone,
    lasting,
    real,
    whole,
)
from wirewatch.config.models.feeds import Url, web_address
from wirewatch.config.words import Wrong
from wirewatch.model import (
    AppriseChannel,
    Channel,
    DeliveryMode,
    Digest,
    EmailChannel,
    FeedChannel,
    FileChannel,
    QuietHours,
    Severity,
    WebhookChannel,
)

_PORTS = {"tls": 465, "starttls": 587, "none": 25}
_EMAIL, _WEBHOOK, _FILE, _FEED, _APPRISE, _DIGEST = (
    EmailChannel(""),
    WebhookChannel(""),
    FileChannel(""),
    FeedChannel(""),
    AppriseChannel(""),
    Digest("", ()),
)


def _address(text: str) -> str:
    text = text.strip()
    name, at, domain = text.rpartition("@")
    bare = domain.removesuffix(">")
    if not at or not name or not bare or any(char in text for char in "\r\n\t,;") or " " in bare:
        raise Wrong(f'"{text}" is no e-mail address', "write name@example.org")
    return text


Address = Annotated[
    str, Reads(_address, schema={"type": "string", "examples": ["desk@example.org"]})
]


def _server(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Wrong("is no mail server", str(error)) from error
    if parts.scheme not in {"smtp", "smtps"} or not host or port == 0 or parts.path.strip("/"):
        raise Wrong(
            "is no mail server",
            "write smtps://mail.example.org (TLS) or smtp://mail.example.org:587 (STARTTLS)",
        )
    return text.strip()


Server = Annotated[str, Reads(_server, schema={"type": "string", "pattern": "^(smtps?://|\\$\\{)"})]


def _let_through(text: str) -> Severity | None:
    if text.strip() == "nothing":
        return None
    try:
        return Severity(text.strip())
    except ValueError as error:
        known = [*Severity, "nothing"]
        raise Wrong(f'unknown severity "{text}"', words.did_you_mean(text, known)) from error


LetThrough = Annotated[
    Severity | None, Reads(_let_through, schema={"enum": [*Severity, "nothing"], "type": "string"})
]


class QuietModel(Model):
    """Hours in which a channel gets no alerts; they go to the next digest."""

    start: Clock = Field(description='When they begin, local time: "22:00".')
    end: Clock = Field(
        description='When they end, local time: "07:00" (the next day when earlier than start).'
    )
    timezone: Zone = Field(default="UTC", description="IANA time zone of start and end.")
    let_through: LetThrough = Field(
        default=Severity.CRITICAL,
        description="Alerts of this severity and above come through; `nothing` for none.",
    )

    def build(self) -> QuietHours:
        """Return the quiet hours."""
        return QuietHours(self.start, self.end, self.timezone, self.let_through)


class ChannelModel(Model):
    """What every channel has."""

    quiet_hours: QuietModel | None = Field(
        default=None, description="Hours in which alerts wait for the next digest."
    )
    delivery: DeliveryMode = Field(
        default=DeliveryMode.AT_LEAST_ONCE,
        description="After a crash a message in doubt is sent again, marked (`at_least_once`), or not (`at_most_once`).",
    )
    fallback: Text | None = Field(
        default=None, description="The channel that gets what this one could not deliver."
    )
    rate: Annotated[float, real(0.01, 100_000)] | None = Field(
        default=None, description="Messages a minute at most."
    )

    def common(self, name: str) -> dict[str, Any]:
        """What every channel is built with."""
        return {
            "name": name,
            "quiet_hours": self.quiet_hours.build() if self.quiet_hours else None,
            "delivery": self.delivery,
            "fallback": self.fallback,
            "rate": self.rate,
        }


class EmailModel(ChannelModel):
    """Mail over SMTP."""

    type: Literal["email"] = Field(description="`email`.")
    to: Annotated[list[Address], Many] = Field(
        min_length=1, description="Recipients; each gets a mail of its own."
    )
    sender: Address = Field(alias="from", description="The From address.")
    server: Server = Field(
        description="`smtps://host` (TLS, port 465) or `smtp://host` (STARTTLS, port 587); `:port` overrides."
    )
    security: Literal["tls", "starttls", "none"] | None = Field(
        default=None,
        description="Overrides what the scheme of `server` says; `none` only for a relay you trust.",
    )
    user: Text | None = Field(default=None, description="Login name, if the server wants one.")
    password: Secret | None = Field(default=None, description="Password, by reference.")
    timeout: Annotated[timedelta, lasting("1s", "10m")] = Field(
        default=_EMAIL.timeout, description="How long the server may take for one message."
    )
    unsubscribe: Text | None = Field(
        default=None,
        description="Address or URL for List-Unsubscribe; the From address without it.",
    )

    def build(self, name: str, folder: Path) -> Channel:  # noqa: ARG002 - channels with folders need it
        """Return the channel."""
        parts = urlsplit(self.server)
        security = self.security or ("tls" if parts.scheme == "smtps" else "starttls")
        return EmailChannel(
            **self.common(name),
            to=tuple(dict.fromkeys(self.to)),
            sender=self.sender,
            host=parts.hostname or "",
            port=parts.port or _PORTS[security],
            security=security,
            user=self.user or (unquote(parts.username) if parts.username else None),
            password=self.password or (unquote(parts.password) if parts.password else None),
            timeout=self.timeout,
            unsubscribe=self.unsubscribe,
        )


def _secret_address(text: str) -> str:
    """A web address that may not be printed, so neither is what is wrong with it."""
    try:
        return web_address(text)
    except Wrong:
        raise Wrong("is no web address", "it starts with https:// or http://") from None


SecretUrl = Annotated[str, Reads(_secret_address, schema=SECRET, secret=True)]


class WebhookModel(ChannelModel):
    """A signed POST (Standard Webhooks, CloudEvents)."""

    type: Literal["webhook"] = Field(description="`webhook`.")
    url: SecretUrl = Field(description="Where to post; often a secret itself, so a reference.")
    secret: Secret | None = Field(
        default=None, description="Signs each message (HMAC-SHA256), by reference."
    )
    secrets: Annotated[list[Secret], Many] = Field(
        default=[], description="Several secrets, newest first, while one replaces the other."
    )
    headers: dict[str, Secret] = Field(
        default={}, description="Further HTTP headers; values may be references to secrets."
    )
    content_type: Text = Field(
        default=_WEBHOOK.content_type,
        description="`application/json` or `application/cloudevents+json`.",
    )
    timeout: Annotated[timedelta, lasting("1s", "10m")] = Field(
        default=_WEBHOOK.timeout, description="How long the receiver may take."
    )

    def build(self, name: str, folder: Path) -> Channel:  # noqa: ARG002 - channels with folders need it
        """Return the channel."""
        first = (self.secret,) if self.secret else ()
        return WebhookChannel(
            **self.common(name),
            url=self.url,
            secrets=(*first, *self.secrets),
            headers=tuple(self.headers.items()),
            content_type=self.content_type,
            timeout=self.timeout,
        )


class FileModel(ChannelModel):
    """A folder that gets .html, .txt and .eml files."""

    type: Literal["file"] = Field(description="`file`.")
    folder: Text = Field(
        default=str(_FILE.folder),
        description="Where files go; relative to this file, or to $STATE_DIRECTORY.",
    )
    terminal: Truth = Field(default=_FILE.terminal, description="Print a line for each, too.")

    def build(self, name: str, folder: Path) -> Channel:
        """Return the channel."""
        where = folder / words.path(self.folder)
        return FileChannel(**self.common(name), folder=where, terminal=self.terminal)


class FeedOutModel(ChannelModel):
    """An Atom, RSS and JSON feed in a folder, so that a reader can subscribe."""

    type: Literal["feed"] = Field(description="`feed`.")
    folder: Text = Field(
        default=str(_FEED.folder),
        description="Where the feed files go; relative to this file, or to $STATE_DIRECTORY.",
    )
    title: Text = Field(default=_FEED.title, description="Title of the feed.")
    link: Url | None = Field(
        default=None, description="Address under which the folder is published."
    )
    keep: Annotated[int, whole(1, 10_000)] = Field(
        default=_FEED.keep, description="Entries kept in it."
    )

    def build(self, name: str, folder: Path) -> Channel:
        """Return the channel."""
        where = folder / words.path(self.folder)
        return FeedChannel(
            **self.common(name), folder=where, title=self.title, link=self.link, keep=self.keep
        )


class AppriseModel(ChannelModel):
    """Any service Apprise knows (Slack, Teams, Telegram, ntfy …); needs the extra `apprise`."""

    type: Literal["apprise"] = Field(description="`apprise`.")
    urls: Annotated[list[Secret], Many] = Field(
        min_length=1, description="Apprise URLs, by reference; each is a recipient of its own."
    )
    limit: Annotated[int, whole(100, 100_000)] = Field(
        default=_APPRISE.limit,
        description="Longest message in characters; longer ones are split between entries.",
    )

    def build(self, name: str, folder: Path) -> Channel:  # noqa: ARG002 - channels with folders need it
        """Return the channel."""
        return AppriseChannel(**self.common(name), urls=tuple(self.urls), limit=self.limit)


TYPES: dict[str, type[ChannelModel]] = {
    "email": EmailModel,
    "webhook": WebhookModel,
    "file": FileModel,
    "feed": FeedOutModel,
    "apprise": AppriseModel,
}


def _type_of(value: object) -> str | None:
    """Name the union's branch in angle brackets, so that paths can be rid of it."""
    kind = value.get("type") if isinstance(value, dict) else None
    return f"<{kind}>" if isinstance(kind, str) else None


AnyChannel = Annotated[
    Annotated[EmailModel, Tag("<email>")]
    | Annotated[WebhookModel, Tag("<webhook>")]
    | Annotated[FileModel, Tag("<file>")]
    | Annotated[FeedOutModel, Tag("<feed>")]
    | Annotated[AppriseModel, Tag("<apprise>")],
    Discriminator(_type_of),
]


Weekdays = Annotated[
    tuple[int, ...],
    Reads(words.weekdays, schema={"type": "string", "examples": ["mon", "mon-fri"]}),
]


class DigestModel(Model):
    """A bundle of what was not told before, at set times."""

    name: Text = Field(description="Unique; its slots are remembered under it.")
    channels: Annotated[list[Text], Many] = Field(
        min_length=1, description="The channels it goes to."
    )
    at: Annotated[list[Clock], Many] = Field(
        default=list(_DIGEST.at),
        min_length=1,
        description='Local times of day: "07:00" or ["07:00", "19:00"].',
    )
    timezone: Zone = Field(default=_DIGEST.timezone, description="IANA time zone of `at`.")
    days: Annotated[list[Weekdays], Many] = Field(
        default=[], description="Weekdays: `mon`, `[mon, thu]`, `mon-fri`; every day without it."
    )
    severity: Severity = Field(
        default=_DIGEST.severity, description="Only matches of this severity and above."
    )
    rules: Annotated[list[Text], Many] = Field(default=[], description="Only these rules.")
    tags: Annotated[list[Text], Many] = Field(
        default=[], description="Only rules with one of these tags."
    )
    send_empty: Truth = Field(
        default=_DIGEST.send_empty,
        description="Send it even when nothing matched: who gets nothing can't tell quiet from broken.",
    )
    near_misses: Truth = Field(
        default=_DIGEST.near_misses,
        description="Show articles that lacked just one group of a rule.",
    )
    catch_up: Literal["latest", "none"] = Field(
        default="latest",
        description="After downtime send one that covers all that was missed, or none.",
    )
    title: Text = Field(default=_DIGEST.title, description="Heading; the name without it.")

    def build(self) -> Digest:
        """Return the digest."""
        days = {day for each in self.days for day in each}
        return Digest(
            name=self.name,
            channels=tuple(dict.fromkeys(self.channels)),
            at=tuple(sorted(set[time](self.at))),
            timezone=self.timezone,
            days=tuple(sorted(days)) or _DIGEST.days,
            severity=self.severity,
            rules=tuple(self.rules),
            tags=tuple(self.tags),
            send_empty=self.send_empty,
            near_misses=self.near_misses,
            catch_up=self.catch_up,
            title=self.title,
        )
