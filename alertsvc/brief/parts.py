"""The parts that every briefing has: bar, dateline, severity sum, banner, footer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alertsvc.brief.account import Account, sentence
from alertsvc.brief.category import category
from alertsvc.brief.numbers import day, instant_utc, points
from alertsvc.brief.scale import HIGHEST, METHOD_VERSION, band_of
from alertsvc.brief.texts import clean
from alertsvc.brief.wording import Language
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
    words = account.words
    value = account.update.severity if severity is None else severity
    band = band_of(value)
    house = words.categories[category(account)]
    label, status = words.bands[band.label][1], words.statuses[account.status]
    shown = words.grammar.figure(value, 1)
    return {
        "line": words.say(
            "bar",
            severity=shown,
            highest=words.grammar.figure(HIGHEST, 1),
            label=label,
            category=house,
            status=status,
        ),
        "severity": shown,
        "label": label,
        "category": house,
        "status": status,
        "colour": band.colour,
        "ink": band.ink,
        "filled": round(value * 2),
        "reports": account.ids,
    }


def dateline(account: Account, now: datetime, words: Language) -> dict[str, Any]:
    """Return `{place}, {country} - {event time}; issued {issued} UTC`."""
    where = words.phrases["comma"].join(filter(None, (account.site.name, "-".join(account.site.countries))))
    when = day(account.event_date, words.code) if account.event_date else words.phrases["unknown_date"]
    issued = instant_utc(now, words)
    return dict(sentence(words.say("dateline", where=where, when=when, issued=issued), account.ids))


def severity_sum(incident: Incident, account: Account) -> dict[str, Any] | None:
    """Return the sum behind the severity as one line, terms of nought left out.

    None where the incident has moved on since the update: its terms then explain another state of it, even where they
    come to the same figure.
    """
    severity, words = incident.severity, account.words
    later = any(update.number > account.update.number for update in incident.updates)
    if later or severity.value != account.update.severity or not severity.terms:
        return None
    line = ""
    for term in severity.terms:
        value = -abs(term.value) if term.name in _SUBTRACTED else term.value
        if value:
            sign = (" - " if value < 0 else " + ") if line else ("-" if value < 0 else "")
            name = words.terms.get(term.name, clean(term.name, 30))
            line += f"{sign}{name} {points(abs(value)).replace('.', words.grammar.decimal_mark)}"
    if not line:
        return None
    raw, rounded = words.grammar.figure(severity.raw, 2), words.grammar.figure(severity.value, 1)
    return dict(sentence(words.say("severity_sum", sum=line, raw=raw, severity=rounded), account.ids))


def frame(service: str, subject: str, preheader: str, words: Language, *, demonstration: bool) -> dict[str, Any]:
    """Return what stands round every briefing."""
    return {
        "language": words.code,
        "direction": words.direction,
        "subject": subject,
        "preheader": preheader,
        "service": clean(service, MAX_SERVICE),
        "banner": words.phrases["demonstration"] if demonstration else None,
        "labels": dict(words.labels),
        "footer": words.say("footer", version=METHOD_VERSION),
    }
