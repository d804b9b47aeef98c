"""Sites that no gazetteer lists, on sentences written for it.

`data/sites_by_kind.tsv` holds language, sentence and the sites that it names, in three tab-separated columns. Names in
it are invented.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.detector import load_reader
from alertsvc.detect.mentions import Mention
from alertsvc.detect.reading import Reader
from alertsvc.domain import PlaceKind

DATA = Path(__file__).parent / "data" / "sites_by_kind.tsv"
LINES = [line.split("\t") for line in DATA.read_text(encoding="utf-8").splitlines()]
SITES = (PlaceKind.CROSSING, PlaceKind.OIL)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def sites(reader: Reader, text: str, language: str = "en", title: str = "") -> list[Mention]:
    reading = reader.read(title, text, language=language, published=None)
    return [mention for sentence in reading.sentences for mention in sentence.of_kind(*SITES)]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_sites_are_taken_and_nothing_else_is(reader: Reader, language: str) -> None:
    right = wrong = missed = 0
    invented = []
    for code, text, names in LINES:
        if code != language:
            continue
        wanted = {name for name in names.split(";") if name}
        found = {f"{mention.kind}={mention.name}" for mention in sites(reader, text, language)}
        right, missed = right + len(found & wanted), missed + len(wanted - found)
        wrong += len(found - wanted)
        invented += sorted(found - wanted)
    assert right + missed > 30  # else this tests little
    assert not invented
    assert right / (right + missed) > 0.94


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Shells fell on the Ras Ajdir and Halma crossings.", {"Ras Ajdir", "Halma"}),
        ("en", "Shells fell on the Halma and Ras Ajdir crossings.", {"Ras Ajdir", "Halma"}),
        ("en", "Drones hit the Ras Ajdir crossing in Zelka.", {"Ras Ajdir"}),
        ("en", "Fire broke out at the In Zelka gas plant.", {"In Zelka"}),
        ("en", "Fire broke out at the plant. In Zelka gas ran out.", set()),
        ("en", "Fighting reached an oil depot close to Zelka.", {"Zelka"}),
        ("en", "The depot of the NXO oil terminal authority burned.", set()),
        ("fr", "Le dépôt de carburant de la SNXO a brûlé.", set()),
        ("fr", "Les terminaux pétroliers de l'Est sont fermés.", set()),
        ("ar", "هاجم مسلحون معبري رأس جدير والحلمية.", {"رأس جدير", "الحلمية"}),
        ("ar", "أغلقت السلطات المعابر المؤدية إلى المدينة.", set()),
    ],
)
def test_what_stands_around_a_name_decides(reader: Reader, language: str, text: str, expected: set[str]) -> None:
    assert {mention.name for mention in sites(reader, text, language)} == expected


def test_a_site_round_about_a_town_is_marked_so(reader: Reader) -> None:
    (near,) = sites(reader, "Drones hit a fuel depot near Zelka.")
    assert near.round_about
    (at,) = sites(reader, "Drones hit the fuel depot of Zelka.")
    assert not at.round_about
    (ar,) = sites(reader, "اندلع حريق في مصفاة نفط بمدينة عودان.", "ar")
    assert ar.round_about


def test_a_listed_site_is_found_under_another_word_for_its_kind(reader: Reader) -> None:
    for text in ("The Bai Hassan oilfield burned.", "The Bai Hassan oil field burned."):
        (found,) = sites(reader, f"{text} Iraq said so.")
        assert found.entry is not None
        assert found.entry.id == "iq-bai-hassan"


def test_the_capital_of_a_first_word_proves_nothing_by_itself(reader: Reader) -> None:
    assert sites(reader, "Disused refinery burned.") == []
    named = sites(reader, "Tamelik refinery burned. Fire spread from Tamelik.")
    assert [mention.name for mention in named] == ["Tamelik"]


def test_capitals_of_a_headline_that_writes_them_all_tell_no_name(reader: Reader) -> None:
    headline = "Rebels Storm Largest Refinery, Sets Storage Tanks Ablaze"
    body = "Rebels stormed the country's largest refinery on Sunday and set storage tanks on fire."
    assert sites(reader, body, title=headline) == []
    named = sites(reader, "Rebels stormed Tamelik.", title="Rebels Storm Tamelik Refinery")
    assert [mention.name for mention in named] == ["Tamelik"]


WORDS = st.sampled_from(
    "the The a Halma al-Zelka 3 - , ( ) and of near in crossing crossings border refinery oilfield oil depot pumping "
    "station le la de du des d' poste-frontière raffinerie champ dépôt et معبر المعبر معبري حقل مصفاة وادي زلقة "
    "والحلمية الحدودي النفطي في قرب مدينة خط أنابيب Ras Ajdir PS-2 . «".split()
)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@given(parts=st.lists(WORDS, min_size=1, max_size=14))
def test_whatever_is_written_names_lie_in_the_text_and_apart(reader: Reader, language: str, parts: list[str]) -> None:
    reading = reader.read("", " ".join(parts), language=language, published=None)
    for sentence in reading.sentences:
        found = sorted(sentence.of_kind(*SITES), key=lambda mention: (mention.first, mention.last))
        for mention in found:
            assert 0 <= mention.first <= mention.last < len(sentence.sentence.tokens)
            assert mention.name
            assert mention.name in sentence.sentence.text
        for one, other in pairwise(found):
            assert one.last < other.first
