"""The DNS records that make mail trusted: which are needed, and how those that are there differ from that.

SPF by RFC 7208, DKIM by RFC 6376, DMARC by RFC 7489, MX by RFC 5321 and RFC 7505; all of them are asked for by Gmail
and Yahoo. Which machines send for the operator, and who signs, is known to the operator alone.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Iterable, Iterator

from alertsvc.checks.finding import Finding, fault, note, ok, warning
from alertsvc.checks.nameserver import NameServer, Outcome, Records
from alertsvc.deliver.email.address import ascii_address, domain_of
from alertsvc.errors import DeliveryError
from alertsvc.settings import MailSettings

__all__ = ["check_records"]

_AREA = "dns"
_MAX_LOOKUPS = 10  # RFC 7208, 4.6.4
_SHOWN = 120
_SECONDS = 20.0  # for all questions together
# RFC 2606, RFC 6761, RFC 6762: nobody's, so that no record of theirs can be looked up.
_NOBODYS = frozenset({"localhost", "localdomain", "local", "invalid", "test", "internal"})
_LOOKS_UP = re.compile(r"[+?~-]?(include|a|mx|ptr|exists)\b|redirect=", re.I)


def check_records(mail: MailSettings, *, online: bool) -> Iterator[Finding]:
    """Yield the records that mail from the sender's domain needs and, online, which of them are missing or different.

    What is missing is a warning: mail leaves without, and may end as spam. Without a network one line says so, and what
    is needed is told as it is offline.
    """
    try:
        domain = domain_of(ascii_address(mail.sender))
        answers = domain_of(ascii_address(mail.unsubscribe_address or mail.reply_to or mail.sender))
    except DeliveryError as error:
        yield fault("mail", f"mail.sender: {error}")
        return
    needed = _needed(domain, mail)
    if not online or domain.rpartition(".")[2] in _NOBODYS or _is_address(domain):
        yield from (note(_AREA, said) for said in needed.values())
        return
    yield from asyncio.run(_in_time(domain, answers, mail, needed))


def _needed(domain: str, mail: MailSettings) -> dict[str, str]:
    host = mail.smtp.host
    selector = mail.dkim_selector or "SELECTOR"
    return {
        "SPF": f'SPF: {domain} TXT "v=spf1 include:... -all", with what the provider of {host} says to include, or with'
        " the addresses that it sends from (ip4:, ip6:); which these are cannot be seen from here",
        "DKIM": f'DKIM: {selector}._domainkey.{domain} TXT "v=DKIM1; p=...", with selector and key of whoever signs,'
        f" which {host} has to do and cannot be seen from here; the signature must cover List-Unsubscribe and"
        " List-Unsubscribe-Post",
        "DMARC": f'DMARC: _dmarc.{domain} TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"; p=quarantine or'
        " p=reject once the reports show that all mail passes",
        "PTR": f"PTR: the address that {host} sends from needs a name that leads back to it; only its provider can set"
        " that",
    }


async def _in_time(domain: str, answers: str, mail: MailSettings, needed: dict[str, str]) -> list[Finding]:
    try:
        async with asyncio.timeout(_SECONDS):
            return await _seen(domain, answers, mail, needed)
    except TimeoutError:
        return _silent(needed)


def _silent(needed: dict[str, str]) -> list[Finding]:
    silent = warning(_AREA, "no name server answered in time, so that nothing could be looked up; what mail needs:")
    return [silent, *(note(_AREA, said) for said in needed.values())]


async def _seen(domain: str, answers: str, mail: MailSettings, needed: dict[str, str]) -> list[Finding]:
    server = NameServer()
    below = f"_domainkey.{domain}"
    key = f"{mail.dkim_selector}.{below}" if mail.dkim_selector else below
    spf, dkim, policies, mx = await asyncio.gather(
        server.ask(domain, "TXT"),
        server.ask(key, "TXT"),
        asyncio.gather(*(server.ask(f"_dmarc.{name}", "TXT") for name in _upwards(domain))),
        server.ask(answers, "MX"),
    )
    if all(item.outcome is Outcome.SILENT for item in (spf, dkim, *policies, mx)):
        return _silent(needed)
    found = [
        *await _spf(server, domain, spf, needed["SPF"]),
        *_dkim(mail.dkim_selector, below, dkim, needed["DKIM"]),
        *_dmarc(domain, list(zip(_upwards(domain), policies, strict=True)), needed["DMARC"]),
        *await _mx(server, answers, mx),
    ]
    return [*found, *await _ptr(server, mail.smtp.host or "", needed["PTR"])]


def _upwards(domain: str) -> list[str]:
    """Return a domain and those above it, down to two labels: a policy of theirs holds for it."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def _marked(records: Records, mark: str) -> list[str]:
    return [value for value in records.values if re.match(rf"{re.escape(mark)}(?![\w.])", value.strip(), re.I)]


async def _spf(server: NameServer, domain: str, found: Records, needed: str) -> list[Finding]:
    if found.outcome is Outcome.SILENT:
        return [_unanswered("SPF", domain, needed)]
    records = _marked(found, "v=spf1")
    if not records:
        return [warning(_AREA, f"there is no SPF; set {needed.removeprefix('SPF: ')}")]
    if len(records) > 1:
        return [warning(_AREA, f"{domain} has {len(records)} SPF records, so that none of them counts: leave one")]
    terms = records[0].split()[1:]
    told = f'SPF of {domain}: "{records[0][:_SHOWN]}"'
    faults = []
    if any(term.lower() in ("all", "+all") for term in terms):
        faults.append("+all lets everybody send in your name: end it with -all or ~all")
    elif not any(term.lower().endswith("all") or term.lower().startswith("redirect=") for term in terms):
        faults.append("it ends in nothing, which says nothing of other machines: end it with -all or ~all")
    if not any(_names_machines(term) for term in terms):
        faults.append("it names no machine that may send")
    lookups = await _lookups(server, terms, {domain})
    if lookups > _MAX_LOOKUPS:
        faults.append(f"it takes {lookups} look-ups or more, and more than {_MAX_LOOKUPS} make it void")
    if faults:
        return [warning(_AREA, f"{told}: {'; '.join(faults)}")]
    return [ok(_AREA, f"{told}; whether it names what sends for you cannot be seen from here")]


def _names_machines(term: str) -> bool:
    return bool(re.match(r"[+?~]?(include:|a\b|mx\b|ip4:|ip6:|exists:|ptr\b)|redirect=", term, re.I))


async def _lookups(server: NameServer, terms: Iterable[str], seen: set[str]) -> int:
    """Return how many look-ups an SPF record takes, counted up to a little over what is allowed."""
    count = 0
    for term in terms:
        if not _LOOKS_UP.match(term):
            continue
        count += 1
        target = re.match(r"[+?~-]?(?:include:|redirect=)([\w.-]+)\Z", term, re.I)
        if target is None or target[1].lower() in seen or count > _MAX_LOOKUPS or len(seen) > _MAX_LOOKUPS:
            continue
        seen.add(target[1].lower())
        inner = _marked(await server.ask(target[1], "TXT"), "v=spf1")
        if len(inner) == 1:
            count += await _lookups(server, inner[0].split()[1:], seen)
    return count


def _dkim(selector: str | None, below: str, found: Records, needed: str) -> list[Finding]:
    if found.outcome is Outcome.SILENT:
        return [_unanswered("DKIM", below, needed)]
    if selector is None:
        if found.outcome is Outcome.NO_NAME:
            return [warning(_AREA, f"there is no DKIM key below {below}; set {needed.removeprefix('DKIM: ')}")]
        return [note(_AREA, f"{needed}; set mail.dkim_selector to have the key looked up")]
    name = f"{selector}.{below}"
    keys = [dict(_tags(value)) for value in found.values]
    keys = [tags for tags in keys if "p" in tags and tags.get("v", "DKIM1") == "DKIM1"]
    if not keys:
        return [warning(_AREA, f"there is no DKIM key at {name}; set {needed.removeprefix('DKIM: ')}")]
    if not keys[0]["p"]:
        return [warning(_AREA, f"the DKIM key at {name} is revoked: its p= is empty")]
    tested = "; t=y says that it is only being tried" if "y" in keys[0].get("t", "").split(":") else ""
    return [ok(_AREA, f"DKIM: there is a key at {name}{tested}; whether mail is signed cannot be seen from here")]


def _tags(record: str) -> Iterator[tuple[str, str]]:
    for part in record.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            yield name.strip().lower(), re.sub(r"\s+", "", value)


def _dmarc(domain: str, found: list[tuple[str, Records]], needed: str) -> list[Finding]:
    for name, records in found:
        policies = _marked(records, "v=DMARC1")
        if len(policies) > 1:
            return [warning(_AREA, f"_dmarc.{name} has {len(policies)} policies, so that none counts: leave one")]
        if policies:
            return [_policy(name, domain, dict(_tags(policies[0])), policies[0])]
    if found[0][1].outcome is Outcome.SILENT:
        return [_unanswered("DMARC", f"_dmarc.{domain}", needed)]
    return [warning(_AREA, f"there is no DMARC; set {needed.removeprefix('DMARC: ')}")]


def _policy(name: str, domain: str, tags: dict[str, str], record: str) -> Finding:
    told = f'DMARC of {name}: "{record[:_SHOWN]}"'
    policy = tags.get("p", "") if name == domain else tags.get("sp", tags.get("p", ""))
    if policy.lower() not in ("none", "quarantine", "reject"):
        return warning(_AREA, f"{told}: its p= has to be none, quarantine or reject")
    if "rua" not in tags:
        return ok(_AREA, f"{told}; with rua=mailto:... you would be told who sends in your name")
    return ok(_AREA, told)


async def _mx(server: NameServer, domain: str, found: Records) -> list[Finding]:
    """Say whether answers, and requests to unsubscribe, can arrive."""
    lost = f"answers and requests to unsubscribe to {domain} cannot arrive"
    if found.outcome is Outcome.FOUND:
        if all(value.split()[-1] == "." for value in found.values):
            return [warning(_AREA, f"{lost}: its MX says that it takes no mail")]
        return [ok(_AREA, f"MX: {domain} takes mail")]
    if found.outcome is Outcome.SILENT:
        return []
    addresses = await asyncio.gather(*(server.ask(domain, kind) for kind in ("A", "AAAA")))
    if any(item.outcome is not Outcome.NO_NAME and item.outcome is not Outcome.NONE for item in addresses):
        return []  # without an MX, mail goes to the address of the domain itself
    return [warning(_AREA, f"{lost}: it has neither MX nor address")]


async def _ptr(server: NameServer, host: str, needed: str) -> list[Finding]:
    """Say whether the mail server's addresses lead back to it; whether it sends from them is not known."""
    addresses: tuple[str, ...] = (host,)
    if not _is_address(host):
        answers = await asyncio.gather(*(server.ask(host, kind) for kind in ("A", "AAAA")))
        addresses = tuple(value for answer in answers for value in answer.values)
    public = [address for address in addresses if _is_address(address) and ipaddress.ip_address(address).is_global]
    if not public:
        return [note(_AREA, needed)]
    lost = []
    for address in public:
        names = await server.name_of(address)
        if names.outcome is Outcome.SILENT:
            return [note(_AREA, needed)]
        kind = "AAAA" if ":" in address else "A"
        back = await asyncio.gather(*(server.ask(name, kind) for name in names.values))
        if not any(_same(address, value) for answer in back for value in answer.values):
            lost.append(address)
    if lost:
        return [note(_AREA, f"{needed}; that of {', '.join(lost)} has none that does, should mail leave from there")]
    return [ok(_AREA, f"PTR: every address of {host} has a name that leads back to it")]


def _unanswered(what: str, name: str, needed: str) -> Finding:
    return warning(_AREA, f"no name server answered for {name}; {what} was not looked up: {needed}")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _same(one: str, other: str) -> bool:
    return _is_address(other) and ipaddress.ip_address(one) == ipaddress.ip_address(other)
