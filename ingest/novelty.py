"""Compare an article with what its story has said so far: what does it add?

Pure. The alert policy decides on the answer: nothing new, no alert.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wirewatch.model import Claim, Facts, Severity, Toll, Update, UpdateKind
from wirewatch.text import words

_REWRITTEN = 0.6
_MOST_NAMES = 60


@dataclass(frozen=True, slots=True)
class Said:
    """What a story has said.

    Attributes:
        killed, injured: The highest lower bound so far, or None.
        tolls: All numbers of dead that were said, so that who lags behind contradicts nobody.
        places, countries, actors: In the order they were met.
        towns: The places that are not countries.
        severity: Rank of the most severe match, -1 without one.
        sources: Outlets that wrote a text of their own.
        denied: Someone has denied it.
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
    return replace(
        said,
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
        aloud=said.aloud + aloud,
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
        aloud=one.aloud + other.aloud,
    )


def contradicts(said: Said, facts: Facts) -> str | None:
    """Return why an article may tell of another event than the story, or None.

    Disjoint countries, or disjoint towns (a country is no other place than its towns; one that stands
    only further down may be a surname or a shop's address); or fewer dead than the story already
    counts, and as nobody has counted before (tolls rise; who says an old one is late).
    """
    countries = [place.country for place in facts.places if place.country in facts.countries]
    if said.countries and countries and not set(said.countries) & set(countries):
        return f"{countries[0]}, where the story is in {said.countries[0]}"
    towns = _towns(facts)
    if said.towns and towns and not set(said.towns) & set(towns):
        return f"{towns[0]}, where the story is in {said.towns[0]}"
    toll = facts.killed
    if toll is None or toll.max is None or same_toll(said, facts):
        return None
    if toll.max < (said.killed or 0):
        return f"{toll.span.text}, where the story counts {said.killed}"
    return None


def same_toll(said: Said, facts: Facts) -> bool:
    """Whether an article counts as many dead as the story has, at any time."""
    return facts.killed is not None and facts.killed.max in said.tolls


def _towns(facts: Facts) -> list[str]:
    return [place.name for place in facts.places if not place.is_country]


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


def _union(before: tuple[str, ...], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *names)))[:_MOST_NAMES]
