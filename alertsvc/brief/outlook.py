"""The outlook: what open situations and announced days may bring, each with the evidence that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from alertsvc.brief.account import outlet_name, report_ids
from alertsvc.brief.ceilings import based
from alertsvc.brief.entries import Entry
from alertsvc.brief.numbers import day
from alertsvc.brief.sentences import RESTORING
from alertsvc.brief.sources import origins
from alertsvc.brief.texts import word_count
from alertsvc.brief.wording.reviews import Reviews
from alertsvc.domain import Action, Report, Status

__all__ = ["MAX_OUTLOOK_WORDS", "outlook"]

MAX_EXPECTATIONS = 3
MAX_OUTLOOK_WORDS = 100
_EASING = frozenset({Action.REOPENING, Action.RESUMPTION})  # told last, whatever they are rated


def outlook(entries: Sequence[Entry], today: date, words: Reviews) -> list[dict[str, Any]]:
    """Return three expectations at most, announced days first, then the gravest open situations.

    Args:
        entries: those that hold, the gravest first.
        today: the last day of the period; what reports date after it is announced.
    """
    lasts = [entry for entry in entries if _lasts(entry)]
    announced = [said for entry in lasts if (said := _announced(entry, today, words)) is not None]
    known = [key for said in announced for key in said["incidents"]]
    lasting = [
        _lasting(entry, today, words)
        for entry in sorted(lasts, key=lambda entry: entry.account.action in _EASING)
        if entry.incident.public_id not in known
    ]
    found: list[dict[str, Any]] = []
    for said in [*announced, *lasting]:
        if (
            len(found) < MAX_EXPECTATIONS
            and word_count(*(item["text"] for item in [*found, said])) <= MAX_OUTLOOK_WORDS
        ):
            found.append(said)
    return found


def _lasts(entry: Entry) -> bool:
    """Tell whether it may go on: what was reversed does not, unless the reversal is what it tells of."""
    return entry.open and (entry.account.status is not Status.REVERSED or entry.account.action in RESTORING)


def _evidence(entry: Entry, reports: Sequence[Report], words: Reviews) -> dict[str, str]:
    return {
        "outlets": words.speech.grammar.joined(dict.fromkeys(outlet_name(report) for report in reports)),
        "status": str(entry.facts["status"]),
        "sources": words.count("independent", origins(entry.account.reports)),
    }


def _expectation(entry: Entry, text: str, words: Reviews) -> dict[str, Any]:
    return {**based(words.speech.grammar.capitalised(text), entry.ids), "incidents": [entry.incident.public_id]}


def _announced(entry: Entry, today: date, words: Reviews) -> dict[str, Any] | None:
    """Return what reports announce for a day to come; None where they announce nothing."""
    account = entry.account
    dated = [(found.event_date, report) for report in account.reports if (found := report.detection).event_date]
    ahead = [(when, report) for when, report in dated if when is not None and when > today]
    if not ahead:
        return None
    first = min(when for when, _ in ahead)
    sources = [report for when, report in ahead if when == first][:2]
    noun = words.speech.deed(account.action, account.site, "plain")
    text = words.about(
        "outlook_announced",
        noun,
        noun=noun,
        day=day(first, words.code),
        **_evidence(entry, sources, words),
    )
    return _expectation(entry, text, words) | {"reports": report_ids([report for _, report in ahead])}


def _lasting(entry: Entry, today: date, words: Reviews) -> dict[str, Any]:
    account = entry.account
    latest = max(account.reports, key=lambda report: (report.published or report.fetched, report.id or 0))
    when = min((latest.published or latest.fetched).date(), today)
    evidence = {"day": day(when, words.code), **_evidence(entry, [latest], words)}
    if account.site.capital and any(item.detection.announced_offensive for item in account.reports):
        text = words.say("outlook_offensive", capital=account.site.capital, **evidence)
        return _expectation(entry, text, words)
    expected = words.placed(words.outlook[account.action], account.site)
    return _expectation(entry, words.say("outlook", expected=expected, **evidence), words)
