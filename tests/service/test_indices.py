"""The index by area and period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from alertsvc.domain import Action
from alertsvc.indices import Span, rows, span_of
from alertsvc.track import Desk
from alertsvc.track.regions import Regions
from tests.track.stories import AL_TUM, DAY0, NOON, SHARARA, WADI, told
from tests.track.test_desk import desk, file, item

__all__ = ["desk"]

REGIONS = Regions({"LY": "North", "DZ": "North", "NE": "Sahel"})
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("kind", "day", "span", "before"),
    [
        ("day", date(2026, 3, 1), ("2026-03-01", "2026-03-02"), "2026-02-28"),
        ("week", date(2026, 3, 1), ("2026-02-23", "2026-03-02"), "2026-02-16"),
        ("week", date(2026, 3, 2), ("2026-03-02", "2026-03-09"), "2026-02-23"),
        ("month", date(2026, 1, 31), ("2026-01-01", "2026-02-01"), "2025-12-01"),
        ("month", date(2024, 2, 29), ("2024-02-01", "2024-03-01"), "2024-01-01"),
    ],
)
def test_periods(kind: str, day: date, span: tuple[str, str], before: str) -> None:
    now, then = span_of(kind, day)  # type: ignore[arg-type]
    assert (str(now.start), str(now.end)) == span
    assert (str(then.start), then.end) == (before, now.start)
    assert now.instants[0] == datetime.fromisoformat(span[0]).replace(tzinfo=UTC)


def test_areas_shares_load_and_change(desk: Desk) -> None:
    file(desk, item(1, NOON - 8 * DAY), [told(Action.ATTACK, SHARARA, DAY0 - 8 * DAY)])
    file(desk, item(2), [told(Action.SEIZURE, AL_TUM, killed=2)])
    file(desk, item(3), [told(Action.CLOSURE, WADI)])
    (gone,) = file(desk, item(4), [told(Action.ATTACK, SHARARA)])
    with desk.store.begin() as conn:
        desk.analyst().withdraw(conn, gone.incident.public_id, "", NOON)
    week, before = Span(DAY0 - 6 * DAY, DAY0 + DAY), Span(DAY0 - 13 * DAY, DAY0 - 6 * DAY)
    with desk.store.read() as conn:
        (everything,) = rows(conn, week, before, by="all", regions=REGIONS)
        countries = {row.area: row for row in rows(conn, week, before, by="country", regions=REGIONS)}
        areas = {row.area: row for row in rows(conn, week, before, by="region", regions=REGIONS)}
        nothing = rows(conn, week, before, by="country", regions=REGIONS, demonstration=True)
    assert nothing == []
    assert (everything.index.count, everything.deaths) == (2, 2)
    assert everything.index.load == sum(
        (row.index.load for row in countries.values() if row.area in ("NE", "DZ")), Decimal(0)
    )
    assert sum(everything.shares.values()) == Decimal("100.00")
    assert set(countries) == {"LY", "NE", "DZ"}
    assert (countries["LY"].index.count, countries["NE"].index.count, countries["DZ"].index.count) == (2, 1, 1)
    assert (areas["North"].index.count, areas["Sahel"].index.count) == (2, 1)
    assert areas["North"].index == everything.index
    data = everything.as_data()
    assert data["index"] == float(everything.index.load) / 2
    assert data["zone"] == everything.zone
    # One attack of 2.0 the week before; this week a seizure of 2.5 and a closure of 1.0.
    assert (data["incidents_before"], data["index_before"], data["load_before"]) == (1, 2.0, 2.0)
    assert (data["index"], data["load"], data["change"]) == (1.75, 3.5, "-12.5%")
    assert (countries["NE"].before.count, countries["NE"].change) == (0, "n/a")
    assert list(countries) == sorted(countries, key=lambda area: (-countries[area].index.load, area))
