"""Read places and countries: the dateline first, then what is named most often.

Names are looked up by capitalised word in a hand-made table; text that is all capitals is
looked up without regard to case.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from rules.facts.words import bag
from rules.gazetteer.countries import COUNTRIES
from rules.gazetteer.middle_east import PLACES
from wirewatch.model import Field, Place, Span

_TOKEN = re.compile(r"(?:[A-Z]\.){2,}[A-Z]?|[^\W\d_](?:[\w'’ʼ]*\w)?")
_DATELINE = re.compile(
    r"\A\W*(?P<place>[A-Z][\w'’.-]*(?:[ -]+[A-Z(][\w'’.)-]*){0,4}(?:, [A-Z][\w'’.]*(?: [A-Z][\w'’.]*){0,2})?)"
    r"(?:,? (?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[\w.]*"
    r"(?: \d{1,4})*)?\s*(?:\([^)]{2,60}\)|\[[^\]]{2,60}\])?\s*(?:--?-?|—|–)\s"
)
_QUOTES = str.maketrans("’ʼ‘", "'''")
# Named like a country or town, but usually something else where the next or last word shows it.
_NOT_BEFORE = {
    "jordan": frozenset({"michael", "mr", "robert", "vernon", "hamilton", "eddie"}),
    "chad": frozenset({"mr"}),
    "washington": frozenset({"george", "denzel"}),
    "islamic state": frozenset(),
}
_WEAK = frozenset({"US", "GB", "FR", "RU"})
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


class Name(NamedTuple):
    """A name of the gazetteer."""

    shown: str
    country: str
    kind: str  # country, demonym, place


@cache
def _names() -> dict[str, list[tuple[tuple[str, ...], Name]]]:
    """Index the gazetteer by first word, longest name first; made at first use."""
    index: dict[str, list[tuple[tuple[str, ...], Name]]] = {}

    def add(spelling: str, name: Name) -> None:
        key = tuple(_fold(word) for word in _TOKEN.findall(spelling))
        if key:
            index.setdefault(key[0], []).append((key, name))

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
        for spelling in (name, *(o.strip() for o in others.split(";"))):
            add(spelling, Name(name, code, "place"))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


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


def _fold(word: str) -> str:
    word = word.translate(_QUOTES).lower().replace("'", "").replace(".", "")
    return word.translate(_ACCENTS)


_ACCENTS = str.maketrans("áàâäãåéèêëíìîïóòôöõúùûüçñşšžğýøłı", "aaaaaaeeeeiiiiooooouuuucnsszgyoli")


class Mention(NamedTuple):
    """A gazetteer name in a text."""

    name: Name
    start: int
    end: int
    is_located: bool


def mentions(text: str) -> list[Mention]:
    """Return the gazetteer's names in a text, longest first at each place, not overlapping."""
    index = _names()
    shouted = _is_shouted(text)
    found: list[Mention] = []
    tokens = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    folded = [_fold(word) for word, _, _ in tokens]
    at = 0
    while at < len(tokens):
        word = tokens[at][0]
        entries = index.get(folded[at]) if word[0].isupper() else None
        hit = _longest(entries, folded, at) if entries else None
        if hit is None or not _is_meant(hit, tokens, folded, at, shouted=shouted):
            at += 1
            continue
        key, name = hit
        last = at + len(key) - 1
        located = at > 0 and folded[at - 1] in _IN
        found.append(Mention(name, tokens[at][1], tokens[last][2], located))
        at = last + 1
    return found


def _longest(
    entries: list[tuple[tuple[str, ...], Name]], folded: list[str], at: int
) -> tuple[tuple[str, ...], Name] | None:
    for key, name in entries:
        if tuple(folded[at : at + len(key)]) == key:
            return key, name
    return None


def _is_meant(
    hit: tuple[tuple[str, ...], Name],
    tokens: list[tuple[str, int, int]],
    folded: list[str],
    at: int,
    *,
    shouted: bool,
) -> bool:
    """Say whether a name is meant as a place here."""
    key, name = hit
    word = tokens[at][0]
    if len(key) == 1 and key[0] in {"us", "uk", "uae", "drc", "car", "prc", "usa"}:
        return word.replace(".", "").isupper() and not (
            shouted and key[0] in {"us", "car"} and "." not in word
        )
    before = folded[at - 1] if at else ""
    joined = " ".join(key)
    if before in _NOT_BEFORE.get(joined, ()):
        return False
    if joined in _ORDINARY and name.kind == "place":
        return before in _IN
    return True


def _is_shouted(text: str) -> bool:
    letters = [c for c in text[:2000] if c.isalpha()]
    return bool(letters) and sum(c.isupper() for c in letters) > 0.7 * len(letters)


def dateline(text: str) -> str | None:
    """Return the country of the dateline a text opens with, or None."""
    match = _DATELINE.match(text[:200])
    if match is None:
        return None
    found = mentions(match["place"])
    return found[-1].name.country if found else None


def places(parts: list[tuple[Field, str, int]]) -> tuple[Place, ...]:
    """Return the places named in pieces of an article (field, text, offset), each name once."""
    found: dict[str, Place] = {}
    for field, text, offset in parts:
        for mention in mentions(text):
            if mention.name.kind == "demonym" or mention.name.shown in found:
                continue
            start, end = mention.start, mention.end
            span = Span("", field, offset + start, offset + end, text[start:end])
            found[mention.name.shown] = Place(mention.name.shown, mention.name.country, span)
    return tuple(found.values())


def countries(lead: list[str], body: str) -> tuple[str, ...]:
    """Return countries, most likely first: the dateline's, then by weight of mentions.

    Args:
        lead: Headline and first sentences: where a thing happened stands here.
        body: The whole text; only counts where the lead names nothing, and breaks ties.
    """
    weights: dict[str, float] = {}
    order: dict[str, int] = {}
    for text in lead:
        _weigh(text, weights, order)
    line = dateline(body)
    if line is not None:
        weights[line] = weights.get(line, 0.0) + _DATELINE_WEIGHT
        order.setdefault(line, len(order))
    if not weights:
        _weigh(body, weights, order)
    return tuple(sorted(weights, key=lambda code: (-weights[code], order[code])))


# A dateline decides unless the lead speaks of another country again and again; a place with a
# preposition ("in Iraq") says where, a demonym often who.
_DATELINE_WEIGHT = 3.0
_LOCATED, _NAMED, _TOWN, _DEMONYM = 3.0, 1.5, 2.0, 1.0


def _weigh(text: str, weights: dict[str, float], order: dict[str, int]) -> None:
    for mention in mentions(text):
        code = mention.name.country
        order.setdefault(code, len(order))
        weight = {"country": _NAMED, "place": _TOWN, "demonym": _DEMONYM}[mention.name.kind]
        if mention.is_located and mention.name.kind != "demonym":
            weight = _LOCATED
        weights[code] = weights.get(code, 0.0) + weight
