"""Who did it to whom, and who says so: the armed actors of the sentences that tell an incident, by their grammar.

An actor is the victim where it is killed or wounded ("eight fighters of A were killed"), the target where a deed is
aimed at it ("a strike on A's checkpoint"), the attacker where it does the deed or the deed is said to be its own ("an
attack by A", "A claimed responsibility"). Who only speaks, denies or accuses does nothing itself.
"""

from __future__ import annotations

from typing import Literal

from alertsvc.detect.fold import spelt
from alertsvc.detect.mentions import Mention
from alertsvc.detect.reading import SentenceReading

__all__ = ["Role", "accuses", "denies", "role_of"]

Role = Literal["attacker", "target", "speaker", ""]

_REACH = 6  # words around an actor that say what it does here
_BREAKS = frozenset(",;:()،؛.")
_PASSIVE = frozenset("were was been being be are is ete sont est furent fut etaient etait".split())
_SUFFERED = frozenset(
    "killed wounded injured dead shot slain martyred captured attacked targeted struck hit bombed shelled ambushed "
    "tues tue tuee tuees blesses blesse abattus abattu morts mort visees vises visee vise attaquees attaques attaquee "
    "attaque ciblees cibles pris prises".split()
)
_DIED = frozenset("died perished lost peri perirent".split())
_AIMED = frozenset(
    "killed killing kills killings wounding wounded targeting targets target targeted against deaths death "
    "contre visant ciblant vise ciblent tuant tue tues mort meurtre blessant".split()
)
_KIN_WORDS = frozenset(
    "the a an of at in members member fighters fighter soldiers soldier militants militant guards men troops forces "
    "positions position post posts le la l les des du de d un une membres membre combattants combattant soldats soldat "
    "militants elements gardes hommes one two three four five six seven eight nine ten eleven twelve dozen dozens deux "
    "trois quatre cinq sept huit neuf dix onze douze".split()
)
_ATTACKS = frozenset(
    "attack attacks assault raid raids offensive strike strikes ambush shelling bombardment advance seizure attaque "
    "attaques assaut raid offensive frappe frappes embuscade bombardement drones هجوم هجوما هجمات هجومين لهجوم بهجوم "
    "لهجمات غاره غارات قصف لقصف كمين".split()
)
_ARTICLES = frozenset("the le la l les du des de d".split())
_HELD = frozenset(
    "held controlled manned defended guarded tenu tenue tenus controle controlee defendu defendue".split()
)
_ACCUSE = frozenset(
    "accused accuses accusing accuse blamed blames blaming accusent accusant اتهم اتهمت يتهم تتهم واتهم واتهمت".split()
)
_DENY = frozenset(
    "denied denies denying rejected rejects rejecting dismissed dismisses dement dementent dementi nie nient rejette "
    "rejettent rejete نفي نفت ينفي تنفي ونفي ونفت".split()
)
_CLAIM = frozenset(
    "claimed claims claiming revendique revendiquent revendiquant تبني تبنت يتبني وتبني وتبنت تبناه تبنتها".split()
)
_SAY = frozenset(
    "said says say announced announces declared stated reported affirme affirment affirmé annonce annoncent dit disent "
    "declare declarent indique indiquent assure assurent قال قالت وقال وقالت اعلن اعلنت واعلن واعلنت اكد اكدت".split()
)
_OWN = frozenset("it they its their avoir etre ses sa son انه انها انهم انهما بانه بانها سيطرتها سيطرته".split())
_REPELLED = frozenset("repelled repulsed foiled thwarted repousse dejoue صد صدت احبط احبطت تصدي تصدت".split())
_TO_THEM = frozenset(
    "موقعا موقع مواقع نقطه نقاط مقر مقرا قاعده حاجز حاجزا رتل معسكر معسكرا عناصر مقاتلي مقاتلين جنود افراد عنصران "
    "عنصرين مركز مركزا دوريه".split()
)
_FELL = frozenset("قتل قتلت مقتل اصيب اصابه اصيبت استشهد استشهاد وقتل ومقتل تستهدف استهدف استهدفت استهداف".split())
_AIMS_AR = frozenset("تستهدف استهدف استهدفت استهداف يستهدف ضد".split())
_BY_AR = (("من", "قبل"), ("علي", "يد"), ("علي", "ايدي"))


def _names(sentence: SentenceReading) -> list[str]:
    return spelt(sentence.sentence.tokens)


def _span(sentence: SentenceReading, mention: Mention) -> tuple[list[str], list[str]]:
    """Return the words before an actor, nearest first, and those behind it, up to a comma or another stop."""
    words, text, names = sentence.sentence.tokens, sentence.sentence.text, _names(sentence)
    before: list[str] = []
    for at in range(mention.first - 1, max(-1, mention.first - 1 - _REACH), -1):
        if not _BREAKS.isdisjoint(text[words[at].end : words[at + 1].start]):
            break
        before.append(names[at])
    behind: list[str] = []
    for at in range(mention.last + 1, min(len(words), mention.last + 1 + _REACH)):
        if not _BREAKS.isdisjoint(text[words[at - 1].end : words[at].start]):
            break
        behind.append(names[at])
    return before, behind


def accuses(sentence: SentenceReading, mention: Mention) -> bool:
    """Say whether an actor accuses somebody: "A accused B of attacking"."""
    if _ACCUSE.isdisjoint(_names(sentence)):
        return False
    before, behind = _span(sentence, mention)
    beside = before[:1] if sentence.language == "ar" else behind[:3]
    return not _ACCUSE.isdisjoint(beside)


def denies(sentence: SentenceReading, mention: Mention) -> bool:
    """Say whether an actor denies or rejects what is said: "A rejected the claim that B had attacked"."""
    if _DENY.isdisjoint(_names(sentence)):
        return False
    before, behind = _span(sentence, mention)
    return not _DENY.isdisjoint(before[:1] if sentence.language == "ar" else behind[:3])


def role_of(sentence: SentenceReading, mention: Mention) -> Role:
    """Return what an actor does in its sentence, "" where only its place before or behind the deed can tell.

    Args:
        sentence: one that tells an incident.
        mention: an actor named in it.
    """
    before, behind = _span(sentence, mention)
    return _arabic(sentence, mention, before, behind) if sentence.language == "ar" else _european(before, behind)


def _european(before: list[str], behind: list[str]) -> Role:
    role = _by(before, behind)
    if role:
        return role
    if _suffers(behind) or _aimed_at(before):
        return "target"
    if not _ACCUSE.isdisjoint(before):
        return "attacker"
    if not _CLAIM.isdisjoint(behind[:3]) and "to" not in behind[:4]:
        return "attacker"
    if not (_ACCUSE | _DENY).isdisjoint(behind[:3]):
        return "speaker"
    if not _SAY.isdisjoint(behind[:3]):
        said = next(at for at, name in enumerate(behind) if name in _SAY)
        if not _REPELLED.isdisjoint(behind):
            return "target"
        return "" if not _OWN.isdisjoint(behind[said + 1 :]) else "speaker"
    return ""


def _by(before: list[str], behind: list[str]) -> Role:
    """Read "by A", "attaque du A", "A's attack"; what is held by A is taken from it."""
    names = [name for name in before if name not in _ARTICLES]
    if names[:1] in (["by"], ["par"]):
        return "target" if names[1:2] and names[1] in _HELD else "attacker"
    if before and before[0] in _ARTICLES and before[0] != "the" and names and names[0] in _ATTACKS:
        return "attacker"
    return "attacker" if behind[:1] == ["s"] and not _ATTACKS.isdisjoint(behind[1:3]) else ""


def _suffers(behind: list[str]) -> bool:
    """Say whether what follows an actor tells what befell it: "fighters were killed", "positions came under attack"."""
    for at, name in enumerate(behind):
        if name in _PASSIVE:
            return not _SUFFERED.isdisjoint(behind[at + 1 : at + 4])
        if name in _DIED or (name == "came" and behind[at + 1 : at + 2] == ["under"]):
            return True
        if name in _SAY or name in _CLAIM or name in _DENY:
            return False
    return False


def _aimed_at(before: list[str]) -> bool:
    """Say whether a deed before an actor is aimed at it: "killed six members of A", "une attaque contre A"."""
    for name in before:
        if name in _AIMED:
            return True
        if name not in _KIN_WORDS and not name.isdigit():
            return False
    return False


def _arabic(sentence: SentenceReading, mention: Mention, before: list[str], behind: list[str]) -> Role:
    own = _names(sentence)[mention.first]
    theirs = own.startswith("ل") and not own.startswith("لوا")
    near = before[:1]
    if not _ACCUSE.isdisjoint(near) or not _DENY.isdisjoint(near):
        return "speaker"
    if not _CLAIM.isdisjoint(near):
        return "attacker"
    if not _SAY.isdisjoint(near):
        if not _REPELLED.isdisjoint(behind):
            return "target"
        return "attacker" if not _OWN.isdisjoint(behind[:2]) else "speaker"
    if any(tuple(reversed(before[:2])) == phrase for phrase in _BY_AR):
        return "attacker"
    if (theirs or near == ["من"]) and not _ATTACKS.isdisjoint(before[:3]) and _TO_THEM.isdisjoint(before[:2]):
        return "attacker"
    if not _AIMS_AR.isdisjoint(near):
        return "target"
    if not _TO_THEM.isdisjoint(before[:2]) and (theirs or not _FELL.isdisjoint(before) or near == ["من"]):
        return "target"
    if not _ACCUSE.isdisjoint(before):
        return "attacker"
    return ""
