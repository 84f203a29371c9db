"""The JSON bodies of webhooks: a CloudEvents 1.0 event each, which Standard Webhooks signs as it is.

Deterministic: the same alert or digest gives the same bytes. A body stays under 20 kB (Standard
Webhooks' advice) by leaving out, from the least important end, what does not fit; `truncated` then
says so, and totals stay true. The shapes are in `alerts/schemas/*.json`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from wirewatch.model import (
    Alert,
    DigestMatch,
    DigestStory,
    DigestView,
    MatchedArticle,
    Span,
    StoryFacts,
    StoryView,
    SystemNotice,
    Update,
)

LIMIT_BYTES = 20_000
SOURCE = "urn:wirewatch"
_TITLE, _TEXT = 300, 600
Json = dict[str, Any]  # what JSON holds


def alert_event(alert: Alert, *, uid: str, at: datetime) -> bytes:
    """Return the body of an `alert.v1` event.

    Args:
        alert: What to tell.
        uid: The message's identity: the event's `id` and the `webhook-id`.
        at: The event's time, aware.
    """

    def body(keep: _Keep) -> Json:
        causes = alert.causes[-keep.rows :] if keep.rows else ()
        return {
            "alert": alert.id,
            "rule": {
                "id": alert.rule_id,
                "title": alert.rule_title,
                "severity": alert.severity.value,
                "hash": alert.rule_hash,
                "tags": list(alert.tags),
                "owner": _cut(alert.owner, _TITLE),
            },
            "also": [
                {
                    "id": each.rule_id,
                    "title": each.rule_title,
                    "severity": each.severity.value,
                    "hash": each.rule_hash,
                }
                for each in alert.also[: keep.details]
            ],
            "reasons": [reason.value for reason in alert.reasons],
            "detail": _cut(alert.detail, _TEXT),
            "note": _cut(alert.note, _TEXT),
            "story": _story(alert.story, keep),
            "updates": _updates(alert.updates[: keep.details]),
            "articles": [_cause(each, keep) for each in causes],
            "articles_total": len(alert.causes),
            "matched_at": _time(alert.matched_at),
            "composed_at": _time(alert.composed_at),
            "truncated": len(causes) < len(alert.causes) or keep.is_less,
        }

    return _event("alert.v1", uid, at, f"rule/{alert.rule_id}", body)


def digest_event(view: DigestView, *, uid: str, at: datetime) -> bytes:
    """Return the body of a `digest.v1` event; stories in the digest's own order, first ones kept."""

    def body(keep: _Keep) -> Json:
        stories = view.stories[: keep.rows]
        notes = view.coverage.notes[: keep.details]
        notices = view.notices[: keep.details]
        return {
            "digest": view.name,
            "slot": view.slot,
            "timezone": view.timezone,
            "covers": {"from": _time(view.covers_from), "to": _time(view.covers_to)},
            "late_by_s": None if view.late_by is None else view.late_by / timedelta(seconds=1),
            "stories": [_digest_story(each, keep) for each in stories],
            "stories_total": len(view.stories),
            "matches_total": sum(
                len(article.matches) for each in view.stories for article in each.articles
            ),
            "held_back": {reason.value: count for reason, count in view.held_back},
            "excluded_total": sum(count for _, _, count in view.excluded),
            "coverage": {
                "articles": view.coverage.article_count,
                "feeds": view.coverage.feed_count,
                "healthy": view.coverage.healthy_count,
                "unwell": [
                    {
                        "feed": note.feed,
                        "health": note.health.value,
                        "since": _time(note.since),
                        "problem": _cut(note.problem, _TITLE),
                    }
                    for note in notes
                ],
            },
            "notices": [_cut(notice, _TITLE) for notice in notices],
            "truncated": len(stories) < len(view.stories)
            or keep.is_less
            or len(notes) < len(view.coverage.notes)
            or len(notices) < len(view.notices),
        }

    return _event("digest.v1", uid, at, f"digest/{view.name}", body)


def system_event(notice: SystemNotice, *, uid: str, at: datetime) -> bytes:
    """Return the body of a `system.v1` event: news about wirewatch itself."""

    def body(keep: _Keep) -> Json:
        room = _TEXT * 20 // (1 + _STEPS.index(keep))
        return {
            "key": notice.key,
            "title": _cut(notice.title, _TITLE),
            "text": _cut(notice.text, room),
            "severity": notice.severity.value,
            "at": _time(notice.at),
            "truncated": len(notice.text) > room,
        }

    return _event("system.v1", uid, at, f"system/{_cut(notice.key, _TITLE)}", body)


class _Keep:
    """How much of long lists to keep."""

    def __init__(self, rows: int, details: int, text: int) -> None:
        self.rows, self.details, self.text = rows, details, text

    @property
    def is_less(self) -> bool:
        return self is not _STEPS[0]


# Fewer rows before thinner ones: a reader of 20 whole stories is better served than one of 100 titles.
_STEPS = (
    *(_Keep(rows, 20, _TEXT) for rows in (100, 50, 30, 20, 15, 10)),
    *(_Keep(rows, 8, _TITLE) for rows in (10, 6, 4, 3)),
    *(_Keep(rows, 3, 100) for rows in (3, 2, 1)),
    _Keep(0, 0, 60),
)


def _event(kind: str, uid: str, at: datetime, subject: str, data: Callable[[_Keep], Json]) -> bytes:
    body = b""
    for keep in _STEPS:
        body = _dump(
            {
                "specversion": "1.0",
                "id": uid,
                "source": SOURCE,
                "type": kind,
                "time": _time(at),
                "timestamp": _time(at),
                "datacontenttype": "application/json",
                "subject": subject,
                "data": data(keep),
            }
        )
        if len(body) < LIMIT_BYTES:
            break
    return body


def _story(story: StoryView, keep: _Keep) -> Json:
    outlets = story.outlets[: keep.details]
    return {
        "id": story.id,
        "headline": _cut(story.headline, _TITLE),
        "url": _url(story.url),
        "language": story.language,
        "first_seen_at": _time(story.founded_at),
        "last_seen_at": _time(story.last_at),
        "articles": story.article_count,
        "sources": story.source_count,
        "independent_sources": story.independent_count,
        "outlets": [
            {
                "source": outlet.source,
                "title": _cut(outlet.title, min(keep.text, _TITLE)),
                "url": _url(outlet.url),
                "independent": outlet.independent,
            }
            for outlet in outlets
        ],
        "facts": _facts(story.facts, keep),
    }


def _facts(facts: StoryFacts, keep: _Keep) -> Json:
    return {
        "killed": _range(facts.killed),
        "injured": _range(facts.injured),
        "countries": list(facts.countries[: keep.details]),
        "places": [_cut(place, 100) for place in facts.places[: keep.details]],
        "actors": [_cut(actor, 100) for actor in facts.actors[: keep.details]],
        "event_date": facts.event_date.isoformat() if facts.event_date else None,
        "status": facts.status.value if facts.status else None,
    }


def _range(pair: tuple[int | None, int | None] | None) -> Json | None:
    return None if pair is None else {"min": pair[0], "max": pair[1]}


def _cause(cause: MatchedArticle, keep: _Keep) -> Json:
    spans = list(dict.fromkeys(span for match in cause.matches for span in match.spans))
    article = cause.article
    return {
        "title": _cut(article.title, _TITLE),
        "url": _url(article.url),
        "source": article.source,
        "feed": article.feed,
        "language": article.language,
        "published_at": _time(article.published_at),
        "first_seen_at": _time(article.first_seen_at),
        "summary": _cut(article.summary, keep.text),
        "why": _why(spans, keep),
    }


def _digest_story(story: DigestStory, keep: _Keep) -> Json:
    matches = [
        (article, match) for article in story.articles[: keep.details] for match in article.matches
    ]
    return {
        **_story(story.story, keep),
        "severity": story.severity.value,
        "is_new": story.is_new,
        "updates": _updates(story.updates[: keep.details]),
        "matches": [
            {
                "title": _cut(article.article.title, _TITLE),
                "url": _url(article.article.url),
                "source": article.article.source,
                **_match(match, keep),
            }
            for article, match in matches[: keep.details]
        ],
    }


def _match(match: DigestMatch, keep: _Keep) -> Json:
    told = match.disposition
    return {
        "rule": match.rule_id,
        "severity": match.severity.value,
        "matched_at": _time(match.matched_at),
        "told_at": _time(told.told_at),
        "held_back": told.held.value if told.held else None,
        "why": _why(match.match.spans, keep),
    }


def _why(spans: Sequence[Span], keep: _Keep) -> list[Json]:
    return [
        {
            "group": span.group,
            "term": _cut(span.term or span.text, 100),
            "field": span.field.value,
            "start": span.start,
            "end": span.end,
            "text": _cut(span.text, 100),
        }
        for span in spans[: keep.details]
    ]


def _updates(updates: Sequence[Update]) -> list[Json]:
    return [
        {"kind": each.kind.value, "before": _cut(each.before, 100), "after": _cut(each.after, 100)}
        for each in updates
    ]


def _time(at: datetime | None) -> str | None:
    if at is None:
        return None
    utc = at.astimezone(UTC)
    return utc.isoformat(timespec="milliseconds" if utc.microsecond else "seconds").replace(
        "+00:00", "Z"
    )


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _url(url: str) -> str:
    """Half a URL leads astray: one too long to send is left out."""
    return url if len(url) <= 2000 else ""


def _dump(value: Json) -> bytes:
    # Lone surrogates can't be UTF-8; everything else is sent as it is.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="replace")
