"""The full brief of an incident on request: composed as things stand, and sent to whoever asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from alertsvc.brief.full import compose_brief
from alertsvc.brief.render import TEMPLATE_VERSION
from alertsvc.composing import words_for
from alertsvc.deliver.keys import brief_key, subscriber_id
from alertsvc.deliver.routing import Route
from alertsvc.deliver.rows import alert_row
from alertsvc.domain import Briefing, BriefingKind, Incident, Subscriber
from alertsvc.earlier import earlier_at
from alertsvc.notebook import notes_of
from alertsvc.settings import Settings
from alertsvc.store.outbox import enqueue, flashed, has_key

__all__ = ["brief_of", "request_brief"]


def brief_of(conn: Connection, incident: Incident, settings: Settings, now: datetime, language: str = "en") -> Briefing:
    """Compose the brief of a stored incident after its last step.

    Raises:
        ValueError: the incident has no step or report, or the language is not there.
    """
    if not incident.updates:
        raise ValueError(f"incident {incident.public_id} has no update")
    return compose_brief(
        incident,
        max(incident.updates, key=lambda update: update.number),
        now=now,
        service=settings.service.name,
        language=language,
        notes=notes_of(settings.detect.rules_dir),
        earlier=earlier_at(conn, incident),
    )


def request_brief(
    conn: Connection, incident: Incident, subscriber: Subscriber, settings: Settings, now: datetime
) -> str | None:
    """Write the brief of a stored incident into the outbox for a subscriber, whatever it takes and had before.

    Returns:
        The key of the row; None where the same request was written at this second already.

    Raises:
        ValueError: the incident has no step or report; or it is invented and the subscriber takes real ones, or the
            other way round.
    """
    if subscriber.demonstration != incident.demonstration:
        kinds = ("invented", "real") if incident.demonstration else ("real", "invented")
        raise ValueError(f"the incident is {kinds[0]} and {subscriber.name} gets {kinds[1]} ones only")
    briefing = brief_of(conn, incident, settings, now, words_for(subscriber.language))
    root = flashed(conn, incident.id).get(subscriber_id(subscriber)) if incident.id is not None else None
    row = alert_row(
        Route(subscriber, BriefingKind.BRIEF, root),
        incident,
        max(incident.updates, key=lambda update: update.number),
        briefing,
        now=now,
        sender=settings.mail.sender,
        settings=settings.deliver,
        template_version=TEMPLATE_VERSION,
    )
    if has_key(conn, brief_key(incident.public_id, subscriber_id(subscriber))):
        stamp = f"{now:%Y%m%dT%H%M%S}"
        row = replace(row, key=f"{row.key}~{stamp}", message_id=f"again-{stamp}.{row.message_id}")
    return row.key if enqueue(conn, row) else None
