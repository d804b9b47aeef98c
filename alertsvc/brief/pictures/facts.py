"""Describing pictures as plain facts, which are kept with a briefing and drawn when it is rendered.

A description holds all that its picture shows, the alternative text, the line that stands for it in plain mail and in
Slack, and the name by which the page calls it. Nothing is shown that no report says: a place without coordinates has
no map, a week without data no bar, a period without incidents no gauge.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from alertsvc.brief.account import Account
from alertsvc.brief.category import category
from alertsvc.brief.index import Index, band_of, shares
from alertsvc.brief.index import gauge as gauge_words
from alertsvc.brief.pictures.mapsheet import WIDTH
from alertsvc.brief.pictures.projection import distance_km
from alertsvc.brief.pictures.sites import capitals_of
from alertsvc.brief.pictures.telling import told
from alertsvc.brief.texts import clean
from alertsvc.brief.wording import language as words_of
from alertsvc.domain import Action, IncidentClass, Place, PlaceKind, Status

__all__ = [
    "Counted",
    "Located",
    "Week",
    "area_map",
    "gauge",
    "incident_map",
    "incident_pictures",
    "period_pictures",
    "share_bar",
    "trend",
    "weeks_of",
]

MAX_NAME = 48
MAX_POINTS = 60
_CLOSED = frozenset({Action.CLOSURE, Action.BLOCKADE, Action.SHUTDOWN})
_OPEN = frozenset({Action.REOPENING, Action.RESUMPTION})
_FOUGHT_OVER = frozenset({Action.ATTACK, Action.CLASH, Action.SIEGE})
_CHANGES_HANDS = frozenset({Action.SEIZURE, Action.RECAPTURE, Action.REPELLED})
_SETTLED = frozenset({Status.WITHDRAWN, Status.REVERSED})


@dataclass(frozen=True, slots=True)
class Located:
    """An incident of a digest: its number in the table, what is known of it, the severity that it counts with."""

    number: int
    account: Account
    severity: float


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the trend; `count` is None where the service was not there to see, `index` where nothing happened."""

    start: date
    count: int | None
    index: float | None


def _finished(description: dict[str, Any], reports: Sequence[int], *, said: bool = False) -> dict[str, Any]:
    """Return a description with its texts and its name.

    Args:
        reports: ids of those that it rests on.
        said: the briefing tells the same in words, so that the line need not stand below the picture.
    """
    description = {**description, **told(description), "said": said, "reports": list(dict.fromkeys(reports))}
    digest = hashlib.sha256(json.dumps(description, sort_keys=True).encode()).hexdigest()[:20]
    return {**description, "width": WIDTH, "cid": f"{description['kind'].replace('_', '-')}.{digest}@pictures.alertsvc"}


def _place(account: Account) -> Place | None:
    """Return the place of an account as `account_at` chooses it, None where it has no coordinates."""
    places = [report.detection.place for report in account.reports]
    place = next((item for item in places if item.gazetteer_id), account.main.detection.place)
    if place.latitude is None or place.longitude is None:
        place = next((item for item in places if item.latitude is not None and item.longitude is not None), place)
    if place.latitude is None or place.longitude is None:
        return None
    return place if -90 <= place.latitude <= 90 and -180 <= place.longitude <= 180 else None


def _countries(place: Place) -> list[str]:
    return [code for code in (place.country or "").split("-") if code][:2]


def _state(account: Account) -> str | None:
    """Return how a crossing stands: by what is said of its traffic, else contested.

    Contested is one that is fought over, or of which the sides contradict each other who has it. One that was taken,
    and nobody says otherwise, is in somebody's hands; whether traffic passes is then for the reports to say.
    """
    if account.kind is not PlaceKind.CROSSING or account.status in _SETTLED:
        return None
    if account.flow == "stopped" or account.action in _CLOSED:
        return "closed"
    if account.flow == "resumed" or account.action in _OPEN:
        return "open"
    disputed = account.status is Status.DISPUTED and account.action in _CHANGES_HANDS
    return "contested" if disputed or account.action in _FOUGHT_OVER else None


def _capital(place: Place, language: str) -> dict[str, Any] | None:
    """Return the nearest capital of the countries of a place with its distance; a distance that a text gives leads."""
    spot = (place.longitude or 0.0, place.latitude or 0.0)
    found = [seat for country in _countries(place) for seat in capitals_of(country)]
    named = [seat for seat in found if place.capital and seat.names["en"].casefold() == place.capital.casefold()]
    leading = named or [seat for country in _countries(place) for seat in capitals_of(country)[:1]]
    if not leading:
        return None
    seat = min(leading, key=lambda item: distance_km(spot, (item.longitude, item.latitude)))
    away = distance_km(spot, (seat.longitude, seat.latitude))
    km = place.km_to_capital if place.km_to_capital is not None and (named or len(leading) == 1) else away
    return {
        "name": seat.name(language),
        "longitude": seat.longitude,
        "latitude": seat.latitude,
        "km": round(km) if km >= 1 else None,
    }


def incident_map(account: Account, language: str = "en", severity: float | None = None) -> dict[str, Any] | None:
    """Describe the map of an incident as known at an update.

    Args:
        language: of the names and texts.
        severity: the severity to show, where it is not that of the account's update.

    Returns None where the place has no coordinates, or nothing happened there after all.
    """
    place = _place(account)
    if place is None or account.status is Status.WITHDRAWN:
        return None
    value = account.update.severity if severity is None else severity
    capital = _capital(place, language)
    near_capital = account.incident_class is IncidentClass.CAPITAL or place.kind in (
        PlaceKind.CAPITAL,
        PlaceKind.APPROACH,
    )
    # A report of "27 km from the capital" gives no direction: its coordinates are those of the capital itself.
    around = place.kind is PlaceKind.CAPITAL and capital is not None and capital["km"] is not None
    return _finished(
        {
            "kind": "incident_map",
            "language": language,
            "site": {
                "name": clean(account.site.name, MAX_NAME),
                "longitude": round(place.longitude or 0.0, 4),
                "latitude": round(place.latitude or 0.0, 4),
                "kind": place.kind.value,
            },
            "countries": _countries(place),
            "state": _state(account),
            "category": category(account),
            "severity": value,
            "label": band_of(value).label,
            "capital": capital,
            "rings": near_capital and capital is not None,
            "around": around,
        },
        account.ids,
    )


def area_map(located: Sequence[Located], language: str = "en") -> dict[str, Any] | None:
    """Describe the map of several incidents; None where none has coordinates."""
    points = []
    for item in located[:MAX_POINTS]:
        place = _place(item.account)
        if place is not None and item.account.status is not Status.WITHDRAWN:
            points.append(
                {
                    "number": item.number,
                    "name": clean(item.account.site.name, MAX_NAME),
                    "longitude": round(place.longitude or 0.0, 4),
                    "latitude": round(place.latitude or 0.0, 4),
                    "countries": _countries(place),
                    "severity": item.severity,
                    "category": category(item.account),
                }
            )
    if not points:
        return None
    return _finished(
        {"kind": "area_map", "language": language, "points": points, "unplaced": len(located) - len(points)},
        [key for item in located for key in item.account.ids],
    )


def gauge(
    index: Index, before: Index | None = None, language: str = "en", reports: Sequence[int] = ()
) -> dict[str, Any] | None:
    """Describe the gauge; None where nothing happened in the period."""
    if index.value is None:
        return None
    return _finished(
        {
            "kind": "gauge",
            "language": language,
            "value": float(index.value),
            "zone": band_of(index.value).zone,
            "before": None if before is None or before.value is None else float(before.value),
            "words": gauge_words(index, before, words_of(language))[1],
        },
        reports,
        said=True,
    )


def trend(weeks: Sequence[Week], language: str = "en", reports: Sequence[int] = ()) -> dict[str, Any] | None:
    """Describe the trend over weeks, oldest first, the last twelve of them; None where fewer than two have data."""
    shown = weeks[-12:]
    if sum(week.count is not None for week in shown) < 2:
        return None
    return _finished(
        {
            "kind": "trend",
            "language": language,
            "weeks": [
                {
                    "start": week.start.isoformat(),
                    "count": week.count,
                    "index": week.index if week.count else None,
                }
                for week in shown
            ],
        },
        reports,
    )


def share_bar(counts: Mapping[str, int], language: str = "en", reports: Sequence[int] = ()) -> dict[str, Any] | None:
    """Describe the share bar of house categories; None where fewer than two incidents are counted."""
    found = {name: count for name, count in counts.items() if count > 0}
    if sum(found.values()) < 2:
        return None
    percents = shares(found)
    order = sorted(found, key=lambda name: (-found[name], name))
    return _finished(
        {
            "kind": "shares",
            "language": language,
            "shares": [{"category": name, "count": found[name], "percent": str(percents[name])} for name in order],
        },
        reports,
        said=True,
    )


def weeks_of(shown: Sequence[Mapping[str, Any]]) -> list[Week]:
    """Return the weeks of a review's table, each with `monday` and, where it was watched, `count` and `index`."""
    return [
        Week(date.fromisoformat(week["monday"]), week["count"], None if week["index"] is None else float(week["index"]))
        for week in shown
    ]


class Counted(Protocol):
    """An incident of a period as the composers hold it: what is known of it, and the severity that it counts with."""

    @property
    def account(self) -> Account:
        """What is known of it."""
        ...

    @property
    def severity(self) -> float:
        """The highest severity that it had in the period."""
        ...


def incident_pictures(account: Account, language: str = "en", severity: float | None = None) -> list[dict[str, Any]]:
    """Describe the pictures of a briefing on one incident, as `facts["pictures"]` holds them."""
    found = incident_map(account, language, severity)
    return [] if found is None else [found]


def period_pictures(
    entries: Sequence[Counted], index: Index, before: Index | None, language: str = "en", weeks: Sequence[Week] = ()
) -> list[dict[str, Any]]:
    """Describe the pictures of a digest or a review, as `facts["pictures"]` holds them.

    Args:
        entries: the incidents in the order of the table, whose rows are numbered from 1; none that was withdrawn.
        index: of the period.
        before: of the period before, where they are compared.
        weeks: the weeks of the trend, oldest first; none for a briefing that shows no trend.
    """
    located = [Located(number, entry.account, entry.severity) for number, entry in enumerate(entries, 1)]
    reports = [key for entry in entries for key in entry.account.ids]
    counts = Counter(category(entry.account) for entry in entries)
    found = (
        trend(weeks, language, reports),
        gauge(index, before, language, reports),
        area_map(located, language),
        share_bar(counts, language, reports),
    )
    return [description for description in found if description is not None]
