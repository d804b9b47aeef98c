"""What a day does in its sentence: it dates the deed, or only what was said of it, a clause aside, another thing."""

from __future__ import annotations

from alertsvc.detect.dates import DateMention
from alertsvc.detect.reading import SentenceReading

__all__ = ["first_word", "is_aside", "is_of_another_thing", "is_of_lasting", "is_of_saying", "is_since"]

_OF = frozenset("of du de d".split())
_NO_DEEDS = ("CITY_UNREST", "DIPLOMACY", "COMMERCE", "ANNIVERSARY", "SPORT", "CULTURE", "EXERCISE")
_SAYING = ("SAY", "CLAIM", "DENY")
_DEEDS = ("ATTACK", "CLASH", "AIRSTRIKE", "SEIZE", "RETAKE", "CLOSE", "REOPEN", "SHUTDOWN", "BOMBING", "SHELLING")
_SAID_REACH = 8  # words from a verb of saying to its day
# Words that may stand between a verb of saying and its day: "told reporters in a statement issued late on Monday".
_FILLERS = frozenset(
    "told tell reporters journalists said in a an on late early the press state media television tv radio statement by "
    "to his her its report issued published released dated posted phone telephone "
    "a la le les l presse dans un communique publie publiee diffuse date tard soir matin aux journalistes television "
    "في بيان صدر صادر نشر نشره له لها يوم مساء صباح فجر ليل عن على علي الصحفيين للصحفيين رسمي".split()
)
_FREE = {"en": 1, "fr": 2, "ar": 3}  # other words between them, such as the speaker
_THAT = frozenset("that que qu ان انه انها انهم بان".split())
_BEHIND_TOLL = 8  # characters
_ORDERED = frozenset(
    "ordered decided ordonne ordonnee ordonnes decide decidee امر قررت قرر امرت".split()
)  # an order has a day of its own
_TOLD = frozenset(("told", "savoir"))  # "a fait savoir lundi"
_BACK = 12  # words from the opening of a clause to its day
_RELATIVE = frozenset("who which that whose qui que dont الذي التي الذين اللذين اللتين".split())
_AFTER = frozenset("after following since despite apres depuis suite malgre بعد عقب اثر منذ رغم".split())
_HAPPENED = frozenset(
    "took place occurred happened came began started lieu produit produite survenu survenue commence debute وقع وقعت "
    "حدث حدثت جري جرت بدا بدات اندلعت".split()
)
_HOURS = frozenset(
    "midnight dawn midday noon nightfall sunset dark clock minuit midi heures منتصف الساعه".split()
)  # "after midnight on"
_LASTING = 8  # words between "the fifth day" and the day that it is
_DAY = frozenset("day jour journee لليوم اليوم يوم".split())
_ORDINALS = frozenset(
    "second third fourth fifth sixth seventh eighth ninth tenth 2nd 3rd 4th 5th 6th 7th 8th 9th 10th deuxieme "
    "troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme 2e 3e 4e 5e 6e 7e الثاني الثالث الرابع "
    "الخامس السادس السابع الثامن التاسع العاشر".split()
)
_IN_A_ROW = frozenset("row running consecutive straight successive consecutif consecutive suite التوالي".split())
_SINCE = frozenset("since until depuis jusqu منذ حتي".split())


def first_word(day: DateMention, sentence: SentenceReading) -> int:
    """Return the token that a day begins with."""
    return next((k for k, token in enumerate(sentence.sentence.tokens) if token.end > day.start), 0)


def is_since(day: DateMention, sentence: SentenceReading) -> bool:
    """Say whether a day is the beginning or end of something that goes on: "since 3 May"."""
    words, first = sentence.sentence.tokens, first_word(day, sentence)
    return any(words[k].text in _SINCE for k in range(max(0, first - 2), first))


def is_of_saying(day: DateMention, sentence: SentenceReading) -> bool:
    """Say whether a day is that of a statement, order or count: "announced on Monday", "قال المحافظ الثلاثاء"."""
    words, first = sentence.sentence.tokens, first_word(day, sentence)
    if any(toll.total and 0 <= day.start - toll.end <= _BEHIND_TOLL for toll in sentence.casualties):
        return True  # "the toll rose to 41 on Monday"
    # A phrase that encloses the day, "denied on Monday the fall of", says it with its first word.
    told = [span for mark in _SAYING for span in sentence.marks.get(mark, ())]
    marks = [last if last < first else begin for begin, last in told]
    marks += [
        k for k in range(max(0, first - _SAID_REACH), first) if words[k].text in _ORDERED or words[k].text in _TOLD
    ]
    deeds = [begin for mark in _DEEDS for begin, _ in sentence.marks.get(mark, ())]
    for last in marks:
        if not 0 < first - last <= _SAID_REACH:
            continue
        between = [token.text for token in words[last + 1 : first]]
        free = [name for name in between if name not in _FILLERS]
        if len(free) > _FREE[sentence.language] or not _THAT.isdisjoint(between):
            continue
        if any(last < begin < first for begin in deeds):
            continue
        if "," not in sentence.sentence.text[words[last].end : day.start]:
            return True
    return False


def is_of_lasting(day: DateMention, sentence: SentenceReading) -> bool:
    """Say whether a day is one of many on which something goes on: "the fifth day running that the gate stays shut"."""
    words, first = sentence.sentence.tokens, first_word(day, sentence)
    names = [token.text for token in words[max(0, first - _LASTING) : first + _LASTING]]
    for at, name in enumerate(names):
        if name in _DAY and not _ORDINALS.isdisjoint(names[max(0, at - 1) : at + 2]):
            return not _IN_A_ROW.isdisjoint(names) or names[max(0, at - 3) : at - 1] == ["for", "the"]
    return False


def is_aside(day: DateMention, sentence: SentenceReading) -> bool:
    """Say whether a day belongs to a clause beside the sentence's own: "after Sunday's attack", "who fled on Monday".

    "The attack, which took place on Sunday" tells the event itself there.
    """
    words, first, text = sentence.sentence.tokens, first_word(day, sentence), sentence.sentence.text
    for at in range(first - 1, max(-1, first - 1 - _BACK), -1):
        if any(mark in text[words[at].end : words[at + 1].start] for mark in ",;:،؛"):
            return False
        if any(other.start <= words[at].start < other.end for other in sentence.dates):
            return False
        name = words[at].text
        if name in _RELATIVE:
            return _HAPPENED.isdisjoint(token.text for token in words[at + 1 : first])
        if name in _AFTER:
            return _HOURS.isdisjoint(token.text for token in words[at + 1 : first])
    return False


def is_of_another_thing(day: DateMention, sentence: SentenceReading) -> bool:
    """Say whether a day belongs to a thing that is no deed: "the election of 27 December"."""
    words, first = sentence.sentence.tokens, first_word(day, sentence)
    of = first if words[first].text in _OF else first - 1
    if of < 1 or words[of].text not in _OF:
        return False
    return any(last == of - 1 for mark in _NO_DEEDS for _, last in sentence.marks.get(mark, ()))
