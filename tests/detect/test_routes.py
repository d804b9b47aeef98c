from __future__ import annotations

from datetime import date

import pytest

from alertsvc.detect.detector import Detector
from alertsvc.detect.routes import Routes
from alertsvc.domain import IncidentClass

DAY = date(2026, 2, 4)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


@pytest.mark.parametrize(
    ("language", "text", "line"),
    [
        (
            "en",
            "The pipeline that carries crude from Agadem to the terminal of Sèmè was hit.",
            "ne-niger-benin-pipeline",
        ),
        ("en", "A blast hit the oil pipeline between Benin and Niger.", "ne-niger-benin-pipeline"),
        ("fr", "Une explosion a touché l'oléoduc Bénin – Niger.", "ne-niger-benin-pipeline"),
        ("ar", "انفجار يصيب خط أنابيب النفط بين بنين والنيجر.", "ne-niger-benin-pipeline"),
        ("en", "Niger and Benin signed an agreement on cotton.", None),
        ("en", "A blast hit the oil pipeline in Benin.", None),
        ("en", "The pipeline carries oil from the east to the west.", None),
    ],
)
def test_a_pipeline_is_known_by_its_ends(detector: Detector, language: str, text: str, line: str | None) -> None:
    reading = detector.reader.read("", text, language=language, published=DAY)
    found = Routes(detector.reader.gazetteer).named_by_ends(reading.sentences[0])
    assert (found.id if found else None) == line


def test_what_was_hit_is_the_line_and_neither_end(detector: Detector) -> None:
    found = detector.detect(
        "Saboteurs blow up oil pipeline in western Niger",
        "Saboteurs blew up the pipeline that carries crude from the Agadem field in Niger to the terminal of Sèmè in "
        "Benin on Tuesday, officials said. The attack near Dosso set the pipeline on fire.",
        published=DAY,
    ).detections
    assert [(d.incident_class, d.place.gazetteer_id, d.place.country) for d in found] == [
        (IncidentClass.OIL, "ne-niger-benin-pipeline", "NE")
    ]


def test_a_pipeline_is_hit_in_the_country_that_the_text_says(detector: Detector) -> None:
    found = detector.detect(
        "Blast halts oil pipeline from Iraq",
        "Militants blew up the Kirkuk-Ceyhan pipeline in south-eastern Turkey on Tuesday and the flow of Iraqi crude "
        "was halted, officials said.",
        published=DAY,
    ).detections
    assert [(d.place.name.split(" pipeline")[0], d.place.country) for d in found] == [("Kirkuk-Ceyhan", "TR")]
