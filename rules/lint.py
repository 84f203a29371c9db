"""What is allowed in rules but probably not meant: warnings with a reason, never errors.

Some need no article (`lint`), some need to know how often things occur (`lint_counts`, over the
archive or a file).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rules.compounds import SHOUTED
from rules.engine import CompiledRule, Exclusion, Program
from rules.forms import forms
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
from rules.query import ListRef, Phrase, QueryError, parse
from wirewatch.errors import Problem
from wirewatch.model import GroupSpec, ListSpec, PhraseSpec, RuleBook, Term

TOO_COMMON = 0.05
TOO_MANY_A_DAY = 50
ENOUGH_ARTICLES = 1_000


def lint(program: Program, book: RuleBook) -> list[Problem]:
    """Return warnings about a book that compiled, in its order."""
    found = list(program.warnings)
    for spec in book.lists:
        found += _terms(spec.terms, f"${spec.name}")
    for rule in (*program.rules, *program.disabled):
        for group in rule.spec.match:
            found += _terms(group.terms, group.name)
        found += _rule(rule, program)
    found += _unused_lists(book)
    found += _shadowed(program.rules)
    return found


def _terms(terms: Sequence[Term], where: str) -> Iterator[Problem]:
    seen: dict[str, PhraseSpec] = {}
    for term in terms:
        if not isinstance(term, PhraseSpec):
            continue
        query = parse(term.text)
        if isinstance(query, Phrase):
            yield from _phrase(term, query, where)
            try:
                key = " ".join(map(str, forms(query)[0].pieces))
            except QueryError:  # it has no forms; compiling has said so
                continue
            if key in seen:
                problem = f'"{term.text}" is the same as "{seen[key].text}" in {where}'
                yield Problem(term.path, problem, "delete one of the two")
            seen[key] = term


def _phrase(term: PhraseSpec, query: Phrase, where: str) -> Iterator[Problem]:
    if "," in term.text.strip().strip(","):
        hint = "a comma separates nothing in a phrase: write one phrase a line, or |"
        yield Problem(term.path, f'"{term.text}" in {where} is one phrase', hint)
    if len(query.words) == 1:
        word = query.words[0]
        if word.text.isupper() and word.text.lower() in SHOUTED and not word.exact:
            problem = f'"{term.text}" is also a plain word; it counts with these capitals only'
            yield Problem(term.path, problem, f"={word.text} says that you mean it, ~ turns it off")
        elif len(word.text) < 3 and word.text.isascii() and not word.exact:
            problem = f'"{term.text}" in {where} is a very short word and will match often'
            yield Problem(term.path, problem, "give it company: a longer phrase, or NEAR")


def _rule(rule: CompiledRule, program: Program) -> Iterator[Problem]:
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
    if rule.mask == TITLE:
        problem = f"{rule.id} reads titles only; half of what it is about stands in the summary"
        yield Problem(
            (*path, "fields"), problem, "fields: [title, lead] reads the first sentences too"
        )
    for exclusion in rule.exclusions:
        yield from _exclusion(rule, exclusion, program)


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
        case Terms():
            return


def _exclusion(rule: CompiledRule, exclusion: Exclusion, program: Program) -> Iterator[Problem]:
    """Name exclusions that can't add anything, or that leave nothing to match."""
    if not isinstance(exclusion.node, Terms):
        return
    texts = {number: program.patterns[number] for number in exclusion.node.entries}
    for number, text in texts.items():
        shorter = next(
            (o for n, o in texts.items() if n != number and o.endswith(b" ") and o in text), None
        )
        if shorter is not None:
            long, short = text.decode().strip(), shorter.decode().strip()
            problem = f'excluding "{long}" adds nothing: "{short}" is excluded already'
            yield Problem((*rule.spec.path, "exclude"), problem, "delete the longer one")
    whole = [text for text in texts.values() if text.endswith(b" ")]
    for group in rule.groups:
        if group.name in rule.required and group.is_plain and group.needs:
            wanted = [program.patterns[number] for number in group.needs]
            if all(any(text in each for text in whole) for each in wanted):
                problem = f'{rule.id} can hardly match: every term of "{group.name}" is excluded'
                yield Problem((*rule.spec.path, "exclude"), problem, "narrow the exclusion")


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
    for rule in simple:
        for other in simple:
            if rule is not other and _covers(other, rule) and not _covers_back(rule, other, simple):
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


def _covers_back(rule: CompiledRule, other: CompiledRule, order: Sequence[CompiledRule]) -> bool:
    """Of two rules that cover each other only the later one is named."""
    return _covers(rule, other) and order.index(rule) < order.index(other)


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
            for group in rule.groups:
                found += _frequent(rule, group.name, _entries(group.node), census, program)
    return found


def _frequent(
    rule: CompiledRule,
    group: str,
    terms: Mapping[str, set[int]],
    census: Census,
    program: Program,
) -> Iterator[Problem]:
    path = (*rule.spec.path, "match", group)
    for term, numbers in terms.items():
        for number in numbers:
            share = census.patterns[number] / census.articles
            text = program.patterns[number].decode().strip()
            if share > TOO_COMMON and " " not in text:
                problem = f'"{text}" ({term}) stands in {share:.0%} of all articles'
                yield Problem(path, problem, "too common to say much: a phrase or NEAR says more")
        if not any(census.patterns[number] for number in numbers):
            problem = f'"{term}" stands in none of {census.articles} articles'
            yield Problem(path, problem, "check how it is spelt")


def _entries(node: Node) -> dict[str, set[int]]:
    """Return the patterns of each term of a group; those inside of lists are counted with them."""
    found: dict[str, set[int]] = {}
    match node:
        case Terms(entries):
            for number, known in entries.items():
                for entry in listed(known):
                    found.setdefault(entry.term, set()).add(number)
        case Either(parts):
            for part in parts:
                for term, numbers in _entries(part).items():
                    found.setdefault(term, set()).update(numbers)
        case Beside(term=term) | Expression(term=term):
            found[term] = numbers_of(node)
        case InField(_, inner) | InContext(inner):
            return _entries(inner)
    return found
