"""The words of the Arabic weekly review and full incident brief."""

from __future__ import annotations

from collections.abc import Sequence

from alertsvc.brief.wording.arabic import ARABIC
from alertsvc.brief.wording.reviews import Reviews
from alertsvc.domain import Action, IncidentClass, Status

__all__ = ["ARABIC_REVIEWS"]

_MOST_NAMES = 3


def _area(codes: Sequence[str]) -> tuple[str, str]:
    names = [str(name) for code in codes if (name := ARABIC.grammar.country(code)) is not None]
    if not names:
        return "في المنطقة المشمولة", "المنطقة المشمولة"
    if len(names) > _MOST_NAMES:
        return f"في {ARABIC.grammar.counted(len(names), 'country')}", "المنطقة"
    return f"في {ARABIC.grammar.joined(names)}", ARABIC.grammar.joined(names)


_PHRASES = {
    # Weekly review.
    "review_title": "المراجعة الأسبوعية",
    "region": "المنطقة",
    "digest_headline": "نشرة أسبوعية، {region}: الأسبوع المنتهي في {day}",
    "digest_headline_days": "نشرة أسبوعية، {region}: من {first} إلى {last}",
    "digest_headline_quiet": "{headline}، لم يُسجَّل أي حادث",
    "second_finding": "، {incidents} خلال الأسبوع",
    "numbers": "من {d1} إلى {d2}، {incidents} {in_area}، مع {deaths} و{arrests}.",
    "numbers_none": "من {d1} إلى {d2}، لم يُسجَّل أي حادث في معبر حدودي ولا في موقع للنفط أو الغاز ولا على طريق عاصمة.",
    "deaths": "{deaths} على الأقل",
    "deaths_none": "عدم ورود أنباء عن قتلى",
    "deaths_unknown": "عدم إعلان حصيلة للضحايا",
    "arrests_unknown": "عدم توفر أرقام عن التوقيفات",
    "categories": "شكّلت فئة «{first}» {first_share}% منها، وفئة «{second}» {second_share}%.",
    "category": "شكّلت فئة «{first}» {first_share}% منها.",
    "index_keeps": "بلغ مؤشر الحوادث {index} ({notes})، وهو ما يبقي {area} في مستوى «{zone}».",
    "index_moves": "بلغ مؤشر الحوادث {index} ({notes})، وهو ما ينقل {area} من مستوى "
    "«{zone_before}» إلى مستوى «{zone}».",
    "index_puts": "بلغ مؤشر الحوادث {index} ({notes})، وهو ما يضع {area} في مستوى «{zone}».",
    "few": "حوادث قليلة",
    "change": "{change} خلال الأسبوع",
    "change_unknown": "التغير الأسبوعي غير متاح",
    "opposite_up_severe": "انتقلت الحوادث من {n0} إلى {n1} بينما ارتفع المؤشر من {i0} إلى "
    "{i1}، لأن نسبة أكبر منها كانت "
    "شديدة: {s1} من أصل {n1} عند 2.5 أو أكثر، مقابل {s0} من أصل {n0} في الأسبوع السابق.",
    "opposite_down_severe": "انتقلت الحوادث من {n0} إلى {n1} بينما انخفض المؤشر من {i0} "
    "إلى {i1}، لأن نسبة أصغر منها كانت "
    "شديدة: {s1} من أصل {n1} عند 2.5 أو أكثر، مقابل {s0} من أصل {n0} في الأسبوع السابق.",
    "opposite_up": "انتقلت الحوادث من {n0} إلى {n1} بينما ارتفع المؤشر من {i0} إلى {i1}، "
    "لأن مجموع درجات خطورتها انتقل من "
    "{l0} إلى {l1}، أي أكثر للحادث الواحد.",
    "opposite_down": "انتقلت الحوادث من {n0} إلى {n1} بينما انخفض المؤشر من {i0} إلى {i1}، "
    "لأن مجموع درجات خطورتها انتقل "
    "من {l0} إلى {l1}، أي أقل للحادث الواحد.",
    "trend": "مقارنة بالأسبوع السابق: الحوادث من {n0} إلى {n1}، والمؤشر من {i0} إلى {i1} "
    "({change})، والحمل من {l0} إلى "
    "{l1}.",
    "trend_empty": "مقارنة بالأسبوع السابق: الحوادث من {n0} إلى {n1}، وتغير المؤشر غير متاح.",
    "quietest_since": "وهو أهدأ أسبوع منذ الأسبوع المنتهي في {day}.",
    "quietest_of": "وهو أهدأ أسبوع في سجلنا الذي يضم {weeks}.",
    "front": "{front}، {incidents} بمتوسط خطورة {average}، مقابل {before} في الأسبوع السابق.",
    "front_alone": "{front}، {incidents} بمتوسط خطورة {average}.",
    "front_one": "{front}، {incidents} بخطورة {average}، مقابل {before} في الأسبوع السابق.",
    "front_one_alone": "{front}، {incidents} بخطورة {average}.",
    "front_further": "{front}، {incidents}.",
    "outlook": "{expected}؛ والوضع ما زال مفتوحاً بحسب آخر تقرير، في {day}، من {outlets} ({status}، من {sources}).",
    "outlook_announced": "أُعلن عن {noun} في {day}، بحسب {outlets} ({status}، من {sources}).",
    "outlook_offensive": "أُعلن هجوم على {capital} وقد يقترب القتال منها؛ آخر تقرير في {day} من {outlets} ({status}، من "
    "{sources}).",
    "also_more": "و{more} غيرها في الجدول",
    "rows_more": "و{more} غيرها، محتسبة أعلاه وغير مدرجة",
    "method_weekly": "المنهج: يُحتسب كل حدث مرة واحدة بأعلى خطورة بلغها خلال الأسبوع، ولا "
    "تُحتسب الحوادث المسحوبة. المؤشر "
    "هو متوسط درجات الخطورة ولا يقارن بمؤشرات جهات أخرى.",
    # Full incident brief.
    "brief_mark": "[موجز] ",
    "standfirst": "{noun}: الخطورة {severity} من {highest} ({label})، والحالة «{status}»{why}.",
    "standing": "المسجَّل حتى {instant}: {reports} من {sources}.",
    "party": "ما {w:يقوله|تقوله|يقوله} {speaker}",
    "nobody_quoted": "لا تنقل التقارير عن أي من الطرفين.",
    "one_side_quoted": "لا تنقل التقارير عن طرف آخر.",
    "named": "تسمي التقارير من يقف وراءه كما يلي: {listed}.",
    "semicolon": "؛ ",
    "named_as": "{actors} ({outlets})",
    "distance": "{place} على بعد {distance} من {capital}.",
    "other_sites": "وردت أنباء عن استهداف مواقع أخرى في الواقعة نفسها: {places}.",
    "method_brief": "المنهج: تحسب الحالة المصادر المستقلة، وإعادة النشر مرة واحدة. والخطورة مجموع نقاط لما وقع ولمدى "
    "ثبوته، بأنصاف نقاط من 0.5 إلى 5.0.",
}

_LABELS = {
    "fronts": "جبهة بعد جبهة",
    "also_recorded": "كما سُجل",
    "outlook": "ما يُرتقب",
    "who": "من يقف وراءه",
    "why_here": "أهمية المكان",
    "implication": "ما يدل عليه",
}

_COUNTED = {
    "critical_were": {
        "=1": "سُجل حادث خطير واحد",
        "=2": "سُجل حادثان خطيران",
        "few": "سُجلت {n} حوادث خطيرة",
        "many": "سُجل {n} حادثاً خطيراً",
        "other": "سُجل {n} حادث خطير",
    },
    "incidents_were": {
        "=1": "سُجل حادث واحد",
        "=2": "سُجل حادثان",
        "few": "سُجلت {w} حوادث",
        "many": "سُجل {w} حادثاً",
        "other": "سُجل {w} حادث",
    },
    "further_were": {
        "=1": "يبقى حادث واحد محتسب أعلاه",
        "=2": "يبقى حادثان محتسبان أعلاه",
        "few": "تبقى {w} حوادث محتسبة أعلاه",
        "many": "يبقى {w} حادثاً محتسباً أعلاه",
        "other": "يبقى {w} حادث محتسب أعلاه",
    },
    "incidents": {
        "=1": "حادث واحد",
        "=2": "حادثان",
        "few": "{w} حوادث",
        "many": "{w} حادثاً",
        "other": "{w} حادث",
    },
    "before": {"=0": "لا شيء", "=2": "اثنين", "other": "{w}"},
    "deaths": {
        "=1": "قتيل واحد",
        "=2": "قتيلين",
        "few": "{n} قتلى",
        "many": "{n} قتيلاً",
        "other": "{n} قتيل",
    },
    "weeks": {
        "=1": "أسبوعاً واحداً",
        "=2": "أسبوعين",
        "few": "{w} أسابيع",
        "many": "{w} أسبوعاً",
        "other": "{w} أسبوع",
    },
    "reports": {
        "=1": "تقرير واحد",
        "=2": "تقريران",
        "few": "{w} تقارير",
        "many": "{w} تقريراً",
        "other": "{w} تقرير",
    },
    "independent": {
        "=1": "مصدر مستقل واحد",
        "=2": "مصدرين مستقلين",
        "few": "{w} مصادر مستقلة",
        "many": "{w} مصدراً مستقلاً",
        "other": "{w} مصدر مستقل",
    },
}

_FRONTS = {
    "borders": "على الحدود",
    "oil": "في مواقع النفط والغاز",
    "capital": "حول العاصمة",
    "political": "على الصعيد السياسي",
    "security": "على الصعيد الأمني",
    "criminality": "على صعيد الجريمة",
    "economic": "على الصعيد الاقتصادي",
    "social": "على الصعيد الاجتماعي",
}

_OUTLOOK = {
    Action.ATTACK: "قد تقع هجمات أخرى على {site}",
    Action.CLASH: "قد يتجدد القتال في {site}",
    Action.SEIZURE: "قد تتغير السيطرة على {site} من جديد",
    Action.RECAPTURE: "قد تقع محاولة جديدة للسيطرة على {site}",
    Action.AIRSTRIKE: "قد تقع ضربات أخرى على {site}",
    Action.CLOSURE: "قد يستمر إغلاق {site}، ومن شأن إعادة فتحه خفض التقييم",
    Action.REOPENING: "لا يُستبعد إغلاق {site} من جديد",
    Action.BLOCKADE: "قد يشتد تعطيل العمل في {site} أو يُنهى بالقوة",
    Action.SHUTDOWN: "قد يستمر توقف العمل في {site}، ومن شأن استئنافه خفض التقييم",
    Action.RESUMPTION: "لا يُستبعد توقف العمل في {site} من جديد",
    Action.ADVANCE: "قد يستمر التقدم نحو {goal}",
    Action.REPELLED: "قد يقع هجوم جديد على {site}",
    Action.SIEGE: "قد ينتهي حصار {site} باقتحام أو يُرفع",
    Action.MOBILISATION: "قد تتحرك القوات المحتشدة قرب {site}",
    Action.THREAT: "قد يُنفذ التهديد الموجه إلى {site}",
    Action.ACCIDENT: "قد تكون للحادث في {site} آثار أخرى على العمل",
}

_IMPLIED = {
    Action.ATTACK: "يدل الهجوم على أن {site} في متناول جماعات مسلحة، ويختبر من يتولى حراسته.",
    Action.CLASH: "يدل الاشتباك على أن أطرافاً مسلحة تتواجه في {site}، وينذر باستدراج غيرها.",
    Action.SEIZURE: "تكشف السيطرة ضعف حراسة {site}، وتختبر من كان يمسك به.",
    Action.RECAPTURE: "تدل الاستعادة على أن السيطرة على {site} متنازع عليها ولا يضمنها أي طرف.",
    Action.AIRSTRIKE: "تدل الضربة على أن {site} هدف من الجو، وتكشف ما فيه.",
    Action.CLOSURE: "يدل الإغلاق على سرعة انقطاع العبور أو العمل في {site}، ويختبر البدائل.",
    Action.REOPENING: "تدل إعادة الفتح على التوصل إلى ترتيب بشأن {site}، ولم يُختبر بعد.",
    Action.BLOCKADE: "يدل التعطيل على أن {site} ورقة ضغط، ويختبر من يعتمد عليه.",
    Action.SHUTDOWN: "يدل التوقف على مدى تعرض العمل في {site} لضغوط من الخارج.",
    Action.RESUMPTION: "يدل الاستئناف على التوصل إلى ترتيب بشأن {site}، ولم يُختبر بعد.",
    Action.ADVANCE: "يختبر التقدم الدفاعات أمام {goal} ويقصر المسافة الباقية.",
    Action.REPELLED: "تدل المحاولة على أن {site} هدف مطلوب، ويدل فشلها على صمود الدفاع هذه المرة.",
    Action.SIEGE: "يكشف الحصار الأشخاص والمؤن في {site}، ويختبر القدرة على الصمود.",
    Action.MOBILISATION: "يدل الحشد على جلب قوات قرب {site}، وينذر بتبادل أول للنيران.",
    Action.THREAT: "يدل التهديد على أن {site} ورقة ضغط، ويختبر الرد عليه.",
    Action.ACCIDENT: "يكشف الحادث حجم ما يقوم على {site} وحده.",
}

_IMPLIED_IF_TRUE = {
    Action.ATTACK: "إن ثبت الهجوم، فسيدل على أن {site} في متناول جماعات مسلحة.",
    Action.CLASH: "إن ثبت الاشتباك، فسيدل على أن أطرافاً مسلحة تتواجه في {site}.",
    Action.SEIZURE: "إن ثبتت السيطرة، فستكشف ضعف حراسة {site}.",
    Action.RECAPTURE: "إن ثبتت الاستعادة، فستدل على أن السيطرة على {site} لا يضمنها أي طرف.",
    Action.AIRSTRIKE: "إن ثبتت الضربة، فستدل على أن {site} هدف من الجو.",
    Action.CLOSURE: "إن ثبت الإغلاق، فسيدل على سرعة انقطاع العبور أو العمل في {site}.",
    Action.REOPENING: "إن ثبتت إعادة الفتح، فستدل على التوصل إلى ترتيب بشأن {site}.",
    Action.BLOCKADE: "إن ثبت التعطيل، فسيدل على أن {site} ورقة ضغط.",
    Action.SHUTDOWN: "إن ثبت التوقف، فسيدل على مدى تعرض العمل في {site} للضغوط.",
    Action.RESUMPTION: "إن ثبت الاستئناف، فسيدل على التوصل إلى ترتيب بشأن {site}.",
    Action.ADVANCE: "إن ثبت التقدم، فسيختبر الدفاعات أمام {goal}.",
    Action.REPELLED: "إن ثبتت المحاولة، فستدل على أن {site} هدف مطلوب.",
    Action.SIEGE: "إن ثبت الحصار، فسيكشف الأشخاص والمؤن في {site}.",
    Action.MOBILISATION: "إن ثبت الحشد، فسيدل على جلب قوات قرب {site}.",
    Action.THREAT: "إن ثبت التهديد، فسيدل على أن {site} ورقة ضغط.",
    Action.ACCIDENT: "إن ثبت الحادث، فسيكشف حجم ما يقوم على {site} وحده.",
}

ARABIC_REVIEWS = Reviews(
    speech=ARABIC,
    phrases=_PHRASES,
    labels=_LABELS,
    counted=_COUNTED,
    fronts=_FRONTS,
    outlook=_OUTLOOK,
    implied=_IMPLIED,
    implied_if_true=_IMPLIED_IF_TRUE,
    exposed={
        IncidentClass.BORDER: "ومن يتاجر أو يسافر عبر {site} معرض لما يلي ذلك، على الجانبين.",
        IncidentClass.OIL: "ومن يعمل في {site} أو يتزود منه معرض لما يلي ذلك.",
        IncidentClass.CAPITAL: "و{capital} والطرق المؤدية إليها معرضة لما يلي ذلك.",
    },
    statuses={
        Status.CLAIMED: "، إذ يقوله طرف واحد فقط",
        Status.REPORTED: "، إذ أورده مصدر مستقل واحد",
        Status.CONFIRMED: "، استناداً إلى {sources}",
        Status.DISPUTED: "، إذ يناقض الأطراف بعضهم بعضاً",
        Status.REVERSED: "، إذ استعاد الطرف السابق الموقع خلال 24 ساعة",
        Status.WITHDRAWN: "، إذ لم يعد أي تقرير يؤيده",
    },
    area=_area,
)
