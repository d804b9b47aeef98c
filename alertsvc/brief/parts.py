"""The parts that every briefing has: bar, dateline, severity sum, banner, footer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alertsvc.brief.account import Account, sentence
from alertsvc.brief.category import category
from alertsvc.brief.index import METHOD_VERSION, band_of
from alertsvc.brief.numbers import day, instant_utc, points
from alertsvc.brief.texts import clean
from alertsvc.brief.wording import FOOTER, Language
from alertsvc.domain import Incident

__all__ = ["bar", "dateline", "frame", "severity_sum"]

# Terms that the score takes away, whichever sign the record gives them.
_SUBTRACTED = frozenset({"doubt", "reversal"})
MAX_SERVICE = 60


def bar(account: Account, severity: float | None = None) -> dict[str, Any]:
    """Return the bar in parts, with the line as it must come out: `Severity 3.0/5.0 (Severe) | category | status`.

    Args:
        severity: the severity to show, where it is not that of the account's update.
    """
    value = account.update.severity if severity is None else severity
    band = band_of(value)
    house = category(account)
    return {
        "line": f"Severity {value:.1f}/5.0 ({band.label}) | {house} | {account.status.value}",
        "severity": f"{value:.1f}",
        "label": band.label,
        "category": house,
        "status": account.status.value,
        "colour": band.colour,
        "ink": band.ink,
        "filled": round(value * 2),
        "reports": account.ids,
    }


def dateline(account: Account, now: datetime, words: Language) -> dict[str, Any]:
    """Return `{place}, {country} - {event time}; issued {issued} UTC`."""
    where = ", ".join(filter(None, (account.site.name, "-".join(account.site.countries))))
    when = day(account.event_date, words.code) if account.event_date else words.phrases["unknown_date"]
    return dict(sentence(f"{where} - {when}; issued {instant_utc(now)}", account.ids))


def severity_sum(incident: Incident, account: Account) -> dict[str, Any] | None:
    """Return the sum behind the severity as one line, terms of nought left out.

    None where the incident's severity has moved on since the update, as its terms then explain another figure.
    """
    severity = incident.severity
    if severity.value != account.update.severity or not severity.terms:
        return None
    line = ""
    for term in severity.terms:
        value = -abs(term.value) if term.name in _SUBTRACTED else term.value
        if value:
            sign = (" - " if value < 0 else " + ") if line else ("-" if value < 0 else "")
            line += f"{sign}{clean(term.name, 30)} {points(abs(value))}"
    if not line:
        return None
    return dict(
        sentence(f"Why this severity: {line} = {severity.raw:.2f}, rounded to {severity.value:.1f}", account.ids)
    )


def frame(service: str, subject: str, preheader: str, words: Language, *, demonstration: bool) -> dict[str, Any]:
    """Return what stands round every briefing."""
    return {
        "language": words.code,
        "direction": "ltr",
        "subject": subject,
        "preheader": preheader,
        "service": clean(service, MAX_SERVICE),
        "banner": words.phrases["demonstration"] if demonstration else None,
        "labels": dict(words.labels),
        "footer": FOOTER.format(version=METHOD_VERSION),
    }
