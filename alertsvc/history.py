"""The weeks before a review: their indices, where they were watched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from sqlalchemy import Connection

from alertsvc.brief.entries import severities
from alertsvc.brief.index import index_of
from alertsvc.brief.record import MAX_WEEKS, Week
from alertsvc.domain import Incident
from alertsvc.store.incidents import updated_between
from alertsvc.store.watched import read_between, reading_since

__all__ = ["weeks_before"]

_DAY = timedelta(days=1)


def weeks_before(
    conn: Connection,
    monday: date,
    zone: tzinfo,
    wanted: Callable[[Incident], bool],
    *,
    demonstration: bool = False,
    count: int = MAX_WEEKS - 1,
) -> list[Week]:
    """Return the weeks before one, oldest first, for the trend and for "the quietest week since".

    A week that began before the service read its first article, or of which a day has no article at all, was not
    watched and is missing: a gap is no quiet.

    Args:
        monday: the first day of the week that is reviewed.
        zone: the reader's, by whose clock weeks begin and end.
        wanted: says which incidents the reader's filters let through.
        demonstration: of the invented incidents.
        count: so many weeks at most.
    """
    since = reading_since(conn, demonstration=demonstration)
    found: list[Week] = []
    for back in range(count, 0, -1):
        first = monday - 7 * back * _DAY
        days = [datetime.combine(first + number * _DAY, time.min, zone) for number in range(8)]
        if since is None or days[0] < since:
            continue
        if all(read_between(conn, day, after, demonstration=demonstration) for day, after in pairwise(days)):
            incidents = updated_between(conn, days[0], days[-1], demonstration=demonstration)
            index = index_of(severities([item for item in incidents if wanted(item)], days[0], days[-1]))
            found.append(Week(first, index))
    return found
