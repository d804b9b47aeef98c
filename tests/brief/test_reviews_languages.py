"""The weekly review and the full brief in every language: complete tables, own words, nothing left open."""

from __future__ import annotations

import re
import string
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.brief.full import compose_brief
from alertsvc.brief.numbers import day
from alertsvc.brief.render import render
from alertsvc.brief.weekly import compose_weekly
from alertsvc.brief.wording.registry import REVIEWS, reviews_of
from alertsvc.brief.wording.reviews import Reviews
from tests.brief.cases import NOW
from tests.brief.test_languages import AGREEING, LATIN, bare, faults, incidents, spoken

ENGLISH = REVIEWS["en"]
OTHERS = [words for code, words in REVIEWS.items() if code != "en"]
TABLES = ("phrases", "labels", "counted", "fronts", "outlook", "implied", "implied_if_true", "exposed", "statuses")


def fields(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: words.code)
def test_the_tables_are_complete(words: Reviews):
    for table in TABLES:
        own, english = getattr(words, table), getattr(ENGLISH, table)
        assert set(own) == set(english), table
        for key, pattern in own.items():
            if isinstance(pattern, str):
                assert fields(pattern) <= fields(english[key]) | AGREEING | {"site"}, (table, key)


@pytest.mark.parametrize("code", sorted(REVIEWS))
def test_every_number_has_a_form(code: str):
    words = reviews_of(code)
    for what in words.counted:
        for value in (*range(14), 20, 21, 99, 100, 101, 103, 111, 200, 1000):
            text = words.count(what, value)
            assert faults(text) == []
            if value > 10 and what != "before":
                assert words.speech.grammar.digits(value) in text


@settings(max_examples=20, deadline=None)
@given(st.data(), st.sampled_from(sorted(REVIEWS)))
def test_reviews_and_briefs_keep_the_laws_in_every_language(data: st.DataObject, code: str):
    cases = [data.draw(incidents(number=10 * place + 1)) for place in range(data.draw(st.integers(0, 5)))]
    start = NOW.replace(hour=0, minute=0) - timedelta(days=6)
    weekly = compose_weekly(
        cases,
        start=start,
        end=start + timedelta(days=7),
        zone="UTC",
        now=NOW,
        service="Risk desk",
        demonstration=False,
        previous=cases[:2],
        language=code,
    )
    made: list[Any] = [weekly]
    if cases:
        made.append(compose_brief(cases[0], cases[0].updates[-1], now=NOW, service="Risk desk", language=code))
    for briefing in made:
        assert briefing.facts["language"] == code
        for text in spoken(briefing.facts):
            assert faults(text) == [], text
            if code == "ar":
                left = re.findall(r"[A-Za-z]{2,}", bare(text))
                assert all(item in LATIN or item in "Risk desk" for item in left), text
        page = render(briefing)
        assert f'lang="{code}"' in page.html
        assert len(page.html.encode()) < 102_000


def test_areas_are_named_as_sentences_need_them():
    assert reviews_of("fr").area(["LY", "TD"]) == ("en Libye et au Tchad", "la Libye et le Tchad")
    assert reviews_of("fr").area(["US", "ML", "NE", "TD"]) == ("dans quatre pays", "la région")
    assert reviews_of("ar").area(["LY", "TD"]) == ("في ليبيا وتشاد", "ليبيا وتشاد")
    assert reviews_of("ar").area(["US", "ML", "NE", "TD"]) == ("في أربعة بلدان", "المنطقة")


def test_a_day_is_written_as_the_language_writes_it():
    assert day(date(2031, 5, 1), "fr") == "1er mai 2031"
    assert day(date(2031, 5, 2), "fr") == "2 mai 2031"
    assert day(date(2031, 5, 1), "ar") == "1 مايو 2031"
