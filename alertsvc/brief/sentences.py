"""The sentences of a briefing, each built from fields and each with the reports that it rests on.

What no field says is left out, never filled; the exceptions are fixed: an unknown toll of a violent incident and the
absence of a competing claim are said in words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from alertsvc.brief.account import Account, Sentence, Statement, outlet_name, report_id, report_ids, sentence
from alertsvc.brief.actors import same_actor
from alertsvc.brief.headline import Doers, doers
from alertsvc.brief.numbers import day, kilometres
from alertsvc.brief.texts import clean, cut_words, direction, word_count
from alertsvc.brief.wording import VIOLENT, Deed, Language
from alertsvc.brief.wording.grammar import Agreement
from alertsvc.domain import Action, Count, IncidentClass, PlaceKind, Report, Status

__all__ = [
    "RESTORING",
    "claim_line",
    "claims",
    "effect",
    "foreign",
    "lede",
    "quotation",
    "tally",
    "toll",
    "unclear",
    "watch",
]

MAX_LEDE = 45
MAX_QUOTATION = 30
MIN_QUOTATION = 8
MAX_CLAIM = 20  # words of a quoted claim
MAX_QUOTE_CHARACTERS = 300

_DATELINE = re.compile(r"^[^.!?()]{2,40}\([^()]{2,40}\)\s*[-–—]+\s+(?=\S)")
# They end what happened before, so that "Reversed" is what they brought about and not what became of them.
RESTORING = frozenset({Action.RECAPTURE, Action.REPELLED, Action.REOPENING, Action.RESUMPTION})
# Actions behind which someone stands, so that it is worth saying that nobody is named.
_AUTHORED = frozenset({Action.ATTACK, Action.AIRSTRIKE, Action.SEIZURE, Action.BLOCKADE, Action.SIEGE, Action.ADVANCE})


def _target(account: Account, deed: Deed, names: Doers, words: Language) -> str:
    pattern = deed.on_target if names.other and deed.on_target else deed.target or ""
    other = words.many(names.other, full=True)
    return words.placed(pattern, account.site.full, account.site.goal_full, other)


def _clause(account: Account, deed: Deed, names: Doers, words: Language, *, hedged: bool) -> str:
    """Return "armed men reportedly seized the Al-Tum crossing ...", without a full stop or capital."""
    if not names.subject:
        pattern = deed.was_reported if hedged else deed.happened
        return words.placed(pattern, account.site.full, account.site.goal_full)
    who = words.many(names.subject, full=True)
    past = deed.past.format(**words.grammar.agreements(who))
    key = "clause_past_hedged" if hedged else "clause_past"
    return words.agreed(key, who, who=who, past=past, target=_target(account, deed, names, words))


def _dead(account: Account, words: Language) -> str:
    """Return the toll as the lede carries it, hedged by status."""
    killed = account.killed
    if killed is None or killed.low < 1 or account.status in (Status.WITHDRAWN, Status.REVERSED):
        return ""
    key = {Status.CONFIRMED: "dead_confirmed", Status.CLAIMED: "dead_claimed"}.get(account.status, "dead_reported")
    many = Agreement(int(killed.low != 1))
    return words.say(key, people=words.grammar.counted(killed.low, "person"), n=many)


def _lede(account: Account, deed: Deed, names: Doers, reports: Sequence[Report], words: Language) -> str:
    named = list(dict.fromkeys(words.grammar.outlet(outlet_name(report)) for report in reports))
    outlets = words.grammar.joined(named)
    parts = {"outlets": outlets, "o": Agreement(int(len(named) > 1))}
    parts["on"] = words.say("on", day=day(account.event_date, words.code)) if account.event_date else ""
    parts["dead"] = _dead(account, words)
    status = account.status
    if status is Status.WITHDRAWN:
        return words.say("lede_withdrawn", deed=words.deed(account.action, account.site, "full"), **parts)
    if status is Status.REVERSED and account.action not in RESTORING:
        return words.say("lede_reversed", deed=words.deed(account.action, account.site, "full"), **parts)
    claimant = account.claimant
    if status in (Status.CLAIMED, Status.DISPUTED) and claimant is not None:
        speaker = claimant.speaker
        if names.subject and same_actor(names.subject[0].name, speaker.name):
            past = deed.past.format(**words.grammar.agreements(speaker.full))
            target = _target(account, deed, names, words)
            perfect = deed.perfect.format(**words.grammar.agreements(speaker.full))
            said = words.agreed(
                "says_own", speaker.full, speaker=speaker.full, past=past, perfect=perfect, target=target
            )
        else:
            clause = words.grammar.clause(_clause(account, deed, names, words, hedged=False))
            said = words.agreed("says", speaker.full, speaker=speaker.full, clause=clause)
        return words.say("lede_says", clause=said, **parts)
    if status is Status.CLAIMED:
        clause = words.grammar.clause(_clause(account, deed, names, words, hedged=False))
        return words.say("lede", clause=words.say("one_side", clause=clause), **parts)
    hedged = status is not Status.CONFIRMED
    return words.say("lede", clause=_clause(account, deed, names, words, hedged=hedged), **parts)


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
        text = words.grammar.capitalised(_lede(account, deed, who, sources, words))
        if word_count(text) <= MAX_LEDE:
            break
    rests_on = list(reports)
    if _dead(account, words):
        rests_on += [report for report in account.reports if report.detection.killed is not None]
    return sentence(cut_words(text, MAX_LEDE), report_ids(rests_on))


def _casualties(account: Account, words: Language) -> list[str]:
    """Return "at least ten wounded" and "at least two captured" where they are known."""
    found = [(account.wounded, "wounded"), (account.captured, "captured")]
    return [words.grammar.at_least(count, what) for count, what in found if count is not None and count.low > 0]


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
    grammar, tolls = words.grammar, sorted(_latest_tolls(account), key=lambda item: item[1].low)
    hurt = grammar.hurt(account.wounded, account.captured)
    between = words.phrases["tolls_before"]
    if len({count.low for _, count, _ in tolls}) > 1:
        outlets: dict[str, list[str]] = {}
        for _, count, outlet in tolls:
            outlets.setdefault(grammar.at_least(count, "killed"), []).append(grammar.outlet(outlet))
        listed = grammar.joined(
            f"{said} ({words.phrases['comma'].join(dict.fromkeys(names))})" for said, names in outlets.items()
        )
        text = words.say("tolls_differ", tolls=listed, hurt=f"{between}{hurt}" if hurt else "")
        return sentence(text, account.ids if hurt else [key for key, _, _ in tolls])
    parts: list[str] = []
    if account.killed is None:
        if not hurt:
            violent = account.action in VIOLENT
            return sentence(words.phrases["no_casualties"], account.ids) if violent else None
        parts = [hurt, words.phrases["no_toll"]]
    else:
        high = account.killed.high
        if account.killed.low == 0:
            parts.append(words.phrases["no_deaths"])
        elif high is not None and high > account.killed.low:
            parts.append(words.say("at_most", number=grammar.number(high), killed=grammar.counted(high, "killed")))
        parts += [hurt] if hurt else []
    return sentence(f"{grammar.capitalised(between.join(parts))}.", account.ids) if parts else None


def foreign(language: str, words: Language) -> str | None:
    """Return the name of a passage's language where it is not that of the briefing."""
    code = language.lower().partition("-")[0]
    return None if code == words.code else words.grammar.language_name(code)


def _claimed(statement: Statement, account: Account, words: Language, limit: int = MAX_CLAIM) -> Sentence:
    """Return who says it, and the words: they are the outlet's about that side, and not always the side's own.

    A denial names what it denies. Its passage may tell first what the other side says and hold the denial at the end:
    one of more than `limit` words is left out, since its beginning alone would prove the contrary.
    """
    quote = clean(statement.claim.quote, MAX_QUOTE_CHARACTERS).strip('"“”«»„ ')
    speaker, rests_on = statement.speaker.full, [report_id(statement.report)]
    if statement.claim.denies:
        deed = words.deed(statement.report.detection.action, account.site, "plain")
        said = words.agreed("denies_deed", speaker, speaker=speaker, deed=deed)
        if word_count(quote) > limit or quote.endswith("…"):
            quote = ""
    else:
        said, limit = words.agreed("says_it", speaker, speaker=speaker), MAX_CLAIM
    said = words.grammar.capitalised(said)
    outlet = words.grammar.outlet(outlet_name(statement.report))
    if not quote:
        return sentence(words.say("claim_bare", said=said, outlet=outlet), rests_on)
    cut = cut_words(quote, limit)
    language = clean(statement.report.language, 12) or "und"
    name = foreign(language, words)
    marked = words.grammar.quoted(cut) + ("" if cut.endswith((".", "!", "?", "…", "؟")) else ".")
    text = words.say(
        "claim_quoted",
        said=said,
        outlet=outlet,
        foreign=words.say("foreign", language=name) if name else "",
        quote=marked,
    )
    told = sentence(text, rests_on)
    if language.partition("-")[0] != words.code:
        before, _, after = text.rpartition(cut)
        told["quote"] = {
            "before": before,
            "passage": cut,
            "after": after,
            "language": language,
            "direction": direction(language),
        }
    return told


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
        return _claimed(other, account, words)
    if account.status is Status.DISPUTED:
        return sentence(words.phrases["accounts_differ"], account.ids)
    return sentence(words.phrases["no_competing_claim"], account.ids)


def claims(account: Account, among: Sequence[int], *, limit: int = 3) -> list[Sentence]:
    """Return claims and counter-claims of the reports `among`, newest first, one sentence each."""
    found = [item for item in account.statements if item.report.id in among]
    return [_claimed(item, account, account.words, MAX_QUOTATION) for item in found[:limit]]


def effect(account: Account, words: Language, *, after_lede: bool = False) -> Sentence | None:
    """Return what it means for traffic, output or the distance to the capital; None where nothing is known.

    Args:
        account: what is known.
        words: the language of the sentence.
        after_lede: the lede stands right before it, so that a closure or reopening need not be told again.
    """
    if account.status is Status.WITHDRAWN:
        return None
    hedged = "" if account.status is Status.CONFIRMED else "_hedged"
    site = account.site.plain
    agreeing = words.grammar.agreements(site)
    parts: list[str] = []
    if account.reversed_within_day:
        parts.append(words.phrases["back"])
    elif account.action is Action.CLOSURE and not after_lede:
        parts.append(words.say(f"closed{hedged}", site=site, **agreeing))
    elif account.action is Action.REOPENING and not after_lede:
        parts.append(words.say(f"open{hedged}", site=site, **agreeing))
    if account.flow in ("stopped", "partly", "resumed"):
        oil = account.incident_class is IncidentClass.OIL and account.flow == "resumed"
        there = "" if parts else words.phrases["there"]
        flow = words.flow(account.incident_class.value)
        key = f"{'output' if oil else 'flow'}_{account.flow}{hedged}"
        parts.append(words.say(key, flow=flow, there=there, **words.grammar.agreements(flow)))
    near = account.site.km is not None and account.site.capital is not None and not after_lede
    if near and account.incident_class is IncidentClass.CAPITAL and account.kind is PlaceKind.APPROACH and not parts:
        km = kilometres(account.site.km or 0, words)
        parts.append(words.say("distance", site=site, km=km, capital=account.site.capital, **agreeing))
    text = words.phrases["tolls_before"].join(parts)
    return sentence(f"{words.grammar.capitalised(text)}.", account.ids) if parts else None


def watch(account: Account, words: Language) -> Sentence | None:
    """Return the next thing that would change the rating; None for what was withdrawn."""
    if account.status is Status.WITHDRAWN:
        return None
    both = words.phrases["both"] if account.kind is PlaceKind.CROSSING else ""
    trigger = words.deeds[account.action].watch.format(flow=words.flow(account.incident_class.value), both=both)
    lone = account.status is Status.CLAIMED
    return sentence(words.say("watch_unconfirmed" if lone else "watch", trigger=trigger), account.ids)


def _undated(text: str) -> str:
    """Return a sentence without the dateline of an agency in front of it: "GATE (The Wire) - "."""
    return _DATELINE.sub("", text)


def quotation(account: Account, words: Language, *, budget: int = MAX_QUOTATION) -> dict[str, object] | None:
    """Return the sentence that carried the detection, verbatim and in its own language, cut to 30 words at most.

    Args:
        account: what is known.
        words: the language of the briefing, which names that of the sentence where it is another.
        budget: words that the briefing has left; with fewer than eight there is no quotation.
    """
    limit = min(MAX_QUOTATION, budget)
    source = next((told for text in account.main.detection.sentences if (told := _undated(clean(text)))), "")
    if not source or (limit < MIN_QUOTATION and word_count(source) > limit):
        return None
    quote = cut_words(source, limit)
    if len(quote) > MAX_QUOTE_CHARACTERS:
        quote = clean(quote, MAX_QUOTE_CHARACTERS)
    language = clean(account.main.language, 12) or "und"
    name = foreign(language, words)
    return {
        "intro": words.say("report_words_foreign", language=name) if name else words.phrases["report_words"],
        "text": quote,
        "language": language,
        "outlet": outlet_name(account.main),
        "reports": [report_id(account.main)],
    }


def tally(account: Account) -> Sentence | None:
    """Return the tally at an update with the previous one in brackets; None where nothing was ever known."""
    words, update = account.words, account.update
    parts = []
    if update.killed is not None:
        count = (
            words.phrases["tally_none"] if update.killed.low == 0 else words.grammar.at_least(update.killed, "killed")
        )
        before = update.killed_before
        if before is not None and before.low:
            count = words.say("previously", now=count, before=words.grammar.at_least(before))
        parts.append(count)
    parts += _casualties(account, words)
    listed = words.phrases["tolls_before"].join(parts)  # "two and at most four" has an "and" of its own
    return sentence(words.say("tally", counts=listed), account.ids) if parts else None


def unclear(account: Account) -> Sentence | None:
    """Return what the reports leave open, three things at most; None where they leave nothing that we ask for."""
    if account.status is Status.WITHDRAWN:
        return None
    gaps: list[str] = []
    if account.status is Status.DISPUTED:
        gaps.append("gap_account")
    if account.killed is None and account.action in VIOLENT:
        gaps.append("gap_killed")
    if not account.actors and account.action in _AUTHORED:
        gaps.append("gap_author")
    if account.event_date is None:
        gaps.append("gap_when")
    if account.action in VIOLENT and account.flow is None:
        if account.incident_class is IncidentClass.BORDER:
            gaps.append("gap_crossing")
        elif account.incident_class is IncidentClass.OIL:
            gaps.append("gap_output")
    if account.status in (Status.CLAIMED, Status.REPORTED):
        gaps.append("gap_second")
    words = account.words
    listed = words.grammar.joined(words.phrases[gap] for gap in gaps[:3])
    return sentence(words.say("unclear", gaps=listed), account.ids) if gaps else None
