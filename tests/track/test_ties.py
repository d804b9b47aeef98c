"""What ties a report to an incident beyond its very place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alertsvc.domain import Action, Detection, Place, PlaceKind, Reason
from tests.track.stories import DAY0, HOUR, NOON, Shelf, article, told

DAY = timedelta(days=1)

BAIJI = Place("Baiji refinery", PlaceKind.OIL, "IQ", "iq-1", 34.9, 43.5, tier=1)
BASRA = Place("Basra field", PlaceKind.OIL, "IQ", "iq-2", 30.4, 47.4, tier=2)
DEPOT = Place("Baiji depot", PlaceKind.OIL, "IQ", "iq-3", 34.95, 43.52, tier=2)
WHOLE = Place("Iraq oil sites", PlaceKind.OIL, "IQ")
INFERRED = Reason("field", "place", detail="read off no words")


class TestLooserTies:
    def test_sites_told_to_have_been_hit_together_are_one_incident(self) -> None:
        shelf = Shelf()
        shelf.file(told(Action.AIRSTRIKE, BAIJI, other_sites=("Basra field",)), article(1))
        joined = shelf.file(told(Action.ATTACK, BASRA), article(2, NOON + HOUR))
        assert not joined.created
        later = shelf.file(told(Action.ATTACK, BASRA, DAY0 + 5 * DAY), article(3, NOON + 5 * DAY))
        assert not later.created  # the site is one of the incident's now

    def test_either_may_name_the_other(self) -> None:
        shelf = Shelf()
        shelf.file(told(Action.AIRSTRIKE, BASRA), article(1))
        assert not shelf.file(told(Action.ATTACK, BAIJI, other_sites=("Basra",)), article(2, NOON + HOUR)).created

    @pytest.mark.parametrize(
        "other",
        [
            told(Action.RESUMPTION, BASRA),
            told(Action.ATTACK, BASRA, DAY0 + 3 * DAY),
            told(Action.ATTACK, replace(BASRA, country="IR")),
            told(Action.ATTACK, DEPOT),
        ],
    )
    def test_what_is_not_told_together_stays_apart(self, other: Detection) -> None:
        shelf = Shelf()
        shelf.file(told(Action.AIRSTRIKE, BAIJI, other_sites=("Basra field",)), article(1))
        assert shelf.file(other, article(2, NOON + HOUR)).created

    def test_a_site_that_is_only_supposed_may_be_its_neighbour(self) -> None:
        shelf = Shelf()
        shelf.file(told(Action.ATTACK, BAIJI), article(1))
        assert not shelf.file(told(Action.ATTACK, DEPOT, reasons=(INFERRED,)), article(2, NOON + HOUR)).created
        assert shelf.file(told(Action.ATTACK, BASRA, reasons=(INFERRED,)), article(3, NOON + HOUR)).created

    def test_a_report_without_a_site_goes_to_the_one_that_it_can_mean(self) -> None:
        shelf = Shelf()
        shelf.file(told(Action.ATTACK, BAIJI), article(1))
        assert not shelf.file(told(Action.ATTACK, WHOLE, reasons=(INFERRED,)), article(2, NOON + HOUR)).created
        shelf.file(told(Action.ATTACK, BASRA), article(3, NOON + HOUR))
        assert shelf.file(told(Action.ATTACK, WHOLE, reasons=(INFERRED,)), article(4, NOON + HOUR)).created

    def test_an_incident_without_a_site_takes_the_first_that_is_named_and_no_second(self) -> None:
        shelf = Shelf()
        shelf.file(told(Action.ATTACK, WHOLE, reasons=(INFERRED,)), article(1))
        named = shelf.file(told(Action.ATTACK, BAIJI), article(2, NOON + HOUR))
        assert not named.created
        assert named.incident.place == BAIJI
        assert shelf.file(told(Action.ATTACK, BASRA), article(3, NOON + HOUR)).created

    def test_news_keeps_a_situation_alive(self) -> None:
        shelf = Shelf()
        shelf.file(told(Action.SHUTDOWN, BAIJI), article(1))
        shelf.file(told(Action.SHUTDOWN, BAIJI), article(2, NOON + 6 * DAY))
        assert not shelf.file(told(Action.RESUMPTION, BAIJI, DAY0 + 12 * DAY), article(3, NOON + 12 * DAY)).created
        assert shelf.file(told(Action.SHUTDOWN, BAIJI, DAY0 + 30 * DAY), article(4, NOON + 30 * DAY)).created

    def test_a_report_without_a_site_two_days_away_may_mean_another(self) -> None:
        for days, joined in ((1, True), (2, False)):
            shelf = Shelf()
            shelf.file(told(Action.ATTACK, BAIJI), article(1))
            late = told(Action.ATTACK, WHOLE, DAY0 + days * DAY, reasons=(INFERRED,))
            assert shelf.file(late, article(2, NOON + days * DAY)).created is not joined
