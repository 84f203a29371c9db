"""One instance, one writer thread, notices that are not repeated."""

from __future__ import annotations

import asyncio
import os
import threading
from datetime import timedelta

import pytest

from tests.builders import NOON
from wirewatch.errors import AlreadyRunning
from wirewatch.model import Severity, SystemNotice
from wirewatch.pipeline.writer import Writer
from wirewatch.store import Store
from wirewatch.store.lock import holder, only_instance


def test_a_second_instance_is_refused_with_the_firsts_pid(tmp_path):
    database = tmp_path / "w.db"
    with only_instance(database):
        assert holder(database) == os.getpid()
        with pytest.raises(AlreadyRunning) as caught, only_instance(database):
            pass
        assert caught.value.pid == os.getpid()
    assert holder(database) is None


def test_everything_is_written_on_one_thread_in_order():
    async def run():
        writer = Writer(Store.scratch())
        seen = []
        await asyncio.gather(
            *(writer.run(lambda _, n=n: seen.append((n, threading.get_ident()))) for n in range(20))
        )
        writer.close()
        return seen

    seen = asyncio.run(run())
    assert [n for n, _ in seen] == list(range(20))
    assert len({ident for _, ident in seen}) == 1


def test_the_same_news_about_ourselves_is_sent_once_a_day():
    store = Store.scratch()
    day = timedelta(days=1)

    def notice(hours):
        return SystemNotice(
            "feed:X", "X is down", "…", Severity.MEDIUM, NOON + timedelta(hours=hours)
        )

    with store.transaction():
        told = [store.notices.record(notice(hours), repeat_after=day) for hours in (0, 5, 23, 24)]
    assert told == [True, False, False, True]
    assert len(store.notices.since(None, NOON + day)) == 4
