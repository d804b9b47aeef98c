"""The words of the English weekly review and full incident brief."""

from __future__ import annotations

from collections.abc import Sequence

from alertsvc.brief.numbers import number
from alertsvc.brief.places import country_name
from alertsvc.brief.texts import joined
from alertsvc.brief.wording.english import ENGLISH
from alertsvc.brief.wording.reviews import Reviews
from alertsvc.domain import Action, IncidentClass, Status

__all__ = ["ENGLISH_REVIEWS"]

# Countries whose names take an article in a sentence.
_THE = frozenset({"AE", "BS", "CF", "GB", "GM", "KM", "MV", "NL", "PH", "PS", "US"})
_MOST_NAMES = 3


def _area(codes: Sequence[str]) -> tuple[str, str]:
    names = [f"{'the ' if code in _THE else ''}{country_name(code)}" for code in codes]
    if not names:
        return "in the area covered", "the area covered"
    if len(names) > _MOST_NAMES:
        return f"in {number(len(names))} countries", "the area"
    return f"in {joined(names)}", joined(names)


_PHRASES = {
    # Weekly review.
    "review_title": "Weekly review",
    "region": "Regional",
    "digest_headline": "{region} digest: week ending {day}",
    "digest_headline_days": "{region} digest: {first} to {last}",
    "digest_headline_quiet": "{headline}, no incident recorded",
    "second_finding": ", {incidents} in the week",
    "numbers": "From {d1} to {d2}, {incidents} recorded {in_area}, with {deaths} and {arrests}.",
    "numbers_none": "From {d1} to {d2}, no incident was recorded at a border crossing, at an oil or gas site or on the "
    "way to a capital.",
    "deaths": "at least {deaths}",
    "deaths_none": "no deaths reported",
    "deaths_unknown": "no casualty figures given",
    "arrests_unknown": "no figures for arrests",
    "categories": "{first} made up {first_share}% of them and {second} {second_share}%.",
    "category": "{first} made up {first_share}% of them.",
    "index_keeps": "The incidents index stood at {index} ({notes}), which keeps {area} in the {zone}.",
    "index_moves": "The incidents index stood at {index} ({notes}), which moves {area} from the {zone_before} to the "
    "{zone}.",
    "index_puts": "The incidents index stood at {index} ({notes}), which puts {area} in the {zone}.",
    "few": "few incidents",
    "change": "{change} on the week",
    "change_unknown": "change on the week n/a",
    "opposite_up_severe": "Incidents fell from {n0} to {n1} while the index rose from {i0} to {i1}, because a "
    "larger part of them was severe: {s1} of {n1} at 2.5 or above, against {s0} of {n0} the week before.",
    "opposite_down_severe": "Incidents rose from {n0} to {n1} while the index fell from {i0} to {i1}, because a "
    "smaller part of them was severe: {s1} of {n1} at 2.5 or above, against {s0} of {n0} the week before.",
    "opposite_up": "Incidents fell from {n0} to {n1} while the index rose from {i0} to {i1}, because their "
    "severities together went from {l0} to {l1}, which is more for each incident.",
    "opposite_down": "Incidents rose from {n0} to {n1} while the index fell from {i0} to {i1}, because their "
    "severities together went from {l0} to {l1}, which is less for each incident.",
    "trend": "Against the week before: incidents {n0} to {n1}, index {i0} to {i1} ({change}), load {l0} to {l1}.",
    "trend_empty": "Against the week before: incidents {n0} to {n1}, change of the index n/a.",
    "quietest_since": "It was the quietest week since the one that ended on {day}.",
    "quietest_of": "It was the quietest of the {weeks} on our record.",
    "front": "{front}, {incidents} recorded with an average severity of {average}, against {before} the week before.",
    "front_alone": "{front}, {incidents} recorded with an average severity of {average}.",
    "front_one": "{front}, {incidents} recorded, of severity {average}, against {before} the week before.",
    "front_one_alone": "{front}, {incidents} recorded, of severity {average}.",
    "front_further": "{front}, {incidents}.",
    "outlook": "{expected}; the situation is open, as last told on {day} by {outlets} ({status}, {sources}).",
    "outlook_announced": "{noun} is announced for {day}, according to {outlets} ({status}, {sources}).",
    "outlook_offensive": "An offensive on {capital} has been announced, and fighting may come closer to it; last "
    "told on {day} by {outlets} ({status}, {sources}).",
    "also_more": "and {more} more in the table",
    "rows_more": "and {more} more, counted above and not listed",
    "method_weekly": "Method: each event counts once, with the highest severity that it had in the week; withdrawn "
    "ones do not count. The index is the average of the severities and is not comparable with indices of other firms.",
    # Full incident brief.
    "brief_mark": "[BRIEF] ",
    "standfirst": "The {noun} is rated {severity} of {highest} ({label}) and counts as {status}{why}.",
    "standing": "By {instant}, {reports} by {sources} had been filed.",
    "party": "What {speaker} {v:says|say}",
    "nobody_quoted": "The reports quote neither side.",
    "one_side_quoted": "The reports quote no other side.",
    "named": "Those behind it are named as {listed}.",
    "semicolon": "; ",
    "named_as": "{actors} ({outlets})",
    "distance": "{place} lies {distance} from {capital}.",
    "other_sites": "Further places are told of as hit in the same happening: {places}.",
    "method_brief": "Method: the status counts independent origins, reprints once. The severity is a sum of points for "
    "what happened and how well it is known, in half points from 0.5 to 5.0.",
}

_LABELS = {
    "fronts": "Front by front",
    "also_recorded": "Also recorded",
    "outlook": "Outlook",
    "who": "Who is behind it",
    "why_here": "Why the place matters",
    "implication": "What it shows",
}

_COUNTED = {
    "critical_were": {"one": "{n} critical incident was", "other": "{n} critical incidents were"},
    "incidents_were": {"one": "{w} incident was", "other": "{w} incidents were"},
    "further_were": {"one": "{w} incident counted above remains", "other": "{w} incidents counted above remain"},
    "incidents": {"one": "{w} incident", "other": "{w} incidents"},
    "before": {"=0": "none", "one": "{w}", "other": "{w}"},
    "deaths": {"one": "{n} death", "other": "{n} deaths"},
    "weeks": {"one": "{w} week", "other": "{w} weeks"},
    "reports": {"one": "{w} report", "other": "{w} reports"},
    "independent": {"one": "{w} independent source", "other": "{w} independent sources"},
}

_FRONTS = {
    "borders": "At the borders",
    "oil": "At oil and gas sites",
    "capital": "Around the capital",
    "political": "On the political front",
    "security": "On the security front",
    "criminality": "On the criminality front",
    "economic": "On the economic front",
    "social": "On the social front",
}

_OUTLOOK = {
    Action.ATTACK: "Further attacks on {site} are possible",
    Action.CLASH: "Fighting at {site} may flare up again",
    Action.SEIZURE: "Control of {site} may change again",
    Action.RECAPTURE: "A new attempt on {site} is possible",
    Action.AIRSTRIKE: "Further strikes on {site} are possible",
    Action.CLOSURE: "The closure of {site} may last, and a reopening would lower the rating",
    Action.REOPENING: "A new closure of {site} cannot be excluded",
    Action.BLOCKADE: "The blockade of {site} may tighten or be ended by force",
    Action.SHUTDOWN: "The shutdown of {site} may last, and a resumption would lower the rating",
    Action.RESUMPTION: "A new shutdown of {site} cannot be excluded",
    Action.ADVANCE: "The advance on {goal} may go on",
    Action.REPELLED: "A new attack on {site} is possible",
    Action.SIEGE: "The siege of {site} may end in an assault or be lifted",
    Action.MOBILISATION: "The forces near {site} may move",
    Action.THREAT: "The threat to {site} may be carried out",
    Action.ACCIDENT: "The accident at {site} may have further effects on its work",
}

_IMPLIED = {
    Action.ATTACK: "The attack shows that {site} is within reach of armed groups and tests those who guard it.",
    Action.CLASH: "The clash shows that armed sides stand face to face at {site}, and risks drawing in others.",
    Action.SEIZURE: "The seizure exposes how loosely {site} was held and tests whoever held it before.",
    Action.RECAPTURE: "The recapture shows that control of {site} is contested and that neither side holds it safely.",
    Action.AIRSTRIKE: "The strike shows that {site} is a target from the air and exposes whatever stands there.",
    Action.CLOSURE: "The closure shows how quickly passage or work at {site} can be cut, and tests the alternatives.",
    Action.REOPENING: "The reopening shows that an arrangement was found for {site}; it has yet to be tested.",
    Action.BLOCKADE: "The blockade shows that {site} can be used as a lever and tests those who depend on it.",
    Action.SHUTDOWN: "The shutdown shows how exposed the work at {site} is to pressure from outside.",
    Action.RESUMPTION: "The resumption shows that an arrangement was found for {site}; it has yet to be tested.",
    Action.ADVANCE: "The advance tests the defences before {goal} and shortens the way that is left.",
    Action.REPELLED: "The attempt shows that {site} is sought after, and its failure that the defence held this time.",
    Action.SIEGE: "The siege exposes the people and supplies at {site} and tests how long it can hold.",
    Action.MOBILISATION: "The movement shows that force is brought near {site}, and risks a first exchange of fire.",
    Action.THREAT: "The threat shows that {site} is used as a lever, and tests the answer to it.",
    Action.ACCIDENT: "The accident exposes how much rests on {site} alone.",
}

_IMPLIED_IF_TRUE = {
    Action.ATTACK: "If borne out, the attack would show that {site} is within reach of armed groups.",
    Action.CLASH: "If borne out, the clash would show that armed sides stand face to face at {site}.",
    Action.SEIZURE: "If borne out, the seizure would expose how loosely {site} was held.",
    Action.RECAPTURE: "If borne out, the recapture would show that neither side holds {site} safely.",
    Action.AIRSTRIKE: "If borne out, the strike would show that {site} is a target from the air.",
    Action.CLOSURE: "If borne out, the closure would show how quickly passage or work at {site} can be cut.",
    Action.REOPENING: "If borne out, the reopening would show that an arrangement was found for {site}.",
    Action.BLOCKADE: "If borne out, the blockade would show that {site} can be used as a lever.",
    Action.SHUTDOWN: "If borne out, the shutdown would show how exposed the work at {site} is.",
    Action.RESUMPTION: "If borne out, the resumption would show that an arrangement was found for {site}.",
    Action.ADVANCE: "If borne out, the advance would test the defences before {goal}.",
    Action.REPELLED: "If borne out, the attempt would show that {site} is sought after.",
    Action.SIEGE: "If borne out, the siege would expose the people and supplies at {site}.",
    Action.MOBILISATION: "If borne out, the movement would show that force is being brought near {site}.",
    Action.THREAT: "If borne out, the threat would show that {site} is used as a lever.",
    Action.ACCIDENT: "If borne out, the accident would expose how much rests on {site} alone.",
}

ENGLISH_REVIEWS = Reviews(
    speech=ENGLISH,
    phrases=_PHRASES,
    labels=_LABELS,
    counted=_COUNTED,
    fronts=_FRONTS,
    outlook=_OUTLOOK,
    implied=_IMPLIED,
    implied_if_true=_IMPLIED_IF_TRUE,
    exposed={
        IncidentClass.BORDER: "Whoever trades or travels by way of {site} is exposed to what follows, on both sides.",
        IncidentClass.OIL: "Whoever works at {site}, or is supplied from it, is exposed to what follows.",
        IncidentClass.CAPITAL: "{capital} and the roads that lead to it are exposed to what follows.",
    },
    statuses={
        Status.CLAIMED: ": only one side says so",
        Status.REPORTED: ": a single independent source tells of it",
        Status.CONFIRMED: ": {sources} tell of it",
        Status.DISPUTED: ": the sides contradict each other",
        Status.REVERSED: ": the previous holder had the site again within 24 hours",
        Status.WITHDRAWN: ": no article bears it out any longer",
    },
    area=_area,
)
