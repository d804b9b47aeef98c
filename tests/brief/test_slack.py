"""The Slack message of any facts whatever keeps to Block Kit's limits, pings nobody, and says where it was cut."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.slack import MAX_SECTION, cut, escaped, slack_payload
from alertsvc.domain import Briefing
from tests.blockkit import faults, texts
from tests.brief.cases import NOW, hostile, many, retaken

ARABIC = "سيطر مسلحون على معبر التوم الحدودي فجر الأحد "
PINGS = "<!channel> <@U0123ABCD> <#C024BE91L|general> <!subteam^S012> @here @Everyone "
LONG = [
    "x" * 10_000,
    "أ" * 10_000,
    "word " * 2_000,
    ARABIC * 300,
    "<>&" * 3_400,
    "*bold* _it_ `code` ~no~ " * 420,
    PINGS * 150,
    "😀" * 5_000,
    "https://a.example/" + "&" * 10_000,
    "> quoted\n" * 1_100,
]
PIECES = st.sampled_from([*LONG, ARABIC, PINGS, "|", ">", "\n", "*", "\u2068", " "])
TEXTS = st.one_of(st.text(max_size=300), PIECES, st.lists(PIECES, min_size=2, max_size=3).map("".join))


@cache
def kinds(count: int = 3) -> dict[str, Briefing]:
    case = hostile(retaken(), PINGS)
    step = case.updates[-1]
    day: dict[str, Any] = {"start": NOW - timedelta(days=1), "end": NOW, "zone": "UTC", "now": NOW, "service": "desk"}
    incidents = many(count)
    return {
        "flash": compose_flash(case, step, now=NOW, service="desk"),
        "update": compose_update(case, step, now=NOW, service="desk"),
        "daily": compose_daily(incidents, **day, demonstration=False, previous=incidents),
    }


def refilled(value: Any, others: Iterator[str | None]) -> Any:
    """Return facts of the same shape in which each text is another where the next of `others` is one."""
    if isinstance(value, dict):
        return {key: refilled(item, others) for key, item in value.items()}
    if isinstance(value, list):
        return [refilled(item, others) for item in value]
    other = next(others) if isinstance(value, str) else None
    return value if other is None else other


@given(others=st.lists(st.none() | TEXTS, min_size=1, max_size=7))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("kind", ["flash", "update", "daily"])
def test_any_facts_keep_to_the_limits(kind: str, others: list[str | None]) -> None:
    briefing = kinds()[kind]
    facts = refilled(briefing.facts, itertools.cycle(others))
    assert faults(slack_payload(Briefing(briefing.kind, facts))) == []


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("kind", ["flash", "update", "daily"])
def test_every_text_of_extreme_length(kind: str, text: str) -> None:
    briefing = kinds(30)[kind]
    payload = slack_payload(Briefing(briefing.kind, refilled(briefing.facts, itertools.repeat(text))))
    assert faults(payload) == []
    told = " ".join(found["text"] for found in texts(payload))
    assert "\u2026" in told
    assert "is shortened to fit into a Slack message." in told


def test_nothing_is_said_of_cutting_where_nothing_was_cut() -> None:
    for briefing in kinds().values():
        payload = slack_payload(briefing)
        assert faults(payload) == []
        assert "shortened" not in str(payload)


@given(st.one_of(TEXTS, st.sampled_from([f"*{text}*" for text in LONG])), st.integers(20, 3000))
@example("<&>" * 1000, 20)
@settings(max_examples=200, deadline=None)
def test_what_is_cut_stays_whole(text: str, limit: int) -> None:
    whole = escaped(text)
    short = cut(whole, limit)
    message = {"text": "x", "blocks": [], "unfurl_links": False, "unfurl_media": False}
    message["blocks"] = [{"type": "section", "text": {"type": "mrkdwn", "text": short or "x", "verbatim": True}}]
    told = faults(message)
    assert not [fault for fault in told if "where 1 to" not in fault]
    assert len(short.encode("utf-16-le", "surrogatepass")) // 2 <= limit or short == whole
    assert (short == whole) or "\u2026" in short


def test_it_is_cut_at_a_word_and_bold_stays_bold() -> None:
    line = cut("*" + "seven letters " * 400 + "end*", MAX_SECTION)
    assert line.endswith(("seven\u2026*", "letters\u2026*"))
    assert line.startswith("*seven")
    link = cut("x " * 1480 + "<https://a.example/|a long label of a link>", MAX_SECTION)
    assert "<" not in link


def test_a_quotation_mark_of_mail_is_no_markup() -> None:
    assert escaped("> said\n > again") == "\u2060&gt; said\n \u2060&gt; again"


def test_the_validator_finds_faults() -> None:
    good: dict[str, Any] = {
        "text": "x",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x", "verbatim": True}}],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    assert faults(good) == []
    for text in ("", "x" * 3001, "<!channel>", "a & b", "@here", "\u2068x", "<https://a.example/"):
        block = {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        assert faults({**good, "blocks": [block]}), text
    assert faults({**good, "blocks": good["blocks"] * 51})
    assert faults({**good, "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]})
    assert faults({**good, "unfurl_links": True})
