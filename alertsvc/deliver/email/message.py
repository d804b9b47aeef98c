"""A rendered briefing as a mail: the same delivery always gives the same bytes.

Headers after RFC 5322, RFC 2369 (lists), RFC 2919 (their ids), RFC 3834 (automatic mail) and RFC 8058 (one click).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from alertsvc.deliver.email.address import ascii_address, domain_of
from alertsvc.deliver.email.body import edition_body
from alertsvc.deliver.email.footer import Footer, html_footer, text_footer
from alertsvc.deliver.email.headers import address_line, header_line, text_line
from alertsvc.deliver.tokens import Purpose
from alertsvc.domain import BriefingKind
from alertsvc.errors import DeliveryError
from alertsvc.store.letters import Letter

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.deliver.links import Links
    from alertsvc.domain import Delivery
    from alertsvc.settings import MailSettings

__all__ = ["ASKS", "MAX_SUBJECT", "build_mail", "sealed", "write_letter"]

ASKS = "asks"
"""Set in `Delivery.extra` of a mail that asks for consent: there is no subscription yet that could be changed."""
MAX_SUBJECT = 300
_MAX_REFERENCES = 20  # ids; the root and the newest are what mail programs look at
# Subscribers file alerts and digests apart, so each is a list of its own; an update belongs to its alert's.
_LISTS = {
    BriefingKind.FLASH: ("alerts", "Alerts"),
    BriefingKind.UPDATE: ("alerts", "Alerts"),
    BriefingKind.BRIEF: ("alerts", "Alerts"),
    BriefingKind.DAILY: ("daily", "Daily digest"),
    BriefingKind.WEEKLY: ("weekly", "Weekly review"),
}


def _angled(message_id: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", message_id) or re.search(r"[<>]", message_id):
        raise DeliveryError("the message id of the delivery is not a valid one", permanent=True)
    return f"<{message_id}>"


def _list_id(kind: BriefingKind, service: str, domain: str) -> str:
    name, title = _LISTS[kind]
    slug = re.sub(r"[^a-z0-9]+", "-", service.lower()).strip("-") or "alertsvc"
    return f"{title} <{name}.{slug}.{domain}>"


def _references(delivery: Delivery) -> list[str]:
    """Return the ids of the thread that a mail belongs to, its root first and the one it answers last.

    RFC 5322, 3.6.4: those of the parent and then the parent itself. `extra["references"]` holds the parent's own.
    """
    if delivery.in_reply_to is None:
        return []
    before = delivery.extra.get("references") or ()
    chain = dict.fromkeys(item for item in (*before, delivery.in_reply_to) if item != delivery.message_id)
    found = [_angled(str(item)) for item in chain]
    return found if len(found) <= _MAX_REFERENCES else [found[0], *found[1 - _MAX_REFERENCES :]]


def _list_headers(addresses: _Addresses, kind: BriefingKind, service: str, unsubscribe: str | None) -> Iterator[str]:
    ask = f"<mailto:{quote(addresses.unsubscribe, safe='@')}?subject=unsubscribe>"
    help_ = f"<mailto:{quote(addresses.answers, safe='@')}?subject=help>"
    yield header_line("List-Id", _list_id(kind, service, domain_of(addresses.sender)))
    # RFC 8058: one HTTPS address; a mailto may stand beside it, for those who know RFC 2369 only.
    yield header_line("List-Unsubscribe", ask if unsubscribe is None else f"<{unsubscribe}>, {ask}")
    if unsubscribe is not None:
        yield header_line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield header_line("List-Help", help_)
    yield header_line("List-Post", "NO")


@dataclass(frozen=True, slots=True)
class _Addresses:
    """The addresses of a service's mail, checked."""

    sender: str
    answers: str
    unsubscribe: str


@lru_cache(maxsize=8)
def _addresses(sender: str, reply_to: str | None, unsubscribe: str | None) -> _Addresses:
    first = ascii_address(sender)
    answers = ascii_address(reply_to) if reply_to else first
    return _Addresses(first, answers, ascii_address(unsubscribe) if unsubscribe else answers)


def _foot(
    delivery: Delivery, settings: MailSettings, service: str, addresses: _Addresses, links: Links | None
) -> Footer:
    row, target = delivery.subscriber_id, delivery.target
    asks = bool(delivery.extra.get(ASKS))
    return Footer(
        language=str(delivery.briefing.facts.get("language", "en")),
        service=service,
        address=addresses.unsubscribe,
        unsubscribe=links.to(Purpose.UNSUBSCRIBE, row, target) if links else None,
        subscription=links.to(Purpose.SUBSCRIPTION, row, target) if links and not asks else None,
        postal=settings.postal_address,
        asked=asks,
    )


def write_letter(
    delivery: Delivery, subject: str, settings: MailSettings, *, service: str, links: Links | None = None
) -> Letter:
    """Return what of a mail is its recipient's own: header lines, seven bits, none over 998 characters, and foot.

    Args:
        delivery: for addressee, ids and date; its `created` is the mail's date for every try.
        subject: whatever would break a header line is folded to a space.
        settings: sender, its name, where answers and requests to unsubscribe go, the operator's postal line.
        service: the name of the service, as part of the list's identity.
        links: makes the links by which the recipient leaves or changes the subscription.

    Raises:
        DeliveryError: permanent; an address or id that no mail can carry.
    """
    addresses = _addresses(settings.sender, settings.reply_to, settings.unsubscribe_address)
    foot = _foot(delivery, settings, service, addresses, links)
    one_click = foot.unsubscribe if links is not None and links.one_click else None
    head = [
        header_line("Date", format_datetime(delivery.created.astimezone(UTC))),
        address_line("From", settings.sender_name, addresses.sender),
        header_line("To", ascii_address(delivery.target)),
        text_line("Subject", subject, MAX_SUBJECT),
        header_line("Message-ID", _angled(delivery.message_id)),
        header_line("Auto-Submitted", "auto-generated"),
        header_line("X-Auto-Response-Suppress", "All"),
        *_list_headers(addresses, delivery.briefing.kind, service, one_click),
    ]
    if settings.reply_to:
        head.append(header_line("Reply-To", addresses.answers))
    references = _references(delivery)
    if references:
        head += [header_line("In-Reply-To", references[-1]), header_line("References", " ".join(references))]
    return Letter(addresses.sender, "\r\n".join([*head, ""]), text_footer(foot), html_footer(foot))


def sealed(letter: Letter, rendered: Rendered) -> bytes:
    """Return the complete message, CRLF line ends, 7-bit clean, no line over 998 characters.

    What an edition's recipients have in common is encoded once; only headers and foot are put to it for each.

    Args:
        letter: the recipient's own part.
        rendered: plain text, HTML and its pictures.

    Raises:
        DeliveryError: permanent; a picture that no mail can carry.
    """
    body = edition_body(rendered.text, rendered.html, rendered.pictures)
    return b"".join([letter.head.encode("ascii"), *body.closed(letter.text_foot, letter.html_foot)])


def build_mail(
    delivery: Delivery, rendered: Rendered, settings: MailSettings, *, service: str, links: Links | None = None
) -> bytes:
    """Return the complete message of a delivery of which nothing is kept: `write_letter` and `sealed` in one.

    Raises:
        DeliveryError: permanent; an address, id or picture that no mail can carry.
    """
    return sealed(write_letter(delivery, rendered.subject, settings, service=service, links=links), rendered)
