"""What a site is named for, and with it which further sites an incident has.

`data/further_sites.tsv` holds language, class, text, the incident's place and the further ones, tab-separated; each
sentence counts as one that tells of the incident, so that nothing here depends on the model.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from alertsvc.detect.borders import Borders
from alertsvc.detect.decide import ClassDecision, SentenceScore
from alertsvc.detect.detector import load_reader
from alertsvc.detect.model import Scores
from alertsvc.detect.places import Candidate, candidates
from alertsvc.detect.reading import Reader
from alertsvc.detect.routes import Routes
from alertsvc.detect.site_roles import in_row, is_earlier, is_end
from alertsvc.domain import IncidentClass

DATA = Path(__file__).parent / "data" / "further_sites.tsv"
LINES = [line.split("\t") for line in DATA.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def found(reader: Reader, language: str, name: str, text: str) -> list[Candidate]:
    reading = reader.read("", text, language=language, published=date(2026, 2, 2))
    scores = Scores(1.0, dict.fromkeys(IncidentClass, 1.0), {})
    told = tuple(SentenceScore(k, 2.0, 0.9, (), scores) for k in range(len(reading.sentences)))
    decision = ClassDecision(IncidentClass(name), 0.9, True, told, ())
    routes, borders = Routes(reader.gazetteer), Borders(reader.gazetteer)
    return candidates(decision, reading, reader.gazetteer, routes, borders)


@pytest.mark.parametrize(("language", "name", "text", "place", "further"), LINES)
def test_further_sites_are_those_that_were_hit(
    reader: Reader, language: str, name: str, text: str, place: str, further: str
) -> None:
    ranked = found(reader, language, name, text)
    if place.endswith(" oil sites"):  # what stands for a site without a name
        assert ranked == []
        return
    main = ranked[0]
    wanted = {item for item in further.split(";") if item} | {place}
    hit = {item.place.name for item in ranked if set(item.hit) & set(main.hit or main.sentences)} | {main.place.name}
    named = {item.place.name for item in ranked}
    assert wanted <= named
    assert hit <= wanted or name == IncidentClass.CAPITAL
    if name == IncidentClass.CAPITAL:
        assert main.place.name == place


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("en", "The strike halted crude supplies to the Zawiya refinery.", ["Zawiya refinery"]),
        ("en", "The line feeds the Zawiya refinery.", ["Zawiya refinery"]),
        ("en", "It carries oil from the Sharara oilfield to the Zawiya refinery.", ["Sharara", "Zawiya refinery"]),
        ("en", "They stopped oil exports from the Hariga terminal.", []),
        ("en", "The blast did damage to the Zawiya refinery.", []),
        ("en", "They attacked the Zawiya refinery.", []),
        ("fr", "Un tube alimente la raffinerie de Zaouia, en Libye.", ["Zaouia"]),
        ("ar", "توقف ضخ الخام إلى مصفاة الزاوية.", ["مصفاة الزاوية"]),
    ],
)
def test_where_a_flow_goes_was_not_hit(reader: Reader, language: str, text: str, ends: list[str]) -> None:
    reading = reader.read("", f"{text}\nLibya.", language=language, published=None)
    sentence = reading.sentences[0]
    named = [mention.name for mention in sentence.of_kind("oil") if is_end(mention, sentence)]
    assert [name.removeprefix("El ") for name in named] == ends or len(named) == len(ends)


@pytest.mark.parametrize(
    ("language", "text", "earlier"),
    [
        ("en", "It burned three days after the attack on the Sarir oilfield.", True),
        ("en", "It has been shut since the attack on the Sarir oilfield.", True),
        ("en", "It was shut after gunmen attacked the Sarir oilfield.", False),
        ("fr", "Il a brûlé trois jours après l'attaque du champ de Sarir.", True),
        ("ar", "احترق بعد ثلاثة أيام من الهجوم على حقل السرير.", True),
        ("ar", "أغلق بعد هجوم على حقل السرير.", False),
    ],
)
def test_what_was_hit_before_is_told_by_its_time(reader: Reader, language: str, text: str, earlier: bool) -> None:
    sentence = reader.read("", f"{text}\nLibya.", language=language, published=None).sentences[0]
    (site,) = sentence.of_kind("oil")
    assert is_earlier(site, sentence) is earlier


def test_names_in_a_row(reader: Reader) -> None:
    def row(text: str) -> bool:
        sentence = reader.read("", text, language="en", published=None).sentences[0]
        one, other = sentence.of_kind("crossing")
        return in_row(one, other, sentence) and in_row(other, one, sentence)

    assert row("They closed the Torkham and Chaman crossings.")
    assert row("They closed the Torkham crossing, the Chaman crossing.")
    assert not row("They closed the Torkham crossing while the Chaman crossing stayed open.")


def test_a_third_country_is_no_side_of_the_border(reader: Reader) -> None:
    borders = Borders(reader.gazetteer)
    assert borders.pair(["KE", "CD", "RW"]) == "CD-RW"
    assert borders.pair(["CD", None, "CD", "RW", "KE"]) == "CD-RW"
    assert borders.pair(["FR", "JP"]) == "FR-JP"
    assert borders.pair(["CD"]) is None
