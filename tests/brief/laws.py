"""What holds for every review and brief, whatever the incidents: basis, numbers, words that are never used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from alertsvc.domain import Count, Incident

__all__ = ["field_numbers", "foreign_numbers", "sentences", "texts_of", "untraced", "unwanted"]

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_QUOTED = re.compile(r"“[^”]*”")
# From the style guide: words that are never ours, and verbs that take a party's word for true.
_FORBIDDEN = re.compile(
    r"\b(?:bloodbath|horror|horrific|brutal\w*|regime|thugs?|cleansed|liberated|terrorists?|mercenar\w+|usurpers?|"
    r"revealed|admitted|will)\b",
    re.I,
)


def sentences(facts: Any) -> Iterator[dict[str, Any]]:
    """Yield every sentence of the facts; those of the pictures measure distances and have tests of their own."""
    if isinstance(facts, dict):
        if isinstance(facts.get("text"), str):
            yield facts
        for key, value in facts.items():
            if key != "pictures":
                yield from sentences(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from sentences(value)


def untraced(facts: Any, known: Iterable[int]) -> list[str]:
    """Return the sentences that rest on nothing, or on a report that is none of those `known`."""
    ids = set(known)
    return [
        item["text"]
        for item in sentences(facts)
        if not (item["reports"] and set(item["reports"]) <= ids)
        and not item.get("note")
        and item.get("basis") not in ("record", "method")
    ]


def texts_of(facts: Any) -> list[str]:
    """Return the words of every sentence."""
    return [item["text"] for item in sentences(facts)]


def unwanted(texts: Iterable[str]) -> list[str]:
    """Return every text that uses a word that is never ours, is not finished, or has a hole in it."""
    wrong = []
    for text in texts:
        own = _QUOTED.sub("“”", text)
        holes = "{" in own or "}" in own or "  " in own or "()" in own or ".." in own or " ." in own or "None" in own
        if holes or _FORBIDDEN.search(own):
            wrong.append(text)
    return wrong


def _of_count(count: Count | None) -> Iterator[str]:
    if count is not None:
        for value in (count.low, count.high):
            if value is not None:
                yield f"{value:,}"


def _of_day(day: date | None) -> Iterator[str]:
    if day is not None:
        yield from (str(day.day), str(day.year))


def _of_instant(value: datetime | None) -> Iterator[str]:
    if value is not None:
        yield from _of_day(value.date())
        yield f"{value:%H:%M}"


def field_numbers(incidents: Iterable[Incident]) -> set[str]:
    """Return every number, as it is printed, that a field of the incidents holds."""
    found: set[str] = set()
    for item in incidents:
        found |= {*_of_day(item.event_date), *_of_instant(item.opened), *_NUMBER.findall(item.public_id)}
        found |= {f"{item.severity.value:.1f}", f"{item.severity.raw:.2f}", str(len(item.reports))}
        found |= {text for term in item.severity.terms for text in (f"{term.value:.1f}", f"{term.value:.2f}")}
        if item.place.km_to_capital is not None:
            found.add(str(int(item.place.km_to_capital + 0.5)))
        for report in item.reports:
            told = report.detection
            found |= {*_of_instant(report.published), *_of_instant(report.fetched), *_of_day(told.event_date)}
            found |= {*_of_count(told.killed), *_of_count(told.wounded), *_of_count(told.captured)}
            found.add(str(len(told.other_sites) + 1))
        for step in item.updates:
            found |= {*_of_count(step.killed), *_of_count(step.killed_before), *_of_instant(step.at)}
            found |= {f"{step.severity:.1f}", str(step.number)}
    return found


def foreign_numbers(texts: Iterable[str], allowed: set[str]) -> list[tuple[str, str]]:
    """Return each number that is none of those `allowed`, with the text in which it stands."""
    return [(number, text) for text in texts for number in _NUMBER.findall(text) if number not in allowed]
