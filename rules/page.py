"""One article as rules read it: one line of bytes over all fields, and what is known of places in it.

Everything beyond the line itself is worked out when a rule first asks: most articles match nothing.
Positions are words counted over the whole line; a separator word stands between fields, so that
nothing reaches across.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate, count
from operator import add, itemgetter
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick

from wirewatch.model import Article, Field
from wirewatch.text.sentences import lead_end, paragraphs, sentences
from wirewatch.text.tokens import (
    SEPARATOR,
    Token,
    fields_folded,
    lined,
    normalise,
    normalise_fields_cased,
    tokens,
)

TITLE, SUMMARY, BODY, AUTHOR, CATEGORY, URL, LEAD = (1 << n for n in range(7))
MASKS = {
    "title": TITLE,
    "summary": SUMMARY,
    "body": BODY,
    "author": AUTHOR,
    "category": CATEGORY,
    "url": URL,
    "lead": LEAD,
    "any": TITLE | SUMMARY | BODY | AUTHOR | CATEGORY | URL,
}
TEXT = TITLE | SUMMARY | BODY
EXTRA = AUTHOR | CATEGORY | URL
FIELDS = (Field.TITLE, Field.SUMMARY, Field.BODY, Field.AUTHOR, Field.CATEGORY, Field.URL)
LEAD_SENTENCES = 2
LEAD_WORDS = 50
# A text is set in capitals when more than this share of its letters is, and it has some.
SHOUTED_SHARE = 0.7
SHOUTED_LETTERS = 10
# In lines of more bytes than this, all places of all patterns are sorted once instead of looked for
# again pattern by pattern.
LONG = 20_000

_number = itemgetter(0)


class Hit(NamedTuple):
    """A term found.

    Attributes:
        start, end: Words of the page, half-open.
        field: Index into FIELDS.
        term: The line or entity that it belongs to, as people know it.
        chars: (start, end) in the field where it is no whole words (patterns), else ().
    """

    start: int
    end: int
    field: int
    term: str
    chars: tuple[int, ...] = ()


def fold_article(article: Article, *, extra: bool = False) -> bytes:
    """Return the words of an article, with blanks around them: the first step of reading it."""
    return fields_folded(_texts(article, extra=extra))


def _texts(article: Article, *, extra: bool) -> tuple[str, ...]:
    if not extra:
        return article.title, article.summary, article.body
    return tuple(article.text(field) for field in FIELDS)


class Page:
    """See the module."""

    def __init__(
        self, article: Article, *, extra: bool = False, folded: bytes | None = None
    ) -> None:
        """Read an article; `folded` is what `fold_article` made of it, where somebody has it."""
        self.article = article
        self.has_extra = extra
        self._everything = TEXT | EXTRA if extra else TEXT
        self.folded = (folded or fold_article(article, extra=extra)).split()
        self.line = lined(self.folded)
        self.numbers: set[int] = set()
        self._numbers: dict[int, set[int]] = {}
        self.memo: dict[tuple[int, int], tuple[object, list[Hit]]] = {}
        self._patterns: Sequence[bytes] = ()
        self._found: list[tuple[int, int, int]] = []

    def search(
        self,
        automaton: BytesAhoCorasick,
        patterns: Sequence[bytes],
        numbers: Sequence[int] | None = None,
    ) -> None:
        """Find every pattern, overlapping ones too.

        Args:
            automaton: Of a program's patterns.
            patterns: The program's, by number.
            numbers: What the automaton's patterns are numbered in the program, where it differs.
        """
        found = automaton.find_matches_as_indexes(self.line, overlapping=True)
        if numbers is not None:
            found = [(numbers[number], start, end) for number, start, end in found]
        self._patterns = patterns
        self.take(found)

    def take(self, found: list[tuple[int, int, int]]) -> None:
        """Take (pattern, start, end) of all that was found, in any order of patterns."""
        self._found = found
        self.numbers = set(map(_number, found))

    def numbers_in(self, mask: int) -> set[int]:
        """Return the patterns found in the fields of a mask."""
        if self._everything & ~mask == 0:
            return self.numbers
        if mask not in self._numbers:
            stretches = self._stretches(mask)
            self._numbers[mask] = {
                number
                for number, start, end in self._found
                for low, high in stretches
                if low <= start and end <= high
            }
        return self._numbers[mask]

    def places_in(self, number: int, mask: int) -> Iterable[tuple[int, int]]:
        """Return (start, end) bytes of a pattern in the fields of a mask, in order."""
        found = self.places(number)
        if self._everything & ~mask == 0:
            return found
        stretches = self._stretches(mask)
        return [
            (start, end)
            for start, end in found
            if any(low <= start and end <= high for low, high in stretches)
        ]

    def _stretches(self, mask: int) -> list[tuple[int, int]]:
        """First and last byte of what a mask covers, the blanks around words too."""
        if mask not in self._covered:
            fields = self._field_bounds
            found = [bounds for n, bounds in enumerate(fields) if mask >> n & 1]
            if mask & LEAD:
                field, count = self._lead
                end = self._spaces[self._field_starts[field] + count] + 1
                found += [fields[0], (fields[field][0], end)]
            self._covered[mask] = found
        return self._covered[mask]

    @cached_property
    def _covered(self) -> dict[int, list[tuple[int, int]]]:
        return {}

    @cached_property
    def _field_bounds(self) -> list[tuple[int, int]]:
        ends = [*accumulate(map(len, self.line.split(SEPARATOR)), lambda at, size: at + size + 1)]
        return list(zip([0, *(end + 1 for end in ends)], ends, strict=False))

    def places(self, number: int) -> Iterable[tuple[int, int]]:
        """Return (start, end) bytes in the line of a pattern, in order."""
        if not self._patterns or len(self.line) > LONG:
            return self._by_pattern.get(number, ())
        # Few patterns are ever asked for, and sorting all of them costs more than to look again.
        pattern, line = self._patterns[number], self.line
        found, at = [], line.find(pattern)
        while at >= 0:
            found.append((at, at + len(pattern)))
            at = line.find(pattern, at + 1)
        return found

    @cached_property
    def _by_pattern(self) -> dict[int, list[tuple[int, int]]]:
        found: dict[int, list[tuple[int, int]]] = {}
        for pattern, start, end in self._found:
            found.setdefault(pattern, []).append((start, end))
        return found

    @cached_property
    def cased(self) -> bytes:
        """The line with the letters' case kept, byte under byte."""
        return normalise_fields_cased(_texts(self.article, extra=self.has_extra))

    @cached_property
    def _spaces(self) -> list[int]:
        # Lengths of the words added up, and one for each blank before: all in C.
        return [0, *map(add, accumulate(map(len, self.folded)), count(1))]

    @cached_property
    def _field_starts(self) -> list[int]:
        """First word of each field, over the whole line; the separator before it counts."""
        starts = [0]
        for _ in range(5 if self.has_extra else 2):
            starts.append(self.folded.index(SEPARATOR, starts[-1]) + 1)
        return starts

    def word_at(self, offset: int) -> int:
        """Return which word begins or goes on at a byte of the line (the blank before it counts)."""
        return bisect_right(self._spaces, offset) - 1

    def word_end(self, offset: int) -> int:
        """Return how many words end at or before a byte: the end of a hit that ends there."""
        return bisect_right(self._spaces, max(offset - 2, 0))

    def field_of(self, word: int) -> int:
        """Return the index of the field that a word stands in."""
        return bisect_right(self._field_starts, word) - 1

    def field_start(self, field: int) -> int:
        """Return the first word of a field."""
        return self._field_starts[field]

    def is_open(self, hit: Hit, mask: int) -> bool:
        """Decide whether a hit stands in one of the fields of a mask."""
        return bool(mask & (1 << hit.field)) or (bool(mask & LEAD) and self.in_lead(hit))

    def in_lead(self, hit: Hit) -> bool:
        """Decide whether a hit stands in the title or in the first sentences."""
        if hit.field == 0:
            return True
        field, end = self._lead
        return hit.field == field and hit.end - self.field_start(field) <= end

    @cached_property
    def _lead(self) -> tuple[int, int]:
        """The field that the lead stands in, and how many of its words belong to it."""
        field = 1 if self._field_starts[2] - self._field_starts[1] > 1 else 2
        text = self.article.text(FIELDS[field])
        opening = normalise(text[: lead_end(text, count=LEAD_SENTENCES)])
        return field, min(opening.count(b" ") - 1, LEAD_WORDS)

    def is_shouted(self, field: int) -> bool:
        """Decide whether a field is set in capitals, so that the case of a word says nothing."""
        return self._shouted[field]

    @cached_property
    def _shouted(self) -> list[bool]:
        return [
            _is_shouted(self.article.text(field)) for field in FIELDS[: len(self._field_starts)]
        ]

    def tokens(self, field: int) -> list[Token]:
        """Return the words of a field with their offsets."""
        if field not in self._tokens:
            self._tokens[field] = tokens(self.article.text(FIELDS[field]))
        return self._tokens[field]

    @cached_property
    def _tokens(self) -> dict[int, list[Token]]:
        return {}

    def chars(self, hit: Hit) -> tuple[int, int]:
        """Return where a hit stands in its field, in code points."""
        if hit.chars:
            return hit.chars[0], hit.chars[1]
        found, base = self.tokens(hit.field), self.field_start(hit.field)
        return found[hit.start - base].start, found[hit.end - 1 - base].end

    def words_at(self, field: int, start: int, end: int) -> tuple[int, int]:
        """Return the words of the page that a stretch of a field touches."""
        found, base = self.tokens(field), self.field_start(field)
        first = bisect_right(found, start, key=lambda token: token.end)
        last = bisect_right(found, end - 1, key=lambda token: token.start)
        return base + first, base + max(first, last)

    def unit(self, hit: Hit, unit: str) -> tuple[int, int]:
        """Return the sentences or paragraphs that a hit touches, half-open."""
        start, end = self.chars(hit)
        bounds = self._bounds(hit.field, unit)
        first = max(bisect_right(bounds, start) - 1, 0)
        return first, max(bisect_right(bounds, max(end - 1, start)), first + 1)

    def _bounds(self, field: int, unit: str) -> Sequence[int]:
        if (field, unit) not in self._units:
            cut = sentences if unit == "sentence" else paragraphs
            self._units[field, unit] = [start for start, _ in cut(self.article.text(FIELDS[field]))]
        return self._units[field, unit]

    @cached_property
    def _units(self) -> dict[tuple[int, str], list[int]]:
        return {}


def _is_shouted(text: str) -> bool:
    upper = sum(map(str.isupper, text))
    lower = sum(map(str.islower, text))
    letters = upper + lower
    return letters >= SHOUTED_LETTERS and upper > SHOUTED_SHARE * letters
