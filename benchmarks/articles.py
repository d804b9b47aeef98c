"""Articles to measure with, made of words of our own: ordinary news, and now and then an incident within it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Made", "make_articles", "ordinary_sentences"]

_FIRST_DAY = date(2025, 1, 1)
_LENGTH = 3000  # bytes of an article, in UTF-8
_ARABIC_SHARE, _FRENCH_SHARE = 0.1, 0.15


@dataclass(frozen=True, slots=True)
class Made:
    """An article as detection takes it."""

    title: str
    text: str
    published: date | None
    language: str | None


def _choices(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


# Per language: patterns of sentences, and what may stand in them.
_PATTERNS = {
    "en": _choices(
        "{Who} said on {day} that {what} would {do} {when}. | {Who} and {who} met in {town} {when} to talk "
        "about {what}. | In {town}, {who} {did} {what}, which had {done} for {number} years. | {What} cost "
        "about {number} million euros, according to {who}. | “{What} is not the end of it,” said {name}, "
        "{who}, in an interview with a local paper. | Nobody in {town} expected {what} to {do} so soon, and "
        "{who} asked for more time. | {Name}, {who}, {did} {what} after {number} people had complained. | "
        "Since {year}, {what} has {done} every summer, {who} noted. | {Who} {did} {what} {when}, {number} "
        "days before the vote in {town}. | The report on {what} runs to {number} pages. | Prices of {goods} "
        "rose by {number} per cent in {town} {when}, while {goods} grew cheaper. | {Who} won the match "
        "against {town} by three goals to one, and {name} scored twice. | Rain is expected in {town} until "
        "{day}, and {who} warned drivers to be careful."
    ),
    "fr": _choices(
        "{Who} a annoncé {day} que {what} serait revu {when}. | À {town}, {who} et {who} se sont réunis "
        "{when} pour parler de {what}. | « Nous attendions {what} depuis {number} ans », a déclaré {name}, "
        "{who}. | {What} a coûté {number} millions d'euros, selon {who}. | Depuis {year}, {what} attire "
        "chaque été des visiteurs venus de {town}. | {Who} n'a pas souhaité commenter {what}. | Les prix de "
        "{goods} ont augmenté de {number} % à {town} {when}. | {Name} a remporté la rencontre face à {town} "
        "devant {number} spectateurs."
    ),
    "ar": _choices(
        "قال {who} يوم {day} إن {what} سيستمر {when}. | اجتمع {who} في {town} {when} لمناقشة {what}. | وأضاف "
        "{name} أن {what} كلّف {number} مليون دولار. | ارتفعت أسعار {goods} في {town} بنسبة {number} في المئة"
        " {when}. | منذ عام {year} يجذب {what} زوارًا من {town}. | وأكد {who} أن {what} لن يتأخر أكثر من "
        "{number} أيام."
    ),
}
_WORDS: dict[str, dict[str, list[str]]] = {
    "en": {
        "who": _choices(
            "the town council | the mayor | a spokeswoman for the museum | residents | the head of the school"
            " | the trade union | two scientists | the committee | the ministry of education | a judge | the "
            "coach | farmers | the company's chairman | doctors at the hospital | the bank"
        ),
        "what": _choices(
            "the new library | a plan for cleaner buses | the budget | the summer festival | an exhibition of"
            " old maps | the bridge repairs | a study of sleep | the tax on parking | the harvest | the film "
            "| the housing programme | a contract for school meals | the water supply | the regional railway"
        ),
        "do": _choices("open | begin | be discussed again | change | cost more | be finished | help families"),
        "did": _choices("praised | rejected | presented | cancelled | visited | paid for | defended | questioned"),
        "done": _choices("worked well | grown | drawn visitors | been criticised | lost money | taken place"),
        "when": _choices(
            "last week | this autumn | on Tuesday evening | next year | in March | yesterday | within months"
        ),
        "day": _choices("Monday | Wednesday | Friday | Sunday"),
        "town": _choices("Maplewick | Ostergate | Lindenau | Port Sable | Carrowby | Villanova | Brinmouth | Talloway"),
        "name": _choices("Anna Keller | Tom Ferrer | Nadia Osei | Paul Lindqvist | Maria Rossi | James Okoro"),
        "goods": _choices("bread | apples | used cars | coffee | rents | train tickets"),
    },
    "fr": {
        "who": _choices("la mairie | le maire | la directrice du musée | les habitants | le syndicat | le comité"),
        "what": _choices(
            "le budget | la nouvelle bibliothèque | le festival d'été | la récolte | le tramway | le film"
        ),
        "when": _choices("la semaine dernière | cet automne | mardi soir | l'an prochain | en mars | hier"),
        "day": _choices("lundi | mercredi | vendredi | dimanche"),
        "town": _choices("Beaulac | Montfleury | Saint-Aubrac | Villeclaire | Port-Sable"),
        "name": _choices("Claire Morel | Hugo Lambert | Inès Garnier | Paul Vasseur"),
        "goods": _choices("pain | pommes | café | loyers"),
    },
    "ar": {
        "who": _choices("رئيس البلدية | مدير المتحف | السكان | أعضاء اللجنة | الطبيب | المدرب"),
        "what": _choices("المعرض الجديد | مشروع المكتبة | المهرجان الصيفي | برنامج الإسكان | الفيلم | موسم الحصاد"),
        "when": _choices("الأسبوع الماضي | هذا الخريف | مساء أمس | في مارس | العام المقبل"),
        "day": _choices("الاثنين | الأربعاء | الجمعة"),
        "town": _choices("واحة النخيل | تل الزيتون | وادي الياسمين | رأس الرمل"),
        "name": _choices("سامي الخطيب | ليلى منصور | كريم عبد الله"),
        "goods": _choices("الخبز | التفاح | القهوة | الإيجارات"),
    },
}
_INCIDENTS = {
    "en": _choices(
        "Gunmen attacked the Baiji refinery on {day}, killing at least {few} guards, officials said. | Rebels"
        " seized the Rafah border crossing on {day} after clashes that left {few} soldiers dead. | Fighters "
        "advanced to within {few} kilometres of the capital N'Djamena on {day}, the army said."
    ),
    "fr": _choices(
        "Des hommes armés ont attaqué la raffinerie de Baïji {day}, tuant au moins {few} gardes. | Les "
        "rebelles se sont emparés du poste-frontière de Rafah {day} après des combats qui ont fait {few} "
        "morts."
    ),
    "ar": _choices(
        "هاجم مسلحون مصفاة بيجي يوم {day} وقتلوا {few} من الحراس. | سيطر مسلحون على معبر رفح الحدودي يوم {day}."
    ),
}


def make_articles(count: int, *, incidents: float = 0.05, seed: int = 1, length: int = _LENGTH) -> list[Made]:
    """Make articles in English, French and Arabic.

    Args:
        count: how many.
        incidents: the share of them that report an incident.
        seed: the same seed makes the same articles.
        length: bytes of each, about.
    """
    chance = random.Random(seed)
    return [_article(chance, number, chance.random() < incidents, length) for number in range(count)]


def ordinary_sentences(chance: random.Random, language: str, count: int) -> list[str]:
    """Make so many sentences of ordinary news in `en`, `fr` or `ar`."""
    return [_sentence(chance, language, _PATTERNS[language]) for _ in range(count)]


def _article(chance: random.Random, number: int, incident: bool, length: int) -> Made:
    share = chance.random()
    language = "ar" if share < _ARABIC_SHARE else "fr" if share < _ARABIC_SHARE + _FRENCH_SHARE else "en"
    title = _sentence(chance, language, _PATTERNS[language]).rstrip(".")
    sentences: list[str] = []
    size = len(title.encode())
    while size < length:
        told = _INCIDENTS[language] if incident and len(sentences) == 1 else _PATTERNS[language]
        sentences.append(_sentence(chance, language, told))
        size += len(sentences[-1].encode()) + 1
    step = chance.choice((1, 2, 3))
    paragraphs = [" ".join(sentences[start : start + step]) for start in range(0, len(sentences), step)]
    return Made(title, "\n\n".join(paragraphs), _FIRST_DAY + timedelta(days=number % 300), language)


def _sentence(chance: random.Random, language: str, patterns: Sequence[str]) -> str:
    pattern = chance.choice(patterns)
    words = _WORDS[language]
    filled = ""
    for piece in pattern.split("{"):
        key, closed, rest = piece.partition("}")
        if not closed:
            filled += piece
        elif key in ("number", "few"):
            filled += str(chance.randrange(2, 90 if key == "number" else 15)) + rest
        elif key == "year":
            filled += str(chance.randrange(1995, 2025)) + rest
        else:
            word = chance.choice(words[key.lower()])
            filled += (word[:1].upper() + word[1:] if key[:1].isupper() else word) + rest
    return filled
