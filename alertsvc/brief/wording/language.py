"""What a language of briefings holds: verbs by action, words by class, sentences and headings by name."""

from __future__ import annotations

from dataclasses import dataclass

from alertsvc.domain import Action

__all__ = ["Deed", "Language"]


@dataclass(frozen=True, slots=True)
class Deed:
    """How one action is told.

    With an actor: `{actor} {singular | plural | past} {target}` (`on_target` where a target is known and fits).
    Without: `happens` (present, for headlines), `reported` (headline), `happened` and `was_reported` (sentences).
    `{site}` is the place, `{goal}` what an advance aims at, `{other}` the target; in `watch`, `{flow}` is what passes
    and `{both}` says that a crossing has two directions. A deed whose doer cannot safely be read off a report (who
    closed a road that gunmen attacked, and who was driven back?) has no `target` and is always told without an actor.
    """

    happens: str
    reported: str
    happened: str
    was_reported: str
    noun: str
    watch: str
    singular: str = ""
    plural: str = ""
    past: str = ""
    perfect: str = ""
    target: str | None = None
    on_target: str | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language."""

    code: str
    deeds: dict[Action, Deed]
    classes_flow: dict[str, str]
    phrases: dict[str, str]
    labels: dict[str, str]  # headings, handed to the templates with the facts
