"""Turn the HTML of feeds into plain text that keeps its paragraphs.

A scanner of our own, linear whatever it is given: tree builders are not (100,000 nested `<div>`
hold nh3 for minutes, and nothing can interrupt it). No tag crosses a `<`, no repetition is
tried twice.
"""

from __future__ import annotations

import html
import re

_BLOCKS = frozenset(
    {
        *("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "main"),
        *("article", "header", "footer", "figure", "figcaption", "table", "ul", "ol", "dl", "hr"),
        *("aside", "address", "center", "details", "fieldset", "form", "nav"),
    }
)
_LINES = frozenset({"br", "li", "tr", "dt", "dd", "option", "summary", "caption"})
_CELLS = frozenset({"td", "th"})

_ATTRIBUTES = r"""(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>|[^<>]*+>"""
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<hidden>script|style|iframe|template|svg|math|textarea|title)\b[^<>]*+>.*?(?:</(?P=hidden)\s*>|\Z)"
    rf"|</?(?P<name>[a-zA-Z][\w:-]*+)(?:{_ATTRIBUTES})"
    r"|<[!?/][^<>]*+>",
    re.DOTALL | re.IGNORECASE,
)
_TAG_OR_ENTITY = re.compile(r"<[a-zA-Z!/?]|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,31});")
_INLINE = re.compile(
    r"</?(?:a|abbr|acronym|b|bdi|bdo|big|br|center|cite|code|div|em|font|h[1-6]|i|img|ins|del|li|mark|ol|p|"
    r"q|s|small|span|strike|strong|sub|sup|tt|u|ul|wbr)(?:\s[^<>]*+)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,31});")
_ENDLESS_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
_WHITE = re.compile(r"[^\S ]\s*| \s+")  # all but single spaces


def to_text(source: str) -> str:
    """Return the text of an HTML fragment, an empty line between paragraphs.

    Plain text comes back as it is, its own line breaks included.
    """
    if not _TAG_OR_ENTITY.search(source):
        return source
    if "<" not in source:
        return unescape(source)
    # A private mark for our own breaks: those of the source are mere white space.
    marked = _TOKEN.sub(_break, source.replace("\ue000", ""))
    if "  " in marked or not marked.replace("\ue000", "").isprintable():
        marked = _WHITE.sub(" ", marked)
    return unescape(marked).replace("\ue000", "\n")


def title_text(source: str) -> str:
    """Return the text of a title: known inline tags and entities are taken out, other `<` stay.

    Feeds disagree whether titles are HTML; "x < y" and "R&D" are neither.
    """
    if "<" in source:
        source = _INLINE.sub(lambda tag: " " if "<br" in tag.group().lower() else "", source)
    for _ in range(2):  # titles are often escaped once too often
        if "&" not in source or not _ENTITY.search(source):
            break
        source = unescape(source)
    return source


def unescape(text: str) -> str:
    """Return text with its character references resolved; endless numbers are dropped.

    `html.unescape` raises on a number of more than 4,300 digits.
    """
    return html.unescape(_ENDLESS_NUMBER.sub("", text)) if "&" in text else text


def _break(token: re.Match[str]) -> str:
    name = (token["name"] or "").lower()
    if name in _BLOCKS:
        return "\ue000\ue000"
    if name in _LINES:
        return "\ue000"
    return " " if name in _CELLS else ""
