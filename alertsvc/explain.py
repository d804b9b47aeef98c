"""Why an article was, or was not, taken to report an incident: all that the decision stood on, as plain data."""

from __future__ import annotations

from typing import Any

from alertsvc.detect.decide import ClassDecision, SentenceScore, logit, sigmoid
from alertsvc.detect.detector import Detector, Result
from alertsvc.detect.features import features
from alertsvc.detect.reading import Reading
from alertsvc.detect.rules import CIRCUMSTANCES
from alertsvc.detect.verdict import EVIDENCE
from alertsvc.domain import FIELDS, Detection, IncidentClass, to_json
from alertsvc.explain_words import condition_in_words, feature_in_words

__all__ = ["as_data"]

_SENTENCES = 4
_PULLS = 5  # things told that pulled a sentence down


def as_data(result: Result, detector: Detector) -> dict[str, Any]:
    """Return what was read and decided.

    `detections` are those of `alertsvc detect`, each with `fields`: the field's value, the words that it was read from
    with their sentence and their place in it, or how it was inferred; `circumstances` and `others`, further
    sites, too. `classes` tells for each class of incidents how
    it was decided, by which evidence, which sentences spoke for it, what pulled them down, and which rules would have
    stood against it.
    """
    data: dict[str, Any] = {"language": result.language, "supported": result.supported}
    if result.reading is None:
        return data | {"detections": [], "classes": []}
    reading = result.reading
    return data | {
        "headline": reading.text.title,
        "dateline": reading.text.dateline,
        "sentences": len(reading.sentences),
        "dropped_lines": reading.text.dropped,
        "detections": [
            {
                **to_json(detection),
                "fields": _fields(detection, reading),
                "circumstances": _circumstances(detection),
                "others": [_site(name, reading) for name in detection.other_sites],
            }
            for detection in result.detections
        ],
        "classes": [_class(decision, reading, detector) for decision in result.decisions],
    }


def _fields(detection: Detection, reading: Reading) -> list[dict[str, Any]]:
    values = to_json(detection)
    place = values["place"]
    values |= {"place": place["name"], "country": place["country"], "distance": place["km_to_capital"]}
    found = {reason.name: reason for reason in detection.reasons if reason.kind == "field" and reason.name in FIELDS}
    return [
        {
            "field": name,
            "value": values[name],
            "words": found[name].detail if found[name].start is not None else None,
            "how": found[name].detail if found[name].start is None else None,
            "sentence": found[name].sentence,
            "start": found[name].start,
            "end": found[name].end,
            "text": None if (at := found[name].sentence) is None else reading.sentences[at].sentence.text,
        }
        for name in FIELDS
        if name in found
    ]


def _circumstances(detection: Detection) -> list[dict[str, Any]]:
    """Return the circumstances that rules established, which the severity score counts."""
    return [
        {"name": reason.name, "why": reason.detail, "sentence": reason.sentence}
        for reason in detection.reasons
        if reason.kind == "field" and reason.name in CIRCUMSTANCES
    ]


def _site(name: str, reading: Reading) -> dict[str, Any]:
    """Return where a further site is named first."""
    for number, sentence in enumerate(reading.sentences):
        for mention in sentence.mentions:
            if name in (mention.name, mention.entry.name if mention.entry else None):
                spans, text = sentence.sentence.tokens.spans, sentence.sentence.text
                start, end = spans[mention.first][0], spans[mention.last][1]
                return {"name": name, "sentence": number, "start": start, "end": end, "text": text}
    return {"name": name, "sentence": None, "start": None, "end": None, "text": None}


def _class(decision: ClassDecision, reading: Reading, detector: Detector) -> dict[str, Any]:
    rules = detector.rules.classes[decision.incident_class]
    threshold = rules.threshold if detector.threshold is None else detector.threshold
    told = [_sentence(item, decision.incident_class, reading, detector) for item in decision.sentences[:_SENTENCES]]
    short = 0.0 if decision.reported else max(0.0, logit(threshold) - logit(decision.probability))
    return {
        "class": decision.incident_class.value,
        "probability": round(decision.probability, 4),
        "threshold": threshold,
        "reported": decision.reported,
        "short_by": round(short, 2) if decision.sentences else None,
        "flash": max(threshold, rules.sure),
        "sure": decision.sure,
        "decided_by": _decided_by(decision, detector),
        "sentences": told,
        "nearest": None if told else _nearest(decision.incident_class, reading, detector),
        "vetoes": [
            {
                "id": item.rule.id,
                "why": item.rule.why,
                "scope": item.rule.scope,
                "sentence": item.sentence,
                "text": reading.sentences[item.sentence].sentence.text,
            }
            for item in decision.vetoes
        ],
        "would_veto": [
            {"id": rule.id, "why": rule.why, "scope": rule.scope, "when": condition_in_words(rule.when)}
            for rule in rules.rules
            if rule.veto
        ],
        "would_weigh_against": [
            {"id": rule.id, "weight": rule.weight, "why": rule.why, "when": condition_in_words(rule.when)}
            for rule in rules.rules
            if rule.weight < 0
        ],
    }


def _decided_by(decision: ClassDecision, detector: Detector) -> list[dict[str, Any]]:
    """Return what each piece of evidence added to the log-odds of the decision, largest first, those of none left out.

    The last is what stands before any of them; together they are the log-odds of `probability`.
    """
    name, evidence = decision.incident_class, decision.evidence
    odds = detector.model.verdict(name, evidence) if evidence else None
    if odds is None:
        return []
    values = dict(zip(EVIDENCE, evidence, strict=True))
    terms = detector.model.verdict_terms(name, evidence)
    told: list[dict[str, Any]] = [
        {"what": what, "value": round(values[what], 3), "weight": round(weight, 3)} for what, weight in terms if weight
    ]
    rest = odds - sum(weight for _, weight in terms)
    return [*told, {"what": "before anything is known", "value": None, "weight": round(rest, 3)}]


def _sentence(item: SentenceScore, name: IncidentClass, reading: Reading, detector: Detector) -> dict[str, Any]:
    """Return one sentence's standing; what is neither classifier nor rule comes of the sentence before it."""
    sentence = reading.sentences[item.position]
    terms = detector.model.terms(features(reading, item.position), name)
    rest = item.log_odds - logit(item.classifier) - sum(fired.rule.weight for fired in item.fired)
    pulls = [(f"rule {fired.rule.id}", fired.rule.weight, fired.rule.why) for fired in item.fired]
    pulls += [(f"classifier: {feature_in_words(feature)}", weight, "") for feature, weight in terms]
    pulls.append(("position", rest, "what the sentence before it tells lingers"))
    return {
        "position": item.position,
        "text": sentence.sentence.text,
        "probability": round(sigmoid(item.log_odds), 4),
        "log_odds": round(item.log_odds, 3),
        "classifier": round(item.classifier, 4),
        "by_position": round(rest, 3),
        "terms": [
            {"feature": feature, "what": feature_in_words(feature), "weight": round(weight, 3)}
            for feature, weight in terms
        ],
        "rules": [{"id": fired.rule.id, "weight": fired.rule.weight, "why": fired.rule.why} for fired in item.fired],
        "against": [
            {"what": what, "weight": round(weight, 3), "why": why}
            for what, weight, why in sorted(pulls, key=lambda pull: pull[1])[:_PULLS]
            if weight < -0.05
        ],
        "concepts": sorted({hit.concept for hit in sentence.concepts}),
        "mentions": [
            {"kind": str(m.kind), "text": m.name, "is": m.entry.name if m.entry else None, "sure": m.strong}
            for m in sentence.mentions
        ],
    }


def _nearest(name: IncidentClass, reading: Reading, detector: Detector) -> dict[str, Any] | None:
    """Return the sentence that the classifier would have liked best, of an article with none that was looked at."""
    ranked = [
        (detector.model.score(features(reading, position)).classes[name], -position)
        for position in range(len(reading.sentences))
    ]
    if not ranked:
        return None
    probability, position = max(ranked)
    text = reading.sentences[-position].sentence.text
    return {"position": -position, "text": text, "classifier": round(float(probability), 4)}
