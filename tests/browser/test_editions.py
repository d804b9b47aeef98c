"""Editions in every language as mail programs show them: nothing cut, mirrored where the script is, readable aloud."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.full import compose_brief
from alertsvc.brief.weekly import compose_weekly
from alertsvc.brief.wording import LANGUAGES
from alertsvc.domain import Briefing, Claim, Count, Incident, Place, PlaceKind, Status
from tests.brief.cases import NOW, detection, incident, many, report, update
from tests.browser.driver import Tab
from tests.browser.looking import look_over, views
from tests.browser.mailbag import ARABIC, FRENCH, page_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDTHS = (320, 360, 800)
POST = Place("Ras Ajdir", PlaceKind.CROSSING, "LY-TN", "ly-tn-ras-ajdir", 33.15, 11.56, tier=1)
# What a reader of screens steps through: headings in order, tables that are only layout, a data table with heads.
READ_ALOUD = """(() => {
  const levels = [...document.querySelectorAll("h1,h2,h3")].map((heading) => Number(heading.tagName[1]));
  const tables = [...document.querySelectorAll("table")];
  return {
    lang: document.documentElement.lang,
    levels,
    plain: tables.filter((table) => table.getAttribute("role") !== "presentation" && !table.querySelector("th")).length,
    heads: [...document.querySelectorAll("th")].filter((head) => head.scope !== "col").length,
    unnamed: [...document.querySelectorAll("img")].filter((image) => !image.alt).length,
  };
})()"""
# Where the text of each paragraph begins within the card: at the right edge where the script runs from there.
NEAR = """(() => [...document.querySelectorAll("h1, td > p")].map((line) => {
  const style = getComputedStyle(line);
  return [style.direction, style.textAlign];
}))()"""


def _case() -> Incident:
    first = detection(
        place=POST,
        attackers=("Rapid Support Forces",),
        claims=(Claim("Rapid Support Forces", "سيطرنا على المعبر بالكامل"),),
        sentences=("سيطرت قواتنا على المعبر فجر الأحد.",),
    )
    second = detection(
        place=POST,
        killed=Count(5),
        captured=Count(12),
        flow="stopped",
        attackers=("Rapid Support Forces",),
        claims=(Claim("Free South Front", "Nos forces ont repoussé l'attaque.", denies=True),),
    )
    reports = (
        report(1, first, language="ar", title=ARABIC, outlet_name="صحيفة الساحل 24"),
        report(2, second, language="fr", title=FRENCH, outlet_name="Le Quotidien"),
    )
    steps = (
        update(1, status=Status.CLAIMED),
        update(
            2, status=Status.DISPUTED, killed=Count(3, 5), killed_before=Count(3), severity=3.0, severity_before=2.5
        ),
    )
    return incident(place=POST, status=Status.DISPUTED, reports=reports, updates=steps)


def _gone() -> Incident:
    gone = update(2, status=Status.WITHDRAWN, changes=("withdrawn by an analyst: a drill",), report_id=None)
    return incident(updates=(update(), gone), status=Status.WITHDRAWN)


def _made(kind: str, code: str) -> Briefing:
    case, gone = _case(), _gone()
    if kind == "flash":
        return compose_flash(case, case.updates[0], now=NOW, service="Risk desk", language=code)
    if kind == "update":
        return compose_update(case, case.updates[1], now=NOW, service="Risk desk", language=code)
    if kind == "correction":
        return compose_update(gone, gone.updates[1], now=NOW, service="Risk desk", language=code)
    if kind == "brief":
        return compose_brief(case, case.updates[1], now=NOW, service="Risk desk", language=code)
    if kind == "weekly":
        monday = NOW.replace(hour=0, minute=0) - timedelta(days=2)
        return compose_weekly(
            [case, *many(9)],
            start=monday,
            end=monday + timedelta(days=7),
            zone="UTC",
            now=NOW,
            service="Risk desk",
            demonstration=False,
            previous=many(4),
            language=code,
        )
    return compose_daily(
        [case, *many(12)],
        start=NOW - timedelta(days=1),
        end=NOW,
        zone="Africa/Tripoli",
        now=NOW,
        service="Risk desk",
        demonstration=False,
        previous=many(3),
        language=code,
    )


def _law_lines(kind: str, facts: dict[str, Any]) -> list[str]:
    """The line of each kind that must come out word for word."""
    if kind == "weekly":
        return [said["text"] for said in facts["numbers"]]
    return [facts["number_line"]["text"] if kind == "daily" else facts["bar"]["line"]]


async def _opened(tab: Tab, folder: Path, briefing: Briefing, *, styles: bool = True) -> None:
    html = page_of(briefing)
    if not styles:
        html = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    page = folder / "mail.html"
    page.write_text(html, encoding="utf-8")
    await tab.visit(page.as_uri())


@pytest.mark.parametrize("code", sorted(LANGUAGES))
@pytest.mark.parametrize("kind", ["flash", "update", "correction", "brief", "daily", "weekly"])
async def test_an_edition_is_in_order_at_every_width(tab: Tab, tmp_path: Path, kind: str, code: str):
    briefing = _made(kind, code)
    facts, direction = briefing.facts, LANGUAGES[code].direction
    await _opened(tab, tmp_path, briefing)
    for view in await views(tab, WIDTHS):
        assert view.faults == []
        assert view.unmarked == []
        for line in (facts["footer"], *_law_lines(kind, facts)):
            assert " ".join(line.split()) in " ".join(view.text.split())
    aloud = await tab.run(READ_ALOUD)
    assert aloud["lang"] == code
    assert aloud["levels"][0] == 1
    assert aloud["levels"].count(1) == 1
    assert (aloud["plain"], aloud["heads"], aloud["unnamed"]) == (0, 0, 0)
    placed = await tab.run(NEAR)
    near = "right" if direction == "rtl" else "left"
    assert placed
    assert {tuple(item) for item in placed} <= {(direction, near), (direction, "start")}


@pytest.mark.parametrize("code", sorted(LANGUAGES))
async def test_without_the_style_sheet_an_edition_still_reads(tab: Tab, tmp_path: Path, code: str):
    await _opened(tab, tmp_path, _made("daily", code), styles=False)
    view = await look_over(tab, 320, "light")
    assert view.faults == []


async def test_a_passage_in_another_language_says_its_own(tab: Tab, tmp_path: Path):
    await _opened(tab, tmp_path, _made("update", "ar"))
    found = await tab.run(
        "[...document.querySelectorAll('p > span[lang]')].map((item) => [item.lang, item.dir, item.innerText])"
    )
    assert ["fr", "ltr", "Nos forces ont repoussé l'attaque."] in found
