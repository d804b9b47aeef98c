"""Rulings of analysts from outside: carried out, and told to whoever has to know, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alertsvc.process import plan_alerts
from alertsvc.service import make_desk
from alertsvc.settings import Settings
from alertsvc.store import Store
from alertsvc.track.analyst import Analyst
from alertsvc.track.filed import Filed

__all__ = ["Outcome", "rule"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one incident, and how many messages were written for it."""

    filed: Filed
    messages: int


def rule(
    store: Store, settings: Settings, now: datetime, decide: Callable[[Analyst, Connection], Sequence[Filed]]
) -> list[Outcome]:
    """Carry out a ruling, all or nothing: incidents, cancelled alerts, corrections and flashes.

    Raises:
        RulingError: it cannot be carried out; nothing has changed.
    """
    analyst = make_desk(store, settings).analyst()
    with store.begin() as conn:
        return [Outcome(item, plan_alerts(conn, item, settings, now)) for item in decide(analyst, conn)]
