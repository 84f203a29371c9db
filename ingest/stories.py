"""Decide which story an article belongs to: joined silently, possibly the same, or new.

The score is logistic over a few features (headline and lead, names, numbers decide; the
body hardly matters), each the mean over the story's articles. Text length is among the
features, so that one threshold serves bare headlines and full articles. Suppressing an alert
and grouping for display are different decisions: the threshold with the best grouping silently
swallows 6 to 14 % of incidents of the same kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from ingest.function_words import has_capitals
from ingest.story_model import FEATURES, Model
from ingest.weigh import (
    NAME_SHARE,
    NUMBER,
    WHOLE,
    Vector,
    by_code,
    code,
    days,
    head_names,
    heart,
    heaviest,
    numbers,
    parts,
    weights,
    years,
)  # fmt: skip

WINDOW = timedelta(hours=72)
LONGEST = timedelta(days=7)

_QUERY_TERMS, _QUERY_NUMBERS = 14, 2
_STORY_QUERY_TERMS, _STORY_QUERY_NUMBERS = 24, 5
_CANDIDATES = 8
_WORTH_SCORING = 0.03  # of the article's squared weight in common
# Terms that must be shared to be grouped, to be told nothing, and how many fewer in headlines.
GROUP_TERMS, _SILENT_TERMS, _HEADLINE_TERMS = 4, 6, 2
_UNNAMED_TERMS = 8
_GROWN, _LARGE, _MANY_NUMBERS, _MANY_NAMES, _SUREST = 8, 4, 2, 6, 30.0
_RARE, _RARE_ABROAD = 1.5, 3.0
NUMBERS = FEATURES.index("some_numbers")
_HEADLINE, _LEAD, _FULL = math.log(15), math.log(65), math.log(305)


@dataclass(frozen=True, slots=True)
class Scored:
    """A story an article may belong to.

    Attributes:
        logit: How surely, as log odds.
        language: Of that part of the story that it was compared with.
        numbers: How alike their numbers are.
    """

    logit: float
    story_id: int
    language: str = ""
    numbers: float = 0.0


def features(one: Vector, other: Vector) -> tuple[float, ...]:
    """Return the features of a pair (article or story each), in the order of `story_model.FEATURES`.

    From means over the pairs of their articles, lengths over each side; `size` is the log of the larger
    side's articles, up to eight: the more there are, the less like all of them a further one is.
    `some_` are square roots: something in common against nothing is worth more than much against
    something. `other_` is 1 where both name days or months (years), and none in common.
    """
    return _features(one, other, overlap(one, other), shortness(one, other))


def compared(one: Vector, other: Vector) -> tuple[float, ...]:
    """Return the features of two that share terms enough to be one; of others nothing."""
    shared = _shared(one, other)
    if len(shared) < GROUP_TERMS - _HEADLINE_TERMS:
        return ()
    lengths = shortness(one, other)
    if len(shared) < GROUP_TERMS - _HEADLINE_TERMS * lengths[0]:
        return ()
    return _features(one, other, _overlap(one, other, shared), lengths)


def _features(
    one: Vector, other: Vector, common: Sequence[float], lengths: tuple[float, float]
) -> tuple[float, ...]:
    head, whole, _, numbers_, head_in, names_in, core, _ = common
    short, long = lengths
    unnamed = 1.0 - one.named * other.named / (one.count * other.count)
    size = math.log(min(max(one.count, other.count), _GROWN))
    return (
        names_in, head_in * unnamed, short, long, size,
        *[math.sqrt(max(each, 0.0)) for each in (head, whole, numbers_, head_in, names_in, core)],
        disjoint(days(one), other, days), disjoint(years(one), other, years),
    )  # fmt: skip


def shortness(one: Vector, other: Vector) -> tuple[float, float]:
    """Return how much the shorter of two is a bare headline (1), and how much a full text (1).

    Title with two sentences is (0, 0). By the logarithm of their words, ten and sixty and 300.
    """
    shorter = min(one.length / one.count, other.length / other.count)
    short = min(max((_LEAD - shorter) / (_LEAD - _HEADLINE), 0.0), 1.0)
    return short, max(min(shorter, _FULL) - _LEAD, 0.0) / (_FULL - _LEAD)


def overlap(one: Vector, other: Vector) -> tuple[float, ...]:
    """Return what two have in common: head, whole, names, numbers, head_in, names_in, core, shared.

    The first four are cosines; `head_in` and `names_in` are the shares of one side's head (of the
    names in it) that stand anywhere in the other, added up both ways; `core` is the share of what the
    larger side's heads all say, its squared weights, that stands anywhere in the other: another
    firm's bankruptcy has the verbs in common, and not the firm; `shared` counts terms.
    """
    return _overlap(one, other, _shared(one, other))


def _shared(one: Vector, other: Vector) -> list[int]:
    """Return the terms that both have, in the order of the one that has fewer."""
    few, many = by_code(one), by_code(other)
    if len(few) > len(many):
        few, many = many, few
    return [term for term in few if term in many]


def _overlap(one: Vector, other: Vector, shared: Sequence[int]) -> tuple[float, ...]:
    head = whole = names = numbers = head_in = names_in = own = their = 0.0
    for (h, w, n, d, p, hs, ns), (h2, w2, n2, d2, p2, hs2, ns2) in zip(
        weights(one, shared), weights(other, shared), strict=True
    ):
        whole += w * w2
        if h or h2:
            head += h * h2
            head_in += hs * p2 + p * hs2
            own += hs * hs * p2
            their += p * hs2 * hs2
            numbers += d * d2
        if n or n2:
            names += n * n2
            names_in += ns * p2 + p * ns2
    scale = 1 / (one.count * other.count)
    if one.count == other.count:
        core = (own / (heart(one) or 1.0) + their / (heart(other) or 1.0)) / (2 * one.count)
    elif one.count > other.count:
        core = own / (heart(one) or 1.0) / other.count
    else:
        core = their / (heart(other) or 1.0) / one.count
    return (
        head * scale, whole * scale, names * scale, numbers * scale, head_in * scale, names_in * scale,
        core, len(shared),
    )  # fmt: skip


def query(article: Vector) -> tuple[int, ...]:
    """Return the terms by which stories that it may belong to are found, and by which it is.

    The most telling ones, and numbers of its head, dates above all: they are the same in every language.
    """
    telling = map(code, article.top[: _QUERY_TERMS - _QUERY_NUMBERS])
    return tuple(dict.fromkeys([*telling, *heaviest(article, _QUERY_NUMBERS, NUMBER)]))


def story_query(story: Vector) -> tuple[int, ...]:
    """Return the terms by which stories that may be the same as this one are found."""
    found: dict[int, None] = {}
    for part in parts(story):
        found |= dict.fromkeys(heaviest(part, _STORY_QUERY_TERMS))
        found |= dict.fromkeys(heaviest(part, _STORY_QUERY_NUMBERS, NUMBER))
    return tuple(found)


def candidates(one: Vector, holders: Mapping[int, Sequence[int]]) -> list[int]:
    """Return the stories worth scoring: those that share most weight, at most eight.

    Args:
        one: What is to be placed.
        holders: For terms of its query, the stories that may be found by them.
    """
    weight: dict[int, float] = {}
    for part in parts(one):
        scale = 1 / part.count**2
        for term in holders.keys() & part.terms.keys():
            squared = part.terms[term][WHOLE] ** 2 * scale
            for story_id in holders[term]:
                weight[story_id] = weight.get(story_id, 0.0) + squared
    order = sorted([(-w, -story_id) for story_id, w in weight.items() if w >= _WORTH_SCORING])
    return [-story_id for _, story_id in order[:_CANDIDATES]]


def probability_known(
    model: Model,
    article: Vector,
    best: Vector,
    ranked: Sequence[Scored],
    *,
    aloud: int = 1,
    same_toll: bool = False,
) -> float:
    """Return the probability that the article's event has been told of already.

    Cautious: articles that begin an event counted 2.5 times when this was fitted. Between languages
    it is how surely the two are one.

    Args:
        model: The fitted numbers.
        article: What has come in.
        best: The vector of the first of `ranked`.
        ranked: The stories that it may belong to, best first; one at least.
        aloud: How many articles of the best one did not join silently.
        same_toll: It counts as many dead as the best one has.
    """
    if article.language != best.language:
        return probability(ranked[0].logit + model.cross_join - model.group)
    values = evidence(article, best, ranked, aloud=aloud, same_toll=same_toll)
    return probability(model.sure_bias + dot(model.sure_weights, values))


def evidence(
    article: Vector, best: Vector, ranked: Sequence[Scored], *, aloud: int, same_toll: bool
) -> tuple[float, ...]:
    """Return what speaks for and against an article's event being known, in the order of `story_model.EVIDENCE`.

    The odds that it is in one of the stories that fit, and in the best of them; the log of how many articles
    that one has, up to four (a long story makes nothing surer), and of how many of them joined aloud
    (if that was another event, they told of it); how much of a bare headline is compared; how
    alike their numbers are, and how many of its head the story hasn't, where it has any; names of
    its head that the story has too (what they explain, an event of its own at the same place
    explains as well), and the share of those that it hasn't; whether both name days or months, and
    none in common; the same toll.
    """
    unknown = math.prod([1 - probability(each.logit) for each in ranked])
    odds = math.log((1 - unknown) / max(unknown, 1e-12)) if unknown < 1 else _SUREST
    known_numbers = numbers(best)
    new_numbers = len(numbers(article) - known_numbers) if known_numbers else 0
    names, there = head_names(article), best.terms.keys()
    unheard = weights(article, [each for each in names if each not in there])
    return (
        odds,
        ranked[0].logit,
        math.log(min(best.count, _LARGE)),
        shortness(article, best)[0],
        math.log(aloud),
        ranked[0].numbers,
        min(new_numbers, _MANY_NUMBERS),
        min(len(names & there), _MANY_NAMES),
        sum([each[NAME_SHARE] for each in unheard]),
        disjoint(days(article), best, days),
        same_toll,
    )


def probability(logit: float) -> float:
    """Return a logit as a probability."""
    return 1 / (1 + math.exp(-max(logit, -500.0)))


def shared_terms(article: Vector, story: Vector, most: int = 6) -> tuple[str, ...]:
    """Return the most telling terms that both have, best first."""
    there = story.terms.keys()
    return tuple(islice((term for term in article.top if code(term) in there), most))


def hesitation(
    model: Model, article: Vector, best: Vector, known: float, *, logit: float
) -> str | None:
    """Return why an article may not join its best story silently, or None.

    Besides a high probability it takes several terms in common, more than a place and a theme (six,
    for bare headlines four): in a young archive a probability alone joins an opera in Beirut to a
    court case in Beirut. Fewer do where they are so rare that it is four to one (between languages twenty). And where both name
    somebody, somebody both name. Between languages and without capitals, where names can't be told, both have
    to give a number of their leads, and the article none that the story hasn't, nor (without capitals)
    a place; and in one language without capitals two terms more are asked for, however rare they are.

    Args:
        model: The fitted numbers.
        article: What has come in.
        best: The story that it fits best.
        known: How surely its event has been told of.
        logit: How surely it is in that story.
    """
    named = has_capitals(article.language)
    rare = _RARE if article.language == best.language else _RARE_ABROAD
    if (logit < rare or _unnamed(article, best)) and not corroborated(article, best):
        shared = len(article.terms.keys() & best.terms.keys())
        return f"only {shared} words in common"
    if disjoint(head_names(article), best, head_names):
        return "no name in common"
    if article.language != best.language or not named:
        told, there = numbers(article), best.terms.keys()
        if not told & numbers(best):
            return "no number in common"
        if told - there or not (named or head_names(article) <= there):
            return "it has a number or a place of its own"
    return None if known >= model.silent else "it may be another event of the kind"


def corroborated(article: Vector, best: Vector) -> bool:
    """Whether so many terms are shared that it can't be chance."""
    shared = len(article.terms.keys() & best.terms.keys())
    least = _UNNAMED_TERMS if _unnamed(article, best) else _SILENT_TERMS
    return shared >= least - _HEADLINE_TERMS * shortness(article, best)[0]


def _unnamed(one: Vector, other: Vector) -> bool:
    """Whether two are compared in one language in which names can't be told."""
    return one.language == other.language and not has_capitals(one.language)


def disjoint(
    terms: AbstractSet[int], other: Vector, of_its_kind: Callable[[Vector], AbstractSet[int]]
) -> bool:
    """Whether both have terms of a kind, and none of them in common."""
    return bool(terms) and not terms & (kind := of_its_kind(other)) and bool(kind)


def dot(weights: Sequence[float], values: Sequence[float]) -> float:
    """Return a weighted sum."""
    return sum([w * v for w, v in zip(weights, values, strict=True)])
