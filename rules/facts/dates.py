"""Resolve when it happened: weekdays, relative words and plain dates against the publication date.

Only what stands in a sentence that tells of the event counts; "said on Monday" dates the
saying, "will meet on Friday" the future. Empty beats wrong.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from ahocorasick_rs import AhoCorasick

from rules.facts.prior import MONTHS
from rules.facts.words import bag
from wirewatch.model import EventDate

_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAY = "|".join(d.capitalize() for d in _DAYS)
_SHORT = {
    "mon": 0,
    "tue": 1,
    "tues": 1,
    "wed": 2,
    "thu": 3,
    "thur": 3,
    "thurs": 3,
    "fri": 4,
    "sat": 5,
    "sun": 6,
}
_MONTH_SHORT = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_MONTH = "|".join(m.capitalize() for m in MONTHS)
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}

_MENTION = re.compile(
    rf"\b(?P<dmy>(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m1>{_MONTH}|(?:{_MONTH_SHORT})\b\.?)(?:,? (?P<y1>(?:19|20)\d\d))?)\b"
    rf"|\b(?P<mdy>(?P<m2>{_MONTH}|(?:{_MONTH_SHORT})\b\.?) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!,\d{{3}})(?:,? (?P<y2>(?:19|20)\d\d))?)"
    rf"|\b(?P<iso>(?:19|20)\d\d-\d\d-\d\d)\b"
    rf"|\b(?P<before>the day before yesterday)\b"
    rf"|\b(?P<ago>(?P<n>a|an|one|two|three|four|five|six|seven|eight|nine|ten|\d{{1,2}}) (?P<unit>days?|nights?|weeks?|fortnight) ago)\b"
    rf"|\b(?P<earlier>(?P<n2>a|one|two|three|four|five|six|seven|eight|nine|ten|\d{{1,2}}) (?P<unit2>days?|nights?|weeks?) earlier)\b"
    rf"|\b(?P<yesterday>yesterday|last night|overnight on (?!{_DAY}))\b"
    rf"|\b(?P<today>today|tonight|this (?:morning|afternoon|evening)|earlier in the day)\b"
    rf"|\b(?P<weekday>{_DAY}|Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b(?!['’]s (?:Times|Post))"
    rf"|\b(?P<overnight>overnight)\b"
    rf"|\b[Ii]n (?:early |late |mid-)?(?P<month>{_MONTH})\b(?: (?P<y3>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
# What stands right before a mention and makes it another date than the event's.
_SAYING = re.compile(
    r"\b(?:said|says|told|announced|reported|reports|confirmed|warned|added|stated|condemned|denied|according)"
    r"(?:\s+\w+){0,3}?\s*(?:on|late on|early on|late|early)?\s+$",
    re.IGNORECASE,
)
_NOT_EVENT = re.compile(
    r"\b(?:next|since|until|till|by|before|from|for|starting|scheduled|expected"
    r"|due|will\b[^.;,]{0,60}|to be held|open(?:s|ing)?|planned|coming|every|each|Good|Black|Bloody|Palm|Easter)\s+(?:on\s+)?(?:next\s+|the\s+)?$",
    re.IGNORECASE,
)
_OWNS = re.compile(r"['’]s\s")  # "said Tuesday's ambush left six dead": it is the ambush's day
_PRAYERS = re.compile(r"\s+(?:prayers?|sermon)\b", re.IGNORECASE)
_DURING = re.compile(r"\bduring\s+(?:the\s+)?$", re.IGNORECASE)
_AFTER_NOT = re.compile(
    r"^(?:\s+(?:prayers?|sermon|services?|mass|deadline|election|vote)\b|['’]s\s+(?:election|vote|meeting|deadline))",
    re.IGNORECASE,
)
_EVENTS = AhoCorasick(
    bag(
        """kill wound injur dead died attack strike struck bomb blast explo raid shell fire shot clash
        rocket missile drone hit ambush storm seiz captur crash assault bombard fight fought target
        rescue kidnap abduct assassin launch intercept"""
    )
)
# As they are written, and as they stand in capitals; digits for "2026-03-05".
_TIMES = AhoCorasick([
    form
    for word in (
        *(d[:3].capitalize() for d in (*_DAYS, *MONTHS)),
        "today", "Today", "yester", "Yester", "tonight", "Tonight", "night", "ago", "this ", "This ", "earlier", "20", "19",
    )
    for form in dict.fromkeys((word, word.upper()))
])  # fmt: skip


def tells_event(low: str) -> bool:
    """Say quickly whether a text in lower case may tell of an attack or accident."""
    return bool(_EVENTS.find_matches_as_indexes(low))


def event_date(sentences: list[str], *, published: date) -> EventDate | None:
    """Return the date of the event that the sentences tell of, or None.

    Args:
        sentences: Headline and lead, in order.
        published: The publication date (UTC); never answered with a later date.
    """
    month: EventDate | None = None
    for sentence in sentences:
        if not _TIMES.find_matches_as_indexes(sentence):
            continue
        if not tells_event(sentence.lower()):
            continue
        for mention in _MENTION.finditer(sentence):
            if _is_not_event(sentence, mention):
                continue
            found = _resolve(mention, published)
            if found is None:
                continue
            if found.precision == "day":
                return found
            month = month or found
    return month


def _is_not_event(sentence: str, mention: re.Match[str]) -> bool:
    word = mention.group()
    if mention["weekday"] and word.islower():
        return True  # "sun", "sat", "wed"
    if (
        mention["weekday"]
        and len(word) < 6
        and not word.lower().endswith("day")
        and (not re.match(r"[.,]?\s+\d|\.", sentence[mention.end() :]))
    ):
        return True
    before = sentence[: mention.start()]
    if re.search(
        r"\b(?:an?|the) (?:day|night|week|month|year|\w+ (?:days|weeks|months|years)) (?:after|before|since) $",
        before,
    ):
        return True
    after = sentence[mention.end() :]
    if _NOT_EVENT.search(before):
        return True
    if _SAYING.search(before) and not _OWNS.match(after):
        return True
    if _PRAYERS.match(after) and _DURING.search(before):
        return False  # who is shot during Friday prayers is shot on a Friday
    return bool(_AFTER_NOT.match(after))


def _resolve(mention: re.Match[str], published: date) -> EventDate | None:
    if mention["month"]:
        return _whole_month(mention, published, mention.group())
    day = _resolve_day(mention, published)
    if day is None or day > published + timedelta(days=1):
        return None
    return EventDate(min(day, published), "day", mention.group())


def _resolve_day(mention: re.Match[str], published: date) -> date | None:
    day: date | None = None
    if mention["dmy"] or mention["mdy"]:
        number, name, year = (
            (mention["d1"], mention["m1"], mention["y1"])
            if mention["dmy"]
            else (mention["d2"], mention["m2"], mention["y2"])
        )
        day = _calendar(int(number), _month(name), int(year) if year else None, published)
    elif mention["iso"]:
        day = _iso(mention["iso"])
    elif mention["before"]:
        day = published - timedelta(days=2)
    elif mention["ago"]:
        day = published - _stretch(mention["n"], mention["unit"])
    elif mention["earlier"]:
        told = _day_told(mention.string[: mention.start()], published)
        day = told and told - _stretch(mention["n2"], mention["unit2"])
    elif mention["yesterday"]:
        day = published - timedelta(days=1)
    elif mention["today"] or mention["overnight"]:
        day = published
    elif mention["weekday"]:
        day = _weekday(mention["weekday"], mention.string[: mention.start()], published)
    return day


def _stretch(count: str, unit: str) -> timedelta:
    number = _NUMBERS.get(count.lower()) or int(count)
    days = {"w": 7, "f": 14}.get(unit[0].lower(), 1)
    return timedelta(days=number * days)


_TOLD = re.compile(
    rf"\b(?:said|told|reported|announced|confirmed)\b[^,;]{{0,30}}?\b(?P<day>{_DAY})\b"
)


def _day_told(before: str, published: date) -> date | None:
    """The day from which "two nights earlier" counts: "police reported on Monday that …"."""
    told = _TOLD.search(before)
    return _weekday(told["day"], "", published) if told else None


def _weekday(name: str, before: str, published: date) -> date:
    """The last such day up to the publication date; "last Monday" on a Monday is a week ago."""
    low = name.lower()
    wanted = _DAYS.index(low) if low in _DAYS else _SHORT[low]
    back = (published.weekday() - wanted) % 7
    if back == 0 and re.search(r"\blast\s+$", before, re.IGNORECASE):
        back = 7
    return published - timedelta(days=back)


def _month(name: str) -> int:
    low = name.lower().rstrip(".")
    return next(i for i, month in enumerate(MONTHS, start=1) if month.startswith(low[:3]))


def _calendar(day: int, month: int, year: int | None, published: date) -> date | None:
    try:
        if year is not None:
            return date(year, month, day)
        found = date(published.year, month, day)
        # A day more than a week ahead without a year is last year's.
        return date(published.year - 1, month, day) if (found - published).days > 7 else found
    except ValueError:
        return None


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _whole_month(mention: re.Match[str], published: date, text: str) -> EventDate | None:
    month = _month(mention["month"])
    year = int(mention["y3"]) if mention["y3"] else published.year - (month > published.month)
    first = date(year, month, 1)
    return EventDate(first, "month", text) if first <= published else None
