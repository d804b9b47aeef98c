"""What a sentence names a site for: as one that was hit, as where a flow comes from or goes, or as one hit before.

"An attack on X cut supplies to the Y refinery" tells of one site that was hit and not of two.
"""

from __future__ import annotations

from alertsvc.detect.mentions import Mention
from alertsvc.detect.reading import SentenceReading
from alertsvc.domain import PlaceKind

__all__ = ["in_row", "is_earlier", "is_end"]

_PLACES = frozenset(PlaceKind)
_REACH = 5  # words between a preposition and the name that it governs: "to the main export terminal of X"
_FROM = frozenset("from depuis من".split())
_FLOW_REACH = 12  # words in front of "to" within which something flows there
_TO = frozenset("to towards toward into vers jusqu destination الي نحو".split())
_FLOWS = frozenset(
    "supply supplies supplying deliveries flow flows flowing crude oil gas fuel carries carrying carried transport "
    "transports transporting pumped pumping pumps pump runs running linking links linked connecting connects "
    "connected shipments exports transfers leading approvisionnement livraisons flux brut petrole gaz transporte "
    "transportant transporter relie relient reliant achemine acheminant acheminement pompage exportations نقل ينقل "
    "تنقل لنقل ضخ يضخ تضخ لضخ الضخ امدادات الامدادات تدفق تدفقات يربط تربط الرابط الممتد يمتد الواصل يصل خام الخام "
    "تزويد توريد تصدير".split()
)
_FEEDS = frozenset(
    "feeds feeding fed supplies supplying serves serving links linking connects connecting joins joining "
    "alimente alimentent alimentant alimentee alimentes dessert desservant relie relient reliant "
    "يغذي تغذي المغذي المغذيه لتغذيه تغذيه يزود تزود لتزويد يربط تربط الرابط".split()
)
_AFTER = frozenset("after following apres بعد عقب".split())
_UNITS = frozenset(
    "hour hours day days week weeks month months year years heure heures jour jours semaine semaines mois ans annee "
    "annees ساعات يوم يومين ايام اسبوع اسبوعين اسابيع شهر شهرين اشهر عام عامين سنه سنوات".split()
)
_SINCE = frozenset("since depuis منذ".split())
_ATTACKS = frozenset(
    "attack attacks strike strikes raid raids assault fire blast explosion closure seizure attaque attaques frappe "
    "frappes raid raids incendie explosion fermeture prise هجوم الهجوم قصف غاره حريق انفجار اغلاق سيطره".split()
)
_ROW = frozenset(
    "and et or ou as well the al la le les de du des d ainsi que of both also nearby neighbouring crossing crossings "
    "border post posts field fields oil oilfield oilfields gas terminal terminals port ports refinery poste postes "
    "frontiere frontieres champ champs petrolier petroliers petrolieres raffinerie terminal terminaux point points "
    "passage معبر ومعبر حقل وحقل مصفاه ومصفاه ميناء وميناء منفذ ومنفذ الحدودي الحدوديه النفطي النفطيه و كذلك".split()
)


def is_end(mention: Mention, sentence: SentenceReading) -> bool:
    """Say whether a site is named for where something flows to or from: "cutting supplies to the Zawiya refinery"."""
    words = sentence.sentence.tokens.names
    barred = [m for m in sentence.mentions if m.kind in _PLACES and m is not mention]
    for at in range(mention.first - 1, max(-1, mention.first - 1 - _REACH), -1):
        if any(m.first <= at <= m.last for m in barred):
            return False
        if words[at] in _FEEDS:
            return True
        if words[at] in _FROM:  # what is cut at its source is hit there, but for "from X to Y"
            behind = words[mention.last + 1 : mention.last + 2 + _REACH]
            return not _TO.isdisjoint(behind) and not _FLOWS.isdisjoint(words[max(0, at - _FLOW_REACH) : at])
        if words[at] in _TO:
            if words[at] == "jusqu" or (words[at] == "vers" and at and words[at - 1] in _FLOWS):
                return True
            return not _FLOWS.isdisjoint(words[max(0, at - _FLOW_REACH) : at])
    return False


def is_earlier(mention: Mention, sentence: SentenceReading) -> bool:
    """Say whether a site is named as one that was hit before.

    A headline says so in front ("after Zueitina, the port of Brega closes"), a sentence by how long ago that was
    ("three days after the attack on X") or since when something holds ("closed since the attack on X").
    """
    words = sentence.sentence.tokens
    first = mention.first
    if first > 0 and mention.last + 1 < len(words) and words[first - 1].text in _AFTER:
        gap = sentence.sentence.text[words[mention.last].end : words[mention.last + 1].start]
        if gap.strip() in (",", "،"):
            return True
    for at in range(first - 1, max(0, first - 2 - _REACH), -1):
        word = words[at].text
        if word in _SINCE or (word in _AFTER and _counted(sentence, at)):
            return any(words[k].text in _ATTACKS for k in range(at + 1, first))
    return False


def _counted(sentence: SentenceReading, at: int) -> bool:
    """Say whether "after" has a span of time: "three days after", "بعد ثلاثة أيام من"."""
    words = sentence.sentence.tokens.names
    return words[at - 1] in _UNITS or not _UNITS.isdisjoint(words[at + 1 : at + 3])


def in_row(one: Mention, other: Mention, sentence: SentenceReading) -> bool:
    """Say whether two names stand in one row, with nothing between but "and", commas and words for their kind."""
    if one.first > other.first:
        one, other = other, one
    text, words = sentence.sentence.text, sentence.sentence.tokens
    if other.first - one.last > _REACH + 1 or ". " in text[words[one.last].end : words[other.first].start]:
        return False
    return all(words[k].text in _ROW or _named_at(sentence, k) for k in range(one.last + 1, other.first))


def _named_at(sentence: SentenceReading, position: int) -> bool:
    return any(m.kind in _PLACES and m.first <= position <= m.last for m in sentence.mentions)
