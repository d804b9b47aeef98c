"""Corrections: what was told and does not hold is taken back from everyone who had it.

What has not left yet is cancelled. Everyone who was sent an alert of the incident gets one mail marked `[CORRECTION]`
in the same thread, whatever their filters, hours and caps. So does everyone who had it in a digest only, which states
it as a fact: their next one may leave it out for their filters. Where reports were moved to another incident, a digest
was wrong if it rested on one of those. Corrections are written in the transaction that stores the step.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from alertsvc.brief.compose import compose_correction
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.brief.wording import language
from alertsvc.composing import words_for
from alertsvc.deliver.keys import flash_key, subscriber_id
from alertsvc.deliver.routing import Route
from alertsvc.deliver.rows import alert_row
from alertsvc.domain import Briefing, BriefingKind, Incident, Status
from alertsvc.settings import Settings
from alertsvc.store.digested import digest_readers
from alertsvc.store.outbox import alerted, cancel_alerts, enqueue, latest_delivery
from alertsvc.store.subscribers import list_subscribers
from alertsvc.track.filed import Filed

__all__ = ["plan_correction"]

_CANCELLED = "taken back before it was sent"


def plan_correction(conn: Connection, filed: Filed, settings: Settings, now: datetime) -> int:
    """Cancel what is unsent of an incident and write corrections to those who were told of it; return how many.

    Args:
        filed: an incident that was corrected, with the step that says so.

    Raises:
        ValueError: it was not corrected.
    """
    incident, update, words = filed.incident, filed.update, filed.correction
    if update is None or words is None or incident.id is None:
        raise ValueError(f"{incident.public_id} was not corrected")
    had = alerted(conn, incident.id)
    cancel_alerts(conn, incident.id, _CANCELLED, now)
    withdrawn = _withdrawn(incident)
    readers = _readers(conn, filed)
    written = 0
    composed: dict[tuple[str, str | None, bool], Briefing] = {}
    for subscriber in list_subscribers(conn):
        row = subscriber_id(subscriber)
        thread = had.get(row) or readers.get(row)
        if thread is None:
            continue
        flash = latest_delivery(conn, flash_key(incident.public_id, row)) if row in had else None
        subject = None if flash is None else str(flash.briefing.facts.get("subject", "")) or None
        code = words_for(subscriber.language)
        key = code, subject, row not in had
        if key not in composed:
            composed[key] = compose_correction(
                filed.told or incident,
                update,
                now=now,
                service=settings.service.name,
                language=code,
                flash=subject,
                reason=None if withdrawn else _holds(words, code),
                digest=row not in had,
            )
        delivery = alert_row(
            Route(subscriber, BriefingKind.UPDATE, thread),
            incident,
            update,
            composed[key],
            now=now,
            sender=settings.mail.sender,
            settings=settings.deliver,
            template_version=TEMPLATE_VERSION,
        )
        written += enqueue(conn, delivery)
    return written


def _holds(words: str, code: str) -> str:
    """Return what holds in place of an alert; the reasons of a ruling are kept in English and told in no other."""
    return words if code == "en" else language(code).phrases["it_is_revised"]


def _withdrawn(incident: Incident) -> bool:
    return incident.status is Status.WITHDRAWN and incident.merged_into is None


def _readers(conn: Connection, filed: Filed) -> dict[int, str]:
    """Return who had a digest that rests on what does not hold: reports that went elsewhere, else all of them."""
    told, now = filed.told or filed.incident, filed.incident
    left = set() if _withdrawn(now) else {report.id for report in now.reports}
    reports = [report.id for report in told.reports if report.id is not None and report.id not in left]
    return digest_readers(conn, reports, since=told.opened)
