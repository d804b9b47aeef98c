"""Digests that are due become deliveries in the outbox, one for each subscriber and period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from alertsvc.alerts import plan_waiting
from alertsvc.brief.daily import MAX_ITEMS, compose_daily, peak_severity
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.clock import Clock
from alertsvc.deliver.digests import DigestPeriod, due_digest
from alertsvc.deliver.keys import daily_prefix, subscriber_id
from alertsvc.deliver.routing import passes
from alertsvc.deliver.rows import digest_row
from alertsvc.domain import Briefing, Incident, IncidentClass, Subscriber
from alertsvc.earlier import earlier_at
from alertsvc.errors import StoreError
from alertsvc.notebook import notes_of
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.incidents import lock_class, updated_between
from alertsvc.store.outbox import enqueue, latest_delivery
from alertsvc.store.problems import record_problem
from alertsvc.store.subscribers import list_subscribers

__all__ = ["Digester", "preview"]


@dataclass(frozen=True, slots=True)
class Digester:
    """Writes the daily digests that are due."""

    store: Store
    settings: Settings
    clock: Clock

    def run_once(self, *, only: int | None = None, earliest: datetime | None = None) -> int:
        """Write every digest that is due, and alerts and summaries that have waited for their time; return how many.

        Args:
            only: the row of the one subscriber to write for.
            earliest: no period begins before this, for a replay that jumps over years.

        One subscriber's trouble is recorded and holds up nobody else.

        Raises:
            StoreError: the database does not answer.
        """
        now = self.clock.now()
        with self.store.read() as conn:
            subscribers = [item for item in list_subscribers(conn) if only is None or item.id == only]
        written = plan_waiting(self.store, self.settings, now)
        for subscriber in subscribers:
            try:
                with self.store.begin() as conn:
                    written += self._write(conn, subscriber, now, earliest)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001  a zone that vanished, data that cannot be told: this digest only
                with self.store.begin() as conn:
                    record_problem(conn, "digest", subscriber.name, f"{type(error).__name__}: {error}", now)
        return written

    def _write(self, conn: Connection, subscriber: Subscriber, now: datetime, earliest: datetime | None) -> bool:
        last = latest_delivery(conn, daily_prefix(subscriber_id(subscriber)))
        last_end = datetime.fromisoformat(last.extra["end"]) if last is not None else None
        period = due_digest(subscriber, now, last_end)
        if period is None:
            return False
        # Whoever is filing finishes first, and the next one dates its step only after this: no step falls between two
        # digests.
        for incident_class in IncidentClass:
            lock_class(conn, incident_class)
        if earliest is not None:
            period = replace(period, start=max(period.start, min(earliest, period.end)))
        briefing = _compose(conn, subscriber, period, self.settings, now)
        row = digest_row(
            subscriber,
            period,
            briefing,
            now=now,
            sender=self.settings.mail.sender,
            settings=self.settings.deliver,
            template_version=TEMPLATE_VERSION,
        )
        return enqueue(conn, row)


def preview(
    conn: Connection, subscriber: Subscriber, period: DigestPeriod, settings: Settings, now: datetime
) -> Briefing:
    """Compose the digest of any period for a subscriber without writing it anywhere."""
    return _compose(conn, subscriber, period, settings, now)


def _compose(
    conn: Connection, subscriber: Subscriber, period: DigestPeriod, settings: Settings, now: datetime
) -> Briefing:
    def wanted(found: Sequence[Incident]) -> list[Incident]:
        return [incident for incident in found if passes(incident, incident.severity.value, subscriber)]

    kind = subscriber.demonstration
    length = period.end - period.start
    current = wanted(updated_between(conn, period.start, period.end, demonstration=kind))
    gravest = sorted(current, key=lambda item: -peak_severity(item, period.start, period.end))[:MAX_ITEMS]
    before = updated_between(conn, period.start - length, period.start, demonstration=kind)
    return compose_daily(
        current,
        start=period.start,
        end=period.end,
        zone=subscriber.timezone,
        now=now,
        service=settings.service.name,
        demonstration=subscriber.demonstration,
        previous=wanted(before) or None,
        notes=notes_of(settings.detect.rules_dir),
        earlier={incident.public_id: earlier_at(conn, incident) for incident in gravest},
    )
