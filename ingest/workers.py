"""Processes that read documents under a time and a memory limit.

A hostile megabyte can hold feedparser for minutes; here it loses ten seconds of one worker, which
is replaced, and no other feed's work is lost with it. They start at the first large document, so
that small uses need none.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from functools import partial
from typing import ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from wirewatch.errors import ParseError

TIME_LIMIT_S = 10.0
MEMORY_LIMIT = 1 << 30  # of address space; a 50 MB feed takes 100 MB
TASKS_EACH = 500  # feedparser grows (its issues 202 and 287); a worker is not for ever

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """A pool of processes, made when first needed."""

    def __init__(self, *, count: int = 2, time_limit_s: float = TIME_LIMIT_S) -> None:
        self._count, self._time_limit_s = count, time_limit_s
        self._pool: ProcessPool | None = None

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a pure function of plain data in a worker.

        Raises:
            ParseError: `too-costly`: it took too long, too much memory, or the process with it.
        """
        task = self._started().schedule(
            partial(function, *args, **kwargs), timeout=self._time_limit_s
        )
        try:
            return await asyncio.wrap_future(task)
        except (FutureTimeout, TimeoutError) as error:
            raise ParseError(
                f"not read within {self._time_limit_s:g} s", kind="too-costly"
            ) from error
        except (ProcessExpired, MemoryError) as error:
            raise ParseError("reading it took too much memory", kind="too-costly") from error
        except RecursionError as error:
            raise ParseError("nested too deeply to be read", kind="too-costly") from error

    def _started(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self._count,
                max_tasks=TASKS_EACH,
                initializer=limit_memory,
                initargs=(MEMORY_LIMIT,),
                context=_context(),
            )
        return self._pool

    async def close(self) -> None:
        """End the processes."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]  # pebble's own
            await asyncio.to_thread(pool.join, 5)


def limit_memory(most_bytes: int) -> None:
    """Bound this process's address space, and load what it will need; runs in a worker."""
    from ingest.read import warm_up  # noqa: PLC0415 - before the first document waits for it

    warm_up()

    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - there is none on Windows

        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))


def _context() -> multiprocessing.context.BaseContext:
    # A fork of a process with threads may inherit a lock that nobody will ever release.
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ingest.read", "feedparser"])
    return context
