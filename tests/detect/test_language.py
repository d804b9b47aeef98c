from __future__ import annotations

import pytest

from alertsvc.detect.language import identify

ENGLISH = "Gunmen seized the border crossing on Sunday, two officials said, and traffic came to a halt."
FRENCH = "Des hommes armés se sont emparés du poste-frontière dimanche, selon deux responsables de la région."
ARABIC = "سيطر مسلحون على المعبر الحدودي فجر الأحد بحسب مسؤولين اثنين، وتوقفت حركة العبور."
PERSIAN = (
    "افراد مسلح روز یکشنبه گذرگاه مرزی را تصرف کردند و پرچم خود را بر فراز ساختمان گمرک برافراشتند، به گفتهٔ مقام‌ها."
)
SPANISH = (
    "Una columna de combatientes ocupó la localidad, situada a unos kilómetros de la capital, según varios vecinos."
)


@pytest.mark.parametrize(
    ("text", "code"), [(ENGLISH, "en"), (FRENCH, "fr"), (ARABIC, "ar"), (PERSIAN, "fa"), (SPANISH, "es")]
)
@pytest.mark.parametrize("hint", [None, "en", "fr", "ar"])
def test_clear_text_is_known_whatever_the_feed_says(text: str, code: str, hint: str | None) -> None:
    assert identify(text, hint) == code


@pytest.mark.parametrize("text", ["", "12 345 / 678", "Tripoli", "معبر"])
def test_too_little_text_takes_the_hint(text: str) -> None:
    assert identify(text) is None
    assert identify(text, "fr") == "fr"


def test_a_latin_name_in_arabic_text_changes_nothing() -> None:
    assert identify(ARABIC + " (Reuters, AFP)") == "ar"


def test_in_doubt_the_feed_is_believed() -> None:
    assert identify("Niger Mali Burkina Faso Benin", "fr") == "fr"
