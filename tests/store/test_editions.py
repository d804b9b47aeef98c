"""Editions: what is kept is what comes back, and the first one stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alertsvc.domain import Picture
from alertsvc.store import Store
from alertsvc.store.demonstration import purge_demonstration
from alertsvc.store.editions import StoredEdition, drop_editions, find_editions, keep_editions
from tests.store.samples import NOON as NOW

EDITION = StoredEdition(
    "Libya: معبر", "text\n", "<p>é</p>", {"blocks": [{"type": "divider"}]}, (Picture("map", b"\x89PNG\0\xff", "A map"),)
)


def test_the_first_one_stands(store: Store):
    plain = replace(EDITION, pictures=())
    with store.begin() as conn:
        assert find_editions(conn, ["k"]) == {}
        assert keep_editions(conn, {}, NOW) == {}
        assert keep_editions(conn, {"k": EDITION}, NOW) == {"k": EDITION}
        second = {"k": replace(EDITION, text="other\n"), "l": plain}
        assert keep_editions(conn, second, NOW) == {"k": EDITION, "l": plain}
    with store.read() as conn:
        assert find_editions(conn, ["k", "x"]) == {"k": EDITION}


def test_what_no_database_can_hold_comes_back_as_it_is_stored(store: Store):
    with store.begin() as conn:
        kept = keep_editions(conn, {"k": replace(EDITION, text="a\0b\ud800")}, NOW)
        assert kept["k"].text == "a\ufffdb\ufffd"
        assert find_editions(conn, ["k"]) == kept


def test_those_of_the_demonstration_go_with_it(store: Store):
    with store.begin() as conn:
        keep_editions(conn, {"real": EDITION, "invented": replace(EDITION, demonstration=True)}, NOW)
        assert purge_demonstration(conn)["editions"] == 1
        assert find_editions(conn, ["real", "invented"]) == {"real": EDITION}


def test_old_ones_are_dropped(store: Store):
    with store.begin() as conn:
        keep_editions(conn, {"old": EDITION}, NOW - timedelta(days=3))
        keep_editions(conn, {"new": EDITION}, NOW)
        assert drop_editions(conn, NOW - timedelta(days=1)) == 1
        assert find_editions(conn, ["old", "new"]) == {"new": EDITION}
