"""Tags of HTML that are left in a text: stored ones, and those that were escaped once too often.

A page is read by `collect`; this is for what comes as text. Only what is a tag beyond doubt goes, an element of HTML
with attributes that have values, so that "3 < 5 and 7 > 6" stays. RE2 takes linear time whatever is written.
"""

from __future__ import annotations

from typing import Any

import re2

__all__ = ["untagged"]

_BREAKING = (
    "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 head header hr html legend li main nav ol option p pre section select summary table "
    "tbody tfoot thead tr ul"
)
_PARTING = "td th img input button iframe video audio source track embed object picture"
_JOINING = (
    "a abbr acronym b bdi bdo big cite code col colgroup data del dfn em font i ins kbd label link map mark meta "
    "noscript param path q rp rt ruby s samp small span strike strong sub sup svg template textarea time title "
    "tt u var wbr "
    "[a-z]+:[a-z]+ [a-z]+(?:-[a-z]+)+"
)
_VALUE = r"""\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'<>]+)"""
_ALONE = "allowfullscreen|async|autoplay|checked|controls|defer|disabled|hidden|itemscope|loop|muted|nowrap|selected"
_ATTRIBUTES = rf"""(?:\s+(?:[\w:.@-]+{_VALUE}|(?:{_ALONE})\b))*\s*/?"""


def _tag(names: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    whole = "|".join(names.split())
    # A tag that the end of the text cuts off has an attribute at least.
    cut = rf"<(?:{whole})\s+[\w:-]+\s*=[^<>]*$"
    return re2.compile(rf"</?(?:{whole}){_ATTRIBUTES}>|{cut}", options=options)


def _hidden() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.dot_nl = True
    options.log_errors = False
    elements = "|".join(rf"<{name}\b[^<>]*>.*?</{name}\s*>" for name in ("script", "style"))
    return re2.compile(rf"{elements}|<!--.*?-->|<!\[CDATA\[|\]\]>|<!DOCTYPE[^<>]*>", options=options)


_HIDDEN = _hidden()
_LINES, _BLANKS, _NOTHING = _tag(_BREAKING), _tag(_PARTING), _tag(_JOINING)


def untagged(text: str) -> str:
    """Return a text without tags: those of a block are line breaks, those of a cell or a picture are blanks."""
    if "<" not in text:
        return text
    text = _HIDDEN.sub("", text) if "<!" in text or "</" in text else text
    return str(_NOTHING.sub("", _BLANKS.sub(" ", _LINES.sub("\n", text))))
