"""Read what tells an event from the next one of its kind, where no table has the place.

Which occasion it is ("second blast"), where in or about a place it was ("the Zeitoun district",
"western Kabul"), and whether an article tells of several events (a live blog, a round-up). In
English; whoever says nothing of the sort contradicts nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ahocorasick_rs import AhoCorasick

from rules.facts.mention import Mention
from rules.facts.words import bag

_BLOW = (
    r"(?:air[ -]?|counter[ -]?)?(?:strikes?|attack(?:s|ed)?|raid(?:s|ed)?|assaults?|ambush(?:es|ed)?|blasts?|explosions?"
    r"|(?:car |roadside |suicide |truck )?bomb(?:s|ed|er|ers|ing|ings)?|shell(?:s|ed|ing)?|rockets?|missiles?|drones?|struck|hits?"
    r"|shootings?|massacres?|clash(?:es)?|barrages?|salvos?|earthquakes?|quakes?|aftershocks?|tremors?|eruptions?)"
)
_ORDINAL = {"third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "sixth": 6, "6th": 6}
_COUNTED = "|".join(["second", "2nd", "another", *_ORDINAL])
# Of these there is a second without a second blow.
_NO_BLOW = (
    r"(?!\s+(?:\w+\s+)?(?:suspects?|victims?|m[ae]n|wom[ae]n|boys?|girls?|child|children|persons?|people|bod(?:y|ies)|arrests?|deaths?"
    r"|soldiers?|officers?|hostages?|survivors?|trials?|terms?|half|quarter|rounds?|largest|biggest|city|phase|opinion|chance"
    r"|world war|look|thoughts?|anniversary|funerals?)\b)"
)
_OCCASION = re.compile(
    rf"\b(?P<nth>{_COUNTED})\b{_NO_BLOW}\s+(?:[\w'’-]+\s+){{0,3}}?{_BLOW}\b"
    rf"|\b{_BLOW}\s+(?:[\w'’-]+\s+){{0,2}}?(?P<after>{_COUNTED})\b{_NO_BLOW}"
    rf"|\bfor (?:the|an?) (?P<time>second|{'|'.join(_ORDINAL)}) (?:time|day|night|week)\b"
    rf"|\b(?:fresh|new(?!\s+(?:york|delhi|zealand|mexico|orleans|jersey|year)\b)|renewed)\s+(?:[\w'’-]+\s+)?{_BLOW}\b"
    rf"|\b{_BLOW}\s(?:[^.;:?!]*\s)?again\b",
    re.IGNORECASE,
)
_HEADLINE = 110  # characters
_OCCASIONS = AhoCorasick(
    ["second", "2nd", "another", "again", "fresh", "new", "renewed", *_ORDINAL]
)

_LIVE = (
    r"\blive\s*(?:updates?|blog|coverage)?\s*[:|–—]|(?:[:|–—]|\s-)\s*live\W*$|\blive[ -]?blog\b|\blive updates\b"
    r"|\bas it happened\b"
)
_ROUND = (
    r"\bround-?up\b|\b(?:the|this|last|past) week in\b|\bweek in (?:review|pictures)\b|\bat a glance\b"
    r"|\b(?:key|main) (?:events|moments|developments)\b|\blist of (?:key )?events\b"
    r"|\b(?:morning|evening|daily|weekly) (?:news )?(?:brief|briefing|digest|update|report|wrap|summary)\b"
    r"|\bwhat happened (?:today|overnight|this week|on day)\b"
)
_SEVERAL = re.compile(f"{_LIVE}|{_ROUND}", re.IGNORECASE)

_CAPITAL = r"(?:[ae]l-)?[A-Z][\w-]*(?:[’'](?!s\b)\w+)*"
_NAME = rf"{_CAPITAL}(?: (?:{_CAPITAL}|of|al|el)\b){{0,2}}"
_VILLAGE = r"(?:village|hamlet|settlement|township|refugee camp|camp)"
_PROVINCE = r"(?:province|governorate|state|region|oblast|county|prefecture)"
_PART = rf"(?:{_VILLAGE}|district|neighbou?rhood|suburb|quarter)"
_NAMED = re.compile(
    rf"(?:\A|(?<=\s)|(?<=['’]s ))(?!(?:The|A|An|Another|No|Its?|This|That|In|On|At)\b)"
    rf"(?P<before>{_CAPITAL}(?: {_CAPITAL}){{0,2}}) (?:{_PART}|(?P<province>{_PROVINCE}))s?\b"
    rf"|\b(?:town|{_VILLAGE})s? of (?P<after>{_NAME}(?:(?:, | and |, and ){_NAME})*)"
)
# "A mainly Hazara district" is any of them; so is the Shia quarter. The Sahel lies in five states.
_ANY = re.compile(
    r"\b(?:an?|another|mainly|mostly|largely|predominantly|overwhelmingly)\s+\Z", re.IGNORECASE
)
_NO_NAME = bag(
    """
    shia shiite sunni alawite druze christian coptic muslim jewish arab kurdish yazidi turkmen armenian hazara pashtun fulani
    tuareg hutu tutsi rohingya sahel gulf east sea chad lakes balkan caucasus tribal autonomous capital
    """
)
_LIST = re.compile(r",? and |, ")
_WAYS = ("north", "south", "east", "west", "central")
_TOWARDS = re.compile(
    r"\b(?P<way>(?:north|south)-?(?:east|west)|north|south|east|west|central)(?:ern)?(?: of| part of| side of)?"
    rf" (?P<name>{_CAPITAL}(?: {_CAPITAL})?)"
)
_SHORT = 4  # letters of "Khan", "Deir", "El": half a name
_WHOLES = frozenset({"Strip", "City", "State", "Province", "Region", "Governorate"})
_PARTS = AhoCorasick([
    "town", "village", "hamlet", "settlement", "township", "camp", "district", "neighbo", "suburb", "quarter",
    "province", "governorate", "state", "region", "oblast", "county", "prefecture",
])  # fmt: skip
_DIRECTIONS = AhoCorasick(_WAYS)


def occasion(title: str) -> int:
    """Return how many blows of the kind a headline speaks of: 2 for "second", "another", "again"; else 1.

    A sentence that stands for a headline is no announcement.
    """
    if len(title) > _HEADLINE or not _OCCASIONS.find_matches_as_indexes(title.lower()):
        return 1
    found = [
        _ORDINAL.get((mark["nth"] or mark["after"] or mark["time"] or "").lower(), 2)
        for mark in _OCCASION.finditer(title)
    ]
    return max(found, default=1)


def tells_of_several(title: str) -> bool:
    """Say whether a headline announces several events: a live blog, a week's round-up."""
    return _SEVERAL.search(title) is not None


def sites(sentences: Iterable[tuple[str, Sequence[Mention]]]) -> tuple[tuple[str, str], ...]:
    """Return where it was, as no table has it.

    ("", a village, district or camp), ("province", one; so with regions and states) or (a place, its side).

    Args:
        sentences: Headline and lead, with the places that are named in each.

    Returns:
        Each once, in text order.
    """
    found: dict[tuple[str, str], None] = {}
    for sentence, named in sentences:
        low = sentence.lower()
        if _PARTS.find_matches_as_indexes(low):
            for mark in _NAMED.finditer(sentence):
                if not _is_any(mark, sentence, named):
                    for name in _LIST.split(mark["before"] or mark["after"]):
                        found.setdefault((mark["province"] or "", name))
        if _DIRECTIONS.find_matches_as_indexes(low):
            for mark in _TOWARDS.finditer(sentence):
                place = _whole(mark["name"])
                for way in _WAYS:
                    if way in mark["way"]:
                        found.setdefault((place, way))
    return tuple(found)


def _is_any(mark: re.Match[str], sentence: str, named: Sequence[Mention]) -> bool:
    """Say whether no name is told, but whose it is: "a Ukrainian village", "the Shia quarter"."""
    start, end = mark.span("before")
    if start < 0:
        return False
    return (
        mark["before"].rpartition(" ")[2].lower() in _NO_NAME
        or _ANY.search(sentence[:start]) is not None
        or any(start <= each.start < end and each.name.kind != "place" for each in named)
    )


def _whole(name: str) -> str:
    """The first word of a name, and the second where the first is half of it: "Khan Younis"."""
    first, _, rest = name.partition(" ")
    return f"{first} {rest}" if len(first) <= _SHORT and rest not in _WHOLES else first
