"""The one thread that writes: every transaction of the service runs on it, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from wirewatch.store import Store

T = TypeVar("T")


class Writer:
    """Runs functions of the store on its own thread, in the order they were asked for."""

    def __init__(self, store: Store) -> None:
        """Take over a store; nobody else may write to it from now on."""
        self._store = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")

    async def run(self, work: Callable[[Store], T]) -> T:
        """Return `work(store)`, run on the writer thread.

        Once begun it ends, even when the caller is cancelled: a commit is never half awaited.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._store)

    def close(self) -> None:
        """Wait for what was asked for, then close the store."""
        self._thread.submit(self._store.close)
        self._thread.shutdown(wait=True)
