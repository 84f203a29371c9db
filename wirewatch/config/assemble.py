"""Put the parts of a configuration together: one rule book, one list of feeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from wirewatch.config.models.feeds import FeedModel
from wirewatch.config.parts import Valid
from wirewatch.config.rulebook import filter_spec, list_spec, rule
from wirewatch.config.salvage import STAND_IN
from wirewatch.config.shipped import Shipped
from wirewatch.config.words import did_you_mean
from wirewatch.config.yaml import DataPath
from wirewatch.errors import Problem
from wirewatch.model import FilterSpec, ListSpec, PhraseSpec, RuleBook, RuleSpec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """A model and where it stands."""

    model: T
    path: DataPath


@dataclass(frozen=True, slots=True)
class Assembled:
    """The whole configuration, before names are followed.

    Attributes:
        root: What the main file says.
        file: Where it stands.
        shipped: Lists by `use:` name, for the compiler.
        source_of: Which `use:` name would bring a list, or "".
        complete: Every list, filter and `use` is whole, so that rules mean what they say.
        salvaged: Where rules stand that are there in part, to be checked.
        missing: (what, name) of members that stand in the file but are wrong.
    """

    root: Valid
    file: Path
    feeds: tuple[Placed[FeedModel], ...]
    book: RuleBook
    shipped: Mapping[str, Sequence[ListSpec]]
    source_of: Callable[[str], str]
    problems: tuple[Problem, ...]
    complete: bool
    salvaged: frozenset[DataPath]
    missing: frozenset[tuple[str, str]]


def assemble(parts: Sequence[Valid], shipped: Shipped, *, file: Path) -> Assembled:
    """Join the parts, the main file first."""
    use, problems, guessed = _use(parts, shipped)
    wanted = dict.fromkeys(name for name, _ in (*use, *guessed))
    lists = {name: shipped.lists(name) for name in wanted}
    spoiled = [path for part in parts for path in (*part.cut, *part.salvaged)]
    missing = frozenset(_name(part, path) for part in parts for path in part.cut if len(path) == 2)
    return Assembled(
        root=parts[0],
        file=file,
        feeds=tuple(
            Placed(model, part.path("feeds", n))
            for part in parts
            for n, model in enumerate(part.model.feeds)
        ),
        book=RuleBook(
            rules=tuple(each for part in parts for each in _rules(part)),
            lists=tuple(each for part in parts for each in _lists(part)),
            filters=tuple(each for part in parts for each in _filters(part)),
            use=(*use, *guessed),
        ),
        shipped=lists,
        source_of=shipped.source_of,
        problems=(*problems, *shipped.problems),
        complete=not guessed
        and not any(path[0] in {"lists", "filters", "use"} for path in spoiled),
        salvaged=frozenset((*part.prefix, *path) for part in parts for path in part.salvaged),
        missing=missing,
    )


def _rules(part: Valid) -> list[RuleSpec]:
    placed = [(part.path("rules", n), model) for n, model in enumerate(part.model.rules)]
    skip = len(part.prefix)
    return [rule(model, path, part.raw(*path[skip:])) for path, model in placed]


def _filters(part: Valid) -> list[FilterSpec]:
    placed = [(part.path("filters", n), model) for n, model in enumerate(part.model.filters)]
    skip = len(part.prefix)
    return [filter_spec(model, path, part.raw(*path[skip:])) for path, model in placed]


def _lists(part: Valid) -> list[ListSpec]:
    good = [
        list_spec(name, terms, (*part.prefix, "lists", name), part.raw("lists", name))
        for name, terms in part.model.lists.items()
    ]
    # A list with a mistake keeps its name, or each rule that uses it would be a mistake, too.
    stand_ins = [
        ListSpec(
            str(path[1]), (*part.prefix, *path), (PhraseSpec(STAND_IN, (*part.prefix, *path)),)
        )
        for path in sorted(part.cut, key=str)
        if len(path) == 2 and path[0] == "lists"
    ]
    return good + stand_ins


def _use(
    parts: Sequence[Valid], shipped: Shipped
) -> tuple[list[tuple[str, DataPath]], list[Problem], list[tuple[str, DataPath]]]:
    """Return known names, problems with the others, and what those probably meant."""
    use, problems, guessed = list[tuple[str, DataPath]](), [], []
    for part in parts:
        single = not isinstance(part.raw("use"), list)
        for n, name in enumerate(part.model.use):
            path = (*part.prefix, "use") if single else (*part.prefix, "use", n)
            if name in shipped.names:
                use.append((name, path))
                continue
            hint = did_you_mean(name, shipped.names)
            problems.append(Problem(path, f'unknown shipped list "{name}"', hint))
            meant = [each for each in shipped.names if f'"{each}"' in hint]
            guessed += [(each, path) for each in meant or shipped.names]
    return use, problems, guessed


def _name(part: Valid, path: DataPath) -> tuple[str, str]:
    """Name a member that was cut out, so that what refers to it isn't wrong for that."""
    raw = part.raw(*path)
    name = raw.get("name", raw.get("id")) if isinstance(raw, dict) else None
    return str(path[0]), str(path[1] if isinstance(path[1], str) else name)
