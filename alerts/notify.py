"""What sends: one protocol, and how a try's outcome is put into words."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from wirewatch.model import Delivery, Owed

if TYPE_CHECKING:
    import httpx

_LONGEST_DETAIL = 300


class Notifier(Protocol):
    """Sends messages to one channel; one message at a time."""

    async def send(self, owed: Owed, *, now: datetime) -> Delivery:
        """Try once; what goes wrong is in the Delivery, not raised."""

    async def rest(self) -> None:
        """Nothing more is owed for now: let connections go."""

    async def close(self) -> None:
        """Stop for good, breaking off what is under way."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What notifiers are made with.

    Attributes:
        client: Made by `wirewatch.http`, guard and all; None where no channel needs one.
        echo: Gets a line for the terminal per message of a file channel.
        tls: For SMTP; None trusts what the system trusts.
        hostname: What we call ourselves to SMTP servers; None asks the system.
    """

    client: httpx.AsyncClient | None = None  # noqa: TID251 - a type; it is made in wirewatch.http
    echo: Callable[[str], None] | None = None
    tls: ssl.SSLContext | None = None
    hostname: str | None = None


def taken(owed: Owed, *, now: datetime, code: int | None, detail: str = "") -> Delivery:
    """Return a Delivery that says the message was taken."""
    return Delivery(owed, True, now, now, code=code, detail=one_line(detail), reached=True)


def refused(
    owed: Owed,
    *,
    now: datetime,
    code: int | None,
    detail: str,
    permanent: bool = False,
    gone: bool = False,
    retry_after: timedelta | None = None,
    reached: bool = False,
    in_doubt: bool = False,
) -> Delivery:
    """Return a Delivery that says the message was not taken, or not for certain."""
    return Delivery(
        owed,
        False,
        now,
        now,
        code=code,
        detail=one_line(detail),
        permanent=permanent,
        gone=gone,
        retry_after=retry_after,
        reached=reached,
        in_doubt=in_doubt,
    )


def one_line(text: str) -> str:
    """Return another's words fit for a log line and a table: printable, one line, bounded."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= _LONGEST_DETAIL else clean[: _LONGEST_DETAIL - 1] + "…"
