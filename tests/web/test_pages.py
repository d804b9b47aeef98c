"""The pages: what they show, what they keep apart, and that nothing from outside breaks out of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alertsvc.brief.index import BANDS
from alertsvc.clock import ManualClock
from alertsvc.domain import Claim, DeliveryState, Place, PlaceKind, Reason, Severity
from alertsvc.store import Store
from alertsvc.store.problems import record_problem
from tests.web.showcase import fill
from tests.web.support import (
    NOW,
    Visitor,
    a_delivery,
    a_detection,
    a_feed,
    a_poll,
    a_report,
    an_incident,
    an_invented,
    an_update,
    pages_for,
    store_articles,
    store_deliveries,
    store_feeds,
    store_incidents,
    visiting,
)

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}'
PAGES = ("/", "/incidents", "/incidents?demonstration=1", "/feeds", "/incidents/LY-2026-0131-7f3a", "/nowhere")


async def test_empty_store_says_that_nothing_is_configured(visitor: Visitor):
    text = (await visitor.page("/")).text
    assert "No feed is configured" in text
    assert "No incident is open" in text
    assert "[DEMO]" not in text


async def test_overview_shows_what_the_service_is_doing(store: Store, visitor: Visitor):
    fill(store)
    text = (await visitor.page("/")).text
    for expected in (
        "last tick 5 s ago",
        "last good poll 4 min ago",
        "2 of 6 feeds failing",
        "40 articles read",
        "6 open incidents highest severity 3.5",
        "Spanish 3.",
        "http error: 503 Service Unavailable",
        "1 not delivered",
        "550 no such user (address)",
    ):
        assert expected in text
    assert text.index("3.5 Critical") < text.index("3.0 Severe") < text.index("1.0 Moderate")


async def test_overview_says_when_the_service_stands_still(store: Store, clock: ManualClock):
    store_feeds(store, a_feed())
    async with visiting(pages_for(store, clock, heartbeat=lambda: None)) as visitor:
        text = (await visitor.page("/")).text
    assert "Standing still the scheduler has not ticked yet" in text
    assert "Not reading no feed has been read so far" in text


@pytest.mark.parametrize("path", ["/", "/feeds"])
async def test_addresses_and_keys_stay_hidden(store: Store, visitor: Visitor, path: str):
    fill(store)
    page = await visitor.text(path)
    for secret in ("secret.reader", "reader@example.org", "s3cret", "token=abc", "9.8.7"):
        assert secret not in page


async def test_incident_page_tells_everything(store: Store, visitor: Visitor):
    [incident] = store_incidents(store, an_incident())
    page = await visitor.page(f"/incidents/{incident.public_id}")
    text = page.text
    assert "Severity 3.0/5.0 (Severe) | " in text
    assert "Al-Tum , Libya / Niger - 31 January 2026" in text
    for term in incident.severity.terms:
        assert f"{term.name} {'-' if term.name == 'doubt' else '+'}{term.value:.2f} {term.why}" in text
    for update in incident.updates:
        assert update.changes[0] in text
    for report in incident.reports:
        assert report.title in text
        assert report.outlet_name in text
        assert report.url in [link.get("href") for link in page.all("a")]
        for reason in report.detection.reasons:
            assert f"{reason.name} {reason.weight:+.2f} {reason.detail}" in text
    assert "The eastern command says: our units hold the post again" in text
    assert "probability 0.93" in text


async def test_incident_without_reports_and_updates_has_a_page(store: Store, visitor: Visitor):
    bare = an_incident(reports=(), updates=(), severity=Severity(0.0, 0.0, ()), event_date=None, last_event=None)
    store_incidents(store, replace(bare, killed=None, place=Place("", PlaceKind.OIL)))
    text = (await visitor.page("/incidents/LY-2026-0131-7f3a")).text
    assert "No report is stored" in text
    assert "Unrated" in text
    await visitor.page("/")
    await visitor.page("/incidents")


async def test_times_are_machine_readable(store: Store, visitor: Visitor):
    store_incidents(store, an_incident())
    times = {item["datetime"] for item in (await visitor.page("/incidents/LY-2026-0131-7f3a")).all("time")}
    assert "2026-02-01T10:00:00Z" in times


async def test_foreign_text_has_its_language_and_direction(store: Store, visitor: Visitor):
    title = "مسلحون يسيطرون على المعبر"
    store_incidents(store, an_incident(reports=(a_report(title=title, language="ar"),)))
    page = await visitor.page("/incidents/LY-2026-0131-7f3a")
    assert {"lang": "ar", "dir": "rtl"} in page.all("bdi")
    assert {"lang": "ar", "dir": "rtl"} in page.all("q")
    assert title in page.text


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "https://a.example/\"onclick='x'", " javascript:x", "//a.example"],
)
async def test_only_web_addresses_become_links(store: Store, visitor: Visitor, url: str):
    store_incidents(store, an_incident(reports=(a_report(url=url),), updates=()))
    page = await visitor.page("/incidents/LY-2026-0131-7f3a")
    for link in page.all("a"):
        href = link["href"] or ""
        assert href.startswith(("/", "#", "https://a.example/"))
        assert not href.startswith("//")
        assert set(link) <= {"href", "rel", "class", "aria-current"}


async def test_hostile_text_does_not_break_out(store: Store, visitor: Visitor):
    detection = a_detection(
        place=Place(HOSTILE, PlaceKind.CROSSING, 'L"', capital=HOSTILE, km_to_capital=3),
        attackers=(HOSTILE,),
        claims=(Claim(HOSTILE, HOSTILE),),
        sentences=(HOSTILE,),
        reasons=(Reason(HOSTILE, HOSTILE, 1.0, HOSTILE),),
    )
    report = a_report(title=HOSTILE, outlet=HOSTILE, outlet_name=HOSTILE, origin=HOSTILE, language=HOSTILE)
    report = replace(report, detection=detection, same_text_as=HOSTILE, url=f"https://a.example/{HOSTILE}")
    store_incidents(
        store, an_incident(place=detection.place, reports=(report,), updates=(an_update(changes=(HOSTILE,)),))
    )
    store_feeds(
        store,
        a_feed(title=HOSTILE, language=HOSTILE, country=HOSTILE),
        polls={"north-wire": a_poll(outcome=HOSTILE, error=HOSTILE, success=False)},
    )
    store_deliveries(store, a_delivery(f"flash:{HOSTILE}:1", error=HOSTILE, state=DeliveryState.FAILED))
    with store.begin() as conn:
        record_problem(conn, HOSTILE, HOSTILE, HOSTILE, NOW)
    for path in PAGES[:-1]:
        page = await visitor.page(path)
        assert not page.all("script")
        assert not page.all("img")
        assert not [tag for tag, attributes in page.tags if any(name.startswith("on") for name in attributes)]
        assert "49" not in page.text
    assert "<script>alert(1)</script>" in (await visitor.page("/incidents/LY-2026-0131-7f3a")).text


@pytest.mark.parametrize("path", PAGES)
async def test_pages_carry_no_script_and_no_style_of_their_own(store: Store, visitor: Visitor, path: str):
    fill(store)
    page = await visitor.ask(path)
    for tag in ("<script", "<style", "<iframe", "<object", " style=", " onclick", "http-equiv"):
        assert tag not in page.text


async def test_links_to_outside_give_nothing_away(store: Store, visitor: Visitor):
    fill(store)
    page = await visitor.page("/incidents/LY-2026-0131-7f3a")
    outside = [link for link in page.all("a") if (link["href"] or "").startswith("http")]
    assert outside
    assert {link["rel"] for link in outside} == {"noopener noreferrer nofollow"}


async def test_links_within_lead_somewhere(store: Store, visitor: Visitor):
    fill(store)
    for path in PAGES[:-1]:
        page = await visitor.page(path)
        found = {link["href"] for link in page.all("a") + page.all("link")}
        for href in sorted(link for link in found if link and link.startswith("/")):
            assert (await visitor.ask(href)).status == 200, href


async def test_style_has_a_colour_for_every_band(visitor: Visitor):
    style = await visitor.text("/style.css")
    for band in BANDS:
        assert f".band-{band.label.lower()} {{ background: {band.colour}; color: {band.ink}; }}" in style
    assert ".band-unrated" in style


async def test_style_may_be_kept_by_its_digest_only(visitor: Visitor):
    [link] = [link for link in (await visitor.page("/")).all("link") if link["rel"] == "stylesheet"]
    assert "immutable" in (await visitor.ask(link["href"] or "")).headers["cache-control"]
    assert (await visitor.ask("/style.css?v=older")).headers["cache-control"] == "no-cache"


async def test_invented_events_stand_apart_on_the_overview(store: Store, visitor: Visitor):
    store_incidents(store, an_incident(), an_invented())
    store_feeds(store, a_feed(), a_feed("demo-wire", demonstration=True), polls={"demo-wire": a_poll()})
    store_articles(store, {"a": "read", "b": "read"})
    store_articles(store, {"x": "read"}, feed_id="demo-wire", demonstration=True)
    demo = a_delivery("flash:DZ-2026-0131-d3m0:9")
    briefing = replace(demo.briefing, demonstration=True, facts={"subject": "[DEMO] [FLASH] Invented"})
    store_deliveries(store, a_delivery(), replace(demo, briefing=briefing))
    with store.begin() as conn:
        record_problem(conn, "feed", "demo-wire", "an invented fault", NOW)
        record_problem(conn, "feed", "north-wire", "a real fault", NOW)
    text = (await visitor.page("/")).text
    real, heading, invented = text.partition("[DEMO] invented events")
    assert heading
    assert "1 open incident " in real
    assert "2 articles read" in real
    assert "1 delivered" in real
    assert "a real fault" in real
    assert "Not reading" in real  # only the demonstration's feed was polled
    for only in ("Debdeb", "demo-wire", "an invented fault", "Invented"):
        assert only not in real
        assert only in invented
    assert "Al-Tum" not in invented


async def test_invented_events_stand_apart_in_the_list(store: Store, visitor: Visitor):
    store_incidents(store, an_incident(), an_invented())
    page = await visitor.page("/incidents")
    real, heading, invented = page.text.partition("[DEMO] invented events")
    assert heading
    assert "Al-Tum" in real
    assert "Debdeb" not in real
    assert "Debdeb" in invented
    assert "[DEMO]" not in page.title
    only = await visitor.page("/incidents?demonstration=1")
    assert "[DEMO]" in only.title
    assert "Debdeb" in only.text
    assert "Al-Tum" not in only.text


async def test_invented_incident_is_marked_on_its_page(store: Store, visitor: Visitor):
    store_incidents(store, an_incident(), an_invented())
    invented = await visitor.page("/incidents/DZ-2026-0131-d3m0")
    assert invented.title.startswith("[DEMO] ")
    assert "Nothing on this page has happened" in invented.text
    assert "[DEMO]" not in (await visitor.page("/incidents/LY-2026-0131-7f3a")).text


async def test_demonstration_that_is_switched_on_is_announced(store: Store, clock: ManualClock):
    async with visiting(pages_for(store, clock, demonstration=True)) as visitor:
        assert "[DEMO] invented events" in (await visitor.page("/")).text


async def test_feeds_page_keeps_invented_feeds_apart(store: Store, visitor: Visitor):
    store_feeds(store, a_feed(), a_feed("demo-wire", demonstration=True))
    real, heading, invented = (await visitor.page("/feeds")).text.partition("[DEMO] invented events")
    assert heading
    assert "north-wire" in real
    assert "demo-wire" not in real
    assert "demo-wire" in invented


async def test_list_goes_on_page_by_page(store: Store, visitor: Visitor):
    ids = [f"LY-2026-0131-{number:04d}" for number in range(7)]
    store_incidents(store, *(an_incident(name, changed=NOW - timedelta(hours=n)) for n, name in enumerate(ids)))
    path: str | None = "/incidents?limit=3"
    seen: list[str] = []
    while path:
        page = await visitor.page(path)
        links = page.all("a")
        seen += [str(link["href"]).rsplit("/", 1)[1] for link in links if "/incidents/" in str(link["href"])]
        path = next((link["href"] for link in links if link.get("rel") == "next"), None)
    assert seen == ids
