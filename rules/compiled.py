"""What compiling makes of a rule, and what asking it answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from rules.condition import Condition
from rules.nodes import Node
from rules.page import TEXT, Hit
from rules.where import Where
from wirewatch.model import NearSpec, RuleSpec, Severity


@dataclass(frozen=True, slots=True, eq=False)
class CompiledGroup:
    """A named group.

    Attributes:
        needs: Patterns one of which must be on a page for the group to be there; None: unknown.
        inside: The same in the fields that its rule reads.
        sure: Patterns one of which is enough there.
        is_plain: The three are the same: patterns alone decide it.
    """

    name: str
    node: Node
    needs: Collection[int] | None
    inside: Collection[int] | None = None
    sure: Collection[int] = frozenset()
    is_plain: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Exclusion:
    """What keeps a rule from matching.

    Attributes:
        name: "" for the rule's own, else the filter's.
        sure: Patterns one of which is enough, wherever it stands.
        anywhere: The strict form: wherever it stands.
        unless: What overrides it, or None.
    """

    node: Node
    needs: Collection[int] | None
    unless: Node | None = None
    anywhere: bool = False
    name: str = ""
    sure: Collection[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRule:
    """A rule ready to be asked.

    Attributes:
        hash: Changes with everything that can change what it matches or claims.
        mask: The fields its groups read.
        groups: Rarest first.
        required: Names of the groups without which it can't match, rarest first.
        anchor: Patterns one of which any match needs; None: it is asked for every article.
        others: The needs of the other required groups, so far as they are known.
        unsure: The groups that may be missing though there is what they need somewhere.
        is_plain: It is groups, fields, distances in words and exclusions, nothing else.
        condition: None when all required groups together are the condition.
        weights: Of groups in `score:`; empty without.
    """

    id: str
    title: str
    severity: Severity
    hash: str
    spec: RuleSpec
    tags: tuple[str, ...]
    groups: tuple[CompiledGroup, ...] = ()
    mask: int = TEXT
    required: tuple[str, ...] = ()
    anchor: Collection[int] | None = None
    others: tuple[Collection[int], ...] = ()
    unsure: tuple[CompiledGroup, ...] = ()
    is_plain: bool = False
    condition: Condition | None = None
    weights: tuple[tuple[str, float], ...] = ()
    minimum: float = 0.0
    near: tuple[NearSpec, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    where: Where | None = None
    silent: frozenset[str] = field(default=frozenset())

    @property
    def looks_at_appearance(self) -> bool:
        """Whether another feed that lists an article can change the answer."""
        spec = self.spec.where
        return bool(spec and (spec.feed or spec.source or spec.tag or spec.tier))

    def close_groups(self, near: NearSpec, hits: Mapping[str, Sequence[Hit]]) -> tuple[str, ...]:
        """Return the groups that must stand close together, in order."""
        if near.groups:
            return near.groups
        against = {name for name, weight in self.weights if weight < 0} | self.silent
        names = (group.name for group in self.spec.match)
        return tuple(name for name in names if hits.get(name) and name not in against)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of one page.

    Attributes:
        hits: By group, in the order of the rule.
        missing: Groups that were not found (of those required).
        excluded: (what excluded it, where), when all else held.
        failed: "where", "near", "score", "condition" or "" for what else did not hold.
        apart: The first of the rule's distances that did not hold, where `failed` is "near".
    """

    hits: Mapping[str, Sequence[Hit]]
    missing: tuple[str, ...] = ()
    excluded: tuple[str, Hit] | None = None
    failed: str = ""
    score: float | None = None
    apart: NearSpec | None = None

    @property
    def matches(self) -> bool:
        """Whether the rule holds."""
        return not self.missing and not self.failed and self.excluded is None
