"""A digester as a process of its own, for the tests to run side by side and to kill.

Arguments: address of the store, a name for the log, instants in ISO form joined by commas, and at which of them (from
0, -1 for none) the process dies in the middle of its first transaction. Waits for a line on standard input, then
writes the digests that are due at each instant and prints how many it wrote.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from alertsvc.clock import ManualClock
from alertsvc.composing import Composer, Edition
from alertsvc.digest import Digester
from alertsvc.domain import Briefing, BriefingKind, Incident
from alertsvc.settings import Settings
from alertsvc.store import Store

__all__ = ["COMPOSERS", "plain"]


def plain(
    conn: Connection,
    edition: Edition,
    incidents: Sequence[Incident],
    previous: Sequence[Incident] | None,
    settings: Settings,
    now: datetime,
) -> Briefing:
    """Compose a digest that says nothing but its period."""
    facts = {"subject": "digest", "start": edition.start.isoformat(), "end": edition.end.isoformat()}
    return Briefing(edition.kind, facts, demonstration=edition.demonstration)


COMPOSERS: Mapping[BriefingKind, Composer] = {BriefingKind.DAILY: plain, BriefingKind.WEEKLY: plain}


def main() -> None:
    url, _name, instants, dies = sys.argv[1:]
    moments = [datetime.fromisoformat(instant) for instant in instants.split(",")]
    last = int(dies)
    clock = ManualClock(moments[0])
    dying = False

    def fatal(
        conn: Connection,
        edition: Edition,
        incidents: Sequence[Incident],
        previous: Sequence[Incident] | None,
        settings: Settings,
        now: datetime,
    ) -> Briefing:
        if dying:
            os._exit(9)
        return plain(conn, edition, incidents, previous, settings, now)

    composers: Mapping[BriefingKind, Composer] = dict.fromkeys(COMPOSERS, fatal)
    with Store.open(url, migrate=False) as store:
        digester = Digester(store, Settings(), clock, composers)
        sys.stdin.readline()
        written = 0
        for number, moment in enumerate(moments):
            clock.move_to(moment)
            dying = number == last
            written += digester.run_once()
        sys.stdout.write(f"{written}\n")


if __name__ == "__main__":
    main()
