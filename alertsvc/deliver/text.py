"""Making text from outside safe to put on one line: into a header, a log, a line for an operator."""

from __future__ import annotations

import re

__all__ = ["block", "one_line", "without", "without_addresses"]

# C0 and C1 controls, and the two separators that some readers take for a line end.
_BREAKING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")
# Local part and domain bounded as RFC 5321 bounds them, so that the search stays linear.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w.-]{1,255}|@[\w-]+(?:\.[\w-]+)+")


def one_line(text: str, limit: int | None = None) -> str:
    """Return `text` as one line without control characters, runs of blanks folded to one space.

    Args:
        text: anything at all; lone surrogates become U+FFFD.
        limit: the most characters to keep; what is cut is marked by an ellipsis.
    """
    flat = _BLANKS.sub(" ", _BREAKING.sub(" ", _LONE_SURROGATE.sub("\ufffd", text))).strip()
    if limit is not None and len(flat) > limit:
        return flat[: limit - 1].rstrip() + "\u2026"
    return flat


def block(text: str) -> str:
    """Return text of several lines with `\\n` as its only line end and no control character but that and the tab."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LONE_SURROGATE.sub("\ufffd", _CONTROLS.sub("", lines))


def without_addresses(text: str, instead: str = "[address]") -> str:
    """Return `text` with every e-mail address replaced: a server's reply may name other people than the recipient."""
    return _ADDRESS.sub(instead, text)


def without(text: str, secret: str, instead: str = "[recipient]") -> str:
    """Return `text` with every occurrence of `secret`, in any case of letters, replaced."""
    return re.sub(re.escape(secret), lambda _: instead, text, flags=re.IGNORECASE) if secret else text
