"""What holds for any articles in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.domain import Action, Count, Detection, Status
from alertsvc.track.filing import ArticleInfo
from alertsvc.track.origins import latest, voices
from tests.track.stories import (
    AL_TUM,
    DAY0,
    GATE,
    GHARYAN,
    HOUR,
    NOON,
    SALVADOR,
    SHARARA,
    TABLE,
    Shelf,
    article,
    prose,
    told,
)

Item = tuple[Detection, ArticleInfo]

RISING = [Status.CLAIMED, Status.REPORTED, Status.CONFIRMED]


@st.composite
def items(draw: st.DrawFn, days: int = 0) -> Item:
    """An article of one detection; texts, outlets and owners repeat."""
    number = draw(st.integers(1, 40))
    offset = draw(st.integers(0, days))
    detection = told(
        draw(st.sampled_from(Action)),
        draw(st.sampled_from([AL_TUM, SALVADOR, SHARARA, GATE, GHARYAN])),
        draw(st.sampled_from([None, DAY0 + timedelta(days=offset)])),
        killed=draw(st.none() | st.integers(0, 9) | st.just(12)),
        one_party=draw(st.booleans()),
        disputed=draw(st.sampled_from([False, False, True])),
        origin=draw(st.sampled_from(["", "The Wire"])),
        flow=draw(st.sampled_from([None, "stopped", "partly", "resumed"])),
        other_sites=draw(st.sampled_from([(), (), (), ("Salvador Pass",), ("Al-Tum",)])),
    )
    source = article(
        number,
        NOON + timedelta(days=offset, hours=draw(st.integers(0, 11))),
        text=prose(draw(st.integers(1, 5))),
        owner=f"owner{number % 7}",
        agency=number % 7 == 0,
    )
    return detection, source


def one_each(found: list[Item]) -> list[Item]:
    """Keep one article for each number and place, as a service files them."""
    return list({(source.article_id, detection.place.capital or detection.place.name): (detection, source)
                 for detection, source in found}.values())  # fmt: skip


stories = st.lists(items(), max_size=12).map(one_each)
long_stories = st.lists(items(days=30), max_size=14).map(one_each)


@given(long_stories)
@settings(max_examples=60)
def test_no_report_is_in_two_incidents_and_none_is_lost(story: list[Item]) -> None:
    shelf = Shelf()
    shelf.file_all(story)
    filed = [(report.article_id, report.detection.place) for item in shelf.incidents for report in item.reports]
    assert sorted(filed, key=str) == sorted(
        ((source.article_id, detection.place) for detection, source in story), key=str
    )
    for incident in shelf.incidents:
        if incident.merged_into is not None:
            assert shelf.get(incident.merged_into).reports
            assert not incident.reports
            continue
        assert {report.detection.incident_class for report in incident.reports} == {incident.incident_class}
        assert [update.number for update in incident.updates] == list(range(1, len(incident.updates) + 1))


@given(stories, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_within_a_day_the_order_of_arrival_does_not_matter(story: list[Item], random: Random) -> None:
    shelf, other = Shelf(), Shelf()
    shelf.file_all(story)
    other.file_all(random.sample(story, len(story)))
    assert shelf.membership() == other.membership()


@given(long_stories)
@settings(max_examples=40)
def test_the_same_articles_give_the_same_incidents_and_once_more_nothing(story: list[Item]) -> None:
    shelf, other = Shelf(), Shelf()
    shelf.file_all(story)
    other.file_all(story)
    assert shelf.incidents == other.incidents
    before = {item.public_id: item for item in shelf.incidents}
    again = shelf.file_all(story)
    assert all(filing.update is None and not filing.created for filing in again)
    assert {item.public_id: item for item in shelf.incidents} == before


@given(stories.filter(len), st.data())
@settings(max_examples=150)
def test_corroboration_never_rises_by_a_copy(story: list[Item], data: st.DataObject) -> None:
    shelf = Shelf()
    shelf.file_all(story)
    known = {item.public_id: item for item in shelf.incidents}
    detection, repeated = data.draw(st.sampled_from(story))
    detection = replace(
        detection,
        action=data.draw(st.sampled_from(Action)),
        killed=data.draw(st.none() | st.builds(Count, st.integers(0, 99))),
        origin=data.draw(st.sampled_from(["", "The Wire", "Another Wire"])),
        one_party=data.draw(st.booleans()),
    )
    more = data.draw(st.sampled_from(["", prose(77, 20), prose(78, 400)]))
    agency = data.draw(st.booleans())
    text = f"{repeated.text} {more}"
    copy = article(99, repeated.published or NOON, text=text, owner="newcomer", agency=agency)
    filing = shelf.file(detection, copy)
    before = known[filing.incident.public_id]
    # Its text may stand in another incident of the place where an accident made two of them.
    if repeated.text not in [shelf.texts[report.article_id] for report in before.reports]:
        return
    assert len(latest(voices(filing.incident.reports))) <= len(latest(voices(before.reports)))
    report = next(item for item in filing.incident.reports if item.article_id == 99)
    if report.same_text_as is not None:
        assert filing.update is None or not filing.update.material
        if before.status in RISING and filing.incident.status in RISING:
            assert RISING.index(filing.incident.status) <= RISING.index(before.status)


@given(long_stories)
@settings(max_examples=60)
def test_what_an_incident_says_fits_its_reports(story: list[Item]) -> None:
    shelf = Shelf()
    shelf.file_all(story)
    for incident in shelf.incidents:
        heard = voices(incident.reports)
        if not heard:
            assert incident.merged_into is not None
            continue
        assert incident.severity.raw == sum(term.value for term in incident.severity.terms)
        assert TABLE.lowest <= incident.severity.value <= TABLE.highest
        assert incident.last_event is not None
        if incident.status is Status.CONFIRMED:
            assert len({report.origin for report in heard}) >= 2
        if incident.killed is not None:
            told_numbers = [report.detection.killed.low for report in heard if report.detection.killed is not None]
            assert incident.killed.low in told_numbers
        assert incident.updates[-1].at <= max(report.fetched for report in incident.reports) + HOUR
