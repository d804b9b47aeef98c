from __future__ import annotations

from datetime import date

import pytest

from alertsvc.detect.days import date_of
from alertsvc.detect.detector import load_reader
from alertsvc.detect.fields import claims_of, flow_of, one_party, origin_of, sides_of
from alertsvc.detect.places import as_place
from alertsvc.detect.reading import Reader, Reading
from alertsvc.detect.sources import Sources
from alertsvc.detect.tolls import count_of
from alertsvc.detect.victims import close_to, telling_of_victims
from alertsvc.domain import Action, Count, Place, PlaceKind

DAY = date(2026, 2, 4)  # a Wednesday


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def read(reader: Reader, text: str, language: str = "en", published: date | None = DAY, title: str = "") -> Reading:
    return reader.read(title, text, language=language, published=published)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "Gunmen seized the crossing on Sunday.", date(2026, 2, 1)),
        ("en", "Gunmen seized the crossing two days ago.", date(2026, 2, 2)),
        ("en", "Gunmen seized the crossing.", DAY),
        ("en", "Gunmen seized the crossing, which was built in 1969.", DAY),
        ("en", "Gunmen seized the crossing on January 31, 2026.", date(2026, 1, 31)),
        ("fr", "Des hommes armés ont pris le poste samedi.", date(2026, 1, 31)),
        ("ar", "سيطر مسلحون على المعبر يوم السبت.", date(2026, 1, 31)),
    ],
)
def test_the_day_of_the_event(reader: Reader, language: str, text: str, day: date) -> None:
    reading = read(reader, text, language)
    assert date_of(list(reading.sentences), reading) == day


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "The crossing is shut, a minister said on Tuesday. Its gates were locked on Sunday.", date(2026, 2, 1)),
        ("en", "The toll of the raid rose to 12 on Monday. The bomb went off on Saturday.", date(2026, 1, 31)),
        ("en", "Gunmen who fled the town on Sunday seized the crossing on Tuesday.", date(2026, 2, 3)),
        ("en", "Gunmen seized the crossing, the army said on Tuesday. Talks had begun on Sunday.", date(2026, 2, 3)),
        ("en", "Gunmen seized the crossing on 31 April.", None),
        ("en", "Gunmen seized the crossing on 12 Ramadan.", None),
        ("en", "Gunmen seized the crossing on 3 March.", None),
        ("en", "Gunmen seized the crossing, shut since 3 March.", DAY),
        ("en", "Gunmen seized the crossing on 12 January.", date(2026, 1, 12)),
        ("fr", "Le ministre a déclaré mardi que le poste avait été pris lundi.", date(2026, 2, 2)),
        ("ar", "أعلن الوزير الأربعاء إغلاق المعبر الذي هوجم قبل يومين.", date(2026, 2, 2)),
    ],
)
def test_the_day_of_the_deed_and_not_of_what_was_said(
    reader: Reader, language: str, text: str, day: date | None
) -> None:
    reading = read(reader, text, language)
    sources = Sources()
    assert date_of(list(reading.sentences[:1]), reading, sources) == day
    (reason,) = sources.reasons()
    assert day is not None or reason.detail.startswith("open: ")


@pytest.mark.parametrize("text", ["It fell on Sunday.", "It fell.", "It fell two days ago.", "It fell today."])
def test_an_article_without_a_date_is_never_given_one(reader: Reader, text: str) -> None:
    reading = read(reader, text, published=None)
    assert date_of(list(reading.sentences), reading) is None


def test_a_carrying_sentence_goes_before_the_lead(reader: Reader) -> None:
    reading = read(reader, "Talks began on Monday.\nGunmen seized the crossing on Sunday.")
    assert date_of([reading.sentences[1]], reading) == date(2026, 2, 1)
    assert date_of([], reading) == date(2026, 2, 2)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Gunmen killed three guards.", Count(3, 3)),
        ("Gunmen killed at least three guards.", Count(3, None)),
        ("Nobody was killed.", None),
        ("Dozens of guards were killed.", None),
        ("Gunmen seized the crossing.", None),
    ],
)
def test_the_dead(reader: Reader, text: str, count: Count | None) -> None:
    reading = read(reader, text)
    found = count_of(("killed",), list(reading.sentences))
    assert (found.low if found else None) == (count.low if count else None)


def test_the_dead_of_other_times_and_far_below_do_not_count(reader: Reader) -> None:
    background = read(reader, "Gunmen seized the crossing on Sunday.\nIn April 2019 an attack killed forty people.")
    assert count_of(("killed",), close_to([background.sentences[0]], background, alone=True)) is None
    filler = "\n".join(f"Nothing more happened in place number {n}." for n in range(5))
    far = read(reader, f"Gunmen seized the crossing.\n{filler}\nElsewhere a bus crash killed nine people.")
    assert count_of(("killed",), close_to([far.sentences[0]], far, alone=True)) is None


def test_a_neighbour_counts_two_sentences_off_only_for_the_one_incident(reader: Reader) -> None:
    filler = "\n".join(f"Nothing more happened in place number {n}." for n in range(5))
    reading = read(reader, f"{filler}\nGunmen seized the crossing.\nIt was dawn.\nThey killed three guards.")
    carrying = [reading.sentences[5]]
    alone = count_of(("killed",), close_to(carrying, reading, alone=True))
    assert alone is not None
    assert alone.low == 3
    assert count_of(("killed",), close_to(carrying, reading, alone=False)) is None


def _crossing(reader: Reader, name: str) -> Place:
    return as_place(next(entry for entry in reader.gazetteer.named(name) if entry.kind == PlaceKind.CROSSING))


def _victims(reader: Reader, action: Action, place: Place, text: str, telling: set[int]) -> list[int]:
    reading = read(reader, text)
    carrying = [s for s in reading.sentences if s.sentence.position in telling]
    found = telling_of_victims(action, carrying, list(reading.sentences), place)
    return [s.sentence.position for s in found]


def test_the_dead_of_a_closure_count_where_the_site_is_named(reader: Reader) -> None:
    text = (
        "The Ras Ajdir crossing was closed.\nAn attack in Benghazi killed nine people.\n"
        "An attack on the Ras Ajdir crossing killed two guards."
    )
    place = _crossing(reader, "Ras Ajdir")
    assert _victims(reader, Action.CLOSURE, place, text, {0}) == [2]
    assert _victims(reader, Action.ATTACK, place, text, {0}) == [0, 2]


def test_the_dead_of_an_attack_that_a_closure_answers_are_not_the_closures(reader: Reader) -> None:
    text = "India closed the Wagah border crossing over an attack in Kashmir that killed 26 people."
    assert _victims(reader, Action.CLOSURE, _crossing(reader, "Wagah"), text, {0}) == []


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("The Ras Ajdir crossing was closed after two guards were killed on its bridge.", [0]),
        ("The Ras Ajdir crossing closed when gunmen opened fire on Libyan guards.\nTwo guards were killed.", [1]),
        ("The Ras Ajdir crossing was closed.\nTwo guards were killed in Benghazi.", []),
        ("All border crossings were closed after fighting.\nThe war killed nine soldiers.", []),
    ],
)
def test_the_dead_that_a_closure_answers_at_its_own_site_are_its(reader: Reader, text: str, counted: list[int]) -> None:
    found = _victims(reader, Action.CLOSURE, _crossing(reader, "Ras Ajdir"), text, {0})
    sentences = read(reader, text).sentences
    assert [at for at in found if sentences[at].casualties] == counted


def test_a_sentence_that_turns_elsewhere_keeps_its_dead(reader: Reader) -> None:
    text = "Gunmen attacked the Ras Ajdir crossing.\nSeparately, a mine killed five herders.\nTwo guards were killed."
    assert _victims(reader, Action.ATTACK, _crossing(reader, "Ras Ajdir"), text, {0}) == [0, 2]


def test_the_dead_of_an_attack_beside_another_town_are_not_the_incidents(reader: Reader) -> None:
    text = "Gunmen seized the Ras Ajdir crossing.\nTwo insurgents died in an attack to the north of Tikrit."
    assert _victims(reader, Action.SEIZURE, _crossing(reader, "Ras Ajdir"), text, {0}) == [0]


def test_the_dead_of_the_fighting_that_stopped_a_refinery_are_the_incidents(reader: Reader) -> None:
    text = "The refinery of Zawiya shut down after armed groups clashed near it.\nAt least one man was killed."
    place = Place("Zawiya refinery", PlaceKind.OIL, "LY", "ly-zawiya-refinery")
    assert _victims(reader, Action.SHUTDOWN, place, text, {0}) == [0, 1]


def test_the_dead_at_another_site_are_not_the_incidents(reader: Reader) -> None:
    text = "Drones hit the Ras Ajdir crossing.\nHours earlier gunmen killed nine guards at the Dehiba crossing."
    assert _victims(reader, Action.AIRSTRIKE, _crossing(reader, "Ras Ajdir"), text, {0}) == [0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The company said on Monday that gunmen seized the refinery on Saturday.", date(2026, 1, 31)),
        ("The company said on Monday that gunmen seized the refinery.", date(2026, 2, 2)),
        ("Rebels who want to stop the election of 27 January attacked Bangui on 2 February.", date(2026, 2, 2)),
        ("The attack of 31 January left two dead, a spokesman said.", date(2026, 1, 31)),
        ("The gate was shut for the third day in a row on Monday.\nIt was closed on Saturday.", date(2026, 1, 31)),
    ],
)
def test_the_day_of_a_statement_or_another_thing_is_not_the_events(reader: Reader, text: str, day: date) -> None:
    reading = read(reader, text)
    assert date_of(list(reading.sentences), reading) == day


def test_kinds_are_added(reader: Reader) -> None:
    reading = read(reader, "Rebels captured four soldiers and abducted two engineers.")
    found = count_of(("captured", "abducted"), list(reading.sentences))
    assert found is not None
    assert found.low == 6


LNA, GNU = "Libyan National Army (Haftar)", "Government of National Unity (Dbeibah)"


@pytest.mark.parametrize(
    ("text", "action", "attackers", "targets"),
    [
        (
            "The Libyan National Army seized the crossing from Dbeibah government forces.",
            Action.SEIZURE,
            (LNA,),
            (GNU,),
        ),
        ("The crossing was seized by the Libyan National Army.", Action.SEIZURE, (LNA,), ()),
        ("Gunmen attacked the Libyan National Army.", Action.ATTACK, (), (LNA,)),
        ("The Libyan National Army repelled the attackers.", Action.REPELLED, (), (LNA,)),
        ("Gunmen attacked a post.", Action.ATTACK, (), ()),
        ("The Libyan National Army closed the crossing.", Action.CLOSURE, (), ()),
    ],
)
def test_who_did_it_to_whom(
    reader: Reader, text: str, action: Action, attackers: tuple[str, ...], targets: tuple[str, ...]
) -> None:
    assert sides_of(list(read(reader, text).sentences), action) == (attackers, targets)


def test_a_side_speaks_for_itself(reader: Reader) -> None:
    reading = read(
        reader, "The Libyan National Army said it had seized the crossing.\nThe weather was fine, a man said."
    )
    (claim,) = claims_of(list(reading.sentences))
    assert (claim.speaker, claim.denies) == (LNA, False)
    assert claim.quote == "The Libyan National Army said it had seized the crossing."


def test_a_denial_is_marked(reader: Reader) -> None:
    (claim,) = claims_of(list(read(reader, "The Libyan National Army denied losing the crossing.").sentences))
    assert claim.denies


def test_a_long_claim_is_cut_between_words(reader: Reader) -> None:
    text = "The Libyan National Army said that " + "the crossing and " * 30 + "everything was lost."
    (claim,) = claims_of(list(read(reader, text).sentences))
    assert len(claim.quote) <= 302
    assert claim.quote.endswith(" …")
    assert text.startswith(claim.quote.removesuffix(" …"))


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("The Libyan National Army said it had seized the crossing.", True),
        ("Rebels claimed to have seized the crossing.", True),
        ("Residents said that gunmen seized the crossing.", False),
        ("The Libyan National Army said it had seized the crossing.\nA resident said so too.", False),
        ("The Libyan National Army told Reuters, the agency said, that it had seized the crossing.", False),
        ("Gunmen seized the crossing.", False),
    ],
)
def test_whether_only_one_side_tells(reader: Reader, text: str, alone: bool) -> None:
    assert one_party(list(read(reader, text).sentences)) is alone


def test_nobody_is_made_to_speak(reader: Reader) -> None:
    text = "The Libyan National Army came at dawn with forty cars from the far south, a shepherd in the hills said."
    assert claims_of(list(read(reader, text).sentences)) == ()


@pytest.mark.parametrize(
    ("language", "text", "origin"),
    [
        ("en", "Gunmen came, Reuters reported.", "Reuters"),
        ("fr", "Des hommes sont venus, selon l'AFP.", "AFP"),
        ("ar", "وصل مسلحون بحسب رويترز.", "Reuters"),
        ("en", "Gunmen came.", ""),
        ("en", "\n".join(["The weather is fine."] + [f"Line {n}." for n in range(9)] + ["Reuters reported it."]), ""),
    ],
)
def test_where_a_report_comes_from(reader: Reader, language: str, text: str, origin: str) -> None:
    assert origin_of([], read(reader, text, language)) == origin


@pytest.mark.parametrize(
    ("text", "action", "flow"),
    [
        ("The crossing was closed.", Action.CLOSURE, "stopped"),
        ("The crossing was partly closed.", Action.CLOSURE, "partly"),
        ("Production was halted.", Action.AIRSTRIKE, "stopped"),
        ("The crossing was reopened.", Action.REOPENING, "resumed"),
        ("Output resumed.", Action.RESUMPTION, "resumed"),
        ("Gunmen came.", Action.ATTACK, None),
    ],
)
def test_traffic_and_output(reader: Reader, text: str, action: Action, flow: str | None) -> None:
    assert flow_of(list(read(reader, text).sentences), action) == flow
