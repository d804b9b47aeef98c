"""`alertsvc detect`: one record for each article, in the form that is scored."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from alertsvc.detect.batch import DetectorConfig, detector
from alertsvc.detect.detector import Result
from alertsvc.domain import Action
from alertsvc.offline import detect_saved
from alertsvc.resources import data_dir
from alertsvc.saved import Saved, load_saved
from alertsvc.settings import Settings
from tests.service.stories import MARKET, SARIR
from tests.service.test_replay import record
from tests.track.stories import AL_TUM, NOON, SALVADOR, prose, told

ROOT = Path(__file__).parents[2]
FOUNDING = data_dir("seeds") / "founding.jsonl"
ROW = {
    "class",
    "incident_id",
    "action",
    "place",
    "country",
    "date",
    "killed",
    "severity",
    "probability",
    "reasons",
}


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from alertsvc.cli import main; main()", *map(str, arguments)],
        cwd=ROOT,
        timeout=60,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_command_writes_what_is_scored(tmp_path: Path):
    more = tmp_path / "more.jsonl"
    more.write_text(
        "\n".join(
            (
                record(SARIR, id="undated-1"),
                '{"id": "broken", "text": 7}',
                record(MARKET, id="undated-2"),
                "{not JSON",
                record(MARKET, "2019-12-31", id="old", labels=["oil_facility"], incidents=[{"class": "oil_facility"}]),
            )
        ),
        encoding="utf-8",
    )
    out = tmp_path / "out.jsonl"
    done = command("detect", more, FOUNDING, "-o", out)
    assert done.returncode == 1  # everything was read but the two that are told
    told = done.stderr.splitlines()
    for line, place in zip([line for line in told if "more.jsonl" in line], (2, 4), strict=True):
        assert f"more.jsonl:{place}" in line
    assert "Traceback" not in done.stderr
    records: list[dict[str, Any]] = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    order = [f"founding-{number}" for number in (2, 3)] + ["old"] + [f"founding-{number}" for number in (4, 0, 1)]
    assert [item["id"] for item in records] == [*order, "undated-1", "undated-2"]
    for item in records:
        for row in item["incidents"]:
            assert set(row) >= ROW
            assert isinstance(row["place"], str)
            assert 0 < row["probability"] <= 1
            assert row["reasons"]
            assert row["country"] is None or all(len(side) == 2 for side in row["country"].split("-"))
    found = {item["id"]: item["incidents"] for item in records}
    assert found["old"] == found["undated-2"] == []
    (first,), (second,) = found["founding-0"], found["founding-1"]
    assert first["incident_id"] == second["incident_id"]
    assert (second["country"], second["date"], second["killed"]) == ("LY-NE", "2026-01-31", 3)
    assert [row["class"] for row in found["founding-2"]] == ["border_crossing", "oil_facility"]
    (undated,) = found["undated-1"]
    assert undated["date"] is None


def test_one_article_that_cannot_be_read_stops_no_other(monkeypatch: pytest.MonkeyPatch):
    articles, problems = load_saved([FOUNDING])
    assert problems == []

    def faulty(config: DetectorConfig) -> Any:
        reader = detector(config)

        class Reader:
            def detect(self, title: str, text: str, **options: Any) -> Any:
                if title == "poison":
                    raise RecursionError("too deep")
                return reader.detect(title, text, **options)

        return Reader()

    monkeypatch.setattr("alertsvc.offline.detector", faulty)
    poisoned = [Saved("bad", "poison", "text", articles[0].published, None, None), *articles]
    first, *rest = detect_saved(poisoned, Settings())
    assert first == {"id": "bad", "incidents": [], "error": "RecursionError: too deep"}
    assert all(item["incidents"] for item in rest)


def test_the_same_record_twice_is_one_incident_told_twice():
    articles, _ = load_saved([FOUNDING, FOUNDING])
    ids = [[row["incident_id"] for row in item["incidents"]] for item in detect_saved(articles, Settings())]
    assert len(ids) == 10
    assert ids[::2] == ids[1::2]


def test_another_language_is_said_to_be_unread():
    text = "Combatientes armados tomaron el paso fronterizo de Al-Tum entre Libia y Níger el sábado, dijo el ejército."
    (item,) = detect_saved([Saved("es", "Hombres armados toman un paso", text, None, None, None)], Settings())
    assert item == {"id": "es", "language": "es", "incidents": [], "unsupported": True}


def test_rows_stand_under_the_incident_that_has_their_reports_in_the_end(monkeypatch: pytest.MonkeyPatch):
    told_in = {
        "one": told(Action.CLOSURE, AL_TUM),
        "other": told(Action.CLOSURE, SALVADOR),
        "both": told(Action.CLOSURE, AL_TUM, other_sites=("Salvador Pass",)),
    }

    class Reader:
        def detect(self, title: str, *_: object, **__: object) -> Result:
            return Result("en", True, (told_in[title],))

    monkeypatch.setattr("alertsvc.offline.detector", lambda _: Reader())
    articles = [
        Saved(title, title, f"{title} {prose(number)}", NOON, "en", None) for number, title in enumerate(told_in)
    ]
    names = {row["incident_id"] for record in detect_saved(articles, Settings()) for row in record["incidents"]}
    assert len(names) == 1
