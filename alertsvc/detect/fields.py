"""The fields of a detection: action, date, dead, sides, claims, origin, circumstances."""

from __future__ import annotations

from collections import defaultdict

from alertsvc.detect.decide import SentenceScore, sigmoid
from alertsvc.detect.lexicon import Hit
from alertsvc.detect.mentions import Mention
from alertsvc.detect.parties import accuses, denies, role_of
from alertsvc.detect.reading import Reading, SentenceReading
from alertsvc.detect.rules import ClassRules
from alertsvc.detect.sources import Sources
from alertsvc.domain import Action, Claim, PlaceKind

__all__ = [
    "action_of",
    "claims_of",
    "flow_of",
    "one_party",
    "origin_of",
    "sides_of",
]

_TITLE = 1.6
_HEADLINE = 0.8  # for what a headline says that does not name the site
_LEAD = 5  # sentences in which an outcome must be told to prevail over another
_CLAIM_LIMIT = 300
_PASSIVE = frozenset(("were", "was", "been", "being", "be", "ete", "est", "sont", "etait", "etaient"))


def action_of(
    rules: ClassRules, carrying: tuple[SentenceScore, ...], reading: Reading, sources: Sources | None = None
) -> Action:
    """Return the action of an incident: what the classifier and the concepts of its sentences agree on most."""
    told: list[_Told] = []
    action = _action(rules, carrying, reading, told)
    own = [item for item in told if item[1] is action]
    if sources is not None and own:
        _, _, sentence, mark = max(own, key=lambda item: item[0])
        sources.tokens("action", sentence, *sentence.marks[mark][0])
    elif sources is not None:
        sources.inferred("action", "by the classifier and the rules; no word says it outright")
    return action


_ORDER = {action: number for number, action in enumerate(Action)}
_Told = tuple[float, Action, SentenceReading, str]
"""A weight, the action that it speaks for, and the sentence and mark that speak."""


def _action(rules: ClassRules, carrying: tuple[SentenceScore, ...], reading: Reading, told_by: list[_Told]) -> Action:
    """Return the action; each mark that spoke for one is added to `told_by` with its weight."""
    weights: dict[Action, float] = defaultdict(float)
    for item in carrying:
        sentence = reading.sentences[item.position]
        share = sigmoid(item.log_odds) * (_TITLE if sentence.sentence.title else 1.0) / (1 + item.position / 4)
        found = sentence.marks
        barred = {fired.rule.bars for fired in item.fired}
        for action, evidence in rules.actions.items():
            if action in barred:
                continue
            marks = [(weight, mark) for mark, weight in evidence.items() if mark in found]
            said = sum(weight for weight, _ in marks) if marks else 0.0
            if marks:
                told_by += [(share * weight, action, sentence, mark) for weight, mark in marks]
            weights[action] += share * (said + 3.0 * sigmoid(item.scores.actions[action]))
        for fired in item.fired:
            if fired.rule.action is not None and fired.rule.weight > 0:
                weights[fired.rule.action] += share * 0.8
    headline = reading.sentences[0]
    if headline.sentence.title and all(item.position for item in carrying) and not headline.of_kind(*PlaceKind):
        found = headline.marks
        for action, evidence in rules.actions.items():
            marks = [(_HEADLINE * weight, mark) for mark, weight in evidence.items() if mark in found]
            told_by += [(weight, action, headline, mark) for weight, mark in marks]
            weights[action] += sum(weight for weight, _ in marks)
    best = max(rules.actions, key=lambda action: (weights[action], -_ORDER[action]))
    told = {fired.rule.action for item in carrying if item.position < _LEAD for fired in item.fired}
    for rule in rules.prevails:
        if best in rule.over and rule.action in told and weights[rule.action] >= rule.share * weights[best]:
            return rule.action
    return best


_DEEDS: dict[Action, frozenset[str]] = {
    Action.SEIZURE: frozenset(("SEIZE",)),
    Action.RECAPTURE: frozenset(("RETAKE",)),
    Action.ATTACK: frozenset(("ATTACK",)),
    Action.AIRSTRIKE: frozenset(("AIRSTRIKE", "ATTACK")),
    Action.ADVANCE: frozenset(("ADVANCE",)),
    Action.SIEGE: frozenset(("BESIEGE",)),
    Action.BLOCKADE: frozenset(("BLOCKADE",)),
    Action.MOBILISATION: frozenset(("MOBILISE",)),
    Action.THREAT: frozenset(("THREATEN",)),
    Action.REPELLED: frozenset(("REPEL",)),
}


def sides_of(
    carrying: list[SentenceReading], action: Action, sources: Sources | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (attackers, targets) of an action: the armed actors before and behind the word that tells it.

    Who did it is said only where the text leaves no doubt: by the grammar of its clause (`parties`), or where one actor
    stands before that word and no other deed comes between. Of a repelled force the actor that was driven back is the
    attacker.
    """
    deeds = _DEEDS.get(action, frozenset())
    for sentence in carrying:
        actors = sentence.of_kind("actor")
        told = [hit for hit in sentence.concepts if hit.concept in deeds]
        if not actors or not told:
            continue
        doers, targets = _parties(sentence, actors, told[0], action, deeds)
        for field, names in (("attackers", doers), ("targets", targets)):
            named = [mention for mention in actors if _name(mention) in names]
            if sources is not None and named:
                sources.tokens(field, sentence, named[0].first, named[-1].last)
        if doers or targets:
            return doers, targets
    return (), ()


def _parties(
    sentence: SentenceReading, actors: list[Mention], deed: Hit, action: Action, deeds: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return attackers and targets as one sentence tells them: by their grammar, else by where they stand."""
    roles = {actor: role_of(sentence, actor) for actor in actors}
    plain = [actor for actor in actors if not roles[actor]]
    before = [actor for actor in plain if actor.last < deed.first]
    behind = [actor for actor in plain if actor.first > deed.last]
    if sentence.language == "ar" and not before and behind and behind[0].first - deed.last == 1:
        before, behind = behind[:1], behind[1:]  # the verb stands first: "seized the movement the crossing"
    nearest = before[-1:]
    if nearest and any(
        nearest[0].last < hit.first and hit.last < deed.first and hit.concept in _ALL_DEEDS - deeds
        for hit in sentence.concepts
    ):
        nearest = []
    doers, others = [_name(m) for m in nearest], [_name(m) for m in behind]
    passive = deed.first > 0 and sentence.sentence.tokens[deed.first - 1].text in _PASSIVE
    # "A was attacked by B" and "A repelled B" name the attacker behind the word; both at once name it before.
    if passive != (action is Action.REPELLED):
        doers, others = others[:1], doers
    told = [_name(actor) for actor in actors if roles[actor] == "attacker"]
    if told:
        others, doers = [name for name in others + doers if name not in told], told
    others += [_name(actor) for actor in actors if roles[actor] == "target"]
    attackers = tuple(dict.fromkeys(doers))
    return attackers, tuple(dict.fromkeys(name for name in others if name not in attackers))


_ALL_DEEDS = frozenset(name for names in _DEEDS.values() for name in names)
_BY = 6  # words between armed men and what they say
_SPEAK = 4  # words between a speaker and the verb of saying


def _name(mention: Mention) -> str:
    return mention.entry.name if mention.entry else mention.name


def claims_of(carrying: list[SentenceReading]) -> tuple[Claim, ...]:
    """Return what a side says for itself in the sentences that carry the incident.

    The speaker is the armed actor next to the verb of saying, or armed men without a name right before a denial; where
    neither stands there, nobody is made to speak.
    """
    claims = []
    for sentence in carrying:
        speaker = _speaker(sentence)
        if speaker is not None:
            text = sentence.sentence.text
            quote = text if len(text) <= _CLAIM_LIMIT else text[:_CLAIM_LIMIT].rsplit(" ", 1)[0] + " …"
            rejects = any(denies(sentence, actor) for actor in sentence.of_kind("actor"))
            claims.append(Claim(speaker, quote, denies=rejects or sentence.has("DENY")))
    return tuple(claims)


def _speaker(sentence: SentenceReading) -> str | None:
    actors = sentence.of_kind("actor")
    for actor in actors:
        if denies(sentence, actor) or accuses(sentence, actor):
            return _name(actor)
    verbs = [hit for hit in sentence.concepts if hit.concept in ("SAY", "CLAIM", "DENY")]
    ranked = [
        (min(abs(verb.first - actor.last), abs(actor.first - verb.last)), actor.first, _name(actor))
        for verb in verbs
        for actor in actors
        if verb.first - actor.last in (1, 2) or sentence.language == "ar" or role_of(sentence, actor) != "target"
    ]
    if ranked and min(ranked)[0] <= _SPEAK:
        return min(ranked)[2]
    words, text = sentence.sentence.tokens, sentence.sentence.text
    for denial in verbs:
        for men in sentence.concepts:
            if denial.concept == "DENY" and men.concept == "FORCE_WORD" and 0 < denial.first - men.last <= 2:
                return text[words[men.first].start : words[men.last].end]
    return None


def origin_of(carrying: list[SentenceReading], reading: Reading, sources: Sources | None = None) -> str:
    """Return the agency that the report goes back to, else an empty text.

    That is the one credited where the incident is told, else next to it, else among the first sentences: one article
    may bring one incident from one agency and a second from another. A dateline counts with its paragraph.
    """
    positions = {s.sentence.position for s in carrying}
    told = sorted(carrying, key=lambda s: s.sentence.position)
    beside = [s for s in reading.sentences if any(abs(s.sentence.position - p) == 1 for p in positions)]
    for sentence in (*told, *beside, *reading.sentences[:8]):
        if reading.agency and not sentence.sentence.title and sentence.sentence.paragraph == reading.text.dated:
            if sources is not None:
                sources.inferred("origin", f"credited in the dateline {reading.text.dateline}")
            return reading.agency
        for mention in sentence.of_kind("agency"):
            if mention.entry is not None:
                if sources is not None:
                    sources.tokens("origin", sentence, mention.first, mention.last)
                return mention.entry.name
    return ""


def flow_of(carrying: list[SentenceReading], action: Action, sources: Sources | None = None) -> str | None:
    """Return whether traffic or output is "stopped", "partly" stopped or "resumed", where the text says so."""
    flow, said = None, frozenset(("CLOSE", "SHUTDOWN"))
    if action in (Action.REOPENING, Action.RESUMPTION):
        flow, said = "resumed", frozenset(("REOPEN", "RESUME"))
    elif any(sentence.has(*said) for sentence in carrying):
        flow = "stopped"
        if any(sentence.has("PARTLY") for sentence in carrying):
            flow, said = "partly", frozenset(("PARTLY",))
    if sources is not None and flow is not None:
        for sentence in carrying:
            for hit in sentence.concepts:
                if hit.concept in said:
                    sources.tokens("flow", sentence, hit.first, hit.last)
        sources.inferred("flow", f"follows from the action: {action.value}")
    return flow


def one_party(sentences: list[SentenceReading]) -> bool:
    """Say whether all that is told is told by a side of the fight: attributed to armed men, and to nobody else."""
    told = [sentence for sentence in sentences if sentence.has("SAY", "CLAIM")]
    if any(sentence.of_kind("agency") for sentence in told):
        return False
    return bool(told) and all(_by_party(sentence) for sentence in told)


def _by_party(sentence: SentenceReading) -> bool:
    if sentence.has("CLAIM"):
        return True
    sides = [(m.first, m.last) for m in sentence.of_kind("actor")]
    sides += [(hit.first, hit.last) for hit in sentence.concepts if hit.concept == "FORCE_WORD"]
    verbs = [hit for hit in sentence.concepts if hit.concept == "SAY"]
    return any(0 < verb.first - last <= _BY for verb in verbs for _, last in sides)
