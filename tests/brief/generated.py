"""Generated incidents: every class, action and status, one to four reports, with and without figures and claims.

Names and quotations hold no digits, so that every number of a briefing has to come from a field.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from alertsvc.domain import (
    Action,
    Claim,
    Count,
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    PlaceKind,
    Report,
    Severity,
    SeverityTerm,
    Status,
    Update,
)
from tests.brief.cases import CROSSING, TERMINAL

__all__ = ["MONDAY", "incidents", "weeks"]

MONDAY = datetime(2031, 5, 5, tzinfo=UTC)

_ACTORS = ("armed men", "the border guard", "Free South Front", "Desert Shield Brigade", "smugglers", "residents")
_PLACES = {
    IncidentClass.BORDER: (
        CROSSING,
        Place("Oued Sefra", PlaceKind.CROSSING, "DZ-TN"),
        Place("Salt Gate", PlaceKind.CROSSING),
    ),
    IncidentClass.OIL: (TERMINAL, Place("Jebel Nar", PlaceKind.OIL, "SD", "sd-jebel-nar", 11.0, 30.0, tier=2)),
    IncidentClass.CAPITAL: (
        Place("Bir Salem", PlaceKind.APPROACH, "LY", "ly-bir-salem", 32.6, 13.1, "Tripoli", 28.4),
        Place("Tripoli", PlaceKind.CAPITAL, "LY", "ly-tripoli", 32.9, 13.2, "Tripoli", None),
        Place("Kona road", PlaceKind.APPROACH, "ML", None, None, None, "Bamako", 97.0),
    ),
}
_OUTLETS = ("Sahel Gazette", "Desert Post", "Oasis Radio", "Coast Mail")
_QUOTES = ("We hold the gate.", "The post is ours and the gang is gone.", "Nothing of the kind took place there.")
_counts = st.none() | st.builds(
    lambda low, more: Count(low, None if more is None else low + more),
    st.integers(0, 140),
    st.none() | st.integers(0, 40),
)
_severities = st.integers(1, 10).map(lambda half: half / 2)


@st.composite
def _detections(draw: st.DrawFn, kind: IncidentClass, place: Place) -> Detection:
    return Detection(
        incident_class=kind,
        probability=0.95,
        action=draw(st.sampled_from(Action)),
        place=place,
        event_date=draw(st.none() | st.dates(date(2031, 5, 4), date(2031, 5, 20))),
        killed=draw(_counts),
        wounded=draw(_counts),
        captured=draw(_counts),
        attackers=tuple(draw(st.lists(st.sampled_from(_ACTORS), max_size=2, unique=True))),
        targets=tuple(draw(st.lists(st.sampled_from(_ACTORS), max_size=1))),
        other_sites=tuple(draw(st.lists(st.sampled_from(("Zella", "Hun", "Sokna")), max_size=3, unique=True))),
        claims=tuple(
            draw(
                st.lists(
                    st.builds(Claim, st.sampled_from(_ACTORS), st.sampled_from(_QUOTES), st.booleans()), max_size=2
                )
            )
        ),
        flow=draw(st.sampled_from((None, "stopped", "partly", "resumed"))),
        announced_offensive=draw(st.booleans()),
        sentences=("Men in pick-up trucks took the post before dawn.",),
    )


@st.composite
def incidents(draw: st.DrawFn, number: int = 1, *, status: Status | None = None) -> Incident:
    """One incident; `number` keeps its ids apart from those of others."""
    kind = draw(st.sampled_from(IncidentClass))
    place = draw(st.sampled_from(_PLACES[kind]))
    opened = MONDAY + timedelta(minutes=draw(st.integers(0, 6 * 24 * 60)))
    reports: list[Report] = []
    for offset in range(draw(st.integers(1, 4))):
        seen = opened + timedelta(hours=offset)
        outlet = draw(st.sampled_from(_OUTLETS))
        copied = offset > 0 and draw(st.booleans())
        reports.append(
            Report(
                article_id=100 * number + offset,
                outlet=f"{outlet.split()[0].lower()}.example",
                outlet_name=outlet,
                origin=outlet,
                title="News from the post",
                url=f"https://{outlet.split()[0].lower()}.example/{number}/{offset}",
                language=draw(st.sampled_from(("en", "fr", "ar"))),
                published=seen,
                fetched=seen + timedelta(minutes=5),
                detection=draw(_detections(kind, place)),
                same_text_as=reports[0].outlet if copied else None,
                id=10 * number + offset,
            )
        )
    steps: list[Update] = []
    for offset, item in enumerate(reports):
        before = steps[-1] if steps else None
        steps.append(
            Update(
                number=offset + 1,
                at=item.fetched,
                material=True,
                changes=("opened",),
                status=status or draw(st.sampled_from(Status)),
                action=item.detection.action,
                severity=draw(_severities),
                severity_before=None if before is None else before.severity,
                killed=draw(_counts),
                killed_before=None if before is None else before.killed,
                report_id=item.id,
            )
        )
    last = steps[-1]
    return Incident(
        public_id=f"LY-2031-0505-{number:04x}",
        incident_class=kind,
        place=place,
        action=last.action,
        phase=draw(st.sampled_from(Phase)),
        status=last.status,
        severity=Severity(last.severity, last.severity, (SeverityTerm("base", last.severity, "as drawn"),)),
        opened=opened,
        changed=last.at,
        event_date=reports[0].detection.event_date,
        killed=last.killed,
        reports=tuple(reports),
        updates=tuple(steps),
        id=number,
    )


@st.composite
def weeks(draw: st.DrawFn, most: int = 14, first: int = 1) -> list[Incident]:
    """The incidents of one week."""
    return [draw(incidents(first + number)) for number in range(draw(st.integers(0, most)))]
