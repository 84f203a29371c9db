"""The sentences of alerts and digests: subjects, counts, what changed, how much was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alerts import show
from wirewatch.model import (
    Alert,
    Article,
    DigestArticle,
    DigestStory,
    DigestView,
    FeedNote,
    Reason,
    Severity,
    StoryView,
)
from wirewatch.text import clean_line

_MAX_NOTES = 12


def alert_subject(alert: Alert) -> str:
    """Return `[high] Drone attacks: headline (3 sources)`, or with what is new in an update."""
    news = (
        "" if alert.reasons[:1] in {(Reason.FIRST_SIGHT,), ()} else _reason(alert.reasons[0], alert)
    )
    detail = clean_line(alert.detail, 60) if alert.reasons[:1] == (Reason.TOLL_RAISED,) else ""
    lead = ": ".join(filter(None, [news, detail])) or alert.rule_title
    count = alert.story.source_count
    tail = f" ({show.counted(count, 'source')})" if count > 1 else ""
    return show.subject(
        f"[{alert.severity.value}] {lead}: {show.title(headline_of(alert), 120)}{tail}", 200
    )


def digest_subject(view: DigestView) -> str:
    """Return the counts first, then the day: `3 high, 12 matches in 4 stories – Tue 10 Mar`."""
    late = " (late)" if view.late_by else ""
    return show.subject(
        f"{counts(view)}{_doubt(view)} – {view.title or view.name}, {slot_words(view)}{late}", 180
    )


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


def heading(view: DigestView) -> str:
    """Return what a digest goes under: its title, else `morning digest`."""
    return show.title(view.title, 120) if view.title else f"{view.name} digest"


def _doubt(view: DigestView) -> str:
    """Return what must be known of an empty digest before it is opened: whether anybody was listening."""
    ill = view.coverage.feed_count - view.coverage.healthy_count
    if view.stories or ill <= 0:
        return ""
    return f", but {ill:,} of {show.counted(view.coverage.feed_count, 'feed')} not healthy"


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


_ITS_OWN = ((Reason.FIRST_SIGHT,), (Reason.FIRST_MENTION,))


def why(alert: Alert) -> str:
    """Return why an alert is told now: `the toll rose · more independent sources`."""
    reasons = [_reason(reason, alert) for reason in alert.reasons]
    if reasons and headline_of(alert) != alert.story.headline:
        link = "as" if alert.reasons[0] is Reason.POSSIBLY_SAME else "in the story"
        reasons[0] += f" {link} “{show.title(alert.story.headline, 120)}”"
    return " · ".join(reasons)


def _reason(reason: Reason, alert: Alert) -> str:
    """A number of dead or injured where none had been told rises from nothing."""
    is_first = reason is Reason.TOLL_RAISED and alert.detail and "→" not in alert.detail
    return "a first toll" if is_first else show.REASONS[reason]


def headline_of(alert: Alert) -> str:
    """Return the headline an alert goes under: the story's, or that of its own article."""
    own = own_article(alert)
    if own is not None:
        return own.title
    return alert.story.headline or (alert.causes[-1].article.title if alert.causes else "")


def own_article(alert: Alert) -> Article | None:
    """Return the article that an alert goes under; None where it is news of what has been told.

    What may be another event, or is the first that a rule finds in a story, goes under its own
    headline: the story may have begun with something else.
    """
    is_own = alert.reasons[:1] in _ITS_OWN or Reason.POSSIBLY_SAME in alert.reasons
    return alert.causes[0].article if alert.causes and is_own else None


def representative(story: DigestStory) -> DigestArticle:
    """The article that stands for the story where it is among the new ones, else its strongest."""
    same = [a for a in story.articles if a.article.title == story.story.headline]
    return same[0] if same else min(
        story.articles, key=lambda a: (-max(m.severity.rank for m in a.matches), a.article.first_seen_at)
    )  # fmt: skip


def sources(story: StoryView) -> str:
    """Return how many outlets tell of a story: `5 sources (3 independent)`."""
    counted = show.counted(story.source_count, "source")
    if story.source_count < 2:
        return counted
    every = story.independent_count == story.source_count
    return f"{counted} ({'all' if every else story.independent_count} independent)"


def times(story: StoryView, timezone: str, reference: datetime) -> str:
    """Return when a story was first and last reported: `04:12 – 06:40`, `Sat 7 Mar 21:58 – 22:30`."""
    first = show.clock(story.founded_at, timezone, reference)
    last = show.clock(story.last_at, timezone, story.founded_at)  # its day is named already
    if len(last) > len("22:30"):
        last = show.clock(story.last_at, timezone, reference)
    return first if first.endswith(last) else f"{first} – {last}"


def alert_preview(alert: Alert) -> str:
    """Return what an inbox shows after the subject: why now, the toll and the place, who reports it."""
    card = [f"{label}: {text}" for label, text in show.card(alert.story.facts)[:3]]
    reasons = [_reason(reason, alert) for reason in alert.reasons[:2]]
    return clean_line(" · ".join([*card, *reasons, sources(alert.story)]), 160)


def small(text: str) -> str:
    """Return text with a small first letter: `toll: 5 → 12`."""
    return text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """Return text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def rest_line(stories: Sequence[DigestStory], attached: str) -> str:
    """Return how many stories were left out, and where they are."""
    matches = sum(len(article.matches) for story in stories for article in story.articles)
    where = f"; all are in the attached {attached}" if attached else ""
    return (
        f"And {show.counted(len(stories), 'more story', 'more stories')} with "
        f"{show.counted(matches, 'match', 'matches')}, less serious or smaller{where}."
    )


def held_back_intro(view: DigestView) -> str:
    """Return the sentence above the reasons why matches were held back."""
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
    biggest = show.title(representative(view.stories[0]).article.title, 110)
    return f"{' and '.join(filter(None, parts))}; the most serious: {biggest}"


def _changes(view: DigestView) -> str:
    changes = [
        f"{small(show.change(update))} ({show.title(representative(story).article.title, 60)})"
        for story in view.stories
        if not story.is_new or len(story.articles) > 1
        for update in story.updates[:1]
    ]
    if not changes:
        return ""
    more = f"; and {len(changes) - 2} more changes" if len(changes) > 2 else ""
    return f"What changed – {'; '.join(changes[:2])}{more}"


def _unusual(view: DigestView) -> str:
    if view.coverage.notes:
        return capital(f"{_notes_line(view.coverage.notes, view)}: you may be missing news.")
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


def feed_notes(view: DigestView) -> list[str]:
    """Return a line for each feed that is not well."""
    lines = [
        f"{show.title(n.feed, 80)}: {show.health(n.health)}"
        + (f" since {show.moment(n.since, view.timezone)}" if n.since else "")
        + (f" – {clean_line(n.problem, 140)}" if n.problem else "")
        for n in view.coverage.notes[:_MAX_NOTES]
    ]
    more = len(view.coverage.notes) - _MAX_NOTES
    return [*lines, f"and {show.counted(more, 'more feed')}"] if more > 0 else lines


def late_line(view: DigestView) -> str:
    """Return why a digest comes late, "" when it is on time."""
    if not view.late_by:
        return ""
    since = (
        f"since {show.moment(view.covers_from, view.timezone)}" if view.covers_from else "so far"
    )
    return (
        f"This digest is {show.duration(view.late_by)} late: wirewatch was not running or the machine "
        f"slept. It covers everything {since}; nothing is lost."
    )


def covers(view: DigestView) -> str:
    """Return the period a digest covers."""
    until = show.moment(view.covers_to, view.timezone)
    if view.covers_from is None:
        return f"The first digest of this name; it covers everything until {until}."
    return f"Covers {show.moment(view.covers_from, view.timezone)} to {until}."
