"""The words of numbers in English, French and Arabic, folded, with their values."""

from __future__ import annotations

__all__ = [
    "ARABIC_AND",
    "ARABIC_AND_SCALE",
    "ARABIC_PREFIXES",
    "ROUND_FRENCH",
    "SCALE",
    "SCALE_ARABIC_FIRST",
    "SMALL",
    "VAGUE",
    "with_prefixes",
]

# Particles and the article, as Arabic writes them onto the front of a word.
ARABIC_PREFIXES = ("", "و", "ف", "ب", "ل", "ال", "وال", "بال", "لل", "وب", "ول")
_NO_NUMBERS = frozenset(["لست", "بست", "فست", "الاثنين", "والاثنين", "بالاثنين", "وبالف"])  # "I am not", "Monday"


def _pairs(text: str) -> dict[str, int]:
    """Read "word value word value ..."."""
    parts = text.split()
    return {word: int(value) for word, value in zip(parts[::2], parts[1::2], strict=True)}


_UNITS_EN = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_UNITS_FR = "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
SMALL: dict[str, dict[str, int]] = {
    "en": {word: value for value, word in enumerate((_UNITS_EN + " eighteen nineteen").split(), 1)}
    | _pairs("twenty 20 thirty 30 forty 40 fifty 50 sixty 60 seventy 70 eighty 80 ninety 90 both 2"),
    "fr": {word: value for value, word in enumerate(_UNITS_FR.split(), 2)}
    | _pairs("vingt 20 trente 30 quarante 40 cinquante 50 soixante 60 septante 70 huitante 80 nonante 90"),
}
SCALE: dict[str, dict[str, int]] = {
    "en": _pairs("hundred 100 thousand 1000 million 1000000 billion 1000000000 dozen 12"),
    "fr": _pairs("cent 100 cents 100 mille 1000 million 1000000 millions 1000000 milliard 1000000000")
    | _pairs("milliards 1000000000"),
    "ar": _pairs("ميه 100 مايه 100 الف 1000 الفا 1000 الاف 1000 مليون 1000000 ملايين 1000000"),
}
# Words that are a vague number by themselves: at least so many.
VAGUE: dict[str, dict[str, int]] = {
    "en": _pairs("dozens 24 scores 40 tens 20 hundreds 200 thousands 2000 millions 2000000 several 3 few 3 couple 2")
    | _pairs("pair 2 multiple 3"),
    "fr": _pairs("dizaines 20 douzaines 24 centaines 200 milliers 2000 plusieurs 3 quelques 3"),
    "ar": _pairs("عشرات 20 ميات 200 الاف 2000 ملايين 2000000 بضع 3 بضعه 3 عده 3"),
}
ROUND_FRENCH = _pairs(
    "huitaine 8 dizaine 10 douzaine 12 quinzaine 15 vingtaine 20 trentaine 30 quarantaine 40 cinquantaine 50 "
    "soixantaine 60 centaine 100 millier 1000"
)
_AR_UNITS = {
    1: "واحد واحده",
    2: "اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي",
    3: "ثلاث ثلاثه",
    4: "اربع اربعه",
    5: "خمس خمسه",
    6: "ست سته",
    7: "سبع سبعه",
    8: "ثمان ثماني ثمانيه",
    9: "تسع تسعه",
    10: "عشر عشره",
}
_AR_TENS = {20: "عشر", 30: "ثلاث", 40: "اربع", 50: "خمس", 60: "ست", 70: "سبع", 80: "ثمان", 90: "تسع"}
_AR_HUNDREDS = {3: "ثلاث", 4: "اربع", 5: "خمس", 6: "ست", 7: "سبع", 8: "ثمان ثماني", 9: "تسع"}


def _arabic_words() -> dict[str, int]:
    words = {form: value for value, forms in _AR_UNITS.items() for form in forms.split()}
    words |= {stem + end: value for value, stem in _AR_TENS.items() for end in ("ون", "ين")}
    words |= dict.fromkeys("احد احدي".split(), -1)  # "one" only in eleven, see `_arabic`
    words |= dict.fromkeys("مايتان مايتين مايتي مايتا ميتان ميتين ميتي ميتا".split(), 200)
    words |= dict.fromkeys("الفان الفين الفي".split(), 2000) | dict.fromkeys(("مليونان", "مليونين"), 2 * 10**6)
    for value, stems in _AR_HUNDREDS.items():
        words |= {stem + end: 100 * value for stem in stems.split() for end in ("ميه", "مايه")}
    return words


def with_prefixes(words: dict[str, int]) -> dict[str, int]:
    """Add to Arabic words their forms with a particle or the article in front; a bare word keeps its value."""
    prefixed = {prefix + word: value for word, value in words.items() for prefix in ARABIC_PREFIXES}
    return {word: value for word, value in (prefixed | words).items() if word not in _NO_NUMBERS or word in words}


SMALL["ar"] = with_prefixes(_arabic_words())
VAGUE["ar"] = with_prefixes(VAGUE["ar"])
SCALE_ARABIC_FIRST = with_prefixes({word: size for word, size in SCALE["ar"].items() if word not in ("الاف", "ملايين")})
ARABIC_AND = {"و" + word: value for word, value in _arabic_words().items() if value > 0}
ARABIC_AND_SCALE = {"و" + word: size for word, size in SCALE["ar"].items()}
