"""Decide which story an article belongs to: joined silently, possibly the same, or new.

The score is logistic over a few features (headline and lead, names, numbers decide; the
body hardly matters), each the mean over the story's articles. Text length is among the
features, so that one threshold serves bare headlines and full articles. Suppressing an alert
and grouping for display are different decisions: the threshold with the best grouping silently
swallows 6 to 14 % of incidents of the same kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from ingest.function_words import has_capitals, is_latin
from ingest.story_model import FEATURES, Model
from ingest.weigh import (
    NAME_SHARE,
    NUMBER,
    WHOLE,
    Vector,
    by_code,
    code,
    days,
    facing,
    head_names,
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
_GROUP_TERMS, _SILENT_TERMS, _HEADLINE_TERMS = 4, 6, 2
_GROWN, _LARGE, _MANY_NUMBERS, _MANY_NAMES, _SUREST = 5, 4, 2, 6, 30.0
_RARE = 3.0
_NUMBERS = FEATURES.index("some_numbers")
# Two stories grow together only through articles that are near to both.
_RIVAL = 3.0
_NOTHING = 0.02  # two texts in different languages share that much by chance
_HEADLINE, _LEAD, _FULL = math.log(15), math.log(65), math.log(305)


@dataclass(frozen=True, slots=True)
class Scored:
    """A story an article may belong to, and how surely, as log odds; how alike their numbers are."""

    logit: float
    story_id: int
    numbers: float = 0.0


def features(one: Vector, other: Vector) -> tuple[float, ...]:
    """Return the features of a pair (article or story each), in the order of `story_model.FEATURES`.

    From means over the pairs of their articles, lengths over each side; `size` is the log of the larger
    side's articles, up to five: the more there are, the less like all of them a further one is.
    `some_` are square roots: something in common against nothing is worth more than much against
    something. `other_` is 1 where both name days or months (years), and none in common.
    """
    return _features(one, other, overlap(one, other), shortness(one, other))


def compared(one: Vector, other: Vector) -> tuple[float, ...]:
    """Return the features of two that share terms enough to be one; of others nothing."""
    shared = _shared(one, other)
    if len(shared) < _GROUP_TERMS - _HEADLINE_TERMS:
        return ()
    lengths = shortness(one, other)
    if len(shared) < _GROUP_TERMS - _HEADLINE_TERMS * lengths[0]:
        return ()
    return _features(one, other, _overlap(one, other, shared), lengths)


def _features(
    one: Vector, other: Vector, common: Sequence[float], lengths: tuple[float, float]
) -> tuple[float, ...]:
    _, _, _, _, head_in, names_in, _ = common
    short, long = lengths
    unnamed = 1.0 - one.named * other.named / (one.count * other.count)
    size = math.log(min(max(one.count, other.count), _GROWN))
    return (
        head_in, names_in, short, long, size,
        head_in * unnamed,
        *[math.sqrt(max(each, 0.0)) for each in common[:6]],
        _disjoint(days(one), other, days), _disjoint(years(one), other, years),
    )  # fmt: skip


def shortness(one: Vector, other: Vector) -> tuple[float, float]:
    """Return how much the shorter of two is a bare headline (1), and how much a full text (1).

    Title with two sentences is (0, 0). By the logarithm of their words, ten and sixty and 300.
    """
    shorter = min(one.length / one.count, other.length / other.count)
    short = min(max((_LEAD - shorter) / (_LEAD - _HEADLINE), 0.0), 1.0)
    return short, max(min(shorter, _FULL) - _LEAD, 0.0) / (_FULL - _LEAD)


def overlap(one: Vector, other: Vector) -> tuple[float, ...]:
    """Return what two have in common: head, whole, names, numbers, head_in, names_in, shared.

    The first four are cosines; `head_in` and `names_in` are the shares of one side's head (of the
    names in it) that stand anywhere in the other, added up both ways; `shared` counts terms.
    """
    return _overlap(one, other, _shared(one, other))


def _shared(one: Vector, other: Vector) -> list[int]:
    """Return the terms that both have, in the order of the one that has fewer."""
    few, many = by_code(one), by_code(other)
    if len(few) > len(many):
        few, many = many, few
    return [term for term in few if term in many]


def _overlap(one: Vector, other: Vector, shared: Sequence[int]) -> tuple[float, ...]:
    head = whole = names = numbers = head_in = names_in = 0.0
    for (h, w, n, d, p, hs, ns), (h2, w2, n2, d2, p2, hs2, ns2) in zip(
        weights(one, shared), weights(other, shared), strict=True
    ):
        whole += w * w2
        if h or h2:
            head += h * h2
            head_in += hs * p2 + p * hs2
            numbers += d * d2
        if n or n2:
            names += n * n2
            names_in += ns * p2 + p * ns2
    scale = 1 / (one.count * other.count)
    return (
        head * scale, whole * scale, names * scale, numbers * scale, head_in * scale, names_in * scale,
        len(shared),
    )  # fmt: skip


def cross_features(
    one: Vector, other: Vector, common: Sequence[float], second: float
) -> tuple[float, ...]:
    """Return the features of a pair in two languages, in the order of `story_model.CROSS_FEATURES`.

    Args:
        one: An article or story.
        other: The story in another language that has most in common with it.
        common: Their overlap.
        second: How much (`whole`) the next one has: an absolute measure means little between
            languages, being nearer than all others much.
    """
    _, whole, names, numbers_, head_in, names_in, shared = common
    margin = math.log((whole + _NOTHING) / (second + _NOTHING))
    return (
        names, numbers_, head_in, names_in, math.log(1 + shared), margin,
        _disjoint(numbers(one), other, numbers), _disjoint(days(one), other, days),
    )  # fmt: skip


def nearest_foreign(
    model: Model, one: Vector, stories: Iterable[tuple[int, Vector]]
) -> Scored | None:
    """Return the story in another language that has most in common, and how surely it is the same."""
    found = []
    for story_id, story in stories:
        mine, theirs = facing(one, story)
        if mine.language != theirs.language and (common := overlap(mine, theirs))[1]:
            found.append((-common[1], story_id, common, mine, theirs))
    if not found:
        return None
    (_, story_id, common, mine, theirs), *others = sorted(found, key=lambda each: each[:2])
    if common[-1] < _GROUP_TERMS:
        return None
    second = -others[0][0] if others else 0.0
    in_latin = is_latin(mine.language) and is_latin(theirs.language)
    fitted = model.languages if in_latin else model.scripts
    values = cross_features(mine, theirs, common, second)
    return Scored(fitted.bias + _dot(fitted.weights, values), story_id)


def rank(model: Model, article: Vector, stories: Iterable[tuple[int, Vector]]) -> list[Scored]:
    """Return the stories by how well the article fits, best first; ties go to the older one.

    Of the stories in other languages only the nearest is among them, and it has to be surer: one
    article alone can't tell whether its counterpart is still to come. The repair pass can.
    """
    stories = list(stories)
    scored = []
    for story_id, story in stories:
        mine, theirs = facing(article, story)
        if mine.language == theirs.language:
            values = compared(mine, theirs)
            if values:
                logit = model.bias + _dot(model.weights, values)
                scored.append(Scored(logit, story_id, values[_NUMBERS] ** 2))
    foreign = nearest_foreign(model, article, stories)
    if foreign is not None:
        scored.append(Scored(foreign.logit - model.cross_join + model.group, foreign.story_id))
    return sorted(scored, key=lambda each: (-each.logit, each.story_id))


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


def partner(
    model: Model,
    story_id: int,
    story: Vector,
    near: Sequence[tuple[int, Vector]],
    near_to: Callable[[int], Sequence[tuple[int, Vector]]],
) -> int | None:
    """Return the story that this one is the same as, or None.

    In its language, the one that fits best; between languages two have to be each other's nearest.

    Args:
        model: The fitted numbers.
        story_id: Its id.
        story: What it is known by.
        near: Other stories that may be the same.
        near_to: Gives the same for one of those.
    """
    foreign = nearest_foreign(model, story, near)
    ranked = [
        each
        for each in rank(model, story, near)
        if not foreign or each.story_id != foreign.story_id
    ]
    vectors = dict(near)
    if ranked:
        short, _ = shortness(*facing(story, vectors[ranked[0].story_id]))
        if ranked[0].logit >= model.group + model.merge * (1 - short):
            return ranked[0].story_id
    if foreign is None:
        return None
    other = vectors[foreign.story_id]
    back = nearest_foreign(model, other, near_to(foreign.story_id))
    if back is None or back.story_id != story_id:
        return None
    return foreign.story_id if (foreign.logit + back.logit) / 2 >= model.cross_merge else None


def rivalled(model: Model, others: Sequence[Scored]) -> bool:
    """Whether one of these is so near that the stories may turn out to be one."""
    return any(each.logit >= model.group - _RIVAL for each in others)


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
    return probability(model.sure_bias + _dot(model.sure_weights, values))


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
        _disjoint(days(article), best, days),
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
    court case in Beirut. Fewer do where they are so rare that it is twenty to one. And where both name
    somebody, somebody both name. Where little else can be compared, between languages and without
    capitals, both have to give a number of their leads, and the article none that the story hasn't,
    nor (without capitals) a place.

    Args:
        model: The fitted numbers.
        article: What has come in.
        best: The story that it fits best.
        known: How surely its event has been told of.
        logit: How surely it is in that story.
    """
    if logit < _RARE and not corroborated(article, best):
        shared = len(article.terms.keys() & best.terms.keys())
        return f"only {shared} words in common"
    if _disjoint(head_names(article), best, head_names):
        return "no name in common"
    named = has_capitals(article.language)
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
    return shared >= _SILENT_TERMS - _HEADLINE_TERMS * shortness(article, best)[0]


def _disjoint(
    terms: AbstractSet[int], other: Vector, of_its_kind: Callable[[Vector], AbstractSet[int]]
) -> bool:
    """Whether both have terms of a kind, and none of them in common."""
    return bool(terms) and not terms & (kind := of_its_kind(other)) and bool(kind)


def _dot(weights: Sequence[float], values: Sequence[float]) -> float:
    return sum([w * v for w, v in zip(weights, values, strict=True)])
