"""The severity score: facts of an incident in, a sum with every term shown out.

The values are data (`rules/severity.yaml`), read strictly. `value = clamp(floor(2 * raw + 0.5) / 2)`: half points, a
sum exactly between two of them is rounded up.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from alertsvc.domain import Action, IncidentClass, Severity, SeverityTerm
from alertsvc.track.strict import Faults, read_yaml

__all__ = ["CIRCUMSTANCES", "SeverityFacts", "SeverityTable"]

CIRCUMSTANCES: Mapping[str, str] = {
    "announced_offensive": "announced offensive on a capital",
    "inside_capital": "fighting inside a capital",
    "seat_of_government": "assault on the seat of government",
    "exports_halted": "national exports halted",
}
"""Facts that raise the base beyond that of the action, with the words that say so."""

_FLOWS = {
    "stopped": "traffic or output stopped",
    "partly": "traffic or output partly stopped",
    "resumed": "resumed",
}
_KEYS = (
    "version", "bounds", "base", "deaths", "harmed", "asset", "proximity", "flow", "sites", "cross_border", "doubt",
    "reversal",
)  # fmt: skip
_HIGHEST_TERM = 5.0


@dataclass(frozen=True, slots=True)
class SeverityFacts:
    """What the score looks at."""

    incident_class: IncidentClass
    actions: frozenset[Action]  # every one seen; never empty
    killed: int | None = None  # lower bound
    harmed: int = 0  # wounded, captured and abducted together, lower bound
    tier: int | None = None  # of the site; not for ways to a capital
    km_to_capital: float | None = None  # for ways to a capital only
    flow: str | None = None  # "stopped", "partly", "resumed"
    sites: int = 1  # places hit together
    cross_border: bool = False
    one_party: bool = False
    disputed: bool = False
    reversed_within_day: bool = False
    announced_offensive: bool = False
    inside_capital: bool = False
    seat_of_government: bool = False
    exports_halted: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    bound: float
    add: float


@dataclass(frozen=True, slots=True)
class SeverityTable:
    """The values of the score; build it with `load`."""

    lowest: float
    highest: float
    actions: Mapping[Action, float]
    circumstances: Mapping[str, float]
    deaths: tuple[_Step, ...]
    harmed: tuple[_Step, ...]
    asset: Mapping[int, float]
    proximity: tuple[_Step, ...]
    flow: Mapping[str, float]
    sites: tuple[_Step, ...]
    cross_border: float
    one_party: float
    disputed: float
    reversal: float

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the table.

        Raises:
            DataError: the file cannot be read, or a key is missing, unknown, given twice or wrong; each fault is told
                with file and key.
        """
        data = read_yaml(path)
        faults = Faults(path)
        tree = faults.section(data, "", _KEYS)
        faults.check()
        if tree["version"] != 1 or isinstance(tree["version"], bool):
            faults.add("version", f"must be 1, not {tree['version']!r}")
        bounds = _numbers(faults, tree, "bounds", ("lowest", "highest"))
        base = faults.section(tree["base"], "base", ("actions", "circumstances"))
        actions = _numbers(faults, base, "actions", [action.value for action in Action], under="base.")
        circumstances = _numbers(faults, base, "circumstances", CIRCUMSTANCES, under="base.")
        asset = _numbers(faults, tree, "asset", ("tier_1", "tier_2"))
        flow = _numbers(faults, tree, "flow", _FLOWS)
        doubt = _numbers(faults, tree, "doubt", ("one_party", "disputed"))
        if bounds["lowest"] > bounds["highest"]:
            faults.add("bounds", "lowest must not lie above highest")
        table = cls(
            lowest=bounds["lowest"],
            highest=bounds["highest"],
            actions={Action(name): value for name, value in actions.items()},
            circumstances=circumstances,
            deaths=_steps(faults, tree, "deaths", "from"),
            harmed=_steps(faults, tree, "harmed", "from"),
            asset={1: asset["tier_1"], 2: asset["tier_2"]},
            proximity=_steps(faults, tree, "proximity", "up_to"),
            flow=flow,
            sites=_steps(faults, tree, "sites", "from"),
            cross_border=faults.number(tree["cross_border"], "cross_border", high=_HIGHEST_TERM),
            one_party=doubt["one_party"],
            disputed=doubt["disputed"],
            reversal=faults.number(tree["reversal"], "reversal", high=_HIGHEST_TERM),
        )
        faults.check()
        return table

    def score(self, facts: SeverityFacts) -> Severity:
        """Return the severity of an incident with the terms of its sum, those that are zero left out."""
        terms = [term for term in self._terms(facts) if term.value]
        raw = math.fsum(term.value for term in terms)
        # Values that are no binary fractions must not tip a sum that lies exactly between two half points.
        halves = math.floor(2 * round(raw, 6) + 0.5) / 2
        return Severity(value=min(max(halves, self.lowest), self.highest), raw=raw, terms=tuple(terms))

    def _terms(self, facts: SeverityFacts) -> list[SeverityTerm]:
        capital = facts.incident_class is IncidentClass.CAPITAL
        terms = [self._base(facts)]
        if facts.killed:
            terms.append(_term("deaths", _from(self.deaths, facts.killed), f"at least {facts.killed} killed"))
        terms.append(
            _term(
                "harmed",
                _from(self.harmed, facts.harmed),
                f"at least {facts.harmed} wounded, captured or abducted",
            )
        )
        if not capital and facts.tier is not None:
            why = "site of national weight" if facts.tier == 1 else "listed site"
            terms.append(_term("asset", self.asset.get(facts.tier, 0.0), why))
        if capital and facts.km_to_capital is not None:
            why = f"{facts.km_to_capital:g} km from the capital"
            terms.append(_term("proximity", _up_to(self.proximity, facts.km_to_capital), why))
        if facts.flow is not None:
            terms.append(_term("flow", self.flow[facts.flow], _FLOWS[facts.flow]))
        terms.append(_term("sites", _from(self.sites, facts.sites), f"{facts.sites} places hit together"))
        if facts.cross_border:
            terms.append(_term("crossborder", self.cross_border, "attackers came from or withdrew into another state"))
        if facts.disputed:
            terms.append(_term("doubt", -self.disputed, "the sides contradict each other"))
        elif facts.one_party:
            terms.append(_term("doubt", -self.one_party, "only one party says so"))
        if facts.reversed_within_day:
            terms.append(_term("reversal", -self.reversal, "site retaken within 24 hours"))
        return terms

    def _base(self, facts: SeverityFacts) -> SeverityTerm:
        # Ties are settled by name, so that the words do not depend on the order of a set.
        options = [(self.actions[action], action.value) for action in sorted(facts.actions)]
        options += [(self.circumstances[name], CIRCUMSTANCES[name]) for name in CIRCUMSTANCES if getattr(facts, name)]
        value, why = max(options, key=lambda option: option[0])
        return _term("base", value, why)


def _term(name: str, value: float, why: str) -> SeverityTerm:
    return SeverityTerm(name, value, why)


def _from(steps: tuple[_Step, ...], number: float) -> float:
    return next((step.add for step in reversed(steps) if number >= step.bound), 0.0)


def _up_to(steps: tuple[_Step, ...], number: float) -> float:
    return next((step.add for step in steps if number <= step.bound), 0.0)


def _numbers(
    faults: Faults, tree: Mapping[str, Any], key: str, names: Collection[str], under: str = ""
) -> dict[str, float]:
    path = f"{under}{key}"
    section = faults.section(tree.get(key), path, names) if key in tree else {}
    return {name: faults.number(section.get(name), f"{path}.{name}", high=_HIGHEST_TERM) for name in names}


def _steps(faults: Faults, tree: Mapping[str, Any], key: str, bound: str) -> tuple[_Step, ...]:
    steps: list[_Step] = []
    for number, item in enumerate(faults.items(tree[key], key), 1):
        path = f"{key}[{number}]"
        section = faults.section(item, path, (bound, "add"))
        steps.append(
            _Step(
                faults.number(section.get(bound), f"{path}.{bound}"),
                faults.number(section.get("add"), f"{path}.add", high=_HIGHEST_TERM),
            )
        )
        if len(steps) > 1 and steps[-1].bound <= steps[-2].bound:
            faults.add(f"{path}.{bound}", "must be larger than that of the step before")
    return tuple(steps)
