"""Bodies of answers: decompressed by ourselves, within a limit on what comes out."""

from __future__ import annotations

import zlib

from alertsvc.errors import CollectError

__all__ = ["BodyTooLargeError", "Decoder"]

_STEP = 65_536


class BodyTooLargeError(CollectError):
    """More came out of a body than is allowed."""


class Decoder:
    """Takes the bytes of a body as they arrive and keeps what they decode to.

    Args:
        encoding: the `Content-Encoding` header. At most one of gzip and deflate.
        limit: how many decoded bytes are taken. The `body` holds as many at most, also after an error.

    Raises:
        CollectError: another encoding, or more than one.
    """

    def __init__(self, encoding: str | None, limit: int) -> None:
        names = [name.strip().lower() for name in (encoding or "").split(",")]
        names = [name for name in names if name not in ("", "identity")]
        if len(names) > 1:
            raise CollectError("the body is encoded more than once")
        name = names[0] if names else ""
        if name not in ("", "gzip", "x-gzip", "deflate"):
            raise CollectError(f"the body is encoded as {name[:20]!r}, which was not asked for")
        self._name = name.removeprefix("x-")
        self._limit = limit
        self._engine = None if not name else zlib.decompressobj(31 if self._name == "gzip" else 15)
        self._first = True
        self._done = False
        self._kept = bytearray()

    @property
    def body(self) -> bytes:
        return bytes(self._kept)

    def feed(self, data: bytes) -> None:
        """Take some bytes.

        Raises:
            BodyTooLargeError: the limit is reached.
            CollectError: they cannot be decoded.
        """
        if self._engine is None:
            self._keep(data)
            return
        if self._first and data:
            self._first = False
            if self._name == "deflate" and not _has_zlib_header(data):
                self._engine = zlib.decompressobj(-15)  # as many servers send it
        try:
            while data and not self._done:
                self._keep(self._engine.decompress(data, _STEP))
                data = self._engine.unconsumed_tail
                if self._engine.eof:
                    data = self._engine.unused_data
                    self._done = not (self._name == "gzip" and data.startswith(b"\x1f\x8b"))
                    if not self._done:
                        self._engine = zlib.decompressobj(31)  # a further member, RFC 1952, 2.2
        except zlib.error as error:
            raise CollectError("the compressed body is damaged") from error

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            CollectError: it was cut short.
        """
        if self._engine is not None and not self._first and not self._engine.eof:
            raise CollectError("the compressed body was cut short")
        return self.body

    def _keep(self, data: bytes) -> None:
        room = self._limit - len(self._kept)
        self._kept += data[:room]
        if len(data) > room:
            raise BodyTooLargeError(f"the body is larger than {self._limit} bytes")


def _has_zlib_header(data: bytes) -> bool:
    # RFC 1950: the low half of the first byte is 8, the first two are a multiple of 31.
    return data[0] & 15 == 8 and (len(data) < 2 or (data[0] * 256 + data[1]) % 31 == 0)
