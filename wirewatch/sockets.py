"""TCP and TLS for httpcore, straight on non-blocking sockets.

httpcore's own backend goes through anyio, asyncio's streams through TLS in Python: either costs a
poll of a new host a third of its CPU. Here OpenSSL reads and writes the socket itself, and the
event loop is only asked when it has to wait.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import httpcore

if TYPE_CHECKING:
    from httpcore._backends.base import SOCKET_OPTION

T = TypeVar("T")


class Stream(httpcore.AsyncNetworkStream):
    """One connection."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()

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
        try:
            return await self._do(timeout, self._sock.recv, max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("nothing came in time") from error
        except (OSError, ValueError) as error:
            raise httpcore.ReadError(str(error) or type(error).__name__) from error

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
        left = memoryview(buffer)
        try:
            while left:
                # After a "not now" OpenSSL wants the very same bytes again: they stay as they are.
                sent = await self._do(timeout, self._sock.send, left, writes=True)
                left = left[sent:]
        except TimeoutError as error:
            raise httpcore.WriteTimeout("the other side does not take it") from error
        except (OSError, ValueError) as error:
            raise httpcore.WriteError(str(error) or type(error).__name__) from error

    async def aclose(self) -> None:
        """Close at once: every answer is read to its end or given up, and none is waited for."""
        self._sock.close()

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
            secure = ssl_context.wrap_socket(
                self._sock, server_hostname=server_hostname, do_handshake_on_connect=False
            )
            self._sock = secure
            await self._do(timeout, secure.do_handshake)
        except TimeoutError as error:
            self._sock.close()
            raise httpcore.ConnectTimeout("the TLS handshake takes too long") from error
        except (OSError, ValueError) as error:
            self._sock.close()
            raise httpcore.ConnectError(str(error) or type(error).__name__) from error
        except BaseException:
            self._sock.close()
            raise
        return self

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        """Return what httpcore asks about a connection."""
        match info:
            case "ssl_object":
                return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
            case "client_addr":
                return self._sock.getsockname()
            case "server_addr":
                return self._sock.getpeername()
            case "socket":
                return self._sock
            case "is_readable":
                return self._sock.fileno() < 0
            case _:
                return None

    async def _do(
        self, within_s: float | None, step: Callable[..., T], *values: object, writes: bool = False
    ) -> T:
        """Take a step as soon as the socket lets us.

        Raises:
            TimeoutError: It did not within so many seconds.
            OSError: The connection broke.
        """
        end = None
        while True:
            try:
                return step(*values)
            except ssl.SSLWantReadError:
                writable = False
            except ssl.SSLWantWriteError:
                writable = True
            except BlockingIOError:
                writable = writes
            if end is None and within_s is not None:
                end = self._loop.time() + within_s
            await self._turn(end, writable=writable)

    async def _turn(self, end: float | None, *, writable: bool) -> None:
        loop, fd = self._loop, self._sock.fileno()
        if fd < 0:
            raise OSError("the connection is closed")
        waiter = loop.create_future()
        timer = loop.call_at(end, _late, waiter) if end is not None else None
        (loop.add_writer if writable else loop.add_reader)(fd, _wake, waiter)
        try:
            await waiter
        finally:
            (loop.remove_writer if writable else loop.remove_reader)(fd)
            if timer is not None:
                timer.cancel()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


def _late(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())


async def connect(
    address: str,
    port: int,
    *,
    within_s: float,
    local_address: str | None = None,
    socket_options: Iterable[SOCKET_OPTION] | None = None,
) -> httpcore.AsyncNetworkStream:
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
    loop = asyncio.get_running_loop()
    if not isinstance(loop, asyncio.SelectorEventLoop):  # Windows' own can't watch a socket
        return await httpcore.AnyIOBackend().connect_tcp(
            address, port, within_s, local_address, socket_options
        )
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        # The end of a handshake and the request are two small packets, one right after the other.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for option in socket_options or ():
            sock.setsockopt(*option)
        if local_address:
            sock.bind((local_address, 0))
        async with asyncio.timeout(within_s):
            await loop.sock_connect(sock, (address, port))
    except TimeoutError as error:
        sock.close()
        raise httpcore.ConnectTimeout(f"{address} does not answer") from error
    except (OSError, ValueError, OverflowError) as error:
        sock.close()
        raise httpcore.ConnectError(str(error) or type(error).__name__) from error
    except BaseException:
        sock.close()
        raise
    return Stream(sock)
