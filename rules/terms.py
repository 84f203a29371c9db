"""From terms and lists to nodes: every pattern of every rule gets its number here, once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import assert_never

from rules.conflict import CONFLICT
from rules.forms import Form, forms, plain_patterns
from rules.nodes import (
    Beside,
    Either,
    Entry,
    Expression,
    InContext,
    InField,
    Listed,
    Node,
    Terms,
    listed,
)
from rules.page import EXTRA, MASKS
from rules.query import (
    LIST_NAME,
    AnyOf,
    ListRef,
    Near,
    Phrase,
    Query,
    QueryError,
    Regex,
    Within,
    literal,
    parse,
)
from rules.regex import compile_regex, literals
from wirewatch.errors import Problem
from wirewatch.model import (
    EntitySpec,
    FilterSpec,
    GroupSpec,
    ListSpec,
    PhraseSpec,
    RuleSpec,
    Term,
)

# An ambiguous name (Badr is also a street and a brand) counts with a word of conflict this close.
CONTEXT_WORDS = 20

Report = Callable[[Problem], None]
Entries = dict[int, Listed]


class TermCompiler:
    """Turns terms into nodes, lists once each; collects what is wrong with them.

    Attributes:
        by_number: Every pattern, by the number it has in nodes.
        uses_extra: Some term looks at author, category or url.
    """

    def __init__(
        self, lists: Mapping[str, ListSpec], report: Report, source_of: Callable[[str], str]
    ) -> None:
        self._lists = lists
        self._report = report
        self._source_of = source_of
        self._compiled: dict[str, Node] = {}
        self._open: list[str] = []
        self._context: Node | None = None
        self._numbers: dict[bytes, int] = {}
        self.uses_extra = False
        self.by_number: list[bytes] = []
        self._behind: dict[str, frozenset[str]] = {}

    def node(self, terms: Sequence[Term], label: str = "") -> Node:
        """Compile terms, any of which counts; `label` is the list they stand in."""
        entries: Entries = {}
        others: list[Node] = []
        for term in terms:
            try:
                self._add(term, label, entries, others)
            except QueryError as error:
                path = term.path
                self._report(Problem(path, error.problem, error.hint, error.offset))
        plain = Terms(entries)
        if not others:
            return plain
        parts = (plain, *others) if entries else tuple(others)
        return parts[0] if len(parts) == 1 else Either(parts)

    def _add(self, term: Term, label: str, entries: Entries, others: list[Node]) -> None:
        match term:
            case PhraseSpec(text):
                name = f"{label} → {text}" if label else text
                plain = plain_patterns(text)
                if plain:
                    for pattern in plain:
                        _note(entries, self._number(pattern), name)
                    return
                query = parse(text)
                if isinstance(query, ListRef):
                    others.append(self._list(query))
                else:
                    self._place(query, name, None, entries, others)
            case EntitySpec():
                self._add_entity(term, label, entries, others)
            case _:
                assert_never(term)

    def _add_entity(
        self, entity: EntitySpec, label: str, entries: Entries, others: list[Node]
    ) -> None:
        name = f"{label} → {entity.name}" if label else entity.name
        mine, apart = (Entries(), list[Node]()) if entity.ambiguous else (entries, others)
        for query, language, spec in self._names(entity):
            try:
                self._place(query, name, language, mine, apart, transliterate=entity.transliterate)
            except QueryError as error:
                self._report(Problem(spec.path, error.problem, error.hint, error.offset))
        if entity.ambiguous and (mine or apart):
            plain: Node = Terms(mine)
            inner = Either((plain, *apart)) if apart else plain
            others.append(InContext(inner, self._conflict(), CONTEXT_WORDS))

    def _names(
        self, entity: EntitySpec
    ) -> Iterable[tuple[Query, str | None, PhraseSpec | EntitySpec]]:
        specs: list[tuple[PhraseSpec | EntitySpec, str | None]] = [(entity, None)]
        specs += [(spec, None) for spec in entity.also]
        specs += [(spec, language) for language, found in entity.forms for spec in found]
        for spec, language in specs:
            try:
                query = literal(spec.name) if isinstance(spec, EntitySpec) else parse(spec.text)
            except QueryError as error:
                self._report(Problem(spec.path, error.problem, error.hint, error.offset))
            else:
                yield query, language, spec

    def _place(
        self,
        query: Query,
        name: str,
        language: str | None,
        entries: Entries,
        others: list[Node],
        *,
        transliterate: bool = False,
    ) -> None:
        """Put plain phrases where all plain phrases of a list are, and the rest beside them."""
        parts = query.parts if isinstance(query, AnyOf) else (query,)
        for part in parts:
            if isinstance(part, Phrase):
                for form in forms(part, language=language, transliterate=transliterate):
                    self._put(form, name, entries, others)
            else:
                others.append(self._query(part, name, language))

    def _query(self, query: Query, name: str, language: str | None) -> Node:
        match query:
            case ListRef():
                return self._list(query)
            case Regex():
                return self._expression(query, name)
            case Near(left, right, words, ordered):
                return Beside(
                    self._query(left, name, language),
                    self._query(right, name, language),
                    words,
                    ordered,
                    name,
                )
            case Within(field, inner):
                mask = MASKS[field]
                self.uses_extra |= bool(mask & EXTRA)
                return InField(mask, self._query(inner, name, language))
            case Phrase() | AnyOf():
                entries: Entries = {}
                others: list[Node] = []
                self._place(query, name, language, entries, others)
                plain = Terms(entries)
                if not others:
                    return plain
                return Either((plain, *others)) if entries else Either(tuple(others))
            case _:
                assert_never(query)

    def _put(self, form: Form, name: str, entries: Entries, others: list[Node]) -> None:
        split = next((n for n, p in enumerate(form.pieces[:-1]) if p.prefix), None)
        if split is None:
            number, entry = self._entry(form, name)
            _note(entries, number, name if form.is_plain else (entry,))
            return
        # `milit* group`: two patterns side by side.
        left, right = form.pieces[: split + 1], form.pieces[split + 1 :]
        rest: Entries = {}
        beyond: list[Node] = []
        self._put(Form(right), name, rest, beyond)
        number, entry = self._entry(Form(left), name)
        second = beyond[0] if beyond else Terms(rest)
        others.append(Beside(Terms({number: (entry,)}), second, 0, ordered=True, term=name))

    def _entry(self, form: Form, name: str) -> tuple[int, Entry]:
        if form.is_plain:
            return self._number(f" {form.text} ".encode()), Entry(name)
        pattern, cased = b" ", []
        for piece in form.pieces:
            if piece.cased is not None:
                cased.append((len(pattern), piece.cased.encode()))
            pattern += piece.text.encode() + b" "
        prefix = form.pieces[-1].prefix
        number = self._number(pattern[:-1] if prefix else pattern)
        return number, Entry(name, tuple(cased), form.shouted, prefix)

    def _number(self, pattern: bytes) -> int:
        number = self._numbers.get(pattern)
        if number is None:
            number = self._numbers[pattern] = len(self.by_number)
            self.by_number.append(pattern)
        return number

    def _expression(self, regex: Regex, name: str) -> Node:
        pieces = literals(regex.pattern)
        compiled = compile_regex(regex)
        numbers = frozenset(self._number(p.encode()) for p in pieces) if pieces else None
        return Expression(compiled, name, numbers)

    def compile_list(self, name: str) -> None:
        """Compile a list for its own sake; mistakes are reported."""
        if name not in self._compiled:
            self._list(ListRef(name))

    def lists_behind(self, *roots: object) -> set[str]:
        """Return the names of all lists that specs rest on, directly or through other lists."""
        found: set[str] = set()
        todo = list(_references(roots))
        while todo:
            name = todo.pop()
            if name not in found and name in self._lists:
                found.add(name)
                todo += self._direct(name)
        return found

    def _direct(self, name: str) -> frozenset[str]:
        if name not in self._behind:
            self._behind[name] = frozenset(_references(self._lists[name].terms))
        return self._behind[name]

    def _list(self, ref: ListRef) -> Node:
        if ref.name in self._open:
            chain = " → ".join(f"${name}" for name in (*self._open, ref.name))
            raise QueryError(
                f"this list contains itself: {chain}", offset=ref.offset, hint="break the circle"
            )
        if ref.name in self._compiled:
            return self._compiled[ref.name]
        found = self._lists.get(ref.name)
        if found is None:
            source = self._source_of(ref.name)
            hint = f"it ships with wirewatch: add `use: [{source}]`" if source else ""
            raise QueryError(
                f"unknown list ${ref.name}",
                offset=ref.offset,
                hint=hint or meant(ref.name, self._lists, "$"),
            )
        self._open.append(ref.name)
        node = self.node(found.terms, f"${ref.name}")
        self._open.pop()
        self._compiled[ref.name] = node
        return node

    def _conflict(self) -> Node:
        if self._context is None:
            self._context = self.node([PhraseSpec(text, ()) for text in CONFLICT], "conflict")
        return self._context


def _note(entries: Entries, number: int, found: Listed) -> None:
    known = entries.setdefault(number, found)
    if known is not found and known != found:
        entries[number] = tuple(dict.fromkeys((*listed(known), *listed(found))))


def _references(value: object) -> Iterable[str]:
    """Yield the names after a $ in every phrase of specs; a name too many changes only a hash."""
    match value:
        case PhraseSpec():
            if "$" in value.text:
                yield from _REFERENCE.findall(value.text)
        case tuple() | list():
            for part in value:
                yield from _references(part)
        case EntitySpec():
            yield from _references((value.also, value.forms))
        case ListSpec() | GroupSpec():
            yield from _references(value.terms)
        case RuleSpec():
            parts = (value.match, value.exclude, value.exclude_anywhere, value.unless)
            yield from _references(parts)
        case FilterSpec():
            yield from _references((value.exclude, value.unless))
        case _:
            return


_REFERENCE = re.compile(rf"\$({LIST_NAME.pattern})")


def meant(name: str, known: Iterable[str], sign: str = "") -> str:
    """Return a hint for a name that isn't there: the closest one, or all there are."""
    known = sorted(known)
    folded = {other.lower(): other for other in known}
    close = get_close_matches(name.lower(), folded, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{sign}{folded[close[0]]}"?'
    shown = ", ".join(f"{sign}{other}" for other in known[:10])
    return f"there are: {shown}{' …' if len(known) > 10 else ''}" if known else "there are none"
