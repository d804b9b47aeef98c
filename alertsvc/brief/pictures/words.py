"""The words in and round the pictures, in each language that briefings are written in.

Patterns are filled with figures and names alone. A language that is not here is told in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from alertsvc.brief.index import BANDS
from alertsvc.brief.nouns import Noun
from alertsvc.brief.wording import language as words_of

__all__ = ["PictureWords", "figure", "picture_words", "short_day"]


@dataclass(frozen=True, slots=True)
class PictureWords:
    """What one language needs. `{}` patterns take the names that stand in them."""

    code: str
    km: str
    north: str
    states: Mapping[str, str]  # of a crossing: open, closed, contested
    months: tuple[str, ...]
    pin: str  # {category}, {severity}
    pin_short: str
    severity: str  # {severity}, {label}
    away: str  # {km}, {capital}
    state: str  # {state}
    map_of: str  # {site}, {countries}
    map_bare: str  # {site}
    around: str  # {km}, {capital}; the direction is not known
    others: str  # {count} more countries
    border_of: str  # {site}, {first}, {second}
    marked: str  # {category}, {severity}, {label}
    rings: str  # {capital}, {radii}
    several: str  # {count}, {countries}
    single: str  # {countries}
    listed: str  # {number}, {place}, {severity}
    unplaced: str  # {count}
    more: str  # {count}
    gauge_title: str
    trend: str  # {weeks}, {first}, {last}
    trend_week: str  # {week}, {count}, {index}
    trend_quiet: str  # {week}
    trend_missing: str  # {weeks}
    trend_title_count: str
    trend_title_index: str
    shares: str  # {count}
    share: str  # {category}, {count}, {percent}
    shares_title: str
    comma: str
    and_: str
    left_out: str
    decimal: str  # the decimal mark
    thousands: str
    percent: str  # {value}
    categories: Mapping[str, str] = field(default_factory=dict)  # these three are those of the briefing itself
    labels: Mapping[str, str] = field(default_factory=dict)  # of severities
    zones: Mapping[str, str] = field(default_factory=dict)


_ENGLISH = PictureWords(
    code="en",
    km="km",
    north="N",
    states={"open": "open", "closed": "closed", "contested": "contested"},
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    pin="{category}, severity {severity}",
    pin_short="{category}, {severity}",
    severity="{severity} ({label})",
    away="{km} km from {capital}",
    state="crossing {state}",
    map_of="Map: {site} in {countries}",
    map_bare="Map: {site}",
    around="{km} km from {capital}, direction not given",
    others="{count} more countries",
    border_of="Map: {site} on the border between {first} and {second}",
    marked="marked {category}, severity {severity} ({label})",
    rings="rings at {radii} km round {capital}",
    several="Map of {count} incidents in {countries}",
    single="Map of one incident in {countries}",
    listed="{number} {place} ({severity})",
    unplaced="{count} not on the map: place not known",
    more="{count} more in the table",
    gauge_title="Incidents index",
    trend="Incidents and index by week, {first} to {last}",
    trend_week="{week}: {count}, index {index}",
    trend_quiet="{week}: none",
    trend_missing="no data for {weeks}",
    trend_title_count="Incidents (bars)",
    trend_title_index="Index (line)",
    shares="Shares of {count} incidents",
    share="{category} {percent} ({count})",
    shares_title="Share of incidents by category",
    comma=", ",
    and_=" and ",
    left_out="Picture left out to keep this mail small",
    decimal=".",
    thousands=",",
    percent="{value}%",
)
_FRENCH = PictureWords(
    code="fr",
    km="km",
    north="N",
    states={"open": "ouvert", "closed": "fermé", "contested": "disputé"},
    months=("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."),
    pin="{category}, gravité {severity}",
    pin_short="{category}, {severity}",
    severity="{severity} ({label})",
    away="à {km} km {capital:de}",
    state="passage {state}",
    map_of="Carte : {site} ({countries})",
    map_bare="Carte : {site}",
    around="à {km} km {capital:de}, direction non précisée",
    others="{count} autres pays",
    border_of="Carte : {site}, à la frontière {first}-{second}",
    marked="catégorie {category}, gravité {severity} ({label})",
    rings="cercles à {radii} km autour {capital:de}",
    several="Carte de {count} incidents : {countries}",
    single="Carte d'un incident : {countries}",
    listed="{number} {place} ({severity})",
    unplaced="{count} hors carte, lieu inconnu",
    more="{count} de plus dans le tableau",
    gauge_title="Indice des incidents",
    trend="Incidents et indice par semaine, du {first} au {last}",
    trend_week="{week} : {count}, indice {index}",
    trend_quiet="{week} : aucun",
    trend_missing="pas de données pour {weeks}",
    trend_title_count="Incidents (barres)",
    trend_title_index="Indice (ligne)",
    shares="Répartition de {count} incidents",
    share="{category} {percent} ({count})",
    shares_title="Part des incidents par catégorie",
    comma=", ",
    and_=" et ",
    left_out="Image omise pour limiter la taille du courriel",
    decimal=",",
    thousands="\u202f",
    percent="{value} %",
)
_ARABIC = PictureWords(
    code="ar",
    km="كم",
    north="ش",
    states={"open": "مفتوح", "closed": "مغلق", "contested": "متنازع عليه"},
    months=(
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ),
    pin="{category}، درجة الخطورة {severity}",
    pin_short="{category}، {severity}",
    severity="{severity} ({label})",
    away="على بعد {km} كم من {capital}",
    state="المعبر {state}",
    map_of="خريطة: {site} ({countries})",
    map_bare="خريطة: {site}",
    around="على بعد {km} كم من {capital}، الاتجاه غير محدد",
    others="دول أخرى عددها {count}",
    border_of="خريطة: {site} على الحدود بين {first} و{second}",
    marked="الفئة: {category}، درجة الخطورة {severity} ({label})",
    rings="دوائر على بعد {radii} كم حول {capital}",
    several="خريطة الحوادث (العدد: {count}): {countries}",
    single="خريطة حادث واحد: {countries}",
    listed="{number} {place} ({severity})",
    unplaced="خارج الخريطة لعدم معرفة المكان: {count}",
    more="في الجدول أيضا: {count}",
    gauge_title="مؤشر الحوادث",
    trend="الحوادث والمؤشر حسب الأسبوع، من {first} إلى {last}",
    trend_week="{week}: {count}، المؤشر {index}",
    trend_quiet="{week}: لا حوادث",
    trend_missing="لا بيانات عن {weeks}",
    trend_title_count="الحوادث (أعمدة)",
    trend_title_index="المؤشر (خط)",
    shares="توزيع الحوادث (العدد: {count})",
    share="{category} {percent} ({count})",
    shares_title="حصة كل فئة من الحوادث",
    comma="، ",
    and_=" و",
    left_out="حُذفت الصورة للحد من حجم الرسالة",
    decimal=".",
    thousands=",",
    percent="{value}%",
)
_WORDS = {words.code: words for words in (_ENGLISH, _FRENCH, _ARABIC)}


@cache
def picture_words(language: str) -> PictureWords:
    """Return the words of a language, English where there are none; zones and the like as briefings have them."""
    own = _WORDS.get(language, _ENGLISH)
    speech = words_of(own.code)
    return replace(
        own,
        categories=speech.categories,
        labels={label: shown for label, (_, shown) in speech.bands.items()},
        zones={band.zone: speech.bands[band.label][0] for band in BANDS},
    )


def named(words: PictureWords, name: str) -> Noun:
    """Return a name as the patterns of the language ask for its forms: "à 45 km d'Alger"."""
    return words_of(words.code).grammar.noun(name)


def figure(words: PictureWords, value: float, decimals: int = 0) -> str:
    """Return a number as the language writes it."""
    text = f"{value:,.{decimals}f}"
    return text.replace(",", "\0").replace(".", words.decimal).replace("\0", words.thousands)


def short_day(words: PictureWords, day: date) -> str:
    """Return a day and its month, as short as the language allows."""
    return f"{day.day} {words.months[day.month - 1]}"
