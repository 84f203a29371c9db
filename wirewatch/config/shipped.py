"""The lists that ship with wirewatch: `use: [middle-east]` reads `rules/lists/middle-east.yaml`."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import rules
from wirewatch.config.models import ShippedModel
from wirewatch.config.parts import validate
from wirewatch.config.places import Places
from wirewatch.config.rulebook import list_spec
from wirewatch.config.secret import References
from wirewatch.config.yaml import read_file
from wirewatch.errors import Problem
from wirewatch.model import ListSpec

FOLDER = Path(rules.__file__).parent / "lists"


class Shipped:
    """Reads shipped lists as they are asked for; their mistakes have places like all others."""

    def __init__(self, places: Places, folder: Path = FOLDER) -> None:
        self._places, self._folder = places, folder
        self._read: dict[str, tuple[ListSpec, ...]] = {}
        self._needs: dict[str, tuple[str, ...]] = {}
        self.problems: list[Problem] = []

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return what can be used."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.yaml")))

    def lists(self, name: str) -> tuple[ListSpec, ...]:
        """Return the lists of one file and of those it uses itself."""
        wanted, found = [name], dict[str, tuple[ListSpec, ...]]()
        while wanted:
            each = wanted.pop()
            if each not in found:
                found[each] = self._file(each)
                wanted += self._needs[each]
        return tuple(spec for specs in found.values() for spec in specs)

    def source_of(self, list_name: str) -> str:
        """Return the first name under `use:` that brings a list, or ""."""
        brings = (
            name for name in self.names if any(each.name == list_name for each in self._file(name))
        )
        return next(brings, "")

    def _file(self, name: str) -> tuple[ListSpec, ...]:
        if name not in self._read:
            document, _ = read_file(self._folder / f"{name}.yaml", f"{name}.yaml (shipped)")
            prefix = self._places.add(document)
            valid, found = validate(document, ShippedModel, prefix, References({}, self._folder))
            self.problems += [each.problem for each in found]
            self._needs[name] = tuple(valid.model.use) if valid else ()
            self._read[name] = (
                tuple(
                    list_spec(
                        key, terms, (*prefix, "lists", key), valid.raw("lists", key), shipped=True
                    )
                    for key, terms in valid.model.lists.items()
                )
                if valid
                else ()
            )
        return self._read[name]
