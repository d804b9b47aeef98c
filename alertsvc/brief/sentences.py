"""The sentences of a briefing, each built from fields and each with the reports that it rests on.

What no field says is left out, never filled; the exceptions are fixed: an unknown toll of a violent incident and the
absence of a competing claim are said in words.
"""

from __future__ import annotations

from collections.abc import Sequence

from alertsvc.brief.account import Account, Sentence, Statement, outlet_name, report_id, report_ids, sentence
from alertsvc.brief.actors import Actor, same_actor
from alertsvc.brief.headline import Doers, doers
from alertsvc.brief.numbers import at_least, day, kilometres, number, people
from alertsvc.brief.texts import capitalised, clean, cut_words, joined, word_count
from alertsvc.brief.wording import VIOLENT, Deed, Language
from alertsvc.domain import Action, Count, IncidentClass, PlaceKind, Status

__all__ = ["claim_line", "claims", "effect", "lede", "quotation", "tally", "toll", "unclear", "watch"]

MAX_LEDE = 45
MAX_QUOTATION = 30
MIN_QUOTATION = 8
MAX_CLAIM = 20  # words of a quoted claim
MAX_QUOTE_CHARACTERS = 300

_RESTORING = frozenset({Action.RECAPTURE, Action.REPELLED, Action.REOPENING, Action.RESUMPTION})
# Actions behind which someone stands, so that it is worth saying that nobody is named.
_AUTHORED = frozenset({Action.ATTACK, Action.AIRSTRIKE, Action.SEIZURE, Action.BLOCKADE, Action.SIEGE, Action.ADVANCE})


def _fill(account: Account, pattern: str, other: Sequence[Actor] = ()) -> str:
    return pattern.format(
        site=account.site.full, goal=account.site.goal_full, other=joined([item.full for item in other])
    )


def _clause(account: Account, deed: Deed, names: Doers, *, hedged: bool) -> str:
    """Return "armed men reportedly seized the Al-Tum crossing ...", without a full stop or capital."""
    if not names.subject:
        return _fill(account, deed.was_reported if hedged else deed.happened)
    pattern = deed.on_target if names.other and deed.on_target else deed.target or ""
    subject = joined([item.full for item in names.subject])
    return f"{subject} {'reportedly ' if hedged else ''}{deed.past} {_fill(account, pattern, names.other)}"


def _dead(account: Account) -> str:
    """Return the toll as the lede carries it, hedged by status."""
    killed = account.killed
    if killed is None or killed.low < 1 or account.status in (Status.WITHDRAWN, Status.REVERSED):
        return ""
    said = {Status.CONFIRMED: "killed", Status.CLAIMED: "said to have been killed"}.get(
        account.status, "reported killed"
    )
    return f", with at least {number(killed.low)} {people(killed.low)} {said}"


def _lede(account: Account, deed: Deed, names: Doers, outlets: str, words: Language) -> str:
    on = f" on {day(account.event_date, words.code)}" if account.event_date else ""
    dead = _dead(account)
    status = account.status
    if status is Status.WITHDRAWN:
        return f"the report of the {_fill(account, deed.noun)}{on}, carried by {outlets}, has been withdrawn."
    if status is Status.REVERSED and account.action not in _RESTORING:
        return f"the reported {_fill(account, deed.noun)}{on} has been reversed, according to {outlets}."
    claimant = account.claimant
    if status in (Status.CLAIMED, Status.DISPUTED) and claimant is not None:
        speaker = claimant.speaker
        says = f"{speaker.full} {speaker.agree('says', 'say')} "
        if names.subject and same_actor(names.subject[0].name, speaker.name):
            own = Doers((), names.other)
            pattern = deed.on_target if own.other and deed.on_target else deed.target or ""
            says += f"{speaker.agree('it', 'they')} {deed.past} {_fill(account, pattern, own.other)}"
        else:
            says += _clause(account, deed, names, hedged=False)
        return f"{says}{on}{dead}, {outlets} {'report' if ' and ' in outlets else 'reports'}."
    if status is Status.CLAIMED:
        clause = _clause(account, deed, names, hedged=False)
        return f"one side says {clause}{on}{dead}, according to {outlets}."
    hedged = status is not Status.CONFIRMED
    return f"{_clause(account, deed, names, hedged=hedged)}{on}{dead}, according to {outlets}."


def lede(account: Account, words: Language) -> Sentence:
    """Return who did what to what, when and according to whom, in at most 45 words."""
    deed = words.deeds[account.action]
    names = doers(account, deed)
    reports = account.witnesses if account.status is Status.CONFIRMED else account.witnesses[:1]
    ways = [
        (names, reports),
        (Doers(names.subject[:1], names.other[:1]), reports),
        (Doers(names.subject[:1], ()), reports),
        (Doers(names.subject[:1], ()), reports[:1]),
        (Doers((), ()), reports[:1]),
    ]
    text = ""
    for who, sources in ways:
        outlets = joined(dict.fromkeys(outlet_name(report) for report in sources))
        text = capitalised(_lede(account, deed, who, outlets, words))
        if word_count(text) <= MAX_LEDE:
            break
    rests_on = list(reports)
    if _dead(account):
        rests_on += [report for report in account.reports if report.detection.killed is not None]
    return sentence(cut_words(text, MAX_LEDE), report_ids(rests_on))


def _casualties(account: Account) -> list[str]:
    """Return "at least ten wounded" and "at least two captured" where they are known."""
    found = [(account.wounded, "wounded"), (account.captured, "captured")]
    return [f"{at_least(count)} {word}" for count, word in found if count is not None and count.low > 0]


def _hurt(account: Account) -> str:
    """Return "at least ten people were reported wounded and at least two captured", or nothing."""
    counts = [(account.wounded, "wounded"), (account.captured, "captured")]
    known = [(count, word) for count, word in counts if count is not None and count.low > 0]
    return joined(
        f"{at_least(count)} {f'{people(count.low)} {_were(count.low)} reported ' if place == 0 else ''}{word}"
        for place, (count, word) in enumerate(known)
    )


def _were(value: int) -> str:
    return "was" if value == 1 else "were"


def _latest_tolls(account: Account) -> list[tuple[int, Count, str]]:
    """Return the last toll that each outlet gave, copies left out: report, toll, outlet."""
    latest: dict[str, tuple[int, Count, str]] = {}
    for report in account.reports:
        killed = report.detection.killed
        if killed is not None and report.same_text_as is None:
            latest[report.origin or report.outlet] = (report_id(report), killed, outlet_name(report))
    return list(latest.values())


def toll(account: Account, words: Language) -> Sentence | None:
    """Return what the lede does not say of casualties: differing tolls, wounded, captured, or that none are known."""
    tolls = sorted(_latest_tolls(account), key=lambda item: item[1].low)
    hurt = _hurt(account)
    if len({count.low for _, count, _ in tolls}) > 1:
        outlets: dict[str, list[str]] = {}
        for _, count, outlet in tolls:
            outlets.setdefault(f"{at_least(count)} killed", []).append(outlet)
        listed = joined(f"{said} ({', '.join(dict.fromkeys(names))})" for said, names in outlets.items())
        text = f"Tolls differ: {listed}{f'; {hurt}' if hurt else ''}."
        return sentence(text, account.ids if hurt else [key for key, _, _ in tolls])
    parts: list[str] = []
    if account.killed is None:
        if not hurt:
            violent = account.action in VIOLENT
            return sentence(words.phrases["no_casualties"], account.ids) if violent else None
        parts = [hurt, "no death toll was given"]
    else:
        high = account.killed.high
        if account.killed.low == 0:
            parts.append("no deaths were reported")
        elif high is not None and high > account.killed.low:
            parts.append(f"at most {number(high)} were reported killed")
        parts += [hurt] if hurt else []
    return sentence(f"{capitalised('; '.join(parts))}.", account.ids) if parts else None


def _quoted(statement: Statement) -> str:
    """Return who says it, and the words: they are the outlet's about that side, and not always the side's own."""
    quote = clean(statement.claim.quote, MAX_QUOTE_CHARACTERS).strip('"“”«»„ ')
    speaker = statement.speaker
    verb = speaker.agree("denies it", "deny it") if statement.claim.denies else speaker.agree("says", "say")
    said = f"{capitalised(speaker.full)} {verb}"
    outlet = outlet_name(statement.report)
    if not quote:
        return f"{said}, according to {outlet}."
    words = cut_words(quote, MAX_CLAIM)
    return f"{said}, in the words of {outlet}: “{words}”{'' if words.endswith(('.', '!', '?', '…')) else '.'}"


def claim_line(account: Account, words: Language) -> Sentence:
    """Return what another side says, else that no competing claim was found."""
    claimant = account.claimant
    other = account.denial or next(
        (
            item
            for item in account.statements
            if claimant is not None and not same_actor(item.speaker.name, claimant.speaker.name)
        ),
        None,
    )
    if other is not None:
        return sentence(_quoted(other), [report_id(other.report)])
    if account.status is Status.DISPUTED:
        return sentence(words.phrases["accounts_differ"], account.ids)
    return sentence(words.phrases["no_competing_claim"], account.ids)


def claims(account: Account, among: Sequence[int], *, limit: int = 3) -> list[Sentence]:
    """Return claims and counter-claims of the reports `among`, newest first, one sentence each."""
    found = [item for item in account.statements if item.report.id in among]
    return [sentence(_quoted(item), [report_id(item.report)]) for item in found[:limit]]


def effect(account: Account, words: Language) -> Sentence | None:
    """Return what it means for traffic, output or the distance to the capital; None where nothing is known."""
    if account.status is Status.WITHDRAWN:
        return None
    reported = "" if account.status is Status.CONFIRMED else "reported "
    site = capitalised(account.site.plain)
    parts: list[str] = []
    if account.reversed_within_day:
        parts.append("The previous holder is reported back at the site within 24 hours")
    elif account.action is Action.CLOSURE:
        parts.append(f"{site} is {reported}closed")
    elif account.action is Action.REOPENING:
        parts.append(f"{site} is {reported}open again")
    flow = {"stopped": "stopped", "partly": "partly stopped", "resumed": "moving again"}.get(account.flow or "")
    if flow:
        kind = words.classes_flow[account.incident_class.value]
        if account.incident_class is IncidentClass.OIL:
            flow = flow.replace("moving", "running")
        parts.append(f"{kind} is {reported}{flow}" if parts else f"{capitalised(kind)} there is {reported}{flow}")
    near = account.site.km is not None and account.site.capital is not None
    if near and account.incident_class is IncidentClass.CAPITAL and account.kind is PlaceKind.APPROACH and not parts:
        parts.append(f"{site} lies {kilometres(account.site.km or 0)} from {account.site.capital}")
    return sentence("; ".join(parts) + ".", account.ids) if parts else None


def watch(account: Account, words: Language) -> Sentence | None:
    """Return the next thing that would change the rating; None for what was withdrawn."""
    if account.status is Status.WITHDRAWN:
        return None
    both = " in both directions" if account.kind is PlaceKind.CROSSING else ""
    flow = words.classes_flow[account.incident_class.value]
    trigger = words.deeds[account.action].watch.format(flow=flow, both=both)
    lone = account.status is Status.CLAIMED
    return sentence(words.phrases["watch_unconfirmed" if lone else "watch"].format(trigger=trigger), account.ids)


def quotation(account: Account, words: Language, *, budget: int = MAX_QUOTATION) -> dict[str, object] | None:
    """Return the sentence that carried the detection, verbatim and in its own language, cut to 30 words at most.

    Args:
        budget: words that the briefing has left; with fewer than eight there is no quotation.
    """
    limit = min(MAX_QUOTATION, budget)
    source = next((clean(text) for text in account.main.detection.sentences if clean(text)), "")
    if not source or (limit < MIN_QUOTATION and word_count(source) > limit):
        return None
    quote = cut_words(source, limit)
    if len(quote) > MAX_QUOTE_CHARACTERS:
        quote = clean(quote, MAX_QUOTE_CHARACTERS)
    return {
        "intro": words.phrases["report_words"],
        "text": quote,
        "language": clean(account.main.language, 12) or "und",
        "outlet": outlet_name(account.main),
        "reports": [report_id(account.main)],
    }


def tally(account: Account) -> Sentence | None:
    """Return the tally at an update with the previous one in brackets; None where nothing was ever known."""
    update = account.update
    parts = []
    if update.killed is not None:
        count = "no deaths reported" if update.killed.low == 0 else f"{at_least(update.killed)} killed"
        before = update.killed_before
        parts.append(f"{count} (previously {at_least(before)})" if before is not None and before.low else count)
    parts += _casualties(account)
    return sentence(f"Tally: {joined(parts)}.", account.ids) if parts else None


def unclear(account: Account) -> Sentence | None:
    """Return what the reports leave open, three things at most; None where they leave nothing that we ask for."""
    if account.status is Status.WITHDRAWN:
        return None
    gaps: list[str] = []
    if account.status is Status.DISPUTED:
        gaps.append("which account is right")
    if account.killed is None and account.action in VIOLENT:
        gaps.append("how many were killed")
    if not account.actors and account.action in _AUTHORED:
        gaps.append("who is behind it")
    if account.event_date is None:
        gaps.append("when it happened")
    if account.action in VIOLENT and account.flow is None:
        if account.incident_class is IncidentClass.BORDER:
            gaps.append("whether the crossing is open")
        elif account.incident_class is IncidentClass.OIL:
            gaps.append("whether output is affected")
    if account.status in (Status.CLAIMED, Status.REPORTED):
        gaps.append("whether a second independent source confirms it")
    return sentence(f"Still unclear: {joined(gaps[:3])}.", account.ids) if gaps else None
