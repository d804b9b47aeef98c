"""Header lines of a mail, written out here because the standard library's folding cannot be trusted with them.

`email.policy.SMTP` of Python 3.11 loses blanks between encoded words, which breaks Arabic subjects, and reads an
encoded word that stands in the text itself, so that a headline could smuggle in a header of its own.
"""

from __future__ import annotations

import base64
import re

from alertsvc.deliver.text import one_line

__all__ = ["address_line", "header_line", "text_line"]

_LINE = 78  # RFC 5322: should not be exceeded
_ENCODED_LINE = 76  # RFC 2047: must not be exceeded by a line that holds an encoded word
_WORD_BYTES = 45  # their base64 and its frame are 72 characters; 75 are allowed
_FRAME = len("=?utf-8?b??=")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*\Z")


def _encoded_words(text: str, used: int) -> list[str]:
    """Return `text` as encoded words, no character torn apart; `used` columns of the first line are taken."""
    words: list[str] = []
    chunk = bytearray()
    room = max(4, (_ENCODED_LINE - used - _FRAME) // 4 * 3)
    for character in text:
        data = character.encode("utf-8")
        if len(chunk) + len(data) > min(room, _WORD_BYTES):
            words.append(f"=?utf-8?b?{base64.b64encode(chunk).decode('ascii')}?=")
            chunk.clear()
            room = _WORD_BYTES
        chunk += data
    words.append(f"=?utf-8?b?{base64.b64encode(chunk).decode('ascii')}?=")
    return words


def _plain(text: str) -> bool:
    """Say whether a text can stand as it is: ASCII, foldable at its blanks, nothing like an encoded word in it."""
    return text.isascii() and "=?" not in text and all(len(word) < _LINE - 20 for word in text.split(" "))


def _fold(name: str, words: list[str]) -> str:
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + 1 + len(word) > _LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def header_line(name: str, value: str) -> str:
    """Return a header of our own making, without its line end: ASCII, folded at blanks where it is long.

    Raises:
        ValueError: the value is not plain ASCII on one line.
    """
    if not re.fullmatch(r"[\x20-\x7e]+", value):
        raise ValueError(f"the value of {name} must be printable ASCII")
    return _fold(name, value.split(" "))


def text_line(name: str, text: str, limit: int) -> str:
    """Return a header that holds any text, made one line and cut at `limit` characters."""
    flat = one_line(text, limit)
    if _plain(flat):
        return _fold(name, flat.split(" ")) if flat else f"{name}: "
    return f"{name}: " + "\r\n ".join(_encoded_words(flat, len(name) + 2))


def address_line(name: str, display: str, address: str) -> str:
    """Return a header that holds one address with a name in front; the address must be one that was checked."""
    flat = one_line(display)
    if not flat:
        return header_line(name, address)
    if _plain(flat):
        quoted = flat if _ATOMS.match(flat) else '"' + re.sub(r'(["\\])', r"\\\1", flat) + '"'
        return _fold(name, [*quoted.split(" "), f"<{address}>"])
    return f"{name}: " + "\r\n ".join([*_encoded_words(flat, len(name) + 2), f"<{address}>"])
