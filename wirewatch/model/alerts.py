"""What is told, what is held back, and in what form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wirewatch.model.articles import Article, Facts, Match, Severity
from wirewatch.model.feeds import Health
from wirewatch.model.stories import StoryView, Update


class Reason(StrEnum):
    """Why something is told at once."""

    FIRST_SIGHT = "first_sight"
    POSSIBLY_SAME = "possibly_same"
    SEVERITY_RAISED = "severity_raised"
    TOLL_RAISED = "toll_raised"
    NEW_ACTOR = "new_actor"
    NEW_PLACE = "new_place"
    DENIED = "denied"
    CONFIRMED = "confirmed"
    MORE_SOURCES = "more_sources"
    REVISED = "revised"
    THRESHOLD = "threshold"
    SPIKE = "spike"
    FIRST_MENTION = "first_mention"
    ABSENT = "absent"


class HeldBack(StrEnum):
    """Why something is not told at once; all of it goes to the next digest."""

    NOT_INSTANT = "not_instant"
    NOTHING_NEW = "nothing_new"
    COOLDOWN = "cooldown"
    QUIET_HOURS = "quiet_hours"
    MUTED = "muted"
    ACKED = "acked"
    INHIBITED = "inhibited"
    STORM = "storm"
    BUDGET = "budget"
    BASELINE = "baseline"
    BACKFILL = "backfill"
    THRESHOLD = "threshold"
    SAME_ALERT = "same_alert"
    UNDELIVERED = "undelivered"
    NO_CHANNEL = "no_channel"


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell at once: not before `due_at`, so that a story can form first."""

    reason: Reason
    due_at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Leave it to the digest; `until` is when it could be told at once again, if that is known."""

    reason: HeldBack
    detail: str = ""
    until: datetime | None = None


Verdict = Tell | Hold


@dataclass(frozen=True, slots=True)
class Told:
    """What the user has been told of a story by a rule: what cooldowns and updates are measured against."""

    story_id: int
    rule_id: str
    first_at: datetime
    last_at: datetime
    count: int
    severity: Severity
    independent_count: int
    killed_min: int | None = None
    injured_min: int | None = None


@dataclass(frozen=True, slots=True)
class Paused:
    """The last alert under a cooldown's key (a story, a rule or a place), and how many there were."""

    last_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class PendingAlert:
    """An alert that was decided and has not gone out yet.

    Attributes:
        reasons: Most important first.
        pause_key: What its rule's cooldown counts by.
        due_at: Not before; so that a story can form, or quiet hours end.
        composed_at: When it was settled that it goes out; None while it waits.
        matched_at: When its first cause was matched.
    """

    id: int
    story_id: int
    rule_id: str
    severity: Severity
    reasons: tuple[Reason, ...]
    detail: str
    pause_key: str
    matched_at: datetime
    due_at: datetime
    composed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mute:
    """A timed silence over a rule, a story or words, with its author and reason."""

    id: int
    kind: str
    value: str
    starts_at: datetime
    ends_at: datetime
    author: str
    because: str


@dataclass(frozen=True, slots=True)
class MatchedArticle:
    """An article of a story with what its rules found."""

    article: Article
    matches: tuple[Match, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class AlsoTold:
    """A further rule that tells of the same story, in the same message."""

    rule_id: str
    rule_title: str
    severity: Severity
    rule_hash: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that must go out now: one story, and the rule that tells of it.

    Attributes:
        id: The database's; the identity of its messages derives from it.
        also: Further rules that tell of this story at the same time, the most severe first.
        causes: The articles that led to it, newest last.
        reasons: Why now, most important first.
        matched_at: When the first cause was matched.
        owner: Who looks after the rule; empty where it does not say.
    """

    id: int
    rule_id: str
    rule_title: str
    rule_hash: str
    severity: Severity
    story: StoryView
    causes: tuple[MatchedArticle, ...]
    reasons: tuple[Reason, ...]
    updates: tuple[Update, ...]
    detail: str
    matched_at: datetime
    composed_at: datetime
    tags: tuple[str, ...] = ()
    note: str = ""
    owner: str = ""
    also: tuple[AlsoTold, ...] = ()


@dataclass(frozen=True, slots=True)
class Disposition:
    """What became of a match for the instant channel: told at a time, or held back and why.

    `channels` names where it was told, when the digest's own reader was not among them.
    """

    told_at: datetime | None = None
    reason: Reason | None = None
    held: HeldBack | None = None
    detail: str = ""
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestMatch:
    """One match in a digest."""

    rule_id: str
    rule_title: str
    severity: Severity
    match: Match
    matched_at: datetime
    disposition: Disposition


@dataclass(frozen=True, slots=True)
class DigestArticle:
    """An article in a digest with its matches there."""

    article: Article
    facts: Facts
    matches: tuple[DigestMatch, ...]


@dataclass(frozen=True, slots=True)
class DigestStory:
    """A story in a digest: the articles that are new in it since the last one.

    Attributes:
        is_new: It was in no digest of this name before.
        severity: The highest of its matches here.
    """

    story: StoryView
    articles: tuple[DigestArticle, ...]
    severity: Severity
    is_new: bool
    updates: tuple[Update, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedNote:
    """A feed that is not well: the coverage line names it."""

    feed: str
    health: Health
    since: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the world was read since the last digest."""

    article_count: int
    feed_count: int
    healthy_count: int
    notes: tuple[FeedNote, ...]
    polls: int = 0
    failed_polls: int = 0


@dataclass(frozen=True, slots=True)
class Trend:
    """A rule's matches in the period and per period over the last two weeks."""

    rule_id: str
    rule_title: str
    count: int
    usual: float
    history: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DigestView:
    """A digest, closed: everything a template may show. Deterministic; no clock.

    Attributes:
        slot: The local date and time it stands for ("2026-03-09 07:00").
        covers_from, covers_to: What it covers: since the last one was closed, until this one was.
        late_by: None when on time.
        held_back: How many matches were held back, by reason.
        excluded: How often an exclusion kept a rule from matching: (rule, by what, count).
        notices: News about wirewatch itself: dead letters, a reload refused.
        banner: Why this came outside the usual times (a storm's mini-digest), or "".
        title: What it goes under; "" for its name.
    """

    id: int
    name: str
    slot: str
    timezone: str
    covers_from: datetime | None
    covers_to: datetime
    late_by: timedelta | None
    stories: tuple[DigestStory, ...]
    held_back: tuple[tuple[HeldBack, int], ...]
    excluded: tuple[tuple[str, str, int], ...]
    coverage: Coverage
    trends: tuple[Trend, ...]
    notices: tuple[str, ...]
    near_misses: tuple[tuple[str, str, str, str], ...] = ()
    banner: str = ""
    title: str = ""


class MessageKind(StrEnum):
    """What a message carries."""

    ALERT = "alert"
    DIGEST = "digest"
    SYSTEM = "system"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class SystemNotice:
    """News about wirewatch itself: a feed down, a reload refused, dead letters."""

    key: str
    title: str
    text: str
    severity: Severity
    at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """Rendered and ready to send: the very bytes that go out, to one recipient.

    Attributes:
        uid: Stable identity, `msg_…`: seeds Message-ID and webhook-id; the same on every try.
        dedup_key: What it is about, for whom: "alert:41:desk:a@example.org"; unique in the outbox.
        recipient: An address, a URL's label, a folder: never a secret.
        payload: RFC 5322 bytes for e-mail and file, a JSON body for webhooks.
    """

    uid: str
    dedup_key: str
    channel: str
    recipient: str
    kind: MessageKind
    subject: str
    payload: bytes
    content_type: str
    created_at: datetime
    expires_at: datetime | None = None
    alert_id: int | None = None
    digest_id: int | None = None


class OutboxState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Owed:
    """A message in the outbox: claimed, about to be tried.

    Attributes:
        attempt: 1 for the first try.
        redelivery: It may have arrived before: a crash left it in doubt.
    """

    id: int
    message: Message
    attempt: int
    redelivery: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt and its outcome.

    Attributes:
        code: What the other side answered (SMTP or HTTP status), or None.
        detail: Its words, or the error, without secrets.
        reached: The destination is up and spoke about this very message: its failure says nothing
            of the others waiting for the same destination.
        in_doubt: It may have arrived all the same: the answer was lost, not the message.
    """

    owed: Owed
    ok: bool
    started_at: datetime
    ended_at: datetime
    code: int | None = None
    detail: str = ""
    permanent: bool = False
    gone: bool = False
    retry_after: timedelta | None = None
    reached: bool = False
    in_doubt: bool = False
