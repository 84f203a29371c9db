"""Words of harm: what kind each is, and which way it looks for its victims."""

from __future__ import annotations

from itertools import pairwise

from ahocorasick_rs import AhoCorasick

from rules.facts import words
from rules.facts.reader import Reader
from wirewatch.model import TollKind

_STEMS = (
    "kill", "dead", "wound", "injur", "died", "dies", "death", "slain", "slay", "murder", "shot ", "shoot", "hurt",
    "fatalit", "casualt", "toll", "lives", "bodies", "body", "perish", "execut", "massacr", "assassin",
    "behead", "gunned", "gun down", "guns down", "lost ", "losing", "blew themselves", "succumbed", "die ",
    "maim", "martyr", "lynch", "slaughter", "butcher", "decapitat", "slew", "dying", "his life", "her life",
    "hanged", "drown", "suffocat", "burnt", "burned", "burns", "wiped out", "wipes out", "wiping out", "eliminat",
    " kia", " wia", "hospital", "treated", "loss of life", "loss of lives", "to death", "shell wounds",
)  # fmt: skip


def tells_harm(low: str) -> bool:
    """Say quickly whether a text in lower case may speak of casualties."""
    return bool(_HARM.find_matches_as_indexes(low))


_HARM = AhoCorasick(_STEMS)


# The way a word of harm takes its victims.
LEFT, RIGHT, EITHER, TOLL = "left", "right", "either", "toll"


def harm_at(reader: Reader, at: int) -> tuple[TollKind, int, str] | None:
    """Read the word of harm that starts at `at`: kind, where it ends, which way it looks."""
    low = reader.low(at)
    phrase = _phrase_at(reader, at)
    if phrase is not None:
        return phrase
    if low in _TO_DEATH:
        # "Hacked eight farmers to death".
        ahead = reader.lows[at + 1 : at + 10]
        is_fatal = ("to", "death") in pairwise(ahead)
        return (TollKind.KILLED, at + 1, RIGHT) if is_fatal else None
    killed, injured = TollKind.KILLED, TollKind.INJURED
    if low in _ABBREVIATED:
        is_meant = reader.words[at].text.isupper()  # and not the car
        return (_ABBREVIATED[low], at + 1, LEFT) if is_meant else None
    if low in words.KILL:
        return killed, at + 1, RIGHT if low in words.ACTIVE_ONLY else EITHER
    if low in words.DIE:
        return killed, at + 1, LEFT
    if low in words.INJURE:
        if low == "wounds" and reader.low(at - 1) in _BEFORE_NOUN:
            return None
        return injured, at + 1, RIGHT if low in words.ACTIVE_ONLY else EITHER
    return None


_TO_DEATH = words.bag("hacked hacks stabbed stabs beat beats clubbed burned burnt crushed trampled")
_ABBREVIATED = {"kia": TollKind.KILLED, "wia": TollKind.INJURED}
_BEFORE_NOUN = words.bag("of their his her gunshot shrapnel stab bullet the from to")
_PHRASES: tuple[tuple[str, TollKind, str], ...] = (
    ("death toll", TollKind.KILLED, TOLL),
    ("number of dead", TollKind.KILLED, TOLL),
    ("number of deaths", TollKind.KILLED, TOLL),
    ("number of people killed", TollKind.KILLED, TOLL),
    ("number killed", TollKind.KILLED, TOLL),
    ("toll", TollKind.KILLED, TOLL),
    ("body count", TollKind.KILLED, TOLL),
    ("estimates of the dead", TollKind.KILLED, TOLL),
    ("estimates of the number of dead", TollKind.KILLED, TOLL),
    ("dead numbered", TollKind.KILLED, TOLL),
    ("number of wounded", TollKind.INJURED, TOLL),
    ("number of injured", TollKind.INJURED, TOLL),
    ("deaths of", TollKind.KILLED, RIGHT),
    ("death of", TollKind.KILLED, RIGHT),
    ("killing of", TollKind.KILLED, RIGHT),
    ("murder of", TollKind.KILLED, RIGHT),
    ("beheading of", TollKind.KILLED, RIGHT),
    ("lives of", TollKind.KILLED, RIGHT),
    ("bodies of", TollKind.KILLED, RIGHT),
    ("body of", TollKind.KILLED, RIGHT),
    ("deaths", TollKind.KILLED, LEFT),
    ("fatalities", TollKind.KILLED, LEFT),
    ("bodies", TollKind.KILLED, LEFT),
    ("lives", TollKind.KILLED, LEFT),
    ("lost their lives", TollKind.KILLED, LEFT),
    ("lose their lives", TollKind.KILLED, LEFT),
    ("lost his life", TollKind.KILLED, LEFT),
    ("lost her life", TollKind.KILLED, LEFT),
    ("blew themselves up", TollKind.KILLED, LEFT),
    ("succumbed to", TollKind.KILLED, LEFT),
    ("bled to death", TollKind.KILLED, LEFT),
    ("starved to death", TollKind.KILLED, LEFT),
    ("froze to death", TollKind.KILLED, LEFT),
    ("choked to death", TollKind.KILLED, LEFT),
    ("crushed to death", TollKind.KILLED, EITHER),
    ("trampled to death", TollKind.KILLED, EITHER),
    ("burnt to death", TollKind.KILLED, EITHER),
    ("burnt alive", TollKind.KILLED, EITHER),
    ("burned alive", TollKind.KILLED, EITHER),
    ("fatally shot", TollKind.KILLED, EITHER),
    ("fatally wounded", TollKind.KILLED, EITHER),
    ("fatally injured", TollKind.KILLED, EITHER),
    ("mortally wounded", TollKind.KILLED, EITHER),
    ("wiped out", TollKind.KILLED, RIGHT),
    ("wipes out", TollKind.KILLED, RIGHT),
    ("wiping out", TollKind.KILLED, RIGHT),
    ("eliminate", TollKind.KILLED, RIGHT),
    ("eliminates", TollKind.KILLED, RIGHT),
    ("eliminated", TollKind.KILLED, RIGHT),
    ("eliminating", TollKind.KILLED, RIGHT),
    ("hanged", TollKind.KILLED, EITHER),
    ("gunned down", TollKind.KILLED, EITHER),
    ("guns down", TollKind.KILLED, RIGHT),
    ("gun down", TollKind.KILLED, RIGHT),
    ("shot dead", TollKind.KILLED, EITHER),
    ("shot and killed", TollKind.KILLED, EITHER),
    ("shoot dead", TollKind.KILLED, RIGHT),
    ("shoots dead", TollKind.KILLED, RIGHT),
    ("shot to death", TollKind.KILLED, EITHER),
    ("stabbed to death", TollKind.KILLED, EITHER),
    ("hacked to death", TollKind.KILLED, EITHER),
    ("burned to death", TollKind.KILLED, EITHER),
    ("beaten to death", TollKind.KILLED, EITHER),
    ("lost", TollKind.KILLED, RIGHT),
    ("losing", TollKind.KILLED, RIGHT),
    ("injury of", TollKind.INJURED, RIGHT),
    ("injuries of", TollKind.INJURED, RIGHT),
    ("wounding of", TollKind.INJURED, RIGHT),
    ("injuries", TollKind.INJURED, LEFT),
    ("suffered injuries", TollKind.INJURED, LEFT),
    ("sustained injuries", TollKind.INJURED, LEFT),
    ("treatment for injuries", TollKind.INJURED, LEFT),
    ("treated for injuries", TollKind.INJURED, LEFT),
    ("suffered burns", TollKind.INJURED, LEFT),
    ("suffered wounds", TollKind.INJURED, LEFT),
    ("suffered shrapnel wounds", TollKind.INJURED, LEFT),
    ("suffered gunshot wounds", TollKind.INJURED, LEFT),
    ("being treated", TollKind.INJURED, LEFT),
    ("hospitalised", TollKind.INJURED, LEFT),
    ("hospitalized", TollKind.INJURED, LEFT),
    ("to hospital", TollKind.INJURED, LEFT),
    ("to hospitals", TollKind.INJURED, LEFT),
)
_BY_FIRST: dict[str, list[tuple[list[str], TollKind, str]]] = {}
for _text, _kind, _way in _PHRASES:
    _BY_FIRST.setdefault(_text.split()[0], []).append((_text.split(), _kind, _way))
for _group in _BY_FIRST.values():
    _group.sort(key=lambda entry: -len(entry[0]))
STARTS = (
    words.KILL
    | words.DIE
    | words.INJURE
    | frozenset(_BY_FIRST)
    | frozenset(_ABBREVIATED)
    | _TO_DEATH
)


def _phrase_at(reader: Reader, at: int) -> tuple[TollKind, int, str] | None:
    for phrase, kind, way in _BY_FIRST.get(reader.low(at), ()):
        end = at + len(phrase)
        if all(reader.low(at + i) == word for i, word in enumerate(phrase)):
            if phrase[0] in {"lost", "losing"} and len(phrase) == 1 and not _is_loss(reader, end):
                return None
            if phrase[0] in _OF_PERSONS and not _are_persons(reader, end):
                return None
            if phrase == ["lives"] and reader.low(at - 1) in {"their", "his", "her", "our"}:
                return None
            return kind, end, way
    return None


# Jobs are wiped out and teams eliminated, too.
_OF_PERSONS = words.bag("wiped wipes wiping eliminate eliminates eliminated eliminating")


def _are_persons(reader: Reader, at: int) -> bool:
    count = reader.by_first.get(at)
    return count is not None and count.is_person


_LOSABLE = words.bag(
    """
    soldier soldiers men fighters fighter troops policemen militants rebels officers marines
    """
)


def _is_loss(reader: Reader, at: int) -> bool:
    """Say whether soldiers were lost, and not seats."""
    count = reader.by_first.get(at)
    return count is not None and count.head in _LOSABLE


def also_other_kind(reader: Reader, end: int) -> int | None:
    """After "killed or wounded" one number stands for both: say where the pair ends."""
    if reader.low(end) in {"or", "and", "/", "and/or"} and (
        reader.low(end + 1) in {"wounded", "injured", "hurt", "maimed", "killed", "dead", "missing"}
        and reader.by_first.get(end + 2) is None
        and reader.low(end + 2) not in {"some", "an"}
    ):
        return end + 2
    return None


_HYPOTHETICAL = words.bag(
    """
    could would might should will can must cannot can't won't didn't couldn't wouldn't never
    """
)


def is_hypothetical(reader: Reader, at: int) -> bool:
    """Say whether the harm is only threatened, planned, feared or denied."""
    low = reader.low(at)
    back = at - 1
    while reader.low(back) in {"have", "be", "been", "also", "even", "easily"}:
        back -= 1
    before = reader.low(back)
    if before == "not" or before in _HYPOTHETICAL:
        return True
    return (
        before == "to"
        and low not in words.DIE
        and not low.endswith(("ed", "n", "hurt"))
        and (
            reader.low(back - 1) not in {"claim", "claimed", "claims", "managed", "continued"}
            or reader.low(at - 1) == "to"
        )
    )
