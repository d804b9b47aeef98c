"""The language of the rules: what may stand in a file of `rules/classes/`, checked as far as one file can be by itself.

Whether a mark exists, an action is one of the class's or an id is used twice is asked by `loading`, once the files that
lie over one another are put together. docs/rules.md describes every key.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from alertsvc.detect.rules.words import checked
from alertsvc.domain import Action, IncidentClass

__all__ = [
    "CIRCUMSTANCES",
    "KINDS",
    "AtMost",
    "Between",
    "Circumstance",
    "ClassOverlay",
    "ClassRules",
    "Condition",
    "Examples",
    "Near",
    "Position",
    "Prevails",
    "Rule",
    "Tense",
]

KINDS = frozenset(
    f"<{name}>"
    for name in (
        "crossing",
        "crossing?",
        "oil",
        "oil?",
        "capital",
        "capital?",
        "approach",
        "approach?",
        "town",
        "town?",
        "near-town",
        "actor",
        "country",
        "agency",
        "near-km",
        "far-km",
        "near-date",
        "past-date",
        "future-date",
    )
)
"""Marks that are no concepts of the lexicon."""

Tense = Literal["past", "present", "future", "conditional"]
Position = Literal["title", "first", "last"]
Circumstance = Literal["inside_capital", "seat_of_government", "exports_halted"]

CIRCUMSTANCES: tuple[Circumstance, ...] = ("inside_capital", "seat_of_government", "exports_halted")
"""Those of the severity score that no field of a detection stands for."""


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Mark = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^([A-Z][A-Z_]*|<[a-z-]+\??>)$",
            "description": "a concept of the lexicon, or a kind of mention in angle brackets",
        }
    ),
]
Pattern = Annotated[str, AfterValidator(checked)]
RuleId = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
# One of these may be written without brackets.
Tenses = Annotated[tuple[Tense, ...], BeforeValidator(_listed, json_schema_input_type=Tense | list[Tense])]
Positions = Annotated[tuple[Position, ...], BeforeValidator(_listed, json_schema_input_type=Position | list[Position])]
Sentences = dict[Literal["en", "fr", "ar"], tuple[str, ...]]
ActionMarks = dict[Action, dict[Mark, float]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("weight", "lingers", "threshold", "flash", mode="before", check_fields=False)
    @classmethod
    def _figure(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("must be a number, not yes or no")  # noqa: TRY004  pydantic tells a ValueError with its key
        return value


class Near(_Strict):
    """Two marks within some words of one another; `ordered` asks for the first to stand first."""

    marks: Annotated[tuple[Mark, ...], Field(min_length=2, max_length=2)]
    words: int = Field(8, ge=1, le=60)
    ordered: bool = False


class AtMost(_Strict):
    """Kilometres up to which a distance counts."""

    max: float = Field(gt=0, le=1000)


class Between(_Strict):
    """Bounds of a probability, both included; one may be left out."""

    min: float = Field(0.0, ge=0, le=1)
    max: float = Field(1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give min, max or both")
        if self.min > self.max:
            raise ValueError("min must not lie above max")
        return self


class Condition(_Strict):
    """What must hold of a sentence; every part given must hold."""

    all: tuple[Mark, ...] = Field((), description="marks that are all there")
    any: tuple[Mark, ...] = Field((), description="marks of which one is there")
    none: tuple[Mark, ...] = Field((), description="marks of which none is there")
    near: tuple[Near, ...] = Field((), description="pairs of marks that stand close together")
    sequence: tuple[Mark, ...] = Field((), description="marks that follow one another in this order")
    words: tuple[Pattern, ...] = Field((), description="RE2 patterns of which one is found in the folded words")
    tense: Tenses = Field((), description="the sentence is told in this tense, or one of these")
    position: Positions = Field((), description="the headline, the first sentence below it, or the last")
    title: bool | None = Field(None, description="whether it is the headline")
    first: int | None = Field(None, ge=1, description="only the first so many sentences, the headline included")
    km_to_capital: AtMost | None = Field(None, description="a distance to a capital is told or known, up to this")
    classifier: Between | None = Field(None, description="the classifier's probability for the class and sentence")

    @model_validator(mode="after")
    def _usable(self) -> Self:
        if len(self.sequence) == 1:
            raise ValueError("a sequence has at least two marks")
        return self

    def names(self) -> dict[tuple[str | int, ...], str]:
        """Return every mark that is named, by where it stands."""
        found: dict[tuple[str | int, ...], str] = {}
        for key in ("all", "any", "none", "sequence"):
            found |= {(key, number): mark for number, mark in enumerate(getattr(self, key))}
        for number, near in enumerate(self.near):
            found |= {("near", number, "marks", place): mark for place, mark in enumerate(near.marks)}
        return found


class Examples(_Strict):
    """Sentences by language that a rule must or must not match."""

    match: Sentences = Field(default_factory=dict)
    no_match: Sentences = Field(default_factory=dict)


class Rule(_Strict):
    """One rule."""

    id: RuleId
    why: str = Field(min_length=8)
    when: Condition
    weight: float = Field(0.0, ge=-8, le=8, description="log-odds that a matching sentence gains")
    veto: bool = Field(False, description="a matching sentence is left out")
    lingers: float = Field(
        0.0, ge=0, le=4, description="log-odds taken from the next sentence too, unless it has a date of these days"
    )
    scope: Literal["sentence", "article"] = "sentence"
    action: Action | None = Field(None, description="an action that the sentence speaks for")
    bars: Action | None = Field(None, description="an action that the sentence is then not taken to tell of")
    severity: tuple[Circumstance, ...] = Field((), description="circumstances that the severity score counts")
    examples: Examples


class Prevails(_Strict):
    """An outcome that names the incident though others are told at greater length: a post that fell and was shut."""

    action: Action
    over: tuple[Action, ...] = Field(min_length=1)
    share: float = Field(gt=0, le=1, description="of the weight of the other that this action must have")


class ClassRules(_Strict):
    """The rules of one class: a file that stands by itself, or what the files over one another come to."""

    model_config = ConfigDict(title="Rules of a class")

    incident_class: IncidentClass = Field(alias="class")
    extends: Literal[False] = Field(False, description="false: the file takes the place of ours")
    threshold: float = Field(gt=0, lt=1, description="probability from which an article reports an incident")
    flash: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="probability from which one report may raise a flash alert by itself; else the threshold",
    )
    subject: Condition
    actions: ActionMarks
    prevails: tuple[Prevails, ...] = ()
    rules: tuple[Rule, ...]

    @property
    def sure(self) -> float:
        """The probability from which a single report is enough for a flash alert, never below the threshold."""
        return self.threshold if self.flash is None else max(self.threshold, self.flash)


class ClassOverlay(_Strict):
    """A file that changes the rules of a class below it: only what it gives is changed."""

    model_config = ConfigDict(title="Changes to the rules of a class")

    incident_class: IncidentClass = Field(alias="class")
    extends: Literal[True] = Field(description="true: the file lies over ours, rule by rule")
    threshold: float | None = Field(None, gt=0, lt=1)
    flash: float | None = Field(None, gt=0, lt=1)
    subject: Condition | None = None
    actions: ActionMarks | None = None
    prevails: tuple[Prevails, ...] | None = None
    remove: tuple[RuleId, ...] = Field((), description="ids of rules below that are left out")
    rules: tuple[Rule, ...] = Field((), description="a rule takes the place of that of the same id, or is added")
