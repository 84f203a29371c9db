"""The characters that news in Latin script is made of, as a code page: folding them is one table.

Each of them folds to one ASCII character or to nothing, whatever stands beside it. A text of these
alone is encoded in one byte a character and translated, in C; any other character in it makes the
whole text go the long way through `wirewatch.text.fold`, with the same result.
"""

from __future__ import annotations

from codecs import charmap_build
from collections.abc import Callable

# In the order of how often news has them, roughly; 128 at most. Letters that fold to two (ß, æ) and
# whatever composes with its neighbours stay out.
_USUAL = (
    "’‘“”„‚–—…•·«»\u00a0\u00ad\u2009\u202f\u200b\ufeff€£°©®™§′−‑"
    "éèêëáàâäãåíìîïóòôöõøúùûüçñýÿÉÈÊËÁÀÂÄÃÅÍÌÎÏÓÒÔÖÕØÚÙÛÜÇÑÝ"
    "šžźłışğćčđńőűżśęąřůěŠŽŁİŞĞĆČĐŻŚĘŘāīūōňĀ¡¿²³"
)
_UNDEFINED = "\ufffe"

ENCODING = charmap_build("".join(map(chr, range(128))) + _USUAL.ljust(128, _UNDEFINED))


def after(table: bytes, fold: Callable[[str], str]) -> tuple[bytes, bytes]:
    """Return what `bytes.translate` is given for a text in this code page: (table, what falls away).

    Args:
        table: What becomes of ASCII.
        fold: What becomes of the rest, before that.
    """
    folded = [fold(char) for char in _USUAL]
    # "…" folds to three dots: as good as one, for words end there either way.
    kept = bytes(each.encode()[0] if each else 0 for each in folded).translate(table)
    gone = bytes(128 + n for n, each in enumerate(folded) if not each)
    return (table[:128] + kept).ljust(256, b" "), gone
