"""What other rules would make of the articles in the store: decided again, compared, and nothing written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from alertsvc.detect.detector import Detector, load_reader
from alertsvc.detect.model import Model
from alertsvc.detect.rules import CIRCUMSTANCES, RuleSet, class_layers, load_classes
from alertsvc.detect.rules.trial import read_files
from alertsvc.domain import Article, Count, Detection
from alertsvc.errors import DataError
from alertsvc.resources import data_dir
from alertsvc.settings import DetectSettings
from alertsvc.store import Store
from alertsvc.store.articles import article_state, detections_of, list_articles

__all__ = ["ArticleDiff", "Change", "RuleDiff", "compare", "detector_over", "diff_articles"]

_PAGE = 100
_DECIDED = ("read", "unsupported")


@dataclass(frozen=True, slots=True)
class Change:
    """An incident that both sets of rules find in an article, with each field they see differently: (stored, again)."""

    stored: Detection
    again: Detection
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class ArticleDiff:
    """What would change of one article; `error` says why it could not be decided again."""

    article: Article
    appears: tuple[Detection, ...] = ()
    disappears: tuple[Detection, ...] = ()
    changed: tuple[Change, ...] = ()
    error: str | None = None


@dataclass(slots=True)
class RuleDiff:
    """What would change of all articles; those that stay as they are are counted only."""

    articles: int = 0
    differing: list[ArticleDiff] = field(default_factory=list)

    def count(self, name: str) -> int:
        """Return how many incidents appear, disappear or are changed."""
        return sum(len(getattr(item, name)) for item in self.differing)

    @property
    def errors(self) -> int:
        """How many articles could not be decided again."""
        return sum(item.error is not None for item in self.differing)


def detector_over(settings: DetectSettings, over: Path | None) -> Detector:
    """Load a detector with the files of a folder over the configured ones, which lie over ours.

    Raises:
        DataError: something of it cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="alertsvc-rules-") as name:
        merged = Path(name)
        for folder in (settings.rules_dir, over):
            for path in read_files(folder) if folder is not None else ():
                target = merged / path.relative_to(folder or path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        problems: list[str] = []
        reader = None
        try:
            reader = load_reader(merged)
        except DataError as error:
            problems += error.problems
        try:
            concepts = reader.lexicon.concepts if reader is not None else None
            rules = RuleSet(load_classes(class_layers(settings.rules_dir, over), concepts))
        except DataError as error:
            problems += error.problems
        if problems or reader is None:
            raise DataError(problems)
    model = Model.load(settings.model_dir if settings.model_dir is not None else data_dir("classifiers"))
    return Detector(reader, rules, model, languages=settings.languages, threshold=settings.threshold)


def diff_articles(
    store: Store, detector: Detector, since: datetime, now: datetime, progress: Callable[[str, int, int], None]
) -> RuleDiff:
    """Decide the articles of a time again, and compare with what is stored of them. The store is only read.

    Articles that were not read, as those of a backlog that is ignored, are left out.

    Args:
        store: where the articles are.
        detector: what decides again.
        since: the earliest date of an article.
        now: the present.
        progress: called with a step, how many per cent of the time are through, and 100.

    Raises:
        StoreError: the database does not answer.
    """
    found = RuleDiff()
    length = max(1.0, (now - since).total_seconds())
    for article, stored in _decided(store, since):
        if stored is not None:
            found.articles += 1
            item = _again(detector, article, stored)
            if item.appears or item.disappears or item.changed or item.error:
                found.differing.append(item)
        progress("per cent", min(100, int(100 * (article.effective - since).total_seconds() / length)), 100)
    return found


def _decided(store: Store, since: datetime) -> Iterator[tuple[Article, Sequence[Detection] | None]]:
    """Yield articles with what is stored of them, None for one that was not decided."""
    last: Article | None = None
    while True:
        # Page by page, so that nothing is held up while articles are decided.
        with store.read() as conn:
            page = [
                (article, _stored(conn, article))
                for article in list_articles(conn, since=since, limit=_PAGE, after=last)
            ]
        if not page:
            return
        yield from page
        last = page[-1][0]


def _stored(conn: Connection, article: Article) -> list[Detection] | None:
    assert article.id is not None
    state = article_state(conn, article.id)
    return detections_of(conn, article.id) if state is not None and state.state in _DECIDED else None


def _again(detector: Detector, article: Article, stored: Sequence[Detection]) -> ArticleDiff:
    text = article.text or article.summary
    try:
        result = detector.detect(article.title, text, published=article.effective.date(), language=article.language)
    except Exception as error:  # noqa: BLE001  one article stops no other
        return ArticleDiff(article, error=f"{type(error).__name__}: {' '.join(str(error).split())}")
    appears, disappears, changed = compare(stored, result.detections)
    return ArticleDiff(article, appears, disappears, changed)


def compare(
    stored: Sequence[Detection], again: Sequence[Detection]
) -> tuple[tuple[Detection, ...], tuple[Detection, ...], tuple[Change, ...]]:
    """Pair what two sets of rules find in one article: what appears, what disappears, and what both see differently.

    Of a class, those at the same place belong together, then those left over in their order.
    """
    old, new = list(stored), list(again)
    pairs: list[tuple[Detection, Detection]] = []
    for same_place in (True, False):
        for before in list(old):
            for after in new:
                if after.incident_class is before.incident_class and (not same_place or _site(before) == _site(after)):
                    old.remove(before)
                    new.remove(after)
                    pairs.append((before, after))
                    break
    changed = []
    for before, after in pairs:
        was, now = _facts(before), _facts(after)
        fields = {name: (was[name], now[name]) for name in was if was[name] != now[name]}
        if fields:
            changed.append(Change(before, after, fields))
    return tuple(new), tuple(old), tuple(changed)


def _site(detection: Detection) -> str:
    return detection.place.gazetteer_id or detection.place.name.casefold()


def _facts(detection: Detection) -> dict[str, Any]:
    """Return what people see of a detection and what its severity follows from, as plain data."""
    told = {reason.name for reason in detection.reasons if reason.kind == "field"}
    place = detection.place
    return {
        "action": detection.action.value,
        "place": place.name,
        "country": place.country,
        "event_date": detection.event_date.isoformat() if detection.event_date else None,
        "killed": _span(detection.killed),
        "wounded": _span(detection.wounded),
        "captured": _span(detection.captured),
        "km_to_capital": place.km_to_capital,
        "tier": place.tier,
        "flow": detection.flow,
        "sites": 1 + len(set(detection.other_sites)),
        "cross_border": detection.cross_border,
        "one_party": detection.one_party,
        "disputed": detection.disputed,
        "announced_offensive": detection.announced_offensive,
        "reversed_within_day": detection.reversed_within_day,
        **{name: name in told for name in CIRCUMSTANCES},
    }


def _span(count: Count | None) -> str | None:
    if count is None:
        return None
    if count.high is None or count.high == count.low:
        return str(count.low)
    return f"{count.low}-{count.high}"
