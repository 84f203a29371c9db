"""Words as rules, facts and stories compare them: folded, with their offsets in the original.

The same for articles and for phrases, so that whatever folds, folds on both sides: Kata'ib is
Kata’ib is Kataib, air-strike is air strike, Iran’s is Iran, U.S. is the two words u s.

Two ways to the same words: `tokens` knows where each one stands; `normalise` gives bytes to
search in, `b" air strike on erbil "`, ten times faster. The n-th word of one is the n-th of the other.
"""

from __future__ import annotations

import re
import string
from codecs import charmap_encode
from collections.abc import Callable, Sequence
from typing import NamedTuple

from wirewatch.text.fold import GERSHAYIM, RUN, belongs_to_letter, fold_run, fold_run_cased
from wirewatch.text.quick import ENCODING, after

_KEPT = string.ascii_letters + string.digits
_CASED = {code: chr(code) if chr(code) in _KEPT else " " for code in range(128)}
_CASED |= {ord("'"): "'", ord("`"): "'"}
_LOWER = {code: char.lower() for code, char in _CASED.items()}


def _bytes_table(table: dict[int, str]) -> bytes:
    return "".join(table[code] for code in range(128)).encode() + bytes(range(128, 256))


_LOWER_BYTES, _CASED_BYTES = _bytes_table(_LOWER), _bytes_table(_CASED)
# bytes.split() takes it for a letter; in texts it is a blank.
SEPARATOR = b"\x1e"
_SEPARATOR = SEPARATOR.decode()
_BETWEEN = f" {_SEPARATOR} "
_LOWER_FIELDS, _CASED_FIELDS = (
    table[:0x1E] + SEPARATOR + table[0x1F:] for table in (_LOWER_BYTES, _CASED_BYTES)
)
# The same for texts of usual characters, which are translated without looking at runs: (table,
# what falls away).
_QUICK = {table: after(table, fold_run) for table in (_LOWER_BYTES, _LOWER_FIELDS)}
_QUICK |= {table: after(table, fold_run_cased) for table in (_CASED_BYTES, _CASED_FIELDS)}
_POSSESSIVE = "'s"
_FOLDED_POSSESSIVE = re.compile(rb"'s ")
_ANY_POSSESSIVE = re.compile(rb"'[sS] ")
_CHUNK = re.compile(r"[^ ]+")


class Token(NamedTuple):
    """A folded word and where it stands in the original, in code points."""

    text: str
    start: int
    end: int


def fold(word: str) -> str:
    """Return a word as it is compared; words that fall apart (air-strike) are joined by a space."""
    return " ".join(words(word))


def words(text: str) -> list[str]:
    """Return the folded words of a text, without offsets; faster than `tokens`."""
    return normalise(text).decode().split()


def normalise(text: str) -> bytes:
    """Return a text as bytes to search in: its folded words in UTF-8, a space around each."""
    return lined(_folded(text, _LOWER_BYTES).split())


def normalise_cased(text: str) -> bytes:
    """Return `normalise(text)` with the letters' case kept: the same length, word under word."""
    return _cased_bytes(text, _CASED_BYTES)


def normalise_fields(texts: Sequence[str]) -> bytes:
    """Return several texts as one line to search in, with the word SEPARATOR between them."""
    return lined(fields_folded(texts).split())


def fields_folded(texts: Sequence[str]) -> bytes:
    """Return the words of several texts with blanks around them, any number of them.

    Splitting it gives the words, with SEPARATOR between one text and the next.
    """
    return b" %b" % _folded(_joined(texts), _LOWER_FIELDS)


def lined(folded: Sequence[bytes]) -> bytes:
    """Return words as one line to search in, a space around each."""
    return b" %b " % b" ".join(folded) if folded else b" "


def normalise_fields_cased(texts: Sequence[str]) -> bytes:
    """Return `normalise_fields(texts)` with the letters' case kept."""
    return _cased_bytes(_joined(texts), _CASED_FIELDS)


def _joined(texts: Sequence[str]) -> str:
    text = _BETWEEN.join(texts)
    if text.count(_SEPARATOR) >= len(texts):  # one of them has it inside
        text = _BETWEEN.join(each.replace(_SEPARATOR, " ") for each in texts)
    return text


def _folded(text: str, table: bytes) -> bytes:
    line = _translated(text, table, _fold_match) + b" "
    if b"'" in line:
        # bytes.replace needs four times as long for more than one letter.
        line = _FOLDED_POSSESSIVE.sub(b" ", line).replace(b"'", b"")
    return line


def _translated(text: str, table: bytes, fold_match: Callable[[re.Match[str]], str]) -> bytes:
    if text.isascii():
        return text.encode().translate(table)
    try:
        # A third of the time that runs take: most texts hold nothing but quotes and accents.
        return charmap_encode(text, "strict", ENCODING)[0].translate(*_QUICK[table])
    except UnicodeEncodeError:
        return RUN.sub(fold_match, text).encode().translate(table)


def _cased_bytes(text: str, table: bytes) -> bytes:
    line = _translated(text, table, _fold_match_cased) + b" "
    if b"'" in line:
        line = _ANY_POSSESSIVE.sub(b" ", line).replace(b"'", b"")
    return lined(line.split())


def tokens(text: str) -> list[Token]:
    """Return the words of a text in order, each with the place it was read from."""
    folded, places = (text, None) if text.isascii() else _aligned(text)
    folded = folded.translate(_LOWER)
    found = []
    for chunk in _CHUNK.finditer(folded):
        word, start, end = chunk.group(), chunk.start(), chunk.end()
        if "'" in word:
            word, start, end = _without_apostrophes(word, start)
        if word:
            first, last = (start, end) if places is None else (places[start][0], places[end - 1][1])
            found.append(Token(word, first, last))
    return found


def _without_apostrophes(word: str, start: int) -> tuple[str, int, int]:
    word = word.removesuffix(_POSSESSIVE)
    head = len(word) - len(word.lstrip("'"))
    return word.replace("'", ""), start + head, start + len(word.rstrip("'"))


def _fold_match(match: re.Match[str]) -> str:
    return fold_run(match.group())


def _fold_match_cased(match: re.Match[str]) -> str:
    return fold_run_cased(match.group())


def _aligned(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Fold the non-ASCII runs; for each character of the result, where it was read from."""
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    at = 0
    for run in RUN.finditer(text):
        pieces.append(text[at : run.start()])
        places += [(i, i + 1) for i in range(at, run.start())]
        for piece, start, end in _pieces(run.group()):
            pieces.append(piece)
            places += [(run.start() + start, run.start() + end)] * len(piece)
        at = run.end()
    pieces.append(text[at:])
    places += [(i, i + 1) for i in range(at, len(text))]
    return "".join(pieces), places


def _pieces(run: str) -> list[tuple[str, int, int]]:
    """Cut a run into the smallest pieces that fold, one by one, to what the whole folds to.

    Characters mostly fold alone; where neighbours change each other (marks that compose, a
    gershayim, a non-joiner) a letter with what belongs to it is one piece, else the whole run.
    """
    whole = fold_run(run)
    single = [(fold_run(char), i, i + 1) for i, char in enumerate(run)]
    if "".join(piece for piece, _, _ in single) == whole:
        return single
    starts = [at for at in range(len(run)) if at == 0 or not belongs_to_letter(run, at)]
    bounds = zip(starts, [*starts[1:], len(run)], strict=True)
    # A gershayim that ends a piece falls away, as it does inside the word.
    pieces = [(fold_run(run[a] + run[a + 1 : b].rstrip(GERSHAYIM)), a, b) for a, b in bounds]
    if "".join(piece for piece, _, _ in pieces) == whole:
        return pieces
    return [(whole, 0, len(run))]
