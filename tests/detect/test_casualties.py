from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.detect.casualties import CasualtyMention, Kind, best_count, read_casualties
from alertsvc.domain import Count


def told(mention: CasualtyMention) -> str:
    """A mention as the tables below write it: "killed 3", "wounded 5+", "killed 1-12", "~" for background."""
    low, high = mention.count.low, mention.count.high
    span = f"{low}+" if high is None else str(low) if low == high else f"{low}-{high}"
    return f"{mention.kind} {span}{' total' if mention.total else ''}{' ~' if mention.year_span else ''}"


def check(language: str, sentence: str, expected: str) -> None:
    found = [told(mention) for mention in read_casualties(sentence, language)]
    assert sorted(found) == sorted(filter(None, expected.split(", "))), sentence


ENGLISH = [
    ("The raid killed 3 soldiers.", "killed 3"),
    ("Three soldiers were killed and seven wounded in the assault.", "killed 3, wounded 7"),
    ("The mine left at least five dead and 12 people injured.", "killed 5+, wounded 12"),
    ("The death toll rose to 12 on Monday.", "killed 12 total"),
    ("The death toll rose from 12 to 15.", "killed 15 total"),
    ("Quarry toll: 18 dead and 31 injured", "killed 18 total, wounded 31 total"),
    ("The number of dead reached 17.", "killed 17 total"),
    ("A total of 14 people died in the fire.", "killed 14 total"),
    ("No one was killed.", ""),
    ("Nobody was injured in the raid.", ""),
    ("The rocket fell in the sand without killing anyone.", ""),
    ("No soldiers were killed.", ""),
    ("The shells did not kill 12 people, as had been claimed.", ""),
    ("Two soldiers and three civilians were killed.", "killed 5"),
    ("Gunmen killed two soldiers and three civilians.", "killed 5"),
    ("Three gunmen killed two policemen at the post.", "killed 2"),
    ("Raiders killed five workers, an official said.", "killed 5"),
    ("A soldier was killed when a mine exploded.", "killed 1"),
    ("The gunmen shot dead four guards.", "killed 4"),
    ("Five gunmen were shot dead by the sentries.", "killed 5"),
    ("One sentry was wounded and another killed.", "wounded 1, killed 1"),
    ("More than 10,000 people have been killed since 2014.", "killed 10000+ ~"),
    ("Since 2014, more than 300 have been killed.", "killed 300+ ~"),
    ("The post was hit in a 2012 attack that killed four.", "killed 4 ~"),
    ("Six guards were killed at the same gate three years ago.", "killed 6 ~"),
    ("Six guards were killed last year.", "killed 6 ~"),
    ("Three soldiers were killed on 31 May 2019.", "killed 3"),
    ("Four were killed on Sunday at the depot, which was built in 1974.", "killed 4"),
    ("Nine were killed on Sunday since dawn.", "killed 9"),
    ("Three people were killed in 3 villages, 27 km from the capital.", "killed 3"),
    ("They were killed 20 km from the border.", ""),
    ("He was wounded three times.", ""),
    ("They were killed two weeks after the truce.", ""),
    ("Rebels captured 9 villages and captured two fighters.", "captured 2"),
    ("They captured 5 tanks.", ""),
    ("The battalion 676 was killed off by a decree.", ""),
    ("The pipeline carried 2 million barrels before it died.", ""),
    ("Eleven people, six guards, three drivers and two cooks, were killed.", "killed 11"),
    ("Four people, including two children, were killed.", "killed 4"),
    ("The bomb killed four people, two of them officers.", "killed 4"),
    ("Dozens of men were killed or wounded.", "killed 1+, wounded 1+"),
    ("The bomb killed and wounded dozens of people.", "killed 1+, wounded 1+"),
    ("Seven wounded soldiers were taken to hospital.", "wounded 7"),
    ("They threatened to kill 100 hostages.", ""),
    ("Up to 30 people could be killed.", ""),
    ("Up to 30 people were killed.", "killed 1-30"),
    ("As many as 260 settlers were reported killed.", "killed 260"),
    ("Three of Warlord Hamdan's Soldiers Die in Raid", "killed 3"),
    ("Five soldiers die in ambush near the quarry", "killed 5"),
    ("Six Rangers Die, Two Wounded in Clash", "killed 6, wounded 2"),
    ("They swore that ten men would die.", ""),
    ("Two men may die of thirst.", ""),
    ("At least 16 border guards died and 7 others were hurt.", "killed 16+, wounded 7"),
    ("Mines have maimed forty-one (41) herders.", "wounded 41"),
    ("Fighters took 12 soldiers prisoner and five guards hostage.", "captured 12, abducted 5"),
    ("Police arrested 140 migrants, and 4 people are missing.", "arrested 140, missing 4"),
    ("Gunmen kidnapped three engineers.", "abducted 3"),
    ("Five members of the security forces were killed on Sunday.", "killed 5"),
    ("The attack claimed the lives of nine policemen.", "killed 9"),
    ("Eight people lost their lives.", "killed 8"),
    ("A 48-year-old driver was shot dead.", "killed 1"),
    ("Two sergeants were killed in action.", "killed 2"),
    ("15 killed, 20 wounded in raid on depot", "killed 15, wounded 20"),
    ("Ranger killed at gate", "killed 1"),
    ("Toll roads reopened after 12 days.", ""),
    ("An earlier toll had been ten.", ""),
    ("Between six and nine porters were killed.", "killed 6-9"),
    ("The death toll rose from six to nine.", "killed 9 total"),
    ("Some 1,300 men were killed in the assault.", "killed 1300"),
    ("The war has killed 1,300 men.", "killed 1300 ~"),
    ("A porter was burnt to death.", "killed 1"),
    ("Seven bodies were recovered from the ruins.", "killed 7"),
    ("The two bodies that govern the port met.", ""),
    ("The bodies of five clerks were found.", "killed 5"),
    ("The army lost eight men.", "killed 8"),
    ("The army lost eight lorries.", ""),
    ("The shell killed a father, his two sons and a porter.", "killed 4"),
    ("A sentry and his brother perished.", "killed 2"),
    ("The bomber killed himself and three porters.", "killed 3"),
    ("The 29-year-old muleteer was shot dead.", "killed 1"),
    ("The bill was killed.", ""),
    ("A major attack killed five.", "killed 5"),
    ("One guard was killed and another died later.", "killed 2"),
    ("Three of the wounded died.", "killed 3"),
    ("Six guards were taken prisoner and two were kidnapped.", "captured 6, abducted 2"),
    ("The chief was killed along with four guards.", "killed 5"),
    ("Fatalities reached 31.", "killed 31 total"),
    ("A soldier said the guard was killed.", "killed 1"),
]
FRENCH = [
    ("L'attaque a fait quatre morts et 7 blessés.", "killed 4, wounded 7"),
    ("Trois soldats ont été tués et deux autres blessés.", "killed 3, wounded 2"),
    ("Neuf gardes-frontières ont été tués dans l'assaut.", "killed 9"),
    ("Des assaillants ont tué six gendarmes, blessant deux civils.", "killed 6, wounded 2"),
    ("Le raid a visé un dépôt, tuant au moins 12 personnes.", "killed 12+"),
    ("Huit civils ont trouvé la mort.", "killed 8"),
    ("Cinq personnes ont perdu la vie.", "killed 5"),
    ("L'explosion a coûté la vie à neuf ouvriers.", "killed 9"),
    ("Deux chauffeurs ont péri dans l'incendie.", "killed 2"),
    ("Le bilan est passé à 14 morts.", "killed 14 total"),
    ("Le bilan s'élève à 23.", "killed 23 total"),
    ("Le bilan est passé de 12 à 15.", "killed 15 total"),
    ("Aucun blessé n'est à signaler.", ""),
    ("Il n'y a pas eu de morts.", ""),
    ("Le tir n'a fait aucun mort.", ""),
    ("Personne n'a été tué.", ""),
    ("Un soldat a été tué et un autre blessé.", "killed 1, wounded 1"),
    ("Un douanier et un civil ont été tués.", "killed 2"),
    ("Deux soldats et trois civils ont été tués.", "killed 5"),
    ("Un mort et trois blessés dans une embuscade", "killed 1, wounded 3"),
    ("Plus de 300 personnes ont été tuées depuis 2015.", "killed 300+ ~"),
    ("En 2012, une attaque avait fait douze morts.", "killed 12 ~"),
    ("Il y a deux ans, six gardes y avaient été tués.", "killed 6 ~"),
    ("L'an dernier, un raid avait fait dix morts.", "killed 10 ~"),
    ("Trois gardes ont été tués dimanche au poste ouvert en 2012.", "killed 3"),
    ("Les forces ont arrêté 5 suspects et capturé 3 combattants.", "arrested 5, captured 3"),
    ("La mort de deux soldats a été confirmée.", "killed 2"),
    ("Onze personnes, six gardes et cinq chauffeurs, ont été tuées.", "killed 11"),
    ("Quatre civils, dont deux enfants, ont été tués.", "killed 4"),
    ("Trois hommes armés ont tué deux policiers.", "killed 2"),
    ("Une dizaine de soldats ont été tués.", "killed 10"),
    ("Des dizaines de combattants ont été tués.", "killed 20+"),
    ("Le convoi, à 60 km de la capitale, a été visé, faisant deux morts.", "killed 2"),
    ("Cinq ouvriers auraient été tués.", "killed 5"),
    ("Des dizaines de personnes ont été tuées ou blessées.", "killed 1+, wounded 1+"),
    ("Sept employés enlevés sur un chantier", "abducted 7"),
    ("L'armée a fait trois prisonniers.", "captured 3"),
    ("Dix personnes sont portées disparues.", "missing 10"),
    ("Les rebelles ont capturé 18 villages.", ""),
    ("L'obus est tombé à 12 km, blessant un berger.", "wounded 1"),
    ("Le 3 mai, deux gardes ont été tués.", "killed 2"),
    ("Plusieurs gendarmes ont été blessés.", "wounded 3+"),
    ("L'arrêté du préfet vise 12 communes.", ""),
    ("Jusqu'à 30 soldats pourraient être tués.", ""),
    ("Jusqu'à 30 soldats ont été tués.", "killed 1-30"),
    ("Trois gardes meurent dans une embuscade", "killed 3"),
    ("Un berger meurt sur une mine", "killed 1"),
    ("En nov. 2012, une mine avait fait six morts.", "killed 6 ~"),
    ("Entre six et neuf porteurs ont été tués.", "killed 6-9"),
    ("Sept corps ont été retrouvés.", "killed 7"),
    ("Le corps des gardes a défilé.", ""),
    ("Trois gardes y ont laissé la vie.", "killed 3"),
    ("Trois gardes sont tombés dans une embuscade.", "killed 3"),
    ("Trois obus sont tombés dans la cour.", ""),
    ("Le muletier de 29 ans a été abattu.", "killed 1"),
    ("Un de ses gardes a été tué.", "killed 1"),
    ("Un Malien et un Togolais ont été tués.", "killed 2"),
    ("L'armée a perdu huit hommes.", "killed 8"),
    ("Le raid a tué le chef de poste, son fils et deux gardes.", "killed 4"),
    ("Six soldats ont été tués et un septième a succombé.", "killed 7"),
    ("Un capitaine et deux sous-officiers ont été tués.", "killed 3"),
    ("Deux frères ont été brûlés vifs.", "killed 2"),
]
ARABIC = [
    ("قتل ثلاثة جنود وأصيب سبعة في هجوم على الحاجز.", "killed 3, wounded 7"),
    ("مقتل ثلاثة جنود وإصابة سبعة", "killed 3, wounded 7"),
    ("أسفر الهجوم عن سقوط 5 قتلى و7 جرحى.", "killed 5, wounded 7"),
    ("مقتل جندي وإصابة آخر", "killed 1, wounded 1"),
    ("مقتل جنديين وإصابة ثلاثة مدنيين", "killed 2, wounded 3"),
    ("لقي جنديان مصرعهما في الانفجار", "killed 2"),
    ("لقي تسعة عمال حتفهم", "killed 9"),
    ("لقي القرار ترحيب ثلاثة وزراء", ""),
    ("استشهد أربعة مواطنين", "killed 4"),
    ("سقوط عشرات القتلى والجرحى", "killed 1+, wounded 1+"),
    ("سقوط عشرات القتلى في المعارك", "killed 20+"),
    ("ارتفع عدد القتلى إلى 12 قتيلا", "killed 12 total"),
    ("ارتفعت حصيلة القتلى إلى 23", "killed 23 total"),
    ("ارتفع عدد الجرحى من 12 إلى 15", "wounded 15 total"),
    ("لم يقتل أحد في القصف", ""),
    ("وقع الانفجار دون سقوط قتلى", ""),
    ("لم يسقط قتلى ولا جرحى", ""),
    ("مقتل 21 ضابطاً وشرطياً قرب الحقل", "killed 21"),
    ("ذكر الأهالي أن 17 على الأقل من الرجال قتلوا", "killed 17+"),
    ("قتل مسلحون خمسة من أفراد الشرطة", "killed 5"),
    ("قتل مسلح ثلاثة جنود", "killed 3"),
    ("قتل قائد عسكري و3 جنود", "killed 4"),
    ("وقتل أكثر من 300 شخص منذ اندلاع الحرب عام 2014", "killed 300+ ~"),
    ("قتل ستة حراس في هجوم مماثل العام الماضي", "killed 6 ~"),
    ("قتل ستة حراس يوم الأحد", "killed 6"),
    ("راح ضحيته 12 شخصا", "killed 12"),
    ("أودى الحريق بحياة تسعة عمال", "killed 9"),
    ("اعتقال 14 شخصا", "arrested 14"),
    ("ألقت الشرطة القبض على ثلاثة مسلحين", "arrested 3"),
    ("اختطاف ثلاثة مهندسين من الحقل", "abducted 3"),
    ("أسر 4 جنود", "captured 4"),
    ("نزحت ثلاث أسر من القرية", ""),
    ("أسر 4 دبابات", ""),
    ("قتيلان وثلاثة جرحى", "killed 2, wounded 3"),
    ("قتيل وجريحان في انفجار لغم", "killed 1, wounded 2"),
    ("أصيب ما لا يقل عن 50 مدنيا", "wounded 50+"),
    ("على بعد 27 كيلومترا قتل شخصان", "killed 2"),
    ("قتلت القوات المهاجمة 3 مدنيين", "killed 3"),
    ("وأصيب في الغارتين 7 جنود", "wounded 7"),
    ("قتل خمسة وعشرون جنديا", "killed 25"),
    ("مقتل ١٢ جنديا", "killed 12"),
    ("مقتل 11 شخصا بينهم 3 أطفال", "killed 11"),
    ("أصيب أحد الجنود", "wounded 1"),
    ("أصيبت ثلاث سيارات", ""),
    ("نقل ثلاثة شهداء إلى المستشفى", "killed 3"),
    ("مقتل وإصابة 20 شخصا", "killed 1-20, wounded 1-20"),
    ("يلقى ثلاثة جنود مصرعهم في كمين", "killed 3"),
    ("يلقي الوزير خطابا أمام 12 نائبا", ""),
    ("مات أربعة عمال في الحريق", "killed 4"),
    ("كان الهدف إصابة أحد", ""),
    ("قتل أحد عشر حارسا", "killed 11"),
    ("قتلت إحدى عشرة امرأة", "killed 11"),
    ("خمسة جنود استشهدوا وأصيب ثمانية", "killed 5, wounded 8"),
    ("قال إنهم قتلوا خمسين جنديا", "killed 50"),
    ("تسعة مقاتلين سقطوا قتلى", "killed 9"),
    ("قتل ما بين 6 و9 حراس", "killed 6-9"),
    ("قتل ضابط وزوجته", "killed 2"),
    ("قتلت أم وطفلاها", "killed 3"),
    ("انتشال سبع جثث", "killed 7"),
    ("خسر الجيش ثمانية جنود", "killed 8"),
    ("خسر الجيش ثماني شاحنات", ""),
    ("أودى الهجوم على المعبر بحياة حارسين", "killed 2"),
    ("فقد أربعة حراس حياتهم", "killed 4"),
    ("قضت المحكمة بسجن 5 متهمين", ""),
    ("سقط خمسة جنود بين قتيل وجريح", ""),
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


def test_mention_says_who_and_where() -> None:
    sentence = "Officials said that two soldiers and three civilians were killed."
    (mention,) = read_casualties(sentence, "en")
    assert mention.who == "soldiers, civilians"
    assert sentence[mention.start : mention.end] == "two soldiers and three civilians were killed"


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'de'"):
        read_casualties("Drei Soldaten", "de")


def mention(
    low: int, high: int | None, *, kind: Kind = "killed", total: bool = False, past: bool = False
) -> CasualtyMention:
    return CasualtyMention(kind, Count(low, high), 0, 1, "", total, past)


@pytest.mark.parametrize(
    ("mentions", "expected"),
    [
        ([], None),
        ([mention(3, 3), mention(3, 3)], Count(3, 3)),
        ([mention(3, 3), mention(7, 7)], Count(7, 7)),
        ([mention(9, 9), mention(5, 5, total=True)], Count(5, 5)),
        ([mention(10, None), mention(13, 13)], Count(13, 13)),
        ([mention(13, None), mention(13, 13)], Count(13, 13)),
        ([mention(400, 400, past=True), mention(2, 2)], Count(2, 2)),
        ([mention(400, 400, past=True, total=True)], None),
        ([mention(8, 8, kind="wounded")], None),
        ([mention(1, 30), mention(1, 1)], Count(1, 1)),
    ],
)
def test_best_count(mentions: list[CasualtyMention], expected: Count | None) -> None:
    assert best_count(mentions, "killed") == expected


PIECES = (
    "killed dead wounded 3 three soldiers and , . ( ) : were have a the of at least since 2012 toll number "
    "rose from to "
    "tué morts blessés deux gardes et ont été un bilan la vie قتل قتلى ثلاثة جنود وجنديان مقتل في و5 الأحد عدد إلى "
    "سقطوا قتلوا جثث انتشال حارس وزوجته وأطفاله خسر بين أحد عشر bodies found lost himself another burnt to death "
    "sous officiers corps retrouvés laissé un autre"
).split()
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))


@given(text=TEXTS, language=st.sampled_from(["en", "fr", "ar"]))
def test_any_text_is_read(text: str, language: str) -> None:
    mentions = read_casualties(text, language)
    for found in mentions:
        assert 0 <= found.start < found.end <= len(text)
        assert found.count.low >= 1
        assert found.count.high is None or found.count.high >= found.count.low
    assert list(mentions) == sorted(mentions, key=lambda found: (found.start, found.kind))
    for found in mentions:
        best = best_count(mentions, found.kind)
        assert best is not None or all(m.year_span for m in mentions if m.kind == found.kind)


@pytest.mark.parametrize(
    "unit", ["toll 2012 ", "a soldier, ", "since 2012 killed 3 ", "قتل 3 جنود و", "عدد القتلى ", "killed, "]
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
            read_casualties(unit * times, language)
        finally:
            sys.setprofile(before)
        return calls

    assert work(400) < 5 * work(100)


@pytest.mark.parametrize(
    ("sentence", "killed"),
    [
        ("At dawn four of their drivers were killed, the company said; the rest were led away.", 4),
        ("Two of the guards were killed.", 2),
        ("Several of its officers were killed.", None),
        ("Its soldiers were killed.", None),
    ],
)
def test_people_counted_by_what_stands_before_them_are_counted_once(sentence: str, killed: int | None) -> None:
    found = [mention.count for mention in read_casualties(sentence, "en") if mention.kind == "killed"]
    exact = [count.high for count in found if count is not None and count.low == count.high]
    assert exact == ([] if killed is None else [killed])
