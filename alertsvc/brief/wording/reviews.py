"""What a language holds for the weekly review and the full incident brief, beside the words of all briefings.

Every pattern is a whole sentence or clause with named places, so that a language may order them as it likes. What is
counted has a form for each plural category of the language (https://cldr.unicode.org/index/cldr-spec/plural-rules).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale
from babel.numbers import format_decimal

from alertsvc.domain import Action, IncidentClass, Status

__all__ = ["Reviews"]


@dataclass(frozen=True, slots=True)
class Reviews:
    """The words of one language.

    `phrases` are sentences by name, `labels` headings. `counted` gives the forms of what is counted: `{n}` is the
    number in digits, `{w}` in words as far as the language writes it so. `fronts` open a bullet. `outlook` says by
    action what may come next, `implied` and `implied_if_true` what an incident shows, the second where it is not
    confirmed; `exposed` who else is exposed, by class. `statuses` say why an incident has its status. In all of them
    `{site}` and `{goal}` are as in `Deed`.
    """

    code: str
    phrases: Mapping[str, str]
    labels: Mapping[str, str]
    counted: Mapping[str, Mapping[str, str]]
    fronts: Mapping[str, str]
    outlook: Mapping[Action, str]
    implied: Mapping[Action, str]
    implied_if_true: Mapping[Action, str]
    exposed: Mapping[IncidentClass, str]
    statuses: Mapping[Status, str]
    number: Callable[[int], str]  # as it stands in running text
    area: Callable[[Sequence[str]], tuple[str, str]]  # ISO codes to "in Libya and Niger" and "Libya and Niger"

    def count(self, what: str, value: int) -> str:
        """Return so many of something: "three incidents"."""
        forms = self.counted[what]
        pattern = forms.get(f"={value}") or forms.get(Locale.parse(self.code).plural_form(value)) or forms["other"]
        return pattern.format(n=format_decimal(value, locale=self.code), w=self.number(value))

    def figure(self, value: Decimal | float, places: int = 2) -> str:
        """Return a figure with so many decimals, as the language parts them."""
        return str(format_decimal(value, format=f"#,##0.{'0' * places}", locale=self.code))
