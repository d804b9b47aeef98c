"""A real name server on loopback, for what would else be asked of the internet's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import dns.asyncresolver
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.smtpserver import LoopThread

__all__ = ["Zone", "resolving"]

Zone = Mapping[tuple[str, str], Sequence[str]]
"""Records in the form of zone files, by name without the last dot and kind."""


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone, rcode: dns.rcode.Rcode | None, asked: list[tuple[str, str]]) -> None:
        self._zone = zone
        self._rcode = rcode
        self._asked = asked
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self._asked.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if self._rcode is not None:
            answer.set_rcode(self._rcode)
        elif records := self._zone.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        elif not any(known == name or known.endswith(f".{name}") for known, _ in self._zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), addr)


@contextmanager
def resolving(zone: Zone, rcode: dns.rcode.Rcode | None = None) -> Iterator[list[tuple[str, str]]]:
    """Let every look-up of this process be answered from a zone, or with one code; gives what is asked, in order."""
    asked: list[tuple[str, str]] = []
    thread = LoopThread()

    async def listen() -> tuple[asyncio.DatagramTransport, int]:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Protocol(zone, rcode, asked), local_addr=("127.0.0.1", 0)
        )
        return transport, transport.get_extra_info("sockname")[1]

    async def shut(transport: asyncio.DatagramTransport) -> None:
        transport.close()
        await asyncio.sleep(0)

    transport, port = thread.run(listen())
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], port
    try:
        with mock.patch.object(dns.asyncresolver, "default_resolver", resolver):
            yield asked
    finally:
        thread.run(shut(transport))
        thread.stop()
