"""Incidents, subscribers and deliveries for the tests of delivery."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from alertsvc.deliver.keys import flash_key
from alertsvc.domain import (
    Action,
    Briefing,
    BriefingKind,
    Channel,
    Delivery,
    Incident,
    IncidentClass,
    Phase,
    Picture,
    Place,
    PlaceKind,
    Severity,
    Status,
    Subscriber,
    Update,
)

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
PUBLIC_ID = "LY-2026-0131-7f3a"


@dataclass(frozen=True)
class Rendered:
    """What the renderer gives, in its shape."""

    subject: str = "[FLASH] Libya: Post on the border attacked"
    text: str = "Severity 3.0/5.0 (Severe)\n\nThe post was attacked.\n"
    html: str = "<!doctype html><html><body><p>The post was attacked.</p></body></html>"
    slack: dict[str, Any] = field(default_factory=lambda: {"text": "The post was attacked."})
    pictures: tuple[Picture, ...] = ()


def render(briefing: Briefing) -> Any:
    """Render as the templates do: the same facts, the same words."""
    title = str(briefing.facts["title"])
    return Rendered(
        subject=title, text=f"{title}\n", html=f"<html><body><p>{title}</p></body></html>", slack={"text": title}
    )


def an_update(**changes: Any) -> Update:
    update = Update(
        number=1,
        at=NOW,
        material=True,
        changes=("opened",),
        status=Status.REPORTED,
        action=Action.SEIZURE,
        severity=3.0,
    )
    return replace(update, **changes)


def an_incident(**changes: Any) -> Incident:
    incident = Incident(
        public_id=PUBLIC_ID,
        incident_class=IncidentClass.BORDER,
        place=Place("Al-Toum", PlaceKind.CROSSING, country="LY-NE", gazetteer_id="x-al-toum"),
        action=Action.SEIZURE,
        phase=Phase.OPEN,
        status=Status.REPORTED,
        severity=Severity(3.0, 3.0, ()),
        opened=NOW,
        changed=NOW,
        event_date=date(2026, 1, 31),
        updates=(an_update(),),
        id=11,
    )
    return replace(incident, **changes)


def a_subscriber(**changes: Any) -> Subscriber:
    subscriber = Subscriber("desk", Channel.EMAIL, "desk@example.org", created=NOW, id=3)
    return replace(subscriber, **changes)


def a_delivery(number: int = 1, **changes: Any) -> Delivery:
    """Return a flash that is due, another one for each number."""
    title = str(changes.pop("title", f"Libya: Event {number}"))
    public_id = f"LY-2026-0131-{number:04x}"
    demonstration = bool(changes.pop("demonstration", False))
    delivery = Delivery(
        key=flash_key(public_id, 3),
        briefing=Briefing(BriefingKind.FLASH, {"title": title}, number, 1, demonstration),
        subscriber_id=3,
        channel=Channel.EMAIL,
        target="desk@example.org",
        message_id=f"flash.{public_id}.1.abcdef012345@example.org",
        created=NOW,
        expires=NOW + timedelta(hours=6),
        template_version="1",
    )
    return replace(delivery, **changes)
