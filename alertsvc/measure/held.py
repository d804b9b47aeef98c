"""Labelled articles through the whole of detection and filing: those of `seeds/` never trained on, or others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alertsvc.detect.batch import detector
from alertsvc.detect.train import Progress
from alertsvc.evaluate import evaluate, labelled_files, read_labels
from alertsvc.measure.counts import CLASSES, Case, table
from alertsvc.offline import detect_saved, detector_settings
from alertsvc.saved import load_saved
from alertsvc.settings import Settings

__all__ = ["score_labelled"]


def score_labelled(
    paths: Sequence[Path], settings: Settings, progress: Progress | None = None, *, errors: int = 0
) -> dict[str, Any]:
    """Return how detection does on labelled articles, as plain data.

    What `alertsvc.evaluate` tells, the scores with their intervals, and `rows`, `not_read` and `languages` of the
    articles; up to so many `errors` are listed.

    Raises:
        DataError: the files hold no labelled articles.
    """
    files = labelled_files(paths)
    records = read_labels(files)
    articles, problems = load_saved(files)
    found = list(detect_saved(articles, settings, progress))
    result = evaluate(records, found, detector(detector_settings(settings)).reader.gazetteer)
    cases, said = [], []
    for row in found:
        gold = records.get(str(row["id"]))
        if gold is not None and not gold.get("ambiguous"):
            cases.append(Case(gold.get("lang") or "en", frozenset(gold["labels"]) & frozenset(CLASSES), {}))
            said.append(frozenset(item["class"] for item in row["incidents"]))
    data = result.as_data()
    return data | {
        "scores": table(cases, said),
        "ambiguous": sum(bool(record.get("ambiguous")) for record in records.values()),
        "not_read": len(problems) + sum("error" in row for row in found),
        "errors": result.errors[:errors],
    }
