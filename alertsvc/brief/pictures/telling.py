"""Saying in words what a picture shows, from the same description that it is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from alertsvc.brief.pictures.sites import country_label
from alertsvc.brief.pictures.words import PictureWords, figure, named, picture_words, short_day

__all__ = ["RADII", "told"]

RADII = (10.0, 30.0, 60.0, 100.0)  # kilometres round a capital, as the severity score counts nearness
MAX_LISTED = 8  # incidents of a map told one by one
_Description = dict[str, Any]


def _joined(words: PictureWords, parts: Iterable[str]) -> str:
    listed = list(parts)
    if len(listed) < 2:
        return "".join(listed)
    return words.comma.join(listed[:-1]) + words.and_ + listed[-1]


def _sentence(parts: Iterable[str], words: PictureWords) -> str:
    return words.comma.join(part for part in parts if part)


def _severity(words: PictureWords, spec: _Description) -> str:
    return words.severity.format(severity=figure(words, spec["severity"], 1), label=words.labels[spec["label"]])


def _where(spec: _Description, words: PictureWords) -> str:
    names = [country_label(code, spec["language"]) for code in spec["countries"]]
    site = spec["site"]["name"]
    if len(names) == 2 and spec["site"]["kind"] == "crossing":
        return words.border_of.format(site=site, first=names[0], second=names[1])
    return (
        words.map_of.format(site=site, countries=_joined(words, names)) if names else words.map_bare.format(site=site)
    )


def _incident_map(spec: _Description, words: PictureWords) -> tuple[str, str]:
    capital = spec["capital"]
    away = ""
    if capital and capital["km"] is not None:
        pattern = words.around if spec["around"] else words.away
        away = pattern.format(km=figure(words, capital["km"]), capital=named(words, capital["name"]))
    state = words.state.format(state=words.states[spec["state"]]) if spec["state"] else ""
    line = _sentence((_where(spec, words), away, state), words)
    marked = words.marked.format(
        category=words.categories[spec["category"]],
        severity=figure(words, spec["severity"], 1),
        label=words.labels[spec["label"]],
    )
    rings = ""
    if spec["rings"]:
        radii = _joined(words, (figure(words, radius) for radius in RADII))
        rings = words.rings.format(radii=radii, capital=named(words, capital["name"]))
    return _sentence((line, marked, rings), words), line


def _area_map(spec: _Description, words: PictureWords) -> tuple[str, str]:
    points = spec["points"]
    codes = list(dict.fromkeys(code for point in points for code in point["countries"]))
    names = [country_label(code, spec["language"]) for code in codes]
    if len(names) > 6:
        names = [*names[:6], words.others.format(count=figure(words, len(names) - 6))]
    pattern = words.several if len(points) > 1 else words.single
    line = pattern.format(count=figure(words, len(points)), countries=_joined(words, names) or "-")
    if spec["unplaced"]:
        line = f"{line}; {words.unplaced.format(count=figure(words, spec['unplaced']))}"
    listed = [
        words.listed.format(number=point["number"], place=point["name"], severity=figure(words, point["severity"], 1))
        for point in points[:MAX_LISTED]
    ]
    if len(points) > MAX_LISTED:
        listed.append(words.more.format(count=figure(words, len(points) - MAX_LISTED)))
    return f"{line}: {words.comma.join(listed)}", line


def _gauge(spec: _Description, words: PictureWords) -> tuple[str, str]:
    """Return the sentence of the gauge as the digest itself has it, which the guide prescribes word for word."""
    text: str = spec["words"]
    return text, text


def _trend(spec: _Description, words: PictureWords) -> tuple[str, str]:
    weeks = spec["weeks"]
    days = [short_day(words, date.fromisoformat(week["start"])) for week in weeks]
    title = words.trend.format(first=days[0], last=days[-1])
    known, missing = [], []
    for day, week in zip(days, weeks, strict=True):
        if week["count"] is None:
            missing.append(day)
        elif week["index"] is None:
            known.append(words.trend_quiet.format(week=day))
        else:
            count, index = figure(words, week["count"]), figure(words, week["index"], 2)
            known.append(words.trend_week.format(week=day, count=count, index=index))
    told_ = "; ".join(known)
    if missing:
        told_ = f"{told_}; {words.trend_missing.format(weeks=words.comma.join(missing))}"
    return f"{title}. {told_}", f"{title}. {told_}"


def _shares(spec: _Description, words: PictureWords) -> tuple[str, str]:
    listed = [
        words.share.format(
            category=words.categories[share["category"]],
            percent=words.percent.format(value=figure(words, float(share["percent"]), 2)),
            count=figure(words, share["count"]),
        )
        for share in spec["shares"]
    ]
    total = sum(share["count"] for share in spec["shares"])
    line = f"{words.shares.format(count=figure(words, total))}: {words.comma.join(listed)}"
    return line, line


_TELLERS: dict[str, Callable[[_Description, PictureWords], tuple[str, str]]] = {
    "incident_map": _incident_map,
    "area_map": _area_map,
    "gauge": _gauge,
    "trend": _trend,
    "shares": _shares,
}


def told(spec: _Description) -> dict[str, str]:
    """Return `alt`, what the picture shows, `caption`, the line that stands for it, and why it may be left out."""
    alt, text = _TELLERS[spec["kind"]](spec, picture_words(spec["language"]))
    return {"alt": alt, "caption": text, "left_out": picture_words(spec["language"]).left_out}
