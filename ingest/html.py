"""Turn the HTML of feeds into plain text that keeps its paragraphs.

nh3 reads it as a browser would, in linear time; what comes out of it is a handful of known tags
without attributes, so that the rest is a few substitutions.
"""

from __future__ import annotations

import html
import re

import nh3

_BLOCKS = frozenset(
    {
        *("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section"),
        *("article", "header", "footer", "figure", "figcaption", "table", "ul", "ol", "dl", "hr"),
    }
)
_LINES = frozenset({"br", "li", "tr", "dt", "dd"})
_DROPPED = frozenset({"script", "style", "iframe", "object", "template", "noscript", "svg", "math"})
_HIDDEN = _DROPPED - {"noscript", "object"}

_TAG_OR_ENTITY = re.compile(r"<[a-zA-Z!/?]|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,31});")
_INLINE = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|br|center|cite|code|div|em|font|h[1-6]|i|img|ins|del|li|mark|ol|p|"
    r"q|s|small|span|strike|strong|sub|sup|tt|u|ul|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,31});")
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS))})>")
_LINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_LINES))})>")
_ANY_TAG = re.compile(r"<[^<>]*>")
_CELL = re.compile(r"</t[dh]>")
_WHITE = re.compile(r"\s+")


def to_text(source: str) -> str:
    """Return the text of an HTML fragment, an empty line between paragraphs.

    Plain text comes back as it is, its own line breaks included.
    """
    if not _TAG_OR_ENTITY.search(source):
        return source
    if "<" not in source:
        return html.unescape(source)
    kept = nh3.clean(
        source,
        tags=set(_BLOCKS | _LINES | {"td", "th"}),
        clean_content_tags=set(_HIDDEN),
        attributes={},
        link_rel=None,
        strip_comments=True,
    )
    kept = _WHITE.sub(" ", kept)
    kept = _CELL.sub(" ", kept)
    kept = _LINE_TAG.sub("\n", _BLOCK_TAG.sub("\n\n", kept))
    return html.unescape(_ANY_TAG.sub("", kept))


def title_text(source: str) -> str:
    """Return the text of a title: known inline tags and entities are taken out, other `<` stay.

    Feeds disagree whether titles are HTML; "x < y" and "R&D" are neither.
    """
    if "<" in source:
        source = _INLINE.sub(" " if "<br" in source.lower() else "", source)
    for _ in range(2):  # titles are often escaped once too often
        if "&" not in source or not _ENTITY.search(source):
            break
        source = html.unescape(source)
    return source
