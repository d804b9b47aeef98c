"""English and French words, folded: people, what is not people, and the grammar around them."""

from __future__ import annotations

from dataclasses import dataclass

from alertsvc.detect.dates import DAYS, MONTHS

__all__ = ["GRAMMARS", "Grammar"]

_ONE_EN = frozenset(
    "soldier officer guard civilian fighter militant rebel gunman policeman serviceman peacekeeper trooper "
    "attacker assailant insurgent jihadist terrorist bomber militiaman member worker employee engineer driver "
    "passenger villager resident protester demonstrator journalist reporter child woman man boy girl baby person "
    "migrant refugee commander general colonel captain lieutenant sergeant official minister governor "
    "paramilitary recruit conscript cadet combatant gendarme agent ranger infiltrator smuggler trader merchant "
    "shepherd farmer herder teacher student doctor nurse medic paramedic firefighter contractor technician "
    "foreigner national citizen leader chief elder lawmaker deputy mercenary volunteer patient prisoner suspect "
    "hostage victim cop troop marine sailor pilot crewman bystander pedestrian motorist pilgrim priest imam judge "
    "mayor ambassador diplomat spokesman bodyguard sniper extremist separatist tribesman infantryman youth "
    "teenager adult patrolman warder inspector operative commando reservist cadre israeli palestinian iraqi saudi "
    "afghan pakistani libyan egyptian sudanese mother father husband wife son daughter brother sister uncle aunt "
    "nephew niece cousin grandmother grandfather infant toddler sentry watchman porter cook clerk relative colleague "
    "comrade assistant servicewoman policewoman corporal private major brigadier president prince sheikh king "
    "queen".split()
)
_MANY_EN = frozenset(
    "men women children people policemen gunmen servicemen militiamen crewmen tribesmen troops forces police "
    "spokesmen patrolmen infantrymen personnel families casualties staff youths others crew defenders".split()
)
_ONE_FR = frozenset(
    "soldat militaire civil garde policier gendarme douanier combattant rebelle milicien djihadiste jihadiste "
    "terroriste assaillant homme femme enfant personne officier employe ouvrier ingenieur chauffeur passager "
    "villageois habitant manifestant journaliste migrant refugie commandant general colonel capitaine lieutenant "
    "sergent responsable ministre gouverneur paramilitaire recrue agent infiltre contrebandier commercant berger "
    "agriculteur eleveur enseignant etudiant medecin infirmier pompier technicien etranger ressortissant citoyen "
    "chef notable depute mercenaire volontaire otage suspect membre casque insurge kamikaze fillette garcon bebe "
    "adolescent pisteur frontalier suppletif guide conducteur civile policiere israelien palestinien mere pere epouse "
    "epoux mari fils fille frere soeur oncle tante neveu niece cousin cousine sentinelle gardien vigile cuisinier "
    "camarade adjoint collegue proche caporal adjudant brigadier maire prefet president sousofficier imam "
    "cheikh".split()
)
_MANY_FR = frozenset("generaux gens autres villageois elements civiles".split())
_THINGS_EN = frozenset(
    "km kilometre kilometer mile metre meter yard barrel tonne ton litre liter gallon dollar euro percent cent "
    "day week month year hour minute second decade night morning time village town city province district area "
    "place location site position post base camp checkpoint crossing border front vehicle truck tank car pickup "
    "drone rocket missile shell mortar bomb blast explosion attack strike raid airstrike airport field oilfield "
    "well refinery pipeline station tanker ship boat vessel helicopter plane aircraft jet house home building "
    "shop school hospital road bridge gate wave phase side point case incident clash battle operation weapon gun "
    "rifle round bullet million animal camel sheep cow floor storey neighbourhood neighborhood country state "
    "region locality stronghold settlement hill island port facility warehouse depot document outpost barracks "
    "headquarters territory am pm gmt local".split()
)
_THINGS_FR = frozenset(
    "km kilometre mille metre baril tonne litre dollar euro pour jour semaine mois an annee heure minute seconde "
    "nuit matin fois village ville province district zone lieu site position poste base camp checkpoint point "
    "frontiere vehicule camion char voiture pick drone roquette missile obus mortier bombe explosion attaque "
    "frappe raid aeroport champ puits raffinerie oleoduc gazoduc station petrolier navire bateau helicoptere "
    "avion maison batiment magasin ecole hopital route pont porte cas incident affrontement combat operation arme "
    "fusil chameau mouton pays region localite bastion colline ile port installation depot document quartier "
    "decennie kg h gmt".split()
)


@dataclass(frozen=True, slots=True)
class Grammar:
    """The words of a language by what they do in a sentence."""

    one: frozenset[str]  # a person
    people: frozenset[str]  # one or many
    things: frozenset[str]  # what a number may count that is not people
    passive: frozenset[str]
    have: frozenset[str]
    doubts: frozenset[str]  # negations, conditions and futures: what follows did not happen
    prepositions: frozenset[str]
    fillers: frozenset[str]  # may stand between people and their verb
    stops: frozenset[str]  # begin another clause
    others: frozenset[str]
    determiners: frozenset[str]
    indefinite: frozenset[str]
    possessive: frozenset[str]
    ordinals: frozenset[str]  # "a third died"
    lost: frozenset[str]  # openings of clauses that tell when or since what
    found: tuple[str, ...]  # beginnings of the verbs by which bodies are counted


def _plurals(words: frozenset[str]) -> frozenset[str]:
    return words | {word + "s" for word in words}


_ENGLISH = Grammar(
    one=_ONE_EN,
    people=_plurals(_ONE_EN) | _MANY_EN,
    things=_plurals(_THINGS_EN | MONTHS["en"].keys() | DAYS["en"].keys())
    | {"cities", "countries", "facilities", "localities", "territories", "batteries"},
    passive=frozenset("were was been being be are is got get getting remain remained remains".split()),
    have=frozenset("have has had having ve".split()),
    doubts=frozenset(
        "to would could might may can will should must shall not never cannot without or t risk wont against if "
        "nobody none neither nor no".split()
    ),
    prepositions=frozenset(
        "in at on near by to from against between within outside inside for into per around during".split()
    ),
    fillers=frozenset(
        "reportedly also feared reported confirmed believed said allegedly seriously critically severely still "
        "now already later badly slightly lightly listed declared shot found pronounced burned gunned then "
        "instantly presumed least an estimated another some other further additional as taken held".split()
    ),
    stops=frozenset(
        "and or but who that which where when while as after before because if whom whose since until than though "
        "although so including among".split()
    ),
    others=frozenset("others other more".split()),
    determiners=frozenset("the its his her their our a an this that another".split()),
    indefinite=frozenset("a an another".split()),
    possessive=frozenset("his her its their".split()),
    ordinals=frozenset("second third fourth fifth sixth seventh eighth".split()),
    lost=frozenset("after since when before until if as".split()),
    found=tuple(
        "found arriv count recover retriev receiv bury buri pull discover lay lie lying collect brought saw seen remov "
        "identif carried dug unearth exhum".split()
    ),
)
_FRENCH = Grammar(
    one=_ONE_FR,
    people=_plurals(_ONE_FR) | _MANY_FR,
    things=_plurals(_THINGS_FR | MONTHS["fr"].keys() | DAYS["fr"].keys()) | {"hopitaux"},
    passive=frozenset("ete etaient etait sont est etre furent fut seraient serait soient portes porte portees".split()),
    have=frozenset("ont a avait avaient auraient aurait ayant ai avoir".split()),
    doubts=frozenset(
        "pourraient pourrait seront sera pas aucun aucune ne n sans ni jamais personne nul peuvent va vont "
        "doivent si".split()
    ),
    prepositions=frozenset("en a au aux dans sur pres par vers contre entre pour chez sous pendant durant".split()),
    fillers=frozenset(
        "grievement legerement egalement aussi deja encore serieusement gravement retrouves retrouve declares "
        "declare au moins officiellement notamment plus fait faits faites pris prise".split()
    ),
    stops=frozenset(
        "et ou mais qui que qu dont lorsque quand alors apres avant car si puisque ainsi lors depuis".split()
    ),
    others=frozenset("autres autre".split()),
    determiners=frozenset("le la l un une son sa leur ce cet cette".split()),
    indefinite=frozenset("un une".split()),
    possessive=frozenset("son sa ses leur leurs".split()),
    ordinals=frozenset("deuxieme second seconde troisieme quatrieme cinquieme sixieme septieme huitieme".split()),
    lost=frozenset("apres depuis quand lorsque avant si comme".split()),
    found=tuple(
        "retrouv retir recu recoi recuper repech decouv enterr inhum compt denombr extrai exhum gisai gisen "
        "trouv transport transfer identifi ramen".split()
    ),
)
GRAMMARS = {"en": _ENGLISH, "fr": _FRENCH}
