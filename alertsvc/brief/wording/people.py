"""Words for armed people, officials and civilians that are no names: how each language calls them.

Reports name sides by such words ("gunmen", "des hommes armés", "مسلحون"); a briefing in another language translates
them. What is in none of the rows is a name, and stays as it is written.
"""

from __future__ import annotations

import re
from functools import cache

from alertsvc.brief.gazetteer import known_actors
from alertsvc.brief.texts import clean

__all__ = ["LANGUAGES", "ROWS", "generic", "in_english", "names_another"]

LANGUAGES = ("en", "fr", "ar")

# What is looked for in English, what in the other languages; then how it is called in English, French with its article
# and Arabic in the nominative. Words that English shares with French stand in the first.
ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "armed men|armed group of men",
        "hommes armés|des hommes armés|مسلحون|مسلحين|رجال مسلحون",
        "armed men",
        "des hommes armés",
        "مسلحون",
    ),
    (
        "gunmen|unidentified gunmen|unknown gunmen",
        "tireurs",
        "gunmen",
        "des hommes armés",
        "مسلحون",
    ),
    (
        "unidentified armed men|unknown armed men",
        "hommes armés non identifiés|مسلحون مجهولون|مسلحين مجهولين",
        "unidentified armed men",
        "des hommes armés non identifiés",
        "مسلحون مجهولون",
    ),
    (
        "armed group|an armed group",
        "groupe armé|un groupe armé|مجموعة مسلحة|جماعة مسلحة",
        "armed group",
        "un groupe armé",
        "مجموعة مسلحة",
    ),
    (
        "armed groups",
        "groupes armés|des groupes armés|مجموعات مسلحة|جماعات مسلحة",
        "armed groups",
        "des groupes armés",
        "مجموعات مسلحة",
    ),
    (
        "fighters",
        "combattants|des combattants|مقاتلون|مقاتلين",
        "fighters",
        "des combattants",
        "مقاتلون",
    ),
    (
        "militants",
        "activistes armés|متشددون|متشددين",
        "militants",
        "des militants armés",
        "متشددون",
    ),
    (
        "militia|a militia",
        "milice|une milice|ميليشيا|مليشيا",
        "militia",
        "une milice",
        "ميليشيا",
    ),
    (
        "militias|militiamen",
        "milices|des miliciens|miliciens|ميليشيات|مليشيات",
        "militias",
        "des milices",
        "ميليشيات",
    ),
    (
        "rebels|rebel fighters",
        "rebelles|des rebelles|متمردون|متمردين",
        "rebels",
        "des rebelles",
        "متمردون",
    ),
    (
        "insurgents",
        "insurgés|des insurgés",
        "insurgents",
        "des insurgés",
        "متمردون",
    ),
    (
        "separatists",
        "séparatistes|des séparatistes|انفصاليون|انفصاليين",
        "separatists",
        "des séparatistes",
        "انفصاليون",
    ),
    (
        "jihadists|suspected jihadists",
        "djihadistes|jihadistes|des djihadistes|جهاديون|جهاديين",
        "jihadists",
        "des djihadistes",
        "جهاديون",
    ),
    (
        "mercenaries",
        "mercenaires|des mercenaires|مرتزقة",
        "mercenaries",
        "des mercenaires",
        "مرتزقة",
    ),
    (
        "bandits",
        "des bandits|قطاع طرق",
        "bandits",
        "des bandits",
        "قطاع طرق",
    ),
    (
        "smugglers",
        "contrebandiers|trafiquants|des contrebandiers|مهربون|مهربين",
        "smugglers",
        "des contrebandiers",
        "مهربون",
    ),
    (
        "gang|a gang",
        "un gang|عصابة",
        "gang",
        "un gang",
        "عصابة",
    ),
    (
        "gangs|gang members",
        "des gangs|عصابات",
        "gangs",
        "des gangs",
        "عصابات",
    ),
    (
        "gang of smugglers|a gang of smugglers",
        "bande de contrebandiers",
        "gang of smugglers",
        "une bande de contrebandiers",
        "عصابة مهربين",
    ),
    (
        "pirates",
        "des pirates|قراصنة",
        "pirates",
        "des pirates",
        "قراصنة",
    ),
    (
        "tribesmen|tribal fighters|armed tribesmen",
        "combattants tribaux|مسلحون قبليون|رجال قبائل",
        "tribesmen",
        "des combattants tribaux",
        "مسلحون قبليون",
    ),
    (
        "attackers|assailants",
        "assaillants|des assaillants|مهاجمون|مهاجمين",
        "attackers",
        "des assaillants",
        "مهاجمون",
    ),
    (
        "soldiers|troops",
        "soldats|des soldats|جنود",
        "soldiers",
        "des soldats",
        "جنود",
    ),
    (
        "army|the army|military|the military",
        "armée|l'armée|الجيش",
        "army",
        "l'armée",
        "الجيش",
    ),
    (
        "police|the police",
        "la police|الشرطة",
        "police",
        "la police",
        "الشرطة",
    ),
    (
        "gendarmes",
        "gendarmerie|la gendarmerie|الدرك",
        "the gendarmerie",
        "la gendarmerie",
        "الدرك",
    ),
    (
        "security forces|the security forces",
        "forces de sécurité|les forces de sécurité|قوات الأمن|القوات الأمنية",
        "security forces",
        "les forces de sécurité",
        "قوات الأمن",
    ),
    (
        "government forces|pro-government forces",
        "forces gouvernementales|القوات الحكومية|قوات حكومية",
        "government forces",
        "les forces gouvernementales",
        "القوات الحكومية",
    ),
    (
        "border guard|the border guard",
        "garde-frontière|la garde-frontière|حرس الحدود",
        "border guard",
        "la garde-frontière",
        "حرس الحدود",
    ),
    (
        "border guards|the border guards",
        "gardes-frontières|des gardes-frontières",
        "border guards",
        "des gardes-frontières",
        "حرس الحدود",
    ),
    (
        "coast guard|the coast guard",
        "garde-côtes|خفر السواحل",
        "coast guard",
        "les garde-côtes",
        "خفر السواحل",
    ),
    (
        "guards",
        "gardes|des gardes|حراس",
        "guards",
        "des gardes",
        "حراس",
    ),
    (
        "customs officers",
        "douaniers|des douaniers|جمارك",
        "customs officers",
        "des douaniers",
        "الجمارك",
    ),
    (
        "government|the government",
        "gouvernement|le gouvernement|الحكومة",
        "government",
        "le gouvernement",
        "الحكومة",
    ),
    (
        "authorities|the authorities|local authorities",
        "autorités|les autorités|السلطات",
        "the authorities",
        "les autorités",
        "السلطات",
    ),
    (
        "officials|local officials",
        "responsables|des responsables|مسؤولون|مسؤولين",
        "officials",
        "des responsables",
        "مسؤولون",
    ),
    (
        "official|an official|a local official",
        "un responsable|responsable|مسؤول",
        "an official",
        "un responsable",
        "مسؤول",
    ),
    (
        "officer|an officer|an army officer",
        "un officier|officier|ضابط",
        "an officer",
        "un officier",
        "ضابط",
    ),
    (
        "spokesman|a spokesman|spokesperson|a spokesperson",
        "porte-parole|un porte-parole|متحدث",
        "a spokesman",
        "un porte-parole",
        "متحدث",
    ),
    (
        "security source|a security source",
        "source sécuritaire|une source sécuritaire|مصدر أمني",
        "security source",
        "une source sécuritaire",
        "مصدر أمني",
    ),
    (
        "military source|a military source",
        "source militaire|مصدر عسكري",
        "military source",
        "une source militaire",
        "مصدر عسكري",
    ),
    (
        "medical source|a medical source",
        "source médicale|مصدر طبي",
        "medical source",
        "une source médicale",
        "مصدر طبي",
    ),
    (
        "witnesses|eyewitnesses",
        "témoins|des témoins|شهود عيان|شهود",
        "witnesses",
        "des témoins",
        "شهود عيان",
    ),
    (
        "residents|local residents|inhabitants",
        "habitants|des habitants|سكان|أهالي",
        "residents",
        "des habitants",
        "سكان",
    ),
    (
        "protesters|demonstrators",
        "manifestants|des manifestants|محتجون|محتجين|متظاهرون|متظاهرين",
        "protesters",
        "des manifestants",
        "محتجون",
    ),
    (
        "workers|strikers|striking workers",
        "grévistes|travailleurs|ouvriers|des ouvriers|عمال",
        "workers",
        "des travailleurs",
        "عمال",
    ),
    (
        "drivers|truck drivers|lorry drivers",
        "chauffeurs|des chauffeurs|سائقون|سائقين",
        "drivers",
        "des chauffeurs",
        "سائقون",
    ),
    (
        "traders|merchants",
        "commerçants|تجار",
        "traders",
        "des commerçants",
        "تجار",
    ),
    (
        "youths|young people",
        "jeunes|des jeunes|شبان|شباب",
        "youths",
        "des jeunes",
        "شبان",
    ),
    (
        "villagers",
        "villageois|قرويون|قرويين",
        "villagers",
        "des villageois",
        "قرويون",
    ),
    (
        "farmers",
        "agriculteurs|مزارعون|مزارعين",
        "farmers",
        "des agriculteurs",
        "مزارعون",
    ),
    (
        "migrants",
        "des migrants|مهاجرون غير نظاميين|مهاجرون|مهاجرين",
        "migrants",
        "des migrants",
        "مهاجرون",
    ),
    (
        "civilians",
        "civils|des civils|مدنيون|مدنيين",
        "civilians",
        "des civils",
        "مدنيون",
    ),
    (
        "volunteers",
        "volontaires|متطوعون|متطوعين",
        "volunteers",
        "des volontaires",
        "متطوعون",
    ),
    (
        "union|the union|workers' union",
        "syndicat|le syndicat|النقابة|نقابة العمال",
        "the union",
        "le syndicat",
        "النقابة",
    ),
    (
        "council|the council|the local council",
        "conseil|le conseil|المجلس",
        "the council",
        "le conseil",
        "المجلس",
    ),
    (
        "council of elders|the council of elders",
        "conseil des anciens|مجلس الأعيان",
        "the council of elders",
        "le conseil des anciens",
        "مجلس الأعيان",
    ),
    (
        "ministry|the ministry|the interior ministry",
        "ministère|الوزارة",
        "ministry",
        "le ministère",
        "الوزارة",
    ),
    (
        "interior ministry|ministry of interior",
        "ministère de l'intérieur|وزارة الداخلية",
        "interior ministry",
        "le ministère de l'Intérieur",
        "وزارة الداخلية",
    ),
    (
        "defence ministry|ministry of defence|defense ministry",
        "ministère de la défense|وزارة الدفاع",
        "defence ministry",
        "le ministère de la Défense",
        "وزارة الدفاع",
    ),
    (
        "foreign ministry|ministry of foreign affairs",
        "ministère des affaires étrangères|وزارة الخارجية",
        "foreign ministry",
        "le ministère des Affaires étrangères",
        "وزارة الخارجية",
    ),
    (
        "opposition|the opposition",
        "l'opposition|المعارضة",
        "opposition",
        "l'opposition",
        "المعارضة",
    ),
    (
        "paramilitaries|paramilitary forces",
        "paramilitaires|قوات شبه عسكرية",
        "paramilitaries",
        "des paramilitaires",
        "قوات شبه عسكرية",
    ),
    (
        "one side|a party",
        "une partie|طرف",
        "one side",
        "une partie",
        "أحد الأطراف",
    ),
)


_ENGLISH_ARTICLE = re.compile(r"^(?:the|an?|some) ")
_OTHER_ARTICLE = re.compile(r"^(?:des|les?|la|une?) |^l'|^ال")


@cache
def _known() -> dict[str, dict[str, str]]:
    return {
        form.casefold(): dict(zip(LANGUAGES, names, strict=True))
        for english, others, *names in ROWS
        for form in f"{english}|{others}".split("|")
    }


@cache
def _english() -> frozenset[str]:
    return frozenset(form.casefold() for english, *_ in ROWS for form in english.split("|"))


def _forms(name: str) -> tuple[str, ...]:
    """Return a name as it is looked for: as it stands, without an English article, without another one."""
    line = clean(name).casefold().replace("’", "'")
    return line, _ENGLISH_ARTICLE.sub("", line), _OTHER_ARTICLE.sub("", line)


def generic(name: str) -> dict[str, str]:
    """Return what a word for people is in each language; empty for a name."""
    return next((_known()[form] for form in _forms(name) if form in _known()), {})


def in_english(name: str) -> str:
    """Return a word for people in English: its own words where it is English, which may tell more; empty for a name."""
    told = any(form in _english() for form in _forms(name)[:2])
    return name if told else generic(name).get("en", "")


@cache
def _sides() -> re.Pattern[str]:
    names = sorted({*_known(), *(name for name in known_actors() if len(name) > 3)}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:ال)?({'|'.join(map(re.escape, names))})(?!\w)")


def names_another(passage: str, speaker: str) -> bool:
    """Tell whether a passage names people or an armed actor other than its speaker, in any of the languages."""
    known = known_actors()

    def who(name: str) -> object:
        entry = known.get(clean(name).casefold())
        return generic(name).get("en") or (entry.id if entry else clean(name).casefold())

    found = {who(match[1]) for match in _sides().finditer(clean(passage).casefold().replace("’", "'"))}
    return bool(found - {who(speaker)})
