"""The names of months and weekdays, folded, with their numbers from 1: January and Monday."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["DAYS", "MONTHS", "PARTICLES", "TWO_WORDS", "with_particles"]

PARTICLES = ("", "و", "ف", "ب", "ل", "وب", "ول")  # as Arabic writes them onto the front of a word, the article left out


def _table(text: str) -> dict[str, int]:
    """Number the lines of `text` from 1; every word of a line gets its number."""
    return {word: value for value, row in enumerate(text.strip().split("\n"), 1) for word in row.split()}


def with_particles(words: Collection[str]) -> dict[str, str]:
    """Return Arabic words by their forms with a particle in front."""
    return {particle + word: word for particle in reversed(PARTICLES) for word in words}


MONTHS = {
    "en": _table(
        "january jan\nfebruary feb\nmarch mar\napril apr\nmay\njune jun\njuly jul\naugust aug\nseptember sept sep\n"
        "october oct\nnovember nov\ndecember dec"
    ),
    "fr": _table(
        "janvier janv\nfevrier fevr\nmars\navril avr\nmai\njuin\njuillet juil\naout\nseptembre sept\noctobre oct\n"
        "novembre nov\ndecembre dec"
    ),
    "ar": _table(
        "يناير جانفي\nفبراير شباط فيفري\nمارس اذار\nابريل نيسان افريل\nمايو ايار ماي\nيونيو حزيران جوان يونيه\n"
        "يوليو تموز جويليه يوليوز يوليه\nاغسطس اب اوت غشت\nسبتمبر ايلول شتنبر\nاكتوبر\nنوفمبر "
        "نونبر\nديسمبر دجنبر"
    ),
}
TWO_WORDS = {("كانون", "الثاني"): 1, ("تشرين", "الاول"): 10, ("تشرين", "الثاني"): 11, ("كانون", "الاول"): 12}
DAYS = {
    "en": _table("monday\ntuesday\nwednesday\nthursday\nfriday\nsaturday\nsunday"),
    "fr": _table("lundi\nmardi\nmercredi\njeudi\nvendredi\nsamedi\ndimanche"),
    "ar": _table("الاثنين\nالثلاثاء الثلاثا\nالاربعاء الاربعا\nالخميس\nالجمعه\nالسبت\nالاحد"),
}
_BARE_DAYS = DAYS["ar"]
DAYS["ar"] = {form: _BARE_DAYS[day] for form, day in with_particles(_BARE_DAYS).items()}
DAYS["ar"] |= {"لل" + day.removeprefix("ال"): number for day, number in _BARE_DAYS.items()}
