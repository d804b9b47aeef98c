"""Whether two places are one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.domain import IncidentClass, Place, PlaceKind
from alertsvc.track.places import distance_km, same_place
from tests.track.stories import AL_TUM, BENGHAZI, GATE, GHARYAN, SALVADOR, SHARARA, TRIPOLI, WADI

BORDER, OIL, CAPITAL = IncidentClass.BORDER, IncidentClass.OIL, IncidentClass.CAPITAL


def test_ids_of_the_gazetteer_decide() -> None:
    assert same_place(BORDER, AL_TUM, replace(AL_TUM, name="Tumo", latitude=0.0))
    assert not same_place(BORDER, AL_TUM, SALVADOR)  # eight miles apart, and two crossings
    assert not same_place(BORDER, AL_TUM, replace(AL_TUM, gazetteer_id="ly-ne-other"))


def test_a_place_without_an_id_is_known_by_name_or_nearness_within_its_country() -> None:
    unlisted = Place("the Tum post", PlaceKind.CROSSING, "LY")
    assert same_place(BORDER, AL_TUM, unlisted)
    assert not same_place(BORDER, AL_TUM, replace(unlisted, country="TD"))
    assert not same_place(BORDER, AL_TUM, replace(unlisted, name="Bir Omar post"))
    near = replace(unlisted, name="Bir Omar post", latitude=22.85, longitude=14.1)
    assert same_place(BORDER, AL_TUM, near)
    assert not same_place(BORDER, AL_TUM, replace(near, latitude=23.2))
    assert not same_place(BORDER, AL_TUM, replace(unlisted, latitude=30.0, longitude=14.1))


def test_a_crossing_without_an_id_is_known_by_either_side_and_in_either_script() -> None:
    pair = Place("Gallabat-Metema", PlaceKind.CROSSING, "ET-SD")
    assert same_place(BORDER, pair, Place("Metema", PlaceKind.CROSSING, "ET-SD"))
    assert not same_place(BORDER, pair, Place("Metema", PlaceKind.CROSSING, "ER"))
    assert same_place(BORDER, WADI, Place("معبر وادي زلفانة", PlaceKind.CROSSING, "DZ-LY"))
    assert not same_place(OIL, replace(pair, kind=PlaceKind.OIL), Place("Metema", PlaceKind.OIL, "ET"))


def test_without_a_country_only_the_very_same_name_is_believed() -> None:
    lost = replace(WADI, country=None)
    assert same_place(BORDER, WADI, replace(lost, name="Wadi Zelfana"))
    assert not same_place(BORDER, WADI, replace(lost, name="Wadi Zelfanna"))


def test_ways_to_one_capital_are_one() -> None:
    assert same_place(CAPITAL, GATE, GHARYAN)
    assert same_place(CAPITAL, GATE, TRIPOLI)
    assert not same_place(CAPITAL, TRIPOLI, BENGHAZI)
    assert not same_place(CAPITAL, GATE, replace(GATE, country="GR"))


def test_distance() -> None:
    assert distance_km(TRIPOLI, BENGHAZI) == pytest.approx(650, rel=0.02)
    assert distance_km(TRIPOLI, WADI) is None
    assert distance_km(SHARARA, SHARARA) == 0


places = st.builds(
    Place,
    name=st.sampled_from(["Wadi Zelfana", "Zelfana crossing", "Gate 27", "بوابة", "", "Tripoli"])
    | st.text(max_size=12),
    kind=st.sampled_from(PlaceKind),
    country=st.sampled_from([None, "LY", "LY-NE", "DZ-LY", "TD"]),
    gazetteer_id=st.sampled_from([None, "a", "b"]),
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
    capital=st.sampled_from([None, "Tripoli", "Niamey"]),
)


@given(st.sampled_from(IncidentClass), places, places)
def test_the_answer_does_not_depend_on_who_is_asked_first(kind: IncidentClass, a: Place, b: Place) -> None:
    assert same_place(kind, a, b) == same_place(kind, b, a)
    if kind is not CAPITAL and a.gazetteer_id and b.gazetteer_id:
        assert same_place(kind, a, b) == (a.gazetteer_id == b.gazetteer_id)
