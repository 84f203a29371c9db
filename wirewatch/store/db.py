"""The one SQLite file: opening, transactions, migrations.

One writer connection in the process, every write inside `Store.transaction()`
(BEGIN IMMEDIATE: sqlite-utils' own `atomic()` begins deferred, and of 800 concurrent
updates 18 to 81 survived it); readers open the file read-only. WAL with
synchronous=FULL: one transaction per poll needs far less than its ~730 commits a second.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from wirewatch.errors import StoreError, StoreNewer
from wirewatch.store import (
    alerts,
    archive,
    articles,
    copies,
    destinations,
    digests,
    feeds,
    labels,
    matches,
    notices,
    outbox,
    silences,
    stories,
    windows,
)
from wirewatch.store.owner import hand_over

APPLICATION_ID = 0x77697265  # "wire"
SUBJECTS = (
    feeds,
    articles,
    matches,
    copies,
    stories,
    alerts,
    digests,
    outbox,
    destinations,
    notices,
    windows,
    labels,
)
_PRAGMAS = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    # Readers come and go on many threads, each of which keeps the memory it once had: a nightly
    # check with 64 MiB left 70 MB behind, and is no faster for it.
    "PRAGMA cache_size = -8192",
    "PRAGMA temp_store = MEMORY",
)
_WRITER_PRAGMAS = (
    # At 200,000 articles in the window 16 MiB are too few, and with 40 the process passes 150 MB.
    "PRAGMA cache_size = -32768",
    "PRAGMA auto_vacuum = INCREMENTAL",  # holds for new files only: before anything is in them
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_size_limit = 67108864",
    # 16 MiB: what is written again and again goes into the file a quarter as often.
    "PRAGMA wal_autocheckpoint = 4000",
)


class Store:
    """An open database; the attributes are its subjects, a file of SQL each.

    A Store belongs to one thread at a time. Writes happen inside `transaction()`;
    what a subject returns is plain data, never a cursor.
    """

    FAILURES = (sqlite3.Error,)  # what a database in trouble raises: full, read-only, corrupt

    def __init__(self, conn: sqlite3.Connection, path: Path | None) -> None:
        """Bind the subjects to a connection; use `open`, `read` or `scratch`."""
        self.conn, self.path = conn, path
        self._data_version = 0
        self.feeds = feeds.Feeds(conn)
        self.articles = articles.Articles(conn)
        self.archive = archive.Archive(conn)
        self.matches = matches.Matches(conn)
        self.copies = copies.Copies(conn)
        self.stories = stories.Stories(conn)
        self.alerts = alerts.Alerts(conn)
        self.digests = digests.Digests(conn)
        self.outbox = outbox.Outbox(conn)
        self.destinations = destinations.Destinations(conn)
        self.notices = notices.Notices(conn)
        self.silences = silences.Silences(conn)
        self.windows = windows.Windows(conn)
        self.labels = labels.Labels(conn)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open for writing, creating and migrating as needed.

        Raises:
            StoreNewer: The file was written by a newer version.
            StoreError: It can't be opened, or is no wirewatch database.
        """
        try:
            is_new = not path.exists()
            conn = _connect(f"file:{_quoted(path)}?mode=rwc")
            if is_new:
                hand_over(path)  # SQLite itself gives what it makes beside it to the same owner
            for pragma in _WRITER_PRAGMAS:
                conn.execute(pragma)
            migrate(conn)
        except sqlite3.Error as error:
            raise StoreError(f"can't open the database {path}: {error}{_hint(error)}") from error
        return cls(conn, path)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open read-only, beside a running service or not.

        Raises:
            StoreError: There is no database, or it can't be read.
        """
        if not path.exists():
            raise StoreError(f"there is no database at {path} yet; `wirewatch run` makes it")
        try:
            try:
                conn = _connect(f"file:{_quoted(path)}?mode=ro")
                _refuse_strangers(conn)
            except sqlite3.OperationalError:
                # A WAL database needs its -shm file, which not everybody may make. Without a log
                # beside it nobody is writing, and the file alone is the whole truth.
                if path.with_name(path.name + "-wal").exists():
                    raise
                conn = _connect(f"file:{_quoted(path)}?immutable=1")
                _refuse_strangers(conn)
        except sqlite3.Error as error:
            raise StoreError(f"can't read the database {path}: {error}{_hint(error)}") from error
        return cls(conn, path)

    @classmethod
    def scratch(cls) -> Self:
        """Open one in memory that goes away: rehearsals, tests."""
        conn = _connect("file::memory:")
        migrate(conn)
        return cls(conn, None)

    @contextmanager
    def transaction(self) -> Iterator[Self]:
        """Write: BEGIN IMMEDIATE, COMMIT at the end, ROLLBACK on any exception."""
        self.conn.execute("BEGIN IMMEDIATE")
        (version,) = self.conn.execute("PRAGMA data_version").fetchone()
        if version != self._data_version:  # another process has written: split, merged, restored
            self._forget_cached()
            self._data_version = version
        try:
            yield self
            self.conn.execute("COMMIT")
        except BaseException:
            self._forget_cached()
            # A full disk rolls back by itself, a failed COMMIT may not: both must leave nothing open.
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")
            raise

    @contextmanager
    def savepoint(self) -> Iterator[Self]:
        """Inside a transaction: what is written here is kept, or taken back on any exception."""
        self.conn.execute("SAVEPOINT part")
        try:
            yield self
        except BaseException:
            self._forget_cached()
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK TO part")
                self.conn.execute("RELEASE part")
            raise
        self.conn.execute("RELEASE part")

    def _forget_cached(self) -> None:
        self.stories.forget_cached()
        self.copies.forget_cached()

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()


def migrate(conn: sqlite3.Connection) -> None:
    """Bring a database to this version's schema; each migration is a transaction of its own.

    Raises:
        StoreNewer: A newer version has been at it.
        StoreError: It is another program's database.
    """
    from sqlite_utils import Database  # noqa: PLC0415 - a tenth of a second, for new files only

    _refuse_strangers(conn)
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    if version == schema_version():
        return
    # First of all: a crash halfway through must not leave a file that looks like another program's.
    conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db = Database(conn)
    for subject in SUBJECTS:
        subject.MIGRATIONS.made().apply(db)
    conn.execute(f"PRAGMA user_version = {schema_version()}")


def schema_version() -> int:
    """Return how many migrations this version knows; it only ever grows."""
    return sum(len(subject.MIGRATIONS) for subject in SUBJECTS)


def _refuse_strangers(conn: sqlite3.Connection) -> None:
    (found,) = conn.execute("PRAGMA application_id").fetchone()
    (tables,) = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if found != APPLICATION_ID and tables:
        raise StoreError("this is another program's database; name another `database:`")
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    if version > schema_version():
        raise StoreNewer(
            f"the database was written by a newer wirewatch (schema {version}, this one knows "
            f"{schema_version()}); install that version or restore a backup from before it"
        )


def _hint(error: sqlite3.Error) -> str:
    """What an operator can do about it."""
    match getattr(error, "sqlite_errorname", ""):
        case "SQLITE_BUSY":
            return "; another program is writing to it and has not finished: close that one first"
        case "SQLITE_NOTADB":
            return (
                "; name another file under `database:`, or, if this was one, "
                "`wirewatch db restore` puts a backup in its place"
            )
        case "SQLITE_CORRUPT":
            return "; it is damaged: `wirewatch db restore` puts a backup in its place"
        case "SQLITE_READONLY" | "SQLITE_CANTOPEN" | "SQLITE_READONLY_DIRECTORY":
            return "; its folder must be writable for the user that runs wirewatch"
        case "SQLITE_FULL":
            return "; the disk is full"
        case _:
            return ""


def _connect(uri: str) -> sqlite3.Connection:
    conn = sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    for pragma in _PRAGMAS:
        conn.execute(pragma)
    return conn


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
