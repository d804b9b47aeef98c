"""Incidents that a report says are one are joined, whoever reports first, and never against an analyst."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from alertsvc.domain import Action, Detection, Phase, Reason, Ruling, Status
from alertsvc.track.filing import ArticleInfo
from alertsvc.track.rulings import close, split
from tests.track.stories import AL_TUM, DAY0, NOON, SALVADOR, TABLE, Shelf, article, told

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
GUESSED = Reason("field", "event_date", detail="day of publication")

BOTH = told(Action.CLOSURE, AL_TUM, other_sites=("Salvador Pass",))
STORY = [
    (told(Action.CLOSURE, AL_TUM, killed=1), article(1)),
    (told(Action.CLOSURE, SALVADOR, killed=2), article(2, NOON + HOUR)),
    (BOTH, article(3, NOON + 2 * HOUR)),
]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whoever_reports_first_it_is_one_incident(order: tuple[int, ...]) -> None:
    shelf = Shelf()
    shelf.file_all([STORY[number] for number in order])
    (open_,) = [incident for incident in shelf.incidents if incident.merged_into is None]
    assert {report.article_id for report in open_.reports} == {1, 2, 3}


def test_the_younger_goes_into_the_older_and_says_where() -> None:
    shelf = Shelf()
    older, younger, bridge = shelf.file_all(STORY)
    assert bridge.bridges == (younger.incident.public_id,)
    target, gone = (shelf.get(item.incident.public_id) for item in (older, younger))
    assert (gone.status, gone.phase, gone.merged_into) == (Status.WITHDRAWN, Phase.CLOSED, target.public_id)
    assert gone.ruling is None
    assert gone.reports == ()
    told_of = target.updates[-1]
    assert told_of.changes[0] == f"{gone.public_id} merged into this: told as one event by Outlet3"
    assert shelf.corrections == {
        gone.public_id: f"It is one event with incident {target.public_id}, under which news of it follows."
    }


def joined(*story: tuple[Detection, ArticleInfo], shelf: Shelf | None = None) -> bool:
    shelf = shelf or Shelf()
    shelf.file_all(story)
    return any(incident.merged_into is not None for incident in shelf.incidents)


def test_what_is_not_told_together_stays_apart() -> None:
    assert not joined(*STORY[:2], (told(Action.CLOSURE, AL_TUM), article(3)))
    assert not joined(*STORY[:2], (replace(BOTH, action=Action.REOPENING), article(3)))
    assert not joined(*STORY[:2], (replace(BOTH, event_date=DAY0 + 3 * DAY), article(3, NOON + 3 * DAY)))


def test_two_spells_at_one_place_are_joined_by_a_day_between_them() -> None:
    spells = [
        (told(Action.CLASH, AL_TUM), article(1)),
        (told(Action.CLASH, AL_TUM, DAY0 + 10 * DAY), article(2, NOON + 10 * DAY)),
    ]
    between = told(Action.CLASH, AL_TUM, DAY0 + 5 * DAY)
    assert joined(*spells, (between, article(3, NOON + 10 * DAY)))


def test_a_guessed_day_that_is_late_joins_nothing() -> None:
    spells = [
        (told(Action.CLASH, AL_TUM, killed=19), article(1)),
        (told(Action.CLASH, AL_TUM, DAY0 + 10 * DAY), article(2, NOON + 10 * DAY)),
    ]
    guess = told(Action.CLASH, AL_TUM, DAY0 + 12 * DAY, killed=19, reasons=(GUESSED,))
    assert not joined(*spells, (guess, article(3, NOON + 12 * DAY)))


def test_only_what_is_young_is_moved() -> None:
    shelf = Shelf()
    shelf.file_all(STORY[:2])
    late = NOON + 30 * DAY
    shelf.file(BOTH, article(3, NOON + 2 * HOUR, fetched=late), now=late)
    assert all(incident.merged_into is None for incident in shelf.incidents)


def test_rulings_of_an_analyst_stand() -> None:
    shelf = Shelf()
    first, _ = shelf.file_all(STORY[:2])
    (ruled,) = close(first.incident, now=NOON)
    shelf.put(ruled.filing.incident)
    assert not joined(STORY[2], shelf=shelf)
    assert shelf.get(first.incident.public_id).ruling is Ruling.CLOSED


def test_what_an_analyst_split_off_is_not_joined_again() -> None:
    shelf = Shelf()
    shelf.file_all([*STORY])
    (one,) = [incident for incident in shelf.incidents if incident.merged_into is None]
    for ruled in split(one, [2], now=NOON + DAY, table=TABLE):
        shelf.put(ruled.filing.incident)
    assert len([incident for incident in shelf.incidents if incident.merged_into is None]) == 2
    shelf.file(BOTH, article(4, NOON + 3 * HOUR))
    assert len([incident for incident in shelf.incidents if incident.merged_into is None]) == 2
