"""Placing articles: copies, stories, and what an article adds, on a store of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from ingest import novelty
from ingest.weigh import NOTHING, code
from tests.builders import NOON
from tests.wire import Wire
from wirewatch.model import (
    EventDate,
    Facts,
    Field,
    Join,
    Place,
    Relation,
    Severity,
    Span,
    Toll,
    TollKind,
    UpdateKind,
)
from wirewatch.pipeline.place import repair, replace_revised

LEAD = (
    "Two drones hit the fuel depot of Karsova airport before dawn on Monday, killing five workers, "
    "the regional governor Tamar Veliso said. Flights to Orlem and Bastia were turned back."
)
REST = (
    " Firemen from three towns fought the blaze for six hours. The ministry of transport in Dahlem "
    "said that the runway was undamaged. A group calling itself the Northern Shield wrote that it had "
    "sent the aircraft in answer to the shelling of Pirot last week. Its claim could not be checked."
)


def said(killed: int | None = None, place: str = "", status=None) -> Facts:
    span = Span("", Field.TITLE, 0, 1, f"{killed} killed")
    toll = Toll(TollKind.KILLED, killed, killed, span) if killed is not None else None
    where = (Place(place, None, span),) if place else ()
    return Facts(killed=toll, tolls=(toll,) if toll else (), places=where, status=status)


def test_a_shortened_copy_joins_its_original_silently():
    wire = Wire()
    first = wire.gives("Drones hit Karsova fuel depot", body=LEAD + REST)
    copy = wire.gives("Drones hit Karsova fuel depot", source="two.example", summary=LEAD)
    assert (copy.story_id, copy.join, copy.relation) == (first.story_id, Join.SILENT, Relation.COPY)
    view = wire.store.stories.view(first.story_id)
    assert (view.source_count, view.independent_count, view.article_count) == (2, 1, 2)


def test_a_report_in_other_words_joins_the_story_and_another_place_does_not():
    wire = Wire()
    first = wire.gives("Drones hit Karsova fuel depot, five dead", summary=LEAD)
    wire.gives("Parliament in Selvo passes budget after night debate", source="three.example")
    same = wire.gives(
        "Five killed as drones strike Karsova airport",
        source="two.example",
        summary="Governor Tamar Veliso said five airport workers died when drones struck a fuel depot in "
        "Karsova on Monday.",
    )
    other = wire.gives(
        "Drone crashes near Melnik school",
        source="two.example",
        summary="Police in Melnik said that a drone came down beside a school on Friday; nobody was hurt.",
    )
    assert same.story_id == first.story_id
    assert same.join in {Join.SILENT, Join.POSSIBLE}
    assert (other.join, other.story_id != first.story_id) == (Join.FOUNDED, True)


def test_a_join_is_never_silent_when_the_places_are_disjoint():
    wire = Wire()
    wire.gives(
        "Drones hit Karsova fuel depot, five dead", summary=LEAD, facts=said(place="Karsova")
    )
    again = wire.gives(
        "Drones hit fuel depot, five dead",
        source="two.example",
        summary="Two drones hit a fuel depot before dawn on Monday, killing five, governor Tamar Veliso said.",
        facts=said(place="Orlem"),
    )
    assert again.join is not Join.SILENT


def test_an_article_says_what_it_adds():
    wire = Wire()
    wire.gives("Drones hit Karsova fuel depot", body=LEAD, facts=said(5), severity=Severity.HIGH)
    more = wire.gives(
        "Drones hit Karsova fuel depot, seven dead",
        source="two.example",
        body=LEAD,
        facts=said(7, "Karsova"),
        severity=Severity.CRITICAL,
    )
    kinds = [update.kind for update in more.updates]
    assert kinds == [UpdateKind.TOLL_RAISED, UpdateKind.SEVERITY_RAISED, UpdateKind.NEW_PLACE]
    assert (more.updates[0].before, more.updates[0].after) == ("5", "7 killed")
    view = wire.store.stories.view(more.story_id)
    assert view.article_count == 2


def test_an_edit_stays_in_its_story_and_adds_its_new_toll():
    wire = Wire()
    first = wire.gives("Drones hit Karsova fuel depot", body=LEAD, facts=said(5))
    with wire.store.transaction():
        article = wire.store.articles.latest(limit=1)[0]
        placement = replace_revised(
            wire.store, article, said(9), said(5), "Drones hit Karsova fuel depot", now=wire.now
        )
    assert placement.story_id == first.story_id
    assert [update.kind for update in placement.updates] == [UpdateKind.TOLL_RAISED]


def test_a_merge_leaves_an_alias():
    wire = Wire()
    first = wire.gives("Drones hit Karsova fuel depot", summary=LEAD)
    with wire.store.transaction():
        other = wire.store.stories.found(NOTHING, {}, wire.now)
        wire.store.stories.merge(
            first.story_id, other, NOTHING, {}, map(code, ("karsova", "drone"))
        )
        assert repair(wire.store, now=wire.now) == []
    assert wire.store.stories.resolve(first.story_id) == other
    assert wire.store.stories.view(first.story_id).id == other


def test_a_country_is_no_other_place_than_its_towns():
    def in_places(*places):
        span = Span("", Field.TITLE, 0, 1, "x")
        named = tuple(Place(name, "TL", span, is_country=name == "Tilia") for name in places)
        return Facts(places=named, countries=("TL",))

    told = novelty.absorb(
        novelty.Said(), in_places("Karsova"), severity=None, source="a", independent=True
    )
    assert novelty.contradicts(told, in_places("Tilia")) is None
    assert novelty.contradicts(told, in_places("Tilia", "Orlem")) == (
        "Orlem, where the story is in Karsova"
    )


def test_a_country_found_only_further_down_contradicts_nothing():
    """A surname in the eighth paragraph may read like a country."""
    span = Span("", Field.TITLE, 0, 1, "x")
    told = novelty.Said(countries=("TL",))
    ahead = Facts(countries=("MC",), places=(Place("Monaco", "MC", span, is_country=True),))
    assert novelty.contradicts(told, ahead) == "MC, where the story is in TL"
    assert novelty.contradicts(told, Facts(countries=("MC",))) is None


def test_a_story_counts_the_articles_that_did_not_join_silently():
    wire = Wire()
    first = wire.gives("Drones hit Karsova fuel depot", summary=LEAD, body=LEAD + REST)
    copied = wire.gives("Drones hit Karsova fuel depot", summary=LEAD, source="two.example")
    assert (first.join, copied.join) == (Join.FOUNDED, Join.SILENT)
    (row,) = wire.store.stories.rows([first.story_id])
    assert row.said.aloud == 1
    other = novelty.absorb(
        row.said, Facts(), severity=None, source="c", independent=True, aloud=True
    )
    assert novelty.together(row.said, other).aloud == 3


def test_the_same_toll_speaks_for_the_same_event():
    told = novelty.absorb(novelty.Said(), said(5), severity=None, source="a", independent=True)
    assert novelty.same_toll(told, said(5))
    assert not novelty.same_toll(told, said(7))
    assert not novelty.same_toll(told, Facts())


def in_places(*names: str, killed: int | None = None) -> Facts:
    facts = said(killed)
    places = tuple(Place(name, None, Span("", Field.TITLE, 0, 1, "x")) for name in names)
    return replace(facts, places=places)


def heard(*facts: Facts) -> novelty.Said:
    known = novelty.Said()
    for each in facts:
        known = novelty.absorb(known, each, severity=None, source="a", independent=True)
    return known


def test_more_dead_in_a_town_of_its_own_may_be_another_event():
    told = heard(in_places("Karsova", killed=2))
    assert novelty.contradicts(told, in_places("Karsova", killed=4)) is None
    assert novelty.contradicts(told, in_places("Orlem", "Karsova")) is None
    assert novelty.contradicts(told, in_places("Orlem", "Karsova", killed=4)) == (
        "4 killed with Orlem, where the story counts 2 without"
    )


def test_a_day_is_later_than_a_story_that_began_before_it():
    def on(day: int, *, fresh: bool = True) -> Facts:
        return Facts(event_date=EventDate(date(2026, 3, day), "day", "Monday", is_fresh=fresh))

    def began(hours: int) -> novelty.Course:
        return novelty.Course(NOON - timedelta(hours=hours), NOON, NOON)

    today = NOON.day
    assert novelty.differs(novelty.Said(), on(today), course=began(20)) is None
    assert novelty.differs(novelty.Said(), on(today), course=began(30)) == (
        "2026-03-09, where the story began on 2026-03-08"
    )
    assert novelty.differs(novelty.Said(), on(today, fresh=False), course=began(30)) is None
    yesterday = heard(on(today - 1))
    assert novelty.differs(yesterday, on(today), course=began(5)) is None  # about midnight
    assert novelty.differs(yesterday, on(today), course=began(7)) == (
        "2026-03-09, where the story is of 2026-03-08"
    )
    assert novelty.differs(heard(on(today)), on(today), course=began(70)) is None
    assert novelty.differs(heard(on(today)), on(today - 1), course=began(30)) is None


def test_sites_are_compared_in_any_spelling():
    def at(*sites: tuple[str, str]) -> Facts:
        return Facts(sites=sites)

    told = heard(at(("", "Sheikh Radwan"), ("Kabul", "west")))
    assert novelty.differs(told, at(("", "Radwan"))) is None
    assert novelty.differs(told, at(("", "Shaikh Ridwan"))) is None
    assert novelty.differs(told, at(("Herat", "east"))) is None
    assert novelty.differs(told, at(("", "Zeitoun"))) == (
        "Zeitoun, where the story is in Sheikh Radwan"
    )
    assert novelty.differs(told, at(("Kabul", "east"))) == (
        "the east of Kabul, where the story is in the west of Kabul"
    )


def test_stories_of_two_towns_with_dead_or_of_two_days_are_not_merged():
    karsova, orlem = in_places("Karsova", killed=2), in_places("Orlem", killed=2)
    assert novelty.apart(heard(karsova), heard(orlem))
    assert not novelty.apart(heard(karsova), heard(in_places("Orlem")))
    assert not novelty.apart(heard(karsova, orlem), heard(orlem))

    def on(day: int) -> Facts:
        return Facts(event_date=EventDate(date(2026, 3, day), "day", "Monday", is_fresh=True))

    assert novelty.apart(heard(on(8)), heard(on(9)))
    assert not novelty.apart(heard(on(8), on(9)), heard(on(9)))
