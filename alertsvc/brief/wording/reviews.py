"""What a language holds for the weekly review and the full incident brief, beside the words of all briefings.

Every pattern is a whole sentence or clause with named places, so that a language may order them as it likes. What is
counted has a form for each plural category of the language (https://cldr.unicode.org/index/cldr-spec/plural-rules).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale

from alertsvc.brief.nouns import Noun
from alertsvc.brief.places import Site
from alertsvc.brief.scale import band_of
from alertsvc.brief.wording.language import Language
from alertsvc.domain import Action, IncidentClass, Status

__all__ = ["Reviews"]


@dataclass(frozen=True, slots=True)
class Reviews:
    """The words of one language.

    `phrases` are sentences by name, `labels` headings. `counted` gives the forms of what is counted: `{n}` is the
    number in digits, `{w}` in words as far as the language writes it so; a form for one number alone is under `=0`.
    `fronts` open a bullet. `outlook` says by action what may come next, `implied` and `implied_if_true` what an
    incident shows, the second where it is not confirmed; `exposed` who else is exposed, by class. `statuses` say why an
    incident has its status. Places and agreement are those of `Deed`: `{site}`, `{goal}`, `{capital}`, `{s:...}`.
    """

    speech: Language
    phrases: Mapping[str, str]
    labels: Mapping[str, str]
    counted: Mapping[str, Mapping[str, str]]
    fronts: Mapping[str, str]
    outlook: Mapping[Action, str]
    implied: Mapping[Action, str]
    implied_if_true: Mapping[Action, str]
    exposed: Mapping[IncidentClass, str]
    statuses: Mapping[Status, str]
    area: Callable[[Sequence[str]], tuple[str, str]]  # ISO codes to "in Libya and Niger" and "Libya and Niger"

    @property
    def code(self) -> str:
        """ISO 639-1 code of the language."""
        return self.speech.code

    def say(self, key: str, **parts: object) -> str:
        """Return the sentence or phrase `key` with its places filled."""
        return self.phrases[key].format(**parts)

    def about(self, key: str, noun: Noun, /, **parts: object) -> str:
        """Return the phrase `key` with words that agree with a noun."""
        return self.phrases[key].format(**self.speech.grammar.agreements(noun), **parts)

    def count(self, what: str, value: int) -> str:
        """Return so many of something: "three incidents"."""
        grammar, forms = self.speech.grammar, self.counted[what]
        pattern = forms.get(f"={value}") or forms.get(Locale.parse(self.code).plural_form(value)) or forms["other"]
        return pattern.format(n=grammar.digits(value), w=grammar.number(value))

    def placed(self, pattern: str, site: Site) -> str:
        """Return a pattern with its place filled in, as a sentence begins."""
        capital = site.capital or ""
        return self.speech.grammar.capitalised(self.speech.placed(pattern, site.plain, site.goal, capital=capital))

    def figure(self, value: Decimal | float, places: int = 2) -> str:
        """Return a figure with so many decimals, as the language parts them."""
        return self.speech.grammar.figure(value, places)

    def zone(self, index: Decimal) -> str:
        """Return the name of the zone that an index lies in."""
        return self.speech.bands[band_of(index).label][0]
