"""Who says so, and how firmly.

Speakers are found from the verb of saying: a name or an office before it ("the health ministry
said"), a name after it ("says the NGO …"), or what "according to" leads to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ahocorasick_rs import AhoCorasick

from rules.facts.numerals import Word
from rules.facts.words import bag
from wirewatch.model import Claim

_VERBS = bag(
    """said says say told reported reports announced claimed claims confirmed added stated tweeted
    admitted wrote declared denied"""
)
_BEFORE_VERB = bag("also has have had later reportedly officially earlier")
_OFFICES = bag(
    """police official officials witness witnesses residents resident activists activist medics medic
    doctors doctor rescuers authorities media television tv radio army military ministry government
    rebels group coalition governor observatory pentagon spokesman spokeswoman spokesperson source
    sources monitor monitors officer mayor minister agency villagers elders hospital commander
    militants command chief office defence defense"""
)
_LINKS = bag("of for the and al el bin ibn de in")
_DESCRIBED = bag(
    """ngo agency group organization organisation monitor network newspaper daily broadcaster channel
    spokesman spokeswoman spokesperson watchdog minister governor mayor chief president general
    commander official officials activist correspondent"""
)
_SPOKESPERSON = bag("spokesman spokeswoman spokesperson word secretary")
_NO_NAME = bag(
    """it he she they we i the a an this that these those there but and in on at of for one two three
    four five six seven eight nine ten some many most several according what who both each another
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december"""
)
_LONGEST_NAME = 9


def speakers(sentence: list[Word], *, shouted: bool = False) -> list[tuple[str, int]]:
    """Return who is quoted in a sentence, each with its offset, in text order.

    Args:
        sentence: Its words, from `numerals.split`.
        shouted: The text is all capitals, so that a capital says nothing.
    """
    found: dict[str, int] = {}
    for at, word in enumerate(sentence):
        if word.low in _SPOKESPERSON and not shouted:
            name = _spokesperson(sentence, at)
            if name:
                found.setdefault(name, word.start)
        for span in _quoted(sentence, at, shouted=shouted):
            name = _tidy(sentence, *span)
            if name:
                found.setdefault(name, sentence[span[0]].start)
    return sorted(found.items(), key=lambda pair: pair[1])


def _quoted(sentence: list[Word], at: int, *, shouted: bool) -> Iterator[tuple[int, int]]:
    """Yield the words that name who says what the word at `at` introduces."""
    low, before = sentence[at].low, sentence[at - 1].text if at else ""
    spans: list[tuple[int, int] | None] = []
    if low in _VERBS:
        spans.append(_before(sentence, at, shouted=shouted))
        if not shouted and before in {",", '"', "”", "’"}:
            spans.append(_after(sentence, at + 1))
    elif low in {"put", "puts"} and _is_toll_next(sentence, at + 1):
        spans.append(_before(sentence, at, shouted=shouted))
    elif low == "per" and before == ",":
        spans.append(_after(sentence, at + 1, shouted=shouted))
    elif low == "according" and at + 1 < len(sentence) and sentence[at + 1].low == "to":
        spans.append(_after(sentence, at + 2, shouted=shouted))
    yield from filter(None, spans)


def _is_toll_next(sentence: list[Word], at: int) -> bool:
    """Say whether "put" is said of a figure: "put the death toll at 17"."""
    return any(word.low in _FIGURES for word in sentence[at : at + 5])


_FIGURES = bag("toll number figure dead wounded injured casualties")


def attribution(found: list[tuple[str, int]], at: int) -> str:
    """Return the speaker who stands nearest to an offset of the sentence, or ""."""
    return min(found, key=lambda pair: abs(pair[1] - at))[0] if found else ""


def tells_speaker(low: str) -> bool:
    """Say quickly whether a text in lower case may name who says so."""
    return bool(_SAYING.find_matches_as_indexes(low))


_SAYING = AhoCorasick([*_VERBS, "according", ", per ", " put ", " puts ", *_SPOKESPERSON])


def _is_capital(word: Word) -> bool:
    return word.text[0].isupper()


def _before(sentence: list[Word], verb: int, *, shouted: bool) -> tuple[int, int] | None:
    end = verb
    while end and sentence[end - 1].low in _BEFORE_VERB:
        end -= 1
    if end and sentence[end - 1].text == ",":
        # "Karim Jalal, the police chief, said": step over the aside.
        opening = next(
            (i for i in range(end - 3, max(end - 14, 0), -1) if sentence[i].text == ","), None
        )
        if opening is None:
            return None
        end = opening
    else:
        end = _before_clause(sentence, end)
    if not end:
        return None
    last = sentence[end - 1]
    if last.low in _OFFICES and not (_is_capital(last) and not shouted):
        return _office(sentence, end)
    if shouted or not _is_capital(last):
        return None
    start = end
    while start and end - start < _LONGEST_NAME:
        word = sentence[start - 1]
        if _is_capital(word) and word.low not in _NO_NAME:
            start -= 1
        elif (
            word.low in _LINKS
            and start >= 2
            and _is_capital(sentence[start - 2])
            and (sentence[start - 2].low not in _NO_NAME)
        ):
            start -= 2
        else:
            break
    return (start, end) if start < end else None


def _before_clause(sentence: list[Word], end: int) -> int:
    """Step over "medics | who asked not to be named | said"."""
    for at in range(end - 2, max(end - 10, 0), -1):
        if sentence[at].low == "who":
            return at if sentence[at - 1].low in _OFFICES else end
        if not sentence[at].text[0].isalpha():
            break
    return end


def _office(sentence: list[Word], end: int) -> tuple[int, int]:
    """Take up to two plain words or a name before an office: "a senior security source"."""
    start = end - 1
    while start and end - start < 4:
        word = sentence[start - 1]
        if not word.text[0].isalpha() or word.low in _NO_NAME or word.low in _COMMON:
            break
        start -= 1
    return start, end


_COMMON = bag(
    "with as when while after to from by that which who were was are is been killed wounded injured dead"
)


def _after(sentence: list[Word], at: int, *, shouted: bool = False) -> tuple[int, int] | None:
    start = at
    limit = min(len(sentence), at + 9)
    while start < limit and not (_is_capital(sentence[start]) and not shouted):
        if sentence[start].low in _OFFICES and not _is_name_next(sentence, start + 1):
            first = at + 1 if sentence[at].low in {"the", "a", "an"} else at
            return first, start + 1
        if not sentence[start].text[0].isalpha():
            return None
        start += 1
    if start >= limit:
        return None
    end = start
    while end < len(sentence) and end - start < _LONGEST_NAME:
        word = sentence[end]
        if _is_capital(word):
            end += 1
        elif word.low in _DESCRIBED and _is_name_next(sentence, end + 1):
            start = end = end + 1  # "Syrian agency | Sana"
        elif word.low in _LINKS and _is_name_next(sentence, end + 1):
            end += 1
        else:
            break
    while start < end - 1 and sentence[start].low in _DESCRIBED:
        start += 1
    return (start, end) if start < end else None


def _is_name_next(sentence: list[Word], at: int) -> bool:
    return at < len(sentence) and _is_capital(sentence[at]) and sentence[at].text.isalpha()


def _spokesperson(sentence: list[Word], at: int) -> str:
    """Read "Pentagon spokesman John Kirby" as "John Kirby, Pentagon"."""
    if not (at and _is_capital(sentence[at - 1]) and _is_name_next(sentence, at + 1)):
        return ""
    if not _is_name_next(sentence, at + 2) or sentence[at - 1].low in _NO_NAME:
        return ""
    return f"{sentence[at + 1].text} {sentence[at + 2].text}, {sentence[at - 1].text}"


def _tidy(sentence: list[Word], start: int, end: int) -> str:
    while start < end and sentence[start].low in {"the", "a", "an", "and"}:
        start += 1
    if start == end or (end - start == 1 and sentence[start].low in _NO_NAME):
        return ""
    text = " ".join(word.text for word in sentence[start:end])
    return text.removesuffix("’s").removesuffix("'s")


_DENIED = re.compile(
    r"\b(?:(?<!confirmed nor )(?<!confirm nor )(?<!confirm or )(?<!confirmed or )den(?:y|ies|ied|ying)\b(?! (?:entry|access|bail|visas?))"
    r"|(?:reject|dismiss|refut)(?:e?s|e?d|ing)? (?:\w+ ){0,4}?(?:claim|report|accusation|allegation|suggestion)s?\b|false reports?"
    r"|(?:claim|report|accusation|allegation)s?\b[^.;]{0,60}\b(?:baseless|fabricated|untrue|unfounded|a lie|lies|false)\b"
    r"|(?:was|were|is|are) not (?:involved|responsible|behind)|had no (?:part|role|hand|involvement) in)"
)
_CLAIMED = re.compile(
    r"\b(?:claim(?:s|ed|ing)?\b(?! the lives| \w+ lives)|allegedly|alleged\b|reportedly|unconfirmed|purported"
    r"|could not (?:be )?(?:independently )?verif|accus(?:es|ed|ing)\b|no (?:\w+ )?confirmation)"
)
_PARTY_SAYS = re.compile(
    r"\b(?:rebels?|militants?|insurgents?|fighters|guerrillas|separatists|militias?|group) sa(?:y|ys|id) (?:it|its|they|their)\b"
)
_RESPONSIBLE = re.compile(r"\bclaim(?:s|ed|ing)? responsibility\b")
_NO_ONE_CLAIMS = re.compile(
    r"\b(?:no (?:one|group|organi[sz]ation|side|party|faction)|nobody|none)\b[^.;]{0,40}?\bclaim(?:s|ed|ing)? responsibility\b"
    r"|\bno (?:immediate )?claims? of responsibility\b|\b(?:not|never) (?:immediately |yet )?claimed responsibility\b"
)
# Who will not say is not quoted with what he would not say.
_WILL_NOT_SAY = re.compile(
    r"\b(?:(?:declin|refus)(?:es|ed|ing|e) to|(?:could|would|did|can|will|does|do)(?: not|n['’]t)|cannot|unable to|yet to|neither|not"
    r"(?: yet)?(?: been)?(?: independently)?) (?:immediately |independently )?(?:confirm(?:ed|s|ing)?|verif(?:y|ied)|acknowledged?)\b"
    r"(?: (?:n?or) den(?:y|ies|ied))?"
)
_CONFIRMED = re.compile(
    r"\b(?:confirm(?:s|ed|ing)?\b|acknowledg(?:es|ed|ing)\b|admit(?:s|ted|ting)?\b|verified\b|have carried out"
    r"|(?:military|forces|army|coalition|pentagon) (?:said|says) (?:it|its|they)\b)"
)


def status(sentences: list[str]) -> Claim | None:
    """Return how firmly the sentences say it: denied before claimed before confirmed, else None.

    A claim of responsibility confirms that there was an attack.
    """
    text = " ".join(sentences).lower()
    if "confirm" in text:
        text = _WILL_NOT_SAY.sub("", text)
    if "responsib" in text:
        text = _NO_ONE_CLAIMS.sub("", text)
    if any(stem in text for stem in _DENIAL_STEMS) and _DENIED.search(text):
        return Claim.DENIED
    if "claim" in text and _RESPONSIBLE.search(text):
        return Claim.CONFIRMED
    if any(stem in text for stem in _CLAIM_STEMS) and _CLAIMED.search(text):
        return Claim.CLAIMED
    if any(said in text for said in _OF_ONESELF) and _PARTY_SAYS.search(text):
        return Claim.CLAIMED
    return Claim.CONFIRMED if _CONFIRMED.search(text) else None


_CLAIM_STEMS = (
    "claim", "alleged", "reportedly", "unconfirmed", "purported", "verif", "accus", "confirmation",
)  # fmt: skip
_OF_ONESELF = ("said it", "say they", "says it", "said they", "said the", "say it", "say the")
_DENIAL_STEMS = (
    "deni", "deny", "reject", "dismiss", "refut", "false", "baseless", "fabricat", "untrue", "unfounded", " a lie", " lies",
    "not involved", "not responsible", "not behind", "had no",
)  # fmt: skip
