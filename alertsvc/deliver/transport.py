"""What every way out of the service has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.domain import Delivery

__all__ = ["Transport"]


class Transport(Protocol):
    """Hands briefings to one channel. It may be used again after `close`, which ends what one run had open."""

    async def send(self, delivery: Delivery, rendered: Rendered) -> None:
        """Hand one rendered delivery over; returning means that the other side has taken it.

        Raises:
            DeliveryError: it has not, as far as is known. `permanent` and `retry_after` say what follows.
            ChannelError: no delivery of this channel can leave at present.
        """
        ...

    def trace(self, delivery: Delivery) -> str:
        """Say in a few words where a delivery went, without any address."""
        ...

    async def close(self) -> None:
        """End connections; never raises for a channel that is already broken."""
        ...
