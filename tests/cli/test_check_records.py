"""The DNS records that mail needs, looked up at a real name server."""

from __future__ import annotations

import asyncio

import dns.asyncresolver
import dns.rcode
import dns.resolver
import pytest

from alertsvc.checks.finding import Level
from alertsvc.checks.nameserver import NameServer, Outcome
from alertsvc.checks.records import check_records
from alertsvc.settings import MailSettings, SmtpSettings
from tests.dnsserver import Zone, resolving

HOST = "smtp.example.net"
GOOD: dict[tuple[str, str], list[str]] = {
    ("example.org", "TXT"): ['"site-verification=1"', '"v=spf1 include:_spf.example.net " "-all"'],
    ("_spf.example.net", "TXT"): ['"v=spf1 ip4:8.8.4.0/24 -all"'],
    ("mail2026._domainkey.example.org", "TXT"): ['"v=DKIM1; k=rsa; " "p=MIGf"'],
    ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=none; rua=mailto:post@example.org"'],
    ("example.org", "MX"): ["10 mx.example.org."],
    (HOST, "A"): ["8.8.4.4"],
    ("4.4.8.8.in-addr.arpa", "PTR"): [f"{HOST}."],
}


def settings(sender: str = "alerts@example.org", selector: str | None = "mail2026", **more: str) -> MailSettings:
    return MailSettings(sender=sender, dkim_selector=selector, smtp=SmtpSettings(host=HOST), **more)


def seen(zone: Zone, mail: MailSettings | None = None) -> list[tuple[Level, str]]:
    with resolving(zone):
        return [(item.level, item.message) for item in check_records(mail or settings(), online=True)]


def test_all_is_well():
    found = seen(GOOD)
    assert [level for level, _ in found] == [Level.OK] * 5
    assert [message[: message.index(":")].split()[0] for _, message in found] == ["SPF", "DKIM", "DMARC", "MX", "PTR"]
    assert '"v=spf1 include:_spf.example.net -all"' in found[0][1]


CHANGES: dict[str, tuple[dict[tuple[str, str], list[str]], str]] = {
    "no SPF": ({("example.org", "TXT"): ['"x"']}, "there is no SPF; set example.org TXT"),
    "two SPF": ({("example.org", "TXT"): ['"v=spf1 a -all"', '"v=spf1 mx -all"']}, "2 SPF records"),
    "open": ({("example.org", "TXT"): ['"v=spf1 +all"']}, "lets everybody send"),
    "endless": ({("example.org", "TXT"): ['"v=spf1 mx"']}, "ends in nothing"),
    "nobody": ({("example.org", "TXT"): ['"v=spf1 -all"']}, "names no machine"),
    "like SPF": ({("example.org", "TXT"): ['"v=spf10 a -all"']}, "there is no SPF"),
    "too many": (
        {("example.org", "TXT"): [f'"v=spf1 {" ".join(f"include:i{n}.example" for n in range(11))} -all"']},
        "11 look-ups or more",
    ),
    "too deep": (
        {("example.org", "TXT"): ['"v=spf1 include:n0.example -all"']}
        | {(f"n{n}.example", "TXT"): [f'"v=spf1 include:n{n + 1}.example -all"'] for n in range(30)},
        "look-ups or more",
    ),
    "no key": ({("mail2026._domainkey.example.org", "TXT"): []}, "no DKIM key at mail2026._domainkey.example.org"),
    "revoked": ({("mail2026._domainkey.example.org", "TXT"): ['"v=DKIM1; p="']}, "is revoked"),
    "no policy": ({("_dmarc.example.org", "TXT"): []}, "there is no DMARC; set _dmarc.example.org TXT"),
    "two policies": ({("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"']}, "2 policies"),
    "bad policy": ({("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=some"']}, "has to be none, quarantine or reject"),
    "null MX": ({("example.org", "MX"): ["0 ."]}, "takes no mail"),
    "no MX": ({("example.org", "MX"): []}, "neither MX nor address"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_missing_or_different_is_told(name: str):
    change, told = CHANGES[name]
    found = seen({key: value for key, value in (GOOD | change).items() if value})
    ((level, message),) = [item for item in found if item[0] is not Level.OK]
    assert level is Level.WARNING
    assert told in message


def test_an_spf_that_includes_itself_comes_to_an_end():
    zone = GOOD | {("example.org", "TXT"): ['"v=spf1 include:a.example -all"']}
    loop = {
        ("a.example", "TXT"): ['"v=spf1 include:b.example -all"'],
        ("b.example", "TXT"): ['"v=spf1 include:a.example"'],
    }
    assert seen(zone | loop)[0][0] is Level.OK


def test_a_policy_of_the_domain_above_holds():
    mail = settings("alerts@news.example.org", None)
    zone = {
        ("news.example.org", "TXT"): ['"v=spf1 a -all"'],
        ("x._domainkey.news.example.org", "TXT"): ['"v=DKIM1; p=MIGf"'],
        ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=reject; sp=quarantine"'],
        ("news.example.org", "A"): ["8.8.4.4"],
    }
    found = seen(zone, mail)
    assert [message for level, message in found if level is Level.WARNING] == []
    assert any(message.startswith("DMARC of example.org") for _, message in found)
    assert any("set mail.dkim_selector" in message for _, message in found)


def test_answers_have_to_arrive_where_they_are_asked_to():
    found = seen(GOOD, settings(unsubscribe_address="leave@nowhere.example"))
    assert ("to nowhere.example cannot arrive") in next(message for level, message in found if level is Level.WARNING)


def test_a_name_that_does_not_lead_back_is_told():
    found = seen(GOOD | {("4.4.8.8.in-addr.arpa", "PTR"): ["other.example."]})
    (message,) = [message for level, message in found if level is Level.NOTE]
    assert "8.8.4.4 has none that does" in message


def needed(found: list[tuple[Level, str]]) -> list[str]:
    return [message.partition(":")[0] for level, message in found if level is Level.NOTE]


def test_without_a_network_one_line_says_so_and_what_is_needed_is_told():
    with resolving({}, dns.rcode.SERVFAIL):
        found = [(item.level, item.message) for item in check_records(settings(), online=True)]
    assert found[0] == (
        Level.WARNING,
        "no name server answered in time, so that nothing could be looked up; what mail needs:",
    )
    assert needed(found) == ["SPF", "DKIM", "DMARC", "PTR"]


def test_a_machine_without_any_name_server_is_no_failure(monkeypatch: pytest.MonkeyPatch):
    def unset() -> dns.asyncresolver.Resolver:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "get_default_resolver", unset)
    found = [(item.level, item.message) for item in check_records(settings(), online=True)]
    assert found[0][0] is Level.WARNING
    assert needed(found) == ["SPF", "DKIM", "DMARC", "PTR"]


@pytest.mark.parametrize("sender", ["alerts@desk.localdomain", "alerts@desk.invalid", "alerts@[192.0.2.1]"])
def test_nothing_is_asked_of_domains_that_are_nobodys(sender: str):
    with resolving({}) as asked:
        found = [(item.level, item.message) for item in check_records(settings(sender), online=True)]
    assert asked == []
    assert needed(found) == ["SPF", "DKIM", "DMARC", "PTR"]


def test_offline_nothing_is_asked():
    with resolving(GOOD) as asked:
        assert {item.level for item in check_records(settings(), online=False)} == {Level.NOTE}
    assert asked == []


def test_hostile_answers_stay_on_one_line():
    bad = '"v=spf1 a -all \\010\\027[31mred" "\\226\\128\\174x"'
    for _, message in seen(GOOD | {("example.org", "TXT"): [bad]}):
        assert not any(ord(letter) < 32 for letter in message)


@pytest.mark.parametrize("name", ["a" * 70 + ".example", "x..example", "", "\x00"])
def test_names_that_cannot_be_asked_for_are_silence(name: str):
    with resolving({}):
        assert asyncio.run(NameServer().ask(name, "TXT")).outcome in (Outcome.SILENT, Outcome.NO_NAME)
