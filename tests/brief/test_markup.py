"""Tables of every page nest as they should, in every kind and language: mail programs do not forgive as browsers do."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from alertsvc.brief.context import NO_NOTES
from alertsvc.brief.render import render
from alertsvc.previews import previews
from tests.brief.cases import NOW, many, retaken

_VOID = frozenset({"meta", "br", "img", "link", "hr", "input"})
_PARENT = {"tr": {"table", "tbody", "thead"}, "td": {"tr"}, "th": {"tr"}, "li": {"ul", "ol"}}

MADE = {
    item.name: item.briefing
    for item in previews(
        [retaken(), *many(12)],
        now=NOW + timedelta(hours=1),
        service="desk",
        demonstration=False,
        notes=NO_NOTES,
        earlier={},
    )
}


class Nesting(HTMLParser):
    """Collects every tag that stands where it may not, or is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(page)
        self.wrong += [f"<{tag}> is left open" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = self.open[-1] if self.open else ""
        if inside not in _PARENT.get(tag, {inside}):
            self.wrong.append(f"<{tag}> in <{inside}>, line {self.getpos()[0]}")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(f"</{tag}> in <{self.open[-1] if self.open else ''}>, line {self.getpos()[0]}")


@pytest.mark.parametrize("name", MADE)
def test_every_tag_is_where_it_belongs(name: str):
    assert Nesting(render(MADE[name]).html).wrong == []


def test_it_would_be_seen():
    assert Nesting("<table><tr><td><tr></tr></td></tr></table>").wrong == ["<tr> in <td>, line 1"]
    assert Nesting("<p><b></p>").wrong


@pytest.mark.parametrize(
    ("code", "who"),
    [
        ("en", "An analyst of this service withdrew it: "),
        ("fr", "Un analyste de ce service l'a retirée."),
        ("ar", "سحبه محلل في هذه الخدمة."),
    ],
)
def test_the_correction_shown_says_who_took_the_alert_back_and_what_is_known(code: str, who: str):
    """The preview tells all that a correction of a real ruling tells."""
    facts = MADE[f"correction.{code}"].facts
    assert facts["taken_back"]["text"].startswith(who)
    assert "Sahel Gazette" in facts["holds"]["text"]
    text = re.sub("[\u200f\u2068\u2069]", "", render(MADE[f"correction.{code}"]).text)
    assert " ".join(facts["holds"]["text"].split()) in " ".join(text.split())
    assert facts["bar"]["severity"] in facts["severity_line"]["text"]
