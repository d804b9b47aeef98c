"""Names of sites in Arabic, which has no capitals: the grammar of the words around tells what can be one.

A noun that a name follows stands without the article ("معبر رفح", "حقل الشرارة"): behind "المعبر" comes a predicate or
an adjective and no name. An adjective with the article closes the name off ("معبر باب الهوى الحدودي"), so that what
stands between is one whatever it looks like. Without that bracket only one word is taken, or two where the first is a
word that names begin with ("وادي", "رأس"), and no word that is a particle, an adjective of sites or the verb of a
clause ("خط أنابيب ينقل النفط"). Of a place round about ("محطة ضخ قرب مدينة س") the text must say what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import product

from alertsvc.detect.lexicon import Hit
from alertsvc.detect.sentences import Sentence
from alertsvc.detect.sites.european import Named

__all__ = ["arabic_names"]

_FRONTS = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "فب", "فل")  # written onto a noun without the article
_ONE = frozenset("معبر منفذ بوابه نقطه مخفر مركز حقل مصفاه ميناء مرفا خط منشاه محطه مستودع انبوب مجمع معمل".split())
_MASCULINE = _ONE - frozenset("بوابه نقطه مصفاه منشاه محطه".split())
_TWO = frozenset("معبري منفذي حقلي مصفاتي محطتي مينايي منشاتي".split())
_MANY = frozenset("معابر منافذ نقاط مراكز حقول مصافي مواني خطوط منشات محطات مستودعات".split())
_HEADS = {front + head: head for front, head in product(_FRONTS, _ONE | _TWO | _MANY)}
# What a kind is told closer by, before the name: "خط أنابيب الغاز", "محطة ضخ".
_CONTENT = frozenset(
    "انابيب الانابيب نفط النفط غاز الغاز وقود الوقود محروقات المحروقات ضخ الضخ للنفط للغاز للوقود للمحروقات تصدير "
    "لتصدير تكرير لتكرير تحميل خام الخام الطبيعي طبيعي المسال مسال عبور العبور بتروكيماويات لضخ لتخزين تخزين".split()
)
_GROUND = frozenset("مدينه بلده قريه منطقه ناحيه قضاء مديريه محليه محافظه ولايه جزيره حي ضاحيه بلديه".split())
_NEAR = frozenset("في قرب بالقرب من جوار بجوار شمال جنوب شرق غرب شمالي جنوبي شرقي غربي خارج ضواحي اطراف وسط".split())
_ATTRIBUTES = (
    "نفطي غازي حدودي بري بحري رييسي دولي تجاري جمركي عسكري مدني رسمي ارضي استراتيجي حيوي قديم جديد وحيد ثاني اخر كبير "
    "صغير مغلق مفتوح شمالي جنوبي شرقي غربي موقت معطل مهجور مجاور مشترك اساسي محلي ليبي سوري عراقي روسي ايراني".split()
)
_ADJECTIVES = frozenset(word + ending for word in _ATTRIBUTES for ending in ("", "ا", "ه", "ين", "ان", "ات"))
# Adjectives with the article that close a name off.
_CLOSING = frozenset(
    "الحدودي الحدوديه البري البريه النفطي النفطيه الغازي الغازيه الدولي الدوليه البحري التجاري الجمركي الجمركيه "
    "الحدوديين الحدوديتين البريين النفطيين النفطيتين".split()
)
_PARTICLES = frozenset(
    "في من علي الي عن بين مع بعد قبل امام التي الذي اللذين ان او ثم كما هو هي هم ما لا لم لن قد حيث الذين بسبب حتي "
    "منذ خلال عبر ضد لدي عند حين اثناء نحو حوالي غير سوي اذ اذا لكن ولكن بل كي لكي دون وهو وهي وهم وقد وان فان مما "
    "بما ايضا كل جميع بعض هذا هذه ذلك تلك هناك هنا احد احدي اكبر اكثر اهم ابرز اول نفسه نفسها ذاته ذاتها الان اليوم "
    "امس غدا فجر صباح مساء ليل ليله بشكل مجددا رسميا جزييا كليا موقتا تماما بالكامل كامل وسط داخل خارج فوق تحت حول "
    "قرب الواقع الواقعه الممتد الممتده الرابط الرابطه الموديه المودي الوحيد الوحيده المغلق المفتوح المذكور المذكوره "
    "الاخر الاخري الجديد الجديده القديم الرييسي الرييسيه المشترك المشتركه الرسمي الرسميه وقال وقالت وذكر واضاف بعدما "
    "عندما بينما كان كانت يوم شهر عام سنه جراء اثر بفعل نتيجه بواسطه طوال رغم عقب جانب مقابل ضمن تحسبا احتجاجا".split()
)
_COMMON = frozenset(
    "المدينه المنطقه البلده القريه النفط الغاز الوقود الحدود البلاد الشركه الدوله العاصمه الجنوب الشمال الشرق الغرب "
    "القطاع الجيش القوات الحكومه السلطات الوزاره الموسسه الجانب الجانبين الطرفين البلدين المحافظه الولايه الاقليم "
    "الساحل الصحراء الدخول الخروج الوصول المغادره المسافرين البضايع المساعدات الشاحنات الانتاج التصدير الضخ التكرير "
    "الانابيب زيت مياه المياه الكهرباء شركه موسسه قوات حكومه وزاره دخول خروج".split()
)
# Names begin with these, and their second word belongs to them.
_OPENING = frozenset(
    "باب راس وادي ابو ابي ام بن بو بير تل عين كفر خربه جبل دير بيت ذو سيدي حاسي شط قصر خان نهر سد عقله برج مرسي "
    "اولاد ابن واحه ولد ود خور عرق قلعه تين كاف شيخ ميناء جسر مارت جديده كرم".split()
)
_CONJUNCTION = "و"
_KEPT = frozenset("وادي واحه ولد ود وازن وادان ودان واد ورفله وهران".split())  # begin with the letter of "and"
_ROOTS = (
    "نتج ربط نقل غذي زود ضم صل قع مد متد عمل خدم خضع بلغ ستخدم عتبر عد تبع شهد سمح كون فصل صل ودي بقي ظل مر ضخ صدر كرر "
    "ستقبل وفر حتوي مثل شكل قود تصل ستقبل بعد تعرض".split()
)
_VERBS = frozenset(front + root for front in ("ي", "ت", "سي", "ست") for root in _ROOTS) | frozenset(
    "تعرض تعرضت توقف توقفت اصبح اصبحت ظل ظلت شهد شهدت ادي ادت جاء جاءت تسبب تسببت بقي بقيت".split()
)
_REACH = 4  # words of a name that an adjective closes off
_MOST = 6  # names in a row
_BREAKS = frozenset(".,،؛;:()!؟?…")
_HYPHENS = frozenset("-‑–—ـ")
_QUOTES = frozenset("\"«»“”'’‘")


def arabic_names(
    sentence: Sentence, hit: Hit, barred: Collection[int], listed: Callable[[int], tuple[int, int] | None]
) -> list[Named]:
    """Return the names that a word for a kind of site has in an Arabic sentence.

    Args:
        sentence: the sentence.
        hit: the word or phrase for the kind.
        barred: tokens that belong to something else.
        listed: the span of a listed place that a token belongs to, None where it belongs to none.
    """
    words = sentence.tokens
    head = _HEADS.get(words[hit.first].text)
    if head is None:
        return []
    reader = _Reader(sentence, barred, masculine=head in _MASCULINE)
    position = hit.first + 1
    while position < len(words) and words[position].text in _CONTENT and not reader.breaks(position):
        position += 1
    if position >= len(words) or reader.breaks(position):
        return []
    around = reader.around(position)
    if around is not None:
        return [around] if head in _ONE else []
    if words[position].text in _GROUND and position + 1 < len(words):
        position += 1
    known = listed(position)
    name = None if known else reader.closed(position) or reader.quoted(position)
    sure = known is not None or name is not None
    if known is None:
        name = name or reader.open(position)
        if name is None:
            return []
    found = [name] if name else []
    end = name.last if name else known[1] if known else position
    while head not in _ONE and len(found) < _MOST:
        further = reader.joined(end + 1)
        if further is None:
            break
        found.append(further)
        end = further.last
    # "The crossings of the Strip": several are named one by one or not at all.
    return found if head not in _MANY or sure or len(found) > 1 else []


class _Reader:
    def __init__(self, sentence: Sentence, barred: Collection[int], *, masculine: bool) -> None:
        self.words = sentence.tokens
        self.text = sentence.text
        self.barred = barred
        self.masculine = masculine

    def gap(self, position: int) -> str:
        """Return what stands before a word."""
        return self.text[self.words[position - 1].end : self.words[position].start]

    def breaks(self, position: int) -> bool:
        """Say whether a mark before a word ends the phrase."""
        return not _BREAKS.isdisjoint(self.gap(position))

    def possible(self, position: int, *, sure: bool = False) -> bool:
        """Say whether a word can be part of a name; where `sure`, what its look alone speaks against is let be."""
        word = self.words[position].text
        if position in self.barred or word in _PARTICLES or len(word) < 2 or word.isdigit() or word.isascii():
            return False
        if word in _CLOSING or word in _CONTENT:
            return False
        if sure:
            return True
        if word.startswith(("لل", "وال", "بال", "فال", "ولل")) or word in _COMMON or word in _NEAR:
            return False
        if word in _ADJECTIVES and not (self.masculine and word.endswith("ه")):  # "جديدة" cannot tell of "معبر"
            return False
        if word.startswith("ال") and word[2:] in _ADJECTIVES:
            return False
        if word.startswith(_CONJUNCTION) and word not in _KEPT:
            return False
        return word not in _VERBS and not (word.startswith("ي") and word[1:].startswith(("ست", "ت", "ن")))

    def closed(self, position: int) -> Named | None:
        """Return a name that an adjective with the article closes off: "معبر باب الهوى الحدودي"."""
        last = position
        while last < len(self.words) and last - position <= _REACH:
            if last > position and self.words[last].text in _CLOSING and not self.breaks(last):
                return Named(position, last - 1)
            word = self.words[last].text
            number = last > position and word.isdigit() and len(word) < 3
            if not (number or self.possible(last, sure=True)) or (last > position and self.breaks(last)):
                return None
            if word in _VERBS or (word.startswith(_CONJUNCTION) and word not in _KEPT) or word in _ADJECTIVES:
                return None
            last += 1
        return None

    def quoted(self, position: int) -> Named | None:
        """Return a name in quotation marks."""
        if _QUOTES.isdisjoint(self.gap(position)):
            return None
        last = position
        while last < len(self.words) and last - position < _REACH and self.possible(last, sure=True):
            end = self.text[self.words[last].end : self.words[last].end + 1]
            if end in _QUOTES and end:
                return Named(position, last)
            last += 1
        return None

    def open(self, position: int) -> Named | None:
        """Return a name that nothing closes off: one word, two behind a word that names begin with, or a pair."""
        if not self.possible(position):
            return None
        last = position
        if self.words[position].text in _OPENING:
            last += 1
            if last >= len(self.words) or self.breaks(last) or not self.possible(last):
                return None
        while last + 1 < len(self.words) and not _HYPHENS.isdisjoint(self.gap(last + 1)) and self.possible(last + 1):
            last += 1
        if last + 1 < len(self.words) and self.words[last + 1].text.isdigit() and len(self.words[last + 1].text) < 3:
            number = last + 1
            if not _HYPHENS.isdisjoint(self.gap(number)):
                last = number
        return Named(position, last)

    def joined(self, position: int) -> Named | None:
        """Return the next name of a row: "معبري س وص"."""
        if position >= len(self.words) or position in self.barred:
            return None
        word = self.words[position].text
        if not word.startswith(_CONJUNCTION) or len(word) < 3 or self.breaks(position):
            return None
        rest = word[1:]
        plain = rest not in _PARTICLES and rest not in _COMMON and rest not in _ADJECTIVES and rest not in _VERBS
        if not plain or (not rest.startswith("ال") and rest not in _OPENING):
            return None
        last = position
        if rest in _OPENING:
            last += 1
            if last >= len(self.words) or not self.possible(last):
                return None
        return Named(position, last, skipped=1)

    def around(self, position: int) -> Named | None:
        """Return the place that a site is near or in, where the text says what that place is."""
        at = position
        while at < len(self.words) and at - position < _REACH and not self.breaks(at):
            word = self.words[at].text
            ground = word.removeprefix("ب") if word.startswith("ب") else word
            if ground in _GROUND and (at > position or word != ground):
                name = self.open(at + 1) if at + 1 < len(self.words) and not self.breaks(at + 1) else None
                return name._replace(round_about=True) if name is not None else None
            if word not in _NEAR and word not in _ADJECTIVES:
                return None
            at += 1
        return None
