"""The phrase tables: verbs by action, words by status, sentences by part. One `Language` for each language.

English is there. Another language is one more `Language`, with its own verbs and patterns under the same keys;
`language` raises for one that is not there, so that nothing is ever half translated.
"""

from __future__ import annotations

from dataclasses import dataclass

from alertsvc.domain import Action

__all__ = ["ENGLISH", "FOOTER", "LANGUAGES", "VIOLENT", "Deed", "Language", "language"]

# Actions that can cost lives: an unknown toll is worth saying.
VIOLENT = frozenset(
    {
        Action.ATTACK,
        Action.CLASH,
        Action.SEIZURE,
        Action.RECAPTURE,
        Action.AIRSTRIKE,
        Action.ADVANCE,
        Action.REPELLED,
        Action.SIEGE,
        Action.ACCIDENT,
    }
)


@dataclass(frozen=True, slots=True)
class Deed:
    """How one action is told.

    With an actor: `{actor} {singular | plural | past} {target}` (`on_target` where a target is known and fits).
    Without: `happens` (present, for headlines), `reported` (headline), `happened` and `was_reported` (sentences).
    `{site}` is the place, `{goal}` what an advance aims at, `{other}` the target; in `watch`, `{flow}` is what passes
    and `{both}` says that a crossing has two directions. A deed whose doer cannot safely be read off a report (who
    closed a road that gunmen attacked, and who was driven back?) has no `target` and is always told without an actor.
    """

    happens: str
    reported: str
    happened: str
    was_reported: str
    noun: str
    watch: str
    singular: str = ""
    plural: str = ""
    past: str = ""
    perfect: str = ""
    target: str | None = None
    on_target: str | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language."""

    code: str
    deeds: dict[Action, Deed]
    classes_flow: dict[str, str]
    phrases: dict[str, str]
    labels: dict[str, str]  # headings, handed to the templates with the facts


FOOTER = (
    "Automated brief built from public reports. Severity and index: see method v{version}. "
    "Figures are minimum counts and may change."
)

_ENGLISH_DEEDS = {
    Action.ATTACK: Deed(
        singular="attacks",
        plural="attack",
        past="attacked",
        perfect="attacked",
        target="{site}",
        on_target="{other} at {site}",
        happens="{site} comes under attack",
        reported="{site} reported attacked",
        happened="{site} came under attack",
        was_reported="{site} was reported attacked",
        noun="attack on {site}",
        watch="loss of control of the site, or a stop of {flow}",
    ),
    Action.CLASH: Deed(
        singular="exchanges fire",
        plural="exchange fire",
        past="exchanged fire",
        perfect="exchanged fire",
        target="at {site}",
        on_target="with {other} at {site}",
        happens="Armed clash breaks out at {site}",
        reported="Armed clash reported at {site}",
        happened="an armed clash broke out at {site}",
        was_reported="an armed clash was reported at {site}",
        noun="armed clash at {site}",
        watch="one side taking the site, or a stop of {flow}",
    ),
    Action.SEIZURE: Deed(
        singular="seizes",
        plural="seize",
        past="seized",
        perfect="seized",
        target="{site}",
        happens="{site} seized",
        reported="{site} reported seized",
        happened="{site} was seized",
        was_reported="{site} was reported seized",
        noun="seizure of {site}",
        watch="recapture by the previous holder within 24 hours, which would lower the rating",
    ),
    Action.RECAPTURE: Deed(
        singular="retakes",
        plural="retake",
        past="retook",
        perfect="retaken",
        target="{site}",
        happens="{site} retaken",
        reported="{site} reported retaken",
        happened="{site} was retaken",
        was_reported="{site} was reported retaken",
        noun="recapture of {site}",
        watch="a new attack on the site, or its return to normal {flow}",
    ),
    Action.AIRSTRIKE: Deed(
        singular="strikes",
        plural="strike",
        past="struck",
        perfect="struck",
        target="{site} from the air",
        on_target="{other} from the air at {site}",
        happens="Air strike hits {site}",
        reported="Air strike reported at {site}",
        happened="an air strike hit {site}",
        was_reported="an air strike was reported at {site}",
        noun="air strike at {site}",
        watch="further strikes, or a stop of {flow}",
    ),
    Action.CLOSURE: Deed(
        happens="{site} closes",
        reported="{site} reported closed",
        happened="{site} was closed",
        was_reported="{site} was reported closed",
        noun="closure of {site}",
        watch="reopening{both}, which would lower the rating",
    ),
    Action.REOPENING: Deed(
        happens="{site} reopens",
        reported="{site} reported open again",
        happened="{site} reopened",
        was_reported="{site} was reported open again",
        noun="reopening of {site}",
        watch="a new closure, or violence at the site",
    ),
    Action.BLOCKADE: Deed(
        singular="blocks",
        plural="block",
        past="blocked",
        perfect="blocked",
        target="{site}",
        happens="Blockade takes hold at {site}",
        reported="Blockade reported at {site}",
        happened="{site} was blocked",
        was_reported="{site} was reported blocked",
        noun="blockade of {site}",
        watch="a complete stop of {flow}, or force used to end the blockade",
    ),
    Action.SHUTDOWN: Deed(
        happens="{site} shuts down",
        reported="{site} reported shut down",
        happened="{site} was shut down",
        was_reported="{site} was reported shut down",
        noun="shutdown of {site}",
        watch="resumption, which would lower the rating",
    ),
    Action.RESUMPTION: Deed(
        happens="Work resumes at {site}",
        reported="Work reported resumed at {site}",
        happened="work resumed at {site}",
        was_reported="work was reported resumed at {site}",
        noun="resumption of work at {site}",
        watch="a new shutdown, or violence at the site",
    ),
    Action.ADVANCE: Deed(
        singular="advances",
        plural="advance",
        past="advanced",
        perfect="advanced",
        target="on {goal}",
        happens="Forces advance on {goal}",
        reported="Advance on {goal} reported",
        happened="forces advanced on {goal}",
        was_reported="an advance on {goal} was reported",
        noun="advance on {goal}",
        watch="fighting at the site itself, or a shorter distance to it",
    ),
    Action.REPELLED: Deed(
        happens="Attackers repelled at {site}",
        reported="Attackers reported repelled at {site}",
        happened="attackers were repelled at {site}",
        was_reported="attackers were reported repelled at {site}",
        noun="repelled attack at {site}",
        watch="a new attack, or loss of control of the site",
    ),
    Action.SIEGE: Deed(
        singular="besieges",
        plural="besiege",
        past="besieged",
        perfect="besieged",
        target="{site}",
        happens="{site} comes under siege",
        reported="{site} reported besieged",
        happened="{site} came under siege",
        was_reported="{site} was reported besieged",
        noun="siege of {site}",
        watch="an assault on the site, or the siege being lifted",
    ),
    Action.MOBILISATION: Deed(
        singular="masses",
        plural="mass",
        past="massed",
        perfect="massed",
        target="forces near {site}",
        happens="Forces mass near {site}",
        reported="Troop movement reported near {site}",
        happened="forces massed near {site}",
        was_reported="a troop movement was reported near {site}",
        noun="troop movement near {site}",
        watch="first shots, or an announced offensive",
    ),
    Action.THREAT: Deed(
        singular="threatens",
        plural="threaten",
        past="threatened",
        perfect="threatened",
        target="{site}",
        happens="{site} comes under threat",
        reported="{site} reported under threat",
        happened="{site} came under threat",
        was_reported="{site} was reported under threat",
        noun="threat to {site}",
        watch="the threat being carried out, or a deadline running out",
    ),
    Action.ACCIDENT: Deed(
        happens="Accident hits {site}",
        reported="Accident reported at {site}",
        happened="an accident hit {site}",
        was_reported="an accident was reported at {site}",
        noun="accident at {site}",
        watch="a stop of {flow}, or signs of sabotage",
    ),
}

_ENGLISH_PHRASES = {
    "no_casualties": "No casualty figures were given.",
    "no_competing_claim": "No competing claim found so far.",
    "accounts_differ": "Accounts of the parties contradict each other.",
    "demonstration": "Demonstration: invented events",
    "report_words": "In the report's words",
    "watch": "Watch: {trigger}.",
    "watch_unconfirmed": "Watch: {trigger}; a second independent source is still missing.",
    "unknown_date": "date not known",
    "no_new_source": "no new source since the last message",
    "note": "{text} ({source}, as of {date}).",
    "before": "{which} incident here on our record since {since}; the one before: {what}, {date} ({reference}).",
    "many_before": "One of more than {many} incidents here on our record since {since}; the one before: {what}, {date} "
    "({reference}).",
}

_ENGLISH_LABELS = {
    "sources": "Sources",
    "new_sources": "New sources",
    "context": "Context",
    "also_noted": "Also noted",
    "withdrawn": "Withdrawn",
    "all_incidents": "All incidents",
    "incident": "Incident",
    "severity": "Severity",
    "deaths": "Deaths (min)",
}

ENGLISH = Language(
    code="en",
    deeds=_ENGLISH_DEEDS,
    classes_flow={"border_crossing": "traffic", "oil_facility": "output", "capital_approach": "traffic"},
    phrases=_ENGLISH_PHRASES,
    labels=_ENGLISH_LABELS,
)

LANGUAGES = {ENGLISH.code: ENGLISH}


def language(code: str) -> Language:
    """Return the words of a language.

    Raises:
        ValueError: no briefings are written in that language.
    """
    if code not in LANGUAGES:
        raise ValueError(f"there are no words for briefings in {code!r}; known: {', '.join(sorted(LANGUAGES))}")
    return LANGUAGES[code]
