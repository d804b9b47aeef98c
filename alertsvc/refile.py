"""Stored articles decided again, after a change of rules or model. Nothing is sent for what comes of it.

The whole is one transaction: what would change is found by doing it, and undone unless it is to be kept. What analysts
ruled stands. What is opened or moved on this way counts as a feed's backlog does: it is in the incidents and the next
digest, and no alert goes out for it, nor a correction.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertsvc.detect.batch import Finding, ReadRequest, detect_batch
from alertsvc.domain import Article, BacklogPolicy, Detection, Report
from alertsvc.offline import detector_settings
from alertsvc.service import make_desk
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import detections_of, list_articles, save_detections
from alertsvc.store.incidents import article_reports
from alertsvc.store.outbox import alerted
from alertsvc.track.desk import Desk
from alertsvc.track.filed import Filed
from alertsvc.track.origins import standing

__all__ = ["Difference", "RefileResult", "refile"]

_PAGE = 100


class _UndoError(Exception):
    """Ends the transaction of a trial."""


@dataclass(frozen=True, slots=True)
class Difference:
    """An article that is decided differently: what it reported, as lines, and what it reports now."""

    article_id: int
    title: str
    outlet: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True)
class RefileResult:
    """What deciding again came to."""

    applied: bool
    articles: int = 0
    differences: list[Difference] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)  # into others, with which they turn out to be one event
    withdrawn: list[str] = field(default_factory=list)
    alerted: list[str] = field(default_factory=list)  # withdrawn ones of which alerts were sent
    problems: list[str] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "applied": self.applied,
            "articles": self.articles,
            "differences": [
                {
                    "article": item.article_id,
                    "title": item.title,
                    "outlet": item.outlet,
                    "before": list(item.before),
                    "after": list(item.after),
                }
                for item in self.differences
            ],
            "incidents": {
                "opened": self.opened,
                "changed": self.changed,
                "merged": self.merged,
                "withdrawn": self.withdrawn,
                "withdrawn_after_alerts": self.alerted,
            },
            "problems": self.problems,
        }


def refile(
    store: Store,
    settings: Settings,
    now: datetime,
    *,
    since: datetime,
    apply: bool,
    progress: Callable[[str, int, int], None] | None = None,
) -> RefileResult:
    """Decide the articles of a period again.

    Args:
        since: only articles of then or later.
        apply: keep what comes of it; else everything stays as it is.
        progress: called with a step's name, how many articles are done and how many there are.

    Raises:
        DataError: rules, gazetteer or model cannot be used.
        StoreError: the database does not answer.
    """
    result = RefileResult(apply)
    with store.read() as conn:
        articles = list(_articles(conn, since))
    findings = list(_read(articles, settings, progress))
    result.articles = len(articles)
    desk = make_desk(store, settings)
    with contextlib.suppress(_UndoError), store.begin() as conn:
        for number, (article, finding) in enumerate(zip(articles, findings, strict=True), 1):
            _decide(conn, desk, article, finding, now, result)
            if progress is not None:
                progress("filing", number, len(articles))
        _keep_if(apply)
    return result


def _keep_if(kept: bool) -> None:
    if not kept:
        raise _UndoError


def _articles(conn: Connection, since: datetime) -> Iterator[Article]:
    last: Article | None = None
    while page := list_articles(conn, since=since, limit=_PAGE, after=last, state="read"):
        yield from page
        last = page[-1]


def _read(
    articles: Sequence[Article], settings: Settings, progress: Callable[[str, int, int], None] | None
) -> Iterator[Finding]:
    config = detector_settings(settings)
    for start in range(0, len(articles), _PAGE):
        some = articles[start : start + _PAGE]
        yield from detect_batch(config, [_request(article) for article in some])
        if progress is not None:
            progress("detecting", start + len(some), len(articles))


def _request(article: Article) -> ReadRequest:
    return ReadRequest(article.title, article.text or article.summary, article.effective.date(), article.language)


def _decide(
    conn: Connection, desk: Desk, article: Article, finding: Finding, now: datetime, result: RefileResult
) -> None:
    assert article.id is not None
    if finding.error is not None:
        result.problems.append(f"article {article.id}: {finding.error}")
        return
    found: Sequence[Detection] = finding.detections if finding.supported else ()
    if list(found) == detections_of(conn, article.id):
        return
    before = _lines(conn, article.id)
    save_detections(conn, article.id, article.revision, found, now)
    # As a backlog, so that no later report finds it waiting for its alert.
    filed = desk.file(conn, replace(article, backlog=BacklogPolicy.DIGEST), found, now)
    after = _lines(conn, article.id)
    if before != after:
        result.differences.append(Difference(article.id, article.title, article.outlet, before, after))
    for item in filed:
        _count(conn, item, result)


def _count(conn: Connection, item: Filed, result: RefileResult) -> None:
    name = item.incident.public_id
    if item.created:
        result.opened.append(name)
    elif item.incident.merged_into is not None:
        result.merged.append(name)
    elif item.correction is not None:
        result.withdrawn.append(name)
        if item.incident.id is not None and alerted(conn, item.incident.id):
            result.alerted.append(name)
    elif item.update is not None and name not in result.opened and name not in result.changed:
        result.changed.append(name)


def _lines(conn: Connection, article_id: int) -> tuple[str, ...]:
    return tuple(sorted(_line(name, report) for name, report in article_reports(conn, article_id) if standing(report)))


def _line(name: str, report: Report) -> str:
    found = report.detection
    day = f" on {found.event_date}" if found.event_date else ""
    killed = f", at least {found.killed.low} killed" if found.killed else ""
    return f"{found.action.value} at {found.place.name}{day}{killed} ({name})"
