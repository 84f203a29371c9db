"""Validate one document against its model, keeping what is right of it.

Mistakes are all wanted at once, those found by later stages too: of rules, filters and lists
what is wrong is replaced (`wirewatch.config.salvage`), of the rest it is cut out (a whole feed,
channel or section), and what is left goes on.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from wirewatch.config.problems import Found, problems
from wirewatch.config.salvage import salvaged
from wirewatch.config.secret import References
from wirewatch.config.yaml import DataPath, Document, Tree
from wirewatch.errors import Problem

_COLLECTIONS = frozenset({"feeds", "rules", "lists", "filters", "channels", "digests"})
_SALVAGED = frozenset({"rules", "lists", "filters"})
_STAND_INS: dict[str, Tree] = {"version": "1", "feeds": [], "rules": [], "lists": {}}


@dataclass(frozen=True, slots=True)
class Valid:
    """What is right of one document.

    Attributes:
        model: The validated rest.
        prefix: Of its paths.
        tree: The document as written.
        cut: What was left out: ("feeds", 3), ("channels", "desk"), ("alerts",).
        salvaged: What is there in part, to be checked: ("rules", 3), ("lists", "places").
    """

    model: Any
    prefix: DataPath
    tree: dict[str, Tree]
    cut: frozenset[DataPath] = frozenset()
    salvaged: frozenset[DataPath] = frozenset()

    def path(self, collection: str, number: int) -> DataPath:
        """Return where the n-th member of the validated list stands in the file."""
        gone = (path[1] for path in self.cut if len(path) == 2 and path[0] == collection)
        for each in sorted(n for n in gone if isinstance(n, int)):
            number += each <= number
        return (*self.prefix, collection, number)

    def raw(self, *path: str | int) -> Tree:
        """Return what is written at a path below the document's root, or None."""
        tree: Tree = self.tree
        for part in path:
            match tree:
                case dict() if isinstance(part, str):
                    tree = tree.get(part)
                case list() if isinstance(part, int) and part < len(tree):
                    tree = tree[part]
                case _:
                    return None
        return tree


def validate(
    document: Document, model: type[BaseModel], prefix: DataPath, references: References
) -> tuple[Valid | None, list[Found]]:
    """Return what is valid of a document, and all that is wrong with it."""
    if document.root is None:
        return None, []
    tree = document.tree
    if not isinstance(tree, dict):
        problem = "expects keys such as version:, feeds: and rules:"
        return None, [Found(Problem(prefix, problem, "`wirewatch init` writes a first one"))]
    try:
        return Valid(model.model_validate(tree, context=references), prefix, tree), []
    except ValidationError as error:
        found = problems(error, model, prefix, tree)
        mistakes = error.errors(include_url=False)
    # A key that nobody knows spoils nothing but itself.
    strange = [e["loc"] for e in mistakes if e["type"] == "extra_forbidden"]
    spoiled = [e["loc"] for e in mistakes if e["type"] != "extra_forbidden"]
    pruned = _pruned(tree, strange)
    whole = frozenset(map(_member, spoiled))
    saved = frozenset(path for path in whole if path[0] in _SALVAGED and len(path) > 1)
    for known, cut, kept in (
        (salvaged(pruned, spoiled), whole - saved, saved),
        (pruned, whole, frozenset[DataPath]()),
        (tree, whole | frozenset(map(_member, strange)), frozenset[DataPath]()),
    ):
        try:
            rest = model.model_validate(_without(known, cut, model), context=references)
        except ValidationError:
            continue
        return Valid(rest, prefix, tree, cut, kept), found
    return None, found


def _member(location: DataPath) -> DataPath:
    """Return the whole that a mistake spoils: one feed, one rule, or a section."""
    return location[: 2 if location[0] in _COLLECTIONS else 1]


def _pruned(tree: dict[str, Tree], strange: Collection[DataPath]) -> dict[str, Tree]:
    """Return the tree without these keys; a path that the tree does not have is let be."""
    pruned = deepcopy(tree)
    for *path, key in strange:
        holder: Tree = pruned
        for part in path:
            match holder:
                case dict() if isinstance(part, str):
                    # Where a model is chosen by its `type:`, the path names the choice too.
                    holder = holder.get(part, holder)
                case list() if isinstance(part, int) and part < len(holder):
                    holder = holder[part]
        if isinstance(holder, dict) and isinstance(key, str):
            holder.pop(key, None)
    return pruned


def _without(tree: dict[str, Tree], cut: Collection[DataPath], model: type[BaseModel]) -> Tree:
    rest: dict[str, Tree] = {}
    for key, value in tree.items():
        if (key,) in cut:
            continue
        gone = {path[1] for path in cut if len(path) == 2 and path[0] == key}
        match value:
            case list() if gone:
                rest[key] = [each for n, each in enumerate(value) if n not in gone]
            case dict() if gone:
                rest[key] = {name: each for name, each in value.items() if name not in gone}
            case _:
                rest[key] = value
    required = (name for name, each in model.model_fields.items() if each.is_required())
    return {name: _STAND_INS.get(name) for name in required} | rest
