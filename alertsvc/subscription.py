"""What somebody may ask for in a subscription, each field checked, one line for each that is wrong.

The configuration, the commands, imported files and a person's own page all go through `SubscriptionFields`, so that the
same wish is accepted or refused everywhere, in the same words.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from alertsvc.domain import BriefingKind, IncidentClass, Subscriber, WatchedPlace
from alertsvc.errors import SubscriptionError

__all__ = [
    "DAYS",
    "CountryCode",
    "MailAddress",
    "SeverityValue",
    "SubscriptionFields",
    "ZoneName",
    "changed",
    "field_problems",
]

MAX_RADIUS_KM = 2000.0
MAX_PLACES = 100
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ADDRESS = re.compile(r"[^@\s<>,;\"\x00-\x1f\x7f]+@[^@\s<>,;\"\x00-\x1f\x7f]+\Z")
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z")


def _mail_address(value: str) -> str:
    if not _ADDRESS.match(value) or len(value) > 254:
        raise ValueError("must be a bare e-mail address such as desk@example.org")
    return value


def _country(value: str) -> str:
    if not _COUNTRY.match(value):
        raise ValueError("must be an ISO 3166 code of two capital letters such as LY")
    return value


def _zone(value: str) -> str:
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("must be a time zone of the IANA list such as Africa/Tripoli") from error
    return value


def _half_point(value: float) -> float:
    if not 0.5 <= value <= 5.0:
        raise ValueError("a severity lies between 0.5 and 5.0")
    return value


def _blank(value: Any) -> Any:
    """Take an empty field of a form, or of a table's cell, for one that is not set."""
    return None if isinstance(value, str) and not value.strip() else value


def _never(value: Any) -> Any:
    """Take `never` for a severity that nothing reaches, which a configuration has no other word for."""
    return None if isinstance(value, str) and value.strip().lower() in ("", "never") else value


def _clock(value: Any) -> Any:
    """Read `22:00`, as written or from a TOML time."""
    if value is None or isinstance(value, time):
        if isinstance(value, time) and (value.tzinfo is not None or value.second or value.microsecond):
            raise ValueError("must be a local time to the minute such as 22:00")
        return value
    match = _CLOCK.match(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a local time to the minute such as 22:00")
    return time(int(match[1]), int(match[2]))


def _weekday(value: Any) -> Any:
    """Read a day of the week by its English name; numbers count from Monday, 0."""
    if isinstance(value, str) and not value.strip().isdigit():
        name = value.strip().lower()
        known = [number for number, day in enumerate(DAYS) if len(name) >= 3 and day.startswith(name)]
        if len(known) != 1:
            raise ValueError("must be a day of the week such as monday")
        return known[0]
    return value


def _once(value: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value))


MailAddress = Annotated[str, AfterValidator(_mail_address)]
CountryCode = Annotated[str, AfterValidator(_country)]
ZoneName = Annotated[str, AfterValidator(_zone)]
SeverityValue = Annotated[float, AfterValidator(_half_point)]
ClockTime = Annotated[time | None, BeforeValidator(_clock), BeforeValidator(_blank)]
Weekday = Annotated[int, BeforeValidator(_weekday), Field(ge=0, le=6)]
Cap = Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_blank)]


class SubscriptionFields(BaseModel):
    """What can be asked for; the defaults let everything through."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    classes: Annotated[tuple[IncidentClass, ...], AfterValidator(_once)] = ()
    countries: Annotated[tuple[CountryCode, ...], AfterValidator(_once)] = ()
    places: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], AfterValidator(_once)] = Field(
        (), max_length=MAX_PLACES
    )
    radius_km: float = Field(0.0, ge=0, le=MAX_RADIUS_KM)
    kinds: Annotated[tuple[BriefingKind, ...], AfterValidator(_once)] = tuple(BriefingKind)
    min_severity: SeverityValue = 0.5
    flash_from: SeverityValue = 1.5
    wake_from: Annotated[SeverityValue | None, BeforeValidator(_never)] = 4.0
    language: Literal["en", "fr", "ar"] = "en"
    timezone: ZoneName = "UTC"
    digest_hour: int = Field(7, ge=0, le=23)
    weekly_day: Weekday = 0
    empty_digests: bool = True
    quiet_from: ClockTime = None
    quiet_until: ClockTime = None
    alerts_per_hour: Cap = None
    alerts_per_day: Cap = None

    @model_validator(mode="after")
    def _quiet_both_ends(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet_from and quiet_until go together: set both or neither")
        if self.quiet_from is not None and self.quiet_from == self.quiet_until:
            raise ValueError("quiet_until: must differ from quiet_from; to stop everything, pause the subscription")
        return self


def field_problems(error: ValidationError) -> dict[str, str]:
    """Return what pydantic found wrong as one line for each field, told without the value that was given.

    What concerns several fields at once is told under the last of them; how somebody is reached, under `target`.
    """
    problems: dict[str, str] = {}
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        message = str(item["msg"]).removeprefix("Value error, ")
        field = str(item["loc"][0]) if item["loc"] else ""
        if item["type"] == "extra_forbidden":
            message = "there is no such field"
        if not field:
            field = "quiet_until" if message.startswith("quiet_") else "target"
            message = message.removeprefix("quiet_until: ")
        problems.setdefault(field, message)
    return problems


def changed(subscriber: Subscriber, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a subscription that change, checked and of the types of `Subscriber`.

    Args:
        subscriber: as it is.
        changes: by the names of `SubscriptionFields`, as strings of a form or as values. Places are `WatchedPlace`, or
            ids of those that it has already.

    Raises:
        SubscriptionError: with a line for each field that cannot be taken.
    """
    problems: dict[str, str] = {}
    given = dict(changes)
    places: tuple[WatchedPlace, ...] | None = None
    if "places" in given:
        places, fault = _places(subscriber, given.pop("places"))
        if fault is not None:
            problems["places"] = fault
    known = {item.name for item in fields(Subscriber)} & set(SubscriptionFields.model_fields)
    before = {name: getattr(subscriber, name) for name in known if name != "places"}
    checked: SubscriptionFields | None = None
    try:
        checked = SubscriptionFields(**(before | given))
    except ValidationError as error:
        found = field_problems(error)
        ours = {name: line for name, line in found.items() if name in given or name not in before}
        if "quiet_until" in found and "quiet_from" in given:
            ours["quiet_until"] = found["quiet_until"]
        problems |= ours
        if not problems:
            # What was stored is not valid any more, a zone that vanished perhaps: that must not bar other changes.
            sound = {name: value for name, value in before.items() if name not in found}
            checked = SubscriptionFields(**(sound | given))
    if problems:
        raise SubscriptionError(problems)
    assert checked is not None
    result = {name: getattr(checked, name) for name in given}
    if places is not None:
        result["places"] = places
    return result


def _places(subscriber: Subscriber, wanted: Any) -> tuple[tuple[WatchedPlace, ...], str | None]:
    """Return the places asked for, or why they cannot be had."""
    if isinstance(wanted, str) or not isinstance(wanted, Sequence):
        return (), "must be a list of places"
    held = {place.id: place for place in subscriber.places}
    found: dict[str, WatchedPlace] = {}
    for item in wanted:
        place = item if isinstance(item, WatchedPlace) else held.get(str(item))
        if place is None:
            return (), f"{item} is not among the places of this subscription"
        found[place.id] = place
    if len(found) > MAX_PLACES:
        return (), f"{MAX_PLACES} places at most"
    return tuple(found.values()), None
