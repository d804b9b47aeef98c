from __future__ import annotations

from datetime import date

import pytest

from alertsvc.detect.decide import ClassDecision, SentenceScore
from alertsvc.detect.detector import load_reader
from alertsvc.detect.model import Scores
from alertsvc.detect.places import Candidate, candidates, countries_of, distance_to_capital
from alertsvc.detect.reading import Reader, Reading
from alertsvc.domain import IncidentClass, PlaceKind


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def read(reader: Reader, text: str, title: str = "", language: str = "en") -> Reading:
    return reader.read(title, text, language=language, published=date(2026, 2, 4))


def ranked(reader: Reader, name: IncidentClass, text: str, *carrying: int, title: str = "") -> list[Candidate]:
    """The places of an article whose sentences `carrying` speak for an incident of a class."""
    scores = Scores(1.0, dict.fromkeys(IncidentClass, 1.0), {})
    told = tuple(SentenceScore(position, 2.0, 0.9, (), scores) for position in carrying or (0,))
    return candidates(ClassDecision(name, 0.9, True, told, ()), read(reader, text, title), reader.gazetteer)


def ids(found: list[Candidate]) -> list[str | None]:
    return [item.place.gazetteer_id for item in found]


def test_the_place_of_the_carrying_sentence_is_the_incidents(reader: Reader) -> None:
    text = "The Dehiba crossing is quiet.\nGunmen seized the Ras Ajdir crossing.\nThe Dehiba crossing is open."
    found = ranked(reader, IncidentClass.BORDER, text, 1)
    assert ids(found) == ["ly-tn-ras-ajdir", "ly-tn-wazin-dehiba"]
    assert found[0].sentences == (1,)
    assert found[1].sentences == (0, 2)
    place = found[0].place
    assert (place.kind, place.country, place.tier) == (PlaceKind.CROSSING, "LY-TN", 1)
    assert place.latitude == pytest.approx(33.15)


def test_of_several_sites_in_one_sentence_the_first_goes_before(reader: Reader) -> None:
    for one, other in (("Ras Ajdir", "Dehiba"), ("Dehiba", "Ras Ajdir")):
        found = ranked(reader, IncidentClass.BORDER, f"Gunmen attacked the {one} crossing and the {other} crossing.")
        first = {"Ras Ajdir": "ly-tn-ras-ajdir", "Dehiba": "ly-tn-wazin-dehiba"}[one]
        assert ids(found)[0] == first
        assert len(found) == 2


def test_only_places_of_the_class_are_candidates(reader: Reader) -> None:
    text = "Gunmen seized the Ras Ajdir crossing, the Sarir oilfield and Tripoli."
    assert ids(ranked(reader, IncidentClass.BORDER, text)) == ["ly-tn-ras-ajdir"]
    assert ids(ranked(reader, IncidentClass.OIL, text)) == ["ly-sarir"]
    assert ids(ranked(reader, IncidentClass.CAPITAL, text)) == ["capital:LY:tripoli"]


def test_a_site_not_listed_takes_the_countries_around_it(reader: Reader) -> None:
    (found,) = ranked(reader, IncidentClass.BORDER, "Gunmen seized the Wadi Halma crossing between Niger and Libya.")
    assert (found.place.name, found.place.country, found.place.gazetteer_id) == ("Wadi Halma", "LY-NE", None)
    (found,) = ranked(reader, IncidentClass.OIL, "Libya said the Bir Halma oilfield was shut.")
    assert (found.place.name, found.place.country) == ("Bir Halma", "LY")
    (found,) = ranked(reader, IncidentClass.BORDER, "Gunmen seized the Wadi Halma crossing in Niger.")
    assert found.place.country is None, "a crossing has two sides"


def test_a_town_on_the_way_stands_for_its_capital(reader: Reader) -> None:
    (found,) = ranked(reader, IncidentClass.CAPITAL, "Rebels in Libya took the town of Gharyan.")
    assert (found.place.name, found.place.kind) == ("Tripoli", PlaceKind.CAPITAL)


def test_the_capital_without_a_name_is_that_of_the_country(reader: Reader) -> None:
    (found,) = ranked(reader, IncidentClass.CAPITAL, "Rebels in Chad advanced on the capital.")
    assert found.place.name == "N'Djamena"
    assert ranked(reader, IncidentClass.CAPITAL, "Rebels advanced on the capital.") == []


def test_an_article_without_sites_has_no_candidates(reader: Reader) -> None:
    assert ranked(reader, IncidentClass.BORDER, "Gunmen came to Libya.") == []


@pytest.mark.parametrize(
    ("kind", "near", "country"),
    [
        (PlaceKind.CROSSING, ["NE", "LY"], "LY-NE"),
        (PlaceKind.CROSSING, ["NE"], "LY-NE"),
        (PlaceKind.CROSSING, [], "DZ-LY"),
        (PlaceKind.CROSSING, ["NE", None, "NE", "TD"], "NE-TD"),
        (PlaceKind.OIL, ["NE"], "NE"),
        (PlaceKind.OIL, [], "LY"),
    ],
)
def test_countries_near_by_go_before_those_of_the_article(
    reader: Reader, kind: PlaceKind, near: list[str | None], country: str
) -> None:
    reading = read(reader, "Libya. Libya. Algeria.")
    assert reading.countries == ("LY", "DZ")
    assert countries_of(kind, near, reading) == country


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ("They stand 27 km from Tripoli.", 27),
        ("They stand 27.5 km from Tripoli.", 27.5),
        ("They stand 10 miles from the capital.", 16.09),
        ("They stand 45 km and then 30 km from Tripoli.", 30),
        ("They stand 1,200 km from Tripoli.", None),
        ("They marched 27 km through sand and stones and wind and heat and dust to see Tripoli.", None),
        ("They marched 27 km.", None),
    ],
)
def test_how_near_the_capital(reader: Reader, text: str, km: float | None) -> None:
    found = distance_to_capital(list(read(reader, text).sentences))
    assert found == (None if km is None else pytest.approx(km))
