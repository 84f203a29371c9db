"""Builders: the least a test has to say to get a whole thing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wirewatch.model import (
    Article,
    Entry,
    Feed,
    Field,
    GroupSpec,
    Join,
    Match,
    Placement,
    Relation,
    RuleSpec,
    Severity,
    Span,
)

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


def a_match(rule_id: str = "strike", **changes: Any) -> Match:
    """A high match on the first word of the title."""
    values: dict[str, Any] = {
        "rule_id": rule_id,
        "rule_hash": "r1",
        "severity": Severity.HIGH,
        "spans": (Span("attack", Field.TITLE, 0, 1, "A", "a"),),
    }
    return Match(**(values | changes))


def a_rule(rule_id: str = "strike", **changes: Any) -> RuleSpec:
    """A rule with one group."""
    group = GroupSpec("attack", ("rules", 0, "match", "attack"), ())
    return RuleSpec(**({"id": rule_id, "path": ("rules", 0), "match": (group,)} | changes))


def a_placement(story_id: int = 1, join: Join = Join.FOUNDED, **changes: Any) -> Placement:
    """An article that founded story 1."""
    values: dict[str, Any] = {
        "story_id": story_id,
        "join": join,
        "relation": Relation.NEW,
        "copy_of": None,
        "p": 1.0,
        "why": "shares 9 words",
    }
    return Placement(**(values | changes))
