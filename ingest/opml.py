"""Lists of feeds as other readers write and read them (OPML 1.0 and 2.0).

Folders become tags. Entities and DTDs are refused: a list of feeds needs none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from ingest.urls import canonical_url
from wirewatch.errors import UsageError
from wirewatch.model import Feed
from wirewatch.text import clean_line

_SPACES = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list.

    Attributes:
        tags: Of the folders around it and of its own categories; lower case, words joined by hyphens.
    """

    url: str
    title: str = ""
    tags: tuple[str, ...] = ()
    language: str | None = None


@dataclass(slots=True)
class _Reader:
    found: list[Outline] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name.lower() != "outline":
            return
        values = {key.lower(): value for key, value in attributes.items()}
        title = clean_line(values.get("title") or values.get("text") or "")
        url = (values.get("xmlurl") or "").strip()
        if url and url not in self.seen:
            self.seen.add(url)
            categories = re.split("[,/]", values.get("category", ""))
            tags = dict.fromkeys(filter(None, map(as_tag, (*self.folders, *categories))))
            language = values.get("language") or None
            self.found.append(Outline(url, title, tuple(tags), language))
        self.folders.append("" if url else title)

    def end(self, name: str) -> None:
        if name.lower() == "outline" and self.folders:
            self.folders.pop()


def read_opml(document: bytes) -> list[Outline]:
    """Return the feeds of a list, in its order, each URL once.

    Raises:
        UsageError: It is no OPML, or one with entities of its own.
    """
    parser, reader = expat.ParserCreate(), _Reader()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise UsageError(f"this OPML can't be read: {error}") from error
    if not reader.found and b"<opml" not in document[:4096].lower():
        raise UsageError("this is no OPML: there is no feed in it")
    return reader.found


def write_opml(feeds: Iterable[Feed], *, title: str) -> bytes:
    """Return feeds as an OPML 2.0 list; tags become categories."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{_escaped(title)}</title></head>",
        "  <body>",
        *map(_line, feeds),
        "  </body>",
        "</opml>",
        "",
    ]
    return "\n".join(lines).encode()


def _line(feed: Feed) -> str:
    values = {"type": "rss", "text": feed.name, "title": feed.name, "xmlUrl": feed.url}
    if feed.tags:
        values["category"] = ",".join(f"/{tag}" for tag in feed.tags)
    if feed.language:
        values["language"] = feed.language
    attributes = " ".join(f"{key}={quoteattr(clean_line(value))}" for key, value in values.items())
    return f"    <outline {attributes}/>"


def as_tag(text: str) -> str:
    """Return a folder's name as a tag: `middle-east` for "Middle East"."""
    return _SPACES.sub("-", clean_line(text).lower()).strip("-_")


def same_feed(one: str, other: str) -> bool:
    """Do two URLs lead to one feed, whatever their scheme and spelling?"""
    return one == other or canonical_url(one) == canonical_url(other)


def _escaped(text: str) -> str:
    return quoteattr(clean_line(text))[1:-1]


def _refuse(*_: object) -> None:
    raise UsageError("this OPML declares entities; a list of feeds needs none")
