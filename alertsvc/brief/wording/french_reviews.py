"""The words of the French weekly review and full incident brief."""

from __future__ import annotations

from collections.abc import Sequence

from alertsvc.brief.texts import joined
from alertsvc.brief.wording.french import FRENCH
from alertsvc.brief.wording.french_countries import country
from alertsvc.brief.wording.reviews import Reviews
from alertsvc.domain import Action, IncidentClass, Status

__all__ = ["FRENCH_REVIEWS"]

_MOST_NAMES = 3


def _area(codes: Sequence[str]) -> tuple[str, str]:
    named = [country(code) for code in codes]
    if not named:
        return "dans la zone couverte", "la zone couverte"
    if len(named) > _MOST_NAMES:
        return f"dans {FRENCH.grammar.number(len(named))} pays", "la région"
    return joined((within for _, within in named), "et"), joined((name for name, _ in named), "et")


_PHRASES = {
    # Weekly review.
    "review_title": "Revue hebdomadaire",
    "region": "région",
    "digest_headline": "Bulletin ({region}) : semaine close le {day}",
    "digest_headline_days": "Bulletin ({region}) : du {first} au {last}",
    "digest_headline_quiet": "{headline}, aucun incident relevé",
    "second_finding": ", {incidents} dans la semaine",
    "numbers": "Du {d1} au {d2}, {incidents} {in_area}, avec {deaths} et {arrests}.",
    "numbers_none": "Du {d1} au {d2}, aucun incident n'a été relevé à un poste-frontière, sur un site pétrolier ou "
    "gazier ni aux abords d'une capitale.",
    "deaths": "au moins {deaths}",
    "deaths_none": "aucun mort signalé",
    "deaths_unknown": "aucun bilan humain communiqué",
    "arrests_unknown": "aucun chiffre d'arrestations",
    "categories": "La catégorie «\u00a0{first}\u00a0» en représente {first_share}\u00a0% et "
    "«\u00a0{second}\u00a0» {second_share}\u00a0%.",
    "category": "La catégorie «\u00a0{first}\u00a0» en représente {first_share}\u00a0%.",
    "index_keeps": "L'indice des incidents s'établit à {index} ({notes}), ce qui maintient "
    "{area} au palier «\u00a0{zone}"
    "\u00a0».",
    "index_moves": "L'indice des incidents s'établit à {index} ({notes}), ce qui fait passer {area} du palier «\u00a0"
    "{zone_before}\u00a0» au palier «\u00a0{zone}\u00a0».",
    "index_puts": "L'indice des incidents s'établit à {index} ({notes}), ce qui situe {area} au palier «\u00a0{zone}"
    "\u00a0».",
    "few": "peu d'incidents",
    "change": "{change} sur la semaine",
    "change_unknown": "variation hebdomadaire n/d",
    "opposite_up_severe": "Les incidents sont passés de {n0} à {n1} alors que l'indice montait de {i0} à {i1}, car une "
    "plus grande part d'entre eux était grave\u00a0: {s1} sur {n1} à 2,5 ou plus, contre {s0} sur {n0} la semaine "
    "précédente.",
    "opposite_down_severe": "Les incidents sont passés de {n0} à {n1} alors que l'indice reculait de {i0} à {i1}, car "
    "une moindre part d'entre eux était grave\u00a0: {s1} sur {n1} à 2,5 ou plus, contre {s0} sur {n0} la semaine "
    "précédente.",
    "opposite_up": "Les incidents sont passés de {n0} à {n1} alors que l'indice montait de "
    "{i0} à {i1}, car la somme de "
    "leurs gravités est passée de {l0} à {l1}, soit davantage par incident.",
    "opposite_down": "Les incidents sont passés de {n0} à {n1} alors que l'indice reculait "
    "de {i0} à {i1}, car la somme "
    "de leurs gravités est passée de {l0} à {l1}, soit moins par incident.",
    "trend": "Par rapport à la semaine précédente\u00a0: incidents de {n0} à {n1}, indice de {i0} à {i1} ({change}), "
    "charge de {l0} à {l1}.",
    "trend_empty": "Par rapport à la semaine précédente\u00a0: incidents de {n0} à {n1}, variation de l'indice n/d.",
    "quietest_since": "C'est la semaine la plus calme depuis celle qui s'est close le {day}.",
    "quietest_of": "C'est la plus calme des {weeks} de nos archives.",
    "front": "{front}, {incidents}, d'une gravité moyenne de {average}, contre {before} la semaine précédente.",
    "front_alone": "{front}, {incidents}, d'une gravité moyenne de {average}.",
    "front_one": "{front}, {incidents}, d'une gravité de {average}, contre {before} la semaine précédente.",
    "front_one_alone": "{front}, {incidents}, d'une gravité de {average}.",
    "front_further": "{front}, {incidents}.",
    "outlook": "{expected}\u00a0; la situation reste ouverte, selon {outlets} le {day} ({status}, {sources}).",
    "outlook_announced": "{noun}\u00a0: annonce faite pour le {day}, selon {outlets} ({status}, {sources}).",
    "outlook_offensive": "Une offensive vers {capital} a été annoncée et les combats pourraient s'en rapprocher, selon "
    "{outlets} le {day} ({status}, {sources}).",
    "also_more": "et {more} de plus dans le tableau",
    "rows_more": "et {more} de plus, comptés ci-dessus et non énumérés",
    "method_weekly": "Méthode\u00a0: chaque événement compte une fois, avec sa gravité la "
    "plus haute de la semaine\u00a0; "
    "les incidents retirés ne comptent pas. L'indice est la moyenne des gravités et n'est pas comparable à ceux "
    "d'autres sociétés.",
    # Full incident brief.
    "brief_mark": "[NOTE] ",
    "standfirst": "{noun}\u00a0: gravité {severity} sur {highest} ({label}), statut «\u00a0{status}\u00a0»{why}.",
    "standing": "Au {instant}, {reports} de {sources} avaient été enregistrés.",
    "party": "Ce que {v:dit|disent} {speaker}",
    "nobody_quoted": "Les articles ne citent aucun des camps.",
    "one_side_quoted": "Les articles ne citent pas d'autre camp.",
    "named": "Les auteurs sont nommés ainsi\u00a0: {listed}.",
    "semicolon": "\u00a0; ",
    "named_as": "{actors} ({outlets})",
    "distance": "{place} se trouve à {distance} {capital:de}.",
    "other_sites": "D'autres lieux auraient été touchés lors des mêmes faits\u00a0: {places}.",
    "method_brief": "Méthode\u00a0: le statut compte les origines indépendantes, les "
    "reprises une seule fois. La gravité "
    "est une somme de points selon les faits et leur degré de certitude, par demi-points de 0,5 à 5,0.",
}

_LABELS = {
    "fronts": "Front par front",
    "also_recorded": "Également relevés",
    "outlook": "Perspectives",
    "who": "Qui en est l'auteur",
    "why_here": "Pourquoi ce lieu compte",
    "implication": "Ce que cela montre",
}

_COUNTED = {
    "critical_were": {
        "one": "{n} incident critique a été relevé",
        "other": "{n} incidents critiques ont été relevés",
    },
    "incidents_were": {"one": "{w} incident a été relevé", "other": "{w} incidents ont été relevés"},
    "further_were": {
        "one": "il reste {w} incident compté plus haut",
        "other": "il reste {w} incidents comptés plus haut",
    },
    "incidents": {"one": "{w} incident", "other": "{w} incidents"},
    "before": {"=0": "aucun", "one": "{w}", "other": "{w}"},
    "deaths": {"one": "{n} mort", "other": "{n} morts"},
    "weeks": {"one": "{w} semaine", "other": "{w} semaines"},
    "reports": {"one": "{w} article", "other": "{w} articles"},
    "independent": {
        "=1": "une source indépendante",
        "one": "{w} source indépendante",
        "other": "{w} sources indépendantes",
    },
}

_FRONTS = {
    "borders": "Aux frontières",
    "oil": "Sur les sites pétroliers et gaziers",
    "capital": "Aux abords de la capitale",
    "political": "Sur le front politique",
    "security": "Sur le front sécuritaire",
    "criminality": "Sur le front de la criminalité",
    "economic": "Sur le front économique",
    "social": "Sur le front social",
}

_OUTLOOK = {
    Action.ATTACK: "De nouvelles attaques contre {site} sont possibles",
    Action.CLASH: "Les combats {site:a} pourraient reprendre",
    Action.SEIZURE: "Le contrôle {site:de} pourrait encore changer de mains",
    Action.RECAPTURE: "Une nouvelle tentative contre {site} est possible",
    Action.AIRSTRIKE: "De nouvelles frappes contre {site} sont possibles",
    Action.CLOSURE: "La fermeture {site:de} pourrait durer, et une réouverture abaisserait la note",
    Action.REOPENING: "Une nouvelle fermeture {site:de} n'est pas exclue",
    Action.BLOCKADE: "Le blocage {site:de} pourrait se durcir ou être levé par la force",
    Action.SHUTDOWN: "La mise à l'arrêt {site:de} pourrait durer, et une reprise abaisserait la note",
    Action.RESUMPTION: "Un nouvel arrêt {site:de} n'est pas exclu",
    Action.ADVANCE: "L'avancée vers {goal} pourrait se poursuivre",
    Action.REPELLED: "Une nouvelle attaque contre {site} est possible",
    Action.SIEGE: "Le siège {site:de} pourrait s'achever par un assaut ou être levé",
    Action.MOBILISATION: "Les forces massées près {site:de} pourraient se mettre en mouvement",
    Action.THREAT: "La menace contre {site} pourrait être mise à exécution",
    Action.ACCIDENT: "L'accident {site:a} pourrait encore peser sur l'activité",
}

_IMPLIED = {
    Action.ATTACK: "L'attaque montre que des groupes armés peuvent atteindre {site} et met "
    "à l'épreuve ceux qui en ont la garde.",
    Action.CLASH: "L'affrontement montre que des forces armées se font face {site:a}, au "
    "risque d'en entraîner d'autres.",
    Action.SEIZURE: "La prise montre la faiblesse de la garde {site:de} et met à l'épreuve le détenteur précédent.",
    Action.RECAPTURE: "La reprise montre que le contrôle {site:de} est disputé et qu'aucun camp ne le tient sûrement.",
    Action.AIRSTRIKE: "La frappe montre que {site} est une cible depuis les airs et expose ce qui s'y trouve.",
    Action.CLOSURE: "La fermeture montre avec quelle rapidité le passage ou le travail "
    "{site:a} peut être coupé, et met à "
    "l'épreuve les autres voies.",
    Action.REOPENING: "La réouverture montre qu'un arrangement a été trouvé pour {site}\u00a0; il reste à l'éprouver.",
    Action.BLOCKADE: "Le blocage montre que {site} peut servir de levier et met à l'épreuve ceux qui en dépendent.",
    Action.SHUTDOWN: "L'arrêt montre combien le travail {site:a} est exposé aux pressions extérieures.",
    Action.RESUMPTION: "La reprise montre qu'un arrangement a été trouvé pour {site}\u00a0; il reste à l'éprouver.",
    Action.ADVANCE: "L'avancée met à l'épreuve les défenses devant {goal} et réduit la distance restante.",
    Action.REPELLED: "La tentative montre l'intérêt que suscite {site}, et son échec que la défense a tenu cette fois.",
    Action.SIEGE: "Le siège expose les personnes et les réserves {site:a} et met à l'épreuve sa résistance.",
    Action.MOBILISATION: "Le mouvement montre que des forces sont amenées près {site:de}, au risque de premiers tirs.",
    Action.THREAT: "La menace montre que {site} sert de levier, et met à l'épreuve la réponse qui y sera donnée.",
    Action.ACCIDENT: "L'accident expose tout ce qui repose sur {site}.",
}

_IMPLIED_IF_TRUE = {
    Action.ATTACK: "Si elle se vérifie, l'attaque montrerait que des groupes armés peuvent atteindre {site}.",
    Action.CLASH: "S'il se vérifie, l'affrontement montrerait que des forces armées se font face {site:a}.",
    Action.SEIZURE: "Si elle se vérifie, la prise exposerait la faiblesse de la garde {site:de}.",
    Action.RECAPTURE: "Si elle se vérifie, la reprise montrerait qu'aucun camp ne tient sûrement {site}.",
    Action.AIRSTRIKE: "Si elle se vérifie, la frappe montrerait que {site} est une cible depuis les airs.",
    Action.CLOSURE: "Si elle se vérifie, la fermeture montrerait avec quelle rapidité le "
    "passage ou le travail {site:a} "
    "peut être coupé.",
    Action.REOPENING: "Si elle se vérifie, la réouverture montrerait qu'un arrangement a été trouvé pour {site}.",
    Action.BLOCKADE: "S'il se vérifie, le blocage montrerait que {site} peut servir de levier.",
    Action.SHUTDOWN: "S'il se vérifie, l'arrêt montrerait combien le travail {site:a} est exposé.",
    Action.RESUMPTION: "Si elle se vérifie, la reprise montrerait qu'un arrangement a été trouvé pour {site}.",
    Action.ADVANCE: "Si elle se vérifie, l'avancée mettrait à l'épreuve les défenses devant {goal}.",
    Action.REPELLED: "Si elle se vérifie, la tentative montrerait l'intérêt que suscite {site}.",
    Action.SIEGE: "S'il se vérifie, le siège exposerait les personnes et les réserves {site:a}.",
    Action.MOBILISATION: "S'il se vérifie, le mouvement montrerait que des forces sont amenées près {site:de}.",
    Action.THREAT: "Si elle se vérifie, la menace montrerait que {site} sert de levier.",
    Action.ACCIDENT: "S'il se vérifie, l'accident exposerait tout ce qui repose sur {site}.",
}

FRENCH_REVIEWS = Reviews(
    speech=FRENCH,
    phrases=_PHRASES,
    labels=_LABELS,
    counted=_COUNTED,
    fronts=_FRONTS,
    outlook=_OUTLOOK,
    implied=_IMPLIED,
    implied_if_true=_IMPLIED_IF_TRUE,
    exposed={
        IncidentClass.BORDER: "Ceux qui commercent ou circulent par {site} sont exposés aux suites, des deux côtés.",
        IncidentClass.OIL: "Ceux qui travaillent {site:a}, ou qui en sont approvisionnés, sont exposés aux suites.",
        IncidentClass.CAPITAL: "{capital} et les routes qui y mènent sont exposées aux suites.",
    },
    statuses={
        Status.CLAIMED: ", une seule partie le disant",
        Status.REPORTED: ", une seule source indépendante le rapportant",
        Status.CONFIRMED: ", {sources} le rapportant",
        Status.DISPUTED: ", les parties se contredisant",
        Status.REVERSED: ", le détenteur précédent ayant repris le site en moins de 24 heures",
        Status.WITHDRAWN: ", aucun article ne l'étayant plus",
    },
    area=_area,
)
