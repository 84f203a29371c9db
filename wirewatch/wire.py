"""HTTP/1.1 below httpx's transport: one request a connection, and no pool.

A poller meets another host each time; a pool that keeps nothing still looks at all it has, twice a
request. What is left is h11 between a request and a stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import cast

import h11
import httpcore

_CHUNK = 65_536
_LONGEST_HEAD = 102_400  # bytes of status line and headers, as httpcore has it
_PORTS = {b"http": 80, b"https": 443}


class Wire:
    """Stands where httpx's transport has its pool."""

    def __init__(
        self,
        context: ssl.SSLContext,
        backend: httpcore.AsyncNetworkBackend,
        *,
        most: int,
    ) -> None:
        """Dial nothing yet.

        Args:
            context: For TLS.
            backend: Makes the connections.
            most: Connections at a time; others wait.
        """
        context.set_alpn_protocols(["http/1.1"])
        self._context, self._backend = context, backend
        self._slots = asyncio.Semaphore(most)
        self._open: set[Exchange] = set()

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Connect, ask, and return the answer once its headers are there.

        The caller closes the answer; until then it holds a connection.

        Raises:
            httpcore.ConnectError, ConnectTimeout, ReadError, ReadTimeout, WriteTimeout: The network.
            httpcore.RemoteProtocolError: The answer is no HTTP/1.1.
            httpcore.LocalProtocolError: The request is none.
        """
        await self._slots.acquire()
        exchange = None
        try:
            exchange = Exchange(await self._connect(request), request, self)
            self._open.add(exchange)
            response = await exchange.ask()
        except BaseException:
            if exchange is None:
                self._slots.release()
            else:
                await exchange.aclose()
            raise
        return httpcore.Response(
            status=response.status_code,
            headers=response.headers.raw_items(),
            content=exchange,
            extensions={
                "http_version": b"HTTP/" + response.http_version,
                "reason_phrase": bytes(response.reason),
                "network_stream": exchange.stream,
            },
        )

    async def _connect(self, request: httpcore.Request) -> httpcore.AsyncNetworkStream:
        url, extensions = request.url, request.extensions
        within_s = extensions.get("timeout", {}).get("connect")
        host = url.host.decode("ascii")
        stream = await self._backend.connect_tcp(host, url.port or _PORTS[url.scheme], within_s)
        if url.scheme != b"https":
            return stream
        name = extensions.get("sni_hostname") or host
        return await stream.start_tls(self._context, server_hostname=name, timeout=within_s)

    def ended(self, exchange: Exchange) -> None:
        """Let the next one in."""
        if exchange in self._open:
            self._open.discard(exchange)
            self._slots.release()

    async def aclose(self) -> None:
        """Close what is under way."""
        for exchange in list(self._open):
            await exchange.aclose()


class Exchange:
    """A request and its answer, on a connection of their own; iterating gives the body."""

    def __init__(
        self, stream: httpcore.AsyncNetworkStream, request: httpcore.Request, wire: Wire
    ) -> None:
        self.stream = stream
        self._request, self._wire = request, wire
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        timeouts = request.extensions.get("timeout", {})
        self._read_s, self._write_s = timeouts.get("read"), timeouts.get("write")

    async def ask(self) -> h11.Response:
        """Send the request, and wait for the headers of its answer."""
        # A server may refuse before it has heard us out, and say why.
        with contextlib.suppress(httpcore.WriteError):
            await self._send()
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                return event

    async def _send(self) -> None:
        request = self._request
        try:
            head = self._h11.send(
                h11.Request(
                    method=request.method, target=request.url.target, headers=request.headers
                )
            )
            parts = [head or b""]
            parts += [
                self._h11.send(h11.Data(data=chunk)) or b""
                async for chunk in cast("AsyncIterator[bytes]", request.stream)
            ]
            parts.append(self._h11.send(h11.EndOfMessage()) or b"")
        except h11.LocalProtocolError as error:
            raise httpcore.LocalProtocolError(str(error)) from error
        await self.stream.write(b"".join(parts), self._write_s)

    async def _event(self) -> h11.Event | None:
        """What comes next; None when nothing more will."""
        while True:
            try:
                event = self._h11.next_event()
                if event is h11.PAUSED:
                    return None
                if isinstance(event, h11.Event):
                    return event
                data = await self.stream.read(_CHUNK, self._read_s)
                if not data and self._h11.their_state is h11.SEND_RESPONSE:
                    raise httpcore.RemoteProtocolError(
                        "the server ended the connection without an answer"
                    )
                self._h11.receive_data(data)
            except h11.RemoteProtocolError as error:
                raise httpcore.RemoteProtocolError(str(error)) from error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes."""
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        """End the connection; nothing is waited for."""
        self._wire.ended(self)
        await self.stream.aclose()
