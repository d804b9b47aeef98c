"""An incident in the words of the briefings, ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass

from alertsvc.brief.account import Account, account_at
from alertsvc.brief.category import category
from alertsvc.brief.headline import DEMONSTRATION_MARK, headline
from alertsvc.brief.index import band_of
from alertsvc.brief.numbers import at_least, day
from alertsvc.brief.places import country_pair, site
from alertsvc.brief.sources import origins
from alertsvc.brief.texts import clean
from alertsvc.brief.wording import ENGLISH
from alertsvc.domain import FIELDS, Count, Detection, Incident, IncidentClass, Reason, SeverityTerm

__all__ = ["CLASS_NAMES", "Told", "arguments", "counted", "label", "read_from", "signed", "told"]

CLASS_NAMES = {
    IncidentClass.BORDER: "Border crossing",
    IncidentClass.OIL: "Oil facility",
    IncidentClass.CAPITAL: "Approach to a capital",
}
_SUBTRACTED = frozenset({"doubt", "reversal"})  # taken away by the score, whichever sign the record gives them


@dataclass(frozen=True, slots=True)
class Told:
    """How an incident is told. `origins` counts independent sources; `category` is None where no report is stored."""

    incident: Incident
    mark: str
    headline: str
    category: str | None
    place: str
    countries: str
    when: str
    origins: int

    @property
    def bar(self) -> str:
        """The bar: `Severity 3.0/5.0 (Severe) | category | status`."""
        value = self.incident.severity.value
        parts = (f"Severity {value:.1f}/5.0 ({label(value)})", self.category, self.incident.status.value)
        return " | ".join(part for part in parts if part)


def label(severity: float) -> str:
    """Return what a severity is called; `Unrated` off the scale."""
    try:
        return band_of(severity).label
    except ValueError:
        return "Unrated"


def counted(count: Count | None) -> str:
    """Return a number of people as far as it is known."""
    return "no figure given" if count is None else at_least(count)


def signed(term: SeverityTerm) -> str:
    """Return a summand with its sign, as it enters the sum."""
    value = -abs(term.value) if term.name in _SUBTRACTED else term.value
    return f"{value:+.2f}"


def arguments(detection: Detection) -> list[Reason]:
    """Return what spoke for and against a detection, without where its fields were read."""
    return [reason for reason in detection.reasons if not _is_source(reason)]


def read_from(detection: Detection) -> list[tuple[str, str]]:
    """Return for each field of a detection its name and the words that it was read from, or how it was inferred."""
    return [
        (
            reason.name.replace("_", " "),
            (reason.detail if reason.start is None else f"\u201c{reason.detail}\u201d")
            + ("" if reason.sentence is None else f" (sentence {reason.sentence})"),
        )
        for reason in detection.reasons
        if _is_source(reason)
    ]


def _is_source(reason: Reason) -> bool:
    return reason.kind == "field" and reason.name in FIELDS


def _account(incident: Incident) -> Account | None:
    """Return what was known at the last step worth telling; None for an incident without a stored report or update."""
    steps = [update for update in incident.updates if update.material] or list(incident.updates)
    if not steps or not incident.reports:
        return None
    return account_at(incident, max(steps, key=lambda update: update.number))


def told(incident: Incident) -> Told:
    """Return an incident as the pages and exports tell it."""
    account = _account(incident)
    where = site(incident.place)
    countries = " / ".join(country_pair(incident.place.country))
    if account is not None:
        title = headline(account, ENGLISH)
    else:
        title = f"{countries or CLASS_NAMES[incident.incident_class]}: {incident.action.value} at {where.short}"
    return Told(
        incident=incident,
        mark=DEMONSTRATION_MARK if incident.demonstration else "",
        headline=clean(title),
        category=category(account) if account is not None else None,
        place=where.name,
        countries=countries,
        when=day(incident.event_date) if incident.event_date else ENGLISH.phrases["unknown_date"],
        origins=origins(incident.reports) if incident.reports else 0,
    )
