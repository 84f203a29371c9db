"""What telling reads does not grow with all that was ever told.

Counted in steps of SQLite's virtual machine: the same on every machine, however busy.
"""

from __future__ import annotations

from datetime import timedelta

from tests.newsroom import MINUTE, Newsroom
from wirewatch.model import AlertSettings, Digest, Severity

DAY = timedelta(days=1)


class Steps:
    """Counts tens of steps while a connection works."""

    def __init__(self, conn) -> None:
        self.conn, self.count = conn, 0

    def __enter__(self):
        self.conn.set_progress_handler(self._tick, 10)
        return self

    def __exit__(self, *_exc) -> None:
        self.conn.set_progress_handler(None, 10)

    def _tick(self) -> int:
        self.count += 1
        return 0


def a_day(room: Newsroom, reports: int = 8) -> int:
    """Some reports, an alert of each, and the digest of the day; return what that took."""
    with Steps(room.store.conn) as steps:
        for n in range(reports):
            severity = Severity.HIGH if n % 2 else Severity.LOW
            room.read(f"Drone hits depot number{room.count}", summary="", severity=severity)
        room.pass_time(5 * MINUTE)
        messages = room.pass_time(DAY)
    assert messages
    return steps.count


def test_a_day_costs_the_same_after_many_others():
    digest = Digest("morning", ("desk",), near_misses=True)
    room = Newsroom(alerts=AlertSettings(storm_count=0), digests=(digest,))
    for _ in range(15):  # the trends look two weeks back
        a_day(room)
    before = a_day(room)
    for _ in range(40):
        a_day(room)
    assert a_day(room) < 1.1 * before
    room.store.conn.execute("ANALYZE")  # as `PRAGMA optimize` does at night: plans change
    assert a_day(room) < 1.1 * before
