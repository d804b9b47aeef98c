"""What a language of briefings holds: verbs by action, words by class, sentences and headings by name, a grammar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alertsvc.brief.actors import Actor
from alertsvc.brief.nouns import Noun
from alertsvc.brief.places import Site
from alertsvc.brief.wording.grammar import Agreement, Grammar
from alertsvc.domain import Action, Status

__all__ = ["Deed", "Language"]


@dataclass(frozen=True, slots=True)
class Deed:
    """How one action is told.

    With an actor: `now` (headlines), `past` (sentences) and `perfect` (what a side says of itself) are the verb, and
    `target` what follows it (`on_target` where a target is known and fits); the order is that of the language's
    clauses. Without: `happens` (present, for headlines), `reported` (headline), `happened` and `was_reported`
    (sentences). `{site}` is the place, `{goal}` what an advance aims at, `{other}` the target; `{v:...}` and `{w:...}`
    agree with the actor, `{s:...}` with the site; in `watch`, `{flow}` is what passes and `{both}` says that a
    crossing has two directions. `turn` says in a word or two that it has come to this. A deed whose doer cannot safely
    be read off a report (who closed a road that gunmen attacked, and who was driven back?) has no `target` and is
    always told without an actor.
    """

    happens: str
    reported: str
    happened: str
    was_reported: str
    noun: str
    watch: str
    turn: str
    now: str = ""
    past: str = ""
    perfect: str = ""
    target: str | None = None
    on_target: str | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language."""

    code: str
    grammar: Grammar
    deeds: Mapping[Action, Deed]
    classes_flow: Mapping[str, str]  # what passes or is made at a site, by class
    phrases: Mapping[str, str]
    labels: Mapping[str, str]  # headings, handed to the templates with the facts
    statuses: Mapping[Status, str]
    categories: Mapping[str, str]
    bands: Mapping[str, tuple[str, str]]  # zone and label, by the English label of the band
    terms: Mapping[str, str]  # summands of the severity score
    marks: Mapping[str, str]  # what stands before a subject
    note_sources: Mapping[str, str]  # patterns of the English sources of context notes, and what they become

    @property
    def direction(self) -> str:
        """Return "rtl" or "ltr"."""
        return self.grammar.direction

    def say(self, key: str, **parts: object) -> str:
        """Return the sentence or phrase `key` with its places filled."""
        return self.phrases[key].format(**parts)

    def agreed(self, key: str, noun: Noun, **parts: object) -> str:
        """Return the phrase `key` with words that agree with a noun."""
        return self.phrases[key].format(**self.grammar.agreements(noun), **parts)

    def placed(self, pattern: str, site: Noun, goal: Noun, other: Noun | None = None, **parts: object) -> str:
        """Return a pattern of a deed with its place filled in."""
        agreeing = self.grammar.agreements(site).get("g", Agreement(0))
        return pattern.format(site=site, goal=goal, other=other or "", s=agreeing, **parts)

    def deed(self, action: Action, site: Site, form: str = "short") -> Noun:
        """Return an action at a place as a noun: "seizure of the Al-Tum crossing".

        Args:
            action: what was done.
            site: where.
            form: how the place is named: "short" as in headlines, "full" as at first mention, "plain" as later on.
        """
        where = {"short": site.short, "full": site.full, "plain": site.plain}[form]
        goal = site.goal_full if form == "full" else site.goal
        return self.grammar.noun(self.placed(self.deeds[action].noun, where, goal))

    def flow(self, incident_class: str) -> Noun:
        """Return what passes or is made at the sites of a class."""
        return self.grammar.noun(self.classes_flow[incident_class])

    def many(self, actors: Sequence[Actor], *, full: bool) -> Noun:
        """Return several actors as one noun."""
        return self.grammar.group([item.full if full else item.short for item in actors])
