"""The language of one phrase line: `strike~ NEAR/4 (jet* | =F-16)`.

    line   = seq { "|" seq }
    seq    = unit { ("NEAR/" n | "THEN/" n) unit }
    unit   = [field ":"] ( "(" line ")" | "$" list | "/" regex "/" flags | phrase )
    phrase = word { word }                  word = ["="] text ["*" | "~"]

Anything in double quotes is plain words. Mistakes carry their offset and what to write instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import NamedTuple, NoReturn

from wirewatch.text import words

FIELDS = ("title", "lead", "summary", "body", "author", "category", "url", "any")
LIST_NAME = re.compile(r"[^\W\d][\w-]*")
MAX_LINE = 20_000
MAX_DEPTH = 50
MAX_DISTANCE = 10_000
MIN_PREFIX = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One written word.

    Attributes:
        text: As written, without the marks around it.
        exact: `=Word`: the case counts.
        prefix: `word*`: any ending.
        inflect: `word~`: inflected forms.
        quoted: Stood in double quotes.
    """

    text: str
    offset: int = 0
    exact: bool = False
    prefix: bool = False
    inflect: bool = False
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words side by side."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class ListRef:
    """`$name`: any term of a list."""

    name: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Regex:
    """`/pattern/`: RE2, on the text as printed; flag `i` ignores case."""

    pattern: str
    flags: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`a | b`."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """`left NEAR/n right`, at most n words between them; THEN/n: in this order."""

    left: Query
    right: Query
    words: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class Within:
    """`field: inner`: looks in that field, whatever the rule's fields are."""

    field: str
    inner: Query


Query = Phrase | ListRef | Regex | AnyOf | Near | Within


class QueryError(Exception):
    """A mistake in a phrase line; never leaves `rules/` (it becomes a Problem)."""

    def __init__(self, problem: str, *, offset: int = 0, hint: str = "") -> None:
        """Say what is wrong, how many characters into the line, and what to do."""
        self.problem, self.offset, self.hint = problem, offset, hint
        super().__init__(problem)


class _Token(NamedTuple):
    kind: str
    text: str
    offset: int


_LEX = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<mark>[|()])"
    r"|(?P<near>(?:NEAR|THEN)(?:/(?P<distance>\S*?))?(?=[\s()|]|$))"
    r"|(?P<quoted>=?\"[^\"]*\"?)"
    rf"|(?P<list>\${LIST_NAME.pattern})"
    r"|(?P<field>[A-Za-z_]+):"
    r"|(?P<word>(?:[^\s|()\"]|(?<=[\u05d0-\u05ea])\"(?=[\u05d0-\u05ea]))+)"  # צה"ל is a word
)
_REGEX = re.compile(r"/(?P<pattern>(?:[^/\\]|\\.)*)(?P<end>/(?P<flags>\w*))?")
_SPOKEN = re.compile(
    r"(?:NEAR|THEN)/?\d*|(?i:near|then|within|pre|adj|w)/\d+|(?:ONEAR|ADJ\d).*|~\d+", re.ASCII
)
_BOOLEAN = {
    "AND": "every named group under `match` must be present: write two groups, or NEAR/20 here",
    "OR": "write | between them, or one phrase a line",
    "NOT": "what must not be there goes under `exclude`",
}
# What other search languages have, and would only be dropped here.
_FOREIGN = (
    (re.compile(r"[-!][^\W\d].*"), "what must not be there goes under `exclude`"),
    (
        re.compile(r"\+[^\W\d].*"),
        "every named group under `match` must be present: write two groups",
    ),
    (re.compile(r"&&"), "every named group under `match` must be present: write two groups"),
    (re.compile(r"\$(?!\d).*"), "write the name of a list right after it: $places"),
    (re.compile(r".*\w\?\w.*"), "write * at the end of a word, or the spellings with | between"),
)
_WHERE = frozenset(
    ["feed", "source", "site", "tag", "tier", "lang", "language", "country", "place", "status"]
)
_FIELD_HINTS = {"headline": "title", "text": "body", "content": "body", "description": "summary"}
_SIGN_IN_NAME = re.compile(r"(?<!\S)[=$](?=[^\W\d])|(?<=\w)[*~](?!\S)| \| ")
_PLAIN = re.compile(r"[^\W_][\w' .’-]*[^\W_]")
_SIGNS = re.compile(r"[=*~\"$/|():]|NEAR|THEN|AND|OR\b|NOT|ADJ|\s-")


def parse(line: str) -> Query:
    """Return what a phrase line means.

    Raises:
        QueryError: It means nothing; with the offset of the mistake.
    """
    if len(line) > MAX_LINE:
        raise QueryError(f"a line of {len(line)} characters", hint="split it into a list")
    if not _SIGNS.search(line) and _PLAIN.fullmatch(line):
        return _plain(line)
    if not line.strip():
        raise QueryError("an empty phrase", hint="delete the line or quote what it should be")
    return _Parser(line).whole()


def literal(name: str) -> Phrase:
    """Return a name as a phrase in which no sign means anything.

    Raises:
        QueryError: There is no letter or digit in it, or a sign that was meant to mean something.
    """
    if not words(name):
        raise QueryError("nothing to look for: no letter or digit", hint="write the name")
    if sign := _SIGN_IN_NAME.search(name):
        raise QueryError(
            f"in a name {sign[0].strip()!r} means nothing",
            offset=sign.start(),
            hint="write the name plainly, and phrases with signs under `also`",
        )
    return _plain(name)


def _plain(text: str) -> Phrase:
    """Return the words of a text without signs; dashes and ampersands between them are none."""
    found = (Word(m.group(), m.start()) for m in re.finditer(r"\S+", text))
    return Phrase(tuple(word for word in found if words(word.text)))


def _lex(line: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(line):
        # A slash opens a pattern only where a unit begins: 24/7 is a word.
        if line[at] == "/" and (not found or line[at - 1] in " (|:\t"):
            match = _REGEX.match(line, at)
            assert match is not None
            found.append(_Token("regex", match.group(), at))
        else:
            match = _LEX.match(line, at)
            assert match is not None
            kind = match.lastgroup if match.lastgroup != "distance" else "near"
            assert kind is not None
            if kind != "blank":
                found.append(_Token(kind, match.group(), at))
        at = match.end()
    return found


class _Parser:
    def __init__(self, line: str) -> None:
        self._line = line
        self._tokens = [*_lex(line), _Token("end", "", len(line))]
        self._at = 0
        self._depth = 0

    def whole(self) -> Query:
        query = self._any_of()
        token = self._peek()
        if token.kind != "end":
            _fail("a closing parenthesis too many", token, "delete it or open one before")
        return query

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _any_of(self) -> Query:
        parts = [self._seq()]
        while self._peek()[:2] == ("mark", "|"):
            self._next()
            parts.append(self._seq())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _seq(self) -> Query:
        left = self._unit()
        while self._peek().kind == "near":
            token = self._next()
            left = Near(left, self._unit(), _distance(token), token.text.startswith("THEN"))
        token = self._peek()
        if token.kind != "end" and token.text not in ("|", ")"):
            hint = "write | or NEAR/n there, or THEN/0 for side by side"
            _fail(f"no operator before {token.text}", token, hint)
        return left

    def _unit(self) -> Query:
        token = self._peek()
        match token.kind:
            case "field" if self._is_field(token):
                return self._within()
            case "list":
                self._next()
                return ListRef(token.text[1:], token.offset)
            case "regex":
                return _regex(self._next())
            case "mark" if token.text == "(":
                return self._parenthesis()
            case "field" | "word" | "quoted":
                return self._phrase()
            case _:
                return _nothing_there(token)

    def _is_field(self, token: _Token) -> bool:
        name = token.text[:-1]
        if name in FIELDS:
            return True
        if name in _WHERE:
            hint = f'ask for it under `where:`, or put it in double quotes ("{token.text}")'
            _fail(f"{name} is no field of the text", token, hint)
        meant = _FIELD_HINTS.get(name.lower()) or next(
            iter(get_close_matches(name.lower(), FIELDS, n=1, cutoff=0.8)), None
        )
        if meant:
            _fail(f"no field is called {name!r}", token, f"did you mean {meant}: ?")
        return False

    def _within(self) -> Query:
        field = self._next().text[:-1]
        return Within(field, self._unit())

    def _parenthesis(self) -> Query:
        opened = self._next()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            _fail(f"more than {MAX_DEPTH} parentheses inside each other", opened, "use lists")
        inner = self._any_of()
        self._depth -= 1
        if self._peek()[:2] != ("mark", ")"):
            _fail("this parenthesis is never closed", opened, "add ) where it ends")
        self._next()
        return inner

    def _phrase(self) -> Phrase:
        found: list[Word] = []
        offset = self._peek().offset
        while self._peek().kind in ("word", "quoted", "field"):
            token = self._peek()
            if token.kind == "field" and self._is_field(token):
                break
            self._next()
            found += _quoted(token) if token.kind == "quoted" else [_word(token)]
        if not any(words(word.text) for word in found):
            raise QueryError(
                f"nothing to look for in {self._line.strip()!r}: no letter or digit",
                offset=offset,
                hint="write a word, or a pattern between slashes for signs",
            )
        return Phrase(tuple(word for word in found if words(word.text)))


def _fail(problem: str, token: _Token, hint: str = "") -> NoReturn:
    raise QueryError(problem, offset=token.offset, hint=hint)


def _nothing_there(token: _Token) -> NoReturn:
    if token.kind == "near":
        _fail(f"nothing stands before {token.text}", token, "write what it should be near to")
    what = f"before {token.text!r}" if token.text else "at the end"
    _fail(f"something is missing {what}", token, "write a phrase there")


def _distance(token: _Token) -> int:
    operator, _, number = token.text.partition("/")
    if not (number.isascii() and number.isdigit()):
        _fail(f"{operator} needs a number of words", token, f"write {operator}/5")
    if int(number) > MAX_DISTANCE:
        _fail(f"{operator}/{number} is beyond {MAX_DISTANCE}", token, "use two groups instead")
    return int(number)


def _regex(token: _Token) -> Regex:
    match = _REGEX.fullmatch(token.text)
    if match is None or match["end"] is None:
        _fail("this pattern is never closed", token, "end it with / (write \\/ for a slash in it)")
    if set(match["flags"]) - {"i"}:
        _fail(f"unknown flags {match['flags']!r}", token, "only i (ignore case) is known")
    if not match["pattern"]:
        _fail("an empty pattern", token, "write one between the slashes")
    return Regex(match["pattern"].replace("\\/", "/"), match["flags"], token.offset)


def _quoted(token: _Token) -> list[Word]:
    exact = token.text.startswith("=")
    body = token.text[2:] if exact else token.text[1:]
    if not body.endswith('"'):
        _fail("this quote is never closed", token, 'add " where it ends')
    start = token.offset + 1 + exact
    return [
        Word(m.group(), start + m.start(), exact=exact, quoted=True)
        for m in re.finditer(r"\S+", body[:-1])
    ]


def _word(token: _Token) -> Word:
    text = token.text
    if text in _BOOLEAN:
        hint = f'{_BOOLEAN[text]}; put it in double quotes ("{text}") if you mean the word'
        _fail(f"{text} is no operator in a phrase", token, hint)
    if _SPOKEN.fullmatch(text):
        _fail(f"{text!r} is not how distances are written", token, "write NEAR/5 or THEN/5")
    for sign, hint in _FOREIGN:
        if sign.fullmatch(text):
            _fail(f"{text!r} means nothing here", token, f"{hint}; or put it in double quotes")
    word = Word(text, token.offset)
    if text.startswith("="):
        word = replace(word, text=text[1:], exact=True)
    if word.text.endswith("*"):
        word = replace(word, text=word.text[:-1], prefix=True)
    elif word.text.endswith("~"):
        word = replace(word, text=word.text[:-1], inflect=True)
    _check_word(word, token)
    return word


def _check_word(word: Word, token: _Token) -> None:
    if "*" in word.text or "~" in word.text:
        _fail(f"{token.text!r}: * and ~ can only end a word", token, "write the beginning, then *")
    if (word.exact or word.prefix or word.inflect) and not words(word.text):
        _fail(f"{token.text!r}: nothing to look for", token, "put the sign beside a word")
    if word.exact and word.inflect:
        _fail(f"{token.text!r}: = and ~ contradict each other", token, "write the forms you mean")
    if word.prefix and len(word.text) < MIN_PREFIX and word.text.isascii():
        hint = f"write at least {MIN_PREFIX} letters before *"
        _fail(f"{token.text!r} would match a large part of all words", token, hint)
