"""The form of one's own subscription: what it shows, and what was meant by what comes back.

Only what differs from the subscription is changed, so that a choice of the operator's which the person left alone stays
the operator's.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from babel import Locale

from alertsvc.brief.index import band_of
from alertsvc.brief.wording import LANGUAGES
from alertsvc.domain import BriefingKind, IncidentClass, Subscriber, SubscriberState
from alertsvc.web.phrases import Phrases

__all__ = ["Form", "FormError", "choices", "read_form", "shown", "wishes", "worded"]

MAX_FIELDS = 250
_SEVERITIES = tuple(step / 2 for step in range(1, 11))
_LANGUAGE_NAMES = {"en": "English", "fr": "Français", "ar": "العربية"}
_MULTIPLE = frozenset({"classes", "kinds", "places"})
_FLAGS = frozenset({"empty_digests", "paused"})
_TEXTS = frozenset(
    {
        "countries",
        "radius_km",
        "min_severity",
        "flash_from",
        "wake_from",
        "language",
        "timezone",
        "digest_hour",
        "weekly_day",
        "quiet_from",
        "quiet_until",
        "alerts_per_hour",
        "alerts_per_day",
    }
)


class FormError(ValueError):
    """What came is not the form that was shown."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was filled in: text fields by name, and the boxes that were ticked."""

    texts: Mapping[str, str]
    ticked: Mapping[str, tuple[str, ...]]
    problems: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a text field; empty where it is missing."""
        return self.texts.get(name, "")

    def has(self, name: str, value: str) -> bool:
        """Say whether a box was ticked."""
        return value in self.ticked.get(name, ())


def read_form(body: bytes) -> Form:
    """Read a form as browsers send it.

    Raises:
        FormError: it is no form, or not ours.
    """
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            max_num_fields=MAX_FIELDS,
            strict_parsing=bool(body),
        )
    except ValueError as error:
        raise FormError("this is not a form") from error
    texts: dict[str, str] = {}
    ticked: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if name in _MULTIPLE or name in _FLAGS:
            ticked[name] = (*ticked.get(name, ()), value)
        elif name in _TEXTS and name not in texts:
            texts[name] = value.strip()
        else:
            raise FormError(f"the field {name[:40]!r} is unknown, or there twice")
    if not {"countries", "timezone"} <= texts.keys():
        raise FormError("the form is not complete")
    return Form(texts, ticked)


def shown(subscriber: Subscriber) -> Form:
    """Return the form that says what a subscription is."""
    return Form(
        {
            "countries": ", ".join(subscriber.countries),
            "radius_km": f"{subscriber.radius_km:g}",
            "min_severity": f"{subscriber.min_severity:.1f}",
            "flash_from": f"{subscriber.flash_from:.1f}",
            "wake_from": "" if subscriber.wake_from is None else f"{subscriber.wake_from:.1f}",
            "language": subscriber.language,
            "timezone": subscriber.timezone,
            "digest_hour": str(subscriber.digest_hour),
            "weekly_day": str(subscriber.weekly_day),
            "quiet_from": _clock(subscriber.quiet_from),
            "quiet_until": _clock(subscriber.quiet_until),
            "alerts_per_hour": _cap(subscriber.alerts_per_hour),
            "alerts_per_day": _cap(subscriber.alerts_per_day),
        },
        {
            # No class chosen means every class.
            "classes": tuple(item.value for item in subscriber.classes or tuple(IncidentClass)),
            "kinds": tuple(item.value for item in subscriber.kinds),
            "places": tuple(place.id for place in subscriber.places),
            "empty_digests": ("1",) if subscriber.empty_digests else (),
            "paused": ("1",) if subscriber.state is SubscriberState.PAUSED else (),
        },
    )


def wishes(form: Form, subscriber: Subscriber, say: Phrases) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the changes that a form asks for, by the names of `edit_subscriber`, and what is wrong with it by field.

    What `edit_subscriber` checks is not checked here.
    """
    before = shown(subscriber)
    changes: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in _TEXTS - {"countries"}:
        # A field that the page did not show, such as a radius without places, is not there and stays as it is.
        if name in form.texts and form.text(name) != before.text(name):
            changes[name] = form.text(name)
    for name, every in (("classes", len(IncidentClass)), ("kinds", 0)):
        ticks = form.ticked.get(name, ())
        if not ticks:
            problems[name] = say["wrong_choice"]
        elif set(ticks) != set(before.ticked[name]):
            # All of them: those that may come later too.
            changes[name] = () if len(set(ticks)) == every else ticks
    if set(form.ticked.get("places", ())) != set(before.ticked["places"]):
        changes["places"] = form.ticked.get("places", ())
    if form.has("empty_digests", "1") != subscriber.empty_digests:
        changes["empty_digests"] = form.has("empty_digests", "1")
    if form.text("countries") != before.text("countries"):
        codes, unknown = _countries(form.text("countries"))
        if unknown:
            problems["countries"] = say["wrong_countries"].format(names=f"\u2068{', '.join(unknown)}\u2069")
        elif codes != subscriber.countries:
            changes["countries"] = codes
    if bool(form.text("quiet_from")) != bool(form.text("quiet_until")):
        # Told here, since a pair is only looked at elsewhere once each of its fields is well.
        problems["quiet_until"] = say["wrong_quiet"]
    paused = form.has("paused", "1")
    if paused and subscriber.state is SubscriberState.ACTIVE:
        changes["state"] = SubscriberState.PAUSED.value
    elif not paused and subscriber.state is SubscriberState.PAUSED:
        changes["state"] = SubscriberState.ACTIVE.value
    return changes, problems


def worded(problems: Mapping[str, str], say: Phrases) -> dict[str, str]:
    """Return what `edit_subscriber` found wrong in the language of the page; in English that is its own words."""
    known = {"quiet_from": "wrong_quiet", "quiet_until": "wrong_quiet", "timezone": "wrong_timezone"}
    english = say["code"] == "en"
    return {
        name: say[known[name]] if name in known else line if english else say["wrong_value"]
        for name, line in problems.items()
    }


def choices(subscriber: Subscriber, say: Phrases) -> dict[str, Any]:
    """Return what the form offers to choose from, as pairs of value and words."""
    languages = dict.fromkeys((*sorted(LANGUAGES), subscriber.language))
    # What a band is called is settled in English only; elsewhere the figure stands alone.
    labels = {value: f" {band_of(value).label}" for value in _SEVERITIES if say["code"] == "en"}
    days = Locale(say["code"]).days["stand-alone"]["wide"]
    return {
        "classes": [(item.value, say[f"class_{item}"]) for item in IncidentClass],
        "kinds": [(item.value, say[f"kind_{item}"]) for item in BriefingKind],
        "severities": [(f"{value:.1f}", f"{value:.1f}{labels.get(value, '')}") for value in _SEVERITIES],
        "languages": [(code, _LANGUAGE_NAMES.get(code, code)) for code in languages],
        "hours": [(str(hour), f"{hour:02}:00") for hour in range(24)],
        "days": [(str(number), str(days[number])) for number in range(7)],
        "places": [(place.id, place.name) for place in subscriber.places],
        "zones": _zones(),
    }


@cache
def _zones() -> Sequence[str]:
    return sorted(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")


@cache
def _names() -> dict[str, str]:
    """Return the codes of countries by their names in the languages that are read here, and by themselves."""
    found: dict[str, str] = {}
    for language in ("ar", "fr", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "ZZ", "XA", "XB"):
                found[str(name).casefold()] = code
                found[code.casefold()] = code
    return found


def _countries(text: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the countries named in a text, and what names none."""
    codes: dict[str, None] = {}
    unknown: list[str] = []
    for part in text.replace(";", ",").replace("\n", ",").replace("،", ",").split(","):
        name = " ".join(part.split())
        words = [name] if name.casefold() in _names() else name.split()  # "LY TN" as well
        if not name:
            continue
        if all(word.casefold() in _names() for word in words):
            codes |= dict.fromkeys(_names()[word.casefold()] for word in words)
        else:
            unknown.append(name[:40])
    return tuple(codes), unknown


def _clock(value: time | None) -> str:
    return "" if value is None else f"{value:%H:%M}"


def _cap(value: int | None) -> str:
    return "" if value is None else str(value)
