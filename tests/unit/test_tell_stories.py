"""What a reader is told of a story that goes on: denied, confirmed, counted anew, or another one."""

from __future__ import annotations

from tests.newsroom import MINUTE, Newsroom, text_of
from wirewatch.model import Claim, Facts, Field, HeldBack, Reason, Span, Toll, TollKind

SPAN = Span("", Field.TITLE, 0, 5, "Drone")
TITLE = "Drone hits depot near Tal Sahin"


def counting(*, killed: int | None = None, injured: int | None = None) -> Facts:
    return Facts(
        killed=Toll(TollKind.KILLED, killed, killed, SPAN) if killed is not None else None,
        injured=Toll(TollKind.INJURED, injured, injured, SPAN) if injured is not None else None,
    )


def told(room: Newsroom, facts: Facts) -> Reason | HeldBack:
    ((_, verdict),) = room.read(TITLE, facts=facts)
    return verdict.reason


def test_what_was_denied_is_told_once_more_when_it_is_confirmed():
    room = Newsroom()
    room.read(TITLE)
    room.pass_time(MINUTE)
    assert told(room, Facts(status=Claim.CONFIRMED)) is HeldBack.NOTHING_NEW
    assert told(room, Facts(status=Claim.DENIED)) is Reason.DENIED
    (denied,) = room.pass_time(MINUTE)
    assert denied.subject.startswith("[high] denied: ")
    assert "* Denied" in text_of(denied).splitlines()
    confirmed = Facts(status=Claim.CONFIRMED, attributions=("the coalition",))
    assert told(room, confirmed) is Reason.CONFIRMED
    (message,) = room.pass_time(MINUTE)
    assert message.subject.startswith("[high] confirmed, after it was denied: ")
    assert "* Confirmed: the coalition" in text_of(message).splitlines()
    assert told(room, confirmed) is HeldBack.NOTHING_NEW


def test_what_may_be_another_event_goes_under_its_own_headline():
    room = Newsroom()
    room.read(TITLE, facts=counting(killed=9))
    room.pass_time(MINUTE)
    again = "Drone hits depot near Tal Sahin, four dead"
    text = "A drone hit a depot of a militia near Tal Sahin on Monday, killing four fighters, officials said."
    ((_, verdict),) = room.read(again, summary=text, facts=counting(killed=4))
    assert verdict.reason is Reason.POSSIBLY_SAME
    (message,) = room.pass_time(MINUTE)
    assert message.subject == f"[high] possibly the same story: {again} (2 sources)"
    assert f"possibly the same story as “{TITLE}”: " in text_of(message)


def test_the_injured_are_news_where_nobody_died_and_when_they_are_half_as_many_again():
    room = Newsroom()
    room.read(TITLE, facts=counting(killed=5))
    room.pass_time(MINUTE)
    assert told(room, counting(killed=5, injured=20)) is HeldBack.NOTHING_NEW
    bloodless = Newsroom()
    bloodless.read(TITLE)
    bloodless.pass_time(MINUTE)
    assert told(bloodless, counting(injured=20)) is Reason.TOLL_RAISED
    (message,) = bloodless.pass_time(MINUTE)
    assert message.subject.startswith("[high] a first toll: 20 injured: ")
    assert told(bloodless, counting(injured=22)) is HeldBack.NOTHING_NEW
    assert told(bloodless, counting(injured=40)) is Reason.TOLL_RAISED


def test_the_first_that_a_rule_finds_in_a_story_goes_under_its_own_headline():
    room = Newsroom()
    room.read("Depot near Tal Sahin burns", rule_ids=())
    room.read(TITLE)
    (message,) = room.pass_time(MINUTE)
    assert message.subject == f"[high] strike: {TITLE} (2 sources)"
    assert "first report in the story “Depot near Tal Sahin burns”" in text_of(message)
