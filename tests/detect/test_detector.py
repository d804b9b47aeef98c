from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.detect.detector import Detector, load_reader
from alertsvc.domain import Action, IncidentClass, from_json, to_json
from alertsvc.domain import Detection as Found
from alertsvc.errors import DataError
from alertsvc.resources import data_dir

DAY = date(2026, 2, 4)
TITLE = "Gunmen seize the Ras Ajdir crossing between Libya and Tunisia, two guards killed"
TEXT = (
    "Gunmen seized the Ras Ajdir crossing between Libya and Tunisia at dawn on Sunday and killed two guards, the "
    "interior ministry said.\nTraffic came to a halt and the gate was shut."
)
ARTICLES: dict[str, tuple[str, str, str]] = {
    "en": (TITLE, TEXT, "ly-tn-ras-ajdir"),
    "fr": (
        "Des hommes armés s'emparent du poste-frontière de Ras Jedir",
        "Des hommes armés se sont emparés dimanche à l'aube du poste-frontière de Ras Jedir, entre la Libye et la "
        "Tunisie, tuant deux gardes, selon le ministère.",
        "ly-tn-ras-ajdir",
    ),
    "ar": (
        "مسلحون يسيطرون على معبر رأس جدير",
        "سيطر مسلحون فجر الأحد على معبر رأس جدير الحدودي بين ليبيا وتونس وقتلوا اثنين من الحراس، بحسب وزارة الداخلية.",
        "ly-tn-ras-ajdir",
    ),
}


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


@pytest.mark.parametrize("language", ARTICLES)
def test_one_story_in_three_languages_is_one_incident(detector: Detector, language: str) -> None:
    title, text, place = ARTICLES[language]
    result = detector.detect(title, text, published=DAY, language=language)
    assert (result.language, result.supported) == (language, True)
    (found,) = result.detections
    assert (found.incident_class, found.action) == (IncidentClass.BORDER, Action.SEIZURE)
    assert (found.place.gazetteer_id, found.place.country) == (place, "LY-TN")
    assert found.event_date == date(2026, 2, 1)
    assert found.killed is not None
    assert found.killed.low == 2


def test_a_detection_says_why(detector: Detector) -> None:
    result = detector.detect(TITLE, TEXT, published=DAY)
    (found,) = result.detections
    kinds = {reason.kind for reason in found.reasons}
    assert {"classifier", "rule"} <= kinds
    assert all(sentence in f"{TITLE}\n{TEXT}" for sentence in found.sentences)
    assert result.reading is not None
    assert all(
        0 <= reason.sentence < len(result.reading.sentences) for reason in found.reasons if reason.sentence is not None
    )
    assert {decision.incident_class: decision.reported for decision in result.decisions} == {
        IncidentClass.BORDER: True,
        IncidentClass.OIL: False,
        IncidentClass.CAPITAL: False,
    }


def test_a_detection_travels_as_json(detector: Detector) -> None:
    (found,) = detector.detect(TITLE, TEXT, published=DAY).detections
    assert from_json(Found, json.loads(json.dumps(to_json(found)))) == found


def test_the_same_article_gives_the_same_detection(detector: Detector) -> None:
    one = detector.detect(TITLE, TEXT, published=DAY)
    assert detector.detect(TITLE, TEXT, published=DAY) == one
    assert Detector.load().detect(TITLE, TEXT, published=DAY).detections == one.detections


def test_without_a_date_the_day_is_not_guessed(detector: Detector) -> None:
    (found,) = detector.detect(TITLE, TEXT, published=None).detections
    assert found.event_date is None


@pytest.mark.parametrize(
    ("title", "text", "language", "code"),
    [
        (
            "Una columna rebelde toma una localidad",
            "Los combatientes ocuparon la localidad, según varios vecinos de la zona.",
            "en",
            "es",
        ),
        ("", "", None, None),
        ("12", "345", None, None),
        ("", "", "de", "de"),
    ],
)
def test_other_languages_are_not_read(
    detector: Detector, title: str, text: str, language: str | None, code: str | None
) -> None:
    result = detector.detect(title, text, published=DAY, language=language)
    assert (result.language, result.supported, result.detections, result.reading) == (code, False, (), None)


def test_an_operator_may_leave_languages_out() -> None:
    result = Detector.load(languages=("fr", "ar")).detect(TITLE, TEXT, published=DAY)
    assert (result.language, result.supported) == ("en", False)


def test_an_operators_threshold_decides() -> None:
    sure = Detector.load(threshold=0.99999).detect(TITLE, "It was so.", published=DAY)
    assert sure.detections == ()
    assert not any(decision.reported for decision in sure.decisions)
    (low,) = Detector.load(threshold=0.5).detect(TITLE, "It was so.", published=DAY).detections
    assert low.probability < 0.99999


def test_junk_around_an_article_is_not_read(detector: Detector) -> None:
    story = "\n".join(["The weather will be fine.", "Farmers are glad.", "It may rain later.", "Roads are dry."])
    menu = f"Related articles\n{TITLE}\n{TEXT}"
    assert detector.detect("Weather", f"{story}\n{menu}", published=DAY, language="en").detections == ()


def test_two_places_far_apart_are_two_incidents(detector: Detector) -> None:
    found = detector.detect(
        "Gunmen seize the Ras Ajdir crossing in Libya",
        "Gunmen seized the Ras Ajdir crossing between Libya and Tunisia on Sunday, the ministry said.\n"
        "Other gunmen attacked and seized the Al-Tum border crossing on the line with Niger on Monday, the army said.",
        published=DAY,
    ).detections
    assert {item.place.gazetteer_id for item in found} == {"ly-tn-ras-ajdir", "ly-ne-al-tum"}
    assert {item.event_date for item in found} == {date(2026, 2, 1), date(2026, 2, 2)}


def test_a_site_without_a_name_is_the_border(detector: Detector) -> None:
    (found,) = detector.detect(
        "Gunmen seize border crossing between Chad and Niger",
        "Gunmen seized a border crossing between Chad and Niger on Sunday, the army said, and closed the crossing.",
        published=DAY,
    ).detections
    assert (found.place.country, found.place.gazetteer_id) == ("NE-TD", None)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Customs find cigarettes at Ras Ajdir",
            "Customs officers at the Ras Ajdir crossing seized 40,000 cartons on Tuesday.",
        ),
        (
            "Crossing was stormed in 2014",
            "In December 2014 gunmen seized the Ras Ajdir crossing and held it for a month.",
        ),
        ("Film on the border", "In the film, rebels seize the Ras Ajdir crossing and a guard dies in the last scene."),
        (
            "Army trains at border",
            "In an exercise on Monday soldiers stormed a mock border post near the Ras Ajdir crossing.",
        ),
        (
            "Ministry denies attack",
            "The ministry denied that the Ras Ajdir crossing had been attacked; traffic is normal, it said.",
        ),
        ("Oil falls", "Oil prices fell as traders attacked the last line of defence of the bulls."),
        ("Court in Tripoli", "A court in Tripoli sentenced two men for theft on Monday."),
        ("Outlook", "Could it come to a blockade of the Sarir oilfield? Analysts rank what may happen next year."),
    ],
)
def test_what_only_sounds_like_it_raises_nothing(detector: Detector, title: str, text: str) -> None:
    assert detector.detect(title, text, published=DAY, language="en").detections == ()


PIECES = st.sampled_from(
    [
        "Gunmen",
        "seized",
        "the Ras Ajdir crossing",
        "on Sunday.",
        "Libya",
        "27 km from",
        "Tripoli",
        "&#39;",
        "\ud800",
        "\n",
        "2019",
        "was attacked",
        "oilfield",
        "Sarir",
        "معبر رأس جدير",
        "سيطر مسلحون على",
        "أمس.",
        "le poste-frontière",
        "Ã©",
        "killed",
        "3",
    ]
)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(PIECES, max_size=40).map(" ".join),
    st.lists(PIECES, max_size=80).map(" ".join) | st.text(st.characters(), max_size=400),
    st.sampled_from([None, DAY, date.min, date.max]),
    st.sampled_from([None, "en", "fr", "ar"]),
)
def test_any_article_can_be_read(
    detector: Detector, title: str, text: str, published: date | None, language: str | None
) -> None:
    result = detector.detect(title, text, published=published, language=language)
    for found in result.detections:
        assert 0 <= found.probability <= 1
        assert found.place.name
        json.dumps(to_json(found), ensure_ascii=False).encode("utf-8")
    if not result.supported:
        assert result.detections == ()


def overlay(tmp_path: Path, **files: str) -> Path:
    for name, content in files.items():
        path = tmp_path / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def test_an_operators_files_take_the_place_of_ours(tmp_path: Path) -> None:
    shipped = (data_dir("rules") / "gazetteer" / "crossings.csv").read_text(encoding="utf-8")
    row = "xx-own,Halma Gate,LY-TN,32.0,11.0,Halma Gate,,بوابة حلمة,own\n"
    folder = overlay(tmp_path, **{"gazetteer__crossings.csv": shipped + row})
    assert load_reader(folder).gazetteer.entries["xx-own"].name == "Halma Gate"
    assert "xx-own" not in load_reader().gazetteer.entries


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("lexicon.yaml", "SEIZE: {en: ['(a']}\n", "lexicon.yaml:1: SEIZE.en"),
        ("junk.yaml", "cut: []\n", "junk.yaml:1: must hold"),
        ("gazetteer/crossings.csv", "id\n", "crossings.csv:1: no column"),
        ("classes/oil_facility.yaml", "class: oil_facility\n", "oil_facility.yaml:1: threshold: Field required"),
        ("classes/own.yaml", "class: sea_port\n", "own.yaml:1: class: Input should be"),
    ],
)
def test_a_wrong_file_of_an_operator_is_told(tmp_path: Path, name: str, content: str, fault: str) -> None:
    with pytest.raises(DataError) as caught:
        Detector.load(overlay(tmp_path, **{name.replace("/", "__"): content}))
    assert any(problem.startswith(fault) for problem in caught.value.problems)


def test_a_wrong_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no usable model"):
        Detector.load(None, tmp_path)


def corners() -> list[tuple[str, Any]]:
    return [
        ("title only", (TITLE, "")),
        ("text only", ("", TEXT)),
        ("title doubled", (TITLE, f"{TITLE}\n{TITLE}\n{TEXT}")),
    ]


@pytest.mark.parametrize(("_case", "article"), corners())
def test_title_or_text_alone_will_do(detector: Detector, _case: str, article: tuple[str, str]) -> None:
    (found,) = detector.detect(*article, published=DAY, language="en").detections
    assert found.place.gazetteer_id == "ly-tn-ras-ajdir"
