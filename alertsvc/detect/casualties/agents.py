"""Nouns for one person that no list holds, told by their ending: "surveyor", "muleteer", "grutier", "démineuse"."""

from __future__ import annotations

import re

__all__ = ["is_agent"]

_ENDINGS = {
    "en": re.compile(r"[a-z]{3,}(man|woman|er|or|ist|ian|eer|yst)\Z"),
    "fr": re.compile(r"[a-z]{3,}(eur|ier|iste|ien|ienne|euse|iere|rice|ant|ante|eron)\Z"),
}
# Frequent words with such an ending that are nobody.
_NOBODY = frozenset(
    "after ampleur anger another avant barrier barriere border bulldozer bumper bunker career carrier carriere "
    "cependant chaleur chantier chapter charter compteur computer container corner corridor courier courrier "
    "danger dernier derniere destroyer dinner donor dossier dozier durant earlier entier entiere erreur error "
    "ever exterieur exterior factor fevrier fewer finger former frontier frontiere further greater harbor hauteur "
    "helicopter heure higher honneur honor horreur horror humor hunger important instant interieur interior "
    "janvier junior labor ladder larger later latter letter lieu longer longueur lower lueur lumiere major "
    "maniere manner matiere matter meilleur metier milieu minor monitor moteur motor never number order other "
    "over panier paper papier pendant pier plusieurs pourtant power premier premiere priere prior puissant quart "
    "quarter quartier reacteur reactor restant rigueur river riviere rotor router rumeur rumor secteur sector "
    "senior sentier server serveur shelter shower smaller suivant summer terreur terror tower tracteur tractor "
    "trailer transformer trigger under valeur vapeur vigueur water weather winter".split()
)


def is_agent(word: str, language: str) -> bool:
    """Tell whether a folded word of English or French ends like a noun for somebody who does something."""
    return word not in _NOBODY and _ENDINGS[language].match(word) is not None
