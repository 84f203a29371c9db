"""The variables that templates see, made from an alert, a digest or a notice.

Everything that depends on a time zone, a limit or wording is settled here, so that a template only
places it. `docs/templates.md` lists every name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alerts import show
from wirewatch.model import (
    Alert,
    DigestArticle,
    DigestMatch,
    DigestStory,
    DigestView,
    FeedNote,
    Outlet,
    Reason,
    Severity,
    Span,
    SystemNotice,
)
from wirewatch.text import clean_line

MAX_CAUSES = 6
MAX_SOURCES = 8
MAX_URL = 1500
_MAX_EXCLUDED = 8
_MAX_NOTES = 12

Context = dict[str, Any]


def of_alert(alert: Alert, *, timezone: str, unsubscribe: str = "") -> Context:
    """Return what the alert's templates see."""
    causes = alert.causes[-MAX_CAUSES:]
    outlets = show.sources(alert.story.outlets, MAX_SOURCES)
    return {
        "subject": alert_subject(alert),
        "alert": alert,
        "zone": timezone,
        "why": " · ".join(show.REASONS[reason] for reason in alert.reasons),
        "story_title": show.title(_headline(alert)),
        "story_url": link(alert.story.url),
        "card": show.card(alert.story.facts),
        "disputed": show.disputed(alert.story.facts),
        "causes": [_cause(cause, timezone, alert.composed_at) for cause in reversed(causes)],
        "more_causes": len(alert.causes) - len(causes),
        "sources": [_outlet(outlet, timezone, alert.composed_at) for outlet in outlets],
        "more_sources": max(alert.story.source_count - len(outlets), 0) if outlets else 0,
        "latency": _latency(alert, timezone),
        "unsubscribe": unsubscribe,
    }


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
    return {
        "subject": digest_subject(view),
        "view": view,
        "slot": slot_words(view),
        "zone": view.timezone,
        "counts": counts(view),
        "late": _late(view),
        "opening": opening(view),
        "stories": [_story(story, view) for story in shown],
        "brief": [brief_of(story) for story in lines],
        "rest": _rest(view.stories[full + brief :], attached) if left_out else "",
        "held_back": [(show.HELD[reason], count) for reason, count in view.held_back],
        "held_back_intro": _held_back_intro(view),
        "excluded": [
            (show.title(rule, 60), show.title(by, 60), count)
            for rule, by, count in view.excluded[:_MAX_EXCLUDED]
        ],
        "more_excluded": sum(count for *_, count in view.excluded[_MAX_EXCLUDED:]),
        "near_misses": [
            (show.title(rule, 60), show.title(missing, 60), show.title(headline, 160))
            for rule, missing, headline in view.near_misses[:20]
        ],
        "coverage": coverage_line(view),
        "feed_notes": _feed_notes(view),
        "trends": [
            {
                "title": show.title(line.rule_title or line.rule_id, 80),
                "text": show.trend(line),
                "bars": show.bars(line.history, line.count),
            }
            for line in view.trends[:30]
        ],
        "notices": [clean_line(notice, 400) for notice in view.notices[:10]],
        "covers": _covers(view),
        "unsubscribe": unsubscribe,
    }


def of_system(notice: SystemNotice, *, timezone: str, unsubscribe: str = "") -> Context:
    """Return what the templates of news about wirewatch itself see."""
    return {
        "subject": clean_line(f"[wirewatch] {notice.title}", 180),
        "notice": notice,
        "zone": timezone,
        "paragraphs": [clean_line(part, 2000) for part in notice.text.split("\n") if part.strip()],
        "unsubscribe": unsubscribe,
    }


def alert_subject(alert: Alert) -> str:
    """Return `[high] Drone attacks: headline (3 sources)`, or with what is new in an update."""
    news = (
        "" if alert.reasons[:1] in {(Reason.FIRST_SIGHT,), ()} else show.REASONS[alert.reasons[0]]
    )
    detail = clean_line(alert.detail, 60) if alert.reasons[:1] == (Reason.TOLL_RAISED,) else ""
    lead = ": ".join(filter(None, [news, detail])) or alert.rule_title
    count = alert.story.source_count
    tail = f" ({show.counted(count, 'source')})" if count > 1 else ""
    return clean_line(
        f"[{alert.severity.value}] {lead}: {show.title(_headline(alert), 120)}{tail}", 200
    )


def digest_subject(view: DigestView) -> str:
    """Return the counts first, then the day: `3 high, 12 matches in 4 stories – Tue 10 Mar`."""
    late = " (late)" if view.late_by else ""
    return clean_line(f"{counts(view)} – {view.name}, {slot_words(view)}{late}", 180)


def counts(view: DigestView) -> str:
    """Return what is in a digest in one line, the most serious first."""
    if not view.stories:
        return "Nothing matched"
    matches = [m for story in view.stories for a in story.articles for m in a.matches]
    serious = [
        f"{count} {severity.value}"
        for severity in (Severity.CRITICAL, Severity.HIGH)
        if (count := sum(story.severity is severity for story in view.stories))
    ]
    total = f"{show.counted(len(matches), 'match', 'matches')} in {show.counted(len(view.stories), 'story', 'stories')}"
    return ", ".join([*serious, total])


def slot_words(view: DigestView) -> str:
    """Return the slot's local label as people read it: `Mon 9 Mar 07:00`."""
    try:
        local = datetime.fromisoformat(view.slot)
    except ValueError:
        return show.title(view.slot, 40)
    return f"{show.day(local)} {local:%H:%M}"


def opening(view: DigestView) -> list[str]:
    """Return what changed since the last digest, in at most three lines."""
    return [line for line in (_growth(view), _changes(view), _unusual(view)) if line][:3]


def coverage_line(view: DigestView) -> str:
    """Return how much was read: `1,204 articles from 41 of 43 feeds`."""
    seen = view.coverage
    line = (
        f"{show.counted(seen.article_count, 'article')} read; "
        f"{seen.healthy_count} of {show.counted(seen.feed_count, 'feed')} healthy"
    )
    if seen.failed_polls:
        line += f"; {seen.failed_polls:,} of {show.counted(seen.polls, 'poll')} failed"
    return line + "."


def link(url: str) -> str:
    """Return a URL that may stand behind a link (http or https, not endless), else ""."""
    stripped = "".join(url.split())
    is_web = stripped[:8].lower().startswith(("http://", "https://"))
    return stripped if is_web and len(stripped) <= MAX_URL else ""


def _headline(alert: Alert) -> str:
    return alert.story.headline or (alert.causes[-1].article.title if alert.causes else "")


def _cause(cause: Any, timezone: str, reference: datetime) -> Context:  # noqa: ANN401 - MatchedArticle or DigestArticle
    article, spans = cause.article, _spans(cause.matches)
    return {
        "id": article.id,
        "headline": show.headline(article, spans),
        "title": show.title(article.title),
        "url": link(article.url),
        "snippet": show.snippet(article, spans, html=True),
        "text": show.snippet(article, spans, html=False),
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
    best = _representative(story)
    spans = _spans(best.matches)
    every = [match for article in story.articles for match in article.matches]
    outlets = show.sources(story.story.outlets, MAX_SOURCES)
    return {
        "id": story.story.id,
        "severity": story.severity.value,
        "rules": ", ".join(dict.fromkeys(show.title(m.rule_title, 80) for m in every)),
        "is_new": story.is_new,
        "headline": show.headline(best.article, spans),
        "title": show.title(best.article.title),
        "url": link(best.article.url) or link(story.story.url),
        "updates": [show.change(update) for update in story.updates[:4]],
        "snippet": show.snippet(best.article, spans, html=True),
        "text": show.snippet(best.article, spans, html=False),
        "card": show.card(story.story.facts),
        "disputed": show.disputed(story.story.facts),
        "source_line": _source_line(story),
        "sources": [_outlet(o, view.timezone, view.covers_to) for o in outlets]
        or [{"name": show.title(best.article.source, 60), "link": "", "seen": "", "independent": True}],
        "more_sources": max(story.story.source_count - len(outlets), 0) if outlets else 0,
        "terms": show.terms(_spans(every)),
        "told": _told(every, view),
        "match_count": len(every),
    }  # fmt: skip


def _representative(story: DigestStory) -> DigestArticle:
    """The article that stands for the story where it is among the new ones, else its strongest."""
    same = [a for a in story.articles if a.article.title == story.story.headline]
    return same[0] if same else min(
        story.articles, key=lambda a: (-max(m.severity.rank for m in a.matches), a.article.first_seen_at)
    )  # fmt: skip


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
        return _capital(show.told(chosen[0].disposition, view.timezone, view.covers_to)) + again
    reasons = dict.fromkeys(
        show.told(m.disposition, view.timezone, view.covers_to) for m in matches
    )
    return "; ".join(_capital(reason) for reason in list(reasons)[:2])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _source_line(story: DigestStory) -> str:
    view = story.story
    return f"{show.counted(view.source_count, 'source')} ({view.independent_count} independent)"


def brief_of(story: DigestStory) -> Context:
    """Return a story as a line: severity, headline, link, sources."""
    best = _representative(story).article
    return {
        "id": story.story.id,
        "severity": story.severity.value,
        "headline": show.title(best.title, 140),
        "title": show.title(best.title, 140),
        "url": link(best.url) or link(story.story.url),
        "source_count": story.story.source_count,
    }


def _rest(stories: Sequence[DigestStory], attached: str) -> str:
    matches = sum(len(article.matches) for story in stories for article in story.articles)
    where = f"; all are in the attached {attached}" if attached else ""
    return (
        f"And {show.counted(len(stories), 'more story', 'more stories')} with "
        f"{show.counted(matches, 'match', 'matches')}, less serious or smaller{where}."
    )


def _held_back_intro(view: DigestView) -> str:
    count = sum(count for _, count in view.held_back)
    verb = "was" if count == 1 else "were"
    return f"{show.counted(count, 'match', 'matches')} in this digest {verb} not told at once:"


def _growth(view: DigestView) -> str:
    if not view.stories:
        return "Nothing matched since the last digest."
    fresh = sum(story.is_new for story in view.stories)
    grown = len(view.stories) - fresh
    parts = [
        f"{show.counted(fresh, 'new story', 'new stories')}" if fresh else "",
        f"{grown} that grew" if grown else "",
    ]
    biggest = show.title(_representative(view.stories[0]).article.title, 110)
    return f"{' and '.join(filter(None, parts))}; the most serious: {biggest}"


def _changes(view: DigestView) -> str:
    changes = [
        f"{show.change(update)} ({show.title(_representative(story).article.title, 60)})"
        for story in view.stories
        if not story.is_new or len(story.articles) > 1
        for update in story.updates[:1]
    ]
    if not changes:
        return ""
    more = f"; and {len(changes) - 2} more changes" if len(changes) > 2 else ""
    return f"What changed: {'; '.join(changes[:2])}{more}"


def _unusual(view: DigestView) -> str:
    if view.coverage.notes:
        return _capital(f"{_notes_line(view.coverage.notes, view)}: you may be missing news.")
    risen = [
        line for line in view.trends if line.history and line.count >= 3 and line.count >= 2 * line.usual
    ]  # fmt: skip
    if risen:
        most = max(risen, key=lambda line: (line.count - line.usual, line.rule_id))
        return f"More than usual: {show.title(most.rule_title, 80)}, {show.trend(most)}."
    if not view.stories:
        return "All feeds are well, so nothing is what happened."
    return ""


def _notes_line(notes: Sequence[FeedNote], view: DigestView) -> str:
    named = [
        f"{show.title(n.feed, 60)} {show.health(n.health)}"
        + (f" since {show.moment(n.since, view.timezone)}" if n.since else "")
        for n in notes[:3]
    ]
    more = f" and {len(notes) - 3} more" if len(notes) > 3 else ""
    return ", ".join(named) + more


def _feed_notes(view: DigestView) -> list[str]:
    lines = [
        f"{show.title(n.feed, 80)}: {show.health(n.health)}"
        + (f" since {show.moment(n.since, view.timezone)}" if n.since else "")
        + (f" – {clean_line(n.problem, 140)}" if n.problem else "")
        for n in view.coverage.notes[:_MAX_NOTES]
    ]
    more = len(view.coverage.notes) - _MAX_NOTES
    return [*lines, f"and {show.counted(more, 'more feed')}"] if more > 0 else lines


def _late(view: DigestView) -> str:
    if not view.late_by:
        return ""
    return (
        f"This digest is {show.duration(view.late_by)} late: wirewatch was not running or the machine "
        "slept. It covers everything since the last one; nothing is lost."
    )


def _covers(view: DigestView) -> str:
    until = show.moment(view.covers_to, view.timezone)
    if view.covers_from is None:
        return f"The first digest of this name; it covers everything until {until}."
    return f"Covers {show.moment(view.covers_from, view.timezone)} to {until}."
