"""The fault of a whole channel, as against the fault of one delivery."""

from __future__ import annotations

from alertsvc.errors import DeliveryError

__all__ = ["ChannelError"]


class ChannelError(DeliveryError):
    """The way out itself is blocked: no server, no trust, no login, no room on the disk.

    Never permanent for the delivery that met it: once the fault is mended every one of them can leave. The sender
    records it as a problem of the service and troubles the channel no more within the same run.
    """

    def __init__(self, message: str, /, *, retry_after: float | None = None) -> None:
        super().__init__(message, permanent=False, retry_after=retry_after)
