"""French names of countries: those of Unicode's CLDR with the article that they take."""

from __future__ import annotations

from functools import cache

from babel import Locale

from alertsvc.brief.texts import clean, without_brackets

__all__ = ["country"]

# Where CLDR's name is no good in a line of news.
_OWN = {"CD": "RD Congo", "CG": "Congo", "MM": "Birmanie", "CF": "République centrafricaine", "HK": "Hong Kong"}
_NO_ARTICLE = frozenset(
    "AD AG BH BN CU CY DJ GI HK HT IL KI KN LC MC MG MO MT MU NR OM PR PW RE SG SM ST TO TT TV TW VC VU YT".split()
)
_PLURAL = frozenset("AE BM BS FJ FK FO KM KY MH MV NL PH PS SB SC TC US VG VI".split())
_MASCULINE_IN_E = frozenset("BZ KH MX MZ ZW".split())
_FEMININE = frozenset("CD GW SL".split())
_EN_WITHOUT_ARTICLE = frozenset("HT IL".split())
_VOWELS = frozenset("aeiouàâäéèêëîïôöùûüœæ")


@cache
def country(code: str) -> tuple[str, str]:
    """Return a country's name with its article, and with the preposition of place: "le Niger", "au Niger".

    An unknown code is returned as it is.
    """
    name = _OWN.get(code) or Locale("fr").territories.get(code)
    if not name:
        shown = clean(code, 12)
        return shown, f"à {shown}"
    name = without_brackets(str(name)).replace("’", "'")
    vowel = name[0].lower() in _VOWELS
    if code in _NO_ARTICLE:
        return name, f"{'en' if code in _EN_WITHOUT_ARTICLE else 'à'} {name}"
    if code in _PLURAL:
        return f"les {name}", f"aux {name}"
    first = name.split()[0].split("-")[0]
    feminine = code in _FEMININE or (first.endswith("e") and code not in _MASCULINE_IN_E)
    article = "l'" if vowel else "la " if feminine else "le "
    return f"{article}{name}", f"{'en' if feminine or vowel else 'au'} {name}"
