"""Find the feeds that an HTML page names: its alternate links, then links that look like feeds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from ingest.html import unescape
from ingest.urls import is_web
from wirewatch.text import clean_line

MAX_FOUND = 20

_TAG = re.compile(r"<(?P<name>link|a)\s(?P<attributes>[^<>]{1,2000})>", re.IGNORECASE)
_BASE = re.compile(r"<base\s[^<>]{0,500}?href\s*=\s*[\"']?([^\"'<>\s]{1,1000})", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
)
_LOOKS_LIKE_FEED = re.compile(
    r"(?:\.(?:rss|rdf|atom)|/(?:rss|feed|feeds|atom|rss2)(?:\.xml|\.php)?|/(?:feed|index|atom|rss)\.(?:xml|json))/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A feed that a page names."""

    url: str
    title: str = ""


def find_feeds(page: bytes, *, url: str) -> list[Found]:
    """Return the feeds a page names, those it declares first, each once, at most 20.

    Args:
        page: HTML in any encoding that keeps ASCII.
        url: Of the page; relative links are joined to it.
    """
    text = page[:2_000_000].decode("utf-8", "replace")
    base = _joined(url, _BASE.search(text))
    declared, linked = list[Found](), list[Found]()
    for tag in _TAG.finditer(text):
        values = _attributes(tag["attributes"])
        found = _feed(values, base)
        if found is None:
            continue
        if tag["name"].lower() == "link":
            if _is_declared(values):
                declared.append(found)
        elif _LOOKS_LIKE_FEED.search(found.url.partition("?")[0]):
            linked.append(found)
    unique = {each.url: each for each in reversed(declared or linked)}
    return list(reversed(unique.values()))[:MAX_FOUND]


def _is_declared(values: dict[str, str]) -> bool:
    relations = values.get("rel", "").lower().split()
    kind = values.get("type", "").partition(";")[0].strip().lower()
    return ("alternate" in relations and kind in _FEED_TYPES) or "feed" in relations


def _feed(values: dict[str, str], base: str) -> Found | None:
    try:
        target = urljoin(base, values.get("href", "").strip())
    except ValueError:
        return None
    if not values.get("href") or not is_web(target):
        return None
    return Found(target.partition("#")[0], clean_line(values.get("title", ""), 200))


def _attributes(text: str) -> dict[str, str]:
    return {
        name.lower(): unescape(quoted or single or bare)
        for name, quoted, single, bare in _ATTRIBUTE.findall(text)
    }


def _joined(url: str, base: re.Match[str] | None) -> str:
    try:
        return urljoin(url, unescape(base[1])) if base else url
    except ValueError:
        return url
