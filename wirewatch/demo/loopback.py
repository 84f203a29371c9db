"""A small HTTP/1.1 server on 127.0.0.1: the outlets' feeds, and the receiver of webhooks.

One request a connection; bounded in what it reads. The newsstand plays the world round by
round: `turn` begins the next one, `asked` says whose feed was asked for in this one.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from wirewatch.clock import Clock
from wirewatch.demo.dialects import BOT_WALL, print_feed
from wirewatch.demo.world import World

MAX_BODY_BYTES = 1_000_000
TOLERANCE = timedelta(minutes=5)  # Standard Webhooks: older signatures may be replays


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@contextlib.asynccontextmanager
async def serving(handle: Callable[[Request], Answer]) -> AsyncIterator[int]:
    """Serve on a free loopback port, which is what the context gives."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, ValueError):
            writer.write(_bytes(handle(await _request(reader))))
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    fields = (line.partition(":") for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in fields}
    length = int(headers.get("content-length", "0"))
    if length > MAX_BODY_BYTES:
        raise ValueError("too large")
    return Request(method, path, headers, await reader.readexactly(length))


def _bytes(answer: Answer) -> bytes:
    headers = {
        **answer.headers,
        "Content-Length": str(len(answer.body)),
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n{lines}\r\n".encode(
            "latin-1"
        )
        + answer.body
    )


class Newsstand:
    """Every outlet's feed, in the state of the present round."""

    def __init__(self, world: World, clock: Clock) -> None:
        """Begin with round 1: the backlog."""
        self._world, self._clock = world, clock
        self.round = 1
        self._began_at: dict[int, datetime] = {1: clock.now()}
        self.asked: set[str] = set()

    def turn(self) -> None:
        """Begin the next round."""
        self.round += 1
        self._began_at[self.round] = self._clock.now()
        self.asked = set()

    def answer(self, request: Request) -> Answer:
        """Serve a feed as it stands; 304 to whoever has it already."""
        outlet = self._world.outlet(request.path)
        if outlet is None:
            return Answer(404)
        self.asked.add(outlet.name)
        fault = outlet.fault(self.round)
        if fault == "gone":
            return Answer(410)
        if fault == "bot-wall":
            return Answer(403, BOT_WALL, {"Content-Type": "text/html"})
        body, content_type = print_feed(outlet, self.round, self._began_at)
        if fault == "truncated":
            body = body[: len(body) // 10]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"Content-Type": content_type, "ETag": etag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == etag:
            return Answer(304, headers=headers)
        return Answer(200, body, headers)


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook that arrived; `problem` says why it should not be believed, or is ""."""

    id: str
    event: dict[str, Any]
    body: bytes
    problem: str


class HookReceiver:
    """Takes webhooks and verifies their signatures (Standard Webhooks, HMAC-SHA256)."""

    def __init__(self, clock: Clock, arrived: Callable[[Hook], None]) -> None:
        """Trust nobody yet; `arrived` hears of each."""
        self._clock, self._arrived = clock, arrived
        self._keys: list[bytes] = []
        self.hooks: list[Hook] = []

    def trust(self, secrets: Iterable[str]) -> None:
        """Believe what is signed with one of these secrets (`whsec_…`)."""
        self._keys = [base64.b64decode(each.removeprefix("whsec_")) for each in secrets]

    def answer(self, request: Request) -> Answer:
        """Keep what arrives; 401 to what is not signed as it should be."""
        headers = request.headers
        identity = headers.get("webhook-id", "")
        problem = self._problem(identity, headers, request.body)
        event = {} if problem else json.loads(request.body)
        self.hooks.append(Hook(identity, event, request.body, problem))
        self._arrived(self.hooks[-1])
        return Answer(401 if problem else 204)

    def _problem(self, identity: str, headers: Mapping[str, str], body: bytes) -> str:
        stamp = headers.get("webhook-timestamp", "")
        if not identity or not stamp.isdigit():
            return "it carries no webhook-id or webhook-timestamp"
        if abs(self._clock.now().timestamp() - int(stamp)) > TOLERANCE.total_seconds():
            return "its timestamp is more than five minutes off"
        signed = f"{identity}.{stamp}.".encode() + body
        theirs = headers.get("webhook-signature", "").split()
        for key in self._keys:
            ours = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
            if any(hmac.compare_digest(ours, each) for each in theirs):
                return ""
        return "its signature is wrong"
