"""Builders for what is told: alerts and digests of an invented world."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.builders import NOON, an_article
from wirewatch.model import (
    Alert,
    Article,
    Claim,
    Coverage,
    DigestArticle,
    DigestMatch,
    DigestStory,
    DigestView,
    Disposition,
    Facts,
    FeedNote,
    Field,
    Health,
    HeldBack,
    Match,
    MatchedArticle,
    Outlet,
    Reason,
    Severity,
    SourcedToll,
    Span,
    StoryFacts,
    StoryView,
    TollKind,
    Trend,
    Update,
    UpdateKind,
)

MINUTE = timedelta(minutes=1)


def spans_of(article: Article, *words: str) -> tuple[Span, ...]:
    """The first place of each word in title, summary or body."""
    found = []
    for word in words:
        for field in (Field.TITLE, Field.SUMMARY, Field.BODY):
            start = article.text(field).find(word)
            if start >= 0:
                found.append(Span("attack", field, start, start + len(word), word, word))
    return tuple(found)


def a_story_view(
    story_id: int = 1, articles: tuple[Article, ...] = (), **changes: Any
) -> StoryView:
    """A story of the given articles, every second one a copy."""
    articles = articles or (an_article(),)
    outlets = tuple(
        Outlet(a.source, a.feed, a.title, a.url, a.first_seen_at, a.published_at, a.id, n % 2 == 0)
        for n, a in enumerate(articles)
    )
    values: dict[str, Any] = {
        "id": story_id,
        "headline": articles[0].title,
        "url": articles[0].url,
        "language": articles[0].language,
        "founded_at": articles[0].first_seen_at,
        "last_at": articles[-1].first_seen_at,
        "article_count": len(articles),
        "source_count": len({a.source for a in articles}),
        "independent_count": len({a.source for a in articles[::2]}),
        "outlets": outlets,
    }
    return StoryView(**(values | changes))


def some_facts() -> StoryFacts:
    """Two outlets that differ on the toll."""
    return StoryFacts(
        killed=(5, 12),
        injured=(20, None),
        tolls=(
            SourcedToll(TollKind.KILLED, 5, 5, "five killed", "harbour-times.example", "", 1, NOON),
            SourcedToll(
                TollKind.KILLED,
                12,
                12,
                "12 dead",
                "levant-wire.example",
                "the health ministry",
                2,
                NOON,
            ),
        ),
        countries=("SY",),
        places=("Tal Sahin",),
        actors=("Northern Brigade",),
        event_date=date(2026, 3, 9),
        platforms=("drone",),
        attributions=("the health ministry",),
        status=Claim.CLAIMED,
    )


def an_alert(**changes: Any) -> Alert:
    """A high alert on a drone attack, reported by three outlets."""
    articles = some_articles()
    match = Match(
        "drone-attack", "a1b2c3d4", Severity.HIGH, spans_of(articles[0], "Drone", "militia")
    )
    values: dict[str, Any] = {
        "id": 41,
        "rule_id": "drone-attack",
        "rule_title": "Drone attacks in Iraq and Syria",
        "rule_hash": "a1b2c3d4e5",
        "severity": Severity.HIGH,
        "story": a_story_view(7, articles, facts=some_facts()),
        "causes": (MatchedArticle(articles[0], (match,), Facts()),),
        "reasons": (Reason.FIRST_SIGHT,),
        "updates": (),
        "detail": "",
        "matched_at": NOON + MINUTE,
        "composed_at": NOON + 2 * MINUTE,
    }
    return Alert(**(values | changes))


def some_articles() -> tuple[Article, ...]:
    """Three outlets on one attack; the second prints the first one's text."""
    body = (
        "A drone struck a depot of a militia near the village of Tal Sahin on Monday morning, killing at "
        "least five fighters, two security officials said. Windows were broken in houses nearby."
    )
    sources = ("harbour-times.example", "levant-wire.example", "northern-post.example")
    return tuple(
        an_article(
            "Drone attack on militia depot near Tal Sahin kills five",
            summary=body,
            source=source,
            feed=source,
            url=f"https://{source}/2026/03/09/{n}",
            guid_key=f"g{n}",
            id=n + 1,
            published_at=NOON - 5 * MINUTE,
            first_seen_at=NOON + n * MINUTE,
        )
        for n, source in enumerate(sources)
    )


def a_digest_match(article: Article, *words: str, **changes: Any) -> DigestMatch:
    """A match of an article on the given words, told at once a minute later."""
    rule_id = changes.get("rule_id", "drone-attack")
    severity = changes.get("severity", Severity.HIGH)
    values: dict[str, Any] = {
        "rule_id": rule_id,
        "rule_title": "Drone attacks in Iraq and Syria",
        "severity": severity,
        "match": Match(rule_id, "a1b2c3", severity, spans_of(article, *words)),
        "matched_at": article.first_seen_at,
        "disposition": Disposition(
            told_at=article.first_seen_at + MINUTE, reason=Reason.FIRST_SIGHT
        ),
    }
    return DigestMatch(**(values | changes))


def a_digest_story(
    story_id: int = 1, title: str = "", severity: Severity = Severity.HIGH, **changes: Any
) -> DigestStory:
    """A story of three reports; with a title of its own where one is given."""
    articles = some_articles()
    if title:
        first = an_article(
            title,
            id=story_id * 10,
            summary="Reports said that it happened on Monday.",
            url=f"https://example.org/{story_id}",
        )
        articles = (first,)
    entries = tuple(
        DigestArticle(a, Facts(), (a_digest_match(a, "Drone", "militia", severity=severity),))
        for a in articles
    )
    values: dict[str, Any] = {
        "story": a_story_view(story_id, articles, facts=StoryFacts() if title else some_facts()),
        "articles": entries,
        "severity": severity,
        "is_new": True,
    }
    return DigestStory(**(values | changes))


def a_coverage(**changes: Any) -> Coverage:
    """43 feeds, two of them not well."""
    values: dict[str, Any] = {
        "article_count": 1204,
        "feed_count": 43,
        "healthy_count": 41,
        "notes": (
            FeedNote(
                "Gulf Ledger",
                Health.BLOCKED,
                NOON - timedelta(days=6),
                "status-403: a challenge page",
            ),
            FeedNote("Delta Radio", Health.GONE, NOON - timedelta(days=2), "status-410"),
        ),
        "polls": 4128,
        "failed_polls": 192,
    }
    return Coverage(**(values | changes))


def a_digest_view(*stories: DigestStory, **changes: Any) -> DigestView:
    """The morning digest of 9 March, in Baghdad."""
    values: dict[str, Any] = {
        "id": 3,
        "name": "morning",
        "slot": "2026-03-09 15:00",
        "timezone": "Asia/Baghdad",
        "covers_from": NOON - timedelta(days=1),
        "covers_to": NOON + timedelta(minutes=10),
        "late_by": None,
        "stories": stories,
        "held_back": ((HeldBack.NOTHING_NEW, 5), (HeldBack.MUTED, 2)) if stories else (),
        "excluded": (("airstrike", "port strike", 14), ("airstrike", "hunger strike", 3)),
        "coverage": a_coverage(),
        "trends": (
            Trend("drone-attack", "Drone attacks in Iraq and Syria", 7, 3.1, (2, 4, 3, 3, 1, 5, 2, 3, 4, 3, 2, 6, 3, 2)),
            Trend("militia", "Militias", 0, 1.0, (0, 0, 1, 2, 1, 1, 1, 1, 2, 1, 0, 2, 1, 1)),
        ),
        "notices": (),
    }  # fmt: skip
    return DigestView(**(values | changes))


def a_full_digest() -> DigestView:
    """Everything a digest can show, right-to-left included."""
    grown = a_digest_story(
        7, is_new=False, updates=(Update(UpdateKind.TOLL_RAISED, "5", "12 killed"),)
    )
    arabic = an_article(
        "غارة جوية على مستودع قرب تل شاهين", id=900, language="ar", source="sahifa.example",
        summary="قال مسؤول أمني إن غارة جوية أصابت مستودعا قرب تل شاهين فجر الاثنين.", url="https://sahifa.example/1",
    )  # fmt: skip
    strike = DigestStory(
        a_story_view(8, (arabic,)),
        (
            DigestArticle(
                arabic,
                Facts(),
                (
                    a_digest_match(
                        arabic, "غارة جوية", rule_id="airstrike", rule_title="Airstrikes", severity=Severity.MEDIUM,
                        disposition=Disposition(held=HeldBack.NOT_INSTANT, detail="medium is below high"),
                    ),
                ),
            ),
        ),
        Severity.MEDIUM,
        is_new=True,
    )  # fmt: skip
    critical = a_digest_story(
        9, "Warplanes hit air base in two waves, ministry says", Severity.CRITICAL
    )
    low = a_digest_story(10, "Court opens hearing on last year's depot strike", Severity.LOW)
    return a_digest_view(
        critical,
        grown,
        strike,
        low,
        near_misses=(
            ("drone-attack", "place", "Drone show lights up the bay", "https://example.org/bay"),
        ),
    )
