"""What is allowed in rules but probably not meant: warnings with a reason, never errors.

Some need no article (`lint`), some need to know how often things occur (`lint_counts`, over the
archive or a file).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from rules.compounds import SHOUTED
from rules.condition import All, Any, Condition, Distinct, Not
from rules.engine import CompiledGroup, CompiledRule, Exclusion, Program
from rules.forms import Form, forms
from rules.nodes import (
    Beside,
    Either,
    Expression,
    InContext,
    InField,
    Node,
    Terms,
    listed,
    numbers_of,
)
from rules.page import TITLE, Page
from rules.query import AnyOf, ListRef, Phrase, parse
from wirewatch.errors import Problem
from wirewatch.model import GroupSpec, ListSpec, PhraseSpec, RuleBook, Term
from wirewatch.model.rules import Path

TOO_COMMON = 0.05
TOO_MANY_A_DAY = 50
ENOUGH_ARTICLES = 1_000


def lint(program: Program, book: RuleBook) -> list[Problem]:
    """Return warnings about a book that compiled, in its order."""
    found, exclusions = list(program.warnings), _Exclusions(program, book)
    for spec in book.lists:
        found += _terms(spec.terms, f"${spec.name}")
    for rule in (*program.rules, *program.disabled):
        for group in rule.spec.match:
            found += _terms(group.terms, group.name)
        found += _rule(rule, exclusions)
    found += _unused_lists(book)
    found += _shadowed(program.rules)
    return found


def _terms(terms: Sequence[Term], where: str) -> Iterator[Problem]:
    seen: dict[frozenset[Form], str] = {}
    for term in terms:
        if not isinstance(term, PhraseSpec):
            continue
        query = parse(term.text)
        parts = query.parts if isinstance(query, AnyOf) else (query,)
        for phrase in (part for part in parts if isinstance(part, Phrase)):
            text = term.text if phrase is query else " ".join(word.text for word in phrase.words)
            yield from _phrase(term, text, phrase, where)
            key = frozenset(forms(phrase))
            if key in seen:
                problem = f'"{text}" is the same as "{seen[key]}" in {where}'
                yield Problem(term.path, problem, "delete one of the two")
            seen[key] = text


def _phrase(term: PhraseSpec, text: str, query: Phrase, where: str) -> Iterator[Problem]:
    if "," in text.strip().strip(","):
        hint = "a comma separates nothing in a phrase: write one phrase a line, or |"
        yield Problem(term.path, f'"{text}" in {where} is one phrase', hint)
    if any(word.text == "or" and not word.quoted for word in query.words):
        hint = 'in a phrase "or" is a word: write | for the operator, or quote it'
        yield Problem(term.path, f'"{text}" in {where} is one phrase', hint)
    if len(query.words) == 1:
        word = query.words[0]
        if word.text.isupper() and word.text.lower() in SHOUTED and not word.exact:
            problem = f'"{text}" is also a plain word; it counts with these capitals only'
            yield Problem(term.path, problem, f"={word.text} says that you mean it, ~ turns it off")
        elif len(word.text) < 3 and word.text.isascii() and not word.exact:
            problem = f'"{text}" in {where} is a very short word and will match often'
            yield Problem(term.path, problem, "give it company: a longer phrase, or NEAR")


def _rule(rule: CompiledRule, exclusions: _Exclusions) -> Iterator[Problem]:
    path = rule.spec.path
    if rule.anchor is None:
        problem = f"{rule.id} is asked for every article: nothing in it must be present"
        yield Problem(
            path, problem, "give it a group of plain phrases, or a pattern with a word in it"
        )
    for group in rule.groups:
        for expression in _expressions(group.node):
            if expression.literals is None:
                problem = f"the pattern {expression.term} has no word in it to look for first"
                yield Problem(
                    path, problem, "patterns with three letters in a row are much cheaper"
                )
    for name, count in _distinct(rule.condition):
        lines = next(len(_entries(g.node)) for g in rule.groups if g.name == name)
        if lines < count:
            problem = (
                f'"{count} of {name}" can never be: {name} has {lines} line{"s"[lines == 1 :]}'
            )
            yield Problem((*path, "condition"), problem, "add lines, or lower the number")
    if rule.mask == TITLE:
        problem = f"{rule.id} reads titles only; half of what it is about stands in the summary"
        yield Problem(
            (*path, "fields"), problem, "fields: [title, lead] reads the first sentences too"
        )
    for exclusion in rule.exclusions:
        yield from exclusions.problems(rule, exclusion)


def _distinct(condition: Condition | None) -> Iterator[tuple[str, int]]:
    match condition:
        case Distinct(count, name):
            yield name, count
        case Not(inner):
            yield from _distinct(inner)
        case All(parts) | Any(parts):
            for part in parts:
                yield from _distinct(part)
        case _:
            return


def _expressions(node: Node) -> Iterator[Expression]:
    match node:
        case Expression():
            yield node
        case Either(parts):
            for part in parts:
                yield from _expressions(part)
        case Beside(left, right):
            yield from _expressions(left)
            yield from _expressions(right)
        case InField(_, inner) | InContext(inner):
            yield from _expressions(inner)
        case _:
            return


class _Exclusions:
    """Says what of exclusions can't add anything, or leaves nothing to match; lists are looked at once."""

    def __init__(self, program: Program, book: RuleBook) -> None:
        self._patterns = program.patterns
        self._filters = {spec.name: (*spec.path, "exclude") for spec in book.filters}
        self._whole: dict[int, set[bytes]] = {}
        self._covered: dict[tuple[int, int], bool] = {}

    def problems(self, rule: CompiledRule, exclusion: Exclusion) -> Iterator[Problem]:
        path = self._filters.get(exclusion.name, (*rule.spec.path, "exclude"))
        parts = exclusion.node.parts if isinstance(exclusion.node, Either) else (exclusion.node,)
        for node in parts:
            if isinstance(node, Terms):
                yield from self._terms(rule, exclusion, node, path)

    def _terms(
        self, rule: CompiledRule, exclusion: Exclusion, node: Terms, path: Path
    ) -> Iterator[Problem]:
        if id(node) not in self._whole:
            for text, shorter in self._look_at(node):
                long, short = text.decode().strip(), shorter.decode().strip()
                problem = f'excluding "{long}" adds nothing: "{short}" is excluded already'
                yield Problem(path, problem, "delete the longer one")
        for group in rule.groups:
            if group.name in rule.required and group.is_plain and self._is_covered(group, node):
                problem = f'{rule.id} can hardly match: every term of "{group.name}" is excluded'
                yield Problem(path, problem, "narrow the exclusion")
        if isinstance(exclusion.unless, Terms):
            overriding = {self._patterns[number] for number in exclusion.unless.entries}
            wanted = (self._patterns[number] for number in node.entries)
            if all(not overriding.isdisjoint(_inside(each)) for each in wanted):
                problem = (
                    f"what {exclusion.name or rule.id} excludes is always overridden by unless"
                )
                yield Problem(path, problem, "narrow unless, or delete both")

    def _look_at(self, node: Terms) -> Iterator[tuple[bytes, bytes]]:
        """Yield (phrase, shorter one inside it) of what excludes the same things twice."""
        texts = [self._patterns[number] for number in node.entries]
        whole = self._whole[id(node)] = {text for text in texts if text.endswith(b" ")}
        for text in texts:
            shorter = next((each for each in _inside(text) if each in whole and each != text), None)
            if shorter is not None:
                yield text, shorter

    def _is_covered(self, group: CompiledGroup, node: Terms) -> bool:
        key = id(group.node), id(node)
        if key not in self._covered:
            whole = self._whole[id(node)]
            self._covered[key] = all(
                any(not whole.isdisjoint(_inside(self._patterns[number])) for number in numbers)
                for numbers in _entries(group.node).values()
            )
        return self._covered[key]


def _inside(pattern: bytes) -> Iterator[bytes]:
    """Yield every row of whole words in a pattern, itself too."""
    found = pattern.split()
    found = found if pattern.endswith(b" ") else found[:-1]
    for start in range(len(found)):
        for end in range(start + 1, len(found) + 1):
            yield b" %b " % b" ".join(found[start:end])


def _unused_lists(book: RuleBook) -> Iterator[Problem]:
    used = set(_references(book))
    for spec in book.lists:
        if not spec.shipped and spec.name not in used:
            yield Problem(spec.path, f"no rule uses the list ${spec.name}", "delete it, or use it")


def _references(book: RuleBook) -> Iterator[str]:
    owners: list[ListSpec | GroupSpec] = [*book.lists]
    extra: list[Term] = []
    for rule in book.rules:
        owners += rule.match
        extra += (*rule.exclude, *rule.exclude_anywhere, *rule.unless)
    for spec in book.filters:
        extra += (*spec.exclude, *spec.unless)
    for term in (*extra, *(term for owner in owners for term in owner.terms)):
        if isinstance(term, PhraseSpec) and "$" in term.text:
            yield from _refs(parse(term.text))


def _refs(query: object) -> Iterator[str]:
    if isinstance(query, ListRef):
        yield query.name
    for name in ("parts", "left", "right", "inner"):
        value = getattr(query, name, ())
        for part in value if isinstance(value, tuple) else (value,):
            yield from _refs(part)


def _shadowed(rules: Sequence[CompiledRule]) -> Iterator[Problem]:
    """Name rules of which every match is also one of another rule of the same severity or more."""
    simple = [rule for rule in rules if rule.condition is None and not rule.weights]
    order = {rule.id: n for n, rule in enumerate(simple)}
    # Whatever covers a rule has, in its first group, all terms of one of the rule's groups.
    by_term: dict[int, list[CompiledRule]] = {}
    for rule in simple:
        for number in rule.groups[0].needs or ():
            by_term.setdefault(number, []).append(rule)
    for rule in simple:
        firsts = {next(iter(group.needs)) for group in rule.groups if group.needs}
        wider = {other.id: other for first in firsts for other in by_term.get(first, ())}
        for other in sorted(wider.values(), key=lambda each: order[each.id]):
            if rule is not other and _covers(other, rule):
                if _covers(rule, other) and order[rule.id] < order[other.id]:
                    continue  # of two that cover each other only the later one is named
                problem = f"{other.id} matches whenever {rule.id} does"
                hint = "one of the two is enough, unless they go to different people"
                yield Problem(rule.spec.path, problem, hint)
                break


def _covers(wide: CompiledRule, narrow: CompiledRule) -> bool:
    if wide.near or wide.where or wide.exclusions or wide.severity < narrow.severity:
        return False
    if wide.mask & narrow.mask != narrow.mask:
        return False
    return all(
        group.is_plain
        and group.needs is not None
        and any(
            mine.needs is not None and numbers_of(mine.node).issubset(group.needs)
            for mine in narrow.groups
        )
        for group in wide.groups
    )


@dataclass(slots=True)
class Census:
    """How often what occurs.

    Attributes:
        terms: (rule, group, term) -> articles.
        patterns: By number: articles that have it anywhere.
        hits: Rule -> articles that match.
    """

    articles: int = 0
    terms: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    patterns: Counter[int] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)

    def add(self, page: Page, matching: Iterable[str]) -> None:
        """Count one article."""
        self.articles += 1
        self.patterns.update(page.numbers)
        self.hits.update(matching)


def lint_counts(program: Program, census: Census, *, days: float) -> list[Problem]:
    """Return warnings that rest on how often things occur.

    Args:
        program: As compiled.
        census: Of its own pages.
        days: What the articles cover; above 0.
    """
    found: list[Problem] = []
    for rule in program.rules:
        a_day = census.hits[rule.id] / days
        if a_day > TOO_MANY_A_DAY:
            problem = f"{rule.id} matches {a_day:.0f} articles a day"
            found.append(Problem(rule.spec.path, problem, "add a group, or near"))
        if census.articles >= ENOUGH_ARTICLES:
            if not census.hits[rule.id]:
                problem = f"{rule.id} matches none of {census.articles} articles"
                found.append(
                    Problem(rule.spec.path, problem, "`wirewatch rules near-misses` may say why")
                )
            paths = {group.name: group.path for group in rule.spec.match}
            for group in rule.groups:
                found += _frequent(paths[group.name], _entries(group.node), census, program)
    return found


def _frequent(
    path: Path, terms: Mapping[str, dict[int, bool]], census: Census, program: Program
) -> Iterator[Problem]:
    for term, numbers in terms.items():
        for number, is_all in numbers.items():
            share = census.patterns[number] / census.articles
            text = program.patterns[number].decode().strip()
            if is_all and share > TOO_COMMON and " " not in text:
                problem = f'"{text}" ({term}) stands in {share:.0%} of all articles'
                yield Problem(path, problem, "too common to say much: a phrase or NEAR says more")
        if numbers and not any(census.patterns[number] for number in numbers):
            problem = f'"{term}" stands in none of {census.articles} articles'
            yield Problem(path, problem, "check how it is spelt")


def _entries(node: Node) -> dict[str, dict[int, bool]]:
    """Return the patterns of each term of a group, and whether one alone is all that it asks for.

    Those inside of lists are counted with them.
    """
    found: dict[str, dict[int, bool]] = {}
    match node:
        case Terms(entries):
            for number, known in entries.items():
                for entry in listed(known):
                    found.setdefault(entry.term, {})[number] = not entry.cased
        case Either(parts):
            for part in parts:
                for term, numbers in _entries(part).items():
                    found.setdefault(term, {}).update(numbers)
        case Beside(term=term) | Expression(term=term):
            found[term] = dict.fromkeys(numbers_of(node), False)
        case InField(_, inner) | InContext(inner):
            return _entries(inner)
        case _:
            assert_never(node)
    return found
