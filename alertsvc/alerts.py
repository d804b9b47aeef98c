"""When alerts are written: at once for what is new, together for what follows, and no more in an hour than is wanted.

A flash waits for nothing. Updates of one incident to one subscriber lie at least `deliver.update_interval` apart; what
changes meanwhile is told in one update, once the time is over. An open incident of which nothing was told for
`deliver.repeat` is told again. What is over `deliver.alerts_per_hour` is held back, and one summary tells of it when
the hour is over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.full import compose_brief
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.deliver.keys import brief_key, flash_key, message_id, subscriber_id, update_key
from alertsvc.deliver.routing import Route, route_brief, route_update
from alertsvc.deliver.rows import alert_row
from alertsvc.domain import Briefing, BriefingKind, Delivery, DeliveryState, Incident, Phase, Subscriber, Update
from alertsvc.earlier import earlier_at
from alertsvc.errors import StoreError
from alertsvc.notebook import notes_of
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.incidents import load_incidents
from alertsvc.store.outbox import (
    HELD,
    Told,
    alerts_since,
    enqueue,
    flashed,
    has_key,
    held_back,
    last_told,
    latest_delivery,
    waiting_for_news,
)
from alertsvc.store.problems import record_problem
from alertsvc.store.subscribers import list_subscribers

__all__ = ["grouped", "plan_step", "plan_waiting"]

_HOUR = timedelta(hours=1)
_BACK = timedelta(hours=3)  # in which what was held back is looked for: an hour, and time to be down in


def plan_step(conn: Connection, incident: Incident, update: Update, settings: Settings, now: datetime) -> int:
    """Write the alerts and full briefs that a step of an incident calls for into the outbox; return how many."""
    if incident.id is None:
        return 0
    subscribers = list_subscribers(conn)
    routes = route_update(
        incident,
        update,
        subscribers,
        flashed(conn, incident.id),
        now=now,
        flash_max_age=settings.track.flash_max_age,
    )
    writer = _Writer(conn, incident, settings, now)
    interval = settings.deliver.update_interval
    told = last_told(conn, incident.id) if interval and any(r.kind is BriefingKind.UPDATE for r in routes) else {}
    written = 0
    for route in routes:
        known = told.get(subscriber_id(route.subscriber))
        if known is not None and route.kind is BriefingKind.UPDATE:
            if (now - known.at).total_seconds() < interval:
                continue  # told later, with what else changes until then
            written += writer.write(route, grouped(incident, known.step) or update)
        else:
            written += writer.write(route, update)
    briefs = route_brief(
        incident, update, subscribers, flashed(conn, incident.id), now=now, flash_max_age=settings.track.flash_max_age
    )
    for route in briefs:
        if not has_key(conn, brief_key(incident.public_id, subscriber_id(route.subscriber))):
            written += writer.write(route, update)
    return written


def grouped(incident: Incident, after: int) -> Update | None:
    """Return the material steps of an incident after number `after` as one; None where there is none."""
    steps = [step for step in incident.updates if step.number > after and step.material]
    if not steps:
        return None
    first, last = steps[0], steps[-1]
    severity = next((step.severity_before for step in steps if step.severity_before is not None), None)
    killed = next((step.killed_before for step in steps if step.killed != step.killed_before), None)
    return replace(
        last,
        changes=tuple(dict.fromkeys(change for step in reversed(steps) for change in step.changes)),
        severity_before=None if severity == last.severity else severity,
        killed_before=killed if first is not last else last.killed_before,
        alertable=any(step.alertable for step in steps),
    )


def plan_waiting(store: Store, settings: Settings, now: datetime) -> int:
    """Write what has waited long enough: grouped updates, repetitions, summaries of what was held back.

    Raises:
        StoreError: the database does not answer.
    """
    deliver = settings.deliver
    tasks: list[tuple[str, Callable[[Connection], int]]] = []
    if deliver.update_interval or deliver.repeat:
        reach = timedelta(seconds=2 * max(deliver.update_interval, deliver.repeat)) + timedelta(days=1)
        with store.read() as conn:
            found = load_incidents(conn, waiting_for_news(conn, since=now - reach))
        tasks += [
            (incident.public_id, partial(_plan_incident, row=row, settings=settings, now=now))
            for row, incident in found.items()
            if incident.merged_into is None
        ]
    if deliver.alerts_per_hour:
        tasks.append(("summaries", partial(_summaries, settings=settings, now=now)))
    return sum(_attempt(store, subject, task, now) for subject, task in tasks)


def _attempt(store: Store, subject: str, task: Callable[[Connection], int], now: datetime) -> int:
    """Do one thing in a transaction of its own; its trouble is recorded and holds up nothing else."""
    try:
        with store.begin() as conn:
            return task(conn)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001  what cannot be told of one incident does not silence the others
        with store.begin() as conn:
            record_problem(conn, "alerts", subject, f"{type(error).__name__}: {error}", now)
        return 0


def _plan_incident(conn: Connection, *, row: int, settings: Settings, now: datetime) -> int:
    incident = load_incidents(conn, [row])[row]
    subscribers = {item.id: item for item in list_subscribers(conn)}
    writer = _Writer(conn, incident, settings, now)
    written = 0
    for person, told in last_told(conn, row).items():
        subscriber = subscribers.get(person)
        if subscriber is None or BriefingKind.UPDATE not in subscriber.kinds:
            continue
        step = _due(incident, told, settings, now)
        if step is not None:
            route = Route(subscriber, BriefingKind.UPDATE, told.flash)
            written += writer.write(route, step, again=told.at if step.number == told.step else None)
    return written


def _due(incident: Incident, told: Told, settings: Settings, now: datetime) -> Update | None:
    """Return what a subscriber is to be told of an incident now; None for nothing."""
    waited = (now - told.at).total_seconds()
    news = grouped(incident, told.step)
    interval, repeat = settings.deliver.update_interval, settings.deliver.repeat
    if news is not None:
        return news if interval and waited >= interval else None
    if not repeat or waited < repeat or incident.phase is not Phase.OPEN:
        return None
    last = next((step for step in incident.updates if step.number == told.step), None)
    if last is None:
        return None
    phrase = f"still open: nothing material since {told.at:%d %B %Y, %H:%M} UTC"
    return replace(last, changes=(phrase,), severity_before=None, killed_before=None)


def _summaries(conn: Connection, *, settings: Settings, now: datetime) -> int:
    """Write a summary for each subscriber whose first held alert is an hour old."""
    subscribers = {item.id: item for item in list_subscribers(conn)}
    by_subscriber: dict[int, list[Delivery]] = {}
    for delivery in held_back(conn, since=now - _BACK):
        by_subscriber.setdefault(delivery.subscriber_id, []).append(delivery)
    written = 0
    for row, held in by_subscriber.items():
        last = latest_delivery(conn, _held_prefix(row))
        waiting = [item for item in held if item.id is not None and (last is None or item.id > last.extra["upto"])]
        subscriber = subscribers.get(row)
        if subscriber is not None and waiting and now - waiting[0].created >= _HOUR:
            written += enqueue(conn, _summary(conn, subscriber, waiting, settings, now))
    return written


def _held_prefix(row: int) -> str:
    return f"held:{row}:"


def _summary(
    conn: Connection, subscriber: Subscriber, held: Sequence[Delivery], settings: Settings, now: datetime
) -> Delivery:
    found = load_incidents(conn, {item.briefing.incident_id for item in held if item.briefing.incident_id is not None})
    start = held[0].created
    briefing = compose_daily(
        [incident for incident in found.values() if incident.merged_into is None],
        start=start,
        end=now,
        zone=subscriber.timezone,
        now=now,
        service=settings.service.name,
        demonstration=subscriber.demonstration,
        previous=None,
        notes=notes_of(settings.detect.rules_dir),
    )
    number = len(held)
    subject = f"{number} {'alert' if number == 1 else 'alerts'} held back: {briefing.facts['subject']}"
    upto = max(item.id for item in held if item.id is not None)
    return Delivery(
        key=f"{_held_prefix(subscriber_id(subscriber))}{upto}",
        briefing=replace(briefing, facts={**briefing.facts, "subject": subject}),
        subscriber_id=subscriber_id(subscriber),
        channel=subscriber.channel,
        target=subscriber.target,
        message_id=message_id(briefing.kind, "held", now, subscriber, sender=settings.mail.sender),
        created=now,
        expires=now + timedelta(seconds=settings.deliver.digest_expires),
        template_version=TEMPLATE_VERSION,
        extra={"upto": upto, "start": start.isoformat(), "end": now.isoformat()},
    )


@dataclass
class _Writer:
    """Writes the rows of one incident, each briefing composed once."""

    conn: Connection
    incident: Incident
    settings: Settings
    now: datetime

    def __post_init__(self) -> None:
        self._composed: dict[tuple[BriefingKind, str | None, Update], Briefing] = {}
        self._earlier: list[Incident] | None = None

    def write(self, route: Route, update: Update, again: datetime | None = None) -> bool:
        """Write one row, held back where its subscriber has had enough; False where it is there or was held back.

        Args:
            again: when the same step was told before, where it is repeated.
        """
        root = self._flash_subject(route) if route.kind is BriefingKind.UPDATE else None
        key = (route.kind, root, update)
        if key not in self._composed:
            self._composed[key] = self._compose(update, route.kind, root)
        row = alert_row(
            route,
            self.incident,
            update,
            self._composed[key],
            now=self.now,
            sender=self.settings.mail.sender,
            settings=self.settings.deliver,
            template_version=TEMPLATE_VERSION,
        )
        if again is not None:
            stamp = f"{self.now:%Y%m%dT%H%M%S}"
            row = replace(
                row,
                key=f"{update_key(self.incident.public_id, update.number, row.subscriber_id)}~{stamp}",
                message_id=f"again-{stamp}.{row.message_id}",
            )
        cap = self.settings.deliver.alerts_per_hour
        if cap and alerts_since(self.conn, row.subscriber_id, self.now - _HOUR) >= cap:
            enqueue(self.conn, replace(row, state=DeliveryState.CANCELLED, error=HELD))
            return False
        return enqueue(self.conn, row)

    def _compose(self, update: Update, kind: BriefingKind, root: str | None) -> Briefing:
        if self._earlier is None:
            self._earlier = earlier_at(self.conn, self.incident)
        service, earlier = self.settings.service.name, self._earlier
        notes = notes_of(self.settings.detect.rules_dir)
        if kind is BriefingKind.FLASH:
            return compose_flash(self.incident, update, now=self.now, service=service, notes=notes, earlier=earlier)
        if kind is BriefingKind.BRIEF:
            return compose_brief(self.incident, update, now=self.now, service=service, notes=notes, earlier=earlier)
        return compose_update(
            self.incident, update, now=self.now, service=service, flash=root, notes=notes, earlier=earlier
        )

    def _flash_subject(self, route: Route) -> str | None:
        """Return the subject of the flash that a subscriber was sent, so that the update answers under the same."""
        key = flash_key(self.incident.public_id, subscriber_id(route.subscriber))
        flash = latest_delivery(self.conn, key)
        return None if flash is None else str(flash.briefing.facts.get("subject", "")) or None
