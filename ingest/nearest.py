"""Decide which stories are nearest to an article or a story: in its language, and in others."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from ingest.function_words import is_latin
from ingest.stories import (
    GROUP_TERMS,
    NUMBERS,
    Scored,
    compared,
    disjoint,
    dot,
    overlap,
    shortness,
)
from ingest.story_model import Model
from ingest.weigh import Vector, days, in_one_language, in_two_languages, numbers, part

# Two stories grow together only through articles that are near to both.
_RIVAL = 3.0
_NOTHING = 0.02  # two texts in different languages share that much by chance


def rank(
    model: Model,
    article: Vector,
    stories: Sequence[tuple[int, Vector]],
    elsewhere: Collection[int] = (),
) -> list[Scored]:
    """Return the stories by how well the article fits, best first; ties go to the older one.

    Of those in other languages only the nearest is among them, and it has to be surer: one article
    alone can't tell whether its counterpart is still to come. The repair pass can.

    Args:
        model: The fitted numbers.
        article: What is to be placed.
        stories: Those that it may belong to, by id.
        elsewhere: Those in another place: across languages it is in none of them.
    """
    found = {each.story_id: each for each in _alike(model, article, stories)}
    foreign = nearest_foreign(model, article, [s for s in stories if s[0] not in elsewhere])
    if foreign is not None:
        logit = foreign.logit - model.cross_join + model.group
        alike = found.get(foreign.story_id)
        if alike is None or alike.logit < logit:
            found[foreign.story_id] = replace(foreign, logit=logit)
    return sorted(found.values(), key=lambda each: (-each.logit, each.story_id))


def _alike(model: Model, one: Vector, stories: Iterable[tuple[int, Vector]]) -> Iterable[Scored]:
    """Yield the stories that have enough in common in one language."""
    for story_id, story in stories:
        both = in_one_language(one, story)
        values = compared(*both) if both else ()
        if both and values:
            logit = model.bias + dot(model.weights, values)
            yield Scored(logit, story_id, both[0].language, values[NUMBERS] ** 2)


def nearest_foreign(
    model: Model, one: Vector, stories: Iterable[tuple[int, Vector]]
) -> Scored | None:
    """Return the story that has most in common in another language, and how surely it is the same."""
    nearest: dict[int, tuple[float, tuple[float, ...], Vector, Vector]] = {}
    for story_id, story in stories:
        for mine, theirs in in_two_languages(one, story):
            # What can be read of another script says less than a text in one's own.
            if not _in_latin(mine, theirs) and in_one_language(one, story):
                continue
            common = overlap(mine, theirs)
            if common[1] > nearest.get(story_id, (0.0,))[0]:
                nearest[story_id] = (common[1], common, mine, theirs)
    if not nearest:
        return None
    best, *others = sorted(nearest, key=lambda each: (-nearest[each][0], each))
    _, common, mine, theirs = nearest[best]
    if common[-1] < GROUP_TERMS:
        return None
    second = nearest[others[0]][0] if others else 0.0
    fitted = model.languages if _in_latin(mine, theirs) else model.scripts
    values = cross_features(mine, theirs, common, second)
    return Scored(fitted.bias + dot(fitted.weights, values), best, theirs.language)


def _in_latin(one: Vector, other: Vector) -> bool:
    return is_latin(one.language) and is_latin(other.language)


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
    _, whole, names, numbers_, head_in, names_in, _, shared = common
    margin = math.log((whole + _NOTHING) / (second + _NOTHING))
    return (
        names, numbers_, head_in, names_in, math.log(1 + shared), margin,
        disjoint(numbers(one), other, numbers), disjoint(days(one), other, days),
    )  # fmt: skip


def partner(
    model: Model,
    story_id: int,
    story: Vector,
    near: Sequence[tuple[int, Vector]],
    near_to: Callable[[int], Sequence[tuple[int, Vector]]],
    are_apart: Callable[[int, int], bool] = lambda _, __: False,
) -> int | None:
    """Return the story that this one is the same as, or None.

    In its language, the one that fits best; between languages two have to be each other's nearest.

    Args:
        model: The fitted numbers.
        story_id: Its id.
        story: What it is known by.
        near: Other stories that may be the same.
        near_to: Gives the same for one of those.
        are_apart: Whether two stories are in different places: across languages they are never one.
    """
    vectors = dict(near)
    alike = max(_alike(model, story, near), key=lambda e: (e.logit, -e.story_id), default=None)
    if alike is not None:
        other = vectors[alike.story_id]
        short, _ = shortness(part(story, alike.language), part(other, alike.language))
        if alike.logit >= model.group + model.merge * (1 - short):
            return alike.story_id

    def strangers(
        each_id: int, each: Vector, others: Sequence[tuple[int, Vector]]
    ) -> list[tuple[int, Vector]]:
        """Those with which it shares no language (else that one has the say), in no other place."""
        return [
            (i, s)
            for i, s in others
            if in_one_language(each, s) is None and not are_apart(each_id, i)
        ]

    foreign = nearest_foreign(model, story, strangers(story_id, story, near))
    if foreign is None:
        return None
    other_id, other = foreign.story_id, vectors[foreign.story_id]
    back = nearest_foreign(model, other, strangers(other_id, other, near_to(other_id)))
    if back is None or back.story_id != story_id:
        return None
    return foreign.story_id if (foreign.logit + back.logit) / 2 >= model.cross_merge else None


def rivalled(model: Model, others: Sequence[Scored]) -> bool:
    """Whether one of these is so near that the stories may turn out to be one."""
    return any(each.logit >= model.group - _RIVAL for each in others)
