"""What a subscription lets through, and that several of one person never tell anything twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.deliver.filters import address_of, passes, people, recipient, width
from alertsvc.deliver.routing import route_update
from alertsvc.domain import BriefingKind, Channel, IncidentClass, Place, PlaceKind, WatchedPlace
from tests.deliver.support import NOW, a_subscriber, an_incident, an_update

RAS_AJDIR = WatchedPlace("ly-tn-ras-ajdir", "Ras Ajdir", 33.15, 11.56)
TRIPOLI = WatchedPlace("capital:LY:tripoli", "Tripoli", 32.8874, 13.1873)
AT_RAS_AJDIR = Place("Ras Ajdir", PlaceKind.CROSSING, "LY-TN", "ly-tn-ras-ajdir", 33.15, 11.56)
ZAWIYA = Place("Az Zawiyah", PlaceKind.OIL, "LY", "ly-zawiya", 32.7571, 12.7276)  # 45 km west of Tripoli
NEAR_TRIPOLI = Place("a camp", PlaceKind.APPROACH, "LY", capital="Tripoli", km_to_capital=27.0)
NOWHERE = Place("a post", PlaceKind.CROSSING, "LY-TN")


@pytest.mark.parametrize(
    ("place", "watched", "radius", "expected"),
    [
        (AT_RAS_AJDIR, RAS_AJDIR, 0, True),
        (AT_RAS_AJDIR, TRIPOLI, 0, False),
        (ZAWIYA, TRIPOLI, 44, False),
        (ZAWIYA, TRIPOLI, 47, True),
        (AT_RAS_AJDIR, TRIPOLI, 150, False),
        (AT_RAS_AJDIR, TRIPOLI, 160, True),
        (NEAR_TRIPOLI, TRIPOLI, 30, True),
        (NEAR_TRIPOLI, TRIPOLI, 20, False),
        (NEAR_TRIPOLI, TRIPOLI, 0, False),
        (NEAR_TRIPOLI, RAS_AJDIR, 500, False),
        (NOWHERE, RAS_AJDIR, 2000, False),
        (ZAWIYA, WatchedPlace("ly-somewhere", "Somewhere"), 2000, False),
    ],
)
def test_places_and_what_lies_near(place, watched, radius, expected):
    who = a_subscriber(places=(watched,), radius_km=float(radius))
    assert passes(an_incident(place=place), 3.0, who) is expected


def test_one_of_several_places_is_enough_and_other_filters_still_hold():
    who = a_subscriber(places=(TRIPOLI, RAS_AJDIR))
    assert passes(an_incident(place=AT_RAS_AJDIR), 3.0, who)
    assert not passes(an_incident(place=AT_RAS_AJDIR), 3.0, replace(who, classes=(IncidentClass.OIL,)))
    assert not passes(an_incident(place=AT_RAS_AJDIR), 3.0, replace(who, countries=("DZ",)))
    assert passes(an_incident(place=AT_RAS_AJDIR), 3.0, replace(who, countries=("TN",)))


def test_the_widest_comes_first():
    wide = a_subscriber(id=9)
    order = [
        wide,
        replace(wide, id=1, flash_from=3.0),
        replace(wide, id=2, countries=("LY", "TN")),
        replace(wide, id=3, countries=("LY",)),
        replace(wide, id=4, countries=("LY",), classes=(IncidentClass.OIL,)),
    ]
    assert sorted({item.id: item for item in order[::-1]}.values(), key=width) == order
    other = replace(wide, target="else@example.org")
    assert people([order[3], other, wide]) == [[wide, order[3]], [other]]


countries = st.sampled_from(["LY", "TN", "LY-TN", "DZ"])
subscriptions = st.builds(
    lambda person, classes, where, kinds, flash_from, quiet, wake: a_subscriber(
        target=f"person{person}@example.org",
        classes=tuple(sorted(classes)),
        countries=tuple(sorted(where)),
        kinds=tuple(sorted(kinds)),
        flash_from=flash_from,
        quiet_from=time(22) if quiet else None,
        quiet_until=time(14) if quiet else None,
        wake_from=wake,
    ),
    st.integers(0, 1),
    st.sets(st.sampled_from(IncidentClass), max_size=2),
    st.sets(st.sampled_from(["LY", "TN", "DZ"]), max_size=2),
    st.sets(st.sampled_from(BriefingKind)),
    st.sampled_from([0.5, 2.0, 3.0]),
    st.booleans(),
    st.sampled_from([None, 2.5]),
)


@settings(max_examples=200, deadline=None)
@given(
    subscribers=st.lists(subscriptions, min_size=1, max_size=5),
    country=countries,
    steps=st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=1, max_size=4),
)
def test_nobody_is_told_anything_twice_and_nobody_is_left_out(subscribers, country, steps):
    subscribers = [replace(item, id=number, name=f"s{number}") for number, item in enumerate(subscribers, 1)]
    incident = an_incident(place=Place("A post", PlaceKind.CROSSING, country, "x-post"))
    flashed: dict[int, str] = {}
    flashes: list[object] = []
    for number, severity in enumerate(steps, 1):
        step = an_update(number=number, severity=severity)
        routes = route_update(
            incident, step, subscribers, flashed, now=NOW + timedelta(minutes=number), flash_max_age=48 * 3600.0
        )
        told = [address_of(item.subscriber) for item in routes]
        assert len(set(told)) == len(told)
        for person in {address_of(item) for item in subscribers}:
            own = [item for item in subscribers if address_of(item) == person]
            wanted = any(
                BriefingKind.FLASH in item.kinds and severity >= item.flash_from and passes(incident, severity, item)
                for item in own
            )
            if not any(item.id in flashed for item in own):
                assert (person in told) is wanted
        for item in routes:
            if item.kind is BriefingKind.FLASH:
                person = address_of(item.subscriber)
                flashes.append(person)
                # As the store reports it: by whichever subscription, a person was told.
                flashed |= {other.id: "m@x" for other in subscribers if address_of(other) == person}
    assert len(set(flashes)) == len(flashes)


def test_one_mailbox_is_one_person_however_its_address_is_written():
    written = ("Desk@Example.org", "desk@example.org", "DESK@EXAMPLE.ORG")
    assert len({recipient(Channel.EMAIL, target) for target in written}) == 1
    assert recipient(Channel.EMAIL, "a@Bücher.example") == recipient("email", "A@xn--bcher-kva.example")
    assert recipient(Channel.EMAIL, "a+1@example.org") != recipient(Channel.EMAIL, "a@example.org")
    assert recipient(Channel.EMAIL, "a@example.org") != recipient(Channel.FILE, "a@example.org")
    assert recipient(Channel.SLACK, "C024BE91L") == ("slack", "C024BE91L")
    hook = "https://hooks.slack.com/services/T0/B0/AbC"
    assert recipient(Channel.SLACK, hook) != recipient(Channel.SLACK, hook.lower())
    two = [a_subscriber(id=row, name=target, target=target) for row, target in enumerate(written, 1)]
    assert len(people(two)) == 1
