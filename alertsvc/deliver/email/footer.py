"""What stands below each mail for its own recipient: how to leave, how to change what one gets, who sends it.

It is the only part of a mail's text that differs between the recipients of one edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from alertsvc.deliver.text import one_line

__all__ = ["Footer", "html_footer", "text_footer"]

_WORDS = {
    "en": (
        "You receive this mail because you are subscribed to {service}.",
        "Unsubscribe",
        "Change your subscription",
        "To unsubscribe, write to",
    ),
    "fr": (
        "Vous recevez ce message parce que vous êtes abonné à {service}.",
        "Se désabonner",
        "Modifier votre abonnement",
        "Pour vous désabonner, écrivez à",
    ),
    "ar": (
        "تصلك هذه الرسالة لأنك مشترك في {service}.",
        "إلغاء الاشتراك",
        "تغيير الاشتراك",
        "لإلغاء الاشتراك، راسل",
    ),
}
_ASK = {
    "en": "You receive this mail because your address was given to {service}.",
    "fr": "Vous recevez ce message parce que votre adresse a été communiquée à {service}.",
    "ar": "تصلك هذه الرسالة لأن عنوانك أُعطي إلى {service}.",
}
_ISOLATE = "\u2068{}\u2069"  # keeps a name of another direction from reordering the line round it
_CELL = "padding:4px 20px 16px;color:#56616a;font-family:Arial,Helvetica,sans-serif;font-size:13px;line-height:1.5;"


@dataclass(frozen=True, slots=True)
class Footer:
    """What the foot of one recipient's mail is made of.

    Attributes:
        language: of the edition; English where there are no words in it.
        address: where a request to unsubscribe may be written to.
        unsubscribe: address of the page for it, None where there is none.
        subscription: address of the page on which the subscription is changed.
        postal: who the operator is and where, one line.
        asked: the mail asks for consent, so that there is no subscription yet.
    """

    language: str
    service: str
    address: str
    unsubscribe: str | None = None
    subscription: str | None = None
    postal: str | None = None
    asked: bool = False

    @property
    def spoken(self) -> str:
        """The language that the foot is in."""
        return self.language if self.language in _WORDS else "en"

    def lines(self) -> tuple[str, str, str, str]:
        """Return why it is sent, and what the two links and the line with the mail address are called."""
        why, leave, change, write = _WORDS[self.spoken]
        return (_ASK[self.spoken] if self.asked else why), leave, change, write


def text_footer(footer: Footer) -> str:
    """Return the foot for plain text, line ends included."""
    why, leave, change, write = footer.lines()
    lines = ["", why.format(service=_ISOLATE.format(one_line(footer.service)))]
    if footer.unsubscribe is not None:
        lines.append(f"{leave}:\n{footer.unsubscribe}")
    else:
        lines.append(f"{write} {_ISOLATE.format(footer.address)}")
    if footer.subscription is not None:
        lines.append(f"{change}:\n{footer.subscription}")
    if footer.postal:
        lines.append(_ISOLATE.format(one_line(footer.postal)))
    return "\n".join(lines) + "\n"


def html_footer(footer: Footer) -> str:
    """Return the foot as a table of its own, to stand before the end of the body."""
    why, leave, change, write = footer.lines()
    parts = [escape(why).format(service=f"<bdi>{escape(one_line(footer.service))}</bdi>")]
    if footer.unsubscribe is not None:
        parts.append(_link(footer.unsubscribe, leave))
    else:
        # Written as text: mail programs make links of addresses by themselves, and this one needs no hint.
        parts.append(f"{escape(write)} <bdi>{escape(footer.address)}</bdi>")
    if footer.subscription is not None:
        parts.append(_link(footer.subscription, change))
    if footer.postal:
        parts.append(f"<bdi>{escape(one_line(footer.postal))}</bdi>")
    code = footer.spoken
    lines = "<br>\n".join(parts)
    return (
        '<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0">\n'
        f'<tr><td class="pad soft" align="center" lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}"'
        f' style="{_CELL}">\n{lines}\n</td></tr>\n</table>\n'
    )


def _link(address: str, words: str) -> str:
    return f'<a class="link" href="{escape(address)}" style="color:#1a5fb4;">{escape(words)}</a>'
