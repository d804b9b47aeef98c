"""Who asserts what, side by side."""

from __future__ import annotations

from datetime import timedelta

from alertsvc.domain import Action, Claim, Count
from alertsvc.track.claims import assertions, contested, holders, tolls
from tests.track.stories import DAY0, HOUR, NOON, Shelf, article, prose, told

DAY = timedelta(days=1)


def test_each_source_s_last_toll_and_no_copy() -> None:
    shelf = Shelf()
    shelf.file(told(Action.ATTACK, killed=3), article(1))
    shelf.file(told(Action.ATTACK, killed=Count(5, 7)), article(2, NOON + HOUR))
    shelf.file(told(Action.ATTACK, killed=9), article(3, NOON + 2 * HOUR, text=prose(2) + " more"))
    shelf.file(told(Action.ATTACK, killed=4), article(4, NOON + 3 * HOUR, outlet="outlet1.example"))
    found = tolls(shelf.only)
    assert [(toll.count, toll.article_id) for toll in found] == [(Count(4), 4), (Count(5, 7), 2)]
    assert shelf.only.killed == Count(4, 7)
    assert found[1].outlet == "Outlet2"


def test_sides_that_each_claim_the_site_stand_beside_each_other() -> None:
    shelf = Shelf()
    shelf.file(told(Action.SEIZURE, attackers=("Fighters",), targets=("the Army",)), article(1))
    assert not contested(shelf.only)
    shelf.file(told(Action.RECAPTURE, attackers=("The army",), targets=("Fighters",)), article(2, NOON + HOUR))
    found = holders(shelf.only)
    assert [(holder.names, holder.lost_by) for holder in found] == [
        (("Fighters",), ("the Army",)),
        (("The army",), ("Fighters",)),
    ]
    assert not contested(shelf.only)
    shelf.file(told(Action.SEIZURE, attackers=("The Army",), targets=("Fighters",)), article(3, NOON + 2 * HOUR))
    shelf.file(told(Action.SEIZURE, attackers=("fighters",), targets=("the army",)), article(4, NOON + 3 * HOUR))
    assert contested(shelf.only) is ("The Army".lower() == "the army")


def test_a_later_day_contradicts_nothing() -> None:
    shelf = Shelf()
    shelf.file(told(Action.SEIZURE, attackers=("A",), targets=("B",)), article(1))
    shelf.file(told(Action.SEIZURE, day=DAY0 + DAY, attackers=("B",), targets=("A",)), article(2, NOON + DAY))
    assert not contested(shelf.only)


def test_who_is_driven_back_does_not_hold_the_site() -> None:
    shelf = Shelf()
    shelf.file(told(Action.REPELLED, attackers=("Fighters",), targets=("Guards",)), article(1))
    (holder,) = holders(shelf.only)
    assert (holder.names, holder.lost_by) == (("Guards",), ("Fighters",))


def test_what_is_said_and_denied_is_told_once() -> None:
    shelf = Shelf()
    says, denies = Claim("The army", "We hold the post."), Claim("Fighters", "It is ours.", denies=True)
    shelf.file(told(Action.SEIZURE, claims=(says,)), article(1))
    shelf.file(told(Action.SEIZURE, claims=(Claim("the army", "we hold the post"), denies)), article(2, NOON + HOUR))
    assert [(item.speaker, item.denies, item.article_id) for item in assertions(shelf.only)] == [
        ("The army", False, 1),
        ("Fighters", True, 2),
    ]
