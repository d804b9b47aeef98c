"""What every way out of the service has in common."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.deliver.pace import Rate
    from alertsvc.domain import Delivery
    from alertsvc.store.letters import Letter

__all__ = ["Receipt", "Transport"]

Receipt: TypeAlias = dict[str, str]
"""What the other side said when it took a message, to be kept with it: a mail server's `reply`, Slack's `ts` and
`channel`. Holds no address and no secret."""


class Transport(Protocol):
    """Hands briefings to one channel. It may be used again after `close`."""

    def rates(self, delivery: Delivery) -> Mapping[Hashable, Rate]:
        """Return how fast messages may follow one another, for each thing that this one counts for."""
        ...

    def letter(self, delivery: Delivery, rendered: Rendered) -> Letter | None:
        """Return what of a message is its recipient's own, to be kept for every try; None where nothing is.

        Raises:
            DeliveryError: permanent; no message can be made of it.
        """
        ...

    async def send(
        self, delivery: Delivery, rendered: Rendered, thread: Receipt | None = None, letter: Letter | None = None
    ) -> Receipt:
        """Hand one rendered delivery over; returning means that the other side has taken it.

        Args:
            thread: the receipt of the message that this one answers, where there is one.
            letter: what was kept of it; None to write it now.

        Raises:
            DeliveryError: it has not, as far as is known. `permanent` and `retry_after` say what follows.
            RecipientError: it has not, and the recipient is not known there.
            BarredError: it has not, for what the other side or the sender is, not the recipient.
            UnreachableError: the server of this recipient cannot be reached.
            LostConnectionError: the connection broke, which may be due to this delivery or to the other side.
            SenderError: the mail server does not take the sender that the letter is from.
            ChannelError: no delivery of this channel can leave at present.
        """
        ...

    def trace(self, delivery: Delivery) -> str:
        """Say in a few words where a delivery went, without any address."""
        ...

    async def tidy(self) -> None:
        """End connections that have not been used for long; called after each run."""
        ...

    async def close(self) -> None:
        """End all connections; never raises for a channel that is already broken."""
        ...
