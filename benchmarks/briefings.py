"""How much CPU time a briefing takes, from incidents to the mail's text, page and Slack payload.

    python -m benchmarks.briefings [--incidents 50] [--runs 15] [--language en] [--profile]

Flash and brief are of one incident, digest and review of so many, at invented sites in North Africa and the Sahel, each
told by one to four reports. Every run has incidents of its own, so that nothing drawn before is found in a cache;
templates, fonts and outlines are read before the clock starts, as in a service that runs. The page of a digest is drawn
before that of the review, which shows the same map. Each figure is the median of the runs, on one core; the first line
times a fixed loop, by which two machines can be compared.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from alertsvc.brief.compose import compose_flash
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.full import compose_brief
from alertsvc.brief.render import render
from alertsvc.brief.weekly import compose_weekly
from alertsvc.brief.wording import LANGUAGES
from alertsvc.brief.wording.registry import REVIEWS
from alertsvc.domain import (
    Action,
    Briefing,
    Claim,
    Count,
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    PlaceKind,
    Report,
    Severity,
    SeverityTerm,
    Status,
    Update,
)
from benchmarks.reading import fixed_loop

__all__ = ["main", "make_incidents", "measure"]

MONDAY = datetime(2031, 5, 5, tzinfo=UTC)
_SYLLABLES = ("Wa", "di", "Mar", "ra", "Bir", "Sa", "lem", "Has", "si", "Ke", "bir", "Ta", "mez", "Ou", "ed", "Nar")
_COUNTRIES = ("LY-NE", "DZ-LY", "LY-TN", "SD-TD", "ML-NE", "LY", "DZ", "SD", "NG", "EG", "TD")
_CAPITALS = {"LY": "Tripoli", "DZ": "Algiers", "SD": "Khartoum", "NG": "Abuja", "EG": "Cairo", "TD": "N'Djamena"}
_ACTORS = ("armed men", "the border guard", "Desert Shield Brigade", "smugglers", "residents")
_OUTLETS = ("Sahel Gazette", "Desert Post", "Oasis Radio", "Coast Mail")
_STEPS = ("compose", "render, no pictures", "render, pictures")


def make_incidents(count: int, seed: int = 1) -> list[Incident]:
    """Make up incidents of the week that begins at `MONDAY`; the same seed gives the same ones."""
    random = Random(seed)
    return [_incident(random, number) for number in range(1, count + 1)]


def _place(random: Random, kind: IncidentClass) -> Place:
    name = " ".join("".join(random.sample(_SYLLABLES, 2)).capitalize() for _ in range(2))
    at: dict[str, Any] = {"latitude": random.uniform(12, 33), "longitude": random.uniform(-2, 30)}
    if kind is IncidentClass.CAPITAL:
        country = random.choice(sorted(_CAPITALS))
        km = round(random.uniform(8, 95), 1)
        return Place(name, PlaceKind.APPROACH, country, None, **at, capital=_CAPITALS[country], km_to_capital=km)
    if kind is IncidentClass.BORDER:
        return Place(name, PlaceKind.CROSSING, random.choice(_COUNTRIES[:5]), f"x-{name}", **at, tier=2)
    return Place(name, PlaceKind.OIL, random.choice(_COUNTRIES[5:]), f"x-{name}", **at, tier=1)


def _incident(random: Random, number: int) -> Incident:
    kind = random.choice(list(IncidentClass))
    place, action = _place(random, kind), random.choice(list(Action))
    opened = MONDAY + timedelta(minutes=random.randrange(6 * 24 * 60))
    killed = random.choice((None, Count(random.randrange(40))))
    reports = tuple(
        Report(
            article_id=10 * number + place_,
            outlet=f"outlet{place_}.example",
            outlet_name=_OUTLETS[place_],
            origin=_OUTLETS[place_],
            title=f"News of {place.name}",
            url=f"https://outlet{place_}.example/{number}",
            language=random.choice(("en", "fr", "ar")),
            published=opened + timedelta(hours=place_),
            fetched=opened + timedelta(hours=place_, minutes=4),
            detection=Detection(
                kind,
                0.95,
                action,
                place,
                event_date=opened.date(),
                killed=killed,
                attackers=(random.choice(_ACTORS),),
                claims=(Claim(random.choice(_ACTORS), "We hold the gate and shall not leave it."),),
                sentences=(f"Men in pick-up trucks came to {place.name} before dawn and raised their flag there.",),
            ),
            id=10 * number + place_,
        )
        for place_ in range(random.randrange(1, 5))
    )
    status = Status.CONFIRMED if len(reports) > 1 else Status.REPORTED
    severity = random.randrange(1, 11) / 2
    steps = tuple(
        Update(
            place_ + 1, report.fetched, True, ("opened",), status, action, severity, killed=killed, report_id=report.id
        )
        for place_, report in enumerate(reports)
    )
    return Incident(
        public_id=f"XX-2031-0505-{number:04x}",
        incident_class=kind,
        place=place,
        action=action,
        phase=Phase.OPEN,
        status=status,
        severity=Severity(severity, severity, (SeverityTerm("base", severity, "as drawn"),)),
        opened=opened,
        changed=steps[-1].at,
        event_date=opened.date(),
        killed=killed,
        reports=reports,
        updates=steps,
        id=number,
    )


def _kinds(incidents: Sequence[Incident], language: str) -> dict[str, Callable[[], Briefing]]:
    end = MONDAY + timedelta(days=7)
    one = max(incidents, key=lambda item: len(item.reports))
    issued: dict[str, Any] = {"now": end, "service": "benchmark", "language": language}
    period: dict[str, Any] = {
        "zone": "Africa/Tripoli",
        "demonstration": False,
        "previous": incidents[: len(incidents) // 2],
    }
    kinds: dict[str, Callable[[], Briefing]] = {
        "flash": lambda: compose_flash(one, one.updates[0], **issued),
        "daily": lambda: compose_daily(incidents, start=MONDAY, end=end, **period, **issued),
    }
    if language in REVIEWS:
        kinds["brief"] = lambda: compose_brief(one, one.updates[-1], **issued)
        kinds["weekly"] = lambda: compose_weekly(incidents, start=MONDAY, end=end, **period, **issued)
    return kinds


def measure(count: int, runs: int, language: str) -> dict[str, dict[str, float]]:
    """Return the median milliseconds of CPU time by kind and step."""
    times: dict[str, dict[str, list[float]]] = {}
    for run in range(runs + 1):
        for kind, compose in _kinds(make_incidents(count, seed=run), language).items():
            steps: list[float] = []
            begin = time.process_time_ns()
            briefing = compose()
            steps.append((time.process_time_ns() - begin) / 1e6)
            for facts in ({**briefing.facts, "pictures": []}, briefing.facts):
                begin = time.process_time_ns()
                render(replace(briefing, facts=facts))
                steps.append((time.process_time_ns() - begin) / 1e6)
            if run:  # the first reads templates, fonts and outlines
                for name, value in zip(_STEPS, steps, strict=True):
                    times.setdefault(kind, {}).setdefault(name, []).append(value)
    return {kind: {name: statistics.median(values) for name, values in steps.items()} for kind, steps in times.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=int, default=50, help="in a digest and in a review")
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--language", choices=sorted(LANGUAGES), default="en")
    parser.add_argument("--profile", action="store_true", help="also show where the time of a digest goes")
    options = parser.parse_args(arguments)
    loop = fixed_loop()
    print(f"fixed loop: {loop:.1f} ms; Python {sys.version.split()[0]}")
    print(f"{options.incidents} incidents, {options.language}; ms of CPU time, and in fixed loops")
    print(f"{'':8}" + "".join(f"{name:>26}" for name in _STEPS))
    for kind, steps in measure(options.incidents, options.runs, options.language).items():
        print(f"{kind:8}" + "".join(f"{steps[name]:16.2f}{steps[name] / loop:10.2f}" for name in _STEPS))
    if options.profile:
        compose = _kinds(make_incidents(options.incidents, seed=999), options.language)["daily"]
        profile = cProfile.Profile()
        profile.runcall(lambda: render(replace(briefing := compose(), facts={**briefing.facts, "pictures": []})))
        pstats.Stats(profile).sort_stats("cumulative").print_stats(25)


if __name__ == "__main__":
    main()
