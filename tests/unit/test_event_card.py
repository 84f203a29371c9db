"""The facts of a story, from what its articles say."""

from __future__ import annotations

import pytest

from ingest.event_card import event_card
from tests.builders import an_article
from wirewatch.model import Claim, Facts

CLAIMED, CONFIRMED, DENIED = Claim.CLAIMED, Claim.CONFIRMED, Claim.DENIED


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ((), None),
        ((None, None), None),
        ((CLAIMED, None), CLAIMED),
        ((CLAIMED, CONFIRMED), CONFIRMED),
        ((CLAIMED, DENIED), DENIED),
        ((CLAIMED, CLAIMED, DENIED), CLAIMED),
        ((DENIED, CONFIRMED, CONFIRMED), CONFIRMED),
    ],
)
def test_one_denial_does_not_outweigh_what_several_report(said, status):
    members = [(an_article(f"Report {n}"), Facts(status=each)) for n, each in enumerate(said)]
    assert event_card(members).status is status
