"""What a subscriber would have been sent: the incidents of past days gone through once more, and nothing written.

The stored steps are routed, held back and limited by the same rules as when they happened. What cannot be known any
more is how an incident looked in between: its place and class are taken as they stand now.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import Connection

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.composing import COMPOSERS, words_for
from alertsvc.deliver.digests import DIGESTS, due_period
from alertsvc.deliver.quiet import quiet_ends, wakes
from alertsvc.deliver.routing import route_update
from alertsvc.digest import preview
from alertsvc.domain import Briefing, BriefingKind, Incident, Phase, Status, Subscriber, Update
from alertsvc.holding import compose_summary
from alertsvc.settings import Settings
from alertsvc.store.incidents import updated_between
from alertsvc.store.periods import ToldPeriod

__all__ = ["Foreseen", "would_have_got"]

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_STEP = timedelta(minutes=5)  # between looks at whether a digest is due


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One message: when it would have been written, what it would have said, and why it would have waited."""

    at: datetime
    kind: str  # of briefing, or "summary"
    subject: str
    incident: str | None = None  # public id
    waited: str | None = None


def would_have_got(
    conn: Connection, subscriber: Subscriber, settings: Settings, start: datetime, now: datetime
) -> list[Foreseen]:
    """Return in order of time what a subscriber would have been sent from `start` until now.

    Corrections are left out: who was told what is not known for somebody who was not there.

    Raises:
        ValueError: the facts of an incident cannot be told.
        zoneinfo.ZoneInfoNotFoundError: the subscriber's time zone is unknown to this machine.
    """
    reader = replace(subscriber, id=subscriber.id or 0)
    alerts = _Alerts(reader, settings, now)
    found = alerts.run(updated_between(conn, start, now, demonstration=reader.demonstration), start)
    return sorted([*found, *_digests(conn, reader, settings, start, now)], key=lambda item: item.at)


def _digests(
    conn: Connection, reader: Subscriber, settings: Settings, start: datetime, now: datetime
) -> Iterator[Foreseen]:
    for kind in DIGESTS:
        if kind not in COMPOSERS or kind not in reader.kinds:
            continue
        # As if it had been there before: the first digest of all would come at once.
        at, last = start, ToldPeriod(kind, "", start - _DAY, start - _DAY)
        settled = replace(reader, created=start)
        while at <= now:
            known = None if kind is BriefingKind.WEEKLY and last.period == "" else last
            period = due_period(settled, kind, at, known)
            if period is not None:
                last = ToldPeriod(kind, period.name, period.start, period.end)
                if kind is BriefingKind.WEEKLY or period.end >= start:
                    briefing = preview(conn, reader, period, settings, at)
                    if reader.empty_digests or briefing.facts.get("reports"):
                        moment = at if kind is BriefingKind.WEEKLY else period.end
                        yield Foreseen(moment, kind.value, str(briefing.facts["subject"]))
            at += _STEP


@dataclass
class _Alerts:
    """Goes through steps in the order in which they were taken, and through what waits in between."""

    reader: Subscriber
    settings: Settings
    now: datetime
    _told: dict[int, tuple[int, datetime, str]] = field(default_factory=dict)  # step, when, subject of the flash
    _sent: list[datetime] = field(default_factory=list)
    _waiting: dict[int, str] = field(default_factory=dict)  # why, by incident
    _over: dict[int, Incident] = field(default_factory=dict)  # held back by a limit
    _since: datetime = field(init=False)  # when the first of them was
    _found: list[Foreseen] = field(default_factory=list)

    def run(self, incidents: list[Incident], start: datetime) -> list[Foreseen]:
        order = count()
        queue: list[tuple[datetime, int, Incident | None, int]] = []
        for item in incidents:
            for step in item.updates:
                if start <= step.at <= self.now:
                    heapq.heappush(queue, (step.at, next(order), item, step.number))
        while queue:
            at, _, incident, number = heapq.heappop(queue)
            if at > self.now:
                break
            later = self._summary(at) if incident is None else self._step(at, incident, number)
            if later is not None:
                heapq.heappush(queue, (later[0], next(order), later[1], number))
        return self._found

    def _step(self, at: datetime, incident: Incident, number: int) -> tuple[datetime, Incident | None] | None:
        """Take a step, or look again at an incident that waited; return when to look again, and at what."""
        if incident.id is None:
            return None
        row = incident.id
        known = {step.number: step for step in incident.updates if step.at <= at}
        step = known[max(known)] if self._waiting.pop(row, None) is not None else known[number]
        told = self._told.get(row)
        stands = _as_of(incident, step)
        flashed = {self.reader.id or 0: "flash"} if told is not None else {}
        routes = route_update(
            stands, step, [self.reader], flashed, now=at, flash_max_age=self.settings.track.flash_max_age
        )
        if not routes or (told is not None and told[0] >= step.number):
            return None
        end = quiet_ends(self.reader, at)
        if end is not None and not wakes(self.reader, step.severity):
            self._waiting[row] = "quiet hours"
            return end, incident
        interval = timedelta(seconds=self.settings.deliver.update_interval)
        if told is not None and at - told[1] < interval:
            self._waiting[row] = "grouped"
            return told[1] + interval, incident
        if self._full(at):
            first = not self._over
            if first:
                self._since = at
            self._over[row] = incident
            return (at + _HOUR, None) if first else None
        self._sent.append(at)
        briefing = self._compose(stands, step, at, told[2] if told is not None else None)
        subject = str(briefing.facts["subject"])
        self._told[row] = (step.number, at, told[2] if told is not None else subject)
        waited = f"since {step.at:%d %B %H:%M} UTC" if at - step.at > _STEP else None
        self._found.append(Foreseen(at, briefing.kind.value, subject, incident.public_id, waited))
        return None

    def _summary(self, at: datetime) -> tuple[datetime, Incident | None] | None:
        end = quiet_ends(self.reader, at)
        if end is not None or self._full(at):
            return end or at + _STEP, None
        held = [self._over[row] for row in sorted(self._over)]
        briefing = compose_summary(self.reader, held, self._since, self.settings, at)
        self._found.append(Foreseen(at, "summary", str(briefing.facts["subject"])))
        self._over.clear()
        return None

    def _full(self, at: datetime) -> bool:
        deliver = self.settings.deliver
        for span, own, common in (
            (_HOUR, self.reader.alerts_per_hour, deliver.alerts_per_hour),
            (_DAY, self.reader.alerts_per_day, deliver.alerts_per_day),
        ):
            limit = common if own is None else own
            if limit and sum(at - sent < span for sent in self._sent) >= limit:
                return True
        return False

    def _compose(self, incident: Incident, step: Update, at: datetime, flash: str | None) -> Briefing:
        service, words = self.settings.service.name, words_for(self.reader.language)
        if flash is None:
            return compose_flash(incident, step, now=at, service=service, language=words)
        return compose_update(incident, step, now=at, service=service, language=words, flash=flash)


def _as_of(incident: Incident, step: Update) -> Incident:
    """Return an incident as it stood when it took a step, as far as that is kept."""
    last = incident.updates[-1].number == step.number
    return replace(
        incident,
        action=step.action,
        status=step.status if step.status is not Status.WITHDRAWN or last else incident.status,
        phase=incident.phase if last else Phase.OPEN,
        severity=replace(incident.severity, value=step.severity),
        updates=tuple(item for item in incident.updates if item.number <= step.number),
        reports=tuple(report for report in incident.reports if report.fetched <= step.at) or incident.reports,
    )
