"""A thread of one's own for calls that block.

Not an executor of the standard library: those are waited for when the process ends, and a server
that accepts no connection would hold up the end for as long as its time-out.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Work = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class OwnThread:
    """Runs functions one after the other, on a thread that ends with the process if need be."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._queue: SimpleQueue[_Work | Callable[[], object]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """Return `work()`; begun at the first call, the thread stays until `end`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put((work, loop, future))
        return await future

    def end(self, last: Callable[[], object]) -> None:
        """Let the thread do this after what it was asked for, and end; nobody waits for it."""
        if self._thread is not None:
            self._queue.put(last)

    def _serve(self) -> None:
        while not callable(asked := self._queue.get()):
            work, loop, future = asked
            try:
                outcome, error = work(), None
            except Exception as raised:  # noqa: BLE001 - handed on to who asked, not swallowed
                outcome, error = None, raised
            try:
                loop.call_soon_threadsafe(_settle, future, outcome, error)
            except RuntimeError:
                return  # the loop is closed: nobody is there to be told
        asked()


def _settle(future: asyncio.Future[Any], outcome: object, error: Exception | None) -> None:
    if future.done():
        return  # who asked was cancelled meanwhile
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(outcome)
