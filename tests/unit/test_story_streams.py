"""What a reader of conflict news is told, story by story: two attacks are two, forty reports are one.

Each stream is invented, in the words that agencies use, and comes in among other news: there a text has
more in common with its likes than in an empty archive.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders_news import Newsroom
from tests.wire import Wire
from wirewatch.model import Join, Relation

NEAR, LATER, NEXT_DAY = timedelta(minutes=9), timedelta(hours=6), timedelta(hours=23)


@pytest.fixture
def wire() -> Wire:
    wire, news = Wire(), Newsroom(5)
    for n in range(120):
        title, summary = news.report(news.event())
        wire.gives(title, summary, source=f"o{n % 9}.example")
    return wire


# (what has been told, what is another attack, how much later it came)
SECOND = {
    "something else was hit, of a known kind": (
        ("Drone strikes fuel depot near El Obeid", "A drone struck a fuel depot near El Obeid in North Kordofan on Monday, witnesses said, and smoke rose over the town."),
        ("Drones hit hospital in El Obeid", "Drones hit a hospital in El Obeid in North Kordofan on Monday, medics said, and patients were carried out."),
        NEAR,
    ),
    "another ship": (
        ("Missile hits tanker off Hodeidah", "A missile struck a Greek-owned tanker in the Red Sea 40 miles west of Hodeidah on Monday, a maritime agency said."),
        ("Drone boat strikes cargo ship off Hodeidah", "A drone boat struck a cargo ship in the Red Sea west of Hodeidah on Monday, a maritime agency said."),
        NEAR,
    ),
    "something that no list has": (
        ("Shells hit brickworks in Toretsk", "Russian shells hit a brickworks in Toretsk on Monday, the mayor said; one worker was burnt."),
        ("Shells hit swimming pool in Toretsk", "Russian shells hit a swimming pool in Toretsk on Monday, the mayor said; nobody was hurt."),
        NEAR,
    ),
    "a copy but for what was hit": (
        ("Israeli strike hits car in Tyre", "An Israeli strike hit a car in Tyre in southern Lebanon on Monday, the state news agency said."),
        ("Israeli strike hits cafe in Tyre", "An Israeli strike hit a cafe in Tyre in southern Lebanon on Monday, the state news agency said."),
        NEAR,
    ),
    "the same words a day later": (
        ("Drone attack on Erbil airport, no casualties", "An explosive-laden drone was shot down near Erbil airport early on Monday, the counter-terrorism service said, adding that there were no casualties or damage."),
        ("Drone attack on Erbil airport, no casualties", "An explosive-laden drone was shot down near Erbil airport late on Tuesday, the counter-terrorism service said, adding that there were no casualties or damage."),
        NEXT_DAY,
    ),
    "a day later, the same toll": (
        ("Russian drones hit Odesa port, two killed", "Russian drones struck the port of Odesa on Monday, killing two people and setting a grain store on fire, governor Oleh Tarnavko said."),
        ("Russian drones hit Odesa port, two killed", "Russian drones struck a hotel near the port of Odesa on Tuesday, killing two people and wounding five, governor Oleh Tarnavko said."),
        NEXT_DAY,
    ),
    "another district of the city": (
        ("Air strike on Gaza City house kills nine", "An air strike on a house in the Sheikh Radwan district of Gaza City killed nine people on Monday, medics at Shifa hospital said."),
        ("Air strike on Gaza City house kills nine", "An air strike on a house in the Zeitoun district of Gaza City killed nine people on Monday night, medics at Ahli hospital said."),
        LATER,
    ),
    "another side of the city": (
        ("Bomb blast in Kabul kills two policemen", "A roadside bomb killed two policemen in the west of Kabul on Monday, an interior ministry spokesman said."),
        ("Bomb blast in Kabul kills two policemen", "A magnetic bomb killed two policemen in the east of Kabul on Monday, an interior ministry spokesman said."),
        LATER,
    ),
    "regions that no table has": (
        ("Drone attack sets fire to oil depot in Russia", "A drone attack set fire to an oil depot in Russia's Bryansk region on Monday, the governor said."),
        ("Drone attack sets fire to oil refinery in Russia", "A drone attack set fire to an oil refinery in Russia's Saratov region on Monday, the governor said."),
        NEAR,
    ),
    "villages that no table has": (
        ("Gunmen kill 12 in Burkina Faso village", "Gunmen on motorbikes killed 12 people in the village of Bandougou in northern Burkina Faso on Sunday, security sources said on Monday."),
        ("Gunmen kill 12 in Burkina Faso village", "Gunmen on motorbikes killed 12 people in the village of Tandaaga in northern Burkina Faso on Sunday, security sources said on Monday."),
        NEAR,
    ),
    "a headline that says so": (
        ("Blast hits Quetta bus station, five dead", ""),
        ("Second blast hits Quetta bus station", ""),
        NEAR,
    ),
    "another": (
        ("Car bomb kills six in Mogadishu", ""),
        ("Another car bomb kills six in Mogadishu", ""),
        LATER,
    ),
    "headlines without a day, the story long quiet": (
        ("Rockets hit Ain al-Asad base in Iraq", ""),
        ("Rockets hit Ain al-Asad base in Iraq", ""),
        NEXT_DAY,
    ),
    "bases that lie about one city": (
        ("Rocket attack on Balad air base in Iraq", "Rockets hit the Balad air base north of Baghdad in Iraq on Monday; no casualties were reported, a security official said."),
        ("Rocket attack on Green Zone in Iraq", "Rockets hit the Green Zone in Baghdad in Iraq on Monday; no casualties were reported, a security official said."),
        NEAR,
    ),
    "an answer to the first, which it recalls": (
        ("Israeli strikes near Nabatieh kill four", "Four people were killed in Israeli air strikes around Nabatieh in south Lebanon on Monday, the health ministry said."),
        ("Hezbollah fires rockets at Safed after strikes near Nabatieh", "Hezbollah fired dozens of rockets at Safed in northern Israel on Monday, wounding five, in answer to Israeli strikes that killed four people near Nabatieh in south Lebanon."),
        LATER,
    ),
    "more dead in a town of its own": (
        ("Hezbollah rockets kill two in Kiryat Shmona", "Two people were killed by rockets that Hezbollah fired at the Israeli border town of Kiryat Shmona on Monday, the ambulance service said."),
        ("Israel strikes Hezbollah in south Lebanon after deadly rocket fire", "Israeli warplanes struck Hezbollah targets near Nabatieh in south Lebanon on Monday, killing four, after rockets killed two people in the Israeli town of Kiryat Shmona."),
        NEAR,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SECOND)
def test_a_second_attack_is_told(wire: Wire, case: str) -> None:
    first, second, after = SECOND[case]
    wire.reports(*first, after=NEAR)
    assert wire.reports(*second, after=after).join is not Join.SILENT
    # What is known to be another one is not told with each report of it.
    title, summary = second
    assert (
        wire.reports(f"{title}, officials say", summary, source="two.example", after=NEAR).join
        is Join.SILENT
    )


# (what has been told, what is no news)
SAME = {
    "some of the dead": (
        ("Air strike on Khan Younis house kills 14", "An air strike hit a house in Khan Younis in the southern Gaza Strip early on Monday, killing 14 people, medics at Nasser Hospital said."),
        ("Air strike on house in Khan Younis kills five children", "Five children were killed in an air strike on a house in Khan Younis in the southern Gaza Strip on Monday, medics at Nasser Hospital said."),
    ),
    "a district spelt otherwise": (
        ("Air strike on Gaza City house kills nine", "An air strike on a house in the Zeitoun district of Gaza City killed nine people on Monday, medics at Ahli hospital said."),
        ("Nine killed in air strike on house in Gaza City", "Nine people were killed in an air strike on a house in the al-Zaytoun neighbourhood of Gaza City on Monday, medics at Ahli hospital said."),
    ),
    "headlines with few words, all of them rare": (
        ("Blast in Zaranj seminary, seven killed", ""),
        ("Seven dead in blast at Zaranj seminary", ""),
    ),
    "the strip and its city": (
        ("Air strike on Gaza City school kills 30", "An air strike on a school in Gaza City that sheltered displaced people killed 30 on Monday, medics said."),
        ("Air strike on Gaza school kills 30", "An air strike on a school in Gaza that sheltered displaced people killed 30 on Monday, medics said on Monday."),
    ),
    "either side of midnight": (
        ("Missiles hit air base near Isfahan", "Missiles struck an air base near Isfahan in central Iran late on Sunday, state media said, and explosions were heard in the city."),
        ("Missiles strike air base near Isfahan", "Missiles struck an air base near Isfahan in central Iran early on Monday, state media said; explosions were heard all over the city."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_a_further_report_of_one_attack_is_not_told(wire: Wire, case: str) -> None:
    first, second = SAME[case]
    wire.reports(*first, after=NEAR)
    assert wire.reports(*second, source="two.example", after=NEAR).join is Join.SILENT


REPORTS = (
    ("Drone strike on El Fasher market kills nine", "A drone strike on a market in El Fasher in Sudan's Darfur region killed nine people on Monday, the resistance committee said."),
    ("Car bomb kills six in Mogadishu", "A car bomb exploded outside a tea shop in Mogadishu on Monday, killing six people, police said."),
)  # fmt: skip
ROUND_UP = (
    "World round-up: El Fasher, Mogadishu",
    "A drone strike on a market in El Fasher in Sudan's Darfur region killed nine people on Monday, the resistance committee said. A car bomb exploded outside a tea shop in Mogadishu, killing six people, police said.",
)  # fmt: skip


def test_a_round_up_is_in_no_story_and_brings_none_together(wire: Wire) -> None:
    before = [wire.reports(*report, after=NEAR).story_id for report in REPORTS]
    round_up = wire.reports(*ROUND_UP, source="two.example", after=NEAR)
    copied = wire.reports(*ROUND_UP, source="three.example", after=NEAR)
    after = [
        wire.reports(title, f"{summary} More soon.", source="four.example", after=NEAR).story_id
        for title, summary in REPORTS
    ]
    assert before == after
    assert round_up.join is Join.FOUNDED
    assert round_up.why == "it tells of several events, and stays by itself"
    assert (copied.relation, copied.story_id) == (Relation.COPY, round_up.story_id)
    assert len({*before, round_up.story_id}) == 3


def test_a_report_is_told_although_a_live_blog_had_it(wire: Wire) -> None:
    title, text = (
        "Drones hit Odesa, missile hits Kramatorsk bakery",
        "A Russian missile hit a bakery in Kramatorsk in eastern Ukraine on Monday, killing three people, the mayor said.",
    )
    wire.reports(f"Ukraine war live: {title}", f"{text} Drones hit the port of Odesa.", after=NEAR)
    placement = wire.reports("Missile hits Kramatorsk bakery, killing three", text, after=NEAR)
    assert (placement.join, placement.relation) == (Join.FOUNDED, Relation.NEW)


def test_attacks_in_two_towns_are_two_stories_that_say_why(wire: Wire) -> None:
    """Four dead in two blocks of flats in one morning, in the same words."""
    text = "A Russian missile struck an apartment block in {} on Monday morning, killing four people and wounding 22, the governor said."
    one, two = (
        wire.reports(
            f"Russian missile hits flats in {town}, killing four", text.format(town), after=NEAR
        )
        for town in ("Kharkiv", "Zaporizhzhia")
    )
    assert (two.join, two.story_id != one.story_id) == (Join.FOUNDED, True)
    assert two.why == f"like story {one.story_id}; but Zaporizhzhia, where the story is in Kharkiv"
    again = [
        wire.reports(
            f"Four killed by missile in {town}", text.format(town), source="b.example", after=NEAR
        )
        for town in ("Kharkiv", "Zaporizhzhia")
    ]
    assert [each.story_id for each in again] == [one.story_id, two.story_id]
    assert {each.join for each in again} == {Join.SILENT}
