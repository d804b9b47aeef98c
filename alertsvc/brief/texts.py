"""Making text from outside fit to stand in a briefing, and cutting it without harm.

Titles, quotations and names come from feeds. They may carry markup, line breaks, invisible characters that reorder a
line, or no end. Everything passes through `clean` before it becomes a fact; escaping for HTML and Slack is left to
the renderers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from urllib.parse import quote, urlsplit, urlunsplit

__all__ = [
    "LANGUAGES_RTL",
    "LOOSE_END",
    "MAX_LINK",
    "anchored",
    "capitalised",
    "clean",
    "cut_headline",
    "cut_words",
    "direction",
    "is_latin",
    "isolated",
    "joined",
    "safe_link",
    "shorten",
    "without_brackets",
    "word_count",
]

LANGUAGES_RTL = frozenset({"ar", "fa", "he", "ps", "ur", "ku", "ckb", "dv", "yi", "sd", "ug"})
MAX_LINK = 1000  # longer ones break mail programs and Slack's limit for one section

# Joiners shape Arabic and Persian letters; every other invisible formatting character only serves to deceive.
_KEPT_FORMATS = frozenset("\u200c\u200d")
_CONTROLS = dict.fromkeys((*range(32), 127), " ")
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
# A run of left-to-right text within a line that is written the other way: it ends with a letter or digit, so that the
# mark or bracket behind it belongs to the line.
_LTR_LETTER = rf"(?![{_RTL}])[^\W\d_]"
_LTR_RUN = re.compile(
    rf"\[[=.]+\]|(?:\d[\d.,:/-]*)?{_LTR_LETTER}(?:[^{_RTL}\n\u060c\u061b\u061f«»()\u201c\u201d]*(?:{_LTR_LETTER}|\d))?"
)
# A run of right-to-left text with the blanks, digits and marks between its words. Isolating it keeps the numbers and
# full stops around it in their places, in any reader: https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
# A full stop that closes a quotation belongs to the run before it.
_RTL_RUN = re.compile(rf"[{_RTL}](?:[^A-Za-z\u00c0-\u024f\n]*[{_RTL}])?(?:[.!?\u2026]+(?=\u201d))?")
_MARKS = frozenset("«»:;!?")
_RTL_LETTER = re.compile(f"[{_RTL}]")
_ANCHOR = "\u200f"
_ISOLATES = re.compile("[\u2068\u2069]")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?\Z|\[[0-9A-Fa-f:.]+\](:\d{1,5})?\Z")
LOOSE_END = frozenset(
    "a an and at by for from in into is its near of off on or over the to towards under with within that who".split()
)


def clean(text: str, limit: int | None = None) -> str:
    """Return text as one line: control and invisible characters gone, blanks folded, cut at a word to `limit`.

    Lone surrogates become U+FFFD, so that the result can always be encoded.
    """
    if text.isascii():  # most text, and a long way round for it
        line = " ".join(text.translate(_CONTROLS).split())
        return line if limit is None else shorten(line, limit)
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category in ("Cc", "Zl", "Zp", "Zs"):
            kept.append(" ")
        elif category == "Cs":
            kept.append("\ufffd")
        elif category not in ("Cf", "Cn") or char in _KEPT_FORMATS:
            kept.append(char)
    line = " ".join("".join(kept).split())
    return line if limit is None else shorten(line, limit)


def shorten(text: str, limit: int) -> str:
    """Cut text to at most `limit` characters at a word, marking the cut with an ellipsis; a lone long word is cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    if not text[limit - 1].isspace():
        head = head.rpartition(" ")[0] or head
    return head.rstrip(" ,;:،؛-") + "\u2026"


def cut_words(text: str, limit: int) -> str:
    """Cut text to at most `limit` words, marking the cut with an ellipsis."""
    words = text.split()
    return text if len(words) <= limit else " ".join(words[:limit]).rstrip(",;:،؛") + " \u2026"


def cut_headline(text: str, limit: int, loose_ends: Container[str] = LOOSE_END) -> str:
    """Cut a headline at a word so that it neither ends in a dangling preposition nor in a comma."""
    if len(text) <= limit:
        return text
    words = text[: limit + 1].rsplit(" ", 1)[0].split() if " " in text[: limit + 1] else [text[:limit]]
    while len(words) > 1 and words[-1].strip(",;:،؛").lower() in loose_ends:
        words.pop()
    return " ".join(words).rstrip(" ,;:،؛")


def word_count(*texts: str) -> int:
    """Count the words of all texts together; the marks that French parts from a word by a blank are none."""
    return sum(word not in _MARKS for text in texts for word in text.split())


def capitalised(text: str) -> str:
    """Return text with its first letter in upper case and the rest as it is."""
    return text[:1].upper() + text[1:]


def joined(items: Iterable[str], last: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"."""
    parts = list(items)
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def without_brackets(name: str) -> str:
    """Return a name without what stands in brackets; the whole where nothing else is left."""
    return " ".join(re.sub(r"\([^()]*\)", " ", name).split()).replace(" ,", ",") or name


def is_latin(text: str) -> bool:
    """Tell whether every letter of the text is of the Latin script, so that it can stand in an English headline."""
    return text.isascii() or all("LATIN" in unicodedata.name(char, "") for char in text if char.isalpha())


def direction(language: str) -> str:
    """Return "rtl" or "ltr" for a language code."""
    return "rtl" if language.lower().partition("-")[0] in LANGUAGES_RTL else "ltr"


def isolated(text: str, base: str = "ltr") -> str:
    """Return text with each run of the other direction between U+2068 and U+2069; doing it twice changes nothing.

    Args:
        text: one line, or several.
        base: the direction of the line, "ltr" or "rtl".
    """
    if base != "rtl" and text.isascii():
        return text
    plain = _ISOLATES.sub("", text)
    if base != "rtl":
        return _RTL_RUN.sub(_isolate, plain)
    # A line of one direction needs none: addresses, colours and codes are left as they are.
    lines = plain.split("\n")
    return "\n".join(
        _LTR_RUN.sub(_isolate, line) if line.startswith(_ANCHOR) or _RTL_LETTER.search(line) else line for line in lines
    )


def _isolate(found: re.Match[str]) -> str:
    return f"\u2068{found[0]}\u2069"


def anchored(text: str, base: str, *, within: str = "") -> str:
    """Return a line that programs show in the direction `base` though they guess it from its first letter.

    A line of a right-to-left briefing that begins with a Latin letter or a mark gets U+200F before it, once.

    Args:
        text: the line; one without right-to-left letters, such as an address, is left as it is.
        base: the direction of the briefing, "ltr" or "rtl".
        within: the text that the line was broken from; where that has right-to-left letters, the line belongs to it.
    """
    if base != "rtl" or text.startswith(_ANCHOR) or not (_RTL_LETTER.search(text) or _RTL_LETTER.search(within)):
        return text
    return f"{_ANCHOR}{text}"


def safe_link(url: str | None) -> str | None:
    """Return an address that may stand in a link: http or https, ASCII, nothing that could close a quote or bracket.

    None where there is none, where it has another scheme, names a user, or is longer than `MAX_LINK`.
    """
    if not url or any(ord(char) < 32 or char.isspace() for char in url.strip()):
        return None
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if parts.scheme.lower() not in ("http", "https") or not _HOST.match(host):
        return None
    kept = "/:@!$&()*+,;=~-._?%"  # a quotation mark, an angle bracket and a bar are not among them
    link = urlunsplit(
        (
            parts.scheme.lower(),
            host,
            quote(parts.path, safe=kept, errors="replace"),
            quote(parts.query, safe=kept, errors="replace"),
            quote(parts.fragment, safe=kept, errors="replace"),
        )
    )
    return link if len(link) <= MAX_LINK else None
