"""robots.txt by RFC 9309."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.clock import ManualClock
from alertsvc.collect.fetch import Fetcher
from alertsvc.collect.robots import Robots, parse_robots
from tests.feedserver import Answer, Cut, FeedServer

RULES = b"""# comment
User-agent: otherbot
Disallow: /

User-Agent: AlertSvc/2.0 # ours
User-agent: friend
Crawl-delay: 5
Disallow: /private
Allow: /private/press
Disallow: /*.pdf$
Disallow: /caf\xc3\xa9
Disallow: /a%2Fb
Sitemap: https://a.example/map.xml

User-agent: *
Disallow: /everything
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("", True),
        ("/everything", True),
        ("/private", False),
        ("/private/x?y=1", False),
        ("/privateer", False),
        ("/private/press/1", True),
        ("/paper.pdf", False),
        ("/paper.pdf?x", True),
        ("/x/paper.PDF", True),
        ("/caf%C3%A9/menu", False),
        ("/caf%c3%a9", False),
        ("/a%2fb", False),
        ("/a/b", True),
        ("/robots.txt", True),
    ],
)
def test_group_that_names_us(path: str, allowed: bool) -> None:
    assert parse_robots(RULES).allow(path) is allowed


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        (b"", "/x", True),
        (b"User-agent: *\nDisallow:", "/x", True),
        (b"User-agent: *\nDisallow: /", "/x", False),
        (b"User-agent: *\r\nDisallow: /x\r\nAllow: /x\r\n", "/x", True),
        (b"Disallow: /", "/x", True),
        (b"User-agent: alertsvcplus\nDisallow: /", "/x", True),
        (b"User-agent: alertsvc\n\nUser-agent: *\nDisallow: /", "/x", False),
        (b"User-agent: alertsvc\nDisallow:\n\nUser-agent: *\nDisallow: /", "/x", True),
        (
            b"User-agent: a\nDisallow: /a\n\nUser-agent: alertsvc\nDisallow: /b\n\nuser-agent:ALERTSVC\ndisallow:/c",
            "/c",
            False,
        ),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /x$", "/xy", True),
        (b"User-agent: *\nDisallow: /*a*b*c$", "/1a2b3c", False),
        (b"User-agent: *\nDisallow: /*a*b*c$", "/1a2b3c4", True),
        (b"User-agent: *\nDisallow: /ab*b$", "/ab", True),
        (b"<html>not robots</html>", "/x", True),
    ],
)
def test_other_files(text: bytes, path: str, allowed: bool) -> None:
    assert parse_robots(text).allow(path) is allowed


@given(st.binary(max_size=300), st.text(max_size=50))
def test_any_file_and_path_can_be_read(body: bytes, path: str) -> None:
    assert parse_robots(body + b"\nUser-agent: *\nDisallow: " + body).allow("/" + path) in (True, False)


def test_wildcards_take_linear_time() -> None:
    rules = parse_robots(b"User-agent: *\nDisallow: /" + b"*a" * 2000 + b"$")
    begun = time.perf_counter()
    assert rules.allow("/" + "a" * 1999 + "b")
    assert time.perf_counter() - begun < 1


async def test_asked_once_a_day(server: FeedServer, fetcher: Fetcher, clock: ManualClock) -> None:
    server.script("/robots.txt", Answer(b"User-agent: *\nDisallow: /no"), Answer(b"User-agent: *\nDisallow: /"))
    robots = Robots(fetcher, clock)
    assert await robots.allows(server.url("/yes?q=1"))
    assert not await robots.allows(server.url("/no"))
    clock.advance(timedelta(hours=23))
    assert await robots.allows(server.url("/yes"))
    assert server.paths() == ["/robots.txt"]
    clock.advance(timedelta(hours=2))
    assert not await robots.allows(server.url("/yes"))
    assert server.paths() == ["/robots.txt"] * 2


@pytest.mark.parametrize(
    ("reply", "allowed"),
    [
        (Answer(status=404), True),
        (Answer(status=403), True),
        (Answer(status=500), False),
        (Cut(b"x", declared=100), False),
        (Answer(b"User-agent: *\nDisallow: /x\n" + b"#" * 2_000_000), False),
        (Answer(b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /x\n"), True),
    ],
    ids=["missing", "forbidden", "failing", "cut", "large", "too late"],
)
async def test_sites_without_rules(
    server: FeedServer, fetcher: Fetcher, clock: ManualClock, reply: Answer | Cut, allowed: bool
) -> None:
    server.script("/robots.txt", reply)
    assert await Robots(fetcher, clock).allows(server.url("/x")) is allowed


async def test_failing_site_is_asked_again_after_an_hour(
    server: FeedServer, fetcher: Fetcher, clock: ManualClock
) -> None:
    server.script("/robots.txt", Answer(status=503), Answer(status=404))
    robots = Robots(fetcher, clock)
    assert not await robots.allows(server.url("/x"))
    clock.advance(timedelta(minutes=61))
    assert await robots.allows(server.url("/x"))
