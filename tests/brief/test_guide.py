"""What the guide fixes word for word, and what every product owes its readers, for generated incidents."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.brief.account import account_at
from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.full import compose_brief
from alertsvc.brief.headline import AIM, MAX_SUBJECT, flash_subject, headline
from alertsvc.brief.render import render
from alertsvc.brief.scale import METHOD_VERSION, band_of
from alertsvc.brief.weekly import compose_weekly
from alertsvc.brief.wording import LANGUAGES
from alertsvc.domain import Action, Briefing, BriefingKind, Count, Incident, IncidentClass, Status
from tests.brief.cases import NOW, detection, incident, report, update
from tests.brief.generated import MONDAY, incidents
from tests.brief.laws import untraced

CODES = sorted(LANGUAGES)
FOOTER = (
    f"Automated brief built from public reports. Severity and index: see method v{METHOD_VERSION}. "
    "Figures are minimum counts and may change."
)
BAR = re.compile(r"Severity (\d\.\d)/5\.0 \((\w+)\) \| ([^|]+) \| (\w+)")
MOVED = re.compile(
    r"Severity (\d\.\d) -> (\d\.\d): \S.+|Severity unchanged at (\d\.\d)|Severity \d\.\d no longer counted"
)


def products(cases: list[Incident], code: str) -> Iterator[Briefing]:
    """Every product that tells of some incidents."""
    issued: dict[str, Any] = {"now": NOW, "service": "Risk desk", "language": code}
    first = cases[0]
    yield compose_flash(first, first.updates[0], **issued)
    yield compose_update(first, first.updates[-1], **issued)
    yield compose_brief(first, first.updates[-1], **issued)
    week: dict[str, Any] = {"end": MONDAY + timedelta(days=7), "zone": "UTC", "demonstration": False}
    for compose in (compose_daily, compose_weekly):
        yield compose(cases, start=MONDAY, previous=cases[:1], **week, **issued)


@pytest.mark.parametrize("incident_class", list(IncidentClass))
@pytest.mark.parametrize("code", CODES)
def test_headlines_keep_formula_and_length_for_every_action(code: str, incident_class: IncidentClass) -> None:
    words = LANGUAGES[code]
    actors: tuple[tuple[str, ...], ...] = ((), ("armed men",), ("Northern Relief Army (Salem)", "Volunteers"))
    tolls = (None, Count(1), Count(3, 3), Count(11, 17))
    for action, status, who, killed in itertools.product(Action, Status, actors, tolls):
        told = detection(incident_class, action=action, attackers=who, killed=killed)
        step = update(status=status, action=action, killed=killed)
        case = incident(incident_class=incident_class, reports=(report(1, told),), updates=(step,))
        text = headline(account_at(case, step, words), words)
        opening, colon, clause = text.partition(":")
        assert opening
        assert colon
        assert clause.strip()
        assert AIM[0] <= len(text) <= AIM[1], text
        assert not re.search(r"[.!,،:]$|\s[–—-]\s|\s{2}|[{}]|None", text), text
        if code == "fr":  # no capital behind a colon but that of a name
            assert clause.strip()[0].islower() or clause.strip().startswith(("Northern", "Volunteers", "Bir Salem")), (
                text
            )
        assert len(flash_subject(account_at(case, step, words), words, demonstration=True)) <= MAX_SUBJECT


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_bar_severity_line_and_footer_are_word_for_word_the_guides(data: st.DataObject) -> None:
    case = data.draw(incidents())
    for briefing in products([case], "en"):
        facts = briefing.facts
        assert facts["footer"] == FOOTER
        if "bar" in facts:
            bar = BAR.fullmatch(facts["bar"]["line"])
            step = next(item for item in case.updates if item.number == briefing.update)
            assert bar is not None, facts["bar"]["line"]
            assert (float(bar[1]), bar[4]) == (step.severity, step.status.value)
            assert bar[2] == band_of(step.severity).label
        if briefing.kind is BriefingKind.UPDATE:
            moved = MOVED.fullmatch(facts["severity_line"]["text"])
            assert moved is not None, facts["severity_line"]["text"]
            if moved[1]:
                assert (float(moved[1]), float(moved[2])) == (case.updates[-1].severity_before, step.severity)


@settings(max_examples=25, deadline=None)
@given(st.data(), st.sampled_from(CODES))
def test_every_sentence_of_every_product_can_be_traced(data: st.DataObject, code: str) -> None:
    cases = [data.draw(incidents(number)) for number in range(1, data.draw(st.integers(2, 4)))]
    known = [item.id for case in cases for item in case.reports if item.id is not None]
    for briefing in products(cases, code):
        assert untraced(briefing.facts, known) == []


class _Page(HTMLParser):
    """What a screen reader goes by."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page: dict[str, str | None] = {}
        self.tables: list[dict[str, str | None]] = []
        self.heads: list[int] = []
        self.alts: list[str | None] = []
        self.levels: list[int] = []
        self._open: list[int] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given_ = dict(attrs)
        if tag == "html":
            self.page = given_
        elif tag == "table":
            self._open.append(len(self.tables))
            self.tables.append(given_)
            self.heads.append(0)
        elif tag == "th":
            assert given_.get("scope") == "col"
            self.heads[self._open[-1]] += 1
        elif tag == "img":
            self.alts.append(given_.get("alt"))
        elif tag in ("h1", "h2", "h3"):
            self.levels.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._open.pop()


@settings(max_examples=12, deadline=None)
@given(st.data(), st.sampled_from(CODES))
def test_a_screen_reader_is_told_language_direction_tables_and_pictures(data: st.DataObject, code: str) -> None:
    cases = [data.draw(incidents(number)) for number in (1, 2)]
    for briefing in products(cases, code):
        page = _Page(render(briefing).html)
        assert (page.page["lang"], page.page["dir"]) == (code, LANGUAGES[code].direction)
        for table, heads in zip(page.tables, page.heads, strict=True):
            # What only lays out says so; what holds data has headed columns.
            assert (table.get("role") == "presentation") == (heads == 0)
        assert all(alt and alt.strip() for alt in page.alts)
        assert page.levels[0] == 1
        assert page.levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(page.levels))
