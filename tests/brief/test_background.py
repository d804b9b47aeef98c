"""The context part: earlier incidents at the place and notes on it, in every product."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.brief.background import MAX_CONTEXT, MAX_CONTEXT_WORDS, MAX_EARLIER, background, fitting
from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.context import NO_NOTES, Note, Notes, Topic
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.numbers import ordinal
from alertsvc.brief.render import render
from alertsvc.brief.texts import word_count
from alertsvc.brief.wording import language
from alertsvc.domain import Briefing, Incident, Status
from tests.brief.cases import NOW, incident, report, retaken

ENGLISH = language("en")


def note(text: str, as_of: date = date(2030, 11, 1), *, month: bool = True, source: str = "company report") -> Note:
    return Note({"en": text, "fr": text, "ar": text}, as_of, month, source)


def notes(**topics: tuple[Note, ...]) -> Notes:
    keys = {"site": "ly-ne-wadi-marra", "country": "country:LY", "neighbour": "country:NE"}
    return Notes({keys[name]: Topic(keys[name], told, "x.yaml", 1) for name, told in topics.items()})


NOTES = notes(
    site=(note("The gate stands on the salt road."),),
    country=(note("Libya has two governments.", date(2030, 3, 9), month=False),),
    neighbour=(note("Niger has no coast."), note("Its main road leads south.")),
)
SITE = "The gate stands on the salt road (company report, as of November 2030)."


def before(days: int, **fields: Any) -> Incident:
    """An incident at the same crossing so many days before."""
    day = date(2031, 5, 6) - timedelta(days=days)
    opened = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    values: dict[str, Any] = {
        "public_id": f"LY-{day:%Y-%m%d}-{days:04x}",
        "id": 1000 + days,
        "event_date": day,
        "opened": opened,
        "changed": opened,
        "reports": (report(500 + days),),
    }
    return incident(**(values | fields))


def texts(briefing: Briefing) -> list[str]:
    return [item["text"] for item in briefing.facts["context"]]


def flash(*earlier: Incident, known: Notes = NOTES, case: Incident | None = None, now: datetime = NOW) -> Briefing:
    case = case or incident()
    return compose_flash(case, case.updates[-1], now=now, service="Watch", notes=known, earlier=earlier)


def test_notes_are_dated_and_sourced_the_site_first_and_three_at_most():
    briefing = flash()
    assert texts(briefing) == [
        SITE,
        "Libya has two governments (company report, as of 9 March 2030).",
        "Niger has no coast (company report, as of November 2030).",
    ]
    first = briefing.facts["context"][0]
    assert (first["note"], first["source"], first["as_of"]) == ("ly-ne-wadi-marra", "company report", "2030-11-01")


def test_without_notes_and_earlier_incidents_nothing_is_said():
    rendered = render(flash(known=NO_NOTES))
    assert flash(known=NO_NOTES).facts["context"] == []
    assert "Context" not in rendered.text + rendered.html + str(rendered.slack)


def test_a_briefing_of_an_older_version_is_rendered():
    briefing = flash()
    facts = {key: value for key, value in briefing.facts.items() if key != "context"}
    rendered = render(replace(briefing, facts=facts))
    assert "Context" not in rendered.text + rendered.html + str(rendered.slack)


def test_every_form_carries_the_same_words():
    rendered = render(flash(before(3)))
    for said in texts(flash(before(3))):
        assert said in " ".join(rendered.text.split())
        assert said in rendered.html
        assert said in str(rendered.slack)


def test_notes_of_later_days_are_left_aside():
    assert texts(flash(known=notes(site=(note("It is shut.", date(2031, 5, 8)),)))) == []


def test_earlier_incidents_are_counted_and_the_last_is_told():
    said = flash(before(30), before(3)).facts["context"][0]
    assert said["text"].startswith("Third incident here on our record since 6 April 2031; the one before: ")
    assert said["text"].endswith(", 3 May 2031 (LY-2031-0503-0003).")
    assert said["incidents"] == ["LY-2031-0406-001e", "LY-2031-0503-0003"]
    assert said["reports"] == [530, 503]


@pytest.mark.parametrize(
    "other",
    [
        incident(),
        before(-1),
        before(3, status=Status.WITHDRAWN),
        before(3, merged_into="LY-2031-0101-0000"),
        before(3, demonstration=True),
    ],
    ids=["itself", "later", "withdrawn", "merged", "demonstration"],
)
def test_what_does_not_count_as_earlier(other: Incident):
    assert texts(flash(other, known=NO_NOTES)) == []


def test_an_incident_given_twice_counts_once():
    assert texts(flash(before(3), before(3), known=NO_NOTES))[0].startswith("Second incident")


def test_too_many_are_not_counted():
    said = texts(flash(*(before(days) for days in range(1, MAX_EARLIER + 5)), known=NO_NOTES))[0]
    assert said.startswith(f"One of more than {MAX_EARLIER} incidents here on our record since 11 April 2031;")


def test_an_update_has_context_and_a_correction_none():
    case = retaken()
    told = compose_update(case, case.updates[-1], now=NOW, service="Watch", notes=NOTES)
    assert texts(told)[0] == SITE
    gone = replace(
        case, status=Status.WITHDRAWN, updates=(*case.updates[:-1], replace(case.updates[-1], status=Status.WITHDRAWN))
    )
    assert texts(compose_update(gone, gone.updates[-1], now=NOW, service="Watch", notes=NOTES)) == []


def test_the_digest_says_one_sentence_of_each_place_and_none_twice():
    first, second = incident(), incident(public_id="LY-2031-0506-ffff", id=12)
    briefing = compose_daily(
        [first, second],
        start=NOW - timedelta(hours=24),
        end=NOW,
        zone="UTC",
        now=NOW,
        service="Watch",
        demonstration=False,
        previous=None,
        notes=NOTES,
    )
    assert texts(briefing) == [SITE, "Libya has two governments (company report, as of 9 March 2030)."]
    rendered = render(briefing)
    assert SITE in " ".join(rendered.text.split())
    assert SITE in rendered.html


@given(st.lists(st.integers(1, 60), max_size=8), st.integers(0, 200))
def test_what_is_kept_is_the_beginning_and_within_bounds(lengths: list[int], budget: int):
    said = [{"text": " ".join(["word"] * length)} for length in lengths]
    kept = fitting(said, budget)
    assert kept == said[: len(kept)]
    assert len(kept) <= MAX_CONTEXT
    assert word_count(*(item["text"] for item in kept)) <= budget


@given(st.permutations(range(1, 6)))
def test_the_order_in_which_earlier_incidents_come_does_not_matter(days: list[int]):
    said = background(incident(), NOTES, [before(day) for day in days], NOW, ENGLISH)
    assert said == background(incident(), NOTES, [before(day) for day in range(1, 6)], NOW, ENGLISH)
    assert word_count(*(item["text"] for item in fitting(said))) <= MAX_CONTEXT_WORDS


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, "first"), (3, "third"), (10, "tenth"), (11, "11th"), (13, "13th"), (21, "21st"), (22, "22nd"), (113, "113th")],
)
def test_ordinals(value: int, expected: str):
    assert ordinal(value) == expected
