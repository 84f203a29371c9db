"""Builders: the least a test has to say to get a whole thing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wirewatch.model import Article, Entry, Feed

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def an_article(title: str = "A headline", **changes: Any) -> Article:
    """An article of the outlet `example.org`, first seen at NOON."""
    values: dict[str, Any] = {
        "feed": "Example",
        "source": "example.org",
        "title": title,
        "summary": "",
        "body": "",
        "url": "https://example.org/a",
        "guid_key": f"guid-{title}",
        "link_key": None,
        "first_seen_at": NOON,
        "content_hash": f"hash-{title}-{changes.get('summary', '')}-{changes.get('body', '')}",
    }
    return Article(**(values | changes))


def an_entry(title: str = "A headline", **changes: Any) -> Entry:
    """An entry with a guid of its own."""
    values: dict[str, Any] = {
        "guid": f"guid-{title}",
        "link": "https://example.org/a",
        "title": title,
        "summary": "",
    }
    return Entry(**(values | changes))


def a_feed(name: str = "Example", **changes: Any) -> Feed:
    """A feed at `https://example.org/rss.xml`."""
    return Feed(**({"name": name, "url": "https://example.org/rss.xml"} | changes))
