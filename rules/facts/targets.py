"""Read what was hit: a market, a hospital, a tanker.

One town has one attack on its market and one on its bridge, in the same words. In English; whoever
says nothing of it contradicts nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, MatchKind

from rules.facts.words import bag

# What may be called by another's word in a report of the same attack is one kind: a base at an
# airport, a shelter in a school. Plain "ship", "building", "car", "station" are any of several.
_KINDS = {
    "home": "home, house, flat, apartment, residential, dwelling, high-rise, residence, villa, dormitory, orphanage",
    "school": "school, shelter, playground, football pitch, kindergarten, madrasa, madrassa, seminary",
    "university": "university, college, campus, library, laboratory, museum",
    "hospital": "hospital, clinic, pharmacy, medical centre, medical center, health centre, health center, maternity ward",
    "ambulance": "ambulance, fire engine, fire station, rescue workers' base",
    "market": "market, bazaar, souk, marketplace, shopping centre, shopping center, mall, supermarket, kiosk",
    "bakery": "bakery, mill, flour mill",
    "grain": "silo, grain store, granary, elevator",
    "place of worship": "mosque, church, monastery, temple, shrine, synagogue, cathedral, convent, husseiniya",
    "cemetery": "cemetery, graveyard, burial, funeral procession, mourners",
    "wedding": "wedding, banquet hall",
    "hotel or restaurant": "hotel, guesthouse, guest house, restaurant, cafe, café, tea shop, teahouse, nightclub",
    "base": "airport, airfield, air base, airbase, runway, base, barracks, garrison, outpost, military camp, army post, army camp",
    "radar": "radar, air defence battery, air defense battery, missile battery, launcher",
    "police": "police station, police post, police headquarters, police academy, police vehicle, checkpoint, roadblock",
    "border post": "customs post, customs office, border crossing, border post, border gate",
    "prison": "prison, jail, detention centre, detention center",
    "court": "courthouse, court building",
    "broadcaster": "radio station, television station, tv station, broadcaster, tv tower, television tower, radio mast, newsroom",
    "embassy": "embassy, consulate, diplomatic mission",
    "bridge": "bridge, overpass, viaduct",
    "tunnel": "tunnel",
    "port": "port, harbour, harbor, dock, shipyard, quay",
    "ferry": "ferry",
    "fishing boat": "fishing boat, fishing vessel, trawler, dinghy",
    "tanker": "tanker",
    "cargo ship": "cargo ship, container ship, bulk carrier, freighter, cargo vessel, merchant ship",
    "warship": "warship, frigate, destroyer, corvette, patrol boat, submarine, aircraft carrier",
    "oil": "refinery, oil depot, fuel depot, oil terminal, oil facility, oil plant, fuel tank, oil field, gas field, pipeline, gas plant",
    "petrol station": "petrol station, gas station, fuel station, filling station",
    "power": "power station, power plant, substation, power grid, energy facility, reactor, nuclear plant, nuclear site",
    "water": "waterworks, water plant, pumping station, water tower, water tank, reservoir, dam",
    "stores": "warehouse, ammunition depot, arms depot, weapons depot, munitions depot, arsenal, hangar",
    "factory": "factory, steelworks, cement works, workshop, sawmill, garage",
    "mine": "gold mine, coal mine, copper mine, jade mine, mine shaft, quarry",
    "bus": "bus, minibus",
    "bus station": "bus station, bus terminal, bus stop, bus depot",
    "train": "train, railway, metro, subway, rail line, locomotive",
    "car": "car, vehicle, pickup, pickup truck, motorcycle, motorbike, taxi",
    "lorry": "lorry, truck",
    "convoy": "convoy, motorcade",
    "helicopter": "helicopter",
    "plane": "airliner, passenger plane, cargo plane, transport plane",
    "camp": "refugee camp, displacement camp, displaced people's camp, tent",
    "stadium": "stadium, sports club, concert hall, theatre, theater, cinema",
    "aid": "aid queue, aid distribution, aid truck, aid convoy, food queue, aid warehouse",
    "farm": "farm, orchard, greenhouse",
}  # fmt: skip


_Y = re.compile("(?<![aeou])y$")


def _forms() -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, words in _KINDS.items():
        for word in words.split(", "):
            for form in (word, _Y.sub("ie", word) + "s", f"{word}es"):
                found.setdefault(form, kind)
    return found


# Longer names of which one is a part.
_NO_TARGETS = [
    "white house", "house of", "opera house", "school of", "college of", "car bomb", "truck bomb", "vehicle bomb", "lorry bomb",
    "motorcycle bomb", "taxi driver", "bus driver", "truck driver", "aircraft carrier strike group", "home town", "home minister",
    "home affairs", "home ministry", "car-bomb", "rescue helicopter", "house arrest",
]  # fmt: skip

_FORMS = {**_forms(), **dict.fromkeys(_NO_TARGETS, "")}
_WORDS = list(_FORMS)
_FIND = AhoCorasick(_WORDS, matchkind=MatchKind.LeftmostLongest)
# Where victims are taken, and where doctors speak.
_CARE = re.compile(r"\b(?:at|from|to|into|of|in)\s+(?:[\w'’-]+\s+){0,4}\Z")

# What is hit in other words: what a blow's verb or preposition leads to, a few small words and its noun.
_BLOW = (
    r"(?:hits?|struck|strikes?|storm(?:s|ed)?|bombs?|bombed|shell(?:s|ed)|target(?:s|ed)|raid(?:s|ed)?|torch(?:es|ed)|rams?|rammed"
    r"|attack(?:s|ed)?|destroy(?:s|ed)|damage[sd]|sets?|blows? up|blew up)"
)
_AT = (
    r"(?:attacks?|strikes?|blasts?|explosions?|bombs?|bombings?|raids?|assaults?|shelling|fire|thrown|rockets? fired|shots fired"
    r"|explod(?:es|ed)|went off|blew (?:himself|herself|itself) up|fell|falls?|lands?|landed|shootings?|ambush)"
    r" (?:on|at|in|into|inside|outside|near)"
)
_OBJECT = re.compile(
    rf"\b(?i:{_BLOW}|{_AT})\s+(?i:an?|the)\s+(?P<noun>(?:[a-z][a-z'’-]+\s+){{0,3}}?[a-z]{{3,}})"
    r"(?=[,.;:]|\s+(?:in|near|on|at|of|outside|inside|during|after|as|while|with|and|from|by|ablaze|afire|killing|wounding|injuring"
    r"|leaving|on fire|[A-Z\d])|\Z)"
)
# Nouns that may be any of several, or no thing at all.
_ANYTHING = bag(
    """
    target targets back out area areas site sites position positions building buildings people civilians villagers troops
    soldiers men women children militants fighters rebels forces group groups town city village villages capital region district
    country north south east west centre center ship vessel boat infrastructure facility facilities location locations parts
    several dozens suburb suburbs neighbourhood neighborhood province state border crowd gathering family residents passengers
    workers officers policemen police deal one others protest party night morning evening day midnight dawn least place object past
    station office settlement militia army government compound row block number series neighbor neighbour strip community road street
    """
)


def targets(headline: str, lead: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds of what was hit, each once, in text order; what is of no known kind, by its noun.

    Args:
        headline: In it a hospital is hit; articles that would show a noun are left out in it.
        lead: Sentences; in them a hospital is only if nobody is taken there and nobody speaks from there.
    """
    found: dict[str, None] = {}
    for is_headline, text in ((True, headline), *((False, each) for each in lead)):
        low = text.lower()
        spans = [
            (_FORMS[_WORDS[which]], start, end)
            for which, start, end in _FIND.find_matches_as_indexes(low)
            if not _is_inside(low, start, end)
        ]
        for kind, start, _ in spans:
            if kind and (is_headline or kind != "hospital" or not _CARE.search(low[:start])):
                found[kind] = None
        for mark in () if is_headline else _OBJECT.finditer(text):
            start, end = mark.span("noun")
            noun = mark["noun"].rpartition(" ")[2].removesuffix("s")
            known = any(start < behind and begin < end for _, begin, behind in spans)
            if not known and noun not in _ANYTHING and f"{noun}s" not in _ANYTHING:
                found[noun] = None
    return tuple(found)


def _is_inside(text: str, start: int, end: int) -> bool:
    """Whether a find is part of a longer word."""
    return text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()
