"""Leave out of a document the entries that are stored already, byte for byte.

feedparser costs seven times as much as fetching, and most of a feed is what it was an hour ago.

An entry is known by the hash of its bytes, of the document's root tag (namespaces, xml:base)
and of where it came from. What is left out is reported: it is still listed, and never forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

_MARKS = re.compile(
    # What never ends swallows the rest: looking for the end of each of a million would be quadratic.
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(?P<end>/?)(?:[A-Za-z][\w.-]*:)?(?:item|entry)(?=[\s>/])[^<>]*?(?P<empty>/?)>",
    re.DOTALL,
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf)\b[^>]*>", re.IGNORECASE)
_ENTITIES = re.compile(rb"<!ENTITY|<!DOCTYPE[^>]*\[", re.IGNORECASE)
_LONGEST_HEAD = 65_536
_DEEPEST = 8
_MOST_MARKS = 20_000  # the event loop waits meanwhile


@dataclass(frozen=True, slots=True)
class Scan:
    """A document without the entries that are stored already.

    Attributes:
        rest: The document to parse.
        hashes: Of the entries in `rest`, in order; empty when it could not be told apart.
        listed: Keys of the entries that were left out.
        left_out: How many those were.
    """

    rest: bytes
    hashes: tuple[str, ...]
    listed: tuple[str, ...] = ()
    left_out: int = 0


def prescan(body: bytes, listed: Mapping[str, str], *, url: str) -> Scan:
    """Return the document without the entries whose hashes are known.

    Args:
        body: Decoded; any bytes at all.
        listed: For each key that the feed listed last the hash of its entry.
        url: Where the document came from: relative links depend on it.
    """
    spans = entry_spans(body)
    if not spans or _ENTITIES.search(body, 0, min(spans[0][0], _LONGEST_HEAD)):
        return Scan(body, ())
    context = sha256(_root(body, spans[0][0]) + url.encode("utf-8", "replace"))
    keys: dict[str, list[str]] = {}
    for key, entry_hash in listed.items():
        keys.setdefault(entry_hash, []).append(key)
    kept, hashes, still, end = [], [], list[str](), 0
    left_out = 0
    for start, stop in spans:
        state = context.copy()
        state.update(body[start:stop])
        entry_hash = state.hexdigest()[:32]
        if entry_hash in keys:
            kept.append(body[end:start])
            end = stop
            still += keys[entry_hash]
            left_out += 1
        else:
            hashes.append(entry_hash)
    if not left_out:
        return Scan(body, tuple(hashes))
    kept.append(body[end:])
    return Scan(b"".join(kept), tuple(hashes), tuple(dict.fromkeys(still)), left_out)


def has_entities(body: bytes) -> bool:
    """Does a document declare entities of its own? A kilobyte of them can keep a parser for seconds."""
    return bool(_ENTITIES.search(body))


def entry_spans(body: bytes) -> list[tuple[int, int]]:
    """Return where the outermost entries stand; () when tags don't pair up, so that nothing is guessed."""
    spans, depth, start = list[tuple[int, int]](), 0, 0
    for count, mark in enumerate(_MARKS.finditer(body)):
        if depth > _DEEPEST or count > _MOST_MARKS:
            return []
        if mark["end"] is None:
            continue
        if mark["end"]:
            depth -= 1
            if depth < 0:
                return []
            if depth == 0:
                spans.append((start, mark.end()))
        elif not mark["empty"]:
            if depth == 0:
                start = mark.start()
            depth += 1
    return spans if depth == 0 else []


def _root(body: bytes, first_entry: int) -> bytes:
    found = _ROOT.search(body, 0, min(first_entry, _LONGEST_HEAD))
    return found.group() if found else b""
