"""The words that say what befell people, folded: verbs, their participles, and nouns for casualties."""

from __future__ import annotations

from typing import NamedTuple

from alertsvc.detect.casualties.mention import Kind
from alertsvc.detect.numerals import ARABIC_PREFIXES

__all__ = ["ANCHORS", "PHRASES", "Anchor"]


class Anchor(NamedTuple):
    """What a word says of people.

    `role` is "P" for a participle or past, "A" for an active form, "I" for an intransitive verb, "N" for a counted
    noun or adjective, "D" for a noun of the deed that its victims follow ("the murder of two guards"), "L" for a verb
    that may be said of things as well and needs people, "B" for bodies that are found, and in
    Arabic "V" for a verb or its noun; `number` is what the word
    itself carries, as Arabic duals and singulars do, else 0.
    """

    kind: Kind
    role: str
    number: int = 0


def _anchors(*rows: tuple[Kind, str, str]) -> dict[str, Anchor]:
    return {form: Anchor(kind, role) for kind, role, forms in rows for form in forms.split()}


_ENGLISH = _anchors(
    ("killed", "P", "killed slain murdered massacred beheaded executed martyred slaughtered"),
    ("killed", "A", "kill kills killing slew murdering executing beheading martyring"),
    ("killed", "P", "butchered assassinated lynched decapitated electrocuted asphyxiated incinerated"),
    ("killed", "I", "died perished die dies dying perish succumbed succumb drowned suffocated"),
    ("killed", "D", "murder murders killings slaying slayings massacre execution executions assassination loss"),
    ("killed", "L", "lost losing lose loses"),
    ("killed", "B", "bodies corpses body"),
    ("killed", "N", "dead deaths fatalities lives martyrs"),
    ("wounded", "P", "wounded injured hurt maimed"),
    ("wounded", "A", "wounds wounding injure injures injuring injury maiming"),
    ("wounded", "N", "injuries"),
    ("captured", "P", "captured"),
    ("captured", "A", "captures capturing capture"),
    ("captured", "N", "captive prisoner"),
    ("abducted", "P", "abducted kidnapped"),
    ("abducted", "A", "abduct kidnap abducts abducting abduction kidnaps kidnapping"),
    ("abducted", "N", "hostage"),
    ("missing", "N", "missing unaccounted"),
    ("arrested", "P", "arrested detained"),
    ("arrested", "A", "arrests arresting arrest detains detaining detention"),
)
_FRENCH = _anchors(
    ("killed", "P", "tue tuee tues tuees assassine assassinee assassines assassinees execute executes egorge egorges"),
    ("killed", "P", "abattu abattus"),
    ("killed", "P", "massacre massacres abattue abattues decapite decapites executee executees egorgee egorgees"),
    ("killed", "A", "tuant tuent tuerent assassinant executant assassinat"),
    ("killed", "I", "decede decedee decedes decedees decedent meurt meurent peri perissent morte mortes succombe"),
    ("killed", "P", "noye noyes noyee noyees lynche lynches fusille fusilles fusillee fusillees carbonise carbonises"),
    ("killed", "P", "asphyxie asphyxies poignarde poignardes assassinees"),
    ("killed", "I", "trouve trouvent perissent perirent moururent succombent succomberent perie peris peries"),
    ("killed", "I", "laisse laissent tombe tombes tombee tombees tombent"),
    ("killed", "D", "meurtre meurtres execution perte pertes"),
    ("killed", "L", "perdu perd perdent perdant"),
    ("killed", "B", "corps cadavre cadavres depouilles"),
    ("killed", "N", "mort morts deces martyrs"),
    ("killed", "A", "vie"),
    ("wounded", "P", "blesse blessee blesses blessees"),
    ("wounded", "A", "blessant blessent"),
    ("captured", "P", "capture capturee captures capturees"),
    ("captured", "A", "capturant capturent"),
    ("captured", "N", "prisonnier prisonniers"),
    ("abducted", "P", "enleve enlevee enleves enlevees kidnappe kidnappee kidnappes kidnappees"),
    ("abducted", "A", "enlevant enlevent enlevement kidnappant"),
    ("abducted", "N", "otage otages"),
    ("missing", "N", "disparu disparue disparus disparues"),
    ("arrested", "P", "arrete arretee arretes arretees interpelle interpellee interpelles interpellees"),
    ("arrested", "A", "arretant arretent arrestation interpellation interpellant"),
)
_ARABIC_VERBS = _anchors(
    ("killed", "V", "قتل قتلت قتلوا مقتل يقتل بمقتل مصرع استشهد استشهدت استشهدوا استشهاد توفي توفيت وفاه لقي لقيت"),
    ("killed", "V", "ضحيته ضحيتها ضحيه بحياه ارواح قضي قضت"),
    ("killed", "V", "قتلا قتلتا لقيا استشهدا توفيا"),
    ("wounded", "V", "اصيبا جرحا"),
    ("captured", "V", "اسرا"),
    ("abducted", "V", "خطفا اختطفا"),
    ("killed", "V", "ذبح ذبحت ذبحوا اعدمت اعدموا"),
    ("killed", "L", "غرق غرقت غرقوا احترق احترقوا اختنق اختنقوا خسر خسرت فقد فقدت خساره"),
    ("killed", "B", "جثث جثه جثمان جثامين جثتان جثتين"),
    ("killed", "V", "اغتيل اغتيال اعدام اعدم مات ماتت ماتوا يموت يستشهد يلقي"),
    ("wounded", "V", "اصيب اصيبت اصيبوا اصابه يصاب جرح جرحت جرحوا باصابه"),
    ("captured", "V", "اسر اسرت اسروا"),
    ("abducted", "V", "خطف خطفت خطفوا اختطف اختطفت اختطفوا اختطاف"),
    ("missing", "V", "فقدان"),
    ("arrested", "V", "اعتقل اعتقلت اعتقلوا اعتقال القبض توقيف احتجز احتجزت احتجاز"),
)
_ARABIC_NOUNS: tuple[tuple[Kind, str, str], ...] = (  # the singular, and the plurals that are not made by an ending
    ("killed", "قتيل", "قتلي وفيات"),
    ("killed", "شهيد", "شهداء"),
    ("wounded", "جريح", "جرحي"),
    ("wounded", "مصاب", "مصابون"),
    ("captured", "اسير", "اسري"),
    ("missing", "مفقود", "مفقودون"),
    ("arrested", "معتقل", "معتقلون"),
)


def _arabic() -> dict[str, Anchor]:
    bare = dict(_ARABIC_VERBS)
    for kind, one, plurals in _ARABIC_NOUNS:
        for end, number in (("", 1), ("ا", 1), ("ه", 1), ("ان", 2), ("ين", 2)):
            bare[one + end] = Anchor(kind, "N", number)
        bare |= {form: Anchor(kind, "N") for form in plurals.split()}
    return {prefix + word: anchor for word, anchor in bare.items() for prefix in ARABIC_PREFIXES}


PHRASES: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "en": dict.fromkeys(
        "burnt burned buried hacked stabbed crushed beaten bled stoned choked clubbed trampled frozen starved".split(),
        (("to", "death"), ("alive",)),
    )
    | {"gunned": (("down",),), "mown": (("down",),), "blown": (("to", "pieces"),)},
    "fr": dict.fromkeys("brule brulee brules brulees".split(), (("vif",), ("vive",), ("vifs",), ("vives",))),
    "ar": {},
}
"""Participles that kill together with the words behind them: "burnt to death", "brûlés vifs"."""
ANCHORS = {"en": _ENGLISH, "fr": _FRENCH, "ar": _arabic()}
