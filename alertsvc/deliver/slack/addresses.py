"""Where messages for Slack may go: incoming webhooks, channels of a bot, and the API's own address.

All of these lead to Slack. Anywhere else is refused unless an operator lists the host in `slack.hosts`, as is done for
servers of the same protocol and for tests; the API may be moved to this machine only, since the token goes there.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from alertsvc.errors import DeliveryError

__all__ = ["check_api", "check_webhook", "is_channel"]

_API_HOSTS = ("slack.com", "slack-gov.com")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{7,20}\Z")


def is_channel(target: str) -> bool:
    """Say whether a target is the id of a channel, group or direct message, as a bot needs it."""
    return _CHANNEL.match(target) is not None


def check_webhook(url: str, hosts: tuple[str, ...]) -> None:
    """Make sure that a webhook leads where messages may go.

    Args:
        url: the webhook.
        hosts: names that are allowed, with `:port` behind where it is not the usual one.

    Raises:
        DeliveryError: permanent; another host, port or scheme, or an address with a user name. It never shows the
            webhook.
    """
    _check(url, hosts, "the Slack webhook")


def check_api(url: str, hosts: tuple[str, ...]) -> None:
    """Make sure that the API's address is Slack's, or one of this machine that `slack.hosts` lists.

    Raises:
        DeliveryError: permanent.
    """
    parts, host, _ = _split(url, "slack.api_url")
    if _is_loopback(host):
        _check(url, hosts, "slack.api_url")
    else:
        _check(url, _API_HOSTS, "slack.api_url", "leads elsewhere than to Slack")
    if parts.query or parts.fragment:
        raise DeliveryError("slack.api_url must not carry a query", permanent=True)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _split(url: str, what: str) -> tuple[SplitResult, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts, (parts.hostname or "").lower().rstrip("."), parts.port
    except ValueError:
        pass
    # Raised outside the handler, since the library's error repeats the address.
    raise DeliveryError(f"{what} is not a web address", permanent=True)


def _check(
    url: str, hosts: tuple[str, ...], what: str, other: str = "leads to a host that slack.hosts does not allow"
) -> None:
    parts, host, port = _split(url, what)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise DeliveryError(f"{what} must begin with https://", permanent=True)
    if parts.username is not None or parts.password is not None:
        raise DeliveryError(f"{what} must not carry a user name or password", permanent=True)
    usual = 443 if parts.scheme == "https" else 80
    name = f"[{host}]" if ":" in host else host
    allowed = {entry.lower() for entry in hosts}
    named = {f"{name}:{port or usual}"} | ({name} if port in (None, usual) else set())
    if named.isdisjoint(allowed):
        raise DeliveryError(f"{what} {other}", permanent=True)
