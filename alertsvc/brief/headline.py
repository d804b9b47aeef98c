"""The headline: `{Country}: {actor or place} {verb, present tense} {object}{, consequence}`.

50 to 85 characters are aimed at. Too short a headline gains the date, the consequence or the source; too long a one
loses the second actor, then all actors, and only then its last words, never a part of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from alertsvc.brief.account import Account, outlet_name
from alertsvc.brief.actors import Actor, same_actor
from alertsvc.brief.numbers import day, kilometres, number
from alertsvc.brief.places import headline_area
from alertsvc.brief.texts import capitalised, cut_headline, is_latin
from alertsvc.brief.wording import VIOLENT, Deed, Language
from alertsvc.domain import Action, PlaceKind, Status

__all__ = ["AIM", "DEMONSTRATION_MARK", "FLASH_MARK", "MAX_SUBJECT", "doers", "flash_subject", "headline"]

MAX_SUBJECT = 95
AIM = (50, 85)
FLASH_MARK = "[FLASH] "
DEMONSTRATION_MARK = "[DEMO] "
MAX_SPEAKER = 36
ONE_SIDE = "One side says"

_DASH = re.compile(r"\s+-+\s+|\s*[–—―]\s*")
_FORBIDDEN = re.compile(r"!|\.(?=\s|$)")

# What ends a situation is told as any other deed even where it reverses an earlier one.
_RESTORING = frozenset({Action.RECAPTURE, Action.REPELLED, Action.REOPENING, Action.RESUMPTION})


@dataclass(frozen=True, slots=True)
class Doers:
    """Who may be named as the subject of a deed, and whom it was done to."""

    subject: tuple[Actor, ...]
    other: tuple[Actor, ...]


def doers(account: Account, deed: Deed) -> Doers:
    """Return who does the deed; nobody where a report's actors cannot be read as its doers."""
    if deed.target is None:
        return Doers((), ())
    return Doers(account.actors, account.targets if deed.on_target else ())


def _object(account: Account, deed: Deed, other: tuple[Actor, ...]) -> str:
    pattern = deed.on_target if other and deed.on_target else deed.target or ""
    return pattern.format(
        site=account.site.short, goal=account.site.goal, other=" and ".join(item.short for item in other)
    )


def _neutral(account: Account, pattern: str) -> str:
    return pattern.format(site=account.site.short, goal=account.site.goal)


def _told(account: Account, deed: Deed, names: Doers) -> str:
    """Return the clause with or without a named actor, worded by how well it is known."""
    status = account.status
    noun = _neutral(account, deed.noun)
    if status is Status.WITHDRAWN:
        return f"Report of {noun} withdrawn"
    if status is Status.REVERSED and account.action not in _RESTORING:
        return f"{noun} reported reversed"
    if status is Status.DISPUTED:
        return _disputed(account, noun)
    if status is Status.CLAIMED:
        return _claimed(account, deed, names)
    if names.subject:
        subject = " and ".join(item.short for item in names.subject)
        plural = len(names.subject) > 1 or names.subject[0].plural
        hedge = "" if status is Status.CONFIRMED else "reportedly "
        return f"{subject} {hedge}{deed.plural if plural else deed.singular} {_object(account, deed, names.other)}"
    return _neutral(account, deed.happens if status is Status.CONFIRMED else deed.reported)


def _disputed(account: Account, noun: str) -> str:
    denial = account.denial
    if denial is not None and _speakable(denial.speaker):
        return f"{denial.speaker.short} {denial.speaker.agree('denies', 'deny')} {noun}"
    return f"Accounts differ over {noun}"


def _speakable(speaker: Actor) -> bool:
    return speaker.latin and len(speaker.short) <= MAX_SPEAKER


def _claimed(account: Account, deed: Deed, names: Doers) -> str:
    claimant = account.claimant
    if claimant is not None and _speakable(claimant.speaker):
        speaker = claimant.speaker
        says = f"{speaker.short} {speaker.agree('says', 'say')}"
        if names.subject and same_actor(names.subject[0].name, speaker.name):
            has = speaker.agree("it has", "they have")
            return f"{says} {has} {deed.perfect} {_object(account, deed, names.other)}"
    else:
        says = ONE_SIDE
    if names.subject:
        subject = " and ".join(item.short for item in names.subject)
        return f"{says} {subject} {deed.past} {_object(account, deed, names.other)}"
    return f"{says} {_neutral(account, deed.happened)}"


def _clauses(account: Account, deed: Deed) -> Iterator[str]:
    """Yield the clause from the fullest to the barest form."""
    names = doers(account, deed)
    subject = tuple(item for item in names.subject if item.latin)[:2]
    other = tuple(item for item in names.other if item.latin)[:1]
    yield _told(account, deed, Doers(subject, other))
    yield _told(account, deed, Doers(subject[:1], other))
    yield _told(account, deed, Doers(subject[:1], ()))
    yield _told(account, deed, Doers((), ()))
    if account.status is Status.CLAIMED:
        yield f"{ONE_SIDE} {_neutral(account, deed.happened)}"


def _tolls(account: Account) -> Iterator[str]:
    """Yield the toll, hedged; where the clause itself is hedged ("reportedly", "says") also in a shorter form."""
    killed = account.killed
    if killed is None or killed.low < 1 or account.status in (Status.WITHDRAWN, Status.REVERSED):
        return
    final = account.status is Status.CONFIRMED and killed.high == killed.low
    dead = f", {'' if final else 'at least '}{number(killed.low)}"
    if account.status is not Status.CONFIRMED:
        yield f"{dead} reported killed"
    if account.status is not Status.DISPUTED:
        yield f"{dead} killed"


def _consequences(account: Account, words: Language) -> Iterator[str]:
    """Yield what may follow the clause, the weightiest first."""
    yield from _tolls(account)
    if account.status is Status.WITHDRAWN:
        return
    if account.flow in ("stopped", "partly") and account.action not in (Action.CLOSURE, Action.SHUTDOWN):
        state = "stopped" if account.flow == "stopped" else "partly stopped"
        yield f", {words.classes_flow[account.incident_class.value]} reported {state}"
    if account.kind is PlaceKind.APPROACH and account.site.km is not None and account.site.capital:
        capital = "capital" if account.site.capital in account.site.short else account.site.capital
        yield f", {kilometres(account.site.km)} from {capital}"
    if len(account.other_sites) >= 2:
        yield f", {number(len(account.other_sites) + 1)} places reported hit"


def _fillers(account: Account) -> Iterator[str]:
    """Yield what lengthens a headline that is still too short."""
    if account.killed is None and account.action in VIOLENT and account.status is not Status.WITHDRAWN:
        yield ", no casualty figures given"
    name = _FORBIDDEN.sub("", _DASH.sub(" ", outlet_name(account.main)))
    if is_latin(name):
        yield f", according to {name}"
    yield ", according to a single report" if len(account.reports) == 1 else ", according to several reports"


def _openings(account: Account) -> tuple[str, ...]:
    area = headline_area(account.site, account.incident_class)
    return (f"{area}: ", f"{area.removesuffix(' border')}: ")


def _clause(account: Account, words: Language, limit: int) -> str:
    """Return the fullest clause that fits behind an opening, else the barest, cut."""
    deed = words.deeds[account.action]
    opening = _openings(account)[-1]
    clause = ""
    for clause in _clauses(account, deed):
        if len(opening + clause) <= limit:
            return clause
    return cut_headline(clause, max(limit - len(opening), 1))


def headline(account: Account, words: Language, *, limit: int = AIM[1]) -> str:
    """Return the headline of at most `limit` characters: no full stop, no exclamation mark, no dash."""
    clause = capitalised(_clause(account, words, limit))
    openings = _openings(account)
    tails = list(_consequences(account, words))
    ways = [(opening, tail) for tail in [*tails, ""] for opening in openings]
    opening, tail = next(way for way in ways if len(way[0] + clause + way[1]) <= limit or way == (openings[-1], ""))
    if len(opening + clause + tail) < AIM[0] and account.event_date is not None:
        clause += f" on {day(account.event_date, words.code, year=False)}"
    text = _FORBIDDEN.sub("", _DASH.sub(" ", opening + clause + tail))
    for filler in _fillers(account):
        if len(text) < AIM[0] and len(text + filler) <= limit:
            text += filler
    return cut_headline(text, limit)


def flash_subject(account: Account, words: Language, *, demonstration: bool) -> str:
    """Return the subject of the flash of an account: the marks and the headline, `MAX_SUBJECT` characters at most."""
    marks = (DEMONSTRATION_MARK if demonstration else "") + FLASH_MARK
    return marks + headline(account, words, limit=min(AIM[1], MAX_SUBJECT - len(marks)))
