"""One round for one feed: ask, and read what comes; decisions about it are made elsewhere.

The gates, cheapest first: 304, the same body as last time, entries that stand unchanged, and only
then feedparser: here when little is left, else in a worker process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

from ingest.fetch import fetch
from ingest.hosts import Held, HostGate
from ingest.pace import host_hold
from ingest.prescan import has_entities
from ingest.read import Read, read, read_here, read_scanned, scan
from ingest.redirects import after_redirect
from ingest.workers import Workers
from wirewatch.errors import FeedError, ParseError
from wirewatch.http import Client, Resolver, make_client
from wirewatch.model import (
    Article,
    Feed,
    FeedState,
    Fetched,
    FetchSettings,
    Hints,
    NotModified,
    Validators,
)

UNCONDITIONAL_EVERY = timedelta(hours=24)
SCANNED_HERE = (
    300_000  # bytes; the pre-scan of an ordinary one takes a millisecond, of the worst 50
)
PLAIN_HERE = 50_000  # bytes; without feedparser, as most are: the worst take 60 ms
ENTRIES_HERE = 200  # likewise; each takes a tenth of a millisecond
PARSED_HERE = 12_000  # bytes; the worst of them hold the event loop for less than 100 ms

Listed = Mapping[str, str] | Callable[[], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll brought.

    Attributes:
        state: Validators, body hash, redirects and the like as they are now; health, pace and the next
            poll are decided later.
        articles: Of entries that don't stand unchanged in the document; ids are 0.
        listed: Keys of those that do: still listed, never to be forgotten.
        outcome: `parsed`, `unchanged`, `not_modified`, `held`, or the kind of error.
        hints: Of the answer and the document.
        held_until: Nothing was asked: another feed of the host was told to come back then.
    """

    feed: Feed
    state: FeedState
    articles: tuple[Article, ...] = ()
    listed: tuple[str, ...] = ()
    outcome: str = "parsed"
    error: FeedError | None = None
    warnings: tuple[str, ...] = ()
    hints: Hints = field(default_factory=Hints)
    held_until: datetime | None = None

    @classmethod
    def failed(cls, feed: Feed, state: FeedState, error: FeedError) -> Self:
        """A poll that brought nothing but an error; what is remembered stays."""
        return cls(feed, state, outcome=error.kind, error=error)


class Poller:
    """Owns the client, the manners towards hosts, and the worker processes."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        contact: str,
        allow_private: Collection[str] = (),
        resolver: Resolver | None = None,
        workers: Workers | None = None,
        client: Client | None = None,
    ) -> None:
        """Make what polls share; nothing is opened or started yet.

        Args:
            settings: Deadline, size, manners.
            contact: For the User-Agent.
            allow_private: See `make_client`.
            resolver: See `make_client`.
            workers: To share a pool, or set its limits.
            client: To share one; it is closed with this Poller.
        """
        self.settings = settings
        self.client = client or make_client(
            settings, contact=contact, allow_private=allow_private, resolver=resolver
        )
        self._gate = HostGate(
            per_host=settings.per_host, spacing_s=settings.host_spacing.total_seconds()
        )
        self._workers = workers or Workers()

    async def poll(
        self, feed: Feed, state: FeedState | None, listed: Listed, *, now: datetime
    ) -> Polled:
        """Ask for a feed once, due or not; a failure comes back as `Polled.error`.

        Args:
            feed: As configured.
            state: What is remembered of it; None for a new one.
            listed: Keys its last document listed, with the hashes of their entries
                (`store.articles.listed_keys`), or how to get them when they are needed.
            now: Aware, UTC.
        """
        if state is None or state.configured_url != feed.url:
            state = FeedState(feed=feed.name, url=feed.url, configured_url=feed.url)
        try:
            return await self._poll(feed, state, listed, now)
        except Held as held:
            until = now + timedelta(seconds=held.for_s)
            return Polled(feed, state, outcome="held", held_until=until)
        except FeedError as error:
            hold = host_hold(error) if self.settings.hold_host else timedelta()
            if hold:
                self._gate.hold(error.url or state.url, hold.total_seconds())
            return Polled.failed(feed, state, error)

    async def _poll(self, feed: Feed, state: FeedState, listed: Listed, now: datetime) -> Polled:
        validators = validators_for(state, now=now)
        async with self._gate.turn(state.url):
            answer = await fetch(
                self.client,
                url=state.url,
                validators=validators,
                settings=self.settings,
                headers=feed.headers,
                auth=feed.auth,
                now=now,
                allow_private=feed.allow_private,
            )
        if validators == Validators():
            state = replace(state, unconditional_at=now)
        if isinstance(answer, NotModified):
            return _not_modified(feed, state, answer, now)
        body_hash = sha256(answer.body).hexdigest()
        if body_hash == state.body_hash and answer.complete:
            return _unchanged(feed, state, answer, now)
        found = await self._read(feed, answer, listed() if callable(listed) else listed, now)
        state = replace(
            after_redirect(state, answer.permanent_url, now=now),
            validators=answer.validators,
            body_hash=body_hash if answer.complete else None,
        )
        return Polled(
            feed,
            state,
            articles=found.articles,
            listed=found.feed.listed,
            warnings=found.feed.warnings,
            hints=_merged(answer.hints, found.feed.hints),
        )

    async def _read(
        self, feed: Feed, answer: Fetched, listed: Mapping[str, str], now: datetime
    ) -> Read:
        with _naming(answer.url):
            if len(answer.body) > SCANNED_HERE:
                return await self._workers.run(read, answer, listed, feed, now=now)
            scanned = scan(answer, listed)
            nothing_new = scanned.left_out and not scanned.hashes
            few = len(scanned.rest) <= PLAIN_HERE and len(scanned.hashes) <= ENTRIES_HERE
            if (few and scanned.hashes) or nothing_new:
                found = read_here(answer, scanned, feed, now=now)
                if found is not None:
                    return found
            if len(scanned.rest) <= PARSED_HERE and not has_entities(scanned.rest):
                return read_scanned(answer, scanned, feed, now=now)
            return await self._workers.run(read_scanned, answer, scanned, feed, now=now)

    async def close(self) -> None:
        """Close connections and end the workers."""
        with suppress(asyncio.CancelledError):
            await self.client.aclose()
        await self._workers.close()


class _naming:  # noqa: N801 - reads as a statement
    """Give a ParseError that came out of a worker its URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ParseError) and not error.url:
            error.url = self._url


def validators_for(state: FeedState, *, now: datetime) -> Validators:
    """Return what to ask with: nothing about once a day, so that a stuck validator is found out."""
    if state.unconditional_at is None or now - state.unconditional_at >= UNCONDITIONAL_EVERY:
        return Validators()
    return state.validators


def _not_modified(feed: Feed, state: FeedState, answer: NotModified, now: datetime) -> Polled:
    # A 304 may carry a new ETag (RFC 9110, 15.4.5): whichever validator it has replaces ours.
    validators = Validators(
        etag=answer.validators.etag or state.validators.etag,
        last_modified=answer.validators.last_modified or state.validators.last_modified,
    )
    state = replace(after_redirect(state, answer.permanent_url, now=now), validators=validators)
    hints = _merged(answer.hints, state.hints)
    return Polled(feed, state, outcome="not_modified", hints=hints)


def _unchanged(feed: Feed, state: FeedState, answer: Fetched, now: datetime) -> Polled:
    # The same body under new validators: they are stored all the same, or the feed would be
    # asked unconditionally for ever.
    state = replace(
        after_redirect(state, answer.permanent_url, now=now), validators=answer.validators
    )
    return Polled(feed, state, outcome="unchanged", hints=_merged(answer.hints, state.hints))


def _merged(http: Hints, document: Hints) -> Hints:
    """What the answer says, and what the document says of itself (or said last)."""
    return replace(
        http, ttl=document.ttl, skip_hours=document.skip_hours, skip_days=document.skip_days
    )
