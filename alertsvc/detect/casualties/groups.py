"""To which side the people belong that a count counts: armed against the state, its forces, or civilians."""

from __future__ import annotations

from alertsvc.detect.casualties.anchors import Anchor
from alertsvc.detect.casualties.mention import Group, Part, Side
from alertsvc.detect.casualties.passage import HARD, CasualtyPassage

__all__ = ["group_of", "is_loss", "side_of"]

_SUBJECT = 12  # words from a verb back to its subject
_REACH = 6  # words from a number to the noun that tells the side: "three dead and one missing among the guards"
_SIDES: dict[Side, str] = {
    "irregulars": (
        "attacker assailant gunman gunmen militant insurgent rebel terrorist jihadist extremist raider bomber "
        "infiltrator separatist smuggler bandit fighter militiaman militiamen militia combatant guerrilla gangster "
        "mercenary assaillant rebelle terroriste djihadiste jihadiste insurge kamikaze milicien milice combattant "
        "separatiste contrebandier bandit mercenaire infiltre attaquant agresseur houthi houthist"
    ),
    "forces": (
        "soldier guard policeman policemen policewoman trooper serviceman servicemen peacekeeper paramilitary recruit "
        "conscript cadet gendarme ranger troop marine sailor sergeant lieutenant corporal captain constable "
        "force guardsman guardsmen infantryman infantrymen sentry sentries comrade army police garrison "
        "soldat militaire garde policier policiere douanier recrue sergent capitaine caporal adjudant gardien "
        "sentinelle camarade armee garnison fantassin"
    ),
    "civilians": (
        "civilian worker employee engineer driver passenger villager resident protester demonstrator journalist child "
        "children woman women girl boy migrant refugee trader farmer herder shepherd clerk porter labourer laborer "
        "traveller traveler bystander pedestrian motorist student teacher doctor nurse medic paramedic technician "
        "contractor merchant welder pilgrim baby infant family families civil ouvrier employe ingenieur chauffeur "
        "passager villageois habitant manifestant journaliste enfant femme fille garcon fillette refugie commercant "
        "berger eleveur agriculteur voyageur etudiant infirmier medecin technicien marchand bebe travailleur civile "
        "conducteur"
    ),
}
_ARABIC: dict[Side, str] = {
    "irregulars": (
        "مسلح مهاجم متمرد ارهابي انتحاري مقاتل مهرب حوثي متطرف مرتزق مسلحو ميليشيا ميليشيات المتمردون ارهابيو مقاتلو "
        "مهربو حوثيا"
    ),
    "forces": (
        "جندي شرطي عسكري حارس مجند ضابط جنود ضباط حرس حراس شرطه جيش عسكريو جنديا رقيب ملازم رفاق حراسه جنوده ضباطه "
        "افراد منتسبي"
    ),
    "civilians": (
        "مدني عامل موظف مهندس سايق مهاجر صحافي صحفي مواطن طفل امراه سيده فتاه متظاهر محتج راكب طبيب مسعف عمال موظفي "
        "مدنيو اطفال نساء ركاب مواطنو مسافر محتجو متظاهرو تاجر تجار سايقي سايقو راع رعاه"
    ),
}
_LOSSES = ("lost", "lose", "losing", "loss", "left", "laiss", "perd", "perte", "خسر", "خسار", "فقد")
_NOTHING = Anchor("killed", "")
_ENDINGS = ("", "ا", "ه", "ان", "ين", "ون")
_BY_WORD: dict[str, Side] = {
    **{word + end: side for side, words in _SIDES.items() for word in words.split() for end in ("", "s", "es")},
    **{word + end: side for side, words in _ARABIC.items() for word in words.split() for end in _ENDINGS},
}
_PARTICLES = ("وال", "بال", "لل", "ال", "و", "ب", "ل", "ف")


def side_of(name: str) -> Side:
    """Return the side of a folded word for people or a force, "" where it tells none."""
    side = _BY_WORD.get(name)
    if side is not None:
        return side
    return next((_BY_WORD[name[len(p) :]] for p in _PARTICLES if name.startswith(p) and name[len(p) :] in _BY_WORD), "")


def group_of(passage: CasualtyPassage, part: Part) -> Group:
    """Return the people of a part with their side: by its noun, or by what follows: "seven dead among the guards"."""
    side = side_of(passage.names[part.head]) if part.head >= 0 else ""
    for at in range(part.core_last + 1, min(part.core_last + 1 + _REACH, len(passage.names))):
        if side or at in passage.starting or not HARD.isdisjoint(passage.gap(at - 1)) or "," in passage.gap(at - 1):
            break
        side = side_of(passage.names[at])
    if not side and is_loss(passage, part):
        side = _loser(passage, part.anchor)
    return Group(side, part.low, part.high)


def is_loss(passage: CasualtyPassage, part: Part) -> bool:
    """Tell whether a part is told as a loss of its own side: "the army lost four men", "put its losses at six"."""
    if part.anchor < 0:
        return False
    words = passage.names[part.anchor : part.anchor + 1]
    if passage.anchors.get(words[0], _NOTHING).role == "B":  # "left three bodies behind"
        words = passage.names[max(0, part.first - 2) : part.first]
    return any(word.lstrip("وفب").startswith(_LOSSES) for word in words)


def _loser(passage: CasualtyPassage, anchor: int) -> Side:
    """Return the side that lost them: the nearest that is named before the verb."""
    for at in range(anchor - 1, max(-1, anchor - _SUBJECT), -1):
        side = side_of(passage.names[at]) or ("forces" if passage.names[at].endswith("قوات") else "")
        if side and passage.starting.keys().isdisjoint(range(at - 2, at + 1)):
            return side
    return ""
