"""Damage as feeds and pages do it to articles: what stands around them, and what happens to their characters."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from arabic_reshaper import reshape


@dataclass(frozen=True)
class Story:
    """A clean article: its paragraphs, and the dateline that it could have had."""

    name: str
    language: str
    title: str
    paragraphs: tuple[str, ...]
    published: date
    dateline: str

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


Damage = Callable[[Story, Random], tuple[str, str]]
"""Returns a story's headline and text, damaged."""

# What other articles are called: each of them would be an incident if it were read.
HEADLINES = {
    "en": (
        "Rebels Seize Bab al-Hawa Crossing and Kill Four Guards",
        "Drones Set Fire to Abqaiq Oil Plant",
        "Army Column Halted 20 km From Khartoum",
        "Gunmen Storm the Sarir Oilfield",
        "Nafusa Talks End Without Result",
    ),
    "fr": (
        "Des rebelles s'emparent du poste-frontière de Kidira",
        "Des drones frappent la raffinerie de Ras Lanouf",
        "Les insurgés à 25 km de Bamako",
        "Tempête de sable : les écoles fermées",
    ),
    "ar": (
        "مسلحون يسيطرون على معبر نصيب ويقتلون ثلاثة جنود",
        "طائرات مسيرة تستهدف مصفاة الزاوية",
        "المتمردون على بعد 30 كلم من الخرطوم",
        "انطلاق معرض الكتاب في تونس",
    ),
}
RELATED = {
    "en": ("Related articles", "RELATED STORIES:", "You may also like", "More stories from Africa", "Most read"),
    "fr": ("À lire aussi", "Articles similaires", "Sur le même sujet", "Les plus lus", "Dans la même rubrique"),
    "ar": ("اقرأ أيضا", "مواضيع ذات صلة", "الأكثر قراءة", "أخبار متعلقة:"),
}
TEASERS = {
    "en": "Fighters took the crossing at dawn and killed four guards, according to residents of the town.",
    "fr": "Les combattants ont pris le poste à l'aube et tué quatre gardes, selon des habitants de la ville.",
    "ar": "سيطر المقاتلون على المعبر فجرا وقتلوا أربعة من الحراس بحسب سكان المدينة.",
}
NOTICES = {
    "en": (
        "Sign up for our daily newsletter and never miss a story.",
        "Subscribe to our newsletter",
        "Get our morning briefing in your inbox",
        "Enter your email address",
        "We use cookies to give you the best experience. Accept all cookies",
        "This site uses cookies. By continuing to browse, you agree to our use of them.",
        "Accept all",
        "Number of times this article was read : 86",
        "This article has been read 1,204 times",
        "3 min read",
        "Advertisement",
        "Follow us on Facebook",
        "Join our WhatsApp channel",
        "Read also: The price of bread",
        "All rights reserved.",
    ),
    "fr": (
        "Abonnez-vous à notre newsletter",
        "Recevez chaque matin notre lettre d'information",
        "Vous pouvez vous désabonner à tout moment.",
        "Ce site utilise des cookies pour améliorer votre expérience.",
        "En poursuivant votre navigation, vous acceptez l'utilisation de cookies.",
        "Tout accepter",
        "Nombre de lectures : 312",
        "Temps de lecture : 4 minutes",
        "Publicité",
        "Suivez-nous sur Facebook",
        "Lire la suite",
        "Tous droits réservés",
    ),
    "ar": (
        "اشترك في النشرة البريدية",
        "يستخدم هذا الموقع ملفات تعريف الارتباط",
        "قبول الكل",
        "عدد القراءات: 312",
        "إعلان",
        "تابعونا على فيسبوك",
        "انضم إلينا على تلغرام",
        "جميع الحقوق محفوظة",
        "12 مشاهدة",
    ),
}
BUTTONS = {
    "en": ("Share", "Share this article", "Share on Facebook", "Tweet | Email | Print", "WhatsApp", "Copy link", "5"),
    "fr": ("Partager", "Partager sur Facebook", "Imprimer cet article", "Envoyer par e-mail", "12 partages"),
    "ar": ("مشاركة", "شارك على فيسبوك", "طباعة", "نسخ الرابط", "أرسل إلى صديق"),
}
FORMS = {
    "en": (
        "Leave a reply",
        "Your email address will not be published. Required fields are marked *",
        "Comment *",
        "Name *",
        "Email *",
        "Save my name, email, and website in this browser for the next time I comment.",
        "Post comment",
    ),
    "fr": (
        "Laisser un commentaire",
        "Votre adresse e-mail ne sera pas publiée. Les champs obligatoires sont indiqués avec *",
        "Commentaire *",
        "Nom *",
        "Enregistrer mon nom dans le navigateur pour mon prochain commentaire.",
    ),
    "ar": (
        "اترك تعليقا",
        "لن يتم نشر عنوان بريدك الإلكتروني. الحقول الإلزامية مشار إليها بـ *",
        "الاسم *",
        "البريد الإلكتروني *",
        "احفظ اسمي وبريدي الإلكتروني في هذا المتصفح.",
    ),
}
POSTED = {
    "en": (
        "Posted on 4 February 2026",
        "Published: Wed, 4 Feb 2026, 10:15 GMT",
        "Last updated at 11:30 am",
        "Updated 3 hours ago",
        "Published on Monday | Updated on Tuesday",
    ),
    "fr": (
        "Publié le 4 février 2026 à 10h15",
        "Mis à jour le 5 février",
        "Publié il y a 3 heures",
        "Modifié le 04/02/2026 à 11:30",
    ),
    "ar": ("نشر في 4 فبراير 2026", "آخر تحديث: 4 فبراير 10:15", "تاريخ النشر: الأربعاء"),
}
OUTLETS = ("Sahara News", "The Desert Herald", "Maghreb Wire", "أخبار الصحراء", "Le Courrier du Sahel")


def _mixed(paragraphs: tuple[str, ...], junk: list[str], rng: Random) -> str:
    """Strew lines between the paragraphs."""
    lines = list(paragraphs)
    for line in junk:
        lines.insert(rng.randrange(len(lines) + 1), line)
    return "\n".join(lines)


def related_below(story: Story, rng: Random) -> tuple[str, str]:
    heading = rng.choice(RELATED[story.language])
    others = rng.sample(HEADLINES[story.language], rng.randint(2, 4))
    return story.title, "\n".join((*story.paragraphs, heading, *others))


def teasers_below(story: Story, rng: Random) -> tuple[str, str]:
    heading = rng.choice(RELATED[story.language])
    others = rng.sample(HEADLINES[story.language], rng.randint(2, 3))
    lines = [line for title in others for line in (title, f"{TEASERS[story.language]} {rng.randint(2, 99)}.")]
    return story.title, "\n".join((*story.paragraphs, heading, *lines))


def related_box(story: Story, rng: Random) -> tuple[str, str]:
    """A box behind the first paragraph, where others follow it."""
    if len(story.paragraphs) < 4:
        return story.title, story.text
    box = (rng.choice(RELATED[story.language]), *rng.sample(HEADLINES[story.language], 2))
    lines = (*story.paragraphs[:1], *box, *story.paragraphs[1:])
    return story.title, "\n".join(lines)


def notices(story: Story, rng: Random) -> tuple[str, str]:
    # What offers to subscribe may end an article for good, so it stands below; the rest stands anywhere.
    chosen = rng.sample(NOTICES[story.language], 4)
    ending = re.compile("(?i)sign up|subscribe|get our|abonnez|اشترك")
    strewn = [line for line in chosen if not ending.match(line)]
    below = [line for line in chosen if ending.match(line)]
    return story.title, "\n".join((_mixed(story.paragraphs, strewn, rng), *below))


def buttons(story: Story, rng: Random) -> tuple[str, str]:
    return story.title, _mixed(story.paragraphs, rng.sample(BUTTONS[story.language], 4), rng)


def comment_form(story: Story, rng: Random) -> tuple[str, str]:
    lines = FORMS[story.language]
    return story.title, "\n".join((*story.paragraphs, *lines[rng.randrange(2) :]))


def posted_on(story: Story, rng: Random) -> tuple[str, str]:
    return story.title, "\n".join((rng.choice(POSTED[story.language]), *story.paragraphs))


def doubled_headline(story: Story, rng: Random) -> tuple[str, str]:
    outlet = rng.choice(OUTLETS)
    forms = (story.title, story.title.upper(), f"{story.title} | {outlet}", f"{story.title} - {outlet}")
    title = rng.choice((story.title, f"{story.title} | {outlet}"))
    return title, "\n".join((*rng.choices(forms, k=rng.randint(1, 3)), *story.paragraphs))


def paid_mark(story: Story, rng: Random) -> tuple[str, str]:
    mark = rng.choice("F$") if story.title[-3:].isascii() and story.title[-3:].isalpha() else ""
    return story.title + mark, "\n".join((story.title + mark, rng.choice(("F", "$")), *story.paragraphs))


def filed(story: Story, rng: Random) -> tuple[str, str]:
    return story.title, f"{story.dateline} {story.text}"


def wrapped(story: Story, rng: Random) -> tuple[str, str]:
    """Lines of a width, as in a message of plain text: so narrow that a short text shows it too."""
    width = rng.randint(55, 90)
    while width > 45:
        parts = [
            textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) for line in story.paragraphs
        ]
        if sum(len(part) - 1 for part in parts) >= 4:
            break
        width -= 1
    return story.title, "\n".join(line for part in parts for line in part)


def broken_lines(story: Story, rng: Random) -> tuple[str, str]:
    """Line breaks before a word in lower case or behind a comma."""
    places = re.compile(r"(?<=[^\n]{20}[,،]) | (?<=[^\n]{20}) (?=[a-zà-ÿ]{3})")
    return story.title, places.sub(lambda match: "\n" if rng.random() < 0.05 else match.group(), story.text)


STRUCTURAL: dict[str, Damage] = {
    function.__name__: function
    for function in (
        related_below,
        teasers_below,
        related_box,
        notices,
        buttons,
        comment_form,
        posted_on,
        doubled_headline,
        paid_mark,
        filed,
        wrapped,
        broken_lines,
    )
}


def entities(text: str, rng: Random) -> str:
    spellings = {
        "'": ("& # 39;", "&#39;", "&#x27;", "&amp;#39;", "& #39;"),
        "’": ("&#8217;", "& # 8217;", "&rsquo;", "&amp;rsquo;", "&#x2019;"),
        '"': ("&quot;", "&#34;", "&amp;quot;", "& quot;"),
        "“": ("&ldquo;", "&#8220;"),
        "”": ("&rdquo;", "&#8221;"),
        "é": ("&eacute;", "&#233;"),
        "&": ("&amp;", "&amp;amp;"),
        "،": ("&#1548;", "&#x60c;"),
    }
    return "".join(rng.choice(spellings[char]) if char in spellings and rng.random() < 0.7 else char for char in text)


def without_ampersands(text: str, rng: Random) -> str:
    return re.sub(r"(?<=\w)'(?=\w)", " #39;", text)


def utf8_as_cp1252(text: str, rng: Random) -> str:
    """What a reader makes of UTF-8 that takes it for Windows-1252; the bytes without a letter pass through."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


def cp1256_as_cp1252(text: str, rng: Random) -> str:
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode("cp1256"))


def invisible(text: str, rng: Random) -> str:
    marks = "\u200b\u200e\u200f\u2060\ufeff\u00ad\u202b\u061c"
    return "".join(char + (rng.choice(marks) if rng.random() < 0.08 else "") for char in text)


def stretched(text: str, rng: Random) -> str:
    """Arabic with tatweel and vowel signs."""
    return re.sub(
        "[ء-ي](?=[ء-ي])",
        lambda match: match.group() + rng.choice(("", "", "ـ", "ــ", "\u064e", "\u0651")),
        text,
    )


def printed(text: str, rng: Random) -> str:
    """Arabic in the forms that its letters have in print, as PDF files hold it, in some words or in all."""
    share = rng.choice((0.3, 1.0))
    return re.sub("[ء-ي]+", lambda match: reshape(match.group()) if rng.random() < share else match.group(), text)


def tagged(text: str, rng: Random) -> str:
    """Words in tags that were stored with the text, some of them escaped once too often."""
    tags = (
        "<i>{}</i>",
        "<strong>{}</strong>",
        '<a href="https://x.example/?a=1" rel=nofollow>{}</a>',
        "&lt;b&gt;{}&lt;/b&gt;",
    )
    return re.sub(r"\w{2,}", lambda m: rng.choice(tags).format(m.group()) if rng.random() < 0.1 else m.group(), text)


def blanks(text: str, rng: Random) -> str:
    return re.sub(" ", lambda match: rng.choice((" ", " ", "  ", "\u00a0", "\t", "\u2009 ")), text)


CHARACTERS: dict[str, Callable[[str, Random], str]] = {
    function.__name__: function
    for function in (
        entities,
        without_ampersands,
        utf8_as_cp1252,
        cp1256_as_cp1252,
        invisible,
        stretched,
        printed,
        tagged,
        blanks,
    )
}


def fits(name: str, text: str) -> bool:
    """Say whether a damage to characters can befall a text at all."""
    if name == "cp1256_as_cp1252":
        arabic = len(re.findall("[ء-ي]", text))
        return arabic > len(text) / 2 and text.encode("cp1256", "replace").decode("cp1256") == text
    return True


BREAKS = ("wrapped", "broken_lines")


def combined(story: Story, rng: Random, many: int = 4) -> tuple[str, str]:
    """Return a story with several damages at once: what stands around it, then breaks within it, then characters."""
    chosen = rng.sample([name for name in STRUCTURAL if name not in BREAKS], many)
    chosen.sort(key=["filed", "related_box"].__contains__, reverse=True)  # these look for the first paragraph
    title, damaged = story.title, story
    for name in chosen:
        headline, text = STRUCTURAL[name](damaged, rng)
        title = headline if headline != story.title else title
        damaged = replace(damaged, paragraphs=tuple(text.split("\n")))
    lines = list(damaged.paragraphs)
    # A headline as long as the lines of a wrapped text cannot be told from one of them, so no box within such a text.
    breaks = rng.choice((None, *BREAKS)) if "related_box" not in chosen else None
    if breaks is not None:
        # Only the article's own lines are long enough to be broken.
        own = {*story.paragraphs, f"{story.dateline} {story.paragraphs[0]}"}
        inside = replace(story, paragraphs=tuple(line for line in lines if line in own))
        broken = STRUCTURAL[breaks](inside, rng)[1]
        pieces = iter(_apart(broken.split("\n"), inside.paragraphs))
        lines = [next(pieces) if line in own else line for line in lines]
    text = "\n".join(lines)
    mark = rng.choice([name for name in CHARACTERS if fits(name, text)])
    return CHARACTERS[mark](title, rng), CHARACTERS[mark](text, rng)


def _apart(pieces: list[str], paragraphs: tuple[str, ...]) -> list[str]:
    """Return broken lines by the paragraph that they come from."""
    found, rest = [], list(pieces)
    for paragraph in paragraphs:
        own: list[str] = []
        while rest and len(" ".join(own)) < len(paragraph):
            own.append(rest.pop(0))
        found.append("\n".join(own))
    return found
