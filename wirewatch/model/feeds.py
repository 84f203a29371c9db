"""What is polled, how it has behaved, and what it said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class FirstPoll(StrEnum):
    """What becomes of the entries that are already there when a feed is polled first."""

    DIGEST = "digest"
    IGNORE = "ignore"
    ALERT = "alert"


class Health(StrEnum):
    """How a feed is, in one word."""

    NEW = "new"
    HEALTHY = "healthy"
    LATE = "late"
    FAILING = "failing"
    BLOCKED = "blocked"
    GONE = "gone"
    QUIET = "quiet"
    CHURNING = "churning"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Feed:
    """A polled URL with a name, as configured.

    Attributes:
        name: Unique; the feed's identity in the database, so that its URL may change.
        tier: 1 (agencies) to 5; rules and digests may look at it.
        every: Asked for by the user; None adapts.
        headers: Sent with each request; values may be secrets.
        auth: User and password for HTTP basic authentication.
        ignore_hints: Don't let ttl, skipHours, max-age and the like slow the feed down.
    """

    name: str
    url: str
    tags: tuple[str, ...] = ()
    tier: int = 3
    language: str | None = None
    every: timedelta | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)
    ignore_hints: bool = False
    paused: bool = False
    on_first_poll: FirstPoll = FirstPoll.DIGEST
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "anything new since?" with; opaque, sent back verbatim."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Hints:
    """How soon a server or a document wants to be asked again; None where it does not say.

    Attributes:
        retry_after: From Retry-After; honoured up to 7 days.
        max_age: From Cache-Control or Expires, the age already subtracted; counts up to 6 h.
        ttl: From `<ttl>` or sy:updatePeriod; counts up to 6 h.
        skip_hours: Hours of the day (0–23, UTC) in which not to ask.
        skip_days: Days of the week (Monday is 0, UTC) on which not to ask.
    """

    retry_after: timedelta | None = None
    max_age: timedelta | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is remembered of a feed between polls; one row in the database.

    All times are aware and UTC.

    Attributes:
        url: Where to ask: the configured URL, or what permanent redirects made of it.
        configured_url: The URL this state was made for; another one starts over.
        body_hash: SHA-256 of the last well-parsed body, hex.
        interval: The present polling interval.
        failures: Polls that failed in a row.
        failing_since: The first of them.
        error_kind, error: The last failure, None after a success.
        redirect_to, redirect_count, redirect_since: Permanent redirects seen in a row.
        unconditional_at: The last time it was asked without validators.
        hints: Of the last answer.
        baseline_at: When its backlog was taken in; None before the first good poll.
        arrivals: First-seen times of its latest new articles, newest last (at most 50).
        churned_at: When its known entries last came back under new ids.
        health, health_since, health_told: The present state, since when, and the state the user knows of.
    """

    feed: str
    url: str
    configured_url: str
    validators: Validators = Validators()
    body_hash: str | None = None
    next_poll_at: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    last_new_at: datetime | None = None
    interval: timedelta = timedelta(minutes=15)
    failures: int = 0
    failing_since: datetime | None = None
    error_kind: str | None = None
    error: str | None = None
    redirect_to: str | None = None
    redirect_count: int = 0
    redirect_since: datetime | None = None
    unconditional_at: datetime | None = None
    hints: Hints = Hints()
    baseline_at: datetime | None = None
    arrivals: tuple[datetime, ...] = ()
    health: Health = Health.NEW
    health_since: datetime | None = None
    health_told: Health = Health.NEW
    disabled: bool = False
    churned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body, and what came with it.

    Attributes:
        url: Where it came from, after redirects.
        body: Decoded (gzip undone), at most the configured size.
        permanent_url: Where a chain of permanent redirects leads, or None.
        complete: False when the connection ended before the announced length.
    """

    url: str
    body: bytes
    content_type: str | None
    validators: Validators
    hints: Hints
    permanent_url: str | None = None
    status: int = 200
    complete: bool = True
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: nothing new; whatever validators it carries replace the stored ones."""

    url: str
    validators: Validators
    hints: Hints
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the feed said it: untrusted, HTML and all.

    Attributes:
        guid: The feed's own id, verbatim, or None.
        link: Absolute, or None.
        published, updated: Aware UTC, or None when absent, absurd or unreadable.
        position: Its place in the document, from 0.
        fingerprint: Hash of the entry as it stood in the document; "" when not known.
    """

    guid: str | None
    link: str | None
    title: str
    summary: str
    content: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    position: int = 0
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A whole document.

    Attributes:
        entries: In document order.
        listed: Keys of stored entries that the pre-scan dropped: still listed, never forgotten.
        warnings: What was wrong with it, in sentences ("truncated: dropped the last entry").
    """

    title: str
    link: str | None
    language: str | None
    entries: tuple[Entry, ...]
    hints: Hints = Hints()
    listed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
