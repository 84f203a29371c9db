"""Send to any service Apprise knows: split between items where it is too long, never cut, never lost.

Apprise is an extra (`pip install 'wirewatch[apprise]'`). Its URLs are the operator's own: the guard
against private addresses does not see them. It tells neither a status nor how long to wait, so a
failure is simply tried again on the outbox's schedule; parts that went out are not repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from alerts.notify import Tools, refused, taken
from alerts.shown import shown
from wirewatch.model import AppriseChannel, Delivery, Message, Owed

_MISSING = "apprise is not installed; pip install 'wirewatch[apprise]'"


class AppriseNotifier:
    """The services of one channel; a recipient is named by its place and scheme, as `2:slack`."""

    def __init__(self, channel: AppriseChannel, tools: Tools) -> None:  # noqa: ARG002 - as all notifiers are made
        self._channel = channel
        self._services: dict[int, Any] = {}  # Apprise has no types
        self._done: dict[str, int] = {}

    async def send(self, owed: Owed, *, now: datetime) -> Delivery:
        """Send all parts of one message that have not gone out yet."""
        try:
            place = int(owed.message.recipient.partition(":")[0]) - 1
            service = await asyncio.to_thread(self._service, place)
        except ImportError:
            return refused(owed, now=now, code=None, detail=_MISSING)
        except (ValueError, IndexError):
            detail = f"{owed.message.recipient}: no such URL is configured any more"
            return refused(owed, now=now, code=None, detail=detail, permanent=True)
        if service is None:
            return refused(owed, now=now, code=None, detail="apprise does not know this URL")
        pieces = parts_for(service, self._channel.limit, owed.message)
        uid = owed.message.uid
        for n, (title, body) in enumerate(pieces):
            if n < self._done.get(uid, 0):
                continue
            trouble = await asyncio.to_thread(_notify, service, title, body)
            if trouble:
                where = f"part {n + 1} of {len(pieces)}: " if len(pieces) > 1 else ""
                return refused(owed, now=now, code=None, detail=where + trouble, reached=True)
            self._done[uid] = n + 1
        self._done.pop(uid, None)
        detail = f"{len(pieces)} parts" if len(pieces) > 1 else ""
        return taken(owed, now=now, code=None, detail=detail)

    async def rest(self) -> None:
        """Nothing to let go."""

    async def close(self) -> None:
        """Nothing to stop."""

    def _service(self, place: int) -> Any:  # noqa: ANN401 - Apprise has no types
        if place not in self._services:
            import apprise  # noqa: PLC0415 - an extra, and 300 ms

            url = self._channel.urls[place]
            mark = "&" if "?" in url else "?"
            # A redirect could lead anywhere; retries are ours.
            made = apprise.Apprise.instantiate(f"{url}{mark}redirect=no")
            self._services[place] = made or apprise.Apprise.instantiate(url)
        return self._services[place]


def parts_for(service: Any, limit: int, message: Message) -> list[tuple[str, str]]:  # noqa: ANN401
    """Return the (title, body) pairs that a message becomes for a service."""
    seen = shown(message)
    longest = int(getattr(service, "body_maxlen", 0) or limit)
    title_room = int(getattr(service, "title_maxlen", 0) or 0)
    title = seen.title[: title_room - 1] + "…" if 0 < title_room < len(seen.title) else seen.title
    # Without a title of its own, a service puts it above the body.
    room = min(limit, longest) - (0 if title_room else len(title) + 4)
    # Room for "(12/34)", which every part but a single one carries.
    pieces = split(seen.text, max(room - 10, 20))
    if len(pieces) == 1:
        return [(title, pieces[0])]
    return [(title, f"{piece}\n({n}/{len(pieces)})") for n, piece in enumerate(pieces, start=1)]


def split(text: str, limit: int) -> list[str]:
    """Return text in pieces of at most `limit` characters: between items, else lines, else words.

    An item is what stands between empty lines. Nothing is left out but the blanks where it is split.
    """
    pieces: list[str] = []
    for part in _fitting(text.strip(), limit, ("\n\n", "\n", " ")):
        if pieces and len(pieces[-1]) + 2 + len(part) <= limit:
            pieces[-1] += "\n\n" + part
        else:
            pieces.append(part)
    return pieces or [""]


def _fitting(text: str, limit: int, separators: tuple[str, ...]) -> Iterator[str]:
    """Yield pieces that fit: whole items where they do, else split further, as much as fits together."""
    if len(text) <= limit:
        if text:
            yield text
        return
    if not separators:
        yield from (text[i : i + limit] for i in range(0, len(text), limit))
        return
    separator, *finer = separators
    held = ""
    for each in text.split(separator):
        joined = f"{held}{separator}{each}" if held else each
        if len(joined) <= limit:
            held = joined
            continue
        if held.strip():
            yield held
        held = ""
        if len(each) <= limit:
            held = each
        else:
            yield from _fitting(each, limit, tuple(finer))
    if held.strip():
        yield held


def _notify(service: Any, title: str, body: str) -> str:  # noqa: ANN401
    """Send one part; return what went wrong, or ""."""
    import logging  # noqa: PLC0415 - beside the import it serves

    import apprise  # noqa: PLC0415 - an extra, and 300 ms

    listen: Any = apprise.LogCapture  # untyped
    with listen(level=logging.WARNING) as said:
        try:
            done = service.notify(
                title=title, body=body, body_format=apprise.NotifyFormat.TEXT, notify_type=apprise.NotifyType.INFO
            )  # fmt: skip
        except TypeError as error:
            return str(error)  # what Apprise raises when there is nothing to send
        return "" if done else (said.getvalue().strip() or "not taken")
