"""Who is told of an incident's step, and by which product."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.deliver.routing import Route, names_site, passes, route_update, seconds_since_event
from alertsvc.domain import Action, BriefingKind, Incident, IncidentClass, Phase, Place, PlaceKind, Status, Update
from tests.deliver.support import NOW, a_subscriber, an_incident, an_update

HOURS_48 = 48 * 3600.0


def route(
    incident: Incident | None = None, update: Update | None = None, flashed: dict[int, str] | None = None, **who: Any
) -> list[Route]:
    return route_update(
        incident or an_incident(),
        update or an_update(),
        [a_subscriber(**who)],
        flashed or {},
        now=NOW,
        flash_max_age=HOURS_48,
    )


def kinds(routes: list[Route]) -> list[BriefingKind]:
    return [item.kind for item in routes]


def test_new_incident_is_flashed():
    assert route() == [Route(a_subscriber(), BriefingKind.FLASH, None)]


@pytest.mark.parametrize(
    ("who", "flashed"),
    [
        ({"kinds": (BriefingKind.UPDATE, BriefingKind.DAILY)}, False),
        ({"classes": (IncidentClass.OIL,)}, False),
        ({"classes": (IncidentClass.OIL, IncidentClass.BORDER)}, True),
        ({"countries": ("LY",)}, True),
        ({"countries": ("NE",)}, True),
        ({"countries": ("TN", "DZ")}, False),
        ({"min_severity": 3.0}, True),
        ({"min_severity": 3.5}, False),
        ({"flash_from": 3.0}, True),
        ({"flash_from": 3.5}, False),
        ({"demonstration": True}, False),
    ],
)
def test_filters_of_the_subscriber(who, flashed):
    assert bool(route(**who)) is flashed


@pytest.mark.parametrize(
    ("incident", "update"),
    [
        ({}, {"alertable": False}),
        ({"phase": Phase.RESOLVED}, {}),
        ({"phase": Phase.CLOSED}, {}),
        ({"status": Status.WITHDRAWN}, {}),
        ({}, {"status": Status.WITHDRAWN}),
        ({"action": Action.REOPENING}, {"action": Action.REOPENING}),
        ({}, {"action": Action.RESUMPTION}),
        ({"event_date": date(2026, 1, 28)}, {}),
        ({"event_date": None, "opened": NOW - timedelta(hours=48)}, {}),
        ({"place": Place("Somewhere", PlaceKind.APPROACH, "ML", km_to_capital=140.0)}, {}),
    ],
)
def test_what_never_flashes(incident, update):
    assert route(an_incident(**incident), an_update(**update)) == []


@pytest.mark.parametrize(
    "place",
    [
        Place("Wadi X", PlaceKind.CROSSING, "LY-NE"),
        Place("Field Y", PlaceKind.OIL, "LY"),
        Place("Kati", PlaceKind.APPROACH, "ML", km_to_capital=15.0),
        Place("Far Post", PlaceKind.APPROACH, "ML", gazetteer_id="x", km_to_capital=140.0),
    ],
)
def test_places_that_carry_a_flash(place):
    assert names_site(place)
    assert kinds(route(an_incident(place=place))) == [BriefingKind.FLASH]


def test_incident_without_country_passes_no_country_filter():
    incident = an_incident(place=Place("Wadi X", PlaceKind.CROSSING))
    assert not passes(incident, 3.0, a_subscriber(countries=("LY",)))
    assert passes(incident, 3.0, a_subscriber())


def test_demonstration_goes_to_demonstration_subscribers_alone():
    demonstration = an_incident(demonstration=True)
    assert route(demonstration) == []
    assert kinds(route(demonstration, demonstration=True)) == [BriefingKind.FLASH]
    assert route(demonstration, an_update(number=2), {3: "earlier@x"}) == []


def test_age_counts_from_the_end_of_the_latest_day():
    assert seconds_since_event(an_incident(event_date=date(2026, 1, 30)), NOW) == 36 * 3600
    assert seconds_since_event(an_incident(event_date=date(2026, 2, 2)), NOW) == 0
    late = an_incident(event_date=date(2026, 1, 20), last_event=date(2026, 1, 31))
    assert seconds_since_event(late, NOW) == 12 * 3600
    unknown = an_incident(event_date=None, opened=NOW - timedelta(hours=2))
    assert seconds_since_event(unknown, NOW) == 2 * 3600


def test_rise_of_a_known_situation_flashes_to_whom_it_is_new():
    incident = an_incident(opened=NOW - timedelta(days=5), event_date=date(2026, 1, 27), last_event=date(2026, 2, 1))
    assert kinds(route(incident, an_update(number=4, severity=3.0))) == [BriefingKind.FLASH]


def test_update_answers_the_flash_whatever_the_filters_say_now():
    update = an_update(number=2, severity=1.0, alertable=False, action=Action.REOPENING)
    routes = route(
        an_incident(phase=Phase.RESOLVED), update, {3: "first@x"}, classes=(IncidentClass.OIL,), min_severity=4.0
    )
    assert routes == [
        Route(a_subscriber(classes=(IncidentClass.OIL,), min_severity=4.0), BriefingKind.UPDATE, "first@x")
    ]


def test_no_update_without_a_flash_or_without_news():
    assert route(an_incident(phase=Phase.RESOLVED), an_update(number=2, severity=1.0)) == []
    assert route(update=an_update(number=2, material=False), flashed={3: "first@x"}) == []
    assert route(flashed={3: "first@x"}) == []


def test_who_wants_no_updates_still_gets_corrections():
    flashed = {3: "first@x"}
    only = (BriefingKind.FLASH,)
    assert route(update=an_update(number=2), flashed=flashed, kinds=only) == []
    withdrawn = an_update(number=2, status=Status.WITHDRAWN)
    assert kinds(route(an_incident(status=Status.WITHDRAWN), withdrawn, flashed, kinds=only)) == [BriefingKind.UPDATE]


def test_subscriber_without_row_is_refused():
    with pytest.raises(ValueError, match="no row"):
        route(id=None)


@given(
    severity=st.sampled_from([step / 2 for step in range(1, 11)]),
    flash_from=st.sampled_from([step / 2 for step in range(1, 11)]),
    number=st.integers(1, 5),
    material=st.booleans(),
    had=st.booleans(),
    wanted=st.sets(st.sampled_from(list(BriefingKind))),
    status=st.sampled_from(list(Status)),
    phase=st.sampled_from(list(Phase)),
    action=st.sampled_from(list(Action)),
)
def test_one_route_at_most_and_never_a_second_flash(
    severity, flash_from, number, material, had, wanted, status, phase, action
):
    incident = an_incident(status=status, phase=phase, action=action)
    update = an_update(number=number, material=material, severity=severity, status=status, action=action)
    who = replace(a_subscriber(), kinds=tuple(wanted), flash_from=flash_from)
    flashed = {3: "first@x"} if had else {}
    routes = route_update(incident, update, [who], flashed, now=NOW, flash_max_age=HOURS_48)
    assert len(routes) <= 1
    for item in routes:
        assert item.in_reply_to == flashed.get(3)
        assert item.kind is (BriefingKind.UPDATE if had else BriefingKind.FLASH)
        assert item.kind in wanted or status is Status.WITHDRAWN
        if item.kind is BriefingKind.FLASH:
            assert severity >= flash_from
            assert phase is Phase.OPEN
            assert status is not Status.WITHDRAWN
