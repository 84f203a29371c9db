"""Where articles to try rules on come from: the archive, or a file of JSON Lines or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from wirewatch.errors import UsageError
from wirewatch.model import Appearance, Config
from wirewatch.pipeline.backtest import Sample
from wirewatch.pipeline.lines import BadLine, Line, read_lines, to_line
from wirewatch.pipeline.rehearse import EPOCH, STEP, to_article
from wirewatch.store import Store


def from_store(store: Store, config: Config, *, since: datetime | None) -> Iterator[Sample]:
    """Yield the archive's articles, oldest first, each as it stood in the feed that had it first."""
    places = {feed.name: (feed.tags, feed.tier) for feed in config.feeds}
    for article, story in store.archive.since(since):
        tags, tier = places.get(article.feed, ((), 3))
        appearance = Appearance(article.feed, article.source, tags, tier)
        name = str(article.id)
        yield Sample(article, appearance, name, name if story is None else str(story))


def from_file(
    path: Path,
    config: Config,
    *,
    complain: Callable[[str], None],
    remark: Callable[[str], None],
) -> Iterator[Sample]:
    """Yield the articles of a .jsonl, .jsonl.gz or .parquet file, in its order.

    Args:
        path: The file; `-` is standard input.
        config: Its feeds say which tags and tier a line's feed has.
        complain: Called for each line that is no article.
        remark: Called for what is ignored.

    Raises:
        UsageError: The file is not what its name says, or Parquet can't be read here.
    """
    places = {feed.name: (feed.tags, feed.tier) for feed in config.feeds}
    now = EPOCH - STEP
    rows = (
        _parquet(path, complain)
        if path.suffix == ".parquet"
        else read_lines(
            path, complain=complain, remark=remark, extra=frozenset({"labels", "label"})
        )
    )
    for line, record in rows:
        now = line.published or now + STEP
        article = to_article(line, first_seen_at=now)
        tags, tier = places.get(article.feed, ((), 3))
        appearance = Appearance(article.feed, article.source, tags, tier)
        yield Sample(article, appearance, line.id, line.id, _labels(record.get("labels")))


def _labels(written: object) -> frozenset[str] | None:
    match written:
        case str():
            return frozenset({written})
        case list():
            return frozenset(map(str, written))
        case _:
            return None


def _parquet(path: Path, complain: Callable[[str], None]) -> Iterator[tuple[Line, dict[str, Any]]]:
    try:
        parquet: Any = import_module("pyarrow.parquet")  # nothing else needs it
    except ImportError as error:
        raise UsageError(
            "Parquet files need pyarrow: pip install pyarrow, or give JSON Lines"
        ) from error
    try:
        batches = parquet.ParquetFile(path).iter_batches(batch_size=1000)
    except (ValueError, OSError) as error:
        raise UsageError(f"{path} is no Parquet file: {error}") from error
    number = 0
    for batch in batches:
        for record in batch.to_pylist():
            number += 1
            if isinstance(record.get("published"), date):
                record["published"] = record["published"].isoformat()
            try:
                yield to_line(record), record
            except BadLine as bad:
                complain(f"{path}: row {number}: {bad}")
