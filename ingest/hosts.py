"""Manners towards a host: few requests at a time, and a pause between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    pace: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    waiting: int = 0


class HostGate:
    """Lets polls through to each host: at most `per_host` at once, `spacing_s` apart."""

    def __init__(self, *, per_host: int, spacing_s: float) -> None:
        self._per_host, self._spacing_s = per_host, spacing_s
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait for this host's turn; the poll's deadline starts after it."""
        name = host_of(url)
        host = self._hosts.get(name)
        if host is None:
            self._sweep()
            host = self._hosts[name] = _Host(asyncio.Semaphore(self._per_host))
        host.waiting += 1
        try:
            async with host.slots:
                await self._wait(host)
                yield
        finally:
            host.waiting -= 1

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
            if host.waiting or host.next_start > now
        }


def host_of(url: str) -> str:
    """Return a URL's host and port: what a connection goes to."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2].lower()
    except ValueError:
        return url
