"""Turn a body into what the feed said; feedparser is the authority, this is its guard and adapter.

Pure, and what the workers run. feedparser is only ever given a BytesIO: given the bytes themselves
it opens the local file that a body names. Its HTML sanitiser is off, as we show text; ids that it
joined to the document's address are undone (`ingest.ids`).
"""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.dates import read_date, sensible
from ingest.ids import original_id
from ingest.jsonfeed import looks_like_json, parse_json_feed
from ingest.plain import read_plain
from ingest.prescan import entry_spans
from ingest.urls import join
from wirewatch.errors import ParseError
from wirewatch.model import Entry, Hints, ParsedFeed

MAX_ILL_FORMED = 2_000_000
MAX_ENTRIES = 20_000

_ENTRY_START = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_ENTRY_END = re.compile(rb"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ROOT_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_CHALLENGE = re.compile(
    rb"cf-chl|challenge-platform|just a moment|attention required|captcha|are you a (?:human|robot)|"
    rb"ddos.guard|incapsula|access denied|request blocked|enable javascript|verify you are|_abck|px-captcha",
    re.IGNORECASE,
)
_ROOT_START = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf|channel)(?:\s[^<>]*)?>", re.IGNORECASE)
_LINK_WITH_ATTRIBUTE = re.compile(
    rb"""<link\s+ur[il]\s*=\s*(?:"[^"<]*"|'[^'<]*')\s*>(?=\s*[^\s<])"""
)
_WRAPPER = re.compile(r"<div(?:\s[^<>]*)?>((?:(?!</?div).)*)</div>", re.DOTALL | re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
# What comes out of its readers for hostile bytes: numbers of 5,000 digits, impossible dates,
# half-open marked sections.
_FEEDPARSER_RAISES = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RecursionError,
)
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Parsed = Mapping[str, Any]


def parse(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    complete: bool = True,
    headers: Sequence[tuple[str, str]] = (),
    resolve_html: bool = True,
) -> ParsedFeed:
    """Return what a document says.

    Args:
        body: Decoded; any bytes at all.
        url: Where it came from; relative links are joined to it.
        content_type: As the server sent it; its charset counts.
        complete: False when the connection ended early; a half-read last entry is dropped.
        headers: With lower-case names; they may tell a challenge page.
        resolve_html: Join the links inside HTML too; not needed for text, and half the cost.

    Raises:
        ParseError: `empty`, `blocked` (a page that wants a person), `not-a-feed`, `too-costly`.
    """
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise ParseError("the body is empty", kind="empty", url=url)
    if looks_like_json(body):
        return parse_json_feed(body, url=url)
    if not resolve_html and (
        found := parse_plain(body, url=url, content_type=content_type, complete=complete)
    ):
        return found
    whole, cut = drop_half_entry(body, complete=complete)
    parsed = by_feedparser(_mended(whole), url, content_type, resolve_html=resolve_html)
    entries = parsed.get("entries") or []
    if not parsed.get("version") and not entries and not _is_feed_root(body):
        raise _no_feed(body, url, headers)
    return adapt(parsed, entries[:MAX_ENTRIES], _spans(whole, len(entries)), url=url, warnings=cut)


def parse_plain(
    body: bytes, *, url: str, content_type: str | None = None, complete: bool = True
) -> ParsedFeed | None:
    """Return what `parse` would, with `resolve_html` off, if the document is plain; None if not.

    Linear whatever it is given, at a millisecond or so for each 40 KB.
    """
    whole, cut = drop_half_entry(body, complete=complete)
    raw = read_plain(whole, url=url, content_type=content_type)
    if raw is None or len(raw["entries"]) > MAX_ENTRIES:
        return None
    spans = _spans(whole, len(raw["entries"]))
    return adapt(raw, raw["entries"], spans, url=url, warnings=cut)


def by_feedparser(body: bytes, url: str, content_type: str | None, *, resolve_html: bool) -> Parsed:
    """Return what feedparser says."""
    import feedparser  # noqa: PLC0415 - an eighth of a second that `--help` need not wait for

    headers = {"content-location": url} if url else {}
    if content_type:
        headers["content-type"] = content_type
    try:
        parsed: Parsed = feedparser.parse(
            io.BytesIO(body),
            sanitize_html=False,
            resolve_relative_uris=resolve_html,
            response_headers=headers,
        )
    except _FEEDPARSER_RAISES as error:
        raise ParseError(
            f"can't be read: {type(error).__name__}: {error}", kind="not-a-feed", url=url
        ) from error
    return parsed


def _mended(body: bytes) -> bytes:
    """Undo what feedparser would misread: the text of an RSS link beats an attribute beside it."""
    return _LINK_WITH_ATTRIBUTE.sub(rb"<link>", body) if b"<link u" in body else body


def _is_feed_root(body: bytes) -> bool:
    head = body[:65_536]
    return bool(_ROOT_START.search(head)) and not _HTML.search(head)


def _spans(body: bytes, count: int) -> Sequence[bytes]:
    """The bytes of each entry, or () where they can't be told apart."""
    spans = entry_spans(body)
    return [body[start:end] for start, end in spans] if len(spans) == count else ()


def drop_half_entry(body: bytes, *, complete: bool) -> tuple[bytes, tuple[str, ...]]:
    """Cut off an entry that the document ends in the middle of, and say so.

    feedparser reads such an entry with whatever came of it: at 60 % of all cuts at least one guid
    is wrong or missing, and the next poll would tell it once more.
    """
    tail = body.rstrip()[-4096:]
    if complete and _ROOT_END.search(tail):
        return body, ()
    starts = [found.start() for found in _ENTRY_START.finditer(body)]
    if not starts:
        return body, () if complete else ("truncated",)
    last_end = max((found.end() for found in _ENTRY_END.finditer(body, starts[-1])), default=-1)
    if last_end > starts[-1]:
        return body, () if complete else ("truncated: between two entries",)
    if complete and not _ENTRY_END.search(body):
        return body, ()  # a writer that never closes its entries; not a cut
    return body[: starts[-1]], ("truncated: dropped the last entry",)


def _no_feed(body: bytes, url: str, headers: Sequence[tuple[str, str]]) -> ParseError:
    head = body[:65_536]
    if not _HTML.search(head):
        return ParseError("this is no feed", kind="not-a-feed", url=url)
    names = {name for name, _ in headers}
    if _CHALLENGE.search(head) or "cf-mitigated" in names:
        return ParseError(
            "a page that wants a person before it (a challenge or a refusal), not the feed",
            kind="blocked",
            url=url,
        )
    return ParseError("an HTML page, not a feed", kind="not-a-feed", url=url)


def adapt(
    parsed: Parsed,
    raw: Sequence[Parsed],
    spans: Sequence[bytes],
    *,
    url: str,
    warnings: tuple[str, ...],
) -> ParsedFeed:
    """Return a feed from what feedparser's dictionaries hold, or `read_plain` put in their place."""
    entries, failures = [], []
    version = _text(parsed.get("version"))
    for position, each in enumerate(raw):
        try:
            span = spans[position] if position < len(spans) else b""
            entries.append(_entry(each, position, url, span, version))
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
            failures.append(f"left out entry {position + 1}: {type(error).__name__}: {error}")
    feed = parsed.get("feed") or {}
    return ParsedFeed(
        title=_title(feed, version),
        link=_joined(_text(feed.get("link")), url),
        language=_text(feed.get("language")) or None,
        entries=tuple(entries),
        warnings=(*warnings, *failures),
    )


def _entry(raw: Parsed, position: int, url: str, span: bytes, version: str) -> Entry:
    contents = [_text(part.get("value")) for part in raw.get("content") or ()]
    return Entry(
        guid=original_id(_text(raw.get("id")).strip(), span, url) or None,
        link=_joined(_entry_link(raw), url),
        title=_title(raw, version),
        summary=_text(_exact(raw, "summary")),
        content=max(contents, key=len, default=""),
        authors=_authors(raw),
        categories=tuple(
            dict.fromkeys(filter(None, (_text(tag.get("term")) for tag in raw.get("tags") or ())))
        ),
        published=_date(raw, "published") or _date(raw, "created"),
        updated=_date(raw, "updated"),
        language=_text((raw.get("title_detail") or {}).get("language")) or None,
        position=position,
    )


def _title(raw: Parsed, version: str) -> str:
    title = _text(raw.get("title"))
    kind = (raw.get("title_detail") or {}).get("type")
    # RFC 4287, 3.1.1.3: the div around xhtml is no part of it. Atom 0.3 had no such rule.
    if version == "atom10" and kind == "application/xhtml+xml":
        wrapped = _WRAPPER.fullmatch(title.strip())
        return wrapped[1].strip() if wrapped else title
    return title


def _entry_link(raw: Parsed) -> str:
    if link := _text(raw.get("link")).strip():
        return link
    links = [each for each in raw.get("links") or () if _text(each.get("href"))]
    for relation in ("alternate", "via", "related"):
        for each in links:
            if each.get("rel") == relation:
                return _text(each.get("href")).strip()
    return ""


def _authors(raw: Parsed) -> tuple[str, ...]:
    names = [_text(each.get("name")) for each in raw.get("authors") or ()]
    return tuple(dict.fromkeys(filter(None, names or [_text(raw.get("author"))])))


def _date(raw: Parsed, key: str) -> datetime | None:
    """Our own reading of a date first; feedparser's where the form is rare."""
    text = _text(_exact(raw, key))
    if not text.strip():
        return None
    ours = read_date(text)
    if ours is None and not text.strip().replace(".", "").isdigit():
        parsed = _exact(raw, f"{key}_parsed")
        with suppress(ValueError, TypeError, OverflowError, OSError):
            ours = datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    return sensible(ours)


def document_hints(body: bytes) -> Hints:
    """Return what the document itself says about how often to ask: ttl, sy:*, skipHours, skipDays.

    feedparser knows half of them, and reading them here spares it documents without news.
    """
    ttl = _number(_first(body, b"ttl"))
    wait = timedelta(minutes=min(ttl, 525_600)) if ttl else None
    period = _PERIODS.get(_first(body, b"updatePeriod").lower())
    if period is not None:
        wait = max(wait or timedelta(), period / max(_number(_first(body, b"updateFrequency")), 1))
    hours = {int(text) % 24 for text in _inside(body, b"skipHours", b"hour") if _number(text) <= 24}
    days = {
        _DAYS.index(text.lower())
        for text in _inside(body, b"skipDays", b"day")
        if text.lower() in _DAYS
    }
    return Hints(ttl=wait, skip_hours=frozenset(hours), skip_days=frozenset(days))


def _first(body: bytes, name: bytes) -> str:
    at = body.find(name + b">")
    end = body.find(b"<", at)
    return body[at + len(name) + 1 : end][:40].decode("latin-1").strip() if 0 < at < end else ""


def _inside(body: bytes, outer: bytes, inner: bytes) -> list[str]:
    start = body.find(b"<" + outer)
    end = body.find(b"</" + outer, start)
    if start < 0 or end < 0:
        return []
    found = re.findall(rb"<%b>([^<]{1,40})</%b" % (inner, inner), body[start:end])
    texts = [text.decode("latin-1").strip() for text in found]
    return [text for text in texts if inner != b"hour" or (text.isascii() and text.isdigit())]


def _number(text: str) -> int:
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


def _exact(raw: Parsed, key: str) -> Any:  # noqa: ANN401 - what feedparser holds
    """What stands under a key; feedparser's own .get() answers "updated" with "published"."""
    return dict.get(raw, key) if isinstance(raw, dict) else None


def _joined(link: str, url: str) -> str | None:
    if not link:
        return None
    try:
        return join(url, link)
    except ValueError:
        return link


def _text(value: object) -> str:
    """Text without control characters, which no version of XML allows."""
    return _CONTROLS.sub("", value) if isinstance(value, str) else ""
