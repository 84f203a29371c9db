"""Rules at work: one pass over an article finds every term, then the few rules that can match.

A rule is looked at only when one of the terms of its rarest required group was found; everything
else (fields, case, distances, exclusions) is decided for those few. The result is exactly what
evaluating every rule by itself gives (`tests/property` holds it against a naive evaluator).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from ahocorasick_rs import BytesAhoCorasick

from rules.compiled import CompiledGroup, CompiledRule, Exclusion, Verdict
from rules.condition import holds
from rules.distance import within
from rules.facts import read_facts
from rules.nodes import Node, find, numbers_of
from rules.page import BODY, FIELDS, LEAD, SUMMARY, TEXT, TITLE, Hit, Page, fold_article
from rules.quick import decide
from rules.where import Where, facts_hold, stands
from wirewatch.errors import Problem
from wirewatch.model import (
    Appearance,
    Article,
    Facts,
    ListSpec,
    Match,
    NearMiss,
    Reading,
    Span,
    Suppressed,
)

__all__ = ["CompiledGroup", "CompiledRule", "Exclusion", "Program", "Verdict", "ask"]

# An exclusion in the body counts when it stands at most so many words from what matched.
EXCLUSION_WORDS = 40
MAX_SPANS_PER_GROUP = 20
# With more patterns than this to look up rules by, few articles have none of them.
FIRST_LOOK = 100


class Program:
    """All rules, compiled once and never changed; safe to share.

    Attributes:
        rules: The enabled rules, in order.
        disabled: The others, so that their tests run too.
        warnings: What is allowed but probably not meant.
        lists: Every list by name, shipped ones too.
    """

    def __init__(
        self,
        rules: Sequence[CompiledRule],
        patterns: Sequence[bytes],
        *,
        disabled: Sequence[CompiledRule] = (),
        uses_extra: bool = False,
        warnings: Sequence[Problem] = (),
        used: Collection[int] | None = None,
        lists: Mapping[str, ListSpec] | None = None,
    ) -> None:
        """Build the automaton; `used` leaves out patterns that these rules don't need."""
        self.rules = tuple(rules)
        self.disabled = tuple(disabled)
        self.warnings = tuple(warnings)
        self.patterns = tuple(patterns)
        self.lists = dict(lists or {})
        self.uses_extra = uses_extra
        self._numbers = sorted(used) if used is not None else None
        self._automaton = BytesAhoCorasick(
            self.patterns if self._numbers is None else [self.patterns[n] for n in self._numbers]
        )
        self._anchored: dict[int, Sequence[int]] = {}
        for n, rule in enumerate(self.rules):
            mine = (n,)  # one for all patterns that belong to no other rule
            for pattern in rule.anchor or ():
                known = self._anchored.setdefault(pattern, mine)
                if isinstance(known, list):
                    known.append(n)
                elif known is not mine:
                    self._anchored[pattern] = [*known, n]
        self._first = _first_look(self.patterns, self._anchored)
        self._others = tuple(rule.others for rule in self.rules)
        self._always = tuple(n for n, rule in enumerate(self.rules) if rule.anchor is None)

    def rule(self, rule_id: str) -> CompiledRule:
        """Return a rule, enabled or not.

        Raises:
            KeyError: There is none of that name.
        """
        return self._by_id[rule_id]

    @cached_property
    def _by_id(self) -> dict[str, CompiledRule]:
        return {rule.id: rule for rule in (*self.rules, *self.disabled)}

    def only(self, ids: Collection[str]) -> Program:
        """Return a program of some of the rules, which looks for nothing else: for backtests."""
        rules = [rule for rule in (*self.rules, *self.disabled) if rule.id in ids]
        used = {number for rule in rules for node in _nodes(rule) for number in numbers_of(node)}
        return Program(
            rules, self.patterns, uses_extra=self.uses_extra, used=used, lists=self.lists
        )

    def read(self, article: Article, appearance: Appearance) -> Reading:
        """Return everything the rules and the facts say of an article in one appearance."""
        facts = read_facts(article)
        page = self.page(article)
        matches, suppressed, missed = [], [], []
        for rule, verdict in self.judge(page, appearance, facts):
            if verdict.matches:
                matches.append(_match(rule, verdict, page, facts))
            elif verdict.excluded:
                by, hit = verdict.excluded
                suppressed.append(Suppressed(rule.id, by, _span("exclude", hit, page)))
            else:
                missed.append(NearMiss(rule.id, verdict.missing[0]))
        return Reading(tuple(matches), tuple(suppressed), tuple(missed), facts)

    def page(self, article: Article) -> Page:
        """Return an article with every term found in it."""
        page = Page(article, extra=self.uses_extra)
        page.search(self._automaton, self.patterns, self._numbers)
        return page

    def matching(self, article: Article, appearance: Appearance) -> list[str]:
        """Return the ids of the rules that match, without evidence: what backtests ask."""
        folded = fold_article(article, extra=self.uses_extra)
        if self._first and not self._always and not self._first.find_matches_as_indexes(folded):
            return []
        page = Page(article, extra=self.uses_extra, folded=folded)
        page.search(self._automaton, self.patterns, self._numbers)
        return self.matching_on(page, appearance)

    def matching_on(self, page: Page, appearance: Appearance) -> list[str]:
        """Return the ids of the rules that match a page of this program."""
        rules, others = self.rules, self._others
        lacks = page.numbers.isdisjoint
        found = []
        for number in self._candidates(page):
            for needs in others[number]:
                if lacks(needs):
                    break
            else:
                if _matches(rules[number], page, appearance):
                    found.append(number)
        return [rules[number].id for number in sorted(found)]

    def judge(
        self, page: Page, appearance: Appearance, facts: Facts | None
    ) -> Iterable[tuple[CompiledRule, Verdict]]:
        """Yield the rules that match, are excluded, or lack just one of three or more groups."""
        for rule in map(self.rules.__getitem__, sorted(self._candidates(page))):
            if _lacking(rule, page.numbers) <= (len(rule.required) > 2) and _stands(
                rule.where, page, appearance, facts
            ):
                verdict = ask(rule, page)
                if verdict.matches or verdict.excluded or _is_near_miss(rule, verdict):
                    yield rule, verdict

    def _candidates(self, page: Page) -> set[int]:
        """Return the rules whose rarest group may be there."""
        anchored = self._anchored
        found = [anchored[pattern] for pattern in anchored.keys() & page.numbers]
        return {*chain.from_iterable(found), *self._always}

    def failing_tests(self) -> tuple[Problem, ...]:
        """Return a problem for each test in the rules that does not come out as it says."""
        from rules.selftest import failing_tests  # noqa: PLC0415 - it needs Program itself

        return failing_tests(self)


def _first_look(patterns: Sequence[bytes], anchored: Collection[int]) -> BytesAhoCorasick | None:
    """Return what finds one word of each pattern that rules are looked up by; None: they are many.

    For a rule alone: most articles have none of these words, and nothing more need be done.
    """
    if not 0 < len(anchored) <= FIRST_LOOK:
        return None
    return BytesAhoCorasick(list({_longest(patterns[number]) for number in anchored}))


def _longest(pattern: bytes) -> bytes:
    """Return the longest word of a pattern; the blanks that bound it stay."""
    size, at = max((len(found[0]), found.start()) for found in _WORD.finditer(pattern))
    return pattern[max(at - 1, 0) : at + size + 1]


_WORD = re.compile(rb"[^ ]+")


def _nodes(rule: CompiledRule) -> Iterable[Node]:
    yield from (group.node for group in rule.groups)
    for exclusion in rule.exclusions:
        yield exclusion.node
        if exclusion.unless is not None:
            yield exclusion.unless


def _lacking(rule: CompiledRule, numbers: set[int]) -> int:
    """Return how many required groups can't be there, but at most two."""
    lacking = 0
    for needs in rule.others:
        if numbers.isdisjoint(needs):
            lacking += 1
            if lacking > 1:
                break
    return lacking


def _matches(rule: CompiledRule, page: Page, appearance: Appearance) -> bool:
    """Decide a rule whose required groups may all be there."""
    decided = decide(rule, page)
    if decided is not None:
        return decided
    return _stands(rule.where, page, appearance, None) and ask(rule, page).matches


def _stands(where: Where | None, page: Page, appearance: Appearance, facts: Facts | None) -> bool:
    if where is None:
        return True
    if not stands(where, page.article, appearance):
        return False
    if not where.needs_facts:
        return True
    return facts_hold(where, facts if facts is not None else read_facts(page.article))


def _is_near_miss(rule: CompiledRule, verdict: Verdict) -> bool:
    # One of two groups is missing in half of all articles: that is no near miss. Nor is it one
    # without the rarest group, which is what the rule is about.
    return (
        len(rule.required) > 2
        and len(verdict.missing) == 1
        and verdict.missing[0] != rule.required[0]
    )


def ask(rule: CompiledRule, page: Page, *, thorough: bool = False) -> Verdict:
    """Decide one rule on one page, `where` apart.

    Args:
        rule: Any rule of the program that made the page.
        page: An article.
        thorough: Look for every group even when enough are missing to know the answer.
    """
    hits: dict[str, Sequence[Hit]] = {}
    missing: list[str] = []
    for group in rule.groups:
        hits[group.name] = found = find(group.node, page, rule.mask)
        if not found and group.name in rule.required:
            missing.append(group.name)
            if not thorough and (len(missing) > 1 or len(rule.required) < 3):
                break
    if missing:
        return Verdict(hits, tuple(missing))
    return _ask_further(rule, page, hits)


def _ask_further(rule: CompiledRule, page: Page, hits: Mapping[str, Sequence[Hit]]) -> Verdict:
    present = {name for name, found in hits.items() if found}
    if rule.condition is not None and not holds(
        rule.condition, present, lambda name: len({hit.term for hit in hits[name]})
    ):
        return Verdict(hits, failed="condition")
    score = None
    if rule.weights:
        score = sum(weight for name, weight in rule.weights if name in present)
        if score < rule.minimum:
            return Verdict(hits, failed="score", score=score)
    for spec in rule.near:
        close = [hits[name] for name in rule.close_groups(spec, hits)]
        if len(close) > 1 and within(spec, close, page) is None:
            return Verdict(hits, failed="near", score=score, apart=spec)
    return Verdict(hits, excluded=_excluded(rule, page, hits), score=score)


def _excluded(
    rule: CompiledRule, page: Page, hits: Mapping[str, Sequence[Hit]]
) -> tuple[str, Hit] | None:
    for exclusion in rule.exclusions:
        if exclusion.needs is not None and page.numbers.isdisjoint(exclusion.needs):
            continue
        evidence = [hit for name in hits.keys() - rule.silent for hit in hits[name]]
        hit = next(iter(_counting(exclusion, page, evidence)), None)
        if hit is not None and not (
            exclusion.unless is not None and find(exclusion.unless, page, TEXT)
        ):
            by = f"{exclusion.name}: {hit.term}" if exclusion.name else hit.term
            return by, hit
    return None


def _counting(exclusion: Exclusion, page: Page, evidence: Sequence[Hit]) -> Iterable[Hit]:
    hits = find(exclusion.node, page, TEXT)
    if exclusion.anywhere:
        return hits
    local = TITLE | SUMMARY | LEAD
    return (
        hit
        for hit in hits
        if 1 << hit.field != BODY or page.is_open(hit, local) or _is_close(hit, evidence)
    )


def _is_close(hit: Hit, evidence: Sequence[Hit]) -> bool:
    return any(
        other.field == hit.field
        and max(hit.start - other.end, other.start - hit.end) <= EXCLUSION_WORDS
        for other in evidence
    )


def _match(rule: CompiledRule, verdict: Verdict, page: Page, facts: Facts) -> Match:
    spans = sorted(
        (
            _span(name, hit, page)
            for name, hits in verdict.hits.items()
            if name not in rule.silent
            for hit in _outermost(hits)[:MAX_SPANS_PER_GROUP]
        ),
        key=lambda span: (_ORDER[span.field], span.start, span.end, span.group),
    )
    said = (*facts.tags, *((facts.status.value,) if facts.status else ()))
    extra = [tag for tag in said if tag in ("denied", "claimed", "aftermath")]
    tags = tuple(dict.fromkeys((*rule.tags, *extra)))
    return Match(rule.id, rule.hash, rule.severity, tuple(spans), verdict.score, tags)


_ORDER = {name: n for n, name in enumerate(FIELDS)}


def _outermost(hits: Sequence[Hit]) -> list[Hit]:
    """Leave out hits that lie inside another one of the same group."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end, h.chars)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


def _span(group: str, hit: Hit, page: Page) -> Span:
    start, end = page.chars(hit)
    stored = FIELDS[hit.field]
    return Span(group, stored, start, end, page.article.text(stored)[start:end], hit.term)
