"""A rendered briefing as a mail: the same delivery always gives the same bytes."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from alertsvc.deliver.email.address import ascii_address, domain_of
from alertsvc.deliver.email.headers import address_line, header_line, text_line
from alertsvc.deliver.text import block
from alertsvc.domain import BriefingKind
from alertsvc.errors import DeliveryError

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.domain import Delivery
    from alertsvc.settings import MailSettings

__all__ = ["MAX_SUBJECT", "build_mail"]

MAX_SUBJECT = 300
_POLICY = SMTP.clone(cte_type="7bit", max_line_length=78)
# Subscribers file alerts and digests apart, so each is a list of its own; an update belongs to its alert's.
_LISTS = {
    BriefingKind.FLASH: ("alerts", "Alerts"),
    BriefingKind.UPDATE: ("alerts", "Alerts"),
    BriefingKind.BRIEF: ("alerts", "Alerts"),
    BriefingKind.DAILY: ("daily", "Daily digest"),
    BriefingKind.WEEKLY: ("weekly", "Weekly review"),
}


def _boundary(message_id: str) -> str:
    # "=_" occurs neither in quoted-printable nor in base64, the only encodings used, so no text can imitate it.
    return "=_" + hashlib.sha256(message_id.encode("utf-8")).hexdigest()[:32]


def _encoding(text: str) -> str:
    """Choose the shorter encoding: three bytes for each one that is not ASCII against a third more of everything."""
    size = len(text.encode("utf-8"))
    foreign = size - sum(1 for letter in text if letter < "\x80")
    return "base64" if foreign * 6 > size else "quoted-printable"


def _angled(message_id: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", message_id) or re.search(r"[<>]", message_id):
        raise DeliveryError("the message id of the delivery is not a valid one", permanent=True)
    return f"<{message_id}>"


def _list_id(kind: BriefingKind, service: str, domain: str) -> str:
    name, title = _LISTS[kind]
    slug = re.sub(r"[^a-z0-9]+", "-", service.lower()).strip("-") or "alertsvc"
    return f"{title} <{name}.{slug}.{domain}>"


def build_mail(delivery: Delivery, rendered: Rendered, settings: MailSettings, *, service: str) -> bytes:
    """Return the complete message, CRLF line ends, 7-bit clean, no line over 998 characters.

    Args:
        delivery: for addressee, ids and date; its `created` is the mail's date for every try.
        rendered: subject, plain text and HTML; whatever would break a header line is folded to a space.
        settings: sender, its name, and where answers go.
        service: the name of the service, as part of the list's identity.

    Raises:
        DeliveryError: permanent; an address or id that no mail can carry.
    """
    sender = ascii_address(settings.sender)
    answers = ascii_address(settings.reply_to) if settings.reply_to else sender
    head = [
        header_line("Date", format_datetime(delivery.created.astimezone(UTC))),
        address_line("From", settings.sender_name, sender),
        header_line("To", ascii_address(delivery.target)),
        text_line("Subject", rendered.subject, MAX_SUBJECT),
        header_line("Message-ID", _angled(delivery.message_id)),
        header_line("Auto-Submitted", "auto-generated"),
        header_line("X-Auto-Response-Suppress", "All"),
        header_line("List-Id", _list_id(delivery.briefing.kind, service, domain_of(sender))),
        header_line("List-Unsubscribe", f"<mailto:{quote(answers, safe='@')}?subject=unsubscribe>"),
    ]
    if settings.reply_to:
        head.append(header_line("Reply-To", answers))
    if delivery.in_reply_to:
        parent = _angled(delivery.in_reply_to)
        head += [header_line("In-Reply-To", parent), header_line("References", parent)]
    body = EmailMessage(policy=_POLICY)
    text, html = block(rendered.text), block(rendered.html)
    body.set_content(text, cte=_encoding(text))
    body.make_alternative(boundary=_boundary(delivery.message_id))
    page = EmailMessage(policy=_POLICY)
    page.set_content(html, subtype="html", cte=_encoding(html))
    for picture in rendered.pictures:
        name = f"{picture.cid.partition('@')[0]}.png"
        cid = f"<{picture.cid}>"
        page.add_related(picture.png, "image", "png", cid=cid, disposition="inline", filename=name)
    if rendered.pictures:
        page.set_boundary(_boundary(f"{delivery.message_id} pictures"))
    del page["MIME-Version"]
    body.attach(page)
    return "\r\n".join([*head, ""]).encode("ascii") + body.as_bytes()
