"""News about wirewatch itself, and small facts it keeps about itself."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Migrations

MIGRATIONS = Migrations("notices")


class Notices:
    """News about wirewatch itself, and small facts it keeps about itself."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
