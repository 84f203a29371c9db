"""Read JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1); feedparser does not."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from urllib.parse import urljoin

from ingest.dates import read_date, sensible
from wirewatch.errors import ParseError
from wirewatch.model import Entry, ParsedFeed

Json = Mapping[str, object]


def looks_like_json(body: bytes) -> bool:
    """Does this begin like a JSON object?"""
    return body[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def parse_json_feed(body: bytes, *, url: str) -> ParsedFeed:
    """Return what a JSON Feed says; entries that are no objects are left out with a warning.

    Raises:
        ParseError: It is JSON of another kind, or none.
    """
    try:
        document = json.loads(body.decode("utf-8-sig", "replace"), strict=False)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"broken JSON: {error}", kind="not-a-feed", url=url) from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise ParseError("JSON, but no JSON Feed", kind="not-a-feed", url=url)
    entries = [
        _entry(item, position, url) for position, item in enumerate(items) if isinstance(item, dict)
    ]
    left_out = len(items) - len(entries)
    return ParsedFeed(
        title=_text(document.get("title")),
        link=_link(document.get("home_page_url"), url),
        language=_text(document.get("language")) or None,
        entries=tuple(entries),
        warnings=(f"left out {left_out} items that are no objects",) if left_out else (),
    )


def _entry(item: Json, position: int, url: str) -> Entry:
    content = _text(item.get("content_html")) or html.escape(_text(item.get("content_text")))
    link = _link(item.get("url"), url) or _link(item.get("external_url"), url)
    return Entry(
        guid=_text(item.get("id")) or None,
        link=link,
        title=_text(item.get("title")),
        summary=html.escape(_text(item.get("summary")), quote=False) or content,
        content=content,
        authors=_authors(item),
        categories=tuple(filter(None, map(_text, _list(item.get("tags"))))),
        published=sensible(read_date(_text(item.get("date_published")))),
        updated=sensible(read_date(_text(item.get("date_modified")))),
        language=_text(item.get("language")) or None,
        position=position,
    )


def _authors(item: Json) -> tuple[str, ...]:
    # 1.1 has `authors`, 1.0 had `author`.
    people = [*_list(item.get("authors")), item.get("author")]
    names = [_text(person.get("name")) for person in people if isinstance(person, dict)]
    return tuple(dict.fromkeys(filter(None, names)))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    """A string; ids may be numbers (1.1: "coerce them")."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _link(value: object, url: str) -> str | None:
    text = _text(value).strip()
    if not text:
        return None
    try:
        return urljoin(url, text)
    except ValueError:
        return None
