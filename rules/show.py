"""All that a rule or a list looks for, every form of every phrase, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from rules.compile import applies
from rules.engine import Program
from rules.forms import Form, forms
from rules.query import (
    LIST_NAME,
    AnyOf,
    ListRef,
    Near,
    Phrase,
    Query,
    Regex,
    Within,
    literal,
    parse,
)
from wirewatch.model import EntitySpec, FilterSpec, ListSpec, PhraseSpec, Term

Shown = dict[str, dict[str, list[str]]]


def show_rule(program: Program, rule_id: str, filters: Iterable[FilterSpec] = ()) -> Shown:
    """Return heading -> term -> forms, with each list that the rule looks for, under its name.

    Args:
        program: The rule's.
        rule_id: Any rule, enabled or not.
        filters: All there are; those that apply to it are shown.

    Raises:
        KeyError: There is no such rule.
    """
    spec = program.rule(rule_id).spec
    shown = {f"match {group.name}": _terms(group.terms) for group in spec.match}
    for name, terms in (
        ("exclude", spec.exclude),
        ("exclude_anywhere", spec.exclude_anywhere),
        ("unless", spec.unless),
        *((f"filter {each.name}", each.exclude) for each in filters if applies(each, spec)),
    ):
        if terms:
            shown[name] = _terms(terms)
    todo = list(_lists_in(shown))
    for name in todo:  # which grows by lists in lists
        if f"${name}" not in shown and name in program.lists:
            inner = show_list(program.lists[name])
            shown |= inner
            todo += _lists_in(inner)
    return shown


def _lists_in(shown: Shown) -> Iterator[str]:
    for terms in shown.values():
        for forms_of in terms.values():
            for form in forms_of:
                yield from _LIST.findall(form)


_LIST = re.compile(rf"\$({LIST_NAME.pattern})")


def show_list(spec: ListSpec) -> Shown:
    """Return the same for a list."""
    return {f"${spec.name}": _terms(spec.terms)}


def _terms(terms: Iterable[Term]) -> dict[str, list[str]]:
    return {
        term.name if isinstance(term, EntitySpec) else term.text: list(dict.fromkeys(_forms(term)))
        for term in terms
    }


def _forms(term: Term) -> Iterator[str]:
    if isinstance(term, PhraseSpec):
        yield from _written(parse(term.text), None, transliterate=False)
        return
    names: list[tuple[Query, str | None]] = [(literal(term.name), None)]
    names += [(parse(each.text), None) for each in term.also]
    names += [(parse(each.text), code) for code, found in term.forms for each in found]
    for query, code in names:
        yield from _written(query, code, transliterate=term.transliterate)


def _written(query: Query, language: str | None, *, transliterate: bool) -> Iterator[str]:
    match query:
        case Phrase():
            found = forms(query, language=language, transliterate=transliterate)
            yield from map(_form, found)
        case ListRef(name):
            yield f"${name}"
        case Regex(pattern, flags):
            yield f"/{pattern}/{flags}"
        case AnyOf(parts):
            for part in parts:
                yield from _written(part, language, transliterate=transliterate)
        case Near(left, right, words, ordered):
            sides = [list(_written(side, language, transliterate=False)) for side in (left, right)]
            operator = f" {'THEN' if ordered else 'NEAR'}/{words} "
            yield operator.join(_group(side) for side in sides)
        case Within(field, inner):
            yield f"{field}:{_group(list(_written(inner, language, transliterate=False)))}"
        case _:
            assert_never(query)


def _group(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"({' | '.join(texts)})"


def _form(form: Form) -> str:
    return " ".join(
        f"{'=' if piece.cased else ''}{piece.cased or piece.text}{'*' if piece.prefix else ''}"
        for piece in form.pieces
    )
