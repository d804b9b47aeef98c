"""Corrections: what was told and does not hold is taken back from everyone who had it.

What has not left yet is cancelled. Everyone who was sent an alert of the incident gets one mail marked `[CORRECTION]`
in the same thread, whatever their filters, hours and caps. What is withdrawn altogether is taken back at once from
those, too, who had it in a digest only: a digest states it as a fact, and their next one may leave it out for their
filters. Where an incident was merged or split, something did happen; the next digest tells of it as of any step.
Corrections are written in the transaction that stores the step.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertsvc.brief.compose import CORRECTION_MARK, REPLY_MARK, compose_update
from alertsvc.brief.headline import FLASH_MARK
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.deliver.keys import flash_key, subscriber_id
from alertsvc.deliver.routing import Route
from alertsvc.deliver.rows import alert_row
from alertsvc.domain import Briefing, BriefingKind, Incident, Status, Update
from alertsvc.settings import Settings
from alertsvc.store.digested import digest_readers
from alertsvc.store.outbox import alerted, cancel_alerts, enqueue, latest_delivery
from alertsvc.store.subscribers import list_subscribers
from alertsvc.track.filed import Filed

__all__ = ["plan_correction"]

_WITHDRAWN = "It is withdrawn."  # as the briefing words it
_ALERT, _DIGEST = "the earlier alert said", "an earlier digest said"
_CANCELLED = "taken back before it was sent"


def plan_correction(conn: Connection, filed: Filed, settings: Settings, now: datetime) -> int:
    """Cancel what is unsent of an incident and write corrections to those who had alerts of it; return how many.

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
    readers = _readers(conn, filed.told or incident) if _withdrawn(incident) else {}
    written = 0
    composed: dict[str | None, Briefing] = {}
    digested: Briefing | None = None
    for subscriber in list_subscribers(conn):
        row = subscriber_id(subscriber)
        if row in had:
            flash = latest_delivery(conn, flash_key(incident.public_id, row))
            subject = None if flash is None else str(flash.briefing.facts.get("subject", "")) or None
            if subject not in composed:
                composed[subject] = _compose(filed.told or incident, update, words, settings, now, subject)
            briefing, thread = composed[subject], had[row]
        elif row in readers:
            digested = digested or _of_digest(_compose(filed.told or incident, update, words, settings, now, None))
            briefing, thread = digested, readers[row]
        else:
            continue
        delivery = alert_row(
            Route(subscriber, BriefingKind.UPDATE, thread),
            incident,
            update,
            briefing,
            now=now,
            sender=settings.mail.sender,
            settings=settings.deliver,
            template_version=TEMPLATE_VERSION,
        )
        written += enqueue(conn, delivery)
    return written


def _withdrawn(incident: Incident) -> bool:
    return incident.status is Status.WITHDRAWN and incident.merged_into is None


def _readers(conn: Connection, incident: Incident) -> dict[int, str]:
    reports = [report.id for report in incident.reports if report.id is not None]
    return digest_readers(conn, reports, since=incident.opened)


def _of_digest(briefing: Briefing) -> Briefing:
    """Return a correction as one reads it who had no alert."""
    facts = dict(briefing.facts)
    facts["subject"] = facts["subject"].replace(REPLY_MARK, "", 1).replace(FLASH_MARK, "", 1)
    told = facts["correction"]
    facts["correction"] = told | {"text": told["text"].replace(_ALERT, _DIGEST, 1)}
    return replace(briefing, facts=facts)


def _compose(
    incident: Incident, update: Update, words: str, settings: Settings, now: datetime, flash: str | None
) -> Briefing:
    """Compose the update as for a withdrawn incident, and say what holds in place of that where it is another thing."""
    steps = tuple(step for step in incident.updates if step.number != update.number)
    withdrawn = replace(update, status=Status.WITHDRAWN)
    shown = replace(incident, status=Status.WITHDRAWN, updates=(*steps, withdrawn))
    briefing = compose_update(shown, withdrawn, now=now, service=settings.service.name, flash=flash)
    facts: dict[str, Any] = dict(briefing.facts)
    told = facts["correction"]
    facts["correction"] = told | {"text": told["text"].replace(_WITHDRAWN, words)}
    if not facts["subject"].startswith(CORRECTION_MARK):
        facts["subject"] = CORRECTION_MARK + facts["subject"]
    return replace(briefing, facts=facts)
