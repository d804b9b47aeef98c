"""How long pictures of briefings take: maps on a fresh and on a kept ground, charts, whole digests.

    python -m benchmarks.pictures
    python -m benchmarks.pictures --incidents 50 --runs 7

Processor time of this process. Where matplotlib is installed (`pip install matplotlib`, into another environment if you
like), the same map is drawn with it, and the ratio told.
"""

from __future__ import annotations

import argparse
import importlib
import io
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from alertsvc.brief.account import account_at
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.index import index_of
from alertsvc.brief.pictures import edition, facts, ground
from alertsvc.brief.pictures.canvas import DENSITY, Canvas
from alertsvc.brief.pictures.incident_map import draw_incident_map
from alertsvc.brief.pictures.mapsheet import MAP_HEIGHT, WIDTH
from alertsvc.brief.pictures.sites import Landmark, landmarks
from alertsvc.brief.render import render
from alertsvc.domain import (
    Action,
    Briefing,
    Count,
    Detection,
    Incident,
    IncidentClass,
    Phase,
    Place,
    PlaceKind,
    Report,
    Severity,
    Status,
    Update,
)
from alertsvc.outlines import load_outlines

__all__ = ["made_incident", "main"]

NOW = datetime(2031, 5, 7, 6, 30, tzinfo=UTC)
_CLASSES = {PlaceKind.CROSSING: IncidentClass.BORDER, PlaceKind.OIL: IncidentClass.OIL}


def made_incident(number: int, site: Landmark) -> Incident:
    """Make up an incident at a site of the gazetteer."""
    place = Place(site.names["en"], site.kind, "-".join(site.countries), site.id, site.latitude, site.longitude, tier=2)
    action = (Action.ATTACK, Action.CLOSURE, Action.SEIZURE, Action.REOPENING, Action.CLASH)[number % 5]
    severity = 0.5 + number % 8 / 2
    detection = Detection(
        _CLASSES[site.kind],
        0.95,
        action,
        place,
        event_date=date(2031, 5, 6),
        killed=Count(number % 4) if number % 3 else None,
        attackers=("armed men",),
        sentences=("Armed men in pick-up trucks came before dawn.",),
    )
    seen = NOW - timedelta(hours=2)
    outlet = f"outlet{number}.example"
    report = Report(
        number, outlet, "A gazette", outlet, "News", f"https://{outlet}/{number}", "en", seen, seen, detection
    )
    report = Report(**{**{name: getattr(report, name) for name in report.__slots__}, "id": number})
    update = Update(1, seen, True, ("opened",), Status.REPORTED, action, severity, report_id=number)
    return Incident(
        f"XX-2031-0506-{number:04x}",
        _CLASSES[site.kind],
        place,
        action,
        Phase.OPEN,
        Status.REPORTED,
        Severity(severity, severity, ()),
        seen,
        seen,
        event_date=date(2031, 5, 6),
        reports=(report,),
        updates=(update,),
        id=number,
    )


def _png(drawer: Callable[[], Canvas]) -> bytes:
    return drawer().png()


def _timed(work: Callable[[], Any], runs: int, before: Callable[[], None] = lambda: None) -> float:
    """Return the median of processor milliseconds."""
    found = []
    for _ in range(runs):
        before()
        start = time.process_time()
        work()
        found.append((time.process_time() - start) * 1000)
    return statistics.median(found)


def _matplotlib(description: dict[str, Any], runs: int) -> float | None:
    """Return what a plainer map of the same place and size takes with matplotlib; None where it is not installed."""
    try:
        importlib.import_module("matplotlib").use("Agg")
        plt = importlib.import_module("matplotlib.pyplot")
    except ImportError:
        return None
    site = description["site"]
    west, east = site["longitude"] - 4.5, site["longitude"] + 4.5
    south, north = site["latitude"] - 3.2, site["latitude"] + 3.2
    near = [
        ring.points
        for ring in load_outlines().rings
        if ring.box[0] < east and ring.box[2] > west and ring.box[1] < north and ring.box[3] > south
    ]

    def work() -> bytes:
        figure = plt.figure(figsize=(WIDTH / 100, MAP_HEIGHT / 100), dpi=100 * DENSITY)
        axes = figure.add_axes((0, 0, 1, 1))
        for points in near:
            axes.fill(points[:, 0], points[:, 1], facecolor="#ece9e1", edgecolor="#8b8578", linewidth=0.8)
        axes.plot([site["longitude"]], [site["latitude"]], "D", color="#b3202c", markersize=9)
        axes.text(site["longitude"] + 0.3, site["latitude"], site["name"], fontsize=12, weight="bold")
        axes.set_xlim(west, east)
        axes.set_ylim(south, north)
        axes.axis("off")
        out = io.BytesIO()
        figure.savefig(out, format="png")
        plt.close(figure)
        data: bytes = out.getvalue()
        return data

    work()
    return _timed(work, runs)


def _digest(incidents: Sequence[Incident], *, pictures: bool) -> Briefing:
    briefing = compose_daily(
        incidents,
        start=NOW - timedelta(days=1),
        end=NOW,
        zone="UTC",
        now=NOW,
        service="Benchmark",
        demonstration=False,
        previous=incidents[: len(incidents) // 2],
    )
    if not pictures:
        briefing.facts["pictures"] = []
    return briefing


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--incidents", type=int, default=50, help="of the digest")
    parser.add_argument("--runs", type=int, default=7, help="of each measurement, of which the median is told")
    options = parser.parse_args(arguments)
    sites = [item for item in landmarks() if item.kind in _CLASSES and {"LY", "TN", "DZ", "NE"} & set(item.countries)]
    incidents = [made_incident(number, sites[number % len(sites)]) for number in range(1, options.incidents + 1)]
    accounts = [account_at(item, item.updates[0]) for item in incidents]
    described = [found for account in accounts for found in facts.incident_pictures(account)]
    shown = described[0]
    draw_incident_map(shown).png()

    def line(what: str, figure: str) -> None:
        print(f"{what:<44}{figure:>12}")

    fresh = _timed(lambda: draw_incident_map(shown).png(), options.runs, ground.draw_ground.cache_clear)
    kept = _timed(lambda: draw_incident_map(shown).png(), options.runs)
    line("incident map, its ground drawn anew, ms", f"{fresh:.1f}")
    line("incident map on a kept ground, ms", f"{kept:.1f}")
    line("  bytes", f"{len(draw_incident_map(shown).png()):,}")
    other = _matplotlib(shown, options.runs)
    if other is None:
        line("matplotlib is not installed", "-")
    else:
        line("a plainer map of that size by matplotlib, ms", f"{other:.1f}")
        line("  times ours on a kept ground", f"{other / kept:.1f}")
    weeks = [facts.Week(date(2031, 2, 17) + timedelta(weeks=n), 3 * n, 2.0) for n in range(12)]
    counts = {"Economic": 12, "Criminality": 3, "Security & Defense": 30}
    for name, description in (
        ("gauge", facts.gauge(index_of([2.0, 2.5]), index_of([2.0]))),
        ("trend", facts.trend(weeks)),
        ("share bar", facts.share_bar(counts)),
    ):
        if description is not None:
            drawer = partial(edition.DRAWERS[description["kind"]], description)
            line(f"{name}, ms", f"{_timed(partial(_png, drawer), options.runs):.1f}")
    composing = _timed(lambda: _digest(incidents, pictures=True), options.runs)
    with_pictures, without = _digest(incidents, pictures=True), _digest(incidents, pictures=False)
    render(with_pictures)
    line(f"digest of {options.incidents}: composing, ms", f"{composing:.1f}")
    bare = _timed(lambda: render(without), options.runs)
    whole = _timed(lambda: render(with_pictures), options.runs, edition.forget)
    again = _timed(lambda: render(with_pictures), options.runs)
    line("  rendering without pictures, ms", f"{bare:.1f}")
    line("  rendering with pictures, ms", f"{whole:.1f}")
    line("  the same edition again, ms", f"{again:.1f}")
    line(
        "  pictures kept of those described",
        f"{len(render(with_pictures).pictures)}/{len(with_pictures.facts['pictures'])}",
    )


if __name__ == "__main__":
    main()
