"""What is owed to which digest, and the digests that were closed."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Migrations

MIGRATIONS = Migrations("digests")


class Digests:
    """What is owed to which digest, and the digests that were closed."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
