"""Composing the weekly review: headline, numbers, front by front, what else was recorded, outlook, table.

At most 900 words, sources, table, method and footer aside. The ceiling is kept by leaving out whole sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alertsvc.brief.category import category
from alertsvc.brief.ceilings import Piece, based, kept, told
from alertsvc.brief.entries import SEVERE, Entry, countries_of, entries_of, row, severities
from alertsvc.brief.fronts import Bullet, bullets
from alertsvc.brief.headline import MAX_SUBJECT, headline
from alertsvc.brief.index import gauge, index_of, shares
from alertsvc.brief.numbers import day, instant, instant_utc
from alertsvc.brief.outlook import outlook
from alertsvc.brief.parts import frame
from alertsvc.brief.pictures.facts import period_pictures, weeks_of
from alertsvc.brief.record import Week, quietest, weeks_shown
from alertsvc.brief.sources import Source, sources
from alertsvc.brief.tallies import casualties, number_paragraph, opposite, trend
from alertsvc.brief.texts import clean, shorten
from alertsvc.brief.wording import Language
from alertsvc.brief.wording.registry import reviews_of
from alertsvc.brief.wording.reviews import Reviews
from alertsvc.domain import Briefing, BriefingKind, Incident, Status

__all__ = ["MAX_WORDS", "compose_weekly"]

MAX_WORDS = 900
MAX_ALSO = 6
MAX_ROWS = 60  # keeps the mail well below 100 KB
MAX_SOURCES = 24
MAX_AIM = 85  # characters of the headline
MAX_NAMED = 3  # countries in the headline of a region
_WEEK = timedelta(days=7)


def compose_weekly(
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
    area: str | None = None,
    history: Sequence[Week] = (),
) -> Briefing:
    """Compose the review of the incidents that changed in [start, end).

    Args:
        incidents: those of the period; withdrawn ones are told apart and enter no figure.
        start, end: Monday 00:00 to the next Monday 00:00 by the reader's clock; another period is named by its days.
        zone: the reader's time zone, by its IANA name.
        now: when the review is issued, aware.
        service: name of the service, for the foot of the message.
        demonstration: what all the incidents are.
        previous: the incidents of the week before, where they are to be compared; else None.
        language: of the review.
        area: name of the region in the headline, where the reader follows one; else the countries concerned.
        history: the weeks before, for the trend and for what only they can prove. None that nobody watched.

    Raises:
        ValueError: the period is empty or turned round, the zone or language is not there, an incident is of the
            other kind (demonstration or not), or has no update or report.
    """
    words = reviews_of(language)
    speech = words.speech
    if end <= start:
        raise ValueError("the period of a review ends after it starts")
    mixed = [item.public_id for item in [*incidents, *(previous or ())] if item.demonstration != demonstration]
    if mixed:
        raise ValueError(f"demonstration and real incidents do not mix in one review: {', '.join(mixed)}")
    place = _zone(zone)
    first, last = start.astimezone(place).date(), (end - timedelta(microseconds=1)).astimezone(place).date()
    entries = entries_of(incidents, start, end, speech)
    live = [entry for entry in entries if not entry.withdrawn]
    index = index_of([entry.severity for entry in live])
    whole = _whole_week(first, last)
    was = severities(previous, start - (end - start), start) if previous is not None and whole else None
    before = None if was is None else index_of(was)
    days = day(first, words.code), day(last, words.code)
    title = _headline(live, first, last, area, words)
    fronts = bullets(live, _by_class(previous) if whole else None, words)
    pieces = [
        Piece("headline", {"text": title}, 1000),
        *(Piece("numbers", said, 999) for said in number_paragraph(live, index, before, days, words)),
        *_pieces("quietest", quietest(index.count, first, history, words) if whole else None, 90),
        *_pieces("opposite", opposite(live, sum(value >= SEVERE for value in was or ()), index, before, words), 998),
        *(Piece("casualties", said, 95) for said in casualties(live, words)),
        *_pieces("trend", trend(live, index, before, words), 94),
        *(piece for bullet in fronts for piece in bullet.pieces),
        *(Piece("also", said, 20 - rank) for rank, said in enumerate(_also(live, fronts, speech))),
        *(Piece("outlook", said, 60 - rank) for rank, said in enumerate(outlook(live, last, words))),
        *(Piece("withdrawn", _line(entry, speech), 93) for entry in entries if entry.withdrawn),
    ]
    shown = kept(pieces, MAX_WORDS)
    also = told(shown, "also")
    untold = len(live) - sum(len(bullet.told) for bullet in fronts) - len(also)
    gauge_line, gauge_words = gauge(index, before, speech)
    mark = speech.marks["demonstration"] if demonstration else ""
    reports = list(dict.fromkeys(key for entry in entries for key in entry.ids))
    numbers = told(shown, "numbers")
    listed, more = _sources(fronts, live, speech)
    weeks = weeks_shown(history, first, index) if history and whole else []
    facts: dict[str, Any] = {
        **frame(
            service,
            mark + shorten(title, MAX_SUBJECT - len(mark)),
            numbers[0]["text"],
            speech,
            demonstration=demonstration,
        ),
        "title": words.phrases["review_title"],
        "headline": title,
        "period": _period(start, end, zone, speech),
        "numbers": numbers,
        "quietest": next(iter(told(shown, "quietest")), None),
        "opposite": next(iter(told(shown, "opposite")), None),
        "casualties": told(shown, "casualties"),
        "trend": next(iter(told(shown, "trend")), None),
        "gauge": {"line": gauge_line, "words": gauge_words, "reports": reports} if live else None,
        "fronts": [
            {"front": bullet.front, "body": body, "reports": _rests_on(body)}
            for bullet in fronts
            if (body := told(shown, bullet.front))
        ],
        "also": also,
        "also_more": words.say("also_more", more=speech.grammar.digits(untold)) if untold and live else None,
        "outlook": told(shown, "outlook"),
        "withdrawn": told(shown, "withdrawn"),
        "rows": [row(entry, speech) for entry in live[:MAX_ROWS]],
        "rows_more": words.say("rows_more", more=speech.grammar.digits(len(live) - MAX_ROWS))
        if len(live) > MAX_ROWS
        else None,
        "shares": _shares(live, reports, speech),
        "weeks": weeks,
        "pictures": period_pictures(live[:MAX_ROWS], index, before, speech.code, weeks_of(weeks)),
        "sources": listed,
        "sources_more": more,
        "method": based(words.phrases["method_weekly"], basis="method"),
        "issued": speech.say("issued", instant=instant_utc(now, speech)),
        "reports": reports,
    }
    facts["labels"] |= words.labels
    return Briefing(BriefingKind.WEEKLY, facts, demonstration=demonstration)


def _pieces(part: str, said: dict[str, Any] | None, worth: float) -> list[Piece]:
    return [] if said is None else [Piece(part, said, worth)]


def _rests_on(body: Sequence[dict[str, Any]]) -> list[int]:
    return list(dict.fromkeys(key for said in body for key in said["reports"]))


def _whole_week(first: date, last: date) -> bool:
    return first.weekday() == 0 and last - first == timedelta(days=6)


def _by_class(previous: Sequence[Incident] | None) -> Counter[Any] | None:
    if previous is None:
        return None
    return Counter(item.incident_class for item in previous if item.status is not Status.WITHDRAWN)


def _headline(live: Sequence[Entry], first: date, last: date, area: str | None, words: Reviews) -> str:
    """Return `Country: main finding, second finding` where all was in one country, else `Region digest: ...`."""
    codes = countries_of(live)
    if area is None and live and len(codes) == 1 and _whole_week(first, last):
        second = words.say("second_finding", incidents=words.count("incidents", len(live))) if len(live) > 1 else ""
        full = headline(live[0].account, words.speech, limit=MAX_AIM)
        main = headline(live[0].account, words.speech, limit=MAX_AIM - len(second))
        # The second finding may take the place of a consequence, not of words that the clause needs.
        return main + second if full == main or full.startswith((f"{main},", f"{main}،")) else full
    region = area or (words.area(codes)[1] if 0 < len(codes) <= MAX_NAMED else words.phrases["region"])
    if _whole_week(first, last):
        line = words.say("digest_headline", region=region, day=day(last, words.code))
    else:
        line = words.say(
            "digest_headline_days", region=region, first=day(first, words.code), last=day(last, words.code)
        )
    line = words.speech.grammar.capitalised(line)
    return line if live else words.say("digest_headline_quiet", headline=line)


def _also(live: Sequence[Entry], fronts: Sequence[Bullet], speech: Language) -> list[dict[str, Any]]:
    told_already = [entry.incident.public_id for bullet in fronts for entry in bullet.told]
    rest = [entry for entry in live if entry.incident.public_id not in told_already]
    return [_line(entry, speech) for entry in rest[:MAX_ALSO]]


def _line(entry: Entry, speech: Language) -> dict[str, Any]:
    """Return an incident in one line: `Country: fact`."""
    line = based(headline(entry.account, speech), entry.ids)
    return {**line, "reference": clean(entry.incident.public_id, 60)}


def _sources(fronts: Sequence[Bullet], live: Sequence[Entry], speech: Language) -> tuple[list[Source], str | None]:
    """Return the reports behind what is told, those that the text names first."""
    told_first = [entry for bullet in fronts for entry in bullet.told]
    ordered = [*told_first, *(entry for entry in live if entry not in told_first)]
    reports = {report.id: report for entry in ordered for report in entry.account.reports}
    named = {report.id: report for entry in told_first for report in entry.account.witnesses}
    return sources(list(reports.values()), MAX_SOURCES, first=list(named.values()), words=speech)


def _shares(live: Sequence[Entry], reports: Sequence[int], speech: Language) -> dict[str, Any] | None:
    if not live:
        return None
    counts = Counter(category(entry.account) for entry in live)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    found = shares({name: counts[name] for name in ranked})
    listed = [
        speech.say(
            "share",
            category=speech.categories[name],
            share=speech.grammar.figure(found[name], 2),
            count=speech.grammar.digits(counts[name]),
        )
        for name in ranked
    ]
    parts = [{"category": speech.categories[name], "share": str(found[name]), "count": counts[name]} for name in ranked]
    return {**based(speech.say("shares", shares=speech.phrases["comma"].join(listed)), reports), "parts": parts}


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone") from error


def _period(start: datetime, end: datetime, name: str, speech: Language) -> str:
    """Return the period in the reader's zone, with UTC in brackets where the zone is another."""
    zone = _zone(name)
    local = {"first": instant(start, zone, speech), "last": instant(end, zone, speech), "zone": name}
    if not start.astimezone(zone).utcoffset() and not end.astimezone(zone).utcoffset():
        return speech.say("period", **local)
    utc = {"first_utc": instant(start, UTC, speech), "last_utc": instant(end, UTC, speech)}
    return speech.say("period_utc", **local, **utc)
