"""The incidents index by country, region and period, with load, shares and change on the period before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args

from sqlalchemy import Connection

from alertsvc.brief.daily import peak_severity
from alertsvc.brief.index import Index, band_of, change, index_of, shares
from alertsvc.domain import Incident, Status
from alertsvc.store.incidents import updated_between
from alertsvc.track.regions import Regions
from alertsvc.web.telling import told

__all__ = ["AREAS", "PERIODS", "Row", "Span", "rows", "span_of"]

AreaKind = Literal["all", "region", "country"]
PeriodKind = Literal["day", "week", "month"]
AREAS: tuple[str, ...] = get_args(AreaKind)
PERIODS: tuple[str, ...] = get_args(PeriodKind)
_EVERYWHERE = "all"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days in UTC, from `start` up to but without `end`."""

    start: date
    end: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The instants at which it begins and ends."""
        return datetime.combine(self.start, time.min, UTC), datetime.combine(self.end, time.min, UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """One area in one period, beside the period before."""

    area: str
    index: Index
    before: Index
    deaths: int  # at least
    shares: dict[str, Decimal]  # of the house categories, in percent, largest first

    @property
    def zone(self) -> str | None:
        """The zone that the index lies in; None where nothing happened."""
        return None if self.index.value is None else band_of(self.index.value).zone

    @property
    def change(self) -> str:
        """The change of the index in percent, signed, or "n/a"."""
        return change(self.index, self.before)

    def as_data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "area": self.area,
            "incidents": self.index.count,
            "incidents_before": self.before.count,
            "index": None if self.index.value is None else float(self.index.value),
            "index_before": None if self.before.value is None else float(self.before.value),
            "change": self.change,
            "load": float(self.index.load),
            "load_before": float(self.before.load),
            "zone": self.zone,
            "deaths": self.deaths,
            "shares": {name: float(share) for name, share in self.shares.items()},
        }


def span_of(kind: PeriodKind, day: date) -> tuple[Span, Span]:
    """Return the day, the week from Monday to Sunday, or the month that a day lies in, and the one before it."""
    if kind == "day":
        return Span(day, day + _DAY), Span(day - _DAY, day)
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Span(monday, monday + 7 * _DAY), Span(monday - 7 * _DAY, monday)
    first = day.replace(day=1)
    following = (first + 31 * _DAY).replace(day=1)
    return Span(first, following), Span((first - _DAY).replace(day=1), first)


def rows(
    conn: Connection, span: Span, before: Span, *, by: AreaKind, regions: Regions, demonstration: bool = False
) -> list[Row]:
    """Return the index of every area in which something happened in a period or in the one before.

    An incident counts once, with the highest severity that it had in the period; withdrawn ones do not. A crossing
    counts for the countries of both its sides. A region pools its incidents.

    Returns:
        One row for each area, the heaviest load first; for "all" exactly one.
    """
    areas: Callable[[Incident], Iterable[str]]
    if by == "all":
        areas = _everywhere
    elif by == "region":
        areas = lambda incident: regions.of(incident.place.country)  # noqa: E731
    else:
        areas = lambda incident: (incident.place.country or "unknown").split("-")  # noqa: E731
    now = _by_area(conn, span, areas, demonstration=demonstration)
    then = _by_area(conn, before, areas, demonstration=demonstration)
    names = [_EVERYWHERE] if by == "all" else sorted({*now, *then})
    found = [_row(name, now.get(name, []), then.get(name, []), span, before) for name in names]
    return sorted(found, key=lambda row: (-row.index.load, row.area))


def _everywhere(_: Incident) -> tuple[str]:
    return (_EVERYWHERE,)


def _by_area(
    conn: Connection, span: Span, areas: Callable[[Incident], Iterable[str]], *, demonstration: bool
) -> dict[str, list[Incident]]:
    found: dict[str, list[Incident]] = {}
    for incident in updated_between(conn, *span.instants, demonstration=demonstration):
        if incident.status is not Status.WITHDRAWN:
            for area in areas(incident):
                found.setdefault(area, []).append(incident)
    return found


def _row(area: str, now: Sequence[Incident], then: Sequence[Incident], span: Span, before: Span) -> Row:
    counts = Counter(told(incident).category or "not known" for incident in now)
    ordered = {name: counts[name] for name in sorted(counts, key=lambda name: (-counts[name], name))}
    return Row(
        area=area,
        index=_index(now, span),
        before=_index(then, before),
        deaths=sum(incident.killed.low for incident in now if incident.killed is not None),
        shares=shares(ordered),
    )


def _index(found: Iterable[Incident], span: Span) -> Index:
    return index_of([peak_severity(incident, *span.instants) for incident in found])
