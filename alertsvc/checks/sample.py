"""An invented incident taken through filing, composing and rendering, to see that every part of it works."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.full import compose_brief
from alertsvc.brief.render import Rendered, render
from alertsvc.brief.weekly import compose_weekly
from alertsvc.domain import (
    Action,
    Article,
    Briefing,
    BriefingKind,
    Claim,
    Count,
    Detection,
    Incident,
    IncidentClass,
    Place,
    PlaceKind,
)
from alertsvc.service import make_desk
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.store.articles import save_articles

__all__ = ["render_sample", "sample_briefings", "sample_incident"]

_PLACE = Place("Wadi Sample", PlaceKind.CROSSING, "LY-NE", latitude=23.0, longitude=14.0, tier=2)
_TEXT = "Armed men took the Wadi Sample border crossing before dawn and killed three guards, an officer said."


def sample_incident(settings: Settings, now: datetime) -> Incident:
    """File the incident by the configured tables in a database in memory and return it as stored.

    Raises:
        DataError: the severity table or the table of outlets is wrong.
    """
    detection = Detection(
        incident_class=IncidentClass.BORDER,
        probability=0.97,
        action=Action.SEIZURE,
        place=_PLACE,
        event_date=(now - timedelta(hours=6)).date(),
        killed=Count(3),
        attackers=("armed men",),
        claims=(Claim("an officer", "three guards were killed"),),
        sentences=(_TEXT,),
    )
    article = Article(
        feed_id="sample",
        key="sample",
        url="https://sample.invalid/1",
        title="Armed men take border crossing",
        text=_TEXT,
        outlet="sample.invalid",
        fetched=now,
        content_hash=hashlib.sha256(_TEXT.encode()).hexdigest(),
        published=now,
        language="en",
        demonstration=True,
    )
    with Store.open("sqlite:///:memory:") as store, store.begin() as conn:
        desk = make_desk(store, settings)
        (stored,) = save_articles(conn, [article], now).new
        return desk.file(conn, stored, [detection], now)[0].incident


def sample_briefings(incident: Incident, settings: Settings, now: datetime) -> list[Briefing]:
    """Compose a briefing of each kind about an incident, and a digest of a day and a week without any."""
    name = settings.service.name
    update = incident.updates[-1]
    found: list[Briefing] = [
        compose_flash(incident, update, now=now, service=name),
        compose_update(incident, update, now=now, service=name),
        compose_brief(incident, update, now=now, service=name),
    ]
    end = now + timedelta(hours=1)
    for incidents in ([incident], []):
        for compose, days in ((compose_daily, 1), (compose_weekly, 7)):
            start = end - timedelta(days=days)
            found.append(
                compose(
                    incidents,
                    start=start,
                    end=end,
                    zone="UTC",
                    now=now,
                    service=name,
                    demonstration=True,
                    previous=None,
                )
            )
    return found


def render_sample(incident: Incident, settings: Settings, now: datetime) -> dict[BriefingKind, Rendered]:
    """Render a briefing of each kind about an incident."""
    found: dict[BriefingKind, Rendered] = {}
    for briefing in sample_briefings(incident, settings, now):
        found.setdefault(briefing.kind, render(briefing))
    return found
