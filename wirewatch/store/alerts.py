"""Alerts that wait, what has been told, mutes and acknowledgements."""

from __future__ import annotations

import sqlite3

from sqlite_utils import Migrations

MIGRATIONS = Migrations("alerts")


class Alerts:
    """Alerts that wait, what has been told, mutes and acknowledgements."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
