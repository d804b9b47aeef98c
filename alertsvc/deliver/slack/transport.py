"""Briefings to Slack: by incoming webhooks, or by a bot that can answer its own messages in their thread.

Addresses of webhooks and the token are secrets: they stand in no message, log or repr.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from alertsvc.deliver.errors import SetupError
from alertsvc.deliver.pace import Rate
from alertsvc.deliver.slack.addresses import check_webhook, is_channel
from alertsvc.deliver.slack.client import SlackClient
from alertsvc.deliver.slack.replies import NO_THREAD

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.deliver.transport import Receipt
    from alertsvc.domain import Delivery
    from alertsvc.settings import SlackSettings
    from alertsvc.store.letters import Letter

__all__ = ["SlackTransport"]

# https://docs.slack.dev/apis/web-api/rate-limits: one message a second for each webhook and for each channel of a bot.
_RATE = Rate(1.0)


class SlackTransport:
    """Posts messages. A target that is a channel's id goes by the bot, any other is a webhook."""

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings
        self._client = SlackClient(settings)

    def rates(self, delivery: Delivery) -> dict[Hashable, Rate]:
        """Return one message a second for the webhook or channel."""
        return {("slack", hashlib.sha256(delivery.target.encode("utf-8", "replace")).digest()): _RATE}

    def letter(self, delivery: Delivery, rendered: Rendered) -> None:
        """Return nothing: a message is its edition and the delivery's id, both of which are stored."""

    async def send(
        self, delivery: Delivery, rendered: Rendered, thread: Receipt | None = None, letter: Letter | None = None
    ) -> Receipt:
        """Post one message; returning means that Slack answered ok.

        Args:
            thread: the receipt of the message that this one answers; a bot posts into its thread.

        Returns:
            `channel` and `ts` of what a bot posted, by which a later message finds it; a webhook tells nothing.

        Raises:
            DeliveryError: permanent where Slack refused the message; else worth another try, after `retry_after`
                seconds where Slack named them.
            RecipientError: Slack knows the webhook or channel no more.
            SetupError: there is no token, or Slack does not take it.
        """
        payload = _marked(rendered.slack, delivery)
        if is_channel(delivery.target):
            return await self._by_bot(delivery, payload, thread)
        check_webhook(delivery.target, self._settings.hosts)
        fault = await self._client.webhook(delivery.target, payload)
        if fault is not None:
            raise fault
        return {}

    def trace(self, delivery: Delivery) -> str:
        """Say that it was posted."""
        return "posted to Slack"

    async def probe(self) -> str:
        """Ask Slack whose the token is; return the bot's and the workspace's name.

        Raises:
            DeliveryError: the token cannot be used.
        """
        answer, fault = await self._client.call("auth.test", {}, self._token())
        if fault is not None:
            raise fault
        return f"{answer.get('user', '?')} in {answer.get('team', '?')}"

    async def tidy(self) -> None:
        """Do nothing: aiohttp closes connections that have been idle for long by itself."""

    async def close(self) -> None:
        """Close connections."""
        await self._client.close()

    async def _by_bot(self, delivery: Delivery, payload: dict[str, Any], thread: Receipt | None) -> Receipt:
        token = self._token()
        message = {**payload, "channel": delivery.target}
        if thread is not None and thread.get("channel") == delivery.target and thread.get("ts"):
            message["thread_ts"] = thread["ts"]
            # A correction is for everyone who saw the alert, whether or not they follow its thread.
            message["reply_broadcast"] = bool(delivery.briefing.facts.get("correction"))
        answer, fault = await self._client.call("chat.postMessage", message, token)
        if fault is not None and "thread_ts" in message and answer.get("error") in NO_THREAD:
            # The first message was deleted. This one was refused, so nothing is posted twice.
            del message["thread_ts"], message["reply_broadcast"]
            answer, fault = await self._client.call("chat.postMessage", message, token)
        if fault is not None:
            raise fault
        # Later messages join the thread of the first, so that all of an incident is one thread.
        ts = message.get("thread_ts") or answer.get("ts")
        return {"channel": delivery.target, "ts": ts} if isinstance(ts, str) else {}

    def _token(self) -> str:
        if self._settings.token is None:
            raise SetupError("a Slack channel needs the bot's token: set slack.token")
        return self._settings.token.get_secret_value()


def _marked(payload: dict[str, Any], delivery: Delivery) -> dict[str, Any]:
    """Return a message with the delivery's id under it, the same at every try.

    Slack cannot tell a message that was sent again from a second one; people can, by this.
    """
    if not payload.get("blocks"):
        return payload
    name = delivery.message_id.partition("@")[0]
    mark = {"type": "context", "elements": [{"type": "plain_text", "text": f"Delivery {name}"[:200], "emoji": False}]}
    return {**payload, "blocks": [*payload["blocks"], mark]}
