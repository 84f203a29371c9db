"""Where sentences and paragraphs begin and end, in any script that marks them."""

from __future__ import annotations

import re

# It begins with one set of characters, because `re` leaps from one to the next of those, but tries
# each branch of an alternative at every letter: that is ten times slower.
_END = re.compile(
    r"[.!?…؟۔।。！？｡\n](?:"
    r"(?<=[.!?…؟۔।])[.!?…؟۔।]*[\"'”’»)\]]*(?=\s|$)"  # Latin, Arabic, Urdu, Hindi: then a blank
    r"|(?<=[。！？｡])[。！？｡]*[」』”’）]*"  # Chinese and Japanese go on without one
    r"|(?<=\n)\n*"
    r")"
)
# After these a full stop ends no sentence, whatever follows.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"'])(?:[A-Z]|(?:[A-Za-z]\.)+[A-Za-z]|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Maj|Capt|Cpl|Sgt|Brig|Adm|"
    r"Cmdr|Gov|Sen|Rep|Rev|Hon|Pres|St|Ste|Mt|Ft|No|Nos|vs|etc|approx|ca|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|"
    r"Oct|Nov|Dec|Inc|Ltd|Co|Corp|al|e\.g|i\.e)$"
)
_LOOK_BACK = 12
_SOLID = re.compile(r"\S")


def sentences(text: str, *, most: int | None = None) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence in code points, in order; blanks between are left out.

    Args:
        text: Plain.
        most: Stop after so many; what follows is not even looked at.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for mark in _END.finditer(text):
        if len(found) == most:
            return found
        if mark.group()[0] == "." and _goes_on(text, mark):
            continue
        if text[start : mark.end()].strip():
            found.append(_trimmed(text, start, mark.end()))
        start = mark.end()
    if len(found) != most and _SOLID.search(text, start):
        found.append(_trimmed(text, start, len(text)))
    return found


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each paragraph (a line of text) in code points, in order."""
    return [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text) if m.group().strip()]


def lead_end(text: str, *, count: int = 2) -> int:
    """Return where the first `count` sentences end."""
    # A lead is looked for in every article: the first stretch of it mostly suffices.
    for stretch in (1_000, len(text)):
        found = sentences(text[:stretch])
        if len(found) > count or stretch >= len(text):
            return found[min(count, len(found)) - 1][1] if found else 0
    return len(text)


def _goes_on(text: str, mark: re.Match[str]) -> bool:
    """Tell a full stop inside a sentence: an abbreviation, an initial, or small letters after it."""
    if len(mark.group()) == 1 and _ABBREVIATION.search(
        text[max(0, mark.start() - _LOOK_BACK) : mark.start()]
    ):
        return bool(_SOLID.search(text, mark.end())) and text[mark.end()] != "\n"
    return text[mark.end() : mark.end() + 3].lstrip()[:1].islower()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
