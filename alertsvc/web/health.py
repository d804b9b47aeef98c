"""`/healthz`: the process answers. `/readyz`: it does its work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from alertsvc.errors import StoreError
from alertsvc.store.feeds import Feed, list_feeds
from alertsvc.web.feedstates import poll_age
from alertsvc.web.pages import Pages, pages_of, read_store

__all__ = ["HEARTBEAT_SECONDS", "readiness", "routes"]

HEARTBEAT_SECONDS = 120.0
"""A scheduler that has not ticked for this long stands still."""

_log = structlog.get_logger("alertsvc.web")


def _age(then: datetime | None, now: datetime) -> float | None:
    return None if then is None else round((now - then).total_seconds(), 1)


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat()


def _scheduler(beat: datetime | None, now: datetime) -> dict[str, Any]:
    age = _age(beat, now)
    ok = age is not None and age < HEARTBEAT_SECONDS
    return {"ok": ok, "last_tick": _iso(beat), "age_seconds": age, "limit_seconds": HEARTBEAT_SECONDS}


def _polls(feeds: list[Feed], poll_interval: float, now: datetime) -> dict[str, Any]:
    age = poll_age(feeds, poll_interval)
    return {
        "ok": age.recent(now),
        "feeds": age.configured,
        "last_good_poll": _iso(age.last_good),
        "age_seconds": _age(age.last_good, now),
        "due_by": _iso(age.deadline),
    }


async def readiness(pages: Pages) -> dict[str, Any]:
    """Return every check with `ok`, and `ready`, which is true when all are.

    Messages of the database stay in the log: they may name hosts and users, and this answer is open.
    """
    now = pages.clock.now()
    checks: dict[str, Any] = {"scheduler": _scheduler(pages.heartbeat(), now)}
    try:
        await run_in_threadpool(pages.store.ping)
        feeds = await read_store(pages, list_feeds)
    except StoreError as error:
        _log.warning("database does not answer", error=str(error))
        checks["database"] = {"ok": False}
        checks["polls"] = {"ok": False}
    else:
        checks["database"] = {"ok": True}
        checks["polls"] = _polls(feeds, pages.poll_interval, now)
    return {"ready": all(check["ok"] for check in checks.values()), "checks": dict(sorted(checks.items()))}


async def healthz(_request: Request) -> Response:
    """Say that the process is alive; nothing is touched."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Say whether the service does its work: 200 or 503."""
    found = await readiness(pages_of(request))
    return JSONResponse(found, status_code=200 if found["ready"] else 503)


def routes() -> list[BaseRoute]:
    """Return the routes."""
    return [Route("/healthz", healthz), Route("/readyz", readyz)]
