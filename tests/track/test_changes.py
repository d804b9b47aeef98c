"""What an update says, and whether it is worth telling."""

from __future__ import annotations

from datetime import timedelta

from alertsvc.domain import Action, Count, Detection, Status, Update
from tests.track.stories import DAY0, GATE, GHARYAN, HOUR, NOON, SHARARA, Shelf, article, prose, told

DAY = timedelta(days=1)


def second(first: Detection, then: Detection, hours: int = 1) -> Update | None:
    shelf = Shelf()
    shelf.file(first, article(1, owner="A"))
    return shelf.file(then, article(2, NOON + hours * HOUR, owner="A")).update


def test_a_turn_is_material() -> None:
    update = second(told(Action.ATTACK), told(Action.SEIZURE, disputed=True))
    assert update is not None
    assert update.material
    assert update.changes[:2] == (
        "seized, which the other side disputes",
        "now Disputed: the sides contradict each other",
    )


def test_the_same_again_is_no_step() -> None:
    assert second(told(Action.CLOSURE), told(Action.CLOSURE)) is None
    assert second(told(Action.CLOSURE), told(Action.CLOSURE, day=DAY0 + DAY), 24) is None


def test_a_higher_upper_bound_is_told_and_not_material() -> None:
    update = second(told(Action.ATTACK, killed=Count(3, 5)), told(Action.ATTACK, killed=Count(3, 7)))
    assert update is not None
    assert (update.material, update.changes) == (False, ("highest toll given now 7 (was 5)",))
    assert update.severity_before is None


def test_further_places_hit_are_material() -> None:
    update = second(told(Action.ATTACK), told(Action.ATTACK, other_sites=("Bir Omar", "Wadi Zelfana")))
    assert update is not None
    assert update.material
    assert "further places hit: Bir Omar, Wadi Zelfana" in update.changes


def test_another_spelling_of_a_further_place_is_not_a_further_place() -> None:
    assert (
        second(told(Action.ATTACK, other_sites=("Bir Omar",)), told(Action.ATTACK, other_sites=("Bir Umar",))) is None
    )


def test_nearer_to_the_capital_is_told_with_its_reason() -> None:
    update = second(told(Action.ADVANCE, GHARYAN), told(Action.ADVANCE, GATE))
    assert update is not None
    assert update.material
    assert update.changes == ("severity 2.0 -> 2.5: 27 km from the capital",)


def test_output_that_changes_is_told() -> None:
    stopped = told(Action.ATTACK, SHARARA, flow="stopped")
    update = second(stopped, told(Action.ATTACK, SHARARA, flow="partly"))
    assert update is not None
    assert update.material
    assert "traffic or output partly stopped" in update.changes


def test_people_hurt_are_told_and_not_material_by_themselves() -> None:
    update = second(told(Action.ATTACK), told(Action.ATTACK, wounded=Count(4), captured=Count(2)))
    assert update is not None
    assert not update.material
    assert update.changes == (
        "wounded now at least 4 (no figures before)",
        "captured now at least 2 (no figures before)",
    )


def test_violence_after_a_seizure_goes_with_it() -> None:
    update = second(told(Action.SEIZURE), told(Action.AIRSTRIKE, day=DAY0 + DAY), 24)
    assert update is not None
    assert (update.material, update.changes, update.action) == (False, ("also reported: airstrike",), Action.SEIZURE)


def test_violence_after_the_easing_is_news() -> None:
    shelf = Shelf()
    shelf.file(told(Action.ATTACK), article(1))
    shelf.file(told(Action.REPELLED), article(2, NOON + HOUR))
    update = shelf.file(told(Action.ATTACK, day=DAY0 + 2 * DAY), article(3, NOON + 2 * DAY)).update
    assert update is not None
    assert update.material
    assert update.changes[0] == "attacked again"


def test_what_came_before_is_told_once_and_moves_nothing() -> None:
    update = second(told(Action.RECAPTURE), told(Action.SEIZURE))
    assert update is not None
    assert update.action is Action.RECAPTURE
    assert update.changes[0] == "seized before that"
    assert not any(phrase.startswith("also reported") for phrase in update.changes)


def test_a_copy_is_never_material() -> None:
    shelf = Shelf()
    shelf.file(told(Action.ATTACK, killed=2), article(1, text=prose(1)))
    assert shelf.file(told(Action.SEIZURE, killed=50), article(2, NOON + HOUR, text=prose(1))).update is None
    # A copy may show that what seemed two sources is one; that is noted and not sent.
    other = Shelf()
    other.file(told(Action.ATTACK), article(1, text=prose(1)))
    other.file(told(Action.ATTACK, origin="The Wire"), article(2, NOON + HOUR))
    wire = article(3, NOON + 2 * HOUR, text=prose(1), agency=True, owner="The Wire")
    update = other.file(told(Action.ATTACK), wire).update
    assert update is not None
    assert (update.material, update.changes) == (False, ("now Reported: one independent source reports it",))
    third = Shelf()
    third.file(told(Action.ATTACK), article(1, text=prose(1)))
    third.file(told(Action.ATTACK, origin="The Wire"), article(2, NOON + HOUR))
    reprint = article(3, NOON + 2 * HOUR, text=prose(1))
    update = third.file(told(Action.ATTACK, origin="The Wire"), reprint).update
    assert update is not None
    assert (update.material, update.status) == (False, Status.REPORTED)
