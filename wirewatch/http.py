"""The only maker of HTTP clients: timeouts, connection limits, address guard, user agent.

The guard sits where connections are made, below redirects, retries and clever host names: a
name is resolved once, refused if any of its addresses is not public, and the checked numeric
address is the one dialled (DNS rebinding finds nothing to rebind). SNI and Host stay the name.

The limits are measured cliffs: no connection is kept, as another one per poll is what polling many
hosts means anyway, and there is no pool (`wirewatch.wire`). Encodings other than gzip are never offered: 796 bytes of brotli become 1 GB.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

import httpcore
import httpx

from wirewatch import __version__, sockets
from wirewatch.errors import FetchRefused
from wirewatch.model import FetchSettings
from wirewatch.wire import Wire

if TYPE_CHECKING:
    from httpcore._backends.base import SOCKET_OPTION


class Client(httpx.AsyncClient):  # noqa: TID251 - this is the one place
    """httpx's client, with a short way for requests that need none of its comforts."""

    async def ask(self, request: httpx.Request) -> httpx.Response:
        """Send a request as it stands: no cookies, no redirects, no authentication, no default headers.

        Saves a sixth of a poll's CPU. The caller closes the response.
        """
        response = await self._transport.handle_async_request(request)
        response.request = request
        return response


Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Takes a host name and a port, returns numeric addresses, best first; raises OSError."""

PRIVATE_ALLOWED = "wirewatch.allow_private"
"""Key of a request extension: `True` lets this one request go to a private address."""

MAX_CONNECTIONS = 200
PUBLIC_PORTS = frozenset({80, 443, 8080, 8443})
_RESOLVER_THREADS = 64  # asyncio's own default is 6 on two cores: one dead name stalls a sixth
_TRIES = 4  # addresses of one name, at most
_TIMEOUT = httpx.Timeout(connect=10, read=20, write=10, pool=None)

_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_TEREDO = ipaddress.IPv6Network("2001::/32")
_ISATAP = (0x00005EFE, 0x02005EFE)
# What `is_global` of Python 3.11 calls public and nobody publishes news from: multicast, the
# 6to4 relays, documentation and benchmark ranges, segment routing.
_REFUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            *("224.0.0.0/4", "192.88.99.0/24", "192.0.0.0/24", "198.18.0.0/15"),
            *("2001:db8::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28"),
            *("3fff::/20", "5f00::/16", "ff00::/8"),
        ),
    )
)


def make_client(
    settings: FetchSettings,
    *,
    contact: str,
    allow_private: Collection[str] = (),
    resolver: Resolver | None = None,
    context: ssl.SSLContext | None = None,
) -> Client:
    """Return a client that only ever talks to public addresses, for feeds and webhooks alike.

    It follows no redirects, keeps no cookies and reads nothing from the environment. Requests to
    a refused address raise `FetchRefused`, before any packet is sent.

    Args:
        settings: `allow_private` and `proxy` matter here. A proxy dials by itself: then the guard
            sees literal addresses only, and the proxy has to refuse the rest.
        contact: Address or URL for the User-Agent.
        allow_private: `host`, `host:port`, or `*`; on top of the settings'.
        resolver: Instead of the system's, for tests.
        context: For TLS; None verifies against certifi's roots.
    """
    allowed = frozenset(
        entry.strip().lower() for entry in (*settings.allow_private, *allow_private)
    )
    return Client(
        transport=GuardedTransport(
            allowed,
            context=context or _trusted(),
            resolver=resolver,
            proxy=settings.proxy,
        ),
        headers={
            "User-Agent": user_agent(contact),
            "Accept-Encoding": "gzip",
            "Accept": "*/*",
            "Connection": "close",
        },
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        timeout=_TIMEOUT,
        follow_redirects=False,
        trust_env=False,
    )


def user_agent(contact: str) -> str:
    """Return an honest User-Agent: product, version, and whom to complain to."""
    printable = "".join(c for c in contact.strip() if 32 <= ord(c) < 127 and c not in "()")
    return f"wirewatch/{__version__} (news feed watcher; +{printable or 'https://example.org/'})"


@functools.cache
def _trusted() -> ssl.SSLContext:
    """Return what the certificate authorities vouch for; reading their list takes 75 ms."""
    return httpx.create_ssl_context(trust_env=False)


class _WireTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over connections of ours: it has no public way to hand them over.

    The version is pinned, and tests/unit/test_guard.py fails if this ever stops guarding.
    """

    def __init__(self, context: ssl.SSLContext, backend: httpcore.AsyncNetworkBackend) -> None:
        self._wire = Wire(context, backend, most=MAX_CONNECTIONS)
        self._pool = self._wire  # type: ignore[assignment]  # what httpx calls it


class GuardedTransport(httpx.AsyncBaseTransport):
    """Two ways over guarded backends, so that `allow_private: true` of one feed opens no door for others.

    A request that carries the extension PRIVATE_ALLOWED goes through the second. A proxy dials by
    itself: before it there is one pool, and literal addresses are looked at.
    """

    def __init__(
        self,
        allowed: frozenset[str],
        *,
        context: ssl.SSLContext,
        resolver: Resolver | None,
        proxy: str | None,
    ) -> None:
        self._allowed, self._proxied = allowed, proxy is not None
        self._system = None if resolver or proxy else SystemResolver()
        find = resolver or self._system
        if find is None:
            limits = httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=0)
            self._public = self._private = httpx.AsyncHTTPTransport(
                verify=context, limits=limits, trust_env=False, proxy=proxy
            )
        else:
            self._public = _WireTransport(context, GuardedBackend(allowed, find))
            self._private = _WireTransport(context, GuardedBackend(frozenset("*"), find))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request through the guarded pool, or the open one where it may."""
        if request.url.scheme not in {"http", "https"}:
            raise FetchRefused(
                f"{request.url.scheme}: is not followed", kind="refused", url=str(request.url)
            )
        if self._proxied:
            _refuse_literals(request.url, self._allowed)
        private = request.extensions.get(PRIVATE_ALLOWED)
        return await (self._private if private else self._public).handle_async_request(request)

    async def aclose(self) -> None:
        """Close the pools and let the resolver's threads go."""
        await self._public.aclose()
        await self._private.aclose()
        if self._system:
            self._system.close()


class SystemResolver:
    """The system's resolver, on threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="resolve")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the numeric addresses of a host.

        Raises:
            OSError: There are none.
        """
        if _literal(host):
            return [host]
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _lookup, host, port)
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Let the threads go; a lookup that hangs holds nobody up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _lookup(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(address[0]) for *_, address in found]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Resolves, checks, and dials what was checked."""

    def __init__(self, allowed: frozenset[str], resolver: Resolver) -> None:
        self._allowed, self._resolver = allowed, resolver
        self._dial: Callable[..., Awaitable[httpcore.AsyncNetworkStream]] = sockets.connect

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to one of a host's addresses, all of which must be public.

        Raises:
            FetchRefused: One of them is not, or the port is none that news is served on.
            httpcore.ConnectError: The name is unknown, or nobody answers.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + (timeout or 10.0)
        addresses = await self._checked(host, port, timeout)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            try:
                return await self._dial(
                    address,
                    port,
                    within_s=max((end - loop.time()) / left, 0.1),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - httpcore's signature
        socket_options: Iterable[SOCKET_OPTION] | None = None,  # noqa: ARG002 - same
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: nothing on the net is a local socket.

        Raises:
            FetchRefused: Always.
        """
        raise FetchRefused(f"{path} is a local socket", kind="refused", permanent=True)

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore does between retries."""
        await asyncio.sleep(seconds)

    async def _checked(self, host: str, port: int, wait: float | None) -> Sequence[str]:
        name = host.lower().rstrip(".")
        try:
            async with asyncio.timeout(wait):
                addresses = await self._resolver(host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"looking up {host} took too long") from error
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or error
            raise httpcore.ConnectError(f"can't look up {host}: {why}") from error
        if not is_allowed(name, port, self._allowed):
            check(name, port, addresses)
        return addresses[:_TRIES]


def is_allowed(name: str, port: int, allowed: Collection[str]) -> bool:
    """Is this host exempt from the guard? `allowed` holds `host`, `host:port`, `[v6]:port` or `*`."""
    bracketed = f"[{name}]" if ":" in name else name
    return any(each in allowed for each in ("*", name, bracketed, f"{bracketed}:{port}"))


def check(name: str, port: int, addresses: Iterable[str]) -> None:
    """Refuse a host if any of its addresses is not public, or its port is odd.

    Raises:
        FetchRefused: With what to write into the configuration to allow it.
    """
    for address in addresses:
        if not is_public(address):
            raise FetchRefused(
                f"{name} is at {address}, which is not a public address; "
                f'`allow_private: ["{name}:{port}"]` allows it',
                kind="refused",
                permanent=True,
            )
    if port not in PUBLIC_PORTS:
        raise FetchRefused(
            f"port {port} of {name} is none that news is served on; "
            f'`allow_private: ["{name}:{port}"]` allows it',
            kind="refused",
            permanent=True,
        )


def is_public(text: str) -> bool:
    """Is this numeric address one that anybody on the internet may be reached at?

    Addresses inside addresses (IPv4-mapped, 6to4, NAT64, Teredo, ISATAP, IPv4-compatible) are taken
    out and judged: `is_global` of Python 3.11 is true for 2002:7f00:1::, which is loopback.
    """
    address = _literal(text)
    if address is None or any(address in network for network in _REFUSED):
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    inner = list(embedded(address))
    if inner:
        return all(is_public(str(each)) for each in inner)
    return address in _GLOBAL_V6 and address.is_global


def embedded(address: ipaddress.IPv6Address) -> Iterable[ipaddress.IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address stands for (RFC 4291, 3056, 4380, 6052, 5214)."""
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address.sixtofour:
        yield address.sixtofour
    elif address in _TEREDO and address.teredo:
        yield from address.teredo
    elif (
        address in _NAT64 or address in _COMPATIBLE or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
    ):
        yield low


def _literal(host: str) -> Address | None:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]"))
    return None


def _refuse_literals(url: httpx.URL, allowed: Collection[str]) -> None:
    port = url.port or {"http": 80, "https": 443}[url.scheme]
    if is_allowed(url.host.lower(), port, allowed):
        return
    with contextlib.suppress(OSError):
        # inet_aton reads what browsers read: 2130706433, 0177.0.0.1, 0x7f.1.
        check(url.host, port, [socket.inet_ntoa(socket.inet_aton(url.host))])
    if _literal(url.host):
        check(url.host, port, [url.host])
    if url.host.lower().rstrip(".").endswith("localhost"):
        check(url.host, port, ["127.0.0.1"])
