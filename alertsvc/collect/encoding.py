"""From the bytes of a document to text, by what they are rather than by what they are said to be.

Servers and documents often name the wrong encoding, so the order is: a byte order mark; the pattern of zero bytes of
UTF-16 and UTF-32; valid UTF-8, which other encodings practically never produce by accident; then what the HTTP header
says, what the document says, and the Windows code page of its language.
"""

from __future__ import annotations

import codecs
import re

__all__ = ["decode_document"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.I)
_ARABIC = re.compile(rb"""<language>\s*ar|\b(?:xml:)?lang\s*=\s*["']ar""", re.I)
_HEAD = 4096
# Encodings that hide markup from a scan of the bytes, or that are not encodings of text at all.
_REFUSED = frozenset(
    {"utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "idna", "punycode"}
)
_ESCAPING = ("iso2022", "hz")  # seven bits wide, so that they look like valid UTF-8


def decode_document(body: bytes, charset: str | None = None) -> tuple[str, str | None]:
    """Decode XML or HTML.

    Args:
        body: the bytes.
        charset: what the HTTP header says, if it does.

    Returns:
        The text, and a line for the operator where the document's encoding is wrong or unknown.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _forced(body[len(mark) :], name)
    for pattern, name in _WIDE:
        if body.startswith(pattern):
            return _forced(body, name)
    stated = [name for name in (_usable(charset), *map(_usable, _stated(body))) if name is not None]
    for name in stated:
        if name.startswith(_ESCAPING):
            return _forced(body, name)
    for name in ("utf-8", *stated):
        try:
            return body.decode(name), None
        except (UnicodeDecodeError, LookupError):
            continue
    fallback = "cp1256" if _ARABIC.search(body[:_HEAD]) else "cp1252"
    # A page of mostly valid UTF-8 with a few broken bytes is better read as what it mostly is.
    broken = body.decode("utf-8", "replace")
    strays = broken.count("�")
    if strays * 20 <= sum(1 for c in broken if not c.isascii()):
        return broken, "some bytes are not valid utf-8; they were replaced"
    return body.decode(fallback, "replace"), f"its encoding is not what it says, or it says none; read as {fallback}"


def _forced(body: bytes, name: str) -> tuple[str, str | None]:
    try:
        return body.decode(name), None
    except UnicodeDecodeError:
        return body.decode(name, "replace"), f"some bytes are not valid {name}; they were replaced"


def _stated(body: bytes) -> list[str]:
    head = body[:_HEAD]
    return [match[1].decode("ascii") for match in (_DECLARED.search(head), _META.search(head)) if match]


def _usable(name: str | None) -> str | None:
    """Return Python's name of a text encoding that extends ASCII; None for anything else."""
    if not name:
        return None
    try:
        info = codecs.lookup(name.strip())
        if info.name in _REFUSED or "<".encode(info.name) != b"<":
            return None
    except (LookupError, ValueError, TypeError, UnicodeError):
        return None
    # Browsers read Latin-1 as its superset, and so did whoever wrote curly quotes in it.
    return {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(info.name, info.name)
