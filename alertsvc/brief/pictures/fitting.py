"""How large a mail becomes, and which of its pictures have room in it."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from typing import Any

from alertsvc.brief.pictures.edition import pictures_of
from alertsvc.domain import Picture

__all__ = ["MAX_MAIL", "encoded_size", "fits_mail", "fitted_page"]

MAX_MAIL = 100_000
"""Bytes of a whole mail, headers and encoding included; the guide's limit, and below what large providers cut off."""
_HEAD = 6_000  # headers, and what the mail adds at its foot for each recipient


def encoded_size(text: str) -> int:
    """Return how many bytes a text takes up in a mail, in the shorter of quoted-printable and base64."""
    data = text.encode("utf-8", "replace")
    lines = binascii.b2a_qp(data, istext=True)
    return min(len(lines) + lines.count(b"\n"), -(-len(data) // 57) * 78)


def fits_mail(text: str, page: str) -> bool:
    """Tell whether a mail of this text and page, its pictures aside, stays under the limit."""
    return encoded_size(text) + encoded_size(page) <= MAX_MAIL - _HEAD


def fitted_page(
    facts: Mapping[str, Any], text: str, lay_out: Callable[[Mapping[str, Any]], str]
) -> tuple[str, tuple[Picture, ...]]:
    """Return the page of a briefing with as many of its pictures as the mail has room for, and these.

    Args:
        facts: of the briefing; `pictures` in it holds the descriptions.
        text: the plain text of the same mail.
        lay_out: makes the page of facts.
    """
    described = facts.get("pictures") or []
    if not described:
        return lay_out(facts), ()
    page = lay_out({**facts, "pictures": [{**description, "shown": True} for description in described]})
    pictures = pictures_of(described, MAX_MAIL - _HEAD - encoded_size(text) - encoded_size(page))
    drawn = {picture.cid for picture in pictures}
    if len(drawn) < len({description["cid"] for description in described}):
        shown = [{**description, "shown": description["cid"] in drawn} for description in described]
        page = lay_out({**facts, "pictures": shown})
    # A template of an operator's own may show none of them, or some.
    return page, tuple(picture for picture in pictures if f"cid:{picture.cid}" in page)
