"""The pages of the real server through a real browser: a tour of every link, at three widths, in light and in dark."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import pytest_asyncio

from alertsvc.brief.index import BANDS
from alertsvc.clock import ManualClock
from alertsvc.domain import Action, Claim, Incident, IncidentClass, Place, PlaceKind, Reason, SeverityTerm
from alertsvc.store import Store
from alertsvc.store.problems import record_problem
from tests.browser.driver import Tab
from tests.browser.looking import CONTRAST, View, faults_of_loading, views
from tests.web.showcase import fill, incidents
from tests.web.support import (
    NOW,
    Visitor,
    a_detection,
    a_report,
    an_incident,
    an_update,
    pages_for,
    store_incidents,
    visiting,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDTHS = (320, 360, 1200)
MARKUP = (
    '"></td></table><script>alert(1)</script><img src=//evil.example/x onerror=alert(2)><style>*{display:none}</style>'
)
UNBROKEN = "Sperrbezirksgrenzuebergangsstellenbewachungsmannschaft" * 4
ARABIC = "سيطر 12 مسلحا على المعبر (بيان رقم 7)، وقتلوا 4 جنود."

# Ids that are aimed at and missing, or there more than once.
ANCHORS = """(() => {
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const aims = [...document.querySelectorAll("a[href^='#']")].map((link) => link.getAttribute("href").slice(1));
  const named = [...document.querySelectorAll("[aria-labelledby]")].map((one) => one.getAttribute("aria-labelledby"));
  return [...aims, ...named].filter((id) => !ids.includes(id)).concat(ids.filter((id, at) => ids.indexOf(id) !== at));
})()"""
LINKS = "[...document.querySelectorAll('a[href], link[href]')].map((link) => link.href)"
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((heading) => +heading.tagName[1])"
SPOKEN = ("link", "button", "textbox", "combobox", "heading", "navigation", "region")


@dataclass(frozen=True, slots=True)
class Stop:
    """A page of the tour as it was found."""

    views: tuple[View, ...]
    faults: tuple[str, ...]
    roles: tuple[tuple[str, str], ...]
    headings: tuple[int, ...]
    anchors: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Tour:
    """Every address that links lead to: the pages among them, and how each answered."""

    stops: dict[str, Stop]
    answers: dict[str, tuple[int, str]]
    away: frozenset[str]


def worded(public_id: str, text: str, place: str, capital: str) -> Incident:
    """An incident with a text from outside wherever one can stand."""
    told = a_detection(
        place=Place(place, PlaceKind.APPROACH, "LY", None, 32.5, 13.2, capital, 45.0),
        claims=(Claim(text, text),),
        sentences=(text, text),
        reasons=(Reason("rule", text, 1.0, text, 1),),
    )
    number = sum(map(ord, public_id))
    report = a_report(number, title=text, outlet_name=text, origin=text, same_text_as=text, detection=told)
    return an_incident(
        public_id,
        place=told.place,
        reports=(a_report(number + 1, detection=told), report),
        updates=(an_update(changes=(text, text)),),
        severity=replace(an_incident().severity, terms=(SeverityTerm("base", 3.0, text),)),
    )


def worded_incidents() -> list[Incident]:
    """Incidents whose texts try a page: markup, a word without an end, Arabic."""
    return [
        worded("LY-2026-0131-ev11", MARKUP, MARKUP, MARKUP),
        worded("LY-2026-0131-ev12", UNBROKEN, UNBROKEN, UNBROKEN),
        worded("LY-2026-0131-ev13", ARABIC, "بئر السلام", "طرابلس"),
        replace(worded("LY-2026-0131-ev14", ARABIC, UNBROKEN, "Tripoli"), demonstration=True),
        far_off(),
    ]


def far_off() -> Incident:
    """An incident whose headline goes on with a figure behind an Arabic name."""
    place = Place("بئر السلام", PlaceKind.APPROACH, "LY", None, 32.5, 13.2, "Tripoli", 62.0)
    told = a_detection(incident_class=IncidentClass.CAPITAL, place=place, action=Action.ADVANCE, killed=None)
    return an_incident(
        "LY-2026-0131-ev15",
        incident_class=IncidentClass.CAPITAL,
        place=place,
        action=Action.ADVANCE,
        killed=None,
        reports=(a_report(9900, detection=told),),
        updates=(an_update(action=Action.ADVANCE, killed=None),),
    )


def fill_all(store: Store) -> None:
    """Fill a store with the showcase and with texts that try a page."""
    fill(store)
    store_incidents(store, *worded_incidents())
    with store.begin() as conn:
        for text in (MARKUP, UNBROKEN, ARABIC):
            record_problem(conn, "feed", text, text, NOW)


async def look_at(tab: Tab, base: str) -> Stop:
    """Look over the page that is open, with everything that can be unfolded unfolded."""
    title = str(await tab.run("document.title"))
    roles = tuple(await tab.roles())
    await tab.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = tuple(await views(tab, WIDTHS))
    headings, anchors = await tab.run(HEADINGS), await tab.run(ANCHORS)
    return Stop(found, tuple(faults_of_loading(tab, base)), roles, tuple(headings), tuple(anchors), title)


async def walk(tab: Tab, visitor: Visitor) -> Tour:
    """Follow every link from the overview on."""
    stops: dict[str, Stop] = {}
    answers: dict[str, tuple[int, str]] = {}
    away: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in answers:
            continue
        answer = await visitor.ask(path)
        answers[path] = answer.status, answer.headers["content-type"].partition(";")[0]
        if answers[path] != (200, "text/html"):
            continue
        await tab.visit(visitor.base + path)
        for link in await tab.run(LINKS):
            parts = urlsplit(link)
            if link.startswith(visitor.base + "/"):
                waiting.append(urlunsplit(("", "", parts.path, parts.query, "")))
            else:
                away.add(f"{parts.scheme}://{parts.netloc}")
        stops[path] = await look_at(tab, visitor.base)
    return Tour(stops, answers, frozenset(away))


@asynccontextmanager
async def served(folder: Path, template: Path, *, filled: bool) -> AsyncIterator[Visitor]:
    """Serve a store of its own, filled or empty."""
    path = shutil.copyfile(template, folder / "alertsvc.db")
    with Store.open(f"sqlite:///{path}", migrate=False) as store:
        if filled:
            fill_all(store)
        async with visiting(pages_for(store, ManualClock(NOW), demonstration=filled)) as visitor:
            yield visitor


@pytest.fixture(scope="module")
def empty_store(request: pytest.FixtureRequest) -> Path:
    """A database with our tables, to be copied."""
    path: Path = request.getfixturevalue("_sqlite_template")
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tour(tab: Tab, empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """One walk for all tests, since looking takes its time."""
    async with served(tmp_path_factory.mktemp("pages"), empty_store, filled=True) as visitor:
        return await walk(tab, visitor)


async def test_every_link_answers(tour: Tour):
    assert {path: answer for path, answer in tour.answers.items() if answer[0] != 200} == {}
    assert {"/", "/incidents", "/feeds", "/incidents?demonstration=1"} <= set(tour.stops)
    kinds = {kind for _, kind in tour.answers.values()}
    assert kinds == {
        "text/html",
        "text/css",
        "image/svg+xml",
        "application/json",
        "application/geo+json",
        "application/atom+xml",
    }


async def test_every_incident_is_reached_and_titled(tour: Tour):
    told = {f"/incidents/{incident.public_id}" for incident in (*incidents(), *worded_incidents())}
    assert told <= set(tour.stops)
    assert all(stop.title.strip(" -").endswith("- Risk desk") for stop in tour.stops.values())


async def test_pages_hold_at_every_width_in_light_and_dark(tour: Tour):
    faults = [f"{path}, {line}" for path, stop in tour.stops.items() for view in stop.views for line in view.faults]
    assert not faults, "\n".join(faults)
    assert [told for stop in tour.stops.values() for view in stop.views for told in view.unmarked] == []


async def test_pages_load_without_a_complaint_and_ask_nobody_else(tour: Tour):
    assert {path: stop.faults for path, stop in tour.stops.items() if stop.faults} == {}
    # Links to the reports lead away; the browser did not follow one by itself.
    assert all(origin.startswith("https://paper") for origin in tour.away)
    assert tour.away


async def test_landmarks_and_headings(tour: Tour):
    for path, stop in tour.stops.items():
        roles = [role for role, _ in stop.roles]
        assert [roles.count(role) for role in ("banner", "main", "contentinfo")] == [1, 1, 1], path
        assert [name for role, name in stop.roles if role == "navigation"] == ["Pages"], path
        assert stop.headings[0] == 1, path
        assert stop.headings.count(1) == 1, path
        assert all(deeper - level <= 1 for level, deeper in zip(stop.headings, stop.headings[1:], strict=False)), path
        assert stop.anchors == (), path
        assert [role for role, name in stop.roles if role in SPOKEN and not name.strip()] == [], path


async def test_severity_badges_can_be_read(tour: Tour):
    shown: set[str] = set()
    for stop in tour.stops.values():
        for view in stop.views:
            for item in view.found["contrasts"]:
                match = re.match(r"(?:span\.severity|p\.bar)\.band-(\w+) ", item["who"])
                if match:
                    shown.add(match[1])
                    assert item["ratio"] >= CONTRAST, item
    assert shown == {band.label.lower() for band in BANDS}


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/incidents?phase=never", 400)])
async def test_error_pages(tab: Tab, tmp_path: Path, empty_store: Path, path: str, status: int):
    async with served(tmp_path, empty_store, filled=True) as visitor:
        await tab.visit(visitor.base + path)
        stop = await look_at(tab, visitor.base)
    assert [line for view in stop.views for line in view.faults] == []
    # The browser tells of the page's own status and of nothing else.
    assert len(stop.faults) == 2
    assert all(str(status) in line for line in stop.faults)
    assert "main" in dict(stop.roles)
    assert stop.headings == (1,)


async def test_pages_of_an_empty_store(tab: Tab, tmp_path: Path, empty_store: Path):
    async with served(tmp_path, empty_store, filled=False) as visitor:
        tour = await walk(tab, visitor)
    assert {"/", "/incidents", "/feeds"} <= set(tour.stops)
    for stop in tour.stops.values():
        assert [line for view in stop.views for line in view.faults] == []
        assert stop.faults == ()


async def test_filters_are_sent_and_kept(tab: Tab, tmp_path: Path, empty_store: Path):
    async with served(tmp_path, empty_store, filled=True) as visitor:
        await tab.visit(visitor.base + "/incidents")
        await tab.follow(
            "{ const form = document.querySelector('form.filters'); form.elements.class.value = 'oil_facility';"
            " form.elements.country.value = 'LY'; form.elements.phase.value = 'open'; form.requestSubmit(); }"
        )
        assert await tab.run("location.search") == "?class=oil_facility&country=LY&phase=open"
        kept = "(() => { const own = document.forms[0].elements; return [own.class.value, own.country.value]; })()"
        assert await tab.run(kept) == ["oil_facility", "LY"]
        assert "Sarir" in (await tab.run("document.querySelector('table').innerText"))
        assert faults_of_loading(tab, visitor.base) == []


async def test_a_country_that_is_none_is_not_sent(tab: Tab, tmp_path: Path, empty_store: Path):
    async with served(tmp_path, empty_store, filled=False) as visitor:
        await tab.visit(visitor.base + "/incidents")
        assert await tab.run("document.forms[0].country.value = 'Libya', document.forms[0].checkValidity()") is False
        assert await tab.run("document.forms[0].country.value = 'LY-NE', document.forms[0].checkValidity()") is True


async def test_the_first_key_leads_past_the_navigation(tab: Tab, tmp_path: Path, empty_store: Path):
    async with served(tmp_path, empty_store, filled=True) as visitor:
        await tab.visit(visitor.base + "/")
        await tab.look(320, "light")
        for key, code in (("Tab", 9), ("Enter", 13)):
            if key == "Enter":
                box = await tab.run(
                    "(({left, right, top}) => [left, right, top])(document.activeElement.getBoundingClientRect())"
                )
                assert 0 <= box[0] < box[1] <= 320
                assert box[2] >= 0
            for kind in ("keyDown", "keyUp"):
                await tab.ask(
                    "Input.dispatchKeyEvent",
                    type=kind,
                    key=key,
                    code=key,
                    windowsVirtualKeyCode=code,
                    text="\r" * (code == 13),
                )
        assert await tab.run("location.hash") == "#content"
