"""The context part of a briefing: what happened at the place before, and what is generally known of it.

Every sentence is dated and names its source; three are the most, and where there is none the part is left out. None of
them rests on a report of the incident: those on earlier incidents rest on the reports of these, notes on none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from alertsvc.brief.account import sentence
from alertsvc.brief.context import Note, Notes
from alertsvc.brief.numbers import day
from alertsvc.brief.texts import clean, word_count
from alertsvc.brief.wording import Language
from alertsvc.domain import Incident, Status

__all__ = ["MAX_CONTEXT", "MAX_CONTEXT_WORDS", "MAX_EARLIER", "background", "fitting", "source_of"]

_MONTHS = "January February March April May June July August September October November December".split()
_DATE = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(_MONTHS)}) (\d{{4}})")

MAX_CONTEXT = 3  # sentences
MAX_CONTEXT_WORDS = 100
MAX_EARLIER = 25  # that are counted; beyond that the number says no more


def background(
    incident: Incident, notes: Notes, earlier: Sequence[Incident], now: datetime, words: Language
) -> list[dict[str, Any]]:
    """Return everything that can be said of an incident's place, in the order in which it is told.

    Args:
        notes: those of a later day than `now` are left aside, as in a replay of old articles.
        earlier: incidents at the same place; those that came after, were taken back or merged are left aside.
    """
    before = _before(incident, earlier, words)
    said = [_noted(key, note, words) for key, note in notes.about(incident.place) if note.as_of <= now.date()]
    return [before, *said] if before is not None else said


def fitting(said: Sequence[dict[str, Any]], budget: int = MAX_CONTEXT_WORDS) -> list[dict[str, Any]]:
    """Return the first three sentences, as far as they fit into so many words; none is passed over for a shorter."""
    kept: list[dict[str, Any]] = []
    for item in said[:MAX_CONTEXT]:
        if word_count(*(other["text"] for other in kept), item["text"]) > budget:
            break
        kept.append(item)
    return kept


def _noted(key: str, note: Note, words: Language) -> dict[str, Any]:
    when = _month(note.as_of, words) if note.whole_month else day(note.as_of, words.code)
    text = note.texts[words.code].removesuffix(".")
    told = words.say("note", text=text, source=source_of(note.source, words), date=when)
    return {**sentence(told, []), "note": key, "source": note.source, "as_of": note.as_of.isoformat()}


def source_of(source: str, words: Language) -> str:
    """Return the source of a note, which is written in English, in the language of the briefing as far as it is known.

    A name ("EIA") and what no pattern of the language fits stay as they are; a date is written as the language does.
    """
    for pattern, told in words.note_sources.items():
        found = re.fullmatch(pattern, source)
        if found is not None:
            return _DATE.sub(lambda date: _dated(date, words), found.expand(told))
    return source


def _dated(found: re.Match[str], words: Language) -> str:
    """Return a day or a month that is written in English as the language of the briefing does."""
    try:
        when = date(int(found[3]), _MONTHS.index(found[2]) + 1, int(found[1] or 1))
    except ValueError:
        return found[0]
    return day(when, words.code) if found[1] else _month(when, words)


def _month(first: date, words: Language) -> str:
    return format_date(first, "MMMM y", locale=words.code)


def _day_of(incident: Incident) -> date:
    return incident.event_date or incident.opened.date()


def _before(incident: Incident, earlier: Sequence[Incident], words: Language) -> dict[str, Any] | None:
    """Return how many incidents were filed at a place before this one, and the last of them."""
    own = (_day_of(incident), incident.opened, incident.public_id)
    found = {
        item.public_id: item
        for item in earlier
        if item.status is not Status.WITHDRAWN
        and item.merged_into is None
        and item.public_id != incident.public_id
        and item.demonstration == incident.demonstration
        and (_day_of(item), item.opened, item.public_id) < own
    }
    if not found:
        return None
    past = sorted(found.values(), key=lambda item: (_day_of(item), item.opened, item.public_id))[-MAX_EARLIER:]
    last = past[-1]
    which = "many_before" if len(past) == MAX_EARLIER else "before"
    text = words.say(
        which,
        which=words.grammar.capitalised(words.grammar.ordinal(len(past) + 1)),
        many=MAX_EARLIER,
        since=day(_day_of(past[0]), words.code),
        what=_what(last, words),
        date=day(_day_of(last), words.code),
        reference=clean(last.public_id, 60),
    )
    reports = [report.id for item in past for report in item.reports if report.id is not None]
    return {**sentence(text, reports), "incidents": [item.public_id for item in past]}


def _what(incident: Incident, words: Language) -> str:
    """Return what an incident began with: "seizure of the Al-Tum crossing"."""
    opening = min(incident.updates, key=lambda update: update.number, default=None)
    action = incident.action if opening is None else opening.action
    return words.deed(action, words.grammar.site(incident.place), "plain")
