"""Put pydantic's errors into our words: what is wrong, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from wirewatch.config.models.channels import TYPES
from wirewatch.config.models.root import RootModel
from wirewatch.config.words import Wrong, did_you_mean
from wirewatch.config.yaml import DataPath, Tree
from wirewatch.errors import Problem

_QUOTED = re.compile(r"'([^']*)'")
_A_TYPE = {
    "list_type": "a list",
    "dict_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "model_attributes_type": "a mapping (key: value)",
    "mapping_type": "a mapping (key: value)",
    "string_type": "a text",
}
_SHAPES = {
    "a list": "begin each entry with '- ', or write [one, other]",
    "a mapping (key: value)": "write its keys below it, each as key: value",
}
_TAGS = frozenset({"<phrase>", "<entity>", *(f"<{name}>" for name in TYPES)})
# What other tools call it, or what people try first.
_CALLED = {
    "threshold": "when",
    "keywords": "match",
    "any": "match",
    "all": "match",
    "phrases": "match",
    "include_any": "match",
    "none": "exclude",
    "not": "exclude",
    "lang": "language",
    "priority": "severity",
    "level": "severity",
    "disabled": "enabled",
    "min": "minimum",
}
_MISSING = {
    "id": "name it: id: drone-attack",
    "name": "name it: name: …",
    "match": "say what the rule looks for: match: {words: [airstrike, air raid]}",
    "exclude": "say what it excludes: exclude: [film]",
    "within": "say how near: within: 40 words",
    "weights": "say what each group adds: weights: {attack: 2}",
    "minimum": "say how much is enough: minimum: 3",
    "url": "write its address: url: https://…",
    "version": "write version: 1",
}
_WORDS_FOR = {
    "severity": "severity",
    "instant": "severity",
    "fields": "field",
    "type": "channel type",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A problem, and whether its key is the matter rather than its value."""

    problem: Problem
    key: bool = False


def problems(
    error: ValidationError, model: type[BaseModel], prefix: DataPath, tree: Tree
) -> list[Found]:
    """Return every mistake with its path.

    Args:
        error: What pydantic said; its locations hold the tags of unions in angle brackets.
        model: What was validated.
        prefix: Of the document (see Places).
        tree: The document as written.
    """
    return [_problem(dict(each), model, prefix, tree) for each in error.errors(include_url=False)]


def as_written(location: DataPath, tree: Tree) -> DataPath:
    """Return where a pydantic location stands in the file.

    Left out are the tags of unions, and what a shorthand adds: the index of a single value that
    means a list, the group that a plain list under `match` is.
    """
    path: list[str | int] = []
    for part in location:
        if _is_tag(part) or (isinstance(part, int) and not isinstance(tree, list)):
            continue
        match tree:
            case dict():
                tree = tree.get(str(part))
            case list() if isinstance(part, int):
                tree = tree[part]
            case list() | str():
                continue
            case None:
                pass  # it stands where its mapping does
        path.append(part)
    return tuple(path)


def _problem(
    error: Mapping[str, Any], model: type[BaseModel], prefix: DataPath, tree: Tree
) -> Found:
    location: tuple[str | int, ...] = error["loc"]
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    path = (*prefix, *as_written(location, tree))
    match kind:
        case "extra_forbidden":
            return _unknown_key(path, location, model)
        case "missing":
            return _missing(path, location, value)
        case "value_error" if isinstance(context.get("error"), Wrong):
            wrong = context["error"]
            at = (*path, wrong.key) if wrong.key else path
            return Found(Problem(at, wrong.problem, wrong.hint), key=wrong.key is not None)
        case "enum" | "literal_error":
            return _unknown_word(path, value, context)
        case "union_tag_invalid":
            known = _QUOTED.findall(context["expected_tags"])
            return _unknown_word((*path, "type"), value.get("type"), {"expected": _untagged(known)})
        case "union_tag_not_found":
            return Found(_untyped(path, value))
        case "too_short":
            return Found(Problem(path, "is empty", "give it at least one, or leave the key out"))
        case _ if kind in _A_TYPE:
            return Found(_wrong_type(path, kind, value))
        case _:
            return Found(Problem(path, str(error["msg"])))


def _unknown_key(path: DataPath, location: DataPath, model: type[BaseModel]) -> Found:
    key = str(path[-1])
    known = known_keys(model, location[:-1])
    meant = _CALLED.get(key)
    hint = f'did you mean "{meant}"?' if meant in known else did_you_mean(key, known)
    if key in RootModel.model_fields and model is not RootModel and len(location) == 1:
        hint = "it stands in the main file only"
    hint = hint or f"it is one of {', '.join(known)}"
    return Found(Problem(path, f'unknown key "{key}"', hint), key=True)


def _missing(path: DataPath, location: DataPath, value: object) -> Found:
    """A missing key is reported where its mapping stands."""
    key = path[-1]
    hint = _MISSING.get(str(key), f"add {key}: to it")
    if "<entity>" in location and isinstance(value, dict) and len(value) == 1:
        hint = "put quotes around it if it is one phrase with ': ' in it"
    elif location in {("rules",), ("feeds",)}:
        hint = f'write "{key}: []" where all of them stand in included files'
    return Found(Problem(path[:-1], f'"{key}" is missing', hint))


def _unknown_word(path: DataPath, value: object, context: Mapping[str, Any]) -> Found:
    known = _QUOTED.findall(str(context.get("expected", "")))
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    what = _WORDS_FOR.get(key, f"word for {key}")
    if not isinstance(value, str):
        return Found(
            Problem(path, f"expects one word, not {_name(value)}", did_you_mean("", known))
        )
    return Found(Problem(path, f'unknown {what} "{value}"', did_you_mean(value, known)))


def _untyped(path: DataPath, value: object) -> Problem:
    if isinstance(value, dict):
        hint = "it is one of email, webhook, file, feed, apprise"
        if mistyped := get_close_matches("type", list(value), n=1):
            hint = f'you wrote "{mistyped[0]}"; {hint}'
        return Problem(path, '"type" is missing', hint)
    if "channels" in path:
        return Problem(
            path, f"expects a mapping, not {_name(value)}", "such as {type: file, folder: out}"
        )
    hint = (
        "quote the word null"
        if value is None
        else "each term is a phrase, or a mapping with a name"
    )
    return Problem(path, f"expects a phrase or an entity, not {_name(value)}", hint)


def _wrong_type(path: DataPath, kind: str, value: object) -> Problem:
    hint = _SHAPES.get(_A_TYPE[kind], "")
    if value is None:
        return Problem(path, "has no value", "give it one, or leave the key out")
    if path[-1] == "near":
        hint = "write {within: 40 words}, or {groups: [a, b], within: 1 sentence}"
    if kind == "list_type" and isinstance(value, dict):
        hint = "begin each entry with '- '"
    if kind != "list_type" and isinstance(value, list):
        hint = "leave out the '- '"
    return Problem(path, f"expects {_A_TYPE[kind]}, not {_name(value)}", hint)


def _name(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case str():
            return "one value"  # unquoted: it may be a secret
        case list():
            return "a list"
        case _:
            return "a mapping"


def known_keys(model: type[BaseModel], location: DataPath) -> list[str]:
    """Return the keys that may stand in the mapping at a pydantic location."""
    candidates: list[Any] = [model]
    for part in location:
        candidates = [inner for outer in candidates for inner in _step(outer, part)]
    return sorted({key for each in candidates for key in _keys(each)})


def _keys(annotation: object) -> list[str]:
    keys: list[str] = []
    for each in _flat(annotation):
        if isinstance(each, type) and issubclass(each, BaseModel):
            keys += [field.alias or name for name, field in each.model_fields.items()]
    return keys


def _step(annotation: object, part: str | int) -> list[Any]:
    if _is_tag(part):
        return [inner for inner, tag in _tagged(annotation) if tag == part]
    found: list[Any] = []
    for each in _flat(annotation):
        if isinstance(each, type) and issubclass(each, BaseModel):
            found += [
                field.annotation
                if not field.metadata
                else Annotated[field.annotation, *field.metadata]
                for name, field in each.model_fields.items()
                if (field.alias or name) == part
            ]
        elif get_origin(each) in {list, dict}:
            found.append(get_args(each)[-1])
    return found


def _flat(annotation: Any) -> list[Any]:  # noqa: ANN401 - annotations have no type
    """Return the plain types behind Annotated and unions."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _flat(get_args(annotation)[0])
    if origin in {Union, UnionType}:
        return [each for arg in get_args(annotation) for each in _flat(arg)]
    return [annotation]


def _tagged(annotation: Any) -> list[tuple[Any, str]]:  # noqa: ANN401 - annotations have no type
    """Return the members of a tagged union with their tags."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        tags = [each.tag for each in metadata if isinstance(each, Tag)]
        return [(inner, tags[0])] if tags else _tagged(inner)
    if origin in {Union, UnionType}:
        return [each for arg in get_args(annotation) for each in _tagged(arg)]
    return []


def _is_tag(part: object) -> bool:
    return part in _TAGS


def _untagged(tags: list[str]) -> str:
    return ", ".join(f"'{tag.strip('<>')}'" for tag in tags)
