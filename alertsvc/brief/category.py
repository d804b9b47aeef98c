"""The house category of an incident: one of seven, by what was done and, for violence, by who did it."""

from __future__ import annotations

import re

from alertsvc.brief.account import Account
from alertsvc.brief.actors import Actor, known_types
from alertsvc.brief.scale import (
    CATEGORIES,
    CRIMINALITY,
    ECONOMIC,
    INTERNATIONAL,
    SECURITY,
    SOCIAL,
    TERRORISM,
)
from alertsvc.brief.texts import without_brackets
from alertsvc.domain import Action, IncidentClass

__all__ = ["CATEGORIES", "category"]

_ECONOMIC_ACTIONS = frozenset(
    {Action.CLOSURE, Action.REOPENING, Action.SHUTDOWN, Action.RESUMPTION, Action.ACCIDENT},
)
_INSURGENT = re.compile(r"jihad|rebel|insurgent|islamic state|qaeda|revolutionar|separatist|extremist|terror", re.I)
_CRIMINAL = re.compile(r"smuggl|bandit|gang|pirate|thie(?:f|ves)|traffick|robber|cartel", re.I)
_CIVIL = re.compile(
    r"resident|protest|demonstrat|striker|worker|union|farmer|villager|youth|student|famil|citizen|driver|trader|migrant",
    re.I,
)


def _type(actor: Actor) -> str:
    """Return the gazetteer's type of an actor, else the one that its words tell, else nothing."""
    known = known_types()
    bare = without_brackets(actor.name)
    for name in (actor.name, bare, bare.removeprefix("the ").removeprefix("The ")):
        if name.casefold() in known:
            return known[name.casefold()][0]
    for pattern, kind in ((_CRIMINAL, "gang"), (_CIVIL, "civil"), (_INSURGENT, "rebel")):
        if pattern.search(actor.name):
            return kind
    return ""


def _between_states(account: Account) -> bool:
    """Tell whether forces of two states face each other: both known, of type state, without a country in common."""
    known = known_types()
    sides = [
        [known[side.name.casefold()] for side in people if side.name.casefold() in known]
        for people in (account.actors, account.targets)
    ]
    return any(left[0] == right[0] == "state" and not left[1] & right[1] for left in sides[0] for right in sides[1])


def category(account: Account) -> str:
    """Return the house category of an incident as known at one update."""
    types = {_type(item) for item in account.actors}
    if account.action in _ECONOMIC_ACTIONS:
        return ECONOMIC
    if _between_states(account) and account.incident_class is IncidentClass.BORDER:
        return INTERNATIONAL
    if "civil" in types:
        return SOCIAL
    if account.action is Action.BLOCKADE and not types:
        return ECONOMIC
    if types & {"jihadist", "rebel"}:
        return TERRORISM
    if "gang" in types:
        return CRIMINALITY
    return SECURITY
