"""How places and countries are named in headlines and in running text (English)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from babel import Locale

from alertsvc.brief.nouns import Noun
from alertsvc.brief.numbers import kilometres
from alertsvc.brief.texts import clean, without_brackets
from alertsvc.domain import IncidentClass, Place, PlaceKind

__all__ = ["Site", "country_name", "country_pair", "headline_area", "site", "without_kind"]

MAX_PLACE = 60
NEAR_KM = 60  # farther out a place is not called near its capital

# The names of Unicode's CLDR where they are no good in a line of news.
_OWN_NAMES = {"CD": "DR Congo", "CG": "Congo", "PS": "Palestinian Territories", "MM": "Myanmar", "CI": "Ivory Coast"}
_SITE_NOUN = re.compile(
    r"\b(?:crossings?|borders?|checkpoints?|posts?|outposts?|gates?|bridges?|tunnels?|ports?|airports?|bases?|camps?|"
    r"fields?|oilfields?|refiner(?:y|ies)|terminals?|depots?|pipelines?|stations?|plants?|complex|platforms?|wells?|"
    r"lng|dispatching|passes|pass|roads?|passages?|junctions?)\b",
    re.IGNORECASE,
)


_LAST_KIND = re.compile(
    r"(?:\s+(?:international )?(?:border crossings?|crossings?|border posts?|border|posts?|checkpoints?|gates?|"
    r"oil ?fields?|gas ?fields?|fields?|refiner(?:y|ies)|(?:fuel |oil |gas )?terminals?|(?:fuel |oil )?depots?|"
    r"(?:gas |oil )?pipelines?|ports?|platforms?|(?:pumping )?stations?|province|causeway|plant|lng))+$",
    re.IGNORECASE,
)


def without_kind(name: str) -> str:
    """Return an English name without the words for its kind behind it: "Bazian" of "Bazian refinery"."""
    return _LAST_KIND.sub("", name).strip(" ,") or name


def country_name(code: str | None) -> str | None:
    """Return the English name of an ISO 3166-1 country, None for none; an unknown code is returned as it is."""
    if not code:
        return None
    name = _OWN_NAMES.get(code) or Locale("en").territories.get(code)
    return without_brackets(str(name)) if name else clean(code, 12)


def country_pair(country: str | None) -> tuple[str, ...]:
    """Return the names of a country or of both sides of a crossing ("LY-NE"); empty for none."""
    return tuple(name for code in (country or "").split("-") if (name := country_name(code)) is not None)


@dataclass(frozen=True, slots=True)
class Site:
    """One place as sentences name it.

    `short` stands in headlines without article ("Al-Tum crossing"), `full` in the first sentence ("the Al-Tum crossing
    on the border between Libya and Niger"), `plain` in later ones ("the Al-Tum crossing").
    """

    name: str
    countries: tuple[str, ...]
    short: Noun
    full: Noun
    plain: Noun
    goal: Noun  # what an advance aims at, in headlines
    goal_full: Noun  # the same in the first sentence
    capital: Noun | None
    km: float | None


def _noun(kind: PlaceKind, name: str) -> str:
    if kind in (PlaceKind.CROSSING, PlaceKind.OIL) and not _SITE_NOUN.search(name):
        return f"{name} {'crossing' if kind is PlaceKind.CROSSING else 'oil site'}"
    return name


def site(place: Place) -> Site:
    """Return how to name a place."""
    name = clean(place.name, MAX_PLACE).strip(" .!?:;,-–—") or "unnamed place"
    bare = re.sub(r"\s*[–—]\s*|\s+-\s+", "-", without_brackets(name))
    bare = re.sub(r"^the\s+", "", bare, flags=re.I) or bare
    countries = country_pair(place.country)
    capital = clean(place.capital, MAX_PLACE) if place.capital else None
    if place.kind is PlaceKind.CAPITAL:
        capital = capital or bare
        short, full, plain, goal, goal_full = _in_capital(capital, countries, place.km_to_capital)
    elif place.kind is PlaceKind.APPROACH:
        short, full, plain, goal, goal_full = _on_the_way(bare, capital, countries, place.km_to_capital)
    else:
        short, full, plain = _of_class(bare, countries, place.kind)
        goal, goal_full = short, full
    return Site(
        name=name,
        countries=countries,
        short=Noun(short),
        full=Noun(full),
        plain=Noun(plain),
        goal=Noun(goal),
        goal_full=Noun(goal_full),
        capital=None if capital is None else Noun(capital),
        km=place.km_to_capital,
    )


def _in_capital(capital: str, countries: tuple[str, ...], km: float | None) -> tuple[str, str, str, str, str]:
    bracket = f" ({countries[0]})" if len(countries) == 1 else f" ({' and '.join(countries)})" if countries else ""
    away = f"{kilometres(km)} from {capital}" if km is not None and km >= 1 else f"in {capital} area"
    short = f"position {away}"
    plain = "a " + short.replace(" in ", " in the ")
    return short, plain + bracket, plain, capital, capital + bracket


def _on_the_way(
    bare: str, capital: str | None, countries: tuple[str, ...], km: float | None
) -> tuple[str, str, str, str, str]:
    close = capital is not None and capital.casefold() not in bare.casefold() and (km is None or km <= NEAR_KM)
    near = f" near {capital}" if close else ""
    inside = [f"{kilometres(km)} from {capital}"] if km is not None and capital else []
    if len(countries) == 1:
        inside.append(countries[0])
    full = f"{bare} ({', '.join(inside)})" if inside else bare
    towards = f"{capital} near " if near else ""
    return bare + near, full, bare, towards + bare, towards + full


def _of_class(bare: str, countries: tuple[str, ...], kind: PlaceKind) -> tuple[str, str, str]:
    short = _noun(kind, bare)
    if kind is PlaceKind.CROSSING and len(countries) == 2:
        where = f" on the border between {countries[0]} and {countries[1]}"
    elif countries:
        where = f" in {' and '.join(countries)}"
    else:
        where = ""
    return short, f"the {short}{where}", f"the {short}"


_CLASS_AREA = {
    IncidentClass.BORDER: "Border",
    IncidentClass.OIL: "Oil and gas",
    IncidentClass.CAPITAL: "Capital",
}


def headline_area(place: Site, incident_class: IncidentClass) -> str:
    """Return what a headline opens with: country, both sides of a border, else the kind of site."""
    if len(place.countries) == 2 and incident_class is IncidentClass.BORDER:
        return f"{'-'.join(place.countries)} border"
    return "-".join(place.countries) or _CLASS_AREA[incident_class]
