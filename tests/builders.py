"""Builders: the least a test has to say to get a whole thing."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from wirewatch.model import (
    Alert,
    Article,
    Coverage,
    DigestArticle,
    DigestMatch,
    DigestStory,
    DigestView,
    Disposition,
    EmailChannel,
    Entry,
    Facts,
    Feed,
    Field,
    GroupSpec,
    Join,
    Match,
    MatchedArticle,
    Message,
    MessageKind,
    Outlet,
    Placement,
    Reason,
    Relation,
    RuleSpec,
    Severity,
    Span,
    StoryView,
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


def a_message(key: str = "alert:1", **changes: Any) -> Message:
    """A mail from the channel `desk` to a@example.org, made at NOON; its uid follows from its key."""
    values: dict[str, Any] = {
        "uid": "msg_" + hashlib.sha256(key.encode()).hexdigest()[:24],
        "dedup_key": key,
        "channel": "desk",
        "recipient": "a@example.org",
        "kind": MessageKind.ALERT,
        "subject": "A subject",
        "content_type": "message/rfc822",
        "created_at": NOON,
    }
    values |= changes
    values.setdefault(
        "payload",
        f"Message-ID: <{values['uid']}@example.org>\r\nFrom: w@example.org\r\nTo: a@example.org\r\n"
        f"Subject: {values['subject']}\r\n\r\nA text.\r\n".encode(),
    )
    return Message(**values)


def an_event_message(key: str = "alert:1", **changes: Any) -> Message:
    """The same as an event for the webhook channel `ops`."""
    values: dict[str, Any] = {
        "channel": "ops",
        "recipient": "ops",
        "payload": b'{"specversion":"1.0","data":{"headline":"A headline"}}',
        "content_type": "application/json",
    }
    return a_message(key, **(values | changes))


def a_story(headline: str = "Drone attack on a base near Erbil", **changes: Any) -> StoryView:
    """A story of one article from one outlet."""
    values: dict[str, Any] = {
        "id": 1,
        "headline": headline,
        "url": "https://example.org/a",
        "language": "en",
        "founded_at": NOON,
        "last_at": NOON,
        "article_count": 1,
        "source_count": 1,
        "independent_count": 1,
        "outlets": (
            Outlet(
                source="example.org",
                feed="Example",
                title=headline,
                url="https://example.org/a",
                first_seen_at=NOON,
                published_at=NOON,
                article_id=1,
                independent=True,
            ),
        ),
    }
    return StoryView(**(values | changes))


def an_alert(**changes: Any) -> Alert:
    """The first alert of a story, by rule `strike`."""
    cause = MatchedArticle(
        an_article("Drone attack on a base near Erbil", id=1), (a_match(),), Facts()
    )
    values: dict[str, Any] = {
        "id": 1,
        "rule_id": "strike",
        "rule_title": "Strikes",
        "rule_hash": "v1",
        "severity": Severity.HIGH,
        "story": a_story(),
        "causes": (cause,),
        "reasons": (Reason.FIRST_SIGHT,),
        "updates": (),
        "detail": "",
        "matched_at": NOON,
        "composed_at": NOON,
    }
    return Alert(**(values | changes))


def a_digest_view(stories: tuple[DigestStory, ...] = (), **changes: Any) -> DigestView:
    """An empty morning digest on time, all feeds well."""
    values: dict[str, Any] = {
        "id": 1,
        "name": "morning",
        "slot": "2026-03-09 07:00",
        "timezone": "UTC",
        "covers_from": None,
        "covers_to": NOON,
        "late_by": None,
        "stories": stories,
        "held_back": (),
        "excluded": (),
        "coverage": Coverage(article_count=9, feed_count=2, healthy_count=2, notes=()),
        "trends": (),
        "notices": (),
    }
    return DigestView(**(values | changes))


def a_digest_story(n: int = 1, **changes: Any) -> DigestStory:
    """Story number `n` with one matching article."""
    article = an_article(f"Strike number {n}", id=n)
    match = DigestMatch("strike", "Strikes", Severity.HIGH, a_match(), NOON, Disposition())
    values: dict[str, Any] = {
        "story": a_story(f"Strike number {n}", id=n),
        "articles": (DigestArticle(article, Facts(), (match,)),),
        "severity": Severity.HIGH,
        "is_new": True,
    }
    return DigestStory(**(values | changes))


def a_mail_channel(port: int, **changes: Any) -> EmailChannel:
    """The channel `desk`: to a@example.org over an unencrypted server on loopback."""
    values: dict[str, Any] = {
        "name": "desk",
        "to": ("a@example.org",),
        "sender": "wirewatch <w@example.org>",
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "timeout": timedelta(seconds=5),
    }
    return EmailChannel(**(values | changes))
