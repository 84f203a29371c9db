"""TCP and TLS for httpcore, straight on asyncio's streams.

httpcore's own backend goes through anyio, whose cancel scopes and TLS in Python cost a poll of a
new host a third of its CPU; a poll has its own deadline and needs neither.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpcore

if TYPE_CHECKING:
    from httpcore._backends.base import SOCKET_OPTION

_BUFFER = 65_536


class Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> bytes:
        """Return what has arrived, at most `max_bytes`; b"" at the end.

        Raises:
            httpcore.ReadTimeout: Nothing came in time.
            httpcore.ReadError: The connection broke.
        """
        async with _mapped(httpcore.ReadTimeout, httpcore.ReadError, timeout):
            return await self._reader.read(max_bytes)

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> None:
        """Send.

        Raises:
            httpcore.WriteTimeout: The other side does not take it.
            httpcore.WriteError: The connection broke.
        """
        if not buffer:
            return
        async with _mapped(httpcore.WriteTimeout, httpcore.WriteError, timeout):
            self._writer.write(buffer)
            await self._writer.drain()

    async def aclose(self) -> None:
        """Close at once: every answer is read to its end or given up, and none is waited for."""
        self._writer.transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> httpcore.AsyncNetworkStream:
        """Go over to TLS.

        Raises:
            httpcore.ConnectTimeout: The handshake takes too long.
            httpcore.ConnectError: It fails; the certificate, perhaps.
        """
        try:
            async with _mapped(httpcore.ConnectTimeout, httpcore.ConnectError, timeout):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except BaseException:
            self._writer.transport.abort()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        """Return what httpcore asks about a connection."""
        match info:
            case "ssl_object":
                return self._writer.get_extra_info("ssl_object")
            case "client_addr":
                return self._writer.get_extra_info("sockname")
            case "server_addr":
                return self._writer.get_extra_info("peername")
            case "socket":
                return self._writer.get_extra_info("socket")
            case "is_readable":
                return self._reader.at_eof() or self._writer.is_closing()
            case _:
                return None


async def connect(
    address: str,
    port: int,
    *,
    within_s: float,
    local_address: str | None = None,
    socket_options: Iterable[SOCKET_OPTION] | None = None,
) -> Stream:
    """Connect to a numeric address.

    Args:
        address: IPv4 or IPv6, numeric: nothing is looked up here.
        port: TCP.
        within_s: Seconds to try.
        local_address: To connect from.
        socket_options: For `setsockopt`.

    Raises:
        httpcore.ConnectTimeout: Nobody answered in time.
        httpcore.ConnectError: Refused, or no way there.
    """
    local = (local_address, 0) if local_address else None
    async with _mapped(httpcore.ConnectTimeout, httpcore.ConnectError, within_s):
        reader, writer = await asyncio.open_connection(
            address, port, local_addr=local, limit=_BUFFER
        )
    for option in socket_options or ():
        writer.get_extra_info("socket").setsockopt(*option)
    return Stream(reader, writer)


@asynccontextmanager
async def _mapped(
    late: type[Exception], broken: type[Exception], within_s: float | None
) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(within_s):
            yield
    except TimeoutError as error:
        raise late(str(error) or "timed out") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise broken(str(error) or type(error).__name__) from error
