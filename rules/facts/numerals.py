"""Words of a sentence, and the numbers in it: "seven", "1,200", "between 10 and 12", "dozens"."""

from __future__ import annotations

import re
from typing import NamedTuple

from rules.facts import words

_WORD = re.compile(
    r"(?:[A-Z]\.){2,}"  # U.N.
    r"|[^\W\d_](?:[\w’'‘ʼ-]*\w)?"  # words, Kata'ib, F-16
    r"|\d[\d,.]*(?:st|nd|rd|th|-[A-Za-z][\w-]*)"  # 17th, 12-year-old
    r"|\d{1,3}(?:,\d{3})+|\d+:\d+|\d+\.\d+|\d+"
    r"|[$€£]\s?\d[\d,.]*\w*"  # money
    r"|[^\w\s]"
)
_SPELLED = re.compile(r"[a-z]+(?:-[a-z]+)?$")
_VAGUE_STARTS = frozenset(phrase[0] for phrase in words.VAGUE_PHRASES)


class Word(NamedTuple):
    """A word or mark of a sentence; `low` is lower case without possessive."""

    text: str
    low: str
    start: int
    end: int


class Number(NamedTuple):
    """A number, or a spread of them; `high` is None where it is open ("dozens"), `end` is the word after."""

    low: int
    high: int | None
    end: int


def split(text: str) -> list[Word]:
    """Return the words and marks of a sentence."""
    found: list[Word] = []
    add, make, find = found.append, tuple.__new__, text.index
    at = 0
    # Between two of them stand only blanks, so that the next one is where its text comes next.
    for word in _WORD.findall(text):
        start = find(word, at)
        at = start + len(word)
        low = word.lower()
        if "’" in low or "'" in low:
            low = low.replace("’", "'").removesuffix("'s")
        add(make(Word, (word, low, start, at)))
    return found


def spread(sentence: list[Word], at: int) -> Number | None:
    """Read a number, "between 10 and 12", "three or four", "15-20", or a vague plural."""
    if at < len(sentence) and sentence[at].low == "between":
        low = one_number(sentence, at + 1)
        if low and low.end < len(sentence) and sentence[low.end].low == "and":
            high = one_number(sentence, low.end + 1)
            if high and high.high is not None:
                return Number(low.low, high.high, high.end)
        return None
    number = one_number(sentence, at)
    if number is None or number.high is None or number.end + 1 >= len(sentence):
        return number
    joiner = sentence[number.end].low
    # "Risen from 58 to 61" is no range, "ranging from 40 to 60" is one.
    is_rise = (
        at > 0
        and sentence[at - 1].low == "from"
        and not (at > 1 and sentence[at - 2].low.startswith(("rang", "vari", "vary")))
    )
    if joiner in {"or", "to", "-", "–"} and not is_rise:
        high = one_number(sentence, number.end + 1)
        if high and high.high is not None and high.high > number.low:
            return Number(number.low, high.high, high.end)
    return number


def one_number(sentence: list[Word], at: int) -> Number | None:
    """Read one number in words or digits, or a vague plural (high None)."""
    if at >= len(sentence):
        return None
    low = sentence[at].low
    if low in _VAGUE_STARTS:
        for phrase, least in words.VAGUE_PHRASES.items():
            end = at + len(phrase)
            if tuple(word.low for word in sentence[at:end]) == phrase:
                return Number(least, None, end)
    if low in words.VAGUE:
        end = at + 1
        if end < len(sentence) and sentence[end].low == "of":
            end += 1
        return Number(words.VAGUE[low], None, end)
    if low == "half" and [w.low for w in sentence[at + 1 : at + 3]] == ["a", "dozen"]:
        return Number(6, 6, at + 3)
    if low == "a" and at + 1 < len(sentence) and sentence[at + 1].low in words.SCALES:
        value, end = _spelled(sentence, at + 1)
    elif low in words.SCALES:
        return None
    else:
        value, end = _spelled(sentence, at)
    return None if value is None else Number(value, value, end)


def _spelled(sentence: list[Word], at: int) -> tuple[int | None, int]:
    """Add up number words and digits from `at`: the value, or None, and where they end."""
    total, part, end = 0, None, at
    while end < len(sentence):
        low = sentence[end].low
        value = plain(low)
        if value is not None and (
            part is None
            or (part % 100 == 0 and part and value < 100)
            or (part in words.TENS.values() and value < 10)
        ):
            if part is not None and low[0].isdigit():
                break
            part = (part or 0) + value
        elif low in words.SCALES and not (part is None and end > at):
            scale = words.SCALES[low]
            part = (part if part is not None else 1) * scale
            if scale >= 1000:
                total, part = total + part, 0
        elif (
            low == "and"
            and part
            and part % 100 == 0
            and end + 1 < len(sentence)
            and end > at
            and sentence[end - 1].low in {"hundred", "thousand"}
            and plain(sentence[end + 1].low) is not None
        ):
            pass  # "one hundred and fifty"
        elif part and _is_half(sentence, end):
            # "Two and a half thousand".
            total += words.SCALES[sentence[end + 3].low] * (2 * part + 1) // 2
            part, end = 0, end + 3
        else:
            break
        end += 1
    if part is None and not total:
        return None, at
    return total + (part or 0), end


def _is_half(sentence: list[Word], at: int) -> bool:
    following = [word.low for word in sentence[at : at + 4]]
    return following[:3] == ["and", "a", "half"] and following[3:] in (["thousand"], ["million"])


def plain(low: str) -> int | None:
    """Read "7", "1,200", "seven", "twenty" or "twenty-one"."""
    if low[0].isdigit():
        digits = low.replace(",", "")
        return int(digits) if digits.isdecimal() and len(digits) < 9 else None
    if low in words.UNITS:
        return words.UNITS[low]
    if low in words.TENS:
        return words.TENS[low]
    if "-" in low and _SPELLED.match(low):
        tens, _, unit = low.partition("-")
        if tens in words.TENS and words.UNITS.get(unit, 10) < 10:
            return words.TENS[tens] + words.UNITS[unit]
    return None
