"""Plain text out of what feeds call text: HTML, escaped HTML, or text with anything in it.

The reading of HTML is one pass over the string in linear time, whatever the string holds. What comes out is text and
never markup: it must still be escaped wherever it is shown.
"""

from __future__ import annotations

import html
import re
import unicodedata

__all__ = ["MAX_TEXT", "MAX_TITLE", "clean_text", "plain_text", "plain_title"]

MAX_TITLE = 500
MAX_TEXT = 200_000

_BLOCK_NAMES = """
address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer
form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr
ul
"""
_DROPPED_NAMES = "script style template noscript iframe object svg math head textarea select button"
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_DROPPED = frozenset(_DROPPED_NAMES.split())
_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:_-]{0,40})")
_ESCAPED_MARKUP = re.compile(r"&lt;/?(?:p|br|div|span|a|strong|em|b|i|img|ul|ol|li|h[1-6]|blockquote|figure)\b", re.I)
_REAL_MARKUP = re.compile(r"</?(?:p|br|div|span|a|strong|em|b|i|img|ul|ol|li|h[1-6]|blockquote|figure)\b", re.I)
_STILL_ENCODED = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[mn]dash|hellip|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.I
)
_QUOTE_REACH = 2000  # how far beyond a ">" the end of a quoted attribute is looked for

# Letters that nobody sees and that make words differ: joiners that carry meaning in Persian and Indic scripts stay.
_INVISIBLE = "\u00ad\u180e\u200b\u2060\u2061\u2062\u2063\u2064\ufeff\ufff9\ufffa\ufffb"
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_REMOVED: dict[int, str | None] = {
    **dict.fromkeys([*range(0x20), 0x7F, *range(0x80, 0xA0)]),
    **dict.fromkeys(range(0xD800, 0xE000)),  # halves of characters, which no database takes
    **dict.fromkeys(range(0xE0000, 0xE0080)),
    **dict.fromkeys([0xFFFE, 0xFFFF]),
    **dict.fromkeys(map(ord, _INVISIBLE + _BIDI)),
    **{ord(c): "\n" for c in "\n\r\x0b\x0c\x85\u2028\u2029"},
    ord("\t"): " ",
}


def clean_text(value: str) -> str:
    """Take out what is not text and tidy the white space; lines stay, empty ones go.

    Removed are control characters, NUL, lone surrogates, bidirectional controls and invisible characters. What is
    left is in Unicode normal form C, with single spaces, lines parted by single newlines.
    """
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").translate(_REMOVED))
    lines = (" ".join(line.split()) for line in value.split("\n"))
    return "\n".join(line for line in lines if line)


def plain_text(value: str, *, limit: int = MAX_TEXT) -> str:
    """Turn HTML into plain text, paragraphs parted by newlines.

    Scripts, styles and comments are dropped. Entities are decoded, twice where they were encoded twice; markup that
    was escaped once too often is still taken as markup. Longer text than `limit` characters is cut.
    """
    if not _REAL_MARKUP.search(value) and _ESCAPED_MARKUP.search(value):
        value = html.unescape(value)
    return _cut(clean_text(_decode(_strip_tags(value))), limit)


def plain_title(value: str, *, limit: int = MAX_TITLE) -> str:
    """Turn a headline, HTML or not, into one line of plain text of at most `limit` characters."""
    return _cut(plain_text(value, limit=limit * 8).replace("\n", " "), limit)


def _cut(value: str, limit: int) -> str:
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def _decode(value: str) -> str:
    value = html.unescape(value)
    return html.unescape(value) if _STILL_ENCODED.search(value) else value


def _strip_tags(value: str) -> str:
    pieces: list[str] = []
    missing: set[str] = set()  # closers that do not occur any more: looked for once, so that floods stay linear
    position, length = 0, len(value)

    def find(needle: str, start: int) -> int:
        if needle in missing:
            return -1
        found = value.find(needle, start)
        if found < 0:
            missing.add(needle)
        return found

    lowered = value.lower() if "<" in value else ""
    while position < length:
        start = value.find("<", position)
        if start < 0:
            pieces.append(value[position:])
            break
        pieces.append(value[position:start])
        if value.startswith("<!--", start):
            end = find("-->", start + 4)
            position = end + 3 if end >= 0 else start + 4
            continue
        if value.startswith("<![CDATA[", start):
            position = start + 9
            continue
        tag = _TAG_NAME.match(value, start + 1)
        if tag is None and not value.startswith(("<!", "<?"), start):
            pieces.append("<")  # "5 < 6"
            position = start + 1
            continue
        end = find(">", start + 1)
        if end < 0:
            if tag is None:
                pieces.append("<")
                position = start + 1
                continue
            break  # the text was cut within a tag
        position = _end_of_tag(value, start, end)
        if tag is None:
            continue
        name = tag[1].lower()
        if name in _DROPPED and not value.startswith("</", start) and value[position - 2] != "/":
            closer = f"</{name}"
            if closer not in missing:
                closing = lowered.find(closer, position) if len(lowered) == length else value.find(closer, position)
                if closing < 0:
                    missing.add(closer)
                else:
                    position = closing
        pieces.append("\n" if name in _BLOCKS else " " if name in _DROPPED else "")
    return "".join(pieces)


def _end_of_tag(value: str, start: int, end: int) -> int:
    """Return where the tag ends that begins at `start`, given its first ">": one within quotes does not count."""
    for _ in range(3):
        for quote in "\"'":
            if value.count(quote, start, end) % 2:
                closing = value.find(quote, end, end + _QUOTE_REACH)
                further = value.find(">", closing, end + _QUOTE_REACH) if closing >= 0 else -1
                if further < 0:
                    return end + 1
                end = further
                break
        else:
            return end + 1
    return end + 1
