"""The database cared for: integrity, backups, restoring, size, and known bugs of SQLite.

A backup is made over a read-only connection of its own in one step: a consistent picture of one
moment, beside a writer that goes on. It counts only once it was checked; the rotation never takes
the last good one away.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wirewatch.clock import from_ms
from wirewatch.errors import StoreError
from wirewatch.store.db import APPLICATION_ID, Store
from wirewatch.store.owner import hand_over

WAL_BOUND_BYTES = 256 * 1024 * 1024
_WAL_RESET = (3, 7, 0), (3, 51, 3)
STAMP = "%Y%m%d-%H%M%S"
_MOST_PROBLEMS = 20


def check(store: Store, *, full: bool = False) -> tuple[str, ...]:
    """Return what is wrong with a database; () when nothing is.

    Args:
        store: Open, read-only or not.
        full: Compare every index with its table, too (`integrity_check`); reads the whole file.
    """
    pragma = "integrity_check" if full else "quick_check"
    try:
        found = [
            str(row[0])
            for row in store.conn.execute(f"PRAGMA {pragma}({_MOST_PROBLEMS})").fetchall()
        ]
        orphans = store.conn.execute("PRAGMA foreign_key_check").fetchall() if full else []
    except sqlite3.DatabaseError as error:
        return (str(error),)
    problems = [] if found == ["ok"] else found
    problems += [f"a row of {row[0]} leads to a {row[2]} that is gone" for row in orphans]
    return tuple(problems[:_MOST_PROBLEMS])


def check_file(path: Path, *, full: bool = False) -> tuple[str, ...]:
    """Return what is wrong with a database file; a file that can't be read is one problem."""
    try:
        store = Store.read(path)
    except StoreError as error:
        return (str(error),)
    with contextlib.closing(store):
        return check(store, full=full)


def backup(database: Path, folder: Path, *, now: datetime, keep: int) -> Path:
    """Write a checked copy of a live database; drop the oldest beyond `keep`.

    Args:
        database: May be written to by the service meanwhile.
        folder: Made if need be, readable by its owner only.
        now: Part of the copy's name, UTC.
        keep: How many copies of this database to keep there, this one included; at least 1.

    Raises:
        StoreError: It could not be read, written (no space), or the copy is damaged. Nothing that
            was there before is dropped then.
    """
    target = folder / f"{database.stem}-{now.astimezone(UTC):{STAMP}}.db"
    copy_to(database, target)
    for old in backups(database, folder)[max(keep, 1) :]:
        old.unlink(missing_ok=True)
    return target


def copy_to(database: Path, target: Path) -> None:
    """Write a checked copy of a live database to a file that does not exist yet, or appears whole.

    Raises:
        StoreError: As for `backup`.
    """
    partial = target.with_name(f".{target.name}.partial")
    try:
        if not target.parent.exists():
            target.parent.mkdir(parents=True, mode=0o700)
            hand_over(target.parent)
        partial.unlink(missing_ok=True)
        os.close(os.open(partial, os.O_CREAT | os.O_WRONLY, 0o600))
        hand_over(partial)
        with (
            contextlib.closing(Store.read(database)) as source,
            contextlib.closing(sqlite3.connect(partial)) as copy,
        ):
            source.conn.backup(copy)
            # A copy is read on its own, also from where nobody may write: no WAL beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        problems = check_file(partial)
        if problems:
            raise StoreError(f"the copy of {database} is damaged: {problems[0]}")
        sync(partial)
        partial.replace(target)
        sync(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"can't back up {database} to {target}: {error}") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def backups(database: Path, folder: Path) -> Sequence[Path]:
    """Return the backups of a database, newest first."""
    pattern = re.compile(re.escape(database.stem) + r"-\d{8}-\d{6}\.db")
    with contextlib.suppress(OSError):
        return sorted((p for p in folder.iterdir() if pattern.fullmatch(p.name)), reverse=True)
    return ()


def restore(copy: Path, database: Path, *, now: datetime) -> Path | None:
    """Put a backup in a database's place; the caller holds the instance lock.

    What was there is moved aside, not deleted, so that restoring the wrong one can be undone.

    Returns:
        Where the present database went, or None when there was none.

    Raises:
        StoreError: The backup is damaged, another program's, or a newer version's; or there is no
            space. The present database is untouched then.
    """
    problems = check_file(copy, full=True) or _strange(copy)
    if problems:
        raise StoreError(f"{copy} is no sound backup: {problems[0]}")
    staged = database.with_name(f".{database.name}.restored")
    aside = database.with_name(f"{database.stem}.before-{now.astimezone(UTC):{STAMP}}.db")
    try:
        staged.unlink(missing_ok=True)
        copy_to(copy, staged)
        moved = None
        # A WAL belongs to its file: left behind, it would be played into the backup.
        for suffix in ("", "-wal", "-shm"):
            old = database.with_name(database.name + suffix)
            if old.exists():
                old.replace(aside.with_name(aside.name + suffix))
                moved = aside
        staged.replace(database)
        sync(database.parent)
    except OSError as error:
        raise StoreError(f"can't restore {database}: {error}") from error
    return moved


@dataclass(frozen=True, slots=True)
class Stats:
    """How large a database is and what is in it.

    Attributes:
        free_bytes: Inside the file: reused before it grows.
        rows: By table.
    """

    path: str
    file_bytes: int
    wal_bytes: int
    free_bytes: int
    schema: int
    sqlite: str
    rows: tuple[tuple[str, int], ...]
    oldest_article_at: datetime | None
    newest_article_at: datetime | None


_COUNTED = ("article", "appearance", "revision", "match", "story", "alert", "digest", "outbox")


def stats(store: Store) -> Stats:
    """Return sizes and counts."""
    conn = store.conn
    (page,) = conn.execute("PRAGMA page_size").fetchone()
    (pages,) = conn.execute("PRAGMA page_count").fetchone()
    (free,) = conn.execute("PRAGMA freelist_count").fetchone()
    (schema,) = conn.execute("PRAGMA user_version").fetchone()
    seen = conn.execute(
        "SELECT min(first_seen_at) AS oldest, max(first_seen_at) AS newest FROM article"
    ).fetchone()
    return Stats(
        path=str(store.path or ":memory:"),
        file_bytes=page * pages,
        wal_bytes=wal_bytes(store.path) if store.path else 0,
        free_bytes=page * free,
        schema=schema,
        sqlite=sqlite3.sqlite_version,
        rows=tuple(
            (table, conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for table in _COUNTED
        ),
        oldest_article_at=None if seen["oldest"] is None else from_ms(seen["oldest"]),
        newest_article_at=None if seen["newest"] is None else from_ms(seen["newest"]),
    )


def wal_bytes(database: Path) -> int:
    """Return the size of the write-ahead log beside a database."""
    try:
        return database.with_name(database.name + "-wal").stat().st_size
    except OSError:
        return 0


def tidy(store: Store) -> int:
    """Give free pages back, refresh the planner's statistics, empty the WAL; return its bytes then.

    On the writer, outside a transaction. A reader that holds on to an old picture keeps the WAL
    from being emptied; then it is tried again the next time.
    """
    store.conn.execute("PRAGMA incremental_vacuum(2000)").fetchall()
    store.conn.execute("PRAGMA analysis_limit = 1000")
    store.conn.execute("PRAGMA optimize")
    store.conn.execute("PRAGMA busy_timeout = 250")
    try:
        store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        store.conn.execute("PRAGMA busy_timeout = 10000")
    return wal_bytes(store.path) if store.path else 0


def version_warning(version: tuple[int, int, int] | None = None) -> str:
    """Return a sentence about a known bug of the SQLite in use, or "".

    SQLite 3.7.0 to 3.51.2 may damage a file when two connections write and checkpoint at the very
    same moment (the WAL-reset bug, fixed in 3.51.3). One writer, as here, all but rules it out.
    """
    found = version or sqlite3.sqlite_version_info
    if not _WAL_RESET[0] <= found < _WAL_RESET[1]:
        return ""
    return (
        f"SQLite {'.'.join(map(str, found))} has the WAL-reset bug (fixed in 3.51.3): run one "
        "instance, let no other program write to the database, and keep the backups"
    )


def _strange(copy: Path) -> tuple[str, ...]:
    with contextlib.closing(Store.read(copy)) as store:
        (found,) = store.conn.execute("PRAGMA application_id").fetchone()
    return () if found == APPLICATION_ID else ("it is empty",)


def sync(path: Path) -> None:
    """Have a file, or a folder's entries, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
