"""Mails of many long sources stay below the limit and say what is left out."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest

from alertsvc.brief.daily import MAX_WITHDRAWN, compose_daily
from alertsvc.brief.pictures.fitting import MAX_MAIL, encoded_size
from alertsvc.brief.render import render
from alertsvc.brief.weekly import compose_weekly
from alertsvc.domain import Briefing, Incident, Status
from tests.brief.cases import NOW, many


def long_links(count: int) -> list[Incident]:
    """So many incidents whose reports have long titles and links of 500 to 920 characters."""
    found = []
    for number, item in enumerate(many(count)):
        path = "abcde/" * 200
        reports = tuple(
            replace(
                told,
                title=f"{number} " + "a word of a title " * 8,
                url=f"https://outlet.example/{number}/{path[: 500 + 20 * (number % 22)]}",
            )
            for told in item.reports
        )
        found.append(replace(item, reports=reports))
    return found


def withdrawn(incidents: list[Incident]) -> list[Incident]:
    return [
        replace(
            item,
            status=Status.WITHDRAWN,
            updates=tuple(replace(step, status=Status.WITHDRAWN) for step in item.updates),
        )
        for item in incidents
    ]


def daily(incidents: list[Incident], language: str) -> Briefing:
    return compose_daily(
        incidents,
        start=NOW - timedelta(days=1),
        end=NOW,
        zone="UTC",
        now=NOW,
        service="Risk desk",
        demonstration=False,
        previous=None,
        language=language,
    )


def weekly(incidents: list[Incident], language: str) -> Briefing:
    return compose_weekly(
        incidents,
        start=NOW - timedelta(days=7),
        end=NOW,
        zone="UTC",
        now=NOW,
        service="Risk desk",
        demonstration=False,
        previous=None,
        language=language,
    )


def size(briefing: Briefing) -> int:
    made = render(briefing)
    return encoded_size(made.text) + encoded_size(made.html)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_many_withdrawn_incidents_leave_the_digest_small(language):
    cases = many(63)
    briefing = daily(cases[:3] + withdrawn(cases[3:]), language)
    assert len(briefing.facts["withdrawn"]) == MAX_WITHDRAWN
    assert str(60 - MAX_WITHDRAWN) in briefing.facts["withdrawn_more"]
    assert briefing.facts["withdrawn_more"] in render(briefing).text
    assert size(briefing) < MAX_MAIL * 0.9


@pytest.mark.parametrize("language", ["fr", "ar"])
@pytest.mark.parametrize("compose", [daily, weekly])
def test_long_links_do_not_make_a_mail_too_large(compose, language):
    briefing = compose(long_links(50), language)
    before = deepcopy(briefing.facts)
    assert size(briefing) < MAX_MAIL - 5000
    assert briefing.facts == before


def test_the_mail_says_how_much_is_left_out():
    made = render(weekly(long_links(50), "ar"))
    assert "لتصغير حجم الرسالة" in made.text
    assert "لتصغير حجم الرسالة" in made.html
    assert "لتصغير حجم الرسالة" not in render(weekly(many(3), "ar")).text
