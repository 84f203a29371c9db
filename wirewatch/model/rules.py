"""Rules as the configuration gives them to `rules/`: plain data, phrases still text.

Paths in problems (`wirewatch.errors.Problem`) follow the keys of the YAML file, so
each spec carries the path it stands at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from wirewatch.model.articles import Severity

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class PhraseSpec:
    """One phrase line of a list or group: `strike NEAR/4 (jet* | F-16)`.

    Attributes:
        beside: The path of the lines it is one of, kept once for all of them; its own without `n`.
        n: Which of these lines it is, from 0.
    """

    text: str
    beside: Path
    n: int | None = None

    @property
    def path(self) -> Path:
        """Where it stands."""
        return self.beside if self.n is None else (*self.beside, self.n)


@dataclass(frozen=True, slots=True)
class EntitySpec:
    """A named thing with aliases.

    Attributes:
        also: Further names, phrase syntax (`=KH`).
        forms: Names in other languages: (language code, phrases); the code picks the analyser.
        ambiguous: The name needs context (Badr, HTS): it counts only near a word of conflict.
        country: ISO 3166 alpha-2, or None.
        transliterate: Expand the usual spellings (al/el, q/k, ee/i …).
    """

    name: str
    path: Path
    also: tuple[PhraseSpec, ...] = ()
    forms: tuple[tuple[str, tuple[PhraseSpec, ...]], ...] = ()
    ambiguous: bool = False
    country: str | None = None
    kind: str | None = None
    transliterate: bool = False


Term = PhraseSpec | EntitySpec


@dataclass(frozen=True, slots=True)
class ListSpec:
    """Reusable terms; a list always means any of these."""

    name: str
    path: Path
    terms: tuple[Term, ...]
    shipped: bool = False


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """A named group under `match`: any of its terms."""

    name: str
    path: Path
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class NearSpec:
    """Groups that must stand close together.

    Attributes:
        groups: Two or more; empty, in a rule with a condition or score: those that are there and
            speak for it.
        within: A positive number of `unit`s.
        unit: "words", "sentence" or "paragraph".
        ordered: In the order of `groups`.
    """

    groups: tuple[str, ...]
    within: int
    path: Path
    unit: str = "words"
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class WhereSpec:
    """What an article must be, besides its text; each empty one means "any".

    `conditions` are facts: ("killed", ">=5"), ("country", "IQ,SY").
    """

    path: Path
    feed: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    tier: str | None = None
    author: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    conditions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WhenSpec:
    """How often, before it is told; decided in `alerts/policy` from counts in the store.

    Attributes:
        articles, sources: At least so many matches / distinct independent sources in `within`.
        spike: At least so many times the rule's own usual rate.
        first_mention: Of any entity in this group for `within`.
        absent: Told when nothing matched for `within`.
    """

    path: Path
    within: timedelta = timedelta(hours=24)
    articles: int | None = None
    sources: int | None = None
    spike: float | None = None
    first_mention: str | None = None
    absent: bool = False
    per: str = "rule"


@dataclass(frozen=True, slots=True)
class ScoreSpec:
    """Weak evidence that adds up: (group, weight) and the least sum."""

    weights: tuple[tuple[str, float], ...]
    minimum: float
    path: Path


@dataclass(frozen=True, slots=True)
class AlertSpec:
    """How a rule's alerts go out; None means what `alerts:` says.

    Attributes:
        per: What the cooldown counts by: "story", "rule" or "place".
        instant: True, False, or None (by severity).
    """

    path: Path = ()
    cooldown: timedelta | None = None
    per: str = "story"
    channels: tuple[str, ...] | None = None
    wait: timedelta | None = None
    instant: bool | None = None
    max_per_day: int | None = None
    more_sources: int | None = None


@dataclass(frozen=True, slots=True)
class RuleTests:
    """Texts that a rule must and must not match: (text, path) each."""

    match: tuple[tuple[str, Path], ...] = ()
    no_match: tuple[tuple[str, Path], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A named condition.

    Attributes:
        fields: Which fields its groups read; () is title, summary and body.
        condition: Over group names; None means all groups must be present.
        exclude: Counted in title and summary, and in the body near a match.
        exclude_anywhere: The strict form.
        unless: What overrides an exclusion.
    """

    id: str
    path: Path
    match: tuple[GroupSpec, ...]
    title: str = ""
    severity: Severity = Severity.MEDIUM
    enabled: bool = True
    fields: tuple[str, ...] = ()
    condition: str | None = None
    score: ScoreSpec | None = None
    exclude: tuple[Term, ...] = ()
    exclude_anywhere: tuple[Term, ...] = ()
    unless: tuple[Term, ...] = ()
    near: tuple[NearSpec, ...] = ()
    where: WhereSpec | None = None
    when: WhenSpec | None = None
    alert: AlertSpec = AlertSpec()
    tags: tuple[str, ...] = ()
    owner: str = ""
    note: str = ""
    tests: RuleTests = RuleTests()


@dataclass(frozen=True, slots=True)
class FilterSpec:
    """Exclusions applied to many rules; `applies_to` are rule ids or tags (`tag:x`), () is all."""

    name: str
    path: Path
    exclude: tuple[Term, ...]
    unless: tuple[Term, ...] = ()
    applies_to: tuple[str, ...] = ()
    anywhere: bool = False


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules, lists and filters of a configuration.

    Attributes:
        use: Shipped lists to load (`middle-east`), with the path each stands at.
    """

    rules: tuple[RuleSpec, ...]
    lists: tuple[ListSpec, ...] = ()
    filters: tuple[FilterSpec, ...] = ()
    use: tuple[tuple[str, Path], ...] = ()
