from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.numerals import read_numbers


def check(language: str, text: str, expected: str) -> None:
    found = []
    for number in read_numbers(text, language):
        plus = "+" if number.high is None else "" if number.high == number.low else f"-{number.high}"
        found.append(f"{number.low}{plus}")
    assert " ".join(found) == expected, text


ENGLISH = [
    ("1,200 or 1 200 or 1.200 people", "1200 1200 1200"),
    ("3.5 million, 2 million barrels", "3500000 2000000"),
    ("2.5 metres, 30%, $5, 5 per cent, 10:30, 31/01/2026", ""),
    ("AK-47, F-16 and M23", ""),
    ("the 444 Brigade and Brigade 444", "444"),
    ("10-15 men", "10-15"),
    ("between 10 and 15 men", "10-15"),
    ("10 to 15 men", "10-15"),
    ("rose from 10 to 15", "10 15"),
    ("three or four men", "3-4"),
    ("at least twenty-five", "25+"),
    ("more than one hundred and two", "102+"),
    ("five or more", "5+"),
    ("12 people at least", "12+"),
    ("as many as 300", "300"),
    ("up to 30, no more than forty", "0-30 0-40"),
    ("fewer than 20", "0-20"),
    ("about 20, nearly forty", "20 40"),
    ("a dozen, two dozen, half a dozen", "12 24 6"),
    ("dozens, scores, hundreds, thousands", "24+ 40+ 200+ 2000+"),
    ("tens of thousands, several hundred, a few dozen", "20000+ 300+ 36+"),
    ("several men, a few men, a couple of men", "3+ 3+ 2"),
    ("two hundred thousand and nine", "200009"),
    ("forty-one (41) men", "41"),
    ("a 12-year-old, a three-day truce, a five-member team", ""),
    ("no one, this one, one another", ""),
    ("one man", "1"),
    ("12345678901234567890", ""),
]
FRENCH = [
    ("vingt et un, vingt-deux, soixante et onze", "21 22 71"),
    ("soixante-dix, quatre-vingts, quatre-vingt-dix-sept", "70 80 97"),
    ("dix-sept, dix-huit, Dix-neuf, soixante-dix-huit, cent dix-neuf, dix", "17 18 19 78 119 10"),
    ("cent trois, deux cents, trois mille deux cent un", "103 200 3201"),
    ("une dizaine, une quinzaine, une centaine", "10 15 100"),
    ("des dizaines, des centaines, des milliers", "20+ 200+ 2000+"),
    ("plusieurs centaines, plusieurs gardes, quelques gardes", "200+ 3+ 3+"),
    ("au moins 3, plus d'un million, plus de 20", "3+ 1000000+ 20+"),
    ("jusqu'à 20, moins de 30, environ 40", "0-20 0-30 40"),
    ("3 gardes au moins", "3+"),
    ("trois au moins, 1 200 hommes", "3+ 1200"),
    ("entre 10 et 15, trois ou quatre", "10-15 3-4"),
    ("passé de 12 à 15", "12 15"),
    ("2,5 km, 30 %, 5 pour cent", ""),
    ("1,5 million", "1500000"),
]
ARABIC = [
    ("خمسة وعشرون جنديا", "25"),
    ("و15 مدنيا", "15"),
    ("ثلاثة عشر، أحد عشر، اثنتا عشرة", "13 11 12"),
    ("مئتان وثلاثون، ثلاثمئة، ثلاث مئة", "230 300 300"),
    ("ألف، ألفان، خمسة آلاف، ٣٥ ألفا", "1000 2000 5000 35000"),
    ("ألف ومئتان وخمسون", "1250"),
    ("ما لا يقل عن عشرة، أكثر من 1,200، 13 على الأقل", "10+ 1200+ 13+"),
    ("أقل من 20، نحو 30", "0-20 30"),
    ("عشرات، مئات، عشرات الآلاف", "20+ 200+ 20000+"),
    ("عدة جنود، بضعة رجال", "3+ 3+"),
    ("ثلاثة أو أربعة، بين 10 و15", "3-4 10-15"),
    ("ثلاثة وسبعة", "3 7"),
    ("المهاجمون الثلاثة", "3"),
    ("اللواء 444", ""),
    ("بنسبة 5 بالمئة و7%", ""),
    ("يوم الاثنين", ""),
    ("لست هناك", ""),
    ("أحد الجنود", ""),
]


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_english(text: str, expected: str) -> None:
    check("en", text, expected)


@pytest.mark.parametrize(("text", "expected"), FRENCH)
def test_french(text: str, expected: str) -> None:
    check("fr", text, expected)


@pytest.mark.parametrize(("text", "expected"), ARABIC)
def test_arabic(text: str, expected: str) -> None:
    check("ar", text, expected)


def test_span_covers_the_qualifier() -> None:
    text = "It killed at least 1,200 men."
    (number,) = read_numbers(text, "en")
    assert text[number.start : number.end] == "at least 1,200"


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'de'"):
        read_numbers("drei", "de")


@given(value=st.integers(1, 999_999_999))
def test_digits_read_alike_however_grouped(value: int) -> None:
    for text in (str(value), f"{value:,}", f"{value:,}".replace(",", "\u202f"), f"{value:,}".replace(",", ".")):
        assert [number.low for number in read_numbers(f"saw {text} men", "en")] == [value]
    arabic = str(value).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert [number.low for number in read_numbers(f"{arabic} رجل", "ar")] == [value]


PIECES = (
    "3 12 1,200 three dozen at least of hundred and - ( 39 ) million vingt quatre un et cents عشر ثلاثة ومئة و7 ألف % $"
).split()


@given(
    text=st.one_of(st.text(max_size=150), st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join)),
    language=st.sampled_from(["en", "fr", "ar"]),
)
def test_any_text_is_read(text: str, language: str) -> None:
    end = 0
    for number in read_numbers(text, language):
        assert end <= number.start < number.end <= len(text)
        assert number.first <= number.core <= number.last
        assert number.low >= 0
        assert number.high is None or number.high >= number.low
        end = number.end
