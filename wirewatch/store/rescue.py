"""A database whose file was deleted, or replaced, while it was in use: found out, and put back.

A file that is open lives on when its name is taken away, and everything written to it since; all of
that is gone once it is closed. Until then it can be copied.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from wirewatch.errors import StoreError
from wirewatch.store.care import STAMP, sync
from wirewatch.store.db import Store
from wirewatch.store.owner import hand_over

_MARGIN_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database's file stands, and which file that is."""

    path: Path
    file: tuple[int, int]

    @classmethod
    def of(cls, store: Store) -> Self | None:
        """Return the place of a store that was just opened; None for one in memory."""
        path = store.path
        return None if path is None else cls(path, _file(path))

    def holds(self) -> bool:
        """Whether the file is still there, and no other in its place."""
        return _file(self.path) == self.file

    def has_room(self, store: Store) -> bool:
        """Whether a copy of the database can be written there."""
        there = next(each for each in self.path.parents if each.exists())
        (pages,) = store.conn.execute("PRAGMA page_count").fetchone()
        (page_bytes,) = store.conn.execute("PRAGMA page_size").fetchone()
        free = shutil.disk_usage(there).free
        return free > int(pages) * int(page_bytes) + _MARGIN_BYTES

    def put_back(self, store: Store, *, now: datetime) -> str:
        """Write the open database to its place again; return what happened, "" when it is there.

        Where another file is in its place, ours goes beside it: which of them is meant, only a
        person knows. The caller closes the store afterwards, and opens it anew.

        Raises:
            StoreError: It can't be written; the open file is all there is.
        """
        if self.holds():
            return ""
        is_deleted, target = not self.path.exists(), self.path
        if not is_deleted:
            stamp = f"{now.astimezone(UTC):{STAMP}}"
            target = self.path.with_name(f"{self.path.stem}.displaced-{stamp}.db")
        try:
            _write(store, target)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"can't put {self.path} back: {error}") from error
        if is_deleted:
            return f"{self.path} was deleted while wirewatch ran; all of it was put back: start it again"
        return (
            f"{self.path} was replaced while wirewatch ran; what it had is in {target} now: "
            f"keep the one you want as {self.path}, and start it again"
        )


def _write(store: Store, target: Path) -> None:
    partial = target.with_name(f".{target.name}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600))
    hand_over(partial)
    with contextlib.closing(sqlite3.connect(partial)) as copy:
        store.conn.backup(copy)
    sync(partial)
    # A log that was left behind belongs to the deleted file, and would be played into this one.
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    partial.replace(target)
    sync(target.parent)


def _file(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return found.st_dev, found.st_ino
