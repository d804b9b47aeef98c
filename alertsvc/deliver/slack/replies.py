"""What Slack's answers to a webhook mean, by status and by the words its documentation fixes.

Sources: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import re

from alertsvc.errors import DeliveryError

__all__ = ["fault_of"]

_DEFAULT_WAIT = 30.0
_LONGEST_WAIT = 3600.0
_WORD = re.compile(r"[a-z][a-z0-9_]{1,60}\Z")


def _wait(header: str | None) -> float:
    """Read `Retry-After` in seconds; Slack sends no dates."""
    if header is None or not re.fullmatch(r"\d{1,9}(\.\d+)?", header.strip()):
        return _DEFAULT_WAIT
    return min(max(float(header), 1.0), _LONGEST_WAIT)


def fault_of(status: int, body: str, retry_after: str | None) -> DeliveryError | None:
    """Judge an answer; None means that the message was taken.

    Args:
        status: of the HTTP answer.
        body: its beginning; only a single word such as `no_service` is repeated in the error.
        retry_after: the header of that name.
    """
    word = body.strip()
    if status == 200 and word == "ok":
        return None
    said = f"{status} {word}" if _WORD.match(word) else str(status)
    if status == 429:
        return DeliveryError(f"Slack asks to wait: {said}", retry_after=_wait(retry_after))
    if status >= 500 or status == 408:
        return DeliveryError(f"Slack could not take the message: {said}")
    if status == 200:
        # Taken by something that is not Slack; sending it again and again would not help.
        return DeliveryError("the webhook's answer was not Slack's ok", permanent=True)
    return DeliveryError(f"Slack refused the message: {said}", permanent=True)
