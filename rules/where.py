"""What an article must be besides its text: its feed, outlet, tier, tags, language, and its facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from rules.facts.parties import actor_names, platform_names
from rules.facts.places import country_codes
from rules.query import QueryError
from rules.terms import meant
from wirewatch.errors import Problem
from wirewatch.model import Appearance, Article, Facts, Toll, WhereSpec
from wirewatch.text import fold

_COMPARISON = re.compile(r"\s*(>=|<=|>|<|==?)?\s*(\d+)\s*")
_COUNTED = ("killed", "injured")
_NAMED = ("country", "platform", "actor", "status", "tag", "place")
CONDITIONS = (*_COUNTED, *_NAMED)


@dataclass(frozen=True, slots=True)
class Where:
    """A checked WhereSpec.

    Attributes:
        tier: (operator, number) or None.
        counts: (fact, operator, number).
        names: (fact, wanted values, folded).
    """

    spec: WhereSpec
    tier: tuple[str, int] | None
    counts: tuple[tuple[str, str, int], ...]
    names: tuple[tuple[str, frozenset[str]], ...]

    @property
    def needs_facts(self) -> bool:
        """Whether an article's facts have to be read to decide."""
        return bool(self.counts or self.names)


def compile_where(
    spec: WhereSpec, report: Callable[[Problem], None], doubt: Callable[[Problem], None]
) -> Where:
    """Check a `where`; mistakes are reported, names that are never read doubted."""
    tier, counts, names = None, [], []
    try:
        tier = _comparison(spec.tier, ">=" if spec.tier is None else "==")
    except QueryError as error:
        report(Problem((*spec.path, "tier"), error.problem, error.hint))
    for fact, value in spec.conditions:
        path = (*spec.path, fact)
        try:
            if fact in _COUNTED:
                operator, number = _comparison(value, ">=") or (">=", 0)
                counts.append((fact, operator, number))
            elif fact in _NAMED:
                names.append((fact, frozenset(map(fold, _values(value)))))
                for name in _never_read(fact, _values(value)):
                    problem = f'no {fact} is ever read as "{name}"'
                    doubt(Problem(path, problem, meant(name, names_of(fact))))
            else:
                report(Problem(path, f'no fact is called "{fact}"', meant(fact, CONDITIONS)))
        except QueryError as error:
            report(Problem(path, error.problem, error.hint))
    return Where(spec, tier, tuple(counts), tuple(names))


def _comparison(text: str | None, default: str) -> tuple[str, int] | None:
    if text is None:
        return None
    match = _COMPARISON.fullmatch(text)
    if match is None:
        raise QueryError(f"{text!r} is no number", hint="write 5, >=5 or <3")
    return (match[1] or default).replace("==", "="), int(match[2])


def _values(text: str) -> list[str]:
    values = [value.strip() for value in text.split(",") if value.strip()]
    if not values:
        raise QueryError("nothing to compare with", hint="write one or more names, with commas")
    return values


def _never_read(fact: str, values: Iterable[str]) -> Iterator[str]:
    known = set(map(fold, names_of(fact)))
    return (value for value in values if known and fold(value) not in known)


def names_of(fact: str) -> tuple[str, ...]:
    """Return all values that a fact can have, or nothing where they are many."""
    match fact:
        case "platform":
            return platform_names()
        case "actor":
            return actor_names()
        case "country":
            return country_codes()
        case _:
            return ()


def stands(where: Where, article: Article, appearance: Appearance) -> bool:
    """Decide all but the facts."""
    return next(unmet(where, article, appearance), None) is None


def unmet(where: Where, article: Article, appearance: Appearance) -> Iterator[tuple[str, str, str]]:
    """Yield (key, what is asked, what it is) for what an article is not, the facts apart."""
    spec = where.spec
    if not _named(spec.feed, appearance.feed):
        yield "feed", _either(spec.feed), appearance.feed
    if not _outlet(spec.source, appearance.source):
        yield "source", _either(spec.source), appearance.source
    if spec.tag and not any(_named(spec.tag, tag) for tag in appearance.tags):
        yield "tag", _either(spec.tag), ", ".join(appearance.tags)
    if where.tier is not None and not _compare(appearance.tier, *where.tier):
        yield "tier", spec.tier or "", str(appearance.tier)
    if not _contained(spec.author, article.authors):
        yield "author", _either(spec.author), ", ".join(article.authors)
    if not _contained(spec.category, article.categories):
        yield "category", _either(spec.category), ", ".join(article.categories)
    if not _language(spec.language, article.language):
        yield "language", _either(spec.language), article.language or ""


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)


def _named(wanted: tuple[str, ...], name: str) -> bool:
    return not wanted or any(fnmatchcase(name.casefold(), w.casefold()) for w in wanted)


def _outlet(wanted: tuple[str, ...], source: str) -> bool:
    source = source.casefold()
    return not wanted or any(
        fnmatchcase(source, w.casefold()) or source.endswith(f".{w.casefold()}") for w in wanted
    )


def _contained(wanted: tuple[str, ...], values: tuple[str, ...]) -> bool:
    folded = [f" {fold(value)} " for value in values]
    return not wanted or any(f" {fold(w)} " in value for w in wanted for value in folded)


def _language(wanted: tuple[str, ...], language: str | None) -> bool:
    primary = (language or "").casefold().replace("_", "-").split("-")[0]
    return not wanted or any(w.casefold().split("-")[0] == primary for w in wanted)


def facts_hold(where: Where, facts: Facts) -> bool:
    """Decide what is asked of the facts; a fact that is not there holds nothing."""
    return next(unread(where, facts), None) is None


def unread(where: Where, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """Yield (fact, what is asked, what was read) for what an article does not say."""
    asked = dict(where.spec.conditions)
    for fact, operator, number in where.counts:
        if not _counted(facts, fact, operator, number):
            toll = _toll(facts, fact)
            yield fact, f"{operator}{number}", toll.span.text if toll else ""
    for fact, wanted in where.names:
        said = _said(facts, fact)
        if wanted.isdisjoint(map(fold, said)):
            yield fact, _either(_values(asked[fact])), ", ".join(said)


def _toll(facts: Facts, fact: str) -> Toll | None:
    return facts.killed if fact == "killed" else facts.injured


def _counted(facts: Facts, fact: str, operator: str, number: int) -> bool:
    toll = _toll(facts, fact)
    if toll is None:
        return False
    # Open ends count as what is certain: "at least five" is five, "up to six" is none yet.
    least = toll.min if toll.min is not None else 0
    most = toll.max if toll.max is not None else least
    return _compare(least if operator in (">=", ">", "=") else most, operator, number)


def _compare(value: int, operator: str, number: int) -> bool:
    match operator:
        case ">=":
            return value >= number
        case "<=":
            return value <= number
        case ">":
            return value > number
        case "<":
            return value < number
        case _:
            return value == number


def _said(facts: Facts, fact: str) -> tuple[str, ...]:
    match fact:
        case "country":
            return facts.countries
        case "platform":
            return facts.platforms
        case "actor":
            return facts.actors
        case "status":
            return (facts.status.value,) if facts.status else ()
        case "tag":
            return facts.tags
        case _:
            return tuple(place.name for place in facts.places)
