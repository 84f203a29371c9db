"""A mailbox on 127.0.0.1: an SMTP server (RFC 5321) that takes every message and keeps it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

MAX_MESSAGE_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it arrived, and for whom."""

    recipients: tuple[str, ...]
    content: bytes

    def read(self) -> EmailMessage:
        """Return it parsed."""
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


class Mailbox:
    """Keeps what arrives, in order."""

    def __init__(self, arrived: Callable[[Mail], None]) -> None:
        """Start empty; `arrived` hears of each message."""
        self._arrived = arrived
        self.mails: list[Mail] = []

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[int]:
        """Serve on a free loopback port, which is what the context gives."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        async with server:
            yield server.sockets[0].getsockname()[1]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            await self._talk(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipients: list[str] = []
        writer.write(b"220 demo ESMTP\r\n")
        while line := await reader.readline():
            verb, _, argument = line.decode("utf-8", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    answer = (
                        f"250-demo\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE {MAX_MESSAGE_BYTES}"
                    )
                case "RCPT":
                    recipients.append(_address(argument))
                    answer = "250 OK"
                case "DATA":
                    writer.write(b"354 go ahead, end with a dot\r\n")
                    self.mails.append(Mail(tuple(recipients), await _content(reader)))
                    self._arrived(self.mails[-1])
                    recipients = []
                    answer = "250 kept"
                case "QUIT":
                    writer.write(b"221 bye\r\n")
                    return await writer.drain()
                case "RSET":
                    recipients = []
                    answer = "250 OK"
                case "HELO" | "MAIL" | "NOOP":
                    answer = "250 OK"
                case _:
                    answer = "502 not here"
            writer.write(f"{answer}\r\n".encode())
            await writer.drain()
        return None


def _address(argument: str) -> str:
    """`TO:<desk@example.org> SIZE=…` → `desk@example.org`."""
    return argument.partition("<")[2].partition(">")[0]


async def _content(reader: asyncio.StreamReader) -> bytes:
    """Read up to the line with a dot alone; RFC 5321, 4.5.2: a leading dot was doubled."""
    lines: list[bytes] = []
    size = 0
    while (line := await reader.readline()) != b".\r\n":
        size += len(line)
        if not line or size > MAX_MESSAGE_BYTES:
            raise ValueError("cut off, or too large")
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return b"".join(lines)
