"""Undo gzip without ever holding more than a body may have.

A library that decodes a whole chunk at once is no protection: 64 KB of gzip are 67 MB, and they
are there before a cap is looked at (measured: +133 MB under a cap of 10 MB, +2 MB here).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15
_PIECE = 65_536
_GZIP_MAGIC = b"\x1f\x8b"
_ZLIB_FIRST = 0x78


class Inflater:
    """Bytes as they come from the wire in, decoded bytes out, piece by piece.

    A body says what it is by its first bytes; the header is believed only where they don't
    contradict it (servers announce gzip and send text, and the other way round).
    """

    def __init__(self, encoding: str) -> None:
        """Take the Content-Encoding: `gzip`, `deflate` or nothing."""
        self._encoding = encoding
        self._unpack: zlib._Decompress | None = None
        self._begun = False
        self.complete = True  # False inside a packed body
        self.broken = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk decodes to, in pieces of at most 64 KB."""
        if not chunk or self.broken:
            return
        if not self._begun:
            self._begun = True
            self._unpack = self._unpacker(chunk)
        if self._unpack is None:
            yield chunk
            return
        yield from self._inflate(chunk)

    def _unpacker(self, first: bytes) -> zlib._Decompress | None:
        if first.startswith(_GZIP_MAGIC):
            return zlib.decompressobj(_GZIP_OR_ZLIB)
        if self._encoding == "deflate" and not first.lstrip().startswith((b"<", b"{")):
            return zlib.decompressobj(_GZIP_OR_ZLIB if first[0] == _ZLIB_FIRST else _RAW_DEFLATE)
        return None

    def _inflate(self, chunk: bytes) -> Iterator[bytes]:
        assert self._unpack is not None
        try:
            while chunk:
                piece = self._unpack.decompress(chunk, _PIECE)
                chunk = self._unpack.unconsumed_tail
                self.complete = self._unpack.eof
                if piece:
                    yield piece
                if self._unpack.eof:
                    rest = self._unpack.unused_data
                    # RFC 1952, 2.2: a gzip file is a series of members; what follows and is
                    # none is padding.
                    if not rest.startswith(_GZIP_MAGIC):
                        return
                    self._unpack, chunk = zlib.decompressobj(_GZIP_OR_ZLIB), rest
        except zlib.error:
            self.broken, self.complete = True, False
