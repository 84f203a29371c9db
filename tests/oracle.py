"""Rules as docs/rules.md tells them, one rule and one word at a time: slow, plain, and the judge.

Shares the grammar (`parse`, `parse_condition`) and the listed forms of a phrase with the engine,
both of which have tests of their own; how anything is found, and what follows, is written anew.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from rules.condition import All, AtLeast, Distinct, Group, Not, parse_condition
from rules.condition import Any as AnyCondition
from rules.conflict import CONFLICT
from rules.forms import forms
from rules.query import AnyOf, ListRef, Near, Phrase, Within, literal, parse
from wirewatch.model import Article, EntitySpec, Field, PhraseSpec, RuleBook, RuleSpec
from wirewatch.text.sentences import lead_end, paragraphs, sentences
from wirewatch.text.tokens import normalise_cased, tokens

STORED = ("title", "summary", "body", "author", "category", "url")
MAIN = ("title", "summary", "body")


class Found(NamedTuple):
    field: str
    start: int
    end: int
    term: str


@dataclass
class Outcome:
    matched: dict[str, dict[str, set[tuple[str, int, int]]]]
    suppressed: set[str]
    lacking: dict[str, list[str]]
    scores: dict[str, float]


def judge(book: RuleBook, article: Article) -> Outcome:
    """Say what each rule of a book makes of an article (`where` apart)."""
    out = Outcome({}, set(), {}, {})
    reader = Reader(book, article)
    for rule in book.rules:
        if rule.enabled:
            reader.rule(rule, out)
    return out


class Reader:
    def __init__(self, book: RuleBook, article: Article) -> None:
        self.book = book
        self.lists = {spec.name: spec.terms for spec in book.lists}
        self.article = article
        self.texts = {name: article.text(Field(name)) for name in STORED}
        self.words = {name: tokens(text) for name, text in self.texts.items()}

    def rule(self, rule: RuleSpec, out: Outcome) -> None:
        fields = set(rule.fields) or set(MAIN)
        groups = {g.name: self.terms(g.terms, fields) for g in rule.match}
        present = {name for name, found in groups.items() if found}
        weights = dict(rule.score.weights) if rule.score else {}
        silent: set[str] = set()
        if rule.condition is None:
            missing = [g.name for g in rule.match if g.name not in present | set(weights)]
            if missing:
                out.lacking[rule.id] = missing
                return
        else:
            condition = parse_condition(rule.condition, list(groups))
            if not self.holds(condition, groups):
                return
            silent = forbidden(condition, True) - asked(condition, True)
        if rule.score:
            score = sum(weight for name, weight in weights.items() if name in present)
            if score < rule.score.minimum:
                return
            out.scores[rule.id] = score
        for near in rule.near:
            close = near.groups or [
                g.name
                for g in rule.match
                if g.name in present - silent and weights.get(g.name, 0) >= 0
            ]
            if len(close) > 1 and not self.is_near(near, [groups[name] for name in close]):
                return
        evidence = [f for name, found in groups.items() if name not in silent for f in found]
        if self.is_excluded(rule, evidence):
            out.suppressed.add(rule.id)
            return
        out.matched[rule.id] = {
            name: {self.place(f) for f in found}
            for name, found in groups.items()
            if found and name not in silent
        }

    def holds(self, condition: Any, groups: dict[str, list[Found]]) -> bool:
        match condition:
            case Group(name):
                return bool(groups[name])
            case Not(inner):
                return not self.holds(inner, groups)
            case All(parts):
                return all(self.holds(p, groups) for p in parts)
            case AnyCondition(parts):
                return any(self.holds(p, groups) for p in parts)
            case AtLeast(count, names):
                return len([n for n in names if groups[n]]) >= count
            case Distinct(count, name):
                return len({f.term for f in groups[name]}) >= count
        raise AssertionError

    def is_excluded(self, rule: RuleSpec, evidence: list[Found]) -> bool:
        exclusions = [
            (rule.exclude, rule.unless, False),
            (rule.exclude_anywhere, rule.unless, True),
        ]
        exclusions += [
            (f.exclude, f.unless, f.anywhere)
            for f in self.book.filters
            if not f.applies_to
            or rule.id in f.applies_to
            or any(f"tag:{tag}" in f.applies_to for tag in rule.tags)
        ]
        for terms, unless, anywhere in exclusions:
            if unless and self.terms(unless, set(MAIN)):
                continue
            for found in self.terms(terms, set(MAIN)):
                if anywhere or found.field != "body" or self.in_lead(found):
                    return True
                if any(self.gap(found, other) <= 40 for other in evidence):
                    return True
        return False

    def gap(self, one: Found, other: Found) -> float:
        if one.field != other.field:
            return float("inf")
        return max(one.start - other.end, other.start - one.end)

    def is_near(self, near: Any, groups: list[list[Found]]) -> bool:
        """Try all combinations."""

        def extend(chosen: list[Found], rest: list[list[Found]]) -> bool:
            if chosen:
                if len({f.field for f in chosen}) > 1:
                    return False
                if near.ordered and any(b.start < a.end for a, b in itertools.pairwise(chosen)):
                    return False
                spans = [self.unit(f, near.unit) for f in chosen]
                if max(e for _, e in spans) - min(s for s, _ in spans) > near.within:
                    return False
            if not rest:
                return True
            return any(extend([*chosen, f], rest[1:]) for f in rest[0])

        return extend([], groups)

    def unit(self, found: Found, unit: str) -> tuple[int, int]:
        if unit == "words":
            return found.start, found.end
        text = self.texts[found.field]
        _, start, end = self.place(found)
        bounds = [s for s, _ in (sentences if unit == "sentence" else paragraphs)(text)]
        return (
            len([s for s in bounds if s <= start]) - 1,
            len([s for s in bounds if s <= end - 1]),
        )

    def place(self, found: Found) -> tuple[str, int, int]:
        words = self.words[found.field]
        return found.field, words[found.start].start, words[found.end - 1].end

    def terms(self, terms: Any, fields: set[str], label: str = "") -> list[Found]:
        """Every hit of any of these terms in these fields."""
        hits: set[Found] = set()
        for term in terms:
            name = term.name if isinstance(term, EntitySpec) else term.text
            name = f"{label} → {name}" if label else name
            if isinstance(term, PhraseSpec):
                hits.update(self.query(parse(term.text), fields, name, None, False))
                continue
            mine: set[Found] = set()
            names = [(literal(term.name), None)] + [(parse(s.text), None) for s in term.also]
            names += [(parse(s.text), code) for code, specs in term.forms for s in specs]
            for query, code in names:
                mine.update(self.query(query, fields, name, code, term.transliterate))
            if term.ambiguous and mine:
                context = self.terms([PhraseSpec(t, ()) for t in CONFLICT], fields)
                mine = {f for f in mine if any(0 <= self.gap(f, c) <= 20 for c in context)}
            hits |= mine
        return sorted(hits, key=lambda f: (STORED.index(f.field), *f[1:]))

    def query(
        self, query: Any, fields: set[str], name: str, code: str | None, spelt: bool
    ) -> set[Found]:
        match query:
            case ListRef(ref):
                return set(self.terms(self.lists[ref], fields, f"${ref}"))
            case AnyOf(parts):
                return set().union(*(self.query(p, fields, name, code, spelt) for p in parts))
            case Within(field, inner):
                inside = set(STORED) if field == "any" else {field}
                return self.query(inner, inside, name, code, False)
            case Near(left, right, words, ordered):
                ours = self.query(left, fields, name, code, False)
                theirs = self.query(right, fields, name, code, False)
                return self.then(ours, theirs, words) if ordered else self.near(ours, theirs, words)
            case Phrase():
                found = set()
                for form in listed(query, code, spelt):
                    found |= self.form(form, fields, name)
                return found
        raise AssertionError

    def near(self, left: set[Found], right: set[Found], words: int) -> set[Found]:
        pairs = [(a, b) for a in left for b in right if 0 <= self.gap(a, b) <= words]
        return {a for a, _ in pairs} | {b for _, b in pairs}

    def then(self, left: set[Found], right: set[Found], words: int) -> set[Found]:
        """Each left one with the next right one, each right one with the last left one before it."""

        def follows(a: Found, b: Found) -> bool:
            return a.field == b.field and 0 <= b.start - a.end <= words

        found = set()
        for a in left:
            after = [b for b in right if follows(a, b)]
            if after:
                best = min(after, key=lambda b: (b.start, b.end, b.term))
                found.add(Found(a.field, a.start, best.end, a.term))
        for b in right:
            before = [a for a in left if follows(a, b)]
            if before:
                best = max(before, key=lambda a: (a.end, a.start, a.term))
                found.add(Found(b.field, best.start, b.end, best.term))
        return found

    def form(self, form: Any, fields: set[str], name: str) -> set[Found]:
        found = set()
        for field, words in self.words.items():
            if form.shouted and self.is_shouted(field):
                continue
            first = form.pieces[0].text
            if not any(word.text.startswith(first) for word in words):
                continue  # nothing to try
            for at in range(len(words) - len(form.pieces) + 1):
                row = words[at : at + len(form.pieces)]
                hit = Found(field, at, at + len(row), name)
                if self.is_open(hit, fields) and all(
                    self.fits(piece, word, field)
                    for piece, word in zip(form.pieces, row, strict=True)
                ):
                    found.add(hit)
        return found

    def fits(self, piece: Any, word: Any, field: str) -> bool:
        same = word.text.startswith(piece.text) if piece.prefix else word.text == piece.text
        if not same or piece.cased is None:
            return same
        written = normalise_cased(self.texts[field][word.start : word.end]).decode().strip()
        return written.startswith(piece.cased)

    def is_open(self, found: Found, fields: set[str]) -> bool:
        if "any" in fields or found.field in fields:
            return True
        return "lead" in fields and self.in_lead(found)

    def in_lead(self, found: Found) -> bool:
        if found.field == "title":
            return True
        field = "summary" if self.words["summary"] else "body"
        end = lead_end(self.texts[field], count=2)
        words = [w for w in self.words[field] if w.end <= end][:50]
        return found.field == field and found.end <= len(words)

    def is_shouted(self, field: str) -> bool:
        letters = [c for c in self.texts[field] if c.isupper() or c.islower()]
        return len(letters) >= 10 and sum(map(str.isupper, letters)) > 0.7 * len(letters)


@cache
def listed(phrase: Phrase, code: str | None, spelt: bool) -> tuple[Any, ...]:
    return forms(phrase, language=code, transliterate=spelt)


def asked(condition: Any, positive: bool) -> set[str]:
    match condition:
        case Group(name) | Distinct(_, name):
            return {name} if positive else set()
        case AtLeast(_, names):
            return set(names) if positive else set()
        case Not(inner):
            return asked(inner, not positive)
        case _:
            return set().union(*(asked(p, positive) for p in condition.parts))


def forbidden(condition: Any, positive: bool) -> set[str]:
    return asked(condition, not positive)
