"""From a written phrase to everything that is searched for: the forms behind `rules show`.

A phrase becomes alternatives; each is a row of folded words, some of which must also stand in the
written case. Joined and split spellings, particles, inflections and transliterations are all listed
here, at compile time, so that reading an article is nothing but looking up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from rules.compounds import COMPOUNDS, SHOUTED
from rules.inflect import case_endings, inflect, proclitics
from rules.query import Phrase, QueryError, Word
from rules.spellings import spellings
from wirewatch.text import words
from wirewatch.text.tokens import normalise_cased

MAX_FORMS = 5_000
_PLAIN_LENGTH = 200

_ACRONYM = re.compile("[A-Z]{2,5}")
_DOTTED = re.compile(r"(?:[A-Z]\.)+[A-Z]?\.?")
# The Persian non-joiner too: written with it, with a space or in one.
_HYPHENS = re.compile("[-‐‑‒–—−\u200c]")
_GREEK_ACCENTS = str.maketrans("άέήίόύώϊϋΐΰ", "αεηιουωιυιυ")
_OPERATORS = frozenset({"AND", "OR", "NOT", "NEAR", "THEN"})  # in quotes: words, not acronyms
# Two words that begin or end with one of these are not written as one: "the rapist".
_LOOSE = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "for",
        "from",
        "in",
        "into",
        "is",
        "it",
        "no",
        "not",
        "of",
        "off",
        "on",
        "or",
        "the",
        "to",
        "up",
        "was",
        "with",
    ]
)


class Piece(NamedTuple):
    """One word of a form.

    Attributes:
        text: Folded.
        cased: The same with the case it must have, or None.
        prefix: Any ending may follow.
    """

    text: str
    cased: str | None = None
    prefix: bool = False


class Form(NamedTuple):
    """Words to find side by side.

    Attributes:
        shouted: An all-capital word that is also a plain word: in a text set in capitals it does
            not count.
    """

    pieces: tuple[Piece, ...]
    shouted: bool = False

    @property
    def text(self) -> str:
        """Its folded words."""
        return " ".join([piece.text for piece in self.pieces])

    @property
    def is_plain(self) -> bool:
        """Whether the folded words are all there is to it."""
        return all([piece.cased is None and not piece.prefix for piece in self.pieces])  # noqa: C419 - faster


def forms(
    phrase: Phrase, *, language: str | None = None, transliterate: bool = False
) -> tuple[Form, ...]:
    """Return every form of a phrase, the plainest first.

    Raises:
        QueryError: There are too many, or `~` stands where we know no inflection.
    """
    if language is None and not transliterate:
        plain = _plain_forms(phrase)
        if plain:
            return plain
    parts = [part for word in phrase.words for part in _acronym_parts(word)]
    rows = [_alternatives(word, first=n == 0, language=language) for n, word in enumerate(parts)]
    found = _combine(rows, phrase)
    found += _joined(phrase, found)
    if transliterate:
        found += [
            Form(tuple(Piece(text) for text in row))
            for form in found[:20]
            if not any(piece.cased or piece.prefix for piece in form.pieces)
            for row in spellings([piece.text for piece in form.pieces])
        ]
    return tuple(dict.fromkeys(found))


def _plain_forms(phrase: Phrase) -> tuple[Form, ...]:
    """Do what `forms` does for the most usual phrases: plain ASCII words, no sign, no acronym."""
    texts = []
    for word in phrase.words:
        text = word.text
        if (
            word.exact or word.prefix or word.inflect or not (text.isascii() and text.isalpha())
        ) or (text.isupper() and 1 < len(text) < 6):
            return ()
        texts.append(text.lower())
    if not COMPOUNDS.keys().isdisjoint(texts):
        return ()
    form = Form(tuple(map(Piece, texts)))
    return (form, *_joined(phrase, [form])) if len(texts) == 2 else (form,)


def plain_patterns(line: str) -> tuple[bytes, ...]:
    """Return what is searched for of a line of plain ASCII words, or nothing where it is not that plain.

    What `parse` and `forms` would say of it, ten times faster: most phrases of most rules.
    """
    if not line.isascii() or len(line) > _PLAIN_LENGTH:
        return ()
    lower = line.lower()
    texts = lower.split()
    if not ("".join(texts).isalnum() and COMPOUNDS.keys().isdisjoint(texts)):
        return ()
    if lower != line and any(word.isupper() and len(word) > 1 for word in line.split()):
        return ()
    pattern = f" {' '.join(texts)} ".encode()
    if len(texts) != 2:
        return (pattern,)
    left, right = texts
    if _is_joinable(left) and _is_joinable(right):
        return pattern, f" {left}{right} ".encode()
    return (pattern,)


def _is_joinable(text: str) -> bool:
    return len(text) > 2 and text not in _LOOSE and not _is_number(text)


def _combine(rows: Sequence[list[tuple[Piece, ...]]], phrase: Phrase) -> list[Form]:
    count = 1
    for row in rows:
        count *= len(row)
    if count > MAX_FORMS:
        raise QueryError(
            f"this phrase has {count} forms, more than {MAX_FORMS}",
            offset=phrase.words[0].offset,
            hint="write ~ on fewer words",
        )
    return [_form(tuple(p for part in parts for p in part)) for parts in product(*rows)]


def _form(pieces: tuple[Piece, ...]) -> Form:
    # One word whose capitals are all that tells it from a plain word; in a phrase the rest helps.
    alone = pieces[0] if len(pieces) == 1 else None
    return Form(pieces, bool(alone and alone.cased and alone.text in SHOUTED))


def _alternatives(word: Word, *, first: bool, language: str | None) -> list[tuple[Piece, ...]]:
    """Every way to write one word; each is a row of pieces (F-16 is two)."""
    acronym = _acronym(word)
    if acronym is not None:
        return [
            (Piece(acronym.lower(), acronym, word.prefix),),
            tuple(Piece(letter.lower(), letter) for letter in acronym),
        ]
    folded = words(word.text)
    if word.exact:
        cased = normalise_cased(word.text).decode().split()
        return [(*tuple(map(Piece, folded, cased))[:-1], Piece(folded[-1], cased[-1], word.prefix))]
    rows = [tuple(folded)] if word.prefix else _rows(word, folded, first=first, language=language)
    found = [
        (*map(Piece, row[:-1]), Piece(row[-1], prefix=word.prefix)) for row in _as_in_capitals(rows)
    ]
    return list(dict.fromkeys(found))


def _as_in_capitals(rows: Iterable[tuple[str, ...]]) -> Iterable[tuple[str, ...]]:
    """Yield Greek words without their accents too: ΑΘΗΝΑ has none."""
    for row in rows:
        yield row
        if not row[-1].isascii():
            yield tuple(text.translate(_GREEK_ACCENTS) for text in row)


def _rows(
    word: Word, folded: list[str], *, first: bool, language: str | None
) -> Iterable[tuple[str, ...]]:
    head, last = tuple(folded[:-1]), folded[-1]
    endings = _endings(word, last, language)
    for ending in endings:
        for tail in proclitics(ending, first=first and not head, language=language):
            for start in _heads(head, first=first, language=language):
                row = (*start, *tail.split())
                yield row
                if len(row) == 1 and tail in COMPOUNDS:
                    yield COMPOUNDS[tail]
    if len(folded) > 1 and _HYPHENS.search(word.text) and not any(map(_is_number, folded[:-1])):
        for ending in endings:
            yield ("".join((*head, ending)),)
    elif len(folded) == 2 and _HYPHENS.search(word.text):
        yield ("".join(folded),)


def _endings(word: Word, last: str, language: str | None) -> tuple[str, ...]:
    """Return the forms of the last part of a word."""
    if not word.inflect:
        return case_endings(last, language)
    if _ACRONYM.fullmatch(word.text):  # UAVs, and no verb
        return last, f"{last}s"
    inflected = inflect(last, language)
    if inflected is None:
        raise QueryError(
            f"no inflection is known for {word.text!r}",
            offset=word.offset,
            hint="write * for any ending, or the forms with | between them",
        )
    return tuple(dict.fromkeys((*case_endings(last, language), *inflected)))


def _heads(head: tuple[str, ...], *, first: bool, language: str | None) -> list[tuple[str, ...]]:
    if not head:
        return [()]
    return [(form, *head[1:]) for form in proclitics(head[0], first=first, language=language)]


def _acronym_parts(word: Word) -> list[Word]:
    """Cut US-backed in two, so that the case of US counts; MQ-9 stays whole, also written MQ9."""
    parts = _HYPHENS.split(word.text)
    if word.exact or len(parts) < 2 or not all(part.isalpha() for part in parts):
        return [word]
    if not any(_ACRONYM.fullmatch(part) for part in parts):
        return [word]
    plain = [Word(part, word.offset) for part in parts[:-1]]
    return [*plain, replace(word, text=parts[-1])]


def _acronym(word: Word) -> str | None:
    """Two to five capitals, also dotted: their case counts unless `~` says otherwise."""
    if word.inflect or word.text in _OPERATORS:
        return None
    if _DOTTED.fullmatch(word.text) and not word.prefix:
        letters = word.text.replace(".", "")
        return letters if len(letters) > 1 else None
    return word.text if _ACRONYM.fullmatch(word.text) else None


def _joined(phrase: Phrase, found: list[Form]) -> list[Form]:
    """Two plain words are also searched as one: drone boat, droneboat."""
    if len(phrase.words) != 2 or any(_HYPHENS.search(word.text) for word in phrase.words):
        return []
    joined = []
    for form in found:
        texts = [piece.text for piece in form.pieces]
        if len(texts) == 2 and not (
            any(piece.cased for piece in form.pieces)
            or form.pieces[0].prefix
            or not all(map(_is_joinable, texts))
        ):
            joined.append(Form((Piece("".join(texts), None, form.pieces[1].prefix),)))
    return joined


def _is_number(text: str) -> bool:
    return text.isdecimal()
