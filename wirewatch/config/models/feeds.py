"""Feeds, and how they are fetched."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from wirewatch.config.models.base import (
    Many,
    Model,
    Reads,
    Secret,
    Text,
    Truth,
    lasting,
    whole,
)
from wirewatch.config.words import Wrong
from wirewatch.model import Feed, FetchSettings, FirstPoll

_D = FetchSettings()


def web_address(text: str) -> str:
    """Check an http or https URL; what is wrong is said without printing it: it may hold a password."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Wrong("is no web address", str(error)) from error
    if parts.scheme not in {"http", "https"} or not host:
        raise Wrong("is no web address", "it starts with https:// or http://")
    if any(char.isspace() for char in text):
        raise Wrong("is no web address", "there is a space in it")
    return text


Url = Annotated[str, Reads(web_address, schema={"type": "string", "format": "uri"})]


class AuthModel(Model):
    """User and password for HTTP basic authentication."""

    user: Text = Field(description="User name.")
    password: Secret = Field(description="Password, by reference.")


class FeedModel(Model):
    """One feed that is polled."""

    name: Text = Field(
        description="Unique; the feed's identity in the database, so that its URL may change."
    )
    url: Url = Field(description="Address of the RSS, Atom, RDF or JSON feed.")
    tags: Annotated[list[Text], Many] = Field(
        default=[],
        description="Words of your own that rules (`where: {tag: …}`) and digests can select by.",
    )
    tier: Annotated[int, whole(1, 5)] = Field(
        default=3, description='1 (agencies) to 5; rules may look at it (`where: {tier: "<=2"}`).'
    )
    language: Text | None = Field(
        default=None,
        description="Language code of its texts (`en`, `ar`), where the feed does not say or lies.",
    )
    every: Annotated[timedelta, lasting("10s", "30d")] | None = Field(
        default=None,
        description="Poll this often; without it the interval adapts to the feed's own pace.",
    )
    headers: dict[str, Secret] = Field(
        default={},
        description="HTTP headers sent with each request; values may be references to secrets.",
    )
    auth: AuthModel | None = Field(
        default=None, description="User and password for HTTP basic authentication."
    )
    ignore_hints: Truth = Field(
        default=False,
        description="Don't let ttl, skipHours, max-age and the like slow the feed down.",
    )
    paused: Truth = Field(default=False, description="Keep the feed but don't poll it.")
    on_first_poll: FirstPoll = Field(
        default=FirstPoll.DIGEST,
        description="What becomes of the entries that are already there when the feed is polled first.",
    )
    allow_private: Truth = Field(
        default=False,
        description="The feed may stand on a private address (an intranet, this machine).",
    )

    def build(self) -> Feed:
        """Return the feed as the rest of the house knows it."""
        return Feed(
            name=self.name,
            url=self.url,
            tags=tuple(self.tags),
            tier=self.tier,
            language=self.language,
            every=self.every,
            headers=tuple(self.headers.items()),
            auth=(self.auth.user, self.auth.password) if self.auth else None,
            ignore_hints=self.ignore_hints,
            paused=self.paused,
            on_first_poll=self.on_first_poll,
            allow_private=self.allow_private,
        )


class FetchModel(Model):
    """How feeds are fetched and how often."""

    interval: Annotated[timedelta, lasting("1s", "30d")] = Field(
        default=_D.interval, description="The base of the adaptive interval."
    )
    min_interval: Annotated[timedelta, lasting("100ms", "30d")] = Field(
        default=_D.min_interval, description="Never ask a feed more often than this."
    )
    max_interval: Annotated[timedelta, lasting("1s", "30d")] = Field(
        default=_D.max_interval, description="Ask even a sleepy feed at least this often."
    )
    deadline: Annotated[timedelta, lasting("1s", "10m")] = Field(
        default=_D.deadline, description="Total time one poll may take."
    )
    host_spacing: Annotated[timedelta, lasting("0s", "1h")] = Field(
        default=_D.host_spacing, description="Pause between two requests to one host."
    )
    per_host: Annotated[int, whole(1, 100)] = Field(
        default=_D.per_host, description="Requests to one host at a time."
    )
    hold_host: Truth = Field(
        default=_D.hold_host,
        description="What one feed is told with a 429 or 503 and Retry-After puts off its host's other "
        "feeds too, up to 24 h and 1 h; `false` for a host that serves many sites' feeds.",
    )
    concurrency: Annotated[int, whole(1, 1000)] = Field(
        default=_D.concurrency, description="Polls at a time, in all."
    )
    max_bytes: Annotated[int, whole(1_000, 1_000_000_000)] = Field(
        default=_D.max_bytes, description="The largest body that is read, in bytes, decoded."
    )
    allow_private: Annotated[list[Text], Many] = Field(
        default=[],
        description="Hosts (`name` or `name:port`) on private addresses that feeds and webhooks may ask; "
        '`"*"` allows all.',
    )
    proxy: Secret | None = Field(
        default=None, description="An HTTP proxy; nothing is taken from the environment."
    )

    def build(self) -> FetchSettings:
        """Return the settings."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return FetchSettings(**(values | {"allow_private": tuple(self.allow_private)}))
