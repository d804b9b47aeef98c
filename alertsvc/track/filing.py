"""Filing: a detection goes to the incident that it tells of, or opens one.

Pure: what is known comes in, the incident as it then stands goes out. One place and one thread of happenings is one
incident; what is in doubt is split. Two crossings or sites of the gazetteer are never merged, incidents of the
demonstration never meet real ones, and an article reports an incident once: edited, it updates its own report.

A report that fits several incidents goes to the best; which others it says are one with that, `joining` acts on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from alertsvc.domain import (
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    Reason,
    Report,
    Ruling,
    Severity,
    Status,
    Update,
)
from alertsvc.track.assessment import assess
from alertsvc.track.changes import Changes, compare
from alertsvc.track.copies import Sketch, sketch
from alertsvc.track.course import day_of
from alertsvc.track.matching import bridged, earlier_report, matches, own_incident
from alertsvc.track.origins import attribute, latest, standing, voices, weighed
from alertsvc.track.places import place_key
from alertsvc.track.severity import SeverityTable
from alertsvc.track.sites import MOVED, Tie

_TIES = {
    Tie.PLACE: "same place",
    Tie.NEAR: "neighbouring site, supposed by one",
    Tie.JOINT: "told to have happened together",
    Tie.UNNAMED: "the one incident that a report without a site can mean",
}

__all__ = ["ArticleInfo", "Filing", "close_quiet", "file_report", "free_id", "opening", "public_id", "step", "unsay"]


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """What filing knows of the article that a detection was found in."""

    article_id: int
    outlet: str  # domain
    outlet_name: str
    owner: str
    title: str
    url: str | None
    language: str
    published: datetime | None
    fetched: datetime
    text: str
    text_hash: str
    alertable: bool = True  # false for a feed's backlog
    demonstration: bool = False
    agency: bool = False  # the outlet is a news agency
    weight: float = 1.0  # what its word counts for, from 0 to 1, as the operator set it

    @property
    def effective(self) -> datetime:
        """The instant that counts as the article's time."""
        return self.fetched if self.published is None else min(self.published, self.fetched)


@dataclass(frozen=True, slots=True)
class Filing:
    """What became of a detection. `incident` carries no ids for what is new in it."""

    incident: Incident
    created: bool
    update: Update | None  # None where the report told nothing new
    reasons: tuple[str, ...]
    bridges: tuple[str, ...] = ()  # public ids of further incidents that the report says are one with this


def public_id(incident_class: IncidentClass, place: Place, day: date, key: str, length: int = 4) -> str:
    """Return the printable id of an incident: country, day of the opening, and hex digits of a hash.

    Args:
        key: of the article that opened it, the same whenever it is read.
        length: of the hash; more where a shorter one is taken.
    """
    seed = "\x1f".join((incident_class.value, place_key(incident_class, place), day.isoformat(), key))
    digits = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:length]
    return f"{place.country or 'XX'}-{day:%Y}-{day:%m%d}-{digits}"


def file_report(
    detection: Detection,
    source: ArticleInfo,
    candidates: Sequence[Incident],
    *,
    now: datetime,
    window_days: int,
    table: SeverityTable,
    texts: Mapping[int, Sketch] | None = None,
    replaces: Incident | None = None,
    taken: Collection[str] = (),
) -> Filing:
    """File one detection of one article.

    Args:
        detection: its `origin` is the agency that the article credits, named as owners are; empty for none.
        source: the article.
        candidates: incidents that it may belong to; those of another class or of the demonstration are passed over.
        now: the present.
        window_days: days that may lie between happenings of one incident.
        table: of the severity score.
        texts: sketches of the articles of the candidates' reports by article id, to tell copies; without them the
            sentences kept with a report are compared.
        replaces: the incident of this class that rests on this article alone and whose place the edited article no
            longer names: its place is corrected, where the detection fits no other incident.
        taken: public ids in use beyond those of the candidates.

    Returns:
        The incident as it stands with the report, and the step it took.
    """
    texts = texts or {}
    known = [
        incident
        for incident in candidates
        if incident.incident_class is detection.incident_class and incident.demonstration == source.demonstration
    ]
    report = _report(detection, source)
    own = own_incident(report, known)
    if own is not None:
        return _join(
            own, report, source, texts, now, table, (f"its own report in {own.public_id} is brought up to date",)
        )
    fitting = matches(report, known, sketch(source.text), texts, window_days)
    if fitting:
        best = fitting[0]
        where = detection.place.gazetteer_id or detection.place.name
        reasons = (f"joined {best.incident.public_id}: {_TIES[best.tie]} ({where}), {best.gap} days from its events",)
        filing = _join(best.incident, report, source, texts, now, table, reasons)
        return replace(filing, bridges=bridged(report, fitting))
    if replaces is not None:
        corrected = replace(replaces, place=detection.place)
        reasons = (f"the article now names {detection.place.name} and not {replaces.place.name}",)
        return _join(corrected, report, source, texts, now, table, reasons, before=replaces)
    return _open(report, source, {*taken, *(incident.public_id for incident in candidates)}, now, table, window_days)


def unsay(incident: Incident, article_id: int, *, place: Place, now: datetime, table: SeverityTable) -> Filing | None:
    """Take back an article's report of an incident, because its newest revision no longer bears it out.

    The report is kept with probability 0. An incident that no article bears out is Withdrawn, which is material.

    Args:
        place: of the report that is taken back.

    Returns:
        None where the article has no report of that place that stands.
    """
    taken = next(
        (
            report
            for report in incident.reports
            if report.article_id == article_id and standing(report) and report.detection.place == place
        ),
        None,
    )
    if taken is None:
        return None
    reason = Reason("veto", "unsaid", detail="a later revision of the article no longer reports it")
    detection = replace(taken.detection, probability=0.0, reasons=(*taken.detection.reasons, reason))
    emptied = replace(taken, detection=detection)
    reports = tuple(emptied if report is taken else report for report in incident.reports)
    after = assess(replace(incident, reports=reports), table)
    changes = compare(incident, after)
    reasons = (f"{taken.outlet} no longer reports it",)
    return step(incident, after, changes, now, reasons, report_id=emptied.id)


def close_quiet(incident: Incident, now: datetime, *, window_days: int) -> Incident | None:
    """Return the incident closed where neither event nor report has come for `window_days`; None where it stays.

    A closed incident stays closed. Closing is no step: nothing happened.
    """
    if incident.phase is Phase.CLOSED:
        return None
    last = max([incident.opened, incident.changed, *(report.fetched for report in incident.reports)])
    if now - last <= timedelta(days=window_days):
        return None
    if incident.last_event is not None and (now.date() - incident.last_event).days <= window_days:
        return None
    return replace(incident, phase=Phase.CLOSED)


def _report(detection: Detection, source: ArticleInfo) -> Report:
    own = detection.origin.strip() or source.owner
    return Report(
        article_id=source.article_id,
        outlet=source.outlet,
        outlet_name=source.outlet_name,
        origin=own,
        title=source.title,
        url=source.url,
        language=source.language,
        published=source.published,
        fetched=source.fetched,
        detection=replace(detection, origin=own, reasons=(*detection.reasons, *weighed(source.weight))),
    )


def free_id(detection: Detection, day: date, key: str, taken: Collection[str]) -> str:
    """Return a public id that is not taken: the shortest of three lengths, the last of which is as good as unique."""
    names = [public_id(detection.incident_class, detection.place, day, key, length) for length in (4, 8, 32)]
    return next((name for name in names if name not in taken), names[-1])


def opening(
    public_id: str, reports: Sequence[Report], phrase: str, now: datetime, table: SeverityTable, *, demonstration: bool
) -> Incident:
    """Return a new incident of these reports, which tell of the place and action of the first, with its opening.

    Args:
        phrase: what the opening says of itself.
    """
    detection = reports[0].detection
    blank = Incident(
        public_id=public_id,
        incident_class=detection.incident_class,
        place=detection.place,
        action=detection.action,
        phase=Phase.OPEN,
        status=Status.REPORTED,
        severity=Severity(0.0, 0.0, ()),
        opened=now,
        changed=now,
        demonstration=demonstration,
        reports=tuple(reports),
    )
    incident = assess(blank, table)
    update = Update(
        number=1,
        at=now,
        material=True,
        changes=(phrase,),
        status=incident.status,
        action=incident.action,
        severity=incident.severity.value,
        killed=incident.killed,
    )
    return replace(incident, updates=(update,))


def _open(
    report: Report, source: ArticleInfo, taken: Collection[str], now: datetime, table: SeverityTable, window_days: int
) -> Filing:
    detection = report.detection
    day = day_of(report)
    name = free_id(detection, day, source.url or f"{source.outlet}/{source.text_hash}", taken)
    incident = opening(name, (report,), "first report", now, table, demonstration=source.demonstration)
    incident = replace(incident, updates=(replace(incident.updates[0], alertable=_alertable(source, incident)),))
    where = detection.place.gazetteer_id or detection.place.name
    reason = f"opened: no {detection.incident_class.value} incident at {where} within {window_days} days"
    return Filing(incident, True, incident.updates[0], (reason,))


def _join(
    incident: Incident,
    report: Report,
    source: ArticleInfo,
    texts: Mapping[int, Sketch],
    now: datetime,
    table: SeverityTable,
    reasons: tuple[str, ...],
    before: Incident | None = None,
) -> Filing:
    """Put a report into an incident, in place of what the same article said before."""
    before = before or incident
    earlier = earlier_report(report, before) or (
        next((other for other in before.reports if other.article_id == report.article_id), None)
        if before is not incident
        else None
    )
    if earlier is not None:
        report = replace(report, detection=replace(report.detection, reasons=_kept(earlier, report)))
        if _unchanged(earlier, report):
            return Filing(before, False, None, ("nothing new: the article is filed already",))
    others = [other for other in incident.reports if other is not earlier]
    found = attribute(report, others, text=sketch(source.text), texts=texts, owner=source.owner, agency=source.agency)
    mine = replace(found.report, id=None if earlier is None else earlier.id)
    if earlier is None:
        reports = (*found.others, mine)
    else:
        position = incident.reports.index(earlier)
        reports = (*found.others[:position], mine, *found.others[position:])
    after = assess(replace(incident, reports=reports), table)
    if before.phase is Phase.CLOSED and after.last_event == before.last_event and after.action is before.action:
        after = replace(after, phase=Phase.CLOSED)
    changes = compare(before, after, copy=found.copy or before.ruling is Ruling.WITHDRAWN)
    if before is not incident:
        phrase = f"place corrected: {incident.place.name} (was {before.place.name})"
        changes = Changes((phrase, *changes.phrases), True)
    elif not found.copy and before.ruling is None and _first_alert(before, after, source):
        changes = Changes(changes.phrases or (f"also reported by {source.outlet_name}",), changes.material)
    reasons = (*reasons, found.reason) if found.reason else reasons
    return step(before, after, changes, now, reasons, report_id=mine.id, alertable=_alertable(source, after))


def _kept(earlier: Report, report: Report) -> tuple[Reason, ...]:
    """Return a report's reasons with what an analyst ruled of the one that it replaces."""
    return (*report.detection.reasons, *(reason for reason in earlier.detection.reasons if reason.kind == MOVED.kind))


def _first_alert(before: Incident, after: Incident, source: ArticleInfo) -> bool:
    """Say whether this is the first news of an incident that may alert: it was known from a backlog, say."""
    return not any(update.alertable for update in before.updates) and _alertable(source, after)


def _unchanged(earlier: Report, report: Report) -> bool:
    told = (report.detection, report.title, report.url, report.published, report.language, report.outlet_name)
    return told == (
        earlier.detection,
        earlier.title,
        earlier.url,
        earlier.published,
        earlier.language,
        earlier.outlet_name,
    )


def _alertable(source: ArticleInfo, incident: Incident) -> bool:
    """Say whether what an article tells of an incident may alert anyone.

    One report that detection is not sure of is not enough; a second independent one makes it so.
    """
    if not source.alertable or source.weight == 0:
        return False
    heard = voices(incident.reports)
    return any(report.detection.sure for report in heard) or len(latest(heard)) > 1


def step(
    before: Incident,
    after: Incident,
    changes: Changes,
    now: datetime,
    reasons: tuple[str, ...],
    *,
    report_id: int | None = None,
    alertable: bool = True,
) -> Filing:
    """Return the incident with the step that takes it from one state to the other; none where nothing changed."""
    if not changes.phrases:
        return Filing(after, False, None, reasons)
    update = Update(
        number=max((update.number for update in before.updates), default=0) + 1,
        at=now,
        material=changes.material,
        changes=changes.phrases,
        status=after.status,
        action=after.action,
        severity=after.severity.value,
        severity_before=before.severity.value if before.severity.value != after.severity.value else None,
        killed=after.killed,
        killed_before=before.killed if before.killed != after.killed else None,
        report_id=report_id,
        alertable=alertable,
    )
    changed = now if changes.material else before.changed
    return Filing(replace(after, changed=changed, updates=(*before.updates, update)), False, update, reasons)
