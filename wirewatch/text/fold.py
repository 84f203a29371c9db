"""Which characters count as the same when words are compared.

Case and compatibility forms fold in every script. Accents fold on Latin letters only: stripping
them everywhere would turn Russian й into и and take the vowels from Hindi. Arabic loses vowel
marks and tatweel and its spelling variants become one; Hebrew loses its points. Scripts written
without spaces become one word per character, so that a phrase is an exact substring there.

ASCII is not folded here but by the caller's table; everything else comes as runs of non-ASCII.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

APOSTROPHES = "'`´‘’‛ʹʻʼʽʾʿˈ′׳＇"

# A quote mark goes on with the run only before a Hebrew letter, where it may be a gershayim.
RUN = re.compile('[^\x00-\x7f](?:[^\x00-\x7f]|"(?=[\u05d0-\u05ea]))*')

GERSHAYIM = '"״'
_INNER_GERSHAYIM = re.compile(f"(?<=[\u05d0-\u05ea])[{GERSHAYIM}](?=[\u05d0-\u05ea])")
_ARABIC = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06ff]")
_ZWNJ = "\u200c"

# Letters that NFD does not take apart, and spellings that only differ by habit.
_SAME = {
    **dict(zip("øłıđðħŧŀ", "oliddhtl", strict=True)),
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ё": "е",
    **dict(zip("أإآٱىیےکةہۀؤئ", "ااااييےكهههوي", strict=True)),
    "ـ": "",
}

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # ideographic repetition and zero
    (0x3040, 0x312F),  # kana, bopomofo
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
# Marks that carry no meaning for us: Latin accents and Cyrillic stress that did not compose, Hebrew
# points, Arabic vowels, variation selectors, enclosing and half marks.
_DROPPED_MARKS = (
    (0x0300, 0x036F),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)
_CACHED_LENGTH = 64
_CACHED_RUNS = 50_000


class _Before(dict[int, str]):
    """What symbols become before NFKC, which would turn ™ into letters; filled as met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in APOSTROPHES:
            value = "'"
        else:
            value = " " if unicodedata.category(char)[0] == "S" else char
        self[code] = value
        return value


class _After(dict[int, str]):
    """What a character in NFKC becomes; filled as met, at most once per code point."""

    def __missing__(self, code: int) -> str:
        value = _folded(chr(code))
        self[code] = value
        return value


def _folded(char: str) -> str:
    if char.isascii():
        return char
    if char in _SAME:
        return _SAME[char]
    kind = unicodedata.category(char)
    if kind == "Cf" or (kind[0] == "M" and _within(char, _DROPPED_MARKS)):
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if kind[0] not in "LMN":
        return " "
    if _within(char, _UNSPACED):
        return f" {char} "
    base = unicodedata.normalize("NFD", char)[0]
    if base in _SAME:  # ǿ is ø with an accent
        return _SAME[base]
    return base if base.isascii() else char


def _within(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= ord(char) <= high for low, high in ranges)


_BEFORE, _AFTER = _Before(), _After()


def fold_run(run: str) -> str:
    """Return a run of non-ASCII characters as letters, digits, apostrophes and spaces.

    Other ASCII may be left in it (NFKC of full-width forms): the caller's table decides about it.
    """
    return _fold_short(run) if len(run) <= _CACHED_LENGTH else _fold(run)


def fold_run_cased(run: str) -> str:
    """Return `fold_run(run)` with its case kept, aligned to it byte by byte.

    A character whose folded form has another length (ß, İ) is given folded.
    """
    lower = fold_run(run)
    pieces = [
        (_fold(char), char.translate(_AFTER) if char.isalpha() else _fold(char))
        for char in unicodedata.normalize("NFKC", _without_joiners(run).translate(_BEFORE))
    ]
    if "".join(folded for folded, _ in pieces) != lower:
        return lower
    return "".join(
        cased if len(cased.encode()) == len(folded.encode()) else folded for folded, cased in pieces
    )


def belongs_to_letter(run: str, at: int) -> bool:
    """Decide whether a character is folded together with the letter before it.

    Marks, joiners, the half-width voicing marks of kana, the later parts of a Korean syllable, and
    a gershayim inside a Hebrew word.
    """
    char = run[at]
    return (
        unicodedata.category(char)[0] == "M"
        or char in "\u200c\u200d\uff9e\uff9f"
        or "\u1160" <= char <= "\u11ff"
        or (char in GERSHAYIM and _INNER_GERSHAYIM.match(run, at) is not None)
    )


def _without_joiners(run: str) -> str:
    # Persian separates the parts of a word by a zero-width non-joiner where others write a space
    # or nothing; elsewhere it only shapes letters.
    if _ZWNJ in run:
        run = run.replace(_ZWNJ, " " if _ARABIC.search(run) else "")
    if '"' in run or "״" in run:
        run = _INNER_GERSHAYIM.sub("", run)
    return run


def _fold(run: str) -> str:
    run = unicodedata.normalize("NFKC", _without_joiners(run).translate(_BEFORE))
    # Casefolding can take letters apart again (ΐ): NFKC once more.
    return unicodedata.normalize("NFKC", run.casefold()).translate(_AFTER)


_fold_short = lru_cache(maxsize=_CACHED_RUNS)(_fold)
