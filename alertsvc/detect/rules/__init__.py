"""The analysts' rules: one YAML file for each incident class in `rules/classes/`.

A rule looks at one sentence and says in a form that can be read and edited what speaks for an incident (`weight` above
zero, in log-odds), against it (below zero), or rules it out (`veto: true`). Conditions name concepts of the lexicon
(`SEIZE`) and kinds of mention (`<crossing>`, `<crossing?>` where only the name speaks for it, `<oil>`, `<capital>`,
`<approach>`, `<actor>`, `<near-km>`, `<past-date>`, `<near-date>`), words, tense, position and what the classifier
thinks. Every rule carries sentences that it must and must not match; they run as tests. docs/rules.md describes the
language; `language` holds it, `loading` reads it, `matching` and `firing` ask it of sentences.
"""

from __future__ import annotations

from alertsvc.detect.rules.faults import Fault, located
from alertsvc.detect.rules.firing import Example, Fired, Look, RuleSet, established
from alertsvc.detect.rules.language import (
    CIRCUMSTANCES,
    KINDS,
    AtMost,
    Between,
    ClassOverlay,
    ClassRules,
    Condition,
    Examples,
    Near,
    Position,
    Prevails,
    Rule,
    Tense,
)
from alertsvc.detect.rules.loading import class_layers, load_classes
from alertsvc.detect.rules.matching import Bits, Marked, Matcher, Place
from alertsvc.detect.rules.schema import rules_schema
from alertsvc.detect.rules.tense import tense_of

__all__ = [
    "CIRCUMSTANCES",
    "KINDS",
    "AtMost",
    "Between",
    "Bits",
    "ClassOverlay",
    "ClassRules",
    "Condition",
    "Example",
    "Examples",
    "Fault",
    "Fired",
    "Look",
    "Marked",
    "Matcher",
    "Near",
    "Place",
    "Position",
    "Prevails",
    "Rule",
    "RuleSet",
    "Tense",
    "class_layers",
    "established",
    "load_classes",
    "located",
    "rules_schema",
    "tense_of",
]
