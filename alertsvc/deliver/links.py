"""The addresses in a mail by which its reader leaves or changes the subscription, and what stands in their way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from alertsvc.deliver.tokens import Purpose, Tokens, load_tokens

if TYPE_CHECKING:
    from alertsvc.settings import Settings
    from alertsvc.store import Store

__all__ = ["Links", "link_warnings", "make_links"]


@dataclass(frozen=True, slots=True)
class Links:
    """Makes signed addresses of the public pages; None where the service has no public address.

    `base` is that address without a slash at its end.
    """

    base: str | None
    tokens: Tokens

    @property
    def one_click(self) -> bool:
        """Mail programs may unsubscribe with one request: RFC 8058 wants HTTPS for that."""
        return self.base is not None and self.base.startswith("https://")

    def to(self, purpose: Purpose, subscriber: int, target: str, *numbers: int) -> str | None:
        """Return the address of the page for a purpose, as `Tokens.sign` takes it."""
        if self.base is None:
            return None
        return f"{self.base}/{purpose}/{self.tokens.sign(purpose, subscriber, target, *numbers)}"


def make_links(store: Store, settings: Settings) -> Links:
    """Return what makes the links of this installation; without the pages there are none to lead to.

    Raises:
        StoreError: the database does not answer.
    """
    base = settings.service.public_url if settings.web.enabled else None
    return Links(base.rstrip("/") if base else None, load_tokens(store, settings.web))


def link_warnings(settings: Settings) -> list[str]:
    """Return one line for each thing that keeps readers from unsubscribing with one click, or their trust."""
    found: list[str] = []
    url = settings.service.public_url
    if url is None:
        found.append(
            "service.public_url is not set: mail has no link to unsubscribe, and large mail providers want one"
        )
    else:
        if urlsplit(url).scheme != "https":
            found.append("service.public_url is not https://: mail programs offer no unsubscribing with one click")
        if urlsplit(url).query or urlsplit(url).fragment:
            found.append("service.public_url must be a plain address, without ? and #: links in mail would be broken")
        if not settings.web.enabled:
            found.append("web.enabled is false: nothing answers at the links for unsubscribing")
    if settings.mail.postal_address is None:
        found.append(
            "mail.postal_address is not set: the law of many countries wants the sender's address in each mail"
        )
    if settings.consent.double_opt_in and (url is None or not settings.web.enabled):
        found.append("consent.double_opt_in needs service.public_url and the pages: nobody could confirm")
    return found
