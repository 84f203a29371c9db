"""How well rules do against labels: precision, recall, F1, with 95 % Wilson intervals."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import sqrt

_Z = 1.959963984540054  # the normal distribution's 97.5 % point


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a count, with its 95 % interval (E. B. Wilson, 1927); None of zero cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One rule against its labels."""

    rule_id: str
    true_positive: int
    false_positive: int
    false_negative: int

    @property
    def precision(self) -> Share | None:
        """Of what matched, how much should have."""
        return wilson(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> Share | None:
        """Of what should match, how much did."""
        return wilson(self.true_positive, self.true_positive + self.false_negative)

    @property
    def f1(self) -> Share | None:
        """The harmonic mean; its interval is that of tp / (tp + fp + fn), which it grows with."""
        jaccard = wilson(
            self.true_positive,
            self.true_positive + self.false_positive + self.false_negative,
        )
        if jaccard is None:
            return None
        return Share(*(2 * j / (1 + j) for j in (jaccard.value, jaccard.low, jaccard.high)))


def wilson(part: int, whole: int) -> Share | None:
    """Return a share with its 95 % Wilson interval, or None when there is nothing to share."""
    if whole == 0:
        return None
    value, z2 = part / whole, _Z * _Z
    middle = (value + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z * sqrt(value * (1 - value) / whole + z2 / (4 * whole * whole)) / (1 + z2 / whole)
    return Share(value, max(0.0, middle - half), min(1.0, middle + half))


def measure(
    judged: Iterable[tuple[Collection[str], Collection[str]]], rules: Iterable[str]
) -> list[Measured]:
    """Count (rules that matched, rules that should have) over articles, per rule, in order.

    Labels that name no rule are counted too, as a rule of that name that always misses.
    """
    counts: dict[str, list[int]] = {rule: [0, 0, 0] for rule in rules}
    for matched, labels in judged:
        for rule in {*matched, *labels}:
            kind = 0 if rule in matched and rule in labels else 1 if rule in matched else 2
            counts.setdefault(rule, [0, 0, 0])[kind] += 1
    return [Measured(rule, *count) for rule, count in counts.items()]


def together(measured: Iterable[Measured]) -> Measured:
    """Return all pairs of article and rule as one (micro average)."""
    found = list(measured)
    return Measured(
        "all rules",
        sum(each.true_positive for each in found),
        sum(each.false_positive for each in found),
        sum(each.false_negative for each in found),
    )
