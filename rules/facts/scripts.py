"""Find places named in Arabic, Hebrew or Cyrillic letters.

By whole words, folded as rules fold them, with the particles and case endings that these languages
write in one with a name: `بالعراق` is in Iraq, `Ираке` is Iraq.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product

from rules.facts.mention import LOCATED, USUAL, Mention, Name
from rules.gazetteer.countries import COUNTRIES
from rules.gazetteer.other_scripts import ELSEWHERE, FORMS
from rules.inflect import case_endings, proclitics
from wirewatch.text import words
from wirewatch.text.tokens import tokens

_LETTERS = re.compile("[\u0400-\u052f\u05d0-\u05ea\u0620-\u06ff]")
# in, from, near, on, at; north, south, east, west, centre of; town, province
_IN = frozenset(
    words(
        "في من قرب على عند شمال شمالي جنوب جنوبي شرق شرقي غرب غربي وسط مدينة محافظة بلدة قضاء مخيم بمخيم لمخيم "
        "در از نزدیک شمال جنوب شرق غرب شهر استان "
        "בעיר ליד בצפון בדרום במזרח במערב в из на под близ около севере юге востоке западе"
    )
)
# Existing, the friend, embryo, squares, tenderness, areas: towns only where a word says so.
_ORDINARY = frozenset(words("القائم الخليل جنين الميادين الرقة البقاع"))
# "By Iraq", "in Iraq": written in one with the name.
_IN_ONE = ("ب", "وب", "ב", "וב")


def mentions(text: str) -> list[Mention]:
    """Return the names in a text, longest first at each place, not overlapping."""
    if _LETTERS.search(text) is None:
        return []
    known, longest = _names()
    read = tokens(text)
    found: list[Mention] = []
    at = 0
    while at < len(read):
        for size in range(min(longest, len(read) - at), 0, -1):
            key = " ".join(token.text for token in read[at : at + size])
            name = known.get(key)
            before = read[at - 1].text if at else ""
            if name is not None and (key not in _ORDINARY or before in _IN):
                start, end = read[at].start, read[at + size - 1].end
                found.append(Mention(name, start, end, _weight(name, key, before)))
                at += size
                break
        else:
            at += 1
    return found


def _weight(name: Name, key: str, before: str) -> float:
    if name.kind == "demonym":
        return USUAL[name.kind]
    in_one = any(key.removeprefix(each) != key and key not in _bare() for each in _IN_ONE)
    return LOCATED if in_one or before in _IN else USUAL[name.kind]


@cache
def _names() -> tuple[dict[str, Name], int]:
    """Every written form of every name, folded, and how many words the longest has; at first use."""
    known: dict[str, Name] = {}
    for name, language, form in _forms():
        rows = [
            [
                ending
                for each in _with_particles(word, first=n == 0, language=language)
                for ending in case_endings(each, language)
            ]
            for n, word in enumerate(words(form))
        ]
        for row in product(*rows):
            known.setdefault(" ".join(row), name)
    return known, max(key.count(" ") + 1 for key in known)


def _with_particles(word: str, *, first: bool, language: str) -> Iterator[str]:
    """Yield a name with particles before it; its article is a part of it: القائم is a town, قائم is not."""
    for form in proclitics(word, first=first, language=language):
        particle = form.removesuffix(word)
        if word.startswith("ال"):
            if particle != form or form.endswith(f"لل{word[2:]}"):
                yield form
        elif "ا" not in particle and not particle.endswith("لل"):
            yield form


@cache
def _bare() -> frozenset[str]:
    return frozenset(" ".join(words(form)) for _, _, form in _forms())


def _forms() -> Iterator[tuple[Name, str, str]]:
    states = {line.split("|")[1].split(";")[0].strip() for line in COUNTRIES.strip().splitlines()}
    for line in filter(None, (FORMS + ELSEWHERE).splitlines()):
        code, shown, spelled = (part.strip() for part in line.split("|"))
        for part in spelled.split(";"):
            language, _, listed = part.partition(":")
            names, _, adjectives = listed.partition("/")
            kinds = (("country" if shown in states else "place", names), ("demonym", adjectives))
            for kind, written in kinds:
                for form in filter(None, map(str.strip, written.split(","))):
                    yield Name(shown, code, kind), language.strip(), form
