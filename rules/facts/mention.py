"""A gazetteer name in a text, and how much it says of where things happened."""

from __future__ import annotations

from typing import NamedTuple

# "In Iraq" says where, and so does "the Syrian border"; a country before a verb, in "pro-Iran" or
# "US-led" says who; a demonym says either.
LOCATED, BORDER, TOWN, COUNTRY, DEMONYM, ACTOR = 3.0, 2.5, 2.0, 1.5, 1.0, 0.4
USUAL = {"demonym": DEMONYM, "country": COUNTRY, "place": TOWN}


class Name(NamedTuple):
    """A name of the gazetteer."""

    shown: str
    country: str
    kind: str  # country, demonym, place


class Mention(NamedTuple):
    """A gazetteer name in a text, and how much it says of where things happened."""

    name: Name
    start: int
    end: int
    weight: float
