"""The only SQL: one file per subject, each with a `Migrations` set that is appended, never edited."""

from wirewatch.store.db import Store

__all__ = ["Store"]
