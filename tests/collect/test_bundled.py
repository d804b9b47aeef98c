"""Demonstration feeds: tokens become dates, and entries appear when their time has come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alertsvc.clock import ManualClock
from alertsvc.collect.bundled import BundledFetcher, demonstration_feeds
from alertsvc.collect.parse import parse_feed
from alertsvc.collect.result import FetchResult
from alertsvc.collect.tokens import render_tokens
from alertsvc.domain import BacklogPolicy
from alertsvc.errors import DataError

ANCHOR = datetime(2026, 2, 1, 12, tzinfo=UTC)
INDEX = """
[[feed]]
id = "wire"
file = "wire.xml"
title = "Wire"
outlet = "wire.example"
language = "fr"
country = "TN"
kind = "agency"
[[feed]]
id = "paper"
file = "paper.xml"
title = "Paper"
outlet = "paper.example"
language = "en"
"""
WIRE = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Wire</title>
<item><title>Plus tard</title><guid>3</guid><pubDate>[[rfc822 +5m]]</pubDate></item>
<item><title>Bientôt [[weekday +2m]]</title><guid>2</guid><pubDate>[[rfc822 +2m]]</pubDate></item>
<item><title>Avant le [[date -2d]] [[year -7y]]</title><guid>1</guid><pubDate>[[rfc822 -26h]]</pubDate></item>
</channel></rss>"""
PAPER = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Paper</title><updated>[[iso -1h]]</updated>
<entry><id>a</id><title>Now</title><published>[[iso -90m]]</published><updated>[[iso +10m]]</updated></entry></feed>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.toml").write_text(INDEX, encoding="utf-8")
    (tmp_path / "wire.xml").write_text(WIRE, encoding="utf-8")
    (tmp_path / "paper.xml").write_text(PAPER, encoding="utf-8")
    return tmp_path


@pytest.fixture
def bundled(folder: Path, clock: ManualClock) -> BundledFetcher:
    return BundledFetcher(ANCHOR, clock, folder)


async def get(bundled: BundledFetcher, url: str, **more: Any) -> FetchResult:
    return await bundled.fetch(url, **{"max_bytes": 1_000_000, "accept": "*/*", **more})


def titles(result: FetchResult) -> list[str]:
    parsed = parse_feed(result.body, content_type=None, charset=None, url=result.final_url, max_entries=50)
    assert parsed.problems == ()
    return [entry.title for entry in parsed.entries]


@pytest.mark.parametrize(
    ("token", "language", "expected"),
    [
        ("[[rfc822 -26h]]", "fr", "Sat, 31 Jan 2026 10:00:00 +0000"),
        ("[[iso -90m]]", "en", "2026-02-01T10:30:00Z"),
        ("[[iso +5m]]", "en", "2026-02-01T12:05:00Z"),
        ("[[weekday -2d]]", "en", "Friday"),
        ("[[weekday -2d]]", "fr", "vendredi"),
        ("[[weekday -2d]]", "ar", "الجمعة"),
        ("[[date -2d]]", "en", "30 January"),
        ("[[date -2d]]", "fr", "30 janvier"),
        ("[[date -2d]]", "ar", "30 يناير"),
        ("[[year -7y]]", "ar", "2019"),
        ("a [[year -0d]] b [single] [[", "en", "a 2026 b [single] [["),
    ],
)
def test_tokens(token: str, language: str, expected: str) -> None:
    assert render_tokens(token, ANCHOR, language) == expected


def test_leap_day_a_year_ago() -> None:
    assert render_tokens("[[iso -1y]]", datetime(2024, 2, 29, tzinfo=UTC), "en") == "2023-02-28T00:00:00Z"


@pytest.mark.parametrize("token", ["[[iso]]", "[[iso 5m]]", "[[iso -5w]]", "[[hour -5m]]", "[[ iso -5m ]]", "[[]]"])
def test_what_is_no_token_is_told(token: str) -> None:
    with pytest.raises(ValueError, match=r"line 2: \[\["):
        render_tokens(f"\n{token}", ANCHOR, "en")


def test_feeds_as_configured(folder: Path) -> None:
    wire, paper = demonstration_feeds(ANCHOR, folder)
    assert (wire.id, wire.url, wire.title, wire.language, wire.country) == (
        "demo-wire",
        "demo:wire",
        "Wire",
        "fr",
        "TN",
    )
    assert (wire.interval, wire.backlog, wire.demonstration, wire.outlet_kind) == (
        60.0,
        BacklogPolicy.ALERT,
        True,
        "agency",
    )
    assert (paper.country, paper.outlet_kind, paper.enabled, paper.full_text) == (None, None, True, False)


async def test_entries_appear_when_due(bundled: BundledFetcher, clock: ManualClock) -> None:
    first = await get(bundled, "demo:wire")
    assert (first.outcome, first.final_url, first.status) == ("ok", "demo:wire", 200)
    assert titles(first) == ["Avant le 30 janvier 2019"]
    clock.advance(timedelta(minutes=1))
    assert (await get(bundled, "demo:wire", etag=first.etag)).outcome == "not_modified"
    clock.advance(timedelta(minutes=1))
    second = await get(bundled, "demo:wire", etag=first.etag)
    assert titles(second) == ["Bientôt dimanche", "Avant le 30 janvier 2019"]
    clock.advance(timedelta(minutes=10))
    assert len(titles(await get(bundled, "demo:wire", etag=second.etag))) == 3
    assert titles(await get(bundled, "demo:paper")) == ["Now"]


async def test_what_cannot_be_served_is_told(bundled: BundledFetcher, folder: Path) -> None:
    assert (await get(bundled, "demo:nothing")).outcome == "gone"
    assert (await get(bundled, "demo:wire", max_bytes=10)).outcome == "too_large"
    (folder / "wire.xml").write_text("<rss>[[iso 5]]</rss>")
    assert (await get(bundled, "demo:wire")).message == "wire.xml: line 1: [[iso 5]] is no token"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("index.toml", "[[feed]]\nid = 'x'", "lacks 'file'"),
        ("index.toml", "x", "cannot be read"),
        ("wire.xml", "<rss>", "wire.xml"),
        ("wire.xml", "<rss><channel><item><title>x</title></item></channel></rss>", "has no date"),
    ],
)
def test_wrong_files_are_told(folder: Path, name: str, content: str, message: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(DataError, match=message):
        demonstration_feeds(ANCHOR, folder)


async def test_feeds_that_come_with_the_service(clock: ManualClock) -> None:
    specs = demonstration_feeds(ANCHOR)
    assert len(specs) >= 3
    bundled = BundledFetcher(ANCHOR, clock)
    before = sum([len(titles(await get(bundled, spec.url))) for spec in specs])
    clock.advance(timedelta(minutes=10))
    after = sum([len(titles(await get(bundled, spec.url))) for spec in specs])
    assert 15 <= before < after
    for spec in specs:
        assert b"[[" not in (await get(bundled, spec.url)).body
