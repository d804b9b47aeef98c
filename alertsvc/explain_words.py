"""Conditions of rules and features of the classifier in words, for whoever reads an explanation."""

from __future__ import annotations

from alertsvc.detect.rules import Condition

__all__ = ["condition_in_words", "feature_in_words"]

_CONTEXT = {
    "before": "before it: {}",
    "after": "behind it: {}",
    "headline": "in the headline: {}",
    "article": "in the article: {}",
    "often": "often in the article: {}",
}
_CUT = 7  # letters of a word that pairs of words keep
_PLACES = {"title": "the headline", "first": "the first sentence below the headline", "last": "the last sentence"}


def feature_in_words(name: str) -> str:
    """Return what a feature of the classifier stands for; one of a kind that is not known as it is."""
    kind, _, rest = name.partition(":")
    if kind in _CONTEXT:
        return _CONTEXT[kind].format(rest)
    match kind:
        case "w":
            return rest if rest.startswith("<") else f"'{rest}'"
        case "s":
            return f"'{rest}…'"
        case "b":
            parts = (part + "…" if len(part) == _CUT and part[-1] != ">" else part for part in rest.split(" "))
            return " ".join(part if part.startswith("<") else f"'{part}'" for part in parts)
        case "c":
            return rest
        case "p":
            return _pair(rest)
        case "f":
            return f"place: {rest}"
    return name


def _pair(rest: str) -> str:
    """Return two marks that follow one another, `CLOSE>NOW` or `CLOSE><crossing>`."""
    cut = rest.find(">", 1 if not rest.startswith("<") else rest.find(">") + 1)
    return f"{rest[:cut]} then {rest[cut + 1 :]}" if cut > 0 else rest


def condition_in_words(when: Condition) -> str:
    """Return what a rule asks of a sentence."""
    parts: list[str] = []
    if when.title is not None:
        parts.append("it is the headline" if when.title else "it is not the headline")
    if when.position:
        parts.append("it is " + " or ".join(_PLACES[place] for place in when.position))
    if when.first is not None:
        parts.append(f"it is one of the first {when.first} sentences")
    if when.all:
        parts.append("it has " + " and ".join(when.all))
    if when.any:
        parts.append("it has " + " or ".join(when.any))
    parts += [
        f"it has {near.marks[0]} within {near.words} words {'before' if near.ordered else 'of'} {near.marks[1]}"
        for near in when.near
    ]
    if when.sequence:
        parts.append("it has " + ", then ".join(when.sequence))
    if when.words:
        parts.append("its words match " + " or ".join(map(repr, when.words)))
    if when.tense:
        parts.append(f"it is told in the {' or '.join(when.tense)}")
    if when.km_to_capital is not None:
        parts.append(f"it is within {when.km_to_capital.max:g} km of a capital")
    if when.classifier is not None:
        parts.append(f"the classifier gives it {when.classifier.min:g} to {when.classifier.max:g}")
    if when.none:
        *more, last = when.none
        parts.append("it has no " + (f"{', '.join(more)} or {last}" if more else last))
    return "; ".join(parts)
