"""What analysts decide, and that later filing keeps to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.domain import Action, Incident, Phase, Ruling, Status
from alertsvc.store.incidents import get_current, get_incident, list_incidents, updated_between
from alertsvc.track import Desk
from alertsvc.track.rulings import RulingError, close, merge, move, split, withdraw
from tests.track.stories import AL_TUM, DAY0, HOUR, NOON, SALVADOR, SHARARA, TABLE, WADI, Shelf, article, prose, told
from tests.track.test_desk import desk, file, item

__all__ = ["desk"]

DAY = timedelta(days=1)


def two(desk: Desk) -> tuple[Incident, Incident]:
    """File two reports of one event that was taken for two, since they name two crossings."""
    (one,) = file(desk, item(1), [told(Action.ATTACK, AL_TUM, killed=2)])
    (other,) = file(desk, item(2), [told(Action.ATTACK, SALVADOR, killed=3)])
    assert one.incident.id != other.incident.id
    return one.incident, other.incident


def stored(desk: Desk, name: str) -> Incident:
    with desk.store.read() as conn:
        found = get_incident(conn, name)
    assert found is not None
    return found


def ids(incident: Incident) -> list[int]:
    return sorted(report.article_id for report in incident.reports)


class TestMerge:
    def test_one_has_the_reports_and_the_other_points_to_it(self, desk: Desk) -> None:
        one, other = two(desk)
        with desk.store.begin() as conn:
            kept, gone = desk.analyst().merge(conn, one.public_id, [other.public_id], NOON + HOUR)
        assert kept.incident == stored(desk, one.public_id)
        assert gone.incident == stored(desk, other.public_id)
        assert (ids(kept.incident), ids(gone.incident)) == ([*ids(one), *ids(other)], [])
        assert kept.incident.status is Status.CONFIRMED
        assert kept.update is not None
        assert kept.update.material
        assert kept.correction is None
        assert (gone.incident.merged_into, gone.incident.phase) == (one.public_id, Phase.CLOSED)
        assert gone.correction is not None
        assert one.public_id in gone.correction

    def test_later_reports_of_either_go_to_the_one(self, desk: Desk) -> None:
        one, other = two(desk)
        with desk.store.begin() as conn:
            desk.analyst().merge(conn, one.public_id, [other.public_id], NOON + HOUR)
        for number, place in ((3, AL_TUM), (4, SALVADOR)):
            (filed,) = file(desk, item(number, NOON + 2 * HOUR), [told(Action.ATTACK, place)])
            assert filed.incident.public_id == one.public_id
        (edited,) = file(desk, item(2, content_hash="new"), [told(Action.ATTACK, SALVADOR, killed=4)], NOON + 3 * HOUR)
        assert edited.incident.public_id == one.public_id
        assert len(stored(desk, one.public_id).reports) == 4

    @pytest.mark.parametrize("names", [["a", "a"], ["a", "missing"], ["a"], ["a", "oil"], ["a", "b", "b"]])
    def test_what_cannot_be_merged(self, desk: Desk, names: list[str]) -> None:
        one, other = two(desk)
        (oil,) = file(desk, item(3), [told(Action.ATTACK, SHARARA)])
        known = {"a": one.public_id, "b": other.public_id, "oil": oil.incident.public_id}
        first, *rest = [known.get(name, name) for name in names]
        with pytest.raises(RulingError), desk.store.begin() as conn:
            desk.analyst().merge(conn, first, rest, NOON)
        assert stored(desk, one.public_id) == one

    def test_a_merged_one_takes_no_further_ruling(self, desk: Desk) -> None:
        one, other = two(desk)
        with desk.store.begin() as conn:
            desk.analyst().merge(conn, one.public_id, [other.public_id], NOON + HOUR)
        with pytest.raises(RulingError, match="was merged into"), desk.store.begin() as conn:
            desk.analyst().withdraw(conn, other.public_id, "", NOON)


class TestSplit:
    def test_reports_become_an_incident_of_their_own_and_stay_there(self, desk: Desk) -> None:
        (one,) = file(desk, item(1), [told(Action.ATTACK, killed=2)])
        file(desk, item(2, NOON + HOUR), [told(Action.ATTACK, killed=9)])
        with desk.store.begin() as conn:
            left, new = desk.analyst().split(conn, one.incident.public_id, [2], NOON + 2 * HOUR)
        assert (ids(left.incident), ids(new.incident)) == ([1], [2])
        assert left.incident.status is Status.REPORTED
        assert left.correction is not None
        assert new.created
        assert stored(desk, new.incident.public_id) == new.incident
        # Edited, even to another place, it stays.
        for place in (AL_TUM, WADI):
            edited = item(2, NOON + HOUR, content_hash=place.name)
            filed = file(desk, edited, [told(Action.CLASH, place, killed=8)], NOON + 3 * HOUR)
            assert [one.incident.public_id for one in filed] == [new.incident.public_id]
        # A copy of it goes where it is.
        (copied,) = file(desk, item(3, NOON + 4 * HOUR, text=prose(2) + " more"), [told(Action.ATTACK)])
        assert copied.incident.public_id == new.incident.public_id

    def test_something_must_be_left(self, desk: Desk) -> None:
        (one,) = file(desk, item(1), [told(Action.ATTACK)])
        for articles in ([1], [9], []):
            with pytest.raises(RulingError), desk.store.begin() as conn:
                desk.analyst().split(conn, one.incident.public_id, articles, NOON)


class TestMove:
    def test_a_report_goes_to_another_incident_and_draws_none_after_it(self, desk: Desk) -> None:
        one, other = two(desk)
        file(desk, item(3, NOON + HOUR), [told(Action.ATTACK, AL_TUM, killed=30)])
        with desk.store.begin() as conn:
            left, target = desk.analyst().move(conn, one.public_id, 3, other.public_id, NOON + 2 * HOUR)
        assert (ids(left.incident), ids(target.incident)) == ([1], [2, 3])
        assert left.correction is not None
        (later,) = file(desk, item(4, NOON + 3 * HOUR), [told(Action.ATTACK, AL_TUM)])
        assert later.incident.public_id == one.public_id
        edited = file(desk, item(3, content_hash="new"), [told(Action.ATTACK, AL_TUM, killed=31)], NOON + 4 * HOUR)
        assert [filed.incident.public_id for filed in edited] == [other.public_id]

    def test_an_incident_without_reports_is_withdrawn(self, desk: Desk) -> None:
        one, other = two(desk)
        with desk.store.begin() as conn:
            left, _ = desk.analyst().move(conn, one.public_id, 1, other.public_id, NOON + HOUR)
        assert left.incident.status is Status.WITHDRAWN
        assert stored(desk, one.public_id).reports == ()
        # Its source has taken nothing back, and nobody is told so.
        assert left.update is not None
        assert left.update.changes == (f"what {item(1).outlet} reported is another event, now {other.public_id}",)


class TestWithdraw:
    def test_copies_go_to_it_and_it_stays_withdrawn(self, desk: Desk) -> None:
        (one,) = file(desk, item(1), [told(Action.ATTACK, killed=2)])
        with desk.store.begin() as conn:
            (gone,) = desk.analyst().withdraw(conn, one.incident.public_id, "a film set", NOON + HOUR)
        assert gone.incident.status is Status.WITHDRAWN
        assert gone.correction == "It is withdrawn: a film set."
        (copied,) = file(desk, item(2, NOON + HOUR, text=prose(1) + " more"), [told(Action.SEIZURE, killed=50)])
        assert copied.incident.public_id == one.incident.public_id
        assert copied.incident.status is Status.WITHDRAWN
        assert copied.update is None or not copied.update.material
        (edited,) = file(desk, item(1, content_hash="new"), [told(Action.ATTACK, killed=70)], NOON + 2 * HOUR)
        assert edited.incident.status is Status.WITHDRAWN
        assert edited.update is None or not edited.update.material
        (other,) = file(desk, item(3, NOON + 3 * HOUR), [told(Action.ATTACK)])
        assert other.created

    def test_twice_is_refused(self, desk: Desk) -> None:
        (one,) = file(desk, item(1), [told(Action.ATTACK)])
        with desk.store.begin() as conn:
            desk.analyst().withdraw(conn, one.incident.public_id, "", NOON)
        with pytest.raises(RulingError, match="is withdrawn"), desk.store.begin() as conn:
            desk.analyst().withdraw(conn, one.incident.public_id, "", NOON)


class TestClose:
    def test_what_happens_later_is_a_new_incident_linked_to_it(self, desk: Desk) -> None:
        (one,) = file(desk, item(1), [told(Action.CLOSURE)])
        with desk.store.begin() as conn:
            (closed,) = desk.analyst().close(conn, one.incident.public_id, NOON + HOUR)
        assert (closed.incident.phase, closed.incident.ruling) == (Phase.CLOSED, Ruling.CLOSED)
        (late,) = file(desk, item(2, NOON + HOUR), [told(Action.CLOSURE)])
        assert late.incident.public_id == one.incident.public_id
        assert late.incident.phase is Phase.CLOSED
        (again,) = file(desk, item(3, NOON + DAY), [told(Action.CLOSURE, day=DAY0 + DAY)])
        assert again.created
        assert again.incident.follows == one.incident.public_id


def _file_some(shelf: Shelf, numbers: list[int]) -> Incident:
    for number in numbers:
        source = article(number, NOON + number * HOUR, text=prose(number))
        shelf.file(told(Action.ATTACK, killed=number), source)
    return replace(
        shelf.only,
        reports=tuple(replace(report, id=report.article_id) for report in shelf.only.reports),
    )


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6, unique=True), st.data())
@settings(max_examples=40)
def test_no_report_is_lost_or_doubled_by_any_ruling(numbers: list[int], data: st.DataObject) -> None:
    incident = _file_some(Shelf(), numbers)
    part = data.draw(st.lists(st.sampled_from(numbers), min_size=1, max_size=len(numbers) - 1, unique=True))
    left, new = split(incident, part, now=NOON, table=TABLE)
    both = [*ids(left.filing.incident), *ids(new.filing.incident)]
    assert sorted(both) == sorted(numbers)
    moved = data.draw(st.sampled_from(ids(new.filing.incident)))
    source, target = move(new.filing.incident, moved, left.filing.incident, now=NOON, table=TABLE)
    assert sorted([*ids(source.filing.incident), *ids(target.filing.incident)]) == sorted(numbers)
    if source.filing.incident.reports:
        one, gone = merge(target.filing.incident, [source.filing.incident], now=NOON, table=TABLE)
        assert ids(one.filing.incident) == sorted(numbers)
        assert gone.filing.incident.reports == ()


def test_closing_twice_is_refused() -> None:
    incident = _file_some(Shelf(), [1])
    (closed,) = close(incident, now=NOON)
    with pytest.raises(RulingError, match="closed already"):
        close(closed.filing.incident, now=NOON)
    (gone,) = withdraw(closed.filing.incident, "", now=NOON, table=TABLE)
    assert gone.filing.incident.status is Status.WITHDRAWN


def test_a_merged_incident_leads_to_the_one_that_has_its_reports(desk: Desk) -> None:
    one, other = two(desk)
    (third,) = file(desk, item(3), [told(Action.ATTACK, WADI)])
    with desk.store.begin() as conn:
        desk.analyst().merge(conn, one.public_id, [other.public_id], NOON + HOUR)
        desk.analyst().merge(conn, third.incident.public_id, [one.public_id], NOON + HOUR)
    with desk.store.read() as conn:
        found = get_current(conn, other.public_id)
        assert found == get_incident(conn, third.incident.public_id)
        assert list_incidents(conn, demonstration=False) == [found]
        assert updated_between(conn, NOON, NOON + DAY, demonstration=False) == [found]
        assert get_current(conn, "missing") is None
