"""Fit the coefficients of ingest/stories.json, and say what they are worth on topics not fitted on.

    python -m tests.bench.fit_stories --folds 4          # held-out figures
    python -m tests.bench.fit_stories --write all        # fit on everything, write the file

Reads ../shared/corpora (see its README). The score (logistic regression, Newton's method, L2) learns from each
article beside the stories that it would be compared with, grouped as they should be; streams
replayed with it give the second stage: how sure it is that an event has been told of already.
Full texts, title with two sentences, and bare headlines are fitted together, so that one
threshold serves all. Held out are topics, not streams: a fold's topics are judged in the whole
stream, by a model that has not seen them.
"""
# ruff: noqa: T201 - a command that prints; its samples are seeded

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace

from ingest import nearest, novelty, stories, story_model
from ingest.weigh import Vector, add, all_terms, part
from tests.bench.fit_crossing import TWO, fit_crossing
from tests.bench.labelled import (
    HOME,
    INNER_FOLDS,
    Labelled,
    Topics,
    labelled,
    stream,
    successive,
    vectors,
)
from tests.bench.logistic import logistic
from tests.bench.story_figures import b_cubed, linking, summed_up

TARGET = HOME / "ingest" / "stories.json"
REPAIR_EVERY = 100  # articles
GROUP, MERGE, SILENT = -1.2, 1.2, 0.9
CAUTION = 2.5  # times that an event never told of counts for one told twice
SILENTS = (0.7, 0.8, 0.85, 0.9, 0.92, 0.95)
LENGTHS = ("full", "lede")  # those that tell of an event; headlines are told by their numbers alone


def comparisons(data: Labelled, order: list[int]) -> list[tuple]:
    """Return (features, same event, weight) of each article with the stories it would be compared with.

    The stories are as they should be: the articles of an event so far.
    """
    found = vectors(data, order)
    number: dict[str, int] = {}
    open_: dict[int, Vector] = {}
    postings: dict[int, set[int]] = defaultdict(set)
    rows, articles = [], 0
    for i in order:
        vector, own = found[i], number.setdefault(data.event[i], len(number))
        before = len(rows)
        for story in near_to(vector, stories.query(vector), postings):
            x = stories.compared(vector, open_[story])
            if x:
                rows.append((x, float(story == own)))
        articles += len(rows) > before
        open_[own] = add(open_[own], vector) if own in open_ else vector
        for term in stories.query(vector):
            postings[term].add(own)
    return [(*row, 1000.0 / articles) for row in rows]


def fit_score(sets: dict[str, Labelled], topics: Topics) -> story_model.Model:
    rows = []
    for data in sets.values():
        # Headlines of ECB+ say too little, Wikinews tells sagas: both would only teach caution.
        if data.name in {"full", "lede", "uci", "world"}:
            seeds = (1,) if data.in_order or data.name == "world" else (1, 2)
            for seed in seeds:
                for x, y, weight in comparisons(data, stream(data, seed, topics.fitted(data))):
                    rows.append((x, y, weight / len(seeds)))
    weights, bias = logistic(rows)
    return story_model.Model(
        weights=tuple(weights),
        bias=bias,
        **fit_crossing(sets, topics),
        group=GROUP,
        merge=MERGE,
        silent=SILENT,
        sure_weights=tuple(float(name == "odds") for name in story_model.EVIDENCE),
        sure_bias=0.0,
    )


# Streams


@dataclass
class Step:
    """What was decided on an article; without evidence where nothing is like it."""

    article: int
    evidence: tuple[float, ...] | None = None
    p: float = 0.0
    sure: bool = False  # but for p
    corroborated: bool = False


def replay(
    data: Labelled, order: list[int], model: story_model.Model
) -> tuple[list[Step], list[int]]:
    """Stream articles in order, as the pipeline places them; return the steps, and each one's final story."""
    found = vectors(data, order)
    open_: dict[int, Vector] = {}
    known: dict[int, novelty.Said] = {}
    postings: dict[int, set[int]] = defaultdict(set)
    alias: dict[int, int] = {}
    put: dict[int, int] = {}
    changed: set[int] = set()
    steps = []
    for n, i in enumerate(order):
        vector, facts = found[i], data.facts[i]
        near = near_to(vector, stories.query(vector), postings)
        may_be = [(s, open_[s]) for s in near if s in open_]
        elsewhere = [s for s, _ in may_be if novelty.differs(known[s], facts)]
        ranked = nearest.rank(model, vector, may_be, elsewhere)
        story, step = n, Step(i)
        if ranked and ranked[0].logit >= model.group:
            story = ranked[0].story_id
            best = part(open_[story], ranked[0].language)
            step = judged(model, i, vector, best, ranked, known[story], facts)
        steps.append(step)
        silent = step.sure and step.p >= model.silent
        known[story] = novelty.absorb(
            known.get(story, novelty.Said()),
            facts,
            severity=None,
            source=str(i),
            independent=True,
            aloud=not silent,
        )
        open_[story] = add(open_[story], vector) if story in open_ else vector
        put[i] = story
        changed.add(story)
        for term in stories.query(vector):
            postings[term].add(story)
        if n % REPAIR_EVERY == REPAIR_EVERY - 1 or n == len(order) - 1:
            merge(model, open_, postings, alias, changed, known)
    final = []
    for i in order:
        story = put[i]
        while story in alias:
            story = alias[story]
        final.append(story)
    return steps, final


def judged(model, article, vector, best, ranked, said, facts) -> Step:
    told = {"aloud": said.aloud, "same_toll": novelty.same_toll(said, facts)}
    p = stories.probability_known(model, vector, best, ranked, **told)
    doubt = stories.hesitation(replace(model, silent=0.0), vector, best, p, logit=ranked[0].logit)
    return Step(
        article=article,
        evidence=stories.evidence(vector, best, ranked, **told),
        p=p,
        sure=doubt is None and novelty.contradicts(said, facts) is None,
        corroborated=stories.corroborated(vector, best),
    )


def near_to(vector: Vector, terms: tuple[int, ...], postings, but: int = -1) -> list[int]:
    holders = {term: sorted(postings[term] - {but}, reverse=True)[:64] for term in terms}
    return stories.candidates(vector, holders)


def merge(model: story_model.Model, open_, postings, alias, changed, known) -> None:
    """Merge as the repair pass does, articles weighed as they were."""

    def of(story):
        near = near_to(open_[story], stories.story_query(open_[story]), postings, story)
        return [(s, open_[s]) for s in near if s in open_]

    def are_apart(one, other):
        return novelty.elsewhere(known[one], known[other])

    waiting = sorted(changed)
    while waiting:
        again = set()
        for story in waiting:
            if story not in open_:
                continue
            partner = nearest.partner(model, story, open_[story], of(story), of, are_apart)
            if partner is not None:
                keep, gone = sorted((story, partner))
                for term in all_terms(open_[gone]):
                    if gone in postings[term]:
                        postings[term].discard(gone)
                        postings[term].add(keep)
                open_[keep] = add(open_[keep], open_.pop(gone))
                known[keep] = novelty.together(known[keep], known[gone])
                alias[gone] = keep
                again.add(keep)
        waiting = sorted(again)
    changed.clear()


def fit(sets: dict[str, Labelled], topics: Topics) -> story_model.Model:
    """Fit both stages on the topics that are not held out.

    The second learns from streams whose topics the first has not seen: on its own topics the
    score is surer than it will ever be again. What has been told depends on itself: it is fitted twice.
    """
    inner = [replace(topics, inner=n) for n in range(INNER_FOLDS)]
    models = [fit_score(sets, each) for each in inner]
    model = fit_score(sets, topics)
    for _ in range(2):
        sure = {"sure_weights": model.sure_weights, "sure_bias": model.sure_bias}
        rows = [
            row
            for each, fitted in zip(inner, models, strict=True)
            for row in evidence(sets, replace(fitted, **sure), each)
        ]
        weights, bias = logistic(rows)
        model = replace(model, sure_weights=tuple(weights), sure_bias=bias)
    return model


def evidence(sets: dict[str, Labelled], model: story_model.Model, topics: Topics) -> list[tuple]:
    """Return (evidence, event known already, weight) of each held-out article that may join a story."""
    rows = []
    for data in map(sets.__getitem__, LENGTHS):
        held = topics.held(data)
        for seed in range(1, 5):
            order = stream(data, seed, held | topics.fitted(data))
            for turn in (order, successive(data, order, seed)):
                seen: set[str] = set()
                for step in replay(data, turn, model)[0]:
                    event = data.event[step.article]
                    if step.corroborated and step.article in held:
                        rows.append(
                            (step.evidence, float(event in seen), 1.0 if event in seen else CAUTION)
                        )
                    seen.add(event)
    return rows


def alerting(
    data: Labelled, steps: list[Step], silent: float, held: Collection[int]
) -> tuple[float, float]:
    """Return alerts per held-out event, and the share of these events that raised none."""
    alerts: Counter = Counter()
    for step in steps:
        if step.article in held:
            alerts[data.event[step.article]] += not (step.sure and step.p >= silent)
    return sum(alerts.values()) / len(alerts), sum(not n for n in alerts.values()) / len(alerts)


def figures(data: Labelled, models: list[story_model.Model], options: argparse.Namespace) -> str:
    """Replay the stream for each fold, with the model that has not seen it; return a line of means."""
    shares, told, links = defaultdict(list), defaultdict(list), []
    for fold, model in enumerate(models):
        held = Topics(options.folds, fold).held(data)
        for seed in range(1, 2 if data.in_order else options.orders + 1):
            order = stream(data, seed)
            if options.successive and not data.in_order:
                order = successive(data, order, seed)
            gold, counted = [data.event[i] for i in order], [i in held for i in order]
            for shift in options.shifts:
                steps, final = replay(data, order, replace(model, group=model.group + shift))
                shares[shift].append(b_cubed(final, gold, counted))
                if not shift:
                    if data.name in TWO:
                        links.append(linking(data, order, final, held))
                    for silent in SILENTS:
                        told[silent].append(alerting(data, steps, silent, held))
    return summed_up(data.name, shares, told, links)


def main() -> None:
    """Fit and write, or fit on all folds but one and measure on that."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--orders", type=int, default=3)
    parser.add_argument("--shifts", type=float, nargs="+", default=[-0.3, 0.0, 0.3])
    parser.add_argument("--sets", nargs="+", help="only these figures")
    parser.add_argument(
        "--successive", action="store_true", help="one event of a topic after the other"
    )
    parser.add_argument(
        "--write", choices=["all", "crossing"], help="crossing: what is between languages, no more"
    )
    options = parser.parse_args()
    sets = labelled()
    if options.write:
        if options.write == "all":
            model = fit(sets, Topics(1))
        else:
            model = replace(story_model.shipped_model(), **fit_crossing(sets, Topics(1)))
        TARGET.write_text(json.dumps(as_json(model), indent=2) + "\n", encoding="utf-8")
        return
    models = []
    for fold in range(options.folds):
        models.append(fit(sets, Topics(options.folds, fold)))
        print(json.dumps(as_json(models[-1])), file=sys.stderr)
    for name, data in sets.items():
        if not options.sets or name in options.sets:
            print(figures(data, models, options), flush=True)


def as_json(model: story_model.Model) -> dict:
    def rounded(names, values):
        return {name: round(value, 3) for name, value in zip(names, values, strict=True)}

    return {
        "weights": rounded(story_model.FEATURES, model.weights),
        "bias": round(model.bias, 3),
        **{
            name: {
                "weights": rounded(story_model.CROSS_FEATURES, each.weights),
                "bias": round(each.bias, 3),
            }
            for name, each in (("languages", model.languages), ("scripts", model.scripts))
        },
        "cross_join": model.cross_join,
        "cross_merge": model.cross_merge,
        "group": model.group,
        "merge": model.merge,
        "silent": model.silent,
        "sure_weights": rounded(story_model.EVIDENCE, model.sure_weights),
        "sure_bias": round(model.sure_bias, 3),
    }


if __name__ == "__main__":
    main()
