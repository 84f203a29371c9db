"""Try feeds without storing anything: what `feeds add` and `feeds check` say of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ingest.discover import Found, find_feeds
from ingest.fetch import fetch
from ingest.hosts import HostGate
from ingest.parse import document_hints, parse
from ingest.workers import Workers
from wirewatch.errors import FeedError
from wirewatch.http import Client
from wirewatch.model import Feed, Fetched, FetchSettings, ParsedFeed


class Now(Protocol):
    """A clock, as far as a trial needs it."""

    def now(self) -> datetime:
        """Return the present, aware, UTC."""

    def monotonic(self) -> float:
        """Return seconds that never step back."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a feed did.

    Attributes:
        verdict: "ok", "moved" (for good, to `moved_to`), "empty list", or the kind of failure.
        entry_count: How many entries it listed.
        newest_at: The newest date they say, or None.
        feeds: What the page names, where a page was given instead of a feed.
        advice: What to do about it, or "".
    """

    feed: Feed
    verdict: str
    problem: str = ""
    title: str = ""
    language: str | None = None
    entry_count: int = 0
    newest_at: datetime | None = None
    took_s: float = 0.0
    moved_to: str | None = None
    feeds: tuple[Found, ...] = ()
    advice: str = ""

    @property
    def is_good(self) -> bool:
        """Can it be read?"""
        return self.verdict in {"ok", "moved", "empty list"}


async def try_feed(
    client: Client, feed: Feed, settings: FetchSettings, *, clock: Now, workers: Workers
) -> Verdict:
    """Fetch and read a feed once.

    Args:
        client: From `make_client`.
        feed: As configured, or as it would be.
        settings: Deadline and size.
        clock: For the time and how long it took.
        workers: Parse what comes, under their limits.
    """
    start = clock.monotonic()
    answer: Fetched | None = None
    try:
        fetched = await fetch(
            client,
            url=feed.url,
            validators=None,
            settings=settings,
            now=clock.now(),
            headers=feed.headers,
            auth=feed.auth,
            allow_private=feed.allow_private,
        )
        assert isinstance(fetched, Fetched)
        answer = fetched
        parsed = await workers.run(
            parse,
            answer.body,
            url=answer.url,
            content_type=answer.content_type,
            complete=answer.complete,
            headers=answer.headers,
        )
    except FeedError as error:
        page = answer.body if answer is not None and error.kind == "not-a-feed" else b""
        found = tuple(find_feeds(page, url=answer.url)) if answer and page else ()
        return Verdict(
            feed,
            error.kind,
            problem=error.problem,
            took_s=clock.monotonic() - start,
            feeds=found,
            advice=_advice(error.kind, found),
        )
    return _good(feed, answer, parsed, clock.monotonic() - start)


def _good(feed: Feed, answer: Fetched, parsed: ParsedFeed, took_s: float) -> Verdict:
    dates = [each.published or each.updated for each in parsed.entries]
    moved = answer.permanent_url if answer.permanent_url != feed.url else None
    ttl = document_hints(answer.body).ttl
    advice = ""
    if moved:
        advice = f"change its url to {moved}"
    elif ttl and feed.every and feed.every < ttl and not feed.ignore_hints:
        advice = f"it asks to be polled every {ttl} only; `ignore_hints: true` would not listen"
    return Verdict(
        feed,
        "moved" if moved else "ok" if parsed.entries else "empty list",
        problem="; ".join(parsed.warnings),
        title=parsed.title,
        language=parsed.language,
        entry_count=len(parsed.entries),
        newest_at=max(filter(None, dates), default=None),
        took_s=took_s,
        moved_to=moved,
        advice=advice,
    )


def _advice(kind: str, found: tuple[Found, ...]) -> str:
    if found:
        return f"a page that names feeds: {found[0].url}" + (" …" if len(found) > 1 else "")
    match kind:
        case "gone":
            return "gone for good: delete it, or find its new address"
        case "blocked":
            return "the publisher turns programs away: set contact:, or use another feed of theirs"
        case "refused":
            return "allow_private: true at the feed allows a private address"
        case "dns":
            return "check the host's name, and this machine's DNS"
        case "tls":
            return "the server's certificate is not trusted; open the URL in a browser"
        case _:
            return ""


async def try_all(
    client: Client, feeds: Iterable[Feed], settings: FetchSettings, *, clock: Now, workers: Workers
) -> AsyncGenerator[Verdict, None]:
    """Yield verdicts as they come, with the service's manners towards hosts.

    Args:
        client: From `make_client`.
        feeds: As configured.
        settings: Deadline, size, manners.
        clock: See `try_feed`.
        workers: See `try_feed`.
    """
    gate = HostGate(per_host=settings.per_host, spacing_s=settings.host_spacing.total_seconds())
    slots = asyncio.Semaphore(min(settings.concurrency, 32))

    async def one(feed: Feed) -> Verdict:
        async with gate.turn(feed.url), slots:
            return await try_feed(client, feed, settings, clock=clock, workers=workers)

    tasks = [asyncio.create_task(one(feed)) for feed in feeds]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()
