"""`docs/templates.md` names exactly what the facts of each kind hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.full import compose_brief
from alertsvc.brief.layouts import shipped_names
from alertsvc.brief.weekly import compose_weekly
from alertsvc.domain import Briefing, BriefingKind
from tests.brief.cases import NOW, detection, incident, many, report, retaken, update
from tests.brief.generated import MONDAY

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")


def made() -> dict[BriefingKind, Briefing]:
    case = retaken(demonstration=False)
    options: dict[str, Any] = {"now": NOW, "service": "desk"}
    digest = {"zone": "UTC", "demonstration": False, "previous": many(3), **options}
    day = compose_daily([case, *many(30)], start=NOW - timedelta(days=1), end=NOW, **digest)
    week = compose_weekly([case, *many(30)], start=MONDAY, end=MONDAY + timedelta(days=7), **digest)
    spoken = incident(reports=(report(1, detection()),), updates=(update(),))
    return {
        BriefingKind.FLASH: compose_flash(spoken, spoken.updates[0], **options),
        BriefingKind.UPDATE: compose_update(case, case.updates[-1], **options),
        BriefingKind.BRIEF: compose_brief(case, case.updates[-1], **options),
        BriefingKind.DAILY: day,
        BriefingKind.WEEKLY: week,
    }


BRIEFINGS = made()


def described(heading: str) -> set[str]:
    """The names in the table under a heading."""
    section = re.search(rf"^##+ {re.escape(heading)}$(.*?)(?=^##|\Z)", DOCUMENT, re.M | re.S)
    assert section, heading
    return set(re.findall(r"^\| `(\w+)` \|", section[1], re.M))


@pytest.mark.parametrize("kind", BriefingKind)
def test_every_name_of_a_kind_is_described_and_no_other(kind):
    assert described(f"Names in `{kind}`") | described("Names in every kind") == set(BRIEFINGS[kind].facts)


def of(kind: BriefingKind, name: str) -> list[dict[str, Any]]:
    value = BRIEFINGS[kind].facts[name]
    found = value if isinstance(value, list) else [value]
    assert found
    assert found[0] is not None
    return found


@pytest.mark.parametrize(
    ("heading", "found", "base"),
    [
        ("Bar", of(BriefingKind.FLASH, "bar"), ()),
        ("Source", of(BriefingKind.FLASH, "sources"), ()),
        ("Gauge", of(BriefingKind.WEEKLY, "gauge"), ()),
        ("Quotation", of(BriefingKind.FLASH, "quotation"), ()),
        ("Party", of(BriefingKind.BRIEF, "parties"), ()),
        ("Front", of(BriefingKind.WEEKLY, "fronts"), ()),
        ("Item", of(BriefingKind.DAILY, "items"), ("Bar",)),
        ("Line", of(BriefingKind.DAILY, "noted"), ()),
        ("Row", of(BriefingKind.DAILY, "rows"), ("Bar",)),
    ],
)
def test_what_the_names_hold_is_described(heading: str, found: list[dict[str, Any]], base: Iterable[str]):
    names = described(heading).union(*map(described, base))
    assert all(set(item) == names for item in found)


def test_every_template_is_named():
    for name in shipped_names():
        assert f"`{name.split('.')[0]}`" in DOCUMENT
