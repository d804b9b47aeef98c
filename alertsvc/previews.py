"""Every kind of briefing written to a folder as its readers would see it, with an index beside it."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from alertsvc.brief.compose import compose_correction, compose_flash, compose_update
from alertsvc.brief.context import Notes
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.full import compose_brief
from alertsvc.brief.record import Week
from alertsvc.brief.render import Rendered
from alertsvc.brief.weekly import compose_weekly
from alertsvc.brief.wording import LANGUAGES
from alertsvc.brief.wording.registry import REVIEWS
from alertsvc.domain import Briefing, Incident, Ruling, Status
from alertsvc.screenshots import Shot

__all__ = ["SCHEMES", "WIDTHS", "Preview", "Written", "monday_of", "previews", "with_pictures", "write_previews"]

WIDTHS = (360, 800)
SCHEMES = ("light", "dark")
_WHY = "its reports turned out to be of an exercise"  # invented, as the correction itself is


@dataclass(frozen=True, slots=True)
class Preview:
    """One briefing under the name of its files: `weekly.en`."""

    name: str
    briefing: Briefing


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the index, and the pictures that a browser may take of the pages."""

    index: Path
    pages: int
    shots: tuple[Shot, ...]


def previews(
    incidents: Sequence[Incident],
    *,
    now: datetime,
    service: str,
    demonstration: bool,
    notes: Notes,
    earlier: Mapping[str, Sequence[Incident]],
    history: Sequence[Week] = (),
) -> list[Preview]:
    """Compose every kind in every language that it is written in.

    Flash and brief tell of the gravest incident, update and correction of the one with most steps; the digest is of the
    day and the review of the week, Monday to Sunday in UTC, of the latest step. Both are also made empty; without any
    incident only these are.

    Args:
        incidents: stored ones, of one kind (invented or real).
        earlier: by public id, incidents at the same place, for the context.
        history: the weeks before the one of the review.
    """
    told = [item for item in incidents if item.updates and item.reports and item.status is not Status.WITHDRAWN]
    found: list[Preview] = []
    for language in LANGUAGES:
        alone = [
            *(_alerts(told, now, service, language, notes, earlier) if told else []),
            *_digests(told, now, service, language, notes, history, demonstration=demonstration),
        ]
        found += [Preview(f"{name}.{language}", briefing) for name, briefing in alone]
    return found


def monday_of(incidents: Sequence[Incident], now: datetime) -> date:
    """Return the first day of the week that is reviewed: of the latest step, of now where there is none."""
    today = _latest(incidents, now).astimezone(UTC).date()
    return today - timedelta(days=today.weekday())


def _latest(incidents: Sequence[Incident], now: datetime) -> datetime:
    return max((update.at for item in incidents for update in item.updates), default=now)


def _alerts(
    told: Sequence[Incident],
    now: datetime,
    service: str,
    language: str,
    notes: Notes,
    earlier: Mapping[str, Sequence[Incident]],
) -> list[tuple[str, Briefing]]:
    gravest = max(told, key=lambda item: (item.severity.value, len(item.reports), item.public_id))
    longest = max(told, key=lambda item: (len(item.updates), item.severity.value, item.public_id))
    before = earlier.get(gravest.public_id, ())
    steps = sorted(gravest.updates, key=lambda update: update.number)
    last = max(longest.updates, key=lambda update: update.number)
    # As a ruling of an analyst leaves it, so that all is shown that a correction tells.
    withdrawn = replace(
        last,
        number=last.number + 1,
        at=now,
        changes=(f"withdrawn by an analyst: {_WHY}",),
        status=Status.WITHDRAWN,
        severity_before=None,
        killed_before=None,
        report_id=None,
    )
    found = [
        (
            "flash",
            compose_flash(gravest, steps[0], now=now, service=service, language=language, notes=notes, earlier=before),
        ),
        ("update", compose_update(longest, last, now=now, service=service, language=language, notes=notes)),
        (
            "correction",
            compose_correction(
                replace(
                    longest,
                    updates=(*longest.updates, withdrawn),
                    status=Status.WITHDRAWN,
                    ruling=Ruling.WITHDRAWN,
                ),
                withdrawn,
                now=now,
                service=service,
                language=language,
            ),
        ),
    ]
    if language in REVIEWS:
        brief = compose_brief(
            gravest, steps[-1], now=now, service=service, language=language, notes=notes, earlier=before
        )
        found.append(("brief", brief))
    return found


def _digests(
    told: Sequence[Incident],
    now: datetime,
    service: str,
    language: str,
    notes: Notes,
    history: Sequence[Week],
    *,
    demonstration: bool,
) -> list[tuple[str, Briefing]]:
    end = _latest(told, now) + timedelta(minutes=1)
    monday = datetime.combine(monday_of(told, now), time.min, UTC)
    week = timedelta(days=7)
    found: list[tuple[str, Briefing]] = []
    for suffix, incidents in (("", told), ("_empty", ())):
        if not incidents and not suffix:
            continue
        daily = compose_daily(
            _between(incidents, end - timedelta(days=1), end),
            start=end - timedelta(days=1),
            end=end,
            zone="UTC",
            now=now,
            service=service,
            demonstration=demonstration,
            previous=None,
            language=language,
            notes=notes,
        )
        found.append((f"daily{suffix}", daily))
        if language in REVIEWS:
            weekly = compose_weekly(
                _between(incidents, monday, monday + week),
                start=monday,
                end=monday + week,
                zone="UTC",
                now=now,
                service=service,
                demonstration=demonstration,
                previous=_between(incidents, monday - week, monday) or None,
                language=language,
                history=history,
            )
            found.append((f"weekly{suffix}", weekly))
    return found


def _between(incidents: Sequence[Incident], start: datetime, end: datetime) -> list[Incident]:
    return [item for item in incidents if any(start <= update.at < end for update in item.updates)]


def write_previews(
    folder: Path, found: Sequence[Preview], render: Callable[[Briefing], Rendered], *, shots: bool
) -> Written:
    """Write each briefing as HTML, text and Slack payload, and an index of them all.

    Args:
        folder: made where it is missing; files of the same names are written over, others stay.
        render: lays a briefing out.
        shots: the pages will be photographed, so the index shows the pictures.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[str] = []
    wanted: list[Shot] = []
    for item in found:
        message = render(item.briefing)
        page = folder / f"{item.name}.html"
        page.write_text(with_pictures(message), encoding="utf-8")
        (folder / f"{item.name}.txt").write_text(f"{message.subject}\n\n{message.text}", encoding="utf-8")
        slack = json.dumps(message.slack, ensure_ascii=False, indent=1)
        (folder / f"{item.name}.slack.json").write_text(slack + "\n", encoding="utf-8")
        own = [
            Shot(page, width, scheme == "dark", folder / f"{item.name}.{width}.{scheme}.png")
            for width in WIDTHS
            for scheme in SCHEMES
        ]
        wanted += own
        rows.append(_row(item.name, message.subject, own if shots else []))
    index = folder / "index.html"
    index.write_text(_INDEX.format(rows="\n".join(rows)), encoding="utf-8")
    return Written(index, len(found), tuple(wanted))


def with_pictures(message: Rendered) -> str:
    """Return the page with its pictures inside, as a browser does not know the parts of a mail."""
    page = message.html
    for picture in message.pictures:
        data = base64.b64encode(picture.png).decode("ascii")
        page = page.replace(f"cid:{picture.cid}", f"data:image/png;base64,{data}")
    return page


def _row(title: str, subject: str, shots: Sequence[Shot]) -> str:
    links = " ".join(f'<a href="{title}.{ending}">{ending}</a>' for ending in ("html", "txt", "slack.json"))
    pictures = "".join(
        f'<a href="{name}"><img src="{name}" width="{shot.width // 4}" alt="{name}" loading="lazy"></a> '
        for shot in shots
        if (name := html.escape(shot.target.name))
    )
    heading = f"<h2>{html.escape(title)}</h2><p dir=auto>{html.escape(subject)}</p>"
    return f"<section>{heading}<p>{links}</p>{pictures}</section>"


_INDEX = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Briefings</title>
<style>body{{font-family:sans-serif;margin:2em}}img{{border:1px solid #999;vertical-align:top}}</style></head>
<body><h1>Briefings</h1>
{rows}
</body></html>
"""
