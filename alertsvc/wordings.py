"""The words by which people agree to be sent mail, and by which they take that back.

What somebody agreed to is evidence, so a text that was ever shown is never edited: a new wording gets a new version,
and the old ones stay. `{service}` stands for the name of the service.
"""

from __future__ import annotations

__all__ = ["CONSENT_TEXTS", "WITHDRAWAL_TEXTS", "consent_version", "withdrawal_version", "wording_text"]

_CONSENT = {"en": "consent-1", "fr": "consent-1-fr", "ar": "consent-1-ar"}
_WITHDRAWAL = {"en": "withdrawal-1", "fr": "withdrawal-1-fr", "ar": "withdrawal-1-ar"}

CONSENT_TEXTS = {
    "consent-1": (
        "I agree that {service} sends risk alerts and digests to this e-mail address until I unsubscribe, and keeps the"
        " address and my choices for that purpose. I can unsubscribe at any time by the link in every mail."
    ),
    "consent-1-fr": (
        "J'accepte que {service} envoie des alertes et des résumés de risques à cette adresse électronique jusqu'à ce"
        " que je me désabonne, et conserve l'adresse et mes choix à cette fin. Je peux me désabonner à tout moment par"
        " le lien de chaque message."
    ),
    "consent-1-ar": (
        "أوافق على أن ترسل {service} تنبيهات المخاطر وملخصاتها إلى هذا العنوان الإلكتروني إلى أن ألغي اشتراكي، وأن"
        " تحتفظ بالعنوان وباختياراتي لهذا الغرض. ويمكنني إلغاء الاشتراك في أي وقت عبر الرابط الموجود في كل رسالة."
    ),
}
WITHDRAWAL_TEXTS = {
    "withdrawal-1": "I want no more mail from {service} at this address.",
    "withdrawal-1-fr": "Je ne veux plus de messages de {service} à cette adresse.",
    "withdrawal-1-ar": "لا أريد مزيدا من الرسائل من {service} على هذا العنوان.",
}


def consent_version(language: str) -> str:
    """Return the version of the words of consent that is shown now in a language, in English where there is none."""
    return _CONSENT.get(language, _CONSENT["en"])


def withdrawal_version(language: str) -> str:
    """Return the version of the words of withdrawal that is shown now in a language."""
    return _WITHDRAWAL.get(language, _WITHDRAWAL["en"])


def wording_text(version: str | None, service: str) -> str | None:
    """Return the text of a version, of either kind, with the service's name in it; None for a version not known."""
    text = (CONSENT_TEXTS | WITHDRAWAL_TEXTS).get(version or "")
    return None if text is None else text.replace("{service}", service)
