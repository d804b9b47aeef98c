"""The words by which people agree to be sent mail, and by which they take that back.

What somebody agreed to is evidence, so a text that was ever shown is never edited: a new wording gets a new version,
and the old ones stay. `{service}` stands for the name of the service.
"""

from __future__ import annotations

__all__ = ["CONSENT", "CONSENT_TEXTS", "WITHDRAWAL", "WITHDRAWAL_TEXTS", "wording_text"]

CONSENT = "consent-1"
"""The version that is shown now."""
WITHDRAWAL = "withdrawal-1"
"""The version that is shown now."""

CONSENT_TEXTS = {
    "consent-1": (
        "I agree that {service} sends risk alerts and digests to this e-mail address until I unsubscribe, and keeps the"
        " address and my choices for that purpose. I can unsubscribe at any time by the link in every mail."
    ),
}
WITHDRAWAL_TEXTS = {
    "withdrawal-1": "I want no more mail from {service} at this address.",
}


def wording_text(version: str | None, service: str) -> str | None:
    """Return the text of a version, of either kind, with the service's name in it; None for a version not known."""
    text = (CONSENT_TEXTS | WITHDRAWAL_TEXTS).get(version or "")
    return None if text is None else text.replace("{service}", service)
