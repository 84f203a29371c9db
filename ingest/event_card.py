"""Sum up what the articles of a story say of one event: the range, and who says what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from wirewatch.model import Claim, Facts, SourcedToll, StoryFacts, Toll, TollKind


class Member(Protocol):
    """What is asked of an article here."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def first_seen_at(self) -> datetime: ...  # noqa: D102


def event_card(members: Sequence[tuple[Member, Facts]]) -> StoryFacts:
    """Return the facts of a story.

    Args:
        members: Its articles that state any, in order of first sight. Of each source
            only the latest toll counts for the range: a raised toll replaces the old one.
    """
    tolls = tuple(toll for member in members for toll in _sourced(*member))
    facts = [facts for _, facts in members]
    return StoryFacts(
        killed=_range(toll for toll in tolls if toll.kind is TollKind.KILLED),
        injured=_range(toll for toll in tolls if toll.kind is TollKind.INJURED),
        tolls=tolls,
        rose=_rises(toll for toll in tolls if toll.kind is TollKind.KILLED),
        countries=_most_common(f.countries for f in facts),
        places=_most_common(tuple(p.name for p in f.places) for f in facts),
        actors=_most_common(f.actors for f in facts),
        event_date=_event_date(facts),
        platforms=_most_common(f.platforms for f in facts),
        attributions=_most_common(f.attributions for f in facts),
        status=_status(facts),
        tags=tuple(sorted({tag for f in facts for tag in f.tags})),
    )


def _sourced(article: Member, facts: Facts) -> list[SourcedToll]:
    return [
        SourcedToll(
            kind=toll.kind,
            min=toll.min,
            max=toll.max,
            text=toll.span.text,
            source=article.source,
            attribution=toll.attribution,
            article_id=article.id,
            seen_at=article.first_seen_at,
        )
        for toll in _own(facts)
    ]


def _own(facts: Facts) -> list[Toll]:
    """This event's tolls: the two to show first, then further statements, each once."""
    shown = [toll for toll in (facts.killed, facts.injured) if toll is not None]
    return shown + [toll for toll in facts.tolls if not toll.prior and toll not in shown]


def _range(tolls: Iterable[SourcedToll]) -> tuple[int | None, int | None] | None:
    latest: dict[str, tuple[int, SourcedToll]] = {}
    for toll in tolls:
        before = latest.get(toll.source)
        # The first statement of an article is the one that it leads with.
        if before is None or before[0] != toll.article_id:
            latest[toll.source] = (toll.article_id, toll)
    said = [toll for _, toll in latest.values()]
    if not said:
        return None
    lows = [toll.min for toll in said if toll.min is not None]
    highs = [toll.max for toll in said]
    high = None if None in highs else max(h for h in highs if h is not None)
    return (min(lows) if lows else None, high)


def _rises(tolls: Iterable[SourcedToll]) -> tuple[tuple[datetime, str], ...]:
    highest: int | None = None
    rose = []
    for toll in tolls:
        if toll.min is None or (highest is not None and toll.min <= highest):
            continue
        if highest is not None:
            rose.append((toll.seen_at, f"{highest} → {toll.min}"))
        highest = toll.min
    return tuple(rose)


def _most_common(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Names by how many articles have them; ties keep the order they were met in."""
    counts: Counter[str] = Counter()
    for names in lists:
        counts.update(dict.fromkeys(names, 1))
    return tuple(name for name, _ in counts.most_common())


def _event_date(facts: Sequence[Facts]) -> date | None:
    days = Counter(
        f.event_date.day for f in facts if f.event_date and f.event_date.precision == "day"
    )
    if not days:
        days = Counter(f.event_date.day for f in facts if f.event_date)
    return days.most_common(1)[0][0] if days else None


def _status(facts: Sequence[Facts]) -> Claim | None:
    """What most say, of equally many the latest word; None while nobody has said how firm it is.

    One party's denial among five reports is an update of its own; it does not make the strike denied.
    """
    said = [f.status for f in facts if f.status is not None]
    counts = Counter(reversed(said))
    return counts.most_common(1)[0][0] if counts else None
