"""Read JSON Lines of articles, as `replay`, `rules test` and backtests take them."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from wirewatch.errors import UsageError

_TEXTS = ("summary", "body", "url", "feed", "language", "guid")
_LISTS = ("authors", "categories")
KEYS = frozenset({"id", "title", "published", *_TEXTS, *_LISTS})


@dataclass(frozen=True, slots=True)
class Line:
    """One article of the stream.

    Attributes:
        published: Aware; None follows the line before by one second.
        is_backlog: It came with a feed's first poll: never told at once.
    """

    id: str
    title: str
    summary: str = ""
    body: str = ""
    url: str = ""
    feed: str = ""
    published: datetime | None = None
    language: str | None = None
    guid: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    is_backlog: bool = False


class BadLine(Exception):
    """A line that is no article; `str()` says why."""


def read_lines(
    path: Path,
    *,
    complain: Callable[[str], None],
    remark: Callable[[str], None],
    extra: frozenset[str] = frozenset(),
) -> Iterator[tuple[Line, dict[str, Any]]]:
    """Yield the articles of a .jsonl or .jsonl.gz file (`-` is stdin) and the objects they came from.

    Args:
        path: The file.
        complain: Called with a sentence for each bad line (with its number), which is left out.
        remark: Called once for each unknown key, which is ignored.
        extra: Further keys that are known (labels).

    Raises:
        OSError: The file can't be read.
        UsageError: It is called .gz and is none.
    """
    strangers: set[str] = set()
    with _open(path) as file:
        for number, raw in enumerate(_whole(file, path), 1):
            if not raw.strip():
                continue
            try:
                record = _record(raw)
                line = to_line(record)
            except BadLine as bad:
                complain(f"{path}:{number}: {bad}")
                continue
            for key in sorted(record.keys() - KEYS - extra - strangers):
                strangers.add(key)
                remark(f"{path}:{number}: unknown key {key!r} is ignored")
            yield line, record


def _whole(file: IO[bytes], path: Path) -> Iterator[bytes]:
    try:
        yield from file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UsageError(f"{path} is no gzip file, or only the beginning of one") from error


def to_line(record: dict[str, Any]) -> Line:
    """Build a line from its object.

    Raises:
        BadLine: Something is missing or of the wrong kind.
    """
    for key in ("id", "title"):
        if key not in record:
            raise BadLine(f"{key!r} is missing")
    ident = record["id"]
    if not isinstance(ident, (str, int)) or isinstance(ident, bool) or ident == "":
        raise BadLine("'id' is no text")
    texts = {}
    for key in ("title", *_TEXTS):
        value = record.get(key)
        if value is not None and not isinstance(value, str):
            raise BadLine(f"{key!r} is no text")
        texts[key] = value
    return Line(
        id=str(ident),
        title=texts["title"] or "",
        summary=texts["summary"] or "",
        body=texts["body"] or "",
        url=texts["url"] or "",
        feed=texts["feed"] or "",
        published=_time(record.get("published")),
        language=texts["language"],
        guid=texts["guid"],
        authors=_names(record, "authors"),
        categories=_names(record, "categories"),
    )


def _names(record: dict[str, Any], key: str) -> tuple[str, ...]:
    value = record.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise BadLine(f"{key!r} is no list of texts")
    return tuple(value)


def _record(raw: bytes) -> dict[str, Any]:
    try:
        record = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadLine(f"not UTF-8: {error.reason}") from error
    except ValueError as error:
        raise BadLine(f"not JSON: {error}") from error
    except RecursionError as error:
        raise BadLine("not JSON: nested too deeply") from error
    if not isinstance(record, dict):
        raise BadLine("not a JSON object")
    return record


def _time(value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadLine("'published' is no ISO 8601 time")
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadLine(f"'published' is no ISO 8601 time: {value!r}") from error


def _open(path: Path) -> IO[bytes]:
    if str(path) == "-":
        return sys.stdin.buffer
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]  # both are binary files
