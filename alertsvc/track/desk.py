"""The desk: files what was found in an article, within the caller's transaction.

Filing is serialised for each class by the database, so that two services never open one incident twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection

from alertsvc.domain import (
    Article,
    BacklogPolicy,
    Detection,
    Incident,
    IncidentClass,
    Report,
    Status,
)
from alertsvc.settings import TrackSettings
from alertsvc.store import Store
from alertsvc.store.filing import quiet
from alertsvc.store.incidents import article_reports, has_incident, load_incidents, lock_class, opened_by
from alertsvc.track.analyst import Analyst
from alertsvc.track.blocking import query_keys
from alertsvc.track.copies import sketch
from alertsvc.track.distinct import distinct
from alertsvc.track.filed import Filed
from alertsvc.track.filing import ArticleInfo, Filing, close_quiet, file_report, unsay
from alertsvc.track.joining import bridge
from alertsvc.track.matching import REACH
from alertsvc.track.origins import standing
from alertsvc.track.outlets import Outlets
from alertsvc.track.places import same_place
from alertsvc.track.settling import settle
from alertsvc.track.severity import SeverityTable
from alertsvc.track.shelf import Known, Shelf, text_of

__all__ = ["Desk", "Filed"]

UNSAID = "It is withdrawn: its source no longer reports it."
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_SWEEPS_BACK = 10  # windows that a sweep looks back, but the first


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
        self._flashes = settings.source_flashes
        self._weights = {domain.lower().removeprefix("www."): weight for domain, weight in settings.weights.items()}
        self._shelf = Shelf()
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
        earlier = article_reports(conn, article.id)
        touched = {item.incident_class for item in found} | {item.detection.incident_class for _, item in earlier}
        filed: list[Filed] = []
        if touched:
            self._shelf.keep_sketch(conn, article.id, info.text)
        # Always in one order, so that two services never wait for each other.
        for incident_class in [item for item in IncidentClass if item in touched]:
            lock_class(conn, incident_class)
            mine = [item for item in found if item.incident_class is incident_class]
            holding = [name for name, item in earlier if item.detection.incident_class is incident_class]
            filed += self._file_class(conn, incident_class, info, mine, holding, now)
        return filed

    def analyst(self) -> Analyst:
        """Return who rules on the incidents that this desk files."""
        return Analyst(self._shelf, self._table)

    def sweep(self, conn: Connection, now: datetime) -> list[Filed]:
        """Close the incidents that have gone quiet and return them; within a write transaction."""
        since = now - timedelta(days=_SWEEPS_BACK * self._window) if self._swept else _EVER
        until = now - timedelta(days=self._window)
        closed: list[Filed] = []
        for incident_class in IncidentClass:
            lock_class(conn, incident_class)
            rows = quiet(conn, incident_class, since=min(since, until), until=until)
            for incident in load_incidents(conn, rows).values():
                over = close_quiet(incident, now, window_days=self._window)
                if over is not None:
                    reason = f"closed: no news for {self._window} days"
                    closed.append(self._save(conn, Filing(over, False, None, (reason,)), None, {}))
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
            text=text_of(article),
            text_hash=article.content_hash,
            alertable=article.backlog in (None, BacklogPolicy.ALERT),
            demonstration=article.demonstration,
            agency=outlet.kind == "agency",
            weight=self._weight(article.outlet),
        )

    def _weight(self, domain: str) -> float:
        """Return the weight that the operator gave an outlet, or a domain above its own."""
        parts = domain.lower().split(".")
        above = (".".join(parts[start:]) for start in range(len(parts)))
        return next((self._weights[name] for name in above if name in self._weights), 1.0)

    def _held(self, conn: Connection, filing: Filing, info: ArticleInfo, now: datetime) -> Filing:
        """Return an opening that goes to the digest only, where its source has opened too many within the hour."""
        update = filing.update
        if not filing.created or update is None or not update.alertable or not self._flashes:
            return filing
        if opened_by(conn, info.outlet, since=now - _HOUR) < self._flashes:
            return filing
        held = replace(update, alertable=False, changes=(*update.changes, f"not flashed: {info.outlet} opens too many"))
        return replace(filing, incident=replace(filing.incident, updates=(held,)), update=held)

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
        earlier: Iterable[str],
        now: datetime,
    ) -> list[Filed]:
        known = self._known(conn, info, found, earlier)
        unborne, unplaced = _loose_ends(incident_class, info, known.values(), found)
        moved = _moved(known, unborne, unplaced)
        filed: list[Filed] = []
        for detection in found:
            filing = self._file_one(conn, detection, info, known, moved, now)
            filed.append(self._save(conn, self._held(conn, filing, info, now), info, known))
            filed += self._bridge(conn, filing, info, known, now)
        for public_id, report in _loose_ends(incident_class, info, known.values(), found)[0]:
            place = report.detection.place
            taken_back = unsay(known[public_id].incident, info.article_id, place=place, now=now, table=self._table)
            if taken_back is not None:
                done = self._save(conn, taken_back, info, known)
                withdrawn = done.update is not None and done.update.status is Status.WITHDRAWN
                filed.append(replace(done, correction=UNSAID) if withdrawn else done)
        return filed

    def _bridge(
        self, conn: Connection, filing: Filing, info: ArticleInfo, known: dict[str, Known], now: datetime
    ) -> list[Filed]:
        """Join the incidents that a report says are one, and return what became of each."""
        if not filing.bridges:
            return []
        ruled = bridge(
            replace(filing, incident=known[filing.incident.public_id].incident),
            info.outlet_name,
            lambda name: known[name].incident if name in known else None,
            now=now,
            table=self._table,
            window_days=self._window,
        )
        touched = {item.filing.incident.public_id for item in ruled}
        filed = settle(conn, self._shelf, {name: known[name] for name in touched}, ruled)
        for item in filed:
            known.pop(item.incident.public_id)
        for name in touched:
            known.update(self._shelf.named(conn, name))
        return filed

    def _file_one(
        self,
        conn: Connection,
        detection: Detection,
        info: ArticleInfo,
        known: Mapping[str, Known],
        moved: Incident | None,
        now: datetime,
    ) -> Filing:
        taken: set[str] = set()
        texts = {article_id: text for item in known.values() for article_id, text in item.texts.items()}
        while True:
            filing = file_report(
                detection,
                info,
                [item.incident for item in known.values()],
                now=now,
                window_days=self._window,
                table=self._table,
                texts=texts,
                replaces=None if moved is None else known[moved.public_id].incident,
                taken=taken,
            )
            if not filing.created:
                return filing
            # The id may be in use by an incident too old to be a candidate.
            name = filing.incident.public_id
            if name in taken or not has_incident(conn, name):
                return replace(filing, incident=self._linked(conn, filing.incident))
            taken.add(name)

    def _linked(self, conn: Connection, incident: Incident) -> Incident:
        """Return a new incident with the one that was at its place before, if any."""
        day = incident.last_event
        for earlier in self._shelf.before(conn, incident):
            then = earlier.last_event
            if then is not None and day is not None and then <= day and earlier.status is not Status.WITHDRAWN:
                return replace(incident, follows=earlier.public_id)
        return incident

    def _known(
        self,
        conn: Connection,
        info: ArticleInfo,
        found: Sequence[Detection],
        earlier: Iterable[str],
    ) -> dict[str, Known]:
        """Return the incidents that may take these detections or hold reports of this article, by public id."""
        days = [info.effective.date(), *(item.event_date for item in found if item.event_date is not None)]
        # Far past dates are possible; the calendar's beginning is the end of looking back.
        earliest = max(min(days), (_EVER + timedelta(days=REACH * self._window + 1)).date())
        since = datetime.combine(earliest, time.min, UTC) - timedelta(days=REACH * self._window + 1)
        today = info.effective.date()
        keys = {
            key
            for item in found
            for key in query_keys(item, item.event_date or today, demonstration=info.demonstration)
        }
        known = self._shelf.near(conn, keys, since=since)
        for public_id in earlier:
            if public_id not in known:
                known |= self._shelf.named(conn, public_id)
        return known

    def _save(self, conn: Connection, filing: Filing, info: ArticleInfo | None, known: dict[str, Known]) -> Filed:
        """Store a filing, its new update with the id of the report that caused it."""
        incident, update = filing.incident, filing.update
        before = known.get(incident.public_id)
        if before is not None and update is None and before.incident == incident:
            return Filed(incident, None, False, filing.reasons)
        settled = replace(incident, updates=tuple(item for item in incident.updates if item is not update))
        fresh = {} if info is None else {info.article_id: sketch(info.text)}
        stored = self._shelf.put(conn, settled, before, fresh)
        if update is not None:
            article_id = None if info is None else info.article_id
            causes = [report for report in stored.incident.reports if report.article_id == article_id]
            report_id = update.report_id or max((report.id for report in causes if report.id is not None), default=None)
            update = replace(update, report_id=report_id)
            stored = self._shelf.step(conn, stored, update)
            update = stored.incident.updates[-1]
        known[stored.incident.public_id] = stored
        return Filed(stored.incident, update, filing.created, filing.reasons)


def _loose_ends(
    incident_class: IncidentClass, info: ArticleInfo, known: Iterable[Known], found: Sequence[Detection]
) -> tuple[list[tuple[str, Report]], list[Detection]]:
    """Return the article's reports whose place it no longer names, and the detections at places that are new to it."""
    mine = [
        (item.incident.public_id, report)
        for item in known
        for report in item.incident.reports
        if report.article_id == info.article_id and standing(report)
    ]

    def same(detection: Detection, report: Report) -> bool:
        return same_place(incident_class, detection.place, report.detection.place)

    unborne = [(name, report) for name, report in mine if not any(same(detection, report) for detection in found)]
    unplaced = [detection for detection in found if not any(same(detection, report) for _, report in mine)]
    return unborne, unplaced


def _moved(
    known: Mapping[str, Known], unborne: Sequence[tuple[str, Report]], unplaced: Sequence[Detection]
) -> Incident | None:
    """Return the incident whose place an edit has corrected: one place gone, one new, and nobody else reports it."""
    if len(unborne) != 1 or len(unplaced) != 1:
        return None
    public_id, report = unborne[0]
    incident = known[public_id].incident
    alone = all(other is report for other in incident.reports if standing(other))
    return incident if alone else None
