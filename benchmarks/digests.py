"""How long digests take: a tick at which nothing is due, and one at which everybody's is.

    python -m benchmarks.digests [--subscribers 10000] [--editions 20] [--incidents 50] [--url URL]

Subscribers of invented addresses ask for as many different editions (a filter of countries each); the incidents of one
day are the same for all. Times are CPU times of the process. The last line tells how much composing each edition once
spares against composing it for every subscriber, worked out from the time that one edition takes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from alertsvc.clock import ManualClock
from alertsvc.digest import Digester
from alertsvc.domain import (
    Action,
    BriefingKind,
    Channel,
    Count,
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    PlaceKind,
    Report,
    Severity,
    Status,
    Subscriber,
    Update,
)
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.incident_writes import insert_incident
from alertsvc.store.subscribers import add_subscriber

__all__ = ["main", "run"]

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
COUNTRIES = ("LY", "TN", "DZ", "EG", "NE", "TD", "SD", "ML", "MR", "MA")


def _incident(number: int) -> Incident:
    country = COUNTRIES[number % len(COUNTRIES)]
    place = Place(f"Post {number}", PlaceKind.CROSSING, country, f"xx-{number}", 20 + number / 100, 10.0)
    found = Detection(IncidentClass.BORDER, 0.9, Action.SEIZURE, place, date(2026, 2, 1), killed=Count(number % 9))
    report = Report(
        number, "wire.example", "The Wire", "wire.example", f"Post {number} seized", None, "en", NOON, NOON, found
    )
    step = Update(1, NOON, True, ("opened",), Status.REPORTED, Action.SEIZURE, 2.5, killed=found.killed)
    return Incident(
        public_id=f"{country}-2026-0201-{number:04x}",
        incident_class=IncidentClass.BORDER,
        place=place,
        action=Action.SEIZURE,
        phase=Phase.OPEN,
        status=Status.REPORTED,
        severity=Severity(2.5, 2.5, ()),
        opened=NOON,
        changed=NOON,
        event_date=date(2026, 2, 1),
        killed=found.killed,
        reports=(report,),
        updates=(step,),
    )


def _subscriber(number: int, editions: int) -> Subscriber:
    edition = number % editions
    countries = tuple(COUNTRIES[place] for place in range(len(COUNTRIES)) if not (edition >> place) & 1)
    person = Subscriber(f"s{number}", Channel.EMAIL, f"s{number}@example.org", countries=countries)
    return replace(person, kinds=(BriefingKind.DAILY,))


def run(subscribers: int, editions: int, incidents: int, url: str) -> dict[str, float]:
    """Return CPU seconds by what they were spent on."""
    clock = ManualClock(NOON - timedelta(hours=1))
    with Store.open(url) as store:
        with store.begin() as conn:
            for number in range(subscribers):
                add_subscriber(conn, _subscriber(number, editions), clock.now())
        digester = Digester(store, Settings(), clock)
        spent = {"first": _timed(digester, subscribers)}
        with store.begin() as conn:
            for number in range(incidents):
                insert_incident(conn, _incident(number))
        clock.move_to(NOON + timedelta(hours=1))
        spent["idle"] = _timed(digester, 0)
        clock.move_to(NOON + timedelta(days=1))
        spent["due"] = _timed(digester, subscribers)
    with Store.open("sqlite:///:memory:") as alone:
        with alone.begin() as conn:
            add_subscriber(conn, _subscriber(0, 1), NOON)
            for number in range(incidents):
                insert_incident(conn, _incident(number))
        clock = ManualClock(NOON + timedelta(hours=1))
        spent["edition"] = _timed(Digester(alone, Settings(), clock), 1)
    return spent


def _timed(digester: Digester, expected: int) -> float:
    begin = time.process_time()
    written = digester.run_once()
    spent = time.process_time() - begin
    if written != expected:
        raise RuntimeError(f"{written} digests were written, and {expected} were expected")
    return spent


def main(arguments: list[str] | None = None) -> None:
    """Run the measurement and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--editions", type=int, default=20)
    parser.add_argument("--incidents", type=int, default=50)
    parser.add_argument("--url", help="an empty database; else one of SQLite that is thrown away")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'a.db'}"
        spent = run(given.subscribers, given.editions, given.incidents, url)
    people = given.subscribers
    sys.stdout.write(
        f"{people} subscribers, {given.editions} editions, {given.incidents} incidents\n"
        f"tick at which nothing is due: {spent['idle'] * 1000:.0f} ms\n"
        f"tick at which all are due: {spent['due']:.2f} s, {spent['due'] / people * 1000:.2f} ms a subscriber\n"
        f"composing and writing one edition for one subscriber: {spent['edition'] * 1000:.0f} ms\n"
        f"once for each subscriber would take {spent['edition'] * people / spent['due']:.1f} times as long\n"
    )


if __name__ == "__main__":
    main()
