"""The incidents of a week, each as known at its end and with the highest severity that it had within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alertsvc.brief.account import Account, account_at
from alertsvc.brief.daily import peak_severity
from alertsvc.brief.numbers import day
from alertsvc.brief.parts import bar
from alertsvc.brief.sources import origins
from alertsvc.brief.wording import VIOLENT, Language
from alertsvc.domain import Incident, Phase, Status

__all__ = ["SEVERE", "Entry", "countries_of", "entries_of", "row", "severities"]

SEVERE = 2.5


@dataclass(frozen=True, slots=True)
class Entry:
    """One incident of the period. `severity` is the highest that it had in it, `facts` its bar."""

    incident: Incident
    account: Account
    severity: float
    facts: Mapping[str, Any]

    @property
    def withdrawn(self) -> bool:
        """It does not hold."""
        return Status.WITHDRAWN in (self.account.status, self.incident.status)

    @property
    def open(self) -> bool:
        """The situation lasts."""
        return self.incident.phase is Phase.OPEN and not self.withdrawn

    @property
    def ids(self) -> list[int]:
        """The reports that it rests on."""
        return self.account.ids


def entries_of(incidents: Sequence[Incident], start: datetime, end: datetime, words: Language) -> list[Entry]:
    """Return the incidents of [start, end), each once, the gravest first, then the latest.

    Raises:
        ValueError: one has no update or report.
    """
    found = [_entry(item, start, end, words) for item in {item.public_id: item for item in incidents}.values()]
    return sorted(
        found, key=lambda item: (-item.severity, -item.account.update.at.timestamp(), item.incident.public_id)
    )


def _entry(incident: Incident, start: datetime, end: datetime, words: Language) -> Entry:
    ordered = sorted(incident.updates, key=lambda update: update.number)
    if not ordered:
        raise ValueError(f"incident {incident.public_id} has no update")
    earlier = [update for update in ordered if update.at < end]
    account = account_at(incident, earlier[-1] if earlier else ordered[-1], words)
    peak = peak_severity(incident, start, end)
    return Entry(incident, account, peak, bar(account, peak))


def severities(incidents: Sequence[Incident], start: datetime, end: datetime) -> list[float]:
    """Return the highest severity of each incident in [start, end), withdrawn ones left out."""
    return [peak_severity(item, start, end) for item in incidents if item.status is not Status.WITHDRAWN]


def countries_of(entries: Sequence[Entry]) -> list[str]:
    """Return the ISO codes of every country concerned, in the order of the entries."""
    codes = [code for entry in entries for code in (entry.incident.place.country or "").split("-") if code]
    return list(dict.fromkeys(codes))


def row(entry: Entry, words: Language) -> dict[str, Any]:
    """Return an incident as the table shows it; a toll that nobody gave is never a nought."""
    account = entry.account
    unknown = words.phrases["deaths_not_given" if account.action in VIOLENT else "deaths_none"]
    when = day(account.event_date, words.code) if account.event_date else words.phrases["unknown_date"]
    return {
        **entry.facts,
        "reports": entry.ids,
        "date": when,
        "place": account.site.name,
        "country": "-".join(account.site.countries) or words.phrases["unknown_country"],
        "deaths": unknown if account.killed is None else words.grammar.digits(account.killed.low),
        "sources": words.grammar.counted(origins(account.reports), "source", words=False),
        "reference": entry.incident.public_id,
    }
