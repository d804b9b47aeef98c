"""How actors are named: article, number, short form, type."""

from __future__ import annotations

import pytest

from alertsvc.brief.actors import actor, known_types, same_actor
from alertsvc.brief.places import country_name, country_pair, site
from alertsvc.domain import Place, PlaceKind
from tests.brief.cases import APPROACH, CAPITAL, CROSSING, TERMINAL


@pytest.mark.parametrize(
    ("name", "full", "short", "plural"),
    [
        ("Northern Relief Army (Salem)", "the Northern Relief Army (Salem)", "Northern Relief Army", False),
        ("Dawn Column (2014-15)", "the Dawn Column", "Dawn Column", False),
        ("Volunteers of the Coast", "the Volunteers of the Coast", "Volunteers of the Coast", True),
        ("Rapid Shield Forces", "the Rapid Shield Forces", "Rapid Shield Forces", True),
        ("FCL", "FCL", "FCL", False),
        ("Boko Haram", "Boko Haram", "Boko Haram", False),
        ("armed men", "armed men", "armed men", True),
        ("gunmen", "gunmen", "gunmen", True),
        ("police", "police", "police", True),
        ("army", "the army", "army", False),
        ("armed group", "an armed group", "armed group", False),
        ("the border guard", "the border guard", "border guard", False),
        ("The Border Guard", "the Border Guard", "Border Guard", False),
        ("a security source", "a security source", "security source", False),
        ("security source", "a security source", "security source", False),
        ("Salem's forces", "Salem's forces", "Salem's forces", True),
        ("Colonel Omar Salem", "Colonel Omar Salem", "Colonel Omar Salem", False),
        ("two brigades", "two brigades", "two brigades", True),
        ("United States", "the United States", "United States", False),
        ("forces loyal to the council", "forces loyal to the council", "forces loyal to the council", True),
        ("ثوار الجنوب", "ثوار الجنوب", "ثوار الجنوب", False),
        ("Coast Group - west wing", "Coast Group - west wing", "Coast Group west wing", False),
    ],
)
def test_names(name, full, short, plural):
    found = actor(name)
    assert (found.full, found.short, found.plural) == (full, short, plural)


def test_sides_are_compared_by_whole_words():
    assert same_actor("Dawn Column (2014-15)", "the Dawn Column")
    assert same_actor("a commander of the Dawn Column", "Dawn Column")
    assert not same_actor("Dawn", "Dawnland")
    assert not same_actor("", "Dawn")


def test_the_gazetteer_knows_types():
    types = {kind for kind, _ in known_types().values()}
    assert {"state", "militia", "rebel", "jihadist"} <= types


def test_countries():
    assert country_name("LY") == "Libya"
    assert country_name("CD") == "DR Congo"
    assert country_name("MM") == "Myanmar"
    assert country_name("ZZ9") == "ZZ9"
    assert country_name(None) is None
    assert country_pair("LY-NE") == ("Libya", "Niger")


@pytest.mark.parametrize(
    ("place", "short", "full"),
    [
        (CROSSING, "Wadi Marra crossing", "the Wadi Marra crossing on the border between Libya and Niger"),
        (TERMINAL, "Ras Kadir terminal", "the Ras Kadir terminal in Libya"),
        (APPROACH, "Bir Salem near Tripoli", "Bir Salem (28 km from Tripoli, Libya)"),
        (CAPITAL, "position in Tripoli area", "a position in the Tripoli area (Libya)"),
        (
            Place("Tripoli", PlaceKind.CAPITAL, "LY", km_to_capital=27.0),
            "position 27 km from Tripoli",
            "a position 27 km from Tripoli (Libya)",
        ),
        (Place("Zella (North)", PlaceKind.OIL), "Zella oil site", "the Zella oil site"),
        (Place("Far Town", PlaceKind.APPROACH, "LY", capital="Tripoli", km_to_capital=99.6), "Far Town", None),
        (Place("the Old Gate", PlaceKind.CROSSING, "LY"), "Old Gate", "the Old Gate in Libya"),
    ],
)
def test_places(place, short, full):
    named = site(place)
    assert named.short == short
    assert full is None or named.full == full
