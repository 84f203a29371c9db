"""Messages owed, and each attempt to deliver them.

A message is claimed in one transaction, sent outside any, and settled in another, so that a kill
leaves at most one message per open connection in doubt. `dedup_key` is the once-only guard.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wirewatch.clock import to_ms
from wirewatch.model import Delivery, Message, OutboxState, Owed
from wirewatch.store.codec import at, ms
from wirewatch.store.migrations import Migrations
from wirewatch.store.rows import Attempt, Row, to_attempt, to_owed, to_row

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATIONS = Migrations("outbox")


@MIGRATIONS()
def m001_outbox(db: Database) -> None:
    """Create the outbox and its attempts."""
    db.conn.execute(
        """
        CREATE TABLE outbox(
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          uid TEXT NOT NULL UNIQUE,        -- Message-ID, webhook-id: the same on every try
          dedup_key TEXT NOT NULL UNIQUE,  -- what it is about, for whom
          channel TEXT NOT NULL, recipient TEXT NOT NULL, kind TEXT NOT NULL,
          subject TEXT NOT NULL,
          payload BLOB NOT NULL,           -- the very bytes; emptied long after it was settled
          content_type TEXT NOT NULL,
          alert_id INTEGER, digest_id INTEGER,
          created_at INTEGER NOT NULL,
          expires_at INTEGER,              -- then the digest takes over; NULL: never, or no longer
          state TEXT NOT NULL
            CHECK(state IN ('pending', 'sending', 'sent', 'dead', 'dropped', 'unknown')),
          attempts INTEGER NOT NULL DEFAULT 0,
          next_at INTEGER NOT NULL,
          tried_at INTEGER,                -- when the last try began
          settled_at INTEGER,              -- when it was sent, given up or dropped
          boot_id TEXT,                    -- the process that claimed it
          redelivery INTEGER NOT NULL DEFAULT 0,  -- 1: it may have arrived before
          code INTEGER, detail TEXT NOT NULL DEFAULT ''
        ) STRICT
        """
    )
    db.conn.execute(
        "CREATE INDEX outbox_due ON outbox(channel, next_at, id, recipient) WHERE state = 'pending'"
    )
    db.conn.execute("CREATE INDEX outbox_next ON outbox(next_at) WHERE state = 'pending'")
    db.conn.execute(
        "CREATE INDEX outbox_expiry ON outbox(expires_at) "
        "WHERE state = 'pending' AND expires_at IS NOT NULL"
    )
    db.conn.execute("CREATE INDEX outbox_state ON outbox(state, id) WHERE state <> 'sent'")
    db.conn.execute(
        """
        CREATE TABLE attempt(              -- append only
          id INTEGER PRIMARY KEY,
          outbox_id INTEGER NOT NULL REFERENCES outbox(id),
          n INTEGER NOT NULL,
          started_at INTEGER NOT NULL, ended_at INTEGER,  -- NULL: a crash; nobody saw the end
          outcome TEXT NOT NULL,           -- sent, failed, in_doubt, crashed
          code INTEGER, retry_after_s REAL, detail TEXT NOT NULL
        ) STRICT
        """
    )
    db.conn.execute("CREATE INDEX attempt_outbox ON attempt(outbox_id)")


@MIGRATIONS()
def m002_settled(db: Database) -> None:
    """Find what was settled long ago: its bytes go after a month, its record with what it told."""
    db.conn.execute("CREATE INDEX outbox_settled ON outbox(settled_at) WHERE settled_at > 0")


_MESSAGE = (
    "uid, dedup_key, channel, recipient, kind, subject, payload, content_type, alert_id, digest_id, "
    "created_at, expires_at"
)


class Outbox:
    """Messages owed, and each attempt to deliver them."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def add(self, messages: Iterable[Message]) -> int:
        """Owe these; return how many are new. One that is owed under its key already stays as it is.

        Two messages of one uid under different keys are a mistake that would lose one: it raises.
        """
        added = 0
        for each in messages:
            values = (
                each.uid,
                each.dedup_key,
                each.channel,
                each.recipient,
                each.kind,
                each.subject,
                each.payload,
                each.content_type,
                each.alert_id,
                each.digest_id,
                to_ms(each.created_at),
                ms(each.expires_at),
                to_ms(each.created_at),
            )
            added += self._conn.execute(
                f"INSERT INTO outbox({_MESSAGE}, state, next_at) "
                f"VALUES ({','.join('?' * 12)}, 'pending', ?) ON CONFLICT(dedup_key) DO NOTHING",
                values,
            ).rowcount
        return added

    def due(self, now: datetime) -> list[tuple[str, str]]:
        """Return (channel, recipient) of everything that may be sent now."""
        rows = self._conn.execute(
            "SELECT DISTINCT channel, recipient FROM outbox WHERE state = 'pending' AND next_at <= ?",
            (to_ms(now),),
        ).fetchall()
        return [(row["channel"], row["recipient"]) for row in rows]

    def next_due(self) -> datetime | None:
        """Return when the next message may be sent; None when nothing is owed."""
        row = self._conn.execute(
            "SELECT min(next_at) AS at FROM outbox WHERE state = 'pending'"
        ).fetchone()
        return at(row["at"])

    def claim(
        self, channel: str, recipient: str | None, *, now: datetime, boot_id: str
    ) -> Owed | None:
        """Take the message longest due for a channel (or one recipient of it), to be tried now."""
        row = self._conn.execute(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, boot_id = ?, tried_at = ? "
            "WHERE id = (SELECT id FROM outbox WHERE state = 'pending' AND channel = ? "
            "AND (? IS NULL OR recipient = ?) AND next_at <= ? ORDER BY next_at, id LIMIT 1) "
            "RETURNING *",
            (boot_id, to_ms(now), channel, recipient, recipient, to_ms(now)),
        ).fetchone()
        return to_owed(row) if row else None

    def settle(self, delivery: Delivery, state: OutboxState, next_at: datetime | None) -> None:
        """Record a try and where the message stands now; a second call for one try changes nothing."""
        owed = delivery.owed
        doubt = int(delivery.in_doubt)
        changed = self._conn.execute(
            "UPDATE outbox SET state = ?, next_at = coalesce(?, next_at), settled_at = ?, code = ?, "
            "detail = ?, redelivery = max(redelivery, ?), boot_id = NULL "
            "WHERE id = ? AND state = 'sending' AND attempts = ?",
            (
                state,
                ms(next_at),
                None if state is OutboxState.PENDING else to_ms(delivery.ended_at),
                delivery.code,
                delivery.detail,
                doubt,
                owed.id,
                owed.attempt,
            ),
        ).rowcount
        if not changed:
            return
        wait = delivery.retry_after
        self._conn.execute(
            "INSERT INTO attempt VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                owed.id,
                owed.attempt,
                to_ms(delivery.started_at),
                to_ms(delivery.ended_at),
                "sent" if delivery.ok else "in_doubt" if doubt else "failed",
                delivery.code,
                wait.total_seconds() if wait is not None else None,
                delivery.detail,
            ),
        )

    def recover(
        self, *, boot_id: str, now: datetime, at_most_once: Iterable[str]
    ) -> tuple[list[Owed], list[Owed]]:
        """Settle what another process had begun and never finished.

        Args:
            boot_id: This process; its own claims are left alone.
            now: Aware, UTC.
            at_most_once: Channels where a message in doubt is not sent again.

        Returns:
            Those that will be sent again under the same identity, and those left UNKNOWN.
        """
        rows = self._conn.execute(
            "SELECT * FROM outbox WHERE state = 'sending' AND boot_id IS NOT ? ORDER BY id",
            (boot_id,),
        ).fetchall()
        once = frozenset(at_most_once)
        again, unknown = list[Owed](), list[Owed]()
        for row in rows:
            known = row["channel"] not in once
            self._conn.execute(
                "UPDATE outbox SET state = ?, next_at = ?, settled_at = ?, redelivery = 1, "
                "boot_id = NULL, detail = ? WHERE id = ?",
                (
                    OutboxState.PENDING if known else OutboxState.UNKNOWN,
                    to_ms(now),
                    None if known else to_ms(now),
                    "a crash left it in doubt",
                    row["id"],
                ),
            )
            self._conn.execute(
                "INSERT INTO attempt VALUES (NULL, ?, ?, ?, NULL, 'crashed', NULL, NULL, ?)",
                (row["id"], row["attempts"], row["tried_at"], "the process ended during this try"),
            )
            (again if known else unknown).append(to_owed(row))
        return again, unknown

    def give_up(self, outbox_id: int, state: OutboxState, detail: str, now: datetime) -> None:
        """End a pending message without another try."""
        self._conn.execute(
            "UPDATE outbox SET state = ?, settled_at = ?, detail = ? WHERE id = ? AND state = 'pending'",
            (state, to_ms(now), detail, outbox_id),
        )

    def defer(self, channel: str, recipient: str | None, until: datetime) -> None:
        """Let nothing of a destination be due before then; uses up no tries."""
        self._conn.execute(
            "UPDATE outbox SET next_at = ? WHERE state = 'pending' AND channel = ? "
            "AND (? IS NULL OR recipient = ?) AND next_at < ?",
            (to_ms(until), channel, recipient, recipient, to_ms(until)),
        )

    def rewind(self, by: timedelta, now: datetime) -> None:
        """The clock was set back: what was planned for a while from then is planned from now."""
        step = round(by.total_seconds() * 1000)
        self._conn.execute(
            "UPDATE outbox SET next_at = max(next_at - ?, ?) WHERE state = 'pending' AND next_at > ?",
            (step, to_ms(now), to_ms(now)),
        )

    def last_tried_at(self) -> datetime | None:
        """Return when the last try began: a time in the future tells of a clock that was set back."""
        row = self._conn.execute(
            "SELECT started_at AS at FROM attempt ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return at(row["at"]) if row else None

    def expired(self, now: datetime) -> list[Row]:
        """Return pending messages whose time is over, oldest first."""
        rows = self._conn.execute(
            # +id: else, of an index that is empty as a rule, SQLite prefers reading all by id.
            "SELECT * FROM outbox WHERE state = 'pending' AND expires_at <= ? ORDER BY +id",
            (to_ms(now),),
        ).fetchall()
        return list(map(to_row, rows))

    def never_expire(self, outbox_id: int) -> None:
        """Nobody else takes this message over: it stays owed for the whole schedule."""
        self._conn.execute("UPDATE outbox SET expires_at = NULL WHERE id = ?", (outbox_id,))

    def pending(self, channel: str, recipient: str | None, *, before: datetime) -> list[Row]:
        """Return what is owed to a destination since before then, oldest first."""
        rows = self._conn.execute(
            "SELECT * FROM outbox WHERE state = 'pending' AND channel = ? "
            "AND (? IS NULL OR recipient = ?) AND created_at <= ? ORDER BY id",
            (channel, recipient, recipient, to_ms(before)),
        ).fetchall()
        return list(map(to_row, rows))

    def list(
        self,
        *,
        states: Sequence[OutboxState] = (),
        channel: str | None = None,
        limit: int = 100,
    ) -> list[Row]:
        """Return messages, newest first; no states means all of them."""
        marks = ",".join("?" * len(states))
        rows = self._conn.execute(
            f"SELECT * FROM outbox WHERE {f'state IN ({marks})' if states else '1'} "
            "AND (? IS NULL OR channel = ?) ORDER BY id DESC LIMIT ?",
            (*states, channel, channel, limit),
        ).fetchall()
        return list(map(to_row, rows))

    def ids(self, states: Sequence[OutboxState], *, channel: str | None = None) -> Sequence[int]:
        """Return the ids of all messages that stand there, oldest first."""
        marks = ",".join("?" * len(states))
        rows = self._conn.execute(
            f"SELECT id FROM outbox WHERE state IN ({marks}) AND (? IS NULL OR channel = ?) ORDER BY id",
            (*states, channel, channel),
        ).fetchall()
        return [row["id"] for row in rows]

    def get(self, outbox_id: int) -> Row | None:
        """Return a message and where it stands, or None."""
        row = self._conn.execute("SELECT * FROM outbox WHERE id = ?", (outbox_id,)).fetchone()
        return to_row(row) if row else None

    def attempts(self, outbox_id: int) -> Sequence[Attempt]:
        """Return the tries of a message, oldest first."""
        rows = self._conn.execute(
            "SELECT * FROM attempt WHERE outbox_id = ? ORDER BY id", (outbox_id,)
        ).fetchall()
        return [to_attempt(row) for row in rows]

    def retry(self, outbox_id: int, now: datetime) -> bool:
        """Owe a dead, dropped or unknown message again, at once, with the whole schedule before it."""
        changed = self._conn.execute(
            "UPDATE outbox SET state = 'pending', attempts = 0, next_at = ?, settled_at = NULL, "
            "expires_at = NULL, redelivery = max(redelivery, state = 'unknown') "
            "WHERE id = ? AND state IN ('dead', 'dropped', 'unknown', 'pending') AND payload <> x''",
            (to_ms(now), outbox_id),
        ).rowcount
        return bool(changed)

    def drop(self, outbox_id: int, now: datetime) -> bool:
        """Owe a message no longer; one that is being sent right now can't be dropped."""
        return bool(
            self._conn.execute(
                "UPDATE outbox SET state = 'dropped', settled_at = ?, detail = 'dropped by hand' "
                "WHERE id = ? AND state IN ('pending', 'dead', 'unknown')",
                (to_ms(now), outbox_id),
            ).rowcount
        )

    def backlog(self) -> tuple[dict[OutboxState, int], datetime | None]:
        """Return how many messages stand where that are not sent, and when the oldest of those was made.

        Reads the index of what is not sent only, however much was.
        """
        rows = self._conn.execute(
            "SELECT state, count(*) AS n FROM outbox WHERE state <> 'sent' GROUP BY state"
        ).fetchall()
        (oldest,) = self._conn.execute(
            "SELECT min(created_at) FROM outbox WHERE state <> 'sent' AND state IN ('pending', 'sending')"
        ).fetchone()
        return {OutboxState(row["state"]): row["n"] for row in rows}, at(oldest)

    def counts(self) -> dict[str, dict[OutboxState, int]]:
        """Return how many messages stand where, by channel."""
        found: dict[str, dict[OutboxState, int]] = {}
        for row in self._conn.execute(
            "SELECT channel, state, count(*) AS n FROM outbox GROUP BY channel, state"
        ).fetchall():
            found.setdefault(row["channel"], {})[OutboxState(row["state"])] = row["n"]
        return found
