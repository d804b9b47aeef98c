"""The body of an edition's mail: encoded once, closed for each recipient with a foot of its own.

Each part keeps its encoded beginning up to a line at which anything may follow. Quoted-printable may be cut at any line
end; base64 at multiples of 57 bytes, so what is over is encoded together with the foot.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from alertsvc.deliver.text import block, one_line
from alertsvc.domain import Picture
from alertsvc.errors import DeliveryError

__all__ = ["EditionBody", "edition_body"]

_LINE = 57  # bytes that make a line of base64 with 76 characters
_KEPT = 16  # editions: those that go out at the same time
_CID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}(@[A-Za-z0-9][A-Za-z0-9.-]{0,60})?\Z")
_END = "</body>"


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of text: its header, its beginning in its encoding, and what is still to be encoded."""

    head: bytes
    done: bytes
    rest: str
    quoted: bool
    tail: str = ""  # stands after the foot

    def closed(self, foot: str) -> bytes:
        """Return the whole part with a foot, which has to end with a line end."""
        last = self.rest + block(foot) + self.tail
        encoded = _quoted(last) if self.quoted else _base64(last.encode("utf-8"))
        # The last CRLF belongs to the boundary that follows.
        return b"%s\r\n%s%s\r\n" % (self.head, self.done, encoded)


@dataclass(frozen=True, slots=True)
class EditionBody:
    """The body of one edition, whoever gets it."""

    plain: _Part
    html: _Part
    pictures: bytes  # those parts, each with its boundary before it; empty where there are none
    outer: bytes  # boundary of plain text and HTML
    inner: bytes  # boundary of HTML and pictures

    def closed(self, text_foot: str, html_foot: str) -> Iterator[bytes]:
        """Yield MIME headers and body for one recipient, in pieces to be joined; CRLF line ends, seven bits."""
        yield b"MIME-Version: 1.0\r\n"
        yield b'Content-Type: multipart/alternative;\r\n boundary="%s"\r\n\r\n' % self.outer
        yield b"--%s\r\n" % self.outer
        yield self.plain.closed(text_foot)
        yield b"--%s\r\n" % self.outer
        if self.pictures:
            yield b'Content-Type: multipart/related; type="text/html";\r\n boundary="%s"\r\n\r\n' % self.inner
            yield b"--%s\r\n" % self.inner
        yield self.html.closed(html_foot)
        if self.pictures:
            yield self.pictures
            yield b"--%s--\r\n\r\n" % self.inner  # the empty line that mail servers put there
        yield b"--%s--\r\n" % self.outer


def _quoted(text: str) -> bytes:
    """Return text in quoted-printable with CRLF; what ends with a line end may be followed by more of it."""
    return binascii.b2a_qp(text.encode("utf-8"), istext=True).replace(b"\n", b"\r\n")


def _base64(data: bytes) -> bytes:
    data = data.replace(b"\n", b"\r\n")
    lines = (data[start : start + _LINE] for start in range(0, len(data), _LINE))
    return b"".join(binascii.b2a_base64(line, newline=False) + b"\r\n" for line in lines)


def _is_shorter_quoted(text: str) -> bool:
    """Choose the shorter encoding: three bytes for each one that is not ASCII against a third more of everything."""
    size = len(text.encode("utf-8"))
    foreign = size - sum(1 for letter in text if letter < "\x80")
    return foreign * 6 <= size


def _part(subtype: str, begin: str, tail: str = "") -> _Part:
    quoted = _is_shorter_quoted(begin)
    encoding = b"quoted-printable" if quoted else b"base64"
    head = b'Content-Type: text/%s; charset="utf-8"\r\nContent-Transfer-Encoding: %s\r\n' % (
        subtype.encode("ascii"),
        encoding,
    )
    if quoted:
        return _Part(head, _quoted(begin), "", quoted, tail)
    # Cut at a multiple of 57 bytes as they are encoded, with CRLF, and never within a character.
    data = begin.replace("\n", "\r\n").encode("utf-8")
    cut = len(data) // _LINE * _LINE
    while cut and not _is_boundary(data, cut):
        cut -= _LINE
    done = b"".join(
        binascii.b2a_base64(data[start : start + _LINE], newline=False) + b"\r\n" for start in range(0, cut, _LINE)
    )
    return _Part(head, done, data[cut:].decode("utf-8").replace("\r\n", "\n"), quoted, tail)


def _is_boundary(data: bytes, cut: int) -> bool:
    """Say whether neither a character nor a CRLF is torn apart at `cut`."""
    return cut == len(data) or (data[cut] & 0xC0 != 0x80 and data[cut - 1 : cut + 1] != b"\r\n")


def _picture(picture: Picture, boundary: bytes) -> bytes:
    if not _CID.match(picture.cid):
        raise DeliveryError(f"a picture has no usable content id: {one_line(picture.cid, 40)!r}", permanent=True)
    if not picture.png.startswith(b"\x89PNG\r\n\x1a\n"):
        raise DeliveryError(f"the picture {picture.cid} is no PNG", permanent=True)
    cid = picture.cid.encode("ascii")
    name = cid.partition(b"@")[0]
    lines = (picture.png[start : start + _LINE] for start in range(0, len(picture.png), _LINE))
    encoded = b"".join(binascii.b2a_base64(line, newline=False) + b"\r\n" for line in lines)
    return (
        b"--%s\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-ID: <%s>\r\n"
        b'Content-Disposition: inline; filename="%s.png"\r\n\r\n%s\r\n' % (boundary, cid, name, encoded)
    )


@lru_cache(maxsize=_KEPT)
def edition_body(text: str, html: str, pictures: tuple[Picture, ...]) -> EditionBody:
    """Return the body of an edition, encoded; the same object for the same edition while it goes out.

    The foot of HTML comes before the last `</body>`, else at the end.

    Raises:
        DeliveryError: permanent; a picture that no mail can carry.
    """
    digest = hashlib.sha256(f"{text}\0{html}".encode("utf-8", "replace"))
    for picture in pictures:
        digest.update(picture.cid.encode("utf-8", "replace") + b"\0" + picture.png)
    # "=_" occurs neither in quoted-printable nor in base64, the only encodings used, so no text can imitate it.
    stem = digest.hexdigest()[:32].encode("ascii")
    inner = b"=_r" + stem  # neither is the beginning of the other
    begin, end, rest = block(html).rpartition(_END)
    if not end:
        begin, rest = rest, ""
    return EditionBody(
        plain=_part("plain", _ended(block(text))),
        html=_part("html", _ended(begin), _ended(end + rest) if end else ""),
        pictures=b"".join(_picture(picture, inner) for picture in pictures),
        outer=b"=_a" + stem,
        inner=inner,
    )


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
