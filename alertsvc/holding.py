"""Alerts that wait: for the end of a subscriber's quiet hours, or until it has had few enough again.

In quiet hours nothing below a subscriber's `wake_from` is sent; at their end it is told what then holds, if it still
does. What is over its limit for an hour or a day waits until both are over, and one summary then tells of all of it.
Corrections pass here by: whoever was told something wrong is told so at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfoNotFoundError

from sqlalchemy import Connection

from alertsvc.brief.daily import compose_daily
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.composing import words_for
from alertsvc.deliver.keys import held_key, message_id, subscriber_id
from alertsvc.deliver.quiet import quiet_ends, wakes
from alertsvc.domain import Briefing, Delivery, Incident, Status, Subscriber, Update
from alertsvc.notebook import notes_of
from alertsvc.settings import Settings
from alertsvc.store.held import HeldAlert, Why, drop_held, hold, list_held
from alertsvc.store.incidents import load_incidents
from alertsvc.store.leases import take_lock
from alertsvc.store.outbox import alert_counts, enqueue
from alertsvc.store.subscribers import find_subscriber

__all__ = ["Gate", "compose_summary", "is_quiet", "plan_summaries"]

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def is_quiet(subscriber: Subscriber, now: datetime) -> bool:
    """Say whether a subscriber has quiet hours now; one whose time zone is not known any more has none."""
    try:
        return quiet_ends(subscriber, now) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


class Gate:
    """Lets an alert pass or writes down that it waits; for one transaction."""

    def __init__(self, conn: Connection, settings: Settings, now: datetime) -> None:
        self._conn = conn
        self._settings = settings
        self._now = now
        self._counts: dict[timedelta, dict[int, int]] = {}

    def holds(self, subscriber: Subscriber, incident: Incident, update: Update) -> bool:
        """Say whether an alert has to wait; what waited of the same incident is told with one that need not."""
        if incident.id is None:
            return False
        why: Why | None = None
        if update.status is Status.WITHDRAWN:
            pass  # a correction waits for nothing
        elif is_quiet(subscriber, self._now) and not wakes(subscriber, update.severity):
            why = Why.QUIET
        elif self.is_full(subscriber):
            why = Why.LIMIT
        row = subscriber_id(subscriber)
        if why is None:
            drop_held(self._conn, row, [incident.id])
            return False
        hold(self._conn, HeldAlert(row, incident.id, why, update.number, self._now))
        return True

    def is_full(self, subscriber: Subscriber) -> bool:
        """Say whether a subscriber has had as many alerts as it is to get in an hour or a day."""
        deliver = self._settings.deliver
        row = subscriber_id(subscriber)
        for span, own, common in (
            (_HOUR, subscriber.alerts_per_hour, deliver.alerts_per_hour),
            (_DAY, subscriber.alerts_per_day, deliver.alerts_per_day),
        ):
            limit = common if own is None else own
            if limit and self._count(span).get(row, 0) >= limit:
                return True
        return False

    def passed(self, subscriber: Subscriber) -> None:
        """Count an alert that was written."""
        row = subscriber_id(subscriber)
        for counts in self._counts.values():
            counts[row] = counts.get(row, 0) + 1

    def _count(self, span: timedelta) -> dict[int, int]:
        if span not in self._counts:
            self._counts[span] = alert_counts(self._conn, self._now - span)
        return self._counts[span]


def plan_summaries(
    conn: Connection, settings: Settings, now: datetime
) -> list[tuple[str, Callable[[Connection], int]]]:
    """Return by name what is to be done for each subscriber whose alerts wait for its limit to be over."""
    waiting = {alert.subscriber_id for alert in list_held(conn, why=Why.LIMIT)}
    return [(f"subscriber {row}", partial(_summarise, row=row, settings=settings, now=now)) for row in sorted(waiting)]


def _summarise(conn: Connection, *, row: int, settings: Settings, now: datetime) -> int:
    """Tell one subscriber of what was held back once that is an hour ago and the limits are over."""
    take_lock(conn, "summaries")
    held = list_held(conn, subscriber_id=row, why=Why.LIMIT)
    standing = find_subscriber(conn, row=row)
    if not held or standing is None or now - held[0].since < _HOUR:
        return 0
    subscriber = standing.subscriber
    if is_quiet(subscriber, now) or Gate(conn, settings, now).is_full(subscriber):
        return 0
    found = load_incidents(conn, {alert.incident_id for alert in held})
    incidents = [
        incident
        for incident in found.values()
        if incident.merged_into is None and incident.status is not Status.WITHDRAWN
    ]
    drop_held(conn, row, [alert.incident_id for alert in held])
    if not incidents:
        return 0
    return enqueue(conn, _summary(subscriber, incidents, held[0].since, settings, now))


def compose_summary(
    subscriber: Subscriber, incidents: Sequence[Incident], since: datetime, settings: Settings, now: datetime
) -> Briefing:
    """Return what a subscriber is told, in its language, of the incidents whose alerts were held back since then.

    Raises:
        ValueError: the facts of an incident cannot be told.
    """
    return compose_daily(
        incidents,
        start=since,
        end=now,
        zone=subscriber.timezone,
        now=now,
        service=settings.service.name,
        demonstration=subscriber.demonstration,
        previous=None,
        language=words_for(subscriber.language),
        notes=notes_of(settings.detect.rules_dir),
        held=True,
    )


def _summary(
    subscriber: Subscriber, incidents: Sequence[Incident], since: datetime, settings: Settings, now: datetime
) -> Delivery:
    briefing = compose_summary(subscriber, incidents, since, settings, now)
    return Delivery(
        key=held_key(subscriber_id(subscriber), since),
        briefing=briefing,
        subscriber_id=subscriber_id(subscriber),
        channel=subscriber.channel,
        target=subscriber.target,
        message_id=message_id(briefing.kind, "held", now, subscriber, sender=settings.mail.sender),
        created=now,
        expires=now + timedelta(seconds=settings.deliver.digest_expires),
        template_version=TEMPLATE_VERSION,
        extra={"start": since.isoformat(), "end": now.isoformat()},
    )
