"""What `alertsvc check` looks at: whether a service with these settings would start, read, and reach people.

Nothing is changed: no database is made or upgraded, no feed polled, no mail sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alertsvc.checks.data import check_briefings, check_detection, check_service
from alertsvc.checks.finding import Finding, Level
from alertsvc.checks.people import check_mail, check_slack, check_subscribers
from alertsvc.checks.stored import check_database, check_feeds
from alertsvc.settings import Settings

__all__ = ["Finding", "Level", "run_checks"]


def run_checks(settings: Settings, now: datetime, *, online: bool = False) -> Iterator[Finding]:
    """Yield what is found, part by part, as it is seen.

    Args:
        settings: as loaded, so known to be well-formed.
        now: the present.
        online: also look up the feeds' hosts and fetch each feed once, sign in to the mail server, and ask Slack whose
            the token is.
    """
    yield from check_service(settings)
    yield from check_detection(settings)
    yield from check_briefings(settings, now)
    stored = yield from check_database(settings)
    yield from check_feeds(settings, stored, now)
    yield from check_subscribers(settings, stored)
    yield from check_mail(settings, stored, online=online)
    yield from check_slack(settings, stored, online=online)
    if online:
        from alertsvc.checks.network import check_hosts, fetch_feeds

        lost = yield from check_hosts(settings)
        yield from fetch_feeds(settings, lost)
