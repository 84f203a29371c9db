"""Turn what a feed said into an article: plain text, clean characters, keys to know it by."""

from __future__ import annotations

import re
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from ingest.html import title_text, to_text
from ingest.urls import canonical_url, is_front_page, is_web, source_of, without_fragment
from wirewatch.model import Article, Entry, Feed
from wirewatch.text import clean, clean_line

MAX_TITLE = 1_000
MAX_SUMMARY = 50_000
MAX_BODY = 500_000
MAX_NAMES = 50
MAX_KEY = 1_000

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_NOT_WORD = re.compile(r"[\W_]+")


def normalise(
    entry: Entry, feed: Feed, *, first_seen_at: datetime, feed_language: str | None = None
) -> Article:
    """Return the article of an entry.

    Args:
        entry: Untrusted.
        feed: Where it was listed; its `language` beats what the document says.
        first_seen_at: Now, aware, UTC.
        feed_language: What the document says of itself.
    """
    title = clean_line(title_text(entry.title[: 4 * MAX_TITLE]), MAX_TITLE)
    summary = clean(to_text(entry.summary[: 4 * MAX_SUMMARY]))[:MAX_SUMMARY]
    body = clean(to_text(entry.content[: 4 * MAX_BODY]))[:MAX_BODY]
    if _repeats(body, summary):
        body = ""
    url = _url(entry)
    text_hash = content_hash(title, summary, body)
    keys = identity_keys(entry.guid or "", url, text_hash)
    return Article(
        feed=feed.name,
        source=source_of(url, feed.name),
        title=title,
        summary=summary,
        body=body,
        url=url,
        guid_key=keys.guid_key,
        link_key=keys.link_key,
        first_seen_at=first_seen_at,
        content_hash=text_hash,
        language=language_of(feed.language, entry.language, feed_language),
        authors=_names(entry.authors),
        categories=_names(entry.categories),
        published_at=entry.published or entry.updated,
        updated_at=entry.updated,
        exact_key=keys.exact_key,
        entry_hash=entry.fingerprint,
    )


class Keys(NamedTuple):
    """See the attributes of Article."""

    guid_key: str
    link_key: str | None
    exact_key: str


def identity_keys(guid: str, url: str, text_hash: str) -> Keys:
    """Return the keys that an entry is known by.

    Args:
        guid: As the feed gives it; "" for none.
        url: Of the page; "" for none. A front page identifies nothing.
        text_hash: From `content_hash`; all there is where guid and link are missing.
    """
    link_key = canonical_url(url)[:MAX_KEY] if url and not is_front_page(url) else None
    guid = clean_line(guid)
    if not guid:
        exact = f"{link_key}\n{text_hash}" if link_key else ""
        return Keys(link_key or text_hash, link_key, exact)
    guid_key, exact = _key(without_fragment(guid)), _key(guid)
    return Keys(guid_key, link_key, exact if exact != guid_key else "")


def content_hash(title: str, summary: str, body: str) -> str:
    """Return the hash by which an edit shows: of the text as people read it, 32 hex digits."""
    return sha256(f"{title}\x1f{summary}\x1f{body}".encode("utf-8", "replace")).hexdigest()[:32]


def language_of(*tags: str | None) -> str | None:
    """Return the primary language (ISO 639) of the first tag that names one: `en` for `en-GB`."""
    for tag in tags:
        primary = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
        if _LANGUAGE.fullmatch(primary):
            return primary
    return None


def _key(guid: str) -> str:
    """Keys are looked up thousands of times: a guid of a megabyte is known by its hash."""
    if len(guid) <= MAX_KEY:
        return guid
    return "sha256:" + sha256(guid.encode("utf-8", "replace")).hexdigest()


def _url(entry: Entry) -> str:
    link = clean_line(entry.link or "")
    if not link and entry.guid and is_web(entry.guid):
        link = clean_line(entry.guid)
    return link if is_web(link) else ""


def _repeats(body: str, summary: str) -> bool:
    """Does the body say nothing that the summary does not?"""
    if not body or body == summary:
        return True
    if len(body) > len(summary) + 200:
        return False
    return _letters(body) in _letters(summary)


def _letters(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (clean_line(title_text(name[:1000]), 200) for name in names[:MAX_NAMES])
    return tuple(dict.fromkeys(filter(None, cleaned)))
