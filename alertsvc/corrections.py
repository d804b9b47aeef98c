"""Corrections: what was alerted and does not hold is taken back from everyone who had it.

What has not left yet is cancelled. Everyone who was sent an alert of the incident gets one mail marked `[CORRECTION]`
in the same thread, whatever their filters, hours and caps. It is written in the transaction that stores the step.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alertsvc.brief.compose import CORRECTION_MARK, compose_update
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.deliver.keys import flash_key, subscriber_id
from alertsvc.deliver.routing import Route
from alertsvc.deliver.rows import alert_row
from alertsvc.domain import Briefing, BriefingKind, Incident, Status, Update
from alertsvc.settings import Settings
from alertsvc.store.outbox import alerted, cancel_alerts, enqueue, latest_delivery
from alertsvc.store.subscribers import list_subscribers
from alertsvc.track.filed import Filed

__all__ = ["plan_correction"]

_WITHDRAWN = "It is withdrawn."  # as the briefing words it
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
    written = 0
    composed: dict[str | None, Briefing] = {}
    for subscriber in list_subscribers(conn):
        first = had.get(subscriber_id(subscriber))
        if first is None:
            continue
        flash = latest_delivery(conn, flash_key(incident.public_id, subscriber_id(subscriber)))
        subject = None if flash is None else str(flash.briefing.facts.get("subject", "")) or None
        if subject not in composed:
            composed[subject] = _compose(filed.told or incident, update, words, settings, now, subject)
        row = alert_row(
            Route(subscriber, BriefingKind.UPDATE, first),
            incident,
            update,
            composed[subject],
            now=now,
            sender=settings.mail.sender,
            settings=settings.deliver,
            template_version=TEMPLATE_VERSION,
        )
        written += enqueue(conn, row)
    return written


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
