"""Articles, what makes two of them the same, and what rules and facts read in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Severity(StrEnum):
    """How much a rule claims; ordered.

    `medium` and above claim that an attack or incident is happening; `low` and
    `info` are about one (aftermath, statement, denial, court, diplomacy).
    """

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info to 4 for critical."""
        return _RANKS[self]

    def __lt__(self, other: object) -> bool:
        """Order by rank, not by spelling (all four: str would answer the others)."""
        return self.rank < other.rank if isinstance(other, Severity) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.rank <= other.rank if isinstance(other, Severity) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.rank > other.rank if isinstance(other, Severity) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.rank >= other.rank if isinstance(other, Severity) else NotImplemented


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Field(StrEnum):
    """The parts of an article that a rule can look at."""

    TITLE = "title"
    LEAD = "lead"
    SUMMARY = "summary"
    BODY = "body"
    AUTHOR = "author"
    CATEGORY = "category"
    URL = "url"
    ANY = "any"


class Relation(StrEnum):
    """What an entry turned out to be."""

    NEW = "new"
    KNOWN = "known"
    REVISION = "revision"
    COPY = "copy"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Article:
    """An entry normalised: plain text, clean characters, keys to know it by.

    Attributes:
        id: The database's; 0 until admitted.
        feed: Name of the feed it was first seen in.
        source: The outlet: one registrable domain, or the feed's name where there is no link.
        title, summary, body: Plain text (NFC, no control or bidi characters). `body` is "" where the
            feed gives none, or where it only repeats the summary.
        url: For people to click; "" where there is none.
        guid_key: Identity in its feed: the guid, without fragment when it is a URL; else the link key;
            else a hash of title and content. Never empty.
        link_key: Identity across feeds: the canonical link, or None.
        published_at, updated_at: Evidence, as the feed said; aware UTC or None.
        first_seen_at: The only clock for freshness; set once, never changed.
        content_hash: Of title, summary and body: another one is a revision.
        exact_key: Stricter than `guid_key` where one document may hold several entries under that: the
            guid with its fragment, or a hash of the text for an entry without guid; else "".
        entry_hash: Of the entry as it stood in the document, "" when not known; see `ingest.prescan`.
    """

    feed: str
    source: str
    title: str
    summary: str
    body: str
    url: str
    guid_key: str
    link_key: str | None
    first_seen_at: datetime
    content_hash: str
    language: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    id: int = 0
    exact_key: str = ""
    entry_hash: str = ""

    def text(self, field: Field) -> str:
        """Return the text of one stored field (title, summary, body, author, category or url)."""
        match field:
            case Field.TITLE:
                return self.title
            case Field.SUMMARY:
                return self.summary
            case Field.BODY:
                return self.body
            case Field.AUTHOR:
                return ", ".join(self.authors)
            case Field.CATEGORY:
                return ", ".join(self.categories)
            case Field.URL:
                return self.url
            case Field.LEAD | Field.ANY:
                raise ValueError(f"{field} is a view of several fields")


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a stored article, enough to recognise it.

    Attributes:
        feed: A feed that lists it (an article listed by three feeds is known three times).
        guid_key: Its key in that feed.
    """

    article_id: int
    feed: str
    guid_key: str
    link_key: str | None
    content_hash: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """Where an article stands: what rules that look at feed, source, tier or tags look at."""

    feed: str
    source: str
    tags: tuple[str, ...] = ()
    tier: int = 3


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of an article's text that a rule or a fact rests on.

    Attributes:
        group: The rule's group it satisfies ("" for facts).
        field: A stored field (never lead or any).
        start, end: Offsets into that field's text, in code points; `text` is what stands there.
        term: What the rule says ("air strike", "$militias → Kata'ib Hezbollah").
    """

    group: str
    field: Field
    start: int
    end: int
    text: str
    term: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule and the evidence that it holds for an article.

    Attributes:
        rule_hash: Identifies the version of the rule that matched.
        score: For rules with `score:`, else None.
        spans: In order of field (title, summary, body, …) and start.
        tags: The rule's tags and what the text adds (`denied`, `claimed`, `aftermath`).
    """

    rule_id: str
    rule_hash: str
    severity: Severity
    spans: tuple[Span, ...]
    score: float | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A rule that would have matched, but for an exclusion."""

    rule_id: str
    by: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that lacks just one of its groups."""

    rule_id: str
    missing: str


class TollKind(StrEnum):
    """What happened to the people counted."""

    KILLED = "killed"
    INJURED = "injured"


@dataclass(frozen=True, slots=True)
class Toll:
    """One statement about casualties.

    Attributes:
        min, max: Inclusive; None is open ("at least five" is 5 to None, "up to six" None to 6).
        who: "people", "fighters", "children" … as printed, or "".
        attribution: Who says so ("Syrian Observatory for Human Rights"), or "".
        span: The exact words.
        prior: It belongs to an earlier event, not to this one.
    """

    kind: TollKind
    min: int | None
    max: int | None
    span: Span
    who: str = ""
    attribution: str = ""
    prior: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A named place; `country` is ISO 3166 alpha-2 or None.

    `is_country` and `is_region` tell states and what lies between from their towns.
    """

    name: str
    country: str | None
    span: Span
    is_country: bool = False
    is_region: bool = False


class Claim(StrEnum):
    """How firmly it is said."""

    CONFIRMED = "confirmed"
    CLAIMED = "claimed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class EventDate:
    """When it happened, resolved against the publication date.

    Attributes:
        precision: "day" or "month" (then `day` is the first of the month).
        text: The words it was read from.
        is_fresh: It was the day of publication, as far as that is known, or the day before.
    """

    day: date
    precision: str
    text: str
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What an article says happened; empty beats wrong.

    Attributes:
        killed, injured: This event's, the one to show; also in `tolls`.
        tolls: Every statement, in text order, earlier events' too (`prior`).
        countries: ISO 3166 alpha-2, most likely first.
        actors: Armed groups, forces and states named in headline and lead, canonical names.
        attributions: Who is quoted for it.
        occasion: Which of several of its kind the headline says it is: 2 for "second", "another", "again".
        sites: Where it was, as no table has it: ("", a village, district or camp), ("province", one) or
            (a place, its side).
        targets: The kinds of what was hit, in headline and two sentences: market, hospital, tanker.
        is_several: The headline announces several events: a live blog, a round-up.
    """

    killed: Toll | None = None
    injured: Toll | None = None
    tolls: tuple[Toll, ...] = ()
    countries: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    actors: tuple[str, ...] = ()
    event_date: EventDate | None = None
    platforms: tuple[str, ...] = ()
    attributions: tuple[str, ...] = ()
    status: Claim | None = None
    tags: tuple[str, ...] = ()
    occasion: int = 1
    sites: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    is_several: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the rules say of one article in one appearance."""

    matches: tuple[Match, ...]
    suppressed: tuple[Suppressed, ...]
    near_misses: tuple[NearMiss, ...]
    facts: Facts
