"""The one thread that writes: every transaction of the service runs on it, one after the other.

Over a store that is open read-only it is a thread that reads, beside it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from wirewatch.store import Store

T = TypeVar("T")
_IN_A_ROW = 8  # of those ahead; then one that waits
_Asked = tuple[Callable[[Store], Any], "Future[Any]"]


class Writer:
    """Runs functions of the store on its own thread, in the order they were asked for.

    Telling and sending go ahead of polls that wait: in a storm an alert would otherwise stand in
    the queue once more for each of its steps, behind all the news that came after it.
    """

    def __init__(self, store: Store) -> None:
        """Take over a store; nobody else may write to it from now on."""
        self._store = store
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._ahead, self._waiting = deque[_Asked](), deque[_Asked]()
        self._passed = 0  # how often one that waits was passed by

    async def run(self, work: Callable[[Store], T], *, ahead: bool = False) -> T:
        """Return `work(store)`, run on the writer thread.

        Once begun it ends, even when the caller is cancelled: a commit is never half awaited.

        Args:
            work: Keeps the thread to itself for as long as it takes.
            ahead: Before what waits and is not ahead itself; of that, one has its turn now and then.
        """
        done: Future[T] = Future()
        (self._ahead if ahead else self._waiting).append((work, done))
        self._thread.submit(self._run_next)
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Wait for what was asked for, then close the store."""
        self._thread.submit(self._store.close)
        self._thread.shutdown(wait=True)

    def _run_next(self) -> None:
        if self._ahead and not (self._waiting and self._passed >= _IN_A_ROW):
            work, done = self._ahead.popleft()
            self._passed += 1
        else:
            work, done = self._waiting.popleft()
            self._passed = 0
        if not done.set_running_or_notify_cancel():
            return  # nobody waits for it any more
        try:
            done.set_result(work(self._store))
        except BaseException as error:  # noqa: BLE001 - handed on to who asked, not swallowed
            done.set_exception(error)
