"""Floors under the figures of stories and copies, on labelled news beside the checkout."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - seeded

import pytest

from ingest import copies
from rules.facts import read_facts
from tests.builders import NOON, an_article
from wirewatch.model import Join
from wirewatch.pipeline.place import place, repair
from wirewatch.pipeline.rehearse import REPAIR_EVERY
from wirewatch.store import Store

pytestmark = pytest.mark.quality
SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]?\s+(?=[\"'“‘(]?[A-Z0-9])")


def records(name):
    for folder in Path(__file__).parents:
        path = folder / "shared" / "corpora" / f"{name}.jsonl.gz"
        if path.is_file():
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                return [json.loads(line) for line in lines]
    pytest.skip("there is no ../shared/corpora")


def article_of(record, fields, n):
    text = record.get("body") or record.get("summary") or ""
    lede = record.get("lede") or " ".join(SENTENCE.split(text)[:2])
    return an_article(
        record["title"],
        summary=lede if fields == "lede" else "",
        body=text if fields == "full" else "",
        source=record.get("feed") or f"o{n}.example",
        feed=record.get("feed") or f"o{n}",
        guid_key=str(n),
        url=record.get("url", ""),
        content_hash=str(n),
        language=record.get("language"),
        first_seen_at=(
            datetime.fromisoformat(record["published"])
            if "published" in record
            else NOON + timedelta(seconds=n)
        ),
    )


def streamed(stream, fields):
    """Return (B-cubed F1, alerts per event, share of events never alerted, the story of each)."""
    store, alerts, mended = Store.scratch(), Counter(), NOON
    for n, record in enumerate(stream):
        article = article_of(record, fields, n)
        now = article.first_seen_at
        with store.transaction():
            stored = store.articles.add(article)
            placed = place(store, stored, read_facts(stored), severity=None, now=now)
            if abs(now - mended) >= REPAIR_EVERY:
                repair(store, now=now)
                mended = now
        alerts[record["story"]] += placed.join is not Join.SILENT
    with store.transaction():
        repair(store, now=now)
    gold = [record["story"] for record in stream]
    final = [store.articles.story_of(n + 1) for n in range(len(stream))]
    sizes, events, cells = Counter(final), Counter(gold), Counter(zip(final, gold, strict=True))
    p = sum(n * n / sizes[a] for (a, _), n in cells.items()) / len(gold)
    r = sum(n * n / events[b] for (_, b), n in cells.items()) / len(gold)
    lost = sum(not n for n in alerts.values()) / len(alerts)
    return 2 * p * r / (p + r), sum(alerts.values()) / len(alerts), lost, final


@pytest.mark.parametrize(
    ("fields", "least", "most_alerts"), [("full", 0.92, 2.3), ("lede", 0.89, 2.8)]
)
def test_pairs_of_events_of_one_type_stay_apart_and_are_alerted(fields, least, most_alerts):
    stream = records("ecbplus-even")
    Random(1).shuffle(stream)
    b_cubed, alerts, lost, _ = streamed(stream, fields)
    assert b_cubed >= least
    assert alerts <= most_alerts
    assert lost <= 0.03  # one event of 44


def test_headlines_alone_are_grouped_with_the_same_threshold():
    stream = sorted(records("uci-news-a"), key=lambda record: record["published"])
    b_cubed, _, lost, _ = streamed(stream, "title")
    assert b_cubed >= 0.81
    assert lost == 0


@pytest.mark.parametrize("fields", ["full", "lede"])
def test_translations_are_put_beside_what_they_translate(fields):
    stream = records("meantime-en-es")
    Random(1).shuffle(stream)
    b_cubed, _, _, final = streamed(stream, fields)
    assert b_cubed >= 0.77
    english = defaultdict(set)
    for record, story in zip(stream, final, strict=True):
        if record["language"] == "en":
            english[story].add(record["story"])
    beside = [
        (record["story"], english[story])
        for record, story in zip(stream, final, strict=True)
        if record["language"] == "es"
    ]
    right = sum(event in there for event, there in beside)
    assert right >= 0.9 * len(beside)
    assert sum(bool(there) for _, there in beside) - right <= 0.02 * len(beside)


def test_a_cut_text_is_a_copy_of_the_whole_and_of_no_other_event():
    stream = records("ecbplus-even")
    whole = [copies.read_text(article_of(r, "full", n)) for n, r in enumerate(stream)]
    cut = [copies.read_text(article_of(r, "lede", n)) for n, r in enumerate(stream)]
    found = [copies.containment(a, b) >= 0.5 for a, b in zip(cut, whole, strict=True)]
    assert sum(found) >= 0.99 * len(found)
    for n in range(0, len(stream), 5):
        for m in range(len(stream)):
            if stream[n]["story"] != stream[m]["story"]:
                assert copies.containment(cut[n], whole[m]) < 0.5
