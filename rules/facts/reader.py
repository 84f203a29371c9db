"""One sentence being read for casualties: its words, its counted people, its asides."""

from __future__ import annotations

from typing import NamedTuple

from rules.facts import words
from rules.facts.counts import Count, counts
from rules.facts.numerals import Word


class Victims(NamedTuple):
    """Who a word of harm takes: how many (None is open) and the words they stand in."""

    low: int
    high: int | None
    first: int
    last: int


# "Kills 'at least 30'": quotation marks say nothing about who was harmed.
_QUOTES = frozenset({'"', "'", "“", "”", "‘", "’", "«", "»"})


_BEYOND = [""] * 64  # more than any look-ahead


class Reader:
    """One sentence, its counted phrases, and which of them are spoken for."""

    def __init__(self, text: str, sentence: list[Word]) -> None:
        self.text = text
        self.words = [word for word in sentence if word.text not in _QUOTES]
        # Padded, so that what lies beyond either end (a negative index too) is "".
        self.lows = [*(word.low for word in self.words), *_BEYOND]
        self.counts = counts(self.words)
        self.by_end = {count.last: count for count in self.counts}
        self.by_first = {count.first: count for count in self.counts}
        self.used: set[int] = set()

    def low(self, at: int) -> str:
        """Return a word in lower case; "" beyond either end."""
        return self.lows[at]


def is_harm_word(low: str) -> bool:
    """Say whether a word means that somebody was killed or injured."""
    return low in words.KILL or low in words.INJURE or low in words.DIE


def is_subset(reader: Reader, count: Count) -> bool:
    """Say whether the count is part of another: "including three", "two of them"."""
    at = count.first
    if count.head == "them":
        return True
    before = reader.low(at - 1)
    if before == "among" and is_harm_word(reader.low(count.last)):
        return False  # "four foreigners were among seven killed"
    if before in {"including", "include", "included", "among", "involving", "mostly", "notably"}:
        return True
    if before in {"them", "whom"} and reader.low(at - 2) == "among":
        return True
    if before in {"were", "was", "are"} and reader.low(at - 2) in {"them", "whom"}:
        return True
    if before in {"are", "were"} and reader.low(at - 2) in {"whom", "which"}:
        return True
    if reader.low(count.last) == "of" and reader.low(count.last + 1) in {"them", "whom", "these"}:
        return True
    # "including three children and a woman": a list under "including".
    if before in {"and", ","}:
        back = at - 2 if before == "and" else at - 1
        if before == "and" and reader.low(back) == ",":
            return False
        earlier = reader.by_end.get(back + 1 if before == "and" else back)
        return earlier is not None and is_subset(reader, earlier)
    return False


def before_aside(reader: Reader, at: int) -> int:
    """Step back over ", including three children," and "(two of them soldiers)"."""
    close = reader.low(at - 1)
    if close not in {",", ")", "-", "–", "—"}:
        return at
    opening = {")": {"("}, ",": {","}}.get(close, {"-", "–", "—"})
    back = at - 2
    while back > 0 and at - back < 22:
        if reader.low(back) in opening and (close != "," or _opens_subset(reader, back + 1)):
            return back
        if reader.low(back) in {";", ":"}:
            return at
        back -= 1
    return at


def skip_aside(reader: Reader, at: int) -> int:
    """Step forward over an aside that opens at `at`."""
    low = reader.low(at)
    if low == "(" or (low in {"-", "–", "—"}):
        closing = ")" if low == "(" else low
        for end in range(at + 1, min(at + 22, len(reader.words))):
            if reader.low(end) == closing:
                return end + 1
    return at


def _opens_subset(reader: Reader, at: int) -> bool:
    low, after = reader.low(at), reader.low(at + 1)
    if low in {"including", "among", "most", "mostly", "many", "some", "all", "both", "mainly"}:
        return True
    if low in {"at", "a", "an", "his", "her"}:
        return low != "at" or reader.low(at + 1) == "least"
    return any(reader.low(at + i) == "of" for i in (1, 2)) or after == "whom" or low.isdigit()
