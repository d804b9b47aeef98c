"""Invented incidents to compose briefings of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from alertsvc.domain import (
    Action,
    Claim,
    Count,
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    PlaceKind,
    Report,
    Severity,
    SeverityTerm,
    Status,
    Update,
)

NOW = datetime(2031, 5, 7, 6, 30, tzinfo=UTC)
CROSSING = Place("Wadi Marra", PlaceKind.CROSSING, "LY-NE", "ly-ne-wadi-marra", 23.0, 14.0, tier=2)
TERMINAL = Place("Ras Kadir terminal", PlaceKind.OIL, "LY", "ly-ras-kadir", 30.0, 18.0, tier=1)
APPROACH = Place("Bir Salem", PlaceKind.APPROACH, "LY", "ly-bir-salem", 32.6, 13.1, "Tripoli", 28.4)
CAPITAL = Place("Tripoli", PlaceKind.CAPITAL, "LY", "ly-tripoli", 32.9, 13.2, "Tripoli", None)
PLACES = {
    IncidentClass.BORDER: CROSSING,
    IncidentClass.OIL: TERMINAL,
    IncidentClass.CAPITAL: APPROACH,
}


def detection(incident_class: IncidentClass = IncidentClass.BORDER, **fields: Any) -> Detection:
    values: dict[str, Any] = {
        "incident_class": incident_class,
        "probability": 0.95,
        "action": Action.SEIZURE,
        "place": PLACES[incident_class],
        "event_date": date(2031, 5, 6),
        "killed": Count(3),
        "attackers": ("armed men",),
        "origin": "Desert Wire",
        "sentences": ("Armed men in pick-up trucks took the Wadi Marra post before dawn and raised their flag.",),
    }
    return Detection(**(values | fields))


def report(number: int = 1, found: Detection | None = None, **fields: Any) -> Report:
    seen = NOW - timedelta(hours=3) + timedelta(minutes=10 * number)
    values: dict[str, Any] = {
        "article_id": 100 + number,
        "outlet": f"outlet{number}.example",
        "outlet_name": ("Sahel Gazette", "Desert Post", "Oasis Radio", "Coast Mail")[(number - 1) % 4],
        "origin": f"outlet{number}.example",
        "title": f"Report number {number} on the events at the post",
        "url": f"https://outlet{number}.example/news/{number}",
        "language": "en",
        "published": seen,
        "fetched": seen + timedelta(minutes=5),
        "detection": found or detection(),
        "id": number,
    }
    return Report(**(values | fields))


def update(number: int = 1, **fields: Any) -> Update:
    values: dict[str, Any] = {
        "number": number,
        "at": NOW - timedelta(hours=2) + timedelta(minutes=10 * number),
        "material": True,
        "changes": ("opened",),
        "status": Status.REPORTED,
        "action": Action.SEIZURE,
        "severity": 2.5,
        "killed": Count(3),
        "report_id": number,
    }
    return Update(**(values | fields))


def severity(value: float = 2.5) -> Severity:
    terms = (
        SeverityTerm("base", 2.0, "seizure"),
        SeverityTerm("deaths", 0.25, "at least 3"),
        SeverityTerm("captured", 0.0, "none known"),
        SeverityTerm("asset", 0.25, "tier 2"),
    )
    return Severity(value, 2.5, terms)


def incident(**fields: Any) -> Incident:
    values: dict[str, Any] = {
        "public_id": "LY-2031-0506-0a1b",
        "incident_class": IncidentClass.BORDER,
        "place": CROSSING,
        "action": Action.SEIZURE,
        "phase": Phase.OPEN,
        "status": Status.REPORTED,
        "severity": severity(),
        "opened": NOW - timedelta(hours=2),
        "changed": NOW - timedelta(hours=2),
        "event_date": date(2031, 5, 6),
        "killed": Count(3),
        "reports": (report(),),
        "updates": (update(),),
        "id": 11,
    }
    return Incident(**(values | fields))


def retaken(**fields: Any) -> Incident:
    """The crossing is seized, told of by a second outlet, and retaken: three updates."""
    back = detection(
        action=Action.RECAPTURE,
        attackers=("the border guard",),
        killed=Count(5),
        captured=Count(4),
        reversed_within_day=True,
        claims=(Claim("the border guard", "The post is ours and the gang is gone."),),
        sentences=("The border guard drove the men out of the post by noon.",),
    )
    second = detection(killed=Count(4), claims=(Claim("Free South Front", "We hold the gate.", denies=False),))
    return incident(
        action=Action.RECAPTURE,
        status=Status.CONFIRMED,
        severity=Severity(
            2.0,
            2.0,
            (SeverityTerm("base", 2.0, "recapture"), SeverityTerm("reversal", -0.5, "site retaken within 24 hours")),
        ),
        killed=Count(5),
        reports=(report(), report(2, second), report(3, back)),
        updates=(
            update(),
            update(2, changes=("now Confirmed by a second source",), status=Status.CONFIRMED, severity_before=2.5),
            update(
                3,
                changes=("retaken by the border guard", "toll now at least 5 (was 3)"),
                status=Status.CONFIRMED,
                action=Action.RECAPTURE,
                severity=2.0,
                severity_before=2.5,
                killed=Count(5),
                killed_before=Count(3),
            ),
        ),
        **fields,
    )


def many(count: int) -> list[Incident]:
    """So many incidents of all classes and actions, severities from 0.5 to 5.0."""
    actions, classes = list(Action), list(IncidentClass)
    found = []
    for number in range(count):
        kind, action = classes[number % 3], actions[number % len(actions)]
        value = 0.5 + (number % 10) / 2
        told = detection(kind, action=action, killed=None if number % 2 else Count(number))
        found.append(
            incident(
                public_id=f"LY-2031-0506-{number:04x}",
                incident_class=kind,
                action=action,
                severity=severity(value),
                killed=told.killed,
                reports=(report(number + 1, told),),
                updates=(update(1, action=action, severity=value, killed=told.killed, report_id=number + 1),),
                id=number + 1,
            )
        )
    return found


def hostile(incident_: Incident, text: str) -> Incident:
    """The same incident with a text from outside in every place where one can stand."""
    reports = tuple(
        replace(
            item,
            outlet_name=text,
            title=text,
            origin=text,
            detection=replace(
                item.detection,
                attackers=(text,),
                targets=(text,),
                claims=(Claim(text, text), Claim(f"B {text}", text, denies=True)),
                sentences=(text,),
                place=replace(item.detection.place, name=text),
            ),
        )
        for item in incident_.reports
    )
    updates = tuple(replace(item, changes=(text, text)) for item in incident_.updates)
    return replace(incident_, reports=reports, updates=updates)


def traced(facts: Any) -> Iterator[dict[str, Any]]:
    """Yield everything in the facts that carries a text with reports."""
    if isinstance(facts, dict):
        if "text" in facts or "line" in facts:
            yield facts
        for value in facts.values():
            yield from traced(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from traced(value)
