"""Read in an article what tells events apart: its terms, names and numbers, head before body.

Pure and independent of any statistics. Terms are folded words without plural endings and
function words; text in scripts without spaces gives pairs of characters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from ingest.function_words import FUNCTION_WORDS, MONTHS, likely_language, stem
from ingest.glossary import english
from ingest.urls import title_words
from wirewatch.model import Article, Place
from wirewatch.text import fold

# Words; numbers with their separators; and what begins a sentence or a quotation, after which
# a capital says nothing. A full stop after one capital or a short title (Dr, Gov) ends no sentence.
_STOP = r"\.(?<!\b[A-Z]\.)(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z][a-z][a-z]\.)"
_TOKEN = re.compile(
    r"[^\W\d_]+(?:[\u0300-\u036f\u064b-\u065f\u200c][^\W\d_]*|[\"'״׳](?=[\u05d0-\u05ea])[^\W\d_]*)*"
    r"|\d+(?:[.,٫٬]\d+)*|[!?:\"“”«»(\[\n]|" + _STOP
)
_ASCII_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*|[!?:\"(\[\n]|" + _STOP)  # twice as fast
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"[012]?\d|3[01]")
_DATE_WORDS = 5  # "1 de marzo de 2008", "14 th March 2013"
_LEAD_WORDS = 50
_LANGUAGE_WORDS = 200
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+")
_OTHER_SCRIPTS = "\u0400"  # from here on: neither Latin nor Greek
_JOINER = "\u200c"
_MOST_CHARACTERS = 5000  # what stands further down says little about the event


@dataclass(frozen=True, slots=True)
class Profile:
    """What an article says, counted.

    Attributes:
        language: ISO 639-1, read off the function words, else as declared, else "".
        head, body: How often each term stands there; the head is the title and 50 words. Where there is no
            text, the words of the link too: they often keep what the headline left out.
        names: Terms written with a capital where the language doesn't ask for one.
        capitals: Terms that may be names, for all that can be seen here: in headlines Written Like This,
            at the beginning of a sentence, in a link.
        numbers: Terms of digits, without thousands separators; 2008-03 and 2008-03-01 stand for a date of the
            head that is written out in full, in whatever language.
        length: Words in all, title included.
    """

    language: str
    head: dict[str, int]
    body: dict[str, int]
    names: frozenset[str]
    capitals: frozenset[str]
    numbers: frozenset[str]
    length: int


def as_name(term: str) -> str:
    """Return what a term is counted as where it is a name."""
    return f"^{term}"


def profile_of(article: Article, places: Iterable[Place] = ()) -> Profile:
    """Return an article's profile; an article without words has an empty one.

    Args:
        article: As stored.
        places: That its facts name: in another script each counts as it is called in English.
    """
    text = article.body
    if not text.startswith(article.summary.rstrip(" .…")):
        text = f"{article.summary}\n{article.body}"
    title, tokens = _tokens(article.title), _tokens(text[:_MOST_CHARACTERS])
    title_terms, terms = list(map(_terms, title)), list(map(_terms, tokens))
    language = likely_language(
        set(chain.from_iterable([*title_terms, *terms[:_LANGUAGE_WORDS]])), article.language
    )
    names: set[str] = set()
    capitals: set[str] = set()
    ignored = FUNCTION_WORDS.get(language, frozenset())
    in_names = None if language == "de" else names  # where every noun has a capital
    end = _lead_end(terms)
    head: dict[str, int] = {}
    in_title = capitals if in_names is not None and _is_title_case(title) else in_names
    _count(title, title_terms, head, ignored, in_title, capitals)
    _count(tokens[:end], terms[:end], head, ignored, in_names, capitals)
    if not tokens:
        linked = {term for word in title_words(article.url) for term in _terms(word)}
        more = sorted(linked.difference(head, ignored))
        head.update(dict.fromkeys(more, 1))
        capitals.update(more)
    for date in chain(_dates(title), _dates(tokens[:end])):
        head[date] = head[date[:7]] = 1
    for place in places:
        if place.span.text >= _OTHER_SCRIPTS:
            for term in chain.from_iterable(map(_terms, _tokens(place.span.text))):
                if term >= _OTHER_SCRIPTS:
                    head.pop(term, None)
            for term in _place_terms(place.name):
                head.setdefault(term, 1)
                names.add(term)
    body: dict[str, int] = {}
    _count(tokens[end:], terms[end:], body, ignored, in_names, capitals)
    return Profile(
        language=language,
        head=head,
        body=body,
        names=frozenset(names),
        capitals=frozenset(capitals - names) if in_names is not None else frozenset(),
        numbers=frozenset([term for term in chain(head, body) if term[0].isdigit()]),
        length=sum(map(bool, title_terms)) + sum(map(bool, terms)),
    )


def _tokens(text: str) -> list[str]:
    found: list[str] = (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text)
    return found


def _dates(tokens: Sequence[str]) -> Iterator[str]:
    """Return the dates that are written out in full, as ISO 8601."""
    start = 0
    for n, token in enumerate(tokens):
        if len(token) == 4 and _YEAR.fullmatch(token):
            before = [
                english(word) or word
                for word in map(fold, tokens[max(n - _DATE_WORDS + 1, start) : n])
            ]
            start = n
            month = next((MONTHS[each] for each in reversed(before) if each in MONTHS), 0)
            day = next((int(each) for each in reversed(before) if _DAY.fullmatch(each)), 0)
            if month and day:
                yield f"{_number(token)}-{month:02}-{day:02}"


def _count(
    tokens: Sequence[str],
    terms: Sequence[tuple[str, ...]],
    counts: dict[str, int],
    ignored: Collection[str],
    names: set[str] | None,
    capitals: set[str],
) -> None:
    """Count terms, and add to `names` those with a capital; to `capitals` where it begins a sentence."""
    starts = True
    get = counts.get
    for token, found in zip(tokens, terms, strict=True):
        for term in found:
            if term not in ignored:
                counts[term] = get(term, 0) + 1
                if names is not None and token[0].isupper() and not term.isdigit():
                    (capitals if starts else names).add(term)
        starts = not found


def _lead_end(terms: Sequence[tuple[str, ...]]) -> int:
    """Return where the first 50 words end, marks not counted."""
    words = 0
    for end, found in enumerate(terms):
        if found:
            words += 1
            if words > _LEAD_WORDS:
                return end
    return len(terms)


def _is_title_case(tokens: Sequence[str]) -> bool:
    """Whether most longer words have a capital, so that one says nothing."""
    longer = [token for token in tokens if len(token) > 3 and token[0].isalpha()]
    return sum(token[0].isupper() for token in longer) * 3 > len(longer) * 2


def as_written(article: Article, terms: Iterable[str]) -> list[str]:
    """Return terms as an article writes them, in small letters; those of another script as they are."""
    words: dict[str, str] = {}
    text = f"{article.title}\n{article.summary}\n{article.body[:_MOST_CHARACTERS]}"
    for token in _tokens(text):
        if token < _OTHER_SCRIPTS:
            for term in _terms(token):
                words.setdefault(term, token.lower())
    return [words.get(term, term) for term in terms]


@lru_cache(maxsize=4096)
def _place_terms(name: str) -> tuple[str, ...]:
    return tuple(map(stem, fold(name).split()))


@lru_cache(maxsize=32768)  # 8 MB
def _terms(token: str) -> tuple[str, ...]:
    """Return what a token counts as: one term, pairs of characters, or nothing for a mark."""
    if token[0].isdigit():
        return (_number(token),)
    if not token[0].isalpha():
        return ()
    if token.isascii():  # letters only: nothing to fold but their case
        return (stem(token.lower()),)
    if _UNSPACED.match(token):
        return tuple([token[i : i + 2] for i in range(max(len(token) - 1, 1))])
    if token[0] >= _OTHER_SCRIPTS:
        whole = english(fold(token.replace(_JOINER, "")))
        if whole is not None:
            return (stem(whole),)
        return tuple([stem(english(word) or word) for word in fold(token).split()])
    return tuple([stem(word) for word in fold(token).split() if word])


def _number(token: str) -> str:
    """Return a number as it is written in English, without separators of thousands."""
    digits = token
    if not token.isascii():
        marks = token.replace("٫", ".").replace("٬", ",")
        digits = "".join([str(int(each)) if each.isdecimal() else each for each in marks])
    if _THOUSANDS.fullmatch(digits):
        return digits.replace(",", "").replace(".", "")
    if "." in digits:
        return digits.replace(",", "")
    return digits.replace(",", ".")
