"""Copies: the same text elsewhere, cut short, with another outlet's furniture around it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.copies import (
    Printed,
    containment,
    furniture,
    in_doubt,
    judge,
    read_text,
    worth_comparing,
)
from tests.builders import NOON, an_article
from tests.builders_news import Newsroom
from wirewatch.clock import to_ms
from wirewatch.model import Relation

news = Newsroom(7)
EVENT = news.event()
TITLE, BODY = news.report(EVENT, words=330)
LEAD = " ".join(BODY.split()[:45])


def text(title=TITLE, **fields):
    return read_text(an_article(title, **fields))


def printed(article_id=1, source="one.example", after=timedelta(), count=40):
    return Printed(article_id, source, to_ms(NOON + after), count)


def verdict(new, old, *, source="two.example", was=None, now=NOON):
    return judge(new, [(was or printed(), old)], source=source, now=now)


def test_a_cut_text_is_a_copy_and_found_by_its_prints():
    short, full = text(summary=LEAD), text(body=BODY)
    assert containment(short, full) == 1.0
    assert len(short.prints & full.prints) >= 0.9 * len(short.prints)
    assert verdict(short, full).relation is Relation.COPY
    assert verdict(full, short).relation is Relation.COPY


def test_a_text_with_a_third_of_another_is_derived():
    others = Newsroom(8)
    own = others.report(others.event(), words=120)[1]
    borrowed = " ".join(BODY.split()[:75])
    same = verdict(text("Other headline here", body=f"{borrowed} {own}"), text(body=BODY))
    assert same.relation is Relation.DERIVED


def test_inside_one_outlet_only_nearly_everything_is_a_copy():
    column = (
        BODY + " Today we add a few words on the weather of the week and on the roads to the coast."
    )
    half = " ".join(BODY.split()[:170]) + " " + Newsroom(9).report(EVENT, words=150)[1]
    assert verdict(text(body=half), text(body=BODY), source="one.example") is None
    assert verdict(text(body=column), text(body=BODY), source="one.example") is not None


@pytest.mark.parametrize(
    ("title", "hours", "copied"),
    [
        ("Seven dead as ferry capsizes off Karsova coast", 3, True),
        ("Seven dead as ferry capsizes off Karsova coast", 60, False),
        ("Questions and answers", 3, False),
    ],
)
def test_a_bare_headline_is_a_copy_when_it_is_long_and_recent(title, hours, copied):
    was = printed(after=-timedelta(hours=hours), count=3)
    assert (verdict(text(title), text(title), was=was) is not None) is copied


def test_the_same_headline_over_another_text_is_no_copy():
    other = Newsroom(11).report(Newsroom(12).event(), words=60)[1]
    assert verdict(text(summary=LEAD), text(body=other)) is None


def test_a_footer_of_one_outlet_is_furniture():
    known = {n: printed(n) for n in range(25)}
    found = {5: list(known), 6: [0, 1, 2]}
    assert in_doubt(found) == set(known)
    assert furniture(found, known) == {5}
    assert worth_comparing(text(body=BODY), found, known, {5, 6}, now=NOON) == []


def test_what_many_outlets_share_by_chance_is_no_furniture_and_what_all_share_is():
    known = {n: printed(n, source=f"outlet{n}.example") for n in range(60)}
    assert furniture({5: list(range(59)), 6: list(range(60))}, known) == {6}


def test_what_is_older_than_two_weeks_is_let_be():
    new = text(body=BODY)
    known = {1: printed(1, after=-timedelta(days=15)), 2: printed(2)}
    found = {mark: [1, 2] for mark in new.prints}
    assert worth_comparing(new, found, known, now=NOON) == [known[2]]


def test_scripts_without_spaces_are_compared_by_characters():
    full = "北部の港町で火曜日の朝、貨物船が防波堤に衝突し、乗組員七人が救助された。けが人はいなかったと当局は述べた。"
    short, long = text("貨物船が衝突", summary=full[:30]), text("貨物船が衝突", body=full)
    assert long.gram == 5
    assert containment(short, long) > 0.9
