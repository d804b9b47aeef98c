"""The headline: `{Country}: {actor or place} {verb, present tense} {object}{, consequence}`.

50 to 85 characters are aimed at. Too short a headline gains the date, the consequence or the source; too long a one
loses the second actor, then all actors, whoever denies, the kind of the site, the second country of a border, and what
was done; the verdict (withdrawn, reversed, disputed, claimed) and the name of the place stay. Only a name that fits by
none of these loses its last words, never a part of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from alertsvc.brief.account import Account, outlet_name
from alertsvc.brief.actors import Actor, same_actor
from alertsvc.brief.nouns import Noun
from alertsvc.brief.numbers import day, kilometres
from alertsvc.brief.places import without_kind
from alertsvc.brief.texts import cut_headline, is_latin, without_brackets
from alertsvc.brief.wording import ENGLISH, LANGUAGES, VIOLENT, Deed, Language
from alertsvc.domain import Action, PlaceKind, Status

__all__ = ["AIM", "DEMONSTRATION_MARK", "FLASH_MARK", "MAX_SUBJECT", "doers", "flash_subject", "headline", "unmarked"]

MAX_SUBJECT = 95
AIM = (50, 85)
FLASH_MARK = ENGLISH.marks["flash"]
DEMONSTRATION_MARK = ENGLISH.marks["demonstration"]
MAX_SPEAKER = 36

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


def _where(account: Account) -> Noun:
    """Return the place as the clause names it: what forces mass near is not told as near its capital as well."""
    near = account.action is Action.MOBILISATION and account.kind is PlaceKind.APPROACH
    return account.site.plain if near else account.site.short


def _object(account: Account, deed: Deed, other: tuple[Actor, ...], words: Language) -> str:
    pattern = deed.on_target if other and deed.on_target else deed.target or ""
    return words.placed(pattern, _where(account), account.site.goal, words.many(other, full=False))


def _neutral(account: Account, pattern: str, words: Language) -> str:
    return words.placed(pattern, _where(account), account.site.goal)


def _acting(key: str, account: Account, deed: Deed, names: Doers, words: Language) -> str:
    """Return a clause with its doers named, after the pattern `key`."""
    who = words.many(names.subject, full=False)
    agreeing = words.grammar.agreements(who)
    return words.agreed(
        key,
        who,
        who=who,
        now=deed.now.format(**agreeing),
        past=deed.past.format(**agreeing),
        target=_object(account, deed, names.other, words),
    )


def _told(account: Account, deed: Deed, names: Doers, words: Language) -> str:
    """Return the clause with or without a named actor, worded by how well it is known."""
    status = account.status
    noun = words.deed(account.action, account.site, "plain" if _where(account) is account.site.plain else "short")
    if status is Status.WITHDRAWN:
        return words.say("head_withdrawn", deed=noun)
    if status is Status.REVERSED and account.action not in _RESTORING:
        return words.say("head_reversed", deed=noun)
    if status is Status.DISPUTED:
        return _disputed(account, noun, words)
    if status is Status.CLAIMED:
        return _claimed(account, deed, names, words)
    if names.subject:
        key = "clause_now" if status is Status.CONFIRMED else "clause_now_hedged"
        return _acting(key, account, deed, names, words)
    return _neutral(account, deed.happens if status is Status.CONFIRMED else deed.reported, words)


def _disputed(account: Account, noun: Noun, words: Language) -> str:
    denial = account.denial
    if denial is not None and _speakable(denial.speaker, words):
        return words.agreed("head_denied", denial.speaker.short, speaker=denial.speaker.short, deed=noun)
    return words.say("head_disputed", deed=noun)


def _speakable(speaker: Actor, words: Language) -> bool:
    return words.grammar.readable(speaker.short) and len(speaker.short) <= MAX_SPEAKER


def _claimed(account: Account, deed: Deed, names: Doers, words: Language) -> str:
    claimant = account.claimant
    speaker = claimant.speaker if claimant is not None and _speakable(claimant.speaker, words) else None
    if speaker is not None and names.subject and same_actor(names.subject[0].name, speaker.name):
        return words.agreed(
            "says_own_now",
            speaker.short,
            speaker=speaker.short,
            perfect=deed.perfect.format(**words.grammar.agreements(speaker.short)),
            target=_object(account, deed, names.other, words),
        )
    if names.subject:
        clause = _acting("clause_past", account, deed, names, words)
    else:
        clause = _neutral(account, deed.happened, words)
    if speaker is None:
        return words.say("one_side_head", clause=words.grammar.clause(clause))
    return words.agreed("says", speaker.short, speaker=speaker.short, clause=words.grammar.clause(clause))


def _named_alone(account: Account, words: Language) -> Account:
    """Return an account whose place is told by its name, without kind of site or nearest capital."""
    name = words.grammar.noun(without_kind(without_brackets(account.site.name)))
    return replace(account, site=replace(account.site, short=name, plain=name, goal=name))


def _undenied(account: Account, deed: Deed, words: Language) -> Iterator[str]:
    """Yield the clause without anybody's name."""
    if account.status is Status.DISPUTED:
        form = "plain" if _where(account) is account.site.plain else "short"
        yield words.say("head_disputed", deed=words.deed(account.action, account.site, form))
    elif account.status is Status.CLAIMED:
        happened = _neutral(account, deed.happened, words)
        yield words.say("one_side_head", clause=words.grammar.clause(happened))
        yield words.say("head_claim", deed=words.deed(account.action, account.site))


def _barest(account: Account, deed: Deed, words: Language, room: int) -> str:
    """Return the place with the turn in a word or two and the status, else with the status alone, the place cut."""
    status = "" if account.status is Status.CONFIRMED else f" ({words.statuses[account.status].lower()})"
    full = f"{account.site.plain}{words.phrases['comma']}{deed.turn}{status}"
    if len(full) <= room:
        return full
    return cut_headline(account.site.plain, max(room - len(status), 1), words.grammar.loose_ends) + status


def _clauses(account: Account, deed: Deed, words: Language) -> Iterator[str]:
    """Yield the clause from the fullest to the barest form that still tells what was done."""
    names, readable = doers(account, deed), words.grammar.readable
    subject = tuple(item for item in names.subject if readable(item.short))[: words.grammar.said_in_headlines]
    other = tuple(item for item in names.other if readable(item.short))[:1]
    yield _told(account, deed, Doers(subject, other), words)
    yield _told(account, deed, Doers(subject[:1], other), words)
    yield _told(account, deed, Doers(subject[:1], ()), words)
    yield _told(account, deed, Doers((), ()), words)
    yield from _undenied(account, deed, words)


def _tolls(account: Account, words: Language) -> Iterator[str]:
    """Yield the toll, hedged; where the clause itself is hedged ("reportedly", "says") also in a shorter form."""
    killed = account.killed
    if killed is None or killed.low < 1 or account.status in (Status.WITHDRAWN, Status.REVERSED):
        return
    final = account.status is Status.CONFIRMED and killed.high == killed.low
    if account.status is not Status.CONFIRMED:
        yield words.say("head_toll_reported", killed=words.grammar.counted(killed.low, "reported_killed"))
    if account.status is not Status.DISPUTED:
        yield words.say("head_final" if final else "head_toll", killed=words.grammar.counted(killed.low, "killed"))


def _consequences(account: Account, words: Language) -> Iterator[str]:
    """Yield what may follow the clause, the weightiest first."""
    yield from _tolls(account, words)
    if account.status is Status.WITHDRAWN:
        return
    if account.flow in ("stopped", "partly") and account.action not in (Action.CLOSURE, Action.SHUTDOWN):
        yield words.say(f"head_flow_{account.flow}", flow=words.flow(account.incident_class.value))
    if account.kind is PlaceKind.APPROACH and account.site.km is not None and account.site.capital:
        named = account.site.capital in _where(account)
        capital = words.grammar.noun(words.phrases["head_capital"]) if named else account.site.capital
        yield words.say("head_distance", km=kilometres(account.site.km, words), capital=capital)
    if len(account.other_sites) >= 2:
        yield words.say("head_places", places=words.grammar.counted(len(account.other_sites) + 1, "place"))


def _fillers(account: Account, words: Language) -> Iterator[str]:
    """Yield what lengthens a headline that is still too short."""
    if account.killed is None and account.action in VIOLENT and account.status is not Status.WITHDRAWN:
        yield words.phrases["head_no_figures"]
    name = _FORBIDDEN.sub("", _DASH.sub(" ", outlet_name(account.main)))
    if is_latin(name) or words.grammar.readable(name):
        yield words.say("head_source", outlet=words.grammar.outlet(name))
    yield words.phrases["head_single" if len(account.reports) == 1 else "head_several"]


def _clause(account: Account, words: Language, opening: str, limit: int) -> tuple[str, str]:
    """Return the opening and the fullest clause that fits behind it, else the shorter ones, cut."""
    deed, alone = words.deeds[account.action], _named_alone(account, words)
    countries = [str(name) for name in account.site.countries]
    shorter = opening.replace("-".join(countries), countries[0]) if len(countries) > 1 else opening
    ways = [(first, told) for told in (account, alone) for first in dict.fromkeys((opening, shorter))]
    for first, told in ways:
        for clause in _clauses(told, deed, words):
            if len(first + clause) <= limit:
                return first, clause
    return shorter, _barest(alone, deed, words, limit - len(shorter))


def headline(account: Account, words: Language, *, limit: int = AIM[1]) -> str:
    """Return the headline of at most `limit` characters: no full stop, no exclamation mark, no dash.

    Args:
        account: gathered in the language of `words`.
        words: the language of the headline.
        limit: characters at most.
    """
    openings = words.grammar.area(account.site, account.incident_class)
    shortest, clause = _clause(account, words, openings[-1], limit)
    if shortest != openings[-1]:
        openings = (shortest,)
    if words.grammar.capital_after_colon or not shortest:
        clause = words.grammar.capitalised(clause)
    tails = list(_consequences(account, words))
    ways = [(opening, tail) for tail in [*tails, ""] for opening in openings]
    opening, tail = next(way for way in ways if len(way[0] + clause + way[1]) <= limit or way == (openings[-1], ""))
    if len(opening + clause + tail) < AIM[0] and account.event_date is not None:
        clause += words.say("on", day=day(account.event_date, words.code, year=False))
    text = _FORBIDDEN.sub("", _DASH.sub(" ", opening + clause + tail))
    for filler in _fillers(account, words):
        if len(text) < AIM[0] and len(text + filler) <= limit:
            text += filler
    return cut_headline(text, limit, words.grammar.loose_ends)


def flash_subject(account: Account, words: Language, *, demonstration: bool) -> str:
    """Return the subject of the flash of an account: the marks and the headline, `MAX_SUBJECT` characters at most."""
    marks = (words.marks["demonstration"] if demonstration else "") + words.marks["flash"]
    return marks + headline(account, words, limit=min(AIM[1], MAX_SUBJECT - len(marks)))


def unmarked(subject: str) -> str:
    """Return a subject without the marks of a flash, in whichever language it was written."""
    for name in ("demonstration", "flash"):
        for words in LANGUAGES.values():
            subject = subject.removeprefix(words.marks[name])
    return subject
