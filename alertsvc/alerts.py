"""When alerts are written: at once for what is new, together for what follows, and no more than is wanted.

A flash waits for nothing. Updates of one incident to one subscriber lie at least `deliver.update_interval` apart; what
changes meanwhile is told in one update, once the time is over. An open incident of which nothing was told for
`deliver.repeat` is told again. What falls in somebody's quiet hours or is over its limits waits, see `holding`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.full import compose_brief
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.composing import words_for
from alertsvc.deliver.filters import people, recipient
from alertsvc.deliver.keys import brief_key, flash_key, subscriber_id, update_key
from alertsvc.deliver.routing import Route, route_brief, route_update
from alertsvc.deliver.rows import alert_row
from alertsvc.domain import Briefing, BriefingKind, Incident, Phase, Subscriber, Update
from alertsvc.earlier import earlier_at
from alertsvc.errors import StoreError
from alertsvc.holding import Gate, is_quiet, plan_summaries
from alertsvc.notebook import notes_of
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.held import Why, drop_held, list_held
from alertsvc.store.incidents import load_incidents
from alertsvc.store.outbox import (
    Told,
    enqueue,
    flashed,
    flashed_addresses,
    has_key,
    last_told,
    latest_delivery,
    waiting_for_news,
)
from alertsvc.store.problems import record_problem
from alertsvc.store.subscribers import list_subscribers

__all__ = ["grouped", "plan_step", "plan_waiting"]


def plan_step(conn: Connection, incident: Incident, update: Update, settings: Settings, now: datetime) -> int:
    """Write the alerts and full briefs that a step of an incident calls for into the outbox; return how many."""
    if incident.id is None:
        return 0
    subscribers = list_subscribers(conn)
    routes = route_update(
        incident,
        update,
        subscribers,
        _known(conn, incident.id, subscribers),
        now=now,
        flash_max_age=settings.track.flash_max_age,
    )
    writer = _Writer(conn, incident, settings, now)
    interval = settings.deliver.update_interval
    told: dict[int, Told] = {}
    if interval and any(route.kind is BriefingKind.UPDATE for route in routes):
        told = _told(last_told(conn, incident.id), subscribers)
    written = 0
    for route in routes:
        known = told.get(subscriber_id(route.subscriber))
        if known is not None and route.kind is BriefingKind.UPDATE:
            if (now - known.at).total_seconds() < interval:
                continue  # told later, with what else changes until then
            written += writer.write(route, grouped(incident, known.step) or update)
        else:
            written += writer.write(route, update)
    return written + _briefs(conn, incident, update, subscribers, writer)


def _briefs(
    conn: Connection, incident: Incident, update: Update, subscribers: Iterable[Subscriber], writer: _Writer
) -> int:
    """Write the full brief for each person who is to have it and has not; return how many."""
    if incident.id is None:
        return 0
    written = 0
    told = {recipient(*where) for where in flashed_addresses(conn, incident.id, BriefingKind.BRIEF)}
    known = flashed(conn, incident.id)
    age = writer.settings.track.flash_max_age
    routes = route_brief(incident, update, subscribers, known, now=writer.now, flash_max_age=age)
    # One that sleeps must not keep it from another of the same person that does not.
    for route in sorted(routes, key=lambda route: is_quiet(route.subscriber, writer.now)):
        person = route.subscriber
        address = recipient(person.channel, person.target)
        if address not in told and not has_key(conn, brief_key(incident.public_id, subscriber_id(person))):
            written += writer.write(route, update)
        told.add(address)
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
    """Write what has waited long enough: grouped updates, repetitions, what quiet hours or limits held back.

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
    with store.read() as conn:
        quiet = sorted({held.incident_id for held in list_held(conn, why=Why.QUIET)})
        summaries = plan_summaries(conn, settings, now)
    tasks += [(f"incident {row}", partial(_release, row=row, settings=settings, now=now)) for row in quiet]
    tasks += summaries
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


def _release(conn: Connection, *, row: int, settings: Settings, now: datetime) -> int:
    """Tell those whose quiet hours are over how an incident stands that waited for them."""
    incident = load_incidents(conn, [row]).get(row)
    subscribers = {item.id: item for item in list_subscribers(conn)}
    told, known = _told(last_told(conn, row), subscribers.values()), _known(conn, row, subscribers.values())
    writer = None if incident is None else _Writer(conn, incident, settings, now)
    written = 0
    for held in list_held(conn, incident_id=row, why=Why.QUIET):
        subscriber = subscribers.get(held.subscriber_id)
        if subscriber is not None and is_quiet(subscriber, now):
            continue
        drop_held(conn, held.subscriber_id, [row])
        if subscriber is None or incident is None or writer is None or incident.merged_into is not None:
            continue
        before = told.get(held.subscriber_id)
        step = grouped(incident, held.step - 1 if before is None else before.step)
        if step is None:
            continue
        as_it_stands = replace(step, severity=incident.severity.value, status=incident.status)
        for route in route_update(
            incident, as_it_stands, [subscriber], known, now=now, flash_max_age=settings.track.flash_max_age
        ):
            written += writer.write(route, as_it_stands)
        written += _briefs(conn, incident, as_it_stands, [subscriber], writer)
    return written


def _known(conn: Connection, row: int, subscribers: Iterable[Subscriber]) -> dict[int, str]:
    """Return message ids of the flashes of an incident by subscriber: its own, or another of the same person's."""
    known = flashed(conn, row)
    addresses = {recipient(*where): message for where, message in flashed_addresses(conn, row).items()}
    for subscriber in subscribers:
        message = addresses.get(recipient(subscriber.channel, subscriber.target))
        if message is not None:
            known.setdefault(subscriber_id(subscriber), message)
    return known


def _told(told: Mapping[int, Told], subscribers: Iterable[Subscriber]) -> dict[int, Told]:
    """Return for each subscriber what its person was told last of an incident, by whichever of its subscriptions."""
    found: dict[int, Told] = {}
    for subscriptions in people(subscribers):
        rows = [subscriber_id(item) for item in subscriptions]
        last = max((told[row] for row in rows if row in told), key=lambda item: item.step, default=None)
        if last is not None:
            found |= dict.fromkeys(rows, last)
    return found


@dataclass
class _Writer:
    """Writes the rows of one incident, each briefing composed once."""

    conn: Connection
    incident: Incident
    settings: Settings
    now: datetime

    def __post_init__(self) -> None:
        self._gate = Gate(self.conn, self.settings, self.now)
        self._composed: dict[tuple[BriefingKind, str | None, str, Update], Briefing] = {}
        self._earlier: list[Incident] | None = None

    def write(self, route: Route, update: Update, again: datetime | None = None) -> bool:
        """Write one row, held back where its subscriber has had enough; False where it is there or was held back.

        Args:
            again: when the same step was told before, where it is repeated.
        """
        if self._gate.holds(route.subscriber, self.incident, update):
            return False
        root = self._flash_subject(route) if route.kind is BriefingKind.UPDATE else None
        key = (route.kind, root, words_for(route.subscriber.language), update)
        if key not in self._composed:
            self._composed[key] = self._compose(update, route.kind, root, key[2])
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
        if not enqueue(self.conn, row):
            return False
        self._gate.passed(route.subscriber)
        return True

    def _compose(self, update: Update, kind: BriefingKind, root: str | None, words: str) -> Briefing:
        if self._earlier is None:
            self._earlier = earlier_at(self.conn, self.incident)
        service, earlier = self.settings.service.name, self._earlier
        notes = notes_of(self.settings.detect.rules_dir)
        if kind is BriefingKind.FLASH:
            return compose_flash(
                self.incident, update, now=self.now, service=service, language=words, notes=notes, earlier=earlier
            )
        if kind is BriefingKind.BRIEF:
            return compose_brief(
                self.incident, update, now=self.now, service=service, language=words, notes=notes, earlier=earlier
            )
        return compose_update(
            self.incident,
            update,
            now=self.now,
            service=service,
            language=words,
            flash=root,
            notes=notes,
            earlier=earlier,
        )

    def _flash_subject(self, route: Route) -> str | None:
        """Return the subject of the flash that a subscriber was sent, so that the update answers under the same."""
        key = flash_key(self.incident.public_id, subscriber_id(route.subscriber))
        flash = latest_delivery(self.conn, key)
        return None if flash is None else str(flash.briefing.facts.get("subject", "")) or None
