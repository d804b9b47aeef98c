"""The grammar of French briefings: articles that contract and elide, gender and number, countries with prepositions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from alertsvc.brief.actors import MAX_NAME, Actor
from alertsvc.brief.gazetteer import SiteEntry, actor_entry, capital_names, site_entry
from alertsvc.brief.nouns import Noun
from alertsvc.brief.numbers import kilometres
from alertsvc.brief.places import MAX_PLACE, NEAR_KM, Site, without_kind
from alertsvc.brief.texts import clean, is_latin, joined, without_brackets
from alertsvc.brief.wording import french_countries
from alertsvc.brief.wording.grammar import Agreement, Grammar
from alertsvc.brief.wording.people import generic
from alertsvc.domain import Count, IncidentClass, Place, PlaceKind

__all__ = ["FrenchGrammar", "FrenchNoun"]

_VOWELS = frozenset("aeiouàâäéèêëîïôöùûüœæ")
_MUTE_H = ("homme", "habitant", "hôpita", "haïti", "hydrocarb", "hélicopt", "heure", "hier")
_ARTICLE = re.compile(r"(le |la |les |l['’]|des |un |une )(?=\S)", re.IGNORECASE)

_NUMBERS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")
_ORDINALS = (
    "premier",
    "deuxième",
    "troisième",
    "quatrième",
    "cinquième",
    "sixième",
    "septième",
    "huitième",
    "neuvième",
)
# One, many; the noun is feminine where the third says so.
_COUNTED = {
    "incident": ("incident", "incidents", False),
    "of_incident": ("incident", "incidents", False),
    "death": ("mort", "morts", False),
    "arrest": ("arrestation", "arrestations", True),
    "wounded": ("blessé", "blessés", False),
    "captured": ("personne capturée", "personnes capturées", True),
    "killed": ("mort", "morts", False),
    "reported_killed": ("mort annoncé", "morts annoncés", False),
    "person": ("personne", "personnes", True),
    "source": ("source", "sources", True),
    "report": ("autre article", "autres articles", False),
    "filed": ("article", "articles", False),
    "place": ("lieu", "lieux", False),
}
_OIL = {
    "field": "le champ pétrolier de",
    "gas_field": "le champ gazier de",
    "terminal": "le terminal pétrolier de",
    "refinery": "la raffinerie de",
    "pipeline": "l'oléoduc",
    "depot": "le dépôt de carburant de",
    "pumping_station": "la station de pompage de",
    "lng": "le terminal de GNL de",
}
# Kinds of site that a name may begin with: the name then takes the article of the kind and no other kind before it.
_OWN_KIND = {
    "pont": "le ", "col": "le ", "corridor": "le ", "chaussée": "la ", "tunnel": "le ", "zone": "la ", "port": "le ",
    "aéroport": "l'", "base": "la ", "camp": "le ", "barrage": "le ", "axe": "l'", "route": "la ", "plateforme": "la ",
    "oléoduc": "l'", "gazoduc": "le ", "pipeline": "le ", "complexe": "le ", "bassin": "le ", "gisement": "le ",
    "champ": "le ", "raffinerie": "la ", "terminal": "le ", "dépôt": "le ", "station": "la ", "bac": "le ",
    "usine": "l'", "centre-ville": "le ", "quartier": "le ", "gare": "la ", "poste": "le ", "carrefour": "le ",
}  # fmt: skip
_FRENCH_KIND = re.compile(
    r"^(?:poste(?:-frontière)?|frontière|passage|raffineries?|terminal(?: (?:pétrolier|méthanier|(?:de )?GNL))?|"
    r"dépôts?(?: (?:pétroliers?|de carburant))?|champ|gisement|port|station de pompage|GNL)\s+"
    r"(?:de la |de l'|de |du |des |d')?(?=[A-ZÀ-Ý0-9]|[ae]l-)"
)
_FRENCH_KIND_BEHIND = re.compile(r"\s+GNL$")
_SAME = 0.5  # likeness from which two spellings are taken for one name


def _elides(text: str) -> bool:
    low = text.lower()
    return low[:1] in _VOWELS or low.startswith(_MUTE_H)


class FrenchNoun(Noun):
    """A noun phrase with its article: `{x:de}` gives "du lac", `{x:a}` "au lac", `{x:que}` "que le lac"."""

    @property
    def article(self) -> str:
        """The article that it is written with, lower case; empty for a bare name."""
        found = _ARTICLE.match(self)
        return found[1].lower().strip() if found else ""

    @property
    def bare(self) -> str:
        """The phrase without its article."""
        return _ARTICLE.sub("", str(self), count=1) if self.article else str(self)

    def form(self, which: str) -> str:
        if which == "de":
            return self._after("de", "du", "des")
        if which == "a":
            return self._after("à", "au", "aux")
        if which == "que":
            return f"qu'{self}" if _elides(self) else f"que {self}"
        return self.bare if which == "bare" else str(self)

    def _after(self, preposition: str, with_le: str, with_les: str) -> str:
        article, bare = self.article, self.bare
        if article == "le":
            return f"{with_le} {bare}"
        if article == "les":
            return f"{with_les} {bare}"
        if preposition == "de" and article == "des":
            return f"d'{bare}" if _elides(bare) else f"de {bare}"
        whole = str(self)
        return f"d'{whole}" if preposition == "de" and _elides(whole) else f"{preposition} {whole}"


def _noun(text: str, *, feminine: bool = False) -> FrenchNoun:
    found = _ARTICLE.match(text)
    article = found[1].lower().strip() if found else ""
    noun = FrenchNoun(text, plural=article in ("les", "des"), feminine=feminine or article in ("la", "une"))
    assert isinstance(noun, FrenchNoun)
    return noun


class FrenchGrammar(Grammar):
    """Two genders, contracted articles, decimal comma; the names of the gazetteer in their French spelling."""

    code = "fr"
    capital_after_colon = False
    decimal_mark = ","
    thousands_mark = "\u00a0"
    loose_ends = frozenset(
        "à a au aux avec contre dans de des du d'un d'une en entre et la le les l'un ou par pour près que selon sous "
        "sur un une vers".split()
    )

    def number(self, value: int) -> str:
        return _NUMBERS[value] if 0 <= value <= 10 else self.digits(value)

    def ordinal(self, value: int) -> str:
        return _ORDINALS[value - 1] if 1 <= value <= len(_ORDINALS) else f"{self.digits(value)}e"

    def counted(self, value: int, what: str, *, words: bool = True) -> str:
        one, many, feminine = _COUNTED[what]
        shown = "une" if words and feminine and value == 1 else self.number(value) if words else self.digits(value)
        return f"{shown} {one if value < 2 else many}"

    def at_least(self, count: Count, what: str = "") -> str:
        if not what:
            upper = (
                f" et au plus {self.number(count.high)}" if count.high is not None and count.high > count.low else ""
            )
            return f"au moins {self.number(count.low)}{upper}"
        if count.high is not None and count.high > count.low:
            low = "une" if count.low == 1 and _COUNTED[what][2] else self.number(count.low)
            return f"au moins {low} et au plus {self.counted(count.high, what)}"
        return f"au moins {self.counted(count.low, what)}"

    def hurt(self, wounded: Count | None, captured: Count | None) -> str:
        found = ((wounded, "wounded"), (captured, "captured"))
        known = [self.at_least(count, what) for count, what in found if count is not None and count.low > 0]
        return f"on signale {self.joined(known)}" if known else ""

    def joined(self, items: Iterable[str]) -> str:
        return joined(items, "et")

    def group(self, nouns: Sequence[Noun]) -> Noun:
        if len(nouns) == 1:
            return nouns[0]
        return FrenchNoun(self.joined(nouns), plural=True)

    def agreements(self, noun: Noun) -> Mapping[str, Agreement]:
        return {"v": Agreement(int(noun.plural)), "g": Agreement(int(noun.feminine))}

    def clause(self, text: str) -> Noun:
        return FrenchNoun(text)

    def noun(self, text: str, *, feminine: bool = False) -> Noun:
        return _noun(text, feminine=feminine)

    def quoted(self, text: str) -> str:
        return f"«\u00a0{text}\u00a0»"

    # --- names --------------------------------------------------------------------------------------------------

    def country(self, code: str | None) -> Noun | None:
        return FrenchNoun(_noun(french_countries.country(code)[0]).bare) if code else None

    def _countries(self, codes: str | None) -> list[tuple[str, str]]:
        return [french_countries.country(code) for code in (codes or "").split("-") if code]

    def actor(self, name: str) -> Actor:
        line = clean(name, MAX_NAME).strip(" .!?:;,-–—\"“”'«»") or "?"
        bare = re.sub(r"^(?:the|a|an)\s+", "", without_brackets(line), flags=re.I)
        entry = actor_entry(line, without_brackets(line), bare)
        people = generic(line)
        if people:
            shown = people["fr"]
        elif entry is not None:
            shown = entry.shown.get("fr") or next(iter(entry.names["fr"]), without_brackets(entry.name))
        elif is_latin(line) and line[:1].isupper():
            shown = line
        else:
            shown = self.quoted(bare)
        noun = _noun(re.sub(r"\s*[–—]\s*|\s+-\s+", " ", shown))
        return Actor(line, noun, noun, noun.plural)

    def readable(self, name: str) -> bool:
        return is_latin(name)

    def site(self, place: Place) -> Site:
        entry = site_entry(place.gazetteer_id)
        name = _place_name(place, entry)
        countries = tuple(self.countries(place.country))
        capital = self._capital(place)
        km = place.km_to_capital
        if place.kind is PlaceKind.CAPITAL:
            capital = capital or _noun(name)
            short, full, goal, goal_full = self._in_capital(capital, countries, km)
            plain = short
        elif place.kind is PlaceKind.APPROACH:
            short, full, plain, goal, goal_full = self._on_the_way(name, capital, countries, km)
        else:
            plain = _of_kind(place.kind, name, entry)
            # "Poste" says in a headline what "poste-frontière" says in a sentence.
            short = goal = _noun(plain.replace("poste-frontière", "poste"), feminine=plain.feminine)
            full = goal_full = FrenchNoun(f"{plain}{self._where(place)}", feminine=plain.feminine)
        return Site(
            name=_noun(name).bare if place.kind is not PlaceKind.CAPITAL else str(capital),
            countries=countries,
            short=short,
            full=full,
            plain=plain,
            goal=goal,
            goal_full=goal_full,
            capital=capital,
            km=km,
        )

    def _where(self, place: Place) -> str:
        countries = self._countries(place.country)
        if place.kind is PlaceKind.CROSSING and len(countries) == 2:
            return f" entre {countries[0][0]} et {countries[1][0]}"
        return f" {' et '.join(within for _, within in countries)}" if countries else ""

    def _capital(self, place: Place) -> FrenchNoun | None:
        name = place.capital or (place.name if place.kind is PlaceKind.CAPITAL else None)
        if not name:
            return None
        names = capital_names(place.country, name).get("fr") or (clean(name, MAX_PLACE),)
        return _noun(without_brackets(names[0]))

    def _in_capital(
        self, capital: FrenchNoun, countries: tuple[Noun, ...], km: float | None
    ) -> tuple[FrenchNoun, FrenchNoun, FrenchNoun, FrenchNoun]:
        bracket = f" ({self.joined(countries)})" if countries else ""
        away = f"à {kilometres(km)} {capital:de}" if km is not None and km >= 1 else f"dans la région {capital:de}"
        short = f"une position {away}"
        return _noun(short), _noun(short + bracket), capital, _noun(capital + bracket)

    def _on_the_way(
        self, name: str, capital: FrenchNoun | None, countries: tuple[Noun, ...], km: float | None
    ) -> tuple[FrenchNoun, FrenchNoun, FrenchNoun, FrenchNoun, FrenchNoun]:
        own = _kind_of(name)
        bare = _noun(f"{own}{name}" if own else name)
        close = capital is not None and capital.casefold() not in bare.casefold() and (km is None or km <= NEAR_KM)
        near = f" près {capital:de}" if close and capital is not None else ""
        inside = [f"à {kilometres(km)} {capital:de}"] if km is not None and km >= 1 and capital is not None else []
        if len(countries) == 1:
            inside.append(countries[0])
        full = _noun(f"{bare} ({', '.join(inside)})" if inside else str(bare), feminine=bare.feminine)
        towards = f"{capital}, près {bare:de}" if near else str(bare)
        towards_full = f"{capital}, près {full:de}" if near else str(full)
        return _noun(bare + near, feminine=bare.feminine), full, bare, _noun(towards), _noun(towards_full)

    def area(self, place: Site, incident_class: IncidentClass) -> tuple[str, ...]:
        both = "-".join(place.countries)
        if len(place.countries) == 2 and incident_class is IncidentClass.BORDER:
            return (f"Frontière {both} : ", f"{both} : ")
        classes = {
            IncidentClass.BORDER: "Frontière",
            IncidentClass.OIL: "Pétrole et gaz",
            IncidentClass.CAPITAL: "Capitale",
        }
        return (f"{both or classes[incident_class]} : ",)


def _kind_of(name: str) -> str:
    """Return the article of a name that begins with its own kind of site ("pont Allenby"); else nothing."""
    if _noun(name).article:
        return ""
    return _OWN_KIND.get(name.split()[0].lower() if name.split() else "", "") if name[:1].islower() else ""


def _place_name(place: Place, entry: SiteEntry | None) -> str:
    """Return a place's name as French papers spell it, without the kind of site; as it stands where none is known."""
    given = clean(place.name, MAX_PLACE).strip(" .!?:;,-–—") or "lieu sans nom"
    if entry is None:
        return _plain(without_kind(given)) if is_latin(given) else given
    if "fr" in entry.shown:
        return entry.shown["fr"]
    names = [alias for alias in entry.names["fr"] if is_latin(alias)]
    if not names:
        return _plain(without_kind(without_brackets(entry.name)))
    first = _FRENCH_KIND_BEHIND.sub("", without_kind(_FRENCH_KIND.sub("", names[0])))
    halves = without_brackets(entry.name).split("-")
    if place.kind is PlaceKind.CROSSING and len(halves) == 2 and min(map(len, halves)) > 3 and "-" not in first:
        return _both_sides(entry, halves, [_FRENCH_KIND.sub("", name) for name in names])
    return _plain(first)


def _both_sides(entry: SiteEntry, halves: Sequence[str], names: Sequence[str]) -> str:
    """Return both halves of a crossing's name in French, each in its spelling where an alias is like it."""

    def like(half: str) -> str:
        ranked = max(names, key=lambda name: SequenceMatcher(None, name.casefold(), half.casefold()).ratio())
        close = SequenceMatcher(None, ranked.casefold(), half.casefold()).ratio()
        return ranked if close >= _SAME and "-" not in ranked else half

    found = list(dict.fromkeys(like(half) for half in halves))
    return _plain("-".join(found)) if found else _plain(entry.name)


def _plain(name: str) -> str:
    return re.sub(r"\s*[–—]\s*|\s+-\s+", "-", without_brackets(name)).strip(" ,") or name


def _of_kind(kind: PlaceKind, name: str, entry: SiteEntry | None) -> FrenchNoun:
    """Return a crossing or oil site with its kind: "le poste-frontière de Ras Jédir"."""
    if _noun(name).article:
        return _noun(name)
    own = _kind_of(name)
    if own:
        return _noun(f"{own}{name}")
    if kind is PlaceKind.CROSSING:
        what = "le poste-frontière de"
    else:
        what = _OIL.get(entry.type if entry is not None else "", "le site pétrolier de")
    if what.endswith(" de"):
        return _noun(f"{what.removesuffix(' de')} {_noun(name):de}")
    return _noun(f"{what} {name}")
