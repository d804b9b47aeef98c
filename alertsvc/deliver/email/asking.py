"""The mail that asks for consent: what for, by which words, until when, and nothing else in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape

from alertsvc.brief.numbers import day
from alertsvc.brief.render import Rendered
from alertsvc.brief.texts import direction, isolated
from alertsvc.deliver.text import one_line

__all__ = ["render_question"]

_MAX_SERVICE = 60
_BUTTON = (
    "display:inline-block;background:#1a5fb4;color:#ffffff;padding:10px 22px;border-radius:4px;"
    "font-weight:bold;text-decoration:none;"
)


_WORDS = {
    "en": (
        "Please confirm: risk alerts from {service}",
        "Somebody, we hope you, asked for risk alerts from {service} to this address.",
        "By confirming you say: “{wording}”",
        "To confirm, open this page and press the button on it:",
        "The link works until {until}.",
        "If it was not you, do nothing: nothing more is sent, and your address is erased after that.",
    ),
    "fr": (
        "À confirmer : alertes de risques de {service}",
        "Quelqu'un, vous-même nous l'espérons, a demandé des alertes de risques de {service} pour cette adresse.",
        "En confirmant, vous déclarez : « {wording} »",
        "Pour confirmer, ouvrez cette page et pressez le bouton qui s'y trouve :",
        "Le lien est valable jusqu'au {until}.",
        "Si ce n'était pas vous, ne faites rien : rien d'autre ne sera envoyé, et votre adresse sera ensuite effacée.",
    ),
    "ar": (
        "يرجى التأكيد: تنبيهات المخاطر من {service}",
        "طلب أحدهم، ونرجو أن يكون أنت، إرسال تنبيهات المخاطر من {service} إلى هذا العنوان.",
        "بالتأكيد تقول: «{wording}»",
        "للتأكيد افتح هذه الصفحة واضغط الزر فيها:",
        "الرابط صالح حتى {until}.",
        "إن لم تكن أنت، فلا تفعل شيئا: لن يُرسل شيء آخر، ويُمحى عنوانك بعد ذلك.",
    ),
}


def render_question(service: str, wording: str, link: str, expires: datetime, language: str = "en") -> Rendered:
    """Return the mail that asks somebody to confirm.

    Args:
        service: name of the service.
        wording: what is agreed to by confirming, in the same language.
        link: address of the page for it.
        expires: until when it can be confirmed.
        language: of the mail; English where there are no words in it.
    """
    code = language if language in _WORDS else "en"
    instant = expires.astimezone(UTC)
    facts = {
        "service": one_line(service, _MAX_SERVICE),
        "wording": wording,
        "until": f"{day(instant.date(), code)}{'،' if code == 'ar' else ','} {instant:%H:%M} UTC",
    }
    if direction(code) == "rtl":
        # The line runs from right to left by its own letters, and what is put in is kept apart from it; what stands
        # in the words of consent, from these as well.
        facts["wording"] = wording.replace(service, f"\u2068{service}\u2069")
        facts = {name: f"\u2068{text}\u2069" for name, text in facts.items()}
        lines = [_filled(words, facts) for words in _WORDS[code]]
    else:
        lines = [isolated(_filled(words, facts)) for words in _WORDS[code]]
    subject, who, say, how, until, not_you = lines
    text = "\n\n".join([who, say, f"{how}\n{link}", until, not_you]) + "\n"
    html = (
        f'<!DOCTYPE html>\n<html lang="{code}" dir="{direction(code)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(subject)}</title>\n</head>\n"
        '<body style="margin:0;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;">\n'
        f"<p>{escape(who)}</p>\n<p>{escape(say)}</p>\n"
        f'<p><a href="{escape(link)}" style="{_BUTTON}">{escape(how.rstrip(" :"))}</a></p>\n'
        f"<p>{escape(until)}</p>\n<p>{escape(not_you)}</p>\n"
        "</body>\n</html>\n"
    )
    return Rendered(subject, text, html, {})


def _filled(words: str, facts: Mapping[str, str]) -> str:
    # By replacing, since a name may look like a place for something.
    return re.sub(r"{(\w+)}", lambda place: facts[place[1]], words)
