"""Arabic words, folded: people, what is not people, and the grammar around them."""

from __future__ import annotations

from alertsvc.detect.dates import MONTHS

__all__ = [
    "BARRIERS",
    "FOUND",
    "KIN",
    "KIN_MANY",
    "MANY",
    "NEGATIONS",
    "ONE",
    "PARENTS",
    "PEOPLE",
    "SOUND",
    "THINGS",
    "TWO",
]

_FORMS = (
    "جندي مدني شخص ضابط مسلح شرطي عنصر مقاتل رجل طفل امراه سيده فتاه مواطن عسكري عامل موظف مهندس سايق مهاجر صحافي "
    "صحفي قايد قيادي حارس مجند متظاهر ارهابي متمرد مهاجم انتحاري فلسطيني اسراييلي مصري ليبي عراقي سوري لبناني سوداني "
    "يمني باكستاني افغاني تونسي جزايري ايراني تركي سعودي شاب مسوول مدير نقيب عقيد عميد رقيب ملازم راكب طبيب مسعف"
).split()
# The plural of these is broken: with the ending of a plural they are a dual.
_BROKEN = frozenset("جندي شخص ضابط عنصر رجل طفل عامل سايق حارس شاب قايد نقيب عقيد عميد راكب طبيب".split())
ONE = frozenset(word + end for word in _FORMS for end in ("", "ا", "ه"))
TWO = frozenset([*(word + "ان" for word in _FORMS), *(word + "ين" for word in _BROKEN), "امراتان", "امراتين"])
SOUND = frozenset(word + "ين" for word in _FORMS) - TWO  # two or more, the script does not tell
MANY = frozenset(word + "ون" for word in _FORMS) | frozenset(
    "جنود مدنيون اشخاص ضباط مسلحون عناصر مقاتلون مقاتلا رجال اطفال نساء مواطنون عسكريون عمال موظفون مهندسون افراد "
    "افرادا حرس حراس مجندون متظاهرون ارهابيون مهاجمون شرطه اخرون اخرين اخر قاده شبان مسوولون ركاب مهاجرون مسلحو "
    "قوات جنديا".split()
)
# "three of his guards"
_THEIRS = frozenset(
    stem + whose
    for stem in "مرافقي حراس عناصر جنود رجال افراد منتسبي مقاتلي زملا زملاي اقارب ركاب مساعدي ضباط عمال موظفي".split()
    for whose in ("ه", "ها", "هم", "يه")
)
PEOPLE = ONE | TWO | SOUND | MANY | _THEIRS
# Kin told by whose they are, "his wife", "her two children": how many; particles are taken off before.
KIN = {
    **{
        stem + whose: 1
        for stem in (
            "زوجت ابن ابنت شقيق شقيقت والد والدت طفل طفلت نجل حفيد قريب مرافق سايق زميل جد جدت نايب حارس"
        ).split()
        for whose in ("ه", "ها", "هم")
    },
    **dict.fromkeys("اخوه اخوها اخيه اخته اختها ابوه ابيه امه امها عمه خاله".split(), 1),
    **{
        stem + whose: 2
        for stem in (
            "طفلا طفلي ابنا ابني ولدا ولدي شقيقا شقيقي نجلا نجلي ابنتا ابنتي طفلتا طفلتي مرافقا مرافقي زميلا زميلي "
            "حارسا حارسي"
        ).split()
        for whose in ("ه", "ها", "هم")
    },
}
KIN_MANY = frozenset(
    stem + whose for stem in "اطفال ابناء ابنا بنات اولاد اشقا اخوت".split() for whose in ("ه", "ها", "هم", "يه", "يها")
)
PARENTS = frozenset(("ام", "اب", "والد", "والده", "شقيق", "زوج", "زوجان", "شقيقان", "شقيقين", "زوجين"))
# Beginnings of the verbs by which bodies are counted.
FOUND = tuple(
    "انتشل عثر نقل دفن وجد استقبل تسلم استلم اكتشف وصل احص شوهد تعرف استخرج سحب انتشال العثور نقلت دفنت وصول شيع تلق "
    "ملقاه متفحم متحلل".split()
)
# What a number may count that is not people.
THINGS = MONTHS["ar"].keys() | frozenset(
    "كم كلم كيلومتر كيلومترا كيلومترات متر مترا امتار ميل ميلا برميل برميلا طن طنا دولار يوم يوما ايام يومين "
    "اسبوع اسابيع شهر شهرا اشهر شهور عام عاما اعوام عامين سنه سنوات سنتين ساعه ساعات ساعتين دقيقه دقايق مره مرات "
    "قريه قري مدينه مدن محافظه محافظات موقع مواقع منطقه مناطق نقطه نقاط مركز مراكز اليه اليات سياره سيارات دبابه "
    "دبابات مركبه مركبات طايره طايرات صاروخ صواريخ صاروخا قذيفه قذايف غاره غارات هجوم هجمات انفجار انفجارات منزل "
    "منازل اسر اسره عايله عايلات معبر معابر حقل حقول بير ابار محطه محطات شاحنه شاحنات سفينه سفن ناقله ناقلات "
    "قاعده قواعد معسكر معسكرات حاجز حواجز دوله دول بلده بلدات حي احياء صباحا مساء بتوقيت مليون راس كانون تشرين".split()
)
NEGATIONS = frozenset("لم لن لا دون بدون ليس عدم غير اي نفي نفت ينفي تنفي".split())
# Behind one of these no person belongs to the verb any more.
BARRIERS = frozenset("في علي من الي عن قرب خلال بعد قبل منذ اثر جراء بسبب برصاص بنيران عند لدي حول ان بين".split())
