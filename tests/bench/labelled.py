"""Labelled articles for fitting: profiles with the event each belongs to, at three lengths of text.

Reads ../shared/corpora (see its README).
"""
# ruff: noqa: TID251 - its samples are seeded

from __future__ import annotations

import gzip
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ingest.profile import Profile, as_name, profile_of
from ingest.weigh import Vector, weigh
from rules.facts import read_facts
from wirewatch.model import Article, Facts

HOME = Path(__file__).parents[2]
INNER_FOLDS = 3
SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]?\s+(?=[\"'“‘(]?[A-Z0-9])")


@dataclass
class Labelled:
    """Articles as they are read, the event each belongs to, and the topic by which folds are made."""

    name: str
    profiles: list[Profile]
    facts: list[Facts]
    event: list[str]
    topic: list[str]
    in_order: bool = False


def corpora() -> Path:
    for folder in HOME.parents:
        if (folder / "shared" / "corpora").is_dir():
            return folder / "shared" / "corpora"
    raise SystemExit("there is no ../shared/corpora")


def records(name: str) -> list[dict]:
    with gzip.open(corpora() / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def scripts(which: str) -> list[dict]:
    """Return invented reports of one event in several scripts, and of others, from tests/scripts_WHICH.txt."""
    found: list[dict] = []
    event = ""
    text = (HOME / "tests" / f"scripts_{which}.txt").read_text(encoding="utf-8")
    for n, line in enumerate(text.splitlines()):
        if line.startswith("="):
            event = f"{n} {line.strip('= ')}"
        elif line and not line.startswith("#"):
            language, title, lede = line.split(" | ")
            found.append({"story": event, "language": language, "title": title, "lede": lede})
    return found


def an_article(record: dict, fields: str) -> Article:
    text = record.get("body") or record.get("summary") or ""
    lede = record.get("lede") or " ".join(SENTENCE.split(text)[:2])
    return Article(
        feed="x", source="x", title=record["title"], url=record.get("url", ""), guid_key="x", link_key=None, content_hash="",
        summary=lede if fields == "lede" else "", body=text if fields == "full" else "",
        first_seen_at=datetime(2000, 1, 1, tzinfo=UTC), language=record.get("language"),
    )  # fmt: skip


def a_short_report(text: str) -> Article:
    """Cut a headline of ten words or a clause off a summary of an event."""
    title = " ".join(re.split(r"[,;]", text)[0].split()[:10])
    return an_article({"title": title, "body": text, "language": "en"}, "full")


def labelled() -> dict[str, Labelled]:
    events, headlines, two = (
        records("ecbplus-even"),
        records("uci-news-a"),
        records("meantime-en-es"),
    )
    ours = scripts("first")
    # Five years of the world's news, thinned out: no two of these are about the same event.
    world = random.Random(3).sample(records("wcep-2011-2015"), 1500)
    headlines.sort(key=lambda r: r["published"])
    found = [
        *[
            _read(fields, [an_article(r, fields) for r in events], events, "story", "topic")
            for fields in ("full", "lede", "title")
        ],
        _read("world", [a_short_report(r["title"]) for r in world], world, "id", "id"),
        _read("uci", [an_article(r, "title") for r in headlines], headlines, "story", "story"),
        *[
            _read(f"two-{fields}", [an_article(r, fields) for r in two], two, "story", "story")
            for fields in ("full", "lede")
        ],
        _read("scripts", [an_article(r, "lede") for r in ours], ours, "story", "story"),
    ]
    return {each.name: each for each in found}


def _read(
    name: str, articles: list[Article], labels: list[dict], event: str, topic: str
) -> Labelled:
    facts = list(map(read_facts, articles))
    return Labelled(
        name,
        [profile_of(a, each.places) for a, each in zip(articles, facts, strict=True)],
        facts,
        [r[event] for r in labels],
        [str(r[topic]) for r in labels],
        in_order=name == "uci",
    )


@dataclass(frozen=True)
class Topics:
    """Which topics are held out: a fold of several, and an inner fold of the others; None for none."""

    folds: int
    held_out: int | None = None
    inner: int | None = None

    def held(self, data: Labelled) -> set[int]:
        """Return the articles to judge: of the inner fold, without one of the fold."""
        if self.inner is None:
            return {i for i, n in self._numbered(data) if n % self.folds == self.held_out}
        return {i for i, n in self._numbered(data) if self._is_inner(n)}

    def fitted(self, data: Labelled) -> set[int]:
        """Return the articles to fit on."""
        return {
            i
            for i, n in self._numbered(data)
            if n % self.folds != self.held_out and not self._is_inner(n)
        }

    def _is_inner(self, n: int) -> bool:
        return n % self.folds != self.held_out and n // self.folds % INNER_FOLDS == self.inner

    def _numbered(self, data: Labelled) -> list[tuple[int, int]]:
        number = {topic: n for n, topic in enumerate(dict.fromkeys(sorted(data.topic)))}
        return [(i, number[topic]) for i, topic in enumerate(data.topic)]


def stream(data: Labelled, seed: int, of: Collection[int] | None = None) -> list[int]:
    """Return articles in stream order: all or these, shuffled unless they have an order."""
    order = [i for i in range(len(data.event)) if of is None or i in of]
    if not data.in_order:
        random.Random(seed).shuffle(order)
    return order


def vectors(data: Labelled, order: list[int]) -> dict[int, Vector]:
    """Weigh articles as a stream would: with what has been counted before each."""
    seen: dict[str, Counter] = defaultdict(Counter)
    found = {}
    for i in order:
        profile = data.profiles[i]
        counts = seen[profile.language]
        found[i] = weigh(profile, counts, counts[""])
        counts.update({"": 1, **dict.fromkeys((*profile.head, *profile.body), 1)})
        counts.update(map(as_name, profile.names))
    return found


def successive(data: Labelled, order: list[int], seed: int) -> list[int]:
    """Return the order in which the second event of a topic begins when the first is over."""
    rng = random.Random(seed)
    second = {topic: rng.choice("ab") for topic in sorted(set(data.topic))}
    at = {i: rng.random() + data.event[i].endswith(second[data.topic[i]]) for i in order}
    return sorted(order, key=at.__getitem__)
