"""Where the fields of a detection were read, on the page of its incident."""

from __future__ import annotations

from alertsvc.domain import Reason
from alertsvc.store import Store
from alertsvc.web.telling import arguments, read_from
from tests.web.support import Visitor, a_detection, a_report, an_incident, store_incidents

RULE = Reason("rule", "seizure-of-post", 1.4, "overran the crossing", 0)
MARK = Reason("field", "inside_capital", 0.0, "fighting in the city", 1)
SOURCES = (
    Reason("field", "place", 0.0, "Al-Tum <b>crossing</b>", 1, 4, 26),
    Reason("field", "event_date", 0.0, "day of publication"),
)


def test_sources_are_told_apart_from_arguments():
    found = a_detection(reasons=(RULE, MARK, *SOURCES))
    assert arguments(found) == [RULE, MARK]
    assert read_from(found) == [
        ("place", "\u201cAl-Tum <b>crossing</b>\u201d (sentence 1)"),
        ("event date", "day of publication"),
    ]


async def test_the_page_tells_them_in_one_line_and_not_in_the_table(store: Store, visitor: Visitor):
    report = a_report(detection=a_detection(reasons=(RULE, MARK, *SOURCES)))
    [incident] = store_incidents(store, an_incident(reports=(report,)))
    text = (await visitor.page(f"/incidents/{incident.public_id}")).text
    assert "Read from: place \u201cAl-Tum <b>crossing</b>\u201d (sentence 1) ; event date day of publication ." in text
    assert "seizure-of-post +1.40 overran the crossing" in text
    assert "inside_capital +0.00 fighting in the city" in text
    assert "place +0.00" not in text
