"""`wirewatch parse`: what a feed document says, one JSON line a file."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirewatch.errors import ParseError

if TYPE_CHECKING:
    from ingest.workers import Workers
    from wirewatch.model import Entry, ParsedFeed

_HERE_BYTES = 100_000  # the worst of this size takes about a second; larger ones go to a worker
_TIME_LIMIT_S = 8.0


@click.command()
@click.option(
    "--base-url", default="", help="Where the files come from: relative links are joined to it."
)
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE..."
)
def parse(base_url: str, files: tuple[Path, ...]) -> int:
    """Print what feed documents say, as JSON Lines: one line a file, in order.

    A file that is no feed is answered with its error, and makes the exit status 1.
    """
    return asyncio.run(_parse_all(files, base_url))


async def _parse_all(files: tuple[Path, ...], base_url: str) -> int:
    from ingest.workers import Workers

    workers = Workers(count=1, time_limit_s=_TIME_LIMIT_S)
    failed = False
    try:
        for path in files:
            answer = await _answer(path, base_url, workers)
            failed = failed or answer["error"] is not None
            line = json.dumps(answer, ensure_ascii=False)
            sys.stdout.write(line.encode("utf-8", "replace").decode() + "\n")
            sys.stdout.flush()
    finally:
        await workers.close()
    return int(failed)


async def _answer(path: Path, base_url: str, workers: Workers) -> Mapping[str, object]:
    from ingest.parse import parse as parse_document

    try:
        body = await asyncio.to_thread(path.read_bytes)
        if len(body) <= _HERE_BYTES:
            return shown(path, parse_document(body, url=base_url))
        return shown(path, await workers.run(parse_document, body, url=base_url))
    except (ParseError, OSError, RecursionError) as error:
        return {"file": str(path), "error": str(error), "title": "", "link": "", "entries": []}


def shown(path: Path, feed: ParsedFeed) -> Mapping[str, object]:
    """Return a document as it is printed; times in ISO 8601, UTC."""
    return {
        "file": str(path),
        "error": None,
        "title": feed.title,
        "link": feed.link or "",
        "language": feed.language,
        "entries": [_entry(entry) for entry in feed.entries],
        "warnings": list(feed.warnings),
    }


def _entry(entry: Entry) -> Mapping[str, object]:
    return {
        "id": entry.guid or "",
        "title": entry.title,
        "link": entry.link or "",
        "published": _instant(entry.published),
        "updated": _instant(entry.updated),
        "summary": entry.summary,
        "authors": list(entry.authors),
        "categories": list(entry.categories),
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
