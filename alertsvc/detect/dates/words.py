"""The words of relative time, folded: last, next, ago, units, and what gives an expression away."""

from __future__ import annotations

from alertsvc.detect.dates.calendar import DAYS, MONTHS, TWO_WORDS, with_particles

__all__ = [
    "ARABIC_BARE",
    "FROM_ON",
    "LAST",
    "LOOKS_AHEAD",
    "NEXT",
    "NO_DAY_BEFORE",
    "PAPERS",
    "PARTS",
    "PARTS_ARABIC",
    "QUICK",
    "STARTS",
    "THIS",
    "UNTIL",
]

LAST = frozenset(
    "last dernier derniere passe الماضي الماضيه المنصرم المنصرمه الفايت الفايته الاخير past previous".split()
)
NEXT = frozenset(
    "next coming following prochain prochaine prochains prochaines venir المقبل المقبله القادم القادمه القادمين".split()
)
THIS = frozenset("this ce cet cette current courant الجاري الجاريه الحالي الحاليه هذا هذه".split())
UNTIL = frozenset("until till by jusqu حتي بحلول ici اعتبارا ابتداء".split())
FROM_ON = frozenset("partir compter اعتبارا ابتداء".split())
LOOKS_AHEAD = frozenset(
    "will shall expected scheduled planned due until plans sera seront prevu prevue prevus prevues jusqu devrait "
    "devraient سيتم ستتم سوف سيكون ستكون سيبدا ستبدا سيعاد سيعقد ستعقد سيستانف ستستانف المقرر يتوقع حتي المقبل "
    "اعتبارا".split()
)
PAPERS = frozenset("usa russia india africa pakistan روسيا العرب المصري ليبيا المغرب اليمن الجزاير عربيه".split())
PARTS = frozenset(
    "morning afternoon evening night nights dawn midday noon early late matin soir midi nuit aube midnight".split()
)
PARTS_ARABIC = frozenset("صباح مساء فجر ليل ظهر عصر ليله يوم اليوم امس نهار غداه بعد غروب منتصف".split())
# A weekday behind one of these names something else.
NO_DAY_BEFORE = frozenset(
    "black good bloody every each sheffield ash palm easter souk souq cyber chaque tous صلاه خطبه سوق جمعه كل "
    "مسجد مسيره مسيرات وصلاه لصلاه بسوق وسوق احد".split()
)
# Words that begin or betray a relative expression.
_QUICK = frozenset(
    "today tonight yesterday overnight tomorrow ago earlier later before after same previous next following last "
    "past since week month year years aujourd hier avant lendemain surlendemain veille nuit il depuis semaine "
    "mois annee an demain dernier derniere dernieres tard tot apres meme weekend".split()
)
_QUICK_ARABIC = frozenset(
    "اليوم امس الامس غدا قبل منذ بعد غداه عشيه الاسبوع الشهر العام السنه الليله البارحه السنوات الاعوام الايام "
    "الاسابيع الاشهر عام سنه".split()
)
QUICK = {"en": _QUICK, "fr": _QUICK, "ar": frozenset(with_particles(_QUICK_ARABIC))}
# Arabic words without the particles before them.
ARABIC_BARE = with_particles(
    [
        word
        for word in _QUICK_ARABIC | PARTS_ARABIC | MONTHS["ar"].keys() | NO_DAY_BEFORE | LAST | NEXT | THIS
        if "ء" <= word[0] <= "ي" and len(word) > 2
    ]
)
_COMPOUND = frozenset(and_ + month for month, _ in TWO_WORDS for and_ in ("", "و"))
# A sentence without any of these and without a figure tells no date.
STARTS = {
    language: QUICK[language] | MONTHS[language].keys() | DAYS[language].keys() | _COMPOUND for language in MONTHS
}
