"""Find out what an entry's id was before feedparser joined it to the document's address.

An id is an opaque word: joined to where the feed happens to be fetched from, all ids change when
that does. Only what is a link by its own say-so (`isPermaLink="true"`) or by its form ("/path") is
one; such an id is an address.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

_ID = re.compile(
    rb"<(?:[\w.-]+:)?(?:guid|id|identifier)(?P<attrs>(?:\s[^<>]*+)?)>\s*+"
    rb"(?:<!\[CDATA\[(?P<cdata>[^\]]*+(?:\](?!\]>)[^\]]*+)*+)\]\]>\s*+|(?P<text>[^<]*+))</",
    re.DOTALL | re.IGNORECASE,
)
_MARKED_UP = re.compile(rb"<guid(?:\s[^<>]*)?>(?P<inner>.*?)</guid\s*>", re.DOTALL | re.IGNORECASE)
_IS_LINK = re.compile(rb"ispermalink\s*=\s*[\"']true", re.IGNORECASE)


def original_id(joined: str, entry: bytes, url: str) -> str:
    """Return the id as the entry says it.

    Args:
        joined: What feedparser made of it.
        entry: The entry's bytes.
        url: The address that feedparser joined to.
    """
    if not joined:
        marked_up = _MARKED_UP.search(entry)
        return _decoded(marked_up["inner"]) if marked_up else ""
    if not url or joined.encode() in entry:
        return joined
    for found in _ID.finditer(entry):
        text = _decoded(found["cdata"] if found["cdata"] is not None else found["text"])
        if text and text != joined and _join(url, text) == joined:
            is_address = text.startswith("/") or _IS_LINK.search(found["attrs"])
            return joined if is_address else text
    return joined


def _decoded(raw: bytes) -> str:
    return html.unescape(raw.decode("utf-8", "replace")).strip()


def _join(url: str, text: str) -> str:
    try:
        return urljoin(url, text)
    except ValueError:
        return text
