"""What Slack's answers mean, by status and by the words that its documentation fixes.

Sources: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
https://docs.slack.dev/reference/methods/chat.postMessage and https://docs.slack.dev/apis/web-api/rate-limits
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from alertsvc.deliver.errors import RecipientError, SetupError
from alertsvc.errors import DeliveryError

__all__ = ["NO_THREAD", "api_fault", "fault_of"]

NO_THREAD = frozenset({"thread_not_found", "invalid_thread_ts", "message_not_found", "cannot_reply_to_message"})
"""What the API says where the message that is answered is not there any more."""

_DEFAULT_WAIT = 30.0
_LONGEST_WAIT = 3600.0
_WORD = re.compile(r"[a-z][a-z0-9_]{1,60}\Z")
# The webhook, or the channel behind it, is there no longer or takes nothing from us any more.
_GONE_STATUS = frozenset({403, 404, 410})
_GONE = frozenset(
    "invalid_token token_revoked no_service no_service_id no_team no_active_hooks user_not_found channel_not_found"
    " channel_is_archived action_prohibited posting_to_general_channel_denied team_disabled".split()
)
_API_GONE = frozenset("channel_not_found is_archived user_not_found restricted_action cannot_dm_bot".split())
# Mended by inviting the bot: not final, though it counts.
_API_UNKNOWN = frozenset("not_in_channel restricted_action_read_only_channel restricted_action_thread_locked".split())
_API_SETUP = frozenset(
    "not_authed invalid_auth account_inactive token_revoked token_expired no_permission missing_scope"
    " org_login_required ekm_access_denied not_allowed_token_type team_access_not_granted accesslimited"
    " access_denied two_factor_setup_required".split()
)
_API_WAIT = frozenset("ratelimited rate_limited message_limit_exceeded".split())
_API_LATER = frozenset(
    "internal_error fatal_error service_unavailable request_timeout team_added_to_org"
    " external_channel_migrating".split()
)


def _wait(header: str | None) -> float:
    """Read `Retry-After` in seconds; Slack sends no dates."""
    if header is None or not re.fullmatch(r"\d{1,9}(\.\d+)?", header.strip()):
        return _DEFAULT_WAIT
    return min(max(float(header), 1.0), _LONGEST_WAIT)


def _busy(status: int, said: str, retry_after: str | None) -> DeliveryError | None:
    if status == 429:
        return DeliveryError(f"Slack asks to wait: {said}", retry_after=_wait(retry_after))
    if status >= 500 or status == 408:
        return DeliveryError(f"Slack could not take the message: {said}")
    return None


def fault_of(status: int, body: str, retry_after: str | None) -> DeliveryError | None:
    """Judge a webhook's answer; None means that the message was taken.

    Args:
        status: of the HTTP answer.
        body: its beginning; only a single word such as `no_service` is repeated in the error.
        retry_after: the header of that name.
    """
    word = body.strip()
    if status == 200 and word == "ok":
        return None
    said = f"{status} {word}" if _WORD.match(word) else str(status)
    busy = _busy(status, said, retry_after)
    if busy is not None:
        return busy
    if status == 200:
        # Taken by something that is not Slack; sending it again and again would not help.
        return DeliveryError("the webhook's answer was not Slack's ok", permanent=True)
    if status in _GONE_STATUS or word in _GONE:
        return RecipientError(f"Slack knows the webhook no more: {said}", gone=True)
    return DeliveryError(f"Slack refused the message: {said}", permanent=True)


def api_fault(status: int, answer: Mapping[str, Any], retry_after: str | None) -> DeliveryError | None:
    """Judge an answer of the Web API; None where it says ok.

    Args:
        answer: the JSON of its body, empty where that is none.
    """
    if status == 200 and answer.get("ok") is True:
        return None
    word = answer.get("error")
    word = word if isinstance(word, str) and _WORD.match(word) else ""
    said = f"{status} {word}".strip() if status != 200 else word or "an answer that is not Slack's"
    busy = _busy(429 if word in _API_WAIT else status, said, retry_after)
    if busy is not None:
        return busy
    if word in _API_SETUP or status == 401:
        return SetupError(f"Slack refuses the bot's token (slack.token): {said}")
    if word in _API_GONE or word in _API_UNKNOWN:
        return RecipientError(f"Slack does not let the bot post to the channel: {said}", gone=word in _API_GONE)
    if word in _API_LATER:
        return DeliveryError(f"Slack could not take the message: {said}")
    return DeliveryError(f"Slack refused the message: {said}", permanent=True)
