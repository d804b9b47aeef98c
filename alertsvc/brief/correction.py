"""What a correction says: what the alert told, who took it back, and what is known now."""

from __future__ import annotations

from alertsvc.brief.account import Account, Sentence, outlet_name, report_ids, sentence
from alertsvc.brief.texts import clean
from alertsvc.brief.wording import ENGLISH
from alertsvc.brief.wording.grammar import Agreement
from alertsvc.domain import Incident, Ruling

__all__ = ["said_before", "taken_back_by", "what_holds"]

MAX_WHY = 160
_BY_ANALYST = "withdrawn by an analyst"  # how the step words it


def said_before(account: Account, headline: str, holds: str | None = None, *, digest: bool = False) -> Sentence:
    """Return the first line of a correction, with the headline that people were sent and what holds in its place.

    Args:
        digest: that it stood in a digest, and not in an alert of its own.
    """
    words = account.words
    quote = words.grammar.quoted(headline)
    pattern = "correction_digest" if digest else "correction"
    return sentence(words.say(pattern, quote=quote, holds=holds or words.phrases["it_is_withdrawn"]), account.ids)


def taken_back_by(incident: Incident, account: Account) -> Sentence | None:
    """Return who withdrew it: an analyst, or the outlets that no longer say so; None where neither is on record."""
    words = account.words
    phrase = next((item for item in account.update.changes if item.startswith(_BY_ANALYST)), None)
    if phrase is not None or incident.ruling is Ruling.WITHDRAWN:
        # The analyst's own words are English, as everything that is kept; no other language repeats them.
        why = clean((phrase or "").removeprefix(_BY_ANALYST).lstrip(": "), MAX_WHY).rstrip(" .")
        told = words.say("withdrawn_why", why=why) if why and words.code == ENGLISH.code else ""
        return sentence(words.say("withdrawn_analyst", why=told), account.ids)
    silent = [report for report in incident.reports if report.detection.probability <= 0]
    if not silent:
        return None
    outlets = list(dict.fromkeys(words.grammar.outlet(outlet_name(report)) for report in silent))
    many = Agreement(int(len(outlets) > 1))
    text = words.say("withdrawn_source", outlets=words.grammar.joined(outlets), o=many)
    return sentence(text, report_ids(silent))


def what_holds(incident: Incident, account: Account) -> Sentence:
    """Return what is known now: that nothing bears it out, or how much is still on file and counts for nothing."""
    words = account.words
    standing = [report for report in incident.reports if report.detection.probability > 0]
    if not standing:
        return sentence(words.phrases["known_nothing"], account.ids)
    outlets = list(dict.fromkeys(words.grammar.outlet(outlet_name(report)) for report in standing))[:3]
    text = words.say(
        "known_standing",
        reports=words.grammar.capitalised(words.grammar.counted(len(standing), "filed")),
        outlets=words.grammar.joined(outlets),
        r=Agreement(int(len(standing) > 1)),
    )
    return sentence(text, report_ids(standing))
