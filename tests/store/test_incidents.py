"""Incidents are kept whole, may be saved again without harm, and are found by class, place and time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, func, select

from alertsvc.domain import Action, Count, Incident, IncidentClass, Phase, PlaceKind, Severity, Status
from alertsvc.errors import StoreError
from alertsvc.store import Store
from alertsvc.store.filing import near, save_keys
from alertsvc.store.incident_writes import insert_incident, save_incident
from alertsvc.store.incidents import (
    article_reports,
    get_incident,
    list_incidents,
    load_incidents,
    lock_class,
    updated_between,
)
from alertsvc.store.schema import reports as reports_table
from tests.store.samples import DAY, HOUR, MINUTE, NOON, detection, incident, place, report, step


def _names(found: list[Incident]) -> list[str]:
    return [item.public_id for item in found]


class TestSave:
    def test_every_field_can_change(self, conn: Connection) -> None:
        stored = insert_incident(conn, incident())
        changed = replace(
            stored,
            incident_class=IncidentClass.OIL,
            place=place("Sarir", kind=PlaceKind.OIL, country="LY"),
            action=Action.RECAPTURE,
            phase=Phase.RESOLVED,
            status=Status.DISPUTED,
            severity=Severity(1.0, 0.9, ()),
            opened=NOON + HOUR,
            changed=NOON + DAY,
            event_date=None,
            last_event=None,
            killed=None,
            wounded=Count(1, 2),
            captured=Count(3),
            demonstration=True,
        )
        assert save_incident(conn, changed) == changed
        assert get_incident(conn, stored.public_id) == changed

    def test_saving_again_changes_nothing(self, conn: Connection) -> None:
        stored = insert_incident(conn, incident(updates=(step(1), step(2))))
        assert save_incident(conn, stored) == stored
        fresh = replace(incident(), id=stored.id)  # the same without the ids of its reports
        assert save_incident(conn, fresh) == stored
        assert save_incident(conn, fresh) == stored

    def test_reports_and_updates_are_added(self, conn: Connection) -> None:
        stored = insert_incident(conn, incident())
        more = save_incident(
            conn, replace(stored, reports=(*stored.reports, report(2)), updates=(*stored.updates, step(2)))
        )
        assert [item.article_id for item in more.reports] == [1, 2]
        assert more.reports[0] == stored.reports[0]
        last = step(3, report_id=more.reports[1].id, killed=Count(5), killed_before=Count(2), severity_before=2.5)
        assert save_incident(conn, replace(more, updates=(*more.updates, last))).updates[2] == last

    def test_what_is_missing_stays(self, conn: Connection) -> None:
        stored = insert_incident(conn, incident())
        assert save_incident(conn, replace(stored, reports=(), updates=())) == stored

    def test_a_report_of_the_same_account_takes_the_place_of_the_older(self, conn: Connection) -> None:
        stored = insert_incident(conn, incident())
        edited = report(title="Crossing taken, army says", detection=detection(killed=Count(4)))
        saved = save_incident(conn, replace(stored, reports=(edited,)))
        assert saved.reports == (replace(edited, id=stored.reports[0].id),)

    def test_one_article_may_report_two_places(self, conn: Connection) -> None:
        two = (
            report(1, place("Debdeb")),
            report(1, place("Ras Ajdir")),
            report(1, place("Well 12", gazetteer_id=None)),
            report(1, place("well  12", gazetteer_id=None)),  # the same name
        )
        stored = insert_incident(conn, incident(reports=two))
        assert [item.detection.place.name for item in stored.reports] == ["Debdeb", "Ras Ajdir", "well  12"]

    def test_a_report_moves_and_belongs_to_one_incident(self, conn: Connection) -> None:
        one = insert_incident(conn, incident("A"))
        other = insert_incident(conn, incident("B", reports=()))
        saved = save_incident(conn, replace(other, reports=one.reports))
        assert saved.reports == one.reports
        left = get_incident(conn, "A")
        assert left is not None
        assert left.reports == ()
        assert article_reports(conn, 1) == [("B", one.reports[0])]

    def test_one_article_s_reports_are_found(self, conn: Connection) -> None:
        insert_incident(conn, incident("A"))
        insert_incident(conn, incident("B", place=place("Ras Ajdir"), reports=(report(1, place("Ras Ajdir")),)))
        insert_incident(conn, incident("C", reports=(report(2),)))
        assert [name for name, _ in article_reports(conn, 1)] == ["A", "B"]
        assert article_reports(conn, 9) == []

    def test_a_public_id_is_used_once_and_the_transaction_lives_on(self, conn: Connection) -> None:
        stored = insert_incident(conn, incident())
        with pytest.raises(StoreError, match="exists already"):
            insert_incident(conn, incident(status=Status.CONFIRMED))
        assert get_incident(conn, stored.public_id) == stored

    def test_what_is_not_stored_cannot_be_saved(self, conn: Connection) -> None:
        with pytest.raises(StoreError, match="not stored"):
            save_incident(conn, incident())
        with pytest.raises(StoreError, match="not stored"):
            save_incident(conn, incident(id=2**40))
        with pytest.raises(StoreError, match="report 1099511627776 is not stored"):
            insert_incident(conn, incident(reports=(report(id=2**40),)))

    def test_an_update_names_a_report_that_exists(self, store: Store) -> None:
        with pytest.raises(StoreError) as caught, store.begin() as conn:
            insert_incident(conn, incident(updates=(step(report_id=99),)))
        assert caught.value.permanent


class TestFind:
    def test_a_key_finds_those_that_changed_or_happened_since(self, conn: Connection) -> None:
        old = {"changed": NOON - 9 * DAY, "last_event": None}
        keyed = [
            incident("old", **old),
            incident("old-event", **old | {"last_event": (NOON - 8 * DAY).date()}),
            incident("changed", **old | {"changed": NOON - 7 * DAY}),
            incident("event", **old | {"last_event": (NOON - 7 * DAY).date()}),
            incident("closed", phase=Phase.CLOSED),
        ]
        for one in keyed:
            stored = insert_incident(conn, one)
            assert stored.id is not None
            save_keys(conn, stored.id, {"here", "there"})
        other = insert_incident(conn, incident("other"))
        assert other.id is not None
        save_keys(conn, other.id, {"elsewhere"})
        found = load_incidents(conn, near(conn, {"here", "nowhere"}, since=NOON - 7 * DAY))
        assert _names(list(found.values())) == ["changed", "event", "closed"]
        assert all(item == get_incident(conn, item.public_id) for item in found.values())
        assert all(item.reports and item.updates for item in found.values())

    def test_filters_of_the_list(self, conn: Connection) -> None:
        insert_incident(conn, incident("crossing", changed=NOON))
        insert_incident(
            conn,
            incident("oil", incident_class=IncidentClass.OIL, place=place(country="LY"), changed=NOON + HOUR),
        )
        insert_incident(conn, incident("demo", demonstration=True, place=place(country=None), changed=NOON - HOUR))
        assert _names(list_incidents(conn, demonstration=None)) == ["oil", "crossing", "demo"]
        assert _names(list_incidents(conn, demonstration=False)) == ["oil", "crossing"]
        assert _names(list_incidents(conn, demonstration=True)) == ["demo"]
        assert _names(list_incidents(conn, demonstration=None, incident_class=IncidentClass.OIL)) == ["oil"]
        assert _names(list_incidents(conn, demonstration=None, since=NOON)) == ["oil", "crossing"]
        for country, names in {"LY": ["oil", "crossing"], "DZ": ["crossing"], "DZ-LY": ["crossing"], "%": []}.items():
            assert _names(list_incidents(conn, demonstration=None, country=country)) == names

    def test_pages_of_the_list(self, conn: Connection) -> None:
        for number in range(5):
            insert_incident(conn, incident(str(number), changed=NOON - (number // 2) * MINUTE))
        everything = list_incidents(conn, demonstration=None)
        pages = [list_incidents(conn, demonstration=None, limit=2)]
        while pages[-1]:
            pages.append(list_incidents(conn, demonstration=None, limit=2, after=pages[-1][-1]))
        assert [item for page in pages for item in page] == everything
        assert _names(everything) == ["1", "0", "3", "2", "4"]

    def test_updated_between_leaves_the_end_out(self, conn: Connection) -> None:
        for name, hours in {"before": -1, "start": 0, "within": 1, "end": 2}.items():
            insert_incident(conn, incident(name, updates=(step(at=NOON + hours * HOUR),)))
        insert_incident(conn, incident("twice", updates=(step(1, at=NOON), step(2, at=NOON + HOUR))))
        insert_incident(conn, incident("demo", demonstration=True))
        found = updated_between(conn, NOON, NOON + 2 * HOUR, demonstration=False)
        assert _names(found) == ["start", "within", "twice"]
        assert len(found[2].updates) == 2
        assert _names(updated_between(conn, NOON, NOON + HOUR, demonstration=True)) == ["demo"]

    def test_an_unknown_id_is_none(self, conn: Connection) -> None:
        assert get_incident(conn, "nothing") is None

    def test_many_are_loaded_complete(self, conn: Connection) -> None:
        rows = [
            insert_incident(conn, incident(f"{number:04}", reports=(report(number + 1),))).id for number in range(510)
        ]
        found = load_incidents(conn, [row for row in rows if row is not None])
        assert sorted(item.reports[0].article_id for item in found.values()) == list(range(1, 511))
        assert conn.execute(select(func.count()).select_from(reports_table)).scalar_one() == 510


def test_the_lock_of_a_class_can_be_taken_again_and_of_each_class(conn: Connection) -> None:
    for incident_class in (*IncidentClass, *IncidentClass):
        lock_class(conn, incident_class)
