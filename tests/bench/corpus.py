"""Real texts to measure with, where somebody has some: JSON lines, made into articles of news length."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from tests.builders import an_article
from wirewatch.model import Article

# What an item is filled up to with those that follow it, in characters: corpora of summaries have
# one sentence each, and the cost of reading an article is mostly its length.
LENGTH = 2_000


def articles_of(paths: Iterable[Path], count: int) -> list[Article]:
    """Return at most so many articles of JSON lines with `title` and, perhaps, `summary` and `body`."""
    return list(islice(_articles(paths), count))


def _articles(paths: Iterable[Path]) -> Iterator[Article]:
    n = 0
    for path in paths:
        title, rest = "", list[str]()
        for item in _items(path):
            texts = [item[key] for key in ("title", "summary", "body") if item.get(key)]
            title, rest = (title, rest + texts) if title else (texts[0], texts[1:])
            if sum(map(len, rest)) >= LENGTH:
                n += 1
                summary, body = (rest[0], rest[1:]) if len(rest) > 1 else ("", rest)
                yield an_article(
                    title, summary=summary, body="\n\n".join(body), guid_key=f"guid-{n}"
                )
                title, rest = "", []


def _items(path: Path) -> Iterator[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
