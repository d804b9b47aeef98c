"""Lists of subscribers as files: CSV for spreadsheets, JSON Lines for programs. What is written can be read back.

A row that is wrong never stops the others: each fault is told with its line and field.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Literal

from pydantic import ValidationError

from alertsvc.domain import Channel, Subscriber, SubscriberState
from alertsvc.errors import DataError
from alertsvc.settings import SubscriberSettings
from alertsvc.subscription import DAYS, SubscriptionFields, field_problems

__all__ = ["COLUMNS", "TARGETS", "Format", "RosterRow", "read_roster", "roster_line", "write_roster"]

Format = Literal["csv", "jsonl"]
TARGETS = ("email", "slack_webhook", "slack_channel")
LISTS = ("classes", "countries", "places", "kinds")
COLUMNS = ("name", *TARGETS, *SubscriptionFields.model_fields, "state")
_STATES = tuple(state.value for state in SubscriberState if state is not SubscriberState.REMOVED)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BETWEEN = ";"


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One row of a file: what it asks for, or what is wrong with it by field."""

    line: int
    name: str
    wanted: SubscriberSettings | None = None
    state: SubscriberState = SubscriberState.ACTIVE
    given: frozenset[str] = frozenset()  # fields that the row names; the others are as for everybody
    problems: Mapping[str, str] = field(default_factory=dict)


def read_roster(data: bytes, form: Format) -> Iterator[RosterRow]:
    """Yield the rows of a file in order; empty lines are left out.

    Args:
        data: the file, in UTF-8, with or without a byte order mark.

    Raises:
        DataError: the file as a whole cannot be read: it is not UTF-8, or its columns are not known.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError([f"line {line}: the file is not UTF-8 text"]) from error
    seen: set[str] = set()
    for line, row in _csv_rows(text) if form == "csv" else _json_rows(text):
        read = RosterRow(line, "", problems=row) if isinstance(row, _Fault) else _read(line, row)
        if read.name in seen and read.wanted is not None:
            read = RosterRow(line, read.name, problems={"name": "stands in this file twice"})
        seen.add(read.name)
        yield read


def roster_line(subscriber: Subscriber, *, secrets: bool = True) -> dict[str, Any]:
    """Return a subscriber as JSON data under the names of `COLUMNS`.

    Args:
        secrets: with the webhook of Slack, which is one.
    """
    data: dict[str, Any] = {"name": subscriber.name}
    webhook = subscriber.channel is Channel.SLACK and subscriber.target.startswith("http")
    if subscriber.channel is Channel.EMAIL:
        data["email"] = subscriber.target
    elif not webhook:
        data["slack_channel"] = subscriber.target
    elif secrets:
        data["slack_webhook"] = subscriber.target
    for name in SubscriptionFields.model_fields:
        value = getattr(subscriber, name)
        if name == "places":
            value = [place.id for place in value]
        elif name == "weekly_day":
            value = DAYS[value]
        elif name == "wake_from" and value is None:
            value = "never"
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, time):
            value = f"{value:%H:%M}"
        if value is not None:
            data[name] = value
    return data | {"state": subscriber.state.value}


def write_roster(subscribers: Iterable[Subscriber], form: Format, *, secrets: bool = True) -> str:
    """Return subscribers as the text of a file that `read_roster` reads back to the same."""
    lines = [roster_line(subscriber, secrets=secrets) for subscriber in subscribers]
    if form == "jsonl":
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: _cell(value) for name, value in line.items()})
    return out.getvalue()


class _Fault(dict[str, str]):
    """What is wrong with a row that cannot be read at all, by field."""


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | _Fault]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
        unknown = [name for name in header if name not in COLUMNS]
        if "name" not in header or unknown or len(set(header)) != len(header):
            fault = f"unknown columns: {', '.join(unknown)}" if unknown else "name is missing, or a column stands twice"
            raise DataError([f"line 1: {fault}; known are {', '.join(COLUMNS)}"])
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                yield line, _Fault({"row": f"has {len(cells)} cells, and there are {len(header)} columns"})
                continue
            row: dict[str, Any] = {name: _plain(cell) for name, cell in zip(header, cells, strict=False)}
            for name in LISTS:
                if name in row:
                    row[name] = [item.strip() for item in row[name].split(_BETWEEN) if item.strip()]
            yield line, row
    except csv.Error as error:
        yield reader.line_num, _Fault({"row": f"is not CSV: {error}"})


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any] | _Fault]]:
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            row = json.loads(content)
        except (ValueError, RecursionError) as error:
            told = error.msg if isinstance(error, json.JSONDecodeError) else "too deep"
            yield line, _Fault({"row": f"is not JSON: {told}"})
            continue
        yield line, row if isinstance(row, dict) else _Fault({"row": "must be an object"})


def _read(line: int, row: dict[str, Any]) -> RosterRow:
    """Check one row; what is not given is as for everybody."""
    given = {str(name): value for name, value in row.items() if value is not None and value not in ("", [])}
    problems: dict[str, str] = {}
    names = frozenset(given) - {"name"}
    name = str(given.get("name", ""))
    state = {item: SubscriberState(item) for item in _STATES}.get(str(given.pop("state", "active")))
    if state is None:
        problems["state"] = f"must be one of {', '.join(_STATES)}"
    wanted: SubscriberSettings | None = None
    try:
        wanted = SubscriberSettings(**given)
    except ValidationError as error:
        problems |= field_problems(error)
    if wanted is not None and wanted.slack_webhook_file is not None:
        problems["slack_webhook_file"] = "belongs in the configuration; give the webhook itself"
    if problems or wanted is None or state is None:
        return RosterRow(line, name, problems=problems)
    return RosterRow(line, name, wanted, state, names)


def _cell(value: Any) -> str:
    """Return a value as the text of a cell, in a form that no spreadsheet takes for a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = _BETWEEN.join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def _plain(cell: str) -> str:
    """Return what `_cell` was given."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith((*_FORMULA, "'")) else text
