"""How fast briefings leave: connections to a mail server, mails for many recipients, and the outbox between them.

    python -m benchmarks.delivery [--mails 400] [--runs 5] [--rows 2000] [--database URL]

**Connections.** A mail server in another process, on loopback, plain and with STARTTLS, takes mails of one edition and
forgets them. What is compared with our transport is a new connection for each mail, one after another and as many at a
time as the pool has connections. Both make each mail in the same way, so what differs is the connections. Loopback has
no latency: over a real network a new connection costs more than here.

**Mails.** One edition for many recipients: the body encoded once with headers and foot in front of and behind it,
against an `EmailMessage` built and flattened for each of them, with the same text in both.

**Outbox.** Rows are claimed and marked as sent, one in each pair of transactions and fifty, on SQLite unless a URL is
given; then also with headers and foot of each mail kept before and forgotten after; then by four workers at once, and
it is counted which rows were claimed twice.

Every figure is the median of `--runs` after one run to warm up, the kinds in turn, so that a busy machine slows all of
them alike. On a machine that others use too, the ratio by CPU time is the one to trust.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import multiprocessing
import ssl
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import aiosmtplib
import trustme

from alertsvc.brief.render import Rendered
from alertsvc.clock import ManualClock
from alertsvc.deliver.email.message import build_mail, write_letter
from alertsvc.deliver.email.smtp import SmtpTransport
from alertsvc.deliver.links import Links
from alertsvc.deliver.tokens import Tokens
from alertsvc.domain import Briefing, BriefingKind, Channel, Delivery
from alertsvc.settings import MailSettings, SmtpSettings
from alertsvc.store import Store, outbox, receipts
from alertsvc.store.letters import Letter, drop_letters, find_letters, keep_letters

_START = datetime(2031, 3, 1, tzinfo=UTC)
_SENDER = "alerts@example.org"
_WORDS = "Armed men held the crossing for some hours; an officer said that three guards were killed. "
_BATCH = 50
_WORKERS = 4
_LINKS = Links("https://alerts.example.org", Tokens("a key of this benchmark"))
_POOL = 10


async def _session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tls: ssl.SSLContext | None) -> None:
    """Take every mail of a connection and forget it, at as little cost as may be."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        writer.write(b"220 sink.example\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                writer.write(b"250-sink.example\r\n250-STARTTLS\r\n250 SIZE 0\r\n" if tls else b"250 SIZE 0\r\n")
            elif word == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 2.0.0 taken\r\n")
            elif word == b"STAR" and tls is not None:
                writer.write(b"220 go on\r\n")
                await writer.start_tls(tls)
                tls = None
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 2.0.0 ok\r\n")
    writer.close()


def _serve(pipe: Pipe, certificate: bytes | None) -> None:
    """Run the mail server until the other end of the pipe is closed."""
    context: ssl.SSLContext | None = None
    if certificate is not None:
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:
            file.write(certificate)
            file.flush()
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(file.name)

    async def run() -> None:
        server = await asyncio.start_server(lambda r, w: _session(r, w, context), "127.0.0.1", 0, limit=2**20)
        pipe.send(server.sockets[0].getsockname()[1])
        with contextlib.suppress(EOFError):
            while await asyncio.to_thread(pipe.recv):
                pipe.send(time.process_time())
        server.close()

    asyncio.run(run())


@contextlib.contextmanager
def _server(authority: trustme.CA | None) -> Iterator[tuple[int, Callable[[], float]]]:
    """Give the port of a mail server in a process of its own, and what tells the CPU seconds that it has used.

    It has STARTTLS where there is an authority.
    """
    certificate = None
    if authority is not None:
        issued = authority.issue_cert("localhost", "127.0.0.1")
        certificate = issued.private_key_and_cert_chain_pem.bytes()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, certificate), daemon=True)
    process.start()

    def used() -> float:
        ours.send(True)
        seconds: float = ours.recv()
        return seconds

    try:
        yield ours.recv(), used
    finally:
        ours.close()
        process.terminate()
        process.join()


def _rendered(incidents: int = 12) -> Rendered:
    """Return an edition of about 14 kB."""
    text = "\n\n".join(f"{number}. {_WORDS * 3}" for number in range(incidents))
    rows = "".join(f'<tr><td style="padding:8px;color:#1d3557">{_WORDS * 3}</td></tr>' for _ in range(incidents))
    return Rendered("[DAILY] Twelve incidents", text, f"<html><body><table>{rows}</table></body></html>", {})


def _delivery(number: int) -> Delivery:
    return Delivery(
        key=f"flash:QX-2031-{number:06}:{number}",
        briefing=Briefing(BriefingKind.FLASH, {"language": "en"}, number, 1),
        subscriber_id=number,
        channel=Channel.EMAIL,
        target=f"reader{number}@example.net",
        message_id=f"flash.{number}@example.org",
        created=_START,
        expires=_START + timedelta(days=1),
        template_version="1",
    )


async def _at_once(work: Callable[[int], Awaitable[Any]], mails: int, limit: int) -> None:
    """Do a piece of work for each mail, `limit` of them at a time."""
    numbers = iter(range(mails))

    async def worker() -> None:
        for number in numbers:
            await work(number)

    await asyncio.gather(*(worker() for _ in range(limit)))


async def _smtp(
    settings: MailSettings, context: ssl.SSLContext | None, mails: int, runs: int, used: Callable[[], float]
) -> dict[str, tuple[float, float]]:
    """Return mails a second and CPU milliseconds for each, client's and server's together, by the way they went."""
    rendered = _rendered()
    smtp = settings.smtp

    async def alone(number: int) -> None:
        delivery = _delivery(number)
        data = build_mail(delivery, rendered, settings, service="bench")
        client = aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.effective_port,
            start_tls=smtp.security == "starttls",
            tls_context=context,
            local_hostname="example.org",
        )
        await client.connect()
        await client.sendmail(_SENDER, [delivery.target], data)
        await client.quit()

    async def pooled(size: int, limit: int) -> None:
        pool = settings.model_copy(update={"smtp": smtp.model_copy(update={"connections": size})})
        transport = SmtpTransport(pool, service="bench", clock=ManualClock(_START))
        await _at_once(lambda number: transport.send(_delivery(number), rendered), mails, limit)
        await transport.close()

    kinds: dict[str, Callable[[], Awaitable[None]]] = {
        "one after another": lambda: _at_once(alone, mails, 1),
        f"{_POOL} at a time": lambda: _at_once(alone, mails, _POOL),
        "pool of 4": lambda: pooled(4, 4),
        f"pool of {_POOL}": lambda: pooled(_POOL, _POOL),
    }
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for run in range(runs + 1):
        for name, work in kinds.items():
            begun, cpu = time.perf_counter(), time.process_time() + used()
            await work()
            if run:
                seconds[name].append((time.perf_counter() - begun, time.process_time() + used() - cpu))
    return {
        name: (
            mails / statistics.median(wall for wall, _ in found),
            statistics.median(cpu for _, cpu in found) / mails * 1000,
        )
        for name, found in seconds.items()
    }


def connections(mails: int, runs: int) -> None:
    """Tell how fast mails go over new connections and over kept ones."""
    for security in ("none", "starttls"):
        authority = trustme.CA() if security == "starttls" else None
        with tempfile.TemporaryDirectory() as folder, _server(authority) as (port, used):
            path = context = None
            if authority is not None:
                path = Path(folder) / "ca.pem"
                authority.cert_pem.write_to_path(str(path))
                context = ssl.create_default_context(cafile=str(path))
            smtp = SmtpSettings(
                host="localhost", port=port, security=security, ca_file=path, mails_per_connection=10**6
            )
            found = asyncio.run(_smtp(MailSettings(sender=_SENDER, smtp=smtp), context, mails, runs, used))
        print(f"mail server, {'STARTTLS' if authority else 'plain'}: {mails} mails; CPU time is that of both sides")
        against = {"pool of 4": "one after another", f"pool of {_POOL}": f"{_POOL} at a time"}
        for name, (rate, cpu) in found.items():
            line = f"  {name:17} {rate:7.0f} mails/s, {cpu:5.2f} ms CPU each"
            if name in against:
                other_rate, other_cpu = found[against[name]]
                line += f": {rate / other_rate:.2f} times {against[name]}, {other_cpu / cpu:.2f} times by CPU"
            print(line)


def mails_made(count: int, runs: int) -> None:
    """Tell how fast an edition's mails are made."""
    settings, rendered = MailSettings(sender=_SENDER), _rendered()

    def ours(number: int) -> bytes:
        return build_mail(_delivery(number), rendered, settings, service="bench")

    def each(number: int) -> bytes:
        delivery = _delivery(number)
        message = EmailMessage(policy=SMTP_POLICY)
        for name, value in (
            ("From", f"Risk alerts <{_SENDER}>"),
            ("To", delivery.target),
            ("Subject", rendered.subject),
            ("Message-ID", f"<{delivery.message_id}>"),
            ("Date", "Sat, 01 Mar 2031 00:00:00 +0000"),
        ):
            message[name] = value
        message.set_content(rendered.text)
        message.add_alternative(rendered.html, subtype="html")
        return message.as_bytes()

    seconds: dict[str, list[float]] = {"ours": [], "each": []}
    for run in range(runs + 1):
        for name, work in (("ours", ours), ("each", each)):
            begun = time.process_time()
            for number in range(count):
                work(number)
            if run:
                seconds[name].append(time.process_time() - begun)
    ours_, each_ = (count / statistics.median(seconds[name]) for name in ("ours", "each"))
    print(f"mails of one edition, {len(ours(1)) / 1000:.0f} kB each, made in a second of CPU time")
    print(f"  an EmailMessage for each      {each_:8.0f}")
    print(f"  body once, headers and foot   {ours_:8.0f}: {ours_ / each_:.1f} times")


def _fill(store: Store, first: int, rows: int) -> None:
    with store.begin() as conn:
        for number in range(first, first + rows):
            outbox.enqueue(conn, _delivery(number))


def _letter(number: int) -> Letter:
    settings = MailSettings(sender=_SENDER, postal_address="Risk desk, 1 Quay Street")
    return write_letter(_delivery(number), "[DAILY] Twelve incidents", settings, service="bench", links=_LINKS)


def _drain(
    store: Store, worker: str, batch: int, limit: int, claimed: list[int], letters: dict[int, Letter] | None = None
) -> None:
    """Claim and mark as sent until `limit` rows were claimed or none is left.

    Args:
        letters: kept before and forgotten after each batch, as the sender does; the same few for all.
    """
    now = _START + timedelta(minutes=1)
    while len(claimed) < limit:
        with store.begin() as conn:
            taken = outbox.claim_due(conn, worker=worker, now=now, lease=60, limit=batch)
        if not taken:
            return
        if letters:
            few = list(letters.values())
            with store.read() as conn:
                find_letters(conn, [row.id or 0 for row in taken])
            with store.begin() as conn:
                keep_letters(conn, {row.id or 0: few[index % len(few)] for index, row in enumerate(taken)}, now)
        with store.begin() as conn:
            ids = [row.id for row in taken if row.id is not None]
            outbox.mark_all_sent(conn, ids, worker, now)
            receipts.add_receipts(conn, [(row.id or 0, row.message_id, {"reply": "250 OK"}) for row in taken])
            if letters:
                drop_letters(conn, ids)
        claimed += ids


def outbox_speed(rows: int, runs: int, url: str | None) -> None:
    """Tell how fast rows are claimed and marked, and whether any was claimed twice."""
    with tempfile.TemporaryDirectory() as folder, Store.open(url or f"sqlite:///{folder}/bench.db") as store:
        print(f"outbox on {store.dialect}, rows claimed and marked as sent in a second")
        few = max(_BATCH, rows // 10)  # one at a time is slow, and as fast at the beginning as at the end
        letters = {number: _letter(number) for number in range(_BATCH)}
        seconds: dict[str, list[float]] = {"one": [], "many": [], "letters": []}
        first = int(time.time() * 1000) % 10**9 * 1000  # a database that is used again has other rows
        for run in range(runs + 1):
            for name, batch, count in (("one", 1, few), ("many", _BATCH, rows), ("letters", _BATCH, rows)):
                _fill(store, first, count)
                first += count
                claimed: list[int] = []
                begun = time.perf_counter()
                _drain(store, "bench", batch, count, claimed, letters if name == "letters" else None)
                if run:
                    seconds[name].append((time.perf_counter() - begun) / len(claimed))
        one, many, kept = (1 / statistics.median(found) for found in seconds.values())
        print(f"  one at a time  {one:8.0f}")
        print(f"  {_BATCH} at a time   {many:8.0f}: {many / one:.1f} times")
        print(f"  with letters   {kept:8.0f}: {kept / many:.2f} times {_BATCH} at a time without")
        _fill(store, first, rows)
        lists: list[list[int]] = [[] for _ in range(_WORKERS)]
        threads = [
            threading.Thread(target=_drain, args=(store, f"bench{number}", _BATCH // 5, 10**9, found))
            for number, found in enumerate(lists)
        ]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = time.perf_counter() - begun
        counted = Counter(row for found in lists for row in found)
        twice = sum(number > 1 for number in counted.values())
        missed = rows - len(counted)
        print(f"  {_WORKERS} workers      {len(counted) / spent:8.0f}: {twice} claimed twice, {missed} missed")


def main(arguments: list[str] | None = None) -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=400, help="mails in each run over a connection")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the median is told")
    parser.add_argument("--rows", type=int, default=2000, help="rows of the outbox in each run")
    parser.add_argument("--database", help="an empty PostgreSQL database, else a SQLite file that is thrown away")
    given = parser.parse_args(arguments)
    connections(given.mails, given.runs)
    mails_made(given.mails, given.runs)
    outbox_speed(given.rows, given.runs, given.database)


if __name__ == "__main__":
    main()
