"""Invented news and rules to measure with: the same every time, of the length and mix of real articles.

Text is made of a vocabulary whose frequencies follow Zipf's law, as those of news do, in sentences
and paragraphs, with the apostrophes, dashes, quotes and names that make normalising cost something.
Rules are made like those in research on standing queries: groups of words, word pairs and names, in
part from one article, so that each rule matches about one article in a thousand.
"""

from __future__ import annotations

import re
from bisect import bisect
from itertools import accumulate
from typing import NamedTuple

from tests.builders import an_article
from wirewatch.model import (
    Article,
    GroupSpec,
    NearSpec,
    PhraseSpec,
    RuleBook,
    RuleSpec,
)


def _words(text: str) -> list[str]:
    return text.split()


WORDS_PER_ARTICLE = 390
VOCABULARY = 30_000
_ONSETS = _words("b br c ch d dr f fl g gr h j k l m n p pr qu r s sh st t th tr v w z")
_VOWELS = _words("a e i o u ai ea ou")
_CODAS = _words("b ck d g l ll m n nd nt p r rt s ss st t th x")
_COMMON = _words(
    "the of and to in a for on is at was with as it by that from has be an are his were he not will have said "
    "us after its but who this their up new they been had one two year over more than all which"
)
# What a rule can say without quotes, with the signs around it that are taken off.
_WORD = re.compile(r"[“‘(]?[^\W_][\w'’-]*[^\W_][.,”’\")]*")
_ACCENTED = ("café", "Łódź", "Müller", "São", "Kata’ib", "l’armée", "naïve", "Đorđe")


class Dice:
    """A linear congruential generator: the same numbers on every machine and version."""

    def __init__(self, seed: int) -> None:
        self._state = seed

    def below(self, n: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % n

    def one_of(self, values: list[str]) -> str:
        return values[self.below(len(values))]


class Phrase(NamedTuple):
    """A phrase of a rule: its text, and whether its case counts."""

    text: str
    exact: bool = False


class PlainRule(NamedTuple):
    """A rule that every engine can be given."""

    groups: tuple[tuple[Phrase, ...], ...]
    excluded: tuple[Phrase, ...]
    near: int | None
    title_only: bool


def vocabulary() -> list[str]:
    dice, words = Dice(1), dict.fromkeys(_COMMON)
    while len(words) < VOCABULARY:
        # Frequent words are short (G. K. Zipf, 1935), which is also how rarity is guessed.
        syllables = 1 if len(words) < 800 else 2 if len(words) < 8_000 else 3
        words["".join(_syllable(dice) for _ in range(syllables))] = None
    return list(words)


def _syllable(dice: Dice) -> str:
    return dice.one_of(_ONSETS) + dice.one_of(_VOWELS) + dice.one_of(_CODAS)


def articles(count: int) -> list[Article]:
    """Articles of about 390 words: a title, a summary of two sentences, a body in paragraphs."""
    words = vocabulary()
    weights = list(accumulate(1_000_000 // (rank + 3) + 1 for rank in range(len(words))))
    return [_article(Dice(1000 + n), n, words, weights) for n in range(count)]


def _article(dice: Dice, n: int, words: list[str], weights: list[int]) -> Article:
    foreign = dice.below(100) < 29  # so many articles of a newspaper are not pure ASCII

    said = ",” he said." if foreign else '," he said.'

    def word() -> str:
        text = words[bisect(weights, dice.below(weights[-1]))]
        kind = dice.below(60)
        if kind == 0:
            return text.capitalize() + ("’s" if foreign else "'s")
        if kind == 1:
            return f"{text}-{words[bisect(weights, dice.below(weights[-1]))]}"
        if kind == 2 and foreign:
            return _ACCENTED[dice.below(len(_ACCENTED))]
        return text.capitalize() if kind < 6 else text

    def sentence(length: int) -> str:
        row = [word() for _ in range(length)]
        return " ".join([row[0].capitalize(), *row[1:]]) + ("." if dice.below(9) else said)

    def paragraph(size: int) -> str:
        return " ".join(sentence(8 + dice.below(20)) for _ in range(size))

    body = "\n\n".join(paragraph(1 + dice.below(3)) for _ in range(9))
    return an_article(
        f"{n} {sentence(8)[:-1]}",
        summary=paragraph(2),
        body=body,
        guid_key=f"guid-{n}",
    )


def plain_rules(count: int, corpus: list[Article], *, plain: bool = False) -> list[PlainRule]:
    """Rules of two or three groups of three to eight phrases; `plain`: without near, case, fields."""
    return [_rule(Dice(5_000_000 + n), corpus, plain) for n in range(count)]


def _rule(dice: Dice, corpus: list[Article], plain: bool) -> PlainRule:
    seed = _plain_words(corpus[dice.below(len(corpus))])
    groups = []
    for _ in range(2 + dice.below(2)):
        phrases = [Phrase(_phrase(dice, seed))]
        for _ in range(2 + dice.below(6)):
            source = _plain_words(corpus[dice.below(len(corpus))])
            phrases.append(Phrase(_phrase(dice, source), not plain and dice.below(60) == 0))
        groups.append(tuple(phrases))
    excluded = tuple(
        Phrase(_phrase(dice, _plain_words(corpus[dice.below(len(corpus))])))
        for _ in range(1 + dice.below(4))
    )
    near = 40 if not plain and dice.below(8) == 0 else None
    return PlainRule(tuple(groups), excluded, near, not plain and dice.below(20) == 0)


def _plain_words(article: Article) -> list[str]:
    text = article.body[:1500]
    text = text.lower() if text.isupper() else text  # else its AND and NOT would be operators
    return [word for word in text.split() if _WORD.fullmatch(word)]


def _phrase(dice: Dice, source: list[str]) -> str:
    """One word in five a single rare word, one in four an invented name, else two or three words."""
    kind, clean = dice.below(20), [w.strip('.,“”‘’()"') for w in source]
    at = dice.below(len(clean) - 12)
    if kind < 4:
        return max(clean[at : at + 8], key=len).replace("-", "")
    if kind < 9:
        return f"{_syllable(dice)}{_syllable(dice)}{_syllable(dice)} {_syllable(dice)}".capitalize()
    while max(map(len, clean[at : at + 2])) < 6:  # two function words are no phrase of a rule
        at = (at + 1) % (len(clean) - 3)
    return " ".join(clean[at : at + 2 + dice.below(2)])


def book(rules: list[PlainRule]) -> RuleBook:
    """The same rules in our words."""
    return RuleBook(tuple(_spec(n, rule) for n, rule in enumerate(rules)))


def _spec(n: int, rule: PlainRule) -> RuleSpec:
    def terms(phrases: tuple[Phrase, ...]) -> tuple[PhraseSpec, ...]:
        return tuple(PhraseSpec(f'="{p.text}"' if p.exact else p.text, ()) for p in phrases)

    names = ("one", "two", "three")[: len(rule.groups)]
    return RuleSpec(
        f"rule-{n}",
        ("rules", n),
        tuple(GroupSpec(name, (), terms(g)) for name, g in zip(names, rule.groups, strict=True)),
        fields=("title",) if rule.title_only else (),
        exclude_anywhere=terms(rule.excluded),
        near=(NearSpec(names[:2], rule.near, ()),) if rule.near else (),
    )
