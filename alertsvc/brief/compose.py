"""Composing the flash alert and the incident update.

The result holds facts: lines already worded, each with the ids of the reports that it rests on, and the figures behind
them. Templates only lay them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from alertsvc.brief.account import Account, Sentence, account_at, report_id, report_ids, sentence
from alertsvc.brief.background import background, fitting
from alertsvc.brief.changes import changes_of, severity_reason
from alertsvc.brief.context import NO_NOTES, Notes
from alertsvc.brief.correction import said_before, taken_back_by, what_holds
from alertsvc.brief.headline import flash_subject, unmarked
from alertsvc.brief.parts import bar, dateline, frame, severity_sum
from alertsvc.brief.pictures.facts import incident_pictures
from alertsvc.brief.sentences import claim_line, claims, effect, lede, quotation, tally, toll, unclear, watch
from alertsvc.brief.sources import sources
from alertsvc.brief.texts import clean, word_count
from alertsvc.brief.wording import ENGLISH
from alertsvc.brief.wording import language as words_of
from alertsvc.domain import Briefing, BriefingKind, Incident, Report, Status, Update

__all__ = ["CORRECTION_MARK", "REPLY_MARK", "compose_correction", "compose_flash", "compose_update"]

CORRECTION_MARK = ENGLISH.marks["correction"]
REPLY_MARK = ENGLISH.marks["reply"]
MAX_FLASH_WORDS = 90
MAX_UPDATE_WORDS = 160
FLASH_SOURCES = 3
UPDATE_SOURCES = 6


def _opening(incident: Incident) -> Update:
    if not incident.updates:
        raise ValueError(f"incident {incident.public_id} has no update")
    return min(incident.updates, key=lambda update: update.number)


def _reference(incident: Incident, account: Account) -> str:
    number = account.words.grammar.digits(account.update.number)
    return account.words.say("reference", id=clean(incident.public_id, 60), number=number)


def _words(*parts: Sentence | None) -> int:
    return word_count(*(part["text"] for part in parts if part is not None))


def compose_flash(
    incident: Incident,
    update: Update,
    *,
    now: datetime,
    service: str,
    language: str = "en",
    notes: Notes = NO_NOTES,
    earlier: Sequence[Incident] = (),
) -> Briefing:
    """Compose the flash alert of an incident as it stands at `update`.

    Args:
        now: when the alert is issued, aware.
        service: name of the service, for the foot of the message.
        language: ISO 639-1 code of the briefing's language.
        notes: what is generally known of places.
        earlier: incidents at the same place, for the context.

    Raises:
        ValueError: the incident has no report, a report without id, or the language is not there.
    """
    speech = words_of(language)
    account = account_at(incident, update, speech)
    body: list[Sentence] = [lede(account, speech)]
    # What the guide of the product asks of every flash comes before what only some have to tell.
    parts = {
        "claim_line": claim_line(account, speech),
        "watch": watch(account, speech),
        "toll": toll(account, speech),
        "effect": effect(account, speech),
    }
    kept: dict[str, Sentence | None] = {}
    for name, part in parts.items():
        fits = part is not None and _words(*body, *kept.values(), part) <= MAX_FLASH_WORDS
        kept[name] = part if fits else None
    budget = MAX_FLASH_WORDS - _words(*body, *kept.values()) - word_count(speech.phrases["report_words"])
    listed, more = sources(account.reports, FLASH_SOURCES, first=account.witnesses, words=speech)
    subject = flash_subject(account, speech, demonstration=incident.demonstration)
    facts: dict[str, Any] = {
        **frame(service, subject, body[0]["text"], speech, demonstration=incident.demonstration),
        "headline": unmarked(subject),
        "bar": bar(account),
        "dateline": dateline(account, now, speech),
        "lede": body[0],
        "toll": kept["toll"],
        "quotation": quotation(account, speech, budget=budget),
        "claim_line": kept["claim_line"],
        "effect": kept["effect"],
        "watch": kept["watch"],
        "context": fitting(background(incident, notes, earlier, now, speech)),
        "severity_sum": severity_sum(incident, account),
        "pictures": incident_pictures(account, speech.code),
        "sources": listed,
        "sources_more": more,
        "reference": _reference(incident, account),
        "reports": account.ids,
    }
    return Briefing(BriefingKind.FLASH, facts, incident.id, update.number, incident.demonstration)


def _severity_line(incident: Incident, account: Account, changes: list[str], given: str | None) -> Sentence:
    """Return `3.0 -> 2.5: reason`, or that nothing moved."""
    words, update = account.words, account.update
    now, before = words.grammar.figure(update.severity, 1), update.severity_before
    if account.status is Status.WITHDRAWN:
        return sentence(words.say("severity_void", severity=now), account.ids)
    if before is None or before == update.severity:
        return sentence(words.say("severity_same", severity=now), account.ids)
    reason = severity_reason(incident, account, changes, given)
    was = words.grammar.figure(before, 1)
    return sentence(words.say("severity_moved", before=was, after=now, reason=reason), account.ids)


def _new_reports(incident: Incident, account: Account) -> list[Report]:
    """Return the reports that came after the last material update before this one."""
    earlier = [item for item in incident.updates if item.number < account.update.number and item.material]
    if not earlier:
        return list(account.reports)
    before = account_at(incident, max(earlier, key=lambda item: item.number), account.words)
    return [report for report in account.reports if report_id(report) not in before.ids]


def compose_update(
    incident: Incident,
    update: Update,
    *,
    now: datetime,
    service: str,
    language: str = "en",
    flash: str | None = None,
    notes: Notes = NO_NOTES,
    earlier: Sequence[Incident] = (),
) -> Briefing:
    """Compose the message that tells what an update changed; for a withdrawn incident it is a correction.

    Args:
        now: when the message is issued, aware.
        service: name of the service, for the foot of the message.
        language: ISO 639-1 code of the briefing's language.
        flash: subject of the flash that it answers, where that is at hand; else that of the incident's first update.
        notes: what is generally known of places; it stands only where the update leaves room for it.
        earlier: incidents at the same place, for the context.

    Raises:
        ValueError: the incident has no report, a report without id, no update, or the language is not there.
    """
    speech = words_of(language)
    account = account_at(incident, update, speech)
    alerted = clean(flash or "") or flash_subject(
        account_at(incident, _opening(incident), speech), speech, demonstration=incident.demonstration
    )
    said = unmarked(alerted)
    withdrawn = account.status is Status.WITHDRAWN
    changes, reason = changes_of(incident, account)
    told_changes = speech.phrases["tolls_before"].join(changes) or reason or speech.phrases["reviewed"]
    number = speech.grammar.digits(update.number)
    first = sentence(speech.say("first_line", number=number, changes=told_changes), account.ids)
    correction = said_before(account, said) if withdrawn else None
    taken_back = taken_back_by(incident, account) if withdrawn else None
    # Merged or split is not withdrawn: what holds then is told by whoever asked for the correction.
    holds = what_holds(incident, account) if taken_back is not None else None
    counted = None if withdrawn else tally(account)
    new = _new_reports(incident, account)
    open_points = unclear(account)
    severity = _severity_line(incident, account, changes, reason)
    told = [first, counted, open_points, severity, correction, taken_back, holds]
    statements: list[Sentence] = []
    for statement in () if withdrawn else claims(account, report_ids(new)):
        if _words(*told, *statements, statement) <= MAX_UPDATE_WORDS:
            statements.append(statement)
    if not statements and not withdrawn:
        statements = [claim_line(account, speech)]
    room = MAX_UPDATE_WORDS - _words(*told, *statements)
    # Whoever reads it has had the alert with all of them; one says again what kind of place it is.
    context = [] if withdrawn else fitting(background(incident, notes, earlier, now, speech), room)[:1]
    listed, more = sources(new, UPDATE_SOURCES, first=account.witnesses, words=speech)
    subject = f"{speech.marks['correction'] if withdrawn else ''}{speech.marks['reply']}{alerted}"
    facts: dict[str, Any] = {
        **frame(service, subject, first["text"], speech, demonstration=incident.demonstration),
        "headline": said,
        "correction": correction,
        "taken_back": taken_back,
        "holds": holds,
        "first_line": first,
        "bar": bar(account),
        "dateline": dateline(account, now, speech),
        "tally": counted,
        "claims": statements,
        "unclear": open_points,
        "severity_line": severity,
        "severity_sum": None if withdrawn else severity_sum(incident, account),
        "context": context,
        "pictures": incident_pictures(account, speech.code),
        "sources": listed,
        "sources_more": more,
        "no_sources": speech.phrases["no_new_source"],
        "reference": _reference(incident, account),
        "reports": account.ids,
    }
    return Briefing(BriefingKind.UPDATE, facts, incident.id, update.number, incident.demonstration)


def compose_correction(
    incident: Incident,
    update: Update,
    *,
    now: datetime,
    service: str,
    language: str = "en",
    flash: str | None = None,
    reason: str | None = None,
    digest: bool = False,
) -> Briefing:
    """Compose the message that takes an alert back: what it said, who withdrew it, what is known now.

    Args:
        incident: as it stands once it was corrected.
        update: the step that says so, whatever its status.
        now: when the message is issued, aware.
        service: name of the service, for the foot of the message.
        language: ISO 639-1 code of the briefing's language.
        flash: subject of the flash that it takes back, where that is at hand; else that of the incident's first update.
        reason: what holds in place of the alert, one sentence in the briefing's language, where it is another thing
            than a withdrawal (merged, split).
        digest: that its reader had it in a digest only, so that it stands in no thread of an alert.

    Raises:
        ValueError: as by `compose_update`.
    """
    steps = tuple(step for step in incident.updates if step.number != update.number)
    withdrawn = replace(update, status=Status.WITHDRAWN)
    shown = replace(incident, status=Status.WITHDRAWN, updates=(*steps, withdrawn))
    briefing = compose_update(shown, withdrawn, now=now, service=service, language=language, flash=flash)
    if reason is None and not digest:
        return briefing
    speech = words_of(language)
    said = briefing.facts["headline"]
    told = said_before(account_at(shown, withdrawn, speech), said, clean(reason or "") or None, digest=digest)
    facts = {**briefing.facts, "correction": told}
    if reason is not None:
        facts |= {"taken_back": None, "holds": None}
    if digest:
        facts["subject"] = f"{speech.marks['correction']}{said}"
    return replace(briefing, facts=facts)
