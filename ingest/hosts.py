"""Manners towards a host: few requests at a time, and a pause between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


class Held(Exception):
    """A host is to be left alone for `for_s` more seconds."""

    def __init__(self, for_s: float) -> None:
        super().__init__(f"left alone for {for_s:.0f} s")
        self.for_s = for_s


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    pace: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    waiting: int = 0
    held_until: float = 0.0


class HostGate:
    """Lets polls through to each host: at most `per_host` at once, `spacing_s` apart."""

    def __init__(self, *, per_host: int, spacing_s: float) -> None:
        self._per_host, self._spacing_s = per_host, spacing_s
        self._hosts: dict[str, _Host] = {}

    def hold(self, url: str, for_s: float) -> None:
        """A host asked to be left alone for so many seconds: who still waits for it is sent away."""
        host = self._host(url)
        host.held_until = max(host.held_until, asyncio.get_running_loop().time() + for_s)

    def held_s(self, url: str) -> float:
        """Return for how many more seconds a host is to be left alone; 0 when it is not."""
        host = self._hosts.get(host_of(url))
        return max(host.held_until - asyncio.get_running_loop().time(), 0.0) if host else 0.0

    def _host(self, url: str) -> _Host:
        name = host_of(url)
        if name not in self._hosts:
            self._sweep()
            self._hosts[name] = _Host(asyncio.Semaphore(self._per_host))
        return self._hosts[name]

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait for this host's turn; the poll's deadline starts after it.

        Raises:
            Held: Meanwhile, or before, it asked to be left alone.
        """
        host = self._host(url)
        host.waiting += 1
        try:
            async with host.slots:
                self._refuse(url)
                await self._wait(host)
                self._refuse(url)
                yield
        finally:
            host.waiting -= 1

    def _refuse(self, url: str) -> None:
        if (for_s := self.held_s(url)) > 0:
            raise Held(for_s)

    async def _wait(self, host: _Host) -> None:
        loop = asyncio.get_running_loop()
        async with host.pace:
            if (wait := host.next_start - loop.time()) > 0:
                await asyncio.sleep(wait)
            host.next_start = loop.time() + self._spacing_s

    def _sweep(self) -> None:
        """Forget hosts that nobody waits for and whose pause is over, now and then."""
        if len(self._hosts) < 1000:
            return
        now = asyncio.get_running_loop().time()
        self._hosts = {
            name: host
            for name, host in self._hosts.items()
            if host.waiting or max(host.next_start, host.held_until) > now
        }


def host_of(url: str) -> str:
    """Return a URL's host and port: what a connection goes to."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return url
