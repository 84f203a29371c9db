"""Messages owed, and each attempt to deliver them."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Migrations

MIGRATIONS = Migrations("outbox")


class Outbox:
    """Messages owed, and each attempt to deliver them."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
