"""The demonstration's incidents, made on the spot in a database that is gone afterwards."""

from __future__ import annotations

import tempfile
from pathlib import Path

from alertsvc.clock import Clock
from alertsvc.domain import Incident
from alertsvc.service import Service
from alertsvc.settings import DemonstrationSettings, Settings, StoreSettings
from alertsvc.store.incidents import list_incidents

__all__ = ["demonstration_incidents"]


async def demonstration_incidents(settings: Settings, clock: Clock | None = None) -> list[Incident]:
    """Poll, read and file the demonstration's feeds by the configured rules and model; nothing else is touched.

    Raises:
        AlertsvcError: rules, model or the demonstration's feeds cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="alertsvc-demonstration-") as folder:
        alone = settings.model_copy(
            update={
                "store": StoreSettings(url=f"sqlite:///{folder}/alertsvc.db"),
                "mail": settings.mail.model_copy(update={"directory": Path(folder) / "mail"}),
                "demonstration": DemonstrationSettings(enabled=True),
                "feeds": (),
                "subscribers": (),
            }
        )
        async with Service.open(alone, clock, alone=False) as service:
            await service.collector.run_once(everything=True)
            await service.processor.run_once()
            with service.store.read() as conn:
                return list_incidents(conn, demonstration=True, limit=1000)
