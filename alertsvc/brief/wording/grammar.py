"""What a language does to the words of a sentence: articles, agreement, counted nouns, names of places and people.

The tables of a language hold patterns such as `{who} {v:says|say} ...`. A `Noun` fills a place of a pattern and gives
itself another form where the pattern asks for one (`{site:de}`); an `Agreement` picks the form of another word that
goes with it. So the composers say what is told, and never in which order or form.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale

from alertsvc.brief.actors import Actor
from alertsvc.brief.nouns import Noun
from alertsvc.brief.places import Site
from alertsvc.domain import Count, IncidentClass, Place

__all__ = ["Agreement", "Grammar"]


class Agreement:
    """Picks one of the forms that a pattern offers, `{v:says|say}`; the last where there are fewer forms."""

    def __init__(self, place: int) -> None:
        self._place = place

    def __format__(self, forms: str) -> str:
        options = forms.split("|")
        return options[min(self._place, len(options) - 1)]


class Grammar(ABC):
    """The rules of one language. `code` is ISO 639-1, `direction` that of its script."""

    code: str
    direction: str = "ltr"
    said_in_headlines: int = 2  # so many doers fit into a headline's grammar
    capital_after_colon: bool = True  # in a headline: "Libya: Armed men ...", but "Libye : des hommes armés ..."
    decimal_mark: str = "."
    thousands_mark: str = ","

    # --- numbers ------------------------------------------------------------------------------------------------

    @abstractmethod
    def number(self, value: int) -> str:
        """Return a number in words up to ten, in digits above."""

    @abstractmethod
    def ordinal(self, value: int) -> str:
        """Return "third"."""

    @abstractmethod
    def counted(self, value: int, what: str, *, words: bool = True) -> str:
        """Return a number with the noun `what` in the form that it takes: "one death", "two deaths".

        Args:
            what: a key of the counted nouns of the language.
            words: numbers up to ten in words; else all in digits.
        """

    @abstractmethod
    def at_least(self, count: Count, what: str = "") -> str:
        """Return "at least three wounded", with "at most" where an upper bound was given."""

    @abstractmethod
    def hurt(self, wounded: Count | None, captured: Count | None) -> str:
        """Return the clause that tells wounded and captured people; empty where none are known."""

    def digits(self, value: int) -> str:
        """Return a whole number in Latin digits, thousands parted as the language does."""
        return f"{value:,}".replace(",", self.thousands_mark)

    def figure(self, value: float | Decimal, places: int) -> str:
        """Return a number with so many decimals, rounded half up."""
        exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return f"{exact:f}".replace(".", self.decimal_mark)

    # --- joining ------------------------------------------------------------------------------------------------

    @abstractmethod
    def joined(self, items: Iterable[str]) -> str:
        """Return "a", "a and b" or "a, b and c"."""

    @abstractmethod
    def group(self, nouns: Sequence[Noun]) -> Noun:
        """Return several nouns as one, as the subject or object of a verb."""

    @abstractmethod
    def agreements(self, noun: Noun) -> Mapping[str, Agreement]:
        """Return what agrees with a noun, by the names under which patterns ask for it."""

    def clause(self, text: str) -> Noun:
        """Return a clause that a pattern may put behind a verb of saying."""
        return Noun(text)

    @abstractmethod
    def noun(self, text: str, *, feminine: bool = False) -> Noun:
        """Return a noun phrase of the tables, its article included."""

    def capitalised(self, text: str) -> str:
        """Return text as a sentence begins."""
        return text[:1].upper() + text[1:]

    def quoted(self, text: str) -> str:
        """Return text between the quotation marks of the language."""
        return f"“{text}”"

    def outlet(self, name: str) -> str:
        """Return the name of an outlet as it stands in a sentence."""
        return name

    # --- names --------------------------------------------------------------------------------------------------

    @abstractmethod
    def country(self, code: str | None) -> Noun | None:
        """Return the name of a country, None for none; an unknown code is returned as it is."""

    def countries(self, codes: str | None) -> tuple[Noun, ...]:
        """Return the names of a country or of both sides of a crossing ("LY-NE"); empty for none."""
        return tuple(name for code in (codes or "").split("-") if (name := self.country(code)) is not None)

    def language_name(self, code: str) -> str | None:
        """Return "French" for `fr`, as it stands behind "in"; None for a code that is none."""
        return Locale(self.code).languages.get(code.partition("-")[0])

    @abstractmethod
    def actor(self, name: str) -> Actor:
        """Return how to name an armed actor or speaker that reports call `name`."""

    @abstractmethod
    def site(self, place: Place) -> Site:
        """Return how to name a place."""

    @abstractmethod
    def area(self, place: Site, incident_class: IncidentClass) -> tuple[str, ...]:
        """Return what a headline may open with, the fullest first: a border or country, else the kind of site."""

    # --- headlines ----------------------------------------------------------------------------------------------

    def readable(self, name: str) -> bool:
        """Tell whether a name can stand in a headline of this language."""
        return bool(name)

    loose_ends: frozenset[str] = frozenset()  # words that no headline may end with
