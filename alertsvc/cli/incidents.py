"""Commands that show incidents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from alertsvc.cli.briefings import brief
from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, stdout
from alertsvc.cli.rulings import close, merge, move, split, withdraw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from enum import StrEnum
    from typing import TypeVar

    from alertsvc.domain import Incident, Report, Update
    from alertsvc.export import Selection

    Choice = TypeVar("Choice", bound=StrEnum)

__all__ = ["DemonstrationOption", "SinceOption", "app", "selection"]

app = typer.Typer(help="The incidents: what happened where, and why it is believed.", no_args_is_help=True)

_COUNTRY = re.compile(r"[A-Z]{2}(?:-[A-Z]{2})?\Z")

SinceOption = Annotated[
    str | None, typer.Option(help="Only what changed since: 7d, 12h, or a date such as 2026-01-31.", metavar="WHEN")
]
DemonstrationOption = Annotated[
    bool, typer.Option("--demonstration", help="The invented incidents of the demonstration in place of the real ones.")
]


@app.command("list")
def list_(
    config: ConfigOption = None,
    incident_class: Annotated[
        str | None, typer.Option("--class", help="border_crossing, oil_facility or capital_approach.", metavar="CLASS")
    ] = None,
    country: Annotated[
        str | None, typer.Option(help="Such as LY; a crossing counts for either side.", metavar="COUNTRY")
    ] = None,
    phase: Annotated[str | None, typer.Option(help="open, resolved or closed.", metavar="PHASE")] = None,
    since: SinceOption = None,
    demonstration: DemonstrationOption = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, those changed last.")] = 50,
    json_output: JsonOption = False,
) -> None:
    """List incidents, those changed last first."""
    from alertsvc.cli.layout import Row, listing
    from alertsvc.cli.times import ago
    from alertsvc.clock import SystemClock
    from alertsvc.export import Selection, addresses, select
    from alertsvc.web.exports import list_document
    from alertsvc.web.telling import told

    settings = load(config)
    now = SystemClock().now()
    wanted = selection(now, incident_class, country, phase, since, demonstration=demonstration)
    with open_store(settings) as store, store.read() as conn:
        found = list(select(conn, wanted, limit + 1))
        elsewhere = not found and any(True for _ in select(conn, Selection(not demonstration), 1))
    more, found = len(found) > limit, found[:limit]
    if json_output:
        emit(list_document(found, addresses(settings), now, demonstration=demonstration))
        return
    rows: list[Row] = []
    for incident in found:
        words = told(incident)
        severity = f"{incident.severity.value:.1f}"
        cells = (incident.public_id, severity, incident.status.value, incident.phase.value, ago(incident.changed, now))
        rows.append(((*cells, words.mark + words.headline), ""))
    listing(("Id", "Severity", "Status", "Phase", "Changed", "What"), rows, "No incidents.")
    if more:
        stdout().print(f"There are more; these are the {limit} changed last. --limit shows more of them.")
    if elsewhere:
        kind = "real ones: leave out" if demonstration else "invented ones of the demonstration: add"
        stdout().print(f"There are {kind} --demonstration")


def selection(
    now: datetime,
    incident_class: str | None,
    country: str | None,
    phase: str | None,
    since: str | None,
    *,
    demonstration: bool,
) -> Selection:
    """Return what the options ask for.

    Raises:
        typer.Exit: with status 2, after a line that says which option cannot be and what can.
    """
    from alertsvc.cli.times import read_since
    from alertsvc.domain import IncidentClass, Phase
    from alertsvc.export import Selection

    if country is not None:
        country = "-".join(sorted(country.upper().split("-")))
        if not _COUNTRY.match(country):
            raise fail("--country: give an ISO code of two letters such as LY, or a crossing's two as LY-NE", 2)
    return Selection(
        demonstration=demonstration,
        incident_class=_choice(IncidentClass, "--class", incident_class),
        country=country,
        phase=_choice(Phase, "--phase", phase),
        since=read_since(since, now),
    )


def _choice(kind: type[Choice], option: str, value: str | None) -> Choice | None:
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        raise fail(f"{option}: give one of {', '.join(kind)}, not {value!r}", 2) from None


@app.command()
def show(
    public_id: Annotated[str, typer.Argument(help="Its id, as `incidents list` and the briefings give it.")],
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Show everything that is known of an incident, and why."""
    from rich.text import Text

    from alertsvc.brief.texts import clean
    from alertsvc.clock import SystemClock
    from alertsvc.export import addresses
    from alertsvc.store.incidents import get_current
    from alertsvc.web.exports import incident_document

    settings = load(config)
    with open_store(settings) as store, store.read() as conn:
        incident = get_current(conn, public_id)
    if incident is None:
        raise fail(f"there is no incident {public_id}; `alertsvc incidents list` shows them")
    if json_output:
        emit(incident_document(incident, addresses(settings), SystemClock().now()))
        return
    console = stdout()
    if incident.public_id != public_id:
        console.print(f"{public_id} was merged into {incident.public_id}.", markup=False)
    for indent, style, line in _lines(incident):
        console.print(Text(" " * indent + clean(line), style))


def _lines(incident: Incident) -> Iterator[tuple[int, str, str]]:
    """Yield the page of an incident as (indent, style, line)."""
    from alertsvc.web.telling import told

    words = told(incident)
    yield 0, "bold", words.mark + words.headline
    yield 0, "", words.bar
    yield from _facts(incident, words.place, words.countries, words.when, words.origins)
    yield from _claims(incident)
    yield from _heading("Severity")
    yield from _severity(incident)
    yield from _heading("Timeline")
    outlets = {report.id: report.outlet_name or report.outlet for report in incident.reports}
    for update in sorted(incident.updates, key=lambda update: update.number):
        yield from _step(update, outlets.get(update.report_id))
    yield from _heading("Reports")
    for number, report in enumerate(_in_order(incident.reports), 1):
        yield from _report(number, report)


def _heading(title: str) -> Iterator[tuple[int, str, str]]:
    yield 0, "", ""
    yield 0, "bold", title


def _in_order(reports: Iterable[Report]) -> list[Report]:
    return sorted(reports, key=lambda report: report.published or report.fetched)


def _facts(incident: Incident, place: str, countries: str, when: str, origins: int) -> Iterator[tuple[int, str, str]]:
    from alertsvc.cli.times import exact
    from alertsvc.web.telling import CLASS_NAMES, counted

    where = incident.place
    at = f" ({where.latitude:.4f}, {where.longitude:.4f})" if None not in (where.latitude, where.longitude) else ""
    known = "in the gazetteer" if where.gazetteer_id else "named by the text only"
    near = f"; {where.km_to_capital:.0f} km to {where.capital}" if where.capital and where.km_to_capital else ""
    latest = f", latest {incident.last_event}" if incident.last_event else ""
    facts = {
        "Reference": incident.public_id,
        "Class": CLASS_NAMES[incident.incident_class],
        "Place": f"{place}, {countries or 'country not known'}{at}, {known}{near}",
        "When": when + latest,
        "Situation": f"{incident.phase.value}, latest action: {incident.action.value}",
        "Deaths": counted(incident.killed),
        "Wounded": counted(incident.wounded),
        "Captured": counted(incident.captured),
        "Sources": f"{origins} independent, {len(incident.reports)} report{'' if len(incident.reports) == 1 else 's'}",
        **_links(incident),
        "Filed": f"{exact(incident.opened)}, last change {exact(incident.changed)}",
    }
    for name, value in facts.items():
        yield 2, "", f"{name}: {value}"


def _claims(incident: Incident) -> Iterator[tuple[int, str, str]]:
    """Yield who asserts what, where anyone does."""
    from alertsvc.track.claims import assertions, contested, holders, tolls
    from alertsvc.web.telling import counted

    lines = [f"{toll.outlet} gives {counted(toll.count)} dead" for toll in tolls(incident)]
    for holder in holders(incident):
        lost = f" from {', '.join(holder.lost_by)}" if holder.lost_by else ""
        names = ", ".join(holder.names) or "no side by name"
        lines.append(f"{holder.outlet} has it held by {names}{lost}, {holder.action.value} on {holder.day}")
    if contested(incident):
        lines.append("the sources contradict each other on who holds it")
    lines += [
        f"{said.speaker} {'denies' if said.denies else 'says'}: {said.quote} ({said.outlet})"
        for said in assertions(incident)
    ]
    if lines:
        yield from _heading("Who says what")
    yield from ((2, "", line) for line in lines)


def _links(incident: Incident) -> dict[str, str]:
    links = {"Follows": incident.follows, "Merged into": incident.merged_into, "Ruled": incident.ruling}
    return {name: str(value) for name, value in links.items() if value is not None}


def _severity(incident: Incident) -> Iterator[tuple[int, str, str]]:
    from alertsvc.web.telling import signed

    for term in incident.severity.terms:
        yield 2, "", f"{signed(term)} {term.name}: {term.why}"
    yield 2, "", f"= {incident.severity.raw:.2f}, shown as {incident.severity.value:.1f}"


def _step(update: Update, outlet: str | None) -> Iterator[tuple[int, str, str]]:
    from alertsvc.cli.times import exact
    from alertsvc.web.telling import counted

    note = "" if update.material else " (not sent: nothing material)"
    if update.material and not update.alertable:
        note = " (from a feed's backlog: digest only)"
    before = update.severity_before
    severity = (
        f"{update.severity:.1f}" if before in (None, update.severity) else f"{before:.1f} -> {update.severity:.1f}"
    )
    deaths = f", deaths {counted(update.killed)}" if update.killed else ""
    source = f", from {outlet}" if outlet else ""
    yield (
        2,
        "",
        f"{update.number}. {exact(update.at)} {update.action.value}, {update.status.value}, {severity}{deaths}{note}",
    )
    yield 5, "", "; ".join(update.changes) + source


def _report(number: int, report: Report) -> Iterator[tuple[int, str, str]]:
    from alertsvc.cli.times import exact
    from alertsvc.web.telling import arguments, read_from

    found = report.detection
    when = exact(report.published) or f"undated, read {exact(report.fetched)}"
    origin = f", goes back to {report.origin}" if report.origin not in ("", report.outlet, report.outlet_name) else ""
    copy = f", same text as {report.same_text_as} (counts once)" if report.same_text_as else ""
    yield 2, "bold", f"{number}. {report.title or 'untitled'}"
    yield 5, "", f"{report.outlet_name or report.outlet}, {report.language}, {when}{origin}{copy}"
    if report.url:
        yield 5, "", report.url
    doubt = [word for word, holds in (("one side only", found.one_party), ("contradicted", found.disputed)) if holds]
    told = ", ".join((f"{found.action.value} at {found.place.name}", f"probability {found.probability:.2f}", *doubt))
    yield 5, "", f"{told}; article {report.article_id}"
    for sentence in found.sentences:
        yield 7, "italic", f"\u201c{sentence}\u201d"
    for claim in found.claims:
        yield 7, "", f"{claim.speaker} {'denies' if claim.denies else 'says'}: {claim.quote}"
    sources = "; ".join(f"{field}: {words}" for field, words in read_from(found))
    if sources:
        yield 7, "", f"read from {sources}"
    for reason in arguments(found):
        place = "" if reason.sentence is None else f" (sentence {reason.sentence})"
        yield 7, "dim", f"{reason.kind} {reason.name} {reason.weight:+.2f}{place}: {reason.detail}"


@app.command()
def index(
    by: Annotated[str, typer.Option(help="all, region or country.", metavar="AREA")] = "country",
    period: Annotated[str, typer.Option(help="day, week (Monday to Sunday) or month.", metavar="PERIOD")] = "week",
    day: Annotated[
        str | None, typer.Option(help="A day of the period, such as 2026-01-31; else today.", metavar="DATE")
    ] = None,
    config: ConfigOption = None,
    demonstration: DemonstrationOption = False,
    json_output: JsonOption = False,
) -> None:
    """Show the incidents index by area, with load, shares and the change on the period before."""
    from datetime import date
    from typing import cast

    from alertsvc.cli.common import table
    from alertsvc.clock import SystemClock
    from alertsvc.indices import AREAS, PERIODS, AreaKind, PeriodKind, rows, span_of
    from alertsvc.resources import layered_files
    from alertsvc.track.regions import Regions

    for option, value, known in (("--by", by, AREAS), ("--period", period, PERIODS)):
        if value not in known:
            raise fail(f"{option}: give one of {', '.join(known)}, not {value!r}", 2)
    try:
        within = date.fromisoformat(day) if day else SystemClock().now().date()
        span, before = span_of(cast("PeriodKind", period), within)
    except (ValueError, OverflowError):
        raise fail(f"--day: give a date such as 2026-01-31, not {day!r}", 2) from None
    settings = load(config)
    regions = Regions.load(layered_files("rules", "regions.csv", settings.detect.rules_dir)[0])
    with open_store(settings) as store, store.read() as conn:
        found = rows(conn, span, before, by=cast("AreaKind", by), regions=regions, demonstration=demonstration)
    if json_output:
        emit({"start": str(span.start), "end": str(span.end), "areas": [row.as_data() for row in found]})
        return
    shown = [
        (
            row.area,
            f"{row.before.count} to {row.index.count}",
            row.index.text,
            row.change,
            f"{row.before.load} to {row.index.load}",
            f"at least {row.deaths}",
            ", ".join(f"{name} {share}%" for name, share in list(row.shares.items())[:3]),
        )
        for row in found
    ]
    title = f"Incidents index, {span.start} up to {span.end} (days in UTC)"
    table(title, ("Area", "Incidents", "Index", "Change", "Load", "Deaths", "Shares"), shown, "no incident recorded")


for _command in (brief, merge, split, move, withdraw, close):
    app.command()(_command)
