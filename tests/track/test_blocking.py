"""Whatever is tied to an incident is found by a key that both have."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.domain import Action, Detection, Incident, IncidentClass, Place, PlaceKind, Reason
from alertsvc.track.blocking import place_keys, query_keys, stored_keys
from alertsvc.track.filing import file_report
from alertsvc.track.sites import LOOSE_DAYS, at_place, loose_ties
from tests.track.stories import AL_TUM, DAY0, GATE, GHARYAN, TABLE, TRIPOLI, article, told

INFERRED = Reason("field", "place", detail="inferred")

names = st.sampled_from(
    [
        "Al-Tum",
        "Tum post",
        "Wadi Zelfana crossing",
        "Wadi Zelfanah",
        "Zelfana",
        "معبر زلفانة",
        "border",
        "Umm 4",
        "Kol",
        "Kolda-Zelfana",
    ]
)
coordinates = (
    st.none()
    | st.tuples(st.floats(-89, 89), st.floats(-180, 180))
    | st.tuples(st.floats(22.6, 23.1), st.floats(13.9, 14.4))
)


@st.composite
def places(draw: st.DrawFn) -> Place:
    kind = draw(st.sampled_from([PlaceKind.CROSSING, PlaceKind.APPROACH]))
    where = draw(coordinates)
    return Place(
        draw(names),
        kind,
        draw(st.sampled_from([None, "LY", "NE", "LY-NE", "DZ-LY"])),
        draw(st.sampled_from([None, None, "one", "two"])),
        None if where is None else where[0],
        None if where is None else where[1],
        draw(st.sampled_from([None, "Tripoli"])) if kind is PlaceKind.APPROACH else None,
    )


@st.composite
def detections(draw: st.DrawFn) -> Detection:
    dead = draw(st.sampled_from([None, 2, 17]))
    found = told(Action.ATTACK, draw(places()), killed=dead, other_sites=tuple(draw(st.lists(names, max_size=2))))
    if draw(st.booleans()):
        found = replace(found, reasons=(INFERRED,))
    return replace(found, incident_class=IncidentClass.CAPITAL if found.place.capital else IncidentClass.BORDER)


def opened(detection: Detection) -> Incident:
    source = article(1)
    filing = file_report(detection, source, [], now=source.fetched, window_days=7, table=TABLE)
    return filing.incident


@given(detections(), detections(), st.integers(-LOOSE_DAYS, LOOSE_DAYS))
@settings(max_examples=800)
def test_what_is_tied_has_a_key_in_common(one: Detection, other: Detection, days: int) -> None:
    day = DAY0 + timedelta(days=days)
    incident = opened(one)
    if incident.incident_class is not other.incident_class:
        return
    here = at_place(incident.incident_class, other, incident.place, incident.reports)
    loose = list(loose_ties(incident.incident_class, other, incident.reports))
    if here or loose:
        assert stored_keys(incident) & query_keys(other, day, demonstration=False), loose


def test_classes_and_the_demonstration_share_no_key() -> None:
    incident = opened(told(Action.ATTACK, AL_TUM))
    detection = told(Action.CLOSURE, AL_TUM)
    assert stored_keys(incident) & query_keys(detection, DAY0, demonstration=False)
    assert not stored_keys(incident) & query_keys(detection, DAY0, demonstration=True)
    oil = replace(detection, incident_class=IncidentClass.OIL)
    assert not stored_keys(incident) & query_keys(oil, DAY0, demonstration=False)


def test_what_was_merged_away_is_not_found() -> None:
    assert stored_keys(replace(opened(told(Action.ATTACK)), merged_into="other")) == frozenset()


def test_ways_to_one_capital_share_a_key() -> None:
    for place in (GHARYAN, TRIPOLI):
        assert stored_keys(opened(told(Action.ADVANCE, GATE))) & query_keys(
            told(Action.ADVANCE, place), DAY0, demonstration=False
        )
    assert place_keys(IncidentClass.CAPITAL, GATE, demonstration=False) & place_keys(
        IncidentClass.CAPITAL, TRIPOLI, demonstration=False
    )
