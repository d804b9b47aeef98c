from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from alertsvc.detect import batch
from alertsvc.detect.batch import DetectorConfig, Finding, ReadRequest, detect_batch
from alertsvc.detect.detector import Detector
from alertsvc.errors import DataError
from alertsvc.resources import data_dir

CONFIG = DetectorConfig(None, None, ("en", "fr", "ar"), None)
GOOD = ReadRequest(
    "Gunmen seize the Ras Ajdir crossing in Libya",
    "Gunmen seized the Ras Ajdir crossing between Libya and Tunisia on Sunday, the interior ministry said.",
    date(2026, 2, 4),
    "en",
)
BAD = replace(GOOD, title="This one makes a reader raise while it is being read")
SPANISH = ReadRequest("Una columna", "Los combatientes ocuparon la localidad, según varios vecinos.", None, None)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Each test loads its detectors anew and leaves none behind."""
    batch._loaded.clear()
    yield
    batch._loaded.clear()


def test_findings_stand_in_the_order_of_the_requests() -> None:
    good, spanish, empty = detect_batch(CONFIG, [GOOD, SPANISH, ReadRequest("", "", None, None)])
    assert (good.language, good.supported, good.error, len(good.detections)) == ("en", True, None, 1)
    assert spanish == Finding("es", False)
    assert empty == Finding(None, False)
    assert detect_batch(CONFIG, []) == []


def test_one_article_that_breaks_a_reader_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Detector.detect

    def breaks(self: Detector, title: str, text: str, **more: Any) -> Any:
        if title == BAD.title:
            raise ZeroDivisionError("a reader broke")
        return real(self, title, text, **more)

    monkeypatch.setattr(Detector, "detect", breaks)
    first, second, third = detect_batch(CONFIG, [GOOD, BAD, GOOD])
    assert second == Finding(None, False, error="ZeroDivisionError: a reader broke")
    assert first == third
    assert len(first.detections) == 1


def test_a_broken_reader_inside_is_caught_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any) -> Any:
        raise RecursionError("too deep")

    monkeypatch.setattr("alertsvc.detect.reading.read_dates", breaks)
    found = detect_batch(CONFIG, [GOOD, SPANISH])
    assert [item.error for item in found] == ["RecursionError: too deep", None]


def test_the_same_requests_give_the_same_findings() -> None:
    lines = (data_dir("seeds") / "founding.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    requests = [
        ReadRequest(item["title"], item["text"], date.fromisoformat(item["published"]), item["lang"])
        for item in records
    ]
    one = detect_batch(CONFIG, requests)
    batch._loaded.clear()
    assert detect_batch(CONFIG, requests) == one
    assert detect_batch(CONFIG, requests[::-1]) == one[::-1]


def test_a_detector_is_loaded_once_for_a_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[float | None] = []
    real = Detector.load

    def counted(*args: Any, **more: Any) -> Detector:
        loads.append(more["threshold"])
        return real(*args, **more)

    monkeypatch.setattr(Detector, "load", counted)
    for config in (CONFIG, CONFIG, replace(CONFIG, threshold=0.5), replace(CONFIG, threshold=0.5, stamp=1.0)):
        detect_batch(config, [])
    assert loads == [None, 0.5, 0.5]


def test_settings_reach_the_detector() -> None:
    (found,) = detect_batch(replace(CONFIG, languages=("fr",)), [GOOD])
    assert (found.language, found.supported) == ("en", False)
    (found,) = detect_batch(replace(CONFIG, threshold=0.999999), [GOOD])
    assert found.detections == ()


def test_without_a_model_nothing_is_read(tmp_path: Any) -> None:
    with pytest.raises(DataError, match="no usable model"):
        detect_batch(replace(CONFIG, model_dir=tmp_path), [GOOD])


def test_what_travels_to_a_worker_and_back_can_be_pickled() -> None:
    found = detect_batch(CONFIG, [GOOD])
    assert pickle.loads(pickle.dumps((CONFIG, GOOD, found))) == (CONFIG, GOOD, found)
