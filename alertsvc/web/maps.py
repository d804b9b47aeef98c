"""The map of an incident, as its page shows it: the one that its briefings carry."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from alertsvc.brief.account import account_at
from alertsvc.brief.pictures.edition import draw
from alertsvc.brief.pictures.facts import incident_pictures
from alertsvc.domain import Incident

__all__ = ["described_map", "map_answer"]


def described_map(incident: Incident) -> dict[str, Any] | None:
    """Describe the map of an incident as it stands; None where its place is not known, or nothing is known of it."""
    if not incident.updates or not incident.reports or any(report.id is None for report in incident.reports):
        return None
    latest = max(incident.updates, key=lambda update: update.number)
    return next(iter(incident_pictures(account_at(incident, latest))), None)


async def map_answer(incident: Incident) -> Response:
    """Return the map as PNG, drawn beside the loop.

    Raises:
        HTTPException: 404; there is none.
    """
    description = described_map(incident)
    if description is None:
        raise HTTPException(404, "There is no map of this incident: its place is not known.")
    picture = await asyncio.to_thread(draw, description)
    return Response(picture.png, media_type="image/png")
