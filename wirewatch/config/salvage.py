"""Keep of a file, or of a rule, filter or list in it, what can be read beside mistakes.

A wrong severity must not hide a parenthesis that is never closed three lines below: values that
are wrong give way to a stand-in or to nothing, and the rest goes on to the rules' compiler. What
comes out is only ever checked, never used: the mistakes that led here are errors.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter, ValidationError

from wirewatch.config.models.terms import Term
from wirewatch.config.yaml import DataPath, Document, Tree, read

STAND_IN = "stand-in"
_TERMS = ("match", "exclude", "exclude_anywhere", "unless")
# What speaks of the groups under `match`, and means nothing where those are unknown.
_OVER_GROUPS = ("condition", "score", "near", "when")
# Of these a key that is wrong is left out by itself.
_SECTIONS = frozenset({"where", "when", "alert"})
_term: TypeAdapter[Any] = TypeAdapter(Term)


def salvaged(tree: dict[str, Tree], mistakes: Iterable[DataPath]) -> dict[str, Tree]:
    """Return a document whose rules, filters and lists hold, as far as these mistakes go.

    Args:
        tree: As written; it is not changed.
        mistakes: Where pydantic found some.
    """
    wrong: dict[tuple[str, str | int], set[DataPath]] = {}
    for path in mistakes:
        if path[0] in ("rules", "filters", "lists") and len(path) > 1:
            keys = wrong.setdefault((str(path[0]), path[1]), set())
            keys.add(path[2 : 4 if path[2:3] and path[2] in _SECTIONS else 3])
    kept = dict(tree)
    for (name, member), keys in wrong.items():
        collection = kept[name]
        match collection:
            case list() if isinstance(member, int) and isinstance(collection[member], dict):
                kept[name] = collection = list(collection)
                collection[member] = _member(collection[member], keys, member)
            case dict() if isinstance(member, str):
                kept[name] = collection | {member: _terms(collection[member])}
    return kept


_SECTION = re.compile(rb"^([a-z_]+):", re.MULTILINE)


def legible(content: bytes, name: str) -> tuple[Document, frozenset[str]]:
    """Read a file that is no YAML without the sections that are none, and name those.

    A section is a key at the beginning of a line with all that follows it; every line stays in
    its place.
    """
    starts = [0, *(found.start() for found in _SECTION.finditer(content)), len(content)]
    text, lost = "", set[str]()
    for start, end in pairwise(starts):
        part = content[start:end]
        try:
            said = part.decode("utf-8-sig")
        except UnicodeDecodeError:
            said = None
        heading = _SECTION.match(part)
        if said is None or (heading and read(said, name).root is None):
            lost |= {heading[1].decode()} if heading else set()
            said = "\n" * part.count(b"\n")
        text += said
    return read(text, name), frozenset(lost)


def _member(written: Tree, wrong: Collection[DataPath], number: int) -> Tree:
    assert isinstance(written, dict)
    keys = {path[0] for path in wrong if len(path) == 1}
    member = {key: value for key, value in written.items() if key not in keys}
    for section, key in (path for path in wrong if len(path) > 1):
        inner = member.get(str(section))
        if isinstance(inner, dict):
            member[str(section)] = {name: each for name, each in inner.items() if name != key}
    for key in keys & {"id", "name"}:
        member[str(key)] = f"{STAND_IN}-{number}"
    for key in keys & set(_TERMS):
        member[str(key)] = (
            _groups(written.get(str(key))) if key == "match" else _terms(written.get(str(key)))
        )
    if member.get("match") == [STAND_IN]:
        member = {key: value for key, value in member.items() if key not in _OVER_GROUPS}
    return member


def _groups(written: Tree) -> Tree:
    if not isinstance(written, dict):
        return _terms(written)
    return {name: _terms(terms) for name, terms in written.items()} or [STAND_IN]


def _terms(written: Tree) -> Tree:
    """Return terms that hold, each in its place."""
    terms = written if isinstance(written, list) else [written]
    return [term if _holds(term) else STAND_IN for term in terms] or [STAND_IN]


def _holds(term: Tree) -> bool:
    try:
        _term.validate_python(term)
    except ValidationError:
        return False
    return True
