"""Composing the daily digest: a period in numbers, its gravest incidents in words, all of them in a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alertsvc.brief.account import Account, Sentence, account_at, sentence
from alertsvc.brief.background import MAX_CONTEXT_WORDS, background, fitting
from alertsvc.brief.category import CATEGORIES, category
from alertsvc.brief.context import NO_NOTES, Notes
from alertsvc.brief.headline import MAX_SUBJECT, headline
from alertsvc.brief.index import Index, change, changed, gauge, index_of, number_line, shares
from alertsvc.brief.numbers import day, instant, instant_utc
from alertsvc.brief.parts import bar, frame
from alertsvc.brief.pictures.facts import period_pictures
from alertsvc.brief.sentences import claim_line, effect, lede, toll
from alertsvc.brief.sources import origins, sources
from alertsvc.brief.texts import clean, shorten, word_count
from alertsvc.brief.wording import VIOLENT, Language
from alertsvc.brief.wording import language as words_of
from alertsvc.domain import Briefing, BriefingKind, Count, Incident, Status, Update

__all__ = ["MAX_ITEMS", "compose_daily", "peak_severity"]

MAX_ITEMS = 5
MAX_ITEM_WORDS = 55
NOTED_BELOW = 1.5
MAX_WORDS = 450  # of everything but sources and table
MAX_ROWS = 60  # keeps the mail well below 100 KB
MAX_WITHDRAWN = 12
ITEM_SOURCES = 2


@dataclass(frozen=True, slots=True)
class _Entry:
    incident: Incident
    account: Account
    severity: float  # the highest in the period
    facts: dict[str, Any]  # the bar

    @property
    def withdrawn(self) -> bool:
        return self.account.status is Status.WITHDRAWN


def _within(incident: Incident, start: datetime, end: datetime) -> list[Update]:
    """Return the updates of a period, else the last one before its end, else all."""
    ordered = sorted(incident.updates, key=lambda update: update.number)
    earlier = [update for update in ordered if update.at < end]
    return [update for update in earlier if update.at >= start] or earlier[-1:] or ordered


def peak_severity(incident: Incident, start: datetime, end: datetime) -> float:
    """Return the highest severity that an incident reached by an update in [start, end).

    An incident enters the index once, with this. Without an update in the period it is the severity that it had then.
    """
    return max((update.severity for update in _within(incident, start, end)), default=incident.severity.value)


def _index(incidents: Sequence[Incident], start: datetime, end: datetime) -> Index:
    counted = [item for item in incidents if item.status is not Status.WITHDRAWN]
    return index_of([peak_severity(item, start, end) for item in counted])


def _entry(incident: Incident, start: datetime, end: datetime, words: Language) -> _Entry:
    updates = _within(incident, start, end)
    if not updates:
        raise ValueError(f"incident {incident.public_id} has no update")
    account = account_at(incident, updates[-1], words)
    peak = peak_severity(incident, start, end)
    return _Entry(incident, account, peak, bar(account, peak))


def _heading(entry: _Entry, words: Language) -> str:
    return words.say(
        "heading",
        headline=headline(entry.account, words),
        severity=entry.facts["severity"],
        category=entry.facts["category"],
    )


def _item(entry: _Entry, words: Language) -> dict[str, Any]:
    """Return one incident in up to 55 words: the lede, then what still fits."""
    account = entry.account
    body: list[Sentence] = [lede(account, words)]
    for part in (toll(account, words), effect(account, words, after_lede=True), claim_line(account, words)):
        if part is not None and word_count(*(item["text"] for item in [*body, part])) <= MAX_ITEM_WORDS:
            body.append(part)
    listed, more = sources(account.reports, ITEM_SOURCES, first=account.witnesses, words=words)
    return {
        **entry.facts,
        "heading": _heading(entry, words),
        "body": body,
        "reference": clean(entry.incident.public_id, 60),
        "sources": listed,
        "sources_more": more,
        "reports": account.ids,
    }


def _noted(entry: _Entry, words: Language) -> dict[str, Any]:
    listed, more = sources(entry.account.reports, 1, first=entry.account.witnesses, words=words)
    return {
        **sentence(_heading(entry, words), entry.account.ids),
        "reference": clean(entry.incident.public_id, 60),
        "sources": listed,
        "sources_more": more,
    }


def _context(
    entries: Sequence[_Entry],
    notes: Notes,
    earlier: Mapping[str, Sequence[Incident]],
    now: datetime,
    words: Language,
    budget: int,
) -> list[dict[str, Any]]:
    """Return one sentence on the place of each item, the first that was not said of another."""
    said: dict[str, dict[str, Any]] = {}
    for entry in entries:
        known = background(entry.incident, notes, earlier.get(entry.incident.public_id, ()), now, words)
        fresh = next((item for item in known if item["text"] not in said), None)
        if fresh is not None:
            said[fresh["text"]] = fresh
    return fitting(list(said.values()), min(budget, MAX_CONTEXT_WORDS))


def _fitting(noted: list[dict[str, Any]], budget: int) -> list[dict[str, Any]]:
    """Return the first one-liners that fit into so many words."""
    used = accumulate(word_count(item["text"]) for item in noted)
    return [item for item, total in zip(noted, used, strict=True) if total <= budget]


def _row(entry: _Entry, words: Language) -> dict[str, Any]:
    account = entry.account
    count = origins(account.reports)
    unknown = words.phrases["deaths_not_given" if account.action in VIOLENT else "deaths_none"]
    return {
        **entry.facts,
        "reports": account.ids,
        "date": day(account.event_date, words.code) if account.event_date else words.phrases["unknown_date"],
        "place": account.site.name,
        "country": "-".join(account.site.countries) or words.phrases["unknown_country"],
        "deaths": unknown if account.killed is None else words.grammar.digits(account.killed.low),
        "sources": words.grammar.counted(count, "source", words=False),
    }


def _sum(counts: Iterable[Count | None]) -> int | None:
    """Return at least how many they are together; None where nobody gave a figure."""
    known = [count.low for count in counts if count is not None]
    return sum(known) if known else None


def _sums(entries: Sequence[_Entry], index: Index, words: Language) -> tuple[str, list[Sentence]]:
    """Return the number line and what it cannot say: captured people, incidents without figures."""
    reports = [key for entry in entries for key in entry.account.ids]
    accounts = [entry.account for entry in entries]
    line = number_line(
        index,
        deaths=_sum(item.killed for item in accounts),
        wounded=_sum(item.wounded for item in accounts),
        arrests=None,  # no field of a detection holds arrests, and captured people are not arrested people
        words=words,
    )
    said: list[Sentence] = []
    captured = _sum(item.captured for item in accounts)
    if captured:
        said.append(sentence(words.say("captured_sum", number=words.grammar.digits(captured)), reports))
    silent = [item for item in accounts if item.killed is None and item.action in VIOLENT]
    if silent and len(silent) == len(accounts):
        said.append(sentence(words.phrases["no_casualties"], reports))
    elif silent:
        text = words.say(
            "silent_some",
            silent=words.grammar.number(len(silent)),
            silent_incidents=words.grammar.counted(len(silent), "of_incident"),
            incidents=words.grammar.counted(len(accounts), "of_incident"),
        )
        said.append(sentence(text, [key for item in silent for key in item.ids]))
    return line, said


def _trend(index: Index, before: Index, reports: Sequence[int], words: Language) -> Sentence | None:
    """Return this period against the one before, previous figure first, as typed fields; None if both are empty."""
    if not index.count and not before.count:
        return None
    figure, digits = words.grammar.figure, words.grammar.digits
    counts = {"n0": digits(before.count), "n1": digits(index.count), "change": changed(change(index, before), words)}
    if index.value is None or before.value is None:
        return sentence(words.say("trend_empty", **counts), reports)
    text = words.say(
        "trend",
        **counts,
        i0=figure(before.value, 2),
        i1=figure(index.value, 2),
        l0=figure(before.load, 1),
        l1=figure(index.load, 1),
    )
    return sentence(text, reports)


def _shares(entries: Sequence[_Entry], reports: Sequence[int], words: Language) -> Sentence | None:
    houses = [category(entry.account) for entry in entries]
    counts = {name: houses.count(name) for name in CATEGORIES if name in houses}
    found = shares(counts)
    ordered = sorted(found, key=lambda name: (-counts[name], name))
    listed = words.phrases["comma"].join(
        words.say(
            "share",
            category=words.categories[name],
            share=words.grammar.figure(found[name], 2),
            count=words.grammar.digits(counts[name]),
        )
        for name in ordered
    )
    return sentence(words.say("shares", shares=listed), reports) if listed else None


def _on_record(text: str) -> dict[str, Any]:
    """Return a sentence that rests on our own record: that nothing was filed."""
    return {**sentence(text, []), "basis": "record"}


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone") from error


def _period(start: datetime, end: datetime, name: str, words: Language) -> str:
    """Return the period in the reader's zone, with UTC in brackets where the zone is another."""
    zone = _zone(name)
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    local = {"first": instant(first, zone, words), "last": instant(last, zone, words), "zone": name}
    if not first.astimezone(zone).utcoffset() and not last.astimezone(zone).utcoffset():
        return words.say("period", **local)
    return words.say("period_utc", **local, first_utc=instant(first, words=words), last_utc=instant(last, words=words))


def compose_daily(
    incidents: Sequence[Incident],
    *,
    start: datetime,
    end: datetime,
    zone: str,
    now: datetime,
    service: str,
    demonstration: bool,
    previous: Sequence[Incident] | None,
    language: str = "en",
    notes: Notes = NO_NOTES,
    earlier: Mapping[str, Sequence[Incident]] | None = None,
    held: bool = False,
) -> Briefing:
    """Compose the digest of the incidents that changed in [start, end).

    Args:
        incidents: those of the period; withdrawn ones are told apart and enter no figure.
        zone: the reader's time zone, by its IANA name.
        now: when the digest is issued, aware.
        service: name of the service, for the foot of the message.
        demonstration: what all the incidents are.
        previous: the incidents of a period of the same length just before, where they are to be compared; else None.
        language: ISO 639-1 code of the briefing's language.
        notes: what is generally known of places.
        earlier: by the public id of an incident, others at the same place, for the context.
        held: it tells of alerts that were held back, and is named so.

    Raises:
        ValueError: the period is empty or turned round, the zone or language is not there, an incident is of the
            other kind (demonstration or not), or has no update or report.
    """
    speech = words_of(language)
    if end <= start:
        raise ValueError("the period of a digest ends after it starts")
    mixed = [item.public_id for item in [*incidents, *(previous or ())] if item.demonstration != demonstration]
    if mixed:
        raise ValueError(f"demonstration and real incidents do not mix in one digest: {', '.join(mixed)}")
    entries = [
        _entry(incident, start, end, speech) for incident in {item.public_id: item for item in incidents}.values()
    ]
    entries.sort(key=lambda entry: (-entry.severity, -entry.account.update.at.timestamp(), entry.incident.public_id))
    live = [entry for entry in entries if not entry.withdrawn]
    index = index_of([entry.severity for entry in live])
    before = None if previous is None else _index(previous, start - (end - start), start)
    reports = [key for entry in entries for key in entry.account.ids]
    line, sums = _sums(live, index, speech)
    items = [entry for entry in live if entry.severity >= NOTED_BELOW][:MAX_ITEMS]
    rest = [_noted(entry, speech) for entry in live if entry not in items]
    told = [_item(entry, speech) for entry in items]
    trend = None if before is None else _trend(index, before, reports, speech)
    lines = [line, *(item["text"] for item in sums), trend["text"] if trend else ""]
    lines += [text for item in told for text in (item["heading"], *(part["text"] for part in item["body"]))]
    context = _context(items, notes, earlier or {}, now, speech, MAX_WORDS - word_count(*lines))
    lines += [item["text"] for item in context]
    noted = _fitting(rest, MAX_WORDS - word_count(*lines))
    gauge_line, gauge_words = gauge(index, before, speech)
    local_day = day(end.astimezone(_zone(zone)).date(), speech.code)
    grammar = speech.grammar
    found = grammar.counted(index.count, "incident", words=False) if live else speech.phrases["nothing"]
    gravest = ""
    if live:
        shown = live[0].facts
        gravest = speech.say("daily_gravest", severity=shown["severity"], label=shown["label"])
    mark = speech.marks["demonstration"] if demonstration else ""
    named = "held" if held else "daily"
    told_subject = speech.say(f"{named}_subject", day=local_day, found=found, gravest=gravest)
    subject = mark + shorten(told_subject, MAX_SUBJECT - len(mark))
    gone = [entry for entry in entries if entry.withdrawn]
    left, unlisted = len(rest) - len(noted), len(live) - MAX_ROWS
    facts: dict[str, Any] = {
        **frame(service, subject, line, speech, demonstration=demonstration),
        "title": speech.say(f"{named}_title", day=local_day),
        "period": _period(start, end, zone, speech),
        "number_line": sentence(line, reports) if reports else _on_record(line),
        "all_quiet": None if live else _on_record(speech.phrases["all_quiet"]),
        "sums": sums,
        "trend": trend,
        "gauge": {"line": gauge_line, "words": gauge_words, "reports": reports} if live else None,
        "shares": _shares(live, reports, speech),
        "pictures": period_pictures(live[:MAX_ROWS], index, before, speech.code),
        "items": told,
        "context": context,
        "noted": noted,
        "noted_more": speech.say("noted_more", number=grammar.digits(left)) if left else None,
        "withdrawn": [_noted(entry, speech) for entry in gone[:MAX_WITHDRAWN]],
        "withdrawn_more": speech.say("withdrawn_more", number=grammar.digits(len(gone) - MAX_WITHDRAWN))
        if len(gone) > MAX_WITHDRAWN
        else None,
        "rows": [_row(entry, speech) for entry in live[:MAX_ROWS]],
        "rows_more": speech.say("rows_more", number=grammar.digits(unlisted)) if unlisted > 0 else None,
        "issued": speech.say("issued", instant=instant_utc(now, speech)),
        "reports": list(dict.fromkeys(reports)),
    }
    return Briefing(BriefingKind.DAILY, facts, demonstration=demonstration)
