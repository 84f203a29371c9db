"""Victims that stand before a verb: "five people, among them a child, were killed"."""

from __future__ import annotations

from rules.facts import words
from rules.facts.counts import Count, is_person, is_thing
from rules.facts.reader import Reader, Victims, before_aside, is_harm_word, is_subset


def before(reader: Reader, at: int) -> Victims | None:
    """Find the people counted before a participle, across asides and prepositional phrases."""
    back = at
    gap = auxiliaries = 0
    while back > 0 and gap < 26:
        back = before_aside(reader, back)
        count = reader.by_end.get(back)
        if count is not None and count.last > count.first:
            taken = _take_left(reader, count, is_adjacent=gap == 0)
            if taken is not None:
                return taken
            back, gap = count.first, gap + 1
            continue
        low = reader.low(back - 1)
        if gap == auxiliaries and is_person(low) and low not in words.PERSONS:
            return None  # "the leaders were killed": nobody says how many
        auxiliaries += low in words.BE or low in words.ADVERBS
        if low in _BARRIERS or (gap > 0 and is_harm_word(low) and back - 1 != at - 1):
            return None
        back, gap = back - 1, gap + 1
    return None


_BARRIERS = words.bag(
    """
    ; : when while but after as because that if where before whereas said says told what how
    whether
    """
)


def _take_left(reader: Reader, count: Count, *, is_adjacent: bool) -> Victims | None:
    if (
        count.first in reader.used
        or is_subset(reader, count)
        or count.head in {"himself", "herself"}
    ):
        return None
    if is_thing(count.head) and not count.is_person:
        return None
    # "The toll stood at 16 dead": what touches the word of harm is meant, whatever precedes.
    if not is_adjacent and _in_phrase(reader, count):
        return None
    low, high, first = count.low, count.high, count.first
    reader.used.add(count.first)
    exact = count.is_single
    while (joined := _before_in_list(reader, first)) is not None:
        low, high, first, more_exact = (
            low + joined[0],
            (None if high is None or joined[1] is None else high + joined[1]),
            joined[2],
            joined[3],
        )
        exact = exact and more_exact
    if count.is_single and count.head in words.LEADERS and first == count.first:
        high = None if reader.low(count.first) == "the" else high
    return Victims(low, high, first, count.last)


def _before_in_list(reader: Reader, first: int) -> tuple[int, int | None, int, bool] | None:
    """Read what stands before "and two civilians": a count, or somebody by name."""
    at = first
    if reader.low(at - 1) in {"and", "plus"}:
        at -= 1
    elif reader.low(at - 1) == "with" and reader.low(at - 2) in {"along", "together"}:
        at -= 2
    elif reader.low(at - 1) != ",":
        return None
    only_comma = at == first
    aside = before_aside(reader, at)
    if aside != at:
        at = aside
    elif reader.low(at - 1) == ",":
        at -= 1
        at = before_aside(reader, at)
    count = reader.by_end.get(at)
    if count is not None and count.first not in reader.used and _is_people(count):
        if is_subset(reader, count):
            return None
        if only_comma and not _is_list(reader, count, first):
            return None
        reader.used.add(count.first)
        return count.low, count.high, count.first, count.is_single
    if only_comma:
        return None
    return _name_before(reader, at)


def _is_people(count: Count) -> bool:
    """Say whether a count may be people: "five Spaniards" in a list of victims."""
    return count.is_person or (count.head.endswith("s") and not is_thing(count.head))


def _is_list(reader: Reader, count: Count, first: int) -> bool:
    """Say whether "X, Y" is a list: only inside one that is closed by "and"."""
    return first in {c.first for c in reader.counts if c.first in reader.used} and bool(count.head)


def _name_before(reader: Reader, at: int) -> tuple[int, int | None, int, bool] | None:
    """Read "Governor Karim Jalal" before "and four others"."""
    back = at
    saw = False
    while back > 0 and at - back < 8:
        word = reader.words[back - 1]
        if word.text[:1].isupper() or is_person(word.low):
            saw = True
        elif word.low not in {
            "al",
            "bin",
            "ibn",
            "the",
            "a",
            "senior",
            "local",
            "provincial",
            "of",
        }:
            break
        back -= 1
    if not saw:
        return None
    last = reader.low(at - 1)
    if is_person(last) and last not in words.PERSONS:
        return 2, None, back, False  # "soldiers and four others"
    return 1, 1, back, True


_PREPOSITIONS = words.bag(
    "in on at by near from of with within during against aboard for into under"
)


def _in_phrase(reader: Reader, count: Count) -> bool:
    """Say whether a preposition rules the count: "by two gunmen", "in two houses"."""
    before = reader.low(count.first - 1)
    if before in {"by", "with", "against"}:
        return True
    # "A group of nine died"; but "four crew of a coast guard cutter died".
    return before in _PREPOSITIONS and not (
        before == "of"
        and reader.low(count.first - 2) in _GROUPS
        and reader.by_end.get(count.first - 1) is None
    )


_GROUPS = words.bag("group groups family crew total team toll death bodies body")


def bare_before(reader: Reader, at: int) -> Victims | None:
    """Read the "Soldier killed", "Palestinian teenager shot dead" that a headline opens with."""
    person = reader.low(at - 1)
    if person not in words.PERSONS or person in words.MASS or reader.text.isupper():
        return None
    first = at - 1
    while first and reader.low(first - 1)[0].isalpha():
        if (
            reader.low(first - 1) in words.STOP
            or at - first > 3
            or is_harm_word(reader.low(first - 1))
        ):
            return None
        first -= 1
    # Behind a comma it stands beside somebody else.
    if first and reader.low(first - 1) not in {":", ";"}:
        return None
    return Victims(1, None if person in words.LEADERS else 1, first, at)


def named(reader: Reader, at: int) -> Victims | None:
    """Read "Commander Yusuf Darwish was killed": at least the one who is named."""
    aux = at - 1
    while reader.low(aux) in words.ADVERBS:
        aux -= 1
    if reader.low(aux) == "been" and reader.low(aux - 1) in {"has", "had"}:
        aux -= 1
    if reader.low(aux) not in {"was", "is", "has", "had"}:
        return None
    end = before_aside(reader, aux)
    name = _name_before(reader, end)
    if name is None or reader.text.isupper():
        return None
    tail = reader.words[end - 1]
    if not (is_person(tail.low) or _is_name(reader, name[2], end)):
        return None
    return Victims(1, None, name[2], end)


def _is_name(reader: Reader, first: int, end: int) -> bool:
    """Two capitalised words, or a person's title before one."""
    capitals = [w for w in reader.words[first:end] if w.text[:1].isupper()]
    return len(capitals) >= 2 or any(is_person(w.low) for w in reader.words[first:end])
