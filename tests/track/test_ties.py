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
GUESSED = Reason("field", "event_date", detail="day of publication")
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

    def test_neighbours_with_the_same_toll_are_one_incident(self) -> None:
        for killed, joined in ((19, True), (18, False), (None, False)):
            shelf = Shelf()
            shelf.file(told(Action.ATTACK, BAIJI, killed=19), article(1))
            near = told(Action.ATTACK, DEPOT, killed=killed)
            assert shelf.file(near, article(2, NOON + HOUR)).created is not joined
        shelf = Shelf()
        shelf.file(told(Action.ATTACK, BAIJI, killed=8), article(1))
        assert shelf.file(told(Action.ATTACK, DEPOT, killed=8), article(2, NOON + HOUR)).created  # too common a toll

    def test_a_guessed_day_may_be_late_where_the_toll_is_the_same(self) -> None:
        for killed, joined in ((19, True), (18, False)):
            shelf = Shelf()
            shelf.file(told(Action.ATTACK, BAIJI, killed=19), article(1))
            guess = told(Action.ATTACK, BAIJI, DAY0 + 12 * DAY, killed=killed, reasons=(GUESSED,))
            assert shelf.file(guess, article(2, NOON + 12 * DAY)).created is not joined
        shelf = Shelf()
        shelf.file(told(Action.ATTACK, BAIJI, killed=19), article(1))
        dated = told(Action.ATTACK, BAIJI, DAY0 + 12 * DAY, killed=19)
        assert shelf.file(dated, article(2, NOON + 12 * DAY)).created

    def test_what_is_told_late_and_without_a_day_is_news(self) -> None:
        for action in (Action.RESUMPTION, Action.REOPENING, Action.SHUTDOWN):
            for days, new in ((8, False), (9, True)):
                shelf = Shelf()
                shelf.file(told(action, BAIJI), article(1))
                late = told(action, BAIJI, DAY0 + days * DAY, reasons=(GUESSED,))
                assert shelf.file(late, article(2, NOON + days * DAY)).created is new

    def test_of_several_a_report_without_a_site_means_the_one_it_has_most_in_common_with(self) -> None:
        shelf = Shelf()
        shelf.file(told(Action.ATTACK, BAIJI, killed=19), article(1))
        other = shelf.file(told(Action.ATTACK, BASRA, killed=14), article(2, NOON + HOUR))
        vague = told(Action.ATTACK, WHOLE, killed=14, reasons=(INFERRED,))
        assert shelf.file(vague, article(3, NOON + HOUR)).incident.public_id == other.incident.public_id

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
        shelf.file(told(Action.SHUTDOWN, BAIJI, None), article(2, NOON + 6 * DAY))
        assert not shelf.file(told(Action.RESUMPTION, BAIJI, DAY0 + 12 * DAY), article(3, NOON + 12 * DAY)).created
        assert shelf.file(told(Action.SHUTDOWN, BAIJI, DAY0 + 30 * DAY), article(4, NOON + 30 * DAY)).created

    def test_a_look_back_that_gives_the_day_does_not(self) -> None:
        shelf = Shelf()
        shelf.file(told(Action.SHUTDOWN, BAIJI), article(1))
        shelf.file(told(Action.SHUTDOWN, BAIJI), article(2, NOON + 6 * DAY))
        assert shelf.file(told(Action.SHUTDOWN, BAIJI, DAY0 + 8 * DAY), article(3, NOON + 8 * DAY)).created

    def test_a_report_without_a_site_two_days_away_may_mean_another(self) -> None:
        for days, joined in ((1, True), (2, False)):
            shelf = Shelf()
            shelf.file(told(Action.ATTACK, BAIJI), article(1))
            late = told(Action.ATTACK, WHOLE, DAY0 + days * DAY, reasons=(INFERRED,))
            assert shelf.file(late, article(2, NOON + days * DAY)).created is not joined
