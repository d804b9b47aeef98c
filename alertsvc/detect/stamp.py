"""When a page was put up, where that stands before the first sentence: `Published 5 July 2015 A column of ...`.

Texts taken from pages often begin with the day of the page, run into the first sentence. It tells when the report was
written and not when anything happened, so it is read apart. Told by its form: a label or nothing, a day of the week, a
date with its year, an hour, and then the beginning of a sentence.
"""

from __future__ import annotations

import re

__all__ = ["headline_end", "stamp_end"]

_REACH = 160  # characters that a stamp lies within
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|"
    "janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre|"
    "janv|févr|avr|juil|déc|"
    "يناير|فبراير|مارس|أبريل|ابريل|إبريل|مايو|يونيو|يوليو|أغسطس|اغسطس|سبتمبر|أكتوبر|اكتوبر|نوفمبر|ديسمبر|"
    "شباط|آذار|اذار|نيسان|أيار|ايار|حزيران|تموز|آب|أيلول|ايلول|كانون (?:الأول|الثاني)|تشرين (?:الأول|الثاني)|"
    "جانفي|فيفري|أفريل|ماي|جوان|جويلية|أوت|غشت|يوليوز|شتنبر|دجنبر"
)
_WEEKDAYS = (
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|"
    "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    "الاثنين|الإثنين|الثلاثاء|الأربعاء|الاربعاء|الخميس|الجمعة|السبت|الأحد|الاحد"
)
_DATE = (
    rf"(?:\d{{1,2}}(?:er|st|nd|rd|th)?\s(?:{_MONTHS})\.?,?\s(?:19|20)\d\d|"
    rf"(?:{_MONTHS})\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s?(?:19|20)\d\d|"
    r"(?:19|20)\d\d-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d)"
)
_LABEL = (
    r"(?:date of publication|(?:first |last )?(?:published|posted|updated|modified)(?: on| at)?|"
    r"(?:publié|mis à jour|modifié|mis en ligne)(?: le)?|(?:نشر|نُشر|تم النشر)(?: في| بتاريخ)?|تاريخ النشر|آخر تحديث)"
    r"\s?:?\s"
)
_ZONE = r"\s?\(?(?:utc|gmt|cet|est|bst)(?:\s?[+-]\d{1,2})?\)?"
_HOUR = (
    r"(?:[\s,|–-]*(?:(?:at|à|في|الساعة)\s\d{1,2}[:h.]?\d\d|\d{1,2}[:h]\d\d(?::\d\d)?|\d{6}|"
    rf"\d{{4}}(?={_ZONE}))(?![\d%])\s?(?:[ap]\.?m\.?)?(?:{_ZONE})?)?"
)
_MORE = r"(?:\s?\((?:updated|modified) [\d\s.:/-]{4,24}\))?(?:\s?get short url(?:\s\d+)*)?"
_STAMP = re.compile(
    rf"(?:{_LABEL})?(?:(?:{_WEEKDAYS})\.?,?\s)?{_DATE}(?=\D|$)(?:{_HOUR}(?=[\s(|–—-]|$))?{_MORE}[\s|:•·–—-]*",
    re.IGNORECASE,
)
# A byline, a capital, a letter that has no case, or a figure.
_BEGINS = re.compile(r"by [A-Z]|[\"'‘“«\[(]?\s?(?:[^\W\da-zß-öø-ÿœ_]|\d)")
_LETTERS = re.compile(r"[^\W_]")
_LEAST = 4  # words of a headline that a sentence does not begin with by chance


def stamp_end(line: str) -> int:
    """Return where the text of a line begins behind the date of its page, 0 where it has none."""
    if not any(char.isdigit() for char in line[:40]):
        return 0
    found = _STAMP.match(line[:_REACH])
    if found is None:
        return 0
    rest = line[found.end() :]
    return found.end() if not rest or _BEGINS.match(rest) else 0


def headline_end(line: str, headline: str) -> int:
    """Return where a line goes on that begins with the headline over again, 0 where it does not.

    A first sentence may begin with the words of a short headline and be a sentence of its own; the headline must
    therefore be of some length, and end where a sentence begins.
    """
    wanted = _LETTERS.findall(headline.casefold())
    if len(headline.split()) < _LEAST or len(line) < len(headline):
        return 0
    matched = last = 0  # letters of the headline that were found, and where the last of them ends
    for at, char in enumerate(line):
        if not _LETTERS.match(char):
            continue
        if matched == len(wanted):
            return at if line[last:at].strip() or not char.islower() else 0
        if char.casefold() != wanted[matched]:
            return 0
        matched, last = matched + 1, at + 1
    return 0
