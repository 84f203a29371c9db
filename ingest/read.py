"""From a body to articles: pre-scan, parse, normalise; what a worker process is given to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.normalise import normalise
from ingest.parse import document_hints, drop_half_entry, parse, parse_plain
from ingest.prescan import Scan, prescan
from ingest.urls import source_of
from wirewatch.model import Article, Feed, Fetched, ParsedFeed


@dataclass(frozen=True, slots=True)
class Read:
    """What a document holds.

    Attributes:
        articles: Of the entries that are not stored already, in document order.
        feed: Everything but the entries.
    """

    articles: tuple[Article, ...]
    feed: ParsedFeed


def scan(fetched: Fetched, listed: Mapping[str, str]) -> Scan:
    """Leave out what is stored already; cheap enough for the event loop up to a megabyte or so."""
    return prescan(fetched.body, listed, url=fetched.url)


def read_scanned(fetched: Fetched, scanned: Scan, feed: Feed, *, now: datetime) -> Read:
    """Parse what the pre-scan left, and normalise it.

    Args:
        fetched: The answer.
        scanned: Of its body.
        feed: As configured.
        now: Aware, UTC: when these entries are first seen.

    Raises:
        ParseError: It is no feed.
    """
    if nothing := _nothing_new(fetched, scanned):
        return nothing
    parsed = parse(
        scanned.rest,
        url=fetched.url,
        content_type=fetched.content_type,
        complete=fetched.complete,
        headers=fetched.headers,
        resolve_html=False,
    )
    return _normalised(parsed, fetched, scanned, feed, now)


def read_here(fetched: Fetched, scanned: Scan, feed: Feed, *, now: datetime) -> Read | None:
    """Do the same, without feedparser: None for what only that can read."""
    if nothing := _nothing_new(fetched, scanned):
        return nothing
    parsed = parse_plain(
        scanned.rest,
        url=fetched.url,
        content_type=fetched.content_type,
        complete=fetched.complete,
    )
    return None if parsed is None else _normalised(parsed, fetched, scanned, feed, now)


def _nothing_new(fetched: Fetched, scanned: Scan) -> Read | None:
    if not scanned.left_out or scanned.hashes:
        return None
    _, cut = drop_half_entry(fetched.body, complete=fetched.complete)
    hints = document_hints(fetched.body)
    return Read((), ParsedFeed("", None, None, (), hints, scanned.listed, cut))


def _normalised(
    parsed: ParsedFeed, fetched: Fetched, scanned: Scan, feed: Feed, now: datetime
) -> Read:
    entries = parsed.entries
    if len(entries) == len(scanned.hashes):
        entries = tuple(
            replace(entry, fingerprint=fingerprint)
            for entry, fingerprint in zip(entries, scanned.hashes, strict=True)
        )
    articles = tuple(
        normalise(entry, feed, first_seen_at=now, feed_language=parsed.language)
        for entry in entries
    )
    hints = document_hints(fetched.body)
    return Read(articles, replace(parsed, entries=(), hints=hints, listed=scanned.listed))


def read(fetched: Fetched, listed: Mapping[str, str], feed: Feed, *, now: datetime) -> Read:
    """Do all of it: what a worker does with a large document."""
    return read_scanned(fetched, scan(fetched, listed), feed, now=now)


def warm_up() -> None:
    """Load what reading needs: feedparser, the list of public suffixes; a fifth of a second."""
    parse(b"<rss version='2.0'/>", url="https://example.org/")
    source_of("https://example.org/")
