"""Fills a store with a dozen made-up incidents and serves it, to be looked at: `python -m tests.web.showcase PORT`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import replace
from datetime import date, timedelta

from alertsvc.clock import ManualClock
from alertsvc.domain import (
    Action,
    Channel,
    Claim,
    Count,
    DeliveryState,
    Incident,
    IncidentClass,
    Phase,
    Place,
    PlaceKind,
    Severity,
    SeverityTerm,
    Status,
)
from alertsvc.store import Store
from alertsvc.store.problems import record_problem
from alertsvc.web import Server, create_app
from tests.web.support import (
    NOW,
    SARIR,
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
)

SITES = (
    (IncidentClass.OIL, SARIR, Action.AIRSTRIKE, 2.5),
    (IncidentClass.OIL, Place("Hariga", PlaceKind.OIL, "LY", "o-hariga", 32.06, 24.0, tier=1), Action.SHUTDOWN, 2.0),
    (IncidentClass.BORDER, Place("Wazin-Dehiba", PlaceKind.CROSSING, "LY-TN", "x-wazin"), Action.REOPENING, 0.5),
    (IncidentClass.BORDER, Place("Ras Ajdir", PlaceKind.CROSSING, "LY-TN", "x-ras"), Action.CLOSURE, 1.0),
    (
        IncidentClass.CAPITAL,
        Place("Massakory road", PlaceKind.APPROACH, "TD", None, 12.9, 15.7, "N'Djamena", 45),
        Action.ADVANCE,
        3.5,
    ),
    (IncidentClass.CAPITAL, Place("Kati", PlaceKind.APPROACH, "ML", "a-kati", capital="Bamako"), Action.REPELLED, 1.5),
    (IncidentClass.BORDER, Place("معبر التوم", PlaceKind.CROSSING, "LY-NE"), Action.CLASH, 1.5),
)


def incidents() -> list[Incident]:
    """A dozen, each site once and some of them again in other phases."""
    arabic = a_report(
        7001,
        title="مسلحون يسيطرون على معبر التوم الحدودي مع النيجر ويقتلون ثلاثة جنود على الأقل",
        outlet_name="الحدود",
        language="ar",
        detection=a_detection(
            claims=(Claim("القيادة العامة", "استعادت قواتنا السيطرة على المعبر بالكامل", denies=True),),
            sentences=("سيطر مسلحون فجر السبت على معبر التوم الحدودي بين ليبيا والنيجر.",),
        ),
    )
    copy = a_report(7002, same_text_as="Paper 7000", origin="afp", title="Armed men overrun border post (AFP)")
    first = an_incident(
        reports=(a_report(7000), arabic, copy),
        updates=(
            an_update(),
            an_update(number=2, material=False, changes=("same text by another outlet",), at=NOW - timedelta(hours=4)),
            an_update(
                number=3,
                at=NOW - timedelta(hours=2),
                changes=("retaken, says one side", "severity 3.0 -> 2.5: site retaken within 24 hours"),
                status=Status.DISPUTED,
                action=Action.RECAPTURE,
                severity=2.5,
                severity_before=3.0,
                killed=Count(4),
                killed_before=Count(3),
            ),
        ),
        status=Status.DISPUTED,
    )
    found = [first]
    for number, (kind, place, action, value) in enumerate(SITES):
        detection = a_detection(incident_class=kind, place=place, action=action, killed=None, attackers=())
        found.append(
            an_incident(
                f"{place.country}-2026-0130-{number:04d}",
                incident_class=kind,
                place=place,
                action=action,
                severity=Severity(value, value, (SeverityTerm("base", value, action.value),)),
                reports=(a_report(8000 + number, detection=detection),),
                updates=(an_update(action=action, severity=value, killed=None),),
                killed=None,
                phase=(Phase.OPEN, Phase.RESOLVED)[action in (Action.REOPENING, Action.REPELLED)],
                changed=NOW - timedelta(hours=3 * number + 1),
            )
        )
    for number in range(4):
        opened = NOW - timedelta(days=12 + number)
        found.append(
            an_incident(
                f"LY-2026-0110-c{number:03d}",
                phase=Phase.CLOSED,
                opened=opened,
                changed=opened + timedelta(hours=9),
                event_date=date(2026, 1, 10 + number),
                status=Status.WITHDRAWN if number == 0 else Status.CONFIRMED,
            )
        )
    return [*found, an_invented(), an_invented("LY-2026-0131-d3m1", place=SARIR, incident_class=IncidentClass.OIL)]


def fill(store: Store) -> None:
    """Put everything into a store."""
    store_incidents(store, *incidents())
    gone = a_poll(outcome="gone", error="410 Gone", success=False, gone=True)
    failed = a_poll(
        outcome="http_error",
        error="503 Service Unavailable from https://sahel-daily.example/feed?token=abc",
        success=False,
        next_due=NOW + timedelta(hours=2),
    )
    store_feeds(
        store,
        a_feed("north-wire"),
        a_feed("sahel-daily", language="fr", country="ML", title="Le Quotidien du Sahel"),
        a_feed("al-hudud", language="ar", title="الحدود"),
        a_feed("old-paper"),
        a_feed("new-paper", verified=False),
        a_feed("off-paper", enabled=False),
        a_feed("maghreb-wire", url="demo:maghreb-wire", demonstration=True, interval=60),
        polls={
            "north-wire": a_poll(),
            "al-hudud": a_poll(outcome="not_modified"),
            "sahel-daily": failed,
            "old-paper": gone,
            "maghreb-wire": a_poll(),
        },
        at=NOW - timedelta(minutes=4),
    )
    store_articles(
        store, {f"a{n}": "read" for n in range(40)} | {f"s{n}": "unsupported" for n in range(3)} | {"u": "unread"}
    )
    store_deliveries(
        store,
        a_delivery(),
        a_delivery(
            "update:LY-2026-0131-7f3a:2:1", state=DeliveryState.DUE, sent=None, attempts=2, error="451 try later"
        ),
        a_delivery(
            "flash:LY-2026-0131-7f3a:2",
            channel=Channel.SLACK,
            state=DeliveryState.FAILED,
            sent=None,
            error="550 no such user reader@example.org",
        ),
    )
    demo = a_delivery("flash:DZ-2026-0131-d3m0:3")
    store_deliveries(store, replace(demo, briefing=replace(demo.briefing, demonstration=True)))
    with store.begin() as conn:
        record_problem(conn, "feed", "sahel-daily", "503 Service Unavailable", NOW - timedelta(minutes=4))
        record_problem(conn, "delivery", "subscriber 2", "550 no such user reader@example.org", NOW)


def main(port: int) -> None:
    """Serve until interrupted."""
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{folder}/show.db") as store:
        fill(store)
        pages = pages_for(store, ManualClock(NOW), demonstration=True)
        asyncio.run(Server(create_app(pages), host="127.0.0.1", port=port).serve(print))


if __name__ == "__main__":
    main(int(sys.argv[1]))
