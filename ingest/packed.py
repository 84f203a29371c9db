"""Many terms' weights as the database keeps them: seven 32-bit floats a term, and the terms' codes."""

from __future__ import annotations

import struct
from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping
from functools import lru_cache
from itertools import chain, count

# What one term is worth; see ingest/weigh.py.
Weights = tuple[float, float, float, float, float, float, float]
ROW = struct.Struct("<7f")


class PackedTerms(Mapping[int, Weights]):
    """Weights by the codes of terms, as the database keeps them: a third of the memory of tuples.

    Attributes:
        places: Where in `rows` the weights of each term are, in order.
        rows: 32-bit floats.
    """

    __slots__ = ("places", "rows")

    def __init__(self, places: dict[int, int], rows: bytes) -> None:
        """Take what is known of a story."""
        self.places = places
        self.rows = rows

    def __getitem__(self, code: int) -> Weights:
        """Return the weights of a term that is there."""
        return ROW.unpack_from(self.rows, self.places[code])

    def __iter__(self) -> Iterator[int]:
        """Return the terms in the order they were packed."""
        return iter(self.places)

    def __len__(self) -> int:
        """Return how many terms there are."""
        return len(self.places)

    def keys(self) -> KeysView[int]:
        """Return the terms, to ask which are there at the speed of a dict."""
        return self.places.keys()

    def items(self) -> ItemsView[int, Weights]:
        """Return terms with their weights, in order."""
        return _by_code(self.places, self.rows).items()


def _by_code(places: Iterable[int], rows: bytes | bytearray) -> dict[int, Weights]:
    return dict(zip(places, ROW.iter_unpack(rows), strict=True))


@lru_cache(maxsize=512)
def floats_of(many: int) -> struct.Struct:
    """So many floats."""
    return struct.Struct(f"<{many}f")


@lru_cache(maxsize=512)
def codes_of(many: int) -> struct.Struct:
    """So many codes of terms."""
    return struct.Struct(f"<{many}I")


@lru_cache(maxsize=512)
def rows_of(many: int) -> struct.Struct:
    """So many rows, each as it is packed."""
    return struct.Struct(f"{ROW.size}s" * many)


@lru_cache(maxsize=512)
def column_of(which: int, many: int) -> struct.Struct:
    """One weight of each of so many terms."""
    return struct.Struct("<" + f"{4 * which}xf{ROW.size - 4 * which - 4}x" * many)


def numbered(codes: Iterable[int]) -> dict[int, int]:
    """Return where the weights of each term stand that come one after the other."""
    return dict(zip(codes, chain(_PLACES, count(len(_PLACES) * ROW.size, ROW.size)), strict=False))


# One number for all stories that have a term there; few have more.
_PLACES = tuple(range(0, ROW.size * 256, ROW.size))
