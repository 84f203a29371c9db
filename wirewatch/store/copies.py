"""Fingerprints of texts."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Migrations

MIGRATIONS = Migrations("copies")


class Copies:
    """Fingerprints of texts."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
