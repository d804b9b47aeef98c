"""The grammar of English briefings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from alertsvc.brief import actors, places
from alertsvc.brief.actors import Actor
from alertsvc.brief.gazetteer import actor_entry
from alertsvc.brief.nouns import Noun
from alertsvc.brief.numbers import number, ordinal, people
from alertsvc.brief.places import Site
from alertsvc.brief.texts import LOOSE_END, clean, is_latin, joined, without_brackets
from alertsvc.brief.wording.grammar import Agreement, Grammar
from alertsvc.brief.wording.people import in_english
from alertsvc.domain import Count, IncidentClass, Place

__all__ = ["EnglishGrammar"]

_COUNTED = {
    "incident": ("incident", "incidents"),
    "of_incident": ("incident", "incidents"),
    "death": ("death", "deaths"),
    "arrest": ("arrest", "arrests"),
    "wounded": ("wounded", "wounded"),
    "captured": ("captured", "captured"),
    "killed": ("killed", "killed"),
    "reported_killed": ("reported killed", "reported killed"),
    "person": ("person", "people"),
    "source": ("source", "sources"),
    "report": ("more report", "more reports"),
    "filed": ("report", "reports"),
    "place": ("place", "places"),
}


class EnglishGrammar(Grammar):
    """Nouns without gender, verbs that tell one from many."""

    code = "en"
    loose_ends = LOOSE_END

    def number(self, value: int) -> str:
        return number(value)

    def ordinal(self, value: int) -> str:
        return ordinal(value)

    def counted(self, value: int, what: str, *, words: bool = True) -> str:
        one, many = _COUNTED[what]
        return f"{number(value) if words else self.digits(value)} {one if value == 1 else many}"

    def at_least(self, count: Count, what: str = "") -> str:
        upper = f" and at most {number(count.high)}" if count.high is not None and count.high > count.low else ""
        noun = f" {_COUNTED[what][count.low != 1]}" if what else ""
        return f"at least {number(count.low)}{upper}{noun}"

    def hurt(self, wounded: Count | None, captured: Count | None) -> str:
        found = ((wounded, "wounded"), (captured, "captured"))
        known = [(count, word) for count, word in found if count is not None and count.low > 0]
        parts = []
        for place, (count, word) in enumerate(known):
            were = f" {people(count.low)} {'was' if count.low == 1 else 'were'} reported" if place == 0 else ""
            parts.append(f"{self.at_least(count)}{were} {word}")
        return joined(parts)

    def joined(self, items: Iterable[str]) -> str:
        return joined(items)

    def group(self, nouns: Sequence[Noun]) -> Noun:
        return Noun(joined(nouns), plural=len(nouns) > 1 or any(noun.plural for noun in nouns[:1]))

    def agreements(self, noun: Noun) -> Mapping[str, Agreement]:
        return {"v": Agreement(int(noun.plural))}

    def noun(self, text: str, *, feminine: bool = False) -> Noun:
        return Noun(text)

    def country(self, code: str | None) -> Noun | None:
        name = places.country_name(code)
        return None if name is None else Noun(name)

    def actor(self, name: str) -> Actor:
        line = clean(name, actors.MAX_NAME)
        people = in_english(line)
        if people:
            name = people
        elif not is_latin(line):
            entry = actor_entry(line, without_brackets(line))
            name = entry.name if entry is not None else name
        return actors.actor(name)

    def site(self, place: Place) -> Site:
        return places.site(place)

    def area(self, place: Site, incident_class: IncidentClass) -> tuple[str, ...]:
        area = places.headline_area(place, incident_class)
        return tuple(dict.fromkeys((f"{area}: ", f"{area.removesuffix(' border')}: ")))

    def readable(self, name: str) -> bool:
        return is_latin(name)
