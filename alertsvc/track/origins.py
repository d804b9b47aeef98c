"""Who a report goes back to, and which reports count.

A reprint is one more outlet and no further source: it takes the origin of the text that it repeats, and what it says is
not counted beside it. A report that its own article no longer bears out is kept with probability 0 and not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from alertsvc.domain import Reason, Report
from alertsvc.track.copies import Sketch, likeness, sketch
from alertsvc.track.course import told_at
from alertsvc.track.memo import remembered

__all__ = ["Attribution", "attribute", "latest", "standing", "voices", "weighed", "weight", "weight_of"]

_SOURCE = "source"

_FULLER = 1.5  # times as long as the text that is known: then it is the fuller version, and that one the excerpt


@dataclass(frozen=True, slots=True)
class Attribution:
    """A report with its origin settled, the others as they stand now, and what was found, in words."""

    report: Report
    others: tuple[Report, ...]
    reason: str | None = None
    copy: bool = False  # it says nothing that a known text does not


def standing(report: Report) -> bool:
    """Say whether an article still bears out its report."""
    return report.detection.probability > 0


def weighed(weight: float) -> tuple[Reason, ...]:
    """Return what is noted of a report whose source counts for less than others."""
    return () if weight == 1.0 else (Reason(_SOURCE, "weight", weight, "weight of the source, set by the operator"),)


def weight_of(report: Report) -> float:
    """Return what a report's source counts for, from 0 to 1."""
    found = [item.weight for item in report.detection.reasons if item.kind == _SOURCE and item.name == "weight"]
    return found[-1] if found else 1.0


def weight(reports: Iterable[Report]) -> float:
    """Return what the independent origins of reports count for together, each by the weightiest outlet that has it."""
    heaviest: dict[str, float] = {}
    for report in reports:
        heaviest[report.origin] = max(heaviest.get(report.origin, 0.0), weight_of(report))
    return sum(heaviest.values())


def _told(report: Report) -> tuple[object, int]:
    return told_at(report), report.article_id


@remembered
def voices(reports: Iterable[Report]) -> tuple[Report, ...]:
    """Return the reports that count, earliest first: those that stand, each text once.

    The original speaks for its copies; where it no longer stands, the earliest copy does.
    """
    stand = sorted((report for report in reports if standing(report)), key=_told)
    spoken = {(report.outlet, report.origin) for report in stand if report.same_text_as is None}
    chosen: list[Report] = []
    for report in stand:
        if report.same_text_as is not None:
            text = (report.same_text_as, report.origin)
            if text in spoken:
                continue
            spoken.add(text)
        chosen.append(report)
    return tuple(chosen)


@remembered
def latest(reports: Iterable[Report]) -> tuple[Report, ...]:
    """Return the last report of each origin, in the order they were told."""
    by_origin: dict[str, Report] = {}
    for report in sorted(reports, key=_told):
        by_origin[report.origin] = report
    return tuple(sorted(by_origin.values(), key=_told))


def attribute(
    report: Report, others: Sequence[Report], *, text: Sketch, texts: Mapping[int, Sketch], owner: str, agency: bool
) -> Attribution:
    """Settle whether a report repeats the text of another one of the same incident, and its origin.

    Args:
        report: the new report; its origin is the agency it credits, else its outlet's owner.
        others: the incident's other reports.
        text: sketch of the report's article.
        texts: sketches of the other articles by id; for one that is missing the sentences kept with its report are
            compared.
        owner: of the report's outlet.
        agency: the outlet is a news agency.

    The number of origins never rises when a copy arrives. Where the copy is the agency's own text, or credits an
    agency, the report that it matches goes back to that agency too. A much fuller version of a known text becomes the
    original, so that what it has to add is read.
    """
    alike = {id(other): likeness(text, _text(other, texts)) for other in others if standing(other)}
    copies = [other for other in others if id(other) in alike and alike[id(other)].copy]
    if not copies:
        return Attribution(report, tuple(others))
    closest = min(copies, key=lambda other: (-alike[id(other)].share, _told(other)))
    root = closest.same_text_as or closest.outlet
    shared = closest.origin
    credited = agency or report.origin != owner
    origin = report.origin if credited else shared
    fuller = all(alike[id(other)].longer >= _FULLER for other in copies)
    leads = fuller or (agency and report.origin == owner and closest.detection.origin != report.origin)
    settled: list[Report] = []
    for other in others:
        known = replace(other, origin=origin) if other.origin == shared != origin else other
        if leads and (other in copies or (other.same_text_as == root and other.origin == shared)):
            known = replace(known, same_text_as=report.outlet)
        settled.append(known)
    share = f"{alike[id(closest)].share:.0%} of the shorter text"
    if leads:
        reason = f"{closest.outlet} carries {'an excerpt of it' if fuller else 'the same text'}: {share}"
        return Attribution(replace(report, origin=origin), tuple(settled), reason, copy=not fuller)
    mine = replace(report, origin=origin, same_text_as=root)
    return Attribution(mine, tuple(settled), f"same text as {root}: {share}", copy=True)


def _text(report: Report, texts: Mapping[int, Sketch]) -> Sketch:
    return texts.get(report.article_id) or sketch("\n".join(report.detection.sentences))
