"""Read places and countries: the dateline first, then what is named most often.

Names are looked up by capitalised word in a hand-made table; text that is all capitals is
looked up without regard to case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind

from rules.facts import scripts
from rules.facts.mention import ACTOR, BORDER, LOCATED, USUAL, Mention, Name
from rules.facts.prior import is_recalled
from rules.facts.words import bag
from rules.gazetteer.countries import COUNTRIES
from rules.gazetteer.middle_east import PLACES
from wirewatch.model import Field, Place, Span

_LINE = re.compile(
    r"\A\W*(?P<place>[A-Z][\w'’.-]*(?:[ -]+[A-Z(][\w'’.)-]*){0,4}(?:, [A-Z][\w'’.]*(?: [A-Z][\w'’.]*){0,2})?)"
    r"(?:,? (?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[\w.]*"
    r"(?: \d{1,4})*)?\s*(?:\([^)]{2,60}\)|\[[^\]]{2,60}\])?\s*(?:--?-?|—|–)\s"
)
# Named like a country or town, but usually something else where the next or last word shows it.
_NOT_BEFORE = {
    "jordan": frozenset({"michael", "mr", "robert", "vernon", "hamilton", "eddie"}),
    "chad": frozenset({"mr"}),
    "washington": frozenset({"george", "denzel"}),
}
_ORDINARY = bag(
    """
    hit kut balad cali leon meta magdalena cesar colon santander nice split aurora ferguson male
    orlando phoenix bor leer tank swat cork darwin perth lamu marka palma salisbury dali rada
    santiago san martin
    """
)
_IN = bag(
    """
    in near at inside outside across around of from northern southern eastern western central
    """
)


@cache
def country_codes() -> tuple[str, ...]:
    """Return the ISO 3166 code of every country that can be read, in order."""
    lines = (*COUNTRIES.strip().splitlines(), *PLACES.strip().splitlines())
    return tuple(sorted({line.partition("|")[0].strip() for line in lines}))


@cache
def _names() -> tuple[AhoCorasick, list[Name]]:
    """Make the automaton of all spellings, folded, and what each stands for; at first use."""
    known: dict[str, Name] = {}

    def add(spelling: str, name: Name) -> None:
        folded = _fold(spelling)
        for form in (folded, folded.replace("'", ""), folded.replace("-", " ")):
            known.setdefault(form, name)

    for line in COUNTRIES.strip().splitlines():
        code, names, demonyms, cities = (part.strip() for part in line.split("|"))
        spelled = [n.strip() for n in names.split(";") if n.strip()]
        for spelling in spelled:
            add(spelling, Name(spelled[0], code, "country"))
        for spelling in _demonyms(demonyms):
            add(spelling, Name(spelled[0], code, "demonym"))
        for city in filter(None, (c.strip() for c in cities.split(";"))):
            add(city, Name(city, code, "place"))
    for line in PLACES.strip().splitlines():
        code, name, others = (part.strip() for part in line.split("|"))
        for spelling in (name, *(o.strip() for o in others.split(";") if o.strip())):
            add(spelling, Name(name, code, "place"))
    automaton = AhoCorasick(list(known), matchkind=MatchKind.LeftmostLongest)
    return automaton, list(known.values())


def _demonyms(text: str) -> list[str]:
    """Split demonyms; those of two words ("North Korean") are kept whole."""
    if re.search(
        r"\b(?:North|South|Saudi Arabian|Costa|Sri|New|Central|Papua|Cape|Puerto|Sierra)\b", text
    ):
        pairs = re.findall(
            r"(?:North|South|Costa|Sri|New|Central|Papua New|Cape|Puerto|Sierra) \w+|Saudi Arabian|\w+",
            text,
        )
        return list(pairs)
    return text.split()


def _fold(text: str) -> str:
    """Fold case, accents and apostrophes without changing the length."""
    low = text.lower()
    if low.isascii():
        return low
    low = low.replace("’", "'").replace("–", "-")  # mostly that is all
    if not low.isascii():
        low = _FOLDABLE.sub(_folded, low)  # `translate` looks up every letter
    return low if len(low) == len(text) else text.translate(_FOLDED)


_FOLDED = str.maketrans(
    "áàâäãåéèêëíìîïóòôöõúùûüçñşšžğýøłı’ʼ‘–", "aaaaaaeeeeiiiiooooouuuucnsszgyoli'''-"
)
_FOLDABLE = re.compile(f"[{''.join(map(chr, _FOLDED))}]")


def _folded(letter: re.Match[str]) -> str:
    return letter[0].translate(_FOLDED)


_ALSO = re.compile(r"\s*(?:,|and|or|/|,\s*and)\s*\Z")
_PLACE_AFTER = re.compile(
    r"(?:[-–/][A-Z]\w+)?\s(?:border|soil|territory|town|city|province|village|capital|airspace|region"
    r"|coast|desert|district|island|BORDER|CITY|TOWN)\b"
)
_ACTOR_AFTER = re.compile(
    r"(?:-|\s)(?:backed|led|aligned|linked|sponsored)\b"
    r"|\s(?:(?:has|have|had|will|would|also)\s)?(?:says?|said|str(?:ikes?|uck)|launch(?:es|ed)?|accuse[sd]?|warn(?:s|ed)|vow(?:s|ed)"
    r"|order(?:s|ed)|denie[sd]|condemn(?:s|ed)|kill(?:s|ed)|bomb(?:s|ed)|hits?|attack(?:s|ed)|claim(?:s|ed)|blame[sd]|send[s]?|sent"
    r"|announce[sd]?|want(?:s|ed)|worried|called|calls|is|was|and [A-Z]\w+ (?:agree|sign|fight|clash))\b"
)
_ACTOR_BEFORE = frozenset(["pro", "anti", "between", "against", "by"])


def _weight(
    name: Name, text: str, start: int, end: int, before: str, last: Mention | None
) -> float:
    if name.kind != "demonym":
        if before in _IN:
            return LOCATED
        if last is not None and last.weight == LOCATED and _ALSO.match(text, last.end, start):
            return LOCATED
    if _PLACE_AFTER.match(text, end):
        return BORDER
    if before in _ACTOR_BEFORE or name.shown == "Washington" or _ACTOR_AFTER.match(text, end):
        return ACTOR
    return USUAL[name.kind]


def mentions(
    text: str,
    *,
    shouted: bool = False,
    is_place: bool = False,
    only: frozenset[str] = frozenset(),
) -> list[Mention]:
    """Return the gazetteer's names in a text, longest first at each place, not overlapping.

    Args:
        text: A sentence or more.
        shouted: The text is all capitals.
        is_place: It is known to name places (a dateline), so that no name is doubted.
        only: Countries asked for; empty means all.
    """
    automaton, names = _names()
    folded = _fold(text)
    found: list[Mention] = []
    for number, start, end in automaton.find_matches_as_indexes(folded):
        name = names[number]
        if (only and name.country not in only) or not text[start].isupper():
            continue
        if not _is_whole(folded, start, end):
            continue
        before = _word_before(folded, start)
        key = folded[start:end]
        if is_place or _is_meant(key, name, text[start:end], before, shouted=shouted):
            last = found[-1] if found else None
            found.append(Mention(name, start, end, _weight(name, text, start, end, before, last)))
    return found if text.isascii() else [*found, *scripts.mentions(text)]


def _is_whole(text: str, start: int, end: int) -> bool:
    return not (start and text[start - 1].isalnum()) and not text[end : end + 1].isalnum()


def _word_before(text: str, start: int) -> str:
    """The word before an offset; an article is stepped over ("in the Sinai"), a hyphen joins."""
    words = text[max(0, start - 24) : start].replace("-", " ").rsplit(None, 2)
    if words and words[-1] == "the":
        words.pop()
    return words[-1] if words and words[-1].isalpha() else ""


def _is_meant(key: str, name: Name, word: str, before: str, *, shouted: bool) -> bool:
    """Say whether a name is meant as a place here."""
    if key in _SHORT:
        if not word.isupper():
            return False
        return not (shouted and key in {"us", "car"})
    if before in _NOT_BEFORE.get(key, ()):
        return False
    return before in _IN if key in _ORDINARY and name.kind == "place" else True


_SHORT = frozenset({"us", "uk", "uae", "drc", "car", "prc", "usa"})


def is_shouted(text: str) -> bool:
    """Say whether a text is set in capitals: then a capital says nothing."""
    opening = text[:200]
    letters = sum(map(str.isalpha, opening))
    return letters > 0 and sum(map(str.isupper, opening)) > 0.7 * letters


def dateline(text: str) -> str | None:
    """Return the country of the dateline a text opens with, or None."""
    match = _LINE.match(text[:200])
    if match is None:
        return None
    found = mentions(match["place"], is_place=True)
    return found[-1].name.country if found else None


def places(pieces: list[tuple[Field, int, str, list[Mention]]]) -> tuple[Place, ...]:
    """Return the places named in pieces of an article (field, offset, text, mentions), each once.

    Where other towns are named, one that only says where another lies ("a base north of Baghdad") or
    where an earlier attack was ("in answer to strikes on Nabatieh") is left out.
    """
    found: dict[str, Place] = {}
    for field, offset, text, named in pieces:
        for name, start, end, _ in named:
            if name.kind != "demonym" and name.shown not in found:
                span = Span("", field, offset + start, offset + end, text[start:end])
                found[name.shown] = Place(
                    name.shown,
                    name.country,
                    span,
                    is_country=name.kind == "country",
                    is_region=name.shown in _REGIONS,
                )
    towns = [p.name for p in found.values() if not (p.is_country or p.is_region)]
    if len(towns) > 1:
        meant = {
            each.name.shown
            for _, _, text, named in pieces
            for each in named
            if not (_BESIDE.search(text[: each.start]) or is_recalled(text, each.start))
        }
        if not meant.isdisjoint(towns):
            return tuple(
                p for p in found.values() if p.is_country or p.is_region or p.name in meant
            )
    return tuple(found.values())


# What has towns of its own; of a town's name that is its province's too ("Idlib") nobody can tell.
_REGIONS = frozenset(
    """Gaza|Gaza Strip|Golan|Golan Heights|Galilee|Negev|Sinai|North Sinai|Anbar|Nineveh|Diyala|Salahuddin|Babil|Dhi Qar|Maysan
    |Wasit|Muthanna|Iraqi Kurdistan|Rojava|Rif Dimashq|Bekaa|Jawf|Shabwa|Abyan|Hadramawt|Lahj|Mahra|Helmand|Kashmir|Punjab
    |Balochistan|Sindh|Khyber|Khyber Agency|Khyber Pakhtunkhwa|Waziristan|North Waziristan|South Waziristan|Darfur|North Darfur
    |South Darfur|West Darfur|South Kordofan|Unity State|Tigray|Amhara|Oromia|Puntland|Somaliland|North Kivu|South Kivu|Ituri
    |Cabo Delgado|Borno|Borno State|Plateau State|Rakhine|Kachin|Shan State|Mindanao|Xinjiang|Tibet|Crimea|Donbas|Donbass
    |Chechnya|Dagestan|North Ossetia|South Ossetia|Abkhazia|Transnistria|Nagorno-Karabakh""".replace(
        "\n    ", ""
    ).split("|")
)
_BESIDE = re.compile(r"\b(?:north|south)?-?(?:north|south|east|west) of (?:the )?\Z")


# A dateline decides unless the lead speaks of other countries and never of the dateline's: that
# is how foreign bureaus write.
_DATELINE, _FOREIGN, _BEYOND = 3.0, 1.0, 0.3


def countries(
    lead: list[list[Mention]],
    beyond: Callable[[frozenset[str]], list[Mention]],
    line: str | None,
) -> tuple[str, ...]:
    """Return countries, most likely first: the dateline's, then by weight of mentions.

    Args:
        lead: Mentions in the headline and each of the first sentences.
        beyond: Gives the mentions of these countries behind them (of all, if none are named);
            they count little, and are only looked for where they decide.
        line: The dateline's country.
    """
    weights: dict[str, float] = {}
    for mention in (mention for named in lead for mention in named):
        code = mention.name.country
        weights[code] = weights.get(code, 0.0) + mention.weight
    first = set(weights)
    named = frozenset(first | {line} if line else first)
    for mention in beyond(named) if len(named) != 1 else ():
        code = mention.name.country
        weights[code] = weights.get(code, 0.0) + _BEYOND * mention.weight
    if line is not None:
        is_foreign = line not in first and bool(first)
        weights[line] = weights.get(line, 0.0) + (_FOREIGN if is_foreign else _DATELINE)
    if first or line:
        weights = {code: w for code, w in weights.items() if code in first or code == line}
    return tuple(sorted(weights, key=lambda code: -weights[code]))
