"""Files of subscribers: what is written is read back, and a bad row is told and stops no other."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from alertsvc.clock import ManualClock
from alertsvc.domain import BriefingKind, Channel, IncidentClass, Subscriber, SubscriberState
from alertsvc.enrolment import Outcome, enrol
from alertsvc.errors import DataError
from alertsvc.recipients import recipient
from alertsvc.roster import COLUMNS, Format, read_roster, write_roster
from alertsvc.settings import ConsentSettings, Settings, SubscriberSettings
from alertsvc.store import Store
from alertsvc.store.subscribers import edit_subscriber, list_standings, list_subscribers, sync_subscribers
from alertsvc.watching import watched_places
from tests.store.samples import NOON, subscriber, trial

HOOK = "https://hooks.slack.com/services/T0/B0/secret"
PLACES = watched_places(["Ras Ajdir", "Sarir"], None)
names = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
people = st.builds(
    lambda name, way, where, **more: replace(Subscriber(name, *way), places=where, **more),
    names,
    st.sampled_from([(Channel.EMAIL, "a@example.org"), (Channel.SLACK, HOOK), (Channel.SLACK, "C0123456789")]),
    st.sampled_from([(), PLACES, PLACES[:1]]),
    classes=st.sets(st.sampled_from(IncidentClass)).map(tuple),
    countries=st.sampled_from([(), ("LY",), ("LY", "TN")]),
    kinds=st.sets(st.sampled_from(BriefingKind), min_size=1).map(tuple),
    radius_km=st.floats(0, 2000),
    min_severity=st.sampled_from([0.5, 2.5]),
    flash_from=st.sampled_from([1.5, 5.0]),
    wake_from=st.sampled_from([None, 0.5, 4.0]),
    language=st.sampled_from(["en", "fr", "ar"]),
    timezone=st.sampled_from(["UTC", "Africa/Tripoli"]),
    digest_hour=st.integers(0, 23),
    weekly_day=st.integers(0, 6),
    empty_digests=st.booleans(),
    quiet_from=st.sampled_from([None, time(22)]),
    alerts_per_hour=st.sampled_from([None, 0, 7]),
    alerts_per_day=st.sampled_from([None, 0, 70]),
    state=st.sampled_from([item for item in SubscriberState if item is not SubscriberState.REMOVED]),
).map(lambda item: replace(item, quiet_until=None if item.quiet_from is None else time(6, 30)))


def stored(conn: Connection) -> list[Subscriber]:
    return [replace(item, id=None, created=None) for item in list_subscribers(conn, active=False)]


def rows(text: str | bytes, form: Format = "csv"):
    return list(read_roster(text if isinstance(text, bytes) else text.encode(), form))


@pytest.fixture(scope="module")
def memory():
    with Store.open("sqlite:///:memory:") as opened:
        yield opened


@pytest.fixture
def conn(store: Store):
    with trial(store) as connection:
        yield connection


@settings(max_examples=30, deadline=None)
@given(group=st.lists(people, max_size=4, unique_by=lambda item: item.name), form=st.sampled_from(["csv", "jsonl"]))
def test_what_is_exported_is_imported_again(memory: Store, group, form):
    # Who left did so by every subscription of the address, see `add_subscriber`.
    left = {recipient(item.channel, item.target) for item in group if item.state is SubscriberState.UNSUBSCRIBED}
    going_on = {recipient(item.channel, item.target) for item in group if item.state.value in ("active", "paused")}
    assume(left.isdisjoint(going_on))
    text = write_roster(group, form)
    with trial(memory) as conn:
        taken = enrol(conn, read_roster(text.encode(), form), Settings(), NOON)
        assert [item.outcome for item in taken] == [Outcome.ADDED] * len(group)
        found = {item.name: item for item in stored(conn)}
        assert found == {item.name: item for item in group}
        # In a spreadsheet's form too it is the same, and once more nothing is to be done.
        again = enrol(conn, read_roster(text.encode("utf-8-sig"), form), Settings(), NOON)
        assert {item.outcome for item in again} <= {Outcome.SAME}


def test_a_bad_row_is_told_by_line_and_field_and_stops_no_other(conn: Connection):
    text = (
        "name,email,countries,timezone,digest_hour,places,kinds\r\n"
        "good,good@example.org,LY;TN,Africa/Tripoli,6,Ras Ajdir;sarir,flash;daily\r\n"
        "bad,nobody,Libya,Mars/Phobos,25,,hourly\r\n"
        "\r\n"
        '"two\r\nlines",two@example.org\r\n'
        "far,far@example.org,,,,Ras Jdeerr,\r\n"
        "good,again@example.org\r\n"
        ",none@example.org\r\n"
        "many,many@example.org,,,,,,,,\r\n"
        "last,last@example.org\r\n"
    )
    taken = enrol(conn, rows(text), Settings(), NOON)
    assert [(item.line, item.outcome, set(item.problems)) for item in taken] == [
        (2, Outcome.ADDED, set()),
        (3, Outcome.REFUSED, {"email", "countries", "timezone", "digest_hour", "kinds"}),
        (5, Outcome.REFUSED, {"name"}),
        (7, Outcome.REFUSED, {"places"}),
        (8, Outcome.REFUSED, {"name"}),
        (9, Outcome.REFUSED, {"name"}),
        (10, Outcome.REFUSED, {"row"}),
        (11, Outcome.ADDED, set()),
    ]
    assert "did you mean" in taken[3].problems["places"]
    assert [item.name for item in stored(conn)] == ["good", "last"]
    assert stored(conn)[0].countries == ("LY", "TN")


def test_json_lines_are_told_alike(conn: Connection):
    text = '{"name": "a", "email": "a@example.org", "min_severity": 2}\n\n{"name": \n[1]\n{"name": "b", "colour": 1}\n'
    taken = enrol(conn, rows(text, "jsonl"), Settings(), NOON)
    assert [(item.line, item.outcome, set(item.problems)) for item in taken] == [
        (1, Outcome.ADDED, set()),
        (3, Outcome.REFUSED, {"row"}),
        (4, Outcome.REFUSED, {"row"}),
        (5, Outcome.REFUSED, {"colour"}),
    ]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"name,email\na,caf\xe9@example.org\n", "line 2: the file is not UTF-8"),
        (b"name,mail\na,b\n", "unknown columns: mail"),
        (b"email\na@example.org\n", "name is missing"),
        (b"name,name\na,b\n", "stands twice"),
    ],
)
def test_a_file_that_cannot_be_read_at_all(data: bytes, fault: str):
    with pytest.raises(DataError, match=fault):
        rows(data)


def test_no_cell_is_a_formula():
    text = write_roster([subscriber('=HYPERLINK("x")'), subscriber("'quoted"), subscriber("-1")], "csv")
    cells = [row[0] for row in csv.reader(io.StringIO(text))][1:]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert [item.name for item in rows(text)] == ['=HYPERLINK("x")', "'quoted", "-1"]


def test_the_columns_are_those_that_can_be_read():
    assert set(COLUMNS) - {"state"} <= set(SubscriberSettings.model_fields)


def test_only_what_a_row_gives_is_changed(conn: Connection):
    enrol(conn, rows("name,email,digest_hour\na,a@example.org,9\n"), Settings(), NOON)
    (taken,) = enrol(conn, rows("name,email,countries\na,a@example.org,LY\n"), Settings(), NOON)
    assert taken.outcome is Outcome.CHANGED
    (now,) = stored(conn)
    assert (now.digest_hour, now.countries) == (9, ("LY",))
    (taken,) = enrol(conn, rows("name,email\na,b@example.org\n"), Settings(), NOON)
    assert taken.problems == {"name": "is taken by a subscriber of another address"}


def test_nobody_is_brought_back_by_a_file(conn: Connection):
    enrol(conn, rows("name,email\na,a@example.org\n"), Settings(), NOON)
    edit_subscriber(conn, "a", {"state": "unsubscribed"}, NOON)
    (taken,) = enrol(conn, rows("name,email,state\na,a@example.org,active\n"), Settings(), NOON)
    assert "only they" in taken.problems["state"]
    (taken,) = enrol(conn, rows("name,email\na,a@example.org\n"), Settings(), NOON)
    assert taken.outcome is Outcome.SAME


def test_an_address_is_asked_first_where_that_is_set(conn: Connection):
    asking = Settings(consent=ConsentSettings(double_opt_in=True))
    enrol(conn, rows(f"name,email,slack_webhook\na,a@example.org,\nb,,{HOOK}\n"), asking, NOON)
    assert {item.name: item.state for item in stored(conn)} == {
        "a": SubscriberState.PENDING,
        "b": SubscriberState.ACTIVE,
    }
    (taken,) = enrol(conn, rows("name,email,state\na,a@example.org,active\n"), asking, NOON)
    assert "not confirmed" in taken.problems["state"]


def test_the_configuration_s_own_are_left_alone(conn: Connection):
    settings_ = Settings(subscribers=(SubscriberSettings(name="a", email="a@example.org"),))
    sync_subscribers(conn, [subscriber("a")], NOON)
    text = "name,email,digest_hour\na,a@example.org,3\ndemonstration,x@example.org,3\n"
    assert [item.outcome for item in enrol(conn, rows(text), settings_, NOON)] == [Outcome.LEFT] * 2
    assert [item.source for item in list_standings(conn)] == ["config"]


def test_a_webhook_elsewhere_is_refused_and_never_shown(conn: Connection):
    elsewhere = "https://evil.example/T0/secret"
    (taken,) = enrol(conn, rows(f"name,slack_webhook\na,{elsewhere}\n"), Settings(), ManualClock(NOON).now())
    assert taken.outcome is Outcome.REFUSED
    assert elsewhere not in str(taken.problems)
    assert HOOK not in write_roster([Subscriber("s", Channel.SLACK, HOOK)], "jsonl", secrets=False)
