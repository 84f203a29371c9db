"""One instance at a time: a lock file beside the database, with the holder's pid in it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from wirewatch.errors import AlreadyRunning, StoreError
from wirewatch.store.owner import hand_over


@contextlib.contextmanager
def only_instance(database: Path) -> Iterator[None]:
    """Hold the lock of a database; the system releases it when the process ends, however it ends.

    Raises:
        AlreadyRunning: Another process holds it; carries its pid.
        StoreError: The lock file can't be made (a read-only folder).
    """
    path = database.with_name(database.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        hand_over(path)
    except OSError as error:
        raise StoreError(
            f"can't lock the database: {path}: {error.strerror}; its folder must be writable for the "
            "user that runs wirewatch"
        ) from error
    try:
        if not _try_lock(handle):
            pid = _pid(path)
            who = f"process {pid}" if pid else "another process"
            raise AlreadyRunning(
                f"wirewatch is already running on {database} ({who}); stop it first, or name another "
                "`database:`",
                pid=pid,
            )
        with contextlib.suppress(OSError):  # a full disk: the lock holds all the same
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def holder(database: Path) -> int | None:
    """Return the pid of the instance that holds a database, or None when nobody does."""
    path = database.with_name(database.name + ".lock")
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        return None if _try_lock(handle) else _pid(path)
    finally:
        os.close(handle)


def _pid(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _try_lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows only

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - exists elsewhere only

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
