"""Nothing missed, nothing repeated, whatever a feed does to its dates and ids."""

from __future__ import annotations

import os
import re
from collections import Counter

import pytest

from ingest.identify import identify, keys
from ingest.read import read
from tests.builders import a_feed
from tests.dirty_feed import documents
from wirewatch.model import Fetched, Hints, Relation, Validators
from wirewatch.store import Store

URL = "https://wire.example/rss"


def told(seed: int, items: int) -> Counter[int]:
    """How often each report was news, through pre-scan, parser, keys and a real database."""
    store, feed, news = Store.scratch(), a_feed(), Counter[int]()
    for now, body in documents(seed, items=items):
        fetched = Fetched(URL, body, None, Validators(), Hints())
        found = read(fetched, store.articles.listed_keys(feed.name), feed, now=now)
        texts = [a.content_hash for a in found.articles]
        known = store.articles.known(feed.name, *keys(found.articles), content_hashes=texts)
        with store.transaction():
            for each in identify(found.articles, known, listed=found.feed.listed).identities:
                if each.relation is Relation.NEW:
                    number = re.search(r"number (\d+)", each.article.summary)
                    assert number
                    news[int(number[1])] += 1
                    store.articles.add(each.article, keys=each.keys)
                else:
                    store.articles.appear(each.article, each.article_id or 0, each.keys)
            store.articles.still_listed(feed.name, found.feed.listed, now)
    store.close()
    return news


def test_a_dirty_feed_is_told_once_each() -> None:
    assert told(0, 150) == Counter(range(150))


@pytest.mark.quality
@pytest.mark.skipif(
    not os.environ.get("WIREWATCH_LONG"), reason="takes a minute; WIREWATCH_LONG=1 runs it"
)
@pytest.mark.timeout(600)
def test_ten_dirty_feeds_of_600_are_told_once_each() -> None:
    for seed in range(10):
        news = told(seed, 600)
        missed = 600 - len(news)
        repeated = sum(news.values()) - len(news)
        assert (missed, repeated) == (0, 0), f"seed {seed}"
