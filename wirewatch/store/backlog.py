"""What an index has still to be given: entries that would each cost a page, gathered and kept in order.

The prints and terms of one article lie all over their indexes. Written there at once each of them
is a page of the log, two thirds of all that an article writes; written in the order of their keys
once thousands have come together, there are several on a page. Until then they are in memory and,
for the case of a crash, one after the other in a small table, in the same transaction as
the article. Where both have a key, what is here is newer.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator, Mapping
from itertools import accumulate


class Backlog:
    """Blobs by 32-bit numbers, the latest of each."""

    def __init__(self, conn: sqlite3.Connection, table: str, most: int) -> None:
        """Take a table of this shape: `id INTEGER PRIMARY KEY, entries BLOB NOT NULL`."""
        self._conn, self._table, self._most = conn, table, most
        self._held: dict[int, bytes] | None = None  # as the table has it; None: not read yet

    @property
    def held(self) -> Mapping[int, bytes]:
        """What is here now; don't hold on to it."""
        return self._read()

    def put(self, entries: Mapping[int, bytes]) -> bool:
        """Add entries; return whether it is time to take them out."""
        held = self._read()
        if entries:
            self._conn.execute(
                f"INSERT INTO {self._table}(entries) VALUES (?)", (_packed(entries),)
            )
            held.update(entries)
        return len(held) >= self._most

    def take(self) -> list[tuple[int, bytes]]:
        """Take all out, by key: who takes them writes them into the index, in this transaction."""
        taken = sorted(self._read().items())
        self._conn.execute(f"DELETE FROM {self._table}")
        self._held = {}
        return taken

    def forget_cached(self) -> None:
        """Forget what is in memory: it was taken back, or someone else has written."""
        self._held = None

    def _read(self) -> dict[int, bytes]:
        if self._held is None:
            rows = self._conn.execute(f"SELECT entries FROM {self._table} ORDER BY id")
            self._held = dict(entry for row in rows for entry in _entries(row[0]))
        return self._held


def _packed(entries: Mapping[int, bytes]) -> bytes:
    """The number of entries, their keys, their sizes; then the blobs."""
    many, blobs = len(entries), entries.values()
    return struct.pack(f"<I{many}I{many}I", many, *entries, *map(len, blobs)) + b"".join(blobs)


def _entries(packed: bytes) -> Iterator[tuple[int, bytes]]:
    (many,) = struct.unpack_from("<I", packed)
    head = struct.Struct(f"<I{many}I{many}I")
    _, *both = head.unpack_from(packed)
    ends = list(accumulate(both[many:], initial=head.size))
    for key, start, end in zip(both[:many], ends, ends[1:], strict=False):
        yield key, packed[start:end]
