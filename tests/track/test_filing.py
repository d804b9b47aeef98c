"""Filing: which incident a report goes to, and what it is then known for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from alertsvc.domain import Action, Count, Detection, Phase, Place, PlaceKind, Status
from alertsvc.track.filing import close_quiet, file_report, public_id, unsay
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
    TRIPOLI,
    WADI,
    Shelf,
    article,
    prose,
    told,
)

DAY = timedelta(days=1)
SEIZURE, RECAPTURE, ATTACK, CLASH = Action.SEIZURE, Action.RECAPTURE, Action.ATTACK, Action.CLASH


def test_a_first_report_opens_an_incident() -> None:
    filing = Shelf().file(told(SEIZURE, killed=3, other_sites=("A", "B"), cross_border=True), article(1))
    incident = filing.incident
    assert filing.created
    assert (incident.status, incident.phase, incident.severity.value) == (Status.REPORTED, Phase.OPEN, 3.0)
    assert incident.public_id.startswith("LY-NE-2026-0131-")
    assert (incident.event_date, incident.last_event, incident.killed) == (DAY0, DAY0, Count(3))
    assert filing.update is not None
    assert (filing.update.number, filing.update.changes, filing.update.material) == (1, ("first report",), True)
    assert filing.reasons == ("opened: no border_crossing incident at ly-ne-al-tum within 7 days",)


def test_seizure_and_recapture_are_one_incident_with_two_updates() -> None:
    shelf = Shelf()
    shelf.file(told(SEIZURE, killed=3, other_sites=("A", "B"), cross_border=True), article(1))
    later = told(RECAPTURE, one_party=True, reversed_within_day=True)
    filing = shelf.file(later, article(2, NOON + 10 * HOUR))
    incident = shelf.only
    assert [update.number for update in incident.updates] == [1, 2]
    assert filing.update is not None
    assert filing.update.material
    assert filing.update.changes[0] == "retaken, says one side"
    assert "severity 3.0 -> 2.5: site retaken within 24 hours" in filing.update.changes
    assert (filing.update.severity_before, filing.update.severity) == (3.0, 2.5)
    assert incident.action is RECAPTURE
    assert incident.phase is Phase.OPEN  # nobody but one side says that it is over


def test_a_late_story_of_the_attack_does_not_undo_the_recapture() -> None:
    shelf = Shelf()
    shelf.file(told(RECAPTURE, one_party=True, reversed_within_day=True), article(1, NOON + DAY))
    filing = shelf.file(told(ATTACK, killed=3, other_sites=("A", "B")), article(2, NOON + 4 * DAY))
    assert shelf.only.action is RECAPTURE
    assert filing.update is not None
    assert "attacked before that" in filing.update.changes
    assert "toll now at least 3 (no figures before)" in filing.update.changes


def test_one_event_told_by_ten_outlets_in_three_languages_is_one_incident() -> None:
    shelf = Shelf()
    wire, french, arabic = prose(101, 200), prose(102, 200), prose(103, 200)
    tellings = [
        article(1, text=wire, agency=True, owner="The Wire"),
        article(2, NOON + HOUR, text=f"{wire} Share this"),
        article(3, NOON + 2 * HOUR, text=french, language="fr"),
        article(4, NOON + 3 * HOUR, text=f"Notre journal {french[:600]}", language="fr"),
        article(5, NOON + 4 * HOUR, text=arabic, language="ar"),
        article(6, NOON + 5 * HOUR, text=arabic.replace("word1 ", "word2 "), language="ar"),
        article(7, NOON + 6 * HOUR, text=wire.replace(" word7", " word8")),
        article(8, NOON + 7 * HOUR, language="fr"),
        article(9, NOON + 8 * HOUR, text=wire[200:]),
        article(10, NOON + 9 * HOUR, language="ar"),
    ]
    filings = shelf.file_all([(told(SEIZURE, killed=2), source) for source in tellings])
    copies = [report.article_id for report in shelf.only.reports if report.same_text_as is not None]
    assert copies == [2, 4, 6, 7, 9]
    assert {report.origin for report in shelf.only.reports if report.article_id in (1, 2, 7, 9)} == {"The Wire"}
    assert shelf.only.status is Status.CONFIRMED
    told_by = [source.article_id for source, filing in zip(tellings, filings, strict=True) if filing.update is not None]
    assert told_by == [1, 3]  # the opening, and the second source; the rest adds nothing
    assert shelf.only.updates[1].changes == ("now Confirmed: a second independent source reports it",)


def test_two_crossings_of_one_border_stay_apart() -> None:
    shelf = Shelf()
    shelf.file(told(SEIZURE, AL_TUM), article(1))
    assert shelf.file(told(SEIZURE, SALVADOR), article(2)).created
    assert shelf.file(told(SEIZURE, WADI), article(3)).created
    assert len(shelf.incidents) == 3


def test_ways_to_one_capital_are_one_incident_and_sites_of_other_classes_are_not() -> None:
    shelf = Shelf()
    shelf.file(told(Action.ADVANCE, GHARYAN), article(1))
    assert not shelf.file(told(SEIZURE, GATE, DAY0 + DAY), article(2, NOON + DAY)).created
    assert not shelf.file(told(CLASH, TRIPOLI, DAY0 + 2 * DAY), article(3, NOON + 2 * DAY)).created
    assert shelf.file(told(CLASH, SHARARA), article(4)).created
    tripoli = next(item for item in shelf.incidents if len(item.reports) == 3)
    assert tripoli.place == GHARYAN
    assert tripoli.severity.terms[0].why == "fighting inside a capital"


@pytest.mark.parametrize(("days", "joined"), [(0, True), (7, True), (8, False), (-7, True), (-8, False)])
def test_the_window(days: int, joined: bool) -> None:
    shelf = Shelf()
    shelf.file(told(Action.CLOSURE), article(1, NOON + 20 * DAY))
    shelf.file(told(Action.CLOSURE, day=DAY0 + days * DAY), article(2, NOON + 20 * DAY))
    assert len(shelf.incidents) == (1 if joined else 2)


def test_happenings_that_follow_one_another_are_one_situation() -> None:
    shelf = Shelf()
    for number in range(5):
        shelf.file(told(CLASH, day=DAY0 + 6 * number * DAY), article(number, NOON + 6 * number * DAY))
    assert shelf.only.last_event == DAY0 + 24 * DAY


def test_of_two_incidents_the_one_whose_text_is_repeated_has_it_else_the_nearer() -> None:
    for text, joined in ((prose(1), 1), (prose(99), 2)):
        shelf = Shelf()
        first = shelf.file(told(Action.CLOSURE), article(1))
        second = shelf.file(told(Action.CLOSURE, day=DAY0 + 10 * DAY), article(2, NOON + 10 * DAY))
        filing = shelf.file(told(Action.CLOSURE, day=None), article(3, NOON + 6 * DAY, text=text))
        assert filing.incident.public_id == (first, second)[joined - 1].incident.public_id


def test_an_undated_story_of_the_day_after_does_not_undo_the_easing() -> None:
    shelf = Shelf()
    shelf.file(told(ATTACK), article(1))
    shelf.file(told(RECAPTURE), article(2, NOON + HOUR))
    shelf.file(told(SEIZURE, day=None), article(3, NOON + DAY))
    assert (shelf.only.action, shelf.only.phase) == (RECAPTURE, Phase.RESOLVED)
    shelf.file(told(SEIZURE, day=None), article(4, NOON + 3 * DAY))
    assert (shelf.only.action, shelf.only.phase) == (SEIZURE, Phase.OPEN)


def test_an_undated_report_counts_on_the_day_of_its_article() -> None:
    shelf = Shelf()
    shelf.file(told(Action.CLOSURE, day=None), article(1))
    assert shelf.only.event_date is None
    assert not shelf.file(told(Action.CLOSURE, day=None), article(2, NOON + 7 * DAY)).created
    # Most papers tell of the day before, so a guess is given a day more.
    assert not shelf.file(told(Action.CLOSURE, day=None), article(3, NOON + 15 * DAY)).created
    assert shelf.file(told(Action.CLOSURE, day=None), article(4, NOON + 24 * DAY)).created


def test_an_article_dated_in_the_future_counts_from_when_it_was_fetched() -> None:
    shelf = Shelf()
    shelf.file(told(Action.CLOSURE, day=None), article(1))
    ahead = article(2, NOON + 400 * DAY, fetched=NOON + HOUR)
    assert not shelf.file(told(Action.CLOSURE, day=None), ahead).created
    assert shelf.only.last_event == DAY0


def test_an_accident_and_an_attack_of_another_day_are_two_things() -> None:
    shelf = Shelf()
    shelf.file(told(Action.ACCIDENT, SHARARA), article(1))
    assert not shelf.file(told(ATTACK, SHARARA), article(2)).created  # the same fire, told otherwise
    assert not shelf.file(told(Action.SHUTDOWN, SHARARA, DAY0 + 3 * DAY), article(3)).created
    other = Shelf()
    other.file(told(Action.ACCIDENT, SHARARA), article(1))
    assert other.file(told(ATTACK, SHARARA, DAY0 + 4 * DAY), article(2)).created


def test_demonstration_and_real_incidents_never_meet() -> None:
    shelf = Shelf()
    shelf.file(told(SEIZURE), article(1))
    filing = shelf.file(told(SEIZURE), article(2, demonstration=True))
    assert filing.created
    assert filing.incident.demonstration


def test_a_replayed_article_changes_nothing() -> None:
    shelf = Shelf()
    story = [
        (told(SEIZURE, killed=2), article(1, text=prose(1))),
        (told(SEIZURE, killed=2), article(2, NOON + HOUR, text=prose(1) + " more")),
        (told(RECAPTURE, disputed=True), article(3, NOON + 5 * HOUR)),
    ]
    shelf.file_all(story)
    before = shelf.only
    for detection, source in story:
        filing = shelf.file(detection, source, now=NOON + 2 * DAY)
        assert (filing.created, filing.update) == (False, None)
    assert shelf.only == before


def test_an_edited_article_updates_its_own_report() -> None:
    shelf = Shelf()
    shelf.file(told(ATTACK, killed=2), article(1))
    shelf.incidents = [replace(shelf.only, reports=(replace(shelf.only.reports[0], id=7),))]
    filing = shelf.file(told(ATTACK, killed=4), article(1, title="Corrected", text=prose(1) + " added"))
    assert len(shelf.only.reports) == 1
    assert shelf.only.reports[0].id == 7
    assert filing.update is not None
    assert filing.update.changes == ("toll now at least 4 (was at least 2)",)
    assert filing.update.report_id == 7
    assert (filing.update.killed_before, filing.update.killed) == (Count(2), Count(4))


def test_an_edit_moved_far_in_time_stays_in_its_incident() -> None:
    shelf = Shelf()
    shelf.file(told(ATTACK), article(1))
    assert not shelf.file(told(ATTACK, day=date(2025, 12, 1)), article(1)).created
    assert shelf.only.event_date == date(2025, 12, 1)


def test_an_edit_that_names_another_place_corrects_the_incident() -> None:
    shelf = Shelf()
    first = shelf.file(told(ATTACK, WADI), article(1)).incident
    filing = file_report(
        told(ATTACK, AL_TUM), article(1), [first], now=NOON + HOUR, window_days=7, table=TABLE, replaces=first
    )
    assert not filing.created
    assert filing.incident.public_id == first.public_id
    assert filing.incident.place == AL_TUM
    assert len(filing.incident.reports) == 1
    assert filing.update is not None
    assert filing.update.changes[0] == "place corrected: Al-Tum (was Wadi Zelfana crossing)"


def test_what_happens_after_the_closing_opens_a_new_incident() -> None:
    shelf = Shelf()
    incident = shelf.file(told(Action.CLOSURE), article(1)).incident
    assert close_quiet(incident, NOON + 7 * DAY, window_days=7) is None
    closed = close_quiet(incident, NOON + 9 * DAY, window_days=7)
    assert closed is not None
    assert closed.phase is Phase.CLOSED
    assert close_quiet(closed, NOON + 30 * DAY, window_days=7) is None
    shelf.incidents = [closed]
    late = shelf.file(told(Action.CLOSURE), article(2, NOON + 10 * DAY))
    assert not late.created
    assert late.incident.phase is Phase.CLOSED
    assert shelf.file(told(Action.CLOSURE, day=DAY0 + 10 * DAY), article(3, NOON + 10 * DAY)).created


def test_a_situation_that_eased_and_flares_up_within_the_window_is_open_again() -> None:
    shelf = Shelf()
    shelf.file(told(Action.CLOSURE, flow="stopped"), article(1))
    eased = shelf.file(told(Action.REOPENING, day=DAY0 + 2 * DAY), article(2, NOON + 2 * DAY))
    assert eased.incident.phase is Phase.RESOLVED
    assert eased.update is not None
    assert eased.update.changes[0] == "reopened"
    again = shelf.file(told(Action.CLOSURE, day=DAY0 + 4 * DAY), article(3, NOON + 4 * DAY))
    assert again.incident.phase is Phase.OPEN
    assert again.update is not None
    assert again.update.changes[0] == "closed again"


def test_a_partial_resumption_leaves_the_situation_open() -> None:
    shelf = Shelf()
    shelf.file(told(Action.SHUTDOWN, SHARARA, flow="stopped"), article(1))
    shelf.file(told(Action.RESUMPTION, SHARARA, DAY0 + DAY, flow="partly"), article(2, NOON + DAY))
    assert shelf.only.phase is Phase.OPEN


def test_an_incident_that_begins_with_a_reopening_is_open() -> None:
    assert Shelf().file(told(Action.REOPENING), article(1)).incident.phase is Phase.OPEN


def status_after(*items: tuple[Detection, int]) -> Status:
    shelf = Shelf()
    for number, (detection, hours) in enumerate(items, 1):
        shelf.file(detection, article(number, NOON + hours * HOUR))
    return shelf.only.status


def test_status() -> None:
    assert status_after((told(SEIZURE), 0)) is Status.REPORTED
    assert status_after((told(SEIZURE, one_party=True), 0)) is Status.CLAIMED
    assert status_after((told(SEIZURE, one_party=True), 0), (told(SEIZURE), 1)) is Status.CONFIRMED
    assert status_after((told(SEIZURE), 0), (told(SEIZURE), 1)) is Status.CONFIRMED
    # The word of one party stays its word, through however many outlets.
    assert status_after((told(SEIZURE, one_party=True), 0), (told(SEIZURE, one_party=True), 1)) is Status.CLAIMED
    assert status_after((told(SEIZURE), 0), (told(SEIZURE, disputed=True), 1)) is Status.DISPUTED
    assert status_after((told(SEIZURE), 0), (told(RECAPTURE), 9)) is Status.REVERSED
    assert status_after((told(SEIZURE), 0), (told(RECAPTURE, one_party=True), 9)) is Status.CONFIRMED
    assert status_after((told(SEIZURE), 0), (told(RECAPTURE, disputed=True), 9)) is Status.DISPUTED
    assert status_after((told(SEIZURE), 0), (told(RECAPTURE, day=DAY0 + 3 * DAY), 72)) is Status.CONFIRMED


def test_reports_that_have_the_holder_the_other_way_round_are_a_dispute() -> None:
    ours = told(SEIZURE, attackers=("Desert Guard",), targets=("the army",))
    theirs = told(SEIZURE, attackers=("The Army",), targets=("Desert guard",))
    assert status_after((ours, 0), (theirs, 1)) is Status.DISPUTED
    assert status_after((ours, 0), (ours, 1)) is Status.CONFIRMED


def test_a_dispute_of_an_earlier_step_is_over_with_the_next() -> None:
    steps = [(told(SEIZURE, disputed=True), 0), (told(Action.REOPENING, day=DAY0 + 3 * DAY), 72)]
    assert status_after(*steps) is Status.CONFIRMED


def test_a_retaking_within_a_day_is_seen_from_the_times_told() -> None:
    overnight = [(told(SEIZURE), 8), (told(RECAPTURE, day=DAY0 + DAY), 22)]
    assert status_after(*overnight) is Status.REVERSED
    late = [(told(SEIZURE), 0), (told(RECAPTURE, day=DAY0 + DAY), 30)]
    assert status_after(*late) is Status.CONFIRMED


def test_a_place_lost_and_another_one_held_on_the_way_to_a_capital_is_no_reversal() -> None:
    assert status_after((told(SEIZURE, GHARYAN), 0), (told(Action.REPELLED, GATE), 3)) is Status.CONFIRMED
    assert status_after((told(SEIZURE, GATE), 0), (told(Action.REPELLED, GATE), 3)) is Status.REVERSED


def test_two_outlets_of_one_owner_and_two_reprints_of_one_agency_are_one_source() -> None:
    shelf = Shelf()
    shelf.file(told(SEIZURE), article(1, owner="One House"))
    shelf.file(told(SEIZURE), article(2, owner="One House"))
    assert shelf.only.status is Status.REPORTED
    other = Shelf()
    other.file(told(SEIZURE, origin="The Wire"), article(1))
    other.file(told(SEIZURE, origin="The Wire"), article(2))
    assert other.only.status is Status.REPORTED
    assert {report.origin for report in other.only.reports} == {"The Wire"}


def test_a_reprint_that_came_before_the_agency_goes_back_to_it() -> None:
    shelf = Shelf()
    wire = prose(50, 200)
    shelf.file(told(SEIZURE), article(1, text=f"Local desk. {wire}"))
    shelf.file(told(SEIZURE), article(2, NOON + HOUR, text=wire, agency=True, owner="The Wire"))
    reprint, original = shelf.only.reports
    assert (reprint.origin, reprint.same_text_as) == ("The Wire", "outlet2.example")
    assert (original.origin, original.same_text_as) == ("The Wire", None)
    shelf.file(told(SEIZURE, origin="The Wire"), article(3, NOON + 2 * HOUR))
    assert shelf.only.status is Status.REPORTED


def test_a_much_fuller_version_of_a_known_text_is_read() -> None:
    shelf = Shelf()
    full = prose(60, 300)
    shelf.file(told(SEIZURE), article(1, text=full[: len(full) // 4]))
    filing = shelf.file(told(SEIZURE, killed=5), article(2, NOON + HOUR, text=full))
    assert shelf.only.killed == Count(5)
    assert shelf.only.status is Status.REPORTED
    assert filing.update is not None
    assert filing.update.material


def test_tolls_are_a_range_over_the_last_word_of_each_source() -> None:
    shelf = Shelf()
    shelf.file(told(ATTACK, killed=2), article(1, owner="A"))
    shelf.file(told(ATTACK, killed=Count(4, 6)), article(2, NOON + HOUR, owner="B"))
    assert shelf.only.killed == Count(2, 6)
    filing = shelf.file(told(ATTACK, killed=5), article(3, NOON + 2 * HOUR, owner="A"))
    assert shelf.only.killed == Count(4, 6)
    assert filing.update is not None
    assert "toll now at least 4 (was at least 2)" in filing.update.changes
    shelf.file(told(ATTACK), article(4, NOON + 3 * HOUR, owner="A"))
    assert shelf.only.killed == Count(4, 6)


def test_what_no_article_bears_out_any_longer_is_withdrawn() -> None:
    shelf = Shelf()
    shelf.file(told(ATTACK, killed=2), article(1))
    gone = unsay(shelf.only, 1, place=AL_TUM, now=NOON + HOUR, table=TABLE)
    assert gone is not None
    assert gone.incident.status is Status.WITHDRAWN
    assert gone.update is not None
    assert gone.update.material
    assert gone.update.changes == ("now Withdrawn: its source no longer reports it",)
    assert unsay(gone.incident, 1, place=AL_TUM, now=NOON + HOUR, table=TABLE) is None
    shelf.incidents = [gone.incident]
    back = shelf.file(told(ATTACK), article(2, NOON + 2 * HOUR))
    assert not back.created
    assert back.incident.status is Status.REPORTED
    assert back.update is not None
    assert back.update.changes[0] == "now Reported: one independent source reports it"


def test_a_report_taken_back_leaves_the_others() -> None:
    shelf = Shelf()
    shelf.file(told(ATTACK, killed=9), article(1))
    shelf.file(told(ATTACK, killed=2), article(2))
    shelf.file(told(ATTACK, killed=9), article(3, NOON + HOUR, text=prose(1)))
    gone = unsay(shelf.only, 1, place=AL_TUM, now=NOON + 2 * HOUR, table=TABLE)
    assert gone is not None
    # The copy still says it.
    assert (gone.incident.status, gone.incident.killed) == (Status.CONFIRMED, Count(2, 9))


def test_backlog_is_not_alertable_and_the_first_news_after_it_is() -> None:
    shelf = Shelf()
    opening = shelf.file(told(ATTACK), article(1, alertable=False, owner="A"))
    assert opening.update is not None
    assert not opening.update.alertable
    news = shelf.file(told(ATTACK), article(2, NOON + HOUR, owner="A"))
    assert news.update is not None
    assert (news.update.alertable, news.update.material) == (True, False)
    assert news.update.changes == ("also reported by Outlet2",)
    assert shelf.file(told(ATTACK), article(3, NOON + 2 * HOUR, owner="A")).update is None


def test_public_ids_are_the_same_for_the_same_opening_and_avoid_those_taken() -> None:
    one = Shelf().file(told(ATTACK), article(1)).incident.public_id
    assert one == Shelf().file(told(ATTACK), article(1)).incident.public_id
    assert one != Shelf().file(told(ATTACK, SALVADOR), article(1)).incident.public_id
    taken = file_report(told(ATTACK), article(1), [], now=NOON, window_days=7, table=TABLE, taken={one})
    assert taken.incident.public_id.startswith(one)
    nowhere = Place("Somewhere", PlaceKind.CROSSING)
    assert public_id(told(ATTACK).incident_class, nowhere, DAY0, "key").startswith("XX-2026-0131-")


def test_a_place_known_by_name_takes_the_one_of_the_gazetteer() -> None:
    shelf = Shelf()
    shelf.file(told(ATTACK, replace(SALVADOR, name="Salvadore pass", gazetteer_id=None)), article(1))
    shelf.file(told(ATTACK, SALVADOR), article(2))
    assert shelf.only.place == SALVADOR


def test_the_order_of_arrival_within_a_day_changes_nothing() -> None:
    story = [
        (told(SEIZURE, killed=2), article(1, NOON)),
        (told(SEIZURE, day=None, killed=4), article(2, NOON + HOUR)),
        (told(RECAPTURE, disputed=True), article(3, NOON + 4 * HOUR)),
        (told(SEIZURE, SALVADOR), article(3, NOON + 4 * HOUR)),
        (told(CLASH), article(4, NOON + 5 * HOUR)),
    ]
    seen = set()
    for order in permutations(story):
        shelf = Shelf()
        shelf.file_all(order)
        assert shelf.membership() == {
            frozenset({(1, "Al-Tum"), (2, "Al-Tum"), (3, "Al-Tum"), (4, "Al-Tum")}),
            frozenset({(3, "Salvador Pass")}),
        }
        seen.add(frozenset((i.action, i.status, i.phase, i.killed, i.severity.value) for i in shelf.incidents))
    assert len(seen) == 1


def test_one_report_that_is_not_sure_alerts_nobody() -> None:
    shelf = Shelf()
    opened = shelf.file(told(Action.ATTACK, sure=False), article(1))
    assert opened.update is not None
    assert not opened.update.alertable
    copied = shelf.file(told(Action.ATTACK, sure=False), article(2, NOON + HOUR, text=prose(1) + " more"))
    assert copied.update is None or not copied.update.alertable
    second = shelf.file(told(Action.ATTACK, sure=False), article(3, NOON + HOUR))
    assert second.update is not None
    assert second.update.alertable


def test_a_sure_report_of_what_was_doubtful_alerts() -> None:
    shelf = Shelf()
    shelf.file(told(Action.ATTACK, sure=False), article(1))
    surely = shelf.file(told(Action.ATTACK), article(2, NOON + HOUR, owner="outlet1.example"))
    assert surely.update is not None
    assert surely.update.alertable


@pytest.mark.parametrize(
    ("weights", "status"),
    [
        ((1.0, 1.0), Status.CONFIRMED),
        ((1.0, 0.5), Status.REPORTED),
        ((1.0, 0.5, 0.5), Status.CONFIRMED),
        ((0.0, 0.0, 0.0), Status.REPORTED),
        ((1.0, 0.0, 1.0), Status.CONFIRMED),
    ],
)
def test_sources_count_by_their_weight(weights: tuple[float, ...], status: Status) -> None:
    shelf = Shelf()
    filings = [
        shelf.file(told(Action.ATTACK), article(number, NOON + number * HOUR, weight=weight))
        for number, weight in enumerate(weights, 1)
    ]
    assert shelf.only.status is status
    for filing, weight in zip(filings, weights, strict=True):
        assert filing.update is None or filing.update.alertable is (weight > 0)
