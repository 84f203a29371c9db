"""Days in seconds: the ledgers of a short soak balance."""

from __future__ import annotations

import asyncio

from tests.soak import soak


def test_three_days_with_outages_and_a_reload_balance(tmp_path):
    report = asyncio.run(soak(tmp_path, polls=500, days=3))
    assert report.problems() == []
    assert report.ledger.polls > 400
    assert report.ledger.refused > 0
    assert report.ledger.arrived > 5
