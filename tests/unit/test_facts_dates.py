"""When it happened: weekdays and relative words, resolved against the publication date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.facts import read_facts
from tests.builders import an_article
from wirewatch.model import EventDate

MONDAY = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def happened(text: str, published: datetime = MONDAY) -> EventDate | None:
    return read_facts(an_article(text, published_at=published)).event_date


@pytest.mark.parametrize("published_day", range(7))
@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize(
    "text",
    [
        "An air strike killed three people on {}.",
        "Gunmen attacked the post early {} morning.",
        "{}'s bombing killed nine.",
        "Two soldiers died {} night in an ambush.",
    ],
)
def test_a_weekday_is_the_last_such_day(text: str, day: int, published_day: int) -> None:
    published = MONDAY + timedelta(days=published_day)
    found = happened(text.format(DAYS[day]), published)
    assert found is not None
    assert found.precision == "day"
    assert found.day.weekday() == day
    assert timedelta(0) <= published.date() - found.day < timedelta(days=7)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("A bomb killed two people yesterday.", date(2026, 3, 8)),
        ("A bomb killed two people today.", date(2026, 3, 9)),
        ("A bomb went off this morning, killing two.", date(2026, 3, 9)),
        ("A raid last night killed two.", date(2026, 3, 8)),
        ("Air strikes overnight killed two.", date(2026, 3, 9)),
        ("The raid two days ago killed two.", date(2026, 3, 7)),
        ("A rocket hit the port three days ago.", date(2026, 3, 6)),
        ("A rocket hit the port a week ago.", date(2026, 3, 2)),
        ("A rocket hit the port the day before yesterday.", date(2026, 3, 7)),
        ("A rocket hit the port on 3 March.", date(2026, 3, 3)),
        ("A rocket hit the port on March 3.", date(2026, 3, 3)),
        ("A rocket hit the port on March 3, 2026.", date(2026, 3, 3)),
        ("A rocket hit the port on 27 February.", date(2026, 2, 27)),
        ("A rocket hit the port on 28th of December.", date(2025, 12, 28)),
        ("A rocket hit the port on 2026-03-05.", date(2026, 3, 5)),
        ("A rocket hit the port on Feb. 27.", date(2026, 2, 27)),
        ("A rocket hit the port last Monday.", date(2026, 3, 2)),
        ("Police said on Monday that a bomb killed five people on Saturday.", date(2026, 3, 7)),
        # Written before the code was tried on them.
        ("Insurgents raided the post in the early hours of Saturday.", date(2026, 3, 7)),
        ("The convoy was ambushed on Friday evening.", date(2026, 3, 6)),
        (
            "A mine killed two children on Thursday afternoon, police said on Friday.",
            date(2026, 3, 5),
        ),
        ("The city was shelled for a third day on Sunday.", date(2026, 3, 8)),
        ("The blast occurred at around 8:30 a.m. on Wednesday.", date(2026, 3, 4)),
        ("A week ago today gunmen stormed the station.", date(2026, 3, 2)),
        ("Late on Saturday rockets hit the refinery.", date(2026, 3, 7)),
        ("The attack, on 8 February, killed nine.", date(2026, 2, 8)),
        ("Four days ago a drone struck the mill.", date(2026, 3, 5)),
        ("Monday's pre-dawn raid killed three.", date(2026, 3, 9)),
        ("The strike took place at dawn today.", date(2026, 3, 9)),
        (
            "The camp came under fire for the second time in a week on Sunday night.",
            date(2026, 3, 8),
        ),
        ("Officials said Tuesday's ambush left six dead.", date(2026, 3, 3)),
        ("The base was attacked just after midnight on Sunday.", date(2026, 3, 8)),
        ("On the night of 5 March drones hit the depot.", date(2026, 3, 5)),
        ("A car bomb exploded on Mar 4 outside the ministry.", date(2026, 3, 4)),
        ("A fortnight ago shells hit the school.", date(2026, 2, 23)),
        ("Gunmen opened fire on worshippers during Friday prayers.", date(2026, 3, 6)),
        (
            "Police reported on Monday that a bomb had gone off two nights earlier.",
            date(2026, 3, 7),
        ),
        ("Three soldiers died last Thursday in a mortar attack.", date(2026, 3, 5)),
        ("A missile hit the port on the morning of March 1.", date(2026, 3, 1)),
    ],
)
def test_relative_words_and_plain_dates(text: str, day: date) -> None:
    found = happened(text)
    assert found is not None
    assert (found.day, found.precision) == (day, "day")
    assert found.text in text


@pytest.mark.parametrize(
    "text",
    [
        "Rebels attacked the town, the army said on Monday.",
        "The ministers will meet on Friday over the attack.",
        "The attack comes ahead of talks due on Sunday.",
        "The parties agreed on a budget on Friday.",
        "The sun rose over the shelled town and the guns sat silent.",
        "A strike killed four; the trial is expected by Thursday.",
        "The strike may have killed four.",
        # Written before the code was tried on them.
        "Rescue teams will resume the search on Tuesday after the bombing.",
        "The sheikh condemned the attack at Friday prayers.",
        "The attack came two days before Thursday's election.",
        "The bombing came on the eve of Tuesday's vote.",
        "The strike came a day after Saturday's talks collapsed.",
    ],
)
def test_what_dates_no_event_stays_empty(text: str) -> None:
    assert happened(text) is None


def test_a_month_alone_keeps_its_precision() -> None:
    found = happened("A drone struck the airport in February.")
    assert found == EventDate(date(2026, 2, 1), "month", "in February")


def test_without_a_publication_date_first_seen_counts() -> None:
    article = an_article("A bomb killed two on Sunday.", first_seen_at=MONDAY)
    found = read_facts(article).event_date
    assert found is not None
    assert found.day == date(2026, 3, 8)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.text(max_size=60))
def test_no_event_is_after_its_report(day: date, text: str) -> None:
    published = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    for words in (f"A bomb killed two on Sunday {text}", f"{text} attack on 29 February"):
        found = happened(words, published)
        assert found is None or found.day <= published.date() + timedelta(days=1)
