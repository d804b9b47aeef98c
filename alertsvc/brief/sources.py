"""The sources block: one line for each report, with outlet, language, time and link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from alertsvc.brief.account import outlet_name, report_id, report_ids
from alertsvc.brief.numbers import instant_utc
from alertsvc.brief.texts import clean, direction, safe_link
from alertsvc.brief.wording import ENGLISH, Language
from alertsvc.domain import Report

__all__ = ["Source", "origins", "source", "sources"]

MAX_TITLE = 140
# Agencies that detection names by a short key; every other origin is shown as it is written.
_AGENCIES = {
    "afp": "AFP",
    "ap": "AP",
    "reuters": "Reuters",
    "anadolu": "Anadolu",
    "aps": "APS",
    "dpa": "dpa",
    "efe": "EFE",
    "lana": "LANA",
    "map": "MAP",
    "mena": "MENA",
    "tap": "TAP",
    "tass": "TASS",
    "wam": "WAM",
    "xinhua": "Xinhua",
}


class Source(TypedDict):
    """One report as the sources block shows it."""

    outlet: str
    details: str
    title: str
    language: str
    direction: str
    no_link: str
    link: str | None
    reports: list[int]


def _credited(report: Report) -> str | None:
    """Return whom the report goes back to where that is neither its outlet nor a bare domain."""
    origin = clean(report.origin, 60)
    shown = _AGENCIES.get(origin.casefold(), origin)
    own = {outlet_name(report).casefold(), report.outlet.casefold()}
    return None if not shown or shown.casefold() in own or ("." in shown and " " not in shown) else shown


def source(report: Report, names: Mapping[str, str] | None = None, words: Language = ENGLISH) -> Source:
    """Return the line of one report; `link` is None where its address cannot safely be linked.

    Args:
        report: the report.
        names: names of outlets by domain, for the one that a copy was taken from.
        words: the language of the line.
    """
    language = clean(report.language, 12) or "und"
    details = []
    credited = _credited(report)
    if credited:
        details.append(words.say("crediting", origin=credited))
    if language.partition("-")[0] != words.code:
        name = words.grammar.language_name(language)
        details.append(
            words.say("in_language", language=name) if name else words.say("language_code", language=language)
        )
    read = instant_utc(report.published or report.fetched, words)
    details.append(read if report.published else words.say("read", instant=read))
    if report.detection.probability <= 0:
        details.append(words.phrases["no_longer"])
    if report.same_text_as:
        copied = (names or {}).get(report.same_text_as, report.same_text_as)
        details.append(words.say("same_text", outlet=clean(copied, 60)))
    link = safe_link(report.url)
    return {
        "outlet": outlet_name(report),
        "details": words.phrases["comma"].join(details),
        "title": clean(report.title, MAX_TITLE),
        "language": language,
        "direction": direction(language),
        "link": link,
        "no_link": "" if link else words.phrases["no_link"],
        "reports": [report_id(report)],
    }


def origins(reports: Sequence[Report]) -> int:
    """Count independent origins; a copy counts with what it copies."""
    return len({report.origin or report.outlet for report in reports if report.same_text_as is None}) or 1


def sources(
    reports: Sequence[Report], limit: int, *, first: Sequence[Report] = (), words: Language = ENGLISH
) -> tuple[list[Source], str | None]:
    """Return the first `limit` lines and words for the rest.

    Those that the text names come `first`, then own texts before copies, then older before newer.
    """
    named = report_ids(first)

    def rank(report: Report) -> tuple[bool, bool, datetime, int]:
        own = report.same_text_as is None
        return report_id(report) not in named, not own, report.published or report.fetched, report_id(report)

    ordered = sorted(reports, key=rank)
    more = len(ordered) - limit
    counted = words.grammar.counted(more, "report", words=False)
    rest = words.say("more_reports", reports=counted) if more > 0 else None
    names = {report.outlet: outlet_name(report) for report in reports}
    return [source(report, names, words) for report in ordered[:limit]], rest
