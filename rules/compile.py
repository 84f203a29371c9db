"""From a rule book to a program: checks everything, collects all mistakes, skips nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence

from rules.canonical import canonical
from rules.condition import NAMEABLE, OPERATORS, Condition, holds, mentioned, parse_condition
from rules.engine import CompiledGroup, CompiledRule, Exclusion, Program
from rules.needs import Needs, reads_elsewhere, sure_of
from rules.nodes import size
from rules.page import EXTRA, MASKS, TEXT
from rules.query import QueryError
from rules.rarity import Rarity
from rules.terms import TermCompiler, meant
from rules.where import compile_where
from wirewatch.errors import Problem, RuleErrors
from wirewatch.model import (
    FilterSpec,
    GroupSpec,
    ListSpec,
    NearSpec,
    RuleBook,
    RuleSpec,
    ScoreSpec,
    Term,
)
from wirewatch.model.rules import Path

UNITS = ("words", "sentence", "paragraph")


def compile_rules(
    book: RuleBook,
    *,
    shipped: Mapping[str, Sequence[ListSpec]] | None = None,
    frequencies: Mapping[str, float] | None = None,
    source_of: Callable[[str], str] = lambda _: "",
) -> Program:
    """Compile a rule book.

    Args:
        book: All rules, lists and filters.
        shipped: Lists that come with wirewatch, by the name under `use:`; a list of the book's own
            with the same name takes the place of a shipped one.
        frequencies: Share of articles that a folded word stands in, 0 to 1, where known: rules are
            then looked up by their truly rarest group. It changes speed, never results.
        source_of: Which `use:` would bring a list that is not there, or "": for hints.

    Raises:
        RuleErrors: With every mistake there is.
    """
    return _Compiler(book, shipped or {}, Rarity(frequencies or {}), source_of).program()


class _Compiler:
    def __init__(
        self,
        book: RuleBook,
        shipped: Mapping[str, Sequence[ListSpec]],
        rarity: Rarity,
        source_of: Callable[[str], str],
    ) -> None:
        self._book = book
        self._problems: list[Problem] = []
        self._warnings: list[Problem] = []
        self._lists = self._all_lists(shipped)
        # Not a method of ours: whoever refers to what refers to it is kept until garbage is collected.
        self._terms = TermCompiler(self._lists, self._problems.append, source_of)
        self._list_hashes: dict[str, str] = {}
        self._needs = Needs(rarity, self._terms.by_number)
        self._uses_extra = False

    def program(self) -> Program:
        for found in self._lists.values():
            if not found.shipped:
                self._check_list(found)
        filters = [(spec, self._filter(spec)) for spec in self._book.filters]
        seen: dict[str, RuleSpec] = {}
        rules = []
        for spec in self._book.rules:
            if spec.id in seen:
                hint = "every rule needs an id of its own"
                self._report(Problem((*spec.path, "id"), f'a second rule "{spec.id}"', hint))
            seen[spec.id] = spec
            rules.append(self._rule(spec, filters))
        for spec_filter, _ in filters:
            self._checkapplies(spec_filter)
        if self._problems:
            raise RuleErrors(self._problems)
        return Program(
            [rule for rule in rules if rule.spec.enabled],
            self._terms.by_number,
            disabled=[rule for rule in rules if not rule.spec.enabled],
            uses_extra=self._uses_extra or self._terms.uses_extra,
            warnings=self._warnings,
            lists=self._lists,
        )

    def _report(self, problem: Problem) -> None:
        self._problems.append(problem)

    def _mistake(self, path: Path, error: QueryError) -> None:
        self._report(Problem(path, error.problem, error.hint, error.offset))

    def _all_lists(self, shipped: Mapping[str, Sequence[ListSpec]]) -> dict[str, ListSpec]:
        found: dict[str, ListSpec] = {}
        for name, path in self._book.use:
            if name not in shipped:
                self._report(
                    Problem(path, f'no shipped list is called "{name}"', meant(name, shipped))
                )
            found |= {spec.name: spec for spec in shipped.get(name, ())}
        own: set[str] = set()
        for spec in self._book.lists:
            if spec.name in own:
                self._report(Problem(spec.path, f"a second list ${spec.name}", "merge the two"))
            own.add(spec.name)
            found[spec.name] = spec
        return found

    def _check_list(self, spec: ListSpec) -> None:
        """Compile a list even where no rule uses it: nothing invalid is passed over."""
        if not spec.terms:
            self._report(Problem(spec.path, f"the list ${spec.name} is empty", "add a phrase"))
        self._terms.compile_list(spec.name)

    def _filter(self, spec: FilterSpec) -> Exclusion:
        if not spec.exclude:
            self._report(Problem(spec.path, f'the filter "{spec.name}" excludes nothing'))
        return self._exclusion(
            spec.exclude, unless=spec.unless, anywhere=spec.anywhere, name=spec.name
        )

    def _checkapplies(self, spec: FilterSpec) -> None:
        ids = [rule.id for rule in self._book.rules]
        tags = {f"tag:{tag}" for rule in self._book.rules for tag in rule.tags}
        for n, target in enumerate(spec.applies_to):
            if target not in tags and target not in ids:
                path = (*spec.path, "applies_to", n)
                self._report(
                    Problem(path, f'no rule or tag is "{target}"', meant(target, {*ids, *tags}))
                )

    def _exclusion(
        self,
        terms: Sequence[Term],
        *,
        unless: Sequence[Term] = (),
        anywhere: bool = False,
        name: str = "",
    ) -> Exclusion:
        node = self._terms.node(terms)
        override = self._terms.node(unless) if unless else None
        needs = self._needs.of(node)
        sure = sure_of(node, needs) if anywhere and override is None else ()
        return Exclusion(node, needs, override, anywhere, name, sure)

    def _rule(
        self, spec: RuleSpec, filters: Sequence[tuple[FilterSpec, Exclusion]]
    ) -> CompiledRule:
        if not spec.match:
            hint = "write at least one group of phrases under match"
            self._report(Problem((*spec.path, "match"), "a rule that asks for nothing", hint))
        groups = tuple(self._group(group) for group in spec.match)
        names = [group.name for group in spec.match]
        mask = self._mask(spec)
        condition = self._condition(spec, names)
        weights, minimum = self._score(spec.score, names)
        rarest_first = sorted(groups, key=lambda group: self._needs.share(group.needs))
        required = _required(rarest_first, condition, dict(weights))
        # What costs little first (a place), what costs much last (NEAR upon NEAR): without the one
        # the other need not be looked for.
        groups = tuple(sorted(rarest_first, key=lambda group: size(group.node)))
        anchor = self._needs.anchor(groups, required, condition, weights, minimum)
        needs = {group.name: group.needs for group in groups}
        others = [found for name in required if (found := needs[name]) is not None]
        if spec.when and spec.when.first_mention and spec.when.first_mention not in names:
            path = (*spec.when.path, "first_mention")
            problem = f'no group is called "{spec.when.first_mention}"'
            self._report(Problem(path, problem, meant(spec.when.first_mention, names)))
        silent = mentioned(condition, positive=False) - mentioned(condition) if condition else set()
        self._doubt(spec, condition, required=required, silent=silent)
        return CompiledRule(
            id=spec.id,
            title=spec.title or spec.id,
            severity=spec.severity,
            hash=self._hash(spec, filters),
            spec=spec,
            tags=spec.tags,
            groups=groups,
            mask=mask,
            required=required,
            anchor=anchor,
            others=tuple(tuple(each) for each in others if each is not anchor),
            unsure=tuple(g for g in groups if not (g.is_plain and g.name in required)),
            is_plain=not (condition or weights or spec.where) and all(map(_is_plain, spec.near)),
            condition=condition,
            weights=weights,
            minimum=minimum,
            near=tuple(near for near in spec.near if self._near_is_right(near, names)),
            exclusions=self._exclusions(spec, filters),
            where=compile_where(spec.where, self._report, self._warnings.append)
            if spec.where
            else None,
            silent=frozenset(silent),
        )

    def _doubt(
        self,
        spec: RuleSpec,
        condition: Condition | None,
        *,
        required: Collection[str],
        silent: Collection[str],
    ) -> None:
        """Warn of a rule that needs nothing, or can never be."""
        for near in spec.near:
            if against := [name for name in near.groups if name in silent]:
                problem = f'the condition forbids "{against[0]}", so the rule never matches'
                self._warnings.append(Problem(near.path, problem, "leave it out of `groups`"))
        score_needs = spec.score is not None and spec.score.minimum > 0
        condition_needs = condition is not None and not holds(condition, (), lambda _: 0)
        if not required and not score_needs and not condition_needs:
            key = "condition" if spec.condition is not None else "score"
            problem = "this also holds for an article that has none of the words"
            self._warnings.append(Problem((*spec.path, key), problem, "ask for one group at least"))

    def _group(self, spec: GroupSpec) -> CompiledGroup:
        if not spec.terms:
            hint = "add a phrase, or delete the group"
            self._report(Problem(spec.path, f'the group "{spec.name}" is empty', hint))
        node = self._terms.node(spec.terms)
        needs = self._needs.of(node)
        sure = sure_of(node, needs)
        is_plain = sure is needs or (needs is not None and set(sure) == set(needs))
        inside = None if reads_elsewhere(node) else needs
        return CompiledGroup(spec.name, node, needs, inside, sure, is_plain)

    def _mask(self, spec: RuleSpec) -> int:
        mask = 0
        for n, name in enumerate(spec.fields):
            if name not in MASKS:
                path = (*spec.path, "fields", n)
                self._report(Problem(path, f'no field is called "{name}"', meant(name, MASKS)))
            mask |= MASKS.get(name, 0)
        self._uses_extra |= bool(mask & EXTRA)
        return mask or TEXT

    def _condition(self, spec: RuleSpec, names: Sequence[str]) -> Condition | None:
        if spec.condition is None:
            return None
        path = (*spec.path, "condition")
        try:
            condition = parse_condition(spec.condition, names)
        except QueryError as error:
            self._mistake(path, error)
            return None
        for group in spec.match:
            if not NAMEABLE.fullmatch(group.name) or group.name.lower() in OPERATORS:
                hint = "use letters, digits, - and _, and no word of the condition's own"
                problem = f'a condition can\'t speak of a group "{group.name}"'
                self._report(Problem(group.path, problem, hint))
        scored = {name for name, _ in spec.score.weights} if spec.score else set[str]()
        used = mentioned(condition) | mentioned(condition, positive=False) | scored
        for name in names:
            if name not in used:
                self._warnings.append(
                    Problem(path, f'the group "{name}" plays no part', "name it or delete it")
                )
        return condition

    def _score(
        self, spec: ScoreSpec | None, names: Sequence[str]
    ) -> tuple[tuple[tuple[str, float], ...], float]:
        if spec is None:
            return (), 0.0
        for name, _ in spec.weights:
            if name not in names:
                path = (*spec.path, "weights", name)
                self._report(Problem(path, f'no group is called "{name}"', meant(name, names)))
        best = sum(weight for _, weight in spec.weights if weight > 0)
        if best < spec.minimum:
            path = (*spec.path, "minimum")
            problem = f"all groups together only reach {best:g}, not {spec.minimum:g}"
            self._report(Problem(path, problem, "lower the minimum or raise weights"))
        return spec.weights, spec.minimum

    def _near_is_right(self, spec: NearSpec, names: Sequence[str]) -> bool:
        before = len(self._problems)
        for n, name in enumerate(spec.groups):
            if name not in names:
                path = (*spec.path, "groups", n)
                self._report(Problem(path, f'no group is called "{name}"', meant(name, names)))
        if len(set(spec.groups or names)) < 2:
            self._report(
                Problem(
                    (*spec.path, "groups"),
                    "near needs two groups or more",
                    "inside one group write a NEAR/5 b",
                )
            )
        if spec.unit not in UNITS:
            problem = f'"{spec.unit}" is no unit of distance'
            self._report(Problem((*spec.path, "within"), problem, meant(spec.unit, UNITS)))
        if spec.within < 1:
            hint = "write 40 words, 1 sentence or 1 paragraph"
            self._report(Problem((*spec.path, "within"), "a distance of nothing", hint))
        return len(self._problems) == before

    def _exclusions(
        self, spec: RuleSpec, filters: Sequence[tuple[FilterSpec, Exclusion]]
    ) -> tuple[Exclusion, ...]:
        found = []
        if spec.exclude:
            found.append(self._exclusion(spec.exclude, unless=spec.unless))
        if spec.exclude_anywhere:
            found.append(self._exclusion(spec.exclude_anywhere, unless=spec.unless, anywhere=True))
        if spec.unless and not found:
            hint = "unless overrides exclude: add one, or delete it"
            self._report(Problem((*spec.path, "unless"), "there is nothing to override", hint))
        return (*found, *(exclusion for each, exclusion in filters if applies(each, spec)))

    def _hash(self, spec: RuleSpec, filters: Sequence[tuple[FilterSpec, Exclusion]]) -> str:
        applied = [each for each, _ in filters if applies(each, spec)]
        text = canonical((spec, applied))
        # Without a dollar sign anywhere there is no list behind it.
        for name in sorted(self._terms.lists_behind(spec, applied)) if "$" in text else ():
            if name not in self._list_hashes:
                self._list_hashes[name] = canonical(self._lists[name].terms)
            text += f"\n{name}={self._list_hashes[name]}"
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _is_plain(near: NearSpec) -> bool:
    return near.unit == "words" and not near.ordered and len(near.groups) == 2


def _required(
    groups: Sequence[CompiledGroup], condition: Condition | None, weights: Mapping[str, float]
) -> tuple[str, ...]:
    """Name the groups that must be present, in this order; all but scored ones by default."""
    if condition is not None:
        return ()
    return tuple(group.name for group in groups if group.name not in weights)


def applies(spec: FilterSpec, rule: RuleSpec) -> bool:
    """Decide whether a filter is meant for a rule."""
    return not spec.applies_to or any(
        target == rule.id or target.removeprefix("tag:") in rule.tags
        for target in spec.applies_to
        if target == rule.id or target.startswith("tag:")
    )
