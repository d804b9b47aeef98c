"""Query parameters: read strictly, so that a mistyped filter is told and never quietly ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from alertsvc.domain import IncidentClass, Phase
from alertsvc.errors import AlertsvcError

__all__ = ["MAX_LIMIT", "PUBLIC_ID", "Filters", "ParameterError", "read_demonstration", "read_filters"]

MAX_LIMIT = 200
PUBLIC_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}\Z", re.ASCII)
_COUNTRY = re.compile(r"[A-Za-z]{2}(?:-[A-Za-z]{2})?\Z")
_KNOWN = ("class", "country", "phase", "demonstration", "limit", "after")
_Choice = TypeVar("_Choice", bound=StrEnum)


class ParameterError(AlertsvcError):
    """A query parameter cannot be used; the message says which and why."""

    def __init__(self, message: str, /) -> None:
        super().__init__(message, permanent=True)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which incidents are asked for. `after` is the public id of the last one of the page before."""

    incident_class: IncidentClass | None = None
    country: str | None = None
    phase: Phase | None = None
    demonstration: bool = False
    limit: int = 50
    after: str | None = None

    def query(self, *, after: str | None = None, limit: bool = True) -> str:
        """Return these filters as a query with its question mark, in a fixed order; empty for none."""
        parts = {
            "class": self.incident_class.value if self.incident_class else None,
            "country": self.country,
            "phase": self.phase.value if self.phase else None,
            "demonstration": "1" if self.demonstration else None,
            "limit": str(self.limit) if limit else None,
            "after": after,
        }
        given = {name: value for name, value in parts.items() if value is not None}
        return f"?{urlencode(given)}" if given else ""

    @property
    def any(self) -> bool:
        """Something is filtered out by class, country or phase."""
        return bool(self.incident_class or self.country or self.phase)

    def apart(self, *, demonstration: bool) -> Filters:
        """Return the same filters for the first page of the real or the invented incidents."""
        return replace(self, demonstration=demonstration, after=None)


def _single(params: QueryParams, known: Iterable[str]) -> dict[str, str]:
    """Return what is given; an empty value, as forms send it, counts as not given."""
    known = tuple(known)
    given: dict[str, str] = {}
    for name, value in params.multi_items():
        if name not in known:
            raise ParameterError(f"unknown parameter {_shown(name)}; known: {', '.join(known)}")
        if name in given:
            raise ParameterError(f"{name} is given twice")
        given[name] = value.strip()
    return {name: value for name, value in given.items() if value}


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:39] + "…")


def _choice(kind: type[_Choice], name: str, value: str | None) -> _Choice | None:
    if value is None:
        return None
    try:
        return kind(value)
    except ValueError:
        raise ParameterError(f"{name} must be one of {', '.join(kind)}, not {_shown(value)}") from None


def _flag(given: dict[str, str]) -> bool:
    value = given.get("demonstration", "0")
    if value not in ("0", "1"):
        raise ParameterError(f"demonstration must be 0 or 1, not {_shown(value)}")
    return value == "1"


def read_filters(params: QueryParams, *, limit: int = 50) -> Filters:
    """Read the parameters of a list of incidents; `limit` is what counts where none is given.

    Raises:
        ParameterError: one is unknown, given twice or has a value that cannot be.
    """
    given = _single(params, _KNOWN)
    country = given.get("country")
    if country is not None and not _COUNTRY.match(country):
        raise ParameterError(
            f"country must be an ISO code of two letters such as LY, or two as LY-NE, not {_shown(country)}"
        )
    wanted = given.get("limit", str(limit))
    if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 4 or not 1 <= int(wanted) <= MAX_LIMIT:
        raise ParameterError(f"limit must be a whole number from 1 to {MAX_LIMIT}, not {_shown(wanted)}")
    after = given.get("after")
    if after is not None and not PUBLIC_ID.match(after):
        raise ParameterError(f"after must be the id of an incident, not {_shown(after)}")
    return Filters(
        incident_class=_choice(IncidentClass, "class", given.get("class")),
        country=country.upper() if country else None,
        phase=_choice(Phase, "phase", given.get("phase")),
        demonstration=_flag(given),
        limit=int(wanted),
        after=after,
    )


def read_demonstration(params: QueryParams) -> bool:
    """Read the only parameter of a single incident's export: whether an invented one is wanted.

    Raises:
        ParameterError: as for `read_filters`.
    """
    return _flag(_single(params, ("demonstration",)))
