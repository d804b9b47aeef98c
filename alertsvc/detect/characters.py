"""Mending of broken characters: entities, text read in the wrong encoding, forms of letters, tags, what nobody sees.

Nothing is rewritten beyond that, so that a quotation of the mended text is a quotation of the article.
"""

from __future__ import annotations

import html
import re
import unicodedata

from alertsvc.detect.markup import untagged

__all__ = ["mend"]

_NUMBERED = re.compile(r"&\s?#\s?(x?[0-9a-fA-F]{1,6})\s?;")
_ENDLESS = re.compile(r"&#(?:\d{8,}|[xX][\da-fA-F]{8,});?")  # no character has such a number
_NAMED = re.compile(r"&\s(amp|quot|apos|lt|gt|nbsp)\s?;|&(amp|quot|apos|lt|gt|nbsp)\s;")
# An entity whose ampersand was taken for a blank: "Monday #39;s" and "quot;no quot;".
_WITHIN_WORD = re.compile(r" #(?<=\w #)(39|8217|x27|x2019);(?=\w)", re.I)
_HEADLESS = re.compile(r"#(?<![&;\w]#)(?<!& #)(\d{2,4}|x[0-9a-fA-F]{2,4});")
_HEADLESS_QUOTE = re.compile(r"(?<![&;\w])(?<!& )quot;")
_UNESCAPED = 3  # times that a text may have been escaped over again

_INVISIBLE = re.compile(
    "[\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08d3-\u08e1\u08e3-\u08ff\u00ad\u034f\u061c\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffc\U000e0000-\U000e01ef]"
)
# A zero-width space may part words or mark where a word may be broken. Where one word cannot be, it is a blank.
_PARTING = re.compile(
    "(?<=[^\\W\\d_A-Z]{2})\u200b+(?=[A-Z][a-z])|(?<=\\d)\u200b+(?=[^\\W\\d_]{3})|(?<=[^\\W\\d_]{3})\u200b+(?=\\d)"
    "|(?<=[,;:!?])\u200b+(?=[^\\W\\d_])"
)
_FILLERS = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")  # letters and signs that print nothing
# Arabic letters as printers set them, by their place in a word, and several in one: what PDF files are made of.
_SET = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")
_AS_WRITTEN = {
    code: normal.strip()
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD))
    # A vowel sign that is set by itself stands on a blank, which is none between words.
    if (normal := unicodedata.normalize("NFKC", chr(code))) != chr(code)
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # halves of surrogate pairs too
_BLANKS = re.compile(r"[^\S\n ][^\S\n]*| [^\S\n]+")
_OTHER_BLANK = re.compile(r"[^\S\n ]")
_BREAKS = {0x2028: "\n", 0x2029: "\n"}

# UTF-8 read as Windows-1252: a lead byte's character and those of the one or two bytes that follow it.
_LEADS = "\u00c2\u00c3\u00c4\u00c5\u00cb\u00d8\u00d9\u00da\u00db\u00e2"
_TAIL = "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
_MOJIBAKE = re.compile(f"[\u00c2-\u00c5\u00cb\u00d8-\u00db]{_TAIL}|\u00e2{_TAIL}{{2}}")
_ENOUGH = 3  # such pairs that leave no doubt about a text
# What is left of a pair whose second character is invisible and was taken away on the way. Nobody writes the first
# ones; the others need a text that has whole pairs too.
_LEFT_OVER = (
    (re.compile(f"\u00e2\u20ac(?!{_TAIL})"), "\u201d"),
    (re.compile(r"\u00c2(?=\s|$)"), ""),
)
_LOST = (
    (re.compile(f"\u00d8(?!{_TAIL})"), "\u062d"),
    (re.compile(f"\u00d9(?!{_TAIL})"), "\u0641"),
    (re.compile("\u00c3(?= )"), "\u00e0"),
)
_ARABIC = re.compile("[\u0621-\u064a]")
# UTF-8 of Arabic read as Windows-1256: one of four letters for each first byte, and what the second byte is there.
_SECOND = "".join(map(re.escape, bytes(range(0x80, 0xC0)).decode("cp1256")))
_ARABIC_PAIR = re.compile(f"[\u0637\u0638\u0639\u063a][{_SECOND}]")
_ANY_PAIR = re.compile(f"[\u0622\u0623\u0637\u0638\u0639\u063a][{_SECOND}]|\u00e2[{_SECOND}]{{2}}")
# Arabic of Windows-1256 read as Windows-1252: words of nothing but accented Latin letters.
_ACCENTED_RUN = re.compile("[\u00c0-\u00ff]{4}")
_LATIN_LETTER = re.compile("[A-Za-z\u00c0-\u00ff]")
_ACCENTED = re.compile("[\u00c0-\u00ff]")
_MOSTLY = 0.6


def mend(text: str) -> str:
    """Mend what is broken or cannot be seen, and take out tags.

    Entities, text read in the wrong encoding, Arabic letters in their printed forms, invisible and control characters,
    tags of HTML, and runs of blanks.
    """
    if not text.isascii():
        text = _seen(text)
    plain = _without_entities(text) if ";" in text else text
    if plain != text:
        text = _seen(plain)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub(" ", text)
    if "<" in text:
        text = untagged(text)
    if "  " in text or _OTHER_BLANK.search(text):
        text = _BLANKS.sub(" ", text)
    return text.strip()


def _seen(text: str) -> str:
    """Return a text as it was written, in the characters that a reader sees."""
    text = _read_again(text)
    if _breaks(text):
        text = text.translate(_BREAKS)
    if _SET.search(text):
        text = text.translate(_AS_WRITTEN)
    if "\u200b" in text:
        text = _PARTING.sub(" ", text)
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _FILLERS.sub(" ", text)))


def _breaks(text: str) -> bool:
    return "\u2028" in text or "\u2029" in text


def _without_entities(text: str) -> str:
    if "#" in text:
        text = _HEADLESS.sub(r"&#\1;", _WITHIN_WORD.sub(r"&#\1;", text))
    if text.count("quot;") > text.count("&quot;"):
        text = _HEADLESS_QUOTE.sub("&quot;", text)
    for _ in range(_UNESCAPED):
        if "&" not in text:
            break
        whole = _NAMED.sub(r"&\1\2;", _NUMBERED.sub(r"&#\1;", text))
        plain = html.unescape(_ENDLESS.sub("\ufffd", whole))
        if plain == text:
            break
        text = plain
    return text.translate(_BREAKS) if _breaks(text) else text


def _read_again(text: str) -> str:
    """Return a text that was read in the wrong encoding as it was written."""
    pairs = 0
    if "\u0637" in text or "\u0638" in text:
        text = _arabic_read_again(text)
    for _ in range(2):  # some was read wrongly twice
        if any(lead in text for lead in _LEADS):
            text, more = _MOJIBAKE.subn(_decoded, text)
            pairs += more
            for pattern, letter in _LEFT_OVER:
                text = pattern.sub(letter, text)
    if pairs >= _ENOUGH:
        arabic = _ARABIC.search(text) is not None
        for pattern, letter in _LOST:
            if arabic or letter < "\u0600":
                text = pattern.sub(letter, text)
    if _ACCENTED_RUN.search(text) and len(_ACCENTED.findall(text)) > _MOSTLY * len(_LATIN_LETTER.findall(text)):
        text = "".join(_arabic(char) for char in text)
    return text


def _arabic_read_again(text: str) -> str:
    """Return a text of whose letters most are pairs that no Arabic word is made of as it was written."""
    found = len(_ARABIC_PAIR.findall(text))
    if found < _ENOUGH or 2 * found < _MOSTLY * sum(not char.isspace() for char in text):
        return text
    return _ANY_PAIR.sub(_of_pair, text)


def _of_pair(match: re.Match[str]) -> str:
    try:
        return match.group().encode("cp1256").decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def _decoded(match: re.Match[str]) -> str:
    try:
        return b"".join(_byte(char) for char in match.group()).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return match.group()


def _byte(char: str) -> bytes:
    # Windows-1252 leaves five bytes without a character; readers pass them through as control characters.
    return char.encode("latin-1" if "\x80" <= char <= "\x9f" else "cp1252")


def _arabic(char: str) -> str:
    try:
        return _byte(char).decode("cp1256") if char > "\x7f" else char
    except UnicodeEncodeError:
        return char
