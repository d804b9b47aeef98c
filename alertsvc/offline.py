"""Detection and filing of saved articles on a throw-away store, each at its own date."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alertsvc.clock import ManualClock
from alertsvc.detect.batch import DetectorConfig, detector
from alertsvc.domain import Article, Detection
from alertsvc.saved import Saved
from alertsvc.service import make_desk
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import save_articles
from alertsvc.store.feeds import FeedSpec, sync_feeds
from alertsvc.store.incidents import article_reports, get_current, get_incident
from alertsvc.track.desk import Desk

__all__ = ["detect_saved", "detector_settings", "throw_away_store"]

_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
_TOGETHER = 200  # articles filed in one transaction


def detector_settings(settings: Settings) -> DetectorConfig:
    """Return the configuration of detection."""
    detect = settings.detect
    return DetectorConfig(detect.rules_dir, detect.model_dir, detect.languages, detect.threshold)


@contextmanager
def throw_away_store() -> Iterator[Store]:
    """Open an empty store that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="alertsvc-") as folder:
        store = Store.open(f"sqlite:///{folder}/replay.db")
        try:
            with store.begin() as conn:
                sync_feeds(conn, [saved_feed()], _EPOCH)
            yield store
        finally:
            store.close()


def saved_feed() -> FeedSpec:
    """Return the feed that saved articles count as coming from."""
    from alertsvc.domain import BacklogPolicy

    return FeedSpec(
        id="saved",
        url="https://saved.invalid/",
        title="Saved articles",
        language=None,
        country=None,
        interval=86400.0,
        backlog=BacklogPolicy.ALERT,
        full_text=False,
        enabled=False,
        verified=False,
        demonstration=False,
    )


def detect_saved(
    articles: Sequence[Saved], settings: Settings, progress: Callable[[str, int, int], None] | None = None
) -> Iterator[dict[str, Any]]:
    """Detect and file saved articles in order; yields one record for each, in the form that is scored.

    An article that cannot be read is yielded with an `error` and no incidents. Nothing is yielded before all are filed:
    a later article may show two incidents to be one.
    """
    reader = detector(detector_settings(settings))
    clock = ManualClock(_EPOCH)
    records: list[dict[str, Any]] = []
    with throw_away_store() as store:
        desk = make_desk(store, settings)
        for start in range(0, len(articles), _TOGETHER):
            with store.begin() as conn:
                for number, saved in enumerate(articles[start : start + _TOGETHER], start + 1):
                    now = clock.move_to(saved.published) if saved.published else clock.now()
                    records.append(_one(conn, desk, reader, saved, now))
                    if progress is not None:
                        progress("articles", number, len(articles))
        with store.read() as conn:
            for record in records:
                yield record | {"incidents": _as_they_stand(conn, record["incidents"])}


def _as_they_stand(conn: Any, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows under the incidents that have their reports now, one for each, the most probable."""
    kept: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: -row["probability"]):
        incident = get_current(conn, row["incident_id"])
        name = row["incident_id"] if incident is None else incident.public_id
        kept.setdefault(name, row | {"incident_id": name})
    order = {row["incident_id"]: number for number, row in enumerate(rows)}
    return sorted(kept.values(), key=lambda row: order.get(row["incident_id"], len(rows)))


def _one(conn: Any, desk: Desk, reader: Any, saved: Saved, now: datetime) -> dict[str, Any]:
    published = saved.published.date() if saved.published else None
    try:
        result = reader.detect(saved.title, saved.text, published=published, language=saved.language)
    except Exception as error:  # noqa: BLE001  one article stops no other
        return {"id": saved.id, "incidents": [], "error": f"{type(error).__name__}: {error}"}
    record: dict[str, Any] = {"id": saved.id, "language": result.language}
    if not result.supported:
        return record | {"incidents": [], "unsupported": True}
    article = replace(saved.article(now), language=result.language)
    stored = _store(conn, article, now)
    desk.file(conn, stored, result.detections, now)
    assert stored.id is not None
    told: dict[str, Detection] = {}  # two places of an article may be one incident
    for public_id, report in article_reports(conn, stored.id):
        known = told.setdefault(public_id, report.detection)
        if report.detection.probability > known.probability:
            told[public_id] = report.detection
    return record | {"incidents": [_row(conn, public_id, detection) for public_id, detection in told.items()]}


def _store(conn: Any, article: Article, now: datetime) -> Article:
    saved = save_articles(conn, [article], now)
    if saved.new or saved.edited:
        return (*saved.new, *saved.edited)[0]
    # The same record stands twice in the files: filed under a key of its own, as another outlet's copy would be.
    return save_articles(conn, [replace(article, key=f"{article.key}#{now.timestamp()}")], now).new[0]


def _row(conn: Any, public_id: str, detection: Detection) -> dict[str, Any]:
    incident = get_incident(conn, public_id)
    return {
        "class": detection.incident_class.value,
        "incident_id": public_id,
        "action": detection.action.value,
        "place": detection.place.name,
        "country": detection.place.country,
        "date": detection.event_date.isoformat() if detection.event_date else None,
        "killed": detection.killed.low if detection.killed else None,
        "severity": incident.severity.value if incident else None,
        "probability": detection.probability,
        "reasons": [f"{item.kind} {item.name} {item.weight:+.2f}: {item.detail}" for item in detection.reasons],
    }
