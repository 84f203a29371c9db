"""Read in an article what tells events apart: its terms, names and numbers, head before body.

Pure and independent of any statistics. Terms are folded words without plural endings and
function words; text in scripts without spaces gives pairs of characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.function_words import FUNCTION_WORDS, likely_language, stem
from wirewatch.model import Article
from wirewatch.text import fold

# Numbers with their separators; words; and what begins a sentence or a quotation, after which
# a capital says nothing. A full stop after one capital or a short title (Dr, Gov) ends no sentence.
_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:[\u0300-\u036f\u064b-\u065f][^\W\d_]*)*"
    r"|(?<!\b[A-Z])(?<!\b[A-Z][a-z])(?<!\b[A-Z][a-z][a-z])\.|[!?:\"“”«»(\[\n]"
)
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_LEAD_WORDS = 50
_LANGUAGE_WORDS = 200
_MOST_CHARACTERS = 5000  # what stands further down says little about the event


@dataclass(frozen=True, slots=True)
class Profile:
    """What an article says, counted.

    Attributes:
        language: ISO 639-1, read off the function words, else as declared, else "".
        head, body: How often each term stands there; the head is the title and 50 words.
        names: Terms written with a capital where the language doesn't ask for one.
        numbers: Terms of digits, without thousands separators.
        length: Words in all, title included.
    """

    language: str
    head: dict[str, int]
    body: dict[str, int]
    names: frozenset[str]
    numbers: frozenset[str]
    length: int


def profile_of(article: Article) -> Profile:
    """Return an article's profile; an article without words has an empty one."""
    text = article.body
    if not text.startswith(article.summary.rstrip(" .…")):
        text = f"{article.summary}\n{article.body}"
    title = _TOKEN.findall(article.title)
    tokens = _TOKEN.findall(text[:_MOST_CHARACTERS])
    language = likely_language(
        {term for token in (*title, *tokens[:_LANGUAGE_WORDS]) for term in _terms(token)},
        article.language,
    )
    counting = _Counting(FUNCTION_WORDS.get(language, frozenset()), german=language == "de")
    counting.take(title, capitals=not _is_title_case(title))
    end = _lead_end(tokens)
    counting.take(tokens[:end], capitals=True)
    head, counting.counts = counting.counts, {}
    counting.take(tokens[end:], capitals=True)
    return Profile(
        language=language,
        head=head,
        body=counting.counts,
        names=frozenset(counting.names),
        numbers=frozenset(counting.numbers),
        length=counting.length,
    )


class _Counting:
    """What was met so far, while an article is read from title to end."""

    def __init__(self, ignored: frozenset[str], *, german: bool) -> None:
        self.ignored, self.german = ignored, german
        self.counts: dict[str, int] = {}
        self.names: set[str] = set()
        self.numbers: set[str] = set()
        self.length = 0

    def take(self, tokens: Sequence[str], *, capitals: bool) -> None:
        counts, ignored = self.counts, self.ignored
        starts = True
        for token in tokens:
            terms = _terms(token)
            if not terms:
                starts = True
                continue
            self.length += 1
            for term in terms:
                if term in ignored:
                    continue
                counts[term] = counts.get(term, 0) + 1
                if term[0].isdigit():
                    self.numbers.add(term)
                elif capitals and not starts and not self.german and token[0].isupper():
                    self.names.add(term)
            starts = False


def _lead_end(tokens: Sequence[str]) -> int:
    """Return where the first 50 words end, marks not counted."""
    words = 0
    for end, token in enumerate(tokens):
        words += token[0].isalnum()
        if words > _LEAD_WORDS:
            return end
    return len(tokens)


def _is_title_case(tokens: Sequence[str]) -> bool:
    """Whether most longer words have a capital, so that one says nothing."""
    longer = [token for token in tokens if len(token) > 3 and token[0].isalpha()]
    return sum(token[0].isupper() for token in longer) * 3 > len(longer) * 2


@lru_cache(maxsize=65536)
def _terms(token: str) -> tuple[str, ...]:
    """Return what a token counts as: one term, pairs of characters, or nothing for a mark."""
    if token[0].isdigit():
        return (token.replace(",", ""),)
    if not token[0].isalpha():
        return ()
    if _UNSPACED.match(token):
        return tuple([token[i : i + 2] for i in range(max(len(token) - 1, 1))])
    return tuple([stem(word) for word in fold(token).split() if word])
