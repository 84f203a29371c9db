"""Which characters may live in the house: applied when text comes in and again when it goes out.

EmailMessage raises on U+2028, vertical tabs and lone surrogates in a subject, sqlite3 on
lone surrogates; one hostile title must not stop a digest.
"""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 but tab and newline; soft hyphen; zero-width space, word joiner, BOM; bidi marks,
# embeddings, overrides and isolates; interlinear annotations; noncharacters; surrogates. ZWNJ and
# ZWJ (U+200C, U+200D) stay: Persian words and emoji are spelt with them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
# Only what is not a single space already: most blanks are, and need no work.
_BLANKS = re.compile(r"[^\S\n ][^\S\n]*| [^\S\n]+")
_SPACES = re.compile("  +")
_LINE_ENDS = re.compile(r" ?\n ?")
_GAPS = re.compile(r"\n{3,}")
_WHITE = re.compile(r"[^\S ]\s*| \s+")
_ELLIPSIS = "…"


def clean(text: str) -> str:
    """Return text in NFC without control, bidi, zero-width or surrogate characters.

    Blanks are folded to one space, line ends to newlines, and at most one empty line stays
    between paragraphs. Idempotent.
    """
    # What Python calls printable has none of the unwanted characters, and no blank but the space:
    # most texts are, and need no scanning by five patterns.
    if text.replace("\n", "").isprintable():
        text = text if text.isascii() else unicodedata.normalize("NFC", text)
        text = _SPACES.sub(" ", text) if "  " in text else text
    else:
        text = _UNWANTED.sub("", _BREAKS.sub("\n", text))
        text = _BLANKS.sub(" ", unicodedata.normalize("NFC", text))
    if " \n" in text or "\n " in text:
        text = _LINE_ENDS.sub("\n", text)
    if "\n\n\n" in text:
        text = _GAPS.sub("\n\n", text)
    return text.strip()


def clean_line(text: str, limit: int | None = None) -> str:
    """Return `clean(text)` on a single line, cut to `limit` code points with an ellipsis."""
    line = clean(text)
    if "\n" in line:
        line = _WHITE.sub(" ", line)
    if limit is not None and len(line) > limit:
        line = line[: limit - 1].rstrip() + _ELLIPSIS
    return line


def sendable(text: str) -> str:
    """Return a whole page without the characters that `clean` drops, its blanks left as they are."""
    return _UNWANTED.sub("", _BREAKS.sub("\n", text))
