"""Requests over sockets of our own: TLS is checked, bodies come whole, connections are let go."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpcore
import httpx
import pytest

from tests.bench.feed_farm import certificate
from wirewatch.http import Client, GuardedBackend, make_client
from wirewatch.model import FetchSettings
from wirewatch.wire import Wire

SETTINGS = FetchSettings(allow_private=("*",), host_spacing=timedelta(0))
LONG = b"news " * 400_000
HOST = [(b"host", b"localhost")]
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@contextlib.asynccontextmanager
async def serving(serve: Serve, pem: Path | None = None) -> AsyncIterator[int]:
    """A server on loopback, over TLS with this certificate; yields its port."""
    context = None
    if pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)

    busy: set[asyncio.StreamWriter] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        busy.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await serve(reader, writer)
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in busy:
            writer.transport.abort()
        await asyncio.sleep(0)


async def say_long(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(LONG) + LONG)
    await writer.drain()


async def count_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    got = await reader.readexactly(len(LONG))
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n%d" % len(got))
    await writer.drain()


async def say_nothing(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def hang_up(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def client(trusted: Path | None = None) -> Client:
    context = ssl.create_default_context(cafile=str(trusted)) if trusted else None
    return make_client(SETTINGS, contact="desk@example.org", context=context, resolver=here)


def test_a_long_body_comes_whole_over_tls_and_goes_whole(pem: Path) -> None:
    async def both() -> tuple[bytes, bytes]:
        async with client(pem) as asking:
            async with serving(say_long, pem) as port:
                got = await asking.get(f"https://localhost:{port}/")
            async with serving(count_body, pem) as port:
                counted = await asking.post(f"https://localhost:{port}/", content=LONG)
        return got.content, counted.content

    got, counted = asyncio.run(both())
    assert got == LONG
    assert int(counted) == len(LONG)


@pytest.mark.parametrize(("host", "trusts"), [("localhost", False), ("wrong.example", True)])
def test_a_certificate_of_another_host_or_that_nobody_vouches_for_is_refused(
    pem: Path, host: str, trusts: bool
) -> None:
    async def ask() -> None:
        async with client(pem if trusts else None) as asking, serving(say_long, pem) as port:
            await asking.get(f"https://{host}:{port}/")

    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        asyncio.run(ask())


@pytest.mark.parametrize("secure", [True, False])
def test_who_says_nothing_is_given_up_after_the_time_allowed(pem: Path, secure: bool) -> None:
    scheme = "https" if secure else "http"

    async def ask() -> None:
        async with client(pem) as asking, serving(say_nothing, pem if secure else None) as port:
            await asking.get(f"{scheme}://localhost:{port}/", timeout=0.1)

    with pytest.raises(httpx.ReadTimeout):
        asyncio.run(ask())


def test_a_handshake_that_never_ends_is_given_up() -> None:
    async def ask() -> None:
        async with client() as asking, serving(say_nothing) as port:
            await asking.get(f"https://localhost:{port}/", timeout=0.1)

    with pytest.raises(httpx.ConnectTimeout):
        asyncio.run(ask())


def test_whatever_goes_wrong_the_next_request_finds_a_free_connection() -> None:
    async def ask(wire: Wire, port: int) -> bytes:
        timeout = {"connect": 1.0, "read": 1.0, "write": 1.0}
        url = f"http://localhost:{port}/"
        request = httpcore.Request("GET", url, headers=HOST, extensions={"timeout": timeout})
        answer = await wire.handle_async_request(request)
        try:
            return await answer.aread()
        finally:
            await answer.aclose()

    async def all_of_it() -> None:
        backend = GuardedBackend(frozenset("*"), here)
        wire = Wire(ssl.create_default_context(), backend, most=1)
        async with (
            serving(hang_up) as rude,
            serving(say_long) as kind,
            serving(say_nothing) as mute,
        ):
            with pytest.raises(httpcore.RemoteProtocolError):
                await ask(wire, rude)
            with pytest.raises(httpcore.ConnectError):
                await ask(wire, 1)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await ask(wire, mute)
            unread = await wire.handle_async_request(
                httpcore.Request("GET", f"http://localhost:{kind}/", headers=HOST)
            )
            await unread.aclose()
            assert await asyncio.wait_for(ask(wire, kind), 5) == LONG

    asyncio.run(all_of_it())
