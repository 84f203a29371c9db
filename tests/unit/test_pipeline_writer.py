"""The writer: one thing after the other, telling and sending before polls that wait."""

from __future__ import annotations

import asyncio

import pytest

from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store


def in_order(asked: list[tuple[str, bool]]) -> list[str]:
    """Ask a busy writer for these (name, ahead); return the order in which they were done."""
    done: list[str] = []

    async def run() -> None:
        writer = Writer(Store.scratch())
        go, loop = asyncio.Event(), asyncio.get_running_loop()
        busy = asyncio.create_task(
            writer.run(lambda _: asyncio.run_coroutine_threadsafe(go.wait(), loop).result())
        )
        waiting = [
            asyncio.create_task(writer.run(lambda _, name=name: done.append(name), ahead=ahead))
            for name, ahead in asked
        ]
        await asyncio.sleep(0)
        go.set()
        await asyncio.gather(busy, *waiting)
        writer.close()

    asyncio.run(run())
    return done


def test_telling_goes_ahead_of_polls_that_wait():
    asked = [("poll 1", False), ("poll 2", False), ("tell", True), ("send", True)]
    assert in_order(asked) == ["tell", "send", "poll 1", "poll 2"]


def test_no_amount_of_sending_keeps_a_poll_waiting_for_good():
    asked = [("poll", False), *((f"send {n}", True) for n in range(100))]
    assert in_order(asked).index("poll") <= 10


def test_what_goes_wrong_is_told_to_who_asked_and_the_next_is_done():
    async def run() -> int:
        writer = Writer(Store.scratch())
        with pytest.raises(ZeroDivisionError):
            await writer.run(lambda _: 1 // 0)
        try:
            return await writer.run(lambda _: 1)
        finally:
            writer.close()

    assert asyncio.run(run()) == 1
