"""What an article tells more than once of one place, as one detection. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from alertsvc.domain import Detection, Reason
from alertsvc.track.places import same_place

__all__ = ["distinct"]


def distinct(detections: Iterable[Detection]) -> list[Detection]:
    """Return one detection for each class and place: the most probable, with what only the others of its place tell.

    Tolls and traffic are taken over where it has none, and a reason notes each one that it stands for.
    """
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda item: -item.probability):
        for position, other in enumerate(kept):
            if other.incident_class is detection.incident_class and same_place(
                other.incident_class, other.place, detection.place
            ):
                kept[position] = _absorb(other, detection)
                break
        else:
            kept.append(detection)
    return kept


def _absorb(stronger: Detection, weaker: Detection) -> Detection:
    note = f"{weaker.action.value} at {weaker.place.name}, {weaker.probability:.2f}"
    reason = Reason("field", "same_place", detail=f"also found in this article: {note}")
    return replace(
        stronger,
        killed=stronger.killed or weaker.killed,
        wounded=stronger.wounded or weaker.wounded,
        captured=stronger.captured or weaker.captured,
        flow=stronger.flow or weaker.flow,
        announced_offensive=stronger.announced_offensive or weaker.announced_offensive,
        reasons=(*stronger.reasons, reason),
    )
