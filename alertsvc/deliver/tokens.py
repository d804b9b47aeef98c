"""Signed tokens for the links of a mail: each good for one purpose and one subscriber, telling nothing to who reads it.

A token holds the number of a subscriber and a keyed digest of its address, so that a link dies when the address
changes hands. It is signed with HMAC-SHA256 under a key derived for its purpose (itsdangerous), compared in constant
time. The key is a setting, else made once and kept in the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeSerializer

from alertsvc.store.meta import make_meta

if TYPE_CHECKING:
    from alertsvc.settings import WebSettings
    from alertsvc.store import Store

__all__ = ["Bearer", "Purpose", "Tokens", "load_tokens"]

_KEY = "web.link_key"
_MAX_TOKEN = 300  # characters; no token of ours comes near it
_TAG_BYTES = 9


class Purpose(StrEnum):
    """What a token allows."""

    UNSUBSCRIBE = "unsubscribe"
    RESUBSCRIBE = "resubscribe"
    SUBSCRIPTION = "subscription"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a good token speaks for: the row of a subscriber, the digest of its address, further numbers."""

    subscriber: int
    tag: str
    numbers: tuple[int, ...] = ()


class Tokens:
    """Makes and reads tokens. Those made under an older key are read too, as long as it is given."""

    def __init__(self, key: str, *older: str) -> None:
        """Take the key that signs, and keys that signed before."""
        if not all((key, *older)):
            raise ValueError("a key must not be empty")
        self._keys = tuple(item.encode("utf-8") for item in (key, *older))

    def __repr__(self) -> str:
        return f"Tokens({len(self._keys)} keys)"

    def sign(self, purpose: Purpose, subscriber: int, target: str, *numbers: int) -> str:
        """Return a token; the same for the same arguments and key, in characters that need no quoting in a path.

        Args:
            target: the address that the link is sent to; only a keyed digest of it enters.
            numbers: anything else that the link stands for.
        """
        token = self._serializer(purpose).dumps([subscriber, _tag(self._keys[0], target), *numbers])
        return token if isinstance(token, str) else token.decode("ascii")

    def read(self, purpose: Purpose, token: str) -> Bearer | None:
        """Return whom a token speaks for; None where we did not make it, or not for this purpose."""
        if len(token) > _MAX_TOKEN or not token.isascii():
            return None
        try:
            payload = self._serializer(purpose).loads(token)
        except BadData:
            return None
        match payload:
            case [int(subscriber), str(tag), *numbers] if all(isinstance(item, int) for item in numbers):
                return Bearer(subscriber, tag, tuple(numbers))
        return None

    def fits(self, bearer: Bearer, target: str) -> bool:
        """Say whether a token was made for this address."""
        # Each is compared, so that how long it takes says nothing of which key it was.
        found = [hmac.compare_digest(bearer.tag, _tag(key, target)) for key in self._keys]
        return any(found)

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer:
        return URLSafeSerializer(
            [*reversed(self._keys)],  # the newest stands last
            salt=f"alertsvc.{purpose}",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )


def _tag(key: bytes, target: str) -> str:
    digest = hmac.digest(key, b"alertsvc.address\0" + target.encode("utf-8", "replace"), "sha256")
    return base64.urlsafe_b64encode(digest[:_TAG_BYTES]).decode("ascii")


def load_tokens(store: Store, settings: WebSettings) -> Tokens:
    """Return the tokens of this installation, with the key that is set, else with that of the database.

    A key is made where there is none; replicas that start at once agree on one.

    Raises:
        StoreError: the database does not answer.
    """
    older = [settings.link_key_before.get_secret_value()] if settings.link_key_before is not None else []
    if settings.link_key is not None:
        return Tokens(settings.link_key.get_secret_value(), *older)
    with store.begin() as conn:
        return Tokens(make_meta(conn, _KEY, secrets.token_urlsafe(32)), *older)
