from __future__ import annotations

import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.dates import DateMention, read_dates

WEDNESDAY = date(2026, 2, 4)


def told(mention: DateMention) -> str:
    """A mention as the tables below write it: "2026-02-01 near", "month past", "-1 near" for an offset."""
    if mention.offset_days is not None:
        return f"{mention.offset_days:+d} {mention.relation}"
    return f"{mention.day or mention.precision} {mention.relation}"


def check(language: str, sentence: str, expected: str, published: date | None = WEDNESDAY) -> None:
    assert ", ".join(told(mention) for mention in read_dates(sentence, language, published)) == expected, sentence


ENGLISH = [
    ("Gunmen attacked on Sunday.", "2026-02-01 near"),
    ("Sunday morning was quiet.", "2026-02-01 near"),
    ("The shelling began late on Saturday night.", "2026-01-31 near"),
    ("It was closed last Friday.", "2026-01-30 near"),
    ("It was closed last Wednesday.", "2026-01-28 near"),
    ("It was closed on Wednesday.", "2026-02-04 near"),
    ("Sunday's attack was the worst.", "2026-02-01 near"),
    ("It reopens next Friday.", "day future"),
    ("It stays shut until Friday.", "day future"),
    ("They left yesterday evening.", "2026-02-03 near"),
    ("They left the day before yesterday.", "2026-02-02 near"),
    ("They left two days ago.", "2026-02-02 near"),
    ("They left a week ago.", "2026-01-28 near"),
    ("They left three years ago.", "period past"),
    ("They left decades ago.", "period past"),
    ("They left earlier this week.", "period near"),
    ("They left last week.", "period near"),
    ("They left last month.", "month past"),
    ("They left last year.", "year past"),
    ("They leave next week.", "period future"),
    ("They leave tomorrow.", "day future"),
    ("Shells fell overnight.", "2026-02-04 near"),
    ("Shells fell today.", "2026-02-04 near"),
    ("USA Today reported it.", ""),
    ("It fell on 31 January.", "2026-01-31 near"),
    ("It fell on January 31, 2026.", "2026-01-31 near"),
    ("It fell on Jan. 31.", "2026-01-31 near"),
    ("It fell on the 31st of January.", "2026-01-31 near"),
    ("It fell on 20 January.", "2026-01-20 past"),
    ("It fell on 31/01/2026.", "2026-01-31 near"),
    ("It fell on 01/02/2026.", "2026-02-01 near"),
    ("It fell on 01/31/2026.", "2026-01-31 near"),
    ("It fell on 2026-01-31.", "2026-01-31 near"),
    ("It fell on Monday, July 9, 2018.", "2018-07-09 past"),
    ("It fell on Monday 2 February.", "2026-02-02 near"),
    ("It fell in April 2019.", "month past"),
    ("It fell in April.", "month past"),
    ("It has been shut since 2011.", "year past"),
    ("It fell in 2014.", "year past"),
    ("The 2012 attack is remembered.", "year past"),
    ("It has been so for the past three years.", "period past"),
    ("It will reopen on 15 March.", "2026-03-15 future"),
    ("It was opened on 15 March.", "2025-03-15 past"),
    ("The clash of September 11 to 12, 2025 was worse.", "2025-09-11 past"),
    ("A day earlier they fled.", "-1 near"),
    ("They fled the next day.", "+1 near"),
    ("They fled hours later.", "+0 near"),
    ("They fled the same day.", "+0 near"),
    ("They fled two days later.", "+2 near"),
    ("They fled the previous day.", "-1 near"),
    ("They may attack 5 posts.", ""),
    ("They may attack on May 5.", "2025-05-05 past"),
    ("They march 20 km on the capital.", ""),
    ("Crowds gathered after Friday prayers.", ""),
    ("A patrol passes every Sunday.", ""),
    ("The sun rose and a second later it fell.", ""),
    ("It pumps 2000 barrels under Vision 2030 and Resolution 1970.", ""),
    ("It fell on 31/02/2026.", "day near"),
    ("It fell on 31 April.", "day near"),
    ("It fell on 29 February.", "day near"),
    ("It fell on the first of February.", "2026-02-01 near"),
    ("It fell on the twenty-ninth of January.", "2026-01-29 near"),
    ("It fell on the 2nd.", "2026-02-02 near"),
    ("It fell on the 30th.", "2026-01-30 near"),
    ("It stands on the 2nd floor.", ""),
    ("It fell 48 hours ago.", "2026-02-02 near"),
    ("It fell at the weekend.", "2026-01-31 near"),
    ("It falls every weekend.", ""),
    ("It will reopen at the weekend.", "day future"),
    ("It will reopen on Sunday.", "day future"),
    ("It is to reopen on Sunday.", "day future"),
    ("It will stay shut after it was hit on Sunday.", "2026-02-01 near"),
    ("It closed due to fighting on Sunday.", "2026-02-01 near"),
    ("It fell on 1 or 2 February.", "2026-02-01 near"),
    ("It fell on New Year's Eve.", "2025-12-31 past"),
    ("It fell on the 12th of Ramadan.", "day near"),
    ("It fell on Easter Monday.", "day near"),
]
FRENCH = [
    ("L'attaque a eu lieu dimanche dernier.", "2026-02-01 near"),
    ("L'attaque a eu lieu mercredi.", "2026-02-04 near"),
    ("L'attaque a eu lieu mercredi dernier.", "2026-01-28 near"),
    ("L'attaque a eu lieu mardi soir.", "2026-02-03 near"),
    ("Le poste rouvrira vendredi prochain.", "day future"),
    ("Le poste est fermé jusqu'à lundi.", "day future"),
    ("Le poste rouvrira d'ici vendredi.", "day future"),
    ("Il a fermé aujourd'hui.", "2026-02-04 near"),
    ("Il a fermé hier soir.", "2026-02-03 near"),
    ("Il a fermé avant-hier.", "2026-02-02 near"),
    ("Il rouvre demain.", "day future"),
    ("Il a fermé il y a deux jours.", "2026-02-02 near"),
    ("Il a fermé il y a deux ans.", "period past"),
    ("Il a fermé il y a quelques années.", "period past"),
    ("Des tirs dans la nuit de samedi à dimanche.", "2026-01-31 near"),
    ("Des tirs dans la nuit du 1er au 2 février.", "2026-02-01 near"),
    ("Des tirs dans la nuit.", "2026-02-04 near"),
    ("Le poste est tombé le 31 janvier.", "2026-01-31 near"),
    ("Le poste est tombé le 1er février.", "2026-02-01 near"),
    ("Le poste est tombé dimanche 1er février 2026.", "2026-02-01 near"),
    ("Le poste est tombé le 01/02/2026.", "2026-02-01 near"),
    ("Le poste est tombé le 2 mars.", "2025-03-02 past"),
    ("Le poste est tombé en mars.", "month past"),
    ("La planète Mars est visible.", ""),
    ("Le poste est tombé en avril 2019.", "month past"),
    ("Fermé depuis 2011.", "year past"),
    ("Le poste est tombé en 2014.", "year past"),
    ("Fermé depuis deux ans.", "period past"),
    ("Fermé depuis trois jours.", "period near"),
    ("La veille, ils avaient fui.", "-1 near"),
    ("L'avant-veille, ils avaient fui.", "-2 near"),
    ("Le lendemain, ils ont fui.", "+1 near"),
    ("Ils ont fui le même jour.", "+0 near"),
    ("Ils ont fui deux jours plus tard.", "+2 near"),
    ("Quelques heures plus tard, ils ont fui.", "+0 near"),
    ("Ils ont fui une semaine plus tôt.", "-7 near"),
    ("Ils ont fui l'an dernier.", "year past"),
    ("Ils ont fui la semaine dernière.", "period near"),
    ("Ils ont fui le mois dernier.", "month past"),
    ("Ils fuiront la semaine prochaine.", "period future"),
    ("Il habite le 2 de la place.", ""),
    ("Le défilé de Mardi Gras est annulé.", ""),
    ("Le poste fermera à partir de lundi.", "day future"),
    ("Une patrouille passe chaque lundi.", ""),
    ("Le poste rouvrira, comme prévu, le 15 mars.", "2026-03-15 future"),
    ("Le poste rouvrira dimanche.", "day future"),
    ("Le poste rouvrira lundi en huit.", "day future"),
    ("L'opéra a fermé dimanche.", "2026-02-01 near"),
    ("Le poste est tombé le premier février.", "2026-02-01 near"),
    ("Le poste est tombé le deux février.", "2026-02-02 near"),
    ("Le poste est tombé le 2.", "2026-02-02 near"),
    ("Le poste est tombé il y a quarante-huit heures.", "2026-02-02 near"),
    ("Le poste est tombé ce week-end.", "2026-01-31 near"),
    ("Le poste est tombé à la Saint-Sylvestre.", "2025-12-31 past"),
    ("Le poste est tombé la veille de Noël.", "2025-12-24 past"),
    ("Le poste est tombé le lundi de Pâques.", "day near"),
    ("Le poste est tombé le 30 février.", "day near"),
]
ARABIC = [
    ("وقع الهجوم يوم الأحد", "2026-02-01 near"),
    ("وقع الهجوم فجر السبت", "2026-01-31 near"),
    ("وقع الهجوم مساء أمس الأحد", "2026-02-01 near"),
    ("وقع الهجوم اليوم الاثنين", "2026-02-02 near"),
    ("وقع الهجوم الأربعاء", "2026-02-04 near"),
    ("وقع الهجوم الأربعاء الماضي", "2026-01-28 near"),
    ("وقع الهجوم أمس", "2026-02-03 near"),
    ("وقع الهجوم أول أمس", "2026-02-02 near"),
    ("وقع الهجوم أول من أمس", "2026-02-02 near"),
    ("وقع الهجوم صباح اليوم", "2026-02-04 near"),
    ("وقع الهجوم قبل يومين", "2026-02-02 near"),
    ("وقع الهجوم قبل ثلاثة أيام", "2026-02-01 near"),
    ("وقع الهجوم قبل ساعات", "period near"),
    ("وقبل ساعات وقع الهجوم", "period near"),
    ("وقع الهجوم قبل ثلاث سنوات", "period past"),
    ("وقع الهجوم قبل عامين", "period past"),
    ("مغلق منذ عام 2011", "year past"),
    ("مغلق منذ 2012", "year past"),
    ("مغلق منذ سنوات", "period past"),
    ("مغلق منذ أيام", "period near"),
    ("مغلق حتى الجمعة", "day future"),
    ("سقط في عام 2014", "year past"),
    ("سقط العام الماضي", "year past"),
    ("سقط الشهر الماضي", "month past"),
    ("سقط الأسبوع الماضي", "period near"),
    ("يفتح الأسبوع المقبل", "period future"),
    ("يفتح الجمعة المقبلة", "day future"),
    ("يفتح غدا", "day future"),
    ("سقط في 31 يناير", "2026-01-31 near"),
    ("سقط في 31 كانون الثاني", "2026-01-31 near"),
    ("سقط في 31 جانفي", "2026-01-31 near"),
    ("سقط في 31 يناير/كانون الثاني 2026", "2026-01-31 near"),
    ("سقط في ٣١/٠١/٢٠٢٦", "2026-01-31 near"),
    ("سقط الجمعة 22 نوفمبر 2024", "2024-11-22 past"),
    ("سقط في أبريل 2019", "month past"),
    ("سقط في 5 آب", "2025-08-05 past"),
    ("سقط في شهر مارس", "month past"),
    ("مارس الضغط على الحكومة", ""),
    ("قال أب لطفلين", ""),
    ("قال أحد المسلحين", ""),
    ("خرجوا بعد صلاة الجمعة", ""),
    ("في بلدة سوق السبت", ""),
    ("ذكرت روسيا اليوم", ""),
    ("ينتج ألف برميل في اليوم", ""),
    ("قتل المهاجمين الاثنين", ""),
    ("انسحبوا في اليوم التالي", "+1 near"),
    ("انسحبوا في اليوم نفسه", "+0 near"),
    ("انسحبوا بعد يومين", "+2 near"),
    ("تستمر المعارك يوما بعد يوم", ""),
    ("يغلق اعتبارا من الخميس", "day future"),
    ("اشتباكات ليل السبت الأحد", "2026-01-31 near"),
    ("سقط في الأول من فبراير/شباط", "2026-02-01 near"),
    ("سقط في التاسع والعشرين من يناير", "2026-01-29 near"),
    ("سقط قبل 48 ساعة", "2026-02-02 near"),
    ("مغلق منذ يومين", "2026-02-02 near"),
    ("سقط أمس الأول", "2026-02-02 near"),
    ("سقط في عطلة نهاية الأسبوع", "2026-01-31 near"),
    ("سيفتح المعبر الأحد", "day future"),
    ("سيطر المسلحون على المعبر الأحد", "2026-02-01 near"),
    ("سقط في 12 رمضان", "day near"),
    ("قال رمضان إنه سقط", ""),
    ("سقط في أول أيام عيد الفطر", "day near"),
    ("سقط في 30 فبراير", "day near"),
]
UNDATED = [
    ("en", "It fell on Sunday.", "day near"),
    ("en", "It fell yesterday.", "day near"),
    ("en", "It fell two days ago.", "day near"),
    ("en", "It fell on 31 January.", "day near"),
    ("en", "It fell on 31 January 2026.", "2026-01-31 near"),
    ("en", "It fell in 2014, in April 2019 and in May.", "year past, month past, month past"),
    ("en", "It fell a day earlier.", "-1 near"),
    ("fr", "Il est tombé hier, dans la nuit de samedi à dimanche.", "day near, day near"),
    ("ar", "سقط أمس", "day near"),
    ("ar", "سقط يوم الأحد 1 فبراير 2026", "2026-02-01 near"),
]


@pytest.mark.parametrize(("sentence", "expected"), ENGLISH)
def test_english(sentence: str, expected: str) -> None:
    check("en", sentence, expected)


@pytest.mark.parametrize(("sentence", "expected"), FRENCH)
def test_french(sentence: str, expected: str) -> None:
    check("fr", sentence, expected)


@pytest.mark.parametrize(("sentence", "expected"), ARABIC)
def test_arabic(sentence: str, expected: str) -> None:
    check("ar", sentence, expected)


@pytest.mark.parametrize(("language", "sentence", "expected"), UNDATED)
def test_nothing_is_guessed_without_publication(language: str, sentence: str, expected: str) -> None:
    check(language, sentence, expected, published=None)


def test_span_covers_the_expression() -> None:
    sentence = "Officials said on Monday, July 9, 2018 that it fell."
    (mention,) = read_dates(sentence, "en", WEDNESDAY)
    assert sentence[mention.start : mention.end] == "Monday, July 9, 2018"


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'de'"):
        read_dates("am Sonntag", "de", None)


@pytest.mark.parametrize(("days", "relation"), [(-11, "past"), (-10, "near"), (0, "near"), (1, "near"), (2, "future")])
def test_bounds_of_near(days: int, relation: str) -> None:
    day = WEDNESDAY + timedelta(days=days)
    (mention,) = read_dates(f"It fell on {day.isoformat()}.", "en", WEDNESDAY)
    assert (mention.day, mention.relation) == (day, relation)


WEEKDAYS = {
    "en": "on Monday|on Tuesday|on Wednesday|on Thursday|on Friday|on Saturday|on Sunday",
    "fr": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
    "ar": "يوم الاثنين|يوم الثلاثاء|يوم الأربعاء|يوم الخميس|يوم الجمعة|يوم السبت|يوم الأحد",
}


@given(
    published=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    weekday=st.integers(0, 6),
    language=st.sampled_from(["en", "fr", "ar"]),
)
def test_weekday_is_the_last_on_or_before_publication(published: date, weekday: int, language: str) -> None:
    (mention,) = read_dates(WEEKDAYS[language].split("|")[weekday], language, published)
    assert mention.day is not None
    assert mention.day.weekday() == weekday
    assert 0 <= (published - mention.day).days < 7
    assert mention.relation == "near"


@given(day=st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_full_dates_are_read_in_every_form(day: date) -> None:
    for text in (day.strftime("%d/%m/%Y"), day.isoformat(), f"{day.day} {day.strftime('%B')} {day.year}"):
        assert [mention.day for mention in read_dates(f"It fell on {text}.", "en", None)] == [day]


PIECES = (
    "31 1er 12 2026 2014 / - . , January May may March last next two days ago earlier the day before Sunday night to "
    "il y a deux ans mars dans la nuit de samedi à قبل يومين عام 2011 منذ الأحد أمس اليوم "
    "كانون الثاني و31 الماضي since years"
).split()


@given(
    text=st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)),
    language=st.sampled_from(["en", "fr", "ar"]),
    published=st.one_of(st.none(), st.dates()),
)
def test_any_text_is_read(text: str, language: str, published: date | None) -> None:
    end = 0
    for mention in read_dates(text, language, published):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.offset_days is None or mention.day is None
        if mention.day is not None and published is not None and mention.relation == "near":
            assert -10 <= (mention.day - published).days <= 1
        end = mention.end


@pytest.mark.parametrize(
    "unit", ["31 January ", "Sunday night ", "since 2012 ", "3 days ago ", "منذ 3 أيام ", "1/2/2026 "]
)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_work_grows_with_the_text_and_no_faster(unit: str, language: str) -> None:
    def work(times: int) -> int:
        calls = 0

        def count(*_: object) -> None:
            nonlocal calls
            calls += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            read_dates(unit * times, language, WEDNESDAY)
        finally:
            sys.setprofile(before)
        return calls

    assert work(400) < 5 * work(100)
