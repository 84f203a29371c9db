"""Stories, their members and what they are known by."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Migrations

MIGRATIONS = Migrations("stories")


class Stories:
    """Stories, their members and what they are known by."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
