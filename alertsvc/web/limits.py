"""How often one visitor may ask for what is not for everyone; bounded in memory whoever asks from wherever."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

from starlette.requests import Request

from alertsvc.deliver.pace import Rate

__all__ = ["Turnstile", "visitor_of"]

_KEPT = 4096  # visitors; the one that was not seen for longest is forgotten


class Turnstile:
    """Lets so many through for each key. One forgotten for want of room begins anew, so memory never grows."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._full_at: OrderedDict[Hashable, datetime] = OrderedDict()

    def wait(self, key: Hashable, now: datetime) -> float:
        """Return the seconds until the next turn of a key; 0 where it may pass. Nothing is taken."""
        full = self._full_at.get(key, now)
        return max(0.0, (full - now).total_seconds() - (self._rate.burst - 1) / self._rate.per_second)

    def take(self, key: Hashable, now: datetime) -> float:
        """Take a turn where one is free; return the seconds to wait where none is."""
        wait = self.wait(key, now)
        if not wait:
            full = max(self._full_at.pop(key, now), now)
            while len(self._full_at) >= _KEPT:
                self._full_at.popitem(last=False)
            self._full_at[key] = full + timedelta(seconds=1 / self._rate.per_second)
        return wait


def visitor_of(request: Request) -> str:
    """Return the network address that a request comes from; of IPv6 the network, since a visitor has all of one.

    Behind a proxy that is the proxy's: what it says of others is not believed.
    """
    host = request.client.host if request.client is not None else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
