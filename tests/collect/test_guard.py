"""Which addresses are refused: every special block, every spelling."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.collect.guard import AllowedHosts, address_fault, check_url, socket_factory
from alertsvc.errors import CollectError

NOBODY = AllowedHosts(())


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1"),
        *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
        *("198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1"),
        *("64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1", "2001:2::1", "2001:10::1", "2001:db8::1"),
        *("2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1"),
        *("ff02::1", "4000::1", "8000::1", "not an address", "", "2606:4700::1%lo"),
    ],
)
def test_special_addresses_are_refused(address: str) -> None:
    assert address_fault(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "223.0.0.1",
        ),
        *("2606:4700:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "2003::1"),
    ],
)
def test_public_addresses_are_taken(address: str) -> None:
    assert address_fault(address) is None


@given(st.ip_addresses())
def test_nothing_passes_that_the_standard_library_holds_back(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if address_fault(str(address)) is None:
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/"),
        *("http://0177.0.0.1/", "http://127.0.0.1./", "http://127.000.000.001/", "http://0/", "http://127.0.0.0x1/"),
        *("http://[::1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:127.0.0.1]/", "http://[0:0:0:0:0:0:0:1]/"),
        *(
            "http://[fe80::1%25eth0]/",
            "http://\uff11\uff12\uff17.0.0.1/",
            "http://127\u30020.0.1/",
            "http://①②⑦.0.0.1/",
        ),
        *("http://%31%32%37.0.0.1/", "http://169.254.169.254/", "https://user@8.8.8.8/", "https://u:p@example.org/"),
        *("http://example.org\\@127.0.0.1/",),
        *("ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "//example.org/", "example.org", ""),
        *("http:///path", "http://", "http://example.org:8080/", "http://example.org:99999/", "http://example.org:x/"),
        *("http://exa mple.org/", "http://a..b/", "http://[::1/", "http://example.org:22/", "http://-\u2603-.\u200b/"),
    ],
)
def test_addresses_in_disguise_are_refused(url: str) -> None:
    with pytest.raises(CollectError, match=r"^refused: ") as caught:
        check_url(url, NOBODY)
    assert caught.value.permanent


def test_what_stands_behind_a_fragment_names_no_host() -> None:
    assert check_url("http://example.org#@127.0.0.1:8080/", NOBODY).hostname == "example.org"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://example.org:443/a",
        "https://example.org:80",
        "http://8.8.8.8/",
        "HTTP://Exämple.ORG/",
        "http://[2606:4700:4700::1111]/",
        "http://1.example.org/",
        "http://a_b.example.org/",
    ],
)
def test_ordinary_addresses_are_taken(url: str) -> None:
    assert check_url(url, NOBODY)


def test_allowed_hosts() -> None:
    allowed = AllowedHosts(("localhost", "Feeds.Internal:8080", "127.0.0.1", "[::1]:81", "fd00::5"))
    for url in (
        "http://localhost:9/",
        "http://LOCALHOST./",
        "http://feeds.internal:8080/",
        "http://127.0.0.1:1/",
        "http://[::1]:81/",
        "http://[fd00::5]:7/",
    ):
        assert check_url(url, allowed)
    for url in ("http://feeds.internal:8081/", "http://127.0.0.2/", "http://[::1]:82/", "http://127.1/"):
        with pytest.raises(CollectError):
            check_url(url, allowed)
    assert allowed.addresses == {"127.0.0.1", "::1", "fd00::5"}


@pytest.mark.parametrize("entry", ["", "http://x", "a/b", "a:b", "u@host", "host:99999", ":80"])
def test_unusable_entries_of_allowed_hosts_are_told(entry: str) -> None:
    with pytest.raises(CollectError, match="allow_hosts"):
        AllowedHosts((entry,))


def test_last_check_is_on_the_address_connected_to() -> None:
    make = socket_factory({"127.0.0.1"})
    with make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))) as allowed:
        assert allowed.family == socket.AF_INET
    with pytest.raises(CollectError, match=r"127\.0\.0\.2 is no public address"):
        make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 80)))
