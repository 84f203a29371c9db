"""Placing articles: copies, stories, and what an article adds, on a store of its own."""

from __future__ import annotations

from datetime import timedelta

from ingest import novelty
from ingest.weigh import NOTHING, code
from tests.builders import NOON, an_article
from wirewatch.model import (
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
from wirewatch.pipeline.place import place, repair, replace_revised
from wirewatch.store import Store

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


class Wire:
    """A store that articles come into, a minute apart."""

    def __init__(self) -> None:
        self.store, self.now = Store.scratch(), NOON

    def gives(self, title, *, source="one.example", facts=None, severity=None, after=60, **text):
        self.now += timedelta(seconds=after)
        article = an_article(
            title, source=source, feed=source, first_seen_at=self.now,
            guid_key=f"{source}-{self.now}", **text,
        )  # fmt: skip
        with self.store.transaction():
            stored = self.store.articles.add(article)
            return place(self.store, stored, facts or Facts(), severity=severity, now=self.now)


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
