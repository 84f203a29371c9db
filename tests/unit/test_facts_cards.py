"""Places, parties, speakers and status; and what is kept of each statement."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.facts import read_facts
from tests.builders import an_article
from wirewatch.model import Claim, Facts, Toll, TollKind

MONDAY = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def read(title: str, summary: str = "", body: str = "") -> Facts:
    return read_facts(an_article(title, summary=summary, body=body, published_at=MONDAY))


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("US strikes militias in Iraq, Syria", ["IQ", "SY"]),
        ("Israeli air strike kills five in Gaza", ["PS", "IL"]),
        ("Bomb kills nine in Peshawar", ["PK"]),
        ("Rocket attack on airport in Erbil", ["IQ"]),
        ("Turkish jets hit targets across the Syrian border", ["SY", "TR"]),
        ("Iran-backed militia attacks base at Ain al-Asad", ["IQ", "IR"]),
        ("Drone strike kills three in Deir ez-Zor", ["SY"]),
        ("Dozens die as boat sinks off Hodeidah", ["YE"]),
        ("South Korean troops fire across the border with North Korea", ["KP", "KR"]),
        ("Niger's army says 12 soldiers were killed near Diffa", ["NE"]),
    ],
)
def test_countries_come_in_order_of_how_likely(text: str, countries: list[str]) -> None:
    assert list(read(text).countries)[: len(countries)] == countries


@pytest.mark.parametrize(
    "text",
    [
        "They told us that a bomb hit the van",
        "Michael Jordan retires again",
        "A formality in the Bahamas of women",
        "Turkeys and china sold at the fair",
    ],
)
def test_words_that_look_like_places_are_none(text: str) -> None:
    assert not {"US", "JO", "ML", "OM", "TR", "CN"} & set(read(text).countries)


def test_a_dateline_says_where() -> None:
    facts = read(
        "Shelling kills two", body="ALEPPO, March 8 (Agency) - Shelling killed two people."
    )
    assert facts.countries[0] == "SY"


def test_a_foreign_bureau_does_not_say_where() -> None:
    body = "CAIRO (Agency) - Two people were killed in Yemen on Sunday. Yemeni officials said more."
    assert read("Two killed in Yemen", body=body).countries[0] == "YE"


def test_text_in_capitals_is_read_all_the_same() -> None:
    body = "LIMA, 3 MAY 90 -- [TEXT] A BOMB KILLED THREE POLICEMEN IN AYACUCHO TODAY."
    facts = read("A BOMB KILLED THREE POLICEMEN IN AYACUCHO TODAY.", body=body)
    assert facts.countries[0] == "PE"
    assert facts.killed is not None
    assert facts.killed.min == 3


def test_places_carry_their_spans() -> None:
    title = "Air raid on Al-Bukamal near the Iraqi border"
    (place,) = read(title).places
    assert (place.name, place.country) == ("Al-Bukamal", "SY")
    assert title[place.span.start : place.span.end] == place.span.text == "Al-Bukamal"


def test_actors_and_platforms_are_named_once_each() -> None:
    facts = read("Kata’ib Hezbollah fires drones at US forces", "Drones and rockets hit the base.")
    assert facts.actors == ("Kata'ib Hezbollah", "US military")
    assert facts.platforms == ("drone", "rocket")


def test_the_pronoun_us_is_no_party() -> None:
    assert read("They attacked us, military or not").actors == ()


def test_each_toll_knows_who_says_so() -> None:
    facts = read(
        "Blast in Basra",
        "The health ministry said nine people were killed. According to the Red Crescent, at least 12 died.",
    )
    assert [(t.min, t.max, t.attribution) for t in facts.tolls] == [
        (9, 9, "health ministry"),
        (12, None, "Red Crescent"),
    ]
    assert facts.killed == facts.tolls[0]


def test_numbers_behind_the_lead_count_only_when_attributed() -> None:
    lead = "A blast shook the market. Smoke rose. Shops closed. "
    loose = read("Blast", body=lead + "Seven people were killed.")
    said = read("Blast", body=lead + "Seven people were killed, police said.")
    assert loose.killed is None
    assert said.killed is not None
    assert said.killed.attribution == "police"


# Written before the code was tried on them.
@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (
            "Five people were killed, the provincial police chief told reporters.",
            "provincial police chief",
        ),
        ("According to the civil defence, nine people died in the strike.", "civil defence"),
        ("Three soldiers were killed, Colonel Idris Mansour said.", "Colonel Idris Mansour"),
        ("Rebels killed 14 troops, the group said in a statement posted online.", "group"),
        ("Twelve died in the raid, state television reported.", "state television"),
        (
            "Six people were killed in the shelling, said Dr Leila Haddad, who runs the hospital.",
            "Dr Leila Haddad",
        ),
        ("The Red Crescent put the death toll at 17.", "Red Crescent"),
        ("Eight fighters were killed, a monitoring group says.", "monitoring group"),
        ("Two medics who asked not to be named said four people were killed.", "medics"),
        ("Seven were killed, per local media.", "local media"),
        ("Citing hospital officials, the daily Al-Nahar reported that 10 people died.", "Al-Nahar"),
        ("The mayor's office confirmed that three workers were killed.", "mayor's office"),
        ("Gaza's health ministry says 25 people were killed.", "health ministry"),
        (
            "Five civilians were killed in the raid, residents told the agency by phone.",
            "residents",
        ),
    ],
)
def test_who_says_how_many(text: str, speaker: str) -> None:
    toll = read(text).killed
    assert toll is not None
    assert speaker in toll.attribution


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Army denies its planes struck a hospital", Claim.DENIED),
        ("Islamic State claims responsibility for the blast", Claim.CONFIRMED),
        ("Rebels claim to have killed 40 soldiers", Claim.CLAIMED),
        ("The bombing claimed the lives of nine people", None),
        ("Pentagon confirms strike on militia", Claim.CONFIRMED),
        ("Two killed in blast", None),
        # Written before the code was tried on them.
        ("Tehran rejects accusation that it was behind the drone strike", Claim.DENIED),
        ("The coalition acknowledged that its jets bombed the wedding.", Claim.CONFIRMED),
        ("The rebels say they shot down a helicopter.", Claim.CLAIMED),
        ("The ministry called the report of a strike on the clinic baseless.", Claim.DENIED),
        ("The general said his forces were not involved in the strike.", Claim.DENIED),
        (
            "The militia boasted that it had killed 50 soldiers, a figure that could not be verified.",
            Claim.CLAIMED,
        ),
        ("No group has claimed responsibility for the bombing.", None),
        ("The army neither confirmed nor denied the strike.", None),
        ("Police confirmed on Sunday that the blast was a suicide bombing.", Claim.CONFIRMED),
        ("The air force declined to confirm the raid.", None),
        ("There was no immediate confirmation of the reported strike.", Claim.CLAIMED),
        ("The alleged strike killed nine, opposition activists said.", Claim.CLAIMED),
        ("The UN says it has verified the deaths of 40 villagers.", Claim.CONFIRMED),
    ],
)
def test_status_says_how_firmly(text: str, status: Claim | None) -> None:
    assert read(text).status is status


def test_denials_are_tagged() -> None:
    assert read("Army denies its planes struck a hospital").tags == ("denied",)


def test_an_empty_article_has_no_facts() -> None:
    assert read("") == Facts()


PIECES = st.sampled_from(
    [
        "at least",
        "up to",
        "five",
        "12",
        "a dozen",
        "two",
        "and",
        ",",
        "people",
        "soldiers",
        "civilians",
        "were",
        "killed",
        "wounded",
        "including",
        "three of them",
        "in",
        "Gaza",
        "Iraq",
        "said",
        "according to",
        "police",
        "on Sunday",
        "had",
        "last year",
        "the death toll",
        "rose to",
        "no",
        "dead",
        "injuring",
        "(",
        ")",
        "-",
        ".",
        "a",
        "the",
        "his",
        "wife",
        "U.S.",
        "2013",
        "aged",
        "“",
        "’s",
        "ALEPPO",
    ]
)


@given(st.lists(PIECES, max_size=40).map(" ".join) | st.text(max_size=200))
def test_spans_stand_in_the_text_and_ranges_are_ranges(text: str) -> None:
    facts = read(text, body=text)
    for toll in facts.tolls:
        field = an_article(text, body=text).text(toll.span.field)
        assert field[toll.span.start : toll.span.end] == toll.span.text
        assert toll.min is not None or toll.max is not None
        assert toll.min is None or toll.max is None or 0 <= toll.min <= toll.max
    for place in facts.places:
        field = an_article(text, body=text).text(place.span.field)
        assert field[place.span.start : place.span.end] == place.span.text
    assert facts.killed is None or facts.killed in facts.tolls
    assert facts.injured is None or facts.injured.kind is TollKind.INJURED


def seed() -> Path | None:
    found = (p / "shared" / "corpora" / "seed" for p in Path(__file__).parents)
    return next((folder for folder in found if folder.is_dir()), None)


@pytest.mark.skipif(seed() is None, reason="the seed article is not beside this checkout")
def test_every_statement_of_the_seed_and_none_of_its_distractors() -> None:
    folder = seed()
    assert folder is not None
    wanted = json.loads((folder / "seed-facts.json").read_text(encoding="utf-8"))
    title, _, body = (folder / "seed-article.txt").read_text(encoding="utf-8").partition("\n")
    facts = read_facts(
        an_article(title, body=body.strip(), published_at=datetime(2021, 6, 28, tzinfo=UTC))
    )

    def said(toll: Toll) -> tuple[TollKind, int | None, int | None, str]:
        return toll.kind, toll.min, toll.max, toll.attribution

    statements = [
        (kind, entry["min"], entry["max"], entry["attribution"] or "")
        for kind in (TollKind.KILLED, TollKind.INJURED)
        for entry in wanted["event"][kind.value]
    ]
    current = [said(toll) for toll in facts.tolls if not toll.prior]
    assert sorted(map(str, current)) == sorted(map(str, statements))
    assert facts.killed is not None
    assert (facts.killed.min, facts.killed.max) == (5, None)
    assert list(facts.countries[:2]) == wanted["alert_must_say"]["countries"]
    assert facts.event_date is not None
    assert facts.event_date.day.isoformat() == wanted["alert_must_say"]["date"]


def test_half_a_surrogate_pair_costs_no_fact_and_no_place() -> None:
    broken, whole = "Bomb \ud800 kills five in Mosul", "Bomb x kills five in Mosul"
    assert read(broken, body=broken).killed == read(whole, body=whole).killed
    assert read("\udfff", "\ud83d", "\u0661\ud800").killed is None
