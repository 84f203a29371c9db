"""The word of an article that is spelt most like a term: what `why` shows for a group that is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

MAX_TERMS = 20_000
MIN_LENGTH = 4
# One letter in words of four and five, two in longer ones: more is another word.
_ONE_LETTER_UP_TO = 5

Rests = Mapping[str, Sequence[str]]


def rests_of(texts: Iterable[str]) -> Rests:
    """Return texts by what is left of them after taking one letter out, and by themselves.

    Two words one letter apart share such a rest, so that no pair has to be tried that is not close.
    """
    found: dict[str, list[str]] = {}
    for text in islice(dict.fromkeys(texts), MAX_TERMS):
        if len(text) >= MIN_LENGTH:
            for rest in {text, *(text[:at] + text[at + 1 :] for at in range(len(text)))}:
                found.setdefault(rest, []).append(text)
    return found


def closest(terms: Rests, words: Rests) -> tuple[str, str, int] | None:
    """Return (word, term, letters apart) of the closest pair of folded texts, or None."""
    pairs = {
        (word, term)
        for rest in terms.keys() & words.keys()
        for word in words[rest]
        for term in terms[rest]
        if _in_long_words(word.split(), term.split())
    }
    ranked = []
    for word, term in pairs:
        letters = distance(word, term)
        most = 1 if min(len(word), len(term)) <= _ONE_LETTER_UP_TO else 2
        if 0 < letters <= most:
            ranked.append((letters, -_sounding(word, term), word, term))
    if not ranked:
        return None
    letters, _, word, term = min(ranked)
    return word, term, letters


def is_likely(word: str, term: str) -> bool:
    """Decide whether two close texts are spellings of one: long, or of letters that sound alike."""
    return min(len(word), len(term)) > _ONE_LETTER_UP_TO or _sounding(word, term) > 0


def _in_long_words(one: list[str], other: list[str]) -> bool:
    """Decide whether two phrases differ in long words only: a base on case is no base on base."""
    return len(one) == len(other) and (
        len(one) == 1
        or all(
            a == b or min(len(a), len(b)) > _ONE_LETTER_UP_TO
            for a, b in zip(one, other, strict=True)
        )
    )


# Letters that spellings of one name exchange: Irak is Iraq sooner than Iran.
_ALIKE = {
    frozenset(pair)
    for pair in ["kq", "ck", "cq", "sz", "iy", "ou", "ei", "ea", "bv", "fv", "vw", "dt", "gj", "td"]
}


def _sounding(one: str, other: str) -> int:
    """Count the places where two words have different letters that sound alike."""
    return sum(frozenset((a, b)) in _ALIKE for a, b in zip(one, other, strict=False))


def distance(one: str, other: str) -> int:
    """Return how many letters must be changed, added or taken away (Levenshtein)."""
    row = list(range(len(other) + 1))
    for n, a in enumerate(one, 1):
        before, row[0] = row[0], n
        for m, b in enumerate(other, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (a != b))
    return row[-1]
