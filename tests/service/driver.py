"""One full cycle of the service in a process of its own, which kills itself at a point that is named.

Arguments: the point, and the present as ISO time. The configuration comes as JSON on standard input.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from alertsvc import process
from alertsvc.collect import collector
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.ledger import Ledger
from alertsvc.deliver.sender import Sender
from alertsvc.digest import Digester
from alertsvc.process import Processor
from alertsvc.service import Service
from alertsvc.settings import Settings
from alertsvc.store import outbox
from tests.service.support import Ticking

__all__ = ["POINTS"]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> None:
    """Die when a function is called."""
    setattr(owner, name, lambda *_args, **_options: die())


def after(owner: Any, name: str, times: int = 1) -> None:
    """Die when a function has done its work for the n-th time, before anyone learns of it."""
    original = getattr(owner, name)
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if done == times:
            die()

    if asyncio.iscoroutinefunction(original):

        async def wait(*args: Any, **options: Any) -> Any:
            result = await original(*args, **options)
            count()
            return result

        setattr(owner, name, wait)
        return

    def call(*args: Any, **options: Any) -> Any:
        result = original(*args, **options)
        count()
        return result

    setattr(owner, name, call)


POINTS: dict[str, Callable[[], None]] = {
    "while storing the first feed": lambda: after(collector, "save_articles"),
    "between two feeds": lambda: after(collector.Collector, "_keep"),
    "polled, nothing read": lambda: before(Processor, "run_once"),
    "detected, nothing filed": lambda: after(Processor, "_detect"),
    "filing the first article": lambda: after(process, "plan_alerts"),
    "filing the second article": lambda: after(process, "plan_alerts", 2),
    "filed, no digest written": lambda: before(Digester, "run_once"),
    "writing the first digest": lambda: after(Digester, "_put"),
    "digests written, nothing claimed": lambda: before(Sender, "run_once"),
    "claimed, nothing sent": lambda: after(Ledger, "claim"),
    "first mail taken, not marked": lambda: after(SmtpTransport, "send"),
    "second mail taken, not marked": lambda: after(SmtpTransport, "send", 2),
    "marking the first mail": lambda: after(outbox, "mark_all_sent"),
    "first mail marked": lambda: after(Ledger, "sent"),
}
"""What a process can be killed at, by name."""


async def cycle(settings: Settings, now: datetime) -> None:
    async with Service.open(settings, Ticking(now)) as service:
        await service.cycle()


def main() -> None:
    point, now = sys.argv[1:]
    POINTS[point]()
    asyncio.run(cycle(Settings.model_validate(json.load(sys.stdin)), datetime.fromisoformat(now)))


if __name__ == "__main__":
    main()
