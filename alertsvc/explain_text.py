"""An explanation for reading in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from alertsvc.brief.texts import clean

__all__ = ["WIDTH", "as_text", "marked"]

WIDTH = 80
"""Columns of the terminals that all can be set to."""

_TERMS = 6  # pieces of evidence that are shown
_TELLING = 0.05  # log-odds below which one decided nothing
_GOES_ON = "    "
_AROUND = 50  # characters shown on either side of the words that a field was read from


_FLAGS = {
    "one_party": "only one side says so",
    "disputed": "another side contradicts it",
    "cross_border": "from or into another state",
    "announced_offensive": "an offensive was announced",
    "reversed_within_day": "taken back within a day",
}


def as_text(data: dict[str, Any], width: int = WIDTH) -> str:
    """Return an explanation, as `explain.as_data` gives it, in lines; control characters of the article are gone.

    Args:
        data: the explanation.
        width: columns after which a line is broken between words; what goes on is set in.
    """
    return "\n".join(piece for line in _lines(data) for piece in _broken(line, width)).rstrip() + "\n"


def _broken(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    wrapped = wrap(
        clean(line),
        width,
        initial_indent=indent,
        subsequent_indent=indent + _GOES_ON,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped or [""]


def marked(text: str, start: int, end: int, around: int = _AROUND) -> str:
    """Return the characters `start` to `end` of a text in [brackets], with up to `around` more on either side."""
    left, right = max(0, start - around), min(len(text), end + around)
    if left:
        left = text.find(" ", left, start) + 1 or left
    if right < len(text):
        right = max(text.rfind(" ", end, right), end)
    before, behind = "… " if left else "", " …" if right < len(text) else ""
    return f"{before}{text[left:start]}[{text[start:end]}]{text[end:right]}{behind}"


def _lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["supported"]:
        yield f"Language {data['language'] or 'unknown'}: not one that is read. Nothing was decided."
        return
    yield data["headline"] or "(no headline)"
    dateline = f", dateline {data['dateline']}" if data["dateline"] else ""
    yield (
        f"language {data['language']}, {data['sentences']} sentences, {data['dropped_lines']} lines dropped as junk"
        + dateline
    )
    yield ""
    yield from _stored(data)
    if not data["detections"]:
        yield from ("No incident reported.", "")
    for found in data["detections"]:
        yield from _detection(found, data)
    for item in data["classes"]:
        yield from _decision(item)


def _stored(data: dict[str, Any]) -> Iterator[str]:
    stored = data.get("stored")
    if stored is None:
        return
    yield f"Stored article {stored['id']} of the feed {stored['feed']}, revision {stored['revision']}"
    if stored["url"]:
        yield f"  {stored['url']}"
    for found in stored["detections"]:
        place = found["place"]
        yield (
            f"  detected when it was read: {found['incident_class']}: {found['action']} at {place['name']}"
            f" ({place['country'] or 'country unknown'}), probability {found['probability']:.2f}"
        )
    if not stored["detections"]:
        yield "  no incident is stored from its reading"
    for filed in stored["incidents"]:
        yield f"  filed under {filed['incident']}: {filed['class']}, {filed['action']} at {filed['place']}"
    if not stored["same"]:
        yield "  what follows is what the rules and the model of today say, and it differs"
    yield ""


def _where(position: int, data: dict[str, Any]) -> str:
    """Return what a sentence is called: its number is the one in [brackets] further down."""
    return "the headline" if position == 0 and data["headline"] else f"sentence {position}"


def _detection(found: dict[str, Any], data: dict[str, Any]) -> Iterator[str]:
    place = found["place"]
    where = f"{place['name']} ({place['country'] or 'country unknown'})"
    yield f"INCIDENT {found['incident_class']}: {found['action']} at {where}"
    for field in found["fields"]:
        yield f"  {field['field'].replace('_', ' ')}: {_value(field['value'], field['field'])}"
        if field["words"] is not None:
            shown = marked(field["text"], field["start"], field["end"])
            yield f"      in {_where(field['sentence'], data)}: {shown}"
        else:
            yield f"      {field['how']}"
    if found["event_date"] is None:
        yield "  event date: not told, and the day of publication is not known"
    for site in found["others"]:
        yield f"  also hit: {site['name']}"
        if site["text"] is not None:
            shown = marked(site["text"], site["start"], site["end"])
            yield f"      in {_where(site['sentence'], data)}: {shown}"
    for told in found["circumstances"]:
        yield f"  {told['name'].replace('_', ' ')}: {told['why']}"
        yield f"      by a rule in {_where(told['sentence'], data)}"
    yield from (f"  {words}" for name, words in _FLAGS.items() if found[name])
    for claim in found["claims"]:
        yield f"  {claim['speaker']}{' denies' if claim['denies'] else ' says'}: {claim['quote']}"
    yield ""


def _value(value: Any, field: str) -> str:
    if field == "distance":
        return f"{value:g} km"
    if isinstance(value, dict):
        low, high = value["low"], value["high"]
        return f"{low}" if high == low else f"{low} or more" if high is None else f"{low} to {high}"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _decision(item: dict[str, Any]) -> Iterator[str]:
    verdict = "REPORTED" if item["reported"] else "not reported"
    short = f", short by {item['short_by']:.2f} in log-odds" if item["short_by"] else ""
    yield (
        f"{item['class']}: {verdict}, probability {item['probability']:.2f} (threshold {item['threshold']:.2f}{short})"
    )
    if item["nearest"] is not None:
        near = item["nearest"]
        why = "no sentence is left" if item["vetoes"] else "no sentence speaks of a site of this class"
        yield f"  {why}; the nearest, {near['classifier']:.2f} by the classifier alone:"
        yield f"  [{near['position']}] {near['text']}"
    if item["reported"] and not item["sure"]:
        yield f"  not sure enough for a flash alert by itself, which takes {item['flash']:.2f}"
    terms = [term for term in item["decided_by"][:-1] if abs(term["weight"]) >= _TELLING][:_TERMS]
    if terms:
        yield "  what decided: " + "; ".join(f"{term['what']} {term['weight']:+.2f}" for term in terms)
    for sentence in item["sentences"] if item["reported"] else item["sentences"][:1]:
        yield from _sentence(sentence)
    for veto in item["vetoes"]:
        of = "the article" if veto["scope"] == "article" else f"sentence {veto['sentence']}"
        yield f"  {of} vetoed by {veto['id']}: {veto['why']}"
        yield f"      [{veto['sentence']}] {veto['text']}"
    if item["reported"]:
        vetoes, weights = item["would_veto"], item["would_weigh_against"]
        fired = {rule["id"] for sentence in item["sentences"] for rule in sentence["rules"]}
        yield "  would have vetoed it:" if vetoes else "  would have vetoed it: no rule, there is none of this class"
        for rule in vetoes:
            yield f"      {rule['id']}: {rule['why']}"
            of = "any sentence, if" if rule["scope"] == "article" else "a sentence, if"
            yield f"          {of} {rule['when']}"
        yield "  would have weighed against it:" if weights else "  would have weighed against it: no rule"
        for rule in weights:
            did = " (it did, above)" if rule["id"] in fired else ""
            yield f"      {rule['id']} {rule['weight']:+.1f}{did}: {rule['why']}"
    yield ""


def _sentence(sentence: dict[str, Any]) -> Iterator[str]:
    yield f"  [{sentence['position']}] {sentence['probability']:.2f}  {sentence['text']}"
    weights: dict[str, float] = {}
    for term in sentence["terms"]:  # a mark counts as a word and as what the sentence holds
        weights[term["what"]] = weights.get(term["what"], 0.0) + term["weight"]
    terms = ", ".join(f"{what} {weight:+.2f}" for what, weight in weights.items())
    yield f"      classifier {sentence['classifier']:.2f}: {terms}"
    for rule in sentence["rules"]:
        yield f"      rule {rule['id']} {rule['weight']:+.1f}: {rule['why']}"
    if sentence["mentions"]:
        yield "      names: " + "; ".join(f"{m['kind']} {m['text']!r}" for m in sentence["mentions"])
    against = "; ".join(
        f"{pull['what']} {pull['weight']:+.2f}" + (f" ({pull['why']})" if pull["what"] == "position" else "")
        for pull in sentence["against"]
    )
    yield f"      spoke against it: {against or 'nothing'}"
