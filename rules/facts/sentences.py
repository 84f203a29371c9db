"""Cut text into sentences, well enough for agency prose. Offsets are kept."""

from __future__ import annotations

import re
from typing import NamedTuple

# A full stop, question or exclamation mark, closing quotes, blank, then a capital, digit or quote;
# or a paragraph break.
_END = re.compile(r"""[.!?…]+["'”’»)\]]*\s+(?=["'“‘«(\[]?[A-Z0-9À-ÞЀ-Я؀-ۿ])|\n\s*\n|\n(?=\S)""")
# Words before a full stop that don't end a sentence: titles, months, ranks, and single letters.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\"“])(?:[A-Z]|(?:[A-Z]\.)+[A-Z]|(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Lt|Col|Maj|Capt|Cpl|Sgt|Cmdr"
    r"|Brig|Adm|Sen|Rep|Gov|Rev|Hon|Pres|No|Nos|vs|etc|approx|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov"
    r"|Dec|Mt|Ft|Pvt|Spc|Jr|Sr|Inc|Ltd|Corp|Co|Al|cf|i\.e|e\.g))$",
    re.IGNORECASE,
)
# "U.S. Forces" goes on, "in the U.S. The ..." does not: only these openers end a sentence there.
_OPENER = re.compile(
    r"(?:The|A|An|It|He|She|They|In|On|At|But|And|This|That|There|According|Police|Officials)\b"
)
_DOTTED = re.compile(r"(?:[A-Z]\.)+[A-Z]?$")


class Sentence(NamedTuple):
    """A sentence and where it stands in its field, in code points."""

    text: str
    start: int


def sentences(text: str, limit: int | None = None) -> list[Sentence]:
    """Return the sentences of a text in order, at most `limit`; never an empty one."""
    found: list[Sentence] = []
    start = 0
    for end in _END.finditer(text):
        if _goes_on(text, start, end):
            continue
        _add(found, text, start, end.end())
        start = end.end()
        if limit is not None and len(found) >= limit:
            return found
    _add(found, text, start, len(text))
    return found if limit is None else found[:limit]


def _goes_on(text: str, start: int, end: re.Match[str]) -> bool:
    """Say whether a full stop only closes an abbreviation."""
    if not end.group().startswith(".") or "\n" in end.group():
        return False
    before = text[max(start, end.start() - 12) : end.start()]
    if _DOTTED.search(before + "."):
        return _OPENER.match(text, end.end()) is None
    return _ABBREVIATED.search(before) is not None


def _add(found: list[Sentence], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        found.append(Sentence(stripped, start + len(piece) - len(piece.lstrip())))
