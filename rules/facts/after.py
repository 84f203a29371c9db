"""Victims that stand after a verb: "killing four guards", "kills al-Qaeda commander"."""

from __future__ import annotations

from rules.facts import words
from rules.facts.counts import Count, is_person, is_thing
from rules.facts.reader import Reader, Victims, is_subset, skip_aside


def after(reader: Reader, at: int) -> Victims | None:
    """Read "… four guards", "… three soldiers and two civilians" from `at`."""
    is_noun = reader.low(at - 1) == "of"  # "the murder of"
    if reader.low(at) == ":":
        at += 1
    first = _person_at(reader, at, first=True)
    if first is None:
        return None if is_noun else _family(reader, at) or _bare(reader, at)
    low, high, last = first.low, first.high, first.last
    reader.used.add(first.first)
    while (follower := _next_listed(reader, last)) is not None:
        low, high, last = _add(low, high, follower)
    return Victims(low, high, at, last)


def _person_at(reader: Reader, at: int, *, first: bool) -> Count | None:
    count = reader.by_first.get(at)
    if count is None or count.first in reader.used:
        return None
    if count.is_person:
        after = reader.low(count.last)
        # "Seven killed 12 injured": the second number belongs to the second verb.
        if first and not count.is_single and _starts_own_harm(reader, count.last):
            return None
        if count.is_single and after == "of" and count.head not in words.PERSONS:
            return None
        return count
    if count.is_single or is_thing(count.head) or (not first and not count.head):
        return None
    if _starts_own_harm(reader, count.last):
        return None
    return count


def _starts_own_harm(reader: Reader, at: int) -> bool:
    while reader.low(at) in {"were", "was", "are", "have", "been", "others", "more", "also"}:
        at += 1
    low = reader.low(at)
    return low in words.INJURE or low in words.KILL or low in words.DIE


def _next_listed(reader: Reader, last: int) -> Count | None:
    """Find the next item of a list: ", a civilian", "and three attackers"."""
    at = last
    at = skip_aside(reader, at)
    if reader.low(at) == ",":
        at += 1
    if reader.low(at) in {"and", "plus"}:
        at += 1
    elif reader.low(at) in {"along", "together"} and reader.low(at + 1) == "with":
        at += 2
    elif reader.low(at) == "as" and reader.low(at + 1) == "well":
        at += 3
    elif at == last:
        return None
    count = reader.by_first.get(at)
    if count is None or not count.is_person or is_subset(reader, count):
        return None
    if _starts_own_harm(reader, count.last):
        return None
    if (
        reader.low(last) == ","
        and reader.low(at - 1) == ","
        and not _list_goes_on(reader, count.last)
    ):
        return None
    reader.used.add(count.first)
    return count


def _list_goes_on(reader: Reader, at: int) -> bool:
    """A comma alone joins only inside a list that later says "and"."""
    return reader.low(at) == "and" or (reader.low(at) == "," and reader.low(at + 1) != "who")


def _add(low: int, high: int | None, count: Count) -> tuple[int, int | None, int]:
    total = None if high is None or count.high is None else high + count.high
    return low + count.low, total, count.last


def _family(reader: Reader, at: int) -> Victims | None:
    """Read "kills family of seven"."""
    if (reader.low(at), reader.low(at + 1)) != ("family", "of"):
        return None
    count = reader.by_first.get(at + 2)
    return Victims(count.low, count.high, at, count.last) if count else None


def _bare(reader: Reader, at: int) -> Victims | None:
    """Read a headline's "kills al-Qaeda commander", "kills Palestinian teenager"."""
    low = reader.low(at)
    if not low or not low[0].isalpha() or low in words.STOP:
        return None
    end, person = at, None
    while end < min(len(reader.words), at + 5):
        low = reader.low(end)
        if not low[0].isalpha() or low in words.STOP or low in words.KILL or low in words.INJURE:
            break
        if is_person(low):
            person = end
        elif person is not None:
            break
        end += 1
    if person is None:
        return None
    head = reader.low(person)
    if head not in words.PERSONS or head in words.MASS:
        return None
    last = person + 1
    while last < len(reader.words) and reader.words[last].text[0].isupper():
        last += 1  # "kills commander Yusuf Darwish and two others"
    others = _next_listed(reader, last)
    if others is not None:
        return Victims(*_add(1, 1, others)[:2], at, others.last)
    return Victims(1, None if head in words.LEADERS else 1, at, person + 1)
