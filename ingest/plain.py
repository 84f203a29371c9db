"""Read plain documents as feedparser would, at a tenth of its cost; leave all others to it.

Plain is well-formed UTF-8 without a DTD: RSS 0.9x and 2.0 or Atom 1.0, every element one that is
listed here or in `ingest.plain_parts`, texts without markup of their own, no xml:base or xml:lang.
What comes out is what feedparser's dictionaries would hold of it, so that one adapter serves both.
feedparser stays the authority: `tests/unit/test_sources_plain.py` holds this against it, and on any
doubt it is asked.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError, XMLParser

from ingest.plain_parts import (
    ATOM,
    CONTENT,
    DC,
    FEEDBURNER,
    IN_CHANNEL,
    IN_ENTRY,
    IN_FEED,
    IN_ITEM,
    MEDIA,
    SLASH,
    SY,
    THREAD,
    WFW,
    WORDPRESS,
    NotPlain,
    Raw,
    Readers,
    leaf,
    no_attributes,
    resolved,
)

LONGEST = 2_000_000  # bytes

# A prefix means what it usually means, or the document is not plain.
_PREFIXES = {
    "atom": (ATOM,),
    "dc": (DC,),
    "content": (CONTENT,),
    "media": (MEDIA,),
    "slash": (SLASH,),
    "sy": (SY,),
    "wfw": (WFW,),
    "thr": (THREAD,),
    "feedburner": (FEEDBURNER,),
}
_XMLNS = re.compile(rb"xmlns:([\w.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding=[\"']([^\"']*)[\"'][^>]*\?>")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']*)", re.IGNORECASE)
# What says nothing that we read, and that feedparser files under a name of its own.
_BESIDE_FEED = frozenset(
    {
        *("pubDate", "lastBuildDate", "generator", "ttl", "docs", "copyright", "managingEditor"),
        *("webMaster", "category", "rating", "cloud", "description"),
        *(SY + "updatePeriod", SY + "updateFrequency", SY + "updateBase"),
        *(FEEDBURNER + "info", WORDPRESS + "site", DC + "date", DC + "rights"),
        *(DC + "publisher", DC + "creator"),
    }
)
_BESIDE_ITEM = frozenset(
    {
        *("comments", "enclosure", SLASH + "comments", SLASH + "section", SLASH + "department"),
        *(WFW + "commentRss", WFW + "comment", THREAD + "total", FEEDBURNER + "origLink"),
        *(WORDPRESS + "post-id", DC + "identifier", DC + "type", DC + "format"),
        *(DC + "publisher", DC + "rights", DC + "language", DC + "source"),
        *(MEDIA + "thumbnail", MEDIA + "credit", MEDIA + "text", MEDIA + "copyright"),
        *(MEDIA + "rating", MEDIA + "player"),
    }
)
_BESIDE_ATOM = frozenset(
    {
        *(ATOM + "subtitle", ATOM + "updated", ATOM + "generator", ATOM + "rights"),
        *(ATOM + "icon", ATOM + "logo", ATOM + "category"),
    }
)


def read_plain(body: bytes, *, url: str, content_type: str | None = None) -> Raw | None:
    """Return what feedparser would have made of a plain document; None if it is not plain.

    Args:
        body: A whole document.
        url: Where it came from; relative links are joined to it.
        content_type: As the server sent it.
    """
    try:
        _check(body, url, content_type)
        parser = XMLParser()  # noqa: S314 - what declares a DTD or entities never gets here
        parser.feed(body)
        root = parser.close()
        if root.tag == "rss":
            return _rss(root, url)
        return _atom(root, url) if root.tag == ATOM + "feed" else None
    except (NotPlain, ParseError, ValueError):
        return None


def _check(body: bytes, url: str, content_type: str | None) -> None:
    """Is its encoding beyond doubt, and nothing declared in it that changes what names mean?"""
    if len(body) > LONGEST or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise NotPlain
    if b"\0" in body:  # UTF-16, where a DTD hides; expat knows it whatever it is told
        raise NotPlain
    declared = _DECLARED.match(body.removeprefix(b"\xef\xbb\xbf"))
    charset = _CHARSET.search(content_type or "")
    named = [
        each.lower()
        for each in (declared and declared[1].decode("latin-1"), charset and charset[1])
        if each
    ]
    # Without a word on it feedparser guesses, if there is anything to guess.
    if any(each != "utf-8" for each in named) or not (named or body.isascii()):
        raise NotPlain
    for prefix, double, single in _XMLNS.findall(body):
        meant = _PREFIXES.get(prefix.decode("latin-1").lower())
        if meant and f"{{{(double or single).decode('latin-1')}}}" not in meant:
            raise NotPlain
    if not url.startswith(("http://", "https://")) or resolved(url, url) != url:
        raise NotPlain


def _rss(root: Element, url: str) -> Raw:
    if set(root.attrib) - {"version"} or len(root) != 1 or root[0].tag != "channel":
        raise NotPlain
    channel = root[0]
    items = [each for each in channel if each.tag == "item"]
    return {
        "version": "rss20",
        "feed": _read(channel, IN_CHANNEL, _BESIDE_FEED, url, but="item"),
        "entries": [_entry(item, IN_ITEM, url) for item in items],
    }


def _atom(root: Element, url: str) -> Raw:
    items = [each for each in root if each.tag == ATOM + "entry"]
    return {
        "version": "atom10",
        "feed": _read(root, IN_FEED, _BESIDE_ATOM, url, but=ATOM + "entry"),
        "entries": [_entry(item, IN_ENTRY, url) for item in items],
    }


def _entry(item: Element, readers: Readers, url: str) -> Raw:
    entry = _read(item, readers, _BESIDE_ITEM, url)
    # Such a title stands in for a missing one, and only for that.
    if entry.pop("media_title", False) and (not entry.get("title") or "source" in entry):
        raise NotPlain
    return entry


def _read(
    parent: Element, readers: Readers, beside: frozenset[str], url: str, *, but: str = ""
) -> Raw:
    """Read an element's children, those called `but` left out."""
    no_attributes(parent)
    found: Raw = {}
    for each in parent:
        if each.tag == but:
            continue
        if read := readers.get(each.tag):
            read(found, each, url)
        elif each.tag in beside:
            leaf(each)
        else:
            raise NotPlain
    return found
