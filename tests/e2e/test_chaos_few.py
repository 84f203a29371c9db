"""A few of `make chaos`'s kills at each commit, so that it can be relied on when it counts."""

from __future__ import annotations

import signal

import pytest

from tests.chaos import chaos


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("sig", "kills"), [(signal.SIGKILL, 5), (signal.SIGTERM, 2)])
def test_killed_processes_lose_nothing_and_repeat_little(tmp_path, sig, kills):
    assert chaos(kills, sig=sig, seed=7, folder=tmp_path) == 0
