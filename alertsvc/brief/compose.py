"""Composing the flash alert and the incident update.

The result holds facts: lines already worded, each with the ids of the reports that it rests on, and the figures behind
them. Templates only lay them out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from alertsvc.brief.account import Account, Sentence, account_at, report_id, report_ids, sentence
from alertsvc.brief.background import background, fitting
from alertsvc.brief.context import NO_NOTES, Notes
from alertsvc.brief.headline import DEMONSTRATION_MARK, FLASH_MARK, flash_subject
from alertsvc.brief.parts import bar, dateline, frame, severity_sum
from alertsvc.brief.sentences import claim_line, claims, effect, lede, quotation, tally, toll, unclear, watch
from alertsvc.brief.sources import sources
from alertsvc.brief.texts import clean, word_count
from alertsvc.brief.wording import language
from alertsvc.domain import Briefing, BriefingKind, Incident, Report, Status, Update

__all__ = ["CORRECTION_MARK", "REPLY_MARK", "compose_flash", "compose_update"]

CORRECTION_MARK = "[CORRECTION] "
REPLY_MARK = "Re: "
MAX_FLASH_WORDS = 90
MAX_UPDATE_WORDS = 160
MAX_CHANGE = 160
MAX_CHANGES = 5
_SEVERITY_PHRASE = re.compile(r"severity \d\.\d -> \d\.\d(?:: (.+))?")
FLASH_SOURCES = 3
UPDATE_SOURCES = 6


def _opening(incident: Incident) -> Update:
    if not incident.updates:
        raise ValueError(f"incident {incident.public_id} has no update")
    return min(incident.updates, key=lambda update: update.number)


def _reference(incident: Incident, update: Update) -> str:
    return f"Incident {clean(incident.public_id, 60)}, update {update.number}"


def _words(*parts: Sentence | None) -> int:
    return word_count(*(part["text"] for part in parts if part is not None))


def compose_flash(
    incident: Incident,
    update: Update,
    *,
    now: datetime,
    service: str,
    words: str = "en",
    notes: Notes = NO_NOTES,
    earlier: Sequence[Incident] = (),
) -> Briefing:
    """Compose the flash alert of an incident as it stands at `update`.

    Args:
        now: when the alert is issued, aware.
        service: name of the service, for the foot of the message.
        words: language of the briefing.
        notes: what is generally known of places.
        earlier: incidents at the same place, for the context.

    Raises:
        ValueError: the incident has no report, a report without id, or the language is not there.
    """
    speech = language(words)
    account = account_at(incident, update)
    body: list[Sentence] = [lede(account, speech)]
    parts = (toll(account, speech), claim_line(account, speech), effect(account, speech), watch(account, speech))
    kept: list[Sentence | None] = []
    for part in parts:
        fits = part is not None and _words(*body, *kept, part) <= MAX_FLASH_WORDS
        kept.append(part if fits else None)
    budget = MAX_FLASH_WORDS - _words(*body, *kept) - word_count(speech.phrases["report_words"])
    listed, more = sources(account.reports, FLASH_SOURCES, first=account.witnesses)
    subject = flash_subject(account, speech, demonstration=incident.demonstration)
    facts: dict[str, Any] = {
        **frame(service, subject, body[0]["text"], speech, demonstration=incident.demonstration),
        "headline": subject.removeprefix(DEMONSTRATION_MARK).removeprefix(FLASH_MARK),
        "bar": bar(account),
        "dateline": dateline(account, now, speech),
        "lede": body[0],
        "toll": kept[0],
        "quotation": quotation(account, speech, budget=budget),
        "claim_line": kept[1],
        "effect": kept[2],
        "watch": kept[3],
        "context": fitting(background(incident, notes, earlier, now, speech)),
        "severity_sum": severity_sum(incident, account),
        "sources": listed,
        "sources_more": more,
        "reference": _reference(incident, update),
        "reports": account.ids,
    }
    return Briefing(BriefingKind.FLASH, facts, incident.id, update.number, incident.demonstration)


def _changes(update: Update) -> tuple[list[str], str | None]:
    """Return the phrases that tell what changed, the weightiest first, and the reason given for a new severity.

    A phrase about the severity goes to the severity line instead. How many phrases are left out is told.
    """
    phrases = [clean(change, MAX_CHANGE).rstrip(" .;") for change in update.changes if clean(change)]
    scored = [match for phrase in phrases if (match := _SEVERITY_PHRASE.fullmatch(phrase))]
    phrases = [phrase for phrase in phrases if not _SEVERITY_PHRASE.fullmatch(phrase)]
    more = len(phrases) - MAX_CHANGES
    told = phrases if more <= 0 else [*phrases[:MAX_CHANGES], f"{more} more"]
    return told, next((match[1] for match in scored if match[1]), None)


def _severity_line(account: Account, incident: Incident, changes: list[str], reason: str | None) -> Sentence:
    """Return `3.0 -> 2.5: reason`, or that nothing moved."""
    update = account.update
    before = update.severity_before
    if before is None or before == update.severity:
        return sentence(f"Severity unchanged at {update.severity:.1f}", account.ids)
    if reason is None:
        reversal = next((term for term in incident.severity.terms if term.name == "reversal" and term.value), None)
        if reversal is not None and update.severity < before and account.reversed_within_day:
            reason = clean(reversal.why, MAX_CHANGE) or "site retaken within 24 hours"
        else:
            reason = changes[0] if changes else "reassessed"
    return sentence(f"Severity {before:.1f} -> {update.severity:.1f}: {reason}", account.ids)


def _new_reports(incident: Incident, account: Account) -> list[Report]:
    """Return the reports that came after the last material update before this one."""
    earlier = [item for item in incident.updates if item.number < account.update.number and item.material]
    if not earlier:
        return list(account.reports)
    before = account_at(incident, max(earlier, key=lambda item: item.number))
    return [report for report in account.reports if report_id(report) not in before.ids]


def compose_update(
    incident: Incident,
    update: Update,
    *,
    now: datetime,
    service: str,
    words: str = "en",
    flash: str | None = None,
    notes: Notes = NO_NOTES,
    earlier: Sequence[Incident] = (),
) -> Briefing:
    """Compose the message that tells what an update changed; for a withdrawn incident it is a correction.

    Args:
        now: when the message is issued, aware.
        service: name of the service, for the foot of the message.
        words: language of the briefing.
        flash: subject of the flash that it answers, where that is at hand; else that of the incident's first update.
        notes: what is generally known of places; it stands only where the update leaves room for it.
        earlier: incidents at the same place, for the context.

    Raises:
        ValueError: the incident has no report, a report without id, no update, or the language is not there.
    """
    speech = language(words)
    account = account_at(incident, update)
    alerted = clean(flash or "") or flash_subject(
        account_at(incident, _opening(incident)), speech, demonstration=incident.demonstration
    )
    said = alerted.removeprefix(DEMONSTRATION_MARK).removeprefix(FLASH_MARK)
    withdrawn = account.status is Status.WITHDRAWN
    changes, reason = _changes(update)
    first = sentence(f"Update {update.number}: {'; '.join(changes) or reason or 'status reviewed'}.", account.ids)
    correction = sentence(f"Correction: the earlier alert said “{said}”. It is withdrawn.", account.ids)
    counted = None if withdrawn else tally(account)
    new = _new_reports(incident, account)
    open_points = unclear(account)
    severity = _severity_line(account, incident, changes, reason)
    told = [first, counted, open_points, severity, correction if withdrawn else None]
    statements: list[Sentence] = []
    for statement in () if withdrawn else claims(account, report_ids(new)):
        if _words(*told, *statements, statement) <= MAX_UPDATE_WORDS:
            statements.append(statement)
    if not statements and not withdrawn:
        statements = [claim_line(account, speech)]
    room = MAX_UPDATE_WORDS - _words(*told, *statements)
    context = [] if withdrawn else fitting(background(incident, notes, earlier, now, speech), room)
    listed, more = sources(new, UPDATE_SOURCES, first=account.witnesses)
    subject = f"{CORRECTION_MARK if withdrawn else ''}{REPLY_MARK}{alerted}"
    facts: dict[str, Any] = {
        **frame(service, subject, first["text"], speech, demonstration=incident.demonstration),
        "headline": said,
        "correction": correction if withdrawn else None,
        "first_line": first,
        "bar": bar(account),
        "dateline": dateline(account, now, speech),
        "tally": counted,
        "claims": statements,
        "unclear": open_points,
        "severity_line": severity,
        "severity_sum": None if withdrawn else severity_sum(incident, account),
        "context": context,
        "sources": listed,
        "sources_more": more,
        "no_sources": speech.phrases["no_new_source"],
        "reference": _reference(incident, update),
        "reports": account.ids,
    }
    return Briefing(BriefingKind.UPDATE, facts, incident.id, update.number, incident.demonstration)
