"""Read casualty statements: who was killed or injured, how many, in whose words.

A sentence is walked from one word of harm to the next. A participle takes the people
counted before it ("five people … were killed") or after it ("killing five people"), a
subset ("among them three children") is never added, and what can't be told stays empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rules.facts import words
from rules.facts.after import after
from rules.facts.before import bare_before, before, named
from rules.facts.counts import Count, is_thing
from rules.facts.harm import (
    EITHER,
    LEFT,
    RIGHT,
    STARTS,
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
        adds: It adds to a toll said before ("four more bodies"), so that it is only the least.
        sums_up: It is what a toll has come to ("the number of dead has risen to 11").
        grows: It has come to that by those who are named beside it ("four more bodies").
    """

    kind: TollKind
    low: int | None
    high: int | None
    start: int
    end: int
    who: str
    at: int
    adds: bool = False
    sums_up: bool = False
    grows: bool = False


def statements(text: str, sentence: list[Word] | None = None) -> list[Statement]:
    """Return the casualty statements of one sentence, in text order.

    Args:
        text: The sentence.
        sentence: Its words, where they are known already.
    """
    sentence = split(text) if sentence is None else sentence
    if not any(word.low in _TELLING for word in sentence):
        return []
    reader = Reader(text, sentence)
    found = [] if _NO_WORDS.isdisjoint(reader.lows) else _nobody(reader)
    behind = 0
    for at, low in enumerate(reader.lows):
        if low not in STARTS or at < behind:
            continue
        harm = harm_at(reader, at)
        if harm is None:
            continue
        kind, end, way = harm
        behind = end
        if is_hypothetical(reader, at) or is_denied(text, reader.words[at].start):
            continue
        both = also_other_kind(reader, end)
        victims = None if both else _victims(reader, at, end, way)
        if victims is not None and not _covered(found, kind, reader, victims):
            _take_up(found, _statement(reader, kind, at, end, victims, way), reader)
        behind = both or end
    return sorted(found, key=lambda s: s.start)


def _take_up(found: list[Statement], said: Statement, reader: Reader) -> None:
    """Add a statement to those of its sentence, or to the one it goes on from."""
    same = [s for s in found if s.kind is said.kind and s.high != 0]
    if said.sums_up:
        # "Four more bodies were found, so that the number of dead is 11": they are among the 11.
        said = replace(said, grows=any(s.adds for s in same))
        found[:] = [s for s in found if s not in same or not s.adds]
    elif any(s.sums_up for s in same) and said.adds:
        return
    elif same and said.high is not None and _is_others(said, reader):
        last = same[-1]
        high = None if last.high is None else last.high + said.high
        low = (last.low or 0) + (said.low or 0)
        found[found.index(last)] = replace(last, low=low, high=high, end=said.end)
        return
    elif found and said.adds:
        said = replace(said, high=said.low, adds=False)  # "six killed and six more wounded"
    found.append(said)


def _is_others(said: Statement, reader: Reader) -> bool:
    return any(
        count.head == "others" and said.start <= reader.words[count.first].start < said.end
        for count in reader.counts
    )


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
    victims = before(reader, at) or (named if is_passive else bare_before)(reader, at)
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


_FIGURE_WITHIN = 32  # words behind "the number of dead", which may be told at length


def _toll_figure(reader: Reader, at: int) -> Victims | None:
    """Read the figure after "death toll": "rose to 31", "reached 33", "at nine"."""
    best: Count | None = None
    for end in range(at, min(at + _FIGURE_WITHIN, len(reader.words))):
        low = reader.low(end)
        if low in {";", "while", "but", "when"} or is_harm_word(low):
            break
        if best is not None and low in {",", "with", "after"}:
            break
        count = reader.by_first.get(end)
        if count is None or is_thing(count.head) or count.first in reader.used or count.is_single:
            continue
        if is_harm_word(reader.low(count.last)) and not count.is_person:
            break  # "toll now six, 20 injured"
        before = reader.low(end - 1)
        is_spread = before == "from" and reader.low(end - 2).startswith(("rang", "vari", "vary"))
        if before in {"in", "on", "from", "after"} and not is_spread:
            continue
        best = count
        if before in {"to", "at", "reached", "reaches", "hit", "hits", "of", "is", "was", "stands"}:
            break
    if best is None:
        return None
    reader.used.add(best.first)
    return Victims(best.low, best.high, at, best.last)


_NO_WORDS = words.bag("no no-one nobody none without")
_TELLING = STARTS | _NO_WORDS
_NOBODY = re.compile(
    r"\b(?:no[ -]?one|nobody|none)\b[^,;.]{0,30}?\b(?:was|were|has been|is|died|had been)\b(?P<what>[^,;.]{0,40})",
    re.IGNORECASE,
)
_HARMED_NOBODY = re.compile(
    r"\b(?P<what>kill(?:s|ed|ing)?|injur(?:es|ed|ing)|hurts?|wound(?:s|ed|ing)) (?:no one|nobody|none)\b",
    re.IGNORECASE,
)
_NO_CASUALTIES = re.compile(
    r"\b(?:no|without(?: any| causing(?: any)?)?)\s+(?:reports? of\s+|immediate reports? of\s+)?(?P<what>(?:casualties|deaths"
    r"|fatalities|injuries|victims|loss of li(?:fe|ves))(?:\s+or\s+(?:casualties|deaths|injuries|damage))?)",
    re.IGNORECASE,
)
_NO_PEOPLE = re.compile(
    r"\bno (?:[a-z-]+ ){0,2}(?:people|civilians|soldiers|troops|policemen|officers|passengers|residents|fighters|children"
    r"|[a-z]+s) (?:was|were|has been|have been|had been) (?:reported )?(?P<what>killed|hurt|injured|wounded)\b",
    re.IGNORECASE,
)


def _nobody(reader: Reader) -> list[Statement]:
    """Read "no one was killed", "no casualties were reported"."""
    found = []
    for pattern in (_NOBODY, _HARMED_NOBODY, _NO_CASUALTIES, _NO_PEOPLE):
        for match in pattern.finditer(reader.text):
            what = match["what"].lower()
            if pattern is _NO_CASUALTIES and "report of" in match.group().lower():
                continue
            if (
                re.search(r"kill|casualt|death|fatalit|dead|died|victims|loss of", what)
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


# What is denied is not said: "denied that 30 men were killed", "dismissed claims of 200 dead"; but a
# part in "the attack that killed 20" may be denied without doubting the dead.
_DENIAL = re.compile(
    r"\b(?:(?P<deny>den(?:y|ies|ied|ying))|(?:dismiss|reject|refut)(?:e?s|e?d|ing)?)\b(?P<what>[^;,]*)\Z",
    re.IGNORECASE,
)
_CLAIMS = re.compile(
    r"\b(?:claim|report|allegation|accusation|figure|assertion|suggestion|statement)s?\b",
    re.IGNORECASE,
)
_NO_DENIAL = re.compile(
    r"\b(?:after|when|but|while|where|which|who|involvement|responsib\w+|role|part|behind|link\w*|knowledge"
    r"|(?:attack|strike|airstrike|raid|bombing|blast|shelling|explosion|crash|incident)s? that)\b",
    re.IGNORECASE,
)


def is_denied(text: str, at: int) -> bool:
    """Say whether the harm at an offset of a sentence is something that somebody denies."""
    low = text[:at].lower()
    if not any(stem in low for stem in ("den", "dismiss", "reject", "refut")):
        return False
    denial = _DENIAL.search(low)
    if denial is None or _NO_DENIAL.search(denial["what"]):
        return False
    return denial["deny"] is not None or bool(_CLAIMS.search(denial["what"]))


def _statement(
    reader: Reader, kind: TollKind, at: int, end: int, victims: Victims, way: str
) -> Statement:
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
    adds = kind is TollKind.KILLED and bool(counted) and _is_addition(reader, counted[0])
    high = None if adds else victims.high
    harm = reader.words[at].start
    return Statement(kind, low, high, start, stop, who, harm, adds=adds, sums_up=way == TOLL)


def _is_addition(reader: Reader, count: Count) -> bool:
    """Say whether these come on top of others: "four more bodies", "a further six people"."""
    phrase = {word.low for word in reader.words[count.first : count.last]}
    return bool(phrase & {"more", "further", "additional"}) and "than" not in phrase


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
