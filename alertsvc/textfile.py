"""What the bytes of a file are that should be text, told in words that help whoever saved it.

Spreadsheets write UTF-16 and Windows-1252 under names that end in `.csv`, and whole workbooks; editors leave half a
file behind. None of that may be guessed at where a rule or a place depends on it.
"""

from __future__ import annotations

import codecs
import re

__all__ = ["NotTextError", "decoded", "foreign", "line_at", "wide_encoding"]

_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# By how they begin, as the `file` command knows them.
_KINDS = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive, as .xlsx, .ods and .docx files are"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an old Office"),
    (b"{\\rtf", "a document in Rich Text Format"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
)
_LOOKED_AT = 8192
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")  # ESC aside: colours of a terminal stand in pasted text
_FEW = 0.02  # share of control characters that a damaged text may have
_BLANK, _ENOUGH = 0.12, 3  # share and number of zero bytes: Arabic text has a blank or a comma for every five letters
_READABLE = 0.9
_ENDS = re.compile(r"\r\n|\r|\n")


class NotTextError(ValueError):
    """What is wrong with the bytes of a file, and the line, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def line_at(text: str, index: int) -> int:
    """Return the line, from 1, that a character of a text stands in, as editors count: by CR, LF and CR LF alone."""
    return len(_ENDS.findall(text, 0, index)) + 1


def wide_encoding(raw: bytes) -> str | None:
    """Return the UTF-16 or UTF-32 encoding that bytes are in, by their mark or by where their zero bytes stand."""
    for mark, name in _WIDE_MARKS:
        if raw.startswith(mark):
            return name
    head = raw[:_LOOKED_AT]
    for name, zeros, others in (("utf-16-le", head[1::2], head[0::2]), ("utf-16-be", head[0::2], head[1::2])):
        # Blanks, figures and punctuation have a zero byte there in every script, Latin letters too.
        if zeros.count(0) < max(_ENOUGH, len(zeros) * _BLANK) or others.count(0):
            continue
        sample = head[: len(head) & ~1].decode(name, "replace")
        if sum(char.isprintable() or char.isspace() for char in sample) >= _READABLE * len(sample):
            return name
    return None


def foreign(raw: bytes) -> str | None:
    """Return what bytes are if they are no text in any encoding: "a PDF document", "binary data"; else None."""
    for start, what in _KINDS:
        if raw.startswith(start):
            return what
    head = raw[:_LOOKED_AT]
    if wide_encoding(raw) is not None:
        return None
    return "binary data" if len(_CONTROLS.findall(head)) > max(2.0, _FEW * len(head)) else None


def decoded(raw: bytes) -> str:
    """Return the text of a file that has to be UTF-8, with or without a byte order mark.

    Raises:
        NotTextError: it is empty, is in another encoding or is no text at all; with the first line that shows it.
    """
    if not raw.strip():
        raise NotTextError("the file is empty", 1)
    if raw.startswith(tuple(start for start, _ in _KINDS)):
        raise NotTextError(f"is not text but {foreign(raw)}", 1)
    wide = wide_encoding(raw)
    if wide is not None:
        raise NotTextError(
            f"is {wide[:6].upper()} and not UTF-8 text; save it as UTF-8 (in a spreadsheet: CSV UTF-8)", 1
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        head = raw[: error.start].decode("utf-8-sig")
        line = line_at(head, len(head))
        what = foreign(raw)
        if what is not None:
            raise NotTextError(f"is not text but {what}", line) from error
        byte = raw[error.start]
        shown = bytes((byte,)).decode("cp1252", "replace")
        of = f", {shown!r} in Windows-1252 and Latin-1" if shown.isalpha() or shown in "’‘“”«»°" else ""
        raise NotTextError(f"is not UTF-8 text: there is the byte 0x{byte:02X}{of}; save it as UTF-8", line) from error
    zero = text.find("\0")
    if zero >= 0:
        raise NotTextError("holds a NUL character, which no text has", line_at(text, zero))
    return text
