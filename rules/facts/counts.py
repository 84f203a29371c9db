"""Find the counted people in a sentence: "at least five Iraqi fighters", "a guard", "12 others".

Nothing here knows what happened to them; `tolls` decides that.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rules.facts import words
from rules.facts.numerals import Number, Word, one_number, plain, spread

# A year rather than a count: four digits without a comma in this range.
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d$")


class Count(NamedTuple):
    """People counted by a noun phrase.

    Attributes:
        low, high: Inclusive; None is open.
        first, last: Words of the phrase, `last` exclusive; `number` is where the number stands.
        head: The noun, lower case, or "".
        is_person: The noun surely means people; False where it is unknown or missing.
        is_single: One person without a number ("a guard", "the mayor").
        is_bare: Singular without article, as in headlines.
    """

    low: int
    high: int | None
    first: int
    last: int
    number: int
    head: str
    is_person: bool
    is_single: bool = False
    is_same: bool = False


def counts(sentence: list[Word]) -> list[Count]:
    """Return the counted phrases of a sentence, in order, not overlapping."""
    found: list[Count] = []
    behind = 0
    for at, word in enumerate(sentence):
        if at < behind or not _may_count(word.low):
            continue
        count = _numbered(sentence, at) or _single(sentence, at)
        if count is not None:
            found.append(count)
            behind = count.last
    return found


def _may_count(low: str) -> bool:
    return (
        low in _STARTS or low[0].isdecimal() or ("-" in low and low.partition("-")[0] in words.TENS)
    )


_QUALIFIERS = {
    first: tuple(q for q in words.QUALIFIERS if q[0][0] == first)
    for first in {phrase[0] for phrase, _ in words.QUALIFIERS}
}
_STARTS = (
    frozenset(_QUALIFIERS)
    | frozenset(words.UNITS)
    | frozenset(words.TENS)
    | frozenset(words.VAGUE)
    | frozenset(phrase[0] for phrase in words.VAGUE_PHRASES)
    | words.bag(
        "a an his her the their its another himself herself between half hundred thousand dozen"
    )
)


def _numbered(sentence: list[Word], at: int) -> Count | None:
    """Read a phrase that starts with a qualifier or a number."""
    kind, after = "=", at
    if at and sentence[at - 1].low == "how":
        return None
    while (qualifier := _qualifier(sentence, after)) is not None:
        if qualifier[0] != "=":
            kind = qualifier[0]
        after = qualifier[1]
    number = spread(sentence, after)
    if number is None:
        return None
    if _is_other_number(sentence, after, number.end):
        return None
    low, high = _bound(kind, number)
    end = _after_repeat(sentence, number.end)
    if end < len(sentence) and sentence[end].text == "+":
        high, end = None, end + 1
    elif end + 1 < len(sentence) and sentence[end].low == "or":
        # "Five or more", "ten or so".
        after_or = sentence[end + 1].low
        if after_or == "more":
            high, end = None, end + 2
        elif after_or in {"so", "thereabouts"}:
            end += 2
    head, last, is_person = _noun(sentence, end)
    return Count(low, high, at, last, after, head, is_person)


def _after_repeat(sentence: list[Word], at: int) -> int:
    """Step over the figure that repeats a number word: "nineteen (19)"."""
    if at + 2 < len(sentence) and (sentence[at].text, sentence[at + 2].text) == ("(", ")"):
        return at + 3 if plain(sentence[at + 1].low) is not None else at
    return at


def _qualifier(sentence: list[Word], at: int) -> tuple[str, int] | None:
    if at >= len(sentence):
        return None
    for phrase, kind in _QUALIFIERS.get(sentence[at].low, ()):
        end = at + len(phrase)
        if end <= len(sentence) and all(
            sentence[at + i].low == word for i, word in enumerate(phrase)
        ):
            return kind, end
    return None


def _bound(kind: str, number: Number) -> tuple[int, int | None]:
    low, high = number.low, number.high
    match kind:
        case ">=":
            return low, None
        case ">":
            return low + 1, None
        case "<=":
            return 0, high
        case "<":
            return 0, None if high is None else high - 1
        case "~<":
            # "Nearly 30" is a little less than 30; a tenth is our reading of "a little".
            return low * 9 // 10, high
        case _:
            return low, high


_MONTHS = words.bag(
    """
    january february march april may june july august september october november december jan
    feb mar apr jun jul aug sep sept oct nov dec
    """
)
# Before a number: it numbers or dates something, or is somebody's age.
_AGED = words.bag("aged age ages")
_BEFORE_OTHER = words.bag(
    """
    aged age ages no number flight route highway chapter article since until group
    """
)


def _is_other_number(sentence: list[Word], at: int, end: int) -> bool:
    """Say whether a number is a year, a date, an age, a percentage, a sum or a time of day."""
    text = sentence[at].text
    before = sentence[at - 1].low if at else ""
    after = sentence[end].low if end < len(sentence) else ""
    if after in {"%", "percent", "percentage", "per", "a.m", "p.m", "am", "pm", "o'clock", ":"}:
        return True
    if after in {"st", "nd", "rd", "th"} or before in {"$", "€", "£", "#"}:
        return True
    if before in _BEFORE_OTHER or before in _MONTHS or (after in _MONTHS and text[0].isdigit()):
        return True
    if _YEAR.match(text) and (
        before
        in {"in", "of", "the", "since", "from", "early", "late", ",", "(", "-", "–", "and", "to"}
    ):
        return True
    # "two boys aged 9 and 11": the second age.
    if at >= 3 and before == "and" and sentence[at - 3].low in _AGED:
        return True
    # "A man, 34, was killed": an age between commas after a noun without number.
    return (
        before == ","
        and after == ","
        and text.isdigit()
        and at >= 2
        and not _is_plural(sentence[at - 2].low)
    )


def _noun(sentence: list[Word], at: int) -> tuple[str, int, bool]:
    """Find the noun after a number: the noun, where the phrase ends, whether it means people."""
    end = _after_of(sentence, at)
    if end > at and sentence[end - 1].low in {"them", "whom"}:
        return "them", end, True
    person = None
    limit = min(len(sentence), end + 7)
    start = end
    while end < limit:
        low = sentence[end].low
        if (
            not (low[0].isalpha() or low[0].isdigit())
            or low in words.STOP
            or low in words.HARM_NOUNS
            or _is_harm(low)
        ):
            break
        if is_person(low) and not _is_adjective(sentence, end):
            person = end
        elif person is not None or (end > start and low in _VERBISH):
            break
        end += 1
    if person is not None:
        return sentence[person].low, person + 1, True
    if end == start:
        return "", start, False
    head = sentence[end - 1].low
    return head, end, head in {"others", "more", "other"}


def _after_of(sentence: list[Word], at: int) -> int:
    """Step over "of the 12", "of his", "of them"."""
    if at >= len(sentence) or sentence[at].low != "of":
        return at
    end = at + 1
    while end < len(sentence) and sentence[end].low in _DETERMINERS:
        end += 1
    if end < len(sentence) and plain(sentence[end].low) is not None:
        end += 1
    return end


_PEOPLES = words.bag(
    """american arab afghan christian egyptian iranian iraqi israeli islamist kenyan kurdish lebanese
    libyan muslim nigerian pakistani palestinian russian shia shiite somali sunni syrian turk turkish
    ukrainian yemeni paramilitary"""
)


def _is_adjective(sentence: list[Word], at: int) -> bool:
    """Say whether a people's name only describes: "an American base", not "an American was"."""
    if sentence[at].low not in _PEOPLES or at + 1 >= len(sentence):
        return False
    after = sentence[at + 1].low
    return after[0].isalpha() and not (
        after in words.STOP
        or after in words.ADVERBS
        or after in words.HARM_NOUNS
        or _is_harm(after)
    )


_DETERMINERS = words.bag("the his her their its them those whom these our all")
_VERBISH = words.bag("opened attacked stormed entered tried fled escaped seized took went hit")


def _is_harm(low: str) -> bool:
    return low in words.KILL or low in words.INJURE or low in words.DIE


def _single(sentence: list[Word], at: int) -> Count | None:
    """Read one person without a number: "a senior commander", "his wife"."""
    low = sentence[at].low
    if low not in {"a", "an", "his", "her", "the", "their", "its", "another", "himself", "herself"}:
        return None
    if low in {"himself", "herself"}:
        return Count(0, 1, at, at + 1, at, low, is_person=True, is_single=True)
    if low == "another" and _stands_alone(sentence, at + 1):
        return Count(1, 1, at, at + 1, at, "another", is_person=True)
    head, last, person = _noun(sentence, at + 1)
    if not person or head in {"others", "more", "other", "them"} or _is_plural(head):
        if head == "couple" and person:
            return Count(2, 2, at, last, at, head, is_person=True)
        return None
    if head in {"family", "staff", "personnel", "militia", "taliban", "police", "crew"}:
        return _family(sentence, at, last) if head == "family" else None
    if head == "couple":
        return Count(2, 2, at, last, at, head, is_person=True)
    return Count(1, 1, at, last, at, head, is_person=True, is_single=True)


def _stands_alone(sentence: list[Word], at: int) -> bool:
    """Say whether "another" is followed by no noun: "killing one and injuring another"."""
    if at >= len(sentence):
        return True
    low = sentence[at].low
    return not low[0].isalnum() or low in {"was", "is", "in", "and"} or _is_harm(low)


def _family(sentence: list[Word], at: int, last: int) -> Count | None:
    """Read "a family of five"."""
    if last + 1 < len(sentence) and sentence[last].low == "of":
        number = one_number(sentence, last + 1)
        if number:
            return Count(number.low, number.high, at, number.end, at, "family", is_person=True)
    return None


def is_person(low: str) -> bool:
    """Say whether a word, in singular or plural, means people."""
    return low in words.PERSONS or _singular(low) in words.PERSONS


def is_thing(low: str) -> bool:
    """Say whether a word, in singular or plural, is counted but can't be killed."""
    return low in words.THINGS or _singular(low) in words.THINGS


_PLURALS = words.bag("men women children people troops police personnel staff crew")


def _is_plural(low: str) -> bool:
    return (
        low in _PLURALS
        or low.endswith(("men", "women", "children", "people"))
        or (low.endswith("s") and _singular(low) in words.PERSONS)
    )


def _singular(low: str) -> str:
    if low.endswith("ies"):
        return low[:-3] + "y"
    if low.endswith("men"):
        return low[:-3] + "man"
    if low.endswith(("ches", "shes", "sses", "xes")):
        return low[:-2]
    if low.endswith("s") and not low.endswith("ss"):
        return low[:-1]
    return low
