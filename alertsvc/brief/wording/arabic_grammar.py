"""The grammar of Arabic briefings: gender, the dual and the counted noun, particles that are written onto a word.

Modern standard Arabic of the press without case endings, so that only what is written is formed: verbs that agree by
gender before their subject and by number behind it, sound plurals and duals in two cases, nouns by the number that
counts them. Digits are the Latin ones, which the press of the Maghreb and most wire services print.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from babel import Locale

from alertsvc.brief.actors import MAX_NAME, Actor
from alertsvc.brief.gazetteer import SiteEntry, actor_entry, capital_names, site_entry
from alertsvc.brief.nouns import Noun
from alertsvc.brief.places import MAX_PLACE, NEAR_KM, Site, without_kind
from alertsvc.brief.texts import clean, without_brackets
from alertsvc.brief.wording.grammar import Agreement, Grammar
from alertsvc.brief.wording.people import generic
from alertsvc.domain import Count, IncidentClass, Place, PlaceKind

__all__ = ["ArabicGrammar", "ArabicNoun"]

_ARABIC = re.compile("[\u0620-\u064a]")
# Letters of Persian, Urdu and Kurdish that have an Arabic form of the same sound.
_NATIVE = str.maketrans({"\u06a9": "\u0643", "\u06cc": "\u064a", "\u06d2": "\u064a", "\u06be": "\u0647"})
_PERSIAN = re.compile("[\u067e\u0686\u0698\u06a9\u06af\u06cc\u06c0-\u06c3\u06be\u06d2\u0679]")
# What the press writes short, or CLDR's name is no good in a line of news.
_OWN_COUNTRIES = {
    "AE": "الإمارات",
    "CD": "الكونغو الديمقراطية",
    "CF": "أفريقيا الوسطى",
    "CG": "الكونغو",
    "CI": "ساحل العاج",
    "GB": "بريطانيا",
    "KP": "كوريا الشمالية",
    "KR": "كوريا الجنوبية",
    "MM": "ميانمار",
    "SA": "السعودية",
    "US": "الولايات المتحدة",
}
_NUMBERS = ("صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة")
_WITH_FEMININE = ("صفر", "واحدة", "اثنتان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر")
_ORDINALS = ("الأول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع", "العاشر")


class _Counted(NamedTuple):
    one: str
    two: str
    two_oblique: str
    few: str  # three to ten
    many: str  # eleven to ninety-nine
    feminine: bool = False


_INCIDENT = _Counted("حادث", "حادثان", "حادثين", "حوادث", "حادثاً")
_KILLED = _Counted("قتيل", "قتيلان", "قتيلين", "قتلى", "قتيلاً")
_FILED = _Counted("تقرير", "تقريران", "تقريرين", "تقارير", "تقريراً")
_COUNTED = {
    "incident": _INCIDENT,
    "of_incident": _INCIDENT,
    "death": _KILLED,
    "killed": _KILLED,
    "reported_killed": _KILLED,
    "arrest": _Counted("حالة توقيف", "حالتا توقيف", "حالتي توقيف", "حالات توقيف", "حالة توقيف", feminine=True),
    "wounded": _Counted("جريح", "جريحان", "جريحين", "جرحى", "جريحاً"),
    "captured": _Counted("أسير", "أسيران", "أسيرين", "أسرى", "أسيراً"),
    "person": _Counted("شخص", "شخصان", "شخصين", "أشخاص", "شخصاً"),
    "source": _Counted("مصدر", "مصدران", "مصدرين", "مصادر", "مصدراً"),
    "report": _Counted("تقرير آخر", "تقريران آخران", "تقريرين آخرين", "تقارير أخرى", "تقريراً آخر"),
    "filed": _FILED,
    "country": _Counted("بلد", "بلدان", "بلدين", "بلدان", "بلداً"),
    "place": _Counted("موقع", "موقعان", "موقعين", "مواقع", "موقعاً"),
}
# Counted nouns that stand behind a preposition or a verbal noun.
_OBLIQUE = frozenset({"reported_killed", "person", "of_incident", "country"})

_CROSSING = "معبر"
_SITE = ("موقع {name} النفطي", False)
_OIL = {
    "field": ("حقل {name} النفطي", False),
    "gas_field": ("حقل {name} للغاز", False),
    "terminal": ("ميناء {name} النفطي", False),
    "refinery": ("مصفاة {name}", True),
    "pipeline": ("خط أنابيب {name}", False),
    "depot": ("مستودع {name} للوقود", False),
    "pumping_station": ("محطة ضخ {name}", True),
    "lng": ("محطة {name} للغاز المسال", True),
}
# Kinds of site that an alias may begin with; those of the second group say more than ours and stay.
_KINDS = ("معبر", "منفذ", "حقل", "مصفاة", "مصفى", "ميناء", "مرفأ", "مستودع")
_OWN_KINDS = {
    "جسر": False,
    "نفق": False,
    "بوابة": True,
    "ممر": False,
    "محطة": True,
    "خط": False,
    "مطار": False,
    "قاعدة": True,
    "معسكر": False,
}
_HEAD_MASCULINE = frozenset({"مطار", "معسكر", "جسر", "طريق", "حي", "مفترق", "ميناء", "سد", "جبل", "ممر", "محور"})

_PEOPLE = frozenset(
    "جنود سكان أهالي عمال ثوار قراصنة حراس شبان تجار شهود رجال قطاع مرتزقة أنصار القراصنة المرتزقة الثوار السكان "
    "الجنود".split()
)
_FEMININE = frozenset(
    "ميليشيا مليشيا الميليشيا سرايا كتائب ألوية فصائل الجمارك قسد حماس طالبان العمالقة تشكيلات".split()
)
_MASCULINE = frozenset({"خليفة"})
_SINGULAR_ON = frozenset({"قانون", "تلفزيون", "مليون", "زيتون", "لبنان", "عون", "لون"})


def _is_arabic(text: str) -> bool:
    return bool(_ARABIC.search(text))


class ArabicNoun(Noun):
    """A noun phrase in the nominative: `{x:obl}` behind a preposition or verb, `{x:l}` and `{x:b}` with the particle.

    `people` is true of a plural of persons, with which a verb behind it stands in the plural.
    """

    people: bool = False

    def form(self, which: str) -> str:
        if which == "obl":
            return _oblique(self)
        if which in ("l", "b"):
            return _attached("ل" if which == "l" else "ب", _oblique(self))
        return str(self)


def _oblique(text: str) -> str:
    """Return a phrase with its sound plurals in the oblique case: of gunmen, not gunmen."""

    def turned(word: str) -> str:
        if word.endswith("ون") and len(word) > 4 and word.removeprefix("ال") not in _SINGULAR_ON:
            return word[:-2] + "ين"
        return word

    words = str(text).split(" ")
    if words[0].endswith("و") and len(words) > 1 and len(words[0]) > 4:
        words[0] = words[0][:-1] + "ي"
    return " ".join(turned(word) for word in words)


def _attached(particle: str, text: str) -> str:
    """Return a word with a particle of one letter written onto it."""
    if not _is_arabic(text[:1]):
        return f"{particle}ـ{text}"
    if particle == "ل" and text.startswith("ال"):
        return "لل" + text[2:].removeprefix("ل") if text.startswith("الل") else "لل" + text[2:]
    return particle + text


def _noun(text: str, *, feminine: bool | None = None) -> ArabicNoun:
    head = text.split()[0] if text.split() else text
    people = head in _PEOPLE or head.endswith("ون") or (head.endswith("و") and len(head) > 4)
    people = people and head.removeprefix("ال") not in _SINGULAR_ON
    if feminine is None:
        female = head in _FEMININE or (head.endswith(("ة", "ات", "اء")) and head not in _MASCULINE)
        feminine = female and not people and head not in _PEOPLE
    noun = ArabicNoun(text, plural=people, feminine=feminine)
    assert isinstance(noun, ArabicNoun)
    noun.people = people
    return noun


@cache
def _country(code: str) -> str:
    name = _OWN_COUNTRIES.get(code) or Locale("ar").territories.get(code)
    return without_brackets(str(name)) if name else clean(code, 12)


class ArabicGrammar(Grammar):
    """Written from right to left; one doer in a headline, as the verb behind two would be a dual."""

    code = "ar"
    direction = "rtl"
    said_in_headlines = 1
    loose_ends = frozenset("في على من إلى عن مع بين قرب نحو عند أن إن و أو ما بعد بحسب وفق قبل أنباء".split())

    # --- numbers ------------------------------------------------------------------------------------------------

    def number(self, value: int) -> str:
        return _NUMBERS[value] if 0 <= value <= 10 else self.digits(value)

    def ordinal(self, value: int) -> str:
        return _ORDINALS[value - 1] if 1 <= value <= 10 else f"رقم {self.digits(value)}"

    def counted(self, value: int, what: str, *, words: bool = True) -> str:
        noun = _COUNTED[what]
        if value == 1:
            return f"{noun.one} {'واحدة' if noun.feminine else 'واحد'}"
        if value == 2:
            return noun.two_oblique if what in _OBLIQUE else noun.two
        if 3 <= value <= 10:
            spelt = (_WITH_FEMININE if noun.feminine else _NUMBERS)[value]
            return f"{spelt if words else self.digits(value)} {noun.few}"
        rest = value % 100
        form = noun.one if rest < 3 else noun.few if rest <= 10 else noun.many
        return f"{self.digits(value)} {form}"

    def at_least(self, count: Count, what: str = "") -> str:
        if count.high is not None and count.high > count.low:
            if what and count.high == 2 and count.low == 1:
                return f"{_COUNTED[what].one} أو {_COUNTED[what].two}"
            low = "اثنين" if count.low == 2 else self.number(count.low)
            high = "اثنين" if count.high == 2 else self.number(count.high)
            return f"ما بين {low} و{self.counted(count.high, what) if what else high}"
        return f"{self.counted(count.low, what) if what else self.number(count.low)} على الأقل"

    def hurt(self, wounded: Count | None, captured: Count | None) -> str:
        found = ((wounded, "wounded"), (captured, "captured"))
        known = [self._oblique_count(count, what) for count, what in found if count is not None and count.low > 0]
        return f"وردت أنباء عن {self.joined(known)}" if known else ""

    def _oblique_count(self, count: Count, what: str) -> str:
        noun = _COUNTED[what]
        return self.at_least(count, what).replace(noun.two, noun.two_oblique)

    # --- joining ------------------------------------------------------------------------------------------------

    def joined(self, items: Iterable[str]) -> str:
        parts = list(items)
        if len(parts) < 2:
            return "".join(parts)
        return f"{'، '.join(parts[:-1])} و{parts[-1]}"

    def group(self, nouns: Sequence[Noun]) -> Noun:
        if len(nouns) == 1:
            return nouns[0]
        first = nouns[0] if nouns else None
        # A verb before several subjects agrees with the nearest.
        noun = ArabicNoun(self.joined(nouns), plural=True, feminine=bool(first is not None and first.feminine))
        assert isinstance(noun, ArabicNoun)
        noun.people = True
        return noun

    def agreements(self, noun: Noun) -> Mapping[str, Agreement]:
        feminine = int(noun.feminine)
        people = isinstance(noun, ArabicNoun) and noun.people
        return {"v": Agreement(feminine), "g": Agreement(feminine), "w": Agreement(2 if people else feminine)}

    def clause(self, text: str) -> Noun:
        return ArabicNoun(text)

    def noun(self, text: str, *, feminine: bool = False) -> Noun:
        return _noun(text, feminine=feminine or None)

    def capitalised(self, text: str) -> str:
        return text

    def quoted(self, text: str) -> str:
        return f"«{text}»"

    def outlet(self, name: str) -> str:
        return name if _is_arabic(name) else f"«{name}»"

    # --- names --------------------------------------------------------------------------------------------------

    def country(self, code: str | None) -> Noun | None:
        return _noun(_country(code)) if code else None

    def actor(self, name: str) -> Actor:
        line = clean(name, MAX_NAME).strip(" .!?:;,-–—\"“”'«»،؛؟") or "?"
        bare = re.sub(r"^(?:the|a|an)\s+", "", without_brackets(line), flags=re.I)
        entry = actor_entry(line, without_brackets(line), bare)
        people = generic(line)
        known = [] if entry is None else [entry.shown.get("ar", ""), *entry.names["ar"]]
        shown = next((item for item in (people.get("ar", ""), *known) if item), "")
        if not shown and _is_arabic(line):
            shown = _nominative(bare)
        # A name that has no Arabic form is told as that of a party, whose gender the verb can follow.
        noun = _noun(shown) if shown else _noun(f"جهة «{bare}»", feminine=True)
        return Actor(line, noun, noun, noun.people)

    def site(self, place: Place) -> Site:
        entry = site_entry(place.gazetteer_id)
        name = _place_name(place, entry)
        countries = tuple(self.countries(place.country))
        capital = self._capital(place)
        km = place.km_to_capital
        if place.kind is PlaceKind.CAPITAL:
            capital = capital or _noun(name)
            bracket = f" ({self.joined(countries)})" if countries else ""
            away = f"على بعد {self._km(km)} من {capital}" if km is not None and km >= 1 else f"في منطقة {capital}"
            short = plain = _noun(f"موقع {away}")
            full, goal, goal_full = _noun(short + bracket), capital, _noun(capital + bracket)
            name = str(capital)
        elif place.kind is PlaceKind.APPROACH:
            short, full, plain, goal, goal_full = self._on_the_way(name, capital, countries, km)
        else:
            short = plain = goal = _of_kind(place.kind, name, entry)
            full = goal_full = _noun(plain + self._where(place), feminine=plain.feminine)
        return Site(
            name=name,
            countries=countries,
            short=short,
            full=full,
            plain=plain,
            goal=goal,
            goal_full=goal_full,
            capital=capital,
            km=km,
        )

    def _km(self, km: float) -> str:
        return f"{self.digits(int(km + 0.5))} كم"

    def _where(self, place: Place) -> str:
        countries = self.countries(place.country)
        if place.kind is PlaceKind.CROSSING and len(countries) == 2:
            return f" على الحدود بين {countries[0]} و{countries[1]}"
        return f" في {self.joined(countries)}" if countries else ""

    def _capital(self, place: Place) -> ArabicNoun | None:
        name = place.capital or (place.name if place.kind is PlaceKind.CAPITAL else None)
        if not name:
            return None
        names = capital_names(place.country, name).get("ar") or (clean(name, MAX_PLACE),)
        return _noun(without_brackets(names[0]), feminine=True)

    def _on_the_way(
        self, name: str, capital: ArabicNoun | None, countries: tuple[Noun, ...], km: float | None
    ) -> tuple[ArabicNoun, ArabicNoun, ArabicNoun, ArabicNoun, ArabicNoun]:
        feminine = name.split()[0] not in _HEAD_MASCULINE if name.split() else True
        bare = _noun(name, feminine=feminine)
        close = capital is not None and capital not in bare and (km is None or km <= NEAR_KM)
        near = f" قرب {capital}" if close and capital is not None else ""
        inside = [f"على بعد {self._km(km)} من {capital}"] if km is not None and km >= 1 and capital is not None else []
        if len(countries) == 1:
            inside.append(str(countries[0]))
        full = f"{bare} ({'، '.join(inside)})" if inside else str(bare)
        towards = f"{capital} عند " if near else ""
        return (
            _noun(bare + near, feminine=feminine),
            _noun(full, feminine=feminine),
            bare,
            _noun(towards + bare),
            _noun(towards + full),
        )

    def area(self, place: Site, incident_class: IncidentClass) -> tuple[str, ...]:
        both = "-".join(place.countries)
        if len(place.countries) == 2 and incident_class is IncidentClass.BORDER:
            return (f"حدود {place.countries[0]} و{place.countries[1]}: ", f"{both}: ")
        classes = {
            IncidentClass.BORDER: "حدود",
            IncidentClass.OIL: "نفط وغاز",
            IncidentClass.CAPITAL: "عاصمة",
        }
        return (f"{both or classes[incident_class]}: ",)

    def readable(self, name: str) -> bool:
        return _is_arabic(name)


def _nominative(text: str) -> str:
    """Return what a report names in the oblique case ("مسلحين من الجنوب") as a subject."""
    head, blank, rest = text.partition(" ")
    if head.endswith("ين") and len(head) > 4 and head[:-2] + "ون" in _SOUND_PLURALS:
        return head[:-2] + "ون" + blank + rest
    return text


# Sound plurals that news uses for people; other words in -in are no plurals, or are written alike in both cases.
_SOUND_PLURALS = frozenset(
    "مسلحون مقاتلون متمردون متشددون متظاهرون محتجون مهاجمون مهربون انفصاليون جهاديون مدنيون مسؤولون مهاجرون سائقون "
    "مزارعون متطوعون معارضون إرهابيون الحوثيون".split()
)


def _place_name(place: Place, entry: SiteEntry | None) -> str:
    """Return a place's name in Arabic without the kind of site; in its own script where it has no Arabic form."""
    given = clean(place.name, MAX_PLACE).strip(" .!?:;,-–—،؛") or "موقع غير مسمى"
    if entry is None:
        return _without_kind(given) if _is_arabic(given) else _latin(given)
    if "ar" in entry.shown:
        return entry.shown["ar"]
    names = [alias for alias in entry.names["ar"] if _is_arabic(alias)]
    native = [alias for alias in names if not _PERSIAN.search(alias)] or names
    if not native:
        return _latin(entry.name)
    name = _without_kind(native[0].translate(_NATIVE))
    # An alias may bear the country that tells it from others of the name; the sentence names that anyway.
    for code in (place.country or "").split("-"):
        name = name.removesuffix(f" {_country(code)}") if code else name
    return name


def _latin(name: str) -> str:
    """Return a name that has no Arabic form, without the English words in it."""
    return re.sub(r",? and ", " و", without_kind(without_brackets(name)))


_OF_FUEL = ("نفط", "وقود", "غاز", "النفط", "الغاز", "الوقود")


def _without_kind(name: str) -> str:
    bare = without_brackets(name)
    head, blank, rest = bare.partition(" ")
    kind = head.removeprefix("ال") in _KINDS and not rest.startswith(_OF_FUEL)
    return rest if blank and rest and kind else bare


def _of_kind(kind: PlaceKind, name: str, entry: SiteEntry | None) -> ArabicNoun:
    """Return a crossing or oil site with its kind: "معبر رأس جدير"."""
    head = name.split()[0] if name.split() else ""
    if head in _OWN_KINDS or head in _KINDS:
        return _noun(name, feminine=_OWN_KINDS.get(head, head.endswith("ة")))
    if kind is PlaceKind.CROSSING:
        return _noun(f"{_CROSSING} {name}", feminine=False)
    pattern, feminine = _OIL.get(entry.type if entry is not None else "", _SITE)
    return _noun(pattern.format(name=name), feminine=feminine)
