"""Whether rules, model and templates can be used."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from alertsvc.checks.finding import Finding, fault, faults_of, number, ok, warning
from alertsvc.checks.sample import sample_briefings, sample_incident
from alertsvc.detect.detector import load_reader
from alertsvc.detect.model import Model
from alertsvc.detect.rules import RuleSet
from alertsvc.domain import Incident
from alertsvc.errors import AlertsvcError, DataError
from alertsvc.notebook import check_notes
from alertsvc.resources import data_dir, layered_files
from alertsvc.settings import Settings
from alertsvc.stationery import Stationery

__all__ = ["check_briefings", "check_detection", "check_service"]


def check_service(settings: Settings) -> Iterator[Finding]:
    """Yield what the settings say of who runs the service."""
    feeds, people = len(settings.feeds), len(settings.subscribers)
    yield ok("settings", f"readable; {number(feeds, 'feed')} and {number(people, 'subscriber')} configured")
    if settings.service.contact is None:
        yield warning(
            "settings", "service.contact is not set: a publisher cannot reach you and may block your requests"
        )
    if settings.service.public_url is None and settings.mail.smtp.host is None:  # with a server, it is told with mail
        yield warning("settings", "service.public_url is not set: links lead to this machine only")


def check_detection(settings: Settings) -> Iterator[Finding]:
    """Yield whether rules, lexicon, gazetteer and model load, and every example of a rule holds."""
    own = settings.detect.rules_dir
    if own is not None and not own.is_dir():
        yield fault("rules", f"detect.rules_dir: {own}: no such folder")
    elif own is not None:
        yield from _unread(own)
    model: Model | None = None
    folder = settings.detect.model_dir or data_dir("classifiers")
    try:
        model = Model.load(folder)
    except DataError as error:
        yield from faults_of("model", error)
    else:
        yield ok("model", f"version {model.version}, {len(model.vocabulary)} features, from {folder}")
    try:
        reader = load_reader(own)
        rules = RuleSet.load(layered_files("rules", "classes/*.yaml", own), reader.lexicon.concepts)
    except DataError as error:
        yield from faults_of("rules", error)
    else:
        wrong = rules.run_examples(reader, model)
        yield from (fault("rules", line) for line in wrong)
        count = sum(len(item.rules) for item in rules.classes.values())
        read = (
            f"{number(count, 'rule')}, {len(reader.lexicon.concepts)} concepts, {len(reader.gazetteer.entries)} names"
        )
        if not wrong:
            yield ok("rules", f"{read}; every example holds")


def _unread(own: Path) -> Iterator[Finding]:
    """Name the operator's files that stand where nothing reads them."""
    shipped = {path.relative_to(data_dir("rules")).as_posix() for path in data_dir("rules").rglob("*")}
    for path in sorted(own.rglob("*")):
        name = path.relative_to(own).as_posix()
        if path.suffix not in (".yaml", ".yml", ".csv") or name in shipped:
            continue
        if path.parent.name not in ("classes", "context") or path.suffix != ".yaml":
            yield warning("rules", f"{path}: is not read; only files of the same path as the shipped ones are")


def _check_context(own: Path | None, now: datetime) -> Iterator[Finding]:
    known: set[str] | None = None
    with contextlib.suppress(DataError):  # told by `check_detection`
        known = set(load_reader(own).gazetteer.entries)
    count, problems = check_notes(own, known, now.date())
    yield from (fault("context", problem) for problem in problems)
    if not problems:
        yield ok("context", number(count, "note"))


def check_briefings(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield whether context notes can be told, and an invented incident filed, scored and rendered in every kind."""
    yield from _check_context(settings.detect.rules_dir, now)
    try:
        incident = sample_incident(settings, now)
    except AlertsvcError as error:
        yield from faults_of("severity", error)
        return
    except Exception as error:  # noqa: BLE001  whatever is wrong is what is looked for
        yield fault("severity", f"a sample cannot be filed: {type(error).__name__}: {error}")
        return
    yield ok("severity", f"table and outlets load; a sample scores {incident.severity.value:.1f}")
    yield from _check_templates(incident, settings, now)


def _check_templates(incident: Incident, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield whether every kind can be composed and laid out, and what is wrong with the operator's own templates."""
    folder = settings.brief.templates_dir
    stationery = Stationery(folder)
    kinds: dict[str, None] = {}
    try:
        for briefing in sample_briefings(incident, settings, now):
            stationery(briefing)
            kinds[briefing.kind.value] = None
    except Exception as error:  # noqa: BLE001  whatever is wrong is what is looked for
        yield fault("templates", f"a sample cannot be rendered: {type(error).__name__}: {error}")
        return
    for problem in stationery.faults:
        yield fault("templates", f"{problem}; ours is used in its place")
    if not stationery.faults:
        own = stationery.current().names
        yield ok(
            "templates", f"{', '.join(kinds)} render" + (f"; {number(len(own), 'file')} of {folder}" if own else "")
        )
