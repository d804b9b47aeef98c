"""Everything that is measured of detection, as plain data: for the tables, the floors and the model card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alertsvc.detect.batch import detector
from alertsvc.detect.judging import Article
from alertsvc.detect.rules import RuleSet
from alertsvc.detect.train import DECISION, Progress
from alertsvc.domain import IncidentClass
from alertsvc.measure.ablations import ablations, learning_curve
from alertsvc.measure.counts import CLASSES, best_cuts, calibration, said_at, table
from alertsvc.measure.folds import Folds, batch_folds, country_folds, read_text
from alertsvc.measure.held import score_labelled
from alertsvc.measure.places import continent_of
from alertsvc.measure.speed import speed
from alertsvc.measure.text import check_text
from alertsvc.offline import detector_settings
from alertsvc.resources import data_dir
from alertsvc.saved import load_saved
from alertsvc.settings import Settings

__all__ = ["HELD_OUT", "figures", "figures_of", "measure"]

HELD_OUT = ("heldout", "founding")
"""Files of `seeds/` on which nothing is ever trained."""

_RARE = 60  # passages below which an action of a class is told of by itself


def measure(
    paths: Sequence[Path],
    settings: Settings,
    progress: Progress | None = None,
    *,
    corpus: Sequence[Path] = (),
    card: bool = False,
    errors: int = 0,
) -> dict[str, Any]:
    """Measure detection on what it was not trained on.

    Args:
        paths: the training text, judged fold by fold.
        settings: whose rules and model judge the labelled articles.
        progress: told of each step.
        corpus: labelled articles of the caller's, if any.
        card: whether the ablations, the learning curve and the speed are measured too, which takes minutes.
        errors: how many wrong decisions of the labelled articles are listed.

    Raises:
        DataError: training text, rules, model or labelled articles cannot be used.
    """
    reader = detector(detector_settings(settings))
    rules = reader.rules
    articles = read_text(reader.reader, rules, paths, progress)
    seeds = data_dir("seeds")
    written = [item for item in articles if not item.passage.made]
    data: dict[str, Any] = {
        "model": json.loads(_manifest(settings).read_text(encoding="utf-8")),
        "data": {**_counts(written), "made": len(articles) - len(written)},
        "text": check_text([item.passage for item in written]),
    }
    for name in HELD_OUT:
        told = errors if name == "founding" else 0  # who reads the errors of the held-out articles learns from them
        data[name] = score_labelled([seeds / f"{name}.jsonl"], settings, _named(progress, name), errors=told)
    if corpus:
        data["corpus"] = score_labelled(corpus, settings, _named(progress, "corpus"), errors=errors)
    countries = country_folds(articles, rules, _named(progress, "folds by country"))
    data |= _of_folds(countries, rules)
    batches = batch_folds(articles, rules, _named(progress, "folds by batch"))
    data["batches"] = table(batches.cases, said_at(batches.cases, _thresholds(rules)))
    if card:
        data["ablations"] = ablations(articles, countries, rules, progress)
        data["curve"] = learning_curve(articles, countries, rules, progress)
        data["speed"] = speed(reader, load_saved([seeds / "heldout.jsonl"])[0])
    return data


def figures(data: dict[str, Any]) -> dict[str, Any]:
    """Return what floors can be set for, by the names that `floors.json` has."""
    found = {
        "countries": data["articles"],
        "batches": data["batches"],
        "sentences": data["sentences"],
        "calibration": {"ece": data["calibration"]["ece"]},
        "text": {name: len(data["text"][name]) for name in ("near_duplicates", "frames")},
    }
    for name in (*HELD_OUT, "corpus"):
        if name in data:
            found[name] = figures_of(data[name])
    return found


def figures_of(labelled: dict[str, Any]) -> dict[str, Any]:
    """Return what floors can be set for of labelled articles, as `score_labelled` returns them."""
    scores: dict[str, Any] = labelled["scores"]
    return scores | {
        "fields": {field: item["agree"] / item["of"] for field, item in labelled["fields"].items()},
        "false_alarms_per_1000_clean": labelled["false_alarms_per_1000_clean"],
    }


def _manifest(settings: Settings) -> Path:
    return (settings.detect.model_dir or data_dir("classifiers")) / "manifest.json"


def _named(progress: Progress | None, name: str) -> Progress | None:
    return None if progress is None else lambda _step, done, of: progress(name, done, of)


def _thresholds(rules: RuleSet) -> dict[str, float]:
    return {str(name): rules.classes[name].threshold for name in IncidentClass}


def _of_folds(folds: Folds, rules: RuleSet) -> dict[str, Any]:
    """Return what the folds by country tell."""
    cases = folds.cases
    sure = {str(name): rules.classes[name].sure for name in IncidentClass}
    points = {"threshold": _thresholds(rules), "flash": sure, "best": best_cuts(cases)}
    tables = {name: table(cases, said_at(cases, cuts)) for name, cuts in points.items()}
    said = said_at(cases, points["threshold"])
    single = table(folds.sentences, said_at(folds.sentences, dict.fromkeys(CLASSES, DECISION)), intervals=False)
    kinds: dict[str, Counter[str]] = {}
    rare: dict[tuple[str, str], Counter[str]] = {}
    for item, found in zip(folds.judged, said, strict=True):
        passage = item.article.passage
        labels = {(str(n), str(a)) for _, _, told in passage.sentences for n, a in told}
        count = kinds.setdefault(passage.kind, Counter())
        count["articles"] += 1
        count["without"] += not labels
        count["false"] += bool(not labels and found)
        for pair in labels:
            row = rare.setdefault(pair, Counter())
            row["articles"] += 1
            row["found"] += pair[0] in found
            row[passage.language] += 1
    return {
        "articles": tables["threshold"],
        "sentences": single,
        "calibration": calibration(cases),
        "operating": {
            name: {
                point: {"cut": round(min(cuts[name], 1.0), 4), **tables[point][name]} for point, cuts in points.items()
            }
            for name in CLASSES
        },
        "false_alarms": {name: dict(count) for name, count in sorted(kinds.items())},
        "actions": [
            {"class": name, "action": action, **row}
            for (name, action), row in sorted(rare.items(), key=lambda item: (item[1]["articles"], item[0]))
        ],
    }


def _counts(articles: Sequence[Article]) -> dict[str, Any]:
    """Return what the training text consists of."""
    passages = [item.passage for item in articles]
    languages: dict[str, Counter[str]] = {}
    for passage in passages:
        row = languages.setdefault(passage.language, Counter())
        told = [bool(labels) for _, _, labels in passage.sentences]
        row.update(passages=1, sentences=len(told), telling=sum(told), incidents=any(told))
        row["articles"] += len(told) > 2
    labels = Counter(
        (f"{name}: {action}", passage.language)
        for passage in passages
        for name, action in {label for _, _, told in passage.sentences for label in told}
    )
    return {
        "languages": {name: dict(row) for name, row in languages.items()},
        "labels": {
            name: {code: labels[name, code] for code in languages} for name in sorted({key for key, _ in labels})
        },
        "kinds": dict(Counter(passage.kind for passage in passages).most_common()),
        "voices": dict(Counter(passage.voice or "not told" for passage in passages).most_common()),
        "continents": dict(Counter(continent_of(passage.country) for passage in passages).most_common()),
        "countries": len({passage.country for passage in passages}),
        "batches": len({(passage.language, passage.batch) for passage in passages}),
    }
