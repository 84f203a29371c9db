"""Words as rules and stories compare them: folded, with their offsets in the original."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u065f]+[^\W_]*)*")


class Token(NamedTuple):
    """A folded word and where it stands in the original, in code points."""

    text: str
    start: int
    end: int


def fold(word: str) -> str:
    """Return a word as it is compared: NFKC, casefolded, Latin accents dropped."""
    word = unicodedata.normalize("NFKC", word).casefold()
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not ("\u0300" <= c <= "\u036f"))


def tokens(text: str) -> list[Token]:
    """Return the words of a text in order."""
    return [Token(fold(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """Return the folded words of a text, without offsets; faster than `tokens`."""
    return [fold(word) for word in _WORD.findall(text)]
