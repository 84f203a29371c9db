"""Put messages into a folder: the mail as .eml, and what is in it as .html and .txt.

A file appears whole or not at all, and is never replaced by other content; sending a message again
finds its files there and is done. Names come from time, kind and identity, never from a feed's text.
"""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from alerts.notify import Tools, one_line, refused, taken
from wirewatch.model import Delivery, FileChannel, Message, Owed


class FileNotifier:
    """Files in the folder of one channel, and a line on the terminal for each message."""

    def __init__(self, channel: FileChannel, tools: Tools) -> None:
        self._channel = channel
        self._echo = tools.echo if channel.terminal else None

    async def send(self, owed: Owed, *, now: datetime) -> Delivery:
        """Write the files of one message, then its line."""
        try:
            written = await asyncio.to_thread(put, self._channel.folder, owed.message)
        except OSError as error:
            return refused(owed, now=now, code=None, detail=f"{type(error).__name__}: {error}")
        if self._echo is not None:
            shown = written[0]
            self._echo(f"{owed.message.kind}: {one_line(owed.message.subject)}  {shown}")
        return taken(owed, now=now, code=None, detail=written[0].name)

    async def rest(self) -> None:
        """Nothing to let go."""

    async def close(self) -> None:
        """Nothing to stop."""


def put(folder: Path, message: Message) -> tuple[Path, ...]:
    """Write the files of a message; return their paths, the one to look at first in front.

    Raises:
        OSError: The folder can't be made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{message.created_at:%Y-%m-%d_%H%M%S}_{message.kind}_{_tail(message.uid)}"
    return tuple(_write_once(folder, stem, suffix, content) for suffix, content in _views(message))


def _views(message: Message) -> list[tuple[str, bytes]]:
    if not message.content_type.startswith("message/rfc822"):
        suffix = ".json" if "json" in message.content_type else ".txt"
        return [(suffix, message.payload)]
    parsed = message_from_bytes(message.payload, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    views = []
    for suffix, kind in ((".html", "html"), (".txt", "plain")):
        part = parsed.get_body(preferencelist=(kind,))
        if part is not None:
            views.append((suffix, str(part.get_content()).encode(errors="replace")))
    return [*views, (".eml", message.payload)]


def _tail(uid: str) -> str:
    safe = "".join(c for c in uid if c.isascii() and c.isalnum())
    return safe[-12:] or "message"


def _write_once(folder: Path, stem: str, suffix: str, content: bytes) -> Path:
    n = 1
    while True:
        path = folder / (f"{stem}{suffix}" if n == 1 else f"{stem}-{n}{suffix}")
        if _create(path, content) or path.read_bytes() == content:
            return path
        n += 1


def _create(path: Path, content: bytes) -> bool:
    """Make the file in one step; False when there is one of that name."""
    if path.exists():
        return False
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)
        except FileExistsError:
            return False
        except OSError:
            # No hard links here (some network and FAT mounts): the check above has to do.
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return True
