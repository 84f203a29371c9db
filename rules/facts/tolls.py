"""Read casualty statements: who was killed or injured, how many, in whose words.

A sentence is walked from one word of harm to the next. A participle takes the people
counted before it ("five people … were killed") or after it ("killing five people"), a
subset ("among them three children") is never added, and what can't be told stays empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.facts import words
from rules.facts.after import after
from rules.facts.before import before, named
from rules.facts.counts import Count, is_thing
from rules.facts.harm import (
    EITHER,
    LEFT,
    RIGHT,
    TOLL,
    also_other_kind,
    harm_at,
    is_hypothetical,
)
from rules.facts.numerals import Word, split
from rules.facts.reader import Reader, Victims, is_harm_word
from wirewatch.model import TollKind


@dataclass(frozen=True, slots=True)
class Statement:
    """A toll in a sentence, with offsets into the sentence.

    Attributes:
        at: Where the word of harm starts, for what is said of its clause.
    """

    kind: TollKind
    low: int | None
    high: int | None
    start: int
    end: int
    who: str
    at: int


def statements(text: str, sentence: list[Word] | None = None) -> list[Statement]:
    """Return the casualty statements of one sentence, in text order.

    Args:
        text: The sentence.
        sentence: Its words, where they are known already.
    """
    reader = Reader(text, split(text) if sentence is None else sentence)
    found = [*_nobody(reader)]
    at = 0
    while at < len(reader.words):
        harm = harm_at(reader, at)
        if harm is None:
            at += 1
            continue
        kind, end, way = harm
        if is_hypothetical(reader, at):
            at = end
            continue
        both = also_other_kind(reader, end)
        victims = None if both else _victims(reader, at, end, way)
        if victims is not None and not _covered(found, kind, reader, victims):
            found.append(_statement(reader, kind, at, end, victims))
        at = both or end
    return sorted(found, key=lambda s: s.start)


def _victims(reader: Reader, at: int, end: int, way: str) -> Victims | None:
    if way == TOLL:
        return _toll_figure(reader, end)
    is_passive = reader.low(at - 1) in words.PASSIVE_BE or (
        reader.low(at - 1) in words.ADVERBS and reader.low(at - 2) in words.PASSIVE_BE
    )
    if way != LEFT and not (way == EITHER and is_passive):
        victims = after(reader, end)
        if victims is not None:
            return victims
    if way == RIGHT:
        return None
    victims = before(reader, at) or (named(reader, at) if is_passive else None)
    if victims is not None and reader.low(at - 1) == "also":
        victims = Victims(victims.low, None, victims.first, victims.last)  # others were, too
    return _with_others(reader, end, victims) if victims else None


def _with_others(reader: Reader, end: int, victims: Victims) -> Victims:
    """Add who died "along with" them."""
    if reader.low(end) in {"along", "together"} and reader.low(end + 1) == "with":
        count = reader.by_first.get(end + 2)
        if count is not None and count.is_person and count.first not in reader.used:
            reader.used.add(count.first)
            both = None if victims.high is None or count.high is None else victims.high + count.high
            return Victims(victims.low + count.low, both, victims.first, count.last)
    return victims


def _toll_figure(reader: Reader, at: int) -> Victims | None:
    """Read the figure after "death toll": "rose to 31", "reached 33", "at nine"."""
    best: Count | None = None
    for end in range(at, min(at + 18, len(reader.words))):
        if reader.low(end) in {";", "while", "but", "when"} or is_harm_word(reader.low(end)):
            break
        count = reader.by_first.get(end)
        if count is None or is_thing(count.head) or count.first in reader.used or count.is_single:
            continue
        before = reader.low(end - 1)
        if before in {"in", "on", "from", "after"}:
            continue
        best = count
        if before in {"to", "at", "reached", "reaches", "hit", "hits", "of", "is", "was", "stands"}:
            break
    if best is None:
        return None
    reader.used.add(best.first)
    return Victims(best.low, best.high, at, best.last)


_NOBODY = re.compile(
    r"\b(?:no[ -]?one|nobody|none)\b[^,;.]{0,30}?\b(?:was|were|has been|is|died|had been)\b(?P<what>[^,;.]{0,40})",
    re.IGNORECASE,
)
_HARMED_NOBODY = re.compile(
    r"\b(?P<what>kill(?:s|ed|ing)?|injur(?:es|ed|ing)|hurts?|wound(?:s|ed|ing)) (?:no one|nobody|none)\b",
    re.IGNORECASE,
)
_NO_CASUALTIES = re.compile(
    r"\b(?:no|without(?: any)?)\s+(?:reports? of\s+|immediate reports? of\s+)?(?P<what>(?:casualties|deaths|fatalities"
    r"|injuries|victims)(?:\s+or\s+(?:casualties|deaths|injuries|damage))?)",
    re.IGNORECASE,
)


def _nobody(reader: Reader) -> list[Statement]:
    """Read "no one was killed", "no casualties were reported"."""
    found = []
    for pattern in (_NOBODY, _HARMED_NOBODY, _NO_CASUALTIES):
        for match in pattern.finditer(reader.text):
            what = match["what"].lower()
            if pattern is _NO_CASUALTIES and "report of" in match.group().lower():
                continue
            if (
                re.search(r"kill|casualt|death|fatalit|dead|died|victims", what)
                or " died" in match.group()
            ):
                found.append(_zero(TollKind.KILLED, match))
            if re.search(r"casualt|injur|wound|hurt|victims", what):
                found.append(_zero(TollKind.INJURED, match))
    return found


def _zero(kind: TollKind, match: re.Match[str]) -> Statement:
    return Statement(kind, 0, 0, match.start(), match.end(), "", match.start())


def _covered(found: list[Statement], kind: TollKind, reader: Reader, victims: Victims) -> bool:
    start = reader.words[victims.first].start if victims.first < len(reader.words) else 0
    return any(s.kind is kind and s.start <= start < s.end for s in found)


def _statement(reader: Reader, kind: TollKind, at: int, end: int, victims: Victims) -> Statement:
    first, last = min(at, victims.first), max(end, victims.last)
    start = reader.words[first].start
    stop = reader.words[min(last, len(reader.words)) - 1].end
    counted = [c for c in reader.counts if victims.first <= c.first < victims.last]
    who = ""
    if counted and counted[0].head not in {"", "others", "more", "them"}:
        begin = counted[0]
        number_end = begin.number
        words_of = reader.words[begin.first : begin.last]
        who = _who(words_of, number_end - begin.first)
    low: int | None = victims.low
    if low == 0 and victims.high is not None and victims.high > 0:
        low = None
    return Statement(kind, low, victims.high, start, stop, who, reader.words[at].start)


def _who(phrase: list[Word], skip: int) -> str:
    """Return the noun phrase without its number: "pro-Iranian Iraqi fighters"."""
    kept = [w.text for i, w in enumerate(phrase) if i >= skip]
    while kept and (
        kept[0].lower() in _NUMBER_WORDS or kept[0][0].isdigit() or not kept[0][0].isalpha()
    ):
        kept.pop(0)
    return " ".join(kept)


_NUMBER_WORDS = (
    frozenset(words.UNITS)
    | frozenset(words.TENS)
    | frozenset(words.SCALES)
    | frozenset(words.VAGUE)
    | words.bag(
        """
    a an the his her their its of or and to couple few number handful tens them more others
    another
    """
    )
)
