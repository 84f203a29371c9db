"""Usual spellings of Arabic, Persian and Hebrew names in Latin letters (`transliterate: true`).

A closed set of swaps, applied when rules are compiled and printable with `rules show`. Nothing is
fuzzy when articles are read: an alert that rests on a guess can't be explained.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

MAX_SPELLINGS = 200

_ARTICLES = ("al", "el", "ul", "as", "ash", "ad", "ar", "an", "at", "az")
_SWAPS = (
    ("ee", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("u", "o"),
    ("o", "u"),
    ("i", "e"),
    ("e", "i"),
    ("q", "k"),
    ("k", "q"),
    ("kh", "h"),
    ("gh", "g"),
    ("dh", "d"),
    ("th", "t"),
    ("sh", "ch"),
    ("y", "i"),
    ("aa", "a"),
    ("ai", "ay"),
    ("ei", "ai"),
    ("j", "dj"),
    ("w", "v"),
)
_ENDINGS = (("ah", "a"), ("a", "ah"), ("eh", "a"), ("a", "eh"), ("iyya", "iya"), ("iya", "iyya"))


def spellings(name: Sequence[str]) -> list[tuple[str, ...]]:
    """Return other spellings of a name's folded words, the closest first, at most 200."""
    found: dict[tuple[str, ...], None] = {tuple(name): None}
    for _ in range(2):  # two swaps away covers what newspapers do; more is noise
        for row in list(found):
            for other in islice(_one_away(row), MAX_SPELLINGS):
                found[other] = None
            if len(found) > MAX_SPELLINGS:
                break
    return list(islice((row for row in found if row != tuple(name)), MAX_SPELLINGS))


def _one_away(row: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    for n, word in enumerate(row):
        if word in _ARTICLES and n + 1 < len(row):
            yield row[:n] + row[n + 1 :]
            yield from ((*row[:n], other, *row[n + 1 :]) for other in ("al", "el") if other != word)
            yield (*row[:n], word + row[n + 1], *row[n + 2 :])
        elif word.isascii() and len(word) > 3:
            yield from ((*row[:n], other, *row[n + 1 :]) for other in _word_one_away(word))


def _word_one_away(word: str) -> Iterable[str]:
    for old, new in _SWAPS:
        if old in word:
            yield word.replace(old, new, 1)
    for old, new in _ENDINGS:
        if word.endswith(old):
            yield word.removesuffix(old) + new
    for at in range(len(word) - 1):
        if word[at] == word[at + 1]:
            yield word[:at] + word[at + 1 :]
