from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.dateline import dateline_end
from alertsvc.detect.detector import Detector
from alertsvc.detect.stamp import headline_end, stamp_end


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


REST = "Rebel fighters took the bridge."


@pytest.mark.parametrize(
    "stamp",
    [
        "15 July 2015",
        "Wed Mar 2 2016",
        "Thursday, 31 July 2014 10:59",
        "Published July 5 2015",
        "Date of publication 7 July 2016",
        "Last updated at Apr 23, 2017",
        "August 22 2013 1849 UTC+3",
        "2021-08-15",
        "24.08.2013",
        "02-09-2013 |",
        "Publié le 12 mars 2024 à 10h30",
        "الثلاثاء 15 يوليو 2015",
        "تاريخ النشر: 3 كانون الأول 2024",
    ],
)
def test_the_date_of_a_page_is_told_from_the_text(stamp: str) -> None:
    line = f"{stamp} {REST}"
    assert line[stamp_end(line) :] == REST


@pytest.mark.parametrize(
    "line",
    [
        "15 July 2015 was the day the crossing closed.",
        "On 15 July 2015 the crossing closed.",
        "2020-21 was a bad season.",
        "24 soldiers were killed.",
        "July 5 saw heavy fighting.",
        "",
    ],
)
def test_a_date_within_a_sentence_stays(line: str) -> None:
    assert stamp_end(line) == 0


@given(st.text(max_size=200), st.text(max_size=80))
def test_any_line_is_cut_within_itself(line: str, headline: str) -> None:
    assert 0 <= stamp_end(line) <= len(line)
    assert 0 <= headline_end(line, headline) <= len(line)
    assert 0 <= dateline_end(line) <= len(line)


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("Rebels seize post on eastern frontier. At least nine died.", "At least nine died."),
        ("Rebels seize post on eastern frontier At least nine died.", "At least nine died."),
        ("Rebels seize post on eastern frontier, officials said.", "officials said."),
        ("Rebels seize post on eastern frontier with a tank.", None),
        ("Rebels seize post.", None),
    ],
)
def test_the_headline_over_again_is_taken_off(line: str, rest: str | None) -> None:
    end = headline_end(line, "Rebels seize post on eastern frontier")
    assert (line[end:] if end else None) == rest


def test_a_line_of_its_own_is_left_whole_where_the_headline_is_short() -> None:
    assert headline_end("Rebels advance. They took a town.", "Rebels advance") == 0


def test_the_date_of_the_page_dates_an_article_without_one(detector: Detector) -> None:
    text = (
        "24 August 2013 Gunmen attacked the Ras Ajdir border crossing on Friday and killed two guards. "
        "The crossing was closed."
    )
    result = detector.detect("Gunmen attack Ras Ajdir crossing", text, published=None, language="en")
    assert result.reading is not None
    assert result.reading.published == date(2013, 8, 24)
    assert [found.event_date for found in result.detections] == [date(2013, 8, 23)]


@pytest.mark.parametrize("line", ["MOSCOW, August 15. /TASS/. Forces entered.", "KYIV /Ukrinform/ - Forces entered."])
def test_an_agency_between_strokes_is_a_dateline(line: str) -> None:
    assert line[dateline_end(line) :] == "Forces entered."
