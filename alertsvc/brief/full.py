"""Composing the full brief of one incident: what happened, who says what, why it matters, what it shows.

At most 650 words, sources, severity sum, method and footer aside. The ceiling is kept by leaving out whole sentences; a
part for which there is no data is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from alertsvc.brief.account import Account, Statement, account_at, outlet_name, report_id
from alertsvc.brief.actors import MAX_NAME, Actor, same_actor
from alertsvc.brief.background import MAX_CONTEXT, background
from alertsvc.brief.ceilings import Piece, based, kept, told
from alertsvc.brief.context import NO_NOTES, Notes
from alertsvc.brief.headline import AIM, MAX_SUBJECT, headline
from alertsvc.brief.numbers import instant_utc, kilometres
from alertsvc.brief.parts import bar, dateline, frame, severity_sum
from alertsvc.brief.pictures.facts import incident_pictures
from alertsvc.brief.scale import HIGHEST, band_of
from alertsvc.brief.sentences import claim_line, claims, effect, lede, toll, watch
from alertsvc.brief.sources import origins, sources
from alertsvc.brief.texts import clean, word_count
from alertsvc.brief.wording.people import names_another
from alertsvc.brief.wording.registry import reviews_of
from alertsvc.brief.wording.reviews import Reviews
from alertsvc.domain import Action, Briefing, BriefingKind, Incident, IncidentClass, PlaceKind, Status, Update

__all__ = ["MAX_WORDS", "compose_brief"]

MAX_WORDS = 650
MAX_STANDFIRST = 50
MAX_COUNTRY_WORDS = 70  # of what is generally known of the countries
MAX_PARTIES = 4
MAX_CLAIMS = 3  # of one party
MAX_SOURCES = 12
MAX_PLACES = 6
MAX_PLACE = 60  # characters of a name
# Behind these somebody stands.
_AUTHORED = frozenset({Action.ATTACK, Action.AIRSTRIKE, Action.SEIZURE, Action.BLOCKADE, Action.SIEGE, Action.ADVANCE})


def compose_brief(
    incident: Incident,
    update: Update,
    *,
    now: datetime,
    service: str,
    language: str = "en",
    notes: Notes = NO_NOTES,
    earlier: Sequence[Incident] = (),
) -> Briefing:
    """Compose the full brief of an incident as it stands at `update`.

    Args:
        now: when the brief is issued, aware.
        service: name of the service, for the foot of the message.
        language: of the brief.
        notes: what is generally known of places.
        earlier: incidents at the same place, for the context.

    Raises:
        ValueError: the incident has no report, a report without id, or the language is not there.
    """
    words = reviews_of(language)
    speech = words.speech
    account = account_at(incident, update, speech)
    mark = (speech.marks["demonstration"] if incident.demonstration else "") + words.phrases["brief_mark"]
    title = headline(account, speech, limit=min(AIM[1], MAX_SUBJECT - len(mark)))
    parties = _parties(account)
    said = background(incident, notes, earlier, now, speech)
    pieces = [
        Piece("headline", {"text": title}, 1000),
        *_standfirst(account, words),
        *_lede(account),
        *(piece for place, party in enumerate(parties) for piece in _party(place, party, account)),
        *_claims_note(account, parties, words),
        *(Piece("who", fact, 50 - rank) for rank, fact in enumerate(_who(account, words))),
        *_place(account, said, words),
        *_countries(said),
        *_implication(account, words),
    ]
    shown = kept(pieces, MAX_WORDS)
    listed, more = sources(account.reports, MAX_SOURCES, first=account.witnesses, words=speech)
    standfirst = told(shown, "standfirst")
    facts: dict[str, Any] = {
        **frame(service, mark + title, standfirst[0]["text"], speech, demonstration=incident.demonstration),
        "headline": title,
        "bar": bar(account),
        "dateline": dateline(account, now, speech),
        "standfirst": standfirst,
        "lede": told(shown, "lede"),
        "parties": [
            {"heading": _party_heading(party[0].speaker, words), "body": body, "reports": _ids(body)}
            for place, party in enumerate(parties)
            if (body := told(shown, f"party {place}"))
        ],
        "claims_note": told(shown, "claims_note"),
        "who": told(shown, "who"),
        "place": told(shown, "place"),
        "background": told(shown, "background"),
        "implication": told(shown, "implication"),
        "severity_sum": severity_sum(incident, account),
        "pictures": incident_pictures(account, speech.code),
        "sources": listed,
        "sources_more": more,
        "method": based(words.phrases["method_brief"], basis="method"),
        "reference": f"{clean(incident.public_id, 60)}.{update.number}",
        "reports": account.ids,
    }
    facts["labels"] |= words.labels
    return Briefing(BriefingKind.BRIEF, facts, incident.id, update.number, incident.demonstration)


def _ids(body: Sequence[dict[str, Any]]) -> list[int]:
    return list(dict.fromkeys(key for said in body for key in said["reports"]))


def _standfirst(account: Account, words: Reviews) -> list[Piece]:
    """Return how grave it is and how well known, what it means for the site, and how much has been filed."""
    speech = words.speech
    count = origins(account.reports)
    named = account.status is not Status.CONFIRMED or count > 1  # else confirmed otherwise than by their number
    why = words.statuses[account.status].format(sources=words.count("independent", count)) if named else ""
    noun = speech.deed(account.action, account.site, "plain")
    severity = account.update.severity
    first = words.about(
        "standfirst",
        noun,
        noun=noun,
        severity=words.figure(severity, 1),
        highest=words.figure(HIGHEST, 1),
        label=speech.bands[band_of(severity).label][1],
        status=speech.statuses[account.status],
        why=why,
    )
    standing = words.say(
        "standing",
        instant=instant_utc(account.update.at, speech),
        reports=words.count("reports", len(account.reports)),
        sources=words.count("independent", count),
    )
    pieces = [Piece("standfirst", based(speech.grammar.capitalised(first), account.ids), 999)]
    for fact in (effect(account, speech), based(standing, account.ids)):
        if fact is not None and word_count(*(p.fact["text"] for p in pieces), fact["text"]) <= MAX_STANDFIRST:
            pieces.append(Piece("standfirst", based(fact["text"], fact["reports"]), 90))
    return pieces


def _lede(account: Account) -> list[Piece]:
    pieces = [Piece("lede", based(**lede(account, account.words)), 998)]
    if (tolls := toll(account, account.words)) is not None:
        pieces.append(Piece("lede", based(**tolls), 997))
    return pieces


def _parties(account: Account) -> list[list[Statement]]:
    """Return what was stated by party, who said first that it happened before the others; four parties at most."""
    found: list[list[Statement]] = []
    for statement in reversed(account.statements):
        for party in found:
            if same_actor(party[0].speaker.name, statement.speaker.name):
                party.append(statement)
                break
        else:
            found.append([statement])
    first = account.claimant
    if first is not None:
        found.sort(key=lambda party: not same_actor(party[0].speaker.name, first.speaker.name))
    return found[:MAX_PARTIES]


def _party_heading(speaker: Actor, words: Reviews) -> str:
    return words.about("party", speaker.full, speaker=speaker.full)


def _party(place: int, party: Sequence[Statement], account: Account) -> list[Piece]:
    """Return the claims of one party, the newest first. The first claim of each party is worth more than any second."""
    own = replace(account, statements=tuple(reversed(party)))
    return [
        Piece(f"party {place}", based(**fact), (80 if rank == 0 else 30) - place - rank / 10)
        for rank, fact in enumerate(claims(own, account.ids, limit=MAX_CLAIMS))
    ]


def _claims_note(account: Account, parties: Sequence[Sequence[Statement]], words: Reviews) -> list[Piece]:
    """Return that nobody, or only one side, is quoted: the absence of an answer is stated."""
    if not parties:
        return [Piece("claims_note", based(words.phrases["nobody_quoted"], account.ids), 70)]
    if len(parties) == 1:
        if account.denial is not None:  # the one who is quoted denies it: who says that it happened is not heard
            if any(names_another(item.claim.quote, item.speaker.name) for item in parties[0]):
                return []  # the passage tells what another side says
            return [Piece("claims_note", based(words.phrases["one_side_quoted"], account.ids), 70)]
        return [Piece("claims_note", based(**claim_line(account, words.speech)), 70)]
    return []


def _who(account: Account, words: Reviews) -> list[dict[str, Any]]:
    """Return whom which outlet names as behind it, copies left out; nothing where none does.

    Of a recapture those are meant who had taken the site, as their own reports name them.
    """
    authored = [report for report in account.reports if report.detection.action in _AUTHORED]
    if not authored:
        return []
    named: list[tuple[tuple[str, ...], list[str]]] = []
    keys: list[int] = []
    for report in authored:
        names = tuple(dict.fromkeys(clean(name, MAX_NAME) for name in report.detection.attackers if clean(name)))
        if not names or report.same_text_as is not None:
            continue
        keys.append(report_id(report))
        for known, outlets in named:
            if len(known) == len(names) and all(map(same_actor, known, names)):
                outlets.append(outlet_name(report))
                break
        else:
            named.append((names, [outlet_name(report)]))
    if not named:
        return []
    listed = [
        words.say(
            "named_as",
            actors=words.speech.grammar.joined(words.speech.grammar.actor(name).full for name in names),
            outlets=words.speech.phrases["comma"].join(dict.fromkeys(outlets)),
        )
        for names, outlets in named[:MAX_PARTIES]
    ]
    return [based(words.say("named", listed=words.phrases["semicolon"].join(listed)), keys)]


def _place(account: Account, said: Sequence[dict[str, Any]], words: Reviews) -> list[Piece]:
    """Return how far it is, what else was hit, what was recorded there before, what is known of site and capital.

    On which border it lies is said by the lede.
    """
    site, grammar = account.site, words.speech.grammar
    texts: list[str] = []
    if site.km is not None and site.capital is not None and account.kind is not PlaceKind.CAPITAL:
        distance = kilometres(site.km, words.speech)
        texts.append(words.about("distance", site.plain, place=site.plain, distance=distance, capital=site.capital))
    if account.other_sites:
        others = grammar.joined(clean(name, MAX_PLACE) for name in account.other_sites[:MAX_PLACES])
        texts.append(words.say("other_sites", places=others))
    facts: list[dict[str, Any]] = [based(grammar.capitalised(text), account.ids) for text in texts]
    local = [fact for fact in said if not _of_country(fact)][: MAX_CONTEXT + 1]
    facts += [{**fact, "basis": "note" if "note" in fact else "reports"} for fact in local]
    return [Piece("place", fact, 60 - rank) for rank, fact in enumerate(facts)]


def _of_country(fact: dict[str, Any]) -> bool:
    return str(fact.get("note", "")).startswith("country:")


def _countries(said: Sequence[dict[str, Any]]) -> list[Piece]:
    """Return what is generally known of the countries, in at most 70 words."""
    pieces: list[Piece] = []
    for fact in filter(_of_country, said):
        piece = Piece("background", {**fact, "basis": "note"}, 40 - len(pieces))
        if sum(item.words for item in [*pieces, piece]) <= MAX_COUNTRY_WORDS:
            pieces.append(piece)
    return pieces


def _implication(account: Account, words: Reviews) -> list[Piece]:
    """Return what it shows of control, who else is exposed, and the next thing that would change the rating."""
    facts: list[str] = []
    if account.status not in (Status.WITHDRAWN, Status.REVERSED):
        table = words.implied if account.status is Status.CONFIRMED else words.implied_if_true
        facts.append(words.placed(table[account.action], account.site))
        if account.incident_class is not IncidentClass.CAPITAL or account.site.capital:
            facts.append(words.placed(words.exposed[account.incident_class], account.site))
    pieces = [Piece("implication", based(text, account.ids), 75 - 20 * rank) for rank, text in enumerate(facts)]
    if (trigger := watch(account, words.speech)) is not None:
        pieces.append(Piece("implication", based(**trigger), 85))
    return pieces
