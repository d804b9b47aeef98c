"""JSON, Atom and GeoJSON: they parse, agree with the store, and never mix real and invented events."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.clock import ManualClock
from alertsvc.domain import Incident, IncidentClass, Phase, Place, PlaceKind, from_json, to_json
from alertsvc.store import Store
from alertsvc.web.exports import Addresses, atom, geojson, list_document
from tests.web.support import (
    NOW,
    SARIR,
    Visitor,
    a_detection,
    a_report,
    an_incident,
    an_invented,
    an_update,
    pages_for,
    store_incidents,
    visiting,
)

ATOM = "{http://www.w3.org/2005/Atom}"
ADDRESSES = Addresses("https://desk.example", "desk.example", "/incidents.atom", "/incidents")


def mixed() -> list[Incident]:
    oil = a_detection(incident_class=IncidentClass.OIL, place=SARIR)
    return [
        an_incident("LY-2026-0131-aaaa", changed=NOW - timedelta(hours=1)),
        an_incident(
            "LY-2026-0131-bbbb",
            incident_class=IncidentClass.OIL,
            place=SARIR,
            phase=Phase.RESOLVED,
            changed=NOW - timedelta(hours=2),
            reports=(a_report(77, detection=oil),),
        ),
        an_incident(
            "TD-2026-0131-cccc", place=Place("Nowhere", PlaceKind.CROSSING, "TD"), changed=NOW - timedelta(days=3)
        ),
        an_invented(),
    ]


async def get_json(visitor: Visitor, path: str) -> Any:
    return json.loads(await visitor.text(path))


def ids(document: Any) -> list[str]:
    return [item["public_id"] for item in document["incidents"]]


async def test_json_is_what_is_stored(store: Store, visitor: Visitor):
    stored = store_incidents(store, *mixed())
    document = await get_json(visitor, "/incidents.json")
    assert document["schema"] == "alertsvc/incidents/1"
    assert document["next"] is None
    assert document["demonstration"] is False
    assert [from_json(Incident, item) for item in document["incidents"]] == stored[:3]
    single = await get_json(visitor, "/incidents/LY-2026-0131-bbbb.json")
    assert from_json(Incident, single["incident"]) == stored[1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("class=oil_facility", ["LY-2026-0131-bbbb"]),
        ("class=border_crossing&country=ly", ["LY-2026-0131-aaaa"]),
        ("country=NE", ["LY-2026-0131-aaaa"]),
        ("country=LY-NE", ["LY-2026-0131-aaaa"]),
        ("phase=resolved", ["LY-2026-0131-bbbb"]),
        ("phase=open&country=TD", ["TD-2026-0131-cccc"]),
        ("phase=closed", []),
        ("class=&country=&phase=open&limit=1", ["LY-2026-0131-aaaa"]),
        ("demonstration=1", ["DZ-2026-0131-d3m0"]),
        ("demonstration=1&class=oil_facility", []),
    ],
)
async def test_filters(store: Store, visitor: Visitor, query: str, expected: list[str]):
    store_incidents(store, *mixed())
    assert ids(await get_json(visitor, f"/incidents.json?{query}")) == expected
    page = await visitor.page(f"/incidents?{query}")
    shown = [str(link["href"]).rsplit("/", 1)[1] for link in page.all("a") if "/incidents/" in str(link["href"])]
    assert [item for item in shown if item.startswith("DZ") == ("demonstration" in query)] == expected


@pytest.mark.parametrize("kind", ["json", "geojson", "atom"])
async def test_invented_events_are_exported_only_when_asked_for(store: Store, visitor: Visitor, kind: str):
    store_incidents(store, *mixed())
    real = await visitor.text(f"/incidents.{kind}")
    assert "DZ-2026-0131-d3m0" not in real
    assert "[DEMO]" not in real
    invented = await visitor.text(f"/incidents.{kind}?demonstration=1")
    assert "DZ-2026-0131-d3m0" in invented
    assert "[DEMO]" in invented
    assert "LY-2026-0131" not in invented


async def test_single_invented_event_is_exported_only_when_asked_for(store: Store, visitor: Visitor):
    store_incidents(store, *mixed())
    refused = await visitor.ask("/incidents/DZ-2026-0131-d3m0.json")
    assert refused.status == 404
    assert "?demonstration=1" in json.loads(refused.body)["error"]
    document = await get_json(visitor, "/incidents/DZ-2026-0131-d3m0.json?demonstration=1")
    assert document["demonstration"] is True
    assert document["notice"] == "[DEMO] invented events"


@pytest.mark.parametrize("phase", ["", "&phase=open"])
async def test_json_pages_lose_and_repeat_nothing(store: Store, visitor: Visitor, phase: str):
    # Several changed at the same instant: the order has to hold all the same.
    made = [
        an_incident(
            f"LY-2026-0131-{n:04d}",
            changed=NOW - timedelta(hours=n // 3),
            phase=Phase.CLOSED if phase and n % 4 == 0 else Phase.OPEN,
        )
        for n in range(11)
    ]
    store_incidents(store, *made)
    path: str | None = f"/incidents.json?limit=2{phase}"
    seen: list[str] = []
    while path:
        answer = await visitor.ask(path)
        document = json.loads(answer.body)
        seen += ids(document)
        following = document["next"]
        assert answer.headers.get("link") == (f'<{following}>; rel="next"' if following else None)
        path = following.removeprefix(visitor.base) if following else None
    wanted = [incident.public_id for incident in made if not phase or incident.phase is Phase.OPEN]
    assert sorted(seen) == wanted


async def test_atom(store: Store, visitor: Visitor):
    stored = store_incidents(store, *mixed())
    answer = await visitor.ask("/incidents.atom?class=border_crossing")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.body)
    entries = feed.findall(f"{ATOM}entry")
    wanted = [stored[0], stored[2]]
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [
        f"tag:alertsvc.invalid,2026-02-01:incident/{incident.public_id}" for incident in wanted
    ]
    assert [datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "") for entry in entries] == [
        incident.changed for incident in wanted
    ]
    assert [link.get("href") for entry in entries for link in entry.findall(f"{ATOM}link")] == [
        f"{visitor.base}/incidents/{incident.public_id}" for incident in wanted
    ]
    assert datetime.fromisoformat(feed.findtext(f"{ATOM}updated") or "") == wanted[0].changed
    for name in ("id", "title", "updated", "author"):  # RFC 4287 section 4.1.1
        assert len(feed.findall(ATOM + name)) == 1
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"{visitor.base}/incidents.atom?class=border_crossing&limit=100"


async def test_atom_id_outlives_changes_and_ways_in(store: Store, clock: ManualClock):
    [stored] = store_incidents(store, an_incident())
    before = atom([stored], ADDRESSES, NOW, service="desk", demonstration=False)
    later = replace(stored, changed=NOW, updates=(*stored.updates, an_update(number=3)))
    elsewhere = replace(ADDRESSES, base="http://10.0.0.1:8080", here="/incidents.atom?limit=3")
    after = atom([later], elsewhere, NOW, service="other name", demonstration=False)
    assert [item.text for item in ET.fromstring(before).iter(f"{ATOM}id")] == [
        item.text for item in ET.fromstring(after).iter(f"{ATOM}id")
    ]


async def test_public_address_rules_links_and_ids(store: Store, clock: ManualClock):
    store_incidents(store, an_incident())
    async with visiting(pages_for(store, clock, public_url="https://Alerts.example/desk/")) as visitor:
        feed = ET.fromstring(await visitor.text("/incidents.atom"))
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert (entry.findtext(f"{ATOM}id") or "").startswith("tag:alerts.example,2026-02-01:")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "https://Alerts.example/desk/incidents/LY-2026-0131-7f3a"


@pytest.mark.parametrize("host", ['a"b.example', "evil.example/path?", "user@evil.example", "a b"])
async def test_bad_host_header_does_not_enter_links(store: Store, visitor: Visitor, host: str):
    store_incidents(store, an_incident())
    answer = await visitor.ask("/incidents.json", headers={"Host": host})
    assert json.loads(answer.body)["incidents"][0]["link"] == "/incidents/LY-2026-0131-7f3a"


async def test_geojson(store: Store, visitor: Visitor):
    stored = store_incidents(store, *mixed())
    answer = await visitor.ask("/incidents.geojson")
    assert answer.headers["content-type"].startswith("application/geo+json")
    document = json.loads(answer.body)
    assert document["type"] == "FeatureCollection"
    assert [feature["id"] for feature in document["features"]] == [item.public_id for item in stored[:3]]
    first, second, third = (feature["geometry"] for feature in document["features"])
    assert first == {"type": "Point", "coordinates": [14.3321, 22.913457]}
    assert second == {"type": "Point", "coordinates": [22.5, 27.6]}
    assert third is None
    properties = document["features"][1]["properties"]
    assert properties["class"] == "oil_facility"
    assert properties["label"] == "Severe"
    assert properties["killed"] == {"low": 3, "high": None}


@pytest.mark.parametrize(("latitude", "longitude"), [(91.0, 0.0), (0.0, 180.5), (None, 3.0)])
def test_geojson_has_no_point_off_the_globe(latitude: float | None, longitude: float):
    place = Place("X", PlaceKind.OIL, latitude=latitude, longitude=longitude)
    incident = replace(an_incident(), place=place, reports=(), updates=())
    assert geojson([incident], ADDRESSES)["features"][0]["geometry"] is None


texts = st.text(st.characters(), max_size=60)  # control characters and lone surrogates too


@given(title=texts, place=texts, change=texts, service=texts)
def test_any_text_makes_well_formed_exports(title: str, place: str, change: str, service: str):
    where = Place(place, PlaceKind.CROSSING, "LY")
    report = replace(a_report(title=title, detection=a_detection(place=where, attackers=(title,))), id=5)
    incident = replace(
        an_incident(), place=where, reports=(report,), updates=(an_update(changes=(change,), report_id=5),)
    )
    body = atom([incident], ADDRESSES, NOW, service=service, demonstration=False)
    [entry] = ET.fromstring(body).findall(f"{ATOM}entry")
    assert len(entry) == 7
    document = list_document([incident], ADDRESSES, NOW, demonstration=False)
    assert json.loads(json.dumps(document))["incidents"][0]["place"] == to_json(incident)["place"]
    json.dumps(geojson([incident], ADDRESSES))
