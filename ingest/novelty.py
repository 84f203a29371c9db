"""Compare an article with what its story has said so far: what does it add?

Pure. The alert policy decides on the answer: nothing new, no alert.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from wirewatch.model import Claim, Facts, Severity, Toll, Update, UpdateKind
from wirewatch.text import fold, words

_Name = TypeVar("_Name")
_REWRITTEN = 0.6
_MOST_NAMES = 60
_PART = re.compile(
    r"\b(?:child|children|women|girls?|boys?|bab(?:y|ies)|infants?|toddlers?)\b", re.IGNORECASE
)
_TELLING = 2
_SIDES = ("north", "south", "east", "west", "central")
_MIDNIGHT, _QUIET = timedelta(hours=6), timedelta(hours=12)
_ZONES = timedelta(hours=12)  # a day begins so much earlier in the east than in Greenwich
_VOWELS = re.compile("[aeiouyw]")
_DOUBLED = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Said:
    """What a story has said.

    Attributes:
        killed, injured: The highest lower bound so far, or None.
        tolls: All numbers of dead that were said, so that who lags behind contradicts nobody.
        places, countries, actors: In the order they were met.
        regions, towns: The places that are not countries.
        sites: Where it was, as no table has it.
        targets: The kinds of what was hit.
        days: When it happened, where that was the day of publication or the one before; ISO 8601.
        occasion: Which of several of its kind it is, by its headlines.
        severity: Rank of the most severe match, -1 without one.
        sources: Outlets that wrote a text of their own.
        denied: Someone has denied it.
        confirmed: Someone has confirmed it after that.
        is_several: It is no event but a round-up of several.
        aloud: How many of its articles did not join silently.
    """

    killed: int | None = None
    injured: int | None = None
    tolls: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    severity: int = -1
    sources: tuple[str, ...] = ()
    denied: bool = False
    towns: tuple[str, ...] = ()
    aloud: int = 0
    sites: tuple[tuple[str, str], ...] = ()
    targets: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    occasion: int = 1
    confirmed: bool = False
    is_several: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """When a story began, when it was last heard of, and now; aware."""

    began_at: datetime
    last_at: datetime
    now: datetime


def added(
    said: Said,
    facts: Facts,
    *,
    severity: Severity | None,
    source: str,
    independent: bool,
) -> tuple[Update, ...]:
    """Return what an article adds to its story, most important first.

    Args:
        said: What the story has said before.
        facts: The article's.
        severity: Of its most severe match, or None.
        source: Its outlet.
        independent: It is a text of its own, not a copy. `MORE_SOURCES` counts each further one;
            how many are worth an alert is the policy's to say.
    """
    updates = [
        *_raised(said.killed, facts.killed, "killed"),
        *_raised(said.injured, facts.injured, "injured"),
    ]
    if severity is not None and said.severity >= 0 and severity.rank > said.severity:
        before = list(Severity)[said.severity]
        updates.append(Update(UpdateKind.SEVERITY_RAISED, before.value, severity.value))
    if facts.status is Claim.DENIED and not said.denied:
        updates.append(Update(UpdateKind.DENIED, "", ", ".join(facts.attributions)))
    if _confirms(said, facts) and not said.confirmed:
        updates.append(Update(UpdateKind.CONFIRMED, "", ", ".join(facts.attributions)))
    updates += _new(UpdateKind.NEW_ACTOR, said.actors, facts.actors)
    updates += _new(UpdateKind.NEW_PLACE, said.places, [place.name for place in facts.places])
    if independent and source not in said.sources:
        count = len(said.sources)
        updates.append(Update(UpdateKind.MORE_SOURCES, str(count), str(count + 1)))
    return tuple(updates)


def edited(before: Facts, after: Facts, *, old_title: str, new_title: str) -> tuple[Update, ...]:
    """Return what an edit adds to an article: facts, and a headline that says something else."""
    updates = added(
        absorb(Said(), before, severity=None, source="", independent=True),
        after,
        severity=None,
        source="",
        independent=False,
    )
    old, new = set(words(old_title)), set(words(new_title))
    if old != new and len(old & new) < _REWRITTEN * len(old | new):
        updates += (Update(UpdateKind.HEADLINE_REWRITTEN, old_title, new_title),)
    return updates


def absorb(
    said: Said,
    facts: Facts,
    *,
    severity: Severity | None,
    source: str,
    independent: bool,
    aloud: bool = False,
) -> Said:
    """Return what a story has said once an article has joined it, `aloud` or silently."""
    return Said(
        killed=_highest(said.killed, facts.killed),
        injured=_highest(said.injured, facts.injured),
        tolls=_numbers(said.tolls, facts.killed),
        places=_union(said.places, (place.name for place in facts.places)),
        countries=_union(said.countries, facts.countries),
        actors=_union(said.actors, facts.actors),
        severity=max(said.severity, severity.rank if severity is not None else -1),
        sources=_union(said.sources, [source] if independent else []),
        denied=said.denied or facts.status is Claim.DENIED,
        towns=_union(said.towns, _towns(facts)),
        regions=_union(said.regions, _regions(facts)),
        aloud=said.aloud + aloud,
        sites=_union(said.sites, facts.sites),
        targets=_union(said.targets, facts.targets),
        days=_union(said.days, _days(facts)),
        occasion=max(said.occasion, facts.occasion),
        confirmed=said.confirmed or _confirms(said, facts),
        is_several=said.is_several or facts.is_several,
    )


def together(one: Said, other: Said) -> Said:
    """Return what two stories have said that turn out to be one."""
    return Said(
        killed=max((n for n in (one.killed, other.killed) if n is not None), default=None),
        injured=max((n for n in (one.injured, other.injured) if n is not None), default=None),
        tolls=tuple(dict.fromkeys((*one.tolls, *other.tolls)))[:_MOST_NAMES],
        places=_union(one.places, other.places),
        countries=_union(one.countries, other.countries),
        actors=_union(one.actors, other.actors),
        severity=max(one.severity, other.severity),
        sources=_union(one.sources, other.sources),
        denied=one.denied or other.denied,
        towns=_union(one.towns, other.towns),
        regions=_union(one.regions, other.regions),
        aloud=one.aloud + other.aloud,
        sites=_union(one.sites, other.sites),
        targets=_union(one.targets, other.targets),
        days=_union(one.days, other.days),
        occasion=max(one.occasion, other.occasion),
        confirmed=one.confirmed or other.confirmed,
        is_several=one.is_several or other.is_several,
    )


def contradicts(
    said: Said, facts: Facts, *, course: Course | None = None, severity: Severity | None = None
) -> str | None:
    """Return why an article may tell of another event than the story, or None.

    Another place or day (see `differs`); a headline that says that it is one more, where the story hasn't;
    of an attack, that something else was hit;
    fewer dead than the story already counts, and as nobody has counted before (tolls rise; who says an old one
    is late, and children are some of the dead); dead where it counts injured alone, or injured where it counts dead
    alone; more dead, in a town of its own; an attack without a day, when
    nothing has been heard of the story for half a day.

    Args:
        said: What the story has said.
        facts: The article's.
        course: The story's, where times mean anything.
        severity: Of the article's most severe match, or None.
    """
    other = differs(said, facts, course=course)
    if other is not None:
        return other
    if facts.occasion > said.occasion:
        return "its headline says that it is one more"
    if course and severity is not None and severity >= Severity.HIGH and facts.event_date is None:
        quiet = course.now - course.last_at
        if quiet >= _QUIET:
            return f"nothing was heard of the story for {quiet // timedelta(hours=1)} hours"
    other = something_else(said, facts, severity) or _only_dead_or_only_hurt(said, facts)
    if other is not None:
        return other
    toll = facts.killed
    if toll is None or toll.prior or toll.max is None or same_toll(said, facts):
        return None
    if toll.max < (said.killed or 0) and not _PART.search(toll.who):
        return f"{toll.span.text}, where the story counts {said.killed}"
    fresh = [town for town in _towns(facts) if town not in said.towns]
    if fresh and said.towns and said.killed:
        return f"{toll.span.text} with {fresh[0]}, where the story counts {said.killed} without"
    return None


def something_else(said: Said, facts: Facts, severity: Severity | None) -> str | None:
    """Return that an attack hit something else than the story tells of, or None."""
    is_incident = severity is not None and severity >= Severity.MEDIUM
    if is_incident and facts.targets and said.targets and {*facts.targets}.isdisjoint(said.targets):
        return f"{facts.targets[0]} hit, where the story tells of {', '.join(said.targets)}"
    return None


def _only_dead_or_only_hurt(said: Said, facts: Facts) -> str | None:
    killed, injured = (_counts(each) for each in (facts.killed, facts.injured))
    if killed and said.injured and not injured and not said.killed:
        return f"{killed.span.text}, where the story counts {said.injured} injured and none dead"
    if injured and said.killed and not killed and not said.injured:
        return f"{injured.span.text}, where the story counts {said.killed} dead and none injured"
    return None


def _counts(toll: Toll | None) -> Toll | None:
    return toll if toll is not None and toll.max and not toll.prior else None


def differs(said: Said, facts: Facts, *, course: Course | None = None) -> str | None:
    """Return what says that an article tells of another place or day than the story, or None.

    Disjoint countries, regions or towns (a country is no other place than its towns; one that stands
    only further down may be a surname or a shop's address), villages or districts; another side of a
    place; a day after those that the story is of, or after it began.
    """
    for here, there in (
        (_states(facts), said.countries),
        (_regions(facts), said.regions),
        (_towns(facts), said.towns),
    ):
        if here and there and not any(_within(one, two) for one in here for two in there):
            return f"{here[0]}, where the story is in {there[0]}"
    return _later(said, facts, course) or _another_site(said, facts.sites)


def _later(said: Said, facts: Facts, course: Course | None) -> str | None:
    for day in _days(facts):
        if said.days and day > max(said.days):
            # What happens about midnight is of either day.
            if course is None or course.now - course.began_at > _MIDNIGHT:
                return f"{day}, where the story is of {max(said.days)}"
        elif not said.days and course is not None and course.began_at < _starts(day) - _ZONES:
            return f"{day}, where the story began on {course.began_at.date()}"
    return None


def _starts(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00Z")


def apart(one: Said, other: Said) -> bool:
    """Whether two stories can't be one: their dead were counted in different towns, or they are of different days.

    A town alone keeps no two reports of a court case or a merger of companies apart.
    """
    counted = one.killed and other.killed
    return bool(
        (counted and one.towns and other.towns and {*one.towns}.isdisjoint(other.towns))
        or (one.days and other.days and {*one.days}.isdisjoint(other.days))
    )


def elsewhere(one: Said, other: Said) -> bool:
    """Whether two stories are in different towns or countries: in two languages little else tells them apart."""
    return any(
        here and there and not {*here} & {*there}
        for here, there in (
            (one.countries, other.countries), (one.regions, other.regions), (one.towns, other.towns),
        )
    )  # fmt: skip


def same_toll(said: Said, facts: Facts) -> bool:
    """Whether an article counts as many dead as the story has, at any time."""
    return facts.killed is not None and facts.killed.max in said.tolls


def _another_site(said: Said, sites: Sequence[tuple[str, str]]) -> str | None:
    for within in dict.fromkeys(map(_place, sites)):
        here = [site for site in sites if _place(site) == within]
        there = [site for site in said.sites if _place(site) == within]
        if there and not any(_alike(one, two) for _, one in here for _, two in there):
            return f"{_site(here[0])}, where the story is in {_site(there[0])}"
    return None


def _alike(one: str, two: str) -> bool:
    """Whether two names may be one's, shortened or spelt differently: Radwan, Sheikh Ridwan."""
    first, second = _spoken(one), _spoken(two)
    return first in second or second in first


def _place(site: tuple[str, str]) -> str:
    return _spoken(site[0])


def _site(site: tuple[str, str]) -> str:
    within, name = site
    return name if not within or within.islower() else f"the {name} of {within}"


def _spoken(name: str) -> str:
    """Return what is left of a name in any spelling: of Zeitoun and al-Zaytoun ztn."""
    folded = fold(name)
    bare = "".join(word for word in folded.split() if word not in {"al", "el", "the"})
    bare = _DOUBLED.sub(r"\1", _VOWELS.sub("", bare))
    return folded if len(bare) < _TELLING or name in _SIDES else bare


def _states(facts: Facts) -> list[str]:
    return [
        place.country
        for place in facts.places
        if place.country and place.country in facts.countries
    ]


def _within(one: str, two: str) -> bool:
    """Whether one name has the other in it: Darfur and West Darfur."""
    return one in two or two in one


def _regions(facts: Facts) -> list[str]:
    return [place.name for place in facts.places if place.is_region]


def _towns(facts: Facts) -> list[str]:
    return [place.name for place in facts.places if not (place.is_country or place.is_region)]


def _days(facts: Facts) -> list[str]:
    named = facts.event_date
    return [named.day.isoformat()] if named and named.is_fresh else []


def _confirms(said: Said, facts: Facts) -> bool:
    return said.denied and facts.status is Claim.CONFIRMED


def _raised(before: int | None, toll: Toll | None, kind: str) -> list[Update]:
    if toll is None or toll.min is None or toll.prior:
        return []
    if before is not None and toll.min <= before:
        return []
    return [Update(UpdateKind.TOLL_RAISED, str(before or ""), f"{toll.min} {kind}")]


def _new(kind: UpdateKind, before: tuple[str, ...], names: Iterable[str]) -> list[Update]:
    fresh = [name for name in dict.fromkeys(names) if name not in before]
    return [Update(kind, ", ".join(before[:3]), ", ".join(fresh))] if fresh else []


def _highest(before: int | None, toll: Toll | None) -> int | None:
    if toll is None or toll.prior or toll.min is None:
        return before
    return toll.min if before is None else max(before, toll.min)


def _numbers(before: tuple[int, ...], toll: Toll | None) -> tuple[int, ...]:
    if toll is None or toll.prior:
        return before
    said = [n for n in (toll.min, toll.max) if n is not None]
    return tuple(dict.fromkeys((*before, *said)))[:_MOST_NAMES]


def _union(before: tuple[_Name, ...], names: Iterable[_Name]) -> tuple[_Name, ...]:
    fresh = [name for name in names if name not in before]
    return tuple(dict.fromkeys((*before, *fresh)))[:_MOST_NAMES] if fresh else before
