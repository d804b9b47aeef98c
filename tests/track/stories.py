"""Invented places, reports and articles for the tests of filing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from alertsvc.domain import Action, Count, Detection, Incident, IncidentClass, Place, PlaceKind
from alertsvc.resources import data_dir
from alertsvc.track.copies import sketch
from alertsvc.track.filing import ArticleInfo, Filing, file_report
from alertsvc.track.joining import bridge
from alertsvc.track.severity import SeverityTable

TABLE = SeverityTable.load(data_dir("rules") / "severity.yaml")
DAY0 = date(2026, 1, 31)
NOON = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

AL_TUM = Place("Al-Tum", PlaceKind.CROSSING, "LY-NE", "ly-ne-al-tum", 22.8, 14.1, tier=2)
SALVADOR = Place("Salvador Pass", PlaceKind.CROSSING, "LY-NE", "ly-ne-salvador", 22.9, 14.15, tier=2)
WADI = Place("Wadi Zelfana crossing", PlaceKind.CROSSING, "DZ-LY")
SHARARA = Place("El Sharara", PlaceKind.OIL, "LY", "ly-sharara", 26.577, 12.23, tier=1)
GATE = Place("Gate 27", PlaceKind.APPROACH, "LY", "ly-gate-27", 32.85, 12.93, "Tripoli", 27.0)
GHARYAN = Place("Gharyan", PlaceKind.APPROACH, "LY", "ly-gharyan", 32.17, 13.02, "Tripoli", 81.1)
TRIPOLI = Place("Tripoli", PlaceKind.CAPITAL, "LY", "ly-tripoli", 32.88, 13.19, "Tripoli", 0.0)
BENGHAZI = Place("Benghazi", PlaceKind.CAPITAL, "LY", "ly-benghazi", 32.11, 20.07, "Benghazi", 0.0)

CLASS_OF = {
    PlaceKind.CROSSING: IncidentClass.BORDER,
    PlaceKind.OIL: IncidentClass.OIL,
    PlaceKind.CAPITAL: IncidentClass.CAPITAL,
    PlaceKind.APPROACH: IncidentClass.CAPITAL,
}
VOCABULARY = [f"word{number}" for number in range(4000)]


def prose(seed: int, length: int = 120) -> str:
    """Return invented text; that of another seed shares no run of words with it."""
    random = Random(seed)
    return " ".join(random.choice(VOCABULARY) for _ in range(length))


def told(action: Action, place: Place = AL_TUM, day: date | None = DAY0, **fields: Any) -> Detection:
    killed = fields.pop("killed", None)
    return Detection(
        incident_class=CLASS_OF[place.kind],
        probability=0.9,
        action=action,
        place=place,
        event_date=day,
        killed=Count(killed) if isinstance(killed, int) else killed,
        **fields,
    )


def article(number: int, at: datetime = NOON, *, text: str | None = None, **fields: Any) -> ArticleInfo:
    outlet = fields.pop("outlet", f"outlet{number}.example")
    plain = ArticleInfo(
        article_id=number,
        outlet=outlet,
        outlet_name=fields.pop("outlet_name", outlet.removesuffix(".example").title()),
        owner=fields.pop("owner", outlet),
        title=f"Headline {number}",
        url=f"https://{outlet}/{number}",
        language="en",
        published=at,
        fetched=at + timedelta(minutes=5),
        text=prose(number) if text is None else text,
        text_hash=f"hash-{number}",
    )
    return replace(plain, **fields)


class Shelf:
    """Incidents in memory, filed one detection after the other, with ids as a store would give."""

    def __init__(self, window_days: int = 7) -> None:
        self.incidents: list[Incident] = []
        self.texts: dict[int, str] = {}
        self.corrections: dict[str, str] = {}
        self.window_days = window_days

    def file(self, detection: Detection, source: ArticleInfo, now: datetime | None = None) -> Filing:
        filing = file_report(
            detection,
            source,
            self.incidents,
            now=now or source.fetched,
            window_days=self.window_days,
            table=TABLE,
            texts={number: sketch(text) for number, text in self.texts.items()},
        )
        self.texts[source.article_id] = source.text
        self.put(filing.incident)
        joined = bridge(
            filing,
            source.outlet_name,
            self.find,
            now=now or source.fetched,
            table=TABLE,
            window_days=self.window_days,
        )
        for ruled in joined:
            self.put(ruled.filing.incident)
            if ruled.correction is not None:
                self.corrections[ruled.filing.incident.public_id] = ruled.correction
        return filing

    def put(self, incident: Incident) -> None:
        self.incidents = [*(item for item in self.incidents if item.public_id != incident.public_id), incident]

    def find(self, public_id: str) -> Incident | None:
        return next((item for item in self.incidents if item.public_id == public_id), None)

    def get(self, public_id: str) -> Incident:
        found = self.find(public_id)
        assert found is not None, public_id
        return found

    def file_all(self, items: Iterable[tuple[Detection, ArticleInfo]]) -> list[Filing]:
        return [self.file(detection, source) for detection, source in items]

    @property
    def only(self) -> Incident:
        assert len(self.incidents) == 1, [item.public_id for item in self.incidents]
        return self.incidents[0]

    def membership(self) -> set[frozenset[tuple[int, str]]]:
        return {
            frozenset((report.article_id, report.detection.place.name) for report in incident.reports)
            for incident in self.incidents
            if incident.merged_into is None
        }


def changes(filings: Sequence[Filing]) -> list[str]:
    return [phrase for filing in filings if filing.update is not None for phrase in filing.update.changes]
