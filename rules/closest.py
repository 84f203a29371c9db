"""The word of an article that is spelt most like a term: what `why` shows for a group that is missing."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

MAX_TERMS = 20_000
MIN_LENGTH = 4
# One letter in words of four and five, two in longer ones: more is another word.
_ONE_LETTER_UP_TO = 5

Word = tuple[str, str, int, int, int]


def closest(
    terms: Iterable[str], found: Iterable[Word]
) -> tuple[str, int, int, int, str, int] | None:
    """Return (printed, start, end, field, term, letters apart) of the closest pair, or None.

    Terms and words are compared by what is left of them after taking one letter out: two words one
    letter apart share such a rest, so that no pair has to be tried that is not close.

    Args:
        terms: Folded phrases; those of several words are left out.
        found: (folded, printed, start, end, field) in order.
    """
    rests: dict[str, list[str]] = {}
    for term in islice(terms, MAX_TERMS):
        if len(term) >= MIN_LENGTH and " " not in term:
            for rest in _rests(term):
                rests.setdefault(rest, []).append(term)
    best: tuple[tuple[int, int], Word, str] | None = None
    for word in found:
        if len(word[0]) < MIN_LENGTH:
            continue
        for term in {term for rest in _rests(word[0]) for term in rests.get(rest, ())}:
            letters = distance(word[0], term)
            most = 1 if min(len(word[0]), len(term)) <= _ONE_LETTER_UP_TO else 2
            rank = letters, -_sounding(word[0], term)
            if 0 < letters <= most and (best is None or rank < best[0]):
                best = rank, word, term
    if best is None:
        return None
    (letters, _), (_, printed, start, end, field), term = best
    return printed, start, end, field, term, letters


# Letters that spellings of one name exchange: Irak is Iraq sooner than Iran.
_ALIKE = {
    frozenset(pair)
    for pair in ["kq", "ck", "cq", "sz", "iy", "ou", "ei", "ea", "bv", "fv", "vw", "dt", "gj", "td"]
}


def _sounding(one: str, other: str) -> int:
    """Count the places where two words have different letters that sound alike."""
    return sum(frozenset((a, b)) in _ALIKE for a, b in zip(one, other, strict=False))


def _rests(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def distance(one: str, other: str) -> int:
    """Return how many letters must be changed, added or taken away (Levenshtein)."""
    row = list(range(len(other) + 1))
    for n, a in enumerate(one, 1):
        before, row[0] = row[0], n
        for m, b in enumerate(other, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (a != b))
    return row[-1]
