"""Days in seconds: the ledgers of a short soak balance."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.soak import soak


def test_ten_days_with_outages_and_a_reload_balance(tmp_path):
    report = asyncio.run(soak(tmp_path, polls=3000, days=10, step=timedelta(minutes=40)))
    assert report.problems() == []
    assert report.ledger.polls > 300
    assert report.ledger.refused > 0
    assert report.ledger.arrived > 5
    assert report.ledger.reloads[True] == 1
