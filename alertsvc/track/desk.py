"""The desk: files what was found in an article, within the caller's transaction.

Filing is serialised for each class by the database, so that two services never open one incident twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from alertsvc.domain import (
    Article,
    BacklogPolicy,
    Detection,
    Incident,
    IncidentClass,
    Reason,
    Report,
    Update,
)
from alertsvc.settings import TrackSettings
from alertsvc.store import Store
from alertsvc.store.articles import get_article
from alertsvc.store.incidents import (
    article_reports,
    candidates,
    get_incident,
    insert_incident,
    lock_class,
    save_incident,
)
from alertsvc.track.filing import ArticleInfo, Filing, close_quiet, file_report, unsay
from alertsvc.track.origins import standing
from alertsvc.track.outlets import Outlets
from alertsvc.track.places import any_same, same_place
from alertsvc.track.severity import SeverityTable

__all__ = ["Desk", "Filed", "distinct"]

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_SWEEPS_BACK = 10  # windows that a sweep looks back, but the first


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of one detection, as stored; `update` is None where it told nothing new."""

    incident: Incident
    update: Update | None
    created: bool
    reasons: tuple[str, ...] = ()


def distinct(detections: Iterable[Detection]) -> list[Detection]:
    """Return one detection for each class and place: the most probable, with what only the others of its place tell.

    Tolls and traffic are taken over where it has none, and a reason notes each one that it stands for.
    """
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda item: -item.probability):
        for position, other in enumerate(kept):
            if other.incident_class is detection.incident_class and same_place(
                other.incident_class, other.place, detection.place
            ):
                kept[position] = _absorb(other, detection)
                break
        else:
            kept.append(detection)
    return kept


def _absorb(stronger: Detection, weaker: Detection) -> Detection:
    note = f"{weaker.action.value} at {weaker.place.name}, {weaker.probability:.2f}"
    reason = Reason("field", "same_place", detail=f"also found in this article: {note}")
    return replace(
        stronger,
        killed=stronger.killed or weaker.killed,
        wounded=stronger.wounded or weaker.wounded,
        captured=stronger.captured or weaker.captured,
        flow=stronger.flow or weaker.flow,
        announced_offensive=stronger.announced_offensive or weaker.announced_offensive,
        reasons=(*stronger.reasons, reason),
    )


class Desk:
    """Files detections and closes what has gone quiet. One may be shared by threads.

    Attributes:
        store: where the connections that are handed in come from.
    """

    def __init__(self, store: Store, table: SeverityTable, outlets: Outlets, settings: TrackSettings) -> None:
        self.store = store
        self._table = table
        self._outlets = outlets
        self._window = settings.window_days
        self._swept = False

    def file(self, conn: Connection, article: Article, detections: Sequence[Detection], now: datetime) -> list[Filed]:
        """File everything that the newest revision of an article reports, and take back what it no longer does.

        Args:
            conn: within a write transaction of the store, which the caller ends.
            article: as stored.
            detections: all that were found in it; filing the same ones again changes nothing.
            now: the present.

        Returns:
            One for each incident that was touched, in the order of classes; the steps are stored with them.

        Raises:
            ValueError: the article is not stored.
            StoreError: the database refused.
        """
        if article.id is None:
            raise ValueError("only a stored article can be filed")
        info = self._info(article)
        found = distinct(self._named(detection) for detection in detections)
        earlier = [report for _, report in article_reports(conn, article.id)]
        touched = {item.incident_class for item in found} | {item.detection.incident_class for item in earlier}
        filed: list[Filed] = []
        # Always in one order, so that two services never wait for each other.
        for incident_class in [item for item in IncidentClass if item in touched]:
            lock_class(conn, incident_class)
            mine = [item for item in found if item.incident_class is incident_class]
            filed += self._file_class(conn, incident_class, info, mine, now)
        return filed

    def sweep(self, conn: Connection, now: datetime) -> list[Filed]:
        """Close the incidents that have gone quiet and return them; within a write transaction."""
        since = now - timedelta(days=_SWEEPS_BACK * self._window) if self._swept else _EVER
        closed: list[Filed] = []
        for incident_class in IncidentClass:
            lock_class(conn, incident_class)
            for demonstration in (False, True):
                for incident in candidates(conn, incident_class, demonstration=demonstration, since=since):
                    quiet = close_quiet(incident, now, window_days=self._window)
                    if quiet is not None:
                        reason = f"closed: no news for {self._window} days"
                        closed.append(Filed(save_incident(conn, quiet), None, False, (reason,)))
        self._swept = True
        return closed

    def _info(self, article: Article) -> ArticleInfo:
        outlet = self._outlets.of(article.outlet)
        assert article.id is not None
        return ArticleInfo(
            article_id=article.id,
            outlet=article.outlet or outlet.domain,
            outlet_name=outlet.name,
            owner=outlet.owner,
            title=article.title,
            url=article.url,
            language=article.language or "und",
            published=article.published,
            fetched=article.fetched,
            text=_text(article),
            text_hash=article.content_hash,
            alertable=article.backlog in (None, BacklogPolicy.ALERT),
            demonstration=article.demonstration,
            agency=outlet.kind == "agency",
        )

    def _named(self, detection: Detection) -> Detection:
        """Return the detection with its origin named as owners are."""
        if not detection.origin.strip():
            return detection
        return replace(detection, origin=self._outlets.origin(detection.origin))

    def _file_class(
        self,
        conn: Connection,
        incident_class: IncidentClass,
        info: ArticleInfo,
        found: Sequence[Detection],
        now: datetime,
    ) -> list[Filed]:
        known = self._known(conn, incident_class, info, found)
        texts = self._texts(conn, incident_class, known, found)
        unborne, unplaced = _loose_ends(incident_class, info, known.values(), found)
        moved = _moved(known, unborne, unplaced)
        filed: list[Filed] = []
        for detection in found:
            filing = self._file_one(conn, detection, info, known, texts, moved, now)
            filed.append(self._save(conn, filing, info, known))
        for public_id, report in _loose_ends(incident_class, info, known.values(), found)[0]:
            place = report.detection.place
            taken_back = unsay(known[public_id], info.article_id, place=place, now=now, table=self._table)
            if taken_back is not None:
                filed.append(self._save(conn, taken_back, info, known))
        return filed

    def _file_one(
        self,
        conn: Connection,
        detection: Detection,
        info: ArticleInfo,
        known: Mapping[str, Incident],
        texts: Mapping[int, str],
        moved: Incident | None,
        now: datetime,
    ) -> Filing:
        taken: set[str] = set()
        while True:
            filing = file_report(
                detection,
                info,
                list(known.values()),
                now=now,
                window_days=self._window,
                table=self._table,
                texts=texts,
                replaces=None if moved is None else known[moved.public_id],
                taken=taken,
            )
            # The id may be in use by an incident too old to be a candidate.
            name = filing.incident.public_id
            if not filing.created or name in taken or get_incident(conn, name) is None:
                return filing
            taken.add(name)

    def _known(
        self, conn: Connection, incident_class: IncidentClass, info: ArticleInfo, found: Sequence[Detection]
    ) -> dict[str, Incident]:
        """Return the incidents that may take these detections or hold reports of this article, by public id."""
        days = [info.effective.date(), *(item.event_date for item in found if item.event_date is not None)]
        # Far past dates are possible; the calendar's beginning is the end of looking back.
        earliest = max(min(days), (_EVER + timedelta(days=self._window + 1)).date())
        since = datetime.combine(earliest, time.min, UTC) - timedelta(days=self._window + 1)
        known = {
            incident.public_id: incident
            for incident in candidates(conn, incident_class, demonstration=info.demonstration, since=since)
        }
        for public_id, report in article_reports(conn, info.article_id):
            if report.detection.incident_class is incident_class and public_id not in known:
                incident = get_incident(conn, public_id)
                if incident is not None:
                    known[public_id] = incident
        return known

    def _texts(
        self,
        conn: Connection,
        incident_class: IncidentClass,
        known: Mapping[str, Incident],
        found: Sequence[Detection],
    ) -> dict[int, str]:
        """Return the texts that a newcomer could repeat: those of the original reports at its places."""
        wanted: dict[int, None] = {}
        for incident in known.values():
            places = [incident.place, *(report.detection.place for report in incident.reports)]
            if any(any_same(incident_class, detection.place, places) for detection in found):
                wanted |= {report.article_id: None for report in incident.reports if report.same_text_as is None}
        articles = (get_article(conn, article_id) for article_id in wanted)
        return {article.id: _text(article) for article in articles if article is not None and article.id is not None}

    def _save(self, conn: Connection, filing: Filing, info: ArticleInfo, known: dict[str, Incident]) -> Filed:
        """Store a filing, its new update with the id of the report that caused it."""
        incident, update = filing.incident, filing.update
        if not filing.created and update is None and known.get(incident.public_id) == incident:
            return Filed(incident, None, False, filing.reasons)
        settled = replace(incident, updates=tuple(item for item in incident.updates if item is not update))
        stored = insert_incident(conn, settled) if filing.created else save_incident(conn, settled)
        if update is not None:
            causes = [report for report in stored.reports if report.article_id == info.article_id]
            report_id = update.report_id or max((report.id for report in causes if report.id is not None), default=None)
            update = replace(update, report_id=report_id)
            stored = save_incident(conn, replace(stored, updates=(*stored.updates, update)))
        known[stored.public_id] = stored
        return Filed(stored, update, filing.created, filing.reasons)


def _text(article: Article) -> str:
    return article.text or article.summary or article.title


def _loose_ends(
    incident_class: IncidentClass, info: ArticleInfo, known: Iterable[Incident], found: Sequence[Detection]
) -> tuple[list[tuple[str, Report]], list[Detection]]:
    """Return the article's reports whose place it no longer names, and the detections at places that are new to it."""
    mine = [
        (incident.public_id, report)
        for incident in known
        for report in incident.reports
        if report.article_id == info.article_id and standing(report)
    ]

    def same(detection: Detection, report: Report) -> bool:
        return same_place(incident_class, detection.place, report.detection.place)

    unborne = [(name, report) for name, report in mine if not any(same(detection, report) for detection in found)]
    unplaced = [detection for detection in found if not any(same(detection, report) for _, report in mine)]
    return unborne, unplaced


def _moved(
    known: Mapping[str, Incident], unborne: Sequence[tuple[str, Report]], unplaced: Sequence[Detection]
) -> Incident | None:
    """Return the incident whose place an edit has corrected: one place gone, one new, and nobody else reports it."""
    if len(unborne) != 1 or len(unplaced) != 1:
        return None
    public_id, report = unborne[0]
    alone = all(other is report for other in known[public_id].reports if standing(other))
    return known[public_id] if alone else None
