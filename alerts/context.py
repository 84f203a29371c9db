"""The variables that templates see, made from an alert, a digest or a notice.

Everything that depends on a time zone, a limit or wording is settled here, so that a template only
places it. `docs/templates.md` lists every name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts import sentences, show
from wirewatch.model import (
    Alert,
    DigestMatch,
    DigestStory,
    DigestView,
    Outlet,
    Span,
    SystemNotice,
)
from wirewatch.text import clean_line

MAX_CAUSES = 6
GLANCE = 12
MAX_SOURCES = 8
MAX_URL = 1500
_MAX_EXCLUDED = 8
_MAX_PARAGRAPHS = 50

Context = dict[str, Any]


def of_alert(alert: Alert, *, timezone: str, unsubscribe: str = "") -> Context:
    """Return what the alert's templates see."""
    causes = alert.causes[-MAX_CAUSES:]
    own = sentences.own_article(alert)
    outlets = show.sources(alert.story.outlets, MAX_SOURCES)
    return {
        "subject": sentences.alert_subject(alert),
        "preview": sentences.alert_preview(alert),
        "alert": alert,
        "zone": timezone,
        "rules": _rules(alert),
        "why": sentences.why(alert),
        "story_title": show.title(sentences.headline_of(alert)),
        "story_dir": show.direction(sentences.headline_of(alert)),
        "story_url": link(own.url if own else alert.story.url),
        "card": show.card(alert.story.facts),
        "disputed": show.disputed(alert.story.facts),
        "causes": [_cause(cause, timezone, alert.composed_at) for cause in reversed(causes)],
        "more_causes": len(alert.causes) - len(causes),
        "source_line": sentences.sources(alert.story),
        "sources": [_outlet(outlet, timezone, alert.composed_at) for outlet in outlets],
        "more_sources": max(alert.story.source_count - len(outlets), 0) if outlets else 0,
        "latency": _latency(alert, timezone),
        "unsubscribe": unsubscribe,
    }


def _rules(alert: Alert) -> list[Context]:
    own = (alert.rule_id, alert.rule_title, alert.rule_hash)
    also = [(each.rule_id, each.rule_title, each.rule_hash) for each in alert.also]
    return [{"id": i, "title": show.title(title, 80), "hash": h} for i, title, h in (own, *also)]


def of_digest(
    view: DigestView, *, full: int, brief: int, unsubscribe: str = "", attached: str = ""
) -> Context:
    """Return what the digest's templates see.

    Args:
        view: The digest.
        full: So many stories are shown whole,
        brief: so many more as a line each; the rest is counted.
        unsubscribe: A link, or "".
        attached: Name of the attachment that lists the rest, or "".
    """
    shown, lines = view.stories[:full], view.stories[full : full + brief]
    left_out = len(view.stories) - len(shown) - len(lines)
    opening = sentences.opening(view)
    titles = {line.rule_id: show.title(line.rule_title, 60) for line in view.trends}
    return {
        "subject": sentences.digest_subject(view),
        "preview": clean_line(" ".join(opening), 160),
        "view": view,
        "heading": sentences.heading(view),
        "slot": sentences.slot_words(view),
        "zone": view.timezone,
        "counts": sentences.counts(view),
        "late": view.banner or sentences.late_line(view),
        "opening": opening,
        "glance": [brief_of(story, view) for story in shown[:GLANCE]]
        if len(shown) > GLANCE / 2
        else [],
        "more_stories": max(len(view.stories) - GLANCE, 0),
        "stories": [_story(story, view) for story in shown],
        "brief": [brief_of(story, view) for story in lines],
        "rest": sentences.rest_line(view.stories[full + brief :], attached) if left_out else "",
        "held_back": [(show.HELD[reason], count) for reason, count in view.held_back],
        "held_back_intro": sentences.held_back_intro(view),
        "excluded": [
            (titles.get(rule, show.title(rule, 60)), show.exclusion(by), count)
            for rule, by, count in view.excluded[:_MAX_EXCLUDED]
        ],
        "more_excluded": sum(count for *_, count in view.excluded[_MAX_EXCLUDED:]),
        "near_misses": [
            (
                titles.get(rule, show.title(rule, 60)),
                show.title(missing, 60),
                show.title(headline, 160),
                link(url),
            )
            for rule, missing, headline, url in view.near_misses[:20]
        ],
        "coverage": "" if view.banner else sentences.coverage_line(view),
        "feed_notes": sentences.feed_notes(view),
        "trends": [
            {
                "title": show.title(line.rule_title or line.rule_id, 80),
                "text": show.trend(line),
                "bars": show.bars(line.history, line.count),
            }
            for line in view.trends[:30]
        ],
        "notices": [clean_line(notice, 400) for notice in view.notices[:10]],
        "covers": sentences.covers(view),
        "unsubscribe": unsubscribe,
    }


def of_system(notice: SystemNotice, *, timezone: str, unsubscribe: str = "") -> Context:
    """Return what the templates of news about wirewatch itself see."""
    return {
        "subject": show.subject(f"[wirewatch] {notice.title}", 180),
        "preview": clean_line(notice.text, 160),
        "notice": notice,
        "zone": timezone,
        "paragraphs": _paragraphs(notice.text),
        "unsubscribe": unsubscribe,
    }


def _paragraphs(text: str) -> list[str]:
    """Lines of a notice, so many of such a length that any script stays within the budget."""
    parts = [clean_line(part, 400) for part in text.split("\n") if part.strip()]
    more = len(parts) - _MAX_PARAGRAPHS
    return [*parts[:_MAX_PARAGRAPHS], f"and {more} more lines"] if more > 0 else parts


def link(url: str) -> str:
    """Return a URL that may stand behind a link (http or https, not endless), else ""."""
    stripped = "".join(url.split())
    is_web = stripped[:8].lower().startswith(("http://", "https://"))
    return stripped if is_web and len(stripped) <= MAX_URL else ""


def _cause(cause: Any, timezone: str, reference: datetime) -> Context:  # noqa: ANN401 - MatchedArticle or DigestArticle
    article, spans = cause.article, _spans(cause.matches)
    text = show.snippet(article, spans, html=False)
    return {
        "id": article.id,
        "headline": show.headline(article, spans),
        "title": show.title(article.title),
        "dir": show.direction(article.title),
        "url": link(article.url),
        "snippet": show.snippet(article, spans, html=True),
        "text": text,
        "text_dir": show.direction(text),
        "source": show.title(article.source, 80),
        "published": show.clock(article.published_at, timezone, reference) if article.published_at else "",
        "seen": show.clock(article.first_seen_at, timezone, reference),
        "terms": show.terms(spans),
    }  # fmt: skip


def _spans(matches: Sequence[Any]) -> list[Span]:
    """Spans of Match or DigestMatch objects, in order."""
    return [span for each in matches for span in getattr(each, "match", each).spans]


def _outlet(outlet: Outlet, timezone: str, reference: datetime) -> Context:
    return {
        "name": show.title(outlet.source, 60),
        "link": link(outlet.url),
        "seen": show.clock(outlet.first_seen_at, timezone, reference),
        "independent": outlet.independent,
    }


def _latency(alert: Alert, timezone: str) -> str:
    article = alert.causes[0].article if alert.causes else None
    times = [
        article.published_at if article else None,
        article.first_seen_at if article else None,
        alert.matched_at,
        alert.composed_at,
    ]
    return " → ".join(show.clock(at, timezone, alert.composed_at) if at else "?" for at in times)


def _story(story: DigestStory, view: DigestView) -> Context:
    best = sentences.representative(story)
    spans = _spans(best.matches)
    every = [match for article in story.articles for match in article.matches]
    outlets = show.sources(story.story.outlets, MAX_SOURCES)
    text = show.snippet(best.article, spans, html=False)
    return {
        "id": story.story.id,
        "severity": story.severity.value,
        "rules": ", ".join(dict.fromkeys(show.title(m.rule_title, 80) for m in every)),
        "is_new": story.is_new,
        "headline": show.headline(best.article, spans),
        "title": show.title(best.article.title),
        "dir": show.direction(best.article.title),
        "url": link(best.article.url) or link(story.story.url),
        "updates": [show.change(update) for update in story.updates[:4]],
        "snippet": show.snippet(best.article, spans, html=True),
        "text": text,
        "text_dir": show.direction(text),
        "card": show.card(story.story.facts),
        "disputed": show.disputed(story.story.facts),
        "times": sentences.times(story.story, view.timezone, view.covers_to),
        "source_line": sentences.sources(story.story),
        "sources": [_outlet(o, view.timezone, view.covers_to) for o in outlets]
        or [{"name": show.title(best.article.source, 60), "link": "", "seen": "", "independent": True}],
        "more_sources": max(story.story.source_count - len(outlets), 0) if outlets else 0,
        "terms": show.terms(_spans(every)),
        "told": _told(every, view),
        "match_count": len(every),
        "article_id": best.article.id,
        "rule_id": show.title(best.matches[0].rule_id, 80),
    }  # fmt: skip


def _told(matches: Sequence[DigestMatch], view: DigestView) -> str:
    """One line on what became of a story's matches at once: the telling first, else each reason."""
    told = [m for m in matches if m.disposition.told_at]
    waiting = [m for m in matches if not m.disposition.told_at and not m.disposition.held]
    chosen = told[:1] or waiting[:1]
    if chosen:
        more = {m.disposition.told_at for m in told}
        again = (
            f", and {len(more) - 1} more times"
            if len(more) > 2
            else ", and once more"
            if len(more) == 2
            else ""
        )
        return (
            sentences.capital(show.told(chosen[0].disposition, view.timezone, view.covers_to))
            + again
        )
    reasons = dict.fromkeys(
        show.told(m.disposition, view.timezone, view.covers_to) for m in matches
    )
    return "; ".join(sentences.capital(reason) for reason in list(reasons)[:2])


def brief_of(story: DigestStory, view: DigestView) -> Context:
    """Return a story as a line: severity, times, headline, link, sources."""
    best = sentences.representative(story).article
    return {
        "id": story.story.id,
        "severity": story.severity.value,
        "headline": show.title(best.title, 140),
        "title": show.title(best.title, 140),
        "dir": show.direction(best.title),
        "url": link(best.url) or link(story.story.url),
        "times": sentences.times(story.story, view.timezone, view.covers_to),
        "source_count": story.story.source_count,
    }
