"""The address guard: nothing that is not public is ever dialled, however it is spelt."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch import fetch
from tests.builders import NOON
from tests.feed_server import Answer, FeedServer
from wirewatch.errors import FetchError, FetchRefused
from wirewatch.http import GuardedBackend, is_allowed, is_public, make_client
from wirewatch.model import FetchSettings

SETTINGS = FetchSettings()


@contextmanager
def a_listener() -> Iterator[tuple[int, list[object]]]:
    """A loopback port and everyone who ever connected to it, over IPv4 or IPv6."""
    callers: list[object] = []
    server = socket.socket(socket.AF_INET6)
    server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::", 0))
    server.listen(64)

    def accept() -> None:
        while True:
            try:
                conn, peer = server.accept()
            except OSError:
                return
            callers.append(peer)
            conn.close()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1], callers
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


HOSTS = [
    # Loopback, as people, programs and attackers write it.
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001"),
    *("017700000001", "127.0.0.1.", "localhost", "LOCALHOST", "127.127.127.127", "127.255.255.254"),
    *("0.0.0.0", "0", "0.0.0.1", "00.00.00.00"),
    # The same inside IPv6.
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
    *("[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]", "[2002:7f00:1::]"),
    *("[2002:7f00:1::1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]"),
    *("[2001:0:7f00:1::]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::5efe:7f00:1]"),
    *("[2001:470:1::5efe:7f00:1]", "[2002:c0a8:101::]", "[::ffff:169.254.169.254]"),
    # Other private, shared, reserved and special ranges.
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "192.168.255.1"),
    *("100.64.0.1", "169.254.169.254", "169.254.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1"),
    *("198.51.100.7", "203.0.113.9", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1"),
    *("255.255.255.255", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]"),
    *("[2001:db8::1]", "[100::1]", "[2001:10::1]", "[5f00::1]", "[3fff::1]", "[2002:a00:1::]"),
    *("[64:ff9b::10.0.0.1]", "[2002:e000:1::]", "[::ffff:0:127.0.0.1]", "[::ffff:224.0.0.1]"),
]


def test_there_are_sixty_forms_and_more() -> None:
    assert len(set(HOSTS)) >= 60


def test_no_form_of_a_private_address_gets_a_connection() -> None:
    """Every form is tried against a listener on all of this machine's addresses."""

    async def attempt(port: int) -> list[str]:
        passed = []
        async with make_client(SETTINGS, contact="desk@example.org") as client:
            for host in HOSTS:
                try:
                    await fetch(
                        client,
                        url=f"http://{host}:{port}/",
                        validators=None,
                        settings=SETTINGS,
                        now=NOON,
                    )
                except FetchRefused:
                    continue
                except FetchError as error:
                    # Not an address to this system: nothing was dialled either.
                    if error.kind in {"dns", "bad-url"}:
                        continue
                passed.append(host)
        return passed

    with a_listener() as (port, callers):
        assert asyncio.run(attempt(port)) == []
        assert callers == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_refused(status: int) -> None:
    """The server itself is allowed by host and port; where it points is not."""
    with a_listener() as (port, callers), FeedServer() as server:
        for host in ("127.0.0.1", "[::1]", "2130706433", "localhost"):
            target = f"http://{host}:{port}/"
            server.script = lambda _, target=target: Answer(
                status=status, headers=(("Location", target),)
            )
            settings = FetchSettings(allow_private=(f"127.0.0.1:{server.port}",))
            with pytest.raises(FetchRefused):
                asyncio.run(ask(server.url(), settings))
        assert callers == []


async def ask(url: str, settings: FetchSettings, **options: object) -> object:
    async with make_client(settings, contact="desk@example.org") as client:
        return await fetch(
            client,
            url=url,
            validators=None,
            settings=settings,
            now=NOON,
            **options,  # type: ignore[arg-type]  # a test hands on what it was given
        )


def test_a_name_that_rebinds_finds_nothing_to_rebind() -> None:
    """The resolver answers publicly once and privately ever after: what was checked is dialled."""
    answers = [["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]]
    asked: list[str] = []

    async def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[min(len(asked) - 1, 2)]

    dialled: list[str] = []

    async def dial(address: str, port: int, **_: object) -> None:
        dialled.append(address)

    async def connect() -> None:
        backend = GuardedBackend(frozenset(), resolver)
        backend._dial = dial  # type: ignore[assignment]
        await backend.connect_tcp("rebind.example", 80, timeout=1)
        with pytest.raises(FetchRefused):
            await backend.connect_tcp("rebind.example", 80, timeout=1)

    asyncio.run(connect())
    assert dialled == ["93.184.216.34"]
    assert len(asked) == 2


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.7"]

    async def attempt() -> None:
        client = make_client(SETTINGS, contact="desk@example.org", resolver=resolver)
        async with client:
            await fetch(
                client,
                url="http://mixed.example/",
                validators=None,
                settings=SETTINGS,
                now=NOON,
            )

    with pytest.raises(FetchRefused, match=r"10\.0\.0\.7"):
        asyncio.run(attempt())


def test_an_odd_port_is_refused_and_the_sentence_says_how_to_allow_it() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        return ["93.184.216.34"]

    async def attempt() -> None:
        async with make_client(SETTINGS, contact="d@example.org", resolver=resolver) as client:
            await client.get("http://news.example:25/")

    with pytest.raises(FetchRefused, match=r'allow_private: \["news.example:25"\]'):
        asyncio.run(attempt())


@pytest.mark.parametrize(
    ("allowed", "passes"),
    [
        ("*", True),
        ("127.0.0.1", True),
        ("127.0.0.1:{port}", True),
        ("127.0.0.1:1", False),
        ("localhost", False),
    ],
)
def test_allow_private_opens_just_what_it_names(allowed: str, passes: bool) -> None:
    with FeedServer(lambda _: Answer(b"<rss/>")) as server:
        settings = FetchSettings(allow_private=(allowed.format(port=server.port),))
        if passes:
            asyncio.run(ask(server.url(), settings))
        else:
            with pytest.raises(FetchRefused):
                asyncio.run(ask(server.url(), settings))
        assert len(server.asked) == passes


def test_a_feed_may_be_private_without_opening_a_door_for_its_redirects() -> None:
    with FeedServer() as near, FeedServer(lambda _: Answer(b"secret")) as other:
        near.script = lambda _: Answer(status=302, headers=(("Location", other.url()),))
        with pytest.raises(FetchRefused):
            asyncio.run(ask(near.url(), SETTINGS, allow_private=True))
        assert len(near.asked) == 1
        assert other.asked == []


def test_nothing_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_listener() as (port, callers):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        with pytest.raises(FetchRefused):
            asyncio.run(ask("http://127.0.0.1/", SETTINGS))
        assert callers == []


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_no_more_public_inside_ipv6(inner: ipaddress.IPv4Address) -> None:
    low = int(inner)
    wrapped = [
        f"::ffff:{inner}",
        str(ipaddress.IPv6Address((0x2002 << 112) | (low << 80))),
        str(ipaddress.IPv6Address((0x0064FF9B << 96) | low)),
    ]
    for text in wrapped:
        assert is_public(text) == is_public(str(inner))


@given(st.text(max_size=40))
def test_what_is_no_address_is_not_public(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert not is_public(text.strip("[]")) or text.strip("[]") != text


def test_public_addresses_are_public() -> None:
    for text in ("8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::200e"):
        assert is_public(text)


def test_an_entry_allows_by_name_and_port() -> None:
    assert is_allowed("hook.lan", 443, frozenset({"hook.lan:443"}))
    assert is_allowed("::1", 80, frozenset({"[::1]:80"}))
    assert not is_allowed("hook.lan", 80, frozenset({"hook.lan:443"}))
