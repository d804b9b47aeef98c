"""The small words of English and French that tell what is the name of a site and what is not."""

from __future__ import annotations

__all__ = [
    "AND",
    "AROUND",
    "ARTICLES",
    "BETWEEN",
    "COMPASS",
    "GROUND",
    "LINKS",
    "MODIFIERS",
    "NO_NAMES",
    "NUMBERED",
    "OWN",
    "PLURAL",
    "REGIONS",
    "SINGULAR",
    "STARTERS",
]

SINGULAR = {
    "en": frozenset(
        "crossing post gate point terminal checkpoint station bridge outpost pass port field oilfield gasfield "
        "refinery pipeline depot plant complex facility installation hub farm platform wellhead flowstation house "
        "market block site storage".split()
    ),
    "fr": frozenset(
        "poste point passage terminal porte pont champ site installation port raffinerie oleoduc pipeline gazoduc "
        "depot station usine gisement complexe plateforme".split()
    ),
}
PLURAL = {
    "en": frozenset(
        "crossings posts gates points terminals checkpoints stations bridges outposts passes ports fields oilfields "
        "gasfields refineries pipelines depots plants facilities installations hubs farms platforms wellheads "
        "flowstations sites".split()
    ),
    "fr": frozenset(
        "postes points passages terminaux portes champs sites installations ports raffineries oleoducs pipelines "
        "gazoducs depots stations usines gisements plateformes".split()
    ),
}
# Between a name and its kind: "the Halma natural gas processing plant".
MODIFIERS = frozenset(
    "oil gas fuel crude natural petroleum land road border frontier customs main export import storage processing "
    "loading offshore onshore international petrochemical pumping compressor lng marine".split()
)
OWN = {"en": frozenset(("of", "at")), "fr": frozenset(("de", "du", "d", "des", "a", "au", "aux"))}
AROUND = {
    "en": frozenset("in near outside around by close".split()),
    "fr": frozenset("dans en pres proche".split()),
}
# What else may stand between: "the refinery in the northern city of Baiji".
BETWEEN = {
    "en": frozenset(
        "the to known called named as town city village suburb district point points s northern southern eastern "
        "western north south east west northeast northwest southeast southwest coastal central desert port outskirts "
        "border area region province state".split()
    ),
    "fr": frozenset(
        "la le l les dit dite nomme nommee petrolier petroliere petroliers petrolieres gazier gaziere gaziers "
        "gazieres frontalier frontaliere frontaliers frontalieres frontiere terrestre terrestres principal ville "
        "region province departement village commune nord sud est ouest localite loin ile baie zone etat wilaya "
        "gouvernorat".split()
    ),
}
GROUND = frozenset("etat province region wilaya gouvernorat departement ile ville".split())  # also with a capital
ARTICLES = frozenset("the la le l les du des au aux".split())
REGIONS = frozenset("province state governorate region county district department oblast prefecture area".split())
LINKS = frozenset("al el ez es as ash az ad an at ed bin ibn de la du des d l ar".split())
AND = frozenset(("and", "et"))
COMPASS = frozenset(
    "north south east west northern southern eastern western northeast northwest southeast southwest nord sud est "
    "ouest centre".split()
)  # parts of names and no names by themselves: "terminals of the East"
NUMBERED = frozenset("block unit well sector no bloc".split())  # names only with their number: "Block 14"
STARTERS = frozenset(
    "a an the this that these those another every each no some any many several few both all one two three four five "
    "six seven eight nine ten more most other such its his her their our as after at in on from by with near two "
    "dozens un une le la les des ce cet cette ces plusieurs quelques aucun aucune autre autres deux trois "
    "quatre".split()
)
NO_NAMES = STARTERS | frozenset(
    "main key major border land frontier international state national largest biggest northern southern eastern "
    "western north south east west oil gas crude fuel du leur leurs grand company corporation ministry army "
    "government official crossing post gate refinery terminal field port pipeline facility video "
    "photos photo group council compagnie ministere armee gouvernement societe kingdom republic customs police "
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars "
    "avril mai juin juillet aout septembre octobre novembre decembre".split()
)
