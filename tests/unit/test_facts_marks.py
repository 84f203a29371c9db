"""What tells one attack from the next: which of several it is, where in a place it was, on which day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rules.facts import read_facts
from tests.builders import an_article
from wirewatch.model import Facts

TUESDAY = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def read(title: str, summary: str = "") -> Facts:
    return read_facts(an_article(title, summary=summary, published_at=TUESDAY))


@pytest.mark.parametrize(
    ("title", "occasion"),
    [
        ("Blast hits Quetta bus station", 1),
        ("Second blast hits Quetta bus station", 2),
        ("Another car bomb kills six in Mogadishu", 2),
        ("Houthis strike another tanker off Yemen", 2),
        ("Russian drones hit Odesa for third night", 1 + 2),
        ("Army shells hospital for the fourth time", 4),
        ("Shells hit the hospital again, killing three", 2),
        ("Gunmen kill 11 in fresh attack in Plateau state", 2),
        ("Second suspect arrested after attack on church", 1),
        ("Second victim dies after bombing", 1),
        ("New York bomb plot: man jailed", 1),
        ("A new government is formed in Beirut", 1),
        ("For the fourth time in two months the navy of the republic took on pirates and foiled an attack on a merchant vessel, killing nine", 1),
    ],
)  # fmt: skip
def test_a_headline_says_which_attack_it_is(title: str, occasion: int) -> None:
    assert read(title).occasion == occasion


@pytest.mark.parametrize(
    ("text", "sites"),
    [
        ("A house in the Sheikh Radwan district of Gaza City was hit.", [("", "Sheikh Radwan")]),
        ("A house in Gaza City's Zeitoun district was hit.", [("", "Zeitoun")]),
        ("A house in the al-Zaytoun neighbourhood was hit.", [("", "al-Zaytoun")]),
        ("Gunmen attacked the villages of Tora, Kela and Dor.", [("", "Tora"), ("", "Kela"), ("", "Dor")]),
        ("Bombs fell on the town of Dedebit.", [("", "Dedebit")]),
        ("A bomb went off in the west of Kabul.", [("Kabul", "west")]),
        ("A base in northeast Jordan was hit.", [("Jordan", "north"), ("Jordan", "east")]),
        ("Bombs fell on the southern Gaza Strip.", [("Gaza", "south")]),
        ("Tanks stood in central Khan Younis.", [("Khan Younis", "central")]),
        ("A depot in Russia's Bryansk region burned.", [("region", "Bryansk")]),
        ("A Ukrainian village was shelled.", []),
        ("A mainly Hazara district was hit.", []),
        ("The old Shia quarter was hit.", []),
        ("A Zaytoun district was hit.", []),
        ("The district court in Kabul will hear him.", []),
    ],
)  # fmt: skip
def test_a_text_says_where_in_a_place_it_was(text: str, sites: list[tuple[str, str]]) -> None:
    assert list(read("Attack kills nine", text).sites) == sites


@pytest.mark.parametrize(
    ("title", "is_several"),
    [
        ("Ukraine war live: drones hit Odesa, missile hits Kramatorsk", True),
        ("World round-up: El Fasher, Mogadishu", True),
        ("The week in conflict: Khan Younis, Kharkiv", True),
        ("Drones hit Odesa and Kharkiv - live updates", True),
        ("Review round-up: what the critics say", False),
        ("Two soldiers killed by live round in Mali", False),
    ],
)
def test_a_round_up_tells_of_several_events(title: str, is_several: bool) -> None:
    assert read(title).is_several is is_several


def test_a_day_is_fresh_by_the_articles_own_date() -> None:
    assert read("Bomb kills nine in Quetta on Monday").event_date.is_fresh
    assert not read("Bomb killed nine in Quetta on Friday").event_date.is_fresh
    undated = an_article("Bomb kills nine in Quetta on Monday", first_seen_at=TUESDAY)
    assert not read_facts(undated).event_date.is_fresh


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Rockets hit Balad air base north of Baghdad on Monday.", ["Balad air base"]),
        ("A bomb went off north of Baghdad on Monday.", ["Baghdad"]),
        ("Rockets hit Safed in answer to strikes near Nabatieh.", ["Safed"]),
        ("Hezbollah fires rockets at Safed after strikes near Nabatieh", ["Safed"]),
        ("Nine killed after missile hits bus in Kharkiv", ["Kharkiv"]),
        ("Rockets hit Safed after strikes near Nabatieh. Nabatieh was hit.", ["Safed", "Nabatieh"]),
    ],
)
def test_a_town_that_is_named_for_something_else_is_not_where_it_was(
    text: str, places: list[str]
) -> None:
    assert [place.name for place in read("Attack", text).places] == places


@pytest.mark.parametrize(
    ("title", "text", "targets"),
    [
        ("Shells hit market in Karsova", "Shells hit the vegetable market of Karsova at noon.", ["market"]),
        ("Strike on hospital in Karsova", "", ["hospital"]),
        ("Strike on bakery", "The wounded were taken to the hospital, and medics at a clinic in Karsova spoke.", ["bakery"]),
        ("Base near airport attacked", "", ["base"]),
        ("Car bomb kills six", "The White House condemned it.", []),
        ("Homes burn", "Rockets hit a row of greenhouses, and houses.", ["home", "farm"]),
        ("Drone attack", "A drone hit a carpet loom in Karsova; another fell on a fountain.", ["loom", "fountain"]),
        ("Drone attack", "Drones hit the city, and a group of people, and landed in an area near Orlem.", []),
        ("Sport: bats hit markedly more", "The supporters sang.", []),
    ],
)  # fmt: skip
def test_a_text_says_what_was_hit(title: str, text: str, targets: list[str]) -> None:
    assert list(read(title, text).targets) == targets
