"""What rules would have found: over the stored archive or a file, alone or against another version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import combinations

from rules import Program
from rules.measure import Share, wilson
from wirewatch.model import Appearance, Article

MAX_EXAMPLES = 10


@dataclass(frozen=True, slots=True)
class Sample:
    """An article to try rules on.

    Attributes:
        name: What a person finds it by: its number, or the id in the file.
        story: Its story, or its own name where stories are unknown.
        labels: Rules that should match; None where nobody said.
    """

    article: Article
    appearance: Appearance
    name: str
    story: str
    labels: frozenset[str] | None = None

    @property
    def at(self) -> datetime:
        """When it was first seen."""
        return self.article.first_seen_at


@dataclass(slots=True)
class RuleRun:
    """One rule over all samples.

    Attributes:
        gained, lost: Examples of what only this version, only the other version matches.
        good, bad: Labelled articles among what matched.
    """

    rule_id: str
    articles: int = 0
    days: Counter[date] = field(default_factory=Counter)
    stories: set[str] = field(default_factory=set)
    examples: list[Sample] = field(default_factory=list)
    gained: int = 0
    lost: int = 0
    gained_examples: list[Sample] = field(default_factory=list)
    lost_examples: list[Sample] = field(default_factory=list)
    good: int = 0
    bad: int = 0

    @property
    def precision(self) -> Share | None:
        """Estimated from labels, with its 95 % interval; None without any."""
        return wilson(self.good, self.good + self.bad)


@dataclass(slots=True)
class Backtest:
    """All rules over all samples.

    Attributes:
        overlap: (rule, rule) in order of name -> articles that both match.
    """

    runs: dict[str, RuleRun]
    compared: bool = False
    articles: int = 0
    first: datetime | None = None
    last: datetime | None = None
    overlap: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def days(self) -> float:
        """How long the samples cover, a day at least."""
        if self.first is None or self.last is None:
            return 1.0
        return max((self.last - self.first).total_seconds() / 86_400, 1.0)

    def overlaps(self, rule_id: str) -> list[tuple[str, int]]:
        """Return (other rule, articles that both match), most first."""
        found = [
            (right if left == rule_id else left, count)
            for (left, right), count in self.overlap.items()
            if rule_id in (left, right)
        ]
        return sorted(found, key=lambda each: (-each[1], each[0]))


def backtest(
    samples: Iterable[Sample],
    program: Program,
    *,
    against: Program | None = None,
    labels: Mapping[str, Mapping[str, bool]] | None = None,
) -> Backtest:
    """Run a program over samples.

    Args:
        samples: In any order.
        program: Usually `Program.only` of what is to be tried.
        against: Another version: what it matches is compared, rule by rule.
        labels: Rule -> sample name -> whether it should match.
    """
    ids = [rule.id for rule in program.rules]
    ids += [rule.id for rule in against.rules if rule.id not in ids] if against else []
    result = Backtest({rule_id: RuleRun(rule_id) for rule_id in ids}, against is not None)
    for sample in samples:
        _count(result, sample)
        matched = program.matching(sample.article, sample.appearance)
        for rule_id in matched:
            _matched(result.runs[rule_id], sample, (labels or {}).get(rule_id, {}))
        result.overlap.update(combinations(sorted(matched), 2))
        if against is not None:
            _compare(result, sample, matched, against.matching(sample.article, sample.appearance))
    return result


def _count(result: Backtest, sample: Sample) -> None:
    result.articles += 1
    result.first = min(result.first or sample.at, sample.at)
    result.last = max(result.last or sample.at, sample.at)


def _matched(run: RuleRun, sample: Sample, labels: Mapping[str, bool]) -> None:
    run.articles += 1
    run.days[sample.at.date()] += 1
    run.stories.add(sample.story)
    if len(run.examples) < MAX_EXAMPLES:
        run.examples.append(sample)
    label = labels.get(sample.name)
    if sample.labels is not None:
        label = run.rule_id in sample.labels
    if label is not None:
        run.good += label
        run.bad += not label


def _compare(
    result: Backtest, sample: Sample, matched: Sequence[str], before: Sequence[str]
) -> None:
    for rule_id in {*matched} - {*before}:
        run = result.runs[rule_id]
        run.gained += 1
        if len(run.gained_examples) < MAX_EXAMPLES:
            run.gained_examples.append(sample)
    for rule_id in {*before} - {*matched}:
        run = result.runs[rule_id]
        run.lost += 1
        if len(run.lost_examples) < MAX_EXAMPLES:
            run.lost_examples.append(sample)


def chart(run: RuleRun, first: date, last: date, *, width: int = 30) -> str:
    """Return a small chart of matches over time, a character for each stretch of days."""
    counts = buckets(run, first, last, width=width)
    most = max(counts, default=0)
    return "".join(
        _BARS[-(-count * (len(_BARS) - 1) // most)] if most else _BARS[0] for count in counts
    )


_BARS = "·▁▂▃▄▅▆▇█"


def buckets(run: RuleRun, first: date, last: date, *, width: int) -> list[int]:
    """Return matches in each of at most `width` equal stretches of days, oldest first."""
    span = (last - first).days + 1
    size = -(-span // width)
    counts = [0] * -(-span // size)
    for day, count in run.days.items():
        counts[(day - first).days // size] += count
    return counts
