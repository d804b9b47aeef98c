"""Mending XML that is nearly right, and taming XML that is not.

Feeds are often cut short, hold a bare ampersand, an HTML entity that XML does not know, or a warning of the server
behind the end. Mended, they take the same guarded way as any other. What cannot be mended goes to feedparser's
tolerant parser, which needs limits put on its input first: its time grows with the square of some things.
"""

from __future__ import annotations

import html
import html.entities
import re

from alertsvc.errors import CollectError

__all__ = ["MAX_ATTRIBUTES", "MAX_DEPTH", "check_tags", "mend", "take_doctype", "tame"]

MAX_ATTRIBUTES = 256
MAX_DEPTH = 256
_MAX_ENTITIES = 64
_MAX_ENTITY = 100
_MAX_GROWTH = 1_000_000
_MAX_SUBSET = 20_000

_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]{0,1000}([\[>])", re.I)
_SUBSET_END = re.compile(r"\]\s*>")
_ENTITY = re.compile(r"""<!ENTITY\s+([\w.-]+)\s+(?:"([^"<]*)"|'([^'<]*)')\s*>""")
_NESTED = re.compile(r"&(?!(?:#\w+|amp|lt|gt|quot|apos);)|%")
_CDATA_OR_REFERENCE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?:(#x?)?(\w{1,32});)?", re.S)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.S)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.I)
_ITEM_START = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.I)
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{1200,}")
# A whole tag of reasonable size, or a "<" that begins none. No "<" can be inside, so that the time stays linear.
_TAG = re.compile(
    r"""<(/?)([A-Za-z][\w:.-]{0,60})"""
    r"""(?:\s+[\w:.-]{1,80}(?:\s*=\s*(?:"[^"<]{0,4000}"|'[^'<]{0,4000}'|[^\s"'<>]{1,2000}))?){0,40}\s*/?>|<"""
)
_ASSIGNMENT = re.compile(r"[\s\"'][\w:.-]+\s*=")
_XML_NAMES = frozenset(("lt", "gt", "amp", "quot", "apos"))
_UNCLOSED = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "li", "link", "meta", "p", "source", "wbr")
)


def take_doctype(text: str, root: str) -> str:
    """Take out the document type that stands before the root element, putting in the small entities it declares.

    Raises:
        CollectError: it declares entities that are external, nested, or large enough to blow up the document.
    """
    found = _DOCTYPE.search(text, 0, max(0, text.find(f"<{root}")))
    if found is None:
        return text
    if found[1] == ">":
        return text[: found.start()] + text[found.end() :]
    end = _SUBSET_END.search(text, found.end(), found.end() + _MAX_SUBSET)
    if end is None:
        raise CollectError("refused: its document type declaration has no end", permanent=True)
    subset = _COMMENT.sub("", text[found.end() : end.start()])
    declared = {name: first or second for name, first, second in _ENTITY.findall(subset)}
    if subset.upper().count("<!ENTITY") != len(declared) or "%" in subset:
        raise CollectError("refused: it declares entities that are external or unusual", permanent=True)
    if len(declared) > _MAX_ENTITIES or any(
        len(value) > _MAX_ENTITY or _NESTED.search(value) for value in declared.values()
    ):
        raise CollectError("refused: it declares entities that expand to more than they should", permanent=True)
    text = text[: found.start()] + text[end.end() :]
    growth = sum(text.count(f"&{name};") * len(value) for name, value in declared.items())
    if growth > _MAX_GROWTH:
        raise CollectError("refused: the entities it declares would expand too far", permanent=True)
    return _references(text, declared)


def mend(text: str, root: str) -> tuple[str, bool]:
    """Return the document with bad references mended and its end put right, and whether it had been cut short.

    Args:
        text: a feed whose root element is called `root`, as written.

    Of a document that was cut short, what was complete is kept: every entry that has its end.
    """
    text = _references(text, {})
    end = text.rfind(f"</{root}")
    if end >= 0:
        return f"{text[:end]}</{root}>", False
    complete = max((match.end() for match in _ITEM_END.finditer(text)), default=-1)
    if complete < 0:
        first = _ITEM_START.search(text)
        complete = first.start() if first else len(text)
    kept = text[:complete]
    channel = "</channel>" if root.lower().endswith("rss") and kept.rfind("</channel") < kept.rfind("<channel") else ""
    return f"{kept}{channel}</{root}>", True


def _references(text: str, declared: dict[str, str]) -> str:
    """Make every reference outside CDATA one that XML knows."""

    def replaced(match: re.Match[str]) -> str:
        whole, number, name = match[0], match[1], match[2]
        if whole.startswith("<"):
            return whole
        if name is None:
            return "&amp;"
        if number:
            character = html.unescape(whole)  # never a control character: those become nothing or U+FFFD
            return html.escape(character) if len(character) <= 1 else f"&amp;{whole[1:]}"
        if name in declared:
            return declared[name]
        if name in _XML_NAMES:
            return whole
        character = html.entities.html5.get(f"{name};", "")
        return html.escape(character) if character else f"&amp;{name};"

    return _CDATA_OR_REFERENCE.sub(replaced, text)


def tame(text: str, max_entries: int) -> tuple[str, int]:
    """Put limits on a document that no XML parser takes, so that feedparser's tolerant one can try.

    Returns:
        The document without comments, declarations and CDATA sections, where what is no proper tag has become text,
        cut behind the last entry allowed, and how many entries that left out.

    Raises:
        CollectError: it is nested too deeply, or has too many entries without end.
    """
    text = _CDATA.sub(lambda match: html.escape(match[1], quote=False), text)
    text = _COMMENT.sub("", text)
    ends = [match.end() for match in _ITEM_END.finditer(text)]
    left_out = max(0, len(ends) - max_entries)
    if left_out:
        text = text[: ends[max_entries - 1]]
    depth = deepest = begun = 0

    def checked(match: re.Match[str]) -> str:
        nonlocal depth, deepest, begun
        name = match[2]
        if name is None:
            return "&lt;"
        name = name.lower()
        if name not in _UNCLOSED:
            depth = max(0, depth - 1) if match[1] else depth + 1
            deepest = max(deepest, depth)
        begun += not match[1] and name.rpartition(":")[2] in ("item", "entry")
        return match[0]

    text = _TAG.sub(checked, text)
    if begun > 2 * max_entries:
        raise CollectError("refused: it has far more entries that begin than entries that end", permanent=True)
    if deepest > 4 * MAX_DEPTH:
        raise CollectError("refused: its elements are nested too deeply", permanent=True)
    return text, left_out


def check_tags(text: str) -> None:
    """Refuse a tag with a flood of attributes.

    Raises:
        CollectError: a tag has more than `MAX_ATTRIBUTES` of them.
    """
    for match in _LONG_TAG.finditer(text):
        if sum(1 for _ in _ASSIGNMENT.finditer(match[0])) > MAX_ATTRIBUTES:
            raise CollectError(f"refused: a tag has more than {MAX_ATTRIBUTES} attributes", permanent=True)
