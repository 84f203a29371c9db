"""Many hands on one database; the figures over longer runs are tests/bench_delivery.py's."""

from __future__ import annotations

from tests.bench_delivery import locks


def test_eight_threads_and_the_command_line_never_find_it_locked(tmp_path):
    assert "errors=0" in locks(tmp_path, 2)
