"""The daily digest: number line, order, limits, all quiet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertsvc.brief.daily import compose_daily, peak_severity
from alertsvc.brief.texts import word_count
from alertsvc.domain import Action, BriefingKind, Count, Incident, Status
from tests.brief.cases import NOW, detection, incident, many, report, retaken, severity, traced, update

START = NOW - timedelta(days=1)


def digest(*incidents: Incident, **options: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "start": START,
        "end": NOW,
        "zone": "Africa/Tripoli",
        "now": NOW,
        "service": "Risk desk",
        "demonstration": False,
        "previous": None,
    }
    briefing = compose_daily(incidents, **(values | options))
    assert briefing.kind is BriefingKind.DAILY
    return briefing.facts


def small(number: int, value: float, **fields: Any) -> Incident:
    step = update(severity=value, report_id=number)
    return incident(
        public_id=f"LY-2031-0506-{number:04x}",
        reports=(report(number),),
        updates=(step,),
        severity=severity(value),
        **fields,
    )


def test_number_line_sums_minimum_counts():
    hurt = detection(killed=Count(3, 9), wounded=Count(7), captured=Count(12))
    case = incident(reports=(report(1, hurt),))
    facts = digest(case, *(small(number, 2.0) for number in (2, 3, 4, 5)))
    assert facts["number_line"]["text"] == (
        "5 incidents, at least 15 deaths, 7 wounded, 0 arrests; index 2.10 (High-Risk Zone)"
    )
    assert [item["text"] for item in facts["sums"]] == ["Captured or abducted, not counted above: at least 12."]
    assert facts["subject"] == "Daily digest 7 May 2031: 5 incidents, highest 2.5 (Severe)"
    assert facts["title"] == "Daily digest, 7 May 2031"


def test_an_incident_enters_once_with_the_highest_severity_of_the_period():
    case = retaken()
    assert peak_severity(case, START, NOW) == 2.5
    assert peak_severity(case, case.updates[2].at, NOW) == 2.0
    facts = digest(case, case)
    assert facts["number_line"]["text"].startswith("1 incident, at least 5 deaths")
    assert "index 2.50 (Extreme High-Risk Zone) (few incidents)" in facts["number_line"]["text"]
    assert facts["rows"][0]["severity"] == "2.5"
    assert facts["items"][0]["line"].startswith("Severity 2.5/5.0 (Severe) | ")


def test_all_quiet():
    facts = digest(previous=[])
    assert facts["number_line"]["text"] == "no incident recorded"
    assert facts["all_quiet"]["text"].startswith("All quiet: nothing was recorded")
    assert facts["subject"] == "Daily digest 7 May 2031: no incident recorded"
    assert facts["trend"] is None
    assert facts["gauge"] is None
    assert facts["rows"] == facts["items"] == facts["noted"] == []


def test_quiet_after_a_busy_period():
    text = digest(previous=[small(1, 2.0)])["trend"]["text"]
    assert text == "Against the period before: incidents 1 to 0, change of the index n/a."


def test_trend_prints_the_previous_figure_first():
    earlier = [
        replace(small(number, 2.0), updates=(update(severity=2.0, at=START - timedelta(hours=1), report_id=number),))
        for number in (1, 2)
    ]
    facts = digest(small(3, 2.5), small(4, 2.0), small(5, 2.0), previous=earlier)
    assert facts["trend"]["text"] == (
        "Against the period before: incidents 2 to 3, index 2.00 to 2.17 (+8.5%), load 4.0 to 6.5."
    )
    assert facts["gauge"]["line"] == "[====......] 2.17/5.0"
    assert facts["gauge"]["words"] == "Index 2.17 of 5.0, High-Risk Zone, up 8.5%"


def test_five_gravest_first_the_rest_noted_nothing_dropped():
    cases = many(30)
    facts = digest(*cases)
    assert len(facts["items"]) == 5
    shown = [float(item["severity"]) for item in facts["items"]]
    assert shown == sorted(shown, reverse=True) == [5.0, 5.0, 5.0, 4.5, 4.5]
    noted = len(facts["noted"])
    assert noted >= 3
    assert facts["noted_more"] == f"and {25 - noted} more in the table"
    assert len(facts["rows"]) == 30
    assert facts["rows_more"] is None
    assert digest(*many(70))["rows_more"] == "and 10 more, counted above and not listed"


def test_items_have_at_most_55_words_and_a_heading_with_severity_and_category():
    for item in digest(*many(30))["items"]:
        assert word_count(*(part["text"] for part in item["body"])) <= 55
        assert item["heading"].endswith(f" ({item['severity']}, {item['category']})")
        assert item["sources"]


def test_a_digest_has_at_most_450_words_beside_sources_and_table():
    facts = digest(*many(60), previous=many(9))
    told = [*facts["sums"], facts["number_line"], facts["trend"], *facts["noted"]]
    texts = [item["text"] for item in told] + [item["heading"] for item in facts["items"]]
    texts += [part["text"] for item in facts["items"] for part in item["body"]]
    assert word_count(*texts) <= 450


def test_the_outlets_that_an_item_names_are_among_its_sources():
    item = digest(retaken())["items"][0]
    assert item["body"][0]["text"].endswith("according to Oasis Radio and Sahel Gazette.")
    assert [line["outlet"] for line in item["sources"]] == ["Sahel Gazette", "Oasis Radio"]
    assert item["sources_more"] == "and 1 more report"


def test_incidents_under_one_and_a_half_are_only_noted():
    facts = digest(small(1, 1.0), small(2, 1.5))
    assert [item["severity"] for item in facts["items"]] == ["1.5"]
    assert facts["noted"][0]["text"].endswith("(1.0, Security & Defense)")


def test_withdrawn_ones_enter_no_figure_and_are_told():
    gone = small(2, 4.0, status=Status.WITHDRAWN)
    gone = replace(gone, updates=(replace(gone.updates[0], status=Status.WITHDRAWN),))
    facts = digest(small(1, 2.0), gone)
    assert facts["number_line"]["text"].startswith("1 incident, at least 3 deaths")
    assert len(facts["rows"]) == 1
    assert "withdrawn" in facts["withdrawn"][0]["text"]


def test_unknown_casualties_are_counted_and_never_nought_in_the_table():
    silent = detection(killed=None)
    case = incident(reports=(report(1, silent),), updates=(update(killed=None),))
    other = small(2, 2.0)
    facts = digest(case, other)
    assert [item["text"] for item in facts["sums"]] == ["No casualty figures were given for one of the two incidents."]
    assert [row["deaths"] for row in facts["rows"]] == ["not given", "3"]
    assert digest(case)["sums"][0]["text"] == "No casualty figures were given."


def test_table_row():
    row = digest(small(1, 2.0))["rows"][0]
    shown = {
        key: row[key] for key in ("date", "place", "country", "category", "severity", "deaths", "status", "sources")
    }
    assert shown == {
        "date": "6 May 2031",
        "place": "Wadi Marra",
        "country": "Libya-Niger",
        "category": "Security & Defense",
        "severity": "2.0",
        "deaths": "3",
        "status": "Reported",
        "sources": "1 source",
    }


def test_shares_add_up():
    closed = detection(action=Action.CLOSURE)
    case = incident(public_id="x", reports=(report(9, closed),), updates=(update(action=Action.CLOSURE, report_id=9),))
    text = digest(small(1, 2.0), small(2, 2.0), case)["shares"]["text"]
    assert text == "Shares: Security & Defense 66.67% (2), Economic 33.33% (1)"


def test_period_is_local_with_utc_in_brackets():
    assert digest()["period"] == (
        "From 6 May 2031, 08:30 to 7 May 2031, 08:30, Africa/Tripoli (6 May 2031, 06:30 to 7 May 2031, 06:30 UTC)"
    )
    assert digest(zone="UTC")["period"] == "From 6 May 2031, 06:30 to 7 May 2031, 06:30, UTC"


def test_every_sentence_names_existing_reports():
    cases = many(30)
    known = {item.id for case in cases for item in case.reports}
    facts = digest(*cases, previous=cases)
    found = list(traced(facts))
    assert len(found) > 40
    for fact in found:
        assert fact["reports"], fact
        assert set(fact["reports"]) <= known


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"end": START}, "ends after it starts"),
        ({"zone": "Nowhere/Land"}, "not a time zone"),
        ({"language": "xx"}, "no words"),
        ({"demonstration": True}, "do not mix"),
    ],
)
def test_bad_input_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        digest(incident(), **options)


def test_a_demonstration_is_marked():
    facts = digest(incident(demonstration=True), demonstration=True)
    assert facts["subject"].startswith("[DEMO] Daily digest ")
    assert facts["banner"] == "Demonstration: invented events"
