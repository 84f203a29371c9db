"""Stories: articles about one event, what an article adds to one, and how one is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wirewatch.model.articles import Claim, Relation, TollKind


class Join(StrEnum):
    """How an article came into its story.

    `silent` means we are sure (p ≥ 0.9) and need not tell again; `possible` is grouped, but told
    in-thread as "possibly the same story".
    """

    FOUNDED = "founded"
    SILENT = "silent"
    POSSIBLE = "possible"


class UpdateKind(StrEnum):
    """What an article can add to its story."""

    TOLL_RAISED = "toll_raised"
    NEW_ACTOR = "new_actor"
    NEW_PLACE = "new_place"
    SEVERITY_RAISED = "severity_raised"
    MORE_SOURCES = "more_sources"
    HEADLINE_REWRITTEN = "headline_rewritten"
    DENIED = "denied"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that is new; `before` and `after` as people read them ("at least 5", "12")."""

    kind: UpdateKind
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article belongs.

    Attributes:
        relation: NEW, COPY or DERIVED.
        copy_of: The article that holds this text (for COPY), or that it derives from; else None.
        p: Probability that the article belongs to the story; 1.0 for a founder or a copy.
        why: A sentence: what it shares with the story, or why the join isn't silent.
        updates: What it adds to the story; empty for a founder.
    """

    story_id: int
    join: Join
    relation: Relation
    copy_of: int | None
    p: float
    why: str
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    """Who printed it, when we saw it first, and whether it is a text of its own."""

    source: str
    feed: str
    title: str
    url: str
    first_seen_at: datetime
    published_at: datetime | None
    article_id: int
    independent: bool


@dataclass(frozen=True, slots=True)
class SourcedToll:
    """What one outlet says; `attribution` is whom it quotes, or ""."""

    kind: TollKind
    min: int | None
    max: int | None
    text: str
    source: str
    attribution: str
    article_id: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """The event card: facts over all articles of a story.

    Attributes:
        killed, injured: The range over its sources: (min, max), None where nothing is said;
            an open end is None inside the pair.
        tolls: Who says what, in order of time.
        rose: (time, text) each time the toll rose ("5 → 7").
    """

    killed: tuple[int | None, int | None] | None = None
    injured: tuple[int | None, int | None] | None = None
    tolls: tuple[SourcedToll, ...] = ()
    rose: tuple[tuple[datetime, str], ...] = ()
    countries: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    event_date: date | None = None
    platforms: tuple[str, ...] = ()
    attributions: tuple[str, ...] = ()
    status: Claim | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story as people see it.

    Attributes:
        headline, url: Of the article that stands for it.
        outlets: Independent ones first, then by first-seen time.
        source_count: Distinct sources; `independent_count` counts copies of one text once.
    """

    id: int
    headline: str
    url: str
    language: str | None
    founded_at: datetime
    last_at: datetime
    article_count: int
    source_count: int
    independent_count: int
    outlets: tuple[Outlet, ...]
    facts: StoryFacts = StoryFacts()
