"""The steps that bring a database to its present shape: a set per subject, appended, never edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite_utils

    Step = Callable[[sqlite_utils.Database], None]


class Migrations:
    """One subject's steps, in order.

    sqlite-utils applies and records them. It is imported only for a database that lacks one: its
    import alone takes a tenth of a second of every start.
    """

    def __init__(self, name: str) -> None:
        """Name the set; the name is recorded in databases, and never changed."""
        self._name = name
        self._steps: list[Step] = []

    def __len__(self) -> int:
        return len(self._steps)

    def __call__(self) -> Callable[[Step], Step]:
        """Append a step, recorded under the function's name."""

        def append(step: Step) -> Step:
            self._steps.append(step)
            return step

        return append

    def made(self) -> sqlite_utils.Migrations:
        """Return the set as sqlite-utils knows it."""
        from sqlite_utils import Migrations as Made  # noqa: PLC0415 - see above

        made = Made(self._name)
        for step in self._steps:
            made()(step)
        return made
