"""What was known of an incident at one of its updates, gathered from the reports filed until then.

A flash is composed when it is news and its headline is needed again for every later update. So nothing here looks at
the incident's present state, nor at a report that came after the update.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NotRequired, TypedDict, TypeVar

from alertsvc.brief.actors import Actor, same_actor
from alertsvc.brief.places import Site
from alertsvc.brief.texts import clean
from alertsvc.brief.wording import ENGLISH, Language
from alertsvc.domain import (
    Action,
    Claim,
    Count,
    Detection,
    Incident,
    IncidentClass,
    Place,
    PlaceKind,
    Report,
    Status,
    Update,
)

__all__ = [
    "Account",
    "Quote",
    "Sentence",
    "Statement",
    "account_at",
    "outlet_name",
    "report_id",
    "report_ids",
    "sentence",
]

MAX_OUTLET = 60
_TAKING = frozenset({Action.SEIZURE, Action.ATTACK, Action.BLOCKADE, Action.SIEGE})
T = TypeVar("T")


class Quote(TypedDict):
    """A passage in the words of an article: what stands before and behind it, its language and direction."""

    before: str
    passage: str
    after: str
    language: str
    direction: str


class Sentence(TypedDict):
    """One sentence of a briefing and the reports that it rests on; `quote` parts a passage in another language."""

    text: str
    reports: list[int]
    quote: NotRequired[Quote]


def sentence(text: str, reports: Sequence[int]) -> Sentence:
    """Return a sentence with the ids of its reports, each once."""
    return {"text": text, "reports": list(dict.fromkeys(reports))}


def report_id(report: Report) -> int:
    """Return the id of a report.

    Raises:
        ValueError: the report was never stored, so that no sentence could be traced to it.
    """
    if report.id is None:
        raise ValueError(f"the report of article {report.article_id} has no id: store the incident before it is told")
    return report.id


def report_ids(reports: Sequence[Report]) -> list[int]:
    """Return the ids of reports."""
    return [report_id(report) for report in reports]


def outlet_name(report: Report) -> str:
    """Return the outlet as it is shown to readers."""
    return clean(report.outlet_name, MAX_OUTLET) or clean(report.outlet, MAX_OUTLET) or "unnamed outlet"


@dataclass(frozen=True, slots=True)
class Statement:
    """A claim together with the report that carries it."""

    speaker: Actor
    claim: Claim
    report: Report


@dataclass(frozen=True, slots=True)
class Account:
    """An incident as known at one update, names in one language. `main` is the report that caused it."""

    words: Language
    incident_class: IncidentClass
    update: Update
    action: Action
    status: Status
    site: Site
    kind: PlaceKind
    actors: tuple[Actor, ...]
    targets: tuple[Actor, ...]
    event_date: date | None
    killed: Count | None
    wounded: Count | None
    captured: Count | None
    other_sites: tuple[str, ...]
    flow: str | None
    reversed_within_day: bool
    statements: tuple[Statement, ...]  # newest first
    main: Report
    reports: tuple[Report, ...]  # oldest first

    @property
    def ids(self) -> list[int]:
        """Ids of every report known."""
        return report_ids(self.reports)

    @property
    def main_id(self) -> int:
        """Id of the report that caused the update."""
        return report_id(self.main)

    @property
    def claimant(self) -> Statement | None:
        """The first who says that it happened, in the report that caused the update."""
        said = [item for item in self.statements if not item.claim.denies and item.report is self.main]
        return said[-1] if said else None

    @property
    def denial(self) -> Statement | None:
        """The newest denial."""
        return next((item for item in self.statements if item.claim.denies), None)

    @property
    def witnesses(self) -> tuple[Report, ...]:
        """The main report and, where there is one, the first of another origin that is no copy."""
        other = [
            report
            for report in self.reports
            if report is not self.main and report.same_text_as is None and report.origin != self.main.origin
        ]
        return (self.main, *other[:1])


def _known(incident: Incident, update: Update) -> tuple[tuple[Report, ...], Report]:
    """Return the reports filed by the time of an update, oldest first, and the one that caused it.

    One that its own article no longer bears out (probability nought) speaks only where it caused the update itself.
    """
    ordered = sorted(incident.reports, key=report_id)
    if not ordered:
        raise ValueError(f"incident {incident.public_id} has no report: no source, no sentence")
    cause = next((report for report in ordered if report.id == update.report_id), None)
    if cause is not None:
        known = [report for report in ordered if report_id(report) <= report_id(cause)]
    else:
        known = [report for report in ordered if report.fetched <= update.at] or ordered[:1]
    standing = [report for report in known if report.detection.probability > 0]
    main = cause or (standing or known)[-1]
    return tuple(report for report in known if report in standing or report is main), main


def _holders(actors: tuple[Actor, ...], action: Action, reports: Sequence[Report]) -> tuple[Actor, ...]:
    """Return the actors without those who, of a recapture, are known as the ones who had taken the site."""
    if action is not Action.RECAPTURE:
        return actors
    takers = [name for item in reports if item.detection.action in _TAKING for name in item.detection.attackers]
    return tuple(item for item in actors if not any(same_actor(item.name, name) for name in takers))


def _people(names: Sequence[str], words: Language) -> tuple[Actor, ...]:
    """Return actors, each once."""
    found: list[Actor] = []
    for name in names:
        if name.strip() and not any(same_actor(name, other.name) for other in found):
            found.append(words.grammar.actor(name))
    return tuple(found)


def _statements(reports: Sequence[Report], words: Language) -> tuple[Statement, ...]:
    """Return every claim once, newest report first; within a report in the order of the text, reversed."""
    found: list[Statement] = []
    seen: set[tuple[str, str]] = set()
    for report in reports:
        for claim in report.detection.claims:
            key = (clean(claim.speaker).casefold(), clean(claim.quote).casefold())
            if key[0] and key not in seen:
                seen.add(key)
                found.append(Statement(words.grammar.actor(claim.speaker), claim, report))
    return tuple(reversed(found))


def account_at(incident: Incident, update: Update, words: Language = ENGLISH) -> Account:
    """Gather what was known at an update, with places and sides named in the language of `words`.

    The place is that of the first report that found it in the gazetteer. Actors, date and the rest are taken from
    reports of the update's own action only, the causing report first, then the newest: whoever seized a post is never
    named as who retook it.

    Raises:
        ValueError: the incident has no report, or one without an id.
    """
    reports, main = _known(incident, update)
    same = [report for report in reports if report.detection.action is update.action]
    order = [report for report in (main, *reversed(same)) if report.detection.action is update.action]

    def first(read: Callable[[Detection], T], default: T) -> T:
        return next((value for report in order if (value := read(report.detection))), default)

    def largest(read: Callable[[Detection], Count | None]) -> Count | None:
        counts = [count for report in reports if (count := read(report.detection)) is not None]
        return max(counts, key=lambda count: count.low) if counts else None

    def named(read: Callable[[Detection], tuple[str, ...]]) -> tuple[Actor, ...]:
        """Return the first report's names, names that the reader can read before any others."""
        found = [people for report in order if (people := _people(read(report.detection), words))]
        return next(
            (people for people in found if any(words.grammar.readable(item.short) for item in people)),
            found[0] if found else (),
        )

    places: list[Place] = [report.detection.place for report in reports]
    place = next((item for item in places if item.gazetteer_id), main.detection.place)
    return Account(
        words=words,
        incident_class=incident.incident_class,
        update=update,
        action=update.action,
        status=update.status,
        site=words.grammar.site(place),
        kind=place.kind,
        actors=_holders(named(lambda found: found.attackers), update.action, reports),
        targets=named(lambda found: found.targets),
        event_date=first(lambda found: found.event_date, None),
        killed=update.killed,
        wounded=largest(lambda found: found.wounded),
        captured=largest(lambda found: found.captured),
        other_sites=first(lambda found: found.other_sites, ()),
        flow=first(lambda found: found.flow, None),
        reversed_within_day=first(lambda found: found.reversed_within_day, default=False),
        statements=_statements(reports, words),
        main=main,
        reports=reports,
    )
