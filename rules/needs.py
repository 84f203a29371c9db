"""Decide what a rule is looked up by: the patterns one of which any match needs, the rarest it has."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import assert_never

from rules.compiled import CompiledGroup
from rules.condition import All, Any, AtLeast, Condition, Distinct, Group, Not
from rules.nodes import Beside, Either, Expression, InContext, InField, Listed, Node, Terms
from rules.rarity import Rarity

# Of so many numbers or fewer no set is made.
FEW = 16


class Needs:
    """Knows what nodes need, each worked out once.

    Args:
        rarity: How often patterns occur.
        patterns: By number; more may come while rules are compiled.
    """

    def __init__(self, rarity: Rarity, patterns: Sequence[bytes]) -> None:
        self._rarity = rarity
        self._patterns = patterns
        # By identity, each with its node, so that no identity is given twice.
        self._of_nodes: dict[int, tuple[Node, Collection[int] | None]] = {}
        self._shares: dict[int, tuple[Collection[int], float]] = {}

    def share(self, needs: Collection[int] | None) -> float:
        """Return an estimate of how many articles have one of these patterns; infinite for None."""
        if needs is None:
            return float("inf")
        if len(needs) <= FEW:
            return self._rarity.share(needs, self._patterns)
        # By identity, each with its set, so that no identity is given twice.
        if id(needs) not in self._shares:
            self._shares[id(needs)] = needs, self._rarity.share(needs, self._patterns)
        return self._shares[id(needs)][1]

    def anchor(
        self,
        groups: Sequence[CompiledGroup],
        required: Sequence[str],
        condition: Condition | None,
        weights: Sequence[tuple[str, float]],
        minimum: float,
    ) -> Collection[int] | None:
        """Return the rarest patterns of which any match of a rule has one; None: unknown.

        Args:
            groups: All groups of the rule.
            required: Names of those that must be there.
            condition: What the rule asks for instead, or None.
            weights: Of groups in its score.
            minimum: The least sum of these.
        """
        needs = {group.name: group.needs for group in groups}
        sets = [needs[name] for name in required]
        if condition is not None:
            sets.append(self._of_condition(condition, needs))
        if weights and minimum > 0:
            sets.append(_union([needs.get(name) for name, weight in weights if weight > 0]))
        known = [found for found in sets if found is not None]
        return min(known, key=self.share) if known else None

    def _of_condition(
        self, condition: Condition, needs: Mapping[str, Collection[int] | None]
    ) -> Collection[int] | None:
        match condition:
            case Group(name) | Distinct(_, name):
                return needs[name]
            case Not():
                return None
            case AtLeast(_, names):
                return _union([needs[name] for name in names])
            case Any(parts):
                return _union([self._of_condition(part, needs) for part in parts])
            case All(parts):
                found = [self._of_condition(part, needs) for part in parts]
                return min((f for f in found if f is not None), key=self.share, default=None)
            case _:
                assert_never(condition)

    def of(self, node: Node) -> Collection[int] | None:
        """Return patterns of which any page where the node is found has one; None: unknown."""
        if isinstance(node, Terms) and len(node.entries) <= FEW:
            return self._work_out(node)
        if id(node) not in self._of_nodes:
            self._of_nodes[id(node)] = node, self._work_out(node)
        return self._of_nodes[id(node)][1]

    def _work_out(self, node: Node) -> Collection[int] | None:
        match node:
            case Terms(entries):
                # A few numbers are gone through as fast where they stand, without a set of them.
                return entries if len(entries) <= FEW else frozenset(entries)
            case Either(parts):
                return _union([self.of(part) for part in parts])
            case Beside(left, right):
                sides = [self.of(left), self.of(right)]
                return min((s for s in sides if s is not None), key=self.share, default=None)
            case Expression(literals=numbers):
                return numbers
            case InField(_, inner) | InContext(inner):
                return self.of(inner)
            case _:
                assert_never(node)


def reads_elsewhere(node: Node) -> bool:
    """Decide whether some part names the fields it reads, so that the rule's own don't matter."""
    match node:
        case InField():
            return True
        case Either(parts):
            return any(map(reads_elsewhere, parts))
        case Beside(left, right):
            return reads_elsewhere(left) or reads_elsewhere(right)
        case InContext(inner):
            return reads_elsewhere(inner)
        case _:
            return False


def _is_cased(found: Listed) -> bool:
    return not isinstance(found, str) and all([entry.cased for entry in found])  # noqa: C419 - faster


def sure_of(node: Node, needs: Collection[int] | None = None) -> Collection[int]:
    """Return patterns of which one on the page is all that the node asks for.

    Args:
        node: Any.
        needs: What one of must be there, returned itself where it is all of them.
    """
    match node:
        case Terms(entries):
            sure = [number for number, found in entries.items() if not _is_cased(found)]
            if needs is not None and len(sure) == len(entries):
                return needs
            return tuple(sure) if len(sure) <= FEW else frozenset(sure)
        case Either(parts):
            return frozenset().union(*map(sure_of, parts))
        case _:
            return frozenset()


def _union(sets: Sequence[Collection[int] | None]) -> Collection[int] | None:
    if any(found is None for found in sets):
        return None
    return frozenset().union(*(found for found in sets if found is not None))
