"""What is refused, how it is told, and that every answer carries the headers."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from alertsvc.clock import ManualClock
from alertsvc.store import Store
from alertsvc.web.headers import SECURITY_HEADERS
from tests.web.support import Visitor, an_incident, pages_for, store_incidents, visiting

GOOD = (
    "/",
    "/incidents",
    "/incidents.json",
    "/incidents.atom",
    "/incidents.geojson",
    "/incidents/LY-2026-0131-7f3a",
    "/incidents/LY-2026-0131-7f3a.json",
    "/feeds",
    "/healthz",
    "/readyz",
    "/metrics",
    "/style.css",
    "/icon.svg",
)
MISSING = ("/incidents/", "/incidents/XX-1", "/incidents/XX-1.json", "/incidents/a%00b", "/x.atom", "/../etc", "/docs")
BAD = (
    ("class=fire", "class must be one of border_crossing, oil_facility, capital_approach"),
    ("phase=OPEN", "phase must be one of open, resolved, closed"),
    ("country=Libya", "country must be an ISO code"),
    ("country=L%00", "country must be an ISO code"),
    ("limit=0", "limit must be a whole number from 1 to 200"),
    ("limit=201", "limit must be"),
    ("limit=1e2", "limit must be"),
    ("limit=%D9%A3", "limit must be"),
    ("demonstration=yes", "demonstration must be 0 or 1"),
    ("after=%3Cscript%3E", "after must be the id of an incident"),
    ("after=XX-2026", "after names no incident of this list"),
    ("after=LY-2026-0131-7f3a&demonstration=1", "after names no incident of this list"),
    ("clas=oil_facility", "unknown parameter 'clas'"),
    ("limit=3&limit=4", "limit is given twice"),
)


@pytest.fixture
def incident(store: Store) -> None:
    store_incidents(store, an_incident())


def assert_headers(headers: dict[str, str]) -> None:
    for name, value in SECURITY_HEADERS.items():
        if name != "Cache-Control":
            assert headers[name.lower()] == value
    assert "cache-control" in headers
    assert "server" not in headers


@pytest.mark.usefixtures("incident")
async def test_every_answer_carries_the_headers(visitor: Visitor):
    for path in (*GOOD, *MISSING):
        assert_headers((await visitor.ask(path)).headers)
    assert_headers((await visitor.ask("/", "POST")).headers)
    assert_headers((await visitor.ask("/incidents?x=1")).headers)
    assert "'unsafe-inline'" not in SECURITY_HEADERS["Content-Security-Policy"]


@pytest.mark.usefixtures("incident")
async def test_head_is_answered_like_get_without_a_body(visitor: Visitor):
    for path in GOOD:
        got, head = await visitor.ask(path), await visitor.ask(path, "HEAD")
        assert got.status == head.status, path
        assert head.body == b""
        assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_nothing_but_reading_is_allowed(visitor: Visitor, method: str):
    for path in GOOD:
        answer = await visitor.ask(path, method)
        assert answer.status == 405, path
        assert set(answer.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", MISSING)
async def test_missing_pages(visitor: Visitor, path: str):
    answer = await visitor.ask(path)
    assert answer.status == 404
    if path.endswith(".json"):
        assert "error" in json.loads(answer.body)
    elif not path.endswith(".atom"):
        assert "<h1>Not found</h1>" in answer.text


@pytest.mark.usefixtures("incident")
@pytest.mark.parametrize(("query", "message"), BAD)
async def test_bad_parameters_are_told(visitor: Visitor, query: str, message: str):
    answer = await visitor.ask(f"/incidents.json?{query}")
    assert answer.status == 400
    assert message in json.loads(answer.body)["error"]
    for kind in ("", ".atom", ".geojson"):
        again = await visitor.ask(f"/incidents{kind}?{query}")
        assert again.status == 400
        assert b"<script>" not in again.body or again.headers["content-type"].startswith(
            ("text/plain", "application/json")
        )


async def test_database_that_is_gone_is_told_without_its_words(store: Store, visitor: Visitor):
    store.close()
    for path in ("/", "/feeds", "/incidents", "/incidents.json", "/incidents/LY-1"):
        answer = await visitor.ask(path)
        assert answer.status == 503
        assert "did not answer" in answer.text
        assert_headers(answer.headers)


async def test_fault_of_ours_says_nothing_of_itself(store: Store, clock: ManualClock, caplog: pytest.LogCaptureFixture):
    def broken() -> datetime:
        raise RuntimeError("inner secret")

    async with visiting(pages_for(store, clock, heartbeat=broken)) as visitor:
        answer = await visitor.ask("/")
        assert answer.status == 500
        assert "inner secret" not in answer.text
        assert_headers(answer.headers)
        assert (await visitor.ask("/healthz")).status == 200
    assert "inner secret" in caplog.text
