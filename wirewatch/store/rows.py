"""What rows of the outbox look like outside of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from wirewatch.clock import from_ms
from wirewatch.model import Message, MessageKind, OutboxState, Owed
from wirewatch.store.codec import at


@dataclass(frozen=True, slots=True)
class Row:
    """A message and where it stands."""

    id: int
    message: Message
    state: OutboxState
    attempts: int
    next_at: datetime
    tried_at: datetime | None
    settled_at: datetime | None
    redelivery: bool
    code: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, as recorded; `ended_at` is None where a crash hid the end."""

    n: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    code: int | None
    retry_after: timedelta | None
    detail: str


def to_row(row: sqlite3.Row) -> Row:
    """Build a message and its state from a row of table `outbox`."""
    return Row(
        id=row["id"],
        message=to_message(row),
        state=OutboxState(row["state"]),
        attempts=row["attempts"],
        next_at=from_ms(row["next_at"]),
        tried_at=at(row["tried_at"]),
        settled_at=at(row["settled_at"]),
        redelivery=bool(row["redelivery"]),
        code=row["code"],
        detail=row["detail"],
    )


def to_owed(row: sqlite3.Row) -> Owed:
    """Build what a notifier is given."""
    return Owed(row["id"], to_message(row), row["attempts"], bool(row["redelivery"]))


def to_message(row: sqlite3.Row) -> Message:
    """Build the message itself."""
    return Message(
        uid=row["uid"],
        dedup_key=row["dedup_key"],
        channel=row["channel"],
        recipient=row["recipient"],
        kind=MessageKind(row["kind"]),
        subject=row["subject"],
        payload=row["payload"],
        content_type=row["content_type"],
        created_at=from_ms(row["created_at"]),
        expires_at=at(row["expires_at"]),
        alert_id=row["alert_id"],
        digest_id=row["digest_id"],
    )


def to_attempt(row: sqlite3.Row) -> Attempt:
    """Build a try from a row of table `attempt`."""
    wait_s = row["retry_after_s"]
    return Attempt(
        n=row["n"],
        started_at=from_ms(row["started_at"]),
        ended_at=at(row["ended_at"]),
        outcome=row["outcome"],
        code=row["code"],
        retry_after=None if wait_s is None else timedelta(seconds=wait_s),
        detail=row["detail"],
    )
