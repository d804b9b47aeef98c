from __future__ import annotations

import pytest

from alertsvc.detect.clean import CleanText
from alertsvc.detect.detector import load_reader
from alertsvc.detect.mentions import Mention, country_votes, distances
from alertsvc.detect.reading import Reader
from alertsvc.detect.sentences import split
from alertsvc.domain import PlaceKind


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def mentions(reader: Reader, text: str, language: str = "en", around: str = "") -> list[Mention]:
    """The mentions of the first sentence of `text`, read with `around` behind it."""
    reading = reader.read("", f"{text}\n{around}", language=language, published=None)
    return list(reading.sentences[0].mentions)


def sites(found: list[Mention]) -> list[tuple[str, str | None, bool]]:
    return [(m.kind, m.entry.id if m.entry else None, m.strong) for m in found if m.kind in set(PlaceKind)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Gunmen took the Dehiba border crossing.", ("crossing", "ly-tn-wazin-dehiba", True)),
        ("en", "A market was held in Dehiba.", ("crossing", "ly-tn-wazin-dehiba", False)),
        ("en", "Drones hit the Zawiya refinery.", ("oil", "ly-zawiya-refinery", True)),
        ("en", "Militias clashed in Zawiya, Libya.", ("approach", "approach:ly-zawiya", True)),
        ("fr", "La raffinerie de Zaouia, en Libye, brûle.", ("oil", "ly-zawiya-refinery", True)),
        ("fr", "Le poste-frontière de Dehiba est fermé.", ("crossing", "ly-tn-wazin-dehiba", True)),
        ("ar", "اندلع حريق في مصفاة الزاوية.", ("oil", "ly-zawiya-refinery", True)),
        ("ar", "اندلعت اشتباكات في مدينة الزاوية غرب ليبيا.", ("approach", "approach:ly-zawiya", True)),
        ("ar", "هاجم مسلحون معبر رأس جدير.", ("crossing", "ly-tn-ras-ajdir", True)),
        ("ar", "وصلوا إلى رأس جدير.", ("crossing", "ly-tn-ras-ajdir", False)),
    ],
)
def test_the_words_around_a_name_say_what_it_is(
    reader: Reader, language: str, text: str, expected: tuple[str, str, bool]
) -> None:
    assert sites(mentions(reader, text, language)) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "A factory in Essen, Germany, was closed.",
        "He was born in Essen and died there.",
        "Say what you like about it.",
        "They say that the road is open.",
        "The court sat in Tripoli Street, in Essen.",
    ],
)
def test_an_ordinary_word_is_no_site(reader: Reader, text: str) -> None:
    assert [item for item in sites(mentions(reader, text)) if item[0] != "capital"] == []


@pytest.mark.parametrize(
    ("text", "site"),
    [
        ("They control the Essen crossing between Libya and Algeria.", "ly-dz-isseyin"),
        ("They hold the border crossing between southern Essen and Algeria.", "ly-dz-isseyin"),
        ("Rebels attacked the Say checkpoint near Niamey in Niger.", "approach:ne-say"),
    ],
)
def test_an_ordinary_word_beside_its_kind_is_a_site(reader: Reader, text: str, site: str) -> None:
    assert site in {entry for _, entry, _ in sites(mentions(reader, text))}


def actors(found: list[Mention]) -> list[str]:
    return [m.entry.id for m in found if m.kind == "actor" and m.entry]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The FAR moved north in Morocco.", ["actor:ma-far"]),
        ("They went as far as Rabat in Morocco.", []),
        ("Far from Morocco, nothing moved.", []),
        ("The LNA said so in Libya.", ["actor:ly-lna"]),
        ("Les Faca et les FACA en Centrafrique.", ["actor:cf-faca", "actor:cf-faca"]),
    ],
)
def test_names_in_capitals_need_their_capitals(reader: Reader, text: str, expected: list[str]) -> None:
    assert actors(mentions(reader, text)) == expected


@pytest.mark.parametrize(
    ("language", "text", "kind", "name"),
    [
        ("en", "Gunmen seized the Wadi Halma border crossing at dawn.", "crossing", "Wadi Halma"),
        ("en", "The crossing at Tin Halma was closed.", "crossing", "Tin Halma"),
        ("en", "Gunmen closed the border crossing of Tin Zaouten.", "crossing", "Tin Zaouten"),
        ("en", "A fire broke out at the Bir Halma oilfield.", "oil", "Bir Halma"),
        ("fr", "Des hommes armés ont pris le poste-frontière de Tin Halma.", "crossing", "Tin Halma"),
        ("fr", "Un incendie s'est déclaré au champ pétrolier de Bir Halma.", "oil", "Bir Halma"),
        ("fr", "La raffinerie d'Halma a été touchée.", "oil", "Halma"),
        ("ar", "سيطر مسلحون على معبر وادي حلمة الحدودي.", "crossing", "وادي حلمة"),
        ("ar", "اندلع حريق في حقل بئر حلمة النفطي.", "oil", "بئر حلمة"),
    ],
)
def test_a_site_that_is_not_listed_counts_by_its_kind(
    reader: Reader, language: str, text: str, kind: str, name: str
) -> None:
    found = [(m.kind, m.name, m.entry) for m in mentions(reader, text, language) if m.kind in set(PlaceKind)]
    assert found == [(kind, name, None)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The border crossing was closed."),
        ("en", "Authorities closed the border on Monday."),
        ("en", "A crossing is a dangerous place."),
        ("en", "The State Oil Company closed the refinery."),
        ("fr", "Le poste-frontière de la région a été fermé."),
        ("fr", "La raffinerie est fermée."),
        ("ar", "أغلقت السلطات المعبر في المساء."),
    ],
)
def test_a_kind_without_a_name_is_no_site(reader: Reader, language: str, text: str) -> None:
    assert sites(mentions(reader, text, language)) == []


def measured(text: str) -> list[tuple[float | None, str]]:
    (sentence,) = split(CleanText("", (text,), 0))
    return [(mention.km, mention.name) for mention in distances(sentence)]


@pytest.mark.parametrize(
    ("text", "km", "name"),
    [
        ("27 km from Tripoli", 27, "27 km"),
        ("27km away", 27, "27km"),
        ("a 45-kilometre march", 45, "45-kilometre"),
        ("100kms off", 100, "100kms"),
        ("27.5 km away", 27.5, "27.5 km"),
        ("1,200 km away", 1200, "1,200 km"),
        ("0.5 km away", 0.5, "0.5 km"),
        ("10 miles away", 16.09, "10 miles"),
        ("a 10-mile march", 16.09, "10-mile"),
        ("10-15 km away", 15, "15 km"),
        ("in 2014, 30 km away", 30, "30 km"),
        ("à 45 kilomètres au sud", 45, "45 kilomètres"),
        ("à 27,5 km", 27.5, "27,5 km"),
        ("à 1 200 km", 1200, "1 200 km"),
        ("à 120 000 km", 120_000, "120 000 km"),
        ("على بعد 45 كيلومترا", 45, "45 كيلومترا"),
        ("على بعد ٤٥ كيلومترات", 45, "٤٥ كيلومترات"),
        ("على بعد ٢٧٫٥ كلم", 27.5, "٢٧٫٥ كلم"),
        ("على بعد 10 أميال", 16.09, "10 أميال"),
        ("مسافة 30كلم", 30, "30كلم"),
    ],
)
def test_distances(text: str, km: float, name: str) -> None:
    ((found, said),) = measured(text)
    assert found == pytest.approx(km)
    assert said == name


@pytest.mark.parametrize(
    "text",
    [
        "at 30 km/h",
        "at 30 km per hour",
        "à 30 km à l'heure",
        "27 men",
        "27",
        "km 27",
        "999999999999 km",
        "27 kmh",
        "x27 km",
    ],
)
def test_what_is_no_distance(text: str) -> None:
    assert measured(text) == []


def test_countries_are_counted_from_names_and_sure_places(reader: Reader) -> None:
    text = "Libya and Libyans. Ras Ajdir. Essen."
    reading = reader.read("", text, language="en", published=None)
    assert reading.countries == ("LY", "TN")
    words = [sentence.sentence for sentence in reading.sentences]
    hits = [hit for s in words for hit in reader.gazetteer.find(s.tokens, s.text)]
    assert country_votes(hits) == {"LY": 5, "TN": 1}


def test_a_doubtful_name_is_helped_by_its_country(reader: Reader) -> None:
    alone = sites(mentions(reader, "They came to Tumu."))
    at_home = sites(mentions(reader, "They came to Tumu.", around="Libya said that Niger had closed it."))
    assert alone == []
    assert [entry for _, entry, _ in at_home] == ["ly-ne-al-tum"]
