"""A second incident is never swallowed: same city, same day, same words around it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.wire import Wire
from wirewatch.model import Join

A_MINUTE = timedelta(minutes=1)
PAIRS = [
    (
        ("Drone attack on Karsova airfield, no casualties", "An explosive drone crashed at the airfield outside Karsova early on Monday without causing casualties, the counter-terrorism service said. Flights went on."),
        ("Drone racing final in Karsova goes to a schoolgirl", "Sixteen pilots flew their drones through the old stadium of Karsova on Sunday; the prize went to Mina Delor, 15, from Pirot."),
    ),
    (
        ("Rockets hit fuel depot in east Karsova, three killed", "Three workers were killed when rockets hit a fuel depot in the eastern district of Halin in Karsova at dawn, fire chief Oren Batel said."),
        ("Car bomb outside Karsova court kills six", "Six people died when a car packed with explosives blew up outside the courthouse in central Karsova at noon, judge Lena Horvat said."),
    ),
    (
        ("Airstrike on Karsova market kills four", "Warplanes struck the vegetable market of Karsova on Monday morning and killed four traders, the mayor's office said."),
        ("Airstrike on Karsova bridge wounds nine", "Warplanes struck the river bridge of Karsova on Monday evening and wounded nine soldiers, a doctor at the military hospital said."),
    ),
    (
        ("Former militia paymaster jailed in Karsova", "A court in Karsova sentenced the former paymaster of a militia to nine years for extortion."),
        ("An opera about plumbing fills the house in Karsova", "The comic opera was sold out for the third week in Karsova."),
    ),
    (
        ("Envoys leave Orlem without a date for further talks", "Envoys of both sides left Orlem on Thursday and did not say when they would meet again."),
        ("Winger signs for two seasons in Orlem", "The winger will play for the harbour club of Orlem; he signs on Thursday."),
    ),
    (
        ("Pilots' strike grounds 140 flights", "Two carriers cancelled 140 flights after their pilots walked out over pay on Tuesday."),
        ("A clinic on wheels reaches the villages", "Two nurses and a driver saw 140 patients in the hill villages on Tuesday."),
    ),
]  # fmt: skip


@pytest.mark.parametrize("archive", [0, 30])
@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize("turned", [False, True])
def test_the_second_is_never_joined_silently(first, second, archive, turned):
    wire = Wire()
    for n in range(archive):
        wire.gives(
            f"Council of town{n} talks about item{n * 7}",
            f"Members of body{n} met about theme{n} in hall{n}.",
            source=f"o{n}.example",
        )
    wire.reports(*(second if turned else first), source="a.example", after=A_MINUTE)
    placement = wire.reports(*(first if turned else second), source="b.example", after=A_MINUTE)
    assert placement.join is not Join.SILENT
