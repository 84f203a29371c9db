"""Read in an article what tells events apart: its terms, names and numbers, head before body.

Pure and independent of any statistics. Terms are folded, lightly stemmed words without
function words; text in scripts without spaces gives pairs of characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ingest.function_words import FUNCTION_WORDS, likely_language
from wirewatch.model import Article
from wirewatch.text import fold

_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:[\u0300-\u036f\u064b-\u065f][^\W\d_]*)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\"“”«»‘(\[\n-]\s*|[.!?][\"”’)]\s+)$")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_LEAD_WORDS = 50
_MOST_WORDS = 700  # what stands further down says little about the event


@dataclass(frozen=True, slots=True)
class Profile:
    """What an article says, counted.

    Attributes:
        language: ISO 639-1, read off the function words, else as declared, else "".
        title, head, body: How often each term stands there; the head is the title and 50 words.
        names: Terms written with a capital where the language doesn't ask for one.
        numbers: Terms with digits, without thousands separators.
        length: Words in all, title included.
    """

    language: str
    title: dict[str, int]
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
    title_tokens = _tokens(article.title)
    text_tokens = _tokens(text)[:_MOST_WORDS]
    language = likely_language(
        [fold(word) for word, _ in (*title_tokens, *text_tokens[:200])], article.language
    )
    names: set[str] = set()
    title = _count(title_tokens, language, names, in_title=True)
    lead = _count(text_tokens[:_LEAD_WORDS], language, names)
    body = _count(text_tokens[_LEAD_WORDS:], language, names)
    head = dict(title)
    for term, n in lead.items():
        head[term] = head.get(term, 0) + n
    return Profile(
        language=language,
        title=title,
        head=head,
        body=body,
        names=frozenset(names),
        numbers=frozenset(t for t in (*head, *body) if t[0].isdigit()),
        length=len(title_tokens) + len(text_tokens),
    )


def _tokens(text: str) -> list[tuple[str, bool]]:
    """Return (word, whether it begins a sentence) in order."""
    found = []
    end = 0
    for m in _TOKEN.finditer(text):
        gap = text[end : m.start()]
        starts = end == 0 or (not gap.isspace() and any(c in '.!?:"“«\n' for c in gap))
        found.append((m.group(), starts))
        end = m.end()
    return found


def _count(
    tokens: list[tuple[str, bool]], language: str, names: set[str], *, in_title: bool = False
) -> dict[str, int]:
    counts: dict[str, int] = {}
    ignored = FUNCTION_WORDS.get(language, frozenset())
    capitals = in_title and _is_title_case(tokens, ignored)
    for word, starts in tokens:
        if word[0].isdigit():
            terms = [word.replace(",", "").rstrip(".:")]
        elif _UNSPACED.match(word):
            terms = [word[i : i + 2] for i in range(max(len(word) - 1, 1))]
        else:
            term = term_of(word)
            if len(term) < 2 or term in ignored or fold(word) in ignored:
                continue
            terms = [term]
            if word[0].isupper() and not starts and not capitals and language != "de":
                names.add(term)
        for term in terms:
            counts[term] = counts.get(term, 0) + 1
    return counts


def _is_title_case(tokens: list[tuple[str, bool]], ignored: frozenset[str]) -> bool:
    """Whether most longer words have a capital, so that one says nothing."""
    longer = [w for w, _ in tokens if len(w) > 3 and fold(w) not in ignored and not w[0].isdigit()]
    return sum(w[0].isupper() for w in longer) * 3 > len(longer) * 2


@lru_cache(maxsize=65536)
def term_of(word: str) -> str:
    """Return a word as it is counted: folded, without plural and possessive endings."""
    term = fold(word)
    if term.isascii() and len(term) > 3:
        if term.endswith("ies") and len(term) > 4:
            return term[:-3] + "y"
        if term.endswith("s") and not term.endswith(("ss", "us", "is")):
            return term[:-1]
    return term
