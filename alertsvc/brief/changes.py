"""What an update changed, in the words of the reader's language.

The store holds English phrases, which English briefings repeat. For any other language they are told anew from the
figures and reports of the steps themselves; what only a phrase says, such as an analyst's own words, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alertsvc.brief.account import Account, account_at, outlet_name, report_id
from alertsvc.brief.texts import clean
from alertsvc.brief.wording import ENGLISH, Language
from alertsvc.domain import Incident, Status, Update

__all__ = ["MAX_CHANGE", "changes_of", "severity_reason"]

MAX_CHANGE = 160
MAX_CHANGES = 5
MAX_PLACES = 4
_STILL_OPEN = "still open"  # how a repeated step begins, which changes nothing
_SEVERITY_PHRASE = re.compile(r"severity \d\.\d -> \d\.\d(?:: (.+))?")


def changes_of(incident: Incident, account: Account) -> tuple[list[str], str | None]:
    """Return the phrases that tell what changed, the weightiest first, and the reason given for a new severity.

    A phrase about the severity goes to the severity line instead. How many phrases are left out is told.
    """
    words, update = account.words, account.update
    if words.code != ENGLISH.code:
        return _counted(list(_derived(incident, account)), words), None
    phrases = [clean(change, MAX_CHANGE).rstrip(" .;") for change in update.changes if clean(change)]
    scored = [match for phrase in phrases if (match := _SEVERITY_PHRASE.fullmatch(phrase))]
    phrases = [phrase for phrase in phrases if not _SEVERITY_PHRASE.fullmatch(phrase)]
    return _counted(phrases, words), next((match[1] for match in scored if match[1]), None)


def _counted(phrases: list[str], words: Language) -> list[str]:
    more = len(phrases) - MAX_CHANGES
    if more <= 0:
        return phrases
    return [*phrases[:MAX_CHANGES], words.say("more_changes", number=words.grammar.digits(more))]


def _before(incident: Incident, update: Update) -> Update | None:
    """Return the last step that was worth telling before an update, else the last one of all."""
    earlier = [item for item in incident.updates if item.number < update.number]
    told = [item for item in earlier if item.material] or earlier
    return max(told, key=lambda item: item.number, default=None)


def _derived(incident: Incident, account: Account) -> Iterator[str]:
    words, update = account.words, account.update
    before = _before(incident, update)
    if before is None:
        yield words.phrases["change_opened"]
        return
    if any(change.startswith(_STILL_OPEN) for change in update.changes):
        yield words.phrases["change_still_open"]
        return
    known = account_at(incident, before, words)
    if before.action is not update.action:
        yield words.deeds[update.action].turn
    if update.status is Status.WITHDRAWN:
        yield words.phrases["change_withdrawn"]
        return
    if before.status is not update.status:
        status = words.statuses[update.status]
        yield words.say("change_status", status=status, why=words.phrases[f"why_{update.status.name.lower()}"])
    yield from _toll(update, words)
    if account.flow is not None and account.flow != known.flow:
        flow = words.flow(account.incident_class.value)
        yield words.say(f"change_flow_{account.flow}", flow=flow, **words.grammar.agreements(flow))
    fresh = [clean(name, 40) for name in account.other_sites if name not in known.other_sites]
    if fresh:
        yield words.say("change_places", places=words.grammar.joined(fresh[:MAX_PLACES]))
    outlets = [
        words.grammar.outlet(outlet_name(report)) for report in account.reports if report_id(report) not in known.ids
    ]
    if outlets:
        yield words.say("change_source", outlets=words.grammar.joined(dict.fromkeys(outlets)))


def _toll(update: Update, words: Language) -> Iterator[str]:
    now, before = update.killed, update.killed_before
    digits = words.grammar.digits
    if now is not None and before is not None and now.low != before.low:
        yield words.say("change_toll", now=digits(now.low), before=digits(before.low))
    elif now is None and before is not None:
        yield words.say("change_toll_none", before=digits(before.low))


def severity_reason(incident: Incident, account: Account, changes: list[str], given: str | None) -> str:
    """Return why the severity moved: the reason given, a retaken site, else what changed most."""
    words, update = account.words, account.update
    if given is not None:
        return given
    before = update.severity_before
    reversal = next((term for term in incident.severity.terms if term.name == "reversal" and term.value), None)
    if reversal is not None and before is not None and update.severity < before and account.reversed_within_day:
        why = clean(reversal.why, MAX_CHANGE) if words.code == ENGLISH.code else ""
        return why or words.phrases["retaken_in_time"]
    return changes[0] if changes else words.phrases["reassessed"]
