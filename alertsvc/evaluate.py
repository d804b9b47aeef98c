"""Scores of detection against labelled articles.

A labelled article is a saved article with `labels` (its classes), `incidents` (rows with class, action, place, country,
date, killed and, where given, the situation it belongs to), and `ambiguous` where careful readers differ; such are left
out. Rows that were found and rows that were labelled are matched one to one within a class, best fit first.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from alertsvc.detect.fold import fold, tokens
from alertsvc.detect.gazetteer import Gazetteer
from alertsvc.domain import IncidentClass
from alertsvc.errors import DataError

__all__ = ["Evaluation", "evaluate", "labelled_files"]

_ALIKE = 0.8
_FIELDS = ("place", "country", "date", "action", "killed")
_KIND_WORDS = frozenset(
    "al el the of border crossing post point gate checkpoint oil gas field oilfield terminal port refinery pipeline "
    "facility depot station poste frontiere champ raffinerie oleoduc معبر منفذ حقل مصفاه ميناء خط".split()
)


@dataclass(slots=True)
class Tally:
    """Counts of one class, language or all."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def scores(self) -> dict[str, float | int | None]:
        """Return precision, recall and F1, None where there is nothing to divide by."""
        said, true = self.tp + self.fp, self.tp + self.fn
        return {
            "precision": self.tp / said if said else None,
            "recall": self.tp / true if true else None,
            "f1": 2 * self.tp / (said + true) if said + true else None,
            "tp": self.tp,
            "fp": self.fp,
            "fn": self.fn,
        }


@dataclass(slots=True)
class Evaluation:
    """What came out."""

    articles: int = 0
    clean: int = 0
    clean_with_alarm: int = 0
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    agree: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    extra_rows: int = 0
    rows: int = 0
    alarms_by_kind: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    filing: dict[str, float] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        return {
            "articles": self.articles,
            "scores": {name: tally.scores() for name, tally in sorted(self.tallies.items())},
            "false_alarms_per_1000_clean": 1000 * self.clean_with_alarm / self.clean if self.clean else None,
            "clean": self.clean,
            "false_alarms_by_kind": dict(self.alarms_by_kind),
            "fields": {
                name: {"agree": self.agree[name], "of": self.compared[name]} for name in _FIELDS if self.compared[name]
            },
            "rows_beyond": {"extra": self.extra_rows, "of": self.rows},
            "filing": self.filing,
        }


def labelled_files(paths: Sequence[Path]) -> list[Path]:
    """Return the `.jsonl` files among these files and folders.

    Raises:
        DataError: there is none.
    """
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not found:
        raise DataError([f"{', '.join(map(str, paths))}: no .jsonl files there"])
    return found


def read_labels(files: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Return the labelled records by id.

    Raises:
        DataError: a record has no id or labels, or an id stands twice.
    """
    records: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    for path in files:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                try:
                    record = json.loads(line)
                    key, _ = str(record["id"]), record["labels"]
                except (ValueError, KeyError, TypeError) as error:
                    problems.append(f"{path.name}:{number}: not a labelled article: {error!r}")
                    continue
                if key in records:
                    problems.append(f"{path.name}:{number}: id {key!r} stands twice")
                records[key] = record
    if problems:
        raise DataError(problems)
    return records


def evaluate(records: dict[str, dict[str, Any]], found: Iterable[dict[str, Any]], gazetteer: Gazetteer) -> Evaluation:
    """Score what was found, one record for each article, against the labels."""
    result = Evaluation()
    same = _same_place(gazetteer)
    clusters: list[tuple[tuple[str, int], str, str]] = []
    for row in found:
        gold = records.get(str(row["id"]))
        if gold is None or gold.get("ambiguous"):
            continue
        _score_article(gold, row["incidents"], same, result, clusters)
    result.filing = _b_cubed(clusters)
    return result


def _score_article(
    gold: dict[str, Any],
    found: list[dict[str, Any]],
    same: Callable[[str, str], bool],
    result: Evaluation,
    clusters: list[tuple[tuple[str, int], str, str]],
) -> None:
    result.articles += 1
    want, got = set(gold["labels"]), {item["class"] for item in found}
    language = gold.get("lang") or "en"
    if not want:
        result.clean += 1
        result.clean_with_alarm += bool(got)
    for name in map(str, IncidentClass):
        if name not in want and name not in got:
            continue
        for key in (name, language, "all"):
            tally = result.tallies[key]
            tally.tp += name in want and name in got
            tally.fp += name in got and name not in want
            tally.fn += name in want and name not in got
        if (name in want) != (name in got):
            kind = "missed" if name in want else "false alarm"
            result.alarms_by_kind[gold.get("hard") or "plain"] += kind == "false alarm"
            result.errors.append(f"{kind}: {name}: {gold['id']}: {gold['title'][:90]}")
    for name in sorted(want & got):
        truths = [item for item in gold.get("incidents", []) if item["class"] == name]
        rows = [item for item in found if item["class"] == name]
        result.rows += len(rows)
        ranked = sorted(
            ((_fit(t, r, same), -i, -j) for i, t in enumerate(truths) for j, r in enumerate(rows)), reverse=True
        )
        used_t: set[int] = set()
        used_r: set[int] = set()
        for _, i, j in ranked:
            if -i in used_t or -j in used_r:
                continue
            used_t.add(-i)
            used_r.add(-j)
            truth, row = truths[-i], rows[-j]
            clusters.append(((gold["id"], len(clusters)), str(truth.get("incident")), str(row["incident_id"])))
            _compare(gold["id"], truth, row, same, result)
        result.extra_rows += len(rows) - len(used_r)


def _accepted(truth: dict[str, Any], name: str) -> set[Any]:
    return {truth.get(name), *truth.get(f"{name}_also", [])}


def _fit(truth: dict[str, Any], row: dict[str, Any], same: Callable[[str, str], bool]) -> tuple[bool, bool]:
    place = any(same(str(name), str(row.get("place"))) for name in _accepted(truth, "place") if name)
    return place, row.get("action") in _accepted(truth, "action")


def _compare(
    key: str, truth: dict[str, Any], row: dict[str, Any], same: Callable[[str, str], bool], result: Evaluation
) -> None:
    place, action = _fit(truth, row, same)
    tests: dict[str, bool] = {"place": place, "action": action}
    if truth.get("country"):
        tests["country"] = sorted(truth["country"].split("-")) == sorted((row.get("country") or "").split("-"))
    if truth.get("date"):
        tests["date"] = _days(truth["date"], row.get("date")) <= 1
    tests["killed"] = (row.get("killed") or 0) == (truth.get("killed") or 0)
    for name, agrees in tests.items():
        result.compared[name] += 1
        result.agree[name] += agrees
        if not agrees:
            result.errors.append(f"{name}: {key}: {row.get(name)!r}, labelled {truth.get(name)!r}")


def _days(one: str, other: str | None) -> int:
    try:
        return abs((date.fromisoformat(one) - date.fromisoformat(other or "")).days)
    except ValueError:
        return 9999


def _same_place(gazetteer: Gazetteer) -> Callable[[str, str], bool]:
    """Return a test whether two names mean one place: one row of the gazetteer, or the telling words alike."""

    def same(one: str, other: str) -> bool:
        if fold(one).split() == fold(other).split():
            return True
        ids = {entry.id for entry in gazetteer.named(one)} & {entry.id for entry in gazetteer.named(other)}
        if ids:
            return True
        short, long = sorted((_telling(one), _telling(other)), key=len)
        if not short:
            return False
        alike = sum(any(a == b or SequenceMatcher(None, a, b).ratio() >= _ALIKE for b in long) for a in short)
        return alike * 2 >= len(short)

    return same


def _telling(name: str) -> set[str]:
    return {token.text for token in tokens(fold(name))} - _KIND_WORDS


def _b_cubed(clusters: list[tuple[tuple[str, int], str, str]]) -> dict[str, float]:
    """Return B-cubed precision, recall and F1 of filing (Bagga and Baldwin 1998) over the reports that were found."""
    gold: dict[str, set[Any]] = defaultdict(set)
    filed: dict[str, set[Any]] = defaultdict(set)
    for item, truth, incident in clusters:
        gold[truth].add(item)
        filed[incident].add(item)
    if not clusters:
        return {}
    precision = sum(len(gold[t] & filed[i]) / len(filed[i]) for _, t, i in clusters) / len(clusters)
    recall = sum(len(gold[t] & filed[i]) / len(gold[t]) for _, t, i in clusters) / len(clusters)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}
