"""What each element of a plain document says, in feedparser's words; see `ingest.plain`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from xml.etree.ElementTree import Element

from ingest.dates import read_date
from ingest.urls import join

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
SLASH = "{http://purl.org/rss/1.0/modules/slash/}"
SY = "{http://purl.org/rss/1.0/modules/syndication/}"
WFW = "{http://wellformedweb.org/CommentAPI/}"
THREAD = "{http://purl.org/syndication/thread/1.0}"
FEEDBURNER = "{http://rssnamespace.org/feedburner/ext/1.0}"
WORDPRESS = "{com-wordpress:feed-additions:1}"

_WINDOWS = re.compile("[\x80-\x9f]")
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")

_IMAGE = frozenset({"url", "title", "link", "width", "height", "description"})
_MEDIA_INSIDE = frozenset(
    MEDIA + name for name in ("thumbnail", "credit", "text", "copyright", "rating", "player")
)
_TEXT_TYPES = (None, "text", "html", "text/html", "text/plain")
_LINK_ATTRIBUTES = frozenset({"rel", "type", "href", "title", "length", "hreflang"})
_CATEGORY_ATTRIBUTES = frozenset({"term", "scheme", "label", "domain"})

Raw = dict[str, Any]
Readers = Mapping[str, Callable[[dict[str, Any], Element, str], None]]


class NotPlain(Exception):
    """There is something here that this does not know exactly."""


def _title(entry: Raw, element: Element, _url: str) -> None:
    _once(entry, "title", _typed_text(element))


def _plain_title(entry: Raw, element: Element, _url: str) -> None:
    _once(entry, "title", _text(element))


def _description(entry: Raw, element: Element, _url: str) -> None:
    if entry.get("described"):
        raise NotPlain
    entry["described"] = True
    entry["summary"] = _typed_text(element) if element.tag == ATOM + "summary" else _text(element)


def _content(entry: Raw, element: Element, _url: str) -> None:
    text = _typed_text(element) if element.tag == ATOM + "content" else _text(element)
    _once(entry, "content", [{"value": text}])
    entry.setdefault("summary", text)


def _guid(entry: Raw, element: Element, url: str) -> None:
    if set(element.attrib) - {"isPermaLink", "ispermalink"} or len(element.attrib) > 1:
        raise NotPlain
    is_link = next(iter(element.attrib.values()), "true") == "true"
    text = leaf(element).strip()
    text = _mended(resolved(url, text) if is_link and text else text)
    _once(entry, "id", text)
    if is_link:
        entry.setdefault("link", text)


def _atom_id(entry: Raw, element: Element, url: str) -> None:
    no_attributes(element)
    _guid(entry, element, url)


def _rss_link(entry: Raw, element: Element, url: str) -> None:
    if entry.get("linked"):
        raise NotPlain
    entry["linked"] = True
    entry["link"] = _link_text(element, url)


def _link_text(element: Element, url: str) -> str:
    link = _address(element, url)
    if _REFERENCE.search(link):
        raise NotPlain  # feedparser mends queries that were escaped twice
    return link


def _link(entry: Raw, element: Element, url: str) -> None:
    """An Atom link: the alternate ones to a page are what the entry leads to."""
    attributes = element.attrib
    if set(attributes) - _LINK_ATTRIBUTES or "href" not in attributes or leaf(element).strip():
        raise NotPlain
    href = resolved(url, attributes["href"])
    relation = attributes.get("rel", "alternate").lower()
    kind = attributes.get("type", "text/html" if relation != "self" else "xml").lower()
    if relation == "alternate" and kind in {"text/html", "html", "application/xhtml+xml", "xhtml"}:
        entry["link"] = href
    entry.setdefault("links", []).append({"rel": relation, "href": href})


def _beside_link(_found: Raw, element: Element, _url: str) -> None:
    """An Atom link in RSS, which must not be about the page."""
    attributes = element.attrib
    if set(attributes) - _LINK_ATTRIBUTES or "href" not in attributes or leaf(element).strip():
        raise NotPlain
    if attributes.get("rel", "alternate").lower() in {"alternate", "via", "related"}:
        raise NotPlain


def _language(feed: Raw, element: Element, _url: str) -> None:
    _once(feed, "language", _text(element))


def _feed_id(feed: Raw, element: Element, url: str) -> None:
    feed.setdefault("link", _address(element, url))


def _image(_feed: Raw, element: Element, _url: str) -> None:
    _only(element, _IMAGE)


def _skipped(_feed: Raw, element: Element, _url: str) -> None:
    _only(element, frozenset({"hour", "day"}))


def _author(entry: Raw, element: Element, _url: str) -> None:
    text = _text(element)
    if "@" in text:
        raise NotPlain  # "desk@example.org (A. Name)"
    entry.setdefault("authors", []).append({"name": text})


def _atom_author(entry: Raw, element: Element, _url: str) -> None:
    name = _person(element)
    if not name:
        raise NotPlain  # then an address may stand in for it
    entry.setdefault("authors", []).append({"name": name})


def _atom_contributor(_entry: Raw, element: Element, _url: str) -> None:
    _person(element)


def _person(element: Element) -> str:
    """The name of an Atom person."""
    found: dict[str, str] = {}
    no_attributes(element)
    if (element.text or "").strip() or not len(element):
        raise NotPlain
    for each in element:
        if each.tag not in {ATOM + "name", ATOM + "uri", ATOM + "email"} or each.tag in found:
            raise NotPlain
        if (each.tail or "").strip():
            raise NotPlain
        no_attributes(each)
        found[each.tag] = leaf(each).strip()
    return found.get(ATOM + "name", "")


def _category(entry: Raw, element: Element, _url: str) -> None:
    attributes = element.attrib
    if set(attributes) - _CATEGORY_ATTRIBUTES:
        raise NotPlain
    text = _value(leaf(element))
    if text and ("term" in attributes or "label" in attributes):
        raise NotPlain
    entry.setdefault("tags", []).append({"term": text or attributes.get("term", "")})


def _published(entry: Raw, element: Element, _url: str) -> None:
    _date(entry, "published", element)


def _updated(entry: Raw, element: Element, _url: str) -> None:
    _date(entry, "updated", element)


def _date(entry: Raw, key: str, element: Element) -> None:
    text = _text(element)
    if text and read_date(text) is None:
        raise NotPlain  # feedparser may know better
    _once(entry, key, text)


def _media_title(entry: Raw, element: Element, _url: str) -> None:
    leaf(element)
    entry["media_title"] = True


def _media(entry: Raw, element: Element, url: str) -> None:
    """Pictures and films; what they are called is no title of the entry."""
    for each in element:
        if each.tag == MEDIA + "title":
            _media_title(entry, each, url)
        elif element.tag == MEDIA + "group" and each.tag == MEDIA + "content":
            _media(entry, each, url)
        elif each.tag in _MEDIA_INSIDE:
            leaf(each)
        else:
            raise NotPlain


def _source(entry: Raw, element: Element, _url: str) -> None:
    leaf(element)
    entry["source"] = True


IN_CHANNEL: Readers = {
    "title": _plain_title,
    "language": _language,
    DC + "language": _language,
    "link": _rss_link,
    ATOM + "link": _beside_link,
    "image": _image,
    "skipHours": _skipped,
    "skipDays": _skipped,
}
IN_FEED: Readers = {
    ATOM + "title": _title,
    ATOM + "link": _link,
    ATOM + "id": _feed_id,
    ATOM + "author": _atom_contributor,
    ATOM + "contributor": _atom_contributor,
}
IN_ITEM: Readers = {
    "title": _plain_title,
    "description": _description,
    CONTENT + "encoded": _content,
    "guid": _guid,
    "link": _rss_link,
    ATOM + "link": _beside_link,
    "author": _author,
    DC + "creator": _author,
    "category": _category,
    DC + "subject": _category,
    "pubDate": _published,
    ATOM + "updated": _updated,
    DC + "date": _updated,
    "source": _source,
    MEDIA + "title": _media_title,
    MEDIA + "content": _media,
    MEDIA + "group": _media,
}
IN_ENTRY: Readers = {
    ATOM + "title": _title,
    ATOM + "summary": _description,
    ATOM + "content": _content,
    ATOM + "id": _atom_id,
    ATOM + "link": _link,
    ATOM + "author": _atom_author,
    ATOM + "contributor": _atom_contributor,
    ATOM + "category": _category,
    ATOM + "published": _published,
    ATOM + "updated": _updated,
    MEDIA + "title": _media_title,
    MEDIA + "content": _media,
    MEDIA + "group": _media,
}


def leaf(element: Element) -> str:
    """Return the text of an element that has no others in it."""
    if len(element):
        raise NotPlain
    return element.text or ""


def _text(element: Element) -> str:
    no_attributes(element)
    return _value(leaf(element))


def _address(element: Element, url: str) -> str:
    no_attributes(element)
    text = leaf(element).strip()
    return _mended(resolved(url, text)) if text else ""


def _typed_text(element: Element) -> str:
    if set(element.attrib) - {"type"} or element.get("type") not in _TEXT_TYPES:
        raise NotPlain
    return _value(leaf(element))


def no_attributes(element: Element) -> None:
    """Make sure of that."""
    if element.attrib:
        raise NotPlain


def _only(element: Element, names: frozenset[str]) -> None:
    for each in element:
        if each.tag not in names or each.attrib:
            raise NotPlain
        leaf(each)


def _once(found: Raw, key: str, value: object) -> None:
    if key in found:
        raise NotPlain
    found[key] = value


def _value(text: str) -> str:
    return _mended(text.strip())


def _mended(text: str) -> str:
    """Undo UTF-8 that was taken for Latin-1, as feedparser does."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    if _WINDOWS.search(text):
        raise NotPlain
    return text


def resolved(base: str, link: str) -> str:
    """Return an absolute link, as feedparser joins it."""
    return join(base, _SLASHES.sub(r"\1\3", link) if "://" in link else link)
