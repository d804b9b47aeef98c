"""Briefings as a mail program shows them, on a telephone and on a desk, in light and in dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alertsvc.brief.index import BANDS
from alertsvc.domain import Briefing, BriefingKind
from tests.browser.driver import Tab
from tests.browser.looking import CONTRAST, View, faults_of_loading, look_over, views
from tests.browser.mailbag import ARABIC, BRIEFINGS, FRENCH, QUOTED, page_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDTHS = (320, 360, 800)

# What a mail may not hold: everything that runs, asks, or is fetched; its own pictures come with it.
ACTIVE = """(() => {
  const tags = "img,picture,video,audio,iframe,object,embed,script,form,input,button,link,base,svg,canvas";
  const own = (element) => element.tagName === "IMG" && element.src.startsWith("data:image/png;base64,");
  const held = [...document.querySelectorAll(`${tags},meta[http-equiv]`)].filter((element) => !own(element));
  const found = held.map((element) => element.outerHTML);
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (name === "src" && own(element)) continue;
      const address = element.tagName === "A" && name === "href" && /^https?:[/][/]/.test(value);
      const refers = ["href", "src", "srcset", "background", "action", "poster", "ping", "cite", "data"].includes(name);
      if (name.startsWith("on") || (refers && !address)) found.push(`${name}=${value}`);
    }
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, part);
      if (/url\\(/.test(style.backgroundImage + style.content + style.listStyleImage + style.borderImageSource)) {
        found.push(`${element.tagName} shows a picture`);
      }
    }
  }
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  return found.concat(rules.map((rule) => rule.cssText).filter((text) => /url\\(|@import|@font-face/.test(text)));
})()"""


async def opened(tab: Tab, folder: Path, briefing: Briefing) -> None:
    page = folder / "mail.html"
    page.write_text(page_of(briefing), encoding="utf-8")
    await tab.visit(page.as_uri())


def law_lines(briefing: Briefing) -> list[str]:
    """The lines that must come out word for word."""
    facts = briefing.facts
    if briefing.kind is BriefingKind.DAILY:
        lines = [facts["title"], facts["number_line"]["text"], *(item["heading"] for item in facts["items"])]
    elif briefing.kind is BriefingKind.FLASH:
        lines = [facts["headline"], facts["bar"]["line"]]
    elif briefing.kind is BriefingKind.BRIEF:
        lines = [facts["headline"], facts["bar"]["line"], *(item["text"] for item in facts["standfirst"])]
    elif briefing.kind is BriefingKind.WEEKLY:
        lines = [facts["headline"], *(item["text"] for item in facts["numbers"])]
    else:
        lines = [facts["first_line"]["text"], facts["bar"]["line"], facts["severity_line"]["text"]]
    return [*lines, facts["footer"]]


def sources_in(facts: Any) -> list[dict[str, Any]]:
    """Everything in the facts that a source line is made of."""
    if isinstance(facts, dict):
        own = [facts] if "outlet" in facts and "direction" in facts else []
        return own + [item for value in facts.values() for item in sources_in(value)]
    return [item for value in facts for item in sources_in(value)] if isinstance(facts, list) else []


def chips(view: View) -> dict[str, list[float]]:
    """The contrast of every severity that stands on its colour."""
    labels = tuple(f" {band.label}" for band in BANDS)
    return {
        item["text"]: view.contrast_of(item["text"])
        for item in view.found["contrasts"]
        if item["text"].endswith(labels) or "/5.0 (" in item["text"]
    }


@pytest.mark.parametrize("name", BRIEFINGS)
async def test_mail_is_in_order_wherever_it_is_read(tab: Tab, tmp_path: Path, name: str):
    briefing = BRIEFINGS[name]()
    await opened(tab, tmp_path, briefing)
    for view in await views(tab, WIDTHS):
        assert view.faults == []
        assert view.unmarked == []
        for line in law_lines(briefing):
            assert line in view.text
        assert view.text.count("Demonstration: invented events") == (2 if "demonstration" in name else 0)
        assert chips(view) or "quiet" in name
        assert all(min(found) >= CONTRAST for found in chips(view).values())
    assert await tab.run(ACTIVE) == []
    assert faults_of_loading(tab, "file://") == []
    fetched = [address for address in tab.requests if not address.startswith("data:")]
    assert fetched == [(tmp_path / "mail.html").as_uri()]


@pytest.mark.parametrize(("name", "titles"), [("flash", {ARABIC, FRENCH}), ("update", {ARABIC}), ("digest", {ARABIC})])
async def test_each_source_runs_in_its_own_direction(tab: Tab, tmp_path: Path, name: str, titles: set[str]):
    briefing = BRIEFINGS[name]()
    await opened(tab, tmp_path, briefing)
    view = await look_over(tab, 360, "light")
    found = {item["title"]: item["direction"] for item in sources_in(briefing.facts)}
    assert titles <= set(found)
    for title, direction in found.items():
        assert direction == ("rtl" if title == ARABIC else "ltr")
        assert any(title in text for text in view.rtl) == (direction == "rtl")
        assert f"“{title}”" in view.text


async def test_an_arabic_quotation_runs_from_right_to_left(tab: Tab, tmp_path: Path):
    await opened(tab, tmp_path, BRIEFINGS["flash"]())
    quote = "document.querySelector('blockquote')"
    assert await tab.run(f"getComputedStyle({quote}).direction") == "rtl"
    assert QUOTED in str(await tab.run(f"{quote}.innerText")).replace("\u2068", "").replace("\u2069", "")


async def test_the_severity_bar_is_filled_by_half_points(tab: Tab, tmp_path: Path):
    briefing = BRIEFINGS["flash"]()
    await opened(tab, tmp_path, briefing)
    for scheme in ("light", "dark"):
        await tab.look(320, scheme)
        cells = await tab.run(
            "[...document.querySelectorAll('td[height]')].map((cell) => [getComputedStyle(cell).backgroundColor,"
            " cell.getBoundingClientRect().width])"
        )
        assert len(cells) == 10
        assert len({colour for colour, _ in cells[: briefing.facts["bar"]["filled"]]}) == 1
        assert len({colour for colour, _ in cells}) == 2
        assert max(width for _, width in cells) - min(width for _, width in cells) <= 1
