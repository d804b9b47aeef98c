"""How well an article that tells of several incidents is taken apart, and one that tells of one is kept whole.

`tests/detect/data/several.jsonl` holds short articles of our own in three languages, published on 18 March 2026, each
with the incidents that it newly reports. Half "a" is there to learn from, half "b" was laid aside. Run
`python -m benchmarks.several` for rows missing and beyond and for how often the fields of a row are right, with
`--errors a` for what goes wrong in half "a". Only classes that the article was found to report count, so that the
figures tell of the forming of incidents and not of the classifier.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from alertsvc.detect.detector import Detector
from alertsvc.detect.fold import fold
from alertsvc.domain import Detection

__all__ = ["errors", "measure"]

_DATA = Path(__file__).parents[1] / "tests" / "detect" / "data" / "several.jsonl"
_PUBLISHED = date(2026, 3, 18)


def _articles() -> Iterator[dict[str, Any]]:
    for line in _DATA.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _is_at(detection: Detection, row: dict[str, Any], detector: Detector) -> bool:
    ids = {entry.id for entry in detector.reader.gazetteer.named(row["place"])}
    return detection.place.gazetteer_id in ids or fold(row["place"]) in fold(detection.place.name)


def _wrong(detection: Detection, row: dict[str, Any]) -> Iterator[str]:
    if detection.action.value not in row["actions"]:
        yield "action"
    if (detection.event_date.isoformat() if detection.event_date else None) != row["date"]:
        yield "date"
    if (detection.killed.low if detection.killed else None) != row["killed"]:
        yield "killed"


def _compare(detector: Detector) -> Iterator[tuple[str, str, str]]:
    """Yield (half, what, detail) for everything that is counted: "row", "missing", "surplus", "action", ..."""
    for article in _articles():
        half = article["half"]
        result = detector.detect(article["title"], article["text"], published=_PUBLISHED, language=article["lang"])
        left = list(result.detections)
        reported = {detection.incident_class.value for detection in left}
        for row in article["incidents"]:
            if row["class"] not in reported:
                yield half, "not reported", f"{article['title']}: {row['place']}"
                continue
            yield half, "row", ""
            own = [d for d in left if d.incident_class.value == row["class"] and _is_at(d, row, detector)]
            if not own:
                yield half, "missing", f"{article['title']}: {row['place']}"
                continue
            left.remove(own[0])
            yield half, "found", ""
            for field in _wrong(own[0], row):
                read = {"action": own[0].action, "date": own[0].event_date, "killed": own[0].killed}[field]
                yield half, field, f"{article['title']}: {row['place']} -> {read}, right: {row}"
        for other in left:
            yield half, "surplus", f"{article['title']}: {other.incident_class.value} {other.place.name}"


def measure(detector: Detector) -> Counter[tuple[str, str]]:
    """Count by half: rows of the classes reported, found, missing and surplus ones, wrong fields of those found."""
    return Counter((half, what) for half, what, _ in _compare(detector))


def errors(detector: Detector, half: str) -> list[str]:
    """Return what goes wrong in one half, a line each."""
    return [f"{what}: {detail}" for at, what, detail in _compare(detector) if at == half and detail]


def main() -> None:
    """Print the figures, and the errors of a half that is asked for."""
    detector = Detector.load()
    found = measure(detector)
    for half in ("a", "b"):
        told = ", ".join(f"{what} {number}" for (at, what), number in sorted(found.items()) if at == half)
        print(f"half {half}: {told}")
    for half in sys.argv[2:] if sys.argv[1:2] == ["--errors"] else []:
        print(*errors(detector, half), sep="\n")


if __name__ == "__main__":
    main()
