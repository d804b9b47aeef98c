"""The grammar of each language: articles, agreement, counted nouns, particles, names of countries and places."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.brief.gazetteer import known_actors, site_entry
from alertsvc.brief.texts import anchored, is_latin, isolated
from alertsvc.brief.wording import ARABIC, ENGLISH, FRENCH, LANGUAGES, people
from alertsvc.brief.wording.french_countries import country
from alertsvc.brief.wording.people import generic
from alertsvc.domain import Count, Place, PlaceKind
from alertsvc.resources import data_dir

GAZETTEER = data_dir("rules") / "gazetteer"
ARABIC_LETTER = re.compile("[\u0620-\u064a]")


def rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(GAZETTEER / file).read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(
    ("text", "of", "to"),
    [
        ("le poste-frontière de Ras Jédir", "du poste-frontière de Ras Jédir", "au poste-frontière de Ras Jédir"),
        ("la raffinerie d'Arzew", "de la raffinerie d'Arzew", "à la raffinerie d'Arzew"),
        ("l'oléoduc Druzhba", "de l'oléoduc Druzhba", "à l'oléoduc Druzhba"),
        ("les forces de Haftar", "des forces de Haftar", "aux forces de Haftar"),
        ("des hommes armés", "d'hommes armés", "à des hommes armés"),
        ("un groupe armé", "d'un groupe armé", "à un groupe armé"),
        ("Al-Tum", "d'Al-Tum", "à Al-Tum"),
        ("Yassane", "de Yassane", "à Yassane"),
        ("Haïti", "d'Haïti", "à Haïti"),
        ("Gao", "de Gao", "à Gao"),
    ],
)
def test_french_articles_contract_and_elide(text: str, of: str, to: str):
    noun = FRENCH.grammar.noun(text)
    assert (f"{noun:de}", f"{noun:a}", f"{noun}") == (of, to, text)


def test_french_clauses_and_bare_nouns():
    assert f"{FRENCH.grammar.clause('un poste a été pris'):que}" == "qu'un poste a été pris"
    assert f"{FRENCH.grammar.clause('le poste a été pris'):que}" == "que le poste a été pris"
    assert f"{FRENCH.grammar.noun('la prise du poste'):bare}" == "prise du poste"


@pytest.mark.parametrize(
    ("code", "with_article", "within"),
    [
        ("LY", "la Libye", "en Libye"),
        ("TD", "le Tchad", "au Tchad"),
        ("US", "les États-Unis", "aux États-Unis"),
        ("IQ", "l'Irak", "en Irak"),
        ("DZ", "l'Algérie", "en Algérie"),
        ("MX", "le Mexique", "au Mexique"),
        ("MZ", "le Mozambique", "au Mozambique"),
        ("CU", "Cuba", "à Cuba"),
        ("IL", "Israël", "en Israël"),
        ("HT", "Haïti", "en Haïti"),
        ("DJ", "Djibouti", "à Djibouti"),
        ("CI", "la Côte d'Ivoire", "en Côte d'Ivoire"),
        ("SS", "le Soudan du Sud", "au Soudan du Sud"),
        ("CD", "la RD Congo", "en RD Congo"),
        ("GN", "la Guinée", "en Guinée"),
        ("KM", "les Comores", "aux Comores"),
        ("ZZ9", "ZZ9", "à ZZ9"),
    ],
)
def test_french_countries(code: str, with_article: str, within: str):
    assert country(code) == (with_article, within)


def test_every_country_of_the_gazetteer_has_a_name_in_each_language():
    for row in rows("countries.csv"):
        assert is_latin(str(FRENCH.grammar.country(row["code"])))
        assert ARABIC_LETTER.search(str(ARABIC.grammar.country(row["code"])))
        assert ENGLISH.grammar.country(row["code"])


@pytest.mark.parametrize(
    ("value", "what", "expected"),
    [
        (0, "death", "0 قتيل"),
        (1, "death", "قتيل واحد"),
        (2, "death", "قتيلان"),
        (2, "person", "شخصين"),
        (3, "death", "ثلاثة قتلى"),
        (10, "person", "عشرة أشخاص"),
        (3, "arrest", "ثلاث حالات توقيف"),
        (1, "arrest", "حالة توقيف واحدة"),
        (11, "death", "11 قتيلاً"),
        (99, "incident", "99 حادثاً"),
        (100, "incident", "100 حادث"),
        (103, "incident", "103 حوادث"),
        (111, "incident", "111 حادثاً"),
        (1000, "death", "1,000 قتيل"),
    ],
)
def test_arabic_counts_its_nouns(value: int, what: str, expected: str):
    assert ARABIC.grammar.counted(value, what) == expected


@pytest.mark.parametrize(
    ("value", "what", "expected"),
    [
        (0, "arrest", "0 arrestation"),
        (1, "arrest", "une arrestation"),
        (2, "arrest", "deux arrestations"),
        (1, "death", "un mort"),
        (1234, "death", "1\u00a0234 morts"),
    ],
)
def test_french_counts_its_nouns(value: int, what: str, expected: str):
    assert FRENCH.grammar.counted(value, what, words=value > 0) == expected


def test_at_least_and_at_most():
    assert FRENCH.grammar.at_least(Count(3, 5), "wounded") == "au moins trois et au plus cinq blessés"
    assert FRENCH.grammar.at_least(Count(1, 2), "captured") == "au moins une et au plus deux personnes capturées"
    assert ARABIC.grammar.at_least(Count(1, 2), "killed") == "قتيل أو قتيلان"
    assert ARABIC.grammar.at_least(Count(2, 5), "killed") == "ما بين اثنين وخمسة قتلى"
    assert FRENCH.grammar.at_least(Count(1), "captured") == "au moins une personne capturée"
    assert ARABIC.grammar.at_least(Count(3, 5), "wounded") == "ما بين ثلاثة وخمسة جرحى"
    assert ARABIC.grammar.at_least(Count(2), "killed") == "قتيلان على الأقل"
    assert ARABIC.grammar.hurt(Count(2), None) == "وردت أنباء عن جريحين على الأقل"
    assert FRENCH.grammar.hurt(None, None) == ARABIC.grammar.hurt(Count(0), None) == ""


@pytest.mark.parametrize(
    ("text", "oblique", "to"),
    [
        ("مسلحون مجهولون", "مسلحين مجهولين", "لمسلحين مجهولين"),
        ("الجيش السوداني", "الجيش السوداني", "للجيش السوداني"),
        ("مقاتلو التبو", "مقاتلي التبو", "لمقاتلي التبو"),
        ("قانون الطوارئ", "قانون الطوارئ", "لقانون الطوارئ"),
        ("Front", "Front", "لـFront"),
    ],
)
def test_arabic_cases_and_particles(text: str, oblique: str, to: str):
    noun = ARABIC.grammar.noun(text)
    assert (f"{noun:obl}", f"{noun:l}") == (oblique, to)


@pytest.mark.parametrize(
    ("name", "before", "behind"),
    [
        ("armed men", "هاجم", "يهاجمون"),
        ("Rapid Support Forces", "هاجمت", "تهاجم"),
        ("Sudanese Armed Forces", "هاجم", "يهاجم"),
        ("Free South Front", "هاجمت", "تهاجم"),
        ("residents", "هاجم", "يهاجمون"),
        ("مسلحين", "هاجم", "يهاجمون"),
    ],
)
def test_arabic_verbs_agree_with_their_subject(name: str, before: str, behind: str):
    agreeing = ARABIC.grammar.agreements(ARABIC.grammar.actor(name).full)
    assert "{v:هاجم|هاجمت}".format(**agreeing) == before
    assert "{w:يهاجم|تهاجم|يهاجمون}".format(**agreeing) == behind


@pytest.mark.parametrize(
    ("name", "english", "french", "arabic"),
    [
        (
            "Libyan National Army (Haftar)",
            "the Libyan National Army (Haftar)",
            "l'Armée nationale libyenne de Haftar",
            "قوات حفتر",
        ),
        ("gunmen", "gunmen", "des hommes armés", "مسلحون"),
        ("مسلحين", "armed men", "des hommes armés", "مسلحون"),
        ("ثوار الجنوب", "the Revolutionaries of the South", "les Révolutionnaires du Sud", "ثوار الجنوب"),
        ("Free South Front", "the Free South Front", "Free South Front", "جهة «Free South Front»"),
        (
            "a second band of riders",
            "a second band of riders",
            "«\u00a0second band of riders\u00a0»",
            "جهة «second band of riders»",
        ),
    ],
)
def test_sides_are_named_in_the_language(name: str, english: str, french: str, arabic: str):
    assert ENGLISH.grammar.actor(name).full == english
    assert FRENCH.grammar.actor(name).full == french
    assert ARABIC.grammar.actor(name).full == arabic
    assert {words.grammar.actor(name).name for words in (FRENCH, ARABIC)} == {name}


@pytest.mark.parametrize(
    ("name", "english", "french", "arabic"),
    [
        ("groupe armé", "an armed group", "un groupe armé", "مجموعة مسلحة"),
        ("L’armée", "the army", "l'armée", "الجيش"),
        ("des hommes armés", "armed men", "des hommes armés", "مسلحون"),
        ("des bandits", "bandits", "des bandits", "قطاع طرق"),
        ("un gang", "a gang", "un gang", "عصابة"),
        ("la police", "police", "la police", "الشرطة"),
        ("les rebelles", "rebels", "des rebelles", "متمردون"),
        ("le syndicat", "the union", "le syndicat", "النقابة"),
        ("une partie", "one side", "une partie", "أحد الأطراف"),
        ("المسلحين", "armed men", "des hommes armés", "مسلحون"),
        ("السلطات", "the authorities", "les autorités", "السلطات"),
        ("unidentified gunmen", "unidentified gunmen", "des hommes armés", "مسلحون"),
        ("bandits", "bandits", "des bandits", "قطاع طرق"),
    ],
)
def test_words_for_people_are_told_in_the_language_of_the_reader(name: str, english: str, french: str, arabic: str):
    assert [LANGUAGES[code].grammar.actor(name).full for code in ("en", "fr", "ar")] == [english, french, arabic]


def test_no_word_for_people_stays_foreign_in_english():
    for english, others, *_ in people.ROWS:
        for form in others.split("|"):
            told = ENGLISH.grammar.actor(form)
            assert told.latin, form
            assert told.full.casefold() != f"a {form}".casefold(), form
            assert not re.search(r"[à-ÿ]|\b(?:des|les?|la|une?) |\bl'", f"{told.short} | {told.full}"), form
            assert generic(english.split("|")[0]) == generic(form)


def test_a_word_for_people_is_known_in_all_languages():
    for form in ("armed men", "the armed men", "Hommes armés", "مسلحون"):
        assert generic(form) == generic("armed men")
    assert generic("Front of the South") == {}


def test_every_display_name_has_its_entry_and_its_script():
    known = {("actors.csv", entry.id) for entry in known_actors().values()}
    for file in ("crossings.csv", "oil_facilities.csv", "capital_approaches.csv"):
        known |= {(file, row["id"]) for row in rows(file)}
    known |= {("capitals.csv", f"{row['country']}:{row['capital'].casefold()}") for row in rows("capitals.csv")}
    seen = set()
    for row in rows("display_names.csv"):
        key = (row["file"], row["id"])
        assert key in known, key
        assert key not in seen, key
        seen.add(key)
        assert is_latin(row["fr"]), row
        assert ARABIC_LETTER.search(row["ar"]), row
    assert {entry.id for entry in known_actors().values()} <= {key for _, key in seen}


def places() -> list[Place]:
    found = [Place(row["name"], PlaceKind.CROSSING, row["countries"], row["id"]) for row in rows("crossings.csv")]
    found += [Place(row["name"], PlaceKind.OIL, row["country"], row["id"]) for row in rows("oil_facilities.csv")]
    return found + [
        Place(
            row["name"],
            PlaceKind.APPROACH,
            row["country"],
            row["id"],
            capital=row["capital"],
            km_to_capital=float(row["km_to_capital"]),
        )
        for row in rows("capital_approaches.csv")
    ]


def test_every_site_of_the_gazetteer_can_be_named_in_each_language():
    for place in places():
        entry = site_entry(place.gazetteer_id)
        assert entry is not None
        for words in LANGUAGES.values():
            site = words.grammar.site(place)
            for text in (site.name, site.short, site.full, f"{site.plain:de}", f"{site.goal:obl}"):
                assert text.strip()
                assert not re.search(r"\(\)|  |\{|\}| ,|^\W+$", text), (place.name, words.code, text)
        french = FRENCH.grammar.site(place)
        assert is_latin(french.name), place
        assert not re.search(r"\bde (?:le|les) |\bà (?:le|les) ", f"{french.short:de}".replace("de Les ", "")), (
            french.short
        )
        if any(ARABIC_LETTER.search(alias) for alias in entry.names["ar"]):
            assert ARABIC_LETTER.search(ARABIC.grammar.site(place).name), place
            assert not re.search("[\u06a9\u06cc]", ARABIC.grammar.site(place).name), place


def test_french_sites_tell_their_kind_once():
    twice = re.compile(
        r"\bGNL\b.*\bGNL\b|\bdépôt\b.*\bdépôts?\b|\braffinerie\b.*\braffineries?\b|\bterminal\b.*\bterminal\b", re.I
    )
    named = [(place, FRENCH.grammar.site(place)) for place in places() if place.kind is PlaceKind.OIL]
    assert len(named) > 1000
    assert [site.full for _, site in named if twice.search(site.full)] == []


@pytest.mark.parametrize(
    ("place", "french", "arabic"),
    [
        (
            Place("Ras Ajdir", PlaceKind.CROSSING, "LY-TN", "ly-tn-ras-ajdir"),
            "le poste-frontière de Ras Jédir entre la Libye et la Tunisie",
            "معبر رأس جدير على الحدود بين ليبيا وتونس",
        ),
        (
            Place("El Sharara", PlaceKind.OIL, "LY", "ly-sharara"),
            "le champ pétrolier de Charara en Libye",
            "حقل الشرارة النفطي في ليبيا",
        ),
        (
            Place("Aqaba LNG terminal", PlaceKind.OIL, "JO", "jo-zarqa-aqaba-tanks"),
            "le terminal de GNL d'Aqaba en Jordanie",
            "ميناء الغاز في العقبة في الأردن",
        ),
        (
            Place("Gharyan", PlaceKind.APPROACH, "LY", "ly-gharyan", capital="Tripoli", km_to_capital=81.1),
            "Gharyan (à 81 km de Tripoli, Libye)",
            "غريان (على بعد 81 كم من طرابلس، ليبيا)",
        ),
        (
            Place("Tripoli", PlaceKind.CAPITAL, "LY", None, capital="Tripoli", km_to_capital=27.0),
            "une position à 27 km de Tripoli (Libye)",
            "موقع على بعد 27 كم من طرابلس (ليبيا)",
        ),
        (Place("Wadi X border crossing", PlaceKind.CROSSING, None), "le poste-frontière de Wadi X", "معبر Wadi X"),
    ],
)
def test_places_word_for_word(place: Place, french: str, arabic: str):
    assert FRENCH.grammar.site(place).full == french
    assert ARABIC.grammar.site(place).full == arabic


def test_latin_runs_are_isolated_in_a_line_from_right_to_left():
    assert (
        isolated("سيطر مسلحون على معبر Wadi Marra (رقم 7)", "rtl")
        == "سيطر مسلحون على معبر \u2068Wadi Marra\u2069 (رقم 7)"
    )
    assert isolated("https://a.example/1", "rtl") == "https://a.example/1"
    assert isolated("#d5dade", "rtl") == "#d5dade"
    assert anchored("[FLASH] ليبيا", "rtl") == "\u200f[FLASH] ليبيا"
    assert anchored("Sahel Gazette", "rtl") == "Sahel Gazette"
    assert anchored("[FLASH] ليبيا", "ltr") == "[FLASH] ليبيا"
    assert anchored("Sahel Gazette", "rtl", within="قالت Sahel Gazette") == "\u200fSahel Gazette"
    assert anchored("\u200fSahel Gazette", "rtl", within="قالت Sahel Gazette") == "\u200fSahel Gazette"


@given(st.text(), st.sampled_from(["ltr", "rtl"]))
def test_isolating_twice_changes_nothing_and_loses_nothing(text: str, base: str):
    once = isolated(text, base)
    assert isolated(once, base) == once
    assert re.sub("[\u2068\u2069]", "", once) == re.sub("[\u2068\u2069]", "", text)
    assert once.count("\u2068") == once.count("\u2069")
