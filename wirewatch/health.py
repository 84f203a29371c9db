"""/healthz, /readyz and /metrics, on an address of your choice; 127.0.0.1 by habit.

* /healthz: the process answers.
* /readyz: the database can be read, and a tick has committed lately; 503 says why not.
* /metrics: Prometheus text; needs the extra `metrics`, and answers 501 without it.

Anything else is 404; only GET and HEAD are known. Nothing here can be changed from outside.
"""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

from wirewatch.config.words import listen_address
from wirewatch.errors import ListenError
from wirewatch.metrics import Metrics, NotInstalled
from wirewatch.model.overview import Snapshot

log = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 8_192
TIMEOUT_S = 5.0


@asynccontextmanager
async def serve(
    listen: str, snapshot: Callable[[], Awaitable[Snapshot]], metrics: Metrics | None = None
) -> AsyncIterator[tuple[str, int]]:
    """Serve while the block runs; yields the address it listens on (port 0 takes a free one).

    Args:
        listen: `host:port`; an IPv6 host in brackets.
        snapshot: Takes stock; raising means that the database can't be read.
        metrics: Counted so far; without them /metrics shows what the snapshot does.

    Raises:
        ListenError: The address can't be listened on.
    """
    host, port = listen_address(listen)
    endpoint = _Endpoint(snapshot, metrics)
    try:
        server = await asyncio.start_server(endpoint.answer, host, port, limit=MAX_REQUEST_BYTES)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise ListenError(
            f"service.listen: can't listen on {listen}: "
            f"{'another program does already' if taken else os.strerror(error.errno or 0)}; "
            "choose another port, or take the key out"
        ) from error
    try:
        bound = server.sockets[0].getsockname()
        log.info("listening address=%s:%d", bound[0], bound[1])
        yield bound[0], bound[1]
    finally:
        server.close()


class _Endpoint:
    def __init__(
        self, snapshot: Callable[[], Awaitable[Snapshot]], metrics: Metrics | None
    ) -> None:
        self._snapshot, self._metrics = snapshot, metrics

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close; whatever a stranger sends, only this connection suffers."""
        with suppress(
            OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError
        ):
            async with asyncio.timeout(TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._response(head))
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def _response(self, head: bytes) -> bytes:
        method, _, rest = head.decode("latin-1").partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        if method not in {"GET", "HEAD"}:
            return _http(HTTPStatus.METHOD_NOT_ALLOWED, "only GET\n", method)
        match path:
            case "/healthz":
                return _http(HTTPStatus.OK, "ok\n", method)
            case "/readyz":
                status, text = await self._ready()
                return _http(status, text, method)
            case "/metrics":
                return await self._figures(method)
            case _:
                return _http(HTTPStatus.NOT_FOUND, "/healthz, /readyz, /metrics\n", method)

    async def _ready(self) -> tuple[HTTPStatus, str]:
        try:
            snapshot = await self._snapshot()
        except Exception:
            log.exception("snapshot_failed")
            return HTTPStatus.SERVICE_UNAVAILABLE, "the database can't be read\n"
        if why := snapshot.why_not_ready():
            return HTTPStatus.SERVICE_UNAVAILABLE, why + "\n"
        view = snapshot.overview
        body = {
            "ready": True,
            "feeds": {str(health): count for health, count in view.feeds},
            "late": view.late_count,
            "owed": view.owed_count,
            "reload": view.reload or "none",
        }
        return HTTPStatus.OK, json.dumps(body) + "\n"

    async def _figures(self, method: str) -> bytes:
        try:
            metrics = self._metrics or Metrics()
            text = metrics.text(await self._snapshot())
        except NotInstalled as error:
            return _http(HTTPStatus.NOT_IMPLEMENTED, f"{error}\n", method)
        except Exception:
            log.exception("snapshot_failed")
            return _http(HTTPStatus.SERVICE_UNAVAILABLE, "the database can't be read\n", method)
        return _http(HTTPStatus.OK, text, method, "text/plain; version=0.0.4; charset=utf-8")


def _http(
    status: HTTPStatus, text: str, method: str, content_type: str = "text/plain; charset=utf-8"
) -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if method == "HEAD" else body)
